"""Who needs their trainer: flags, each by a rule that can be said in a sentence. Nothing is guessed, nobody is graded.

A flag is known by its kind and the moment at which its rule came true. A trainer who lets it rest has seen it until
that moment; so it comes back when there is a new reason, and only then. Days are days of the site's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

FAILS = 2
"""Attempts at a quiz under its mark, from which on somebody may be stuck."""
BEGUN_DAYS = 7
"""Days after which something that was begun, and not finished, is a flag."""
ABSENT_DAYS = 7
"""Days after which somebody who never signed in is one."""


class Kind(StrEnum):
    """What a flag says, the worst first."""

    STUCK = "stuck"
    """A quiz failed FAILS times or more, and not passed since."""
    DUE = "due"
    """A due date passed, and its module is not finished."""
    SILENT = "silent"
    """No step for as many days as the cohort says."""
    BEGUN = "begun"
    """A step begun and not finished; which one, is nobody's business."""
    ABSENT = "absent"
    """Never signed in."""


RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a cohort's flags go by. `is_over`: it was put away, or its last day passed; nobody is waited for then."""

    silent_days: int
    first_day: date | None
    is_over: bool
    zone: ZoneInfo

    def day_of(self, moment: datetime) -> date:
        """On which day a moment was."""
        return moment.astimezone(self.zone).date()

    def began_waiting(self, moment: datetime) -> date:
        """From which day on somebody is waited for who came at a moment: never before the first day."""
        day = self.day_of(moment)
        return max(day, self.first_day) if self.first_day else day

    def midnight(self, day: date) -> datetime:
        """When a day begins."""
        return datetime.combine(day, time(), self.zone)


@dataclass(frozen=True, slots=True)
class Failed:
    """A quiz that somebody failed and has not passed: how often, and when last."""

    quiz_slug: str
    times: int
    last_at: datetime


class Facts(NamedTuple):
    """What the flags of a learner ask. `begun_at`: since when the oldest draft lies of a step that is not done."""

    came_at: datetime
    has_come: bool
    last_deed_at: datetime | None
    is_done: bool
    failed: Sequence[Failed] = ()
    due: Sequence[tuple[str, date]] = ()
    """Modules that are not finished, by slug, with their day."""
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that came true at a moment. `about`: the quiz or the module; `count`: times, or days."""

    kind: Kind
    at: datetime
    about: str = ""
    count: int = 0


def flags_of(facts: Facts, rules: Rules, now: datetime) -> tuple[Flag, ...]:
    """Say who needs what now, the worst first; of one kind the newest first.

    Who is done needs nothing, and of who never signed in no more is said than that.
    """
    if facts.is_done or rules.is_over:
        return ()
    today = rules.day_of(now)
    flags = [Flag(Kind.STUCK, one.last_at, one.quiz_slug, one.times) for one in facts.failed if one.times >= FAILS]
    for slug, day in facts.due if facts.has_come else ():
        if day < today:
            flags.append(Flag(Kind.DUE, rules.midnight(day + timedelta(days=1)), slug, (today - day).days))
    flags += _since(facts, rules, today)
    if len(flags) > 1:
        flags.sort(key=lambda flag: (RANK[flag.kind], -flag.at.timestamp(), flag.about))
    return tuple(flags)


def _since(facts: Facts, rules: Rules, today: date) -> list[Flag]:
    """Return what time alone brings."""
    if not facts.has_come:
        flags = _after(Kind.ABSENT, rules.began_waiting(facts.came_at), ABSENT_DAYS, rules, today)
    else:
        last = rules.day_of(facts.last_deed_at) if facts.last_deed_at else date.min
        is_quiet = (today - last).days >= rules.silent_days
        flags = []
        if is_quiet:  # only then it matters since when they are here
            flags = _after(Kind.SILENT, max(last, rules.began_waiting(facts.came_at)), rules.silent_days, rules, today)
    if facts.begun_at is not None:
        flags += _after(Kind.BEGUN, rules.day_of(facts.begun_at), BEGUN_DAYS, rules, today)
    return flags


def _after(kind: Kind, day: date, days: int, rules: Rules, today: date) -> list[Flag]:
    if (today - day).days < days:
        return []
    return [Flag(kind, rules.midnight(day + timedelta(days=days)), count=(today - day).days)]


def is_resting(flag: Flag, seen_at: datetime | None) -> bool:
    """Whether a trainer who saw the flags of this kind at a moment, and let them rest, has seen this one."""
    return seen_at is not None and flag.at <= seen_at


def need(flags: Sequence[Flag]) -> tuple[int, float, int]:
    """Say how much somebody needs their trainer, for sorting: the worst kind first, then who has waited longest.

    `flags` as `flags_of` gives them, without those that rest. Who has none comes last.
    """
    if not flags:
        return (len(RANK), 0.0, 0)
    kind = flags[0].kind
    since = flags[0].at if len(flags) == 1 else min(flag.at for flag in flags if flag.kind is kind)
    return (RANK[kind], since.timestamp(), -len(flags))
