"""Enrolling from a file: the plan is what is done, all of it or nothing, and it can be taken back."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Session

from app import importing
from app.exchange.rosters.columns import Meaning
from app.exchange.rosters.people import Fault
from app.records import accounts, cohorts, imports, links, moving
from app.records.base import Base
from app.records.engine import make_engine, writing_sessions
from app.records.imports import Reason, RowLine, Stage, Stayed, Verdict
from app.records.models import (
    AuditEntry,
    Bookmark,
    Cohort,
    Draft,
    Enrolment,
    Import,
    ImportFile,
    ImportRow,
    OneTimeLink,
    Outbox,
    Reflection,
    User,
)
from tests import databases
from tests.makers import NOW, make_cohort, make_enrolment, make_user
from tests.program import ROOT
from tests.racing import at_once, counted

KEY = b"k" * 32
LATER = NOW + timedelta(hours=1)
EVEN_LATER = NOW + timedelta(hours=2)

Rows = Sequence[Sequence[str]]


@pytest.fixture
def cohort_id(engine: Engine) -> int:
    """A Dutch cohort that nobody is in."""
    with writing_sessions(engine).begin() as session:
        return make_cohort(session, name="Spring", language="nl").id


def csv_of(*rows: Sequence[str], headings: Sequence[str] = ("Name", "E-mail", "Role")) -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=";").writerows([headings, *rows])
    return text.getvalue().encode()


def bring(engine: Engine, cohort_id: int, *rows: Sequence[str], now: datetime = NOW, **other: Any) -> int:
    """Bring a file with these rows, and have it planned; return the import."""
    with writing_sessions(engine).begin() as session:
        import_id = imports.begin_import(
            session, cohort_id, file_name="spring.csv", body=csv_of(*rows, **other), by=None, now=now
        )
    importing.make_plan(engine, import_id, key=KEY, clock=lambda: now)
    return import_id


def plan_number(engine: Engine, import_id: int) -> int:
    with writing_sessions(engine)() as session:
        facts = imports.import_facts(session, import_id, NOW)
        assert facts is not None
        return facts.plan_number


def apply(engine: Engine, import_id: int, *, by: int | None = None, now: datetime = NOW) -> None:
    importing.apply(engine, import_id, plan_number(engine, import_id), by=by, clock=lambda: now)


def brought(engine: Engine, cohort_id: int, *rows: Sequence[str], now: datetime = NOW) -> int:
    """Enrol these rows; return the import."""
    import_id = bring(engine, cohort_id, *rows, now=now)
    apply(engine, import_id, now=now)
    return import_id


def undo(engine: Engine, import_id: int, *, now: datetime = EVEN_LATER) -> None:
    importing.undo(engine, import_id, by=None, clock=lambda: now)


def lines_of(engine: Engine, import_id: int) -> dict[str, RowLine]:
    """Return what the plan says, by address; of several rows with one address, of the last."""
    with writing_sessions(engine)() as session:
        return {line.email: line for line in imports.all_rows(session, import_id)}


def verdicts(engine: Engine, import_id: int) -> dict[str, str]:
    return {email: line.verdict.value for email, line in lines_of(engine, import_id).items()}


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Do something to the database beside the import."""
    with writing_sessions(engine).begin() as session:
        yield session


def snapshot(engine: Engine, *left_out: type[Base]) -> dict[str, set[tuple[object, ...]]]:
    """Copy all rows of all tables, but for some."""
    names = {model.__tablename__ for model in left_out}
    tables = [table for table in Base.metadata.sorted_tables if table.name not in names]
    with writing_sessions(engine)() as session:
        return {table.name: {tuple(row) for row in session.execute(select(table))} for table in tables}


ITS_OWN = (Import, ImportRow, ImportFile, AuditEntry)
"""What an import leaves of itself."""


class Place(NamedTuple):
    """Somebody in a cohort."""

    name: str
    sort_name: str
    language: str
    role: str
    standing: str


def people_in(engine: Engine, cohort_id: int) -> dict[str, Place]:
    """Return who is or was in a cohort, by their address."""
    columns = (User.email, User.name, User.sort_name, User.language, Enrolment.role, Enrolment.standing)
    with writing_sessions(engine)() as session:
        rows = session.execute(
            select(*columns).join(Enrolment, Enrolment.user_id == User.id).where(Enrolment.cohort_id == cohort_id)
        )
        return {email: Place(*facts) for email, *facts in rows}


# ---- the plan --------------------------------------------------------------------------------


def fill_with_all_cases(engine: Engine, cohort_id: int) -> None:
    """Make somebody for each thing that a plan can say of a row."""
    with writing(engine) as session:
        cohort, other = session.get_one(Cohort, cohort_id), make_cohort(session, name="Winter")
        make_enrolment(session, user=make_user(session, email="elsewhere@example.org", name="Else Where"), cohort=other)
        make_user(session, email="invited@example.org", name="Ina Vited", with_password=False)
        make_user(session, email="renamed@example.org", name="Old Name")
        make_user(session, email="closed@example.org", deactivated_at=NOW)
        for name in ("there", "missing", "trains", "back", "nameless"):
            user = make_user(session, email=f"{name}@example.org", name=name.title())
            role, standing = "trainer" if name == "trains" else "learner", "ended" if name == "back" else "active"
            make_enrolment(session, user=user, cohort=cohort, role=role, standing=standing)


