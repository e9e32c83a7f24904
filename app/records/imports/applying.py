"""From a plan to people: one transaction of a few statements, however many rows there are.

Locks are taken in one order (import, cohort, users, enrolments), and rows of a table by their numbers or addresses, so
that two who apply at once wait for each other and never both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.records import audit, reflecting
from app.records.base import UtcTime
from app.records.cohorts import CohortArchived
from app.records.imports.planning import is_as_planned, look_at_tables
from app.records.imports.reading import Tally, tally
from app.records.imports.words import NoImport, NotPlanned, PlanChanged, Stage, Verdict
from app.records.links import LIFETIMES
from app.records.models import AuditEntry, Cohort, Enrolment, Import, ImportRow, OneTimeLink, Outbox, User

_COMES = ImportRow.verdict.in_((Verdict.NEW, Verdict.ENROL))


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is applied, into which cohort, by whom and when."""

    import_id: int
    cohort_id: int
    language: str
    by: int | None
    now: datetime

    @property
    def rows(self) -> ColumnElement[bool]:
        return ImportRow.import_id == self.import_id

    @property
    def moment(self) -> ColumnElement[datetime]:
        return literal(self.now, UtcTime())


def apply_import(session: Session, import_id: int, *, plan_number: int, by: int | None, now: datetime) -> None:
    """Do what a plan says, all of it.

    Raises NoImport, NotPlanned, CohortArchived, and PlanChanged when there is a newer plan or the database is not as
    it was when this one was made; then roll back.
    """
    deed = _begin(session, import_id, plan_number, by, now)
    _lock_people(session, deed)
    if not is_as_planned(session, import_id, deed.cohort_id):
        raise PlanChanged(import_id)
    plan = tally(session, import_id)  # what nobody needs is not asked: PostgreSQL takes its time to find no row
    try:
        _make_users(session, deed)
        _enrol(session, deed)
    except IntegrityError as error:  # somebody else made the account or the enrolment a moment ago
        raise PlanChanged(import_id) from error
    if plan.came_back:
        _take_up(session, deed)
    _invite(session, deed)
    if plan.letters:
        _tell(session, deed)
    if plan.renamed:
        _rename(session, deed)
    _note(session, deed, plan)
    if plan.trainers:  # who shared a text did not choose to share it with them
        reflecting.set_back(session, cohort_id=deed.cohort_id, now=now)
    session.execute(update(Import).where(Import.id == import_id).values(stage=Stage.APPLIED, applied_at=now))


def look_at_what_grew(session: Session) -> None:
    """Prepare the database for questions about those who came, in a transaction of its own after that of the deed."""
    look_at_tables(session, ImportRow, User, Enrolment, OneTimeLink, Outbox)


def _begin(session: Session, import_id: int, plan_number: int, by: int | None, now: datetime) -> _Deed:
    """Lock import and cohort, so that nobody else applies to it at the same time."""
    planned = session.execute(
        select(Import.stage, Import.plan_number, Import.cohort_id).where(Import.id == import_id).with_for_update()
    ).one_or_none()
    if planned is None:
        raise NoImport(import_id)
    if planned.stage != Stage.PLANNED:
        raise NotPlanned(import_id)
    if planned.plan_number != plan_number:
        raise PlanChanged(import_id)
    cohort = session.execute(
        select(Cohort.language, Cohort.archived_at)
        .where(Cohort.id == planned.cohort_id)
        .with_for_update(key_share=True)
    ).one()
    if cohort.archived_at is not None:
        raise CohortArchived()
    return _Deed(import_id, planned.cohort_id, cohort.language, by, now)


def _lock_people(session: Session, deed: _Deed) -> None:
    """Let nobody change those whom the plan changes, between the comparison and the deed. New people are not there."""
    if session.get_bind().dialect.name == "sqlite":
        return  # which lets nobody else write anyway
    named = select(ImportRow.user_id).where(deed.rows, or_(_COMES, ImportRow.name_before.is_not(None)))
    places = select(Enrolment.id).where(Enrolment.cohort_id == deed.cohort_id, Enrolment.user_id.in_(named))
    users = select(User.id).where(User.id.in_(named))
    session.execute(users.order_by(User.id).with_for_update(key_share=True)).all()
    session.execute(places.order_by(Enrolment.id).with_for_update(key_share=True)).all()


