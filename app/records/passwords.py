"""Passwords: hashed by argon2id, checked in the same time whether or not there is an account."""

from __future__ import annotations

import secrets
import unicodedata
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200
"""A longer one is refused, so that nobody keeps the server busy with a book."""
FEWEST_SIGNS = 4


class Weakness(StrEnum):
    """Why a password is not good enough."""

    SHORT = "short"
    """Fewer than SHORTEST signs."""
    LONG = "long"
    """More than LONGEST signs."""
    SIMPLE = "simple"
    """Fewer than FEWEST_SIGNS different ones."""
    PERSONAL = "personal"
    """The person's own name or address."""


class Passwords:
    """The hashing of passwords, with OWASP's least parameters for argon2id: 19 MiB, 2 passes, one lane.

    Takes about 25 ms of one core, so hash before a transaction is begun, never inside. `cheap` is for tests.
    """

    def __init__(self, *, cheap: bool = False) -> None:
        passes, kibibytes = (1, 8 * 1024) if cheap else (2, 19 * 1024)
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=kibibytes, parallelism=1)
        self._nobodys = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Hash a password; the hash names its own salt and parameters."""
        return self._hasher.hash(_plain(password))

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether this is the password. No hash, because there is no such account, takes as long and is never right.

        Nor is one that is longer than any that was ever taken: to spell it out could take minutes.
        """
        is_possible = password_hash is not None and len(password) <= LONGEST
        try:
            self._hasher.verify(password_hash or self._nobodys, _plain(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return is_possible


def too_weak(password: str, *, email: str = "", name: str = "") -> Weakness | None:
    """Say why a password is not good enough for this person; None when it is."""
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    if len(set(password)) < FEWEST_SIGNS:
        return Weakness.SIMPLE
    own = (email, email.partition("@")[0], name)
    return Weakness.PERSONAL if _bare(password) in {_bare(word) for word in own} else None


def _plain(password: str) -> str:
    """Spell a password the way every keyboard does: an e with an accent may be one sign or two."""
    return unicodedata.normalize("NFKC", password)


def _bare(words: str) -> str:
    return "".join(sign for sign in _plain(words).casefold() if sign.isalnum())
