"""Bringing a database up to date: with data in it, twice at once, and never halfway."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Inspector, inspect, make_url, text

from app.records.base import Base
from app.records.engine import make_engine, sqlite_file, writing_sessions
from app.records.migrating import (
    BACKUPS_KEPT,
    MIGRATIONS,
    BrokenReferences,
    ForeignDatabase,
    NewerDatabase,
    bring_up_to_date,
    migrations_in,
    schema_change,
)
from tests import databases
from tests.records.filled import counts, fill

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

STARTER = """
import sys
from itertools import pairwise
from pathlib import Path
from app.records.migrating import bring_up_to_date
print("ready", flush=True)
sys.stdin.readline()
done = bring_up_to_date(sys.argv[1], backups=Path(sys.argv[2]))
print(done.before, done.after)
"""

KNOWN = sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("0*.py"))
HEAD, AFTER = KNOWN[-1], f"{len(KNOWN) + 1:04}"
"""The newest schema of the program, and the one of the migration that a test writes."""

NEXT = '''"""A migration of the tests' own."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    {deeds}
'''

WIDER_USER = """with op.batch_alter_table("user") as user:
        user.add_column(sa.Column("nickname", sa.String(), server_default="", nullable=False))
        user.alter_column("language", existing_type=sa.String(), nullable=True)"""

TO_NOWHERE = """op.execute("UPDATE enrolment SET user_id = 99")"""

HALFWAY = """op.add_column("user", sa.Column("nickname", sa.String()))
    raise RuntimeError("the lights went out")"""


@pytest.fixture
def filled_url(engine: Engine, database_url: str) -> str:
    """A database with a row in every table."""
    with writing_sessions(engine).begin() as session:
        fill(session)
    return database_url


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """A copy of the migrations, for a test that writes the next one."""
    folder = tmp_path / "later"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def write_next(folder: Path, deeds: str) -> None:
    text = NEXT.format(revision=AFTER, before=HEAD, deeds=deeds)
    (folder / "versions" / f"{AFTER}_next.py").write_text(text)


def rows_of(engine: Engine) -> dict[str, int]:
    with writing_sessions(engine)() as session:
        return counts(session)


def columns_of_user(engine: Engine) -> set[str]:
    return {column["name"] for column in inspect(engine).get_columns("user")}


def test_the_migrations_make_every_constraint_of_the_models(engine: Engine, database_kind: str, tmp_path: Path) -> None:
    """Alembic does not compare CHECK constraints, so both schemas are read back."""
    with databases.new_database(database_kind, tmp_path, empty=True) as url, schema_change(url) as by_models:
        Base.metadata.create_all(by_models)
        assert schema(inspect(engine)) == schema(inspect(by_models))


def schema(inspector: Inspector) -> dict[str, object]:
    """Read all that a database says of our tables."""
    return {
        table: {
            "columns": sorted(map(_plain, inspector.get_columns(table))),
            "checks": sorted(map(_plain, inspector.get_check_constraints(table))),
            "unique": sorted(map(_plain, inspector.get_unique_constraints(table))),
            "references": sorted(map(_plain, inspector.get_foreign_keys(table))),
            "indexes": sorted(map(_plain, inspector.get_indexes(table))),
            "primary": _plain(inspector.get_pk_constraint(table)),
        }
        for table in Base.metadata.tables
    }


def _plain(facts: object) -> str:
    if isinstance(facts, Mapping):
        return str(sorted((name, _plain(fact)) for name, fact in facts.items()))
    return str(facts)


def test_a_filled_database_goes_down_and_up_again(filled_url: str, engine: Engine, tmp_path: Path) -> None:
    engine.dispose()
    config = migrations_in()
    with schema_change(filled_url) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    done = bring_up_to_date(filled_url, backups=tmp_path)
    assert (done.before, done.after) == (None, HEAD)
    assert set(rows_of(engine).values()) == {0}


@pytest.mark.parametrize(("before", "after"), list(pairwise(KNOWN)))
def test_each_later_migration_is_undone_and_done_again_without_losing_a_row_of_the_others(
    filled_url: str, engine: Engine, tmp_path: Path, before: str, after: str
) -> None:
    rows = rows_of(engine)
    engine.dispose()
    config = migrations_in()
    with schema_change(filled_url) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, before)
        old = set(inspect(connection).get_table_names()) & rows.keys()
    with schema_change(filled_url) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, after)
    bring_up_to_date(filled_url, backups=tmp_path)
    assert rows_of(engine) == {name: count if name in old else 0 for name, count in rows.items()}


def test_what_was_shared_before_its_moment_was_kept_is_shared_since_its_first_shared_text(
    filled_url: str, engine: Engine, tmp_path: Path
) -> None:
    engine.dispose()
    config = migrations_in()
    with schema_change(filled_url) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
        connection.execute(text("UPDATE reflection SET level = 'trainers', shared_from = 1"))
    bring_up_to_date(filled_url, backups=tmp_path)
    same = "SELECT shared_at = submitted_at FROM reflection JOIN reflection_revision ON reflection_id = id"
    with engine.connect() as connection:
        assert [bool(is_same) for (is_same,) in connection.execute(text(same))] == [True]


def test_a_new_database_is_made_and_one_that_is_up_to_date_left_alone(empty_url: str, tmp_path: Path) -> None:
    first = bring_up_to_date(empty_url, backups=tmp_path / "backups")
    again = bring_up_to_date(empty_url, backups=tmp_path / "backups")
    assert (first.before, first.after, first.backup) == (None, HEAD, None)
    assert (again.before, again.after, again.backup) == (HEAD, HEAD, None)
    assert not (tmp_path / "backups").exists()


def test_a_table_that_is_changed_keeps_its_rows_and_what_points_at_them(
    filled_url: str, engine: Engine, later: Path, tmp_path: Path
) -> None:
    before = rows_of(engine)
    write_next(later, WIDER_USER)
    done = bring_up_to_date(filled_url, backups=tmp_path / "backups", migrations=later)
    engine.dispose()
    assert (done.before, done.after) == (HEAD, AFTER)
    assert rows_of(engine) == before
    assert "nickname" in columns_of_user(engine)


@on_sqlite
def test_a_file_with_data_is_backed_up_before_it_is_changed(
    filled_url: str, engine: Engine, later: Path, tmp_path: Path
) -> None:
    write_next(later, WIDER_USER)
    done = bring_up_to_date(filled_url, backups=tmp_path / "backups", migrations=later)
    assert done.backup is not None
    assert stat.S_IMODE(done.backup.stat().st_mode) == 0o600
    copy = make_engine(f"sqlite:///{done.backup}")
    assert rows_of(copy) == rows_of(engine)
    assert "nickname" not in columns_of_user(copy)
    copy.dispose()


@on_sqlite
def test_only_the_newest_backups_stay(filled_url: str, later: Path, tmp_path: Path) -> None:
    write_next(later, HALFWAY)
    for _ in range(BACKUPS_KEPT + 2):
        with pytest.raises(RuntimeError):
            bring_up_to_date(filled_url, backups=tmp_path / "backups", migrations=later)
    kept = sorted(file.name.split("-")[-2] for file in (tmp_path / "backups").iterdir())
    assert kept == [f"{number:04}" for number in range(3, BACKUPS_KEPT + 3)]


@pytest.mark.parametrize(("deeds", "error"), [(HALFWAY, RuntimeError), (TO_NOWHERE, Exception)])
def test_a_migration_that_fails_leaves_the_database_as_it_was(
    filled_url: str, engine: Engine, later: Path, tmp_path: Path, deeds: str, error: type[Exception]
) -> None:
    before = rows_of(engine)
    engine.dispose()
    write_next(later, deeds)
    with pytest.raises(error):
        bring_up_to_date(filled_url, backups=tmp_path / "backups", migrations=later)
    assert rows_of(engine) == before
    assert "nickname" not in columns_of_user(engine)
    assert bring_up_to_date(filled_url, backups=tmp_path / "backups").before == HEAD


@on_sqlite
def test_a_migration_that_breaks_references_is_undone(filled_url: str, later: Path, tmp_path: Path) -> None:
    write_next(later, TO_NOWHERE)
    with pytest.raises(BrokenReferences, match="1 rows would point at nothing, from enrolment to user"):
        bring_up_to_date(filled_url, backups=tmp_path / "backups", migrations=later)


def test_a_database_of_a_newer_version_is_refused(filled_url: str, later: Path, tmp_path: Path) -> None:
    write_next(later, WIDER_USER)
    bring_up_to_date(filled_url, backups=tmp_path / "backups", migrations=later)
    with pytest.raises(NewerDatabase, match=f"has schema {AFTER}, this program knows none after {HEAD}"):
        bring_up_to_date(filled_url, backups=tmp_path / "backups")


def test_a_database_of_something_else_is_refused(empty_url: str, tmp_path: Path) -> None:
    with schema_change(empty_url) as connection:
        connection.execute(text("CREATE TABLE recipe (id integer)"))
    with pytest.raises(ForeignDatabase, match="recipe"):
        bring_up_to_date(empty_url, backups=tmp_path)


def test_two_processes_that_start_at_once_both_succeed(empty_url: str, tmp_path: Path) -> None:
    starting = [sys.executable, "-c", STARTER, empty_url, str(tmp_path / "backups")]
    both = [
        subprocess.Popen(starting, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120) for process in both]
    assert sorted(out for out, _ in said) == [f"{HEAD} {HEAD}\n", f"None {HEAD}\n"], said
    assert [process.returncode for process in both] == [0, 0]


@on_sqlite
def test_a_new_file_is_for_its_owner_only(empty_url: str, tmp_path: Path) -> None:
    file = sqlite_file(make_url(empty_url))
    assert file is not None
    bring_up_to_date(empty_url, backups=tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@on_sqlite
def test_a_backup_holds_what_was_only_in_the_log_of_changes(
    filled_url: str, engine: Engine, later: Path, tmp_path: Path
) -> None:
    """In WAL the newest rows are not in the file itself: a mere copy of it would miss them."""
    file = sqlite_file(make_url(filled_url))
    assert file is not None
    assert file.with_name(f"{file.name}-wal").stat().st_size > 0
    write_next(later, WIDER_USER)
    backup = bring_up_to_date(filled_url, backups=tmp_path / "backups", migrations=later).backup
    assert backup is not None
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute('SELECT email FROM "user"').fetchall() == [("noor@example.org",)]


def test_the_models_ask_for_nothing_that_the_migrations_do_not_make(database_url: str) -> None:
    config = migrations_in()
    with schema_change(database_url) as connection:
        config.attributes["connection"] = connection
        command.check(config)


def test_a_database_that_is_up_to_date_is_found_so_without_loading_alembic(database_url: str, tmp_path: Path) -> None:
    bring_up_to_date(database_url, backups=tmp_path)
    asked = f"{STARTER}\nassert 'alembic' not in sys.modules, 'a start pays for Alembic'"
    done = subprocess.run(
        [sys.executable, "-c", asked, database_url, str(tmp_path)],
        input="\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_the_number_that_a_migration_s_file_begins_with_is_its_revision() -> None:
    scripts = list(ScriptDirectory.from_config(migrations_in()).walk_revisions())
    assert scripts
    for script in scripts:
        assert Path(script.path).name.startswith(f"{script.revision}_")
