"""Coming into a cohort by a join code.

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

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.records import accounts, audit, links, outbox
from app.records.base import insert_once
from app.records.cohorts import enrolment_in, refuse_archived
from app.records.models import Cohort, Enrolment, JoinCode, User

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What join codes are made of: no 0 and O, no 1, I and L."""
CODE_LENGTH = 12
TYPED_LENGTH = 64
"""Nobody types a join code longer than this."""


class CohortFull(Exception):
    """All seats of the join code are taken."""


class CodeExpired(Exception):
    """The join code's last day is over, or its cohort's."""


class OtherDomain(Exception):
    """The join code is for addresses at other domains, which `domains` names."""

    def __init__(self, domains: tuple[str, ...]) -> None:
        super().__init__(" ".join(domains))
        self.domains = domains


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
    mail_domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A join code as staff see it."""

    join_code_id: int
    key: str
    seats: int | None
    taken: int
    last_day: date | None
    mail_domains: tuple[str, ...]
    state: OfferState


def make_join_code(
    session: Session,
    *,
    cohort_id: int,
    by: int | None,
    now: datetime,
    seats: int | None = None,
    last_day: date | None = None,
    mail_domains: Iterable[str] = (),
) -> str:
    """Make a join code for so many people (None: any number), until its last day.

    With `mail_domains`, such as `uni.example.org`, it opens to addresses there alone. Returns it as it is spelt
    on paper, such as `TREE-7K4P-BRDX`. Raises BadEmail for what is no domain, NoCohort, CohortArchived.
    """
    refuse_archived(session, cohort_id)
    domains = " ".join(sorted({folded_domain(domain) for domain in mail_domains}))
    key = normal_code("".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH)))
    values = {"cohort_id": cohort_id, "key": key, "seats": seats, "last_day": last_day, "created_at": now}
    values["mail_domains"] = domains
    code_id = session.execute(insert(JoinCode).values(**values).returning(JoinCode.id)).scalar_one()
    audit.note(session, by=by, deed="make_join_code", about=f"join_code:{code_id}", now=now)
    return key


def close_join_code(session: Session, cohort_id: int, code_id: int, *, by: int | None, now: datetime) -> bool:
    """Let nobody come in by a code of a cohort any more; a second call changes nothing. Says whether there is one."""
    its = and_(JoinCode.id == code_id, JoinCode.cohort_id == cohort_id)
    closed = update(JoinCode).where(its, JoinCode.closed_at.is_(None)).values(closed_at=now).returning(JoinCode.id)
    if session.scalar(closed) is not None:
        audit.note(session, by=by, deed="close_join_code", about=f"join_code:{code_id}", now=now)
        return True
    return session.scalar(select(JoinCode.id).where(its)) is not None


def join_codes_of(session: Session, cohort_id: int, today: date) -> tuple[CodeLine, ...]:
    """List the codes of a cohort that were not closed, the newest first."""
    rows = session.execute(
        select(JoinCode.id, JoinCode.key, JoinCode.seats, JoinCode.taken, JoinCode.last_day, JoinCode.mail_domains)
        .add_columns(Cohort.last_day)
        .join(Cohort, Cohort.id == JoinCode.cohort_id)
        .where(JoinCode.cohort_id == cohort_id, JoinCode.closed_at.is_(None))
        .order_by(JoinCode.id.desc())
    )
    return tuple(
        CodeLine(code_id, key, seats, taken, last_day, tuple(domains.split()), _state(seats, taken, days, today))
        for code_id, key, seats, taken, last_day, domains, cohorts_last_day in rows
        for days in [(last_day, cohorts_last_day)]
    )


def folded_domain(text: str) -> str:
    """Spell the part of addresses behind the @ as accounts know it. Raises BadEmail."""
    return accounts.folded_email("somebody@" + text.strip().removeprefix("@")).partition("@")[2]


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
    Raises CohortFull, CodeExpired, OtherDomain, and what `folded_email` and `clean_name` raise.
    """
    _refuse_closed(offer)
    newcomer = links.Newcomer(accounts.clean_name(name), accounts.folded_email(email), language)
    _refuse_other_domain(offer, newcomer.email)
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
    CodeExpired, OtherDomain, EnrolmentEnded.
    """
    if (enrolment_id := _place_in(session, user_id, offer)) is not None:
        return enrolment_id
    if offer.mail_domains:
        _refuse_other_domain(offer, session.execute(select(User.email).where(User.id == user_id)).scalar_one())
    if not _take_seat(session, offer, now):
        if (enrolment_id := _place_in(session, user_id, offer)) is not None:  # another tab was first, and took the last
            return enrolment_id
        raise _why_closed(session, offer, now)
    if not insert_once(session, Enrolment, user_id=user_id, cohort_id=offer.cohort_id, role="learner", created_at=now):
        session.execute(update(JoinCode).where(JoinCode.id == offer.join_code_id).values(taken=JoinCode.taken - 1))
    return session.execute(enrolment_in(user_id, offer.cohort_id)).one()[0]


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


def _offer(session: Session, which: ColumnElement[bool], today: date) -> JoinOffer | None:
    """Read an offer as it stands now: columns, as rows that the session has read before would not be read anew."""
    row = session.execute(
        select(JoinCode.id, JoinCode.key, Cohort.id, Cohort.name)
        .add_columns(JoinCode.seats, JoinCode.taken, JoinCode.last_day, Cohort.last_day)
        .add_columns(JoinCode.mail_domains, or_(JoinCode.closed_at.is_not(None), Cohort.archived_at.is_not(None)))
        .join(Cohort, Cohort.id == JoinCode.cohort_id)
        .where(which)
    ).one_or_none()
    if row is None:
        return None
    code_id, key, cohort_id, name, seats, taken, last_day, cohorts_last_day, domains, is_closed = row
    state = OfferState.EXPIRED if is_closed else _state(seats, taken, (last_day, cohorts_last_day), today)
    return JoinOffer(code_id, key, cohort_id, name, state, tuple(domains.split()))


def _state(seats: int | None, taken: int, last_days: Iterable[date | None], today: date) -> OfferState:
    if any(day is not None and day < today for day in last_days):
        return OfferState.EXPIRED
    return OfferState.FULL if seats is not None and taken >= seats else OfferState.OPEN


def _refuse_other_domain(offer: JoinOffer, email: str) -> None:
    if offer.mail_domains and email.partition("@")[2] not in offer.mail_domains:
        raise OtherDomain(offer.mail_domains)


def _refuse_closed(offer: JoinOffer) -> None:
    if offer.state is OfferState.FULL:
        raise CohortFull()
    if offer.state is OfferState.EXPIRED:
        raise CodeExpired()


def _place_in(session: Session, user_id: int, offer: JoinOffer) -> int | None:
    """Find somebody's enrolment in the offer's cohort. Raises EnrolmentEnded."""
    row = session.execute(enrolment_in(user_id, offer.cohort_id)).one_or_none()
    if row is None:
        return None
    enrolment_id, standing = row
    if standing == "ended":
        raise EnrolmentEnded()
    return enrolment_id


def _take_seat(session: Session, offer: JoinOffer, now: datetime) -> bool:
    """Take a seat if there is one: the database decides, so of two who ask for the last one gets it."""
    running = select(Cohort.id).where(_not_over(Cohort.last_day, now), Cohort.archived_at.is_(None))
    seat = session.scalar(
        update(JoinCode)
        .where(JoinCode.id == offer.join_code_id, or_(JoinCode.seats.is_(None), JoinCode.taken < JoinCode.seats))
        .where(JoinCode.closed_at.is_(None), _not_over(JoinCode.last_day, now), JoinCode.cohort_id.in_(running))
        .values(taken=JoinCode.taken + 1)
        .returning(JoinCode.id)
    )
    return seat is not None


def _why_closed(session: Session, offer: JoinOffer, now: datetime) -> CohortFull | CodeExpired:
    found = _offer(session, JoinCode.id == offer.join_code_id, now.date())
    return CohortFull() if found is not None and found.state is OfferState.FULL else CodeExpired()


def _not_over(last_day: InstrumentedAttribute[date | None], now: datetime) -> ColumnElement[bool]:
    return or_(last_day.is_(None), last_day >= now.date())
