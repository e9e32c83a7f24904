"""What somebody types stays, in a real browser: without a connection, in two tabs, signed out, for two people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select, update

from app.records.models import Attempt, Draft, Enrolment, ReflectionRevision, StepCompletion, User
from tests.browser.site import Site, sign_in, sign_in_here

pytestmark = pytest.mark.browser

WALK = "/modules/01-map/your-walk"
QUIZ = "/modules/01-map/check"
SAVED = re.compile("Draft saved at")


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


def expect_nothing_named_in_browser(page: Page) -> None:
    """Of what the browser keeps for others, no key tells whose it is."""
    for key in kept_in_browser(page):
        assert not re.search("noor|cem|@", key, re.IGNORECASE), key


def end_every_session(site: Site) -> None:
    """Change everybody's stamp, as a password that is changed elsewhere does."""
    with site.writing() as session:
        session.execute(update(User).values(session_stamp=User.session_stamp + "2"))
        session.commit()


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
    sign_in_here(page)
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
    theirs.get_by_role("button", name="Sign out").click()
    expect(theirs.get_by_role("link", name="Sign in").first).to_be_visible()
    assert len(kept_in_browser(theirs)) == 1  # Noor's, which waits for her also when Cem signs out
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


def test_signing_out_forgets_also_what_could_not_be_saved(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    page.route("**/draft", lambda route: route.abort())
    page.locator("#text").fill("Never saved.")
    says(page, "down").to_be_visible()
    assert len(kept_in_browser(page)) == 1
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert kept_in_browser(page) == []


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


def test_a_tab_that_is_closed_in_the_midst_of_a_word_loses_nothing(
    page: Page, context: BrowserContext, site: Site
) -> None:
    sign_in(page, site)
    write(page, site, "Half a sen")
    page.close(run_before_unload=True)
    later = context.new_page()
    later.goto(site.address + WALK)
    expect(later.locator("#text")).to_have_value("Half a sen")


def test_the_back_button_brings_back_what_was_typed(page: Page, site: Site) -> None:
    sign_in(page, site)
    write(page, site, "Before I looked elsewhere.")
    page.get_by_role("link", name="Account").click()
    expect(page).to_have_url(re.compile("/account"))
    page.go_back()
    expect(page.locator("#text")).to_have_value("Before I looked elsewhere.")


def test_a_password_changed_elsewhere_ends_the_session_and_loses_no_text(
    page: Page, context: BrowserContext, site: Site
) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    end_every_session(site)
    page.route("**/draft", lambda route: route.abort())  # the form itself tells first, not its draft
    page.locator("#text").fill("Sent too late.")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text("What you sent is kept for 24 hours")
    page.unroute("**/draft")
    sign_in_here(page)
    expect(page).to_have_url(site.address + WALK)
    expect(page.locator("#text")).to_have_value("Sent too late.")
    expect(page.locator("[aria-labelledby=other-texts]")).to_have_count(0)
    assert site.rows.scalars(select(StepCompletion.step_key)).all() == []


def test_another_person_on_the_browser_finds_nothing_of_what_was_sent_too_late(
    page: Page, context: BrowserContext, site: Site
) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    page.locator("#text").fill("My own worries.")
    says(page, "saved").to_be_visible()
    page.locator("#text").fill("My own worries, and more of them.")
    context.clear_cookies(name="session")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text("What you sent is kept for 24 hours")
    sign_in_here(page, "cem")
    for path in ("/my-course", WALK, "/account"):
        page.goto(site.address + path)
        assert "worries" not in page.content(), path
    expect_nothing_named_in_browser(page)
    mine = site.rows.scalars(select(Draft.body).join(Enrolment).join(User).where(User.name == "Cem")).all()
    assert not [body for body in mine if "worries" in body]
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("main")).to_contain_text("You are signed out.")
    sign_in(page, site)
    page.goto(site.address + WALK)
    expect(page.locator("#text")).to_have_value("My own worries, and more of them.")


