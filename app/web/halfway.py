"""Halfway in: between the password, or a mailed link, and the code of an account with two-step sign-in.

The session then holds, signed, who is on the way and for how long. Nobody is signed in by it: it opens the page that
asks for the code, and nothing else.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta

from flask import g, session, url_for

from app.records import second_step
from app.records.accounts import Visitor
from app.web.access import enter
from app.web.extensions import db

HALFWAY = "halfway"
"""What the session calls it."""
LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Halfway:
    """Who is on the way in, and what `enter` is to be told. `until`: seconds since 1970."""

    user_id: int
    stamp: str
    stay: bool
    enrolment_id: int | None
    until: int


def come_in(user_id: int, stamp: str, *, stay: bool = False, enrolment_id: int | None = None) -> Visitor | None:
    """Begin a session for somebody who proved by a password or a link who they are; None when a code is asked first.

    Nothing of the session before lives on, in either case. The route commits, and leads to `code_page`.
    """
    if not second_step.is_on(db.session, user_id):
        return enter(user_id, stamp, stay=stay, enrolment_id=enrolment_id)
    until = int((datetime.now(UTC) + LASTS).timestamp())
    session.clear()
    g.pop("_login_user", None)
    session[HALFWAY] = astuple(Halfway(user_id, stamp, stay, enrolment_id, until))
    return None


def code_page(onward: str | None = None) -> str:
    """Return the address of the page that asks for the code, and leads on to `onward`."""
    return url_for("auth.sign_in_code", next=onward)


def halfway_here(now: datetime) -> Halfway | None:
    """Return who is on the way in here; nobody after ten minutes."""
    found = Halfway(*session[HALFWAY]) if HALFWAY in session else None
    return found if found is not None and now.timestamp() < found.until else None


def turn_back() -> bool:
    """Forget who was on the way in; say whether somebody was."""
    return session.pop(HALFWAY, None) is not None


def go_on(halfway: Halfway) -> Visitor:
    """Begin the session of somebody whose code was right. The route commits."""
    return enter(halfway.user_id, halfway.stamp, stay=halfway.stay, enrolment_id=halfway.enrolment_id)
