"""What is known of an import: its facts, its rows, how many of which kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from app.records.base import table_of
from app.records.imports.words import Reason, Stage, Stayed, Verdict
from app.records.models import Cohort, Enrolment, Import, ImportFile, ImportRow, User

PAGE = 50
"""Rows that a page shows."""
BATCH = 1_000
"""Rows that are read at once where all of them are wanted."""


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column of the file, and how it is understood."""

    index: int
    """From 0 on."""
    letter: str
    """The name that spreadsheets give it."""
    heading: str
    meaning: str
    """A value of `rosters.columns.Meaning`."""
    example: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file cannot be read, by `rosters.refusing.Why`."""

    why: str
    row: int | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """An import as its pages need it."""

    import_id: int
    cohort_id: int
    cohort_name: str
    cohort_archived: bool
    language: str
    """The cohort's: that of its letters, and of new accounts."""
    by_id: int | None
    by_name: str | None
    """None for the command line, and where the account is gone."""
    file_name: str
    sheet: str
    stage: Stage
    plan_number: int
    """Counts the plans that were made; only the one that was seen can be applied."""
    columns: tuple[ColumnFacts, ...]
    refusal: Refusal | None
    rows_read: int
    rows_total: int | None
    """None until the file has been read."""
    busy_until: datetime | None
    """Until when somebody works at it; over and still reading, who did was killed, and another may go on."""
    made_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    has_file: bool
    """Whether the file is still kept, so that it can be read anew."""

    def is_stuck(self, now: datetime) -> bool:
        """Whether its reading was broken off, and somebody should go on with it."""
        return self.stage is Stage.READING and (self.busy_until is None or self.busy_until <= now)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of which kind: what a plan would do, or what was done."""

    new: int
    enrol: int
    there: int
    rejected: int
    renamed: int
    """Whose name changes; counted among `enrol` and `there` as well."""
    trainers: int
    """Of `new` and `enrol`, those who come as a trainer."""
    came_back: int
    """Of `enrol`, those whose enrolment had been ended."""
    invitations: int
    """Letters with a link by which one chooses a password."""
    letters: int
    """Letters to people who have a password: that they are in this cohort too."""
    missing: int
    """Active in the cohort and not in the file. Nothing happens to them."""

    @property
    def changes(self) -> int:
        """How many rows do something."""
        return self.new + self.enrol + self.renamed


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of the file, and what the plan says of it."""

    number: int
    """As the spreadsheet shows it."""
    email: str
    """Of a rejected row, what its cell holds."""
    name: str
    role: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    first_row: int | None
    """Where the same address stood before."""
    name_before: str | None
    """The account's name, where the plan changes it to `name`."""
    came_back: bool
    letter: str | None
    """`invitation`, `enrolled`, or none."""
    user_id: int | None
    stayed: Stayed | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """An import that was applied, in the list of a cohort."""

    import_id: int
    file_name: str
    by_name: str | None
    applied_at: datetime
    undone_at: datetime | None
    new: int
    enrol: int
    renamed: int
    is_last: bool
    """Whether it is the one that can be undone."""


@dataclass(frozen=True, slots=True)
class OpenImport:
    """An import of a cohort that is not applied: still being read, refused, or with a plan that waits."""

    import_id: int
    file_name: str
    by_name: str | None
    stage: Stage
    made_at: datetime


def import_facts(session: Session, import_id: int, now: datetime) -> ImportFacts | None:
    """Read what is known of an import; nothing where there is none. One statement."""
    kept = exists().where(ImportFile.import_id == Import.id, ImportFile.kept_until > now)
    row = session.execute(
        select(*table_of(Import).c, Cohort.name, Cohort.language, Cohort.archived_at, User.name, kept)
        .join(Cohort, Cohort.id == Import.cohort_id)
        .outerjoin(User, User.id == Import.by_id)
        .where(Import.id == import_id)
    ).one_or_none()
    if row is None:
        return None
    *own, cohort_name, language, archived_at, by_name, has_file = row
    facts = dict(zip(table_of(Import).c.keys(), own, strict=True))
    return ImportFacts(
        import_id=facts.pop("id"),
        cohort_name=cohort_name,
        cohort_archived=archived_at is not None,
        language=language,
        by_name=by_name,
        stage=Stage(facts.pop("stage")),
        columns=columns_from(facts.pop("columns")),
        refusal=_refusal_from(facts.pop("refusal")),
        has_file=has_file,
        **facts,
    )


def columns_from(text: str) -> tuple[ColumnFacts, ...]:
    """Read the columns of a file as its import keeps them."""
    return tuple(ColumnFacts(**one) for one in json.loads(text))


def _refusal_from(text: str | None) -> Refusal | None:
    return None if text is None else Refusal(**json.loads(text))


