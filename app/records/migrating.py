"""Bringing a database up to the schema of this program.

Under a lock, so that processes that start at once do it once; after a backup, where the
database is a file. Everything a run changes is one transaction on both databases.
"""

from __future__ import annotations

import glob
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, String, Table, func, inspect, make_url, select

from app.records.engine import make_engine, sqlite_file

# Alembic is loaded where a schema changes, and not at every start: it takes a sixth of a start's time and 10 MB.
if TYPE_CHECKING:
    from alembic.config import Config

if sys.platform != "win32":
    import fcntl

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
BACKUPS_KEPT = 5
ADVISORY_LOCK = 0x4F70_7374_6170
"""The number that stands for migrating among PostgreSQL's advisory locks: "Opstap" in ASCII."""
VERSION = Table("alembic_version", MetaData(), Column("version_num", String))
"""Where Alembic keeps the revision of a database's schema."""


class NewerDatabase(Exception):
    """The database was written by a newer version of this program, whose schema is unknown here."""


class ForeignDatabase(Exception):
    """The database holds tables that this program did not make."""


class BrokenReferences(Exception):
    """A migration left rows that point at nothing; it was undone."""


@dataclass(frozen=True)
class Migrated:
    """What was done: the schema's revision before (none: a new database) and after, and the backup if one was made."""

    before: str | None
    after: str
    backup: Path | None


def bring_up_to_date(url: str, *, backups: Path, migrations: Path = MIGRATIONS) -> Migrated:
    """Make the schema of a database the one of this program; a database that has it already is left alone.

    A SQLite file that holds data is first copied into the folder `backups`, where the newest few stay;
    backups of PostgreSQL are up to who runs it. Waits while another process does the same.
    Raises NewerDatabase, ForeignDatabase or BrokenReferences; the database is then as it was.
    """
    known = _revisions(migrations)
    with schema_change(url) as connection:
        before, head = _revision_of(connection), known[-1]
        _refuse_unknown(connection, before, known)
        if before == head:
            return Migrated(before, head, backup=None)
        file = sqlite_file(connection.engine.url)
        backup = _back_up(file, backups, before) if file and before else None
        _upgrade(connection, migrations)
        return Migrated(before, head, backup)


def _upgrade(connection: Connection, migrations: Path) -> None:
    from alembic import command

    config = migrations_in(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def migrations_in(folder: Path = MIGRATIONS) -> Config:
    """Tell Alembic where the migrations lie; there is no alembic.ini. It is given the connection as an attribute."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def schema_change(url: str) -> Iterator[Connection]:
    """Give a connection in the one transaction that may change the schema, while every other process waits.

    On SQLite a table is changed by making it anew, and dropping the old one would take the rows that refer
    to it along: so foreign keys are off, which must be said before the transaction, and checked at its end.
    """
    file = sqlite_file(make_url(url))
    engine = make_engine(url)
    try:
        with _one_process(file), engine.execution_options(writing=True).connect() as connection:
            if file:
                connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
                yield connection
                _refuse_broken_references(connection)
    finally:
        engine.dispose()


@contextmanager
def _one_process(file: Path | None) -> Iterator[None]:
    """Hold the lock of a SQLite file; a new file is made for its owner only, as people's data go into it."""
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(f"{file.name}.migrating").open("w") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        file.touch(mode=0o600)
        yield


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION.name):
        return None
    return connection.scalar(select(VERSION.c.version_num))


def _revisions(migrations: Path) -> list[str]:
    """Return the revisions of a folder of migrations, oldest first: the numbers that its files begin with."""
    found = sorted(file.name.partition("_")[0] for file in (migrations / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
    if not found:
        raise FileNotFoundError(f"no migrations in {migrations}")
    return found


def _refuse_unknown(connection: Connection, revision: str | None, known: list[str]) -> None:
    """Raise what stands in the way of migrating at all."""
    if revision is not None and revision not in known:
        raise NewerDatabase(
            f"the database has schema {revision}, this program knows none after {known[-1]}:"
            " start the newer version of the program again, or put back the backup made before it"
        )
    if revision is None and (tables := set(inspect(connection).get_table_names()) - {VERSION.name}):
        raise ForeignDatabase(f"the database holds tables of something else, such as {min(tables)}: give another one")


def _refuse_broken_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({f"{row[0]} to {row[2]}" for row in broken}))
        raise BrokenReferences(f"{len(broken)} rows would point at nothing, from {tables}: the migration was undone")


def _back_up(file: Path, folder: Path, revision: str) -> Path:
    """Copy a database with all that was committed to it; a copy that has its name is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    earlier = _backups_of(file, folder)
    number = int(earlier[-1].name.split("-")[-2]) + 1 if earlier else 1
    backup = folder / f"{file.stem}-backup-{number:04}-{revision}.db"
    unfinished = backup.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.replace(backup)
    for old in _backups_of(file, folder)[:-BACKUPS_KEPT]:
        old.unlink()
    return backup


def _backups_of(file: Path, folder: Path) -> list[Path]:
    """List the backups of a database, the newest last."""
    return sorted(folder.glob(f"{glob.escape(file.stem)}-backup-[0-9][0-9][0-9][0-9]-*.db"))
