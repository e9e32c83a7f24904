"""What learners do with steps: complete them, take them back, finish modules; and what is told of it later.

A row per completed step is the truth, and `enrolment.done` its copy. Every verb locks the enrolment
first, reads the rows, writes its own, and brings the copy up to date in the one UPDATE that it makes anyway,
so two tabs at once leave no step out. Renames rewrite no row: everything asks for all keys of a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all, update
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import Change, Completes, StepBase
from app.course.rules.progress import TAKEN_BACK, progress
from app.records.accounts import Visitor
from app.records.base import UtcTime, insert_once, table_of
from app.records.models import Enrolment, ModuleCompletion, StepCompletion


class NoEnrolment(LookupError):
    """A deed of somebody without an enrolment, or whose enrolment is gone."""


class StepLocked(Exception):
    """The module asks for its steps in order, and an earlier one is not done yet."""


class CannotBeTakenBack(Exception):
    """The step was not completed by saying so, so saying so does not take it back."""


# ---- what every deed begins and ends with ----------------------------------------------------


def enrolment_of(visitor: Visitor) -> int:
    """Return the enrolment that a visitor's deeds hang on. Raises NoEnrolment."""
    if visitor.enrolment_id is None:
        raise NoEnrolment(f"user {visitor.user_id} has no enrolment here")
    return visitor.enrolment_id


# Statements of every deed are built once, on the tables: to build one anew takes as long as to run it.
_enrolment, _steps, _modules = (table_of(model).c for model in (Enrolment, StepCompletion, ModuleCompletion))

_LOCKED = select(_enrolment.id).where(_enrolment.id == bindparam("enrolment")).with_for_update()

_DONE = union_all(
    select(_steps.step_key, _steps.taken_back_at.is_not(None)).where(_steps.enrolment_id == bindparam("enrolment")),
    select(_modules.module_slug, literal(False)).where(_modules.enrolment_id == bindparam("enrolment")),
)

_NOTED = (
    update(table_of(Enrolment))
    .where(_enrolment.id == bindparam("enrolment"))
    .values(
        done=bindparam("keys"),
        last_step_key=bindparam("step"),
        last_deed_at=bindparam("now"),
        started_at=func.coalesce(_enrolment.started_at, bindparam("now", type_=UtcTime())),
    )
)


# They run on the session's connection: the session would look at each for objects, for half of its time again.


def lock_enrolment(session: Session, enrolment_id: int) -> None:
    """Let one deed of an enrolment happen at a time, until the transaction ends. Raises NoEnrolment."""
    if session.connection().scalar(_LOCKED, {"enrolment": enrolment_id}) is None:
        raise NoEnrolment(f"there is no enrolment {enrolment_id}")


def keys_done(session: Session, enrolment_id: int) -> frozenset[str]:
    """Read from the rows what is done: step keys, slugs of finished modules, `~key` for what was taken back."""
    rows = session.connection().execute(_DONE, {"enrolment": enrolment_id})
    return frozenset(TAKEN_BACK + key if taken_back else key for key, taken_back in rows)


def open_step(session: Session, enrolment_id: int, course: Course, step: StepBase) -> frozenset[str]:
    """Return what is done, read from the rows of a locked enrolment, when a deed on the step may go on.

    Raises StepLocked when the module asks for an earlier step first.
    """
    done = keys_done(session, enrolment_id)
    if progress(course, done).is_locked(step):
        raise StepLocked(step.key)
    return done


OWN: Mapping[str, Any] = {"granted_at": None, "granted_by_id": None, "reason": None}
"""The columns of a completion that tell whose deed it is, where it is its learner's own."""


def add_completion(
    session: Session,
    enrolment_id: int,
    course: Course,
    step: StepBase,
    done: frozenset[str],
    *,
    now: datetime,
    whose: Mapping[str, Any] = OWN,
) -> frozenset[str]:
    """Write that a step is done, and each module that is finished by then; once, whatever it was called before.

    `done` is what `open_step` read; returns what is done now. The enrolment is locked, and `note_deed` follows where it
    is a deed of its learner; `whose` says when it is not.
    """
    if done.isdisjoint(step.keys):
        done = _write_completion(session, enrolment_id, step, done, now, whose)
    for module in progress(course, done).modules:
        if module.finished and done.isdisjoint(module.module.keys):
            insert_once(
                session, ModuleCompletion, enrolment_id=enrolment_id, module_slug=module.module.slug,
                module_revision=module.module.revision, completed_at=now,
            )  # fmt: skip
            done |= {module.module.slug}
    return done


