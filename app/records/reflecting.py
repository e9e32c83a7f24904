"""Reflections: written and written again, shared as far as their learner says, deleted when they say so.

A step has one reflection. After a rename it goes on in the row that stands there under the former key. Where two
steps with a reflection each became one step, the texts of both are read as one, and every verb minds both rows.

`version` counts everything that happens to a reflection, so a page that was built on an older one is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import StepBase
from app.records import kept_forms
from app.records.accounts import Visitor
from app.records.drafts import drop_texts, same_lines
from app.records.learning import add_completion, enrolment_of, lock_enrolment, note_deed, open_step
from app.records.models import Enrolment, Reflection, ReflectionRevision, Reply
from app.records.places import AnswerPlace

LONGEST = 20_000
"""Characters of one text."""


class Level(StrEnum):
    """Who may read a reflection."""

    PRIVATE = "private"
    """Only me."""
    TRAINERS = "trainers"
    """Me and my trainers."""
    COHORT = "cohort"
    """My cohort, without my name; without it for trainers too."""


class NothingWritten(Exception):
    """A reflection without a word."""


class ReflectionTooLong(Exception):
    """A text of more than LONGEST characters. It is not kept here; its draft stands."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} characters; at most {LONGEST} hoped for")
        self.length = length


class NoReflection(LookupError):
    """There is no text here that could be shared."""


class StaleReflection(Exception):
    """The page was built on an older version, and what it sends differs from what stands there now.

    Carries both, so that a page can show both. Nothing was changed.
    """

    def __init__(self, standing: ReflectionRead, text: str, level: Level) -> None:
        super().__init__(f"version {standing.version} stands there")
        self.standing = standing
        self.text = text
        self.level = level


@dataclass(frozen=True, slots=True)
class RevisionRead:
    """A text as it was submitted, and whether others than its learner may read it."""

    number: int
    text: str
    language: str
    submitted_at: datetime
    shared: bool


@dataclass(frozen=True, slots=True)
class ReflectionRead:
    """A reflection as its learner sees it; `revisions` the newest first, none after they were deleted."""

    level: Level
    version: int
    revisions: tuple[RevisionRead, ...]
    waiting_since: datetime | None
    deleted_at: datetime | None
    set_back_at: datetime | None
    """When it was set to only me because other people would read it, until its learner says who may."""

    @property
    def newest(self) -> RevisionRead | None:
        """The text as it stands."""
        return self.revisions[0] if self.revisions else None

    @property
    def text(self) -> str:
        """The text as it stands, empty when there is none."""
        return self.revisions[0].text if self.revisions else ""


# ---- reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a step's reflection, with its texts, the newest first."""

    id: int
    step_key: str
    level: Level
    shared_from: int | None
    shared_at: datetime | None
    waiting_since: datetime | None
    deleted_at: datetime | None
    set_back_at: datetime | None
    version: int
    revisions: tuple[RevisionRead, ...]

    @property
    def next_number(self) -> int:
        """The number of the next text. After a deletion it goes on too: no version is below a number given out."""
        return self.revisions[0].number + 1 if self.revisions else self.version


_TABLE = (
    select(
        Reflection.id, Reflection.step_key, Reflection.level, Reflection.shared_from, Reflection.shared_at,
        Reflection.waiting_since, Reflection.deleted_at, Reflection.set_back_at, Reflection.version,
        ReflectionRevision.number, ReflectionRevision.text, ReflectionRevision.language,
        ReflectionRevision.submitted_at,
    )
    .outerjoin(ReflectionRevision, ReflectionRevision.reflection_id == Reflection.id)
    .order_by(ReflectionRevision.number.desc())
)  # fmt: skip


def _rows(session: Session, enrolment_id: int, keys: Sequence[str]) -> list[_Row]:
    """Read the rows of a step in one statement, in order."""
    mine = Reflection.enrolment_id == enrolment_id
    return _in_order(_read_rows(session, mine, Reflection.step_key.in_(keys)), keys)


def _read_rows(session: Session, *which: ColumnElement[bool]) -> list[_Row]:
    found: dict[int, _Row] = {}
    texts: dict[int, list[RevisionRead]] = {}
    for row in session.execute(_TABLE.where(*which)):
        facts = (row.id, row.step_key, Level(row.level), row.shared_from, row.shared_at, row.waiting_since)
        found[row.id] = _Row(*facts, row.deleted_at, row.set_back_at, row.version, ())
        if row.number is not None:
            shared = row.shared_from is not None and row.number >= row.shared_from
            text = RevisionRead(row.number, row.text, row.language, row.submitted_at, shared)
            texts.setdefault(row.id, []).append(text)
    return [replace(row, revisions=tuple(texts.get(row.id, ()))) for row in found.values()]


