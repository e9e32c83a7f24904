"""What comes out of a printer: dark words on white, no menus, addresses written out; and the button that prints."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from app.records import learning, reflecting
from app.records.models import Enrolment, User
from tests.browser.looking import theme_context
from tests.browser.site import Site, sign_in
from tests.makers import NOW, make_visitor

pytestmark = pytest.mark.browser

MAP = "/modules/01-map/print"
GROUND = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
WHITE, BLACK = "rgb(255, 255, 255)", "rgb(0, 0, 0)"


def signed_in(context: BrowserContext, site: Site) -> Page:
    """Sign somebody in who wrote two versions of a reflection."""
    with site.writing() as session:
        enrolment = session.scalars(select(Enrolment).join(User).where(User.email == "noor@example.org")).one()
        visitor = make_visitor(session, enrolment=enrolment)
        course = site.course()
        step = course.step_by_key["01-map/your-walk"]
        for version, text in enumerate(("First.", "Second.")):
            reflecting.submit_reflection(
                session, visitor, course, step, text=text, level="private", version=version, now=NOW
            )
        learning.complete_step(session, visitor, course, course.step_by_key["01-map/signs"], now=NOW)
        session.commit()
    page = context.new_page()
    sign_in(page, site)
    return page


@pytest.mark.parametrize("chosen", ["Dark", "Same as device"])
def test_a_page_from_a_dark_screen_is_dark_on_white_on_paper(browser: Browser, site: Site, chosen: str) -> None:
    context = theme_context(browser, "dark")
    page = signed_in(context, site)
    page.goto(site.address + MAP)
    with page.expect_navigation():
        page.locator(".theme").get_by_role("button", name=chosen, exact=True).click()
    assert page.locator("body").evaluate(GROUND)[1] != WHITE
    page.emulate_media(media="print")
    assert page.locator("body").evaluate(GROUND) == [BLACK, WHITE]
    for gone in (".site-nav", ".site-tools", ".site-foot", ".skip", ".paper__how"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".paper__room").first).to_be_visible()
    expect(page.locator("h1")).to_have_text("01 Reading a map")
    after = page.locator('.prose a[href="https://example.org/maps"]').evaluate(
        "one => getComputedStyle(one, '::after').content"
    )
    assert "https://example.org/maps" in after
    expect(page.locator("details div").first).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()


def test_of_ones_own_texts_what_is_folded_stays_off_the_paper(browser: Browser, site: Site) -> None:
    context = theme_context(browser, "light")
    page = signed_in(context, site)
    page.goto(site.address + "/reflections")
    page.emulate_media(media="print")
    expect(page.get_by_text("Second.")).to_be_visible()
    expect(page.get_by_text("First.")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator("main summary").click()
    page.emulate_media(media="print")
    expect(page.get_by_text("First.")).to_be_visible()
    context.close()


def test_the_button_prints_and_is_not_there_without_its_script(browser: Browser, site: Site) -> None:
    context = theme_context(browser, "light")
    page = signed_in(context, site)
    page.goto(site.address + MAP)
    page.evaluate("window.print = () => document.body.dataset.printed = 'yes'")
    page.get_by_role("button", name="Print", exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-printed", "yes")
    state = context.storage_state()
    context.close()
    plain = browser.new_context(java_script_enabled=False, storage_state=state, locale="en-GB")
    page = plain.new_page()
    page.goto(site.address + MAP)
    expect(page.get_by_text("press Ctrl+P")).to_be_visible()
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_hidden()
    plain.close()
