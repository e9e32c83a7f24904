"""The learner's pages: my course, one view for a step of any kind, and the pictures beside the steps."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import abort, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.course.parts import Change, Completes, StepBase
from app.course.rules.progress import progress
from app.course.steps.quiz_step import QuizStep
from app.course.steps.read import ReadStep
from app.course.steps.reflect import ReflectStep
from app.course.steps.resources import ResourcesStep
from app.records import accounts, cohorts, granting, learning, overview
from app.records.accounts import Visitor
from app.web.access import choose_enrolment, learner_here, signed_enrolment, visitor_here
from app.web.drafting import NotTaken
from app.web.extensions import READING_METHODS, db, house
from app.web.headers import A_YEAR, PRIVATE
from app.web.learner.my_course import missing_quizzes, missing_with_drafts
from app.web.learner.my_course import my_course as view_of_my_course
from app.web.learner.news import new_replies
from app.web.learner.outline import frame_of, place_in
from app.web.learner.seen import is_seen
from app.web.learner.steps.page import StepPage
from app.web.learner.steps.quiz import QuizPage
from app.web.learner.steps.read import ReadPage
from app.web.learner.steps.reflect import ReflectPage
from app.web.learner.steps.resources import ResourcesPage
from app.web.learner.wing import bp, page_of, shown
from app.web.pages import MY_COURSE, find_step, learner_course, local_day, path_of, tell

STEP_PAGES: Mapping[type[StepBase], type[StepPage[Any]]] = {
    ReadStep: ReadPage,
    ReflectStep: ReflectPage,
    QuizStep: QuizPage,
    ResourcesStep: ResourcesPage,
}


# ---- my course -------------------------------------------------------------------------------


@bp.get(MY_COURSE)
def my_course() -> ResponseReturnValue:
    """Say where one is in the course, and what is still missing."""
    visitor = visitor_here() or abort(HTTPStatus.UNAUTHORIZED)
    if visitor.enrolment_id is None:
        return render_template("learner/no_cohort.html", visitor=visitor)
    course = learner_course()
    so_far = progress(course, visitor.done_keys)
    view = view_of_my_course(
        course,
        visitor,
        so_far,
        waiting=overview.waiting_of(db.session, visitor, missing_quizzes(so_far), missing_with_drafts(so_far)),
        finished_at=_finished_at(visitor) if any(m.finished for m in so_far.modules) else {},
        changes=learning.changes_to_show(db.session, visitor, course),
        granted=granting.grants_of(db.session, visitor.enrolment_id) if visitor.granted else (),
        today=local_day(datetime.now(UTC)),
    )
    return render_template("learner/my_course.html", visitor=visitor, view=view, news=new_replies(visitor))


def _finished_at(visitor: Visitor) -> Mapping[str, datetime]:
    return learning.module_finished_at(db.session, visitor.enrolment_id)


@bp.route(MY_COURSE + "/cohorts", methods=["GET", "POST"])
def choose_cohort() -> ResponseReturnValue:
    """Show the cohorts that one is in; go on in the one that is chosen."""
    visitor = learner_here()
    if request.method in READING_METHODS:
        mine = cohorts.enrolments_of(db.session, visitor.user_id)
        enrolment = signed_enrolment(visitor)
        return render_template("learner/cohorts.html", visitor=visitor, mine=mine, enrolment=enrolment)
    chosen = request.form.get("cohort", type=int) or abort(HTTPStatus.BAD_REQUEST)
    there = accounts.visitor_of(db.reading, visitor.user_id, visitor.stamp, chosen)
    if there is None or there.enrolment_id is None:
        abort(HTTPStatus.NOT_FOUND)
    choose_enrolment(there.enrolment_id)
    tell(_("You go on in %(cohort)s.", cohort=there.cohort_name))
    return redirect(MY_COURSE, HTTPStatus.SEE_OTHER)


# ---- a step ----------------------------------------------------------------------------------


@bp.get("/modules/<module_slug>")
def module(module_slug: str) -> ResponseReturnValue:
    """Go to where one is in a module."""
    visitor = learner_here()
    course = learner_course()
    found = course.module_by_slug.get(module_slug) or abort(HTTPStatus.NOT_FOUND)
    so_far = progress(course, visitor.done_keys).of(found)
    return redirect(path_of(place_in(so_far, visitor.last_step_key)))


@bp.route("/modules/<module_slug>/<step_slug>", methods=["GET", "POST"])
def step(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Show a step of any kind; take what a learner does with it."""
    visitor = learner_here()
    page = page_of(find_step(module_slug, step_slug))
    if progress(learner_course(), visitor.done_keys).is_locked(page.step):
        return _locked(page, visitor)
    form = page.form(visitor)
    if form.validate_on_submit():
        try:
            onward = page.take(form, visitor, now=datetime.now(UTC))
        except NotTaken:
            db.session.rollback()
        except learning.StepLocked:
            db.session.rollback()
            return _kept_while_locked(page, visitor)
        else:
            db.session.commit()
            return redirect(onward, HTTPStatus.SEE_OTHER)
    changes = _changes(visitor, page.step)
    _note_told(visitor, page.step, changes)
    return shown(page, form, visitor, changes=changes)


