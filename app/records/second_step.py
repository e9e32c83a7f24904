"""Two-step sign-in: a code of an authenticator app, or a recovery code, after the password.

The app's secret is made from a random seed and the secret of the installation, and of recovery codes only a keyed
hash is kept: a copy of the database opens no door. Nobody's text or code is ever in the audit log.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.records import accounts, audit, outbox, totp
from app.records.base import insert_once
from app.records.joining import SIGNS
from app.records.models import RecoveryCode, SecondStep, User

SECRET_LENGTH = 20
"""Bytes, as RFC 4226 asks for: as many as SHA-1 makes."""
BEGUN_FOR = timedelta(hours=1)
"""How long a secret is shown whose first code was not given."""
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
"""Signs of 31: 49 bits, and ten tries in a quarter of an hour."""
GROUP = 5
TYPED_LENGTH = 100
"""Signs of a code as it was typed; the rest is not looked at."""


class AlreadyOn(Exception):
    """The account has two-step sign-in; another app comes after turning it off."""


class NothingBegun(Exception):
    """There is no secret whose first code could be given: it is on, or too long ago, or was never begun."""


class NotOn(Exception):
    """The account has no two-step sign-in."""


class WrongCode(Exception):
    """The code is not the app's of now."""


class Used(StrEnum):
    """What a code was that was taken."""

    APP = "app"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Standing:
    """Two-step sign-in that is on: since when, and how many recovery codes were not used yet."""

    since: datetime
    codes_left: int


@dataclass(frozen=True, slots=True)
class TurnedOn:
    """What turning it on leaves: the new stamp of the account, and the seed of its recovery codes."""

    stamp: str
    codes_seed: str


# ---- turning it on and off ---------------------------------------------------------------------


def begin(session: Session, user_id: int, *, now: datetime) -> None:
    """Make a new secret, which counts for nothing until its first code is given. Raises AlreadyOn."""
    facts = {"seed": secrets.token_urlsafe(24), "created_at": now}
    if insert_once(session, SecondStep, user_id=user_id, **facts):
        return
    mine = (SecondStep.user_id == user_id, SecondStep.confirmed_at.is_(None))
    if session.scalar(update(SecondStep).where(*mine).values(facts).returning(SecondStep.user_id)) is None:
        raise AlreadyOn()


def begun_secret(session: Session, user_id: int, *, key: bytes, now: datetime) -> bytes | None:
    """Return the secret that waits for its first code, to show it; `key` is the installation's secret."""
    seed = _begun_seed(session, user_id, now)
    return None if seed is None else _secret(user_id, seed, key)


def confirm(session: Session, user_id: int, code: str, *, key: bytes, now: datetime) -> TurnedOn:
    """Turn it on by the first code of the app, and sign out everywhere.

    Puts the letter `second_step_on` in the outbox. Raises NothingBegun, and WrongCode.
    """
    seed = _begun_seed(session, user_id, now)
    if seed is None:
        raise NothingBegun()
    counter = _counter_of(user_id, seed, plain_code(code), key, now)
    if counter is None:
        raise WrongCode()
    mine = (SecondStep.user_id == user_id, SecondStep.seed == seed, SecondStep.confirmed_at.is_(None))
    facts = {"confirmed_at": now, "last_counter": counter}
    if session.scalar(update(SecondStep).where(*mine).values(facts).returning(SecondStep.user_id)) is None:
        raise NothingBegun()
    codes_seed = new_codes(session, user_id, key=key)
    _put_letter(session, "second_step_on", user_id, now)
    return TurnedOn(accounts.new_stamp(session, user_id), codes_seed)


def new_codes(session: Session, user_id: int, *, key: bytes) -> str:
    """Make recovery codes, which ends those before; return the seed that they are told from. Raises NotOn.

    Two who do it at once wait for each other: there is one set in the end.
    """
    mine = (SecondStep.user_id == user_id, SecondStep.confirmed_at.is_not(None))
    if session.scalar(select(SecondStep.user_id).where(*mine).with_for_update()) is None:
        raise NotOn()
    seed = secrets.token_urlsafe(24)
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    rows = [{"user_id": user_id, "code_hash": _hash(user_id, code, key)} for code in codes_of(user_id, seed, key=key)]
    session.execute(insert(RecoveryCode), rows)
    return seed


def codes_of(user_id: int, seed: str, *, key: bytes) -> tuple[str, ...]:
    """Tell the recovery codes that were made from a seed, as `7K4PB-RDXTM`. The seed is kept nowhere."""
    return tuple(_recovery_code(user_id, seed, number, key) for number in range(RECOVERY_CODES))


def turn_off(session: Session, user_id: int, *, now: datetime) -> None:
    """Ask for no code any more. Puts the letter `second_step_off` in the outbox. Raises NotOn."""
    mine = (SecondStep.user_id == user_id, SecondStep.confirmed_at.is_not(None))
    if session.scalar(delete(SecondStep).where(*mine).returning(SecondStep.user_id)) is None:
        raise NotOn()
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    _put_letter(session, "second_step_off", user_id, now)


