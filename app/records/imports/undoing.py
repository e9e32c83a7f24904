"""Back from people to the plan: what an import did is taken back, but for those who went on from there.

Who stays is found by one condition, which the page before the deed and the deed itself both ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, aliased

from app.records import audit
from app.records.base import Base, UtcTime
from app.records.imports.applying import note_each
from app.records.imports.reading import PAGE, RowLine, last_applied, line_from
from app.records.imports.words import LinkInUse, NoImport, NothingToUndo, NotTheLast, Stage, Stayed, Verdict
from app.records.models import Cohort, Enrolment, Import, ImportRow, OneTimeLink, Outbox, User

WITHDRAWN = "withdrawn"
"""What the outbox says of a letter that the undo took out."""


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What the undo would do."""

    enrolments: int
    """Places in the cohort that go, those that end again among them."""
    accounts: int
    """Of these, new accounts that go with them."""
    names: int
    """Former names that come back."""
    letters: int
    """Letters that still wait, and are withdrawn."""
    stays: Mapping[Stayed, int]
    """How many rows stay as they are, by the reason; who is `elsewhere` keeps the account alone."""


@dataclass(frozen=True, slots=True)
class _Applied:
    """An import that was applied: into which cohort, and when."""

    import_id: int
    cohort_id: int
    applied_at: datetime

    @property
    def rows(self) -> ColumnElement[bool]:
        return ImportRow.import_id == self.import_id

    @property
    def moment(self) -> ColumnElement[datetime]:
        return literal(self.applied_at, UtcTime())


# ---- before it -------------------------------------------------------------------------------


def undo_preview(session: Session, import_id: int) -> UndoPlan:
    """Tell what the undo of an import would do today. Raises NoImport, NothingToUndo, NotTheLast."""
    applied = _applied(session, import_id)
    why = _why_stays(applied)
    new, comes = ImportRow.verdict == Verdict.NEW, ImportRow.verdict.in_((Verdict.NEW, Verdict.ENROL))
    goes = and_(comes, or_(why.c.stayed.is_(None), why.c.stayed == Stayed.ELSEWHERE))
    counted = [
        goes,
        and_(new, why.c.stayed.is_(None)),
        and_(ImportRow.name_before.is_not(None), why.c.stayed.is_(None)),
        *(why.c.stayed == stayed for stayed in Stayed),
    ]
    rows = select(*(func.count(case((one, 1))) for one in counted)).join(why, why.c.number == ImportRow.number)
    enrolments, accounts, names, *stays = session.execute(rows.where(applied.rows)).one()
    going = select(ImportRow.user_id).join(why, why.c.number == ImportRow.number).where(applied.rows, goes)
    letters = session.scalar(select(func.count()).select_from(Outbox).where(_waits(applied, going))) or 0
    why_counts = {stayed: count for stayed, count in zip(Stayed, stays, strict=True) if count}
    return UndoPlan(enrolments, accounts, names, letters, why_counts)


def stays_of(session: Session, import_id: int, *, page: int = 1, size: int = PAGE) -> tuple[tuple[RowLine, ...], int]:
    """Read a page of the rows that the undo would leave as they are, and how many there are.

    Raises NoImport, NothingToUndo, NotTheLast.
    """
    applied = _applied(session, import_id)
    why = _why_stays(applied)
    row = ImportRow
    found: Select[Any] = (
        select(row.number, row.email, row.name, row.role, row.verdict, row.reason, row.first_row)
        .add_columns(row.name_before, row.came_back, row.letter, row.user_id, why.c.stayed)
        .join(why, why.c.number == row.number)
        .where(applied.rows, why.c.stayed.is_not(None))
    )
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    some = session.execute(found.order_by(row.number).limit(size).offset((page - 1) * size))
    return tuple(map(line_from, some)), total


def _applied(session: Session, import_id: int) -> _Applied:
    found = session.execute(
        select(Import.stage, Import.cohort_id, Import.applied_at).where(Import.id == import_id)
    ).one_or_none()
    if found is None:
        raise NoImport(import_id)
    stage, cohort_id, applied_at = found
    if stage != Stage.APPLIED or applied_at is None:
        raise NothingToUndo(import_id)
    if last_applied(session, cohort_id) != import_id:
        raise NotTheLast(import_id)
    return _Applied(import_id, cohort_id, applied_at)


# ---- who stays -------------------------------------------------------------------------------

_BY_OTHERS = frozenset({"set_back_at", "granted_at"})
"""Moments on what somebody made that others cause."""
_OF_TRAINERS = frozenset({"extension", "flag_snooze"})
"""Tables whose rows hang on an enrolment and are made by its trainers."""


