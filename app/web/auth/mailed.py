"""The page behind a link in a mail, where a password is set. Opening it changes nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.records import accounts, invitations, joining, links, throttle
from app.records.accounts import EmailTaken
from app.records.joining import CodeExpired, CohortFull
from app.records.links import LinkExpired, LinkFacts, LinkState, LinkUsed
from app.web.access import public
from app.web.auth.forms import PasswordForm
from app.web.auth.wing import address_here, bp, mail_is_on_its_way, too_many
from app.web.extensions import db, house
from app.web.forms import OpstapForm, page
from app.web.halfway import code_page, come_in
from app.web.headers import keep_secret
from app.web.pages import MY_COURSE, see, tell


@bp.route("/link/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> ResponseReturnValue:
    """Show what a link is for; do it when its button is pressed."""
    now = datetime.now(UTC)
    found = links.find_link(db.reading, token, now)
    if found is None or (found.purpose == "join" and found.user_id is not None):
        return keep_secret(_over("unknown", HTTPStatus.NOT_FOUND))
    if found.state is not LinkState.OPEN:
        return keep_secret(_over(found.state, HTTPStatus.GONE, found))
    return keep_secret(_take_password(token, found, now))


@bp.post("/link/<token>/new")
@public
def new_link(token: str) -> ResponseReturnValue:
    """Send a new invitation to whose link is over; the answer is the same whether or not there was reason to."""
    began, now = time.monotonic(), datetime.now(UTC)
    found = links.find_link(db.reading, token, now)
    if found is None or found.purpose != "invitation":
        return keep_secret(_over("unknown", HTTPStatus.NOT_FOUND))
    if found.state is LinkState.USED:  # perhaps the address was corrected since: who holds the old mail is not told
        return keep_secret(_over("used", HTTPStatus.GONE, found))
    buckets = throttle.letter_buckets(house().key, found.email, address_here())
    throttle.take_turn(db.session, buckets[0])
    if throttle.is_blocked(db.session, buckets, now):
        return keep_secret(too_many("auth/link_over.html", OpstapForm(), why="expired", link=found))
    throttle.note_failure(db.session, buckets, now)
    invitations.ask_again(db.session, found, key=house().key, now=now)
    db.session.commit()
    return keep_secret(mail_is_on_its_way(found.email, "invitation", began=began))


def _take_password(token: str, found: LinkFacts, now: datetime) -> Response:
    """Ask for a password, set it, and begin a session."""
    form = PasswordForm(email=found.email, name=found.name)
    if not form.validate_on_submit():
        offer = joining.find_offer(db.reading, found.join_key, now.date()) if found.join_key else None
        return page("auth/link.html", form, purpose=found.purpose, email=found.email, offer=offer)
    password_hash = house().passwords.hash(form.password.data)
    try:
        return _come_in(found, password_hash, now)
    except (LinkUsed, LinkExpired, EmailTaken, CohortFull, CodeExpired) as error:
        db.session.rollback()
        now_found = links.find_link(db.reading, token, now)  # as it stands since somebody else was first
        if now_found is None:
            return _over("unknown", HTTPStatus.NOT_FOUND)
        return _over(_WHY[type(error)], HTTPStatus.GONE, now_found)


def _come_in(found: LinkFacts, password_hash: str, now: datetime) -> Response:
    """Use the link up: its person is signed in here, with the new password, and nowhere else.

    Whose account asks for a code gives that first, and is signed in nowhere until then.
    """
    enrolment_id = None
    if found.user_id is None:
        user_id, stamp, enrolment_id = joining.join_by_link(db.session, found, password_hash, now=now)
        words = _("Welcome. You are signed in, and this is where your course begins.")
    else:
        user_id, stamp = accounts.password_by_link(db.session, found, password_hash, now=now)
        words = _("Your password is set, and you are signed in here. Everywhere else you are signed out.")
    visitor = come_in(user_id, stamp, enrolment_id=enrolment_id)
    db.session.commit()
    tell(words if visitor else _("Your password is set. Everywhere else you are signed out."))
    return see(MY_COURSE if visitor else code_page())


_WHY = {
    LinkUsed: "used",
    LinkExpired: "expired",
    EmailTaken: "taken",
    CohortFull: "full",
    CodeExpired: "closed",
}
"""Why a link that was open is not any more, in the words of auth/link_over.html."""


def _over(why: str, status: HTTPStatus, found: LinkFacts | None = None) -> Response:
    """Say why a link does not work, and where a new one is to be had."""
    form = OpstapForm()
    return make_response(render_template("auth/link_over.html", form=form, why=why, link=found), status)