def reset_second_step(session: Session, user_id: int, *, by: int | None, now: datetime) -> None:
    """Turn it off for somebody who lost phone and codes, and sign them out everywhere. Raises NotOn.

    They come in by their password alone, and turn it on again. Puts the letter `second_step_off` in the outbox.
    """
    turn_off(session, user_id, now=now)
    accounts.new_stamp(session, user_id)
    audit.note(session, by=by, deed="reset_second_step", about=f"user:{user_id}", subject_id=user_id, now=now)


# ---- asking ------------------------------------------------------------------------------------


def is_on(session: Session, user_id: int) -> bool:
    """Whether the account asks for a code after the password."""
    found = select(SecondStep.user_id).where(SecondStep.user_id == user_id, SecondStep.confirmed_at.is_not(None))
    return session.scalar(found) is not None


def is_asked_of(session: Session, user_id: int, stamp: str) -> bool:
    """Whether a code still lets somebody in who gave their password before.

    It does not when the stamp is another by now, the account closed, or two-step sign-in turned off meanwhile.
    """
    open_accounts = select(User.id).where(
        User.id == user_id, User.session_stamp == stamp, User.deactivated_at.is_(None)
    )
    return is_on(session, user_id) and session.scalar(open_accounts) is not None


def standing(session: Session, user_id: int) -> Standing | None:
    """Tell how two-step sign-in of an account stands; None when it is off."""
    left = (
        select(func.count())
        .where(RecoveryCode.user_id == SecondStep.user_id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    row = session.execute(
        select(SecondStep.confirmed_at, left).where(SecondStep.user_id == user_id, SecondStep.confirmed_at.is_not(None))
    ).one_or_none()
    return None if row is None or row[0] is None else Standing(row[0], row[1])


def use_code(session: Session, user_id: int, code: str, *, key: bytes, now: datetime) -> Used | None:
    """Take a code of the app, or a recovery code, and never the same one twice; None when it is not right.

    Of two who give the same code at once, the database lets one through.
    """
    plain = plain_code(code)
    if len(plain) == totp.DIGITS and plain.isdigit():
        return Used.APP if _use_app_code(session, user_id, plain, key, now) else None
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == _hash(user_id, plain, key),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.user_id)
    )
    return None if used is None else Used.RECOVERY


def plain_code(typed: str) -> str:
    """Spell a code as it is compared: without spaces and hyphens, in capitals, digits of any script as 0 to 9."""
    signs = unicodedata.normalize("NFKC", typed[:TYPED_LENGTH]).upper()
    digits = ((sign, unicodedata.decimal(sign, None)) for sign in signs)
    spelt = "".join(sign if digit is None else str(digit) for sign, digit in digits)
    return "".join(sign for sign in spelt if sign.isascii() and sign.isalnum())


def _use_app_code(session: Session, user_id: int, code: str, key: bytes, now: datetime) -> bool:
    """Take a code of the app: right, and of a newer period than any that was taken.

    A wrong code does the same work: it is looked for among the periods before the first.
    """
    mine = (SecondStep.user_id == user_id, SecondStep.confirmed_at.is_not(None))
    seed = session.scalar(select(SecondStep.seed).where(*mine))
    counter = _counter_of(user_id, seed or "", code, key, now) or -1
    used = session.scalar(
        update(SecondStep)
        .where(*mine, SecondStep.last_counter < counter)
        .values(last_counter=counter)
        .returning(SecondStep.user_id)
    )
    return used is not None


# ---- secrets -----------------------------------------------------------------------------------


def _begun_seed(session: Session, user_id: int, now: datetime) -> str | None:
    return session.scalar(
        select(SecondStep.seed).where(
            SecondStep.user_id == user_id,
            SecondStep.confirmed_at.is_(None),
            SecondStep.created_at > now - BEGUN_FOR,
        )
    )


def _counter_of(user_id: int, seed: str, code: str, key: bytes, now: datetime) -> int | None:
    return totp.counter_of(_secret(user_id, seed, key), code, now)


def _secret(user_id: int, seed: str, key: bytes) -> bytes:
    return _made(key, "second step", user_id, seed)[:SECRET_LENGTH]


def _recovery_code(user_id: int, seed: str, number: int, key: bytes) -> str:
    rest = int.from_bytes(_made(key, "recovery code", user_id, seed, number), "big")
    code = ""
    for _sign in range(RECOVERY_LENGTH):
        rest, place = divmod(rest, len(SIGNS))
        code += SIGNS[place]
    return "-".join(code[start : start + GROUP] for start in range(0, RECOVERY_LENGTH, GROUP))


def _hash(user_id: int, code: str, key: bytes) -> str:
    return _made(key, "hash of a recovery code", user_id, plain_code(code)).hex()


def _made(key: bytes, *words: object) -> bytes:
    return hmac.digest(key, "\0".join(map(str, words)).encode(), hashlib.sha256)


def _put_letter(session: Session, letter: str, user_id: int, now: datetime) -> None:
    outbox.put(session, letter, once_key=f"{letter}:{user_id}:{now.isoformat()}", now=now, user_id=user_id)
