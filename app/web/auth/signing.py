"""The start page, signing in and out, and asking for a new password."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.records import accounts, throttle
from app.records.accounts import SignInFacts
from app.web.access import leave, own_page, public, visitor_here
from app.web.auth.forms import AddressForm, SignInForm
from app.web.auth.wing import MAIL_SENT, address_here, bp, mail_is_on_its_way, too_many
from app.web.extensions import READING_METHODS, db, house
from app.web.forms import page
from app.web.halfway import code_page, come_in
from app.web.headers import clear_browser
from app.web.pages import MY_COURSE, current_course, see, tell


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    """Show what the course is, and the way in."""
    return render_template("auth/start.html", course=current_course())


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Take address and password, and go on to where the visitor was going; by way of a code where one is asked for."""
    onward = own_page(request.args.get("next"))
    visitor = visitor_here()
    if visitor is not None and request.method in READING_METHODS:
        return redirect(onward or MY_COURSE)
    form = SignInForm()
    if not form.validate_on_submit():
        return page("auth/sign_in.html", form)
    now = datetime.now(UTC)
    buckets = throttle.sign_in_buckets(house().key, form.email.data, address_here())
    if throttle.is_blocked(db.reading, buckets, now):
        return too_many("auth/sign_in.html", form)
    facts = _facts_of_who_signs_in(form)
    # Asked again inside the transaction: attempts that come all at once are no way around the limit.
    throttle.take_turn(db.session, buckets[0])
    if throttle.is_blocked(db.session, buckets, now):
        return too_many("auth/sign_in.html", form)
    if facts is None:
        throttle.note_failure(db.session, buckets, now)
        db.session.commit()
        form.form_errors.append(_("This address and this password do not match"))
        return page("auth/sign_in.html", form)
    throttle.forget(db.session, buckets[0])
    is_in = come_in(facts.user_id, facts.stamp, stay=form.stay.data) is not None
    db.session.commit()
    return see((onward or MY_COURSE) if is_in else code_page(onward))


def _facts_of_who_signs_in(form: SignInForm) -> SignInFacts | None:
    """Check address and password outside any transaction, in the same time whether or not there is an account."""
    facts = accounts.sign_in_facts(db.reading, form.email.data)
    is_right = house().passwords.verify(facts.password_hash if facts else None, form.password.data)
    return facts if is_right else None


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session, and let the browser forget what it showed."""
    leave()
    db.session.commit()
    tell(_("You are signed out."))
    return clear_browser(see(url_for("auth.start")))


@bp.route("/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Send a link for a new password; say the same whether or not the address has an account."""
    form = AddressForm()
    if not form.validate_on_submit():
        return page("auth/forgotten.html", form)
    began, now = time.monotonic(), datetime.now(UTC)
    buckets = throttle.letter_buckets(house().key, form.email.data, address_here())
    throttle.take_turn(db.session, buckets[0])
    if throttle.is_blocked(db.session, buckets, now):
        return too_many("auth/forgotten.html", form)
    throttle.note_failure(db.session, buckets, now)
    accounts.ask_for_reset(db.session, form.email.data, key=house().key, now=now)
    db.session.commit()
    return mail_is_on_its_way(form.email.data, "reset", began=began)


@bp.get("/mail-sent")
@public
def mail_sent() -> ResponseReturnValue:
    """Say to which address a mail was asked for, and what to do when none comes."""
    if MAIL_SENT not in session:
        return redirect(url_for("auth.start"))
    email, why, code = session[MAIL_SENT]
    return render_template("auth/mail_sent.html", email=email, why=why, code=code)
