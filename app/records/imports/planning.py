"""From a file to a plan: who takes the file in, the rows that are staged, and what the database says of each.

Whoever reads a file holds a lease on its import, and renews it with each batch of rows. Who is killed leaves a lease
that runs out, and another begins anew. A batch is a transaction of its own, so that others go on meanwhile; it writes
nothing but the rows of the import.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, insert, literal, null, or_, select, text, update
from sqlalchemy.orm import Session

from app.records import audit, links
from app.records.base import Base
from app.records.cohorts import refuse_archived
from app.records.imports.forgetting import KEPT_FOR, purge_files
from app.records.imports.reading import ColumnFacts, Refusal, columns_from
from app.records.imports.words import (
    BY_THE_DATABASE,
    FileGone,
    NoImport,
    NotPlanned,
    Reason,
    Stage,
    StillReading,
    TakenOver,
    Verdict,
)
from app.records.models import Cohort, Enrolment, Import, ImportFile, ImportRow, User

LEASE = timedelta(minutes=1)
"""How long an import belongs to who reads it, from batch to batch; the largest file is parsed in a fifth of that."""
FILE_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A row of the file, spelt as accounts are. `reasons` are those that the file itself gives to reject it."""

    number: int
    email: str
    name: str
    sort_name: str
    role: str
    reasons: tuple[Reason, ...] = ()
    first_row: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """An import that somebody reads, as long as nobody took it over: `busy_until` is the lease, and tells."""

    import_id: int
    cohort_id: int
    cohort_name: str
    columns: tuple[ColumnFacts, ...]
    """As they were understood before, or corrected; empty for a file that was never read."""
    body: bytes
    busy_until: datetime


# ---- a file comes in, and goes ---------------------------------------------------------------


def begin_import(
    session: Session, cohort_id: int, *, file_name: str, body: bytes, by: int | None, now: datetime
) -> int:
    """Take in a file with people for a cohort; return the import. It is to be read next.

    Raises NoCohort, CohortArchived.
    """
    refuse_archived(session, cohort_id)
    purge_files(session, now)
    import_id = session.execute(
        insert(Import)
        .values(cohort_id=cohort_id, by_id=by, file_name=tidied(file_name), stage=Stage.READING, made_at=now)
        .returning(Import.id)
    ).scalar_one()
    session.execute(insert(ImportFile).values(import_id=import_id, body=body, kept_until=now + KEPT_FOR))
    audit.note(session, by=by, deed="begin_import", about=f"import:{import_id}", now=now)
    return import_id


def throw_away(session: Session, import_id: int, *, by: int | None, now: datetime) -> None:
    """Forget an import that was not applied, with its file, its rows and its plan.

    Who reads it at the moment finds it gone and stops. Raises NoImport, and NotPlanned when it is applied already.
    """
    cohort_id = session.scalar(
        delete(Import).where(Import.id == import_id, Import.applied_at.is_(None)).returning(Import.cohort_id)
    )
    if cohort_id is None:
        raise _why_not(session, import_id)
    audit.note(session, by=by, deed="throw_away", about=f"cohort:{cohort_id}", now=now)


def tidied(file_name: str) -> str:
    """Spell the name of a file on one line, without folders, and not longer than FILE_NAME_LENGTH."""
    name = PureWindowsPath(PurePosixPath(file_name).name).name
    name = "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(name.split())[-FILE_NAME_LENGTH:]


def _why_not(session: Session, import_id: int) -> NoImport | NotPlanned:
    there = session.scalar(select(Import.id).where(Import.id == import_id))
    return NotPlanned(import_id) if there else NoImport(import_id)


# ---- the lease -------------------------------------------------------------------------------


