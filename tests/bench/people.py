"""A database with a thousand learners who are under way, put there as the rows that the verbs would write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import Completes, StepBase
from app.course.steps.quiz_step import QuizStep
from app.course.steps.read import ReadStep
from app.course.steps.reflect import ReflectStep
from app.records.engine import make_engine, writing_sessions
from app.records.migrating import bring_up_to_date
from app.records.models import Cohort, Enrolment, StepCompletion, User
from app.records.passwords import Passwords
from tests.makers import NOW, PASSWORD, password_hash

LEARNERS = 1000
IN_A_COHORT = 25
WITH_REAL_PASSWORD = 100
"""The last so many learners, whose password is hashed as on a real site; the others' cheaply, to come in sooner."""


@dataclass(frozen=True)
class Steps:
    """The steps of the course that are measured; nobody has done one of them yet."""

    read: ReadStep
    """The longest of its kind."""
    completed: tuple[StepBase, ...]
    """One a round."""
    reflect: ReflectStep
    quiz: QuizStep
    """The one whose number of questions is next to ten."""


def steps_of(course: Course, *, rounds: int) -> Steps:
    """Choose the steps that are measured. Raises ValueError for a course that has too few."""
    free = [step for step in course.steps if course.module_by_slug[step.module_slug].order == "free"]
    reads = sorted((s for s in free if isinstance(s, ReadStep)), key=lambda step: len(step.body.html))
    said = [step for step in free if step.completes is Completes.SAID and step is not reads[-1]]
    quizzes = [step for step in free if isinstance(step, QuizStep)]
    if len(said) < rounds:
        raise ValueError(f"the course has {len(said)} steps to complete; {rounds} needed")
    return Steps(
        read=reads[-1],
        completed=tuple(said[-rounds:]),
        reflect=next(step for step in free if isinstance(step, ReflectStep)),
        quiz=min(quizzes, key=lambda step: abs(len(step.quiz.questions) - 10)),
    )


def email_of(number: int) -> str:
    """Return the address of a learner, numbered from 0."""
    return f"learner{number}@example.org"


def fill(url: str, course: Course, steps: Steps, *, backups: Path) -> None:
    """Make the tables and the people: each learner has done the first few of the steps that are not measured."""
    bring_up_to_date(url, backups=backups)
    measured = {steps.read.key, steps.reflect.key, steps.quiz.key, *(step.key for step in steps.completed)}
    others = [step for step in course.steps if step.key not in measured and step.completes is Completes.SAID]
    engine = make_engine(url)
    with writing_sessions(engine)() as session:
        enrolments = _enrol(session, others)
        rows = [
            _completion(enrolment_id, step)
            for number, enrolment_id in enumerate(enrolments)
            for step in _done_by(number, others)
        ]
        if rows:
            session.execute(insert(StepCompletion), rows)
        session.commit()
    engine.dispose()


def _enrol(session: Session, others: Sequence[StepBase]) -> list[int]:
    """Put all learners into cohorts; return their enrolments' ids in the order of their numbers."""
    names = [f"Cohort {number}" for number in range(LEARNERS // IN_A_COHORT)]
    made = insert(Cohort).returning(Cohort.id, sort_by_parameter_order=True)
    cohorts = session.scalars(made, [{"name": name, "language": "nl", "created_at": NOW} for name in names]).all()
    real = Passwords().hash(PASSWORD)
    cheap = password_hash()
    users = [
        {
            "email": email_of(number),
            "name": f"Learner {number}",
            "sort_name": f"learner {number}",
            "language": "nl",
            "password_hash": cheap if number < LEARNERS - WITH_REAL_PASSWORD else real,
            "session_stamp": f"stamp{number}",
            "created_at": NOW,
        }
        for number in range(LEARNERS)
    ]
    ids = session.scalars(insert(User).returning(User.id, sort_by_parameter_order=True), users).all()
    rows = [
        {
            "user_id": user_id,
            "cohort_id": cohorts[number // IN_A_COHORT],
            "done": " ".join(sorted(step.key for step in _done_by(number, others))),
            "created_at": NOW,
        }
        for number, user_id in enumerate(ids)
    ]
    return list(session.scalars(insert(Enrolment).returning(Enrolment.id, sort_by_parameter_order=True), rows))


def _done_by(number: int, others: Sequence[StepBase]) -> Sequence[StepBase]:
    return others[: number % (len(others) + 1)]


def _completion(enrolment_id: int, step: StepBase) -> dict[str, object]:
    return {
        "enrolment_id": enrolment_id,
        "step_key": step.key,
        "step_revision": step.source_revision,
        "seen_revision": step.source_revision,
        "completed_at": NOW,
    }
