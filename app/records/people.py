"""People as admins find them: by name or address, with their cohorts and letters; and what is put right about them.

Nothing of what anybody wrote, answered or tried is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.records import accounts, audit, links, outbox, reflecting
from app.records.models import Cohort, Enrolment, Outbox, SecondStep, User

PAGE = 25
"""People on a page."""
LONGEST_QUESTION = 100
"""Signs of a question that are looked at."""
MOST_WORDS = 6
"""Words of it: each is looked for in every name and address."""
LETTERS = 20
"""Letters that are listed, the newest."""
CLOSED = "the account was closed"
"""Why a letter did not leave."""


class NoSuchPerson(LookupError):
    """There is no such account."""


class LastAdmin(Exception):
    """Nobody else could run the site: there is no other admin who has a password and an open account."""


class Oneself(Exception):
    """Nobody closes their own account here."""


# ---- finding -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody among others. `cohorts` counts those that they are active in."""

    user_id: int
    name: str
    email: str
    is_admin: bool
    is_closed: bool
    cohorts: int


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the people who were looked for, and how many there are in all."""

    lines: tuple[PersonLine, ...]
    count: int


def find_people(session: Session, question: str, *, page: int = 1) -> Found:
    """Look for people in whose name or address every word of a question stands; all of them for an empty one.

    Small and capital letters are alike, and accents in names. Who was looked for comes by name, else the newest come
    first. Beyond the last page there is nobody, and the number is 0. One statement, which reads the table once.
    """
    which = named(question)
    # First whom it is about, then the 25 of a page, and only of these what else is asked.
    meant = select(User.id, User.sort_name).where(*which).cte("meant")
    order = (meant.c.sort_name, meant.c.id) if which else (meant.c.id.desc(),)
    count = select(func.count()).select_from(meant).scalar_subquery()
    shown = select(meant.c.id, count.label("count")).order_by(*order).limit(PAGE).offset((page - 1) * PAGE).subquery()
    cohorts = (
        select(func.count())
        .where(Enrolment.user_id == User.id, Enrolment.standing == "active")
        .correlate(User)
        .scalar_subquery()
    )
    rows = session.execute(
        select(User.id, User.name, User.email, User.is_admin, User.deactivated_at.is_not(None), cohorts, shown.c.count)
        .join(shown, shown.c.id == User.id)
        .order_by(*((User.sort_name, User.id) if which else (User.id.desc(),)))
    ).all()
    return Found(tuple(PersonLine(*row[:-1]) for row in rows), rows[0][-1] if rows else 0)


def named(question: str) -> list[ColumnElement[bool]]:
    """Say which users have every word of a question in their name or address; nothing for an empty question."""
    return [_has(word) for word in question[:LONGEST_QUESTION].split()[:MOST_WORDS]]


def _has(word: str) -> ColumnElement[bool]:
    return or_(
        User.sort_name.contains(accounts.sort_name(word), autoescape=True),
        User.email.contains(word.casefold(), autoescape=True),
    )


# ---- one person --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What staff know of an account. `second_step_since` is empty while two-step sign-in is off."""

    user_id: int
    name: str
    email: str
    language: str
    is_admin: bool
    has_password: bool
    created_at: datetime
    last_sign_in_at: datetime | None
    deactivated_at: datetime | None
    second_step_since: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is enrolled, or was."""

    enrolment_id: int
    cohort_id: int
    cohort_name: str
    first_day: date | None
    last_day: date | None
    is_archived: bool
    role: str
    standing: str


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter to somebody, and what became of it. `address`: where it went if not to their own."""

    letter: str
    cohort_name: str | None
    address: str | None
    created_at: datetime
    sent_at: datetime | None
    dropped_at: datetime | None
    last_error: str | None


