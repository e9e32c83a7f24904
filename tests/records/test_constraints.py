"""What the database itself refuses, tried by plain SQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import CheckConstraint, Column, Constraint, Engine, PrimaryKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.records.base import Base
from app.records.engine import make_engine, writing_sessions
from tests import databases
from tests.records.filled import counts, fill

TABLES = Base.metadata.sorted_tables

SHARED = "shared_from = 1, shared_at = '2026-11-19 08:05:00'"

BREAKING_A_CHECK = {
    "ck_user_email_folded": [
        "UPDATE \"user\" SET email = 'Noor@example.org'",
        "UPDATE \"user\" SET email = 'noor'",
        "UPDATE \"user\" SET email = '@example.org'",
    ],
    "ck_user_name_length": [
        "UPDATE \"user\" SET name = ''",
        f"UPDATE \"user\" SET name = '{'a' * 121}'",
    ],
    "ck_cohort_name_length": ["UPDATE cohort SET name = ''", f"UPDATE cohort SET name = '{'a' * 121}'"],
    "ck_cohort_module_due_after_days": ["UPDATE cohort_module SET due_on = NULL, due_after_days = 0"],
    "ck_cohort_module_one_kind_of_due_date": ["UPDATE cohort_module SET due_after_days = 7"],
    "ck_cohort_days_in_order": ["UPDATE cohort SET first_day = '2026-11-21', last_day = '2026-11-20'"],
    "ck_cohort_silent_days": ["UPDATE cohort SET silent_days = 2", "UPDATE cohort SET silent_days = 91"],
    "ck_flag_snooze_flag": ["UPDATE flag_snooze SET flag = 'tired'"],
    "ck_join_code_seats": ["UPDATE join_code SET taken = 3", "UPDATE join_code SET taken = -1"],
    "ck_enrolment_role": ["UPDATE enrolment SET role = 'admin'"],
    "ck_enrolment_standing": ["UPDATE enrolment SET standing = 'gone'"],
    "ck_one_time_link_purpose": ["UPDATE one_time_link SET purpose = 'party'"],
    "ck_one_time_link_user_or_newcomer": [
        "UPDATE one_time_link SET newcomer_name = NULL",
        "UPDATE one_time_link SET newcomer_email = NULL",
        "UPDATE one_time_link SET join_code_id = NULL",
        'UPDATE one_time_link SET user_id = (SELECT id FROM "user")',
    ],
    "ck_step_completion_granted_with_reason": [
        "UPDATE step_completion SET granted_at = '2026-11-19 08:05:00'",
        "UPDATE step_completion SET reason = 'elsewhere'",
    ],
    "ck_step_completion_reason_length": [
        "UPDATE step_completion SET granted_at = '2026-11-19 08:05:00', reason = ''",
        f"UPDATE step_completion SET granted_at = '2026-11-19 08:05:00', reason = '{'a' * 501}'",
    ],
    "ck_draft_version_counts": ["UPDATE draft SET version = 0"],
    "ck_reflection_level": [f"UPDATE reflection SET level = 'world', {SHARED}"],
    "ck_reflection_shared_from_when_shared": [
        "UPDATE reflection SET level = 'cohort', shared_at = '2026-11-19 08:05:00'",
        "UPDATE reflection SET shared_from = 1",
    ],
    "ck_reflection_shared_at_when_shared": [
        "UPDATE reflection SET level = 'cohort', shared_from = 1",
        "UPDATE reflection SET shared_at = '2026-11-19 08:05:00'",
    ],
    "ck_reflection_only_what_trainers_read_waits": [
        "UPDATE reflection SET waiting_since = '2026-11-19 08:05:00'",
        f"UPDATE reflection SET waiting_since = '2026-11-19 08:05:00', level = 'cohort', {SHARED}",
    ],
    "ck_reflection_deleted_is_private": [
        f"UPDATE reflection SET deleted_at = '2026-11-19 08:05:00', level = 'cohort', {SHARED}"
    ],
    "ck_reflection_set_back_is_private": [
        f"UPDATE reflection SET set_back_at = '2026-11-19 08:05:00', level = 'cohort', {SHARED}"
    ],
    "ck_reply_text_length": ["UPDATE reply SET text = ''", f"UPDATE reply SET text = '{'a' * 20_001}'"],
    "ck_reply_number_counts": ["UPDATE reply SET revision_number = 0"],
    "ck_reflection_revision_number_counts": ["UPDATE reflection_revision SET number = 0"],
    "ck_wording_about": ["UPDATE wording SET about = 'step'"],
    "ck_attempt_points_in_range": ["UPDATE attempt SET points = 3", "UPDATE attempt SET points = -1"],
    "ck_attempt_number_counts": ["UPDATE attempt SET number = 0"],
    "ck_answer_points_count": ["UPDATE answer SET points = -1", "UPDATE answer SET rest_points = -1"],
    "ck_answer_given_length": [f"UPDATE answer SET given = '{'a' * 2001}'"],
    "ck_outbox_tries_count": ["UPDATE outbox SET tries = -1"],
    "ck_import_stage": ["UPDATE import SET stage = 'lost'"],
    "ck_import_applied": ["UPDATE import SET stage = 'applied'", "UPDATE import SET applied_at = made_at"],
    "ck_import_undone": [
        "UPDATE import SET stage = 'undone', applied_at = made_at",
        "UPDATE import SET stage = 'applied', applied_at = made_at, undone_at = made_at",
    ],
    "ck_import_refusal": ["UPDATE import SET stage = 'refused'", "UPDATE import SET refusal = '{}'"],
    "ck_import_rows_read": [
        "UPDATE import SET rows_read = -1",
        "UPDATE import SET rows_read = 3, rows_total = 2",
    ],
    "ck_import_row_role": ["UPDATE import_row SET role = 'admin'"],
    "ck_import_row_verdict": ["UPDATE import_row SET verdict = 'gone'"],
    "ck_import_row_reason": [
        "UPDATE import_row SET verdict = 'rejected'",
        "UPDATE import_row SET reason = 'no_name'",
    ],
    "ck_import_row_letter": ["UPDATE import_row SET verdict = 'new', letter = 'reset'"],
    "ck_import_row_letter_to_who_comes": [
        "UPDATE import_row SET verdict = 'new'",
        "UPDATE import_row SET letter = 'invitation'",
    ],
    "ck_outbox_one_end": ["UPDATE outbox SET sent_at = '2026-11-19 08:05:00', dropped_at = '2026-11-19 08:05:00'"],
}

SURELY_DIFFERENT = {
    "user": {"email": "'sam@example.org'"},
    "cohort": {"name": "'Winter'"},
    "join_code": {"key": "'TREE-7K4P-BRDY'"},
    "enrolment": {"cohort_id": "NULL"},
    "one_time_link": {"token_hash": "'other'"},
    "reflection": {"step_key": "'sums/other'"},
    "attempt": {"number": "2", "deed_key": "'other'"},
    "outbox": {"once_key": "'other'"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all tests here, as none of them commits."""
    with databases.new_database(request.param, tmp_path_factory.mktemp("constraints")) as url:
        engine = make_engine(url)
        with writing_sessions(engine).begin() as session:
            fill(session)
        yield engine
        engine.dispose()


