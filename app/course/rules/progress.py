"""How far somebody is: one pure rule for the learner, the trainer and the export alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True)
class StepProgress:
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
        return tuple(s.step for s in self.steps if s.state is State.DONE)

    @property
    def missing(self) -> tuple[StepBase, ...]:
        """Steps that the module still asks for; nothing once it is finished."""
        if self.finished:
            return ()
        return tuple(s.step for s in self.steps if s.state in (State.OPEN, State.LOCKED))

    @property
    def new(self) -> tuple[StepBase, ...]:
        """Steps that came after the module was finished, and are not done."""
        return tuple(s.step for s in self.steps if s.state is State.NEW)

    @property
    def minutes_left(self) -> int:
        """Minutes of the steps that are missing."""
        return sum(step.minutes for step in self.missing)

    def state_of(self, step: StepBase) -> State:
        """How one of the module's steps stands."""
        return next(s.state for s in self.steps if s.step.key == step.key)


@dataclass(frozen=True)
class Progress:
    """How far somebody is in the course. `percent` is whole, from 0 to 100, and 100 only when nothing is missing."""

    modules: tuple[ModuleProgress, ...]
    steps_done: int
    steps_counted: int
    percent: int
    minutes_left: int

    @property
    def finished(self) -> bool:
        """Whether every module is finished."""
        return all(module.finished for module in self.modules)

    def of(self, module: Module) -> ModuleProgress:
        """Progress in one module of the same course."""
        return next(m for m in self.modules if m.module.slug == module.slug)


def share(done: int, counted: int) -> int:
    """Return whole percent, rounded down, so that 100 is said only when all is done; of nothing it is 100."""
    return 100 * done // counted if counted else 100


def _module_progress(module: Module, done: frozenset[str]) -> ModuleProgress:
    finished_before = any(key in done for key in module.keys)
    states: list[StepProgress] = []
    open_before = False
    for step in module.steps:
        if any(key in done for key in step.keys):
            state = State.DONE
        elif finished_before:
            taken_back = any(TAKEN_BACK + key in done for key in step.keys)
            state = State.OPEN if taken_back else State.NEW
        else:
            state = State.LOCKED if module.order == "fixed" and open_before else State.OPEN
        open_before = open_before or state is State.OPEN
        states.append(StepProgress(step, state))
    count = sum(s.state is State.DONE for s in states)
    finished = finished_before or count == len(states)
    percent = 100 if finished else share(count, len(states))
    return ModuleProgress(module, tuple(states), finished, percent)


def progress(course: Course, done: Iterable[str]) -> Progress:
    """Compute how far somebody is, from the keys of what they did.

    `done` holds keys of completed steps (`module/step`, current or former), slugs of finished
    modules, and keys of steps taken back, each after `~`; what the course does not know is
    passed over, and a thing done under two names counts once. A finished module counts as
    wholly done whatever its steps have become.
    """
    known = frozenset(done)
    modules = tuple(_module_progress(module, known) for module in course.modules)
    counted = sum(len(m.done) if m.finished else len(m.steps) for m in modules)
    steps_done = sum(len(m.done) for m in modules)
    return Progress(
        modules=modules,
        steps_done=steps_done,
        steps_counted=counted,
        percent=share(steps_done, counted),
        minutes_left=sum(m.minutes_left for m in modules),
    )


def next_step(so_far: Progress, last_step_key: str | None = None) -> StepBase | None:
    """Return the step to go on at, or None when the course is finished.

    Where one was, while that is still missing; else the first one missing after it in the
    course; else the first one missing at all.
    """
    missing = [step for module in so_far.modules for step in module.missing]
    open_now = [s.step for m in so_far.modules for s in m.steps if s.state is State.OPEN and not m.finished]
    if not missing:
        return None
    for step in open_now:
        if last_step_key in step.keys:
            return step
    order = [s.step for m in so_far.modules for s in m.steps]
    at = next((i for i, step in enumerate(order) if last_step_key in step.keys), -1)
    later = {step.key for step in order[at + 1 :]}
    return next((step for step in open_now if step.key in later), open_now[0] if open_now else None)