def test_a_page_of_one_person_that_another_sends_is_kept_for_the_first(
    page: Page, context: BrowserContext, site: Site
) -> None:
    sign_in(page, site)
    page.goto(site.address + WALK)
    page.route("**/draft", lambda route: route.abort())
    page.locator("#text").fill("Noor was here.")
    context.clear_cookies(name="session")
    other = context.new_page()
    sign_in(other, site, "cem")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("h1")).to_have_text("Somebody else is signed in here")
    other.goto(site.address + WALK)
    expect(other.locator("#text")).to_have_value("")
    context.clear_cookies(name="session")
    sign_in(other, site)
    other.goto(site.address + WALK)
    expect(other.locator("#text")).to_have_value("Noor was here.")


def test_a_double_click_hands_a_text_in_once(page: Page, site: Site) -> None:
    sign_in(page, site)
    write(page, site, "Pressed twice.")
    page.get_by_role("button", name="Hand in").dblclick()
    expect(page.locator("aside")).to_contain_text("Handed in on")
    assert site.rows.scalars(select(ReflectionRevision.text)).all() == ["Pressed twice."]
    assert kept_in_browser(page) == []


# ---- without scripts ---------------------------------------------------------------------------


def test_without_a_script_a_text_sent_after_the_session_ended_is_there_after_signing_in(
    plain_context: BrowserContext, site: Site
) -> None:
    page = plain_context.new_page()
    sign_in(page, site)
    write(page, site, "Typed for a long time.")
    plain_context.clear_cookies(name="session")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text("What you sent is kept for 24 hours")
    sign_in_here(page)
    expect(page).to_have_url(site.address + WALK)
    expect(page.locator("#text")).to_have_value("Typed for a long time.")


def test_without_a_script_another_person_on_the_browser_finds_nothing(
    plain_context: BrowserContext, site: Site
) -> None:
    page = plain_context.new_page()
    sign_in(page, site)
    write(page, site, "My own worries.")
    end_every_session(site)
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text("What you sent is kept for 24 hours")
    sign_in_here(page, "cem")
    for path in ("/my-course", WALK, "/account"):
        page.goto(site.address + path)
        assert "worries" not in page.content(), path
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("main")).to_contain_text("You are signed out.")
    sign_in(page, site)
    page.goto(site.address + WALK)
    expect(page.locator("#text")).to_have_value("My own worries.")


def test_without_a_script_two_tabs_keep_both_texts_and_show_both(plain_context: BrowserContext, site: Site) -> None:
    page, other = plain_context.new_page(), plain_context.new_page()
    sign_in(page, site)
    write(other, site, "From the second tab.")
    write(page, site, "From the first tab.")
    for tab in (page, other):
        tab.get_by_role("button", name="Keep as a draft").click()
    expect(other.locator("#text")).to_have_value("From the second tab.")
    expect(other.locator("[aria-labelledby=other-texts]")).to_contain_text("From the first tab.")


def test_without_a_script_going_back_and_sending_again_makes_nothing_new(
    plain_context: BrowserContext, site: Site
) -> None:
    page = plain_context.new_page()
    sign_in(page, site)
    write(page, site, "Once is enough.")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("aside")).to_contain_text("Handed in on")
    page.go_back()
    expect(page.locator("#text")).to_have_value("Once is enough.")
    page.get_by_role("button", name=re.compile("^Hand in")).click()
    expect(page.locator("aside")).to_contain_text("Handed in on")
    assert site.rows.scalars(select(ReflectionRevision.text)).all() == ["Once is enough."]


def test_without_a_script_answers_can_be_kept_for_later(plain_context: BrowserContext, site: Site) -> None:
    page = plain_context.new_page()
    sign_in(page, site)
    page.goto(site.address + QUIZ)
    page.locator("#q-word-1").fill("contour")
    page.get_by_role("button", name="Keep for later").click()
    expect(page.locator("#q-word-1")).to_have_value("contour")
    expect(page.locator("[data-draft-says=saved]")).to_contain_text("Your answers were saved at")
