"""One learner of a cohort: what their trainer sees, and what the trainer can settle for them alone.

Whoever opens this leaves an entry in the log, once a day, that the learner can read. There is no place for a note about
somebody, on purpose: what is written about them, they read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.course.content import Course, Module
from app.course.parts import StepBase
from app.course.rules.cohort_modules import due_day
from app.course.rules.progress import Progress, State
from app.records import attempts, extending, granting, reviewing
from app.records.extending import ExtensionRead
from app.records.granting import Grant, NoGrant
from app.records.guides import Trained
from app.records.reviewing import LearnerFacts
from app.web.attempt_view import direction_of, reviewed, terms_in
from app.web.extensions import db, house
from app.web.pages import local_day, see, tell
from app.web.record import Seen, record_of
from app.web.trainer.learner_forms import ExtendForm, GrantForm
from app.web.trainer.wing import COHORT, bp, course_of_cohort, trained_here, trainer_here

LEARNER = f"{COHORT}/learners/<int(max=2147483647):enrolment_id>"


@dataclass(frozen=True, slots=True)
class Granted:
    """A step that counts as done elsewhere, and can be withdrawn."""

    step: StepBase
    grant: Grant


@dataclass(frozen=True, slots=True)
class Extended:
    """A module with more time, which can be ended."""

    module: Module
    extension: ExtensionRead


# ---- reading -------------------------------------------------------------------------------------


@bp.get(LEARNER)
def learner(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Show one learner: how far, which signals, each step, what they share, and what they did when."""
    cohort, now = trained_here(cohort_id), datetime.now(UTC)
    found = _opened(cohort, enrolment_id, now)
    return _page(cohort, found, ExtendForm(), GrantForm(), now)


@bp.get(f"{LEARNER}/attempts/<int:attempt_id>")
def learner_attempt(cohort_id: int, enrolment_id: int, attempt_id: int) -> ResponseReturnValue:
    """Show an attempt of a learner in the wording that was answered."""
    cohort, now = trained_here(cohort_id), datetime.now(UTC)
    found = _opened(cohort, enrolment_id, now)
    kinds = house().shelf.question_kinds
    attempt = attempts.attempt_in(db.reading, found.enrolment_id, attempt_id, kinds=kinds)
    if attempt is None:
        abort(HTTPStatus.NOT_FOUND)
    questions = reviewed(attempt)
    return render_template(
        "trainer/attempt.html",
        cohort=cohort,
        learner=found,
        attempt=attempt,
        questions=questions,
        terms=terms_in(course_of_cohort(cohort), questions),
        direction=direction_of(attempt.language),
    )


def _opened(cohort: Trained, enrolment_id: int, now: datetime) -> LearnerFacts:
    """Return a learner whose record is opened now, and note that, once a day; 404 for who is no learner here."""
    found = _learner(cohort, enrolment_id)
    me, day = trainer_here().user_id, local_day(now)
    if request.method != "HEAD" and not reviewing.was_opened(db.reading, found, user_id=me, day=day):
        reviewing.open_record(db.writing(), found, by=me, day=day, now=now)
        db.writing().commit()
    return found


def _learner(cohort: Trained, enrolment_id: int) -> LearnerFacts:
    return reviewing.learner_of(db.reading, cohort.cohort_id, enrolment_id) or abort(HTTPStatus.NOT_FOUND)


def _page(
    cohort: Trained, found: LearnerFacts, extend: ExtendForm, grant: GrantForm, now: datetime
) -> ResponseReturnValue:
    course = course_of_cohort(cohort)

    def attempt_path(attempt_id: int) -> str:
        return url_for(
            "trainer.learner_attempt",
            cohort_id=cohort.cohort_id,
            enrolment_id=found.enrolment_id,
            attempt_id=attempt_id,
        )

    seen = record_of(
        db.reading, cohort, course, found, user_id=trainer_here().user_id, now=now, attempt_path=attempt_path
    )
    extend.offer(_with_due_days(cohort, found, seen))
    grant.offer(_not_done(seen.so_far), _numbers(course))
    has_faults = bool(extend.errors or grant.errors)
    return render_template(
        "trainer/learner.html",
        cohort=cohort,
        record=seen.record,
        attempt_path=attempt_path,
        extend=extend,
        grant=grant,
        granted=list(_granted(course, seen)),
        extended=list(_extended(course, seen)),
        today=local_day(now),
    ), HTTPStatus.UNPROCESSABLE_ENTITY if has_faults else HTTPStatus.OK


def _with_due_days(cohort: Trained, found: LearnerFacts, seen: Seen) -> Iterator[tuple[Module, date]]:
    """Yield the modules that are not finished and have a day, with that day as it is for them now."""
    later = {slug: one.due_on for slug, one in seen.extensions.items()}
    for one in seen.so_far.modules:
        day = due_day(cohort.plan, one.module, local_day(found.came_at), later)
        if day is not None and not one.finished:
            yield one.module, day


