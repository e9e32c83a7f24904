"""Who reaches what: every page and every deed has its row here, and a new one fails until it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.records.accounts import Visitor, visitor_of
from app.records.models import Cohort, CohortModule, Import, Reflection, ReflectionRevision
from app.web.access import is_public
from tests.makers import NOW, make_enrolment, make_join_code, make_user, make_visitor
from tests.web.conftest import Browser

EVERYBODY, ONESELF, IN_A_COHORT, ADMINS = "everybody", "who is signed in", "who is in a cohort", "admins"
TRAINERS, ITS_TRAINERS = "trainers", "trainers of the cohort"

WHO = {
    EVERYBODY: {
        "auth.forgotten", "auth.join", "auth.join_by_code", "auth.link", "auth.mail_sent", "auth.new_link",
        "auth.sign_in", "auth.sign_in_code", "auth.sign_in_recovery_code", "auth.sign_out", "auth.start", "info.page",
        "info.support", "look.theme", "static",
    },
    ONESELF: {
        "auth.account", "auth.change_account", "auth.change_password", "auth.my_log", "auth.new_recovery_codes",
        "auth.recovery_codes", "auth.second_step", "auth.second_step_app", "auth.second_step_off", "info.pause",
        "learner.my_course", "learner.picture",
    },
    IN_A_COHORT: {
        "learner.answer_draft", "learner.around", "learner.attempt", "learner.bookmark", "learner.bookmarks",
        "learner.choose", "learner.choose_answer", "learner.choose_cohort",
        "learner.delete", "learner.draft", "learner.glossary", "learner.level",
        "learner.mirror", "learner.module", "learner.print_module", "learner.reflections", "learner.search",
        "learner.step", "learner.take_back", "learner.thread",
    },
    ADMINS: {
        "admin.all_cohorts", "admin.apply_import", "admin.archive_cohort", "admin.change_admin", "admin.change_cohort",
        "admin.close_account", "admin.close_code", "admin.cohort", "admin.copy_cohort", "admin.correct_person",
        "admin.end_enrolment", "admin.enrol_from_file", "admin.enrol_person", "admin.export_cohorts",
        "admin.export_log", "admin.export_people", "admin.export_people_of_cohort", "admin.import_progress",
        "admin.link_by_hand", "admin.log", "admin.mail", "admin.move", "admin.new_code", "admin.new_cohort",
        "admin.new_person", "admin.new_trainer", "admin.people", "admin.people_of_cohort", "admin.person",
        "admin.read_anew", "admin.read_on", "admin.reopen_account", "admin.reset_second_step", "admin.roster_template",
        "admin.send_again", "admin.show_import", "admin.test_mail", "admin.throw_away", "admin.undo_import",
        "admin.undo_plan",
    },
    TRAINERS: {
        "trainer.all_cohorts", "trainer.all_questions", "trainer.export_questions", "trainer.questions",
        "trainer.queue", "trainer.start",
    },
    ITS_TRAINERS: {
        "trainer.choose_reply", "trainer.cohort", "trainer.end_extension", "trainer.extend_module",
        "trainer.grant_step", "trainer.learner", "trainer.learner_attempt", "trainer.reflection",
        "trainer.reply_draft", "trainer.settings", "trainer.snooze", "trainer.withdraw_grant",
    },
}  # fmt: skip
"""Views by who reaches them."""

OF_ONES_OWN = {
    "auth.link", "auth.new_link", "info.page", "learner.answer_draft", "learner.around", "learner.attempt",
    "learner.choose_answer", "learner.delete", "learner.level", "learner.thread", "static",
}  # fmt: skip
"""Views that answer 404 to who reaches them too, as what is asked for is not there."""

OF_NOBODY_HERE = {"trainer.learner_attempt"}
"""What nobody here has: test_trainer_learner.py tries who reaches it."""

ROLES = ("nobody", "alone", "learner", "trainer", "other trainer", "admin")
"""`alone`: signed in, and in no cohort; the admin is in none either. `trainer`: of the cohort that addresses name."""

REACHED, NOT_THERE, SIGN_IN, JOIN, REFUSED = "reached", "not there", "sent to sign in", "sent to join", "refused"


REACHED_BY = {ADMINS: ("admin",), TRAINERS: ("trainer", "other trainer"), ITS_TRAINERS: ("trainer",)}


def expected(role: str, who: str, method: str) -> str:
    """Say what becomes of a request."""
    if who == EVERYBODY or (who == ONESELF and role != "nobody"):
        return REACHED
    if role == "nobody":
        return SIGN_IN
    if who in REACHED_BY:
        return REACHED if role in REACHED_BY[who] else NOT_THERE
    if who == IN_A_COHORT and role in ("alone", "admin"):
        return JOIN if method == "GET" else REFUSED
    return REACHED


def who_reaches(rule: Rule) -> str:
    return next(who for who, endpoints in WHO.items() if rule.endpoint in endpoints)


def test_every_view_has_its_row_and_every_row_its_view(app: Flask) -> None:
    views = {rule.endpoint for rule in app.url_map.iter_rules()}
    rows = [endpoint for endpoints in WHO.values() for endpoint in endpoints]
    assert sorted(rows) == sorted(views)


def test_what_is_open_to_everybody_is_what_its_view_says(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules() if is_public(app, rule.endpoint)} == WHO[EVERYBODY]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_its_pages_and_deeds_and_no_others(app: Flask, session: Session, role: str) -> None:
    values = values_of(session)
    visitor = make_role(session, role, values["cohort_id"])
    browser = Browser(app.test_client())
    if visitor is not None:
        browser.sign_in(visitor)
    hidden = hidden_fields(browser)
    for rule, method in requests_of(app):
        if rule.endpoint in OF_NOBODY_HERE:
            continue
        found = outcome(app, browser, rule, method, values, hidden if method == "POST" else {})
        assert found == expected(role, who_reaches(rule), method), f"{method} {rule.endpoint} as {role}"


def values_of(session: Session) -> dict[str, Any]:
    """Make what addresses name."""
    code = make_join_code(session)
    session.add(CohortModule(cohort_id=code.cohort_id, module_slug="01-map", due_on=NOW.date()))
    found = {
        "module_slug": "01-map", "step_slug": "your-walk", "name": "steps.svg", "slug": "about-us", "code": code.key,
        "user_id": make_user(session).id, "cohort_id": code.cohort_id, "code_id": code.id, "attempt_id": 1,
        "token": "x", "filename": "x.css", "kind": "csv", "import_id": make_import(session, code.cohort_id),
        "enrolment_id": make_enrolment(session, cohort=session.get_one(Cohort, code.cohort_id)).id,
        "reflection_id": make_shared(session, code.cohort_id),
        "quiz_slug": "map-signs",
    }  # fmt: skip
    session.commit()
    return found


def make_shared(session: Session, cohort_id: int) -> int:
    """Make a text that a learner of a cohort shares with its trainers."""
    enrolment = make_enrolment(session, cohort=session.get_one(Cohort, cohort_id))
    shared = {"level": "trainers", "shared_from": 1, "shared_at": NOW, "waiting_since": NOW}
    made = Reflection(enrolment_id=enrolment.id, step_key="01-map/your-walk", **shared)
    session.add(made)
    session.flush()
    session.add(ReflectionRevision(reflection_id=made.id, number=1, text="I", language="en", submitted_at=NOW))
    return made.id


def make_import(session: Session, cohort_id: int) -> int:
    """Make the receipt of a file in which nobody stood: it can neither be applied again nor thrown away."""
    receipt = Import(cohort_id=cohort_id, file_name="list.csv", stage="applied", made_at=NOW, applied_at=NOW)
    session.add(receipt)
    session.flush()
    return receipt.id


def make_role(session: Session, role: str, cohort_id: int) -> Visitor | None:
    if role == "nobody":
        return None
    user = make_user(session, is_admin=role == "admin")
    if role in ("learner", "trainer", "other trainer"):
        cohort = session.get_one(Cohort, cohort_id) if role == "trainer" else None
        place = make_enrolment(session, user=user, cohort=cohort, role=role.removeprefix("other "))
        visitor: Visitor | None = make_visitor(session, enrolment=place)
    else:
        visitor = visitor_of(session, user.id, user.session_stamp, None)
    session.commit()
    return visitor


LAST = ("auth.join", "auth.sign_out")
"""Who joins is not alone any more, and who signs out is nobody."""


def requests_of(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint in LAST, rule.endpoint)):
        yield from ((rule, method) for method in sorted((rule.methods or set()) & {"GET", "POST"}))


def outcome(app: Flask, browser: Browser, rule: Rule, method: str, values: dict[str, Any], sent: dict[str, str]) -> str:
    """Send a request as this browser's person would, and say what became of it."""
    path = app.url_map.bind("localhost").build(
        rule.endpoint, {name: values[name] for name in rule.arguments}, method=method
    )
    answer = browser.client.open(path, method=method, data=sent, buffered=True)
    where = answer.headers.get("Location", "")
    if answer.status_code == 303 and where.startswith("/sign-in?"):
        return SIGN_IN
    if answer.status_code == 303 and where == "/join":
        return JOIN
    if answer.status_code == 404 and rule.endpoint not in OF_ONES_OWN:
        return NOT_THERE
    if answer.status_code == 400 and "enrolment" not in sent and rule.endpoint.startswith("learner."):
        return REFUSED
    assert answer.status_code < 500, f"{method} {path}: {answer.status}"
    return REACHED


def hidden_fields(browser: Browser) -> dict[str, str]:
    """Return the token of this browser's forms and, for who is in a cohort, the signed name of the enrolment."""
    page = browser.visit("/modules/01-map/your-walk")  # or where that leads to who may not open it
    fields = {one.get("name"): one.get("value") for one in page.find_all("input[type=hidden]")}
    some = {name: fields[name] for name in ("csrf_token", "enrolment") if name in fields}
    return some | {"module": "01-map", "step": "01-map/signs"}
