"""One learner, as their trainers see them. The learner reads the same, made by the same code (docs/adr/0035).

What is not shared with trainers leaves no trace here: a reflection is shared with them, or its step is done and nothing
more, whoever reads it or nobody. Nothing tells of drafts, bookmarks and ways around.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import StepBase
from app.course.rules.cohort_modules import due_day
from app.course.rules.flags import Rules
from app.course.rules.progress import ModuleProgress, Progress, State, StepProgress, next_step, progress
from app.course.steps.quiz_step import QuizStep
from app.records import attempts, extending, granting, learning, reviewing, standings, timelines
from app.records.attempts import AttemptLine
from app.records.extending import ExtensionRead
from app.records.granting import Completion, Grant
from app.records.guides import Trained
from app.records.reviewing import LearnerFacts, SharedReflection
from app.records.standings import Standing
from app.records.timelines import Did, Event
from app.web.charts import Stair, stair
from app.web.extensions import house
from app.web.flag_words import FlagWords, flag_words
from app.web.pages import current_course, local_day, moment
from app.web.progress_words import done_words, module_name


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step and how it stands for somebody: `words` say it, `state` is for the symbol beside them.

    `shared` is the text that they share with their trainers, where it is a reflection and they do.
    """

    number: int
    title: str
    kind: str
    icon: str
    state: State
    words: str
    grant: Grant | None
    made: tuple[AttemptLine, ...]
    shared: SharedReflection | None


@dataclass(frozen=True, slots=True)
class ModuleRecord:
    """A module, its steps, and by which day it is hoped for; `extension`: where that day is later than for others."""

    number: str
    title: str
    name: str
    done: str
    percent: int
    minutes_left: int
    finished: bool
    finished_at: datetime | None
    stair: Stair
    due: date | None
    """None once it is finished."""
    is_past_due: bool
    extension: ExtensionRead | None
    steps: tuple[StepRecord, ...]
    began: bool


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened, in words. `about` is the title of a step or a module, in the language of the course."""

    at: datetime
    words: str
    about: str
    told: str
    attempt_path: str
    icon: str


@dataclass(frozen=True, slots=True)
class Record:
    """All that trainers see of one learner. `older` and `newest` are addresses of other pages of the timeline."""

    learner: LearnerFacts
    done: str
    percent: int
    minutes_left: int
    finished: bool
    place: str
    label: str
    stair: Stair
    flags: tuple[FlagWords, ...]
    modules: tuple[ModuleRecord, ...]
    events: tuple[EventLine, ...]
    older: str
    newest: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the pages with a record are made of: the record, and what stands behind it."""

    record: Record
    so_far: Progress
    standing: Standing | None
    completions: tuple[Completion, ...]
    extensions: Mapping[str, ExtensionRead]


def rules_of(cohort: Trained, now: datetime) -> Rules:
    """Return what a cohort's flags go by."""
    is_over = cohort.archived_at is not None or (cohort.last_day is not None and cohort.last_day < local_day(now))
    return Rules(cohort.silent_days, cohort.plan.first_day, is_over, ZoneInfo(house().settings.time_zone))


def record_of(
    session: Session,
    cohort: Trained,
    course: Course,
    learner: LearnerFacts,
    *,
    user_id: int,
    now: datetime,
    attempt_path: Callable[[int], str],
) -> Seen:
    """Read what trainers see of a learner. `course` as the cohort has it; `user_id` is who reads.

    Who reads it says under which address an attempt stands. The timeline goes on from where the request asks.
    """
    rules = rules_of(cohort, now)
    so_far = progress(course, learner.done.split())
    standing = standings.standing_of(session, cohort, course, rules, learner.enrolment_id, user_id=user_id, now=now)
    completions = granting.completions_of(session, learner.enrolment_id)
    extensions = extending.extensions_of(session, learner.enrolment_id)
    steps = _Steps(
        _by_key(completions),
        attempts.all_attempts_of(session, learner.enrolment_id),
        reviewing.shared_with_trainers(session, learner.enrolment_id, course),
    )
    finished_at = learning.module_finished_at(session, learner.enrolment_id)
    came_on, today = local_day(learner.came_at), local_day(now)
    later = {slug: one.due_on for slug, one in extensions.items()}
    modules = []
    for found in so_far.modules:
        due = None if found.finished else due_day(cohort.plan, found.module, came_on, later)
        modules.append(_module(found, steps, due, today, extensions, finished_at))
    onward = next_step(so_far)
    events, older, newest = _timeline(session, learner.enrolment_id, attempt_path)
    everything = [one for found in so_far.modules for one in found.steps]
    done = ngettext(
        "%(done)s of %(num)s step done", "%(done)s of %(num)s steps done", so_far.steps_counted, done=so_far.steps_done
    )
    place = _place(so_far, onward) if onward else ""
    record = Record(
        learner=learner,
        done=str(done),
        percent=so_far.percent,
        minutes_left=so_far.minutes_left,
        finished=onward is None,
        place=place,
        label=str(_("The whole course: %(done)s", done=done)) + (f", {place}" if place else ""),
        stair=stair(everything, onward),
        flags=tuple(flag_words(flag, course, rules) for flag in standing.flags) if standing else (),
        modules=tuple(modules),
        events=tuple(events),
        older=older,
        newest=newest,
    )
    return Seen(record, so_far, standing, completions, extensions)