def tally(session: Session, import_id: int) -> Tally:
    """Count the rows of an import by what happens to them. Two statements."""
    row = ImportRow
    comes = row.verdict.in_((Verdict.NEW, Verdict.ENROL))
    counts: list[ColumnElement[bool]] = [
        *(row.verdict == verdict for verdict in Verdict),
        row.name_before.is_not(None),
        and_(comes, row.role == "trainer"),
        row.came_back.is_(True),
        row.letter == "invitation",
        row.letter == "enrolled",
    ]
    counted = session.execute(select(*(_count(one) for one in counts)).where(row.import_id == import_id)).one()
    return Tally(*[*counted, session.scalar(_missing(import_id)) or 0])


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _missing(import_id: int) -> Select[int]:
    """Count who is in the cohort and not in the file, where a row that is rejected names somebody all the same."""
    here = ImportRow.import_id == import_id
    named = exists().where(here, ImportRow.user_id == Enrolment.user_id)
    rejected = select(func.lower(ImportRow.email)).where(here, ImportRow.verdict == Verdict.REJECTED)
    return (
        select(func.count())
        .select_from(Enrolment)
        .join(Import, Import.cohort_id == Enrolment.cohort_id)
        .join(User, User.id == Enrolment.user_id)
        .where(Import.id == import_id, Enrolment.standing == "active", ~named, User.email.not_in(rejected))
    )


RENAMED = "renamed"
STAYED = "stayed"
_KINDS: Mapping[str, ColumnElement[bool]] = {
    RENAMED: ImportRow.name_before.is_not(None),
    STAYED: ImportRow.stayed.is_not(None),
}
"""Kinds of rows to show beside the verdicts: whose name changes, and whom the undo left."""


def rows_of(
    session: Session, import_id: int, *, show: str = "", page: int = 1, size: int = PAGE
) -> tuple[tuple[RowLine, ...], int]:
    """Read a page of the rows, rejected ones first, and how many there are. Two statements.

    `show` is a verdict, `renamed`, `stayed`, or empty for all.
    """
    which = [ImportRow.import_id == import_id]
    if show:
        which.append(_KINDS.get(show, ImportRow.verdict == show))
    rejected_first = case((ImportRow.verdict == Verdict.REJECTED, 0), else_=1)
    found = _lines().where(*which).order_by(rejected_first, ImportRow.number).limit(size).offset((page - 1) * size)
    total = session.scalar(select(func.count()).select_from(ImportRow).where(*which)) or 0
    return tuple(map(line_from, session.execute(found))), total


def all_rows(session: Session, import_id: int) -> Iterator[RowLine]:
    """Read all rows in the order of the file, a batch at a time."""
    after = -1
    while True:
        some = _lines().where(ImportRow.import_id == import_id, ImportRow.number > after)
        lines = [line_from(row) for row in session.execute(some.order_by(ImportRow.number).limit(BATCH))]
        yield from lines
        if len(lines) < BATCH:
            return
        after = lines[-1].number


def _lines() -> Select[*tuple[Any, ...]]:
    row = ImportRow
    return select(
        row.number, row.email, row.name, row.role, row.verdict, row.reason, row.first_row, row.name_before,
        row.came_back, row.letter, row.user_id, row.stayed,
    )  # fmt: skip


def line_from(row: Sequence[Any]) -> RowLine:
    """Make the line of a row, from its columns in the order of the line's fields."""
    number, email, name, role, verdict, reason, first_row, name_before, came_back, letter, user_id, stayed = row
    reasons = tuple(map(Reason, reason.split())) if reason else ()
    why = Stayed(stayed) if stayed else None
    return RowLine(
        number, email, name, role, Verdict(verdict), reasons, first_row, name_before, came_back, letter, user_id, why
    )


def imports_of(session: Session, cohort_id: int) -> tuple[Receipt, ...]:
    """List what was enrolled into a cohort from files, the newest first. Two statements."""
    row = ImportRow
    rows = session.execute(
        select(Import.id, Import.file_name, User.name, Import.applied_at, Import.undone_at)
        .add_columns(_count(row.verdict == Verdict.NEW), _count(row.verdict == Verdict.ENROL))
        .add_columns(_count(row.name_before.is_not(None)))
        .outerjoin(User, User.id == Import.by_id)
        .outerjoin(row, row.import_id == Import.id)
        .where(Import.cohort_id == cohort_id, Import.applied_at.is_not(None))
        .group_by(Import.id, User.name)
        .order_by(Import.applied_at.desc(), Import.id.desc())
    ).all()
    last = last_applied(session, cohort_id)
    return tuple(Receipt(*[*found, found[0] == last]) for found in rows)


def open_imports_of(session: Session, cohort_id: int) -> tuple[OpenImport, ...]:
    """List the imports of a cohort that were begun and neither applied nor thrown away, the newest first."""
    rows = session.execute(
        select(Import.id, Import.file_name, User.name, Import.stage, Import.made_at)
        .outerjoin(User, User.id == Import.by_id)
        .where(Import.cohort_id == cohort_id, Import.applied_at.is_(None))
        .order_by(Import.id.desc())
    )
    return tuple(OpenImport(id_, name, by_name, Stage(stage), at) for id_, name, by_name, stage, at in rows)


def last_applied(session: Session, cohort_id: int) -> int | None:
    """Name the import of a cohort that can be undone: the newest that is applied and not undone."""
    return session.scalar(
        select(Import.id)
        .where(Import.cohort_id == cohort_id, Import.stage == Stage.APPLIED)
        .order_by(Import.applied_at.desc(), Import.id.desc())
        .limit(1)
    )