ALL_CASES = (
    ("Élodie New", " New@EXAMPLE.org ", ""),
    ("Guide", "guide@example.org", "trainer"),
    ("Else Where", "elsewhere@example.org", "learner"),
    ("Ina Vited", "invited@example.org", ""),
    ("New Name", "renamed@example.org", ""),
    ("There", "there@example.org", ""),
    ("Back", "back@example.org", ""),
    ("Closed", "closed@example.org", ""),
    ("Trains", "trains@example.org", "learner"),
    ("N" * 121, "long@example.org", ""),
    ("Nobody", "nobody@localhost", ""),
    ("", "Nameless@example.org", "king"),
    ("New Again", "new@example.org", ""),
)
WHAT_IS_SAID = {
    "new@example.org": (Verdict.REJECTED, (Reason.TWICE,), None),
    "guide@example.org": (Verdict.NEW, (), "invitation"),
    "elsewhere@example.org": (Verdict.ENROL, (), "enrolled"),
    "invited@example.org": (Verdict.ENROL, (), "invitation"),
    "renamed@example.org": (Verdict.ENROL, (), "enrolled"),
    "there@example.org": (Verdict.THERE, (), None),
    "back@example.org": (Verdict.ENROL, (), "enrolled"),
    "closed@example.org": (Verdict.REJECTED, (Reason.ACCOUNT_CLOSED,), None),
    "trains@example.org": (Verdict.REJECTED, (Reason.OTHER_ROLE,), None),
    "long@example.org": (Verdict.REJECTED, (Reason.NAME_TOO_LONG,), None),
    "nobody@localhost": (Verdict.REJECTED, (Reason.NOT_AN_ADDRESS,), None),
    "Nameless@example.org": (Verdict.REJECTED, (Reason.NO_NAME, Reason.UNKNOWN_ROLE), None),
}


def test_the_plan_says_of_each_row_what_will_become_of_it(engine: Engine, cohort_id: int) -> None:
    fill_with_all_cases(engine, cohort_id)
    before = snapshot(engine, *ITS_OWN)
    import_id = bring(engine, cohort_id, *ALL_CASES)
    lines = lines_of(engine, import_id)
    assert {email: (line.verdict, line.reasons, line.letter) for email, line in lines.items()} == WHAT_IS_SAID
    assert (lines["new@example.org"].number, lines["new@example.org"].first_row) == (14, 2)
    assert (lines["renamed@example.org"].name_before, lines["renamed@example.org"].name) == ("Old Name", "New Name")
    assert [email for email, line in lines.items() if line.came_back] == ["back@example.org"]
    with writing_sessions(engine)() as session:
        tally = imports.tally(session, import_id)
        assert (tally.new, tally.enrol, tally.there, tally.rejected, tally.renamed) == (2, 4, 1, 6, 1)
        assert (tally.trainers, tally.came_back, tally.invitations, tally.letters, tally.missing) == (1, 1, 3, 3, 1)
        shown, count = imports.rows_of(session, import_id, page=2, size=5)
        assert ([line.number for line in shown], count) == ([14, 2, 3, 4, 5], 13)
        assert imports.rows_of(session, import_id, show="renamed")[1] == 1
    assert snapshot(engine, *ITS_OWN) == before


def test_what_is_applied_is_the_plan_row_for_row(engine: Engine, cohort_id: int) -> None:
    fill_with_all_cases(engine, cohort_id)
    with writing(engine) as session:
        staff = make_user(session, email="ada@example.org").id
    import_id = bring(engine, cohort_id, *ALL_CASES)
    planned = lines_of(engine, import_id)
    apply(engine, import_id, by=staff)
    done = lines_of(engine, import_id)
    assert {email: (line.verdict, line.reasons, line.name_before, line.came_back) for email, line in done.items()} == {
        email: (line.verdict, line.reasons, line.name_before, line.came_back) for email, line in planned.items()
    }
    found = people_in(engine, cohort_id)
    assert found.keys() == {
        "new@example.org", "guide@example.org", "elsewhere@example.org", "invited@example.org", "renamed@example.org",
        "there@example.org", "back@example.org", "missing@example.org", "trains@example.org",
        "nameless@example.org",
    }  # fmt: skip
    assert found["new@example.org"] == ("Élodie New", "elodie new", "nl", "learner", "active")
    assert found["guide@example.org"].role == "trainer"
    assert found["renamed@example.org"][:2] == ("New Name", "new name")
    assert found["back@example.org"].standing == "active"
    with writing_sessions(engine)() as session:
        letters = session.execute(
            select(User.email, Outbox.letter, Outbox.link_id, Outbox.cohort_id, Outbox.by_id).join(
                User, User.id == Outbox.user_id
            )
        ).all()
        assert {(email, letter) for email, letter, *_ in letters} == {
            (email, letter) for email, (_verdict, _reasons, letter) in WHAT_IS_SAID.items() if letter
        } | {("new@example.org", "invitation")}
        assert all((link is not None) == (letter == "invitation") for _email, letter, link, *_ in letters)
        assert {tuple(rest) for *_, cohort, by in letters for rest in [(cohort, by)]} == {(cohort_id, staff)}
        stamps = session.scalars(select(User.session_stamp)).all()
        assert len(set(stamps)) == len(stamps)
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.deed == "apply_import"))
        assert (entry.actor_id, entry.about) == (staff, f"import:{import_id}")
        noted = session.execute(
            select(AuditEntry.deed, User.email).join(User, User.id == AuditEntry.subject_id).order_by(AuditEntry.deed)
        ).all()
        assert {(deed, email) for deed, email in noted} == {
            ("enrol", "new@example.org"), ("make_trainer", "guide@example.org"), ("enrol", "elsewhere@example.org"),
            ("enrol", "invited@example.org"), ("enrol", "renamed@example.org"), ("enrol", "back@example.org"),
            ("change_name", "renamed@example.org"),
        }  # fmt: skip