def take_up(session: Session, import_id: int, now: datetime) -> Work:
    """Begin to read the file of an import, from its first row; what was staged before is dropped.

    Raises NoImport, NotPlanned when it is applied already, StillReading, FileGone.
    """
    free = or_(Import.busy_until.is_(None), Import.busy_until <= now)
    taken = session.execute(
        update(Import)
        .where(Import.id == import_id, Import.applied_at.is_(None), free)
        .values(stage=Stage.READING, refusal=None, rows_read=0, rows_total=None, busy_until=now + LEASE)
        .returning(Import.cohort_id, Import.columns)
    ).one_or_none()
    if taken is None:
        busy = session.scalar(select(Import.id).where(Import.id == import_id, Import.applied_at.is_(None)))
        raise StillReading(import_id) if busy else _why_not(session, import_id)
    cohort_id, columns = taken
    body = session.scalar(select(ImportFile.body).where(ImportFile.import_id == import_id, ImportFile.kept_until > now))
    if body is None:
        raise FileGone(import_id)
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    cohort_name = session.execute(select(Cohort.name).where(Cohort.id == cohort_id)).scalar_one()
    return Work(import_id, cohort_id, cohort_name, columns_from(columns), body, now + LEASE)


def _hold(session: Session, work: Work, busy_until: datetime | None, **values: object) -> None:
    """Write to an import that is held, and renew or end the lease. Raises TakenOver."""
    held = session.scalar(
        update(Import)
        .where(Import.id == work.import_id, Import.stage == Stage.READING, Import.busy_until == work.busy_until)
        .values(busy_until=busy_until, **values)
        .returning(Import.id)
    )
    if held is None:
        raise TakenOver(work.import_id)


# ---- reading ---------------------------------------------------------------------------------


def understand(
    session: Session, work: Work, *, sheet: str, columns: Sequence[ColumnFacts], rows: int, now: datetime
) -> Work:
    """Note how the file is understood, and how many rows it has; return the renewed work. Raises TakenOver."""
    as_json = json.dumps([asdict(column) for column in columns], ensure_ascii=False)
    return _renewed(session, work, now, sheet=tidied(sheet), columns=as_json, rows_total=rows)


def stage(session: Session, work: Work, rows: Sequence[StagedRow], *, key: bytes, now: datetime) -> Work:
    """Stage a batch of rows, as if all who are in it were new; return the renewed work. Raises TakenOver.

    `key` is the installation's secret.
    """
    work = _renewed(session, work, now, rows_read=Import.rows_read + len(rows))
    session.execute(insert(ImportRow), [_values(work.import_id, row, key) for row in rows])
    return work


def compare(session: Session, work: Work, first: int, last: int, *, now: datetime) -> Work:
    """Note what the database says of the staged rows from one number to another; return the renewed work.

    Two statements, however many rows there are. Raises TakenOver.
    """
    work = _renewed(session, work, now)
    settle(session, work.import_id, work.cohort_id, ImportRow.number.between(first, last))
    return work


def _renewed(session: Session, work: Work, now: datetime, **values: object) -> Work:
    _hold(session, work, now + LEASE, **values)
    return Work(work.import_id, work.cohort_id, work.cohort_name, work.columns, work.body, now + LEASE)


def _values(import_id: int, row: StagedRow, key: bytes) -> Mapping[str, object]:
    """Make the columns of a staged row, as if nobody had an account yet: the database has its say afterwards.

    A row has its link ready whether or not it needs one, so that a plan that is made anew needs no secret.
    """
    values = asdict(row)
    reasons = values.pop("reasons")
    link = (None, None) if reasons else links.new_token("invitation", key)
    return values | {
        "import_id": import_id,
        "verdict": Verdict.REJECTED if reasons else Verdict.NEW,
        "reason": " ".join(reasons) or None,
        "letter": None if reasons else "invitation",
        "seed": link[0],
        "token_hash": link[1],
    }


def refuse(session: Session, work: Work, refusal: Refusal, columns: Sequence[ColumnFacts] = ()) -> None:
    """Note that the file cannot be read, and why. Raises TakenOver."""
    kept = {"columns": json.dumps([asdict(column) for column in columns], ensure_ascii=False)} if columns else {}
    _hold(session, work, None, stage=Stage.REFUSED, refusal=json.dumps(asdict(refusal)), **kept)


def finish(session: Session, work: Work) -> None:
    """Note that all rows are staged and compared: there is a plan. Raises TakenOver."""
    _hold(session, work, None, stage=Stage.PLANNED, plan_number=Import.plan_number + 1)


