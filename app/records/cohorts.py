"""Cohorts: making one, its join codes, and coming in by them.

A join code opens a cohort to who holds it, while seats and days last. Somebody with an account
joins at once; somebody without one gives a name and an address, and joins when the button behind the
link in their mail is pressed. A day is a day in UTC; the last one counts.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.records import accounts, audit, links, outbox
from app.records.base import insert_once
from app.records.models import Cohort, Enrolment, JoinCode, User

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What join codes are made of: no 0 and O, no 1, I and L."""
CODE_LENGTH = 12
TYPED_LENGTH = 64
"""Nobody types a join code longer than this."""


class CohortNameTaken(Exception):
    """Another cohort has this name."""


class DaysOutOfOrder(Exception):
    """A last day before the first."""


class CohortFull(Exception):
    """All seats of the join code are taken."""


class CodeExpired(Exception):
    """The join code's last day is over, or its cohort's."""


class EnrolmentEnded(Exception):
    """This person was in the cohort, and staff ended it: a join code does not bring them back."""


class OfferState(StrEnum):
    """How a join code stands."""

    OPEN = "open"
    FULL = "full"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class JoinOffer:
    """A join code and the cohort that it opens. `key` is spelt as on paper."""

    join_code_id: int
    key: str
    cohort_id: int
    cohort_name: str
    state: OfferState


@dataclass(frozen=True, slots=True)
class EnrolmentLine:
    """One of somebody's enrolments, as they choose between them."""

    enrolment_id: int
    cohort_id: int
    cohort_name: str
    role: str


def make_cohort(
    session: Session,
    *,
    name: str,
    language: str,
    by: int | None,
    now: datetime,
    first_day: date | None = None,
    last_day: date | None = None,
) -> int:
    """Make a cohort and return its id. Raises CohortNameTaken, DaysOutOfOrder, and what `clean_name` raises."""
    name = accounts.clean_name(name)
    if first_day and last_day and last_day < first_day:
        raise DaysOutOfOrder()
    facts = {"language": language, "first_day": first_day, "last_day": last_day}
    if not insert_once(session, Cohort, name=name, created_at=now, **facts):
        raise CohortNameTaken()
    cohort_id = session.execute(select(Cohort.id).where(Cohort.name == name)).scalar_one()
    audit.note(session, by=by, deed="make_cohort", about=f"cohort:{cohort_id}", now=now)
    return cohort_id


def make_join_code(
    session: Session,
    *,
    cohort_id: int,
    by: int | None,
    now: datetime,
    seats: int | None = None,
    last_day: date | None = None,
) -> str:
    """Make a join code for so many people (None: any number), until its last day.

    Returns it as it is spelt on paper, such as `TREE-7K4P-BRDX`.
    """
    key = normal_code("".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH)))
    values = {"cohort_id": cohort_id, "key": key, "seats": seats, "last_day": last_day, "created_at": now}
    code_id = session.execute(insert(JoinCode).values(**values).returning(JoinCode.id)).scalar_one()
    audit.note(session, by=by, deed="make_join_code", about=f"join_code:{code_id}", now=now)
    return key


def enrol(session: Session, *, user_id: int, cohort_id: int, role: str, by: int | None, now: datetime) -> int:
    """Put somebody in a cohort as `learner` or `trainer`; return the enrolment.

    Who is in it already stays as they are.
    """
    insert_once(session, Enrolment, user_id=user_id, cohort_id=cohort_id, role=role, created_at=now)
    enrolment_id, _standing = session.execute(_enrolment(user_id, cohort_id)).one()
    audit.note(session, by=by, deed="enrol", about=f"enrolment:{enrolment_id}", subject_id=user_id, now=now)
    return enrolment_id


def normal_code(typed: str) -> str:
    """Spell a join code the one way it is kept, however it was typed: capitals in groups of four.

    Spaces, dashes and other signs do not matter; 0 is O and 1 is I, which no code holds.
    """
    wide = unicodedata.normalize("NFKC", typed[:TYPED_LENGTH]).upper().replace("0", "O").replace("1", "I")
    signs = "".join(sign for sign in wide if sign.isascii() and sign.isalnum())
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def find_offer(session: Session, code: str, today: date) -> JoinOffer | None:
    """Look up what a join code opens, however it was typed and in whatever state; nothing for an unknown one."""
    return _offer(session, JoinCode.key == normal_code(code), today)


def ask_to_join(
    session: Session, offer: JoinOffer, name: str, email: str, language: str, *, key: bytes, now: datetime
) -> None:
    """Send a letter to somebody who would join and is not signed in.

    It is `join`, with a link that makes an account, or `sign_in_instead` to an address that has one. Both take
    the same work; answer the same. Who asks twice within a moment gets one letter.
    Raises CohortFull, CodeExpired, and what `folded_email` and `clean_name` raise.
    """
    _refuse_closed(offer)
    newcomer = links.Newcomer(accounts.clean_name(name), accounts.folded_email(email), language)
    user_id = session.scalar(select(User.id).where(User.email == newcomer.email))
    code_id = offer.join_code_id
    if links.was_just_made(session, "join", now, user_id=user_id, email=newcomer.email, join_code_id=code_id):
        return
    who = {"newcomer": newcomer} if user_id is None else {"user_id": user_id}
    link_id = links.make_link(session, purpose="join", key=key, now=now, join_code_id=code_id, **who)
    letter = "join" if user_id is None else "sign_in_instead"
    once_key = f"{letter}:{link_id}"
    outbox.put(session, letter, once_key=once_key, now=now, user_id=user_id, link_id=link_id, cohort_id=offer.cohort_id)


