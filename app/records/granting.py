"""Steps that somebody did elsewhere: their trainer says so, with a reason, and it shows as that to both.

It is no deed of the learner's: it neither ends their silence nor says that they began. What they do at the step
themselves is theirs, and is not taken away with the trainer's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import StepBase
from app.course.steps.quiz_step import QuizStep
from app.records import audit
from app.records.learning import OWN, add_completion, keys_done, lock_enrolment
from app.records.models import Attempt, Enrolment, Reflection, StepCompletion, User
from app.records.reviewing import LearnerFacts

LONGEST_REASON = 500
"""Characters."""


class NoReason(ValueError):
    """A reason without a word, or of more than LONGEST_REASON characters."""


class NoGrant(LookupError):
    """Nobody says of this step that it was done elsewhere, or they withdrew it already."""


@dataclass(frozen=True, slots=True)
class Grant:
    """That a step was done elsewhere: why, who said so, and when; `by` is empty for an account that is gone."""

    reason: str
    by: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Completion:
    """A row of a step: when it was completed or taken back, and by whose word where not by its learner's deed."""

    step_key: str
    completed_at: datetime
    taken_back_at: datetime | None
    grant: Grant | None


def grant_step(
    session: Session, learner: LearnerFacts, course: Course, step: StepBase, *, reason: str, by: int, now: datetime
) -> bool:
    """Note that somebody did a step elsewhere, and each module that is finished by that; say whether it was new.

    A step that is done already stays as it is, and nothing is noted. Raises NoReason, NoEnrolment.
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise NoReason(reason)
    lock_enrolment(session, learner.enrolment_id)
    done = keys_done(session, learner.enrolment_id)
    if not done.isdisjoint(step.keys):
        return False
    whose = {"granted_at": now, "granted_by_id": by, "reason": reason}
    _keep_done(
        session, learner, add_completion(session, learner.enrolment_id, course, step, done, now=now, whose=whose)
    )
    _note(session, learner, "grant_step", by, now)
    return True


def withdraw_grant(session: Session, learner: LearnerFacts, step: StepBase, *, by: int, now: datetime) -> bool:
    """Withdraw that a step was done elsewhere; say whether it is open again.

    Who handed in a text there, or passed its quiz, did it themselves meanwhile: then it stays done, as their own. A
    module that is finished stays finished. Raises NoGrant, NoEnrolment.
    """
    lock_enrolment(session, learner.enrolment_id)
    is_own = _did_it_themselves(session, learner.enrolment_id, step)
    withdrawn = session.scalars(
        update(StepCompletion)
        .where(
            StepCompletion.enrolment_id == learner.enrolment_id,
            StepCompletion.step_key.in_(step.keys),
            StepCompletion.granted_at.is_not(None),
            StepCompletion.taken_back_at.is_(None),
        )
        .values(OWN if is_own else {"taken_back_at": now})
        .returning(StepCompletion.step_key)
        .execution_options(synchronize_session=False)
    ).all()
    if not withdrawn:
        raise NoGrant(step.key)
    done = keys_done(session, learner.enrolment_id)
    _keep_done(session, learner, done)
    _note(session, learner, "withdraw_grant", by, now)
    return done.isdisjoint(step.keys)


def completions_of(session: Session, enrolment_id: int) -> tuple[Completion, ...]:
    """Return the rows of all steps that somebody did or took back, or that were noted for them. One statement."""
    return _completions(session, enrolment_id, is_granted=False)


def grants_of(session: Session, enrolment_id: int) -> tuple[Completion, ...]:
    """Return only those that a trainer noted as done elsewhere, withdrawn or not. One statement."""
    return _completions(session, enrolment_id, is_granted=True)


def _completions(session: Session, enrolment_id: int, *, is_granted: bool) -> tuple[Completion, ...]:
    done = StepCompletion
    wanted = (
        select(done.step_key, done.completed_at, done.taken_back_at, done.granted_at, done.reason, User.name)
        .outerjoin(User, User.id == done.granted_by_id)
        .where(done.enrolment_id == enrolment_id)
    )
    if is_granted:
        wanted = wanted.where(done.granted_at.is_not(None))
    found = []
    for key, at, taken_back_at, granted_at, reason, name in session.execute(wanted):
        grant = Grant(reason or "", name or "", granted_at, taken_back_at) if granted_at else None
        found.append(Completion(key, at, taken_back_at, grant))
    return tuple(found)


def _did_it_themselves(session: Session, enrolment_id: int, step: StepBase) -> bool:
    """Whether there is a text of theirs at the step, or was one, or they passed its quiz."""
    slugs: Sequence[str] = step.quiz.keys if isinstance(step, QuizStep) else ()
    wrote = exists().where(Reflection.enrolment_id == enrolment_id, Reflection.step_key.in_(step.keys))
    passed = exists().where(Attempt.enrolment_id == enrolment_id, Attempt.quiz_slug.in_(slugs), Attempt.passed)
    return bool(session.scalar(select(or_(wrote, passed))))


def _keep_done(session: Session, learner: LearnerFacts, done: frozenset[str]) -> None:
    """Bring the copy of what is done up to date, and no more: that is what tells this from a deed of theirs."""
    session.execute(
        update(Enrolment)
        .where(Enrolment.id == learner.enrolment_id)
        .values(done=" ".join(sorted(done)))
        .execution_options(synchronize_session=False)
    )


def _note(session: Session, learner: LearnerFacts, deed: str, by: int, now: datetime) -> None:
    audit.note(session, by=by, deed=deed, about=f"cohort:{learner.cohort_id}", subject_id=learner.user_id, now=now)
