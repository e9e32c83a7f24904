"""Threads: what trainers and a learner write to each other about a reflection; the rows of both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.records.base import insert_once
from app.records.models import Reflection, Reply, User


class NotShared(LookupError):
    """The text is not, or no longer, shared with these trainers; or there is nothing there to answer."""


class ThreadWentOn(Exception):
    """Since the page was opened somebody wrote in the thread, or the text was replaced. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class ReplyRead:
    """What somebody wrote in a thread. `author` is empty where the account is gone."""

    reply_id: int
    author_id: int | None
    author: str
    by_learner: bool
    revision_number: int
    text: str
    language: str
    written_at: datetime
    read_at: datetime | None

    @property
    def is_new(self) -> bool:
        """Whether it is a trainer's that the learner did not open yet."""
        return not self.by_learner and self.read_at is None


REPLIES = (
    select(Reply.id, Reply.author_id, func.coalesce(User.name, ""), Reply.by_learner, Reply.revision_number)
    .add_columns(Reply.text, Reply.language, Reply.written_at, Reply.read_at)
    .outerjoin(User, User.id == Reply.author_id)
    .order_by(Reply.id)
)


def replies(session: Session, *which: ColumnElement[bool]) -> tuple[ReplyRead, ...]:
    """Read replies, the last last, in one statement."""
    return tuple(ReplyRead(*row) for row in session.execute(REPLIES.where(*which)))


# ---- writing, under the lock of the learner's enrolment ---------------------------------------


def is_written(session: Session, reflection_id: int, deed_key: str, text: str) -> bool:
    """Whether a deed was done already: other words from the same page, after going back to it, are another deed."""
    found = session.scalar(select(Reply.text).where(Reply.reflection_id == reflection_id, Reply.deed_key == deed_key))
    return found == text


def write(
    session: Session,
    reflection_id: int,
    author_id: int,
    deed_key: str,
    revision_number: int,
    text: str,
    language: str,
    now: datetime,
    *,
    by_learner: bool,
) -> None:
    """Add a reply. Raises ThreadWentOn for other words under the name of a deed that was done."""
    made = insert_once(
        session, Reply, reflection_id=reflection_id, author_id=author_id, by_learner=by_learner, deed_key=deed_key,
        revision_number=revision_number, text=text, language=language, written_at=now,
    )  # fmt: skip
    if not made:
        raise ThreadWentOn(reflection_id)


def set_waiting(session: Session, reflection_id: int, since: datetime | None) -> None:
    """Let a text wait for its trainers, or no more. Its version stays: no page of its learner's is out of date."""
    session.execute(
        update(Reflection)
        .where(Reflection.id == reflection_id)
        .values(waiting_since=since)
        .execution_options(synchronize_session=False)
    )