def join(session: Session, user_id: int, offer: JoinOffer, *, now: datetime) -> int:
    """Enrol somebody as a learner by a join code, and return the enrolment.

    Who is in the cohort already stays there, and takes no second seat. Raises CohortFull,
    CodeExpired, EnrolmentEnded.
    """
    if (enrolment_id := _place_in(session, user_id, offer)) is not None:
        return enrolment_id
    if not _take_seat(session, offer, now):
        if (enrolment_id := _place_in(session, user_id, offer)) is not None:  # another tab was first, and took the last
            return enrolment_id
        raise _why_closed(session, offer, now)
    if not insert_once(session, Enrolment, user_id=user_id, cohort_id=offer.cohort_id, role="learner", created_at=now):
        session.execute(update(JoinCode).where(JoinCode.id == offer.join_code_id).values(taken=JoinCode.taken - 1))
    return session.execute(_enrolment(user_id, offer.cohort_id)).one()[0]


def join_by_link(session: Session, link: links.LinkFacts, password_hash: str, *, now: datetime) -> tuple[int, str, int]:
    """Make the account of a newcomer who pressed the button behind their link, and enrol them.

    Returns user, stamp and enrolment. Raises LinkUsed, LinkExpired, EmailTaken when the address got an account
    meanwhile, CohortFull, CodeExpired: then roll back, and the link is as it was.
    """
    if link.user_id is not None or link.join_key is None:
        raise ValueError(f"link {link.id} is for no newcomer")
    links.must_use_link(session, link.id, now)
    user_id = accounts.add_user(
        session, email=link.email, name=link.name, language=link.language, password_hash=password_hash, now=now
    )
    offer = find_offer(session, link.join_key, now.date())
    if offer is None:
        raise CodeExpired()
    enrolment_id = join(session, user_id, offer, now=now)
    stamp = session.execute(select(User.session_stamp).where(User.id == user_id)).scalar_one()
    return user_id, stamp, enrolment_id


def trainers_of(session: Session, cohort_id: int) -> tuple[str, ...]:
    """Name the trainers of a cohort, in the order of their names."""
    names = session.scalars(
        select(User.name)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.role == "trainer", Enrolment.standing == "active")
        .where(User.deactivated_at.is_(None))
        .order_by(User.sort_name, User.id)
    )
    return tuple(names)


def enrolments_of(session: Session, user_id: int) -> tuple[EnrolmentLine, ...]:
    """List somebody's active enrolments, the newest first."""
    rows = session.execute(
        select(Enrolment.id, Cohort.id, Cohort.name, Enrolment.role)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.user_id == user_id, Enrolment.standing == "active")
        .order_by(Enrolment.id.desc())
    )
    return tuple(EnrolmentLine(*row) for row in rows)


def _offer(session: Session, which: ColumnElement[bool], today: date) -> JoinOffer | None:
    """Read an offer as it stands now: columns, as rows that the session has read before would not be read anew."""
    row = session.execute(
        select(JoinCode.id, JoinCode.key, Cohort.id, Cohort.name)
        .add_columns(JoinCode.seats, JoinCode.taken, JoinCode.last_day, Cohort.last_day)
        .join(Cohort, Cohort.id == JoinCode.cohort_id)
        .where(which)
    ).one_or_none()
    if row is None:
        return None
    code_id, key, cohort_id, name, seats, taken, last_day, cohorts_last_day = row
    state = _state(seats, taken, (last_day, cohorts_last_day), today)
    return JoinOffer(code_id, key, cohort_id, name, state)


def _state(seats: int | None, taken: int, last_days: Iterable[date | None], today: date) -> OfferState:
    if any(day is not None and day < today for day in last_days):
        return OfferState.EXPIRED
    return OfferState.FULL if seats is not None and taken >= seats else OfferState.OPEN


def _refuse_closed(offer: JoinOffer) -> None:
    if offer.state is OfferState.FULL:
        raise CohortFull()
    if offer.state is OfferState.EXPIRED:
        raise CodeExpired()


def _place_in(session: Session, user_id: int, offer: JoinOffer) -> int | None:
    """Find somebody's enrolment in the offer's cohort. Raises EnrolmentEnded."""
    row = session.execute(_enrolment(user_id, offer.cohort_id)).one_or_none()
    if row is None:
        return None
    enrolment_id, standing = row
    if standing == "ended":
        raise EnrolmentEnded()
    return enrolment_id


def _take_seat(session: Session, offer: JoinOffer, now: datetime) -> bool:
    """Take a seat if there is one: the database decides, so of two who ask for the last one gets it."""
    running = select(Cohort.id).where(_not_over(Cohort.last_day, now))
    seat = session.scalar(
        update(JoinCode)
        .where(JoinCode.id == offer.join_code_id, or_(JoinCode.seats.is_(None), JoinCode.taken < JoinCode.seats))
        .where(_not_over(JoinCode.last_day, now), JoinCode.cohort_id.in_(running))
        .values(taken=JoinCode.taken + 1)
        .returning(JoinCode.id)
    )
    return seat is not None


def _why_closed(session: Session, offer: JoinOffer, now: datetime) -> CohortFull | CodeExpired:
    found = _offer(session, JoinCode.id == offer.join_code_id, now.date())
    return CohortFull() if found is not None and found.state is OfferState.FULL else CodeExpired()


def _enrolment(user_id: int, cohort_id: int) -> Select[int, str]:
    return select(Enrolment.id, Enrolment.standing).where(
        Enrolment.user_id == user_id, Enrolment.cohort_id == cohort_id
    )


def _not_over(last_day: InstrumentedAttribute[date | None], now: datetime) -> ColumnElement[bool]:
    return or_(last_day.is_(None), last_day >= now.date())
