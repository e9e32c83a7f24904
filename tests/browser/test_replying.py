"""A trainer answers what waits by keyboard alone, in Dutch; nothing typed is lost, nothing withdrawn stays in sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.models import Draft, Enrolment, Reflection, Reply, User
from app.records.reflecting import change_level, reflection_of, submit_reflection
from tests.browser.conftest import LOCALES
from tests.browser.keys import check_focus, go, tab_to
from tests.browser.site import Site, sign_in, site_on
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor

pytestmark = pytest.mark.browser

WALK = "01-map/your-walk"
NAMES = ("Noor", "Cem", "Wafa", "Yonas", "Lida")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Run a site with a trainer, Petra, and five learners who share a reflection."""
    with site_on(tmp_path) as site:
        with site.writing() as session:
            cohort = make_cohort(session, name="Najaar", language="nl")
            for name in ("Petra", *NAMES):
                user = make_user(session, name=name, email=f"{name.lower()}@example.org", language="nl")
                role = "trainer" if name == "Petra" else "learner"
                make_enrolment(session, user=user, cohort=cohort, role=role)
            for minute, name in enumerate(NAMES):
                visitor = visitor_of(session, name)
                course = site.course("nl")
                submit_reflection(
                    session, visitor, course, course.step_by_key[WALK], text=f"De wandeling van {name}.",
                    level="trainers", version=0, now=NOW + timedelta(minutes=minute),
                )  # fmt: skip
            session.commit()
        yield site


def visitor_of(session: Session, name: str) -> Visitor:
    found = select(Enrolment).join(User, User.id == Enrolment.user_id).where(User.name == name)
    return make_visitor(session, enrolment=session.scalars(found).one())


@pytest.fixture
def petra(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Give a page on which Petra is signed in, with scripts unless the test says otherwise, in Dutch."""
    scripts = getattr(request, "param", True)
    context = browser.new_context(locale=LOCALES["nl"], reduced_motion="reduce", java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, site, "petra")
    yield page
    context.close()


@pytest.mark.parametrize("petra", [True, False], indirect=True, ids=["with scripts", "without"])
def test_a_trainer_replies_to_five_reflections_by_keyboard(
    petra: Page, site: Site, request: pytest.FixtureRequest
) -> None:
    has_scripts = "with scripts" in request.node.name
    tab_to(petra, petra.get_by_role("link", name="Wachtrij"))
    go(petra, "Enter")
    expect(petra.locator("h1")).to_have_text("Wachtrij")
    tab_to(petra, petra.get_by_role("link", name="Lees de eerste"))
    go(petra, "Enter")
    for number, name in enumerate(NAMES):
        expect(petra.locator("h1")).to_have_text(f"Reflectie van {name}")
        expect(petra.locator("main .voice--me")).to_contain_text(f"De wandeling van {name}.")
        if number:
            expect(petra.locator("h1")).to_be_focused()
        tab_to(petra, petra.locator("#text"))
        petra.keyboard.type(f"Dank je, {name}.")
        if has_scripts:
            expect(petra.locator("[data-keys-hint]")).to_be_visible()
            go(petra, "Control+Enter")
        else:
            petra.keyboard.press("Tab")
            check_focus(petra)
            go(petra, "Enter")
        expect(petra.locator(".flashes")).to_contain_text("Je reactie is verstuurd.")
    expect(petra).to_have_url(f"{site.address}/trainer/queue")
    expect(petra.locator("main")).to_contain_text("Niemand wacht op je reactie")
    said = site.rows.scalars(select(Reply.text).order_by(Reply.id)).all()
    assert said == [f"Dank je, {name}." for name in NAMES]


def test_a_reply_that_was_being_typed_is_there_in_another_tab_and_after_going_back(petra: Page, site: Site) -> None:
    first = site.rows.scalars(select(Reflection.id).order_by(Reflection.id)).first()
    path = f"{site.address}/trainer/cohorts/1/reflections/{first}"
    petra.goto(path)
    petra.locator("#text").fill("Half een")
    expect(petra.locator("[data-draft-status]")).to_contain_text("Concept bewaard om")
    other = petra.context.new_page()
    other.goto(path)
    expect(other.locator("#text")).to_have_value("Half een")
    other.close()
    petra.locator("#text").fill("Half een, en nog iets")
    petra.goto(f"{site.address}/trainer/queue")
    petra.go_back()
    expect(petra.locator("#text")).to_have_value("Half een, en nog iets")


def test_what_was_sent_is_not_saved_anew_when_the_trainer_signs_out(petra: Page, site: Site) -> None:
    petra.goto(f"{site.address}/trainer/queue")
    petra.get_by_role("link", name="Lees de eerste").click()
    petra.locator("#text").fill("Dank je.")
    petra.keyboard.press("Control+Enter")
    expect(petra.locator(".flashes")).to_contain_text("Je reactie is verstuurd.")
    petra.get_by_role("button", name="Uitloggen").click()
    expect(petra.locator("main")).to_contain_text("Je bent uitgelogd")
    assert site.rows.scalars(select(Draft.body).where(Draft.body != "{}")).all() == []


def test_what_is_shared_no_more_leaves_the_open_page_with_its_next_save(petra: Page, site: Site) -> None:
    petra.goto(f"{site.address}/trainer/queue")
    petra.get_by_role("link", name="Lees de eerste").click()
    expect(petra.locator("main")).to_contain_text("De wandeling van Noor.")
    with site.writing() as session:
        noor, step = visitor_of(session, "Noor"), site.course("nl").step_by_key[WALK]
        standing = reflection_of(session, noor, step)
        assert standing is not None
        change_level(session, noor, step, level="private", version=standing.version, now=NOW)
        session.commit()
    petra.locator("#text").fill("Mooi geschreven")
    expect(petra.locator("h1")).to_have_text("Deze reflectie wordt niet meer met je gedeeld")
    expect(petra.locator("main")).to_contain_text("Mooi geschreven")
    expect(petra.locator("main")).not_to_contain_text("De wandeling van Noor.")
    petra.get_by_role("button", name="Gooi weg").click()
    expect(petra).to_have_url(re.compile("/trainer/queue$"))


def test_a_learner_finds_the_reply_and_answers(petra: Page, site: Site, browser: Browser) -> None:
    petra.goto(f"{site.address}/trainer/queue")
    petra.get_by_role("link", name="Lees de eerste").click()
    petra.locator("#text").fill("Wat zag je onderweg?")
    petra.keyboard.press("Control+Enter")
    expect(petra.locator(".flashes")).to_contain_text("Je reactie is verstuurd.")
    context = browser.new_context(locale=LOCALES["nl"], reduced_motion="reduce")
    noor = context.new_page()
    sign_in(noor, site, "noor")
    noor.get_by_role("link", name="Petra schreef je").click()
    expect(noor.locator("main")).to_contain_text("Wat zag je onderweg?")
    tab_to(noor, noor.locator("#text"))
    noor.keyboard.type("Een reiger.")
    go(noor, "Control+Enter")
    expect(noor.locator(".thread")).to_contain_text("Een reiger.")
    noor.goto(f"{site.address}/modules/{WALK}")
    expect(noor.locator("#thread .voice")).to_have_count(2)
    expect(noor.locator("#text")).to_have_value("De wandeling van Noor.")
    context.close()
    petra.goto(f"{site.address}/trainer/queue")
    expect(petra.locator("main .marks h2").last).to_have_text("Noor")
