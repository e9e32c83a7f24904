"""What people did: tables, and the verbs that write them. No Flask."""
