"""The stair is drawn as progress says it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.parts import Rich, StepBase
from app.course.rules.progress import State, StepProgress
from app.course.steps.read import ReadStep
from app.web.charts import Stair, stair


def read_step(number: int, minutes: int) -> StepBase:
    facts: dict[str, Any] = {
        "title": f"Step {number}",
        "minutes": minutes,
        "source": "a book",
        "body": Rich("x", "<p>x</p>"),
    }
    return ReadStep(slug=f"step-{number}", module_slug="walk", **facts)


def steps_of(minutes: list[int]) -> list[StepBase]:
    return [read_step(number, length) for number, length in enumerate(minutes)]


def number(percent: str) -> float:
    assert percent.endswith("%")
    return float(percent[:-1])


minutes_of_steps = st.lists(st.integers(1, 120), min_size=1, max_size=60)


@given(minutes_of_steps)
def test_treads_fill_the_width_side_by_side(minutes: list[int]) -> None:
    treads = stair(steps_of(minutes)).treads
    assert sum(number(tread.width) for tread in treads) == pytest.approx(100, abs=0.01 * len(minutes))
    assert number(treads[0].start) == 0
    assert number(treads[-1].end) == 100
    assert [tread.end for tread in treads[:-1]] == [tread.start for tread in treads[1:]]


@given(minutes_of_steps)
def test_everything_stays_within_the_picture(minutes: list[int]) -> None:
    steps = steps_of(minutes)
    drawn = stair(steps, steps[len(steps) // 2])
    for tread in drawn.treads:
        for found in (tread.start, tread.end, tread.width, tread.top, tread.height):
            assert 0 <= number(found) <= 100
        assert number(tread.top) + number(tread.height) == pytest.approx(100, abs=0.02)
    assert drawn.marker is not None
    assert 0 <= number(drawn.marker.x) <= 100


@given(minutes_of_steps)
def test_each_tread_is_higher_than_the_one_before_and_the_last_reaches_the_top(minutes: list[int]) -> None:
    tops = [number(tread.top) for tread in stair(steps_of(minutes)).treads]
    assert tops == sorted(tops, reverse=True)
    assert len(set(tops)) == len(tops)
    assert tops[-1] == 0


def test_a_tread_is_as_wide_as_its_minutes() -> None:
    drawn = stair(steps_of([5, 10, 5]))
    assert [(tread.start, tread.width) for tread in drawn.treads] == [("0%", "25%"), ("25%", "50%"), ("75%", "25%")]


def test_done_here_and_ahead_are_told_apart() -> None:
    first, second, third, fourth = steps_of([5, 5, 5, 5])
    so_far = [
        StepProgress(first, State.DONE),
        StepProgress(second, State.OPEN),
        StepProgress(third, State.LOCKED),
        StepProgress(fourth, State.NEW),
    ]
    assert states(stair(so_far, second)) == ["done", "here", "ahead", "ahead"]


def test_the_step_where_somebody_is_shows_as_here_also_when_it_is_done() -> None:
    first, second = steps_of([5, 5])
    so_far = [StepProgress(first, State.DONE), StepProgress(second, State.OPEN)]
    assert states(stair(so_far, first)) == ["here", "ahead"]


def test_the_marker_stands_on_the_middle_of_the_tread_where_somebody_is() -> None:
    steps = steps_of([10, 20, 10])
    drawn = stair(steps, steps[1])
    assert drawn.marker is not None
    assert (drawn.marker.x, drawn.marker.y) == ("50%", drawn.treads[1].top)


def test_nobody_stands_on_a_stair_that_is_not_theirs() -> None:
    assert stair(steps_of([5, 5]), read_step(9, 5)).marker is None
    assert stair(steps_of([5, 5])).marker is None


def states(drawn: Stair) -> list[str]:
    return [tread.state for tread in drawn.treads]
