"""Searching the course: what the page says, where its links lead, what it never shows."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from tests.web.conftest import Browser, Visit


def test_a_word_leads_to_the_heading_of_the_step_where_it_stands(learner: Visitor, visit: Visit) -> None:
    page = visit("/search?q=steep")
    link = page.find_all(".results a")[0]
    assert link["href"] == "/modules/01-map/signs#section-what-the-lines-say"
    assert "steep" in page.texts_of(".results mark")
    assert page.text_of("h1") == "Search: steep"
    visit(link["href"])


def test_forms_of_the_word_are_found_in_the_language_of_the_page(learner: Visitor, visit: Visit) -> None:
    assert visit("/search?q=contours").texts_of(".results h3")
    visit("/search?language=nl")
    assert "lijn" in " ".join(visit("/search?q=hoogtelijn").texts_of(".results mark")).lower()


def test_a_term_of_the_glossary_is_found_where_it_is_explained(learner: Visitor, visit: Visit) -> None:
    links = visit("/search?q=contour").find_all(".results a")
    assert "/glossary#term-contour" in [link["href"] for link in links]


def test_what_stands_in_another_language_is_told_with_a_link_that_leads_there(learner: Visitor, visit: Visit) -> None:
    page = visit("/search?q=hoogtelijn")
    assert "Nothing found" in page.text_of("#found")
    found = visit(page.find_all("main .plain a")[0]["href"])
    assert found.find_all(".results a")


def test_nothing_found_says_what_to_do(learner: Visitor, visit: Visit) -> None:
    assert "Try another word" in visit("/search?q=zzzz").text_of("main")


def test_a_search_without_words_is_a_form(learner: Visitor, visit: Visit) -> None:
    for address in ("/search", "/search?q=", "/search?q=%20%20"):
        page = visit(address)
        assert page.text_of("h1") == "Search"
        assert page.form(action="/search")["role"] == "search"


def test_what_was_typed_comes_back_as_text_and_never_as_html(learner: Visitor, visit: Visit) -> None:
    page = visit("/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22%3E")
    assert not page.find_all("main script")
    assert page.find_all("#q")[0]["value"] == '<script>alert(1)</script>">'
    visit("/search?q=" + "a%C3%A9%F0%9F%98%80" * 300)
    visit("/search?q=%00", status=400)


def test_a_step_that_is_not_open_yet_shows_its_title_and_none_of_its_text(learner: Visitor, visit: Visit) -> None:
    page = visit("/search?q=turn+around")
    lines = [one for one in page.find_all(".results li") if "not open yet" in one.text]
    assert lines
    assert not any(line.find_all("mark") for line in lines)


def test_searching_is_for_who_is_enrolled(client: FlaskClient, session: Session) -> None:
    reader = Browser(client)
    assert reader.visit("/search?q=map").path == "/sign-in"
