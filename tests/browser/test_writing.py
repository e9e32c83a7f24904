"""What somebody types stays, in a real browser: without a connection, in two tabs, signed out, for two people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app import create_app
from app.course.files.shelf import Shelf
from app.records.engine import make_engine, reading_sessions, writing_sessions
from app.records.migrating import bring_up_to_date
from app.records.models import Attempt, Draft
from app.web.extensions import engine_of
from config import Settings
from tests import chromium
from tests.makers import PASSWORD, make_cohort, make_enrolment, make_user

pytestmark = pytest.mark.browser

COURSE = Path(__file__).parent.parent / "courses" / "small"
WALK = "/modules/01-map/your-walk"
QUIZ = "/modules/01-map/check"
SAVED = re.compile("Draft saved at")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the Chromium that is installed here; as root it needs to do without its sandbox."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.main(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser that knows nobody yet."""
    opened = browser.new_context(locale="en-GB", reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Give its first tab."""
    return context.new_page()


@dataclass(frozen=True)
class Site:
    """A running site with two learners, Noor and Cem."""

    address: str
    rows: Session


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Run the site in a thread, on a database of its own."""
    url = f"sqlite:///{tmp_path}/opstap.db"
    bring_up_to_date(url, backups=tmp_path)
    engine = make_engine(url)
    with writing_sessions(engine)() as session:
        cohort = make_cohort(session)
        for name in ("noor", "cem"):
            make_enrolment(session, user=make_user(session, email=f"{name}@example.org"), cohort=cohort)
        session.commit()
    settings = Settings(
        secret_key="a secret that only the tests know",
        database_url=url,
        course=COURSE,
        instance=tmp_path,
        cheap_passwords=True,
    )
    app = create_app(settings, Shelf(COURSE))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    with reading_sessions(engine)() as rows:
        yield Site(f"http://127.0.0.1:{server.port}", rows)
    server.shutdown()
    thread.join()
    engine_of(app).dispose()
    engine.dispose()


def sign_in(page: Page, site: Site, name: str = "noor") -> None:
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/my-course"))


def write(page: Page, site: Site, text: str) -> None:
    page.goto(site.address + WALK)
    page.locator("#text").fill(text)


def says(page: Page, state: str) -> Any:
    """Wait until the page says how its draft stands."""
    return expect(page.locator(f"[data-draft-says={state}]"))


def kept_in_browser(page: Page) -> list[str]:
    """Name what the browser keeps, once the page's scripts have run."""
    page.wait_for_load_state("load")
    found: list[str] = page.evaluate("Object.keys(localStorage)")
    return found


def lose_the_answer(route: Route) -> None:
    """Let a request arrive, and its answer be lost on the way back."""
    route.fetch()
    route.abort()


def test_a_text_saves_itself_and_is_there_again(page: Page, site: Site) -> None:
    sign_in(page, site)
    write(page, site, "Along the canal.")
    says(page, "saved").to_have_text(SAVED)
    assert kept_in_browser(page) == []
    page.goto(site.address + WALK)
    expect(page.locator("#text")).to_have_value("Along the canal.")


def test_without_a_connection_the_text_stays_here_and_leaves_when_it_can(
    page: Page, context: BrowserContext, site: Site
) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    context.set_offline(True)
    page.locator("#text").fill("In a tunnel.")
    says(page, "down").to_be_visible()
    assert len(kept_in_browser(page)) == 1
    context.set_offline(False)
    says(page, "saved").to_have_text(SAVED)
    assert kept_in_browser(page) == []
    assert "In a tunnel." in site.rows.scalars(select(Draft.body)).one()


def test_a_text_of_a_page_that_was_closed_without_a_connection_comes_back(
    page: Page, context: BrowserContext, site: Site
) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    context.set_offline(True)
    page.locator("#text").fill("In a tunnel.")
    says(page, "down").to_be_visible()
    page.close()
    context.set_offline(False)
    later = context.new_page()
    later.goto(site.address + WALK)
    expect(later.locator("#text")).to_have_value("In a tunnel.")
    says(later, "saved").to_have_text(SAVED)
    assert "In a tunnel." in site.rows.scalars(select(Draft.body)).one()


def test_a_save_whose_answer_is_lost_makes_no_second_text(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    page.route("**/draft", lose_the_answer)
    page.locator("#text").fill("I walk here.")
    says(page, "down").to_be_visible()
    page.unroute("**/draft")
    page.locator("#text").fill("I ran there.")
    says(page, "saved").to_be_visible()
    says(page, "conflict").to_be_hidden()
    assert site.rows.scalars(select(Draft.other_body)).one() is None


def test_handing_in_after_an_answer_was_lost_hands_in(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    page.route("**/draft", lose_the_answer)
    page.locator("#text").fill("I walk here.")
    says(page, "down").to_be_visible()
    page.locator("#text").fill("I ran there.")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("aside")).to_contain_text("Handed in on")
    expect(page.locator("#text")).to_have_value("I ran there.")
    assert kept_in_browser(page) == []


def test_a_second_tab_hears_that_the_first_wrote_too_and_shows_both(
    page: Page, context: BrowserContext, site: Site
) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    other = context.new_page()
    other.goto(site.address + WALK)
    page.locator("#text").fill("From the first tab.")
    says(page, "saved").to_have_text(SAVED)
    other.locator("#text").fill("Another text, from the second.")
    says(other, "conflict").to_be_visible()
    other.get_by_role("link", name="Show both").click()
    expect(other.locator("#text")).to_have_value("Another text, from the second.")
    expect(other.locator("[aria-labelledby=other-texts]")).to_contain_text("From the first tab.")


def test_after_the_session_ended_the_text_stays_and_is_there_after_signing_in(
    page: Page, context: BrowserContext, site: Site
) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    context.clear_cookies(name="session")
    page.locator("#text").fill("Typed too late.")
    says(page, "ended").to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("E-mail").fill("noor@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect(page).to_have_url(site.address + WALK)
    expect(page.locator("#text")).to_have_value("Typed too late.")
    expect(page.locator("[aria-labelledby=other-texts]")).to_have_count(0)


def test_somebody_else_on_the_same_browser_sees_nothing_of_it(page: Page, context: BrowserContext, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    context.set_offline(True)
    page.locator("#text").fill("My own worries.")
    says(page, "down").to_be_visible()
    page.close()
    context.set_offline(False)
    context.clear_cookies(name="session")
    theirs = context.new_page()
    sign_in(theirs, site, "cem")
    theirs.goto(site.address + WALK)
    expect(theirs.locator("#text")).to_have_value("")
    assert len(kept_in_browser(theirs)) == 1  # Noor's, which waits for her
    context.clear_cookies(name="session")
    sign_in(theirs, site)
    theirs.goto(site.address + WALK)
    expect(theirs.locator("#text")).to_have_value("My own worries.")


def test_signing_out_saves_first_and_leaves_nothing_in_the_browser(page: Page, site: Site) -> None:
    sign_in(page, site)
    write(page, site, "Typed a moment ago.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert kept_in_browser(page) == []
    assert "Typed a moment ago." in site.rows.scalars(select(Draft.body)).one()


def test_answers_are_kept_as_they_are_chosen_and_a_new_attempt_begins_empty(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + QUIZ)
    page.locator("[value=two]").check()
    page.locator("#q-plan-2").select_option("measure")
    says(page, "saved").to_have_text(re.compile("Your answers were saved at"))
    page.goto(site.address + QUIZ)
    expect(page.locator("[value=two]")).to_be_checked()
    expect(page.locator("#q-plan-2")).to_have_value("measure")
    for value in ("close", "crossing", "true"):
        page.locator(f"[value={value}]").check()
    page.get_by_label("a flat path").select_option("12 minutes")
    page.get_by_label("a steep path").select_option("20 minutes")
    page.locator("#q-plan-1").select_option("choose")
    page.locator("#q-plan-3").select_option("reckon")
    page.locator("#q-word-1").fill("contour line")
    page.locator("#q-word-1").press("Enter")
    expect(page.locator("#score")).to_contain_text("8 of 8")
    assert kept_in_browser(page) == []
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("[value=two]")).not_to_be_checked()
    expect(page.locator("#q-word-1")).to_have_value("")


def test_a_double_click_is_one_attempt(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + QUIZ)
    for value in ("two", "close", "true"):
        page.locator(f"[value={value}]").check()
    page.get_by_label("a flat path").select_option("12 minutes")
    page.get_by_label("a steep path").select_option("20 minutes")
    for number, value in enumerate(("choose", "measure", "reckon"), 1):
        page.locator(f"#q-plan-{number}").select_option(value)
    page.locator("#q-word-1").fill("path")
    page.get_by_role("button", name="Check my answers").dblclick()
    expect(page.locator("#score")).to_be_visible()
    assert len(site.rows.scalars(select(Attempt.id)).all()) == 1


def test_without_a_script_answers_can_be_kept_for_later(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site)
    page.goto(site.address + QUIZ)
    page.locator("#q-word-1").fill("contour")
    page.get_by_role("button", name="Keep for later").click()
    expect(page.locator("#q-word-1")).to_have_value("contour")
    expect(page.locator("[data-draft-says=saved]")).to_contain_text("Your answers were saved at")
    context.close()
