"""The demo with the course that this repository brings: its mails, and what its database holds of a newcomer."""

from __future__ import annotations

import email
from collections import Counter
from email import policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from sqlalchemy import select

from app.course.content import Course
from app.course.files.shelf import Shelf
from app.records.engine import make_engine, reading_sessions
from app.records.models import (
    Answer,
    Attempt,
    Enrolment,
    ModuleCompletion,
    Reflection,
    ReflectionRevision,
    StepCompletion,
    User,
)
from tests.browser.journey import Memory
from tests.program import ROOT, Program, environ


@cache
def course_in(language: str) -> Course:
    """Return the course that this repository brings, loaded once."""
    return Shelf(ROOT).course(language)


def demo_on(instance: Path, port: int, address: str) -> dict[str, str]:
    """Return the environment of the demo with the real course, known by an address."""
    return environ(instance, OPSTAP_DEMO="1", OPSTAP_COURSE=str(ROOT), PORT=str(port), OPSTAP_URL=address)


def mail_to(program: Program, instance: Path, address: str) -> EmailMessage:
    """Wait for a mail of the demo, and read it in its folder."""
    program.wait_for(f"Mail to {address}")
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in instance.glob("mails/*")]
    [mine] = [mail for mail in mails if address in str(mail["To"])]
    return mine


def check_nothing_lost_nothing_double(instance: Path, course: Course, address: str, memory: Memory) -> None:
    """Compare what the database holds of the person with an address with what that person remembers."""
    engine = make_engine(f"sqlite:///{instance}/opstap.db")
    with reading_sessions(engine)() as rows:
        [user_id] = rows.scalars(select(User.id).where(User.email == address)).all()
        [enrolment_id] = rows.scalars(select(Enrolment.id).where(Enrolment.user_id == user_id)).all()
        mine = {"enrolment_id": enrolment_id}
        done = rows.scalars(select(StepCompletion.step_key).filter_by(**mine)).all()
        assert Counter(done) == Counter(memory.steps)
        finished = rows.scalars(select(ModuleCompletion.module_slug).filter_by(**mine)).all()
        assert Counter(finished) == Counter(
            module.slug for module in course.modules if {step.key for step in module.steps} <= set(memory.steps)
        )
        texts = (
            select(ReflectionRevision.text).join(Reflection).filter_by(**mine).order_by(ReflectionRevision.submitted_at)
        )
        assert rows.scalars(texts).all() == memory.texts
        attempts = rows.scalars(select(Attempt).filter_by(**mine).order_by(Attempt.id)).all()
        assert [(attempt.quiz_slug, attempt.passed) for attempt in attempts] == memory.attempts
        answers = rows.scalars(select(Answer.attempt_id).where(Answer.attempt_id.in_([a.id for a in attempts]))).all()
        assert len(answers) == sum(len(course.quizzes[slug].questions) for slug, _passed in memory.attempts)
    engine.dispose()
