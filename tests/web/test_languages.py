"""Every page speaks the language its reader chose, and the choice keeps the place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.course.files.shelf import Shelf
from app.records.accounts import Visitor
from app.web.languages import interface_language, name_of
from tests.course_folder import GARDEN
from tests.makers import make_enrolment, make_user, make_visitor
from tests.web.conftest import Browser, Visit


def language_of(page_html: str) -> str:
    return page_html.split('<html lang="', 1)[1].split('"', 1)[0]


# ---- which one -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_for", "found"),
    [
        ("nl", "nl"),
        ("nl-BE,nl;q=0.9,en;q=0.5", "nl"),
        ("fr,nl;q=0.3", "nl"),
        ("fr", "en"),
        ("en;q=0.2,nl;q=0.7", "nl"),
        ("", "en"),
    ],
)
def test_a_newcomer_reads_what_the_browser_asks_for_or_the_source(
    client: FlaskClient, asked_for: str, found: str
) -> None:
    assert language_of(client.get("/", headers={"Accept-Language": asked_for}).text) == found


def test_the_accounts_language_counts_before_the_browsers(session: Session, client: FlaskClient) -> None:
    reader = Browser(client)
    noor = make_visitor(session, enrolment=make_enrolment(session, user=make_user(session, language="nl")))
    session.commit()
    reader.sign_in(noor)
    assert language_of(client.get("/my-course", headers={"Accept-Language": "en"}).text) == "nl"


def test_what_was_chosen_in_this_browser_counts_before_all(learner: Visitor, client: FlaskClient) -> None:
    assert learner.language == "en"
    client.get("/my-course?language=nl")
    assert language_of(client.get("/my-course").text) == "nl"


def test_a_language_that_the_course_lacks_changes_nothing(client: FlaskClient) -> None:
    answer = client.get("/?language=fr")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Set-Cookie" not in answer.headers
    client.set_cookie("language", "fr")
    assert language_of(client.get("/").text) == "en"


# ---- keeping the place -----------------------------------------------------------------------


def test_the_choice_is_kept_for_a_year_and_the_address_loses_it(client: FlaskClient) -> None:
    answer = client.get("/sign-in?next=%2Faccount&language=nl")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Faccount")
    cookie = client.get_cookie("language")
    assert cookie is not None
    assert (cookie.value, cookie.max_age, cookie.same_site, cookie.http_only) == ("nl", 31536000, "Lax", True)


def test_the_cookie_is_secure_where_the_site_is(app_with: Callable[..., Flask]) -> None:
    client = app_with(base_url="https://course.example.org").test_client()
    answer = client.get("/?language=nl", base_url="https://course.example.org")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_each_page_links_to_itself_in_the_other_language(learner: Visitor, visit: Visit) -> None:
    step = "/modules/01-map/signs"
    page = visit(step)
    [link] = page.find_all(".site-tools a")
    assert (link.text, link["href"], link["lang"], link["hreflang"]) == (
        "Nederlands",
        f"{step}?language=nl",
        "nl",
        "nl",
    )
    dutch = visit(link["href"])
    assert dutch.path == step
    assert dutch.find_all(".site-tools a")[0].text == "English"
    assert dutch.text_of("h1") != page.text_of("h1")


def test_a_page_that_answers_a_form_links_to_the_page_it_stands_on(client: FlaskClient) -> None:
    page = Browser(client).submit("/sign-in", status=422, email="", password="")
    [link] = page.find_all(".site-tools a")
    assert link["href"] == "/sign-in?language=nl"


def test_an_error_page_links_to_its_own_address_too(visit: Visit) -> None:
    page = visit("/nowhere", status=404)
    assert page.find_all(".site-tools a")[-1]["href"] == "/nowhere?language=nl"


@pytest.mark.parametrize(
    "path", ["//elsewhere.example/", "///elsewhere.example", "/%5Celsewhere.example/", "/%2F/x.example"]
)
def test_the_choice_of_a_language_never_leads_to_another_host(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}?language=nl")
    if answer.location:
        assert answer.location.startswith("/")
        assert not answer.location.startswith(("//", "/\\"))


def test_looking_with_another_method_changes_no_language(client: FlaskClient) -> None:
    assert client.head("/?language=nl").status_code == 200
    assert client.get_cookie("language") is None


# ---- the program's own words -----------------------------------------------------------------


def test_the_programs_words_follow_the_course_in_dutch_and_english(visit: Visit) -> None:
    assert "Sign in" in visit("/").text_of(".site-head")
    assert "Inloggen" in visit("/?language=nl").text_of(".site-head")


def test_where_there_is_no_catalogue_the_program_speaks_english() -> None:
    assert [interface_language(code) for code in ("nl", "nl-BE", "en", "ar", "pt-BR")] == ["nl", "nl", "en", "en", "en"]


@pytest.mark.parametrize(
    ("code", "name"), [("nl", "Nederlands"), ("fr", "Français"), ("ar", "العربية"), ("zz", "zz"), ("x", "x")]
)
def test_a_language_goes_by_its_own_name(code: str, name: str) -> None:
    assert name_of(code) == name


def test_a_course_reads_from_right_to_left_and_its_english_buttons_are_marked(
    app_with: Callable[..., Flask],
) -> None:
    reader = Browser(app_with(shelf=Shelf(GARDEN)).test_client())
    page = reader.visit("/?language=ar")
    html = next(page.elements)
    assert (html["lang"], html["dir"]) == ("ar", "rtl")
    assert page.find(".site-head")["lang"] == "en"
    assert page.find(".site-foot")["lang"] == "en"
    assert "Sign in" in page.text_of(".site-head")
    others = [(link.text, link["dir"]) for link in page.find_all(".site-tools a")[-2:]]
    assert others == [("English", "ltr"), ("Nederlands", "ltr")]