def _make_users(session: Session, deed: _Deed) -> None:
    """Make the accounts of new people.

    Their first stamp is the hash of their link's token, random and one of a kind; nobody is signed in by it, as the
    first password brings a stamp of its own.
    """
    row, new = ImportRow, and_(deed.rows, ImportRow.verdict == Verdict.NEW)
    language = literal(deed.language)
    people = select(row.email, row.name, row.sort_name, language, row.token_hash, deed.moment).where(new)
    columns = ["email", "name", "sort_name", "language", "session_stamp", "created_at"]
    session.execute(insert(User).from_select(columns, people.order_by(row.email)))
    session.execute(
        update(row)
        .where(new, User.email == row.email)
        .values(user_id=User.id)
        .execution_options(synchronize_session=False)
    )


def _enrol(session: Session, deed: _Deed) -> None:
    """Enrol those who come, but for those who come back."""
    row = ImportRow
    places = select(row.user_id, literal(deed.cohort_id), row.role, deed.moment).where(deed.rows, _COMES)
    columns = ["user_id", "cohort_id", "role", "created_at"]
    session.execute(insert(Enrolment).from_select(columns, places.where(~row.came_back)))


def _take_up(session: Session, deed: _Deed) -> None:
    """Let the enrolment of those who come back go on."""
    back = select(ImportRow.user_id).where(deed.rows, ImportRow.came_back)
    session.execute(
        update(Enrolment)
        .where(Enrolment.cohort_id == deed.cohort_id, Enrolment.user_id.in_(back))
        .values(standing="active")
        .execution_options(synchronize_session=False)
    )


def _invite(session: Session, deed: _Deed) -> None:
    """Make the links by which people choose their first password, and put in the letters that carry them."""
    row, invited = ImportRow, and_(deed.rows, ImportRow.letter == "invitation")
    until = literal(deed.now + LIFETIMES["invitation"], UtcTime())
    made = select(row.token_hash, row.seed, literal("invitation"), row.user_id, deed.moment, until).where(invited)
    columns = ["token_hash", "seed", "purpose", "user_id", "created_at", "expires_at"]
    session.execute(insert(OneTimeLink).from_select(columns, made))
    link = OneTimeLink
    letters = (
        select(literal("invitation:") + cast(link.id, String), literal("invitation"), link.user_id, link.id)
        .join(row, row.token_hash == link.token_hash)
        .where(invited)
    )
    _put(session, deed, letters)


def _tell(session: Session, deed: _Deed) -> None:
    """Put in the letters to those who have a password: that they are in this cohort too."""
    row, place = ImportRow, Enrolment
    once_key = literal("enrolled:") + cast(place.id, String) + literal(f":{deed.import_id}")
    letters = (
        select(once_key, literal("enrolled"), row.user_id, literal(None, OneTimeLink.id.type))
        .join(place, and_(place.user_id == row.user_id, place.cohort_id == deed.cohort_id))
        .where(deed.rows, row.letter == "enrolled")
    )
    _put(session, deed, letters)


def _put(session: Session, deed: _Deed, letters: Any) -> None:
    about = (literal(deed.cohort_id), literal(deed.by, User.id.type), deed.moment, deed.moment)
    columns = ["once_key", "letter", "user_id", "link_id", "cohort_id", "by_id", "created_at", "ready_at"]
    session.execute(insert(Outbox).from_select(columns, letters.add_columns(*about)))


def _rename(session: Session, deed: _Deed) -> None:
    row = ImportRow
    session.execute(
        update(User)
        .where(deed.rows, row.name_before.is_not(None), row.user_id == User.id)
        .values(name=row.name, sort_name=row.sort_name)
        .execution_options(synchronize_session=False)
    )


def _note(session: Session, deed: _Deed, plan: Tally) -> None:
    """Note the import, and for each person what concerns them."""
    audit.note(session, by=deed.by, deed="apply_import", about=f"import:{deed.import_id}", now=deed.now)
    row, cohort = ImportRow, literal(f"cohort:{deed.cohort_id}")
    note_each(session, deed.by, "enrol", cohort, and_(deed.rows, _COMES, row.role == "learner"), deed.now)
    if plan.trainers:
        note_each(session, deed.by, "make_trainer", cohort, and_(deed.rows, _COMES, row.role == "trainer"), deed.now)
    if plan.renamed:
        user = literal("user:") + cast(row.user_id, String)
        note_each(session, deed.by, "change_name", user, and_(deed.rows, row.name_before.is_not(None)), deed.now)


def note_each(
    session: Session, actor: int | None, deed: str, about: ColumnElement[str], which: ColumnElement[bool], now: datetime
) -> None:
    """Note a deed for the person of each of some rows, in one statement: `audit.note` for many."""
    columns = ["at", "actor_id", "deed", "subject_id", "about"]
    facts = (literal(now, UtcTime()), literal(actor, User.id.type), literal(deed))
    entries = select(*facts, ImportRow.user_id, about).where(which)
    session.execute(insert(AuditEntry).from_select(columns, entries))
