"""Fresh databases for every test, on both kinds, with the schema that the migrations make."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.records.engine import writing_sessions
from tests import databases


def pytest_configure(config: pytest.Config) -> None:
    """Open the run's folder; the processes of pytest-xdist find it in their environment."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so a shell starts what runs in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)  # the programs of tests must hear Ctrl+C
    if not hasattr(config, "workerinput"):
        databases.open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the PostgreSQL that the run may have started, after everybody is done."""
    if not hasattr(config, "workerinput"):
        databases.close_run()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Name one kind of database after the other: what asks for it, runs on both."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a new database with all tables and no rows."""
    with databases.new_database(database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a new database without tables."""
    with databases.new_database(database_kind, tmp_path, empty=True) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give the engine of a new database with all tables."""
    engine = databases.make_quick_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give a writing session. What it does not commit is gone at the end.

    It holds the writers' turn from its first statement to its commit: commit before anybody else writes.
    """
    with writing_sessions(engine)() as session:
        yield session