def person_facts(session: Session, user_id: int) -> PersonFacts | None:
    """Read what staff know of an account; nothing where there is none."""
    row = session.execute(
        select(User.id, User.name, User.email, User.language, User.is_admin, User.password_hash.is_not(None))
        .add_columns(User.created_at, User.last_sign_in_at, User.deactivated_at, SecondStep.confirmed_at)
        .outerjoin(SecondStep, SecondStep.user_id == User.id)
        .where(User.id == user_id)
    ).one_or_none()
    return PersonFacts(*row) if row else None


def places_of(session: Session, user_id: int) -> tuple[Place, ...]:
    """List where somebody is enrolled or was: first where they are, the newest first."""
    rows = session.execute(
        select(Enrolment.id, Cohort.id, Cohort.name, Cohort.first_day, Cohort.last_day)
        .add_columns(Cohort.archived_at.is_not(None), Enrolment.role, Enrolment.standing)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.user_id == user_id)
        .order_by(Enrolment.standing, Enrolment.id.desc())
    )
    return tuple(Place(*row) for row in rows)


def letters_to(session: Session, user_id: int) -> tuple[LetterLine, ...]:
    """List the newest letters to somebody, the newest first."""
    rows = session.execute(
        select(Outbox.letter, Cohort.name, Outbox.address, Outbox.created_at)
        .add_columns(Outbox.sent_at, Outbox.dropped_at, Outbox.last_error)
        .outerjoin(Cohort, Cohort.id == Outbox.cohort_id)
        .where(Outbox.user_id == user_id)
        .order_by(Outbox.id.desc())
        .limit(LETTERS)
    )
    return tuple(LetterLine(*row) for row in rows)


def person_with(session: Session, email: str) -> PersonFacts | None:
    """Find the account of an address, a closed one too. Raises BadEmail."""
    user_id = session.scalar(select(User.id).where(User.email == accounts.folded_email(email)))
    return None if user_id is None else person_facts(session, user_id)


# ---- what is put right -------------------------------------------------------------------------


def change_name(session: Session, user_id: int, *, name: str, by: int | None, now: datetime) -> bool:
    """Give somebody another name; say whether it is another. Raises NoSuchPerson, and what `clean_name` raises."""
    name = accounts.clean_name(name)
    if _locked(session, user_id).name == name:
        return False
    _write(session, user_id, name=name, sort_name=accounts.sort_name(name))
    audit.note(session, by=by, deed="change_name", about=f"user:{user_id}", subject_id=user_id, now=now)
    return True


def change_address(session: Session, user_id: int, *, email: str, key: bytes, by: int | None, now: datetime) -> bool:
    """Give somebody another address; say whether it is another.

    The one from before gets the letter `address_changed`. Whoever holds that mailbox may be somebody else: every
    browser is signed out, and open links that set a password are used up. Who has no password yet is invited anew.
    Raises EmailTaken: then roll back; NoSuchPerson, and what `folded_email` raises.
    """
    email, before = accounts.folded_email(email), _locked(session, user_id)
    if before.email == email:
        return False
    try:
        _write(session, user_id, email=email)
    except IntegrityError as error:  # of all that can be wrong, only this is not looked at before
        raise accounts.EmailTaken() from error
    accounts.new_stamp(session, user_id)
    links.use_up_all(session, user_id, now)
    audit.note(session, by=by, deed="change_address", about=f"user:{user_id}", subject_id=user_id, now=now)
    once_key = f"address_changed:{user_id}:{now.isoformat()}"
    outbox.put(session, "address_changed", once_key=once_key, now=now, user_id=user_id, by_id=by, address=before.email)
    if not before.has_password and before.deactivated_at is None:
        cohort_id = session.scalar(_newest_cohort(user_id))
        accounts.put_invitation(session, user_id, cohort_id=cohort_id, key=key, by_id=by, now=now)
    return True


