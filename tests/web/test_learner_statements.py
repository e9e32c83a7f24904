"""How many statements a page costs: the same with one row as with many, on both databases."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.course.content import Course
from app.records import bookmarks, drafts, learning
from app.records.accounts import Visitor
from app.records.models import Attempt
from app.web.extensions import engine_of
from tests.makers import NOW, make_enrolment
from tests.racing import counted
from tests.web.conftest import Browser, small_shelf
from tests.web.html import fields_of

SIGNS = "/modules/01-map/signs"
Count = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(params=[1, 50])
def history(request: pytest.FixtureRequest, learner: Visitor, session: Session) -> int:
    """Give the learner that many attempts and the cohort that many others; drafts wait at all that is missing."""
    course: Course = small_shelf().course()
    quiz = course.quizzes["map-signs"]
    for number in range(1, request.param + 1):
        session.add(
            Attempt(
                enrolment_id=learner.enrolment_id, quiz_slug=quiz.slug, quiz_revision="r", step_key="01-map/check",
                number=number, deed_key=str(number), language="en", shuffle_seed=1, points=1,
                max_points=quiz.max_points, passed=False, submitted_at=NOW,
            )
        )  # fmt: skip
        make_enrolment(session)
    for key in ("01-map/your-walk", "01-map/check", "02-walk/look-back"):
        drafts.save_draft(session, learner, course.step_by_key[key], {"text": ["Half"]}, version=0, now=NOW)
    session.commit()
    return int(request.param)


@pytest.fixture
def cost(app: Flask) -> Count:
    """Count the statements that something costs the app: `with cost() as statements:`."""
    return lambda: counted(Session(engine_of(app)))


def test_a_step_to_read_is_one_statement(learner: Visitor, history: int, reader: Browser, cost: Count) -> None:
    with cost() as statements:
        reader.visit(SIGNS)
    assert len(statements) == 1, statements


def test_a_step_that_was_done_is_one_statement_too(
    learner: Visitor, history: int, reader: Browser, session: Session, cost: Count
) -> None:
    complete(session, learner, "01-map/signs")
    with cost() as statements:
        reader.visit(SIGNS)
    assert len(statements) == 1, statements


def test_a_step_that_is_not_open_yet_is_one_statement(
    learner: Visitor, history: int, reader: Browser, cost: Count
) -> None:
    with cost() as statements:
        reader.visit("/modules/02-walk/look-back", status=403)
    assert len(statements) == 1, statements


def test_my_course_is_three_statements_before_anything_is_finished(
    learner: Visitor, history: int, reader: Browser, cost: Count
) -> None:
    with cost() as statements:
        page = reader.visit("/my-course")
    assert len(statements) == 3, statements
    assert f"{history} times" in page.text_of("main") or "Tried once" in page.text_of("main")


def test_my_course_is_four_statements_once_a_module_is_finished(
    learner: Visitor, history: int, reader: Browser, session: Session, cost: Count
) -> None:
    complete(session, learner, *(step.key for step in small_shelf().course().modules[1].steps))
    with cost() as statements:
        page = reader.visit("/my-course")
    assert len(statements) == 4, statements
    assert "finished on 19 November" in page.text_of("main")


def test_to_complete_a_step_costs_the_same_however_much_there_is(
    learner: Visitor, history: int, reader: Browser, cost: Count
) -> None:
    fields = fields_of(reader.visit(SIGNS).form(action=SIGNS))
    with cost() as statements:
        assert reader.client.post(SIGNS, data=fields).status_code == 303
    told = [statement for statement in statements if not statement.startswith("BEGIN")]
    assert len(told) == 5, told


def complete(session: Session, visitor: Visitor, *keys: str) -> None:
    """Complete steps, and commit."""
    course = small_shelf().course()
    for key in keys:
        learning.complete_step(session, visitor, course, course.step_by_key[key], now=NOW)
    session.commit()


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/glossary", 1),
        ("/modules/01-map/print", 1),
        ("/bookmarks", 2),
        ("/modules/01-map/print?mine=1", 2),
        ("/reflections", 4),
    ],
)
def test_the_pages_to_find_ones_way_cost_a_few_statements(
    learner: Visitor, history: int, reader: Browser, session: Session, cost: Count, path: str, count: int
) -> None:
    for step in small_shelf().course().steps:
        bookmarks.set_bookmark(session, learner, step, now=NOW)
    session.commit()
    with cost() as statements:
        reader.visit(path)
    assert len(statements) == count, statements
