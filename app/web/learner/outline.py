"""What stands around a step: the outline of its module, previous and next, the terms that it uses."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app.course.content import Course, Module, Term
from app.course.parts import StepBase
from app.course.rules.progress import ModuleProgress, Progress, State, next_step, progress
from app.records.accounts import Visitor
from app.web.charts import Stair, stair
from app.web.extensions import house
from app.web.pages import MY_COURSE, path_of


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step as a link to its page. `number` counts from 1 within its module."""

    title: str
    path: str
    number: int
    minutes: int
    kind: str
    icon: str
    state: State
    is_here: bool = False

    @property
    def look(self) -> str:
        """The classes that say how it stands: here, done, ahead or locked."""
        if self.is_here:
            return "is-here is-done" if self.state is State.DONE else "is-here"
        return {State.DONE: "is-done", State.LOCKED: "is-ahead is-locked"}.get(self.state, "is-ahead")


@dataclass(frozen=True, slots=True)
class Outline:
    """A module's steps beside one of them. `position` counts from 1."""

    name: str
    title: str
    path: str
    position: int
    done: str
    label: str
    minutes_left: int
    finished: bool
    stair: Stair
    steps: tuple[StepLink, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around one step for one person.

    `first` is the step that must come before a locked one; `onward` the exact next step after this
    one, missing when nothing else is.
    """

    step: StepBase
    state: State
    outline: Outline
    previous: StepLink | None
    next: StepLink | None
    first: StepLink | None
    onward: StepLink | None
    terms: tuple[Term, ...]


def frame_of(course: Course, visitor: Visitor, step: StepBase) -> Frame:
    """Say what stands around a step for a visitor."""
    so_far = progress(course, visitor.done_keys)
    module = so_far.of(course.module_by_slug[step.module_slug])
    state = module.state_of(step)
    onward = next_step(so_far, step.key)
    at = next(i for i, one in enumerate(course.steps) if one.key == step.key)
    return Frame(
        step=step,
        state=state,
        outline=_outline(module, step),
        previous=step_link(so_far, course.steps[at - 1]) if at else None,
        next=step_link(so_far, course.steps[at + 1]) if at + 1 < len(course.steps) else None,
        first=step_link(so_far, _first_open(module)) if state is State.LOCKED else None,
        onward=step_link(so_far, onward) if onward else None,
        terms=course.terms_of(step),
    )


def step_link(so_far: Progress, step: StepBase) -> StepLink:
    """Return a link to a step of the course, whatever its module."""
    module = next(m for m in so_far.modules if m.module.slug == step.module_slug)
    return next(link for link in step_links(module) if link.path == path_of(step))


def step_links(found: ModuleProgress, here: StepBase | None = None) -> tuple[StepLink, ...]:
    """Return links to all steps of a module, in order."""
    pages = house().pages
    return tuple(
        StepLink(
            title=one.step.title,
            path=path_of(one.step),
            number=number,
            minutes=one.step.minutes,
            kind=str(pages[type(one.step)].name),
            icon=pages[type(one.step)].icon,
            state=one.state,
            is_here=here is not None and one.step.key == here.key,
        )
        for number, one in enumerate(found.steps, start=1)
    )


def place_in(found: ModuleProgress, last_step_key: str | None) -> StepBase:
    """Return the step at which somebody goes on in a module.

    Where they were, while that is not done; else the first step open to them, or new since they
    finished; else, with all done, the first one.
    """
    waiting = [one.step for one in found.steps if one.state in (State.OPEN, State.NEW)]
    last = [step for step in waiting if last_step_key in step.keys]
    return (last or waiting or [found.steps[0].step])[0]


def module_name(module: Module) -> str:
    """Return what a module is called in a sentence: `module 05`; by its title where it has no number."""
    return str(_("module %(number)s", number=module.number)) if module.number else module.title


def done_words(found: ModuleProgress) -> str:
    """Say how many of a module's steps are done."""
    if found.finished:
        return str(ngettext("%(num)s step done", "%(num)s steps done", len(found.done)))
    count = len(found.steps)
    return str(ngettext("%(done)s of %(num)s step done", "%(done)s of %(num)s steps done", count, done=len(found.done)))


def _outline(found: ModuleProgress, here: StepBase) -> Outline:
    steps = step_links(found, here)
    position = next(link.number for link in steps if link.is_here)
    done = done_words(found)
    return Outline(
        name=module_name(found.module),
        title=f"{found.module.number} {found.module.title}".strip(),
        path=MY_COURSE,
        position=position,
        done=done,
        label=str(_("%(done)s, you are at step %(position)s", done=done, position=position)),
        minutes_left=found.minutes_left,
        finished=found.finished,
        stair=stair(found.steps, here),
        steps=steps,
    )


def _first_open(found: ModuleProgress) -> StepBase:
    """Return the step that a module with a fixed order asks for first; a locked one has it before it."""
    return next(one.step for one in found.steps if one.state is State.OPEN)
