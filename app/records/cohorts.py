"""Cohorts: making one, who is in it, who guides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.course.rules.cohort_modules import WHOLE_COURSE, CohortModule, CohortPlan, moved
from app.records import accounts, audit
from app.records.base import insert_once
from app.records.models import Cohort, Enrolment, User
from app.records.models import CohortModule as CohortModuleRow


class CohortNameTaken(Exception):
    """Another cohort has this name."""


class DaysOutOfOrder(Exception):
    """A last day before the first."""


class NoCohort(LookupError):
    """There is no such cohort."""


class StaleCohort(Exception):
    """Somebody else changed the cohort since the page was made."""


@dataclass(frozen=True, slots=True)
class EnrolmentLine:
    """One of somebody's enrolments, as they choose between them."""

    enrolment_id: int
    cohort_id: int
    cohort_name: str
    role: str


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """What is settled about a cohort. `version` counts its changes; the cohort is archived from a moment on."""

    cohort_id: int
    name: str
    language: str
    last_day: date | None
    archived_at: datetime | None
    version: int
    plan: CohortPlan


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort among others, with how many learners and trainers are active in it."""

    cohort_id: int
    name: str
    first_day: date | None
    last_day: date | None
    learners: int
    trainers: int


# ---- reading ---------------------------------------------------------------------------------


def cohort_lines(session: Session, *, archived: bool) -> tuple[CohortLine, ...]:
    """List the cohorts that run, or those that are archived; those that began last come first. One statement."""
    active = and_(Enrolment.cohort_id == Cohort.id, Enrolment.standing == "active")
    rows = session.execute(
        select(Cohort.id, Cohort.name, Cohort.first_day, Cohort.last_day)
        .add_columns(_count_of("learner"), _count_of("trainer"))
        .outerjoin(Enrolment, active)
        .where(Cohort.archived_at.is_not(None) if archived else Cohort.archived_at.is_(None))
        .group_by(Cohort.id)
        .order_by(Cohort.first_day.desc().nulls_last(), Cohort.id.desc())
    )
    return tuple(CohortLine(*row) for row in rows)


def _count_of(role: str) -> ColumnElement[int]:
    return func.count(case((Enrolment.role == role, 1)))


def cohort_facts(session: Session, cohort_id: int) -> CohortFacts | None:
    """Read what is settled about a cohort; nothing where there is none."""
    cohort = session.get(Cohort, cohort_id, populate_existing=True)
    if cohort is None:
        return None
    rows = session.execute(
        select(CohortModuleRow.module_slug, CohortModuleRow.due_on, CohortModuleRow.due_after_days)
        .where(CohortModuleRow.cohort_id == cohort_id)
        .order_by(CohortModuleRow.module_slug)
    )
    plan = CohortPlan(cohort.whole_course, cohort.first_day, tuple(CohortModule(*row) for row in rows))
    return CohortFacts(
        cohort.id, cohort.name, cohort.language, cohort.last_day, cohort.archived_at, cohort.version, plan
    )


# ---- making and changing ---------------------------------------------------------------------


def make_cohort(
    session: Session,
    *,
    name: str,
    language: str,
    by: int | None,
    now: datetime,
    last_day: date | None = None,
    plan: CohortPlan = WHOLE_COURSE,
) -> int:
    """Make a cohort and return its id.

    Raises CohortNameTaken, DaysOutOfOrder, and what `clean_name` raises.
    """
    cohort_id = _make(session, name, language, last_day, plan, now)
    audit.note(session, by=by, deed="make_cohort", about=f"cohort:{cohort_id}", now=now)
    return cohort_id


def _make(session: Session, name: str, language: str, last_day: date | None, plan: CohortPlan, now: datetime) -> int:
    name = accounts.clean_name(name)
    _refuse_disorder(plan.first_day, last_day)
    facts = {"language": language, "first_day": plan.first_day, "last_day": last_day, "whole_course": plan.whole_course}
    if not insert_once(session, Cohort, name=name, created_at=now, **facts):
        raise CohortNameTaken()
    cohort_id = session.execute(select(Cohort.id).where(Cohort.name == name)).scalar_one()
    _settle(session, cohort_id, plan)
    return cohort_id


def change_cohort(
    session: Session,
    cohort_id: int,
    *,
    name: str,
    language: str,
    last_day: date | None,
    plan: CohortPlan,
    version: int,
    by: int | None,
    now: datetime,
) -> None:
    """Settle anew what a cohort is called and what it works through. `version` is that of the page it was changed on.

    Raises NoCohort, StaleCohort when somebody else changed it since, CohortNameTaken, DaysOutOfOrder, and what
    `clean_name` raises; then roll back.
    """
    name = accounts.clean_name(name)
    _refuse_disorder(plan.first_day, last_day)
    facts = {"language": language, "first_day": plan.first_day, "last_day": last_day, "whole_course": plan.whole_course}
    _update(session, cohort_id, version, name=name, **facts)
    session.execute(delete(CohortModuleRow).where(CohortModuleRow.cohort_id == cohort_id))
    _settle(session, cohort_id, plan)
    audit.note(session, by=by, deed="change_cohort", about=f"cohort:{cohort_id}", now=now)


def copy_cohort(
    session: Session,
    cohort_id: int,
    *,
    name: str,
    first_day: date | None,
    last_day: date | None,
    by: int | None,
    now: datetime,
) -> int:
    """Make a cohort that works as another one did, with new days; return its id.

    Its language, modules and trainers come along; days that were due move as far as the first day does. Its
    learners and its join codes do not. Raises what `make_cohort` raises, and NoCohort.
    """
    facts = cohort_facts(session, cohort_id)
    if facts is None:
        raise NoCohort(cohort_id)
    plan = moved(facts.plan, first_day)
    made = _make(session, name, facts.language, last_day, plan, now)
    audit.note(session, by=by, deed="copy_cohort", about=f"cohort:{made}", now=now)
    for user_id in session.scalars(_of_role(cohort_id, "trainer")).all():
        enrol(session, user_id=user_id, cohort_id=made, role="trainer", by=by, now=now)
    return made


def archive_cohort(
    session: Session, cohort_id: int, *, archived: bool, version: int, by: int | None, now: datetime
) -> None:
    """Put a cohort away, or take it back. Who is in it keeps what they did; nobody joins it any more.

    Raises NoCohort, StaleCohort.
    """
    _update(session, cohort_id, version, archived_at=now if archived else None)
    deed = "archive_cohort" if archived else "take_cohort_back"
    audit.note(session, by=by, deed=deed, about=f"cohort:{cohort_id}", now=now)


def _refuse_disorder(first_day: date | None, last_day: date | None) -> None:
    if first_day and last_day and last_day < first_day:
        raise DaysOutOfOrder()


def _update(session: Session, cohort_id: int, version: int, **facts: object) -> None:
    """Write columns of a cohort as it was on a page. Raises NoCohort, StaleCohort, CohortNameTaken."""
    statement = (
        update(Cohort)
        .where(Cohort.id == cohort_id, Cohort.version == version)
        .values(version=version + 1, **facts)
        .returning(Cohort.id)
        .execution_options(synchronize_session=False)
    )
    try:
        found = session.execute(statement).one_or_none()
    except IntegrityError as error:  # of all that can be wrong, only the name is not looked at before
        raise CohortNameTaken() from error
    if found is None:
        there = session.scalar(select(Cohort.id).where(Cohort.id == cohort_id))
        raise StaleCohort(cohort_id) if there else NoCohort(cohort_id)


def _settle(session: Session, cohort_id: int, plan: CohortPlan) -> None:
    rows = [
        {"cohort_id": cohort_id, "module_slug": one.slug, "due_on": one.due_on, "due_after_days": one.due_after_days}
        for one in plan.modules
    ]
    if rows:
        session.execute(insert(CohortModuleRow), rows)


# ---- who is in it ----------------------------------------------------------------------------


def enrol(session: Session, *, user_id: int, cohort_id: int, role: str, by: int | None, now: datetime) -> int:
    """Put somebody in a cohort as `learner` or `trainer`; return the enrolment.

    Who is in it already stays as they are.
    """
    insert_once(session, Enrolment, user_id=user_id, cohort_id=cohort_id, role=role, created_at=now)
    enrolment_id, _standing = session.execute(enrolment_in(user_id, cohort_id)).one()
    audit.note(session, by=by, deed="enrol", about=f"enrolment:{enrolment_id}", subject_id=user_id, now=now)
    return enrolment_id


def trainers_of(session: Session, cohort_id: int) -> tuple[str, ...]:
    """Name the trainers of a cohort, in the order of their names."""
    names = session.scalars(
        select(User.name)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.role == "trainer", Enrolment.standing == "active")
        .where(User.deactivated_at.is_(None))
        .order_by(User.sort_name, User.id)
    )
    return tuple(names)


def enrolments_of(session: Session, user_id: int) -> tuple[EnrolmentLine, ...]:
    """List somebody's active enrolments, the newest first."""
    rows = session.execute(
        select(Enrolment.id, Cohort.id, Cohort.name, Enrolment.role)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.user_id == user_id, Enrolment.standing == "active")
        .order_by(Enrolment.id.desc())
    )
    return tuple(EnrolmentLine(*row) for row in rows)


def _of_role(cohort_id: int, role: str) -> Select[int]:
    """Select the users who are active in a cohort in a role."""
    return (
        select(Enrolment.user_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.role == role, Enrolment.standing == "active")
        .order_by(Enrolment.id)
    )


def enrolment_in(user_id: int, cohort_id: int) -> Select[int, str]:
    """Select the id and the standing of somebody's enrolment in a cohort."""
    return select(Enrolment.id, Enrolment.standing).where(
        Enrolment.user_id == user_id, Enrolment.cohort_id == cohort_id
    )
