"""The codes of an authenticator app: time-based one-time passwords of six digits (RFC 6238, with SHA-1)."""

from __future__ import annotations

import hmac
from datetime import datetime

PERIOD = 30
"""Seconds for which an app shows a code."""
DIGITS = 6
SLACK = 1
"""How many periods a clock may be off, either way, and a slow typist behind."""


def code_at(secret: bytes, counter: int) -> str:
    """Return the code of a period, counted from 1970: HOTP of RFC 4226, section 5.3."""
    made = hmac.digest(secret, counter.to_bytes(8, "big"), "sha1")
    start = made[-1] & 15
    number = int.from_bytes(made[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def counter_at(now: datetime) -> int:
    """Return the number of the period that a moment lies in."""
    return int(now.timestamp()) // PERIOD


def counter_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the period whose code this is, if it is near enough to now; None for a wrong code.

    `code` is of ASCII. Every period is compared, so the time does not tell which one was right.
    """
    here = counter_at(now)
    near = range(here - SLACK, here + SLACK + 1)
    right = [counter for counter in near if hmac.compare_digest(code_at(secret, counter), code)]
    return right[-1] if right else None
