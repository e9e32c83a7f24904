"""Who of the staff did what, to whom, when: written by the verbs, in their transaction, and read again.

An entry holds ids alone. Names are looked up when it is read: one that was corrected is right everywhere, and
what is gone has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, func, insert, literal, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from app.records.base import insert_once
from app.records.models import AuditEntry, Cohort, Enrolment, Import, JoinCode, User

PAGE = 50
"""Entries that a page shows."""
BATCH = 2_000
"""Entries that are read at once where all of them leave."""
LAST_ID = 2**31 - 1

# ---- writing -----------------------------------------------------------------------------------


def note(
    session: Session, *, by: int | None, deed: str, about: str, subject_id: int | None = None, now: datetime
) -> None:
    """Note a deed of staff. Its words stand in app/web/logbook.py; a test fails for a deed without.

    `by` is the id of who did it, None for the command line; `about` what it was done to, as `table:id`, or `table`
    alone where it was all of it; `subject_id` the person whom it concerns, who may read the entry. What cohort
    somebody came into or left is noted as `cohort:id`: their enrolment may move on. Nobody's text goes in.
    """
    session.execute(insert(AuditEntry).values(at=now, actor_id=by, deed=deed, subject_id=subject_id, about=about))


def note_all(
    session: Session, *, by: int | None, deed: str, about: str, subject_ids: Iterable[int], now: datetime
) -> None:
    """Note a deed of staff that concerns several people, for each of them; in one statement."""
    same = {"at": now, "actor_id": by, "deed": deed, "about": about}
    if entries := [same | {"subject_id": subject_id} for subject_id in subject_ids]:
        session.execute(insert(AuditEntry), entries)


def note_once(
    session: Session, *, by: int, deed: str, about: str, subject_id: int, once_key: str, now: datetime
) -> bool:
    """Note a deed unless one of the same `once_key` was noted before, also at this very moment; say whether it was."""
    return insert_once(
        session, AuditEntry, at=now, actor_id=by, deed=deed, subject_id=subject_id, about=about, once_key=once_key
    )


def is_noted(session: Session, once_key: str) -> bool:
    """Whether a deed was noted that is noted once."""
    return session.scalar(select(AuditEntry.id).where(AuditEntry.once_key == once_key)) is not None


def export_log(session: Session, *, by: int | None, now: datetime) -> None:
    """Note that entries of the log left as a file."""
    note(session, by=by, deed="export_log", about="audit_entry", now=now)


# ---- reading -----------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where an entry stands: by its moment, and among others of that moment by its number."""

    at: datetime
    entry_id: int

    def __str__(self) -> str:
        """Spell it for an address: microseconds since 1970, and the number."""
        return f"{(self.at - _BEGINNING) // _TICK}-{self.entry_id}"


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_LONGEST_PLACE = 32


def place_of(text: str) -> Place | None:
    """Read a place as `str` spells it; None for anything else."""
    ticks, _hyphen, number = text[:_LONGEST_PLACE].partition("-")
    if not all(part.isascii() and part.isdigit() for part in (ticks, number)):
        return None
    try:
        return Place(_BEGINNING + int(ticks) * _TICK, min(int(number), LAST_ID))
    except OverflowError:  # a moment after the year 9999
        return None


@dataclass(frozen=True, slots=True)
class Which:
    """Which entries somebody asks for: all, as far as nothing is given."""

    subject_id: int | None = None
    actor_id: int | None = None
    from_command_line: bool = False
    deed: str | None = None
    since: datetime | None = None
    """From this moment on."""
    until: datetime | None = None
    """Before this moment."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Say the same to the database."""
        if self.subject_id is not None:
            yield AuditEntry.subject_id == self.subject_id
        if self.actor_id is not None:
            yield AuditEntry.actor_id == self.actor_id
        if self.from_command_line:
            yield AuditEntry.actor_id.is_(None)
        if self.deed is not None:
            yield AuditEntry.deed == self.deed
        if self.since is not None:
            yield AuditEntry.at >= self.since
        if self.until is not None:
            yield AuditEntry.at < self.until


EVERYTHING = Which()


