"""The code that an account with two-step sign-in asks for, after the password or a mailed link."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.records import second_step, throttle
from app.records.second_step import Used
from app.web.access import own_page, public
from app.web.auth.forms import AppCodeForm, RecoveryCodeForm
from app.web.auth.wing import address_here, bp, too_many
from app.web.extensions import READING_METHODS, db, house
from app.web.forms import page
from app.web.halfway import Halfway, go_on, halfway_here, turn_back
from app.web.pages import MY_COURSE, see, tell


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> ResponseReturnValue:
    """Take the code that the app shows."""
    return _ask(AppCodeForm(), "auth/sign_in_code.html")


@bp.route("/sign-in/recovery-code", methods=["GET", "POST"])
@public
def sign_in_recovery_code() -> ResponseReturnValue:
    """Take a recovery code: letters too, for which a phone shows another keyboard."""
    return _ask(RecoveryCodeForm(), "auth/sign_in_recovery_code.html")


def _ask(form: AppCodeForm | RecoveryCodeForm, template: str) -> Response:
    """Show the page to who is on the way in; let them in by a code of either kind."""
    now, onward = datetime.now(UTC), own_page(request.args.get("next"))
    halfway = halfway_here(now)
    if halfway is None:
        return _begin_again(onward)
    if not form.validate_on_submit():
        return page(template, form, onward=onward)
    buckets = throttle.code_buckets(house().key, halfway.user_id, address_here())
    throttle.take_turn(db.session, buckets[0])
    if throttle.is_blocked(db.session, buckets, now):
        return too_many(template, form, onward=onward)
    if not second_step.is_asked_of(db.session, halfway.user_id, halfway.stamp):
        return _begin_again(onward)
    used = second_step.use_code(db.session, halfway.user_id, form.code.data, key=house().key, now=now)
    if used is None:
        throttle.note_failure(db.session, buckets, now)
        db.session.commit()
        form.deny()
        return page(template, form, onward=onward)
    throttle.forget(db.session, buckets[0])
    return _let_in(halfway, used, onward)


def _let_in(halfway: Halfway, used: Used, onward: str | None) -> Response:
    go_on(halfway)
    standing = second_step.standing(db.session, halfway.user_id)
    db.session.commit()
    if used is Used.RECOVERY and standing is not None:
        left = standing.codes_left
        words = ngettext("You have %(num)d recovery code left.", "You have %(num)d recovery codes left.", left)
        tell(f"{words} {_('You make new ones on the page Account.')}", "wait")
    return see(onward or MY_COURSE)


def _begin_again(onward: str | None) -> Response:
    """Lead to the password, when there is nobody of whom a code could be asked."""
    if turn_back() or request.method not in READING_METHODS:
        tell(_("Signing in took too long, or your account changed meanwhile. Begin again."), "wait")
    return see(url_for("auth.sign_in", next=onward))