@bp.post("/modules/<module_slug>/<step_slug>/take-back")
def take_back(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Take back that a step was done, where it was done by saying so."""
    visitor = learner_here()
    found = find_step(module_slug, step_slug)
    if found.completes is Completes.SAID:
        learning.take_back_step(db.session, visitor, learner_course(), found, now=datetime.now(UTC))
        db.session.commit()
        tell(_("‘%(title)s’ is open again.", title=found.title))
    else:
        tell(_("This step stays done. You can always do it again."), "wait")
    return redirect(path_of(found), HTTPStatus.SEE_OTHER)


@bp.get("/modules/<module_slug>/img/<name>")
def picture(module_slug: str, name: str) -> ResponseReturnValue:
    """Show a picture that lies beside the steps of a module; its address on a page changes with the picture."""
    file = house().shelf.image(module_slug, name) or abort(HTTPStatus.NOT_FOUND)
    response = send_file(file)
    response.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable" if "v" in request.args else PRIVATE
    return response


def _locked(page: StepPage[Any], visitor: Visitor) -> ResponseReturnValue:
    """Say which step comes first."""
    if request.method not in READING_METHODS:
        return _kept_while_locked(page, visitor)
    frame = frame_of(learner_course(), visitor, page.step)
    return render_template("learner/locked.html", page=page, frame=frame, visitor=visitor), HTTPStatus.FORBIDDEN


def _kept_while_locked(page: StepPage[Any], visitor: Visitor) -> ResponseReturnValue:
    """Keep what was sent, and go and say which step comes first.

    Somebody who had the page open may have taken an earlier step back in another tab.
    """
    page.keep(visitor, now=datetime.now(UTC))
    db.session.commit()
    words = _("This was not accepted: another step comes first now.")
    tell(words if page.step.completes is Completes.SAID else words + " " + _("What you typed is kept."), "wait")
    return redirect(path_of(page.step), HTTPStatus.SEE_OTHER)


def _changes(visitor: Visitor, step: StepBase) -> Mapping[str, Sequence[Change]]:
    """Return by step key what changed in substance since the visitor did a step; nothing where no step beside it did.

    The outline names the others of its module.
    """
    course = learner_course()
    improved = [one for one in course.module_by_slug[step.module_slug].steps if one.changes]
    if not any(_may_have_changed(visitor, one) for one in improved):
        return {}
    return learning.changes_to_show(db.session, visitor, course)


def _note_told(visitor: Visitor, step: StepBase, changes: Mapping[str, Sequence[Change]]) -> None:
    """Note that the changes of a step were told: they are told once."""
    if step.key in changes and is_seen():
        learning.mark_seen(db.writing(), visitor, step)
        db.writing().commit()


def _may_have_changed(visitor: Visitor, step: StepBase) -> bool:
    """Whether the visitor did the step, and any revision of it was left behind in its substance."""
    if not step.changes or visitor.done_keys.isdisjoint(step.keys):
        return False
    return any(step.substance_since(then) for then, _count in step.published)