def look_at_tables(session: Session, *models: type[Base]) -> None:
    """Let PostgreSQL count what is in tables to which many rows were added; its own look comes a minute later.

    Until then it takes the rows of a new import for a handful, and compares each with each: 10,000 took 5 seconds.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE " + ", ".join(f'"{model.__tablename__}"' for model in models)))


def look_at_rows(session: Session) -> None:
    """Prepare the database for questions about the rows that were staged, in a transaction of its own."""
    look_at_tables(session, ImportRow)


def plan_anew(session: Session, import_id: int, plan_number: int) -> None:
    """Make a plan anew from the database as it is now; the file is not needed for that.

    `plan_number` is that of the plan that does not hold any more: where there is a newer one already, that stays.
    """
    cohort_id = session.scalar(
        update(Import)
        .where(Import.id == import_id, Import.stage == Stage.PLANNED, Import.plan_number == plan_number)
        .values(plan_number=plan_number + 1)
        .returning(Import.cohort_id)
    )
    if cohort_id is not None:
        settle(session, import_id, cohort_id)


# ---- what the database says of a row ---------------------------------------------------------

_FINDS = ("verdict", "reason", "user_id", "name_before", "sort_name_before", "came_back", "letter")
"""What the database decides of a row."""


def found_now(import_id: int, cohort_id: int, *which: ColumnElement[bool]) -> Any:
    """Select what the database says today of each row that the file itself does not reject.

    The one place where it is decided what happens to a row: a plan keeps what this finds, and what it finds again in
    the moment of applying must be the same.
    """
    row, user, place = ImportRow, User, Enrolment
    other_role = and_(place.id.is_not(None), place.role != row.role)
    reason = case(
        (user.deactivated_at.is_not(None), literal(Reason.ACCOUNT_CLOSED.value)),
        (other_role, literal(Reason.OTHER_ROLE.value)),
    )
    verdict = case(
        (user.id.is_(None), literal(Verdict.NEW.value)),
        (or_(user.deactivated_at.is_not(None), other_role), literal(Verdict.REJECTED.value)),
        (and_(place.id.is_not(None), place.standing == "active"), literal(Verdict.THERE.value)),
        else_=literal(Verdict.ENROL.value),
    )
    letter = case(
        (or_(reason.is_not(None), place.standing == "active"), null()),
        (user.password_hash.is_(None), literal("invitation")),
        else_=literal("enrolled"),
    )
    renamed = and_(reason.is_(None), user.name != row.name)
    by_the_file = and_(row.reason.is_not(None), row.reason.not_in(BY_THE_DATABASE))
    return (
        select(
            row.import_id,
            row.number,
            verdict.label("verdict"),
            reason.label("reason"),
            user.id.label("user_id"),
            case((renamed, user.name)).label("name_before"),
            case((renamed, user.sort_name)).label("sort_name_before"),
            and_(place.id.is_not(None), place.standing == "ended", reason.is_(None)).label("came_back"),
            letter.label("letter"),
        )
        .select_from(row)
        .outerjoin(user, user.email == row.email)
        .outerjoin(place, and_(place.user_id == user.id, place.cohort_id == cohort_id))
        .where(row.import_id == import_id, ~by_the_file, *which)
    ).subquery()


def _differs(found: Any) -> ColumnElement[bool]:
    same_row = (ImportRow.import_id == found.c.import_id, ImportRow.number == found.c.number)
    return and_(*same_row, or_(*(getattr(ImportRow, name).is_distinct_from(found.c[name]) for name in _FINDS)))


def settle(session: Session, import_id: int, cohort_id: int, *which: ColumnElement[bool]) -> None:
    """Write down what the database says of the rows, where something else stands there. One statement."""
    found = found_now(import_id, cohort_id, *which)
    session.execute(
        update(ImportRow)
        .where(ImportRow.import_id == import_id, *which, _differs(found))
        .values({name: found.c[name] for name in _FINDS})
        .execution_options(synchronize_session=False)
    )


def is_as_planned(session: Session, import_id: int, cohort_id: int) -> bool:
    """Whether the database still says of every row what the plan says. One statement."""
    found = found_now(import_id, cohort_id)
    other: Select[int] = select(func.count()).select_from(ImportRow).join(found, _differs(found))
    return not session.scalar(other.where(ImportRow.import_id == import_id))
