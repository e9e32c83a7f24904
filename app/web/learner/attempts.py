"""An attempt at a quiz, read again: in the wording that was answered, with right, wrong and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from app.course.content import Course, Term
from app.course.parts import Rich, StepBase
from app.course.rules.progress import next_step, progress
from app.course.steps.quiz_step import QuizStep
from app.records import attempts
from app.records.accounts import Visitor
from app.records.attempts import AnswerRead, AttemptRead
from app.web.access import learner_here
from app.web.extensions import db, house
from app.web.learner.fields import Verdict
from app.web.learner.outline import frame_of
from app.web.learner.steps.quiz import deed_key
from app.web.learner.wing import bp, page_of
from app.web.pages import learner_course, path_of


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
    course = learner_course()
    step = course.step_by_key.get(found.step_key)
    quiz_step = step if isinstance(step, QuizStep) else None
    made = attempts.attempts_of(db.session, visitor, quiz_step.quiz) if quiz_step else ()
    questions = [_reviewed(found, answer, number) for number, answer in enumerate(found.answers, 1)]
    return render_template(
        "learner/attempt.html",
        visitor=visitor,
        attempt=found,
        questions=questions,
        terms=_terms(course, questions),
        step=quiz_step,
        page=page_of(quiz_step) if quiz_step else None,
        frame=frame_of(course, visitor, quiz_step) if quiz_step else None,
        made=made,
        deed_key=deed_key(visitor, quiz_step.quiz, found.number) if quiz_step else "",
        can_try_again=quiz_step is not None and quiz_step.quiz.attempts_left(len(made)) != 0,
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