def _why_stays(applied: _Applied) -> Any:
    """Select for each row why the undo leaves it, or nothing where it goes, by its number.

    A row that only gave a name asks for nothing but that name.
    """
    row, user, place = ImportRow, User, Enrolment
    comes = row.verdict.in_((Verdict.NEW, Verdict.ENROL))
    new = row.verdict == Verdict.NEW
    stayed = case(
        (row.verdict == Verdict.REJECTED, null()),
        (and_(row.verdict == Verdict.THERE, row.name_before.is_(None)), null()),
        (and_(comes, or_(user.last_sign_in_at >= applied.moment, _has_password(new))), literal(Stayed.SIGNED_IN.value)),
        (and_(comes, _did_something(applied)), literal(Stayed.DID_SOMETHING.value)),
        (or_(user.id.is_(None), user.name != row.name), literal(Stayed.CHANGED_SINCE.value)),
        (and_(comes, _changed(applied, new)), literal(Stayed.CHANGED_SINCE.value)),
        (and_(new, _is_elsewhere(applied)), literal(Stayed.ELSEWHERE.value)),
    )
    return (
        select(row.number, stayed.label("stayed"))
        .select_from(row)
        .outerjoin(user, user.id == row.user_id)
        .outerjoin(place, and_(place.user_id == row.user_id, place.cohort_id == applied.cohort_id))
        .where(applied.rows)
    ).subquery()


