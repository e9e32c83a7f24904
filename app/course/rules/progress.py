"""How far somebody is: one pure rule for the learner, the trainer and the export alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from app.course.content import Course, Module
from app.course.parts import StepBase

TAKEN_BACK = "~"
"""Stands before the key of a step that the learner completed and then took back."""


class State(StrEnum):
    """How a step stands for somebody."""

    DONE = "done"
    OPEN = "open"
    LOCKED = "locked"
    NEW = "new"
    """Added after its module was finished: an offer, no duty."""


class StepProgress(NamedTuple):
    """A step and how it stands."""

    step: StepBase
    state: State


@dataclass(frozen=True)
class ModuleProgress:
    """How far somebody is in a module. `percent` is whole, from 0 to 100.

    It is `finished` when it was once, or when every step that it has now is done: a step that was
    the last one missing may have left the course.
    """

    module: Module
    steps: tuple[StepProgress, ...]
    finished: bool
    percent: int

    @property
    def done(self) -> tuple[StepBase, ...]:
        """Steps that are done."""
        return tuple([s.step for s in self.steps if s.state is State.DONE])

    @property
    def missing(self) -> tuple[StepBase, ...]:
        """Steps that the module still asks for; nothing once it is finished."""
        if self.finished:
            return ()
        return tuple([s.step for s in self.steps if s.state in (State.OPEN, State.LOCKED)])

    @property
    def new(self) -> tuple[StepBase, ...]:
        """Steps that came after the module was finished, and are not done."""
        return tuple(s.step for s in self.steps if s.state is State.NEW)

    @property
    def minutes_left(self) -> int:
        """Minutes of the steps that are missing."""
        return sum([step.minutes for step in self.missing])

    @cached_property
    def _states(self) -> dict[str, State]:
        return {one.step.key: one.state for one in self.steps}

    def state_of(self, step: StepBase) -> State:
        """How one of the module's steps stands."""
        return self._states[step.key]


@dataclass(frozen=True)
class Progress:
    """How far somebody is in the course, worked out module by module as it is asked for: a step asks for one or two.

    `known`: the keys of what they did.
    """

    course: Course
    known: frozenset[str]
    _found: dict[str, ModuleProgress] = field(default_factory=dict, repr=False, compare=False)

    def of(self, module: Module) -> ModuleProgress:
        """Progress in one module of the same course."""
        if module.slug not in self._found:
            self._found[module.slug] = _module_progress(module, self.known)
        return self._found[module.slug]

    def is_locked(self, step: StepBase) -> bool:
        """Whether another step of its module must be done before this one."""
        module = self.course.module_by_slug[step.module_slug]
        return module.order == "fixed" and self.of(module).state_of(step) is State.LOCKED

    @cached_property
    def modules(self) -> tuple[ModuleProgress, ...]:
        """Progress in every module, in the order of the course."""
        return tuple(self.of(module) for module in self.course.modules)

    @cached_property
    def steps_done(self) -> int:
        """How many steps are done."""
        return sum(len(m.done) for m in self.modules)

    @cached_property
    def steps_counted(self) -> int:
        """How many steps count: all, but in a finished module those that are done."""
        return sum(len(m.done) if m.finished else len(m.steps) for m in self.modules)

    @property
    def percent(self) -> int:
        """Whole, from 0 to 100, and 100 only when nothing is missing."""
        return share(self.steps_done, self.steps_counted)

    @property
    def minutes_left(self) -> int:
        """Minutes of the steps that are missing."""
        return sum(m.minutes_left for m in self.modules)

    @property
    def finished(self) -> bool:
        """Whether every module is finished."""
        return all(module.finished for module in self.modules)


def share(done: int, counted: int) -> int:
    """Return whole percent, rounded down, so that 100 is said only when all is done; of nothing it is 100."""
    return 100 * done // counted if counted else 100


def _module_progress(module: Module, done: frozenset[str]) -> ModuleProgress:
    finished_before = not done.isdisjoint(module.keys)
    states: list[StepProgress] = []
    open_before = False
    for step in module.steps:
        if not done.isdisjoint(step.keys):
            state = State.DONE
        elif finished_before:
            taken_back = any(TAKEN_BACK + key in done for key in step.keys)
            state = State.OPEN if taken_back else State.NEW
        else:
            state = State.LOCKED if module.order == "fixed" and open_before else State.OPEN
        open_before = open_before or state is State.OPEN
        states.append(StepProgress(step, state))
    count = len([s for s in states if s.state is State.DONE])
    finished = finished_before or count == len(states)
    percent = 100 if finished else share(count, len(states))
    return ModuleProgress(module, tuple(states), finished, percent)


def progress(course: Course, done: Iterable[str]) -> Progress:
    """Say how far somebody is, from the keys of what they did.

    `done` holds keys of completed steps (`module/step`, current or former), slugs of finished
    modules, and keys of steps taken back, each after `~`; what the course does not know is
    passed over, and a thing done under two names counts once. A finished module counts as
    wholly done whatever its steps have become.
    """
    return Progress(course, frozenset(done))


def next_step(so_far: Progress, last_step_key: str | None = None) -> StepBase | None:
    """Return the step to go on at, or None when the course is finished.

    Where one was, while that is still missing; else the first one missing after it in the
    course; else the first one missing at all.
    """
    course = so_far.course
    last = course.step_by_key.get(last_step_key or "")
    begin = course.places[last.key] if last else 0
    round_trip = (*course.steps[begin:], *course.steps[:begin])
    return next((step for step in round_trip if _is_asked_for(so_far, step)), None)


def _is_asked_for(so_far: Progress, step: StepBase) -> bool:
    """Whether a step is missing in its module, and open."""
    module = so_far.of(so_far.course.module_by_slug[step.module_slug])
    return not module.finished and module.state_of(step) is State.OPEN
