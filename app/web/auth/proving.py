"""Asking somebody who is signed in whether it is really they, before what lets them in is changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Response, abort

from app.records import accounts, second_step, throttle
from app.records.accounts import Visitor
from app.web.access import visitor_here
from app.web.auth.forms import KnowsPassword
from app.web.auth.wing import address_here, say_wait, wait
from app.web.extensions import db, house


def visitor_or_401() -> Visitor:
    """Return who is signed in, on a page that is about themselves."""
    return visitor_here() or abort(HTTPStatus.UNAUTHORIZED)


def refusal(
    form: KnowsPassword, visitor: Visitor, show: Callable[[], Response], *, now: datetime, takes_code: bool = False
) -> Response | None:
    """Answer who does not know the password, or `takes_code` a code, with the page again; None for who does.

    A code is used up in the writing transaction, which the route commits; a refusal commits itself.
    """
    buckets = throttle.sign_in_buckets(house().key, visitor.email, address_here())
    if throttle.is_blocked(db.reading, buckets, now):
        say_wait(form)
        return wait(show())
    facts = accounts.sign_in_facts(db.reading, visitor.email)
    if house().passwords.verify(facts.password_hash if facts else None, form.current.data):
        return None
    if takes_code and _is_code(visitor, form.current.data, now):
        return None
    throttle.note_failure(db.session, buckets, now)
    db.session.commit()
    form.deny_current()
    return show()


def _is_code(visitor: Visitor, typed: str, now: datetime) -> bool:
    """Take a code of theirs; wrong ones count for the account as they do at signing in."""
    bucket, _address = throttle.code_buckets(house().key, visitor.user_id, address_here())
    throttle.take_turn(db.session, bucket)
    if throttle.is_blocked(db.session, [bucket], now):
        return False
    if second_step.use_code(db.session, visitor.user_id, typed, key=house().key, now=now) is not None:
        return True
    throttle.note_failure(db.session, [bucket], now)
    return False
