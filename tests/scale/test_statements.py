"""A cohort of 500 costs the statements that one of 5 costs, and a long history those of a short one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.course.steps.quiz_step import QuizStep
from app.records import attempts, bookmarks, drafts, learning, reflecting
from app.records.accounts import Visitor
from app.records.models import Attempt, Enrolment, Reflection, ReflectionRevision, StepCompletion, User
from app.web.extensions import engine_of
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, small_shelf
from tests.web.html import filled

pytestmark = pytest.mark.scale

SIGNS, WALK, QUIZ = (f"/modules/01-map/{slug}" for slug in ("signs", "your-walk", "check"))
GIVEN: dict[str, str | list[str]] = {
    "q-distance": "two",
    "q-steep": "close",
    "q-north": "true",
    "q-time": ["flat>twelve", "up>twenty"],
    "q-plan": ["choose", "measure", "reckon"],
    "q-word": "contour",
}


Deed = Callable[[Browser, Session, Visitor], object]


@dataclass(frozen=True)
class Size:
    """How much there is: learners in the cohort, attempts and versions of one of them, cohorts that they are in."""

    learners: int
    history: int
    cohorts: int


SMALL, LARGE = Size(learners=5, history=1, cohorts=2), Size(learners=500, history=200, cohorts=30)


def make_learner(session: Session, name: str, size: Size) -> Visitor:
    """Make a learner with a history in a cohort of this size; the others did as much."""
    user = make_user(session, email=f"{name}@example.org")
    cohort = make_cohort(session)
    for _other_cohort in range(size.cohorts - 1):
        make_enrolment(session, user=user, cohort=make_cohort(session))
    visitor = make_visitor(session, enrolment=make_enrolment(session, user=user, cohort=cohort))
    make_history(session, visitor, size.history)
    others = make_learners(session, name, cohort.id, size.learners)
    session.execute(insert(StepCompletion), [completion(enrolment_id) for enrolment_id in others])
    session.execute(insert(Attempt), [attempt(enrolment_id, 1) for enrolment_id in others])
    shared = session.scalars(insert(Reflection).returning(Reflection.id), [sharing(one) for one in others])
    session.execute(insert(ReflectionRevision), [revision(reflection_id, 1) for reflection_id in shared.all()])
    session.commit()
    return visitor


def make_learners(session: Session, name: str, cohort_id: int, count: int) -> list[int]:
    """Put so many learners into a cohort; return their enrolments' ids."""
    users = [
        {
            "email": f"{name}{number}@example.org",
            "name": f"Learner {number}",
            "sort_name": f"learner {number}",
            "language": "en",
            "session_stamp": f"{name}{number}",
            "created_at": NOW,
        }
        for number in range(count)
    ]
    ids = session.scalars(insert(User).returning(User.id), users).all()
    rows = [{"user_id": user_id, "cohort_id": cohort_id, "created_at": NOW} for user_id in ids]
    return list(session.scalars(insert(Enrolment).returning(Enrolment.id), rows))


def make_history(session: Session, learner: Visitor, count: int) -> None:
    """Let the learner try a quiz so often in vain, hand in so many versions of a text, and begin another attempt."""
    course = small_shelf().course()
    step = course.step_by_key["01-map/your-walk"]
    quiz = course.step_by_key["01-map/check"]
    assert isinstance(quiz, QuizStep)
    # The first by its verb, which writes all that belongs to it; the others as the rows that it would write.
    attempts.submit_quiz(session, learner, course, quiz, {}, deed_key="1", shuffle_seed=1, now=NOW)
    reflecting.submit_reflection(session, learner, course, step, text="Text 1", level="private", version=0, now=NOW)
    reflection_id = session.scalars(select(Reflection.id).filter_by(enrolment_id=learner.enrolment_id)).one()
    for number in range(2, count + 1):
        session.execute(insert(Attempt), [attempt(learner.enrolment_id, number)])
        session.execute(insert(ReflectionRevision), [revision(reflection_id, number)])
    drafts.save_draft(session, learner, quiz, {"q-word": ["contour"]}, version=0, now=NOW)
    learning.complete_step(session, learner, course, course.step_by_key["01-map/read-on"], now=NOW)
    for marked in course.steps[1 : min(count + 1, len(course.steps))]:
        bookmarks.set_bookmark(session, learner, marked, now=NOW)


