"""Learners who go on in another cohort, with all that they did: one UPDATE, as all of it hangs on the enrolment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from app.records import audit, outbox, reflecting
from app.records.cohorts import refuse_archived
from app.records.models import Enrolment, User

MOST = 200
"""People who are moved at a time: a page that can be read, and a short lock."""


class SameCohort(Exception):
    """The cohort to move to is the one that they are in."""


class ChangedMeanwhile(Exception):
    """Somebody else enrolled one of them in the other cohort at the same moment."""


@dataclass(frozen=True, slots=True)
class Mover:
    """Somebody who is to move. `came`: whether they ever chose a password; `there`: how they stand in the other cohort.

    Whoever has a place there, or had one, stays: nobody is twice in a cohort. So do trainers.
    """

    enrolment_id: int
    user_id: int
    name: str
    email: str
    done: str
    came: bool
    role: str
    there: str | None

    @property
    def can_move(self) -> bool:
        """Whether they move."""
        return self.role == "learner" and self.there is None

    @property
    def done_keys(self) -> frozenset[str]:
        """Keys of steps that they completed, and slugs of modules that they finished."""
        return frozenset(self.done.split())


def movers(
    session: Session, cohort_id: int, enrolment_ids: Iterable[int], to_cohort_id: int | None
) -> tuple[Mover, ...]:
    """List those of some enrolments that are active in a cohort, by name, as they would move to another. One statement.

    Whatever enrolment is not of that cohort, or has ended, is left out.
    """
    other = aliased(Enrolment)
    rows = session.execute(
        select(Enrolment.id, User.id, User.name, User.email, Enrolment.done)
        .add_columns(User.password_hash.is_not(None), Enrolment.role, other.standing)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(other, and_(other.user_id == Enrolment.user_id, other.cohort_id == to_cohort_id))
        .where(_active(cohort_id, enrolment_ids))
        .order_by(User.sort_name, User.id)
    )
    return tuple(Mover(*row) for row in rows)


def move(
    session: Session,
    enrolment_ids: Iterable[int],
    *,
    cohort_id: int,
    to_cohort_id: int,
    by: int | None,
    now: datetime,
) -> int:
    """Move learners of a cohort to another, with all that they did; return how many moved.

    Whoever is not, or no longer, an active learner of the cohort stays as they are, and so does who has a place in
    the other one. What they shared goes back to only them: others would read it there. Whoever has a password gets the
    letter `moved`; an invitation that waits speaks of the new cohort by itself. They count as come into it now.
    Raises NoCohort, CohortArchived, SameCohort; ChangedMeanwhile: then roll back.
    """
    if cohort_id == to_cohort_id:
        raise SameCohort(cohort_id)
    refuse_archived(session, to_cohort_id)
    going = session.execute(_going(cohort_id, enrolment_ids, to_cohort_id)).all()
    moved = [row.id for row in going]
    try:
        session.execute(
            update(Enrolment)
            .where(Enrolment.id.in_(moved))
            .values(cohort_id=to_cohort_id, created_at=now)
            .execution_options(synchronize_session=False)
        )
    except IntegrityError as error:  # all that the database can refuse here is a second place in a cohort
        raise ChangedMeanwhile() from error
    reflecting.set_back(session, enrolment_ids=moved, now=now)
    subjects = [row.user_id for row in going]
    audit.note_all(session, by=by, deed="move", about=f"cohort:{to_cohort_id}", subject_ids=subjects, now=now)
    letters = [
        {"once_key": f"moved:{enrolment_id}:{to_cohort_id}:{now.isoformat()}", "user_id": user_id}
        for enrolment_id, user_id, came in going
        if came
    ]
    outbox.put_all(session, "moved", letters, now=now, cohort_id=to_cohort_id, by_id=by)
    return len(moved)


def _going(cohort_id: int, enrolment_ids: Iterable[int], to_cohort_id: int) -> Select[int, int, bool]:
    """Select who of some learners of a cohort moves, and lock them: a double click finds them gone."""
    other = aliased(Enrolment)
    has_place = exists().where(other.user_id == Enrolment.user_id, other.cohort_id == to_cohort_id)
    return (
        select(Enrolment.id, Enrolment.user_id, User.password_hash.is_not(None))
        .join(User, User.id == Enrolment.user_id)
        .where(_active(cohort_id, enrolment_ids), Enrolment.role == "learner", ~has_place)
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
    )


def _active(cohort_id: int, enrolment_ids: Iterable[int]) -> ColumnElement[bool]:
    return and_(
        Enrolment.id.in_(tuple(enrolment_ids)), Enrolment.cohort_id == cohort_id, Enrolment.standing == "active"
    )
