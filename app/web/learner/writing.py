"""What learners write, beside handing it in: drafts that save themselves, a choice between two texts, who may read
a reflection, its deletion; and attempts, to be read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import escape

from app.course.content import Course, Term
from app.course.parts import Rich, StepBase
from app.course.rules.progress import next_step, progress
from app.course.steps.quiz_step import QuizStep
from app.records import attempts, drafts, reflecting
from app.records.accounts import Visitor
from app.records.attempts import AnswerRead, AttemptRead
from app.records.drafts import DraftTooLarge, TooManyTexts
from app.records.reflecting import Level, NoReflection, StaleReflection
from app.web.access import learner_here, signed_enrolment
from app.web.extensions import READING_METHODS, db, house
from app.web.forms import OpstapForm
from app.web.keeping import person_sign
from app.web.learner.fields import Verdict
from app.web.learner.onward import tell
from app.web.learner.outline import frame_of
from app.web.learner.routes import bp, page_of
from app.web.learner.steps.drafted import DraftedForm, DraftedPage
from app.web.learner.steps.page import NotTaken
from app.web.learner.steps.quiz import deed_key
from app.web.learner.steps.reflect import ICONS, ReflectPage
from app.web.pages import current_course, find_step, path_of

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
        tell(_("Another text stands there since you opened this page, so who may read it was not changed."), "wait")
    else:
        tell(_("Only you can read this now.") if asked == Level.PRIVATE else _("Who may read this is changed."))
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


# ---- attempts --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question of an attempt, seen again: its text, what it earned, and how each option went."""

    number: int
    text: Rich
    points: int
    max_points: int
    counted: str
    verdicts: tuple[Verdict, ...]
    given: tuple[str, ...]
    """What was given, for a question whose kind is gone; then there are no verdicts."""

    @property
    def is_whole(self) -> bool:
        """Whether it earned all its points."""
        return self.points == self.max_points


@bp.get("/attempts/<int:attempt_id>")
def attempt(attempt_id: int) -> ResponseReturnValue:
    """Show an attempt in the wording that was answered, with right, wrong and why."""
    visitor = learner_here()
    found = attempts.attempt_of(db.session, visitor, attempt_id, kinds=house().shelf.question_kinds)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    course = current_course()
    step = course.step_by_key.get(found.step_key)
    quiz_step = step if isinstance(step, QuizStep) else None
    made = attempts.attempts_of(db.session, visitor, quiz_step.quiz) if quiz_step else ()
    questions = [_reviewed(found, answer, number) for number, answer in enumerate(found.answers, 1)]
    return render_template(
        "learner/attempt.html",
        visitor=visitor,
        attempt=found,
        needed=-(-found.max_points * found.pass_mark // 100),
        questions=questions,
        terms=_terms(course, questions),
        step=quiz_step,
        page=page_of(quiz_step) if quiz_step else None,
        frame=frame_of(course, visitor, quiz_step) if quiz_step else None,
        made=made,
        person=person_sign(visitor),
        deed_key=deed_key(visitor, quiz_step.quiz, found.number) if quiz_step else "",
        can_try_again=quiz_step is not None
        and (quiz_step.quiz.attempts is None or len(made) < quiz_step.quiz.attempts),
        direction=_direction_of(found.language),
        onward=_onward(course, visitor, quiz_step),
    )


def _reviewed(found: AttemptRead, answer: AnswerRead, number: int) -> Reviewed:
    question = answer.question
    kind = house().fields.get(type(question)) if question is not None else None
    if question is None or kind is None:
        return Reviewed(number, answer.text, answer.points, 0, "", (), answer.given)
    field = kind(question, seed=found.shuffle_seed, shuffle=found.shuffle)
    return Reviewed(
        number=number,
        text=answer.text,
        points=answer.points,
        max_points=question.max_points,
        counted=field.counted(answer.given),
        verdicts=tuple(field.verdicts(answer.given)),
        given=answer.given,
    )


def _terms(course: Course, questions: Sequence[Reviewed]) -> tuple[Term, ...]:
    """Return the terms that an attempt's texts link to, explained as the course does today."""
    verdicts = [verdict for question in questions for verdict in question.verdicts]
    texts = [*(question.text for question in questions), *(v.said for v in verdicts), *(v.why for v in verdicts)]
    return course.terms_in(" ".join(str(escape(text)) for text in texts))


def _direction_of(language: str) -> str:
    """Return how a language of the course is written; `auto` for one that the course has left."""
    shelf = house().shelf
    return shelf.course(language).direction if language in shelf.languages else "auto"


def _onward(course: Course, visitor: Visitor, step: StepBase | None) -> str:
    """Return the address to go on to after an attempt."""
    onward = next_step(progress(course, visitor.done_keys), step.key if step else None)
    if onward is not None and (step is None or onward.key != step.key):
        return path_of(onward)
    return url_for("learner.my_course")
