"""Care in a real browser: the note, the way around and the pause, by keyboard, with and without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from app.records.models import Attempt, Draft, StepCompletion
from tests.browser.keys import go, tab_to
from tests.browser.site import Site, sign_in, site_on
from tests.careful_course import write_careful
from tests.makers import make_enrolment, make_user

pytestmark = pytest.mark.browser

SIGNS, WALK, QUIZ = (f"/modules/01-map/{slug}" for slug in ("signs", "your-walk", "check"))
PAUSE = re.compile("/pause")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Run a site with the course of care and a learner, Noor."""
    with site_on(tmp_path, course=write_careful(tmp_path / "course").path) as site:
        with site.writing() as session:
            make_enrolment(session, user=make_user(session, name="Noor", email="noor@example.org"))
            session.commit()
        yield site


def text_kept(site: Site) -> str:
    return site.rows.scalars(select(Draft.body)).one()


def kept_in_browser(page: Page) -> list[str]:
    page.wait_for_load_state("load")
    found: list[str] = page.evaluate("Object.keys(localStorage)")
    return found


def test_by_keyboard_a_learner_unfolds_the_note_and_takes_the_way_around(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + SIGNS)
    note = page.locator(".care__body")
    expect(note).to_be_hidden()
    tab_to(page, page.locator(".care summary"))
    page.keyboard.press("Enter")
    expect(note).to_be_visible()
    tab_to(page, note.get_by_role("link"))
    go(page, "Enter")
    expect(page.locator("h1")).to_have_text("The map in three sentences")
    tab_to(page, page.locator("main").get_by_role("button", name="Done, go on"))
    go(page, "Space")
    expect(page).to_have_url(site.address + WALK)
    assert site.rows.scalars(select(StepCompletion.step_key)).all() == ["01-map/signs"]


def test_by_keyboard_a_learner_takes_a_break_from_a_text_and_comes_back_to_it(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    page.locator("#text").fill("Half a text")
    page.keyboard.press("Home")
    page.locator(".skip").focus()
    tab_to(page, page.get_by_role("button", name="Take a break"))
    go(page, "Enter")
    expect(page).to_have_url(PAUSE)
    assert "Half a text" in text_kept(site)
    tab_to(page, page.get_by_role("link", name="Back to Your own walk"))
    go(page, "Enter")
    expect(page.locator("#text")).to_have_value("Half a text")
    expect(page.locator("[data-draft-says=restored]")).to_be_hidden()
    expect(page.locator("#other-texts")).to_have_count(0)


def test_a_break_leaves_nothing_behind_in_the_browser(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    page.locator("#text").fill("Half a text")
    with page.expect_response(re.compile("/your-walk/draft")):
        page.get_by_role("button", name="Take a break").click()
    expect(page).to_have_url(PAUSE)
    assert kept_in_browser(page) == []
    assert site.rows.scalars(select(Draft.version)).one() == 1


def test_a_break_whose_text_never_arrived_sends_it_from_the_quiet_page(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    page.route(re.compile("/your-walk(/draft)?$"), lambda route: route.abort())
    page.locator("#text").fill("Lost on the way")
    page.get_by_role("button", name="Take a break").click()
    page.unroute(re.compile("/your-walk(/draft)?$"))
    with page.expect_response(re.compile("/your-walk/draft")):
        page.goto(f"{site.address}/pause?back={WALK}")
    assert "Lost on the way" in text_kept(site)


def test_enter_in_a_question_checks_the_answers_and_takes_no_break(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + QUIZ)
    page.locator("#q-word-1").fill("contour")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(site.address + QUIZ)
    expect(page.locator(".error-summary")).to_be_focused()
    assert site.rows.scalars(select(Attempt)).all() == []


def test_without_a_script_a_break_keeps_the_answers(plain_context: BrowserContext, site: Site) -> None:
    page = plain_context.new_page()
    sign_in(page, site)
    page.goto(site.address + QUIZ)
    page.locator("#q-word-1").fill("contour")
    page.get_by_role("button", name="Take a break").click()
    expect(page).to_have_url(PAUSE)
    page.get_by_role("link", name="Back to Check what you see").click()
    expect(page.locator("#q-word-1")).to_have_value("contour")


def test_without_a_script_the_note_unfolds_and_the_way_around_completes(
    plain_context: BrowserContext, site: Site
) -> None:
    page = plain_context.new_page()
    sign_in(page, site)
    page.goto(site.address + QUIZ)
    page.locator(".care summary").click()
    page.get_by_role("link", name="The map in three sentences").click()
    page.get_by_role("button", name="Done, go on").click()
    expect(page).to_have_url(re.compile("/01-map/read-on$"))
    assert site.rows.scalars(select(StepCompletion.step_key)).all() == ["01-map/check"]


def test_on_the_quiet_page_nothing_moves(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="en-GB", reduced_motion="no-preference")
    page = context.new_page()
    sign_in(page, site)
    page.goto(f"{site.address}/pause?back={SIGNS}")
    expect(page.locator("h1")).to_have_text("Take your time")
    moving = "document.querySelector('main').getAnimations({subtree: true}).length"
    assert page.evaluate(moving) == 0
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    context.close()
