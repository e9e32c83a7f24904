"""Drafts as a script saves them: what the server answers, and that no text is lost between tabs."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.records.accounts import Visitor
from app.records.models import Draft
from tests.makers import make_enrolment, make_visitor
from tests.web.conftest import Browser, Page
from tests.web.html import fields_of, filled

WALK = "/modules/01-map/your-walk"
QUIZ = "/modules/01-map/check"


def save(
    client: FlaskClient, page: Page, text: str, *, version: str | None = None, unsure: tuple[str, ...] = ()
) -> TestResponse:
    """Save a text as the script of a page does: on the version that the last answer told it."""
    sent = filled(page.form(having=["text"]), {"text": text})
    if version is not None:
        sent["draft_version"] = [version]
    # What the script says that it sent without hearing of it.
    sent["unsure"] = [json.dumps([["text", before], ["level", "private"]]) for before in unsure]
    return client.post(f"{page.path}/draft", data=sent)


def text_on(page: Page) -> str:
    return fields_of(page.form(having=["text"]))["text"][0]


def other_texts(page: Page) -> list[str]:
    return page.texts_of("[aria-labelledby=other-texts] .typed")


def test_a_draft_is_saved_without_a_page_and_there_when_one_comes_back(learner: Visitor, reader: Browser) -> None:
    answer = save(reader.client, reader.visit(WALK), "Along the canal")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Draft-Version"] == "1"
    assert unquote(answer.headers["Draft-Words"]).startswith("Draft saved at ")
    page = reader.visit(WALK)
    assert text_on(page) == "Along the canal"
    assert "Draft saved at" in page.text_of("[data-draft-status]")


def test_a_tab_saves_over_its_own_text(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    first = save(reader.client, page, "One")
    second = save(reader.client, page, "Two", version=first.headers["Draft-Version"])
    assert second.status_code == 204
    assert other_texts(reader.visit(WALK)) == []


def test_a_second_tab_that_saves_over_a_newer_text_keeps_both_and_hears_of_it(
    learner: Visitor, reader: Browser
) -> None:
    first, second = reader.visit(WALK), reader.visit(WALK)
    assert save(reader.client, first, "From the first tab").status_code == 204
    answer = save(reader.client, second, "From the second tab")
    assert answer.status_code == 409
    assert answer.headers["Draft-Version"] == "2"
    page = reader.visit(WALK)
    assert text_on(page) == "From the second tab"
    assert other_texts(page) == ["From the first tab"]


def test_three_tabs_keep_three_texts(learner: Visitor, reader: Browser) -> None:
    for page, text in [(reader.visit(WALK), text) for text in ("One", "Two", "Three")]:
        save(reader.client, page, text)
    page = reader.visit(WALK)
    assert [text_on(page), *other_texts(page)] == ["Three", "Two", "One"]


def test_a_save_whose_answer_was_lost_makes_no_stranger_of_its_own_tab(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    save(reader.client, page, "I walk along the canal")  # the answer never arrives, so the tab knows no version
    answer = save(reader.client, page, "I ran along the canal", unsure=("I walk along the canal",))
    assert answer.status_code == 204
    again = reader.visit(WALK)
    assert (text_on(again), other_texts(again)) == ("I ran along the canal", [])


def test_what_a_tab_is_unsure_of_never_hides_the_text_of_another(learner: Visitor, reader: Browser) -> None:
    first, second = reader.visit(WALK), reader.visit(WALK)
    save(reader.client, first, "From the first tab")
    answer = save(reader.client, second, "From the second tab", unsure=("Something else",))
    assert answer.status_code == 409


@pytest.mark.parametrize("unsure", ["", "{", "3", '[["text"]]', '{"text": 3}', "[[1, 2, 3]]", "null", "[" * 100_000])
def test_what_is_no_list_of_fields_is_passed_over(learner: Visitor, reader: Browser, unsure: str) -> None:
    page = reader.visit(WALK)
    sent = filled(page.form(having=["text"]), {"text": "Kept"}) | {"unsure": [unsure]}
    assert reader.client.post(f"{WALK}/draft", data=sent).status_code == 204


def test_the_same_text_again_makes_no_new_version(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    save(reader.client, page, "One\r\ntwo")
    assert save(reader.client, page, "One\ntwo").headers["Draft-Version"] == "1"


def test_answers_of_a_quiz_are_kept_as_they_are_chosen(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(QUIZ)
    chosen = {"q-distance": "four", "q-time": ["", "up>twenty"], "q-plan": ["", "reckon", ""], "q-word": "con"}
    sent = filled(page.form(having=["deed_key"]), chosen)
    assert reader.client.post(f"{QUIZ}/draft", data=sent).status_code == 204
    again = fields_of(reader.visit(QUIZ).form(having=["deed_key"]))
    assert again["q-distance"] == ["four"]
    assert again["q-plan"] == ["", "reckon", ""]
    assert [value for value in again["q-time"] if value] == ["up>twenty"]
    assert again["q-word"] == ["con"]


def test_answers_of_two_tabs_are_both_shown_in_words(learner: Visitor, reader: Browser) -> None:
    for page, word, place in [(reader.visit(QUIZ), w, p) for w, p in (("path", "choose"), ("contour", "reckon"))]:
        sent = filled(page.form(having=["deed_key"]), {"q-word": word, "q-plan": ["", place, ""]})
        reader.client.post(f"{QUIZ}/draft", data=sent)
    page = reader.visit(QUIZ)
    assert page.find("#q-word-1")["value"] == "contour"
    assert other_texts(page) == ["5. 2. choose where to go", "6. path"]


def test_only_fields_of_the_form_are_kept(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(WALK)
    sent = filled(page.form(having=["text"]), {"text": "Kept"}) | {"password": ["secret"], "other": ["x"]}
    reader.client.post(f"{WALK}/draft", data=sent)
    assert json.loads(rows.scalars(select(Draft.body)).one()) == {"level": ["private"], "text": ["Kept"]}


def test_too_large_a_draft_is_refused_and_the_one_before_stays(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    save(reader.client, page, "Short")
    assert save(reader.client, page, "é" * 60_000, version="1").status_code == 413
    assert text_on(reader.visit(WALK)) == "Short"


def test_a_step_without_a_form_keeps_no_draft(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    sent = filled(page.form(having=["text"]), {"text": "Mine"})
    assert reader.client.post("/modules/01-map/signs/draft", data=sent).status_code == 404


def test_a_draft_is_nobody_elses(learner: Visitor, reader: Browser, app: Flask, session: Session) -> None:
    save(reader.client, reader.visit(WALK), "Only mine")
    other = make_visitor(session, enrolment=make_enrolment(session))
    session.commit()
    theirs = Browser(app.test_client())
    theirs.sign_in(other)
    assert text_on(theirs.visit(WALK)) == ""


def test_a_form_of_another_persons_enrolment_writes_nothing_of_mine(
    learner: Visitor, reader: Browser, app: Flask, session: Session, rows: Session
) -> None:
    other = make_visitor(session, enrolment=make_enrolment(session))
    session.commit()
    theirs = Browser(app.test_client())
    theirs.sign_in(other)
    sent = filled(reader.visit(WALK).form(having=["text"]), {"text": "Mine"})
    page = theirs.visit(WALK)
    sent["csrf_token"] = fields_of(page.form(having=["text"]))["csrf_token"]
    answer = theirs.client.post(f"{WALK}/draft", data=sent)
    assert answer.status_code == 409
    assert "Draft-Version" not in answer.headers
    assert rows.scalars(select(Draft.body)).all() == []
