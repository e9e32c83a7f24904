"""The way to the database: pragmas, the queue of writers, which BEGIN.

Reading sessions run in autocommit: a statement is on its own, and nothing is begun or ended on the
wire. Writing sessions are one transaction. On SQLite it begins with BEGIN IMMEDIATE, after its writer has
stood in a queue: `flock` on a file beside the database lets writers of all processes in one after
another, where SQLite's own waiting polls and lets some of them wait for seconds.
"""

from __future__ import annotations

import os
import select
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

if sys.platform != "win32":
    import fcntl

BUSY_TIMEOUT = 10_000
"""Milliseconds that SQLite waits for a writer that does not stand in the queue, such as its own shell."""

_in_the_queue: set[tuple[Path, int]] = set()
"""Databases that this process writes to, each with the thread that does."""


class AlreadyWriting(Exception):
    """A thread that holds a writing transaction asked for a second one: it would wait for itself for ever."""


class Turn:
    """A writer's turn at one SQLite database, held from its making until `end`.

    Waits until all writers that came before are done, in whatever process. The lock belongs to the
    open file, so the system itself takes it back from a process that is killed. Where there is no
    flock, SQLite's own waiting is all there is.
    Raises AlreadyWriting when this thread has its turn already.
    """

    def __init__(self, database: Path) -> None:
        self._place = (database, threading.get_ident())
        if self._place in _in_the_queue:
            raise AlreadyWriting(f"this thread writes to {database} already")
        self._file = os.open(queue_file(database), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32":
                fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:  # somebody may press Ctrl-C while waiting
            os.close(self._file)
            raise
        _in_the_queue.add(self._place)

    def end(self) -> None:
        """Let the next writer in."""
        _in_the_queue.discard(self._place)
        os.close(self._file)


def queue_file(database: Path) -> Path:
    """Name the file that writers of a SQLite database queue at."""
    return database.with_name(f"{database.name}.queue")


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite database; nothing for one in memory, or for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).resolve()


def make_engine(url: str, *, threads: int = 8) -> Engine:
    """Make the engine of a database, by a URL such as `sqlite:////folder/opstap.db` or `postgresql+psycopg://...`.

    `threads` is how many requests work at once: each may hold a reading and a writing connection, and the
    outbox has its own. A transaction begun on the bare engine is for reading only; use the sessions below.
    """
    parsed = make_url(url)
    sizes = {} if parsed.database in (None, "", ":memory:") else {"pool_size": 2 * threads + 2, "max_overflow": threads}
    # An error goes to the log with its statement, and the values in it are what people wrote.
    engine = create_engine(parsed, hide_parameters=True, **sizes)
    if parsed.get_backend_name() == "sqlite":
        _prepare_sqlite(engine, file := sqlite_file(parsed))
        if file:
            _stay_with_the_file(engine, file)
    else:
        event.listen(engine, "checkout", _refuse_dead)
    return engine


def reading_engine(engine: Engine) -> Engine:
    """Return the engine whose connections read, in autocommit."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(writing=False)
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def reading_sessions(engine: Engine) -> sessionmaker[Session]:
    """Make sessions that read, in autocommit. Close them to give the connection back."""
    return sessionmaker(reading_engine(engine))


def writing_sessions(engine: Engine) -> sessionmaker[Session]:
    """Make sessions that write: each is one transaction from its first statement to its commit."""
    return sessionmaker(engine.execution_options(writing=True))


def _prepare_sqlite(engine: Engine, database: Path | None) -> None:
    """Set the pragmas of each connection, begin transactions as they were meant, and keep the queue."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        if writing is None:
            connection.exec_driver_sql("BEGIN")
        elif writing:
            here = connection.connection.record_info
            if database and here is not None and "turn" not in here:  # a connection may write twice before it goes back
                here["turn"] = Turn(database)
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def checkin(_connection: object, record: Any) -> None:
        if turn := record.record_info.pop("turn", None):
            turn.end()


def _stay_with_the_file(engine: Engine, database: Path) -> None:
    """Use no connection to a file that was moved away, deleted, or replaced by a backup.

    Such a connection goes on as if nothing had happened, and all that it acknowledges is gone with the file.
    Nor is a new file made where there is none: an empty database would hide what is wrong.
    """

    @event.listens_for(engine, "do_connect")
    def do_connect(*_facts: object) -> None:
        if not database.exists():
            raise sqlite3.OperationalError(f"there is no file {database}")

    @event.listens_for(engine, "connect")
    def connect(_connection: object, record: Any) -> None:
        record.info["file"] = _sign_of(database)

    @event.listens_for(engine, "checkout")
    def checkout(_connection: object, record: Any, _proxy: object) -> None:
        if record.info.get("file") != _sign_of(database):
            raise InvalidatePoolError()


def _sign_of(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name (2 µs); None when it is gone."""
    try:
        found = os.stat(file)  # noqa: PTH116 - for every request; Path.stat() takes three times as long
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _refuse_dead(connection: Any, _record: object, _proxy: object) -> None:
    """Take no connection from the pool that the server has closed, for instance by a restart.

    An idle connection has nothing to read but its own end, so a look at the socket tells (4 µs),
    without the round trip of a ping on each request (80 µs).
    """
    if _has_something_to_read(connection.fileno()):
        raise InvalidatePoolError()


def is_busy(error: BaseException | None) -> bool:
    """Whether a statement failed only because somebody else held the database for too long, such as its own shell."""
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)


def _has_something_to_read(file: int) -> bool:
    if sys.platform == "win32":
        return bool(select.select([file], [], [], 0)[0])
    poll = select.poll()  # select itself cannot look at files above 1023
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))
