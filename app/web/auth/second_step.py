"""Two-step sign-in of one's own account: turning it on and off, and recovery codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Response, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.exchange import authenticator
from app.records import second_step
from app.records.accounts import Visitor
from app.records.second_step import AlreadyOn, NothingBegun, NotOn, WrongCode
from app.web.access import also_unguarded, stay_after_new_stamp
from app.web.auth.forms import AppCodeForm, KnowsPassword, ProofForm
from app.web.auth.proving import refusal, visitor_or_401
from app.web.auth.wing import bp
from app.web.extensions import db, house
from app.web.forms import OpstapForm, page
from app.web.headers import keep_secret
from app.web.keeping import hand_over_at_sign_in
from app.web.pages import see, tell

CODES = "codes"
"""What the session remembers of recovery codes that were just made: their seed, and until when they are shown."""
SHOWN_FOR = timedelta(minutes=10)


@bp.route("/account/second-step", methods=["GET", "POST"], endpoint="second_step")
@also_unguarded
def begin() -> ResponseReturnValue:
    """Say what two-step sign-in is; begin with it for who knows the password."""
    visitor = visitor_or_401()
    if second_step.is_on(db.reading, visitor.user_id):
        return see(url_for("auth.account"))
    form = KnowsPassword()

    def show() -> Response:
        return page("auth/second_step.html", form, is_needed=_is_needed(visitor))

    if not form.validate_on_submit():
        return show()
    now = datetime.now(UTC)
    refused = refusal(form, visitor, show, now=now)
    if refused is not None:
        return refused
    try:
        second_step.begin(db.session, visitor.user_id, now=now)
    except AlreadyOn:
        return see(url_for("auth.account"))
    db.session.commit()
    return see(url_for("auth.second_step_app"))


@bp.route("/account/second-step/app", methods=["GET", "POST"])
@also_unguarded
def second_step_app() -> ResponseReturnValue:
    """Show the secret for the app; turn two-step sign-in on by the app's first code."""
    visitor, now = visitor_or_401(), datetime.now(UTC)
    secret = second_step.begun_secret(db.reading, visitor.user_id, key=house().key, now=now)
    if secret is None:
        return see(url_for("auth.second_step"))
    form = AppCodeForm()
    if form.validate_on_submit():
        try:
            return _turn_on(visitor, form.code.data, now)
        except NothingBegun:
            return see(url_for("auth.second_step"))
        except WrongCode:
            db.session.rollback()
            form.deny()
    facts = authenticator.facts_of(secret, account=visitor.email, site=house().settings.base_url)
    return keep_secret(page("auth/second_step_app.html", form, app=facts))


def _turn_on(visitor: Visitor, code: str, now: datetime) -> Response:
    done = second_step.confirm(db.session, visitor.user_id, code, key=house().key, now=now)
    if _is_needed(visitor):
        hand_over_at_sign_in(visitor)  # what they sent while nothing else was open to them
    db.session.commit()
    stay_after_new_stamp(visitor, done.stamp)
    tell(_("Two-step sign-in is on. You are still signed in here, and signed out everywhere else."))
    return _show_codes(done.codes_seed, now)


@bp.route("/account/second-step/codes", methods=["GET", "POST"])
def recovery_codes() -> ResponseReturnValue:
    """Show the recovery codes that were just made, until somebody says that they are kept."""
    visitor, now = visitor_or_401(), datetime.now(UTC)
    seed, until = session.get(CODES, ("", 0))
    if now.timestamp() > until:
        session.pop(CODES, None)
        return see(url_for("auth.account"))
    form = OpstapForm()
    if form.validate_on_submit():
        session.pop(CODES)
        return see(url_for("auth.account"))
    codes = second_step.codes_of(visitor.user_id, seed, key=house().key)
    return keep_secret(page("auth/recovery_codes.html", form, codes=codes))


@bp.route("/account/second-step/new-codes", methods=["GET", "POST"])
def new_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, which ends the old ones."""
    visitor, now, form = visitor_or_401(), datetime.now(UTC), ProofForm()
    if (answer := _unless_proved(visitor, form, "auth/new_recovery_codes.html", now)) is not None:
        return answer
    try:
        seed = second_step.new_codes(db.session, visitor.user_id, key=house().key)
    except NotOn:
        return see(url_for("auth.account"))
    db.session.commit()
    return _show_codes(seed, now)


@bp.route("/account/second-step/off", methods=["GET", "POST"])
def second_step_off() -> ResponseReturnValue:
    """Turn two-step sign-in off."""
    visitor, now, form = visitor_or_401(), datetime.now(UTC), ProofForm()
    if (answer := _unless_proved(visitor, form, "auth/second_step_off.html", now)) is not None:
        return answer
    try:
        second_step.turn_off(db.session, visitor.user_id, now=now)
    except NotOn:
        return see(url_for("auth.account"))
    db.session.commit()
    tell(_("Two-step sign-in is off."))
    return see(url_for("auth.account"))


def _unless_proved(visitor: Visitor, form: ProofForm, template: str, now: datetime) -> Response | None:
    """Answer who has not proved yet that it is they, or has nothing to change; None when the deed may be done."""
    if not second_step.is_on(db.reading, visitor.user_id):
        return see(url_for("auth.account"))

    def show() -> Response:
        return page(template, form, is_needed=visitor.is_admin and house().settings.two_step_admins)

    if not form.validate_on_submit():
        return show()
    return refusal(form, visitor, show, now=now, takes_code=True)


def _show_codes(seed: str, now: datetime) -> Response:
    """Lead to the page of the codes. The session holds only their seed: it tells nothing without the site's secret."""
    session[CODES] = [seed, int((now + SHOWN_FOR).timestamp())]
    return see(url_for("auth.recovery_codes"))


def _is_needed(visitor: Visitor) -> bool:
    return visitor.lacks_second_step and house().settings.two_step_admins
