"""Bookmarks: the button beside every step, and the list of what is marked."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.course.parts import StepBase
from app.course.rules.progress import State
from app.records import bookmarks as marks
from app.records.accounts import Visitor
from app.web.access import learner_here, signed_enrolment
from app.web.drafting import NotTaken
from app.web.extensions import db
from app.web.learner.outline import frame_of
from app.web.learner.steps.drafted import DraftedPage
from app.web.learner.wing import bp, page_of, shown
from app.web.pages import find_step, learner_course, path_of, tell

BOOKMARKS = "/bookmarks"


@bp.get(BOOKMARKS)
def bookmarks() -> ResponseReturnValue:
    """List the steps that one marked, the newest mark first."""
    visitor = learner_here()
    return render_template(
        "learner/bookmarks.html",
        visitor=visitor,
        enrolment=signed_enrolment(visitor),
        marked=[(page_of(one.step), one) for one in marks.bookmarks_of(db.session, visitor, learner_course())],
    )


@bp.post("/modules/<module_slug>/<step_slug>/bookmark")
def bookmark(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Mark a step (`on` is 1), or take the mark away (0); from the list (`list`) one comes back to the list.

    Beside a form that is typed in, the button sends that form along: what stands in it is kept as a draft.
    """
    visitor = learner_here()
    step = find_step(module_slug, step_slug)
    now = datetime.now(UTC)
    if page := _with_what_cannot_be_kept(step, visitor, now):
        return page
    if request.form.get("on") == "1":
        marks.set_bookmark(db.session, visitor, step, now=now)
        tell(_("There is a bookmark at ‘%(title)s’ now.", title=step.title))
    elif request.form.get("on") == "0":
        marks.remove_bookmark(db.session, visitor, step)
        tell(_("The bookmark at ‘%(title)s’ is gone.", title=step.title))
    else:
        abort(HTTPStatus.BAD_REQUEST)
    db.session.commit()
    return redirect(BOOKMARKS if "list" in request.form else path_of(step), HTTPStatus.SEE_OTHER)


def _with_what_cannot_be_kept(step: StepBase, visitor: Visitor, now: datetime) -> ResponseReturnValue | None:
    """Keep what was typed beside the button; where that cannot be, return the step with all of it still in its form."""
    page = page_of(step)
    if not isinstance(page, DraftedPage):
        return None
    form = page.form(visitor)
    if not page.has_news(visitor):
        return None
    try:
        page.save_or_say(visitor, form, now=now)
    except NotTaken:
        db.session.rollback()
    else:
        return None
    # The page of a locked step is not to be seen; the browser still has the one before.
    if frame_of(learner_course(), visitor, step).state is State.LOCKED:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return shown(page, form, visitor)