def test_a_new_persons_link_opens_the_page_for_a_password_for_14_days(engine: Engine, cohort_id: int) -> None:
    brought(engine, cohort_id, ("New", "new@example.org"))
    with writing_sessions(engine)() as session:
        link = session.scalars(select(OneTimeLink)).one()
        found = links.find_link(session, links.token_of(link, KEY), NOW + timedelta(days=14, seconds=-1))
        assert found is not None
        assert (found.purpose, found.email, found.state.value) == ("invitation", "new@example.org", "open")
        assert link.expires_at == NOW + timedelta(days=14)


def test_the_same_file_twice_changes_nothing(engine: Engine, cohort_id: int) -> None:
    fill_with_all_cases(engine, cohort_id)
    brought(engine, cohort_id, *ALL_CASES)
    before = snapshot(engine, *ITS_OWN)
    again = bring(engine, cohort_id, *ALL_CASES, now=LATER)
    assert set(verdicts(engine, again).values()) == {"there", "rejected"}
    with writing_sessions(engine)() as session:
        assert imports.tally(session, again).changes == 0
    apply(engine, again, now=LATER)
    assert snapshot(engine, *ITS_OWN) == before


def test_a_row_for_another_cohort_is_left_alone(engine: Engine, cohort_id: int) -> None:
    rows = (("A", "a@example.org", "Winter"), ("A", "a@example.org", "spring"), ("B", "b@example.org", ""))
    import_id = bring(engine, cohort_id, *rows, headings=("Name", "E-mail", "Cohort"))
    with writing_sessions(engine)() as session:
        lines = list(imports.all_rows(session, import_id))
    assert [(line.verdict.value, line.reasons) for line in lines] == [
        ("rejected", (Reason.OTHER_COHORT,)), ("new", ()), ("new", ()),
    ]  # fmt: skip


def test_a_trainer_who_comes_sets_back_what_the_cohort_shared(engine: Engine, cohort_id: int) -> None:
    with writing(engine) as session:
        place = make_enrolment(session, cohort=session.get_one(Cohort, cohort_id))
        shared = {"level": "trainers", "shared_from": 1, "shared_at": NOW}
        session.add(Reflection(enrolment_id=place.id, step_key="sums/think", **shared))
    learners = brought(engine, cohort_id, ("L", "l@example.org", "learner"))
    with writing_sessions(engine)() as session:
        assert session.scalars(select(Reflection.level)).one() == "trainers"
        assert imports.tally(session, learners).trainers == 0
    brought(engine, cohort_id, ("T", "t@example.org", "trainer"), now=LATER)
    with writing_sessions(engine)() as session:
        assert session.execute(select(Reflection.level, Reflection.set_back_at)).one() == ("private", LATER)


def test_columns_are_read_anew_as_somebody_says(engine: Engine, cohort_id: int) -> None:
    import_id = bring(engine, cohort_id, ("New", "new@example.org", "Amsterdam"))
    assert lines_of(engine, import_id)["new@example.org"].reasons == (Reason.UNKNOWN_ROLE,)
    importing.make_plan(engine, import_id, {2: Meaning.NOTHING}, key=KEY, clock=lambda: LATER)
    assert verdicts(engine, import_id) == {"new@example.org": "new"}
    importing.make_plan(engine, import_id, key=KEY, clock=lambda: LATER)
    assert verdicts(engine, import_id) == {"new@example.org": "new"}
    assert plan_number(engine, import_id) == 3


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(engine: Engine, cohort_id: int) -> None:
    import_id = bring(engine, cohort_id, ("New", "old"), headings=("Name", "Age"))
    with writing_sessions(engine)() as session:
        facts = imports.import_facts(session, import_id, NOW)
        assert facts is not None
        assert facts.refusal is not None
        assert (facts.stage, facts.refusal.why) == (Stage.REFUSED, "no_addresses")
        assert [column.heading for column in facts.columns] == ["Name", "Age"]
        with pytest.raises(imports.NotPlanned):
            imports.apply_import(session, import_id, plan_number=0, by=None, now=NOW)