def _place(so_far: Progress, onward: StepBase) -> str:
    """Say at which step somebody goes on: the first one missing. Where they were last, no trainer is told."""
    found = so_far.of(so_far.course.module_by_slug[onward.module_slug])
    number = 1 + [one.step.key for one in found.steps].index(onward.key)
    name, count = module_name(found.module), len(found.steps)
    return str(_("%(module)s, step %(position)s of %(count)s", module=name, position=number, count=count))


# ---- modules and steps ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Steps:
    """What is known of steps: completions and attempts by the names of then, texts by the key of today."""

    completions: Mapping[str, Completion]
    made: Mapping[str, tuple[AttemptLine, ...]]
    shared: Mapping[str, SharedReflection]


def _by_key(completions: Iterable[Completion]) -> dict[str, Completion]:
    return {one.step_key: one for one in completions}


def _module(
    found: ModuleProgress,
    steps: _Steps,
    due: date | None,
    today: date,
    extensions: Mapping[str, ExtensionRead],
    finished_at: Mapping[str, datetime],
) -> ModuleRecord:
    module = found.module
    extension = next((extensions[key] for key in module.keys if key in extensions), None)
    records = tuple(_step(number, one, steps) for number, one in enumerate(found.steps, 1))
    return ModuleRecord(
        number=module.number,
        title=module.title,
        name=module_name(module),
        done=done_words(found),
        percent=found.percent,
        minutes_left=found.minutes_left,
        finished=found.finished,
        finished_at=next((finished_at[key] for key in module.keys if key in finished_at), None),
        stair=stair(found.steps),
        due=due,
        is_past_due=due is not None and due < today,
        extension=extension if extension is not None and extension.due_on == due else None,
        steps=records,
        began=any(one.state is State.DONE or one.made for one in records),
    )


def _step(number: int, one: StepProgress, steps: _Steps) -> StepRecord:
    step, page = one.step, house().pages[type(one.step)]
    rows = [steps.completions[key] for key in step.keys if key in steps.completions]
    done = next((row for row in rows if row.taken_back_at is None), None)
    made: tuple[AttemptLine, ...] = ()
    if isinstance(step, QuizStep):
        made = tuple(line for slug in step.quiz.keys for line in steps.made.get(slug, ()))
    return StepRecord(
        number=number,
        title=step.title,
        kind=str(page.name),
        icon=page.icon,
        state=one.state,
        words=_state_words(one.state, done, rows),
        grant=done.grant if done else None,
        made=made,
        shared=steps.shared.get(step.key),
    )


def _state_words(state: State, done: Completion | None, rows: Iterable[Completion]) -> str:
    if done is not None:
        if done.grant is not None:
            return str(_("done elsewhere"))
        return str(_("done on %(moment)s", moment=moment(done.completed_at)))
    if any(row.taken_back_at for row in rows):
        return str(_("open again"))
    words = {
        State.DONE: lambda: _("done"),
        State.LOCKED: lambda: _("not open yet: another step comes first"),
        State.NEW: lambda: _("new since they finished the module"),
        State.OPEN: lambda: _("not yet"),
    }
    return str(words[state]())


# ---- the timeline --------------------------------------------------------------------------------


def _timeline(
    session: Session, enrolment_id: int, attempt_path: Callable[[int], str]
) -> tuple[list[EventLine], str, str]:
    """Return a page of the timeline, and the addresses of the older page and of the newest; empty for none."""
    before = timelines.place_of(request.args.get("before", ""))
    found = timelines.timeline(session, enrolment_id, before=before, size=timelines.PAGE + 1)
    shown = found[: timelines.PAGE]
    older = ""
    if len(found) > len(shown):
        older = f"{request.path}?{urlencode({'before': str(shown[-1].place)})}#timeline"
    return list(_lines(shown, attempt_path)), older, f"{request.path}#timeline" if before else ""


def _lines(events: Iterable[Event], attempt_path: Callable[[int], str]) -> Iterator[EventLine]:
    course = current_course()
    for event in events:
        words, icon = _EVENTS[event.did]
        path = attempt_path(event.id) if event.id is not None else ""
        yield EventLine(event.at, str(words()), _about(course, event), _told(event), path, icon)


_EVENTS: Mapping[Did, tuple[Callable[[], str], str]] = {
    Did.STEP: (lambda: _("Step done"), "done"),
    Did.TOOK_BACK: (lambda: _("Step taken back"), "open-step"),
    Did.MODULE: (lambda: _("Module finished"), "step-up"),
    Did.ATTEMPT: (lambda: _("Attempt at the quiz"), "quiz"),
    Did.TEXT: (lambda: _("Shared reflection handed in"), "reflect"),
    Did.GRANTED: (lambda: _("Marked as done elsewhere"), "with-trainer"),
    Did.WITHDRAWN: (lambda: _("No longer marked as done elsewhere"), "with-trainer"),
    Did.EXTENDED: (lambda: _("More time given"), "with-trainer"),
}
"""What is said of each event, and its symbol."""


def _about(course: Course, event: Event) -> str:
    """Return the title of the step or module that an event is about, as it is today; empty where it has left."""
    if event.did in (Did.MODULE, Did.EXTENDED):
        module = course.module_by_slug.get(event.about)
        return f"{module.number} {module.title}".strip() if module else ""
    step = course.step_by_key.get(event.about)
    return step.title if step else ""


def _told(event: Event) -> str:
    """Say how an attempt went."""
    if event.points is None:
        return ""
    points = ngettext(
        "%(points)s of %(num)d point", "%(points)s of %(num)d points", event.max_points or 0, points=event.points
    )
    return str(_("%(points)s, passed", points=points) if event.passed else points)
