"""Replies: which reflections wait for a trainer, and what the trainer writes about them.

A trainer reaches a text only while it is shared with the trainers of its cohort, from the revision on that is shared,
and of the thread what was written since then: who read along before a change of readers, reads nothing any more, and
who came since, nothing from before. A verb looks under the lock of the
learner's enrolment, so a sharing that is taken back is gone before a reply or after it, never in between. None of them
changes `reflection.version`: what a trainer writes makes no page of the learner's out of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.records import audit
from app.records.audit import Place
from app.records.drafts import drop_texts, has_words
from app.records.guides import Trained
from app.records.models import Cohort, Draft, Enrolment, Reflection, ReflectionRevision, Reply, User
from app.records.places import REPLY, ReplyPlace, reflection_in
from app.records.reflecting import Level, clean_text
from app.records.threads import NotShared, ReplyRead, ThreadWentOn, is_written, replies, set_waiting, write

PAGE = 25
"""Texts of the queue that a page shows."""
MOST_COUNTED = 100
"""Whoever has more to answer needs no exact number, and to count them would take long."""
MOST_DRAFTS = 100


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A shared text that waits for a reply. `replies` counts those that its trainers wrote before."""

    reflection_id: int
    cohort_id: int
    cohort_name: str
    learner: str
    step_key: str
    waiting_since: datetime
    replies: int

    @property
    def place(self) -> Place:
        """Where it stands in the queue."""
        return Place(self.waiting_since, self.reflection_id)


@dataclass(frozen=True, slots=True)
class SharedRevision:
    """A text as it was submitted."""

    number: int
    text: str
    language: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a thread had come on a page: the newest revision of the text, and the newest reply, 0 for none."""

    revision: int
    reply_id: int


@dataclass(frozen=True, slots=True)
class SharedRead:
    """A shared text with its thread, as its trainers may read it: the newest revision first, the last reply last."""

    reflection_id: int
    enrolment_id: int
    learner_id: int
    learner: str
    step_key: str
    waiting_since: datetime | None
    revisions: tuple[SharedRevision, ...]
    replies: tuple[ReplyRead, ...]

    @property
    def newest(self) -> SharedRevision:
        """The text as it stands."""
        return self.revisions[0]

    @property
    def seen(self) -> Seen:
        """How far it has come."""
        return Seen(self.newest.number, self.replies[-1].reply_id if self.replies else 0)


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A reply that a trainer began. Without a name the text that it is about is not theirs to read any more."""

    reflection_id: int
    cohort_id: int
    learner: str
    step_key: str
    is_waiting: bool


# ---- what a trainer may read -----------------------------------------------------------------


def _readable() -> ColumnElement[bool]:
    """Whether a reflection is shared with the trainers of its cohort, by somebody who learns there now."""
    return and_(
        Reflection.level == Level.TRAINERS.value,
        Enrolment.role == "learner",
        Enrolment.standing == "active",
        User.deactivated_at.is_(None),
    )


def _with_learner(statement: Any) -> Any:
    found = statement.join(Enrolment, Enrolment.id == Reflection.enrolment_id)
    return found.join(User, User.id == Enrolment.user_id)


def _trained_by(user_id: int) -> Select[int]:
    mine = aliased(Enrolment)
    return select(mine.cohort_id).where(mine.user_id == user_id, mine.role == "trainer", mine.standing == "active")


def queue(
    session: Session, user_id: int, *, cohort_id: int | None = None, after: Place | None = None, size: int = PAGE
) -> tuple[WaitingText, ...]:
    """List what waits for a trainer, the longest first: in all their cohorts, or in one; only what is `after` a place.

    One statement.
    """
    since, number = Reflection.waiting_since, Reflection.id
    before = (
        select(func.count())
        .where(Reply.reflection_id == Reflection.id, ~Reply.by_learner, Reply.written_at >= Reflection.shared_at)
        .correlate(Reflection)
        .scalar_subquery()
    )
    columns = select(number, Cohort.id, Cohort.name, User.name, Reflection.step_key, since, before)
    found = _with_learner(columns.select_from(Reflection)).join(Cohort, Cohort.id == Enrolment.cohort_id)
    found = found.where(*_waits(user_id, cohort_id))
    if after is not None:
        found = found.where(or_(since > after.at, and_(since == after.at, number > after.entry_id)))
    return tuple(WaitingText(*row) for row in session.execute(found.order_by(since, number).limit(size)))


def waiting_count(session: Session, user_id: int, *, cohort_id: int | None = None) -> int:
    """Count what waits for a trainer; MOST_COUNTED where it is that or more. One statement."""
    some = _with_learner(select(Reflection.id).select_from(Reflection)).where(*_waits(user_id, cohort_id))
    return session.scalar(select(func.count()).select_from(some.limit(MOST_COUNTED).subquery())) or 0