@dataclass(frozen=True, slots=True)
class About:
    """What a deed was done to. Names are empty for what has none, or is gone."""

    table: str
    id: int | None = None
    """None where it was all of the table."""
    name: str = ""
    """A file's name, or how a join code begins: the whole would still open the cohort to who reads the log."""
    cohort_id: int | None = None
    cohort_name: str = ""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of the log, with the names that everybody has now.

    Without an actor it was the command line; without a subject it concerns nobody, or somebody whose account is gone.
    """

    entry_id: int
    at: datetime
    deed: str
    actor_id: int | None
    actor_name: str
    actor_email: str
    subject_id: int | None
    subject_name: str
    subject_email: str
    about: About

    @property
    def place(self) -> Place:
        """Where it stands in the log."""
        return Place(self.at, self.entry_id)


def entries(
    session: Session,
    which: Which = EVERYTHING,
    *,
    before: Place | None = None,
    after: Place | None = None,
    size: int = PAGE,
) -> tuple[EntryLine, ...]:
    """Read at most `size` entries, the newest first, in two statements at most.

    `before` a place come the newest that are older than it; `after` a place the oldest that are newer.
    """
    place = tuple_(AuditEntry.at, AuditEntry.id)
    wanted = select(AuditEntry).where(*which.conditions())
    if after is not None:
        wanted = wanted.where(place > after).order_by(AuditEntry.at, AuditEntry.id)
    else:
        wanted = wanted.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if before is not None:
        wanted = wanted.where(place < before)
    rows = session.execute(_with_people(wanted.limit(size).subquery())).all()
    abouts = _abouts(session, {row.about for row in rows})
    lines = (EntryLine(*(*row[:-1], abouts[row.about])) for row in rows)
    return tuple(sorted(lines, key=lambda line: line.place, reverse=True))


def all_entries(session: Session, which: Which = EVERYTHING) -> Iterator[EntryLine]:
    """Read all of them, the newest first, a batch at a time."""
    before = None
    while found := entries(session, which, before=before, size=BATCH):
        yield from found
        before = found[-1].place


def _with_people(found: Subquery) -> Select[*tuple[Any, ...]]:
    """Add the names of those who did it and of those whom it concerns."""
    actor, subject = aliased(User), aliased(User)
    return (
        select(found.c.id, found.c.at, found.c.deed)
        .add_columns(found.c.actor_id, _or_nothing(actor.name), _or_nothing(actor.email))
        .add_columns(found.c.subject_id, _or_nothing(subject.name), _or_nothing(subject.email), found.c.about)
        .outerjoin(actor, actor.id == found.c.actor_id)
        .outerjoin(subject, subject.id == found.c.subject_id)
    )


def _or_nothing(column: Any) -> ColumnElement[str]:
    return func.coalesce(column, "")


# ---- what it was done to -----------------------------------------------------------------------

_NO_NAME = literal("")
_JOIN_CODE_BEGINS = func.substr(JoinCode.key, 1, 4)
_NAMED: Mapping[str, Select[str, int, str, int, str]] = {
    "cohort": select(literal("cohort"), Cohort.id, _NO_NAME, Cohort.id, Cohort.name),
    "enrolment": select(literal("enrolment"), Enrolment.id, _NO_NAME, Cohort.id, Cohort.name).join(
        Cohort, Cohort.id == Enrolment.cohort_id
    ),
    "import": select(literal("import"), Import.id, Import.file_name, Cohort.id, Cohort.name).join(
        Cohort, Cohort.id == Import.cohort_id
    ),
    "join_code": select(literal("join_code"), JoinCode.id, _JOIN_CODE_BEGINS, Cohort.id, Cohort.name).join(
        Cohort, Cohort.id == JoinCode.cohort_id
    ),
}
"""Where names stand, by table: the table, an id, the name, and the cohort that it belongs to."""


def _abouts(session: Session, spelt: Iterable[str]) -> dict[str, About]:
    """Read what `table:id` stands for, all of it in one statement; none where no names are needed."""
    abouts = {text: _bare(text) for text in spelt}
    ids: dict[str, list[int]] = {}
    for about in abouts.values():
        if about.table in _NAMED and about.id is not None:
            ids.setdefault(about.table, []).append(about.id)
    if ids:
        named = (_NAMED[table].where(_NAMED[table].selected_columns[1].in_(some)) for table, some in ids.items())
        found = (About(*row) for row in session.execute(union_all(*named)))
        abouts |= {f"{about.table}:{about.id}": about for about in found}
    return abouts


def _bare(text: str) -> About:
    table, _colon, number = text.partition(":")
    return About(table, int(number) if number else None)