@pytest.fixture
def filled(filled_engine: Engine) -> Iterator[Session]:
    """A session on a database with one row in every table."""
    with writing_sessions(filled_engine)() as session:
        yield session


def constraints(kind: type[Constraint]) -> list[Constraint]:
    found = [constraint for table in TABLES for constraint in table.constraints if isinstance(constraint, kind)]
    return sorted(found, key=lambda constraint: str(constraint.name))  # a table keeps its own in no order


def natural_keys() -> list[Constraint]:
    """Uniqueness that says something of the world: all but the numbers of rows."""
    keys = [key for key in constraints(PrimaryKeyConstraint) if [column.name for column in columns_of(key)] != ["id"]]
    return keys + constraints(UniqueConstraint)


def columns_of(constraint: Constraint) -> list[Column[object]]:
    assert isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
    return list(constraint.columns)


def references() -> list[Column[object]]:
    return [column for table in TABLES for column in table.columns if column.foreign_keys]


def table_of(constraint: Constraint) -> Table:
    assert isinstance(constraint.table, Table)
    return constraint.table


def refusal(session: Session, statement: str) -> str:
    with pytest.raises(IntegrityError) as refused:
        session.execute(text(statement))
    return str(refused.value.orig)


def test_every_check_has_a_row_that_breaks_it() -> None:
    assert {str(check.name) for check in constraints(CheckConstraint)} == set(BREAKING_A_CHECK)


