"""Letters that are to leave. A row is put in the transaction of its cause; the letter is made when it is sent.

At least once: whoever sends claims a row for a while (a lease) and notes afterwards that it left.
Who is killed in between notes nothing, the lease runs out, and the letter goes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.records import audit
from app.records.base import insert_once
from app.records.models import Cohort, Enrolment, JoinCode, OneTimeLink, Outbox, User

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, *[240] * 11))
"""How long to wait after each try that failed: two days in all, and then it is given up."""

ERROR_LENGTH = 500
TEST = "test"
"""The letter that says that mail works."""

_OPEN = and_(Outbox.sent_at.is_(None), Outbox.dropped_at.is_(None))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process may send until its lease runs out. `tries` counts this one too."""

    id: int
    once_key: str
    letter: str
    user_id: int | None
    link_id: int | None
    cohort_id: int | None
    by_id: int | None
    address: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Who gets a letter, in which language, and what it is about, as all that is now."""

    user_id: int | None
    name: str
    email: str
    """Where the letter goes: their address of now, unless the row names another."""
    language: str
    link: OneTimeLink | None
    cohort_id: int | None
    cohort_name: str | None
    join_key: str | None
    """The join code that the letter is about, or the cohort's newest."""
    role: str | None
    """Theirs in that cohort; none when they are not in it, or not any more."""
    by_name: str | None
    """Who of the staff caused the letter; none for themselves, the command line, and who is gone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands: numbers of letters, since when the oldest waits, the newest errors."""

    waiting: int
    tried: int
    """Of those waiting, the ones that failed before."""
    oldest: datetime | None
    sent: int
    dropped: int
    errors: Sequence[tuple[int, str, datetime | None, str]]
    """Of letters that failed: id, letter, when it was given up (None: it will be tried again), last error."""


def put(
    session: Session,
    letter: str,
    *,
    once_key: str,
    now: datetime,
    user_id: int | None = None,
    link_id: int | None = None,
    cohort_id: int | None = None,
    by_id: int | None = None,
    address: str | None = None,
) -> bool:
    """Put a letter in, to leave when the transaction is committed; say whether it is new.

    `once_key` names the deed that causes it, such as `reset:17`: the second time, nothing is put.
    Give a user, or a link that knows to whom it goes. `by_id` is who of the staff caused it, where the letter
    names them; `address` where it goes when not to the user's address of now.
    """
    return insert_once(
        session,
        Outbox,
        once_key=once_key,
        letter=letter,
        user_id=user_id,
        link_id=link_id,
        cohort_id=cohort_id,
        by_id=by_id,
        address=address,
        created_at=now,
        ready_at=now,
    )


