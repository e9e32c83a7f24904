"""Which modules of a course belong to a cohort, and by which day each is hoped to be done.

A due date is a help in planning. It locks nothing, and nothing is lost when it passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from app.course.content import Course, Module


@dataclass(frozen=True, slots=True)
class CohortModule:
    """What is settled about a module: a day, or days after the beginning; neither where it only belongs."""

    slug: str
    due_on: date | None = None
    due_after_days: int | None = None


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """What a cohort works through. `whole_course`: every module, those that come later too; else the named ones."""

    whole_course: bool = True
    first_day: date | None = None
    modules: tuple[CohortModule, ...] = ()


WHOLE_COURSE = CohortPlan()
NO_EXTENSIONS: Mapping[str, date] = MappingProxyType({})


def course_of(course: Course, plan: CohortPlan) -> Course:
    """Return the course as a cohort has it: its own modules, in the order of the course.

    Where none of them is left in the course it is the whole: somebody with nothing to do could only be lost.
    """
    if plan.whole_course:
        return course
    named = {one.slug for one in plan.modules}
    modules = tuple(module for module in course.modules if not named.isdisjoint(module.keys))
    return course.model_copy(update={"modules": modules}) if 0 < len(modules) < len(course.modules) else course


def due_day(
    plan: CohortPlan, module: Module, came_on: date, extended: Mapping[str, date] = NO_EXTENSIONS
) -> date | None:
    """Return the day by which somebody is hoped to be done with a module, or None.

    Days are counted from the cohort's first day or, where it has none, from the day on which somebody came in.
    `extended` holds later days that a trainer gave them, by module slug, current or former. It never makes a day come
    sooner, and where the cohort has none it makes none.
    """
    settled = next((one for one in plan.modules if one.slug in module.keys), None)
    if settled is None or settled.due_after_days is None:
        day = settled.due_on if settled else None
    else:
        day = (plan.first_day or came_on) + timedelta(days=settled.due_after_days)
    return max([day, *(extended[key] for key in module.keys if key in extended)]) if day else None


def moved(plan: CohortPlan, first_day: date | None) -> CohortPlan:
    """Return the plan of a rerun: each day that was due lies as far from the new first day as it did from the old one.

    Where one of the two first days is missing, such days are left open.
    """
    shift = first_day - plan.first_day if first_day and plan.first_day else None

    def again(one: CohortModule) -> CohortModule:
        return replace(one, due_on=one.due_on + shift if one.due_on and shift is not None else None)

    return replace(plan, first_day=first_day, modules=tuple(again(one) for one in plan.modules))
