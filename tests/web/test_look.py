"""What every page's frame promises: the theme, the menu, the start page's facts, the problem page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.web import look
from tests.makers import make_user
from tests.web.conftest import Browser, Page, Visit

WEB = Path(look.__file__).parent

PressTheme = Callable[[str, str], Page]


@pytest.fixture
def press_theme(client: FlaskClient) -> PressTheme:
    """Press a button for a theme at the foot of a page, and return the page that comes."""

    def press(address: str, theme: str) -> Page:
        reader = Browser(client)
        fields = {field["name"]: field["value"] for field in reader.visit(address).find_all(".theme [type=hidden]")}
        answer = client.post("/theme", data={**fields, "theme": theme})
        assert answer.status_code == 303
        return reader.visit(answer.location)

    return press


def html_of(page: Page) -> dict[str, str]:
    return next(page.elements).attrs


# ---- theme -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_chosen_without_a_script_and_kept_for_a_year(
    client: FlaskClient, press_theme: PressTheme, theme: str
) -> None:
    page = press_theme("/sign-in?next=%2Faccount", theme)
    assert (page.path, html_of(page)["data-theme"]) == ("/sign-in", theme)
    assert page.response is not None
    assert page.response.request.query_string == b"next=%2Faccount"
    cookie = client.get_cookie("theme")
    assert cookie is not None
    assert (cookie.value, cookie.max_age, cookie.http_only, cookie.same_site) == (theme, 31536000, True, "Lax")
    assert [button.text for button in page.find_all(".theme [aria-pressed=true]")] == [theme.capitalize()]


def test_without_a_theme_the_device_decides(press_theme: PressTheme, client: FlaskClient) -> None:
    press_theme("/sign-in", "dark")
    page = press_theme("/sign-in", "")
    assert "data-theme" not in html_of(page)
    assert client.get_cookie("theme") is None
    assert page.text_of(".theme [aria-pressed=true]") == "Same as device"


def test_a_made_up_theme_is_none(client: FlaskClient, visit: Visit) -> None:
    client.set_cookie("theme", '"><script>')
    assert "data-theme" not in html_of(visit("/"))


@pytest.mark.parametrize(
    "back",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example", "", "x"],
)
def test_choosing_a_theme_never_leads_to_another_host(client: FlaskClient, visit: Visit, back: str) -> None:
    token = visit("/").find(".theme [name=csrf_token]")["value"]
    answer = client.post("/theme", data={"csrf_token": token, "theme": "dark", "back": back})
    assert (answer.status_code, answer.location) == (303, "/")


def test_a_theme_cannot_be_set_from_another_site(client: FlaskClient) -> None:
    assert client.post("/theme", data={"theme": "dark"}).status_code >= 400
    assert client.get_cookie("theme") is None


# ---- menu ------------------------------------------------------------------------------------


def test_the_menu_marks_where_somebody_is(learner: Visitor, visit: Visit) -> None:
    def marked(address: str) -> dict[str, str]:
        return {link.text: link.get("aria-current") for link in visit(address).find_all(".site-nav a")}

    assert marked("/my-course") == {"My course": "page", "Search": "", "Account": ""}
    assert marked("/modules/01-map/signs") == {"My course": "true", "Search": "", "Account": ""}
    assert marked("/search?q=map") == {"My course": "", "Search": "page", "Account": ""}
    assert marked("/account") == {"My course": "", "Search": "", "Account": "page"}


def test_who_is_in_no_cohort_has_no_course_in_the_menu(session: Session, client: FlaskClient) -> None:
    reader = Browser(client)
    somebody = make_user(session)
    session.expunge(somebody)
    session.commit()
    reader.sign_in(somebody)
    assert reader.visit("/account").texts_of(".site-nav a") == ["Account"]


def test_a_stranger_is_offered_to_sign_in_and_nothing_else(visit: Visit) -> None:
    page = visit("/")
    assert page.texts_of(".site-tools a") == ["Sign in", "Nederlands"]
    assert not page.has(".site-nav")
    assert visit("/sign-in").texts_of(".site-tools a") == ["Nederlands"]


def test_signing_out_is_one_button_on_every_page(learner: Visitor, visit: Visit) -> None:
    [form] = visit("/my-course").find_all(".site-tools form")
    assert (form["method"], form["action"], form.text) == ("post", "/sign-out", "Sign out")


def test_every_link_of_the_frame_leads_to_a_page(learner: Visitor, visit: Visit) -> None:
    page = visit("/my-course")
    for link in page.find_all(".site-head a") + page.find_all(".site-foot a"):
        visit(link["href"])


@pytest.mark.parametrize(
    ("address", "status"),
    [("/my-course", 200), ("/account", 200), ("/", 200), ("/modules/01-map/signs", 200), ("/nowhere", 404)],
)
def test_every_page_of_somebody_sends_what_the_browser_kept_and_nobody_elses_does(
    learner: Visitor, visit: Visit, client: FlaskClient, address: str, status: int
) -> None:
    """Signing out waits for what was typed, wherever it is pressed; a page of nobody names nobody."""
    page = visit(address, status=status)
    assert html_of(page)["data-person"]
    assert [script["src"].split(".")[0] for script in page.find_all("head script")][-1] == "/static/js/pending"
    client.delete_cookie("session")
    page = visit("/")
    assert "data-person" not in html_of(page)
    assert not page.has("script")


# ---- start page ------------------------------------------------------------------------------


def test_the_start_page_says_what_the_course_is_by_its_own_facts(visit: Visit) -> None:
    page = visit("/")
    assert page.text_of("h1") == "A walk on the map"
    facts = page.texts_of(".facts dt")
    assert facts[0] == "2 modules"
    assert re.fullmatch(r"\d+ steps", facts[1])
    assert page.texts_of(".module h3") == [f"Module {number}: {title}" for number, title in modules_of(page)]
    assert len(page.find_all(".module .stair")) == 2
    assert page.texts_of(".kinds h3") == ["Read", "Think about your work", "Questions that explain", "Resources"]


def modules_of(page: Page) -> list[tuple[str, str]]:
    heads = page.find_all(".module__head")
    return [(head.text_of(".module__no"), head.text_of("h3").partition(": ")[2]) for head in heads]


def test_a_code_can_be_given_on_the_start_page(visit: Visit) -> None:
    form = visit("/").form(action="/join")
    assert {field.get("name") for field in form.find_all("input")} == {"csrf_token", "code"}


def test_a_learner_goes_on_from_the_start_page(learner: Visitor, visit: Visit) -> None:
    page = visit("/")
    assert page.find(".hero .btn--go")["href"] == "/my-course"
    assert "/sign-in" not in [link["href"] for link in page.find_all("main a")]


# ---- what goes wrong -------------------------------------------------------------------------


def test_a_page_that_is_not_there_shows_a_way_on(visit: Visit) -> None:
    page = visit("/nowhere", status=404)
    assert page.text_of(".kicker") == "Error 404"
    assert page.find_all(".problem a")[0]["href"] == "/"


def test_who_is_signed_in_keeps_the_menu_on_an_error_page(learner: Visitor, visit: Visit) -> None:
    page = visit("/nowhere", status=404)
    assert page.texts_of(".site-nav a") == ["My course", "Search", "Account"]
    assert page.find_all(".problem a")[0]["href"] == "/my-course"


def test_an_error_page_needs_no_database(
    learner: Visitor, client: FlaskClient, app_with: Callable[..., Flask], tmp_path: Path
) -> None:
    broken = app_with(database_url=f"sqlite:///{tmp_path}/none.sqlite3")
    broken.testing = False
    cut_off = broken.test_client()
    cookie = client.get_cookie("session")
    assert cookie is not None
    cut_off.set_cookie("session", cookie.value)
    cut_off.set_cookie("theme", "dark")
    page = Browser(cut_off).visit("/my-course", status=500)
    assert page.has(".problem")
    assert html_of(page)["data-theme"] == "dark"


# ---- the house style -------------------------------------------------------------------------


def test_no_css_is_shipped_that_no_page_uses() -> None:
    css = re.sub(r"/\*.*?\*/", "", (WEB / "static" / "css" / "components.css").read_text(), flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-z][a-z0-9]*(?:[-_]{1,2}[a-z0-9]+)*)", re.sub(r"\{[^{}]*\}", "{}", css)))
    sources = [*(WEB / "templates").rglob("*.html"), *WEB.parent.rglob("*.py")]
    text = "".join(path.read_text() for path in sources)
    put_together_in_a_macro = {"tier-a", "tier-b", "flash--wrong"}
    unused = {name for name in classes if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)}
    assert unused - put_together_in_a_macro == set()


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    symbols = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static" / "img" / "icons.svg").read_text()))
    named = {
        name
        for path in (WEB / "templates").rglob("*.html")
        for call in re.findall(r"\bicon\((.*?)\)", path.read_text())
        for name in re.findall(r"^'([a-z-]+)'|\bif [^,']*(?:==|in|else) *'([a-z-]+)'", call)[:1]
        for name in name
        if name
    }
    assert named - symbols == set()
    assert len(named) > 15


def test_no_template_brings_style_or_script_of_its_own() -> None:
    for path in (WEB / "templates").rglob("*.html"):
        if path.parent.name != "mail":  # a mail has no stylesheet
            assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)", path.read_text()), path.name
