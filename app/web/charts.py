"""Numbers into points: the geometry of the pictures in macros/charts.html. Nothing here knows a colour or a word."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from markupsafe import Markup

from app.course.parts import StepBase
from app.course.rules.progress import State, StepProgress

WHOLE = 10_000
"""The width and the height of a stair, in its own units."""
LOWEST = 0.16
"""The part of the height on which the stair stands before its first tread."""

How = Literal["done", "here", "ahead"]


@dataclass(frozen=True, slots=True)
class Tread:
    """One tread, in units of the stair; `top` is how far it lies below the upper edge of the picture."""

    state: How
    start: int
    end: int
    top: int

    @property
    def area(self) -> str:
        """The tread down to the ground, as a path in SVG."""
        width = self.end - self.start
        return f"M{self.start} {self.top}h{width}v{WHOLE - self.top}h-{width}z"

    @property
    def edge(self) -> str:
        """The line on which one would step, as a path in SVG."""
        return f"M{self.start} {self.top}h{self.end - self.start}"


@dataclass(frozen=True, slots=True)
class Marker:
    """Where the dot stands that says: you are here. Percent for an SVG attribute, such as `12.5%`."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Stair:
    """A flight of treads, lowest first; the marker is missing when nobody stands on it. `drawn`: the treads in SVG."""

    treads: tuple[Tread, ...]
    marker: Marker | None
    drawn: Markup


def stair(steps: Iterable[StepBase | StepProgress], here: StepBase | None = None) -> Stair:
    """Draw steps as a stair: a tread a step, as wide as its minutes, each as much higher as the one before.

    `steps` come with their progress, or bare, and then all of them lie ahead. `here` is the step
    where somebody is; one that is not among the steps marks nothing.
    """
    place, minutes, states = here.key if here else None, [], []
    for one in steps:
        step = one.step if isinstance(one, StepProgress) else one
        is_done = isinstance(one, StepProgress) and one.state is State.DONE
        minutes.append(step.minutes)
        states.append(_how(is_here=step.key == place, is_done=is_done))
    return _stair(tuple(minutes), tuple(states))


def _how(*, is_here: bool, is_done: bool) -> How:
    return "here" if is_here else "done" if is_done else "ahead"


@lru_cache(maxsize=1024)
def _stair(minutes: Sequence[int], states: Sequence[How]) -> Stair:
    """Draw treads of so many minutes that stand so: many stand alike, so each picture is drawn once."""
    treads = tuple(_treads(minutes, states))
    marker = next((_marker(tread) for tread in treads if tread.state == "here"), None)
    return Stair(treads, marker, Markup("").join(_paths(treads)))


def _treads(minutes: Sequence[int], states: Sequence[How]) -> Iterator[Tread]:
    whole, passed = sum(minutes), 0
    for number, (width, state) in enumerate(zip(minutes, states, strict=True), start=1):
        height = LOWEST + (1 - LOWEST) * number / len(minutes)
        start, passed = passed, passed + width
        yield Tread(state, round(WHOLE * start / whole), round(WHOLE * passed / whole), round(WHOLE * (1 - height)))


def _paths(treads: Iterable[Tread]) -> Iterator[Markup]:
    """Yield the treads in SVG: one path for the areas and one for the edges of all that stand alike side by side."""
    for state, found in groupby(treads, key=lambda tread: tread.state):
        flight = list(found)
        yield _path(f"is-{state}", (tread.area for tread in flight))
        yield _path(f"edge is-{state}", (tread.edge for tread in flight))


def _path(classes: str, pieces: Iterable[str]) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(classes, "".join(pieces))


def _marker(tread: Tread) -> Marker:
    return Marker(x=_percent((tread.start + tread.end) / 2), y=_percent(tread.top))


def bar(some: int, whole: int) -> str:
    """Return how long a bar is that shows some of a whole, as percent for an SVG attribute."""
    return _percent(WHOLE * some / whole)


def _percent(units: float) -> str:
    return f"{100 * units / WHOLE:.2f}".rstrip("0").rstrip(".") + "%"
