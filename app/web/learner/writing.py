"""What learners do with what they write, beside handing it in: drafts that save themselves, a choice between two
texts, who may read a reflection, its deletion."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.records import drafts, reflecting
from app.records.accounts import Visitor
from app.records.drafts import DraftTooLarge, TooManyTexts
from app.records.reflecting import Level, NoReflection, StaleReflection
from app.web.access import learner_here, signed_enrolment
from app.web.extensions import READING_METHODS, db
from app.web.forms import OpstapForm
from app.web.learner.outline import frame_of
from app.web.learner.routes import bp, page_of
from app.web.learner.steps.drafted import DraftedForm, DraftedPage
from app.web.learner.steps.page import NotTaken
from app.web.learner.steps.reflect import ICONS, ReflectPage
from app.web.pages import current_course, find_step, path_of, tell

# ---- drafts ----------------------------------------------------------------------------------


@bp.post("/modules/<module_slug>/<step_slug>/draft")
def draft(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Save what is being typed, for a script: 204, or 409 when another tab had saved since and both are kept.

    `Draft-Version` is the version to build on, `Draft-Words` says when it was saved, quoted as in an address.
    """
    visitor = learner_here()
    page = _drafted_page(module_slug, step_slug)
    now = datetime.now(UTC)
    try:
        saved = page.save(visitor, page.form(visitor), now=now)
    except DraftTooLarge:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except TooManyTexts:
        abort(HTTPStatus.UNPROCESSABLE_ENTITY)
    db.session.commit()
    response = Response(status=HTTPStatus.CONFLICT if saved.conflict else HTTPStatus.NO_CONTENT)
    response.headers["Draft-Version"] = str(saved.version)
    response.headers["Draft-Words"] = quote(page.saved_words(now))
    return response


@bp.post("/modules/<module_slug>/<step_slug>/choose")
def choose(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Go on with a text that another tab kept (`take`), or let the others go (`drop`); first save what was typed."""
    visitor = learner_here()
    page = _drafted_page(module_slug, step_slug)
    form = page.form(visitor)
    now = datetime.now(UTC)
    try:
        saved = page.save_or_say(visitor, form, now=now)
    except NotTaken:
        db.session.rollback()
        tell(_first_error(form), "wrong")
        return redirect(path_of(page.step), HTTPStatus.SEE_OTHER)
    if sign := request.form.get("take"):
        page.take_other(visitor, sign, now=now)
    elif "drop" in request.form and not saved.conflict:
        drafts.drop_other(db.session, visitor, page.step, version=saved.version, now=now)
    db.session.commit()
    return redirect(path_of(page.step), HTTPStatus.SEE_OTHER)


def _drafted_page(module_slug: str, step_slug: str) -> DraftedPage[Any]:
    """Return the page of a step that keeps drafts, or answer 404."""
    page = page_of(find_step(module_slug, step_slug))
    return page if isinstance(page, DraftedPage) else abort(HTTPStatus.NOT_FOUND)


def _first_error(form: DraftedForm) -> str:
    return next((str(words) for words in form.form_errors), "")


# ---- reflections -----------------------------------------------------------------------------


@bp.post("/modules/<module_slug>/<step_slug>/level")
def level(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Change who may read a reflection; a text that was being typed is saved as a draft."""
    visitor = learner_here()
    page = _reflect_page(module_slug, step_slug)
    form = page.form(visitor)
    now = datetime.now(UTC)
    asked = Level.PRIVATE if "take_back" in request.form else request.form.get("level")
    if asked not in ICONS:
        abort(HTTPStatus.BAD_REQUEST)
    try:
        reflecting.change_level(db.session, visitor, page.step, level=str(asked), version=form.page_version, now=now)
    except (NoReflection, StaleReflection):
        db.session.rollback()
        tell(_("The text was replaced after you opened this page, so who may read it was not changed."), "wait")
    else:
        tell(_("Only you can read this now.") if asked == Level.PRIVATE else _("You have changed who may read this."))
    _save_typed(page, visitor, form, now)
    db.session.commit()
    return redirect(path_of(page.step), HTTPStatus.SEE_OTHER)


def _save_typed(page: ReflectPage, visitor: Visitor, form: DraftedForm, now: datetime) -> None:
    """Keep what stood in the form, when it is another text than the one that was handed in."""
    typed = "".join(page.typed().get("text", [])).replace("\r\n", "\n").strip()
    if page.standing is None or typed == page.standing.text:
        return
    try:
        page.save_or_say(visitor, form, now=now)
    except NotTaken:
        tell(_first_error(form), "wrong")


@bp.route("/modules/<module_slug>/<step_slug>/delete", methods=["GET", "POST"])
def delete(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Ask whether a reflection is to be deleted with its earlier texts; delete it when the button is pressed."""
    visitor = learner_here()
    page = _reflect_page(module_slug, step_slug)
    if request.method not in READING_METHODS:
        reflecting.delete_reflection(db.session, visitor, page.step, now=datetime.now(UTC))
        db.session.commit()
        tell(_("Your text and its earlier versions are deleted. The step stays done."))
        return redirect(path_of(page.step), HTTPStatus.SEE_OTHER)
    standing = reflecting.reflection_of(db.session, visitor, page.step)
    if standing is None or standing.newest is None:
        return redirect(path_of(page.step), HTTPStatus.SEE_OTHER)
    return render_template(
        "learner/steps/reflect_delete.html",
        page=page,
        form=OpstapForm(),
        frame=frame_of(current_course(), visitor, page.step),
        visitor=visitor,
        enrolment=signed_enrolment(visitor),
        standing=standing,
    )


def _reflect_page(module_slug: str, step_slug: str) -> ReflectPage:
    """Return the page of a reflection, or answer 404."""
    page = page_of(find_step(module_slug, step_slug))
    return page if isinstance(page, ReflectPage) else abort(HTTPStatus.NOT_FOUND)
