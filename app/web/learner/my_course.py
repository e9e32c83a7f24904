"""What My course says: where somebody is, what is still missing, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.course.content import Course, Module
from app.course.parts import Change, Completes, StepBase
from app.course.quiz import Quiz
from app.course.rules.cohort_modules import NO_EXTENSIONS, due_day
from app.course.rules.progress import ModuleProgress, Progress, State, next_step
from app.course.steps.quiz_step import QuizStep
from app.records import bookmarks
from app.records.accounts import Visitor
from app.records.granting import Completion, Grant
from app.records.overview import Tried, Waiting
from app.web.charts import Stair, stair
from app.web.extensions import house
from app.web.learner.outline import StepLink, place_in, step_link, step_links
from app.web.pages import MODULES, local_day, minutes, moment, path_of
from app.web.progress_words import done_words, module_name


@dataclass(frozen=True, slots=True)
class MissingStep:
    """A step that a line of what is missing names; `note` says what was begun there, and may be empty."""

    title: str
    path: str
    note: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A line of what a module still asks for: how many steps of what kind, and which, where that helps."""

    icon: str
    words: str
    steps: tuple[MissingStep, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A step whose substance was improved after somebody did it."""

    number: int
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class ModuleCard:
    """A module on My course. `finished_at` is the stored moment; `percent` is whole."""

    number: str
    title: str
    path: str
    print_path: str
    done: str
    percent: int
    minutes_left: int
    due: date | None
    """The day by which the cohort hopes to be done with it; none once it is finished."""
    is_past_due: bool
    is_extended: bool
    """Whether that day is later than the cohort's, as a trainer gave them more time."""
    finished: bool
    finished_at: datetime | None
    label: str
    stair: Stair
    missing: tuple[Missing, ...]
    new: tuple[StepLink, ...]
    taken_back: tuple[StepLink, ...]
    changed: tuple[Changed, ...]
    granted: tuple[GrantLine, ...]


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A step that a trainer noted as done elsewhere, or of which they withdrew that."""

    title: str
    path: str
    grant: Grant


@dataclass(frozen=True, slots=True)
class Staff:
    """What the page says to a trainer or an admin. `path` leads to pages of their own, named by `link`."""

    title: str
    words: str
    path: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class MyCourse:
    """The whole page. `onward` is the exact next step, and missing once the course is finished."""

    stage: Literal["start", "under way", "finished"]
    onward: StepLink | None
    place: str
    label: str
    done: str
    percent: int
    minutes_left: int
    stair: Stair
    first_path: str
    marks: int
    """How many bookmarks they have in the course."""
    staff: Staff | None
    modules: tuple[ModuleCard, ...]


def missing_quizzes(so_far: Progress) -> tuple[Quiz, ...]:
    """Return the quizzes that are still to be passed."""
    return tuple(step.quiz for step in _missing(so_far) if isinstance(step, QuizStep))


def missing_with_drafts(so_far: Progress) -> tuple[StepBase, ...]:
    """Return the missing steps at which something typed may be waiting."""
    return tuple(step for step in _missing(so_far) if step.completes is not Completes.SAID)


def my_course(
    course: Course,
    visitor: Visitor,
    so_far: Progress,
    *,
    waiting: Waiting,
    finished_at: Mapping[str, datetime],
    changes: Mapping[str, Sequence[Change]],
    granted: Sequence[Completion],
    today: date,
) -> MyCourse:
    """Say where a visitor is in the course on a day of their own time zone.

    `waiting` is about what is missing; `finished_at` is by module slug, current or former;
    `changes` holds, by step key, what was improved since the visitor did the step; `granted` what a trainer noted as
    done elsewhere.
    """
    onward = next_step(so_far, visitor.last_step_key)
    link = step_link(so_far, onward) if onward else None
    everything = [one for found in so_far.modules for one in found.steps]
    done = ngettext(
        "%(done)s of %(num)s step done", "%(done)s of %(num)s steps done", so_far.steps_counted, done=so_far.steps_done
    )
    place = _place(so_far, onward, link) if onward and link else ""
    cards = [_card(found, onward, visitor, waiting, finished_at, changes, granted, today) for found in so_far.modules]
    return MyCourse(
        stage="finished" if onward is None else "under way" if so_far.steps_done else "start",
        onward=link,
        place=place,
        label=str(_("The whole course: %(done)s", done=done)) + (f", {place}" if place else ""),
        done=str(done),
        percent=so_far.percent,
        minutes_left=so_far.minutes_left,
        stair=stair(everything, onward),
        first_path=path_of(course.steps[0]),
        marks=len(bookmarks.marked_steps(visitor, course)),
        staff=_staff(visitor),
        modules=tuple(sorted(cards, key=lambda card: card.finished)),
    )


def _staff(visitor: Visitor) -> Staff | None:
    if visitor.role == "trainer":
        return Staff(
            str(_("You are a trainer")),
            str(_("On the pages of your cohorts you see who needs you. Here you follow the course yourself.")),
            url_for("trainer.start"),
            str(_("To your cohorts")),
        )
    if visitor.is_admin:
        return Staff(
            str(_("You are an admin")),
            str(_("You make and change cohorts on the page Cohorts. Here you follow the course yourself.")),
        )
    return None


def _missing(so_far: Progress) -> Iterator[StepBase]:
    return (step for found in so_far.modules for step in found.missing)


def _place(so_far: Progress, onward: StepBase, link: StepLink) -> str:
    found = next(m for m in so_far.modules if m.module.slug == onward.module_slug)
    place = _(
        "%(module)s, step %(position)s of %(count)s",
        module=module_name(found.module),
        position=link.number,
        count=len(found.steps),
    )
    return str(place)


def _card(
    found: ModuleProgress,
    onward: StepBase | None,
    visitor: Visitor,
    waiting: Waiting,
    finished_at: Mapping[str, datetime],
    changes: Mapping[str, Sequence[Change]],
    granted: Sequence[Completion],
    today: date,
) -> ModuleCard:
    module, links = found.module, step_links(found)
    done, due = done_words(found), _due(found, visitor, today, visitor.extensions)
    grants = tuple(_grants(found, granted))
    withdrawn = {one.path for one in grants if one.grant.withdrawn_at}
    return ModuleCard(
        number=module.number,
        title=module.title,
        path=path_of(place_in(found, visitor.last_step_key)),
        print_path=f"{MODULES}{module.slug}/print",
        done=done,
        percent=found.percent,
        minutes_left=found.minutes_left,
        due=due,
        is_past_due=due is not None and due < today,
        is_extended=due is not None and due != _due(found, visitor, today),
        finished=found.finished,
        finished_at=next((finished_at[key] for key in module.keys if key in finished_at), None),
        label=f"{_title_in_label(module)}: {done}",
        stair=stair(found.steps, onward),
        missing=tuple(_missing_lines(found, waiting)),
        new=tuple(link for link in links if link.state is State.NEW),
        taken_back=tuple(
            link for link in links if found.finished and link.state is State.OPEN and link.path not in withdrawn
        ),
        changed=tuple(_changed(found, changes)),
        granted=grants,
    )


def _due(
    found: ModuleProgress, visitor: Visitor, today: date, extended: Mapping[str, date] = NO_EXTENSIONS
) -> date | None:
    came_on = local_day(visitor.came_at) if visitor.came_at else today
    return None if found.finished else due_day(visitor.plan, found.module, came_on, extended)


def _grants(found: ModuleProgress, granted: Sequence[Completion]) -> Iterator[GrantLine]:
    """Yield what was noted of a module's steps; withdrawn ones as long as the step is not done."""
    for one in found.steps:
        for row in granted:
            is_told = row.taken_back_at is None or one.state is not State.DONE
            if row.grant is not None and row.step_key in one.step.keys and is_told:
                yield GrantLine(one.step.title, path_of(one.step), row.grant)


def _title_in_label(module: Module) -> str:
    return f"{module.number} {module.title}".strip()


def _changed(found: ModuleProgress, changes: Mapping[str, Sequence[Change]]) -> Iterator[Changed]:
    for number, one in enumerate(found.steps, start=1):
        if changes.get(one.step.key):
            yield Changed(number, one.step.title, path_of(one.step))


# ---- what is still missing, in words -----------------------------------------------------------


def _missing_lines(found: ModuleProgress, waiting: Waiting) -> Iterator[Missing]:
    """Yield a line for each way of completing a step that the module still asks for."""
    for completes in Completes:
        steps = [step for step in found.missing if step.completes is completes]
        if steps:
            icon = house().pages[type(steps[0])].icon
            named = () if completes is Completes.SAID else tuple(_named(found, step, waiting) for step in steps)
            yield Missing(icon, _count_words(completes, steps), named)


def _count_words(completes: Completes, steps: Sequence[StepBase]) -> str:
    count, time = len(steps), minutes(sum(step.minutes for step in steps))
    words = {
        Completes.SAID: lambda: ngettext(
            "%(num)s step to read, %(time)s", "%(num)s steps to read, %(time)s together", count, time=time
        ),
        Completes.SUBMITTED: lambda: ngettext(
            "%(num)s reflection, %(time)s", "%(num)s reflections, %(time)s together", count, time=time
        ),
        Completes.PASSED: lambda: ngettext(
            "%(num)s quiz, %(time)s", "%(num)s quizzes, %(time)s together", count, time=time
        ),
        Completes.REACHED: lambda: ngettext(
            "%(num)s other step, %(time)s", "%(num)s other steps, %(time)s together", count, time=time
        ),
    }
    return str(words[completes]())


def _named(found: ModuleProgress, step: StepBase, waiting: Waiting) -> MissingStep:
    notes = []
    if isinstance(step, QuizStep) and (tried := waiting.tried.get(step.quiz.slug)):
        notes.append(_tried_words(step.quiz, tried))
    if saved_at := waiting.drafts.get(step.key):
        notes.append(_draft_words(step, saved_at))
    return MissingStep(step.title, path_of(step), " ".join(notes))


def _tried_words(quiz: Quiz, tried: Tried) -> str:
    times = ngettext("Tried once", "Tried %(num)s times", tried.attempts)
    if tried.attempts == 1:
        words = _("%(times)s: %(points)s of %(max)s points", times=times, points=tried.points, max=tried.max_points)
    else:
        words = _(
            "%(times)s, best: %(points)s of %(max)s points", times=times, points=tried.points, max=tried.max_points
        )
    if tried.max_points != quiz.max_points:
        # The quiz was changed since: what is enough now says nothing about points of then.
        return f"{words}."
    return str(_("%(tried)s, %(needed)s is enough.", tried=words, needed=quiz.points_needed))


def _draft_words(step: StepBase, saved_at: datetime) -> str:
    if step.completes is Completes.SUBMITTED:
        return str(_("A draft is waiting, saved on %(moment)s.", moment=moment(saved_at)))
    return str(_("Answers are waiting, saved on %(moment)s.", moment=moment(saved_at)))
