"""More time for one learner: a later day than their cohort's by which a module is hoped to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.course.content import Module
from app.records import audit
from app.records.learning import lock_enrolment
from app.records.models import Extension, User
from app.records.reviewing import LearnerFacts


@dataclass(frozen=True, slots=True)
class ExtensionRead:
    """More time for a module: until which day, and by whom; `by` is empty for somebody whose account is gone."""

    due_on: date
    by: str
    made_at: datetime


def extend(session: Session, learner: LearnerFacts, module: Module, *, due_on: date, by: int, now: datetime) -> None:
    """Hope for a module by a later day than the cohort does; an earlier extension of it is replaced.

    Which days there are to choose from is for the page to say. Raises NoEnrolment.
    """
    lock_enrolment(session, learner.enrolment_id)
    _delete(session, learner.enrolment_id, module)
    row = {"enrolment_id": learner.enrolment_id, "module_slug": module.slug, "due_on": due_on}
    session.execute(insert(Extension).values(**row, by_id=by, made_at=now))
    _note(session, learner, "extend", by, now)


def end_extension(session: Session, learner: LearnerFacts, module: Module, *, by: int, now: datetime) -> None:
    """Let the day of the cohort count again; a second call changes nothing, and is not noted. Raises NoEnrolment."""
    lock_enrolment(session, learner.enrolment_id)
    if _delete(session, learner.enrolment_id, module):
        _note(session, learner, "end_extension", by, now)


def extensions_of(session: Session, enrolment_id: int) -> dict[str, ExtensionRead]:
    """Return what more time somebody got, by the slug that the module had then. One statement."""
    rows = session.execute(
        select(Extension.module_slug, Extension.due_on, User.name, Extension.made_at)
        .outerjoin(User, User.id == Extension.by_id)
        .where(Extension.enrolment_id == enrolment_id)
    )
    return {slug: ExtensionRead(due_on, name or "", made_at) for slug, due_on, name, made_at in rows}


def _delete(session: Session, enrolment_id: int, module: Module) -> bool:
    """Delete the extension of a module, under whatever name it stands; say whether there was one."""
    gone = session.scalars(
        delete(Extension)
        .where(Extension.enrolment_id == enrolment_id, Extension.module_slug.in_(module.keys))
        .returning(Extension.module_slug)
        .execution_options(synchronize_session=False)
    )
    return bool(gone.all())


def _note(session: Session, learner: LearnerFacts, deed: str, by: int, now: datetime) -> None:
    audit.note(session, by=by, deed=deed, about=f"cohort:{learner.cohort_id}", subject_id=learner.user_id, now=now)
