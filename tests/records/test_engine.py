"""The way to the database: who waits for whom, and what a killed process leaves."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.records.engine import AlreadyWriting, make_engine, reading_sessions, sqlite_file, writing_sessions
from app.records.models import Cohort, JoinCode
from tests.makers import make_cohort, make_join_code
from tests.records import writers

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)

HOLDER = """
import sys
from sqlalchemy import text
from app.records.engine import make_engine, writing_sessions
session = writing_sessions(make_engine(sys.argv[1]))()
session.execute(text("UPDATE cohort SET name = 'of a killed process'"))
print("in", flush=True)
sys.stdin.read()
"""


def names(engine: Engine) -> list[str]:
    with reading_sessions(engine)() as session:
        return list(session.scalars(select(Cohort.name)))


def test_writers_in_threads_and_processes_queue_and_none_is_refused(
    session: Session, database_url: str, database_kind: str
) -> None:
    make_join_code(session)
    session.commit()
    command = [sys.executable, "-m", "tests.records.writers", database_url, "8", "25"]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    mine = writers.write(database_url, threads=8, times=25)
    said, _ = other.communicate(timeout=120)
    assert (mine, said.strip(), other.returncode) == ([], "", 0)
    assert session.scalars(select(JoinCode.taken)).one() == 2 * 8 * 25


@on_sqlite
def test_a_killed_writer_leaves_the_queue_and_nothing_else(engine: Engine, session: Session, database_url: str) -> None:
    make_cohort(session, name="Autumn")
    session.commit()
    command = [sys.executable, "-c", HOLDER, database_url]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "in\n"
    waiting = threading.Thread(target=lambda: rename(engine, "Winter"))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive(), "two writers were let in at once"
    holder.kill()
    holder.communicate()
    waiting.join(30)
    assert names(engine) == ["Winter"]


def rename(engine: Engine, name: str) -> None:
    with writing_sessions(engine).begin() as session:
        session.execute(text("UPDATE cohort SET name = :name"), {"name": name})


@on_sqlite
def test_a_thread_that_writes_already_is_told_instead_of_waiting_for_itself(engine: Engine, database_url: str) -> None:
    second = make_engine(database_url)
    with writing_sessions(engine)() as session, writing_sessions(second)() as another:
        make_cohort(session)
        with pytest.raises(AlreadyWriting):
            make_cohort(another)
        session.commit()
        another.rollback()
        make_cohort(another)
    second.dispose()


@on_sqlite
@pytest.mark.parametrize("ending", ["commit", "rollback", "error", "lost"])
def test_the_turn_ends_however_the_transaction_does(engine: Engine, ending: str) -> None:
    session = writing_sessions(engine)()
    make_cohort(session, name="Autumn")
    if ending == "commit":
        session.commit()
    elif ending == "rollback":
        session.rollback()
    elif ending == "error":
        with pytest.raises(IntegrityError), session:
            make_cohort(session, name="Autumn")
    else:
        del session
        gc.collect()
    with writing_sessions(engine).begin() as another:
        make_cohort(another, name="Winter")
    assert "Winter" in names(engine)


def test_readers_do_not_wait_for_a_writer_and_see_what_is_committed(engine: Engine, session: Session) -> None:
    make_cohort(session, name="Autumn")
    assert names(engine) == []
    session.commit()
    assert names(engine) == ["Autumn"]


def test_a_reading_session_opens_no_transaction(engine: Engine, session: Session) -> None:
    with reading_sessions(engine)() as reading:
        assert list(reading.scalars(select(Cohort.name))) == []
        make_cohort(session, name="Autumn")
        session.commit()
        assert list(reading.scalars(select(Cohort.name))) == ["Autumn"]
        driver = reading.connection().connection.dbapi_connection
        in_transaction = driver.in_transaction if engine.dialect.name == "sqlite" else driver.info.transaction_status  # type: ignore[union-attr]
        assert not in_transaction


def test_a_transaction_on_the_bare_engine_sees_one_state(engine: Engine, session: Session) -> None:
    """What reads several tables for an export asks for this; PostgreSQL needs its isolation level as well."""
    one = engine.execution_options(isolation_level="REPEATABLE READ") if engine.dialect.name == "postgresql" else engine
    with one.connect() as connection:
        assert connection.execute(select(Cohort.name)).all() == []
        make_cohort(session)
        session.commit()
        assert connection.execute(select(Cohort.name)).all() == []


def test_what_was_not_committed_is_gone(engine: Engine) -> None:
    with writing_sessions(engine)() as session:
        make_cohort(session)
    assert names(engine) == []


def test_an_error_of_the_database_tells_the_log_nothing_that_somebody_wrote(engine: Engine) -> None:
    with writing_sessions(engine)() as session, pytest.raises(DBAPIError) as raised:
        session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "What I see at work"})
    assert "INSERT INTO nowhere" in str(raised.value)
    assert "What I see at work" not in str(raised.value)


@on_sqlite
def test_sqlite_keeps_what_it_acknowledged_and_refuses_broken_references(engine: Engine) -> None:
    with reading_sessions(engine)() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@on_postgresql
def test_connections_that_the_server_ended_are_replaced_without_an_error(engine: Engine, database_url: str) -> None:
    with writing_sessions(engine)() as writing, reading_sessions(engine)() as reading:  # two connections for the pool
        make_cohort(writing, name="Autumn")
        assert list(reading.scalars(select(Cohort.name))) == []
        writing.commit()
    other = make_engine(database_url)
    with reading_sessions(other)() as session:
        ended = session.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        assert [row[0] for row in ended] == [True, True]
    other.dispose()
    assert names(engine) == ["Autumn"]
    rename(engine, "Winter")
    assert names(engine) == ["Winter"]


@on_sqlite
def test_nothing_is_written_into_a_file_that_was_moved_away_and_its_return_is_enough(
    engine: Engine, session: Session, database_url: str
) -> None:
    make_cohort(session, name="Autumn")
    session.commit()
    session.close()
    assert names(engine) == ["Autumn"]
    database = sqlite_file(make_url(database_url))
    assert database is not None
    elsewhere = database.rename(database.with_name("elsewhere.db"))
    for _ in range(2):
        with pytest.raises(OperationalError, match="there is no file"), writing_sessions(engine)() as lost:
            lost.execute(text("UPDATE cohort SET name = 'Winter'"))
    assert not database.exists()
    elsewhere.rename(database)
    assert names(engine) == ["Autumn"]


@on_sqlite
def test_a_backup_that_is_put_in_the_place_of_the_file_is_read_and_written_from_then_on(
    engine: Engine, session: Session, database_url: str
) -> None:
    make_cohort(session, name="Autumn")
    session.commit()
    session.close()
    database = sqlite_file(make_url(database_url))
    assert database is not None
    engine.dispose()
    backup = Path(shutil.copy(database, database.with_name("backup.db")))
    with writing_sessions(engine)() as later:
        later.execute(text("UPDATE cohort SET name = 'Winter'"))
        later.commit()
    for name in ("-wal", "-shm"):
        database.with_name(database.name + name).unlink(missing_ok=True)
    backup.replace(database)
    assert names(engine) == ["Autumn"]


def test_a_database_in_memory_has_no_file_and_no_queue(tmp_path: Path) -> None:
    assert sqlite_file(make_url("sqlite://")) is None
    assert sqlite_file(make_url("sqlite:///:memory:")) is None
    assert sqlite_file(make_url("postgresql+psycopg://host/opstap")) is None
    assert sqlite_file(make_url(f"sqlite:///{tmp_path}/opstap.db")) == tmp_path / "opstap.db"
