"""The picture of a cohort: its course as a stair, and on each tread those who stand there. Percent and pixels only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.course.content import Course
from app.records.standings import Standing

MOST_TREADS = 40
"""Of a longer course the treads are its modules."""
MOST_DOTS = 6
"""People on a tread who are drawn each by a dot; where more stand on any, all treads have a bar and a number."""
GROUND, LOWEST, RISE = 200.0, 14.0, 125.0
"""Pixels: where the ground lies, how high the first tread is, and how much higher the last."""
DOT, HIGHEST_BAR = 12.0, 54.0
"""Pixels: from one dot to the next, and the highest bar."""


@dataclass(frozen=True, slots=True)
class Tread:
    """A tread: from left and width in percent, its top in pixels; how many stand on it, and of them with a flag."""

    left: float
    width: float
    top: float
    count: int
    flagged: int
    bar: float
    dots: tuple[tuple[float, bool], ...]
    """How far down each dot lies, and whether it is flagged; empty where bars are drawn."""

    @property
    def middle(self) -> float:
        """Percent from the left."""
        return self.left + self.width / 2


@dataclass(frozen=True, slots=True)
class Crowd:
    """The picture: first who did not begin, then each tread of the course, last who is done. `labels`: x and number."""

    treads: tuple[Tread, ...]
    labels: tuple[tuple[float, str], ...]
    has_dots: bool


def crowd_of(course: Course, everybody: Sequence[Standing]) -> Crowd:
    """Draw a cohort."""
    module_of = [number for number, module in enumerate(course.modules) for _step in module.steps]
    by_module = len(module_of) > MOST_TREADS
    treads_of_course = len(course.modules) if by_module else len(module_of)
    counts, flagged = Counter[int](), Counter[int]()
    for one in everybody:
        place = _place(one, module_of if by_module else None, treads_of_course)
        counts[place] += 1
        flagged[place] += bool(one.awake or one.waiting)
    columns = treads_of_course + 2
    has_dots = max(counts.values(), default=0) <= MOST_DOTS
    treads = tuple(_tread(place, columns, counts, flagged, has_dots=has_dots) for place in range(columns))
    first = [number if by_module else module_of.index(number) for number in range(len(course.modules))]
    labels = tuple(
        (100.0 * (place + 1) / columns, module.number) for place, module in zip(first, course.modules, strict=True)
    )
    return Crowd(treads, labels, has_dots)


def _place(one: Standing, module_of: Sequence[int] | None, treads: int) -> int:
    """Return on which column somebody stands; `module_of` says of each step in which module, where those are treads."""
    if not one.began and not one.sum.finished:
        return 0
    if one.sum.place is None:
        return treads + 1
    return 1 + (one.sum.place if module_of is None else module_of[one.sum.place])


def _tread(place: int, columns: int, counts: Counter[int], flagged: Counter[int], *, has_dots: bool) -> Tread:
    top = GROUND - LOWEST - RISE * place / (columns - 1)
    count = counts[place]
    dots = tuple((top - 8 - DOT * n, n >= count - flagged[place]) for n in range(count)) if has_dots else ()
    most = max(counts.values(), default=1)
    bar = 0.0 if has_dots else HIGHEST_BAR * count / most
    return Tread(100.0 * place / columns, 100.0 / columns, top, count, flagged[place], bar, dots)
