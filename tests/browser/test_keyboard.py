"""By keyboard alone: every stop can be seen, and every deed of a learner can be done."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.records.models import Attempt, ReflectionRevision, StepCompletion
from tests.browser.keys import check_focus, go, tab_to
from tests.browser.site import Site
from tests.makers import PASSWORD

pytestmark = pytest.mark.browser

SIGNS, WALK, QUIZ = (f"/modules/01-map/{slug}" for slug in ("signs", "your-walk", "check"))


def button(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("button", name=name)


def sign_in_by_keyboard(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/sign-in")
    tab_to(page, page.locator("#email"))
    page.keyboard.type("noor@example.org")
    page.keyboard.press("Tab")
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    go(page, "Enter")
    expect(page).to_have_url(re.compile("/my-course"))


def test_a_learner_signs_in_and_completes_a_step_by_keyboard(page: Page, site: Site) -> None:
    sign_in_by_keyboard(page, site)
    tab_to(page, page.locator("main").get_by_role("link", name="Begin"))
    go(page, "Enter")
    expect(page).to_have_url(site.address + SIGNS)
    tab_to(page, button(page, "Done, go on"))
    go(page, "Space")
    expect(page).to_have_url(site.address + WALK)
    assert site.rows.scalars(select(StepCompletion.step_key)).all() == ["01-map/signs"]


def test_a_learner_writes_and_hands_in_a_reflection_by_keyboard(page: Page, site: Site) -> None:
    sign_in_by_keyboard(page, site)
    page.goto(site.address + WALK)
    tab_to(page, page.locator("#text"))
    page.keyboard.type("Along the canal.")
    page.keyboard.press("Tab")
    check_focus(page)
    expect(page.locator("[name=level][value=private]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=level][value=trainers]")).to_be_checked()
    page.keyboard.press("ArrowUp")
    tab_to(page, button(page, "Hand in"))
    go(page, "Enter")
    expect(page.locator("aside")).to_contain_text("Handed in on")
    assert site.rows.scalars(select(ReflectionRevision.text)).all() == ["Along the canal."]


def test_a_learner_answers_a_quiz_by_keyboard_and_is_led_to_what_is_missing(page: Page, site: Site) -> None:
    sign_in_by_keyboard(page, site)
    page.goto(site.address + QUIZ)
    tab_to(page, button(page, "Check my answers"))
    go(page, "Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    check_focus(page)
    page.keyboard.press("Tab")
    go_within(page)
    expect(page.locator("#q-distance-1")).to_be_focused()
    page.keyboard.press("Space")
    for value in ("close", "crossing"):
        tab_to(page, page.locator(f"[value={value}]"))
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    tab_to(page, page.locator("[name=q-north][value=true]"))
    page.keyboard.press("Space")
    for name, words in (("q-time", ("12", "20")), ("q-plan", ("choose", "measure", "reckon"))):
        for number, beginning in enumerate(words, 1):
            tab_to(page, page.locator(f"#{name}-{number}"))
            page.keyboard.type(beginning)
    tab_to(page, page.locator("#q-word-1"))
    page.keyboard.type("contour")
    go(page, "Enter")
    expect(page.locator("#score")).to_contain_text("of 8")
    assert len(site.rows.scalars(select(Attempt.id)).all()) == 1
    tab_to(page, page.locator("main").get_by_role("link", name="Go on").or_(button(page, "Try again")).first)


def go_within(page: Page) -> None:
    """Follow a link to a place on the same page."""
    page.keyboard.press("Enter")
    check_focus(page)


def test_the_first_stop_of_a_page_skips_to_its_content(page: Page, site: Site) -> None:
    sign_in_by_keyboard(page, site)
    page.goto(site.address + SIGNS)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="To the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    check_focus(page)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator("main *:focus").count() == 1


def test_a_learner_changes_colours_and_language_and_signs_out_by_keyboard(page: Page, site: Site) -> None:
    sign_in_by_keyboard(page, site)
    tab_to(page, page.locator("[name=theme][value=dark]"))
    go(page, "Space")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    tab_to(page, page.locator(".site-tools a[hreflang=nl]"))
    go(page, "Enter")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    tab_to(page, page.get_by_role("button", name="Uitloggen"))
    go(page, "Enter")
    expect(page.locator("main")).to_contain_text("Je bent uitgelogd")