@pytest.mark.parametrize(
    ("name", "statement"), [(name, statement) for name, all_ in BREAKING_A_CHECK.items() for statement in all_]
)
def test_what_a_check_forbids_is_refused(filled: Session, name: str, statement: str) -> None:
    assert name in refusal(filled, statement)


@pytest.mark.parametrize("key", natural_keys(), ids=lambda key: key.name)
def test_what_is_unique_cannot_stand_there_twice(filled: Session, key: Constraint) -> None:
    """Copy the one row, different in all unique columns but those of this key."""
    table, own = table_of(key), {column.name for column in columns_of(key)}
    other = {name: value for name, value in SURELY_DIFFERENT.get(table.name, {}).items() if name not in own}
    columns = [f'"{column.name}"' for column in table.columns if column.name != "id"]
    values = [other.get(column.strip('"'), column) for column in columns]
    statement = f'INSERT INTO "{table.name}" ({", ".join(columns)}) SELECT {", ".join(values)} FROM "{table.name}"'
    said = refusal(filled, statement)
    on_sqlite = "UNIQUE constraint failed: " + ", ".join(f"{table.name}.{column.name}" for column in columns_of(key))
    assert said == on_sqlite or str(key.name) in said


@pytest.mark.parametrize("column", references(), ids=str)
def test_nothing_can_point_at_a_row_that_is_not_there(filled: Session, column: Column[object]) -> None:
    nowhere = "'nowhere'" if column.name == "question_revision" else "999999"
    alone = ", newcomer_name = NULL, newcomer_email = NULL" if str(column) == "one_time_link.user_id" else ""
    said = refusal(filled, f'UPDATE "{column.table.name}" SET "{column.name}" = {nowhere}{alone}')
    assert "foreign key" in said.lower()


@pytest.mark.parametrize("column", references(), ids=str)
def test_every_reference_has_an_index_that_begins_with_it(column: Column[object]) -> None:
    table = column.table
    assert isinstance(table, Table)
    beginnings = [next(iter(index.columns)).name for index in table.indexes]
    beginnings += [columns_of(key)[0].name for key in table.constraints if isinstance(key, UniqueConstraint)]
    beginnings.append(next(iter(table.primary_key)).name)
    assert column.name in beginnings


def test_what_a_person_did_goes_with_them_and_what_staff_did_stays(filled: Session) -> None:
    filled.execute(text('DELETE FROM "user"'))
    left = {name for name, count in counts(filled).items() if count}
    assert left == {
        "cohort",
        "cohort_module",
        "join_code",
        "one_time_link",
        "throttle",
        "import",
        "import_file",
        "import_row",
        "ended_visit",
        "wording",
        "audit_entry",
    }
    entry = filled.execute(text("SELECT actor_id, subject_id, deed FROM audit_entry")).one()
    assert tuple(entry) == (None, None, "enrol")


def test_what_was_answered_keeps_its_wording(filled: Session) -> None:
    assert "foreign key" in refusal(filled, "DELETE FROM wording").lower()