def completion(enrolment_id: int) -> dict[str, object]:
    return {
        "enrolment_id": enrolment_id,
        "step_key": "01-map/signs",
        "step_revision": "r",
        "seen_revision": "r",
        "completed_at": NOW,
    }


def attempt(enrolment_id: int | None, number: int) -> dict[str, object]:
    return {
        "enrolment_id": enrolment_id,
        "quiz_slug": "map-signs",
        "quiz_revision": "r",
        "step_key": "01-map/check",
        "number": number,
        "deed_key": str(number),
        "language": "en",
        "shuffle_seed": 1,
        "points": 1,
        "max_points": 8,
        "passed": False,
        "submitted_at": NOW,
    }


def sharing(enrolment_id: int) -> dict[str, object]:
    shared = {"level": "cohort", "shared_from": 1, "shared_at": NOW}
    return shared | {"enrolment_id": enrolment_id, "step_key": "01-map/your-walk"}


def revision(reflection_id: int, number: int) -> dict[str, object]:
    return {
        "reflection_id": reflection_id,
        "number": number,
        "text": f"Text {number}",
        "language": "en",
        "submitted_at": NOW,
    }


# ---- what they do ------------------------------------------------------------------------------


def read_again(reader: Browser, rows: Session, learner: Visitor) -> None:
    """Open the first attempt."""
    first = rows.scalars(select(Attempt.id).filter_by(enrolment_id=learner.enrolment_id, number=1)).one()
    reader.visit(f"/attempts/{first}")


def save_draft(reader: Browser, _rows: Session, _learner: Visitor) -> None:
    """Type something."""
    form = reader.visit(WALK).form(having=["text"])
    answer = reader.client.post(f"{WALK}/draft", data=filled(form, {"text": "Half a text"}))
    assert answer.status_code == 204


def mark(reader: Browser, _rows: Session, _learner: Visitor) -> None:
    """Set a bookmark."""
    form = reader.visit(SIGNS).form(action=f"{SIGNS}/bookmark")
    assert reader.client.post(f"{SIGNS}/bookmark", data=filled(form, {"on": "1"})).status_code == 303


def visiting(path: str) -> Deed:
    """Open a page."""
    return lambda reader, _rows, _learner: reader.visit(path)


def sending(path: str, **given: str | list[str]) -> Deed:
    """Open a step and send its form, without following where that leads."""

    def send(reader: Browser, _rows: Session, _learner: Visitor) -> None:
        form = reader.visit(path).form(action=path, having=tuple(given))
        assert reader.client.post(path, data=filled(form, given)).status_code == 303

    return send


DEEDS: Mapping[str, Deed] = {
    "my course": visiting("/my-course"),
    "cohorts": visiting("/my-course/cohorts"),
    "account": visiting("/account"),
    "read": visiting(SIGNS),
    "reflect": visiting(WALK),
    "quiz": visiting(QUIZ),
    "an attempt read again": read_again,
    "a step completed": sending(SIGNS),
    "a quiz handed in": sending(QUIZ, **GIVEN),
    "a text handed in": sending(WALK, text="The newest text."),
    "a draft saved": save_draft,
    "a step marked": mark,
    "bookmarks": visiting("/bookmarks"),
    "glossary": visiting("/glossary"),
    "search": visiting("/search?q=map"),
    "a module on paper": visiting("/modules/01-map/print"),
    "a module on paper, with one's own texts": visiting("/modules/01-map/print?mine=1"),
    "one's own texts": visiting("/reflections"),
}


def costs_the_same(app: Flask, session: Session, rows: Session, deed: Deed) -> None:
    """Check that a deed costs the same statements with few rows and with many."""
    costs: list[list[str]] = []
    for name, size in (("few", SMALL), ("many", LARGE)):
        learner = make_learner(session, name, size)
        reader = Browser(app.test_client())
        reader.sign_in(learner)
        with counted(Session(engine_of(app))) as statements:
            deed(reader, rows, learner)
        costs.append(statements)
    few, many = costs
    assert len(few) > 0
    assert many == few


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_large_cohort_and_a_long_history_cost_as_many_statements_as_small_ones(
    app: Flask, session: Session, rows: Session, deed: Deed
) -> None:
    costs_the_same(app, session, rows, deed)