def _in_order(rows: Iterable[_Row], keys: Sequence[str]) -> list[_Row]:
    """Put rows of one step in order: first the one that goes on, a shared one if there is one."""
    return sorted(rows, key=lambda row: (row.level is Level.PRIVATE, not row.revisions, keys.index(row.step_key)))


def _read(rows: Sequence[_Row]) -> ReflectionRead:
    first, *others = rows
    earlier = sorted((text for row in others for text in row.revisions), key=lambda t: t.submitted_at, reverse=True)
    texts = (*first.revisions, *earlier)
    deleted_at = None if texts else first.deleted_at
    set_back_at = max((row.set_back_at for row in rows if row.set_back_at), default=None)
    return ReflectionRead(first.level, first.version, texts, first.waiting_since, deleted_at, set_back_at)


def reflection_of(session: Session, visitor: Visitor, step: StepBase) -> ReflectionRead | None:
    """Return the reflection of a step, whatever the step was called; None when there never was one."""
    if visitor.enrolment_id is None:
        return None
    rows = _rows(session, visitor.enrolment_id, step.keys)
    return _read(rows) if rows else None


def reflections_of(session: Session, visitor: Visitor, course: Course) -> dict[str, ReflectionRead]:
    """Return all reflections of a visitor that hold a text, in one statement, by the key of their step.

    It is today's key; that of a step which has left the course is the one that it had.
    """
    by_step: dict[str, list[_Row]] = {}
    for row in _read_rows(session, Reflection.enrolment_id == visitor.enrolment_id):
        step = course.step_by_key.get(row.step_key)
        by_step.setdefault(step.key if step else row.step_key, []).append(row)
    found = {}
    for key, rows in by_step.items():
        step = course.step_by_key.get(key)
        found[key] = _read(_in_order(rows, step.keys if step else (key,)))
    return {key: one for key, one in found.items() if one.revisions}


# ---- verbs -----------------------------------------------------------------------------------


def plain_text(text: str) -> str:
    """Return a text with one kind of line end, no blank edges, and no NUL, which PostgreSQL does not take."""
    return same_lines(text).replace("\0", "").strip()


def clean_text(text: str) -> str:
    """Return a text as it is kept. Raises NothingWritten, ReflectionTooLong."""
    text = plain_text(text)
    if not text:
        raise NothingWritten
    if len(text) > LONGEST:
        raise ReflectionTooLong(len(text))
    return text


def submit_reflection(
    session: Session,
    visitor: Visitor,
    course: Course,
    step: StepBase,
    *,
    text: str,
    level: str,
    version: int,
    now: datetime,
    draft_version: int | None = None,
) -> None:
    """Keep a text and who may read it, complete the step, drop its draft.

    Sharing begins with this text. `version` is that of the reflection on the page, 0 when there was none;
    the same text and level again make nothing new. With `draft_version`, the one that the page was
    built on, a draft that another tab saved since then stays.
    Raises StaleReflection, NothingWritten, ReflectionTooLong, StepLocked, NoEnrolment; then nothing is
    changed, and the draft stands.
    """
    text, level = clean_text(text), Level(level)
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    done = open_step(session, enrolment_id, course, step)
    rows = _rows(session, enrolment_id, step.keys)
    if not rows:
        _write_first(session, enrolment_id, step, text, level, course.language, now)
    elif (_newest(rows[0]), rows[0].level) != (text, level) or any(row.set_back_at for row in rows):
        if rows[0].version != version and (_newest(rows[0]) != text or level is not Level.PRIVATE):
            raise StaleReflection(_read(rows), text, level)
        _write_again(session, rows, text, level, course.language, now)
    drop_texts(session, enrolment_id, step.keys, version=draft_version)
    done = add_completion(session, enrolment_id, course, step, done, now=now)
    note_deed(session, enrolment_id, step, done, now=now)


def change_level(
    session: Session, visitor: Visitor, step: StepBase, *, level: str, version: int, now: datetime
) -> None:
    """Share a reflection from the text as it stands, or take it back to only me, which always works at once.

    Raises StaleReflection when the page that asks to share was built on an older version; NoReflection
    when there is no text; NoEnrolment.
    """
    level = Level(level)
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    rows = _rows(session, enrolment_id, step.keys)
    if level is not Level.PRIVATE:
        if not rows or not rows[0].revisions:
            raise NoReflection(step.key)
        if rows[0].version != version and rows[0].level is not level:
            raise StaleReflection(_read(rows), _newest(rows[0]), level)
    _set_levels(session, rows, level, now)