def close_account(session: Session, user_id: int, *, by: int | None, now: datetime) -> bool:
    """Let nobody come in by an account any more; what they did stays. Says whether it was open.

    Every browser is signed out, links that set a password are used up, letters that wait do not leave: only a
    former address is told all the same that there is another one.
    Raises Oneself, LastAdmin, NoSuchPerson.
    """
    if user_id == by:
        raise Oneself()
    refuse_last_admin(session, user_id)
    if _locked(session, user_id).deactivated_at is not None:
        return False
    _write(session, user_id, deactivated_at=now)
    accounts.new_stamp(session, user_id)
    links.use_up_all(session, user_id, now)
    session.execute(
        update(Outbox)
        .where(Outbox.user_id == user_id, Outbox.sent_at.is_(None), Outbox.dropped_at.is_(None))
        .where(Outbox.address.is_(None))
        .values(dropped_at=now, last_error=CLOSED, leased_until=None)
        .execution_options(synchronize_session=False)
    )
    audit.note(session, by=by, deed="close_account", about=f"user:{user_id}", subject_id=user_id, now=now)
    return True


def reopen_account(session: Session, user_id: int, *, by: int | None, now: datetime) -> bool:
    """Let somebody come in again, by the password that they had. Says whether the account was closed.

    A trainer would read again what was shared while nobody named them: in their cohorts that goes back to only its
    writers. Raises NoSuchPerson.
    """
    if _locked(session, user_id).deactivated_at is None:
        return False
    _write(session, user_id, deactivated_at=None)
    trained = (Enrolment.user_id == user_id, Enrolment.role == "trainer", Enrolment.standing == "active")
    for cohort_id in session.scalars(select(Enrolment.cohort_id).where(*trained).order_by(Enrolment.cohort_id)).all():
        reflecting.set_back(session, cohort_id=cohort_id, now=now)
    audit.note(session, by=by, deed="reopen_account", about=f"user:{user_id}", subject_id=user_id, now=now)
    return True


def make_admin(session: Session, user_id: int, *, by: int | None, now: datetime) -> bool:
    """Let somebody run the site; say whether they did not before. Raises AccountClosed, NoSuchPerson."""
    person = _locked(session, user_id)
    if person.deactivated_at is not None:
        raise accounts.AccountClosed(user_id)
    if person.is_admin:
        return False
    _write(session, user_id, is_admin=True)
    audit.note(session, by=by, deed="make_admin", about=f"user:{user_id}", subject_id=user_id, now=now)
    return True


def end_admin(session: Session, user_id: int, *, by: int | None, now: datetime) -> bool:
    """Let somebody run the site no longer; say whether they did. Raises LastAdmin, NoSuchPerson."""
    refuse_last_admin(session, user_id)
    if not _locked(session, user_id).is_admin:
        return False
    _write(session, user_id, is_admin=False)
    audit.note(session, by=by, deed="end_admin", about=f"user:{user_id}", subject_id=user_id, now=now)
    return True


def refuse_last_admin(session: Session, user_id: int) -> None:
    """Raise LastAdmin where nobody but this person could run the site.

    All admins are locked in one order, so of two who end each other's rights at once the second is refused.
    """
    able = (User.is_admin, User.deactivated_at.is_(None))
    rows = session.execute(
        select(User.id, User.password_hash.is_not(None)).where(*able).order_by(User.id).with_for_update(key_share=True)
    ).all()
    if user_id in (row[0] for row in rows) and not any(came for id_, came in rows if id_ != user_id):
        raise LastAdmin()


# ---- what they share ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Before:
    """An account that is locked, as it stands before it is changed."""

    name: str
    email: str
    is_admin: bool
    has_password: bool
    deactivated_at: datetime | None


def _locked(session: Session, user_id: int) -> _Before:
    row = session.execute(
        select(User.name, User.email, User.is_admin, User.password_hash.is_not(None), User.deactivated_at)
        .where(User.id == user_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise NoSuchPerson(user_id)
    return _Before(*row)


def _write(session: Session, user_id: int, **values: Any) -> None:
    session.execute(update(User).where(User.id == user_id).values(values).execution_options(synchronize_session=False))


def _newest_cohort(user_id: int) -> Select[int]:
    return (
        select(Enrolment.cohort_id)
        .where(Enrolment.user_id == user_id, Enrolment.standing == "active")
        .order_by(Enrolment.id.desc())
        .limit(1)
    )
