"""The migrations of the database, run by `app.records.migrating`."""
