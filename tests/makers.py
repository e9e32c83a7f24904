"""Makers of rows for tests. Each test names only what it is about; the rest is filled in.

They flush and do not commit, like the verbs.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from itertools import count

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.records import second_step, totp
from app.records.accounts import Visitor, visitor_of
from app.records.models import Cohort, Enrolment, JoinCode, SecondStep, User
from app.records.second_step import TurnedOn

NOW = datetime(2026, 11, 19, 8, 5, tzinfo=UTC)
"""A Thursday, 9.05 in Amsterdam."""

PASSWORD = "a quiet green harbour"
"""The password of everybody that `make_user` makes."""

_number = count(1)


@cache
def password_hash() -> str:
    """Hash PASSWORD as cheaply as argon2 can; made once a run."""
    return PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)


def make_user(
    session: Session,
    *,
    name: str = "Noor de Wit",
    email: str | None = None,
    language: str = "en",
    is_admin: bool = False,
    deactivated_at: datetime | None = None,
    with_password: bool = True,
) -> User:
    """Make an account whose password is PASSWORD."""
    number = next(_number)
    user = User(
        email=email or f"person{number}@example.org",
        name=name,
        sort_name=name.casefold(),
        language=language,
        password_hash=password_hash() if with_password else None,
        session_stamp=f"stamp{number}",
        is_admin=is_admin,
        deactivated_at=deactivated_at,
        created_at=NOW,
    )
    session.add(user)
    session.flush()
    return user


def make_cohort(
    session: Session,
    *,
    name: str | None = None,
    language: str = "en",
    first_day: date | None = None,
    last_day: date | None = None,
) -> Cohort:
    """Make a cohort."""
    cohort = Cohort(
        name=name or f"Cohort {next(_number)}",
        language=language,
        first_day=first_day,
        last_day=last_day,
        created_at=NOW,
    )
    session.add(cohort)
    session.flush()
    return cohort


def make_join_code(
    session: Session,
    *,
    cohort: Cohort | None = None,
    key: str | None = None,
    seats: int | None = None,
    taken: int = 0,
    last_day: date | None = None,
    mail_domains: str = "",
) -> JoinCode:
    """Make a join code, of a new cohort unless one is given; `key` as it is kept, such as `TREE-7K4P-BRDX`."""
    code = JoinCode(
        cohort_id=(cohort or make_cohort(session)).id,
        key=key or _join_key(next(_number)),
        seats=seats,
        taken=taken,
        last_day=last_day,
        mail_domains=mail_domains,
        created_at=NOW,
    )
    session.add(code)
    session.flush()
    return code


def make_enrolment(
    session: Session,
    *,
    user: User | None = None,
    cohort: Cohort | None = None,
    role: str = "learner",
    standing: str = "active",
    done: str = "",
    last_step_key: str | None = None,
) -> Enrolment:
    """Enrol somebody: a new user in a new cohort, unless they are given."""
    enrolment = Enrolment(
        user_id=(user or make_user(session)).id,
        cohort_id=(cohort or make_cohort(session)).id,
        role=role,
        standing=standing,
        done=done,
        last_step_key=last_step_key,
        created_at=NOW,
    )
    session.add(enrolment)
    session.flush()
    return enrolment


def make_visitor(session: Session, *, enrolment: Enrolment | None = None) -> Visitor:
    """Be somebody who is signed in, with a new enrolment unless one is given."""
    enrolment = enrolment or make_enrolment(session)
    user = session.get_one(User, enrolment.user_id)
    visitor = visitor_of(session, user.id, user.session_stamp, enrolment.id)
    assert visitor is not None
    return visitor


def turn_on_second_step(session: Session, user_id: int, *, key: bytes, now: datetime = NOW) -> TurnedOn:
    """Turn on two-step sign-in for somebody, with an app whose codes `app_code` tells."""
    second_step.begin(session, user_id, now=now)
    return second_step.confirm(session, user_id, app_code(session, user_id, key=key, now=now), key=key, now=now)


def app_code(session: Session, user_id: int, *, key: bytes, now: datetime) -> str:
    """Look at somebody's app, at a moment."""
    seed = session.scalars(select(SecondStep.seed).where(SecondStep.user_id == user_id)).one()
    return totp.code_at(second_step._secret(user_id, seed, key), totp.counter_at(now))


def _join_key(number: int) -> str:
    """Spell a number as a join code that is like no other."""
    signs = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    spelt = "".join(signs[number // len(signs) ** place % len(signs)] for place in range(8))
    return f"TEST-{spelt[:4]}-{spelt[4:]}"
