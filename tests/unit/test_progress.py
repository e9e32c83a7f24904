"""Progress is right, and stays right: the one rule that says how far somebody is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.content import Course
from app.course.rules.progress import TAKEN_BACK, State, next_step, progress, share
from tests.nouns import make_course, make_module, make_quiz_step, make_read

TWO_MODULES = make_course(
    make_module("one", make_read("one/a"), make_read("one/b")),
    make_module("two", make_read("two/c"), make_read("two/d")),
)


def test_who_did_nothing_is_at_zero_and_misses_everything() -> None:
    so_far = progress(TWO_MODULES, ())
    assert (so_far.percent, so_far.steps_done, so_far.steps_counted, so_far.minutes_left) == (0, 0, 4, 20)
    assert [step.key for module in so_far.modules for step in module.missing] == ["one/a", "one/b", "two/c", "two/d"]
    assert not so_far.finished


def test_half_of_the_steps_is_half_of_the_course() -> None:
    so_far = progress(TWO_MODULES, {"one/a", "two/d"})
    assert (so_far.percent, so_far.minutes_left) == (50, 10)
    assert [module.percent for module in so_far.modules] == [50, 50]


def test_a_share_is_rounded_down_so_that_100_is_said_only_when_all_is_done() -> None:
    assert [share(199, 200), share(200, 200), share(1, 3), share(0, 5)] == [99, 100, 33, 0]


def test_a_step_done_under_its_former_name_is_done_and_counts_once() -> None:
    course = make_course(make_module("one", make_read("one/new", former=["old/name"]), make_read("one/b")))
    assert progress(course, {"old/name"}).percent == 50
    assert progress(course, {"old/name", "one/new"}).percent == 50


def test_what_the_course_does_not_know_is_passed_over() -> None:
    assert progress(TWO_MODULES, {"gone/step", "gone", "~gone/other"}).modules == progress(TWO_MODULES, ()).modules


def test_a_step_added_to_a_finished_module_is_an_offer_and_lowers_nothing() -> None:
    longer = make_course(
        make_module("one", make_read("one/a"), make_read("one/b"), make_read("one/added")), TWO_MODULES.modules[1]
    )
    done = {"one/a", "one/b", "one"}
    so_far = progress(longer, done)
    assert so_far.percent == progress(TWO_MODULES, done).percent == 50
    module = so_far.of(longer.modules[0])
    assert (module.finished, module.percent, module.missing) == (True, 100, ())
    assert [step.key for step in module.new] == ["one/added"]


def test_a_step_taken_back_in_a_finished_module_is_open_and_no_news() -> None:
    module = progress(TWO_MODULES, {"one/a", TAKEN_BACK + "one/b", "one"}).modules[0]
    assert module.state_of(TWO_MODULES.steps[1]) is State.OPEN
    assert (module.finished, module.new, module.missing) == (True, (), ())


def test_a_module_finished_under_its_former_name_stays_finished() -> None:
    course = make_course(make_module("one", former=["previously"]))
    assert progress(course, {"previously"}).finished


def test_a_module_whose_last_missing_step_was_retired_is_finished() -> None:
    so_far = progress(make_course(make_module("one", make_read("one/a"))), {"one/a"})
    assert (so_far.percent, so_far.finished, next_step(so_far)) == (100, True, None)
    assert so_far.modules[0].finished


def test_a_module_in_fixed_order_opens_one_step_after_the_other() -> None:
    module = make_module("one", make_read("one/a"), make_read("one/b"), make_read("one/c"), order="fixed")
    course = make_course(module)

    def states(*done: str) -> list[State]:
        return [s.state for s in progress(course, done).of(module).steps]

    assert states() == [State.OPEN, State.LOCKED, State.LOCKED]
    assert states("one/a") == [State.DONE, State.OPEN, State.LOCKED]
    assert states("one/b") == [State.OPEN, State.DONE, State.LOCKED]  # done before the order was asked for
    assert states("one") == [State.NEW, State.NEW, State.NEW]


@pytest.mark.parametrize(
    ("done", "last", "hoped"),
    [
        ((), None, "one/a"),
        (("one/a",), "one/a", "one/b"),
        (("one/a",), "one/b", "one/b"),
        (("one/a", "two/c"), "two/c", "two/d"),
        (("two/c", "two/d"), "two/d", "one/a"),
        (("one/a", "one/b", "two/c"), "retired/step", "two/d"),
        (("one/a", "one/b", "two/c", "two/d"), "two/d", None),
        (("one", "two"), None, None),
    ],
)
def test_one_goes_on_where_one_was_then_at_what_comes_after_then_at_what_is_missing(
    done: tuple[str, ...], last: str | None, hoped: str | None
) -> None:
    step = next_step(progress(TWO_MODULES, done), last)
    assert (step.key if step else None) == hoped


def test_one_is_never_sent_to_a_locked_step() -> None:
    course = make_course(make_module("one", make_read("one/a"), make_read("one/b"), order="fixed"))
    step = next_step(progress(course, ()), "one/b")
    assert step is not None
    assert step.key == "one/a"


# ---- for any course and anything done ---------------------------------------------------------


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Courses of one to three modules in either order, in which some steps and modules had other names."""
    modules = []
    for m in range(draw(st.integers(1, 3))):
        steps = []
        for s in range(draw(st.integers(1, 4))):
            key, former = f"m{m}/s{s}", [f"old{m}/s{s}"] if draw(st.booleans()) else []
            steps.append(make_read(key, former=former) if draw(st.booleans()) else make_quiz_step(key, former=former))
        modules.append(
            make_module(
                f"m{m}",
                *steps,
                order=draw(st.sampled_from(["free", "fixed"])),
                former=[f"old{m}"] if draw(st.booleans()) else [],
            )
        )
    return make_course(*modules)


