"""The stair is drawn as progress says it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.course.parts import Rich, StepBase
from app.course.rules.progress import State, StepProgress
from app.course.steps.read import ReadStep
from app.web.charts import WHOLE, Stair, stair


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


minutes_of_steps = st.lists(st.integers(1, 120), min_size=1, max_size=60)


@given(minutes_of_steps)
def test_treads_fill_the_width_side_by_side(minutes: list[int]) -> None:
    treads = stair(steps_of(minutes)).treads
    assert (treads[0].start, treads[-1].end) == (0, WHOLE)
    assert [tread.end for tread in treads[:-1]] == [tread.start for tread in treads[1:]]
    assert all(tread.start < tread.end for tread in treads)


@given(minutes_of_steps)
def test_each_tread_is_higher_than_the_one_before_and_the_last_reaches_the_top(minutes: list[int]) -> None:
    tops = [tread.top for tread in stair(steps_of(minutes)).treads]
    assert tops == sorted(set(tops), reverse=True)
    assert tops[0] < WHOLE
    assert tops[-1] == 0


def test_a_tread_is_as_wide_as_its_minutes() -> None:
    drawn = stair(steps_of([5, 10, 5]))
    assert [(tread.start, tread.end) for tread in drawn.treads] == [(0, 2500), (2500, 7500), (7500, 10_000)]


def test_treads_that_stand_alike_side_by_side_are_drawn_as_one_area_and_one_line() -> None:
    first, second = steps_of([10, 10])
    assert stair([first, second]).drawn == (
        '<path class="is-ahead" d="M0 4200h5000v5800h-5000zM5000 0h5000v10000h-5000z"/>'
        '<path class="edge is-ahead" d="M0 4200h5000M5000 0h5000"/>'
    )
    assert stair([first, second], first).drawn.count("<path") == 4


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
    assert (drawn.marker.x, drawn.marker.y) == ("50%", "28%")


def test_nobody_stands_on_a_stair_that_is_not_theirs() -> None:
    assert stair(steps_of([5, 5]), read_step(9, 5)).marker is None
    assert stair(steps_of([5, 5])).marker is None


def states(drawn: Stair) -> list[str]:
    return [tread.state for tread in drawn.treads]
