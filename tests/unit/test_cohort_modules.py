"""Which modules belong to a cohort, and when they are due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.rules.cohort_modules import WHOLE_COURSE, CohortModule, CohortPlan, course_of, due_day, moved
from tests.nouns import make_course, make_module, make_read

FIRST, CAME = date(2027, 2, 1), date(2027, 2, 20)
COURSE = make_course(*(make_module(slug, make_read(f"{slug}/begin")) for slug in ("one", "two", "three")))


def plan_of(*modules: CohortModule, whole_course: bool = False, first_day: date | None = FIRST) -> CohortPlan:
    return CohortPlan(whole_course, first_day, modules)


def slugs(plan: CohortPlan) -> list[str]:
    return [module.slug for module in course_of(COURSE, plan).modules]


def test_without_anything_settled_the_whole_course_belongs_to_a_cohort() -> None:
    assert course_of(COURSE, WHOLE_COURSE) is COURSE


def test_a_cohort_works_through_its_own_modules_in_the_order_of_the_course() -> None:
    part = course_of(COURSE, plan_of(CohortModule("three"), CohortModule("one")))
    assert [module.slug for module in part.modules] == ["one", "three"]
    assert [step.key for step in part.steps] == ["one/begin", "three/begin"]
    assert "two/begin" not in part.step_by_key


def test_a_module_that_was_renamed_still_belongs() -> None:
    course = make_course(make_module("new", former=("old",)), make_module("other"))
    assert [one.slug for one in course_of(course, plan_of(CohortModule("old"))).modules] == ["new"]


def test_a_cohort_whose_modules_are_all_gone_has_the_whole_course() -> None:
    assert slugs(plan_of(CohortModule("gone"))) == ["one", "two", "three"]


def test_a_day_that_is_due_leaves_out_no_module_where_the_whole_course_belongs() -> None:
    assert slugs(plan_of(CohortModule("one", due_on=FIRST), whole_course=True)) == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("settled", "first_day", "due"),
    [
        (CohortModule("one", due_on=date(2027, 3, 1)), FIRST, date(2027, 3, 1)),
        (CohortModule("one", due_after_days=14), FIRST, date(2027, 2, 15)),
        (CohortModule("one", due_after_days=14), None, date(2027, 3, 6)),
        (CohortModule("one"), FIRST, None),
        (CohortModule("two", due_on=FIRST), FIRST, None),
    ],
    ids=["a day", "days after the first day", "days after coming in", "only belongs", "another module"],
)
def test_a_module_is_due_on_its_day_or_so_many_days_after_the_beginning(
    settled: CohortModule, first_day: date | None, due: date | None
) -> None:
    assert due_day(plan_of(settled, first_day=first_day), COURSE.modules[0], CAME) == due


@given(st.integers(-2000, 2000), st.integers(0, 400))
def test_in_a_rerun_a_due_day_lies_as_far_from_the_first_day_as_before(shift: int, after: int) -> None:
    plan = plan_of(CohortModule("one", due_on=FIRST + timedelta(days=after)), CohortModule("two", due_after_days=3))
    again = moved(plan, FIRST + timedelta(days=shift))
    assert again.first_day is not None
    assert again.modules[0].due_on == again.first_day + timedelta(days=after)
    assert again.modules[1] == plan.modules[1]


@pytest.mark.parametrize(("before", "after"), [(None, FIRST), (FIRST, None)])
def test_where_a_first_day_is_missing_due_days_of_a_rerun_stay_open(before: date | None, after: date | None) -> None:
    again = moved(plan_of(CohortModule("one", due_on=FIRST), first_day=before), after)
    assert (again.first_day, again.modules[0].due_on) == (after, None)
