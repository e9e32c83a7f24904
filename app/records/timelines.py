"""What somebody did, in the order in which they did it: what their trainer and they themselves read of it.

Only what is told elsewhere too: steps, attempts, finished modules, texts that are shared with trainers, and what
trainers settled. Nothing tells of a draft, a bookmark, another way around, or a text that trainers may not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Integer, Select, String, cast, literal, null, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.records.models import Attempt, Extension, ModuleCompletion, Reflection, ReflectionRevision, StepCompletion
from app.records.reflecting import Level

PAGE = 50
"""Events that a page shows."""


class Did(StrEnum):
    """What an event is."""

    STEP = "step"
    TOOK_BACK = "took-back"
    MODULE = "module"
    ATTEMPT = "attempt"
    TEXT = "text"
    """A reflection that is shared with trainers was handed in."""
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"


class Place(NamedTuple):
    """Where an event stands: by its moment, and among others of that moment by its name."""

    at: datetime
    name: str

    def __str__(self) -> str:
        """Spell it for an address: microseconds since 1970, and the name."""
        return f"{(self.at - _BEGINNING) // _TICK}-{self.name}"


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_LONGEST_PLACE = 300


def place_of(text: str) -> Place | None:
    """Read a place as `str` spells it; None for anything else."""
    ticks, _hyphen, name = text[:_LONGEST_PLACE].partition("-")
    if not (ticks.isascii() and ticks.isdigit()):
        return None
    try:
        return Place(_BEGINNING + int(ticks) * _TICK, name)
    except (OverflowError, ValueError):  # a moment after the year 9999
        return None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `about`: the key of a step, or the slug of a module, as they were called then.

    Of an attempt `number`, `points`, `max_points` and `passed` tell, and its `id`.
    """

    at: datetime
    name: str
    did: Did
    about: str
    id: int | None
    number: int | None
    points: int | None
    max_points: int | None
    passed: bool | None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.name)


def timeline(
    session: Session, enrolment_id: int, *, before: Place | None = None, size: int = PAGE
) -> tuple[Event, ...]:
    """Read at most `size` events, the newest first; `before` a place those that are older. One statement."""
    events = union_all(*_arms(enrolment_id)).subquery()
    wanted = select(events).order_by(events.c.at.desc(), events.c.name.desc()).limit(size)
    if before is not None:
        wanted = wanted.where(tuple_(events.c.at, events.c.name) < before)
    return tuple(Event(row[0], row[1], Did(row[2]), *row[3:]) for row in session.execute(wanted))


def _arms(enrolment_id: int) -> list[Select[*tuple[Any, ...]]]:
    done, module, attempt, extension = StepCompletion, ModuleCompletion, Attempt, Extension
    mine = done.enrolment_id == enrolment_id
    shared = (
        _arm(Did.TEXT, ReflectionRevision.submitted_at, Reflection.step_key, ReflectionRevision.number)
        .join(Reflection, Reflection.id == ReflectionRevision.reflection_id)
        .where(Reflection.enrolment_id == enrolment_id, Reflection.level == Level.TRAINERS)
        .where(ReflectionRevision.number >= Reflection.shared_from)
    )
    is_granted, is_back = done.granted_at.is_not(None), done.taken_back_at.is_not(None)
    return [
        _arm(Did.STEP, done.completed_at, done.step_key).where(mine, ~is_granted),
        _arm(Did.TOOK_BACK, done.taken_back_at, done.step_key).where(mine, ~is_granted, is_back),
        _arm(Did.GRANTED, done.granted_at, done.step_key).where(mine, is_granted),
        _arm(Did.WITHDRAWN, done.taken_back_at, done.step_key).where(mine, is_granted, is_back),
        _arm(Did.MODULE, module.completed_at, module.module_slug).where(module.enrolment_id == enrolment_id),
        _arm(
            Did.ATTEMPT,
            attempt.submitted_at,
            attempt.step_key,
            attempt.id,
            told=(attempt.id, attempt.number, attempt.points, attempt.max_points, attempt.passed),
        ).where(attempt.enrolment_id == enrolment_id),
        _arm(Did.EXTENDED, extension.made_at, extension.module_slug).where(extension.enrolment_id == enrolment_id),
        shared,
    ]


_NOTHING = cast(null(), Integer)
_NOTHING_TOLD = (_NOTHING, _NOTHING, _NOTHING, _NOTHING, cast(null(), Boolean))


def _arm(did: Did, at: Any, about: Any, number: Any = None, *, told: tuple[Any, ...] = _NOTHING_TOLD) -> Any:
    """Select events of one sort; `number` tells those apart that are about the same."""
    name = literal(f"{did.value}:") + about
    if number is not None:
        name = name + ":" + cast(number, String)
    columns = (at.label("at"), name.label("name"), literal(did.value).label("did"), about.label("about"))
    named = (
        one.label(label) for one, label in zip(told, ("id", "number", "points", "max_points", "passed"), strict=True)
    )
    return select(*columns, *named)
