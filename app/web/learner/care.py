"""The way around a step that touches something heavy: a short read that completes the step as the step itself does."""

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.course.parts import StepBase
from app.course.rules.progress import State
from app.records import learning
from app.records.accounts import Visitor
from app.web.access import learner_here, signed_enrolment
from app.web.extensions import READING_METHODS, db
from app.web.learner.onward import go_on_from
from app.web.learner.outline import Frame, frame_of
from app.web.learner.steps.said import SaidForm
from app.web.learner.wing import bp, page_of
from app.web.pages import find_step, learner_course, path_of, tell


@bp.route("/modules/<module_slug>/<step_slug>/around", methods=["GET", "POST"])
def around(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Show the way around a step; complete the step for who read that instead."""
    visitor = learner_here()
    step = find_step(module_slug, step_slug)
    care = step.care or abort(HTTPStatus.NOT_FOUND)
    course = learner_course()
    frame = frame_of(course, visitor, step)
    if frame.state is State.LOCKED:
        return _locked(step, frame, visitor)
    form = SaidForm()
    if form.validate_on_submit():
        try:
            learning.complete_step(db.session, visitor, course, step, now=datetime.now(UTC))
        except learning.StepLocked:
            db.session.rollback()
            return _say_locked(step)
        db.session.commit()
        return redirect(go_on_from(course, visitor, step), HTTPStatus.SEE_OTHER)
    return render_template(
        "learner/around.html",
        page=page_of(step),
        around=care.around,
        frame=replace(frame, terms=course.terms_of(care.around)),
        form=form,
        visitor=visitor,
        enrolment=signed_enrolment(visitor),
    ), HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _locked(step: StepBase, frame: Frame, visitor: Visitor) -> ResponseReturnValue:
    """Say which step comes first."""
    if request.method not in READING_METHODS:
        return _say_locked(step)
    page = page_of(step)
    return render_template("learner/locked.html", page=page, frame=frame, visitor=visitor), HTTPStatus.FORBIDDEN


def _say_locked(step: StepBase) -> ResponseReturnValue:
    """Go to the step, which says what comes first: an earlier one may have been taken back in another tab."""
    tell(_("This was not accepted: another step comes first now."), "wait")
    return redirect(path_of(step), HTTPStatus.SEE_OTHER)