def test_every_fault_of_a_row_is_a_reason_to_reject_it() -> None:
    assert {fault.value for fault in Fault} <= {reason.value for reason in Reason}


# ---- the database changes meanwhile ----------------------------------------------------------


def _account(session: Session, _cohort: Cohort) -> None:
    make_user(session, email="new@example.org", name="New")


def _closed(session: Session, _cohort: Cohort) -> None:
    session.execute(update(User).where(User.email == "known@example.org").values(deactivated_at=LATER))


def _renamed(session: Session, _cohort: Cohort) -> None:
    session.execute(update(User).where(User.email == "known@example.org").values(name="Other"))


def _password(session: Session, _cohort: Cohort) -> None:
    session.execute(update(User).where(User.email == "known@example.org").values(password_hash=None))


def _enrolled(session: Session, cohort: Cohort) -> None:
    known = session.scalars(select(User).where(User.email == "known@example.org")).one()
    make_enrolment(session, user=known, cohort=cohort)


def _ended(session: Session, _cohort: Cohort) -> None:
    session.execute(update(Enrolment).values(standing="ended"))


def _moved_away(session: Session, _cohort: Cohort) -> None:
    session.execute(update(User).where(User.email == "there@example.org").values(email="other@example.org"))


@pytest.mark.parametrize(
    ("change", "email", "verdict"),
    [
        (_account, "new@example.org", "enrol"),
        (_closed, "known@example.org", "rejected"),
        (_renamed, "known@example.org", "enrol"),
        (_password, "known@example.org", "enrol"),
        (_enrolled, "known@example.org", "there"),
        (_ended, "there@example.org", "enrol"),
        (_moved_away, "there@example.org", "new"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_when_the_database_changed_since_nothing_is_done_and_there_is_a_new_plan(
    engine: Engine, cohort_id: int, change: Callable[[Session, Cohort], None], email: str, verdict: str
) -> None:
    with writing(engine) as session:
        make_user(session, email="known@example.org", name="Known")
        there = make_user(session, email="there@example.org", name="There")
        make_enrolment(session, user=there, cohort=session.get_one(Cohort, cohort_id))
    rows = (("New", "new@example.org"), ("Known", "known@example.org"), ("There", "there@example.org"))
    import_id = bring(engine, cohort_id, *rows)
    with writing(engine) as session:
        change(session, session.get_one(Cohort, cohort_id))
    before = snapshot(engine, Import, ImportRow)
    with pytest.raises(imports.PlanChanged):
        apply(engine, import_id)
    assert snapshot(engine, Import, ImportRow) == before
    assert (verdicts(engine, import_id)[email], plan_number(engine, import_id)) == (verdict, 2)
    apply(engine, import_id)


def test_only_the_plan_that_was_seen_is_applied_and_only_once(engine: Engine, cohort_id: int) -> None:
    import_id = bring(engine, cohort_id, ("New", "new@example.org"))
    importing.make_plan(engine, import_id, key=KEY, clock=lambda: LATER)
    with pytest.raises(imports.PlanChanged):
        importing.apply(engine, import_id, 1, by=None, clock=lambda: LATER)
    assert plan_number(engine, import_id) == 2
    apply(engine, import_id)
    with pytest.raises(imports.NotPlanned):
        apply(engine, import_id)


def test_nothing_comes_into_an_archived_cohort(engine: Engine, cohort_id: int) -> None:
    import_id = bring(engine, cohort_id, ("New", "new@example.org"))
    with writing(engine) as session:
        cohorts.archive_cohort(session, cohort_id, archived=True, version=1, by=None, now=NOW)
    with pytest.raises(imports.CohortArchived):
        apply(engine, import_id)
    with pytest.raises(imports.CohortArchived):
        bring(engine, cohort_id, ("New", "new@example.org"))


# ---- several at once -------------------------------------------------------------------------


def test_of_two_who_apply_the_same_plan_at_once_one_does(engine: Engine, cohort_id: int) -> None:
    import_id = bring(engine, cohort_id, *((f"P{n}", f"p{n}@example.org") for n in range(30)))

    def deed(session: Session) -> bool:
        try:
            imports.apply_import(session, import_id, plan_number=1, by=None, now=NOW)
        except imports.NotPlanned:
            return False
        return True

    assert sorted(at_once(engine, deed, deed)) == [False, True]
    assert len(people_in(engine, cohort_id)) == 30


def test_of_two_files_with_the_same_new_people_at_once_the_second_plans_anew(engine: Engine, cohort_id: int) -> None:
    rows = [(f"P{n}", f"p{n}@example.org") for n in range(30)]
    with writing(engine) as session:
        other = make_cohort(session, name="Winter").id
    plans = (bring(engine, cohort_id, *rows), bring(engine, other, *reversed(rows)))

    def deed(import_id: int) -> Callable[[Session], bool]:
        def do(session: Session) -> bool:
            try:
                imports.apply_import(session, import_id, plan_number=1, by=None, now=NOW)
            except imports.PlanChanged:
                session.rollback()
                return False
            return True

        return do

    assert sorted(at_once(engine, *map(deed, plans))) == [False, True]


def test_who_reads_for_too_long_loses_the_import_to_another(engine: Engine, cohort_id: int) -> None:
    with writing(engine) as session:
        body = csv_of(*((f"P{n}", f"p{n}@example.org") for n in range(2 * importing.BATCH)))
        import_id = imports.begin_import(session, cohort_id, file_name="p.csv", body=body, by=None, now=NOW)
    taken_over: list[int] = []

    def another_comes(read: int, _total: int) -> None:
        if read == importing.BATCH and not taken_over:
            with pytest.raises(imports.StillReading):
                importing.make_plan(engine, import_id, key=KEY, clock=lambda: NOW)
            taken_over.append(read)
            with writing(engine) as session:
                imports.take_up(session, import_id, NOW + imports.LEASE)

    with pytest.raises(imports.TakenOver):
        importing.make_plan(engine, import_id, key=KEY, clock=lambda: NOW, progress=another_comes)
    assert lines_of(engine, import_id) == {}
    importing.make_plan(engine, import_id, key=KEY, clock=lambda: NOW + 2 * imports.LEASE)
    assert plan_number(engine, import_id) == 1
    assert len(lines_of(engine, import_id)) == 2 * importing.BATCH


def test_a_thread_reads_the_file_and_stops_when_it_is_thrown_away(engine: Engine, cohort_id: int) -> None:
    with writing(engine) as session:
        ids = [
            imports.begin_import(session, cohort_id, file_name="p.csv", body=csv_of(("P", "p@x.org")), by=None, now=NOW)
            for _ in range(2)
        ]
    importing.begin(engine, ids[0], key=KEY, clock=lambda: NOW).join(20)
    assert plan_number(engine, ids[0]) == 1
    with writing(engine) as session:
        work = imports.take_up(session, ids[1], NOW)
        imports.throw_away(session, ids[1], by=None, now=NOW)
    with pytest.raises(imports.TakenOver), writing(engine) as session:
        imports.finish(session, work)
    with pytest.raises(imports.NoImport):
        importing.make_plan(engine, ids[1], key=KEY)


def test_the_file_is_kept_for_a_day_and_the_plan_until_it_is_applied(engine: Engine, cohort_id: int) -> None:
    import_id = bring(engine, cohort_id, ("New", "new@example.org"))
    tomorrow = NOW + imports.KEPT_FOR
    with writing(engine) as session:
        imports.purge_files(session, tomorrow - timedelta(seconds=1))
        assert session.scalars(select(ImportFile.import_id)).all() == [import_id]
        imports.purge_files(session, tomorrow)
        assert session.scalars(select(ImportFile.import_id)).all() == []
    with pytest.raises(imports.FileGone):
        importing.make_plan(engine, import_id, key=KEY, clock=lambda: tomorrow)
    with writing(engine) as session:
        make_user(session, email="new@example.org", name="New")
    with pytest.raises(imports.PlanChanged):
        apply(engine, import_id, now=tomorrow)
    apply(engine, import_id, now=tomorrow)
    assert verdicts(engine, import_id) == {"new@example.org": "enrol"}
    with writing(engine) as session, pytest.raises(imports.NotPlanned):
        imports.throw_away(session, import_id, by=None, now=tomorrow)


def test_a_receipt_names_whom_it_gave_no_account_for_a_month(engine: Engine, cohort_id: int) -> None:
    with writing(engine) as session:
        make_user(session, email="known@example.org", name="Known")
    rows = (("New", "new@example.org"), ("Known", "known@example.org"), ("Broken", "broken@"))
    undone, kept = (brought(engine, one, *rows) for one in (cohort_id, _another_cohort(engine)))
    waiting = bring(engine, cohort_id, *rows)
    undo(engine, undone)
    a_month_later = NOW + imports.NAMED_FOR
    before = snapshot(engine)
    with writing(engine) as session:
        imports.forget_people(session, a_month_later - timedelta(seconds=1))
    assert snapshot(engine) == before
    with writing(engine) as session:
        imports.forget_people(session, a_month_later)
        named = {one: [(row.name, row.email) for row in imports.all_rows(session, one)] for one in (undone, kept)}
        facts = imports.import_facts(session, kept, a_month_later)
        secrets = session.scalars(select(ImportRow.seed).where(ImportRow.import_id != waiting)).all()
        assert len(list(imports.all_rows(session, waiting))) == 3
    assert named == {
        undone: [("New", "new@example.org"), ("Known", "known@example.org"), ("", "")],
        kept: [("New", "new@example.org"), ("Known", "known@example.org"), ("", "")],
    }
    assert facts is not None
    assert (facts.columns, set(secrets)) == ((), {None})


def test_who_leaves_by_an_undo_is_forgotten_by_its_receipt_too(engine: Engine, cohort_id: int) -> None:
    import_id = brought(engine, cohort_id, ("New", "new@example.org"))
    undo(engine, import_id)
    with writing(engine) as session:
        imports.forget_people(session, NOW + imports.NAMED_FOR)
        (row,) = imports.all_rows(session, import_id)
    assert (row.name, row.email, row.verdict) == ("", "", "new")


def _another_cohort(engine: Engine) -> int:
    with writing(engine) as session:
        return make_cohort(session).id


# ---- the undo --------------------------------------------------------------------------------


def test_the_undo_of_an_import_gives_back_what_was_there(engine: Engine, cohort_id: int) -> None:
    fill_with_all_cases(engine, cohort_id)
    before = snapshot(engine, *ITS_OWN, Outbox, OneTimeLink)
    import_id = brought(engine, cohort_id, *ALL_CASES, now=LATER)
    with writing_sessions(engine)() as session:
        plan = imports.undo_preview(session, import_id)
        assert (plan.enrolments, plan.accounts, plan.names, plan.letters, plan.stays) == (6, 2, 1, 6, {})
    undo(engine, import_id)
    assert snapshot(engine, *ITS_OWN, Outbox, OneTimeLink) == before
    with writing_sessions(engine)() as session:
        assert set(session.execute(select(Outbox.dropped_at, Outbox.last_error))) == {(EVEN_LATER, "withdrawn")}
        assert set(session.scalars(select(OneTimeLink.used_at))) == {EVEN_LATER}
        noted = select(AuditEntry.deed, User.email).join(User, User.id == AuditEntry.subject_id)
        assert {tuple(row) for row in session.execute(noted.where(AuditEntry.at == EVEN_LATER))} == {
            *(("unenrol", f"{who}@example.org") for who in ("elsewhere", "invited", "renamed", "back")),
            ("change_name", "renamed@example.org"),
        }
        [receipt] = imports.imports_of(session, cohort_id)
        assert (receipt.undone_at, receipt.new, receipt.enrol, receipt.is_last) == (EVEN_LATER, 2, 4, False)
    with pytest.raises(imports.NothingToUndo):
        undo(engine, import_id)


def test_only_the_last_import_is_undone_and_then_the_one_before(engine: Engine, cohort_id: int) -> None:
    first = brought(engine, cohort_id, ("Old", "p@example.org"))
    second = brought(engine, cohort_id, ("New", "p@example.org"), now=LATER)
    with pytest.raises(imports.NotTheLast):
        undo(engine, first)
    undo(engine, second)
    assert people_in(engine, cohort_id)["p@example.org"].name == "Old"
    undo(engine, first)
    assert people_in(engine, cohort_id) == {}


Since = Callable[[Session, Enrolment, User], object]


def _signs_in(_session: Session, _place: Enrolment, user: User) -> None:
    user.last_sign_in_at = LATER


def _chooses_password(_session: Session, _place: Enrolment, user: User) -> None:
    user.password_hash = "hash"


def _completes(_session: Session, place: Enrolment, _user: User) -> None:
    place.last_deed_at = LATER


def _begins(session: Session, place: Enrolment, _user: User) -> None:
    session.add(Draft(enrolment_id=place.id, about="sums/think", body="{}", version=1, saved_at=LATER))


def _marks(session: Session, place: Enrolment, _user: User) -> None:
    session.add(Bookmark(enrolment_id=place.id, step_key="sums/add", made_at=LATER))


def _is_renamed(_session: Session, _place: Enrolment, user: User) -> None:
    user.name = "Corrected"


def _gets_an_address(_session: Session, _place: Enrolment, user: User) -> None:
    user.email = f"another{user.id}@example.org"


def _is_closed(_session: Session, _place: Enrolment, user: User) -> None:
    user.deactivated_at = LATER


def _becomes_admin(_session: Session, _place: Enrolment, user: User) -> None:
    user.is_admin = True


def _becomes_trainer(_session: Session, place: Enrolment, _user: User) -> None:
    place.role = "trainer"


def _is_ended(_session: Session, place: Enrolment, _user: User) -> None:
    place.standing = "ended"


def _moves(session: Session, place: Enrolment, _user: User) -> None:
    other = make_cohort(session).id
    moving.move(session, [place.id], cohort_id=place.cohort_id, to_cohort_id=other, by=None, now=LATER)


def _moves_and_returns(session: Session, place: Enrolment, user: User) -> None:
    _moves(session, place, user)
    session.refresh(place)
    home = session.scalars(select(Import.cohort_id)).one()
    moving.move(session, [place.id], cohort_id=place.cohort_id, to_cohort_id=home, by=None, now=LATER)


def _is_enrolled_elsewhere(session: Session, _place: Enrolment, user: User) -> None:
    make_enrolment(session, user=user)


def _nothing(_session: Session, _place: Enrolment, _user: User) -> None:
    """Let an hour pass."""


ANYTHING: tuple[tuple[Since, Stayed | None], ...] = (
    (_signs_in, Stayed.SIGNED_IN),
    (_completes, Stayed.DID_SOMETHING),
    (_begins, Stayed.DID_SOMETHING),
    (_marks, Stayed.DID_SOMETHING),
    (_is_renamed, Stayed.CHANGED_SINCE),
    (_gets_an_address, Stayed.CHANGED_SINCE),
    (_is_closed, Stayed.CHANGED_SINCE),
    (_becomes_trainer, Stayed.CHANGED_SINCE),
    (_is_ended, Stayed.CHANGED_SINCE),
    (_moves, Stayed.CHANGED_SINCE),
    (_moves_and_returns, Stayed.CHANGED_SINCE),
    (_nothing, None),
)
SINCE: tuple[tuple[str, Since, Stayed | None], ...] = (
    *((who, since, stayed) for who in ("new", "known", "back") for since, stayed in ANYTHING),
    ("new", _chooses_password, Stayed.SIGNED_IN),
    ("new", _becomes_admin, Stayed.CHANGED_SINCE),
    ("new", _is_enrolled_elsewhere, Stayed.ELSEWHERE),
    ("known", _is_enrolled_elsewhere, None),
    ("there", _signs_in, None),
    ("there", _completes, None),
    ("there", _is_renamed, Stayed.CHANGED_SINCE),
)
"""Who came by an import, what they or others did since, and why the undo leaves them, if it does."""


def make_known(session: Session, cohort: Cohort, who: str, email: str) -> None:
    """Make somebody who was there before the import: known, or in the cohort now or earlier."""
    user = make_user(session, email=email, name="Before")
    if who == "there":
        make_enrolment(session, user=user, cohort=cohort)
    elif who == "back":
        place, long_ago = make_enrolment(session, user=user, cohort=cohort, standing="ended"), NOW - timedelta(days=9)
        place.created_at = place.started_at = place.last_deed_at = long_ago
        session.add(Bookmark(enrolment_id=place.id, step_key="sums/before", made_at=long_ago))


def test_who_went_on_since_stays_and_the_page_says_so_before(engine: Engine, cohort_id: int) -> None:
    emails = [f"{who}{since.__name__}@example.org" for who, since, _stayed in SINCE]
    with writing(engine) as session:
        for (who, *_), email in zip(SINCE, emails, strict=True):
            if who != "new":
                make_known(session, session.get_one(Cohort, cohort_id), who, email)
    import_id = brought(engine, cohort_id, *(("Given", email) for email in emails))
    with writing(engine) as session:
        users = [session.scalars(select(User).where(User.email == email)).one() for email in emails]
        places = [session.scalars(select(Enrolment).where(Enrolment.user_id == user.id)).one() for user in users]
        ids = [(user.id, place.id) for user, place in zip(users, places, strict=True)]
        for (_who, since, _stayed), place, user in zip(SINCE, places, users, strict=True):
            since(session, place, user)
    with writing_sessions(engine)() as session:
        preview = imports.undo_preview(session, import_id)
        lines, count = imports.stays_of(session, import_id, size=100)
    before = snapshot(engine)
    undo(engine, import_id)
    after = snapshot(engine)
    expected = {email: stayed for (*_, stayed), email in zip(SINCE, emails, strict=True) if stayed}
    assert {line.email: line.stayed for line in lines} == expected
    assert {line.email: line.stayed for line in lines_of(engine, import_id).values() if line.stayed} == expected
    assert (dict(preview.stays), count) == (Counter(expected.values()), len(expected))
    for (who, since, stayed), (user_id, place_id) in zip(SINCE, ids, strict=True):
        account, at_home = (
            [{row for row in rows[table] if row[0] == number} for rows in (before, after)]
            for table, number in (("user", user_id), ("enrolment", place_id))
        )
        case = f"{who}{since.__name__}"
        if stayed in (None, Stayed.ELSEWHERE):
            assert bool(at_home[1]) is (who in ("back", "there")), case
            assert bool(account[1]) is (who != "new" or stayed is Stayed.ELSEWHERE), case
        else:
            assert (account[0], at_home[0]) == (account[1], at_home[1]), case
    left = people_in(engine, cohort_id)
    assert (left["back_nothing@example.org"].name, left["back_nothing@example.org"].standing) == ("Before", "ended")
    assert left["there_signs_in@example.org"].name == "Before"


def test_who_does_something_while_it_is_undone_keeps_it_or_is_told_so(engine: Engine, cohort_id: int) -> None:
    import_id = brought(engine, cohort_id, ("New", "new@example.org"))
    with writing_sessions(engine)() as session:
        place = session.scalars(select(Enrolment.id)).one()

    def learn(session: Session) -> bool:
        locked = session.scalar(select(Enrolment.id).where(Enrolment.id == place).with_for_update())
        if locked:
            session.execute(insert(Bookmark).values(enrolment_id=place, step_key="sums/add", made_at=LATER))
        return locked is not None

    def take_back(session: Session) -> bool:
        imports.undo_import(session, import_id, by=None, now=EVEN_LATER)
        return True

    learnt, _undone = at_once(engine, learn, take_back)
    with writing_sessions(engine)() as session:
        assert (session.scalar(select(Bookmark.step_key)) is not None) is learnt
        assert session.scalars(select(ImportRow.stayed)).one() == (Stayed.DID_SOMETHING if learnt else None)


def test_who_opens_their_link_while_it_is_undone_comes_in_or_is_told_that_it_is_over(
    engine: Engine, cohort_id: int
) -> None:
    import_id = brought(engine, cohort_id, ("New", "new@example.org"))

    def choose_password(session: Session) -> bool:
        link = session.scalars(select(OneTimeLink)).one_or_none()
        facts = links.find_link(session, links.token_of(link, KEY), LATER) if link else None
        try:
            if facts is not None:
                accounts.password_by_link(session, facts, "hash", now=LATER)
        except (links.LinkExpired, links.LinkUsed):
            return False
        return facts is not None

    def take_back(_session: Session) -> bool:
        undo(engine, import_id)
        return True

    is_in, _undone = at_once(engine, choose_password, take_back)
    with writing_sessions(engine)() as session:
        assert session.scalars(select(User.password_hash)).all() == (["hash"] if is_in else [])
        assert session.scalars(select(ImportRow.stayed)).one() == (Stayed.SIGNED_IN if is_in else None)


# ---- any roster, any database ----------------------------------------------------------------

NAMES = st.sampled_from(["Ada", "Bram", "Çelik, D.", "=cmd", "van der Trede, Yara", "ليلى"])
SOMEBODY = st.fixed_dictionaries(
    {
        "name": NAMES,
        "is_closed": st.booleans(),
        "has_password": st.booleans(),
        "here": st.sampled_from([None, ("learner", "active"), ("trainer", "active"), ("learner", "ended")]),
        "is_elsewhere": st.booleans(),
    }
)
ADDRESSES = [f"p{number}@example.org" for number in range(6)]
DATABASES = st.dictionaries(st.sampled_from(ADDRESSES), SOMEBODY)
ROSTERS = st.lists(
    st.tuples(NAMES | st.just(""), st.sampled_from([*ADDRESSES, "none"]), st.sampled_from(["", "trainer"]))
)


@settings(max_examples=25, deadline=None)
@given(people=DATABASES, roster=ROSTERS.filter(lambda rows: any("@" in email for _name, email, _role in rows)))
def test_whatever_is_applied_can_be_undone_and_the_second_time_does_nothing(
    any_engine: Engine, people: Mapping[str, Mapping[str, Any]], roster: Rows
) -> None:
    engine = any_engine
    with writing(engine) as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        home, other = make_cohort(session), make_cohort(session)
        for email, facts in people.items():
            closed_at = NOW if facts["is_closed"] else None
            user = make_user(
                session, email=email, name=facts["name"], deactivated_at=closed_at, with_password=facts["has_password"]
            )
            if facts["here"]:
                make_enrolment(session, user=user, cohort=home, role=facts["here"][0], standing=facts["here"][1])
            if facts["is_elsewhere"]:
                make_enrolment(session, user=user, cohort=other)
        home_id = home.id
    before = snapshot(engine, *ITS_OWN, Outbox, OneTimeLink)
    first = brought(engine, home_id, *roster, now=LATER)
    applied = snapshot(engine, *ITS_OWN)
    again = bring(engine, home_id, *roster, now=EVEN_LATER)
    with writing_sessions(engine)() as session:
        assert imports.tally(session, again).changes == 0
        assert {row.user_id for row in imports.all_rows(session, first) if row.verdict is not Verdict.REJECTED} <= set(
            session.scalars(select(Enrolment.user_id).where(Enrolment.cohort_id == home_id))
        )
    assert snapshot(engine, *ITS_OWN) == applied
    undo(engine, first)
    assert snapshot(engine, *ITS_OWN, Outbox, OneTimeLink) == before


@pytest.fixture(scope="module")
def any_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all examples."""
    with databases.new_database("sqlite", tmp_path_factory.mktemp("any")) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


# ---- cost, and a killed process --------------------------------------------------------------


def test_many_people_cost_the_statements_of_few(engine: Engine) -> None:
    costs = []
    for many in (3, 90):
        with writing(engine) as session:
            home = make_cohort(session)
            known = [f"known{many}.{n}@example.org" for n in range(many)]
            for place, email in enumerate(known):
                user = make_user(session, email=email, name="Old")
                if place % 3:
                    make_enrolment(session, user=user, cohort=home, standing=("active", "ended")[place % 3 - 1])
            home_id = home.id
        rows = [("New", email) for email in known] + [("New", f"new{many}.{n}@example.org") for n in range(many)]
        with writing_sessions(engine)() as session, counted(session) as statements:
            import_id = bring(engine, home_id, *rows, ("Guide", f"guide{many}@example.org", "trainer"))
            apply(engine, import_id)
            imports.undo_preview(session, import_id)
            session.rollback()
            undo(engine, import_id)
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_a_process_that_is_killed_anywhere_leaves_all_of_an_import_or_nothing(database_url: str) -> None:
    rounds = 20
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.killed_imports", database_url, str(rounds)], cwd=ROOT,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{rounds} times killed" in done.stdout
