"""An admin makes cohorts, changes, copies and puts them away, and makes the codes by which people come in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course.rules.cohort_modules import CohortModule, CohortPlan
from app.records import cohorts
from app.records.accounts import Visitor
from app.records.models import Cohort, JoinCode
from app.web.extensions import engine_of
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, Submit, Visit, sign_in_admin
from tests.web.html import filled

MAP, WALK = "01-map", "02-walk"


@pytest.fixture
def admin(session: Session, reader: Browser) -> Visitor:
    """Sign an admin in who is in no cohort."""
    return sign_in_admin(session, reader)


def make_learner(session: Session, plan: CohortPlan, name: str = "Walkers") -> Visitor:
    """Make somebody who learns in a cohort with a plan."""
    cohort_id = cohorts.make_cohort(session, name=name, language="en", by=None, now=NOW, plan=plan)
    visitor = make_visitor(session, enrolment=make_enrolment(session, cohort=session.get_one(Cohort, cohort_id)))
    session.commit()
    return visitor


def cohort_of(rows: Session, name: str) -> cohorts.CohortFacts:
    found = cohorts.cohort_facts(rows, rows.scalars(select(Cohort.id).filter_by(name=name)).one())
    assert found is not None
    return found


# ---- who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/new", "/1", "/1/change", "/1/copy"])
def test_to_learners_and_trainers_these_pages_are_not_there(session: Session, reader: Browser, path: str) -> None:
    for role in ("learner", "trainer"):
        visitor = make_visitor(session, enrolment=make_enrolment(session, role=role))
        session.commit()
        reader.client.delete_cookie("session")
        reader.sign_in(visitor)
        page = reader.visit(f"/admin/cohorts{path}", status=404)
        assert not page.has('a[href="/admin/cohorts"]')


def test_an_admin_finds_the_cohorts_in_the_menu(admin: Visitor, visit: Visit) -> None:
    page = visit("/account")
    assert page.text_of('.site-nav a[href="/admin/cohorts"]') == "Cohorts"
    assert "There is no cohort yet" in visit("/admin/cohorts").text


# ---- making ------------------------------------------------------------------------------------


def test_a_cohort_is_made_with_its_days_modules_and_due_dates(admin: Visitor, submit: Submit, rows: Session) -> None:
    page = submit(
        "/admin/cohorts/new",
        name=" Spring 2027 ",
        language="nl",
        first_day="2027-02-01",
        last_day="2027-06-30",
        modules="some",
        **{f"in-{MAP}": "y", f"after-{MAP}": "14"},
    )
    assert page.text_of("h1") == "Spring 2027"
    assert page.texts_of("[aria-labelledby=modules] tbody tr") == ["01 Reading a map 14 days after the beginning"]
    found = cohort_of(rows, "Spring 2027")
    assert (found.language, found.last_day) == ("nl", date(2027, 6, 30))
    assert found.plan == CohortPlan(False, date(2027, 2, 1), (CohortModule(MAP, due_after_days=14),))


def test_a_day_may_be_typed_as_people_write_it(admin: Visitor, submit: Submit, rows: Session) -> None:
    submit("/admin/cohorts/new", name="Spring", first_day="1-2-2027")
    assert cohort_of(rows, "Spring").plan.first_day == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "Give the cohort a name"),
        ({"name": "x" * 121}, "Shorten the name"),
        ({"first_day": "2027-02-30"}, "Fill in a day such as"),
        ({"first_day": "9999-12-31"}, "Fill in a day such as"),
        ({"first_day": "2027-06-30", "last_day": "2027-02-01"}, "The last day comes before the first"),
        ({"modules": "some"}, "Choose at least one module"),
        ({f"on-{MAP}": "2027-03-01", f"after-{MAP}": "14"}, "Fill in a day or a number of days, not both"),
        ({f"after-{MAP}": "0"}, "Fill in 1 to 3650 days"),
        ({"name": "Autumn"}, "Another cohort has this name"),
    ],
    ids=lambda case: "" if isinstance(case, str) else " ".join(case),
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_that_was_typed_is_lost(
    admin: Visitor, session: Session, submit: Submit, rows: Session, fields: dict[str, str], words: str
) -> None:
    make_cohort(session, name="Autumn")
    session.commit()
    page = submit("/admin/cohorts/new", status=422, **({"name": "Spring", "language": "nl"} | fields))
    assert words in page.text_of(".error-summary")
    assert words in " ".join(page.texts_of(".field__error"))
    assert page.find("select[name=language] option[selected]").get("value") == "nl"
    assert rows.scalars(select(Cohort.name)).all() == ["Autumn"]


# ---- changing ----------------------------------------------------------------------------------


def test_the_page_to_change_a_cohort_shows_it_as_it_stands(
    admin: Visitor, session: Session, visit: Visit, submit: Submit, rows: Session
) -> None:
    plan = CohortPlan(False, date(2027, 2, 1), (CohortModule(WALK, due_on=date(2027, 3, 1)),))
    cohort_id = cohorts.make_cohort(session, name="Spring", language="nl", by=None, now=NOW, plan=plan)
    session.commit()
    page = submit(f"/admin/cohorts/{cohort_id}/change", name="Summer")
    assert page.text_of("h1") == "Summer"
    assert cohort_of(rows, "Summer").plan == plan


def test_of_two_who_change_a_cohort_the_second_is_told_and_keeps_what_they_typed(
    admin: Visitor, session: Session, reader: Browser, rows: Session
) -> None:
    cohort_id = make_cohort(session, name="Spring").id
    session.commit()
    address = f"/admin/cohorts/{cohort_id}/change"
    mine, theirs = reader.visit(address), reader.visit(address)
    reader.send(mine, name="Mine")
    page = reader.send(theirs, status=422, name="Theirs")
    assert "Somebody else changed this cohort meanwhile" in page.text_of(".error-summary")
    assert page.find("input[name=name]").get("value") == "Theirs"
    assert rows.scalars(select(Cohort.name)).all() == ["Mine"]
    assert reader.send(page).text_of("h1") == "Theirs"


def test_a_copy_has_new_days_and_no_learners(admin: Visitor, session: Session, submit: Submit, rows: Session) -> None:
    plan = CohortPlan(True, date(2027, 2, 1), (CohortModule(WALK, due_on=date(2027, 3, 1)),))
    cohort_id = cohorts.make_cohort(session, name="Spring", language="nl", by=None, now=NOW, plan=plan)
    make_enrolment(session, cohort=session.get_one(Cohort, cohort_id))
    session.commit()
    page = submit(f"/admin/cohorts/{cohort_id}/copy", name="Autumn", first_day="2027-09-01")
    assert page.text_of("h1") == "Autumn"
    assert cohort_of(rows, "Autumn").plan.modules == (CohortModule(WALK, due_on=date(2027, 9, 29)),)
    assert "Autumn open" not in page.text


def test_a_cohort_is_put_away_and_taken_back(admin: Visitor, session: Session, reader: Browser, rows: Session) -> None:
    cohort_id = make_cohort(session, name="Spring").id
    session.commit()
    page = reader.visit(f"/admin/cohorts/{cohort_id}")
    away = reader.send(page, action=f"/admin/cohorts/{cohort_id}/archive", archived="1")
    assert "Nobody can join it" in away.text_of("main")
    assert reader.visit("/admin/cohorts").texts_of("tbody th") == []
    assert reader.visit("/admin/cohorts?archived=1").texts_of("tbody th") == ["Spring"]
    stale = reader.send(page, action=f"/admin/cohorts/{cohort_id}/archive", archived="1")
    assert "you changed nothing" in stale.text_of(".flash--wait")
    reader.send(away, action=f"/admin/cohorts/{cohort_id}/archive", archived="0")
    assert reader.visit("/admin/cohorts").texts_of("tbody th") == ["Spring"]


@pytest.mark.parametrize("number", ["4711", "99999999999999999999"])
def test_a_cohort_that_is_not_there_is_not_found(admin: Visitor, reader: Browser, number: str) -> None:
    for path in ("", "/change", "/copy"):
        reader.visit(f"/admin/cohorts/{number}{path}", status=404)
    sent = filled(reader.visit("/account").form(having=["name"]), {})
    for path in ("/archive", "/codes", "/codes/1/close", f"/codes/{number}/close"):
        assert reader.client.post(f"/admin/cohorts/{number}{path}", data=sent).status_code == 404


# ---- join codes --------------------------------------------------------------------------------


def test_a_join_code_is_made_and_closed(admin: Visitor, session: Session, reader: Browser, rows: Session) -> None:
    cohort_id = make_cohort(session).id
    session.commit()
    address = f"/admin/cohorts/{cohort_id}"
    page = reader.submit(
        address, action=f"{address}/codes", seats="30", until="2027-06-30", domains="@uni.example.org, Example.org"
    )
    code = rows.scalars(select(JoinCode)).one()
    assert (code.seats, code.last_day, code.mail_domains) == (30, date(2027, 6, 30), "example.org uni.example.org")
    row = page.text_of("[aria-labelledby=codes] tbody tr")
    assert code.key in row
    assert f"/join/{code.key}" in row
    assert "0 of 30 taken" in row
    assert reader.client.get(f"/join/{code.key}").status_code == 200
    closed = reader.send(page, action=f"{address}/codes/{code.id}/close")
    assert "There is no join code" in closed.text_of("main")
    reader.client.delete_cookie("session")
    assert reader.client.get(f"/join/{code.key}").status_code == 410


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("seats", "0", "Fill in a number of 1 or more"),
        ("until", "soon", "Fill in a day such as"),
        ("domains", "not/a/domain", "Fill in what stands behind the @"),
    ],
)
def test_a_code_that_cannot_be_is_not_made(
    admin: Visitor, session: Session, reader: Browser, rows: Session, field: str, typed: str, words: str
) -> None:
    cohort_id = make_cohort(session).id
    session.commit()
    address = f"/admin/cohorts/{cohort_id}"
    page = reader.submit(address, status=422, action=f"{address}/codes", **{field: typed})
    assert words in page.text_of(".error-summary")
    assert page.find(f"input[name={field}]").get("value") == typed
    assert rows.scalars(select(JoinCode)).all() == []


def test_a_code_is_closed_under_its_own_cohort_only(
    admin: Visitor, session: Session, reader: Browser, rows: Session
) -> None:
    code, other_id = make_join_code(session), make_cohort(session).id
    code_id, cohort_id = code.id, code.cohort_id
    session.commit()
    form = reader.visit(f"/admin/cohorts/{cohort_id}").form(having=["seats"])
    answer = reader.client.post(f"/admin/cohorts/{other_id}/codes/{code_id}/close", data=filled(form, {}))
    assert answer.status_code == 404
    assert rows.scalars(select(JoinCode.closed_at)).all() == [None]


def test_somebody_with_another_address_is_told_which_addresses_the_code_is_for(
    session: Session, submit: Submit
) -> None:
    key = make_join_code(session, mail_domains="uni.example.org").key
    session.commit()
    page = submit(f"/join/{key}", status=422, name="Sam", email="sam@example.org")
    assert "This code is for addresses at uni.example.org" in page.text_of(".error-summary")


# ---- what a learner has of it --------------------------------------------------------------------


def test_a_learner_works_through_the_modules_of_their_cohort(session: Session, reader: Browser) -> None:
    plan = CohortPlan(False, None, (CohortModule(WALK),))
    reader.sign_in(make_learner(session, plan))
    page = reader.visit("/my-course")
    assert len(page.find_all(".module")) == 1
    steps = len(reader.visit(f"/modules/{WALK}").find_all(".outline li"))
    assert f"0 of {steps} steps done" in page.text_of(".stair-box .stair__words")
    reader.visit(f"/modules/{MAP}/signs", status=404)
    assert not any(MAP in link.get("href", "") for link in reader.visit("/search?q=map").find_all("main a"))


@pytest.mark.parametrize(("days", "words"), [(30, "hopes to be done with this by"), (-3, "meant to be here on")])
def test_a_due_date_is_said_as_help(session: Session, reader: Browser, days: int, words: str) -> None:
    due = date.today() + timedelta(days=days)  # noqa: DTZ011 - what the page itself asks is the day of its own clock
    plan = CohortPlan(modules=(CohortModule(MAP, due_on=due),))
    reader.sign_in(make_learner(session, plan))
    first, second = reader.visit("/my-course").texts_of(".module")
    assert words in first
    assert words not in second


def test_two_cohorts_of_different_modules_do_not_get_in_each_others_way(session: Session, app: Flask) -> None:
    readers = []
    for slug in (MAP, WALK):
        plan = CohortPlan(False, None, (CohortModule(slug),))
        reader = Browser(app.test_client())
        reader.sign_in(make_learner(session, plan, slug))
        readers.append((reader, slug))
    for _again in range(2):
        for reader, slug in readers:
            links = reader.visit("/my-course").find_all("main .module h3 a")
            assert [link.get("href").split("/")[2] for link in links] == [slug]


def test_a_module_that_is_settled_costs_a_step_no_further_statement(
    session: Session, app: Flask, reader: Browser
) -> None:
    plan = CohortPlan(False, None, (CohortModule(WALK, due_after_days=3),))
    reader.sign_in(make_learner(session, plan))
    path = reader.visit(f"/modules/{WALK}").path
    with counted(Session(engine_of(app))) as statements:
        reader.visit(path)
    assert len(statements) == 1


def test_a_text_of_a_module_that_the_cohort_left_out_stays_among_ones_own(session: Session, reader: Browser) -> None:
    visitor = make_learner(session, CohortPlan())
    reader.sign_in(visitor)
    reader.submit(f"/modules/{MAP}/your-walk", text="What I saw on my way.")
    assert visitor.cohort_id is not None
    plan = CohortPlan(False, None, (CohortModule(WALK),))
    facts: dict[str, Any] = {"name": "Walkers", "language": "en", "last_day": None, "by": None, "now": NOW}
    cohorts.change_cohort(session, visitor.cohort_id, plan=plan, version=1, **facts)
    session.commit()
    page = reader.visit("/reflections")
    assert "What I saw on my way." in page.text_of("main")
    assert not any(f"/{MAP}/" in link.get("href", "") for link in page.find_all("main a"))
    assert "Your own walk" in page.text_of("main")