def put_all(
    session: Session,
    letter: str,
    letters: Iterable[Mapping[str, object]],
    *,
    now: datetime,
    cohort_id: int | None,
    by_id: int | None,
) -> None:
    """Put in many of one kind, in one statement. Each names its `once_key`, which is new, its `user_id`, its link."""
    same = {"letter": letter, "cohort_id": cohort_id, "by_id": by_id, "created_at": now, "ready_at": now}
    if rows := [{**same, **one} for one in letters]:
        session.execute(insert(Outbox), rows)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether a letter can be claimed; a look that writes nothing."""
    return session.scalar(select(Outbox.id).where(_claimable(now)).limit(1)) is not None


def claim(session: Session, *, now: datetime, lease: timedelta) -> Claimed | None:
    """Take the letter that waits longest, for the time of the lease; None when nothing is due.

    One at a time, so that no lease runs out while the letters before it are sent. Commit before
    sending: nothing is sent inside a transaction. Two processes never get the same row.
    """
    due = (
        select(Outbox.id)
        .where(_claimable(now))
        .order_by(Outbox.ready_at, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite knows no such words, and lets one write at a time
        .cte("due")
    )
    row = session.execute(
        update(Outbox)
        .where(Outbox.id.in_(select(due.c.id)))
        .values(leased_until=now + lease, tries=Outbox.tries + 1)
        .returning(
            Outbox.id,
            Outbox.once_key,
            Outbox.letter,
            Outbox.user_id,
            Outbox.link_id,
            Outbox.cohort_id,
            Outbox.by_id,
            Outbox.address,
            Outbox.tries,
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else Claimed(*row)


def facts_of(session: Session, claimed: Claimed) -> LetterFacts | None:
    """Read what a letter is made from; None when the person or the link is gone, or the account closed.

    A letter to a former address leaves all the same: whoever reads there is to know that it is not used any more.
    """
    link = session.get(OneTimeLink, claimed.link_id) if claimed.link_id else None
    if claimed.link_id and link is None:
        return None
    user_id = claimed.user_id or (link.user_id if link else None)
    if user_id:
        user = session.get(User, user_id)
        if user is None or (user.deactivated_at is not None and claimed.address is None):
            return None
        to = (user.name, claimed.address or user.email, user.language)
    elif link and link.newcomer_name and link.newcomer_email:
        to = (link.newcomer_name, link.newcomer_email, link.newcomer_language or "")
    else:
        return None
    return LetterFacts(
        user_id,
        *to,
        link,
        claimed.cohort_id,
        *_cohort_of(session, claimed, link),
        role=_role_of(session, user_id, claimed.cohort_id),
        by_name=_name_of(session, claimed.by_id) if claimed.by_id != user_id else None,
    )


def _role_of(session: Session, user_id: int | None, cohort_id: int | None) -> str | None:
    return session.scalar(
        select(Enrolment.role).where(
            Enrolment.user_id == user_id, Enrolment.cohort_id == cohort_id, Enrolment.standing == "active"
        )
    )


def _name_of(session: Session, user_id: int | None) -> str | None:
    return session.scalar(select(User.name).where(User.id == user_id))


def _cohort_of(session: Session, claimed: Claimed, link: OneTimeLink | None) -> tuple[str | None, str | None]:
    """Return the name of the cohort that a letter is about, and the join code: the link's, or the cohort's newest."""
    which = Cohort.id == claimed.cohort_id
    if link is not None and link.join_code_id is not None:
        which = JoinCode.id == link.join_code_id
    row = session.execute(
        select(Cohort.name, JoinCode.key)
        .outerjoin(JoinCode, JoinCode.cohort_id == Cohort.id)
        .where(which)
        .order_by(JoinCode.id.desc())
        .limit(1)
    ).one_or_none()
    return (None, None) if row is None else (row[0], row[1])


def sent(session: Session, claimed: Claimed, *, now: datetime) -> None:
    """Note that the letter left."""
    session.execute(
        update(Outbox)
        .where(Outbox.id == claimed.id, _OPEN)
        .values(sent_at=now, leased_until=None, last_error=None)
        .execution_options(synchronize_session=False)
    )


def failed(session: Session, claimed: Claimed, error: str, *, now: datetime) -> datetime | None:
    """Note that the letter did not leave; return when it is tried again, or None when it is given up.

    Whoever lost the lease to another meanwhile changes nothing.
    """
    again = now + PAUSES[claimed.tries - 1] if claimed.tries <= len(PAUSES) else None
    ending = {"ready_at": again} if again else {"dropped_at": now}
    _end_lease(session, claimed, last_error=error[:ERROR_LENGTH], **ending)
    return again


def drop(session: Session, claimed: Claimed, reason: str, *, now: datetime) -> None:
    """Give a letter up at once: nobody is there to get it, or its address was refused for good."""
    _end_lease(session, claimed, last_error=reason[:ERROR_LENGTH], dropped_at=now)


def standing(session: Session, *, errors: int = 5) -> Standing:
    """Tell how the outbox stands, with so many of the newest errors."""
    waiting, tried, oldest, sent_, dropped = session.execute(
        select(
            func.count().filter(_OPEN),
            func.count().filter(and_(_OPEN, Outbox.last_error.is_not(None))),
            func.min(Outbox.created_at).filter(_OPEN),
            func.count(Outbox.sent_at),
            func.count(Outbox.dropped_at),
        )
    ).one()
    newest = session.execute(
        select(Outbox.id, Outbox.letter, Outbox.dropped_at, Outbox.last_error)
        .where(Outbox.last_error.is_not(None))
        .order_by(Outbox.id.desc())
        .limit(errors)
    )
    errors_ = [(id_, letter, dropped_at, error or "") for id_, letter, dropped_at, error in newest]
    return Standing(waiting, tried, oldest, sent_, dropped, errors_)


def put_test(session: Session, *, by: int, now: datetime) -> None:
    """Send who asks a mail that says that mail works; the newest that waits already will do."""
    waits = select(Outbox.id).where(Outbox.user_id == by, Outbox.letter == TEST, _OPEN).limit(1)
    if session.scalar(waits) is None:
        put(session, TEST, once_key=f"{TEST}:{by}:{now.isoformat()}", now=now, user_id=by)
        audit.note(session, by=by, deed="put_test", about=f"user:{by}", now=now)


def _claimable(now: datetime) -> ColumnElement[bool]:
    return and_(_OPEN, Outbox.ready_at <= now, or_(Outbox.leased_until.is_(None), Outbox.leased_until <= now))


def _end_lease(session: Session, claimed: Claimed, **values: object) -> None:
    session.execute(
        update(Outbox)
        .where(Outbox.id == claimed.id, Outbox.tries == claimed.tries, _OPEN)
        .values(leased_until=None, **values)
        .execution_options(synchronize_session=False)
    )
