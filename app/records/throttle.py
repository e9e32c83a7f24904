"""Limits on attempts to come in, counted in a table that all processes share.

A failure is counted for the account together with the address it came from, and for the address: so
nobody can lock an account from elsewhere, and a campus behind one address has room. What is counted is kept as
a keyed hash, never as the address itself.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.records.models import Throttle

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
"""Failures to sign in to one account from one address, and wrong codes for one account."""
PER_ADDRESS = 300
"""Failures, and letters asked for, from one address."""
LETTERS = 5
"""Letters that may be asked for one e-mail address."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One thing that is counted, and how often it may happen within WINDOW."""

    name: str
    limit: int


def sign_in_buckets(key: bytes, email: str, address: str) -> tuple[Bucket, Bucket]:
    """What a failure to sign in counts for: the account from this address, and the address.

    `email` as it was typed: what has no account is counted alike. A success forgets the first.
    """
    person = email.strip().casefold()
    return _bucket(key, PER_ACCOUNT, "sign-in", person, _place(address)), _at(key, address)


def code_buckets(key: bytes, user_id: int, address: str) -> tuple[Bucket, Bucket]:
    """What a wrong code after the password counts for: the account, from wherever, and the address.

    Only who knows the password gets here, so nobody else can lock the account, and there are few codes to guess.
    """
    return _bucket(key, PER_ACCOUNT, "code", str(user_id)), _at(key, address)


def letter_buckets(key: bytes, email: str, address: str) -> tuple[Bucket, Bucket]:
    """What asking for a letter counts for: who would get it, and the address that asks."""
    return _bucket(key, LETTERS, "letter", email.strip().casefold()), _at(key, address)


def take_turn(session: Session, bucket: Bucket) -> None:
    """Let one at a time look into a bucket and count, until the transaction ends; begin it with this.

    Else attempts that come all at once would all find room. SQLite lets one write at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int(bucket.name[:15], 16)  # 60 bits: the lock's number has 63, and a sign
        session.execute(select(func.pg_advisory_xact_lock(number)))


def is_blocked(session: Session, buckets: Sequence[Bucket], now: datetime) -> bool:
    """Whether one of the buckets is full."""
    rows = session.execute(
        select(Throttle.bucket, func.count())
        .where(Throttle.bucket.in_([bucket.name for bucket in buckets]), Throttle.at > now - WINDOW)
        .group_by(Throttle.bucket)
    )
    counts: dict[str, int] = {name: count for name, count in rows}  # noqa: C416 - rows are no pairs to the type checker
    return any(counts.get(bucket.name, 0) >= bucket.limit for bucket in buckets)


def note_failure(session: Session, buckets: Sequence[Bucket], now: datetime) -> None:
    """Count a failure in each bucket, and let go of what is too old to count in any."""
    session.execute(delete(Throttle).where(Throttle.at <= now - WINDOW))
    session.execute(insert(Throttle), [{"bucket": bucket.name, "at": now} for bucket in buckets])


def note_nothing(session: Session, now: datetime) -> None:
    """Write as much as a link and its letter would, so that the time of an answer does not tell whether one left."""
    nothing = Bucket("nothing", 0)
    note_failure(session, [nothing], now)
    note_failure(session, [nothing], now)


def forget(session: Session, bucket: Bucket) -> None:
    """Empty a bucket, of who came in after all."""
    session.execute(delete(Throttle).where(Throttle.bucket == bucket.name))


def _at(key: bytes, address: str) -> Bucket:
    return _bucket(key, PER_ADDRESS, "address", _place(address))


def _bucket(key: bytes, limit: int, *parts: str) -> Bucket:
    spelt = "\0".join(("throttle", *parts))
    return Bucket(hmac.new(key, spelt.encode(), hashlib.sha256).hexdigest(), limit)


def _place(address: str) -> str:
    """Take the 64 bits of an IPv6 address that its owner cannot choose; other addresses as they are."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))
    return str(parsed)
