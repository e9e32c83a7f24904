"""Bookmarks: steps that a learner wants to find again. They say nothing about progress; nobody else sees them.

Renames rewrite no row: a step is marked under whichever name it had then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import StepBase
from app.records.accounts import Visitor
from app.records.base import insert_once
from app.records.learning import enrolment_of, lock_enrolment
from app.records.models import Bookmark


@dataclass(frozen=True, slots=True)
class BookmarkRead:
    """A step of the course that was marked, and when."""

    step: StepBase
    made_at: datetime


def set_bookmark(session: Session, visitor: Visitor, step: StepBase, *, now: datetime) -> None:
    """Mark a step; one that is marked already, under any name that it had, keeps its moment. Raises NoEnrolment."""
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    mine = select(Bookmark.step_key).where(Bookmark.enrolment_id == enrolment_id, Bookmark.step_key.in_(step.keys))
    if session.scalars(mine).first() is None:
        insert_once(session, Bookmark, enrolment_id=enrolment_id, step_key=step.key, made_at=now)


def remove_bookmark(session: Session, visitor: Visitor, step: StepBase) -> None:
    """Take the mark of a step away, under every name that it had; a second call changes nothing. Raises NoEnrolment."""
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    session.execute(
        delete(Bookmark)
        .where(Bookmark.enrolment_id == enrolment_id, Bookmark.step_key.in_(step.keys))
        .execution_options(synchronize_session=False)
    )


def is_marked(visitor: Visitor, step: StepBase) -> bool:
    """Whether a step is marked, under any name that it had; asks the database nothing."""
    return not visitor.bookmarked_keys.isdisjoint(step.keys)


def marked_steps(visitor: Visitor, course: Course) -> tuple[StepBase, ...]:
    """Return the marked steps that the course has, in its order; asks the database nothing."""
    marked = {step.key for key in visitor.bookmarked_keys if (step := course.step_by_key.get(key))}
    return tuple(step for step in course.steps if step.key in marked) if marked else ()


def bookmarks_of(session: Session, visitor: Visitor, course: Course) -> tuple[BookmarkRead, ...]:
    """Return the marked steps that the course has, the newest mark first; a step marked under two names once."""
    rows = session.execute(
        select(Bookmark.step_key, Bookmark.made_at)
        .where(Bookmark.enrolment_id == visitor.enrolment_id)
        .order_by(Bookmark.made_at.desc(), Bookmark.step_key)
    )
    found: dict[str, BookmarkRead] = {}
    for key, made_at in rows:
        if step := course.step_by_key.get(key):
            found.setdefault(step.key, BookmarkRead(step, made_at))
    return tuple(found.values())
