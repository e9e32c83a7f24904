"""The audit log: no verb of staff without an entry."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import Session

import app.records
from app.course.rules.cohort_modules import CohortPlan
from app.records import (
    accounts,
    audit,
    cohorts,
    exporting,
    guides,
    imports,
    invitations,
    joining,
    moving,
    outbox,
    people,
    second_step,
)
from app.records.models import AuditEntry, Enrolment, Import, SecondStep
from app.web.logbook import TO_SOMEBODY
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_user

Deed = Callable[[Session, int], object]

EXAMPLES: dict[str, Deed] = {
    "accounts.add_admin": lambda session, by: accounts.add_admin(
        session, email="new@example.org", name="New", language="nl", by=by, now=NOW
    ),
    "audit.export_log": lambda session, by: audit.export_log(session, by=by, now=NOW),
    "guides.settle_silence": lambda session, by: guides.settle_silence(
        session, make_cohort(session).id, days=7, version=1, by=by, now=NOW
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
    "second_step.reset_second_step": lambda session, by: second_step.reset_second_step(
        session, with_second_step(session), by=by, now=NOW
    ),
}
"""Each verb of staff, done once. A new one needs its line here."""


def export_the_cohorts(session: Session, by: int) -> None:
    """Take the list of cohorts along: of one."""
    make_cohort(session)
    exporting.export_cohorts(session, by=by, now=NOW)


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


def staff_verbs() -> set[str]:
    """Find every public function of the records that takes `by`."""
    found = set()
    for module in pkgutil.walk_packages(app.records.__path__, "app.records."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            is_own = function.__module__ == module.name and not name.startswith("_")
            if (
                is_own
                and "by" in inspect.signature(function).parameters
                and function not in (audit.note, audit.note_all)
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
