"""The log, read: which entries, in which order, with whose names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.records import audit
from app.records.audit import LAST_ID, About, EntryLine, Place, Which, all_entries, entries, place_of
from app.records.models import Import
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_user
from tests.racing import counted

HOUR = timedelta(hours=1)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def note(
    session: Session,
    deed: str = "enrol",
    *,
    about: str = "cohort:1",
    by: int | None = None,
    subject_id: int | None = None,
    at: datetime = NOW,
) -> None:
    audit.note(session, by=by, deed=deed, about=about, subject_id=subject_id, now=at)


def deeds(lines: tuple[EntryLine, ...]) -> list[str]:
    return [line.deed for line in lines]


@pytest.fixture
def log(session: Session) -> Session:
    """Seven deeds, a to g: c, d and e at one moment, as those of an import."""
    for deed, hours in zip("abcdefg", (0, 1, 2, 2, 2, 3, 4), strict=True):
        note(session, deed, at=NOW + hours * HOUR)
    return session


def test_the_newest_comes_first_and_pages_follow_each_other_without_a_gap(log: Session) -> None:
    first = entries(log, size=3)
    second = entries(log, before=first[-1].place, size=3)
    third = entries(log, before=second[-1].place, size=3)
    assert [deeds(page) for page in (first, second, third)] == [["g", "f", "e"], ["d", "c", "b"], ["a"]]
    assert entries(log, before=third[-1].place) == ()
    assert entries(log, after=third[-1].place, size=3) == second
    assert entries(log, after=second[0].place, size=3) == first
    assert entries(log, after=first[0].place) == ()


def test_all_of_them_come_in_the_same_order_batch_by_batch(log: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    assert deeds(tuple(all_entries(log))) == list("gfedcba")


def test_entries_are_found_by_whom_they_concern_who_did_it_what_and_when(session: Session) -> None:
    yara, ada = make_user(session).id, make_user(session).id
    note(session, "enrol", subject_id=yara, by=ada)
    note(session, "move", subject_id=yara, at=NOW + HOUR)
    note(session, "make_cohort", by=ada, at=NOW + 2 * HOUR)
    for which, found in (
        (Which(subject_id=yara), ["move", "enrol"]),
        (Which(actor_id=ada), ["make_cohort", "enrol"]),
        (Which(from_command_line=True), ["move"]),
        (Which(deed="enrol"), ["enrol"]),
        (Which(since=NOW + HOUR), ["make_cohort", "move"]),
        (Which(until=NOW + HOUR), ["enrol"]),
        (Which(subject_id=yara, actor_id=ada, deed="move"), []),
    ):
        assert deeds(entries(session, which)) == found, which


def test_names_are_those_of_now_and_who_is_gone_has_none(session: Session) -> None:
    ada, gone = make_user(session, name="Ada"), make_user(session)
    yara = make_user(session, name="Yara", email="y@example.org")
    for person in (yara, gone):
        note(session, about=f"user:{person.id}", subject_id=person.id, by=ada.id)
    yara.name = "Yara van der Trede"
    session.delete(gone)
    session.flush()
    nobody, line = entries(session)
    assert (line.actor_name, line.subject_name, line.subject_email) == ("Ada", "Yara van der Trede", "y@example.org")
    assert (nobody.subject_id, nobody.subject_name, nobody.subject_email) == (None, "", "")


def test_what_it_was_done_to_is_named_with_its_cohort_and_no_code_is_told_whole(session: Session) -> None:
    cohort = make_cohort(session, name="Spring")
    place, code = make_enrolment(session, cohort=cohort), make_join_code(session, cohort=cohort, key="TREE-7K4P-BRDX")
    file = Import(cohort_id=cohort.id, file_name="list.xlsx", stage="reading", made_at=NOW)
    session.add(file)
    session.flush()
    spring = (cohort.id, "Spring")
    for about in (
        About("cohort", cohort.id, "", *spring),
        About("enrolment", place.id, "", *spring),
        About("join_code", code.id, "TREE", *spring),
        About("import", file.id, "list.xlsx", *spring),
        About("cohort", 4711),
        About("user", 4711),
        About("audit_entry"),
    ):
        note(session, about=about.table if about.id is None else f"{about.table}:{about.id}")
        assert entries(session, size=1)[0].about == about


def test_a_page_of_the_log_takes_two_statements_however_long_it_is(session: Session) -> None:
    cohort, code = make_cohort(session), make_join_code(session)
    for number in range(20):
        about = f"cohort:{cohort.id}" if number % 2 else f"join_code:{code.id}"
        note(session, about=about, subject_id=make_user(session).id, by=make_user(session).id)
    with counted(session) as statements:
        assert len(entries(session, size=20)) == 20
    assert len(statements) == 2


@given(st.integers(0, 10**17).map(lambda ticks: FIRST + timedelta(microseconds=ticks)), st.integers(0, LAST_ID))
def test_a_place_goes_through_an_address_and_comes_back(at: datetime, entry_id: int) -> None:
    assert place_of(str(Place(at, entry_id))) == Place(at, entry_id)


@given(st.text() | st.text(alphabet="0123456789-²٣", max_size=40))
def test_an_address_that_names_no_place_is_no_place(text: str) -> None:
    place = place_of(text)
    assert place is None or place.entry_id <= LAST_ID
