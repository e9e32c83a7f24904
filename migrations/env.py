"""What Alembic runs: with the connection that `app.records.migrating` gives, inside its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.records.base import Base, UtcTime
from app.records.models import User  # noqa: F401 - brings every table into the metadata


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write a type of ours as the one of SQLAlchemy that it stands on: a migration must not change with our code."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


def compare_server_default(
    _context: object, _column: object, _ours: object, inspected: str | None, _default: object, ours: str | None
) -> bool | None:
    """Know the empty string for itself, which Alembic takes for a change on SQLite; leave the rest to Alembic."""
    is_empty = inspected is not None and inspected.strip("()") == "''"
    return False if is_empty and ours == "" else None


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    compare_server_default=compare_server_default,
)
context.run_migrations()
