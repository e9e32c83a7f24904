"""People with their cohorts, as they leave in a table: read a batch at a time, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from app.records import audit
from app.records.models import Cohort, Enrolment, Outbox, User

BATCH = 2_000
"""People that are read at once."""


class PersonRow(NamedTuple):
    """Somebody in a cohort: a row for each of theirs. Who was never in one has a row without."""

    name: str
    email: str
    cohort_name: str | None
    role: str | None
    standing: str | None
    enrolled_at: datetime | None
    account_since: datetime
    deactivated_at: datetime | None
    invited_at: datetime | None
    """When the newest invitation left."""
    last_sign_in_at: datetime | None


def export_people(session: Session, cohort_id: int | None = None, *, by: int | None, now: datetime) -> None:
    """Note that people left as a table: those of a cohort, or all. Read them by `people`."""
    about = "user" if cohort_id is None else f"cohort:{cohort_id}"
    audit.note(session, by=by, deed="export_people", about=about, now=now)


def export_cohorts(session: Session, *, by: int | None, now: datetime) -> None:
    """Note that the list of cohorts left as a table."""
    audit.note(session, by=by, deed="export_cohorts", about="cohort", now=now)


def people(session: Session, cohort_id: int | None = None) -> Iterator[PersonRow]:
    """Read everybody, or all who are or were in a cohort, in the order of their names; one statement a batch.

    Nothing is locked and no transaction stays open meanwhile: who is renamed in these seconds may be missing, or
    come twice, where more than BATCH people leave.
    """
    last: tuple[str, int] | None = None
    while rows := session.execute(_batch(cohort_id, last)).all():
        yield from (PersonRow(*row[2:]) for row in rows)
        last = (rows[-1][0], rows[-1][1])


def _batch(cohort_id: int | None, last: tuple[str, int] | None) -> Select[*tuple[Any, ...]]:
    """Select the next people, `last` being the sort name and id of the last one before, and then their cohorts."""
    some = select(User).order_by(User.sort_name, User.id).limit(BATCH)
    mine: ColumnElement[bool] = Enrolment.user_id == User.id
    if cohort_id is not None:
        some = some.where(select(Enrolment.id).where(mine, Enrolment.cohort_id == cohort_id).exists())
    if last is not None:
        some = some.where(tuple_(User.sort_name, User.id) > last)
    user = some.subquery()
    invited = select(func.max(Outbox.sent_at)).where(Outbox.user_id == user.c.id, Outbox.letter == "invitation")
    rows = (
        select(user.c.sort_name, user.c.id, user.c.name, user.c.email)
        .add_columns(Cohort.name, Enrolment.role, Enrolment.standing, Enrolment.created_at)
        .add_columns(user.c.created_at, user.c.deactivated_at, invited.scalar_subquery(), user.c.last_sign_in_at)
        .outerjoin(Enrolment, Enrolment.user_id == user.c.id)
        .outerjoin(Cohort, Cohort.id == Enrolment.cohort_id)
        .order_by(user.c.sort_name, user.c.id, Enrolment.id)
    )
    return rows if cohort_id is None else rows.where(Enrolment.cohort_id == cohort_id)
