"""Bookmarks: set and taken away beside every step, listed on a page, counted on My course."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course.files.shelf import Shelf
from app.records import bookmarks, learning
from app.records.accounts import Visitor
from app.records.models import Bookmark, Draft
from tests.course_folder import Folder
from tests.makers import NOW, make_enrolment, make_user, make_visitor
from tests.web.conftest import Browser, Page, Submit, Visit, looked_at, small_shelf
from tests.web.html import filled

SIGNS, WALK, QUIZ = (f"/modules/01-map/{slug}" for slug in ("signs", "your-walk", "check"))
BUTTON = ".step__side button[name=on]"


def mark(session: Session, visitor: Visitor, *keys: str) -> None:
    course = small_shelf().course()
    for key in keys:
        bookmarks.set_bookmark(session, visitor, course.step_by_key[key], now=NOW)
    session.commit()


def marked(rows: Session) -> list[str]:
    return list(rows.scalars(select(Bookmark.step_key).order_by(Bookmark.step_key)))


def press(reader: Browser, page: Page, **typed: str | list[str]) -> Page:
    """Press the button beside a step with a form that is typed in: it sends that form along."""
    button = page.find(f"{BUTTON}[form=form]")
    sent = filled(page.find("form#form"), typed) | {"on": [button["value"]]}
    response = reader.client.post(button["formaction"], data=sent)
    assert response.status_code == 303
    return reader.visit(response.location)


# ---- the button ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SIGNS, "/modules/01-map/read-on"])
def test_a_step_is_marked_and_the_mark_taken_away_beside_it(
    learner: Visitor, reader: Browser, rows: Session, path: str
) -> None:
    page = reader.visit(path)
    assert page.text_of(BUTTON) == "Set a bookmark"
    page = reader.send(page, action=f"{path}/bookmark", on="1")
    assert page.path == path
    assert "There is a bookmark at" in page.text_of(".flash")
    assert page.text_of(BUTTON) == "Remove the bookmark"
    assert marked(rows) == [path.removeprefix("/modules/")]
    page = reader.send(page, action=f"{path}/bookmark", on="0")
    assert page.text_of(BUTTON) == "Set a bookmark"
    assert marked(rows) == []


def test_a_step_that_is_opened_is_not_marked_by_that(learner: Visitor, visit: Visit, rows: Session) -> None:
    visit(SIGNS)
    assert marked(rows) == []
    visit(f"{SIGNS}/bookmark", status=405)


@pytest.mark.parametrize("sent", ["", "2", "on"])
def test_a_button_that_there_is_not_marks_nothing(learner: Visitor, reader: Browser, rows: Session, sent: str) -> None:
    reader.send(reader.visit(SIGNS), action=f"{SIGNS}/bookmark", on=sent, status=400)
    assert marked(rows) == []


def test_a_step_that_there_is_not_cannot_be_marked(learner: Visitor, reader: Browser, rows: Session) -> None:
    sent = filled(reader.visit(SIGNS).form(action=f"{SIGNS}/bookmark"), {"on": "1"})
    assert reader.client.post("/modules/01-map/nowhere/bookmark", data=sent).status_code == 404


def test_what_was_typed_beside_the_button_is_kept_as_a_draft(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = press(reader, reader.visit(WALK), text="Half a thought", level="trainers")
    assert marked(rows) == ["01-map/your-walk"]
    assert page.text_of("#text") == "Half a thought"
    assert page.find('[name="level"][checked]')["value"] == "trainers"
    page = press(reader, page, text="Half a thought, and more")
    assert marked(rows) == []
    assert page.text_of("#text") == "Half a thought, and more"


def test_answers_that_were_chosen_beside_the_button_are_kept(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = press(reader, reader.visit(QUIZ), **{"q-distance": "two", "q-word": "contour"})
    assert marked(rows) == ["01-map/check"]
    assert page.find('input[name="q-distance"][checked]')["value"] == "two"
    assert page.find("#q-word-1")["value"] == "contour"


def test_what_is_too_much_to_keep_still_stands_in_the_form_after_the_button(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.visit(WALK)
    button = page.find(f"{BUTTON}[form=form]")
    text = "Beside the river. " * 7_000
    sent = filled(page.find("form#form"), {"text": text}) | {"on": ["1"]}
    answer = looked_at(reader.client.post(button["formaction"], data=sent))
    assert answer.status == 422
    assert "too much to keep as a draft" in answer.text_of(".error-summary")
    assert answer.text_of("textarea").strip() == text.strip()
    assert not marked(rows)


def test_the_button_makes_no_draft_where_nothing_new_was_typed(
    learner: Visitor, reader: Browser, submit: Submit, rows: Session
) -> None:
    for path in (WALK, QUIZ):
        press(reader, reader.visit(path))
    assert rows.scalars(select(Draft)).all() == []
    submit(WALK, text="Along the canal.")
    page = press(reader, reader.visit(WALK))
    assert page.text_of("#text") == "Along the canal."
    assert rows.scalars(select(Draft.body)).all() in ([], ["{}"])


def test_a_quiz_whose_attempts_are_used_can_be_marked_too(
    learner: Visitor, reader: Browser, session: Session, rows: Session
) -> None:
    path = "/modules/02-walk/turn-around"
    course = small_shelf().course()
    for key in ("02-walk/before", "02-walk/on-the-way"):
        learning.complete_step(session, learner, course, course.step_by_key[key], now=NOW)
    session.commit()
    wrong: dict[str, Any] = {"q-half": "on", "q-told": "false"}
    for _attempt in range(2):
        reader.submit(path, **wrong)
    page = reader.visit(path)
    assert not page.has("form#form")
    reader.send(page, action=f"{path}/bookmark", on="1")
    assert marked(rows) == ["02-walk/turn-around"]


def test_a_button_pressed_after_the_session_ended_changes_nothing_and_keeps_no_draft(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    sent = filled(reader.visit(SIGNS).form(action=f"{SIGNS}/bookmark"), {"on": "1"})
    reader.client.delete_cookie("session")
    response = reader.client.post(f"{SIGNS}/bookmark", data=sent, follow_redirects=True)
    page = looked_at(response)
    assert "You are signed out, so nothing was changed." in page.text_of(".flash")
    reader.send(page, email=learner.email, password="a quiet green harbour")
    assert marked(rows) == []
    assert rows.scalars(select(Draft)).all() == []


def test_nobody_marks_in_somebody_elses_enrolment(
    learner: Visitor, reader: Browser, session: Session, rows: Session
) -> None:
    page = reader.visit(SIGNS)
    sent = filled(page.form(action=f"{SIGNS}/bookmark"), {"on": "1"})
    other = Browser(reader.client.application.test_client())
    other.sign_in(_somebody_else(session))
    theirs = filled(other.visit(SIGNS).form(action=f"{SIGNS}/bookmark"), {"on": "1"})
    forged = theirs | {"enrolment": sent["enrolment"]}
    assert other.client.post(f"{SIGNS}/bookmark", data=forged).status_code == 409
    assert marked(rows) == []


def _somebody_else(session: Session) -> Visitor:
    visitor = make_visitor(session, enrolment=make_enrolment(session, user=make_user(session, name="Sam Bordes")))
    session.commit()
    return visitor


# ---- the list --------------------------------------------------------------------------------


def test_the_list_leads_to_what_is_marked_and_lets_it_go(
    learner: Visitor, reader: Browser, session: Session, rows: Session
) -> None:
    mark(session, learner, "01-map/signs", "01-map/your-walk")
    page = reader.visit("/bookmarks")
    assert page.texts_of(".marks h2") == ["Signs and lines", "Your own walk"]
    assert [link["href"] for link in page.find_all(".marks a")] == [SIGNS, WALK]
    assert page.texts_of(".marks p")[1] == "Reflection · 6 minutes · marked on 19 November"
    page = reader.send(page, action=f"{WALK}/bookmark", on="0")
    assert page.path == "/bookmarks"
    assert page.texts_of(".marks h2") == ["Signs and lines"]
    assert marked(rows) == ["01-map/signs"]


def test_an_empty_list_says_where_the_button_is(learner: Visitor, visit: Visit) -> None:
    page = visit("/bookmarks")
    assert page.text_of("h2") == "You have no bookmarks yet"
    assert not page.has(".marks")


def test_my_course_and_every_step_count_the_bookmarks(learner: Visitor, session: Session, visit: Visit) -> None:
    assert "Your bookmarks" in visit("/my-course").texts_of(".ticks a")
    assert "Your bookmarks" not in visit(SIGNS).text_of(".step__side")
    mark(session, learner, "01-map/signs", "01-map/your-walk")
    assert "Your bookmarks (2)" in visit("/my-course").texts_of(".ticks a")
    assert "Your bookmarks (2)" in visit(SIGNS).text_of(".step__side")


def test_somebody_elses_bookmarks_are_not_shown(learner: Visitor, session: Session, visit: Visit) -> None:
    mark(session, _somebody_else(session), "01-map/signs")
    assert not visit("/bookmarks").has(".marks")
    assert visit(SIGNS).text_of(BUTTON) == "Set a bookmark"


def test_a_marked_step_that_left_the_course_does_not_show_and_a_renamed_one_does(
    noor: Visitor, session: Session, app_with: Callable[..., Flask], tmp_path: Path
) -> None:
    mark(session, noor, "01-map/signs", "01-map/your-walk", "01-map/check")
    folder = Folder(tmp_path / "course")
    folder.rename("modules/01-map/01-signs", "modules/01-map/01-lines", ".en.md", ".nl.md")
    folder.rename("modules/01-map/02-your-walk", "modules/01-map/02-canal", ".en.md", ".nl.md")
    for language in ("en", "nl"):
        first = folder.read(f"modules/01-map/01-lines.{language}.md")
        folder.write(f"modules/01-map/01-lines.{language}.md", first.replace("(step:your-walk)", "(step:canal)"))
    course = folder.read("modules/course.yaml")
    folder.write(
        "modules/course.yaml",
        f"{course}renamed:\n  steps:\n    01-map/signs: 01-map/lines\nretired:\n  steps: [01-map/your-walk]\n",
    )
    folder.bring_up_to_date()
    assert not folder.faults(), folder.faults()
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    reader.sign_in(noor)
    page = reader.visit("/bookmarks")
    assert {link["href"] for link in page.find_all(".marks a")} == {"/modules/01-map/lines", QUIZ}
    assert "Your bookmarks (2)" in reader.visit("/my-course").texts_of(".ticks a")
    assert reader.visit("/modules/01-map/lines").text_of(BUTTON) == "Remove the bookmark"


def test_the_pages_speak_dutch(learner: Visitor, session: Session, visit: Visit) -> None:
    mark(session, learner, "01-map/signs")
    assert visit("/bookmarks?language=nl").text_of("h1") == "Je bladwijzers"
    assert visit(SIGNS).text_of(BUTTON) == "Haal de bladwijzer weg"
