"""From a file with people to a plan, and to a receipt: the hands that bring rosters and records together.

The command line and the admin's pages both come here. Nobody waits for a file: it is read in a thread of its own, in
short transactions. Whoever kills the process, at whatever point, leaves all of an import or nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from threading import Thread
from time import sleep
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from app.exchange.rosters.columns import Column, Meaning, corrected
from app.exchange.rosters.people import Person, people_in
from app.exchange.rosters.reading import Roster, roster_of
from app.exchange.rosters.refusing import Unreadable
from app.records import accounts, imports
from app.records.engine import writing_sessions
from app.records.imports import ColumnFacts, PlanChanged, Reason, Refusal, StagedRow, Work

BATCH = 1_000
"""Rows that are staged in one transaction: on SQLite others wait for it, some 30 ms."""
AT_ONCE = 5
"""Batches that are compared with the database in one transaction."""

TRIES, PAUSE = 20, 0.05
"""How often a deed is tried again whose people somebody else is about, and seconds in between."""

T = TypeVar("T")
Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
"""Hears how many rows have been read, and of how many."""
Meanings = Mapping[int, Meaning]
"""What somebody says that columns mean, by their index."""

log = logging.getLogger("opstap.imports")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _unheard(_read: int, _total: int) -> None:
    """Hear nothing."""


# ---- from a file to a plan -------------------------------------------------------------------


def make_plan(
    engine: Engine,
    import_id: int,
    meanings: Meanings | None = None,
    *,
    key: bytes,
    clock: Clock = _utc_now,
    progress: Progress = _unheard,
) -> None:
    """Read the file of an import, from its beginning, and stage its rows: then it has a plan, or is refused.

    `meanings` are columns that somebody understood otherwise; without them they are taken as they were last time.
    `key` is the secret of the installation, for the links of invitations. Raises NoImport, NotPlanned when it is
    applied already, StillReading, FileGone; TakenOver when the lease ran out meanwhile and another goes on.
    """
    _Reader(writing_sessions(engine), key, clock, progress).read(import_id, meanings)


def begin(
    engine: Engine, import_id: int, meanings: Meanings | None = None, *, key: bytes, clock: Clock = _utc_now
) -> Thread:
    """Make the plan of an import in a thread of its own, which is returned: wait for it as long as you like.

    Raises what `make_plan` raises, but TakenOver: before this returns, the import is this thread's.
    """
    reader = _Reader(writing_sessions(engine), key, clock, _unheard)
    work = reader.take_up(import_id)
    thread = Thread(target=reader.work_off, args=(work, meanings), name=f"import {import_id}", daemon=True)
    thread.start()
    return thread


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a file: the sessions that it writes by, the secret, the clock, and who hears how far it is."""

    sessions: sessionmaker[Session]
    key: bytes
    clock: Clock
    progress: Progress

    def take_up(self, import_id: int) -> Work:
        """Make an import one's own."""
        with self.sessions.begin() as session:
            return imports.take_up(session, import_id, self.clock())

    def read(self, import_id: int, meanings: Meanings | None) -> None:
        """Read the file of an import, and stage its rows. Raises what `make_plan` raises."""
        self.stage(self.take_up(import_id), meanings)

    def work_off(self, work: Work, meanings: Meanings | None) -> None:
        """Do the same in a thread, which has nobody to tell: who looks at the import finds that its lease is over."""
        try:
            self.stage(work, meanings)
        except imports.TakenOver:
            log.info("import %d: another goes on with it, or it was thrown away", work.import_id)
        except Exception:
            log.exception("import %d: its reading was broken off", work.import_id)

    def stage(self, work: Work, meanings: Meanings | None) -> None:
        """Read the file of an import that is one's own, and stage its rows."""
        columns: tuple[ColumnFacts, ...] = ()
        try:
            roster = roster_of(work.body)
            understood = corrected(roster.columns, _meanings_of(work) | dict(meanings or {}))
            columns = tuple(map(_facts_of, understood))
            people = people_in(roster.rows, understood, cohort=work.cohort_name)
        except Unreadable as refusal:
            with self.sessions.begin() as session:
                imports.refuse(session, work, Refusal(refusal.why, refusal.row, refusal.limit), columns)
            return
        self._stage_people(work, roster, columns, people)

    def _stage_people(
        self, work: Work, roster: Roster, columns: Sequence[ColumnFacts], people: Iterator[Person]
    ) -> None:
        total = len(roster.rows)
        with self.sessions.begin() as session:
            work = imports.understand(session, work, sheet=roster.sheet, columns=columns, rows=total, now=self.clock())
        rows, read, batches = staged(people), 0, list[tuple[int, int]]()
        self.progress(read, total)
        while batch := list(islice(rows, BATCH)):
            with self.sessions.begin() as session:
                work = imports.stage(session, work, batch, key=self.key, now=self.clock())
            batches.append((batch[0].number, batch[-1].number))
            read += len(batch)
            self.progress(read, total)
        self._compare(work, batches)

    def _compare(self, work: Work, batches: Sequence[tuple[int, int]]) -> None:
        """Note what the database says of all staged rows: then there is a plan."""
        with self.sessions.begin() as session:
            imports.look_at_rows(session)
        for place in range(0, len(batches), AT_ONCE):
            some = batches[place : place + AT_ONCE]
            work = self._compare_some(work, some[0][0], some[-1][1])
        with self.sessions.begin() as session:
            imports.finish(session, work)

    def _compare_some(self, work: Work, first: int, last: int) -> Work:
        return _in_peace(self.sessions, lambda session: imports.compare(session, work, first, last, now=self.clock()))


