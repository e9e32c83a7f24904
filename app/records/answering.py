"""The learner's side of a thread: what trainers wrote about their text, and what they write back.

They see all of it, always, also what was written to readers from before. They can write back while the text is shared
with their trainers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select, update
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import StepBase
from app.records.accounts import Visitor
from app.records.drafts import drop_texts
from app.records.learning import enrolment_of, lock_enrolment
from app.records.models import Reflection, ReflectionRevision, Reply, User
from app.records.places import AnswerPlace
from app.records.reflecting import Level, clean_text
from app.records.threads import REPLIES, NotShared, ReplyRead, is_written, set_waiting, write


@dataclass(frozen=True, slots=True)
class Thread:
    """What was written about a learner's text, as the learner sees it, the last last; whether they can write back."""

    replies: tuple[ReplyRead, ...]
    is_open: bool

    @property
    def has_news(self) -> bool:
        """Whether there is something of a trainer's that they did not open yet."""
        return any(one.is_new for one in self.replies)


@dataclass(frozen=True, slots=True)
class News:
    """Replies of trainers at a step that its learner did not open yet: how many, and who wrote the newest."""

    step_key: str
    count: int
    author: str


def thread_of(session: Session, visitor: Visitor, step: StepBase) -> Thread:
    """Read all that was written about a visitor's own text at a step, whatever the step was called. One statement.

    They can write back while the text is shared with their trainers, and one of these wrote since.
    """
    found = session.execute(
        REPLIES.add_columns(Reflection.level, Reflection.shared_at)
        .join(Reflection, Reflection.id == Reply.reflection_id)
        .where(Reflection.enrolment_id == visitor.enrolment_id, Reflection.step_key.in_(step.keys))
    ).all()
    replies = tuple(ReplyRead(*row[:9]) for row in found)
    return Thread(replies, any(_can_be_answered(row) for row in found))


def _can_be_answered(row: Row[Any]) -> bool:
    return row.level == Level.TRAINERS and not row.by_learner and row.written_at >= row.shared_at


def answer(
    session: Session, visitor: Visitor, step: StepBase, *, text: str, deed_key: str, language: str, now: datetime
) -> None:
    """Write back to the trainers about a text at a step; it waits for them again. The same deed again changes nothing.

    Raises NothingWritten, ReflectionTooLong, NoEnrolment; NotShared where trainers do not read it, or none of them
    wrote about it; ThreadWentOn for other words from a page whose answer was sent. Then the draft stands.
    """
    text = clean_text(text)
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    for reflection_id, waiting_since, newest in _answerable(session, enrolment_id, step.keys):
        if not is_written(session, reflection_id, deed_key, text):
            write(session, reflection_id, visitor.user_id, deed_key, newest, text, language, now, by_learner=True)
            set_waiting(session, reflection_id, waiting_since or now)
        drop_texts(session, enrolment_id, AnswerPlace(step).keys)
        return
    raise NotShared(step.key)


def _answerable(session: Session, enrolment_id: int, keys: Sequence[str]) -> Sequence[Row[int, datetime | None, int]]:
    """Find the text of a step that can be answered about, its newest revision with it: where trainers wrote last."""
    newest = (
        select(func.max(ReflectionRevision.number))
        .where(ReflectionRevision.reflection_id == Reflection.id)
        .correlate(Reflection)
        .scalar_subquery()
    )
    written = and_(Reply.reflection_id == Reflection.id, ~Reply.by_learner, Reply.written_at >= Reflection.shared_at)
    return session.execute(
        select(Reflection.id, Reflection.waiting_since, newest)
        .join(Reply, written)
        .where(Reflection.enrolment_id == enrolment_id, Reflection.step_key.in_(keys))
        .where(Reflection.level == Level.TRAINERS.value)
        .order_by(Reply.id.desc())
        .limit(1)
    ).all()


def threads_of(session: Session, visitor: Visitor, course: Course) -> dict[str, tuple[ReplyRead, ...]]:
    """Return all that was written about a visitor's texts, in one statement, by the key of their step.

    It is today's key; that of a step which has left the course is the one that it had.
    """
    found: dict[str, tuple[ReplyRead, ...]] = {}
    of_visitor = REPLIES.add_columns(Reflection.step_key).join(Reflection, Reflection.id == Reply.reflection_id)
    for row in session.execute(of_visitor.where(Reflection.enrolment_id == visitor.enrolment_id)):
        step = course.step_by_key.get(row.step_key)
        key = step.key if step else row.step_key
        found[key] = (*found.get(key, ()), ReplyRead(*row[:9]))
    return found


def mark_read(session: Session, visitor: Visitor, keys: Sequence[str] | None = None, *, now: datetime) -> None:
    """Note that a learner opened what trainers wrote, at the step of these keys or anywhere; only they are told."""
    theirs = select(Reflection.id).where(Reflection.enrolment_id == visitor.enrolment_id)
    if keys is not None:
        theirs = theirs.where(Reflection.step_key.in_(keys))
    session.execute(
        update(Reply)
        .where(Reply.reflection_id.in_(theirs), ~Reply.by_learner, Reply.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def unread_of(session: Session, visitor: Visitor) -> tuple[News, ...]:
    """List the steps at which trainers wrote what a learner did not open yet, the newest first. One statement."""
    newest = func.max(Reply.id)
    steps = (
        select(Reflection.step_key, func.count().label("count"), newest.label("newest"))
        .join(Reflection, Reflection.id == Reply.reflection_id)
        .where(Reflection.enrolment_id == visitor.enrolment_id, ~Reply.by_learner, Reply.read_at.is_(None))
        .group_by(Reflection.step_key)
        .subquery()
    )
    found = (
        select(steps.c.step_key, steps.c.count, func.coalesce(User.name, ""))
        .join(Reply, Reply.id == steps.c.newest)
        .outerjoin(User, User.id == Reply.author_id)
        .order_by(steps.c.newest.desc())
    )
    return tuple(News(*row) for row in session.execute(found))
