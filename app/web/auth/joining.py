"""Joining a cohort by its code: whoever is signed in at once, anybody else by a mail."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.records import cohorts, joining, throttle
from app.records.accounts import Visitor
from app.records.joining import CodeExpired, CohortFull, EnrolmentEnded, JoinOffer, OfferState, OtherDomain
from app.web.access import choose_enrolment, public, second_step_first, visitor_here
from app.web.auth.forms import CodeForm, NewcomerForm
from app.web.auth.wing import address_here, bp, mail_is_on_its_way, too_many
from app.web.extensions import READING_METHODS, db, house
from app.web.forms import OpstapForm, page
from app.web.languages import language_here, own_address
from app.web.pages import MY_COURSE, see, tell


@bp.route("/join", methods=["GET", "POST"])
@public
def join_by_code() -> ResponseReturnValue:
    """Take a cohort's code and lead to the page of what it opens."""
    form = CodeForm()
    if form.validate_on_submit():
        offer = joining.find_offer(db.reading, form.code.data, datetime.now(UTC).date())
        if offer is not None:
            return see(url_for("auth.join", code=offer.key))
        form.deny()
    return page("auth/code.html", form)


@bp.route("/join/<code>", methods=["GET", "POST"])
@public
def join(code: str) -> ResponseReturnValue:
    """Show which cohort a code opens; enrol who is signed in, ask anybody else for name and address."""
    now = datetime.now(UTC)
    offer = joining.find_offer(db.reading, code, now.date())
    if offer is None:
        form = CodeForm(formdata=None, data={"code": code})
        form.deny()
        return render_template("auth/code.html", form=form), HTTPStatus.NOT_FOUND
    if code != offer.key and request.method in READING_METHODS:
        return redirect(own_address(url_for("auth.join", code=offer.key)))
    visitor = visitor_here()
    if visitor is not None:
        return _join_as(visitor, offer, now)
    return _join_as_newcomer(offer, now)


def _join_as(visitor: Visitor, offer: JoinOffer, now: datetime) -> ResponseReturnValue:
    if first := second_step_first(visitor):
        return first
    is_in = any(line.cohort_id == offer.cohort_id for line in cohorts.enrolments_of(db.reading, visitor.user_id))
    if offer.state is not OfferState.OPEN and not is_in:
        return _closed(offer)
    form = OpstapForm()
    if not form.validate_on_submit():
        return page("auth/join_as.html", form, offer=offer, is_in=is_in, trainers=_trainers_of(offer))
    try:
        enrolment_id = joining.join(db.session, visitor.user_id, offer, now=now)
    except (CohortFull, CodeExpired):
        return _closed(offer)
    except EnrolmentEnded:
        return _closed(offer, has_ended=True)
    except OtherDomain as error:
        form.form_errors.append(other_domain_words(error))
        return page("auth/join_as.html", form, offer=offer, is_in=is_in, trainers=_trainers_of(offer))
    db.session.commit()
    choose_enrolment(enrolment_id)
    tell(_("You are in the cohort %(cohort)s.", cohort=offer.cohort_name))
    return see(MY_COURSE)


def _join_as_newcomer(offer: JoinOffer, now: datetime) -> ResponseReturnValue:
    if offer.state is not OfferState.OPEN:
        return _closed(offer)
    form = NewcomerForm()
    if not form.validate_on_submit():
        return page("auth/join.html", form, offer=offer, trainers=_trainers_of(offer))
    began = time.monotonic()
    buckets = throttle.letter_buckets(house().key, form.email.data, address_here())
    throttle.take_turn(db.session, buckets[0])
    if throttle.is_blocked(db.session, buckets, now):
        return too_many("auth/join.html", form, offer=offer, trainers=_trainers_of(offer))
    throttle.note_failure(db.session, buckets, now)
    name, email = form.name.data, form.email.data
    try:
        joining.ask_to_join(db.session, offer, name, email, language_here(), key=house().key, now=now)
    except OtherDomain as error:
        db.session.rollback()
        form.email.errors = [other_domain_words(error)]
        return page("auth/join.html", form, offer=offer, trainers=_trainers_of(offer))
    db.session.commit()
    return mail_is_on_its_way(email, "join", offer.key, began=began)


def other_domain_words(error: OtherDomain) -> str:
    """Say which addresses a code is for."""
    domains = ", ".join(error.domains)
    return str(
        _("This code is for addresses at %(domains)s. Use yours there, or ask who gave you the code.", domains=domains)
    )


def _closed(offer: JoinOffer, *, has_ended: bool = False) -> ResponseReturnValue:
    """Say why nobody, or not this person, can join the cohort by this code."""
    return render_template("auth/closed.html", offer=offer, has_ended=has_ended), HTTPStatus.GONE


def _trainers_of(offer: JoinOffer) -> tuple[str, ...]:
    return cohorts.trainers_of(db.reading, offer.cohort_id)