def tokens(course: Course) -> st.SearchStrategy[frozenset[str]]:
    """Anything that may stand in `done`."""
    keys = [key for step in course.steps for key in step.keys]
    modules = [key for module in course.modules for key in module.keys]
    return st.frozensets(st.sampled_from([*keys, *(TAKEN_BACK + key for key in keys), *modules, "gone", "gone/step"]))


courses_with_done = courses().flatmap(lambda course: st.tuples(st.just(course), tokens(course)))


@given(courses_with_done)
def test_progress_is_a_share_and_100_exactly_when_nothing_is_missing(found: tuple[Course, frozenset[str]]) -> None:
    course, done = found
    so_far = progress(course, done)
    assert 0 <= so_far.percent <= 100
    assert 0 <= so_far.steps_done <= so_far.steps_counted
    missing = [step for module in so_far.modules for step in module.missing]
    assert (so_far.percent == 100) == (not missing) == so_far.finished == (so_far.minutes_left == 0)
    for module in so_far.modules:
        assert (module.percent == 100) == module.finished == (not module.missing)
        assert len(module.steps) == len(module.module.steps)


@given(courses_with_done)
def test_there_is_a_next_step_exactly_while_something_is_missing_and_it_may_be_done(
    found: tuple[Course, frozenset[str]],
) -> None:
    course, done = found
    so_far = progress(course, done)
    for last in (None, *(step.key for step in course.steps)):
        step = next_step(so_far, last)
        assert (step is None) == so_far.finished
        if step is not None:
            assert so_far.of(course.module_by_slug[step.module_slug]).state_of(step) is State.OPEN


@given(courses_with_done, st.data())
def test_doing_one_more_step_never_lowers_progress(found: tuple[Course, frozenset[str]], data: st.DataObject) -> None:
    course, done = found
    step = data.draw(st.sampled_from(course.steps))
    assert progress(course, done | {step.key}).percent >= progress(course, done).percent


@given(courses_with_done)
def test_names_make_no_difference_to_progress(found: tuple[Course, frozenset[str]]) -> None:
    course, done = found
    today = frozenset(
        course.step_by_key[key].key if key in course.step_by_key
        else course.module_by_slug[key].slug if key in course.module_by_slug
        else key
        for key in done
    )  # fmt: skip
    before, after = progress(course, done), progress(course, today)
    assert [m.finished for m in before.modules] == [m.finished for m in after.modules]
    assert [m.done for m in before.modules] == [m.done for m in after.modules]
    assert before.percent == after.percent


@given(courses_with_done, st.data())
def test_steps_added_to_finished_modules_lower_nothing(
    found: tuple[Course, frozenset[str]], data: st.DataObject
) -> None:
    course, done = found
    before = progress(course, done)
    longer = make_course(
        *(
            m.module.model_copy(update={"steps": _with_one_more(m.module.steps, data)})
            if any(key in done for key in m.module.keys)
            else m.module
            for m in before.modules
        )
    )
    after = progress(longer, done)
    assert after.percent == before.percent
    assert [m.finished for m in after.modules] == [m.finished for m in before.modules]


def _with_one_more(steps: tuple[object, ...], data: st.DataObject) -> tuple[object, ...]:
    at = data.draw(st.integers(0, len(steps)))
    return (*steps[:at], make_read("added/step"), *steps[at:])
