"""An attempt at a quiz, read again: in the wording that was answered, with right, wrong and why."""

from http import HTTPStatus

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from app.course.content import Course
from app.course.parts import StepBase
from app.course.rules.progress import next_step, progress
from app.course.steps.quiz_step import QuizStep
from app.records import attempts
from app.records.accounts import Visitor
from app.web.access import learner_here
from app.web.attempt_view import direction_of, reviewed, terms_in
from app.web.extensions import db, house
from app.web.learner.outline import frame_of
from app.web.learner.steps.quiz import deed_key
from app.web.learner.wing import bp, page_of
from app.web.pages import learner_course, path_of


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
    questions = reviewed(found)
    return render_template(
        "learner/attempt.html",
        visitor=visitor,
        attempt=found,
        questions=questions,
        terms=terms_in(course, questions),
        step=quiz_step,
        page=page_of(quiz_step) if quiz_step else None,
        frame=frame_of(course, visitor, quiz_step) if quiz_step else None,
        made=made,
        deed_key=deed_key(visitor, quiz_step.quiz, found.number) if quiz_step else "",
        can_try_again=quiz_step is not None and quiz_step.quiz.attempts_left(len(made)) != 0,
        direction=direction_of(found.language),
        onward=_onward(course, visitor, quiz_step),
    )


def _onward(course: Course, visitor: Visitor, step: StepBase | None) -> str:
    """Return the address to go on to after an attempt."""
    onward = next_step(progress(course, visitor.done_keys), step.key if step else None)
    if onward is not None and (step is None or onward.key != step.key):
        return path_of(onward)
    return url_for("learner.my_course")
