"""The audit log: no verb of staff without an entry."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, true
from sqlalchemy.orm import Session

import app.records
from app.course.rules.cohort_modules import CohortPlan
from app.records import (
    accounts,
    audit,
    cohorts,
    exporting,
    extending,
    granting,
    guides,
    imports,
    invitations,
    joining,
    moving,
    outbox,
    people,
    replying,
    reviewing,
    second_step,
)
from app.records.models import AuditEntry, Cohort, Enrolment, Import, Reflection, ReflectionRevision, SecondStep, User
from app.records.replying import Seen
from app.records.reviewing import LearnerFacts
from app.web.logbook import TO_SOMEBODY
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_user
from tests.nouns import make_course, make_module, make_read

Deed = Callable[[Session, int], object]

COURSE = make_course(make_module("one", make_read("one/a"), make_read("one/b")))
MODULE, STEP = COURSE.modules[0], COURSE.steps[0]

EXAMPLES: dict[str, Deed] = {
    "accounts.add_admin": lambda session, by: accounts.add_admin(
        session, email="new@example.org", name="New", language="nl", by=by, now=NOW
    ),
    "audit.export_log": lambda session, by: audit.export_log(session, by=by, now=NOW),
    "guides.settle_silence": lambda session, by: guides.settle_silence(
        session, make_cohort(session).id, days=7, version=1, by=by, now=NOW
    ),
    "extending.extend": lambda session, by: extend_somebody(session, by),
    "extending.end_extension": lambda session, by: extending.end_extension(
        session, extend_somebody(session), MODULE, by=by, now=NOW
    ),
    "granting.grant_step": lambda session, by: grant_somebody(session, by),
    "granting.withdraw_grant": lambda session, by: granting.withdraw_grant(
        session, grant_somebody(session), STEP, by=by, now=NOW
    ),
    "reviewing.open_record": lambda session, by: reviewing.open_record(
        session, somebody_who_learns(session), by=by, day=NOW.date(), now=NOW
    ),
    "exporting.export_cohorts": lambda session, by: export_the_cohorts(session, by),
    "outbox.put_test": lambda session, by: outbox.put_test(session, by=by, now=NOW),
    "exporting.export_people": lambda session, by: exporting.export_people(
        session, make_cohort(session).id, by=by, now=NOW
    ),
    "cohorts.make_cohort": lambda session, by: cohorts.make_cohort(
        session, name="Winter", language="nl", by=by, now=NOW
    ),
    "cohorts.change_cohort": lambda session, by: cohorts.change_cohort(
        session,
        make_cohort(session).id,
        name="Spring",
        language="nl",
        last_day=None,
        plan=CohortPlan(),
        version=1,
        by=by,
        now=NOW,
    ),
    "cohorts.copy_cohort": lambda session, by: cohorts.copy_cohort(
        session, make_cohort(session).id, name="Again", first_day=None, last_day=None, by=by, now=NOW
    ),
    "cohorts.archive_cohort": lambda session, by: cohorts.archive_cohort(
        session, make_cohort(session).id, archived=True, version=1, by=by, now=NOW
    ),
    "joining.close_join_code": lambda session, by: joining.close_join_code(
        session, (code := make_join_code(session)).cohort_id, code.id, by=by, now=NOW
    ),
    "joining.make_join_code": lambda session, by: joining.make_join_code(
        session, cohort_id=make_cohort(session).id, by=by, now=NOW
    ),
    "cohorts.enrol": lambda session, by: cohorts.enrol(
        session, user_id=by, cohort_id=make_cohort(session).id, by=by, now=NOW
    ),
    "cohorts.make_trainer": lambda session, by: cohorts.make_trainer(  # oneself
        session, user_id=by, cohort_id=make_cohort(session).id, by=by, now=NOW
    ),
    "cohorts.end_enrolment": lambda session, by: cohorts.end_enrolment(
        session, (one := make_enrolment(session)).user_id, one.cohort_id, by=by, now=NOW
    ),
    "invitations.send_again": lambda session, by: invitations.send_again(
        session, (one := not_come(session)).cohort_id, [one.user_id], key=b"key", by=by, now=NOW
    ),
    "invitations.copy_link": lambda session, by: invitations.copy_link(
        session, (one := not_come(session)).cohort_id, one.user_id, key=b"key", by=by, now=NOW
    ),
    "moving.move": lambda session, by: moving.move(
        session,
        [(one := make_enrolment(session)).id],
        cohort_id=one.cohort_id,
        to_cohort_id=make_cohort(session).id,
        by=by,
        now=NOW,
    ),
    "people.change_name": lambda session, by: people.change_name(
        session, make_user(session).id, name="Another", by=by, now=NOW
    ),
    "people.change_address": lambda session, by: people.change_address(
        session, make_user(session).id, email="another@example.org", key=b"key", by=by, now=NOW
    ),
    "people.close_account": lambda session, by: people.close_account(session, make_user(session).id, by=by, now=NOW),
    "people.reopen_account": lambda session, by: people.reopen_account(
        session, make_user(session, deactivated_at=NOW).id, by=by, now=NOW
    ),
    "people.make_admin": lambda session, by: people.make_admin(session, by, by=by, now=NOW),  # oneself
    "people.end_admin": lambda session, by: people.end_admin(
        session, (make_user(session, is_admin=True), make_user(session, is_admin=True))[0].id, by=by, now=NOW
    ),
    "imports.planning.begin_import": lambda session, by: imports.begin_import(
        session, make_cohort(session).id, file_name="spring.csv", body=b"", by=by, now=NOW
    ),
    "imports.planning.throw_away": lambda session, by: imports.throw_away(
        session, made_import(session, "planned"), by=by, now=NOW
    ),
    "imports.applying.apply_import": lambda session, by: imports.apply_import(
        session, made_import(session, "planned"), plan_number=0, by=by, now=NOW
    ),
    "imports.undoing.undo_import": lambda session, by: imports.undo_import(
        session, made_import(session, "applied"), by=by, now=NOW
    ),
    "replying.reply": lambda session, by: reply_to_somebody(session, by),
    "second_step.reset_second_step": lambda session, by: second_step.reset_second_step(
        session, with_second_step(session), by=by, now=NOW
    ),
}
"""Each verb of staff, done once. A new one needs its line here."""


def export_the_cohorts(session: Session, by: int) -> None:
    """Take the list of cohorts along: of one."""
    make_cohort(session)
    exporting.export_cohorts(session, by=by, now=NOW)


def reply_to_somebody(session: Session, by: int) -> None:
    """Reply to a text that somebody shares, as a trainer of their cohort."""
    place = make_enrolment(session)
    cohort = session.get_one(Cohort, place.cohort_id)
    make_enrolment(session, user=session.get_one(User, by), cohort=cohort, role="trainer")
    text = Reflection(enrolment_id=place.id, step_key="a/b", level="trainers", shared_from=1, shared_at=NOW)
    session.add(text)
    session.flush()
    session.add(ReflectionRevision(reflection_id=text.id, number=1, text="I", language="en", submitted_at=NOW))
    session.flush()
    trained = guides.trained(session, by, cohort.id)
    assert trained is not None
    replying.reply(
        session, trained, text.id, text="You", seen=Seen(1, 0), deed_key="deed", language="en", by=by, now=NOW
    )


def with_second_step(session: Session) -> int:
    """Make somebody with two-step sign-in."""
    user = make_user(session)
    session.add(SecondStep(user_id=user.id, seed="seed", created_at=NOW, confirmed_at=NOW))
    session.flush()
    return user.id


def not_come(session: Session) -> Enrolment:
    """Enrol somebody who has no password yet."""
    return make_enrolment(session, user=make_user(session, with_password=False))


def made_import(session: Session, stage: str) -> int:
    """Make an import of a file in which nobody stood."""
    applied_at = NOW if stage == "applied" else None
    made = Import(cohort_id=make_cohort(session).id, file_name="", stage=stage, made_at=NOW, applied_at=applied_at)
    session.add(made)
    session.flush()
    return made.id


def somebody_who_learns(session: Session) -> LearnerFacts:
    """Enrol a learner, as their trainer reaches them."""
    one = make_enrolment(session)
    found = reviewing.learner_of(session, one.cohort_id, one.id)
    assert found is not None
    return found


def extend_somebody(session: Session, by: int | None = None) -> LearnerFacts:
    """Give a learner more time; where it is not about that, without a trace in the log."""
    learner = somebody_who_learns(session)
    extending.extend(session, learner, MODULE, due_on=NOW.date(), by=by or make_user(session).id, now=NOW)
    return without_entries(session, learner) if by is None else learner


def grant_somebody(session: Session, by: int | None = None) -> LearnerFacts:
    """Note a step as done elsewhere; where it is not about that, without a trace in the log."""
    learner, who = somebody_who_learns(session), by or make_user(session).id
    granting.grant_step(session, learner, COURSE, STEP, reason="Elsewhere", by=who, now=NOW)
    return without_entries(session, learner) if by is None else learner


def without_entries(session: Session, learner: LearnerFacts) -> LearnerFacts:
    session.execute(delete(AuditEntry))
    return learner


def staff_verbs() -> set[str]:
    """Find every public function of the records that takes `by`."""
    found = set()
    for module in pkgutil.walk_packages(app.records.__path__, "app.records."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            is_own = function.__module__ == module.name and not name.startswith("_")
            if (
                is_own
                and "by" in inspect.signature(function).parameters
                and function not in (audit.note, audit.note_all, audit.note_once)
            ):
                found.add(f"{module.name.removeprefix('app.records.')}.{name}")
    return found


def entries(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry)))


def test_every_verb_of_staff_is_known_here() -> None:
    assert staff_verbs() == set(EXAMPLES)


@pytest.mark.parametrize("verb", EXAMPLES)
def test_a_verb_of_staff_leaves_one_entry_that_names_who_and_what(session: Session, verb: str) -> None:
    staff = make_user(session)
    EXAMPLES[verb](session, staff.id)
    [entry] = entries(session)
    assert (entry.actor_id, entry.deed, entry.at) == (staff.id, verb.rpartition(".")[2], NOW)
    table, _, number = entry.about.partition(":")
    which = named(table).c.id == int(number) if number else true()  # without a number it was all of the table
    assert session.execute(select(named(table)).where(which)).one()
    assert (entry.subject_id is not None) == (entry.deed in TO_SOMEBODY)


def named(table: str) -> Any:
    return app.records.base.Base.metadata.tables[table]


def test_a_deed_that_is_undone_leaves_no_entry(session: Session) -> None:
    staff = make_user(session)
    session.commit()
    cohorts.make_cohort(session, name="Winter", language="nl", by=staff.id, now=NOW)
    session.rollback()
    assert entries(session) == []


def test_a_deed_of_the_command_line_has_no_actor(session: Session) -> None:
    cohorts.make_cohort(session, name="Winter", language="nl", by=None, now=NOW)
    [entry] = entries(session)
    assert entry.actor_id is None
