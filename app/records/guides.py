"""Cohorts as their trainers come to them: a trainer reaches those in which they have that role, and no other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session, aliased

from app.course.rules.cohort_modules import CohortPlan
from app.records import accounts, audit
from app.records.cohorts import NoCohort, StaleCohort
from app.records.models import Cohort, Enrolment, Reflection, User

FEWEST_SILENT_DAYS, MOST_SILENT_DAYS = 3, 90


class BadSilentDays(ValueError):
    """A number of days that is not between FEWEST_SILENT_DAYS and MOST_SILENT_DAYS."""


@dataclass(frozen=True, slots=True)
class TrainedLine:
    """A cohort among those of a trainer: how many learn in it, and how many texts wait for a reply."""

    cohort_id: int
    name: str
    first_day: date | None
    last_day: date | None
    is_archived: bool
    learners: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Trained:
    """A cohort as its trainer has it. `enrolment_id` is the trainer's own in it; `version` counts its changes."""

    cohort_id: int
    name: str
    language: str
    last_day: date | None
    archived_at: datetime | None
    silent_days: int
    version: int
    enrolment_id: int
    plan: CohortPlan


def cohorts_trained(session: Session, user_id: int) -> tuple[TrainedLine, ...]:
    """List the cohorts of a trainer: first those that run, those that began last at the top. One statement."""
    mine, learner = aliased(Enrolment), aliased(Enrolment)
    learners = select(func.count()).select_from(learner).join(User, User.id == learner.user_id)
    waiting = (
        select(func.count())
        .select_from(learner)
        .join(User, User.id == learner.user_id)
        .join(Reflection, Reflection.enrolment_id == learner.id)
        .where(Reflection.waiting_since.is_not(None))
    )
    here = and_(learner.cohort_id == Cohort.id, _learns(learner))
    rows = session.execute(
        select(Cohort.id, Cohort.name, Cohort.first_day, Cohort.last_day, Cohort.archived_at.is_not(None))
        .add_columns(learners.where(here).scalar_subquery(), waiting.where(here).scalar_subquery())
        .join(mine, mine.cohort_id == Cohort.id)
        .where(mine.user_id == user_id, *_trains(mine))
        .order_by(Cohort.archived_at.is_not(None), Cohort.first_day.desc().nulls_last(), Cohort.id.desc())
    )
    return tuple(TrainedLine(*row) for row in rows)


def trained(session: Session, user_id: int, cohort_id: int) -> Trained | None:
    """Read a cohort for its trainer; nothing for who is no trainer of it now. One statement."""
    row = session.execute(
        select(Cohort.id, Cohort.name, Cohort.language, Cohort.last_day, Cohort.archived_at)
        .add_columns(Cohort.silent_days, Cohort.version, Enrolment.id)
        .add_columns(accounts.settled_of(Cohort.__table__.c.id), Cohort.whole_course, Cohort.first_day)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Cohort.id == cohort_id, Enrolment.user_id == user_id, *_trains(Enrolment))
    ).one_or_none()
    if row is None:
        return None
    facts: tuple[Any, ...] = tuple(row)
    plan = accounts.plan_from(facts[8], whole_course=facts[9], first_day=facts[10])
    return Trained(*(*facts[:8], plan))


def settle_silence(session: Session, cohort_id: int, *, days: int, version: int, by: int, now: datetime) -> None:
    """Settle after how many days without a step a cohort's learners are silent; `version` is that of the page.

    Raises BadSilentDays, NoCohort, StaleCohort when somebody else changed the cohort since.
    """
    if not FEWEST_SILENT_DAYS <= days <= MOST_SILENT_DAYS:
        raise BadSilentDays(days)
    found = session.scalar(
        update(Cohort)
        .where(Cohort.id == cohort_id, Cohort.version == version)
        .values(silent_days=days, version=version + 1)
        .returning(Cohort.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        there = session.scalar(select(Cohort.id).where(Cohort.id == cohort_id))
        raise StaleCohort(cohort_id) if there else NoCohort(cohort_id)
    audit.note(session, by=by, deed="settle_silence", about=f"cohort:{cohort_id}", now=now)


def _trains(enrolment: type[Enrolment]) -> tuple[ColumnElement[bool], ...]:
    return enrolment.role == "trainer", enrolment.standing == "active"


def _learns(enrolment: type[Enrolment]) -> ColumnElement[bool]:
    """Whether an enrolment, with its user, is that of somebody who learns there now."""
    return and_(enrolment.role == "learner", enrolment.standing == "active", User.deactivated_at.is_(None))