def _not_done(so_far: Progress) -> list[StepBase]:
    return [one.step for module in so_far.modules for one in module.steps if one.state is not State.DONE]


def _numbers(course: Course) -> dict[str, str]:
    """Say where each step stands: the number of its module and its own."""
    return {
        step.key: f"{module.number or module.title} · {number}."
        for module in course.modules
        for number, step in enumerate(module.steps, 1)
    }


def _granted(course: Course, seen: Seen) -> Iterator[Granted]:
    for one in seen.completions:
        step = course.step_by_key.get(one.step_key)
        if one.grant is not None and one.taken_back_at is None and step is not None:
            yield Granted(step, one.grant)


def _extended(course: Course, seen: Seen) -> Iterator[Extended]:
    for slug, extension in seen.extensions.items():
        module = course.module_by_slug.get(slug)
        if module is not None:
            yield Extended(module, extension)


# ---- settling ------------------------------------------------------------------------------------


@bp.post(f"{LEARNER}/extend")
def extend_module(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Give a learner more time for a module."""
    cohort, now = trained_here(cohort_id), datetime.now(UTC)
    found, form = _learner(cohort, enrolment_id), ExtendForm()
    module = _module(cohort, str(form.module.data))
    regular = due_day(cohort.plan, module, local_day(found.came_at)) or abort(HTTPStatus.NOT_FOUND)
    form.validate()
    if not form.is_fine(regular, local_day(now)) or form.due_on.data is None:
        return _page(cohort, _opened(cohort, enrolment_id, now), form, GrantForm(None), now)
    extending.extend(db.session, found, module, due_on=form.due_on.data, by=trainer_here().user_id, now=now)
    db.session.commit()
    tell(_("%(name)s has more time for ‘%(title)s’, and sees that.", name=found.name, title=module.title))
    return _back(cohort, found)


@bp.post(f"{LEARNER}/end-extension")
def end_extension(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Let the day of the cohort count again for a learner."""
    cohort = trained_here(cohort_id)
    found, module = _learner(cohort, enrolment_id), _module(cohort, request.form.get("module", ""))
    extending.end_extension(db.session, found, module, by=trainer_here().user_id, now=datetime.now(UTC))
    db.session.commit()
    tell(_("For ‘%(title)s’ the day of the cohort counts again.", title=module.title))
    return _back(cohort, found)


@bp.post(f"{LEARNER}/grant")
def grant_step(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Mark a step as done elsewhere."""
    cohort, now = trained_here(cohort_id), datetime.now(UTC)
    found, form = _learner(cohort, enrolment_id), GrantForm()
    step, course = _step(cohort, str(form.step.data)), course_of_cohort(cohort)
    form.validate()
    if not form.is_fine():
        return _page(cohort, _opened(cohort, enrolment_id, now), ExtendForm(None), form, now)
    reason, me = str(form.reason.data), trainer_here().user_id
    is_new = granting.grant_step(db.session, found, course, step, reason=reason, by=me, now=now)
    db.session.commit()
    if is_new:
        tell(_("‘%(title)s’ is marked as done elsewhere. %(name)s sees that too.", title=step.title, name=found.name))
    else:
        tell(_("‘%(title)s’ was done already.", title=step.title), "wait")
    return _back(cohort, found)


@bp.post(f"{LEARNER}/withdraw")
def withdraw_grant(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Withdraw that a step was done elsewhere."""
    cohort = trained_here(cohort_id)
    found, step = _learner(cohort, enrolment_id), _step(cohort, request.form.get("step", ""))
    try:
        is_open = granting.withdraw_grant(db.session, found, step, by=trainer_here().user_id, now=datetime.now(UTC))
    except NoGrant:
        db.session.rollback()
        tell(_("‘%(title)s’ is not marked as done elsewhere.", title=step.title), "wait")
        return _back(cohort, found)
    db.session.commit()
    if is_open:
        tell(_("‘%(title)s’ is open again for %(name)s.", title=step.title, name=found.name))
    else:
        tell(_("The mark is gone. ‘%(title)s’ stays done: %(name)s did it.", title=step.title, name=found.name))
    return _back(cohort, found)


def _module(cohort: Trained, slug: str) -> Module:
    return course_of_cohort(cohort).module_by_slug.get(slug) or abort(HTTPStatus.NOT_FOUND)


def _step(cohort: Trained, key: str) -> StepBase:
    return course_of_cohort(cohort).step_by_key.get(key) or abort(HTTPStatus.NOT_FOUND)


def _back(cohort: Trained, found: LearnerFacts) -> ResponseReturnValue:
    return see(url_for("trainer.learner", cohort_id=cohort.cohort_id, enrolment_id=found.enrolment_id))