def _meanings_of(work: Work) -> dict[int, Meaning]:
    return {column.index: Meaning(column.meaning) for column in work.columns}


def _facts_of(column: Column) -> ColumnFacts:
    return ColumnFacts(column.index, column.letter, column.heading, column.meaning, column.example)


# ---- a row as accounts spell it --------------------------------------------------------------


def staged(people: Iterable[Person]) -> Iterator[StagedRow]:
    """Spell each person as an account would be, and say what is wrong with them.

    Two addresses may be one only when they are spelt so (münchen.example and xn--mnchen-3ya.example): the first counts.
    """
    first_rows: dict[str, int] = {}
    for person in people:
        row = _staged(person)
        if not row.reasons:
            first = first_rows.setdefault(row.email, row.number)
            if first != row.number:
                row = _rejected(person, row.name, (Reason.TWICE,), first)
        yield row


def _staged(person: Person) -> StagedRow:
    reasons = [Reason(fault) for fault in person.faults]
    email, name = person.email, person.name
    if not reasons:
        email = _folded(person.email, reasons)
        name = _clean(person.name, reasons)
    if reasons:
        return _rejected(person, name, tuple(reasons), person.first_row)
    return StagedRow(person.row, email, name, accounts.sort_name(name), person.role)


def _folded(email: str, reasons: list[Reason]) -> str:
    try:
        return accounts.folded_email(email)
    except accounts.BadEmail:
        reasons.append(Reason.NOT_AN_ADDRESS)
        return email


def _clean(name: str, reasons: list[Reason]) -> str:
    try:
        return accounts.clean_name(name)
    except accounts.NoName:
        reasons.append(Reason.NO_NAME)
    except accounts.NameTooLong:
        reasons.append(Reason.NAME_TOO_LONG)
    return name


def _rejected(person: Person, name: str, reasons: tuple[Reason, ...], first_row: int | None) -> StagedRow:
    """Keep what the file says of somebody who is not enrolled, no longer than a page can show."""
    return StagedRow(person.row, person.email, name[: accounts.NAME_LENGTH], "", person.role, reasons, first_row)


# ---- from a plan to a receipt ----------------------------------------------------------------


def apply(engine: Engine, import_id: int, plan_number: int, *, by: int | None, clock: Clock = _utc_now) -> None:
    """Do what the plan that was seen says, in one transaction.

    Raises NoImport, NotPlanned, CohortArchived; PlanChanged when there is a newer plan, or the database has changed
    since: then nothing was done, and the plan has been made anew.
    """
    sessions = writing_sessions(engine)
    try:
        with sessions.begin() as session:
            imports.apply_import(session, import_id, plan_number=plan_number, by=by, now=clock())
        with sessions.begin() as session:
            imports.look_at_what_grew(session)
    except PlanChanged:
        _in_peace(sessions, lambda session: imports.plan_anew(session, import_id, plan_number))
        raise


def undo(engine: Engine, import_id: int, *, by: int | None, clock: Clock = _utc_now) -> None:
    """Take back what an import did. Raises NoImport, NothingToUndo, NotTheLast."""
    _in_peace(writing_sessions(engine), lambda session: imports.undo_import(session, import_id, by=by, now=clock()))


def _in_peace(sessions: sessionmaker[Session], deed: Callable[[Session], T]) -> T:
    """Do a deed in a transaction, again where somebody whom it is about comes or goes at that very moment.

    On PostgreSQL an account that a plan points at may be deleted by another undo, and a link may be in use.
    """
    for _again in range(TRIES):
        with suppress(IntegrityError, imports.LinkInUse), sessions.begin() as session:
            return deed(session)
        sleep(PAUSE)
    with sessions.begin() as session:
        return deed(session)
