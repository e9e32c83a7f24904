"""Numbers into points: the geometry of the pictures in macros/charts.html. Nothing here knows a colour or a word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.course.parts import StepBase
from app.course.rules.progress import State, StepProgress

LOWEST = 16
"""Percent of the height on which the stair stands before its first tread."""


@dataclass(frozen=True, slots=True)
class Tread:
    """One tread. `state` is `done`, `here` or `ahead`; all else is percent for an SVG attribute, such as `12.5%`."""

    state: str
    start: str
    end: str
    width: str
    top: str
    height: str


@dataclass(frozen=True, slots=True)
class Marker:
    """Where the dot stands that says: you are here."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Stair:
    """A flight of treads, lowest first; the marker is missing when nobody stands on it."""

    treads: tuple[Tread, ...]
    marker: Marker | None


def stair(steps: Iterable[StepBase | StepProgress], here: StepBase | None = None) -> Stair:
    """Draw steps as a stair: a tread a step, as wide as its minutes, each as much higher as the one before.

    `steps` come with their progress, or bare, and then all of them lie ahead. `here` is the step
    where somebody is; one that is not among the steps marks nothing. Widths sum to 100 percent,
    but for rounding to hundredths.
    """
    flight = list(steps)
    states = [_state(one, here) for one in flight]
    minutes = [one.minutes if isinstance(one, StepBase) else one.step.minutes for one in flight]
    treads = tuple(_treads(states, minutes))
    at = states.index("here") if "here" in states else None
    if at is None:
        return Stair(treads, None)
    middle = (sum(minutes[:at]) + minutes[at] / 2) * 100 / sum(minutes)
    return Stair(treads, Marker(_percent(middle), treads[at].top))


def _state(one: StepBase | StepProgress, here: StepBase | None) -> str:
    step = one if isinstance(one, StepBase) else one.step
    if here is not None and step.key == here.key:
        return "here"
    return "done" if isinstance(one, StepProgress) and one.state is State.DONE else "ahead"


def _treads(states: Sequence[str], minutes: Sequence[int]) -> Iterable[Tread]:
    whole = sum(minutes)
    passed = 0
    for number, (state, width) in enumerate(zip(states, minutes, strict=True), start=1):
        height = LOWEST + (100 - LOWEST) * number / len(states)
        start, passed = passed, passed + width
        yield Tread(
            state=state,
            start=_percent(start * 100 / whole),
            end=_percent(passed * 100 / whole),
            width=_percent(width * 100 / whole),
            top=_percent(100 - height),
            height=_percent(height),
        )


def _percent(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") + "%"
