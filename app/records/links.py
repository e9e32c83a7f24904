"""Links in mails that work once.

A link's token is made from a random seed and the secret of the installation, so that a letter sent again carries
the same one. The database keeps the seed and the token's hash: a copy of it opens no door.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from sqlalchemy import and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from app.records.models import JoinCode, OneTimeLink, User

Purpose = Literal["join", "invitation", "reset"]

LIFETIMES: dict[str, timedelta] = {
    "join": timedelta(days=7),
    "invitation": timedelta(days=14),
    "reset": timedelta(hours=2),
}
SETS_PASSWORD = ("reset", "invitation")
SECOND_LETTER_AFTER = timedelta(minutes=2)
"""Whoever asks again sooner than this presses twice, and gets one letter."""
FORGOTTEN_AFTER = timedelta(days=30)
"""How long the name and address of a newcomer who did not come are kept after their link's last moment."""


class LinkUsed(Exception):
    """The link was used before."""


class LinkExpired(Exception):
    """The link's time is over."""


class LinkState(StrEnum):
    """How a link stands."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who gave a name and an address at a join code, and has no account yet."""

    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link as its page needs it: whose it is, and the join code that it was asked for at.

    `user_id` is empty for a newcomer, who has no account yet. `has_password` says whether its account has one by now.
    """

    id: int
    purpose: str
    state: LinkState
    user_id: int | None
    name: str
    email: str
    language: str
    join_key: str | None
    has_password: bool


def make_link(
    session: Session,
    *,
    purpose: Purpose,
    key: bytes,
    now: datetime,
    user_id: int | None = None,
    newcomer: Newcomer | None = None,
    join_code_id: int | None = None,
) -> int:
    """Make a link for a user, or for a newcomer at a join code; return its id. `key` is the installation's secret."""
    _forget_who_did_not_come(session, now)
    seed, token_hash = new_token(purpose, key)
    return session.execute(
        insert(OneTimeLink)
        .values(
            token_hash=token_hash,
            seed=seed,
            purpose=purpose,
            user_id=user_id,
            newcomer_name=newcomer and newcomer.name,
            newcomer_email=newcomer and newcomer.email,
            newcomer_language=newcomer and newcomer.language,
            join_code_id=join_code_id,
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
        .returning(OneTimeLink.id)
    ).scalar_one()


def invite(session: Session, user_id: int, *, key: bytes, now: datetime) -> str:
    """Make a link for a user's first password, which uses up those before; return its token."""
    use_up_all(session, user_id, now)
    link_id = make_link(session, purpose="invitation", key=key, now=now, user_id=user_id)
    return token_of(session.get_one(OneTimeLink, link_id), key)


def make_invitations(session: Session, user_ids: Sequence[int], *, key: bytes, now: datetime) -> dict[int, int]:
    """Make a link for the first password of each of some users; return its id by user. Those before work on."""
    rows = []
    for user_id in user_ids:
        seed, token_hash = new_token("invitation", key)
        facts = {"user_id": user_id, "seed": seed, "token_hash": token_hash}
        rows.append(facts | {"purpose": "invitation", "created_at": now, "expires_at": now + LIFETIMES["invitation"]})
    if not rows:
        return {}
    made = session.execute(insert(OneTimeLink).returning(OneTimeLink.user_id, OneTimeLink.id), rows)
    return {user_id: link_id for user_id, link_id in made if user_id is not None}


def new_token(purpose: Purpose, key: bytes) -> tuple[str, str]:
    """Make a new token; return its seed and its hash, which is all that is kept of it."""
    seed = secrets.token_urlsafe(24)
    return seed, _hash(_token(purpose, seed, key))


def token_of(link: OneTimeLink, key: bytes) -> str:
    """Make the token of a link anew, for its letter: the same each time."""
    return _token(link.purpose, link.seed, key)


def find_link(session: Session, token: str, now: datetime) -> LinkFacts | None:
    """Look up a link by its token, in whatever state; nothing for a token that was never given out."""
    link = OneTimeLink
    row = session.execute(
        select(link.id, link.purpose, link.used_at, link.expires_at, link.user_id)
        .add_columns(
            func.coalesce(User.name, link.newcomer_name),
            func.coalesce(User.email, link.newcomer_email),
            func.coalesce(User.language, link.newcomer_language),
            JoinCode.key,
            User.password_hash.is_not(None),
        )
        .outerjoin(User, User.id == link.user_id)
        .outerjoin(JoinCode, JoinCode.id == link.join_code_id)
        .where(link.token_hash == _hash(token))
    ).one_or_none()
    if row is None:
        return None
    link_id, purpose, used_at, expires_at, *facts = row
    return LinkFacts(link_id, purpose, _state(used_at, expires_at, now), *facts)


def use_link(session: Session, link_id: int, now: datetime) -> bool:
    """Use a link up; False when it was used before, or is too old. Of two who press at once, one is first."""
    used = session.scalar(
        update(OneTimeLink)
        .where(OneTimeLink.id == link_id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .values(used_at=now)
        .returning(OneTimeLink.id)
    )
    return used is not None


def must_use_link(session: Session, link_id: int, now: datetime) -> None:
    """Use a link up. Raises LinkUsed or LinkExpired when it does not work any more."""
    if use_link(session, link_id, now):
        return
    was_used = session.scalar(select(OneTimeLink.used_at).where(OneTimeLink.id == link_id)) is not None
    raise LinkUsed() if was_used else LinkExpired()


def use_up_all(session: Session, user_id: int, now: datetime) -> None:
    """Use up every open link that can set this user's password."""
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.user_id == user_id,
            OneTimeLink.purpose.in_(SETS_PASSWORD),
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=now)
    )


def was_just_made(
    session: Session,
    purpose: Purpose,
    now: datetime,
    *,
    user_id: int | None,
    email: str | None = None,
    join_code_id: int | None = None,
) -> bool:
    """Whether this person asked for the same link a moment ago, and has not used it."""
    theirs = OneTimeLink.newcomer_email == email if user_id is None else OneTimeLink.user_id == user_id
    same = and_(theirs, OneTimeLink.purpose == purpose, OneTimeLink.join_code_id.is_not_distinct_from(join_code_id))
    recent = and_(OneTimeLink.used_at.is_(None), OneTimeLink.created_at > now - SECOND_LETTER_AFTER)
    return bool(session.scalar(select(exists().where(same, recent))))


def _forget_who_did_not_come(session: Session, now: datetime) -> None:
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.newcomer_email.is_not(None), OneTimeLink.expires_at < now - FORGOTTEN_AFTER
        )
    )


def _state(used_at: datetime | None, expires_at: datetime, now: datetime) -> LinkState:
    if used_at is not None:
        return LinkState.USED
    return LinkState.OPEN if now < expires_at else LinkState.EXPIRED


def _token(purpose: str, seed: str, key: bytes) -> str:
    made = hmac.new(key, f"one-time link\0{purpose}\0{seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
