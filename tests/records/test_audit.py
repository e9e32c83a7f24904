"""The audit log: no verb of staff without an entry."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import app.records
from app.course.rules.cohort_modules import CohortPlan
from app.records import accounts, audit, cohorts, joining, second_step
from app.records.models import AuditEntry, SecondStep
from tests.makers import NOW, make_cohort, make_join_code, make_user

Deed = Callable[[Session, int], object]

EXAMPLES: dict[str, Deed] = {
    "accounts.add_admin": lambda session, by: accounts.add_admin(
        session, email="new@example.org", name="New", language="nl", by=by, now=NOW
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
        session, user_id=by, cohort_id=make_cohort(session).id, role="trainer", by=by, now=NOW
    ),
    "second_step.reset_second_step": lambda session, by: second_step.reset_second_step(
        session, with_second_step(session), by=by, now=NOW
    ),
}
"""Each verb of staff, done once. A new one needs its line here."""


def with_second_step(session: Session) -> int:
    """Make somebody with two-step sign-in."""
    user = make_user(session)
    session.add(SecondStep(user_id=user.id, seed="seed", created_at=NOW, confirmed_at=NOW))
    session.flush()
    return user.id


def staff_verbs() -> set[str]:
    """Find every public function of the records that takes `by`."""
    found = set()
    for module in pkgutil.walk_packages(app.records.__path__, "app.records."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            is_own = function.__module__ == module.name and not name.startswith("_")
            if is_own and "by" in inspect.signature(function).parameters and function is not audit.note:
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
    assert (entry.actor_id, entry.deed, entry.at) == (staff.id, verb.partition(".")[2], NOW)
    table, _, number = entry.about.partition(":")
    assert session.execute(select(named(table)).where(named(table).c.id == int(number))).one()


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
