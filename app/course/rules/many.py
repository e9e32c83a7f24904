"""How far many are: the form of `progress` for a cohort, whose thousands of learners are told in one look.

What somebody did is read as the bits of one number, and alike numbers are counted once. It says the same as
`progress` says of each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

from app.course.content import Course
from app.course.rules.progress import share


class ModuleSum(NamedTuple):
    """A module for one learner: steps that are done, and of how many that count."""

    done: int
    counted: int
    finished: bool


class Sum(NamedTuple):
    """The course for one learner. `place`: which step of the course is the first that is missing; None at the end."""

    mask: int
    done: int
    counted: int
    finished: bool
    place: int | None
    modules: tuple[ModuleSum, ...]

    @property
    def percent(self) -> int:
        """Whole, from 0 to 100, and 100 only when nothing is missing."""
        return share(self.done, self.counted)


class _BitOfKey(dict[str, int]):
    """The bit of each key; 0 for what a course does not know."""

    def __missing__(self, _key: str) -> int:
        return 0


class Bits:
    """A bit for each step of a course and for each of its modules, under every name that it had."""

    def __init__(self, course: Course) -> None:
        """Give steps their bits in the order of the course, and modules theirs after them."""
        self._bits = _BitOfKey()
        self._modules: list[tuple[int, int, int]] = []
        place = 0
        for number, module in enumerate(course.modules):
            steps = 0
            for step in module.steps:
                steps |= 1 << place
                self._bits.update(dict.fromkeys(step.keys, 1 << place))
                place += 1
            whole = 1 << (len(course.steps) + number)
            self._bits.update(dict.fromkeys(module.keys, whole))
            self._modules.append((steps, whole, len(module.steps)))
        self._sums: dict[int, Sum] = {}
        self._parts: dict[int, ModuleSum] = {}

    def mask(self, done: str) -> int:
        """Read the keys of a `done` text as bits; what the course does not know is passed over."""
        return reduce(or_, map(self._bits.__getitem__, done.split()), 0)

    def sum(self, mask: int) -> Sum:
        """Say how far somebody is who did this."""
        found = self._sums.get(mask)
        if found is None:
            found = self._sums[mask] = self._summed(mask)
        return found

    def _summed(self, mask: int) -> Sum:
        modules, missing, done, counted = [], 0, 0, 0
        for steps, whole, count in self._modules:
            part = self._part(mask & (steps | whole), whole, count)
            modules.append(part)
            done += part.done
            counted += part.counted
            if not part.finished:
                missing |= steps & ~mask
        place = (missing & -missing).bit_length() - 1 if missing else None
        return Sum(mask, done, counted, not missing, place, tuple(modules))

    def _part(self, mask: int, whole: int, count: int) -> ModuleSum:
        """Say how far somebody is in a module, of which `mask` holds what they did; alike ones are made once."""
        key = mask or -whole  # the bits of modules are their own
        found = self._parts.get(key)
        if found is None:
            done = (mask & ~whole).bit_count()
            finished = bool(mask & whole) or done == count
            found = self._parts[key] = ModuleSum(done, done if finished else count, finished)
        return found


@dataclass(frozen=True, slots=True)
class Crowd:
    """Learners by how far they are with a thing: a module, or the whole course. `percent` is what all did together."""

    percent: int
    not_started: int
    under_way: int
    done: int

    @property
    def learners(self) -> int:
        """All of them."""
        return self.not_started + self.under_way + self.done


@dataclass(frozen=True, slots=True)
class Summary:
    """A cohort in one look: the whole course, and each module in the order of the course."""

    whole: Crowd
    modules: tuple[Crowd, ...]


def summary(course: Course, sums: Sequence[Sum], began: Iterable[bool]) -> Summary:
    """Sum up a cohort; `began` says of each learner whether they did anything yet, an attempt or a text too.

    Shares are rounded down, so that 100 is said only when nobody misses anything; of nobody it is 0.
    """
    begun = Counter(one for one, has_begun in zip(sums, began, strict=True) if has_begun or one.done)
    alike = Counter(sums)
    return Summary(
        _crowd([(one, times, begun[one]) for one, times in alike.items()]),
        tuple(_of_module(alike, number) for number in range(len(course.modules))),
    )


def _of_module(alike: Mapping[Sum, int], number: int) -> Crowd:
    counts = Counter[ModuleSum]()
    for one, times in alike.items():
        counts[one.modules[number]] += times
    return _crowd([(part, times, times if part.done else 0) for part, times in counts.items()])


def _crowd(some: Sequence[tuple[Sum | ModuleSum, int, int]]) -> Crowd:
    """Add up learners: how far some are, how many of them, and how many of these began."""
    learners = sum(times for _one, times, _begun in some)
    finished = sum(times for one, times, _begun in some if one.finished)
    under_way = sum(begun for one, _times, begun in some if not one.finished)
    together = share(*(sum(part * times for part, times in found) for found in _parts_of(some)))
    return Crowd(together if learners else 0, learners - finished - under_way, under_way, finished)


def _parts_of(some: Sequence[tuple[Sum | ModuleSum, int, int]]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    return [(one.done, times) for one, times, _begun in some], [(one.counted, times) for one, times, _begun in some]