def delete_reflection(session: Session, visitor: Visitor, step: StepBase, *, now: datetime) -> None:
    """Delete the text with its earlier ones, all replies, its drafts and what is kept of it; the step stays complete.

    A second call changes nothing. Raises NoEnrolment.
    """
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    keys = (*step.keys, *AnswerPlace(step).keys)
    drop_texts(session, enrolment_id, keys)
    kept_forms.forget(session, enrolment_id, keys)
    for row in _rows(session, enrolment_id, step.keys):
        if row.revisions:
            for table in (Reply, ReflectionRevision):
                of_row = delete(table).where(table.reflection_id == row.id)
                session.execute(of_row.execution_options(synchronize_session=False))
            _update(session, row, _PRIVATE | {"deleted_at": now})


def set_back(
    session: Session, *, cohort_id: int | None = None, enrolment_ids: Iterable[int] = (), now: datetime
) -> None:
    """Set what is shared in a cohort, or by some enrolments, to only me: other people would read it from now on.

    Earlier readers read it no more either, and `set_back_at` says so until its learner chooses anew. What is
    private stays as it is. The enrolments are locked first, so that nobody shares on a page that names the readers
    from before while they change. Two statements, however many texts there are.
    """
    theirs = Enrolment.id.in_(tuple(enrolment_ids)) if cohort_id is None else Enrolment.cohort_id == cohort_id
    session.scalars(select(Enrolment.id).where(theirs).order_by(Enrolment.id).with_for_update()).all()
    session.execute(
        update(Reflection)
        .where(Reflection.enrolment_id.in_(select(Enrolment.id).where(theirs)), Reflection.level != Level.PRIVATE)
        .values(_PRIVATE | {"set_back_at": now, "version": Reflection.version + 1})
        .execution_options(synchronize_session=False)
    )


# ---- writing rows of a locked enrolment ------------------------------------------------------

_PRIVATE: dict[str, Any] = {
    "level": Level.PRIVATE, "shared_from": None, "shared_at": None, "waiting_since": None, "set_back_at": None,
}  # fmt: skip
"""The columns of who may read, where only their learner may and chose so."""


def _newest(row: _Row) -> str:
    return row.revisions[0].text if row.revisions else ""


def _write_first(
    session: Session, enrolment_id: int, step: StepBase, text: str, level: Level, language: str, now: datetime
) -> None:
    reflection_id = session.scalars(
        insert(Reflection).returning(Reflection.id),
        [
            {
                "enrolment_id": enrolment_id,
                "step_key": step.key,
                "level": level,
                "shared_from": None if level is Level.PRIVATE else 1,
                "shared_at": None if level is Level.PRIVATE else now,
                "waiting_since": now if level is Level.TRAINERS else None,
                "version": 1,
            }
        ],
    ).one()
    _add_revision(session, reflection_id, 1, text, language, now)


def _write_again(session: Session, rows: Sequence[_Row], text: str, level: Level, language: str, now: datetime) -> None:
    """Add a text if it is another one, and set the level of the step's rows."""
    first, *others = rows
    if _newest(first) == text:
        _set_levels(session, rows, level, now)
        return
    _add_revision(session, first.id, first.next_number, text, language, now)
    sharing = _sharing(first, level, first.next_number, now)
    _update(session, first, sharing | {"deleted_at": None})
    _withdraw(session, others, level)


def _set_levels(session: Session, rows: Sequence[_Row], level: Level, now: datetime) -> None:
    """Set the level of the row that goes on; another row of the step stays shared only in the same way."""
    for first in rows[:1]:
        if first.level is not level or first.set_back_at:
            _update(session, first, _sharing(first, level, first.next_number - 1, now))
    _withdraw(session, rows[1:], level)


def _withdraw(session: Session, others: Sequence[_Row], level: Level) -> None:
    for row in others:
        if row.level not in (level, Level.PRIVATE) or row.set_back_at:
            _update(session, row, _PRIVATE)


def _sharing(row: _Row, level: Level, newest: int, now: datetime) -> dict[str, Any]:
    """Return the columns of who may read after a new text or another level.

    Other readers get the newest text and later ones, the same readers what they had as well.
    """
    facts = _PRIVATE | {"level": level}
    if level is not Level.PRIVATE:
        facts |= {"shared_from": newest, "shared_at": now}
    if row.level is level:
        facts |= {"shared_from": row.shared_from, "shared_at": row.shared_at}
    if level is Level.TRAINERS:
        facts["waiting_since"] = row.waiting_since or now
    return facts


def _add_revision(session: Session, reflection_id: int, number: int, text: str, language: str, now: datetime) -> None:
    session.execute(
        insert(ReflectionRevision),
        [
            {
                "reflection_id": reflection_id,
                "number": number,
                "text": text,
                "language": language,
                "submitted_at": now,
            }
        ],
    )


def _update(session: Session, row: _Row, values: dict[str, Any]) -> None:
    session.execute(
        update(Reflection)
        .where(Reflection.id == row.id)
        .values(values | {"version": row.version + 1})
        .execution_options(synchronize_session=False)
    )
