"""How the mail of a site stands, as its admins see it: who takes the letters out, what did not leave, a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.records import outbox
from app.records.models import OneTimeLink, Outbox, User
from app.records.outbox import Standing

QUIET = timedelta(minutes=5)
"""So long a letter may be due without anybody at work, as a letter that is being sent takes no longer."""
TROUBLES = 50
"""Letters that did not leave, at most, on the page."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """A letter of the outbox. Without `user_id` it goes to a newcomer, whose name and address their link has."""

    letter: str
    user_id: int | None
    name: str
    email: str
    created_at: datetime
    ready_at: datetime
    sent_at: datetime | None
    dropped_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Mails:
    """How the mail stands. `quiet_since` is since when a letter is due that nobody takes; None while somebody does."""

    standing: Standing
    quiet_since: datetime | None
    troubles: tuple[MailLine, ...]
    """Letters that did not leave, the newest first."""
    test: MailLine | None
    """The newest test of whoever looks."""


def mails(session: Session, user_id: int, now: datetime) -> Mails:
    """Read how the mail stands, for an admin; five statements, however many letters there are."""
    troubled = and_(Outbox.last_error.is_not(None), Outbox.sent_at.is_(None))
    troubles = session.execute(_lines().where(troubled).order_by(Outbox.id.desc()).limit(TROUBLES))
    mine = and_(Outbox.user_id == user_id, Outbox.letter == outbox.TEST)
    test = session.execute(_lines().where(mine).order_by(Outbox.id.desc()).limit(1)).one_or_none()
    return Mails(
        outbox.standing(session, errors=0),
        _quiet_since(session, now),
        tuple(MailLine(*row) for row in troubles),
        MailLine(*test) if test else None,
    )


def _lines() -> Select[*tuple[Any, ...]]:
    link = OneTimeLink
    name = func.coalesce(User.name, link.newcomer_name, "")
    address = func.coalesce(Outbox.address, User.email, link.newcomer_email, "")
    return (
        select(Outbox.letter, Outbox.user_id, name, address)
        .add_columns(Outbox.created_at, Outbox.ready_at, Outbox.sent_at, Outbox.dropped_at)
        .add_columns(func.coalesce(Outbox.last_error, ""))
        .outerjoin(User, User.id == Outbox.user_id)
        .outerjoin(link, link.id == Outbox.link_id)
    )


def _quiet_since(session: Session, now: datetime) -> datetime | None:
    """Return since when a letter is due while nobody is at work: none claimed, none sent a moment ago."""
    waits = and_(Outbox.sent_at.is_(None), Outbox.dropped_at.is_(None))
    is_free = or_(Outbox.leased_until.is_(None), Outbox.leased_until <= now)
    due, at_work = session.execute(
        select(
            func.min(Outbox.ready_at).filter(waits, is_free),
            func.count().filter(or_(Outbox.leased_until > now, Outbox.sent_at > now - QUIET)),
        )
    ).one()
    return due if due is not None and due < now - QUIET and not at_work else None
