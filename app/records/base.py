"""The ground of all tables: names of constraints, times in UTC, an insert that may come twice."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, cast

from sqlalchemy import Connection, DateTime, Dialect, Index, MetaData, Table, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A moment, always in UTC; SQLite forgets time zones, so they are put back. Refuses naive times."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Take a moment to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; UTC hoped for")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Take a moment from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The parent of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcTime()}


_WHERE = "where"


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Name an index of those rows of a table for which a condition holds.

    Each database has its own way to say that, and to say it here for PostgreSQL would load all that it needs: a
    fortieth of each start, also where SQLite serves.
    """
    return Index(name, *columns, info={_WHERE: text(where)})


@event.listens_for(Base.metadata, "before_create")
def _say_conditions(metadata: MetaData, connection: Connection, **_options: object) -> None:
    for index in (index for table in metadata.tables.values() for index in table.indexes if _WHERE in index.info):
        index.dialect_options[connection.dialect.name][_WHERE] = index.info[_WHERE]


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that are built once and bring no objects."""
    return cast(Table, model.__table__)


def insert_once(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row unless one with its key stands there already; say whether it was inserted.

    For rows with a natural key, where the same deed may come twice (`ON CONFLICT DO NOTHING`).
    """
    connection = session.connection()
    statement = _insert_of(table, connection.dialect.name)
    # Without the option SQLAlchemy asks PostgreSQL for no count, and -1 would say "inserted" every time.
    return bool(connection.execute(statement, values, execution_options={"preserve_rowcount": True}).rowcount)


@cache
def _insert_of(table: type[Base], database: str) -> Any:
    """Build the insert of a table, once for a kind of database."""
    if database == "sqlite":
        return sqlite.insert(table_of(table)).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # its import would cost each start 25 ms

    return postgresql.insert(table_of(table)).on_conflict_do_nothing()