def _write_completion(
    session: Session, enrolment_id: int, step: StepBase, done: frozenset[str], now: datetime, whose: Mapping[str, Any]
) -> frozenset[str]:
    """Insert the row of a step, or wake the one that was taken back, under whichever name it stands there."""
    taken_back = next((key for key in step.keys if TAKEN_BACK + key in done), None)
    if taken_back is None:
        insert_once(
            session, StepCompletion, enrolment_id=enrolment_id, step_key=step.key,
            step_revision=step.source_revision, seen_revision=step.source_revision, completed_at=now, **whose,
        )  # fmt: skip
        return done | {step.key}
    session.execute(
        update(StepCompletion)
        .where(StepCompletion.enrolment_id == enrolment_id, StepCompletion.step_key == taken_back)
        .values(
            step_revision=step.source_revision,
            seen_revision=step.source_revision,
            completed_at=now,
            taken_back_at=None,
            **whose,
        )
        .execution_options(synchronize_session=False)
    )
    return done - {TAKEN_BACK + taken_back} | {taken_back}


def note_deed(session: Session, enrolment_id: int, step: StepBase, done: frozenset[str], *, now: datetime) -> None:
    """Keep what is done as the copy of the rows, and note where somebody was and when; the last thing a deed does."""
    copy = {"enrolment": enrolment_id, "keys": " ".join(sorted(done)), "step": step.key, "now": now}
    session.connection().execute(_NOTED, copy)


# ---- verbs -----------------------------------------------------------------------------------


def complete_step(session: Session, visitor: Visitor, course: Course, step: StepBase, *, now: datetime) -> None:
    """Note that the step is done; a second call changes nothing.

    Raises StepLocked, NoEnrolment.
    """
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    done = open_step(session, enrolment_id, course, step)
    if not done.isdisjoint(step.keys):
        return
    done = add_completion(session, enrolment_id, course, step, done, now=now)
    note_deed(session, enrolment_id, step, done, now=now)


def take_back_step(session: Session, visitor: Visitor, course: Course, step: StepBase, *, now: datetime) -> None:
    """Note that the step is not done after all, under every name that it had; a second call changes nothing.

    The rows stay, with the moment, and a finished module stays finished.
    Raises CannotBeTakenBack for a kind that is not completed by saying so, NoEnrolment.
    """
    if step.completes is not Completes.SAID:
        raise CannotBeTakenBack(step.key)
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    taken = session.scalars(
        update(StepCompletion)
        .where(
            StepCompletion.enrolment_id == enrolment_id,
            StepCompletion.step_key.in_(step.keys),
            StepCompletion.taken_back_at.is_(None),
        )
        .values(taken_back_at=now, **OWN)
        .returning(StepCompletion.step_key)
        .execution_options(synchronize_session=False)
    ).all()
    if taken:
        note_deed(session, enrolment_id, step, keys_done(session, enrolment_id), now=now)


# ---- what is told later ----------------------------------------------------------------------


def changes_to_show(session: Session, visitor: Visitor, course: Course) -> dict[str, tuple[Change, ...]]:
    """Return by step key the changes of substance since somebody completed a step or was last told.

    Steps without such changes are left out. Asks the database nothing when there can be none.
    """
    done = visitor.done_keys
    told = [step for step in course.steps if _tells(step, done)]
    if visitor.enrolment_id is None or not told:
        return {}
    rows = session.execute(
        select(StepCompletion.step_key, StepCompletion.seen_revision).where(
            StepCompletion.enrolment_id == visitor.enrolment_id,
            StepCompletion.step_key.in_([key for step in told for key in step.keys]),
            StepCompletion.taken_back_at.is_(None),
        )
    )
    seen: dict[str, list[str]] = {}
    for key, revision in rows:
        seen.setdefault(key, []).append(revision)
    found = {step.key: _unseen(step, [r for key in step.keys for r in seen.get(key, [])]) for step in told}
    return {key: changes for key, changes in found.items() if changes}


def _tells(step: StepBase, done: frozenset[str]) -> bool:
    """Whether a step is done and has a change of substance."""
    return any(change.kind == "substance" for change in step.changes) and not done.isdisjoint(step.keys)


def _unseen(step: StepBase, seen: Iterable[str]) -> tuple[Change, ...]:
    """Return what is new to somebody who saw these revisions; a step done under two names was seen in the newest."""
    return min((step.substance_since(revision) for revision in seen), key=len, default=())


def mark_seen(session: Session, visitor: Visitor, step: StepBase) -> None:
    """Note that the changes of a step were shown. Writes nothing for a step that has none to show."""
    if visitor.enrolment_id is None or not _tells(step, visitor.done_keys):
        return
    session.execute(
        update(StepCompletion)
        .where(
            StepCompletion.enrolment_id == visitor.enrolment_id,
            StepCompletion.step_key.in_(step.keys),
            StepCompletion.seen_revision != step.source_revision,
        )
        .values(seen_revision=step.source_revision)
        .execution_options(synchronize_session=False)
    )


def module_finished_at(session: Session, enrolment_id: int | None) -> dict[str, datetime]:
    """Return when modules were finished, by the slug that each had then: ask for all of `module.keys`."""
    rows = session.execute(
        select(ModuleCompletion.module_slug, ModuleCompletion.completed_at).where(
            ModuleCompletion.enrolment_id == enrolment_id
        )
    )
    return {slug: at for slug, at in rows}  # noqa: C416 - rows are no pairs to mypy
