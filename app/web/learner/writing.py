"""What learners do with what they write, beside handing it in: drafts that save themselves, a choice between two
texts, who may read a reflection, its deletion."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.records import reflecting
from app.records.accounts import Visitor
from app.records.reflecting import Level, NoReflection, StaleReflection
from app.web.access import learner_here, signed_enrolment
from app.web.drafting import DraftedForm, NotTaken
from app.web.extensions import READING_METHODS, db
from app.web.forms import OpstapForm
from app.web.learner.outline import frame_of
from app.web.learner.steps.drafted import DraftedPage
from app.web.learner.steps.reflect import ICONS, ReflectForm, ReflectPage, is_only_set_back, new_readers
from app.web.learner.wing import bp, page_of, shown
from app.web.pages import find_step, learner_course, path_of, tell

# ---- drafts ----------------------------------------------------------------------------------


@bp.post("/modules/<module_slug>/<step_slug>/draft")
def draft(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Save what is being typed, for a script."""
    visitor = learner_here()
    return _drafted_page(module_slug, step_slug).saved_for_a_script(visitor, now=datetime.now(UTC))


@bp.post("/modules/<module_slug>/<step_slug>/choose")
def choose(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Go on with a text that another tab kept (`take`), or let the others go (`drop`); first save what was typed."""
    visitor = learner_here()
    page = _drafted_page(module_slug, step_slug)
    form = page.form(visitor)
    try:
        page.choose(visitor, form, now=datetime.now(UTC))
    except NotTaken:
        db.session.rollback()
        return shown(page, form, visitor)
    db.session.commit()
    return redirect(path_of(page.step), HTTPStatus.SEE_OTHER)


def _drafted_page(module_slug: str, step_slug: str) -> DraftedPage[Any]:
    """Return the page of a step that keeps drafts, or answer 404."""
    page = page_of(find_step(module_slug, step_slug))
    return page if isinstance(page, DraftedPage) else abort(HTTPStatus.NOT_FOUND)


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
    if page.asks_before_sharing(str(asked), form.page_version, now=now):
        return _ask(page, form, visitor, now)
    refused = _why_not_shared(page, form, visitor, str(asked), now)
    if refused:
        tell(refused, "wait")
    else:
        tell(_("Only you can read this now.") if asked == Level.PRIVATE else _("You have changed who may read this."))
    is_kept = _save_typed(page, visitor, form, now)
    db.session.commit()
    return redirect(path_of(page.step), HTTPStatus.SEE_OTHER) if is_kept else _still_typed(page, form, visitor)


def _why_not_shared(page: ReflectPage, form: ReflectForm, visitor: Visitor, asked: str, now: datetime) -> str:
    """Change who may read a reflection; say why where that was not done, else nothing."""
    if page.has_new_readers(asked, visitor):
        return new_readers()
    try:
        reflecting.change_level(db.session, visitor, page.step, level=asked, version=form.page_version, now=now)
    except (NoReflection, StaleReflection) as refused:
        db.session.rollback()
        if isinstance(refused, StaleReflection) and is_only_set_back(refused.standing, form.page_version):
            return new_readers()
        return str(_("The text was replaced after you opened this page, so who may read it was not changed."))
    return ""


def _still_typed(page: ReflectPage, form: ReflectForm, visitor: Visitor) -> ResponseReturnValue:
    """Show the reflection as it stands now, with what was typed still in the form: it could not be kept."""
    page.standing = reflecting.reflection_of(db.session, visitor, page.step)
    form.version.data = str(page.standing.version if page.standing else 0)
    return shown(page, form, visitor)


def _ask(page: ReflectPage, form: ReflectForm, visitor: Visitor, now: datetime) -> ResponseReturnValue:
    """Show the step with what is asked before its text is shared; what was typed is kept, nothing of the concern."""
    _save_typed(page, visitor, form, now)
    db.session.commit()
    kept = page.draft(visitor)
    form.draft_version.data = str(kept.version if kept else 0)
    status, is_unsaved = HTTPStatus.UNPROCESSABLE_ENTITY, page.has_news(visitor)
    return shown(page, form, visitor, status=status, is_unsaved=is_unsaved)


def _save_typed(page: ReflectPage, visitor: Visitor, form: DraftedForm, now: datetime) -> bool:
    """Keep what stood in the form, when it is another text than the one that was handed in.

    Returns False where it cannot be kept: then only the form holds it, and says so.
    """
    if page.standing is None or page.text_sent == page.standing.text:
        return True
    try:
        page.save_or_say(visitor, form, now=now)
    except NotTaken:
        return False
    return True


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
        frame=frame_of(learner_course(), visitor, page.step),
        visitor=visitor,
        enrolment=signed_enrolment(visitor),
        standing=standing,
    )


def _reflect_page(module_slug: str, step_slug: str) -> ReflectPage:
    """Return the page of a reflection, or answer 404."""
    page = page_of(find_step(module_slug, step_slug))
    return page if isinstance(page, ReflectPage) else abort(HTTPStatus.NOT_FOUND)
