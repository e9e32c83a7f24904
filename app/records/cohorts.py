"""Cohorts: making one, who is in it, who guides it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from app.course.rules.cohort_modules import WHOLE_COURSE, CohortModule, CohortPlan, moved
from app.records import accounts, audit, outbox, reflecting
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


class CohortArchived(Exception):
    """The cohort was put away: nobody comes into it."""


class InItAlready(Exception):
    """Somebody is active in the cohort already, in a `role`."""

    def __init__(self, role: str) -> None:
        super().__init__(role)
        self.role = role


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
    language: str
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class TrainerLine:
    """A trainer of a cohort, as admins see them: also one whose account is closed, who reads nothing."""

    user_id: int
    name: str
    email: str
    is_closed: bool


# ---- reading ---------------------------------------------------------------------------------


def cohort_lines(session: Session, *, archived: bool) -> tuple[CohortLine, ...]:
    """List the cohorts that run, or those that are archived; those that began last come first. One statement."""
    active = and_(Enrolment.cohort_id == Cohort.id, Enrolment.standing == "active")
    rows = session.execute(
        select(Cohort.id, Cohort.name, Cohort.first_day, Cohort.last_day)
        .add_columns(_count_of("learner"), _count_of("trainer"), Cohort.language, Cohort.archived_at)
        .outerjoin(Enrolment, active)
        .where(Cohort.archived_at.is_not(None) if archived else Cohort.archived_at.is_(None))
        .group_by(Cohort.id)
        .order_by(Cohort.first_day.desc().nulls_last(), Cohort.id.desc())
    )
    return tuple(CohortLine(*row) for row in rows)


def _count_of(role: str) -> ColumnElement[int]:
    return func.count(case((Enrolment.role == role, 1)))


def running(session: Session) -> tuple[tuple[int, str], ...]:
    """List id and name of the cohorts that were not put away, those that were made last first."""
    rows = session.execute(
        select(Cohort.id, Cohort.name).where(Cohort.archived_at.is_(None)).order_by(Cohort.id.desc())
    )
    return tuple((cohort_id, name) for cohort_id, name in rows)


def trainer_lines(session: Session, cohort_id: int) -> tuple[TrainerLine, ...]:
    """List the trainers of a cohort in the order of their names, with those whose account is closed."""
    rows = session.execute(
        select(User.id, User.name, User.email, User.deactivated_at.is_not(None))
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.role == "trainer", Enrolment.standing == "active")
        .order_by(User.sort_name, User.id)
    )
    return tuple(TrainerLine(*row) for row in rows)


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
    _refuse_namesake(session, name)
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
    _refuse_namesake(session, name, but=cohort_id)
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
    for user_id in session.scalars(_open_trainers(cohort_id)).all():
        make_trainer(session, user_id=user_id, cohort_id=made, by=by, now=now)
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


def _refuse_namesake(session: Session, name: str, *, but: int | None = None) -> None:
    """Raise CohortNameTaken where another cohort has this name, small and capital letters aside.

    A file that names a cohort would mean both. Of two made at the same moment the database refuses only the very same.
    """
    others = session.scalars(select(Cohort.name).where(Cohort.id != (but or 0)))
    if _folded(name) in map(_folded, others):
        raise CohortNameTaken()


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


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


def enrol(
    session: Session, *, user_id: int, cohort_id: int, by: int | None, now: datetime, key: bytes | None = None
) -> int:
    """Put somebody in a cohort as a learner, also who was in it before; return the enrolment.

    With `key`, the installation's secret, they get a letter. Raises InItAlready, for a trainer of the cohort too;
    NoCohort, CohortArchived, AccountClosed.
    """
    enrolment_id = _come_in(session, user_id, cohort_id, "learner", now)
    audit.note(session, by=by, deed="enrol", about=f"cohort:{cohort_id}", subject_id=user_id, now=now)
    if key is not None:
        _write_to(session, user_id, enrolment_id, cohort_id, key=key, by_id=by, now=now)
    return enrolment_id


def make_trainer(
    session: Session, *, user_id: int, cohort_id: int, by: int | None, now: datetime, key: bytes | None = None
) -> int:
    """Make somebody a trainer of a cohort, also one of its learners; return the enrolment.

    What the cohort shared until now goes back to only its writers: they shared it with others than these. With `key`,
    the installation's secret, the new trainer gets a letter. Raises InItAlready for who is one, and else what
    `enrol` raises.
    """
    enrolment_id = _come_in(session, user_id, cohort_id, "trainer", now)
    reflecting.set_back(session, cohort_id=cohort_id, now=now)
    audit.note(session, by=by, deed="make_trainer", about=f"cohort:{cohort_id}", subject_id=user_id, now=now)
    if key is not None:
        _write_to(session, user_id, enrolment_id, cohort_id, key=key, by_id=by, now=now)
    return enrolment_id


def end_enrolment(session: Session, user_id: int, cohort_id: int, *, by: int | None, now: datetime) -> bool:
    """Let somebody be in a cohort no longer; what they did there stays. Says whether they were in it until now."""
    mine = (Enrolment.user_id == user_id, Enrolment.cohort_id == cohort_id, Enrolment.standing == "active")
    ended = session.scalar(update(Enrolment).where(*mine).values(standing="ended").returning(Enrolment.id))
    if ended is None:
        return False
    audit.note(session, by=by, deed="end_enrolment", about=f"cohort:{cohort_id}", subject_id=user_id, now=now)
    return True


def _come_in(session: Session, user_id: int, cohort_id: int, role: str, now: datetime) -> int:
    """Let somebody be active in a cohort in a role. Raises what `enrol` raises."""
    refuse_archived(session, cohort_id)
    if session.scalar(select(User.id).where(User.id == user_id, User.deactivated_at.is_(None))) is None:
        raise accounts.AccountClosed(user_id)
    if insert_once(session, Enrolment, user_id=user_id, cohort_id=cohort_id, role=role, created_at=now):
        return session.execute(enrolment_in(user_id, cohort_id)).one()[0]
    mine = (Enrolment.user_id == user_id, Enrolment.cohort_id == cohort_id)
    there = select(Enrolment.id, Enrolment.role, Enrolment.standing).where(*mine).with_for_update()
    enrolment_id, had_role, standing = session.execute(there).one()
    if standing == "active" and (had_role, role) != ("learner", "trainer"):
        raise InItAlready(had_role)
    session.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .values(role=role, standing="active")
        .execution_options(synchronize_session=False)
    )
    return enrolment_id


def refuse_archived(session: Session, cohort_id: int) -> None:
    """Raise NoCohort or CohortArchived for a cohort into which nobody comes."""
    row = session.execute(select(Cohort.archived_at).where(Cohort.id == cohort_id)).one_or_none()
    if row is None:
        raise NoCohort(cohort_id)
    if row.archived_at is not None:
        raise CohortArchived(cohort_id)


def _write_to(
    session: Session, user_id: int, enrolment_id: int, cohort_id: int, *, key: bytes, by_id: int | None, now: datetime
) -> None:
    """Put a letter in for somebody who was enrolled by hand: an invitation to who has no password yet."""
    if session.scalar(select(User.password_hash).where(User.id == user_id)) is None:
        accounts.put_invitation(session, user_id, cohort_id=cohort_id, key=key, by_id=by_id, now=now)
        return
    once_key = f"enrolled:{enrolment_id}:{now.isoformat()}"
    outbox.put(session, "enrolled", once_key=once_key, now=now, user_id=user_id, cohort_id=cohort_id, by_id=by_id)


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


def guides_of(session: Session, enrolment_id: int) -> tuple[int, frozenset[int]]:
    """Read of an enrolment the cohort, and the users who are trainers of it with an open account. One statement.

    Lock the enrolment first, where who reads is not to change meanwhile. Raises NoCohort for no enrolment.
    """
    mine = aliased(Enrolment)
    trainer = and_(Enrolment.cohort_id == mine.cohort_id, Enrolment.role == "trainer", Enrolment.standing == "active")
    rows = session.execute(
        select(mine.cohort_id, User.id)
        .outerjoin(Enrolment, trainer)
        .outerjoin(User, and_(User.id == Enrolment.user_id, User.deactivated_at.is_(None)))
        .where(mine.id == enrolment_id)
    ).all()
    if not rows:
        raise NoCohort(enrolment_id)
    return rows[0].cohort_id, frozenset(user_id for _cohort_id, user_id in rows if user_id is not None)


def enrolments_of(session: Session, user_id: int) -> tuple[EnrolmentLine, ...]:
    """List somebody's active enrolments, the newest first."""
    rows = session.execute(
        select(Enrolment.id, Cohort.id, Cohort.name, Enrolment.role)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.user_id == user_id, Enrolment.standing == "active")
        .order_by(Enrolment.id.desc())
    )
    return tuple(EnrolmentLine(*row) for row in rows)


def _open_trainers(cohort_id: int) -> Select[int]:
    """Select the trainers of a cohort whose accounts are open, in the order in which they came."""
    return (
        select(Enrolment.user_id)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.role == "trainer", Enrolment.standing == "active")
        .where(User.deactivated_at.is_(None))
        .order_by(Enrolment.id)
    )


def enrolment_in(user_id: int, cohort_id: int) -> Select[int, str]:
    """Select the id and the standing of somebody's enrolment in a cohort."""
    return select(Enrolment.id, Enrolment.standing).where(
        Enrolment.user_id == user_id, Enrolment.cohort_id == cohort_id
    )
