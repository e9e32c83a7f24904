"""What My course tells about many steps at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.files.shelf import Shelf
from app.course.steps.quiz_step import QuizStep
from app.records import drafts
from app.records.models import Attempt
from app.records.overview import Tried, waiting_of
from tests.makers import NOW, make_enrolment, make_visitor


@pytest.fixture(scope="module")
def course() -> Course:
    return Shelf(Path("tests/courses/small")).course()


def make_attempt(session: Session, enrolment_id: int, slug: str, points: int, max_points: int, number: int) -> None:
    session.add(
        Attempt(
            enrolment_id=enrolment_id, quiz_slug=slug, quiz_revision="r", step_key="01-map/check", number=number,
            deed_key=f"{slug}-{number}", language="en", shuffle_seed=1, points=points, max_points=max_points,
            passed=False, submitted_at=NOW,
        )
    )  # fmt: skip
    session.flush()


def quiz_steps(course: Course) -> list[QuizStep]:
    return [step for step in course.steps if isinstance(step, QuizStep)]


def test_attempts_are_counted_and_the_best_share_of_points_is_told(session: Session, course: Course) -> None:
    visitor = make_visitor(session)
    assert visitor.enrolment_id
    quiz = quiz_steps(course)[0].quiz
    for number, (points, max_points) in enumerate([(3, 9), (4, 10), (2, 9)], start=1):
        make_attempt(session, visitor.enrolment_id, quiz.slug, points, max_points, number)
    assert waiting_of(session, visitor, [quiz], []).tried == {quiz.slug: Tried(3, 4, 10)}


def test_attempts_under_a_former_name_of_the_quiz_count_with_the_others(session: Session, course: Course) -> None:
    visitor = make_visitor(session)
    assert visitor.enrolment_id
    quiz = quiz_steps(course)[0].quiz.model_copy(update={"former": ("old-name",)})
    make_attempt(session, visitor.enrolment_id, "old-name", 1, 9, 1)
    make_attempt(session, visitor.enrolment_id, quiz.slug, 5, 9, 1)
    assert waiting_of(session, visitor, [quiz], []).tried == {quiz.slug: Tried(2, 5, 9)}


def test_a_draft_is_told_until_it_is_dropped(session: Session, course: Course) -> None:
    visitor = make_visitor(session)
    step = course.steps[1]
    drafts.save_draft(session, visitor, step, {"text": ["Half a thought"]}, version=0, now=NOW)
    assert waiting_of(session, visitor, [], [step]).drafts == {step.key: NOW}
    drafts.drop_draft(session, visitor, step)
    assert waiting_of(session, visitor, [], [step]).drafts == {}


def test_of_a_renamed_step_the_newest_draft_is_told(session: Session, course: Course) -> None:
    visitor = make_visitor(session)
    before, after = course.steps[0], course.steps[1]
    renamed = after.model_copy(update={"former": (before.key,)})
    drafts.save_draft(session, visitor, before, {"text": ["One"]}, version=0, now=NOW + timedelta(hours=1))
    drafts.save_draft(session, visitor, after, {"text": ["Two"]}, version=0, now=NOW)
    assert waiting_of(session, visitor, [], [renamed]).drafts == {after.key: NOW + timedelta(hours=1)}


def test_what_others_began_is_never_told(session: Session, course: Course) -> None:
    somebody, visitor = make_visitor(session), make_visitor(session, enrolment=make_enrolment(session))
    assert somebody.enrolment_id
    quiz = quiz_steps(course)[0].quiz
    make_attempt(session, somebody.enrolment_id, quiz.slug, 1, 9, 1)
    drafts.save_draft(session, somebody, course.steps[1], {"text": ["Mine"]}, version=0, now=NOW)
    waiting = waiting_of(session, visitor, [quiz], course.steps)
    assert (dict(waiting.tried), dict(waiting.drafts)) == ({}, {})


def test_it_is_one_statement_for_all_and_none_for_nothing(session: Session, engine: Engine, course: Course) -> None:
    visitor = make_visitor(session)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cu, statement, *_rest: statements.append(statement))
    waiting_of(session, visitor, [], [])
    assert statements == []
    waiting_of(session, visitor, [step.quiz for step in quiz_steps(course)], course.steps)
    assert len(statements) == 1