def _has_password(new: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(new, User.password_hash.is_not(None))


def _changed(applied: _Applied, new: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether somebody changed the account, or its place in the cohort, since."""
    row, user, place = ImportRow, User, Enrolment
    return or_(
        user.email != row.email,
        user.deactivated_at.is_not(None),
        and_(new, user.is_admin),
        place.id.is_(None),
        place.standing != "active",
        place.role != row.role,
        case((row.came_back, place.created_at >= applied.moment), else_=place.created_at != applied.moment),
    )


def _did_something(applied: _Applied) -> ColumnElement[bool]:
    """Whether a learner or trainer did anything at their place since.

    A place that the import made holds nothing that is older. One that came back does: there the moments tell.
    """
    place = Enrolment
    traces = [place.last_deed_at >= applied.moment]
    traces += [and_(~ImportRow.came_back, mark) for mark in (place.started_at.is_not(None), place.done != "")]
    for table in _hanging():
        moments = [column for column in table.c if isinstance(column.type, UtcTime) and column.name not in _BY_OTHERS]
        newer = or_(~ImportRow.came_back, *(moment >= applied.moment for moment in moments))
        traces.append(exists().where(table.c.enrolment_id == place.id, newer))
    return or_(*traces)


def _hanging() -> Iterator[Table]:
    """Yield the tables whose rows hang on an enrolment: what somebody does goes into one of them."""
    for table in Base.metadata.sorted_tables:
        if "enrolment_id" in table.c and table.name not in _OF_TRAINERS:
            yield table


def _is_elsewhere(applied: _Applied) -> ColumnElement[bool]:
    other = aliased(Enrolment)
    return exists().where(other.user_id == User.id, other.cohort_id != applied.cohort_id)


# ---- the deed --------------------------------------------------------------------------------

_GOES = and_(
    ImportRow.verdict.in_((Verdict.NEW, Verdict.ENROL)),
    or_(ImportRow.stayed.is_(None), ImportRow.stayed == Stayed.ELSEWHERE),
)
_ACCOUNT_GOES = and_(ImportRow.verdict == Verdict.NEW, ImportRow.stayed.is_(None))


def undo_import(session: Session, import_id: int, *, by: int | None, now: datetime) -> None:
    """Take back what the last import into a cohort did; each row that stays says why.

    Raises NoImport, NothingToUndo, NotTheLast; LinkInUse: then roll back, and try again.
    """
    applied = _begin(session, import_id)
    if session.get_bind().dialect.name != "sqlite":  # which lets nobody else write anyway
        _lock_links(session, applied)
        _lock_people(session, applied)
    _keep_who_stays(session, applied)
    _withdraw_letters(session, applied, now)
    _give_names_back(session, applied)
    _note(session, applied, by, now)
    _take_places(session, applied)
    leaving = select(ImportRow.user_id).where(applied.rows, _ACCOUNT_GOES)
    session.execute(delete(User).where(User.id.in_(leaving)).execution_options(synchronize_session=False))
    session.execute(update(Import).where(Import.id == import_id).values(stage=Stage.UNDONE, undone_at=now))


def _begin(session: Session, import_id: int) -> _Applied:
    """Lock the cohort and the import: of two who undo at once the second finds nothing to undo."""
    cohort_id = session.scalar(select(Import.cohort_id).where(Import.id == import_id).with_for_update())
    session.execute(select(Cohort.id).where(Cohort.id == cohort_id).with_for_update(key_share=True)).all()
    return _applied(session, import_id)


def _named(applied: _Applied) -> Select[Any]:
    return select(ImportRow.user_id).where(applied.rows, ImportRow.verdict != Verdict.REJECTED)


def _lock_links(session: Session, applied: _Applied) -> None:
    """Let nobody choose their first password meanwhile. Raises LinkInUse when somebody is at it.

    Who opens a link takes it, then the account, then the account's other links: to wait for them here could be to wait
    for each other.
    """
    without = select(User.id).where(User.id.in_(_named(applied)), User.password_hash.is_(None))
    links = select(OneTimeLink.id).where(OneTimeLink.user_id.in_(without), OneTimeLink.used_at.is_(None))
    try:
        session.execute(links.with_for_update(nowait=True)).all()
    except OperationalError as error:
        raise LinkInUse() from error


def _lock_people(session: Session, applied: _Applied) -> None:
    """Let nobody sign in or do anything between the question who stays and the deed.

    In the order in which others lock: who signs in takes the account before the places. Accounts are not locked
    against who only points at them: a learner does that while they hold their place.
    """
    users = select(User.id).where(User.id.in_(_named(applied))).order_by(User.id)
    here = Enrolment.cohort_id == applied.cohort_id
    places = select(Enrolment.id).where(here, Enrolment.user_id.in_(_named(applied))).order_by(Enrolment.id)
    session.execute(users.with_for_update(key_share=True)).all()
    session.execute(places.with_for_update()).all()


def _keep_who_stays(session: Session, applied: _Applied) -> None:
    why = _why_stays(applied)
    session.execute(
        update(ImportRow)
        .where(applied.rows, ImportRow.number == why.c.number, why.c.stayed.is_not(None))
        .values(stayed=why.c.stayed)
        .execution_options(synchronize_session=False)
    )


def _waits(applied: _Applied, going: Any) -> ColumnElement[bool]:
    """Whether a letter about the cohort still waits to leave, to one of those who go."""
    return and_(_is_about(applied, going), Outbox.sent_at.is_(None), Outbox.dropped_at.is_(None))


def _is_about(applied: _Applied, going: Any) -> ColumnElement[bool]:
    """Whether a letter brought one of those who go into the cohort, or was sent again since."""
    return and_(
        Outbox.cohort_id == applied.cohort_id,
        Outbox.letter.in_(("invitation", "enrolled")),
        Outbox.created_at >= applied.moment,
        Outbox.user_id.in_(going),
    )


def _withdraw_letters(session: Session, applied: _Applied, now: datetime) -> None:
    """Drop the letters that wait, and let no link work that was sent."""
    going = select(ImportRow.user_id).where(applied.rows, _GOES)
    sent = select(Outbox.link_id).where(_is_about(applied, going))
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id.in_(sent), OneTimeLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Outbox)
        .where(_waits(applied, going))
        .values(dropped_at=now, leased_until=None, last_error=WITHDRAWN)
        .execution_options(synchronize_session=False)
    )


def _give_names_back(session: Session, applied: _Applied) -> None:
    row = ImportRow
    session.execute(
        update(User)
        .where(applied.rows, row.name_before.is_not(None), row.stayed.is_(None), row.user_id == User.id)
        .values(name=row.name_before, sort_name=row.sort_name_before)
        .execution_options(synchronize_session=False)
    )


def _note(session: Session, applied: _Applied, by: int | None, now: datetime) -> None:
    """Note the undo, and for each person who keeps an account what concerns them."""
    audit.note(session, by=by, deed="undo_import", about=f"import:{applied.import_id}", now=now)
    cohort = literal(f"cohort:{applied.cohort_id}")
    note_each(session, by, "unenrol", cohort, and_(applied.rows, _GOES, not_(_ACCOUNT_GOES)), now)
    user = literal("user:") + cast(ImportRow.user_id, String)
    names = and_(applied.rows, ImportRow.name_before.is_not(None), ImportRow.stayed.is_(None))
    note_each(session, by, "change_name", user, names, now)


def _take_places(session: Session, applied: _Applied) -> None:
    """Delete the places that the import made, and end those again that it had taken up."""
    going = select(ImportRow.user_id).where(applied.rows, _GOES)
    place, here = Enrolment, Enrolment.cohort_id == applied.cohort_id
    session.execute(
        update(place)
        .where(here, place.user_id.in_(going.where(ImportRow.came_back)))
        .values(standing="ended")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(place)
        .where(here, place.user_id.in_(going.where(~ImportRow.came_back)))
        .execution_options(synchronize_session=False)
    )
