"""People and cohorts leave as tables, and come back unchanged."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import importing
from app.exchange.rosters.cells import tidied
from app.exchange.rosters.columns import Meaning
from app.exchange.rosters.people import Fault, people_in
from app.exchange.rosters.reading import roster_of
from app.exchange.tables import Cell, csv_of, workbook_of
from app.records import exporting, imports
from app.records.accounts import NoName, Visitor, clean_name
from app.records.exporting import PersonRow
from app.records.models import AuditEntry, Outbox
from app.web.admin.exports import rows_of_people
from app.web.extensions import engine_of
from app.web.languages import catalogues
from tests.makers import NOW, make_cohort, make_enrolment, make_user
from tests.racing import counted
from tests.web.conftest import Browser, sign_in_admin

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ZONE = ZoneInfo("Europe/Amsterdam")
NASTY = (
    "=cmd|' /C calc'!A0", "+31 6 Spil", "-Boom", "@Leuning", "van der Trede, Yara", 'Kim "de Boom" Spil', "ليلى درج",
    "O'Wrong; Sam", "'=Spil", "#TEAM", "Zoë-Anne d'Arc", "Trede",
)  # fmt: skip


@pytest.fixture
def admin(session: Session, reader: Browser) -> Visitor:
    """Sign an admin in who is in no cohort."""
    return sign_in_admin(session, reader)


@pytest.fixture
def spring(admin: Visitor, session: Session) -> int:
    """Fill the cohort Spring with people of nasty names: the first a trainer; one has left, one is closed."""
    cohort = make_cohort(session, name="Spring", language="nl", first_day=date(2027, 2, 1))
    for number, name in enumerate(NASTY):
        user = make_user(session, name=name, email=f"n{number}@example.org")
        make_enrolment(session, user=user, cohort=cohort, role="learner" if number else "trainer")
    left = make_user(session, name="Left", email="left@example.org")
    make_enrolment(session, user=left, cohort=cohort, standing="ended")
    closed = make_user(session, name="Closed", email="closed@example.org", deactivated_at=NOW)
    make_enrolment(session, user=closed, cohort=cohort)
    number = cohort.id
    session.commit()
    return number


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))


# ---- what leaves -------------------------------------------------------------------------------


def test_all_people_leave_with_each_of_their_cohorts_and_that_is_noted(
    admin: Visitor, session: Session, reader: Browser, rows: Session
) -> None:
    spring, autumn = make_cohort(session, name="Spring"), make_cohort(session, name="Autumn")
    yara = make_user(session, name="Yara", email="yara@example.org")
    yara.last_sign_in_at = NOW + timedelta(hours=15)
    make_enrolment(session, user=yara, cohort=spring, role="trainer")
    make_enrolment(session, user=yara, cohort=autumn, standing="ended")
    letter = {
        "letter": "invitation",
        "user_id": yara.id,
        "created_at": NOW,
        "ready_at": NOW,
        "sent_at": NOW,
        "tries": 1,
    }
    session.add(Outbox(once_key="one", **letter))
    session.commit()
    headings, *people = table(reader.client.get("/admin/people.csv", buffered=True).get_data())
    assert headings == [
        "Name in full", "E-mail address", "Cohort", "Role", "Standing", "In the cohort since", "Account since",
        "Invited on", "Last sign-in",
    ]  # fmt: skip
    day = "2026-11-19"
    assert people[-2:] == [
        ["Yara", "yara@example.org", "Spring", "trainer", "active", day, day, day, "2026-11-20"],
        ["Yara", "yara@example.org", "Autumn (ended)", "learner", "ended", day, day, day, "2026-11-20"],
    ]
    assert people[0][:6] == ["Ada Boog", "ada@example.org", "(no cohort)", "", "", ""]
    noted = rows.execute(select(AuditEntry.actor_id, AuditEntry.deed, AuditEntry.about)).all()
    assert [tuple(one) for one in noted] == [(admin.user_id, "export_people", "user")]


@on_sqlite
def test_a_workbook_has_days_as_days_and_numbers_as_numbers(spring: int, reader: Browser) -> None:
    people = sheet(reader.client.get(f"/admin/cohorts/{spring}/people.xlsx", buffered=True).get_data())
    assert len(people) == 1 + len(NASTY) + 2
    assert people[1][5] == date(2026, 11, 19)
    answer = reader.client.get("/admin/cohorts.xlsx", buffered=True)
    assert sheet(answer.get_data())[1] == [
        "Spring", "Nederlands", date(2027, 2, 1), "", float(len(NASTY)), 1.0, ""
    ]  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"


def sheet(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


@on_sqlite
def test_more_people_than_are_read_at_once_leave_in_order_each_of_them_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = make_cohort(session)
    for number in range(7):
        user = make_user(session, name=f"Yara {number % 3}", email=f"y{number}@example.org")
        make_enrolment(session, user=user, cohort=cohort)
        make_enrolment(session, user=user)
    monkeypatch.setattr(exporting, "BATCH", 2)
    with counted(session) as statements:
        found = [one.email for one in exporting.people(session, cohort.id)]
    assert found == [f"y{number}@example.org" for number in (0, 3, 6, 1, 4, 2, 5)]
    assert len(statements) == 5
    assert len(list(exporting.people(session))) == 14


# ---- there and back ----------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_was_exported_can_be_enrolled_from_and_changes_nothing(
    spring: int, session: Session, app: Flask, reader: Browser, language: str
) -> None:
    make_enrolment(session)  # somebody in another cohort
    session.commit()
    reader.client.get(f"/account?language={language}")
    for path, others in ((f"/admin/cohorts/{spring}/people", 1), ("/admin/people", 3)):
        for kind in ("csv", "xlsx"):
            content = reader.client.get(f"{path}.{kind}", buffered=True).get_data()
            number = imports.begin_import(session, spring, file_name="", body=content, by=None, now=NOW)
            session.commit()
            importing.make_plan(engine_of(app), number, key=b"key", clock=lambda: NOW)
            plan = imports.tally(session, number)
            reasons = [reason for row in imports.all_rows(session, number) for reason in row.reasons]
            session.commit()
            assert (plan.new, plan.enrol, plan.renamed, plan.missing) == (0, 0, 0, 0)
            assert plan.there == len(NASTY)
            assert sorted(reasons) == [imports.Reason.ACCOUNT_CLOSED, *others * [imports.Reason.OTHER_COHORT]]


def a_name(text: str) -> str | None:
    """A name as accounts and cohorts keep it, with a letter in it; not what a spreadsheet takes for an error."""
    try:
        name = clean_name(text)
    except NoName:
        return None
    return name if any(map(str.isalpha, name)) and tidied(name) == name else None


NAMES = (
    st.one_of(st.text(max_size=20), st.text(alphabet="=+-@#!?, ;'\"()tvan", max_size=12), st.sampled_from(NASTY))
    .map(a_name)
    .filter(bool)
)
ROWS = st.builds(
    PersonRow,
    name=NAMES,
    email=st.from_regex(r"[a-z0-9=+_-][a-z0-9'+=_.-]{0,8}[a-z0-9]@example\.org", fullmatch=True),
    cohort_name=st.just("Spring") | NAMES,
    role=st.sampled_from(["learner", "trainer"]),
    standing=st.sampled_from(["active", "ended"]),
    enrolled_at=st.just(NOW),
    account_since=st.just(NOW),
    deactivated_at=st.none(),
    invited_at=st.sampled_from([None, NOW]),
    last_sign_in_at=st.none(),
)


def in_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    return b"".join(csv_of(rows))


def in_workbook(rows: Iterable[Sequence[Cell]]) -> bytes:
    with workbook_of(rows, sheet="People") as file:
        return file.read()


@on_sqlite
@pytest.mark.parametrize("write", [in_csv, in_workbook])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(ROWS, min_size=1, max_size=5, unique_by=lambda row: row.email), data=st.data())
def test_every_column_and_row_of_an_export_is_understood_as_it_was_meant(
    app: Flask, write: Callable[..., bytes], people: list[PersonRow], data: st.DataObject
) -> None:
    language = data.draw(st.sampled_from(sorted(catalogues())))
    with app.test_request_context(headers={"Accept-Language": language}):
        roster = roster_of(write(rows_of_people(people, ZONE)))
    meant = [Meaning.WHOLE_NAME, Meaning.EMAIL, Meaning.COHORT, Meaning.ROLE, *5 * [Meaning.NOTHING]]
    assert all(column.meaning is meant[column.index] for column in roster.columns)
    for person, row in zip(people_in(roster.rows, roster.columns, cohort="Spring"), people, strict=True):
        assert (person.email, person.name, person.role) == (row.email, row.name, row.role)
        is_for_spring = row.standing == "active" and normalize("NFKC", str(row.cohort_name)).casefold() == "spring"
        assert person.faults == (() if is_for_spring else (Fault.OTHER_COHORT,))