def _waits(user_id: int, cohort_id: int | None) -> Iterator[ColumnElement[bool]]:
    yield Reflection.waiting_since.is_not(None)
    yield _readable()
    yield Enrolment.cohort_id.in_(_trained_by(user_id))
    if cohort_id is not None:
        yield Enrolment.cohort_id == cohort_id


def shared_text(session: Session, cohort: Trained, reflection_id: int) -> SharedRead | None:
    """Read a text that is shared with the trainers of a cohort, with its thread; None for any other. Two statements."""
    revision = ReflectionRevision
    columns = select(Reflection.enrolment_id, User.id, User.name, Reflection.step_key, Reflection.waiting_since)
    found = _with_learner(
        columns.add_columns(Reflection.shared_at, revision.number, revision.text, revision.language)
        .add_columns(revision.submitted_at)
        .select_from(Reflection)
        .join(revision, and_(revision.reflection_id == Reflection.id, revision.number >= Reflection.shared_from))
    )
    here = (Reflection.id == reflection_id, Enrolment.cohort_id == cohort.cohort_id, _readable())
    rows = session.execute(found.where(*here).order_by(revision.number.desc())).all()
    if not rows:
        return None
    facts: tuple[Any, ...] = tuple(rows[0][:5])
    revisions = tuple(SharedRevision(*row[6:]) for row in rows)
    thread = replies(session, Reply.reflection_id == reflection_id, Reply.written_at >= rows[0].shared_at)
    return SharedRead(*(reflection_id, *facts, revisions, thread))


def drafts_of_replies(session: Session, user_id: int) -> tuple[ReplyDraft, ...]:
    """List the replies that a trainer began and did not send, the newest first. Two statements."""
    mine = (Enrolment.user_id == user_id, Enrolment.role == "trainer", Enrolment.standing == "active")
    kept = session.execute(
        select(Draft.about, Enrolment.cohort_id, Draft.body, Draft.other_body)
        .join(Enrolment, Enrolment.id == Draft.enrolment_id)
        .where(*mine, Draft.about.startswith(REPLY), Draft.body != "{}")
        .order_by(Draft.saved_at.desc())
        .limit(MOST_DRAFTS)
    ).all()
    places = [(reflection_in(about), cohort_id) for about, cohort_id, *texts in kept if any(map(has_words, texts))]
    wanted = {number for number, _cohort in places if number is not None}
    if not wanted:
        return ()
    columns = select(Reflection.id, Enrolment.cohort_id, User.name, Reflection.step_key, Reflection.waiting_since)
    rows = session.execute(_with_learner(columns.select_from(Reflection)).where(Reflection.id.in_(wanted), _readable()))
    there = {(row[0], row[1]): (row[2], row[3], row[4] is not None) for row in rows}
    return tuple(
        ReplyDraft(number, cohort_id, *there.get((number, cohort_id), ("", "", False)))
        for number, cohort_id in places
        if number is not None
    )


# ---- a trainer replies -----------------------------------------------------------------------


def lock_thread(session: Session, cohort: Trained, reflection_id: int) -> None:
    """Let nothing happen to a text, to who may read it or to the trainer's draft, until the transaction ends.

    The first thing that a transaction does which writes a reply: both enrolments are locked in the order in which
    others lock several.
    """
    theirs = select(Reflection.enrolment_id).where(Reflection.id == reflection_id).scalar_subquery()
    both = or_(Enrolment.id == theirs, Enrolment.id == cohort.enrolment_id)
    session.scalars(select(Enrolment.id).where(both).order_by(Enrolment.id).with_for_update()).all()


def reply(
    session: Session,
    cohort: Trained,
    reflection_id: int,
    *,
    text: str,
    seen: Seen,
    deed_key: str,
    language: str,
    by: int,
    now: datetime,
) -> None:
    """Write a reply; the text waits no more, and the reply's draft goes. The same deed again changes nothing.

    Raises NothingWritten, ReflectionTooLong, NotShared; ThreadWentOn where a colleague or the learner wrote since the
    page that was `seen`: then the draft stands.
    """
    text = clean_text(text)
    lock_thread(session, cohort, reflection_id)
    place = ReplyPlace(reflection_id)
    if is_written(session, reflection_id, deed_key, text):
        drop_texts(session, cohort.enrolment_id, place.keys)
        return
    shared = shared_text(session, cohort, reflection_id)
    if shared is None:
        raise NotShared(reflection_id)
    if shared.seen != seen:
        raise ThreadWentOn(reflection_id)
    write(session, reflection_id, by, deed_key, shared.newest.number, text, language, now, by_learner=False)
    set_waiting(session, reflection_id, None)
    drop_texts(session, cohort.enrolment_id, place.keys)
    audit.note(session, by=by, deed="reply", about=f"cohort:{cohort.cohort_id}", subject_id=shared.learner_id, now=now)
