"""What one page tells about many steps at once: attempts made and drafts waiting, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.course.parts import StepBase
from app.course.quiz import Quiz
from app.records.accounts import Visitor
from app.records.base import UtcTime
from app.records.models import Attempt, Draft


@dataclass(frozen=True, slots=True)
class Tried:
    """Attempts at a quiz: how many, and the whole points of the best one."""

    attempts: int
    points: int
    max_points: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody began and did not complete: attempts by quiz slug, and when drafts were saved by step key."""

    tried: Mapping[str, Tried]
    drafts: Mapping[str, datetime]


def waiting_of(session: Session, visitor: Visitor, quizzes: Iterable[Quiz], steps: Iterable[StepBase]) -> Waiting:
    """Return what a visitor began at some quizzes and steps, under the names that they have now.

    One statement, however many there are; none at all when there is nothing to ask for.
    """
    quiz_now = {key: quiz.slug for quiz in quizzes for key in quiz.keys}
    step_now = {key: step.key for step in steps for key in step.keys}
    if not quiz_now and not step_now:
        return Waiting({}, {})
    attempts = select(
        literal("attempt"), Attempt.quiz_slug, Attempt.points, Attempt.max_points, cast(null(), UtcTime())
    ).where(Attempt.enrolment_id == visitor.enrolment_id, Attempt.quiz_slug.in_(quiz_now))
    # A draft that was submitted leaves its row, empty.
    drafts = select(literal("draft"), Draft.about, cast(null(), Integer), cast(null(), Integer), Draft.saved_at).where(
        Draft.enrolment_id == visitor.enrolment_id, Draft.about.in_(step_now), Draft.body != "{}"
    )
    tried: dict[str, Tried] = {}
    saved: dict[str, datetime] = {}
    for what, name, points, max_points, saved_at in session.execute(union_all(attempts, drafts)):
        if what == "attempt":
            slug = quiz_now[name]
            tried[slug] = _with_one_more(tried.get(slug), points, max_points)
        else:
            key = step_now[name]
            saved[key] = max(saved_at, saved.get(key, saved_at))
    return Waiting(tried, saved)


def _with_one_more(before: Tried | None, points: int, max_points: int) -> Tried:
    """Count an attempt; the best one earned the greatest share of its points."""
    if before is None:
        return Tried(1, points, max_points)
    if points * before.max_points > before.points * max_points:
        return Tried(before.attempts + 1, points, max_points)
    return Tried(before.attempts + 1, before.points, before.max_points)
