"""Numbers into points: the geometry of the pictures in macros/charts.html. Nothing here knows a colour or a word."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from markupsafe import Markup

from app.course.parts import StepBase
from app.course.rules.progress import State, StepProgress

LOWEST = 16
"""Percent of the height on which the stair stands before its first tread."""

How = Literal["done", "here", "ahead"]
HOW: tuple[How, ...] = ("done", "here", "ahead")


@dataclass(frozen=True, slots=True)
class Tread:
    """One tread. `state` is `done`, `here` or `ahead`; all else is percent for an SVG attribute, such as `12.5%`."""

    state: How
    start: str
    end: str
    width: str
    top: str
    height: str

    @property
    def drawn(self) -> str:
        """The tread and its edge, in SVG."""
        area = f'x="{self.start}" y="{self.top}" width="{self.width}" height="{self.height}"'
        edge = f'x1="{self.start}" x2="{self.end}" y1="{self.top}" y2="{self.top}"'
        return f'<rect class="is-{self.state}" {area}/><line class="is-{self.state}" {edge}/>'


@dataclass(frozen=True, slots=True)
class Marker:
    """Where the dot stands that says: you are here."""

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
    where somebody is; one that is not among the steps marks nothing. Widths sum to 100 percent,
    but for rounding to hundredths.
    """
    place, minutes, states = here.key if here else None, [], []
    for one in steps:
        step = one.step if isinstance(one, StepProgress) else one
        is_done = isinstance(one, StepProgress) and one.state is State.DONE
        minutes.append(step.minutes)
        states.append(_how(is_here=step.key == place, is_done=is_done))
    stand = list(zip(_shapes(tuple(minutes)), states, strict=True))
    return Stair(
        treads=tuple([shape.treads[state] for shape, state in stand]),
        marker=next((shape.marker for shape, state in stand if state == "here"), None),
        drawn=Markup("".join([shape.drawn[state] for shape, state in stand])),  # noqa: S704 - nothing but numbers
    )


def _how(*, is_here: bool, is_done: bool) -> How:
    return "here" if is_here else "done" if is_done else "ahead"


@dataclass(frozen=True, slots=True)
class _Shape:
    """A tread and its drawing, by how it may stand, and the marker of who stands on it."""

    treads: Mapping[How, Tread]
    drawn: Mapping[How, str]
    marker: Marker


@lru_cache(maxsize=64)
def _shapes(minutes: Sequence[int]) -> tuple[_Shape, ...]:
    """Return the treads of steps that take so many minutes: worked out once, for all who walk there."""
    return tuple(_each_shape(minutes))


def _each_shape(minutes: Sequence[int]) -> Iterator[_Shape]:
    whole = sum(minutes)
    passed = 0
    for number, width in enumerate(minutes, start=1):
        height = LOWEST + (100 - LOWEST) * number / len(minutes)
        start, passed = passed, passed + width
        points = {
            "start": _percent(start * 100 / whole),
            "end": _percent(passed * 100 / whole),
            "width": _percent(width * 100 / whole),
            "top": _percent(100 - height),
            "height": _percent(height),
        }
        treads = {state: Tread(state=state, **points) for state in HOW}
        drawn = {state: tread.drawn for state, tread in treads.items()}
        yield _Shape(treads, drawn, Marker(_percent((start + width / 2) * 100 / whole), points["top"]))


def _percent(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") + "%"
