"""What a trainer comes to of one learner, and that they came: the learner can read who opened their work, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course.content import Course
from app.records import audit
from app.records.accounts import BIGGEST_ID, Visitor
from app.records.guides import Trained
from app.records.models import Cohort, Enrolment, Reflection, ReflectionRevision, User
from app.records.reflecting import Level, RevisionRead


@dataclass(frozen=True, slots=True)
class LearnerFacts:
    """A learner of a cohort, as their trainer reaches them.

    `done` is the copy of what is done; what it says of how far they are, `rules.progress` works out.
    """

    enrolment_id: int
    cohort_id: int
    user_id: int
    name: str
    email: str
    came_at: datetime
    has_come: bool
    last_deed_at: datetime | None
    done: str


@dataclass(frozen=True, slots=True)
class SharedReflection:
    """What somebody shares with their trainers at a step: the texts from which on they share it, the newest first."""

    reflection_id: int
    revisions: tuple[RevisionRead, ...]
    waiting_since: datetime | None


def learner_of(session: Session, cohort_id: int, enrolment_id: int) -> LearnerFacts | None:
    """Return a learner of a cohort; nothing for a trainer of it, for who left it, and for an account that is closed.

    One statement.
    """
    if enrolment_id >= BIGGEST_ID:
        return None
    row = session.execute(
        select(Enrolment.id, Enrolment.cohort_id, User.id, User.name, User.email, Enrolment.created_at)
        .add_columns(User.password_hash.is_not(None), Enrolment.last_deed_at, Enrolment.done)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.id == enrolment_id, Enrolment.cohort_id == cohort_id, Enrolment.role == "learner")
        .where(Enrolment.standing == "active", User.deactivated_at.is_(None))
    ).one_or_none()
    return LearnerFacts(*row) if row else None


def cohort_of(session: Session, visitor: Visitor) -> Trained:
    """Return a learner's own cohort with what its flags go by, as its trainers have it. One statement."""
    name, language, last_day, archived_at, silent_days, version = session.execute(
        select(Cohort.name, Cohort.language, Cohort.last_day, Cohort.archived_at)
        .add_columns(Cohort.silent_days, Cohort.version)
        .where(Cohort.id == visitor.cohort_id)
    ).one()
    mine, plan = visitor.enrolment_id or 0, visitor.plan
    return Trained(visitor.cohort_id or 0, name, language, last_day, archived_at, silent_days, version, mine, plan)


def open_record(session: Session, learner: LearnerFacts, *, by: int, day: date, now: datetime) -> bool:
    """Note that a trainer opened the record of a learner, once a day; say whether this was the first time.

    `day` is that of the site's clock. Two at the same moment leave one entry: the database decides.
    """
    return audit.note_once(
        session,
        by=by,
        deed="open_record",
        about=f"cohort:{learner.cohort_id}",
        subject_id=learner.user_id,
        once_key=_once_key(learner, by, day),
        now=now,
    )


def was_opened(session: Session, learner: LearnerFacts, *, user_id: int, day: date) -> bool:
    """Whether it is noted already that a trainer opened the record of a learner on a day. One statement."""
    return audit.is_noted(session, _once_key(learner, user_id, day))


def _once_key(learner: LearnerFacts, by: int, day: date) -> str:
    return f"open_record:{by}:{learner.enrolment_id}:{day.isoformat()}"


def shared_with_trainers(session: Session, enrolment_id: int, course: Course) -> dict[str, SharedReflection]:
    """Return what somebody shares with their trainers, by today's key of the step; nothing of any other text.

    What is private, or shared with the cohort without a name, or was deleted, leaves no trace here. Two rows of what
    became one step are read as one, the waiting one first. One statement.
    """
    rows = session.execute(
        select(Reflection.id, Reflection.step_key, Reflection.waiting_since)
        .add_columns(ReflectionRevision.number, ReflectionRevision.text, ReflectionRevision.language)
        .add_columns(ReflectionRevision.submitted_at)
        .join(ReflectionRevision, ReflectionRevision.reflection_id == Reflection.id)
        .where(Reflection.enrolment_id == enrolment_id, Reflection.level == Level.TRAINERS)
        .where(ReflectionRevision.number >= Reflection.shared_from)
        .order_by(ReflectionRevision.submitted_at.desc(), ReflectionRevision.number.desc())
    )
    found: dict[str, SharedReflection] = {}
    for id_, key, waiting_since, number, text, language, at in rows:
        step = course.step_by_key.get(key)
        now = step.key if step else key
        text_read = RevisionRead(number, text, language, at, shared=True)
        before = found.get(now)
        if before is None:
            found[now] = SharedReflection(id_, (text_read,), waiting_since)
        else:
            first = before if before.waiting_since or not waiting_since else SharedReflection(id_, (), waiting_since)
            found[now] = SharedReflection(first.reflection_id, (*before.revisions, text_read), first.waiting_since)
    return found
