"""What stands around a step: the outline of its module, previous and next, the terms that it uses."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from app.course.content import Course, Term
from app.course.parts import StepBase
from app.course.rules.progress import ModuleProgress, Progress, State, next_step, progress
from app.records import bookmarks
from app.records.accounts import Visitor
from app.web.charts import Stair, stair
from app.web.extensions import house
from app.web.languages import once_a_language
from app.web.pages import MY_COURSE, learner_course, path_of
from app.web.progress_words import done_words, module_name


@dataclass(frozen=True)
class StepLink:
    """A step as a link to its page, as it may stand for somebody. `number` counts from 1 within its module."""

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

    @cached_property
    def line(self) -> Markup:
        """The step as a line of the outline."""
        return _line(self, is_changed=False)

    @cached_property
    def changed_line(self) -> Markup:
        """The same for somebody who read it before its text was improved."""
        return _line(self, is_changed=True)


def _line(link: StepLink, *, is_changed: bool) -> Markup:
    template = current_app.jinja_env.get_template("learner/_outline_line.html")
    return Markup(template.render(one=link, is_changed=is_changed))  # noqa: S704 - the template escapes


class _Links:
    """The links to the steps of a course in its language, each made once for every way in which a step may stand.

    Nothing in them tells who asks: there are a few for each step, and a page picks those of its reader.
    """

    def __init__(self, course: Course) -> None:
        self._numbers = {step.key: number for module in course.modules for number, step in enumerate(module.steps, 1)}
        self._made: dict[tuple[str, State, bool], StepLink] = {}

    def to(self, step: StepBase, state: State, *, is_here: bool = False) -> StepLink:
        """Return the link to a step that stands so."""
        found = self._made.get((step.key, state, is_here))
        if found is None:
            page = house().pages[type(step)]
            found = self._made[step.key, state, is_here] = StepLink(
                title=step.title,
                path=path_of(step),
                number=self._numbers[step.key],
                minutes=step.minutes,
                kind=str(page.name),
                icon=page.icon,
                state=state,
                is_here=is_here,
            )
        return found


def _links_of(course: Course) -> _Links:
    return house().once(_Links, course)


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

    def lines(self, changed: Collection[str]) -> Markup:
        """Write out the steps; `changed`: addresses of those that changed since they were done."""
        lines = [one.changed_line if one.path in changed else one.line for one in self.steps]
        return Markup("".join(lines))  # noqa: S704 - each was escaped when it was made


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
    is_marked: bool
    """Whether the person has a bookmark here."""
    marks: int
    """How many they have in the course."""


def frame_of(course: Course, visitor: Visitor, step: StepBase) -> Frame:
    """Say what stands around a step for a visitor."""
    so_far = progress(course, visitor.done_keys)
    module = so_far.of(course.module_by_slug[step.module_slug])
    state = module.state_of(step)
    onward = next_step(so_far, step.key)
    at = course.places[step.key]
    return Frame(
        step=step,
        state=state,
        outline=_outline(module, step),
        previous=step_link(so_far, course.steps[at - 1]) if at else None,
        next=step_link(so_far, course.steps[at + 1]) if at + 1 < len(course.steps) else None,
        first=step_link(so_far, _first_open(module)) if state is State.LOCKED else None,
        onward=step_link(so_far, onward) if onward else None,
        terms=course.terms_of(step),
        is_marked=bookmarks.is_marked(visitor, step),
        marks=len(bookmarks.marked_steps(visitor, course)),
    )


def step_link(so_far: Progress, step: StepBase) -> StepLink:
    """Return a link to a step of the course, whatever its module."""
    module = so_far.course.module_by_slug[step.module_slug]
    return _links_of(so_far.course).to(step, so_far.of(module).state_of(step))


def step_links(found: ModuleProgress, here: StepBase | None = None) -> tuple[StepLink, ...]:
    """Return links to all steps of a module, in order."""
    links, key = _links_of(learner_course()), here.key if here else ""
    return tuple([links.to(one.step, one.state, is_here=one.step.key == key) for one in found.steps])


def place_in(found: ModuleProgress, last_step_key: str | None) -> StepBase:
    """Return the step at which somebody goes on in a module.

    Where they were, while that is not done; else the first step open to them, or new since they
    finished; else, with all done, the first one.
    """
    waiting = [one.step for one in found.steps if one.state in (State.OPEN, State.NEW)]
    last = [step for step in waiting if last_step_key in step.keys]
    return (last or waiting or [found.steps[0].step])[0]


@once_a_language
def _where(done: str, position: int) -> str:
    return str(_("%(done)s, you are at step %(position)s", done=done, position=position))


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
        label=_where(done, position),
        minutes_left=found.minutes_left,
        finished=found.finished,
        stair=stair(found.steps, here),
        steps=steps,
    )


def _first_open(found: ModuleProgress) -> StepBase:
    """Return the step that a module with a fixed order asks for first; a locked one has it before it."""
    return next(one.step for one in found.steps if one.state is State.OPEN)
