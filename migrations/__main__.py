"""Draft the next migration from what changed in the models: `python -m migrations "add bookmarks"`.

Read and mend what comes out: Alembic sees neither renamed columns nor changed CHECK constraints.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from app.records.migrating import MIGRATIONS, bring_up_to_date, migrations_in, schema_change


def draft(message: str) -> None:
    """Compare the models with a database that has all migrations, and write what is between them as a new one."""
    number = 1 + len(list((MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        if number > 1:
            bring_up_to_date(url, backups=Path(folder))
        config = migrations_in()
        with schema_change(url) as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python -m migrations "what changes"')
    draft(sys.argv[1])
