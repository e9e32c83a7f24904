"""The page of a quiz: what is asked, what is kept when something is wrong, and what handing in twice does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree, ignore_patterns
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.course.files.shelf import Shelf
from app.records.accounts import Visitor
from app.records.models import Attempt, Draft, StepCompletion
from app.web.extensions import engine_of
from tests.racing import counted
from tests.web.conftest import SMALL, Browser, Page, Submit, Visit
from tests.web.html import fields_of, filled

QUIZ = "/modules/01-map/check"
RIGHT: dict[str, Any] = {
    "q-distance": "two",
    "q-steep": ["close", "crossing"],
    "q-north": "true",
    "q-time": ["flat>twelve", "up>twenty"],
    "q-plan": ["choose", "measure", "reckon"],
    "q-word": "Contour line",
}


def right_answers(**other: Any) -> dict[str, Any]:
    """Answer everything right, but for what a test is about: `right_answers(word="path")`."""
    return RIGHT | {f"q-{name}": value for name, value in other.items()}


def attempts_made(rows: Session) -> int:
    return rows.scalars(select(func.count()).select_from(Attempt)).one()


def form_of(page: Page) -> dict[str, list[str]]:
    return fields_of(page.form(having=["deed_key"]))


# ---- what is asked ---------------------------------------------------------------------------


def test_a_quiz_that_passes_completes_its_step_and_shows_the_result(
    learner: Visitor, submit: Submit, rows: Session
) -> None:
    page = submit(QUIZ, **RIGHT)
    assert page.path.startswith("/attempts/")
    assert page.text_of("#score") == "8 of 8 points"
    assert rows.scalars(select(StepCompletion.step_key)).one() == "01-map/check"


def test_the_page_of_a_quiz_that_was_passed_leads_on(learner: Visitor, submit: Submit, visit: Visit) -> None:
    assert visit(QUIZ).find_all("main .btn--go") == []
    submit(QUIZ, **RIGHT)
    onward = visit(QUIZ).find("main .btn--go")
    assert (onward.text, onward["href"]) == ("Go on", "/modules/01-map/read-on")


def test_a_quiz_that_does_not_pass_says_what_is_enough_and_leaves_the_step_open(
    learner: Visitor, submit: Submit, rows: Session
) -> None:
    page = submit(QUIZ, **right_answers(distance="four", steep=["along"], time=["flat>sixteen", "up>twelve"]))
    assert "5 points are enough" in page.text_of(".score")
    assert rows.scalars(select(StepCompletion)).all() == []


def test_every_kind_of_question_stands_on_the_page_with_inputs_of_one_name(learner: Visitor, visit: Visit) -> None:
    page = visit(QUIZ)
    assert [len(page.find_all(f'[name="{name}"]')) for name in RIGHT] == [3, 3, 2, 2, 3, 1]
    assert {control["type"] for control in page.find_all('[name="q-steep"]')} == {"checkbox"}


def test_options_stand_in_one_order_for_one_attempt_and_true_comes_before_false(learner: Visitor, visit: Visit) -> None:
    def order(name: str) -> list[str]:
        return [control["value"] for control in visit(QUIZ).find_all(f'input[name="{name}"]')]

    assert order("q-distance") == order("q-distance")
    assert order("q-north") == ["true", "false"]


def test_options_stand_in_other_orders_as_one_tries_again(learner: Visitor, submit: Submit, visit: Visit) -> None:
    seen = set()
    for _attempt in range(8):
        page = visit(QUIZ)
        seen.add(tuple(control["value"] for control in page.find_all('input[name="q-distance"]')))
        submit(QUIZ, **RIGHT)
    assert len(seen) > 1  # all eight alike: once in 280,000 runs, and the secret of the tests is always the same


def test_the_order_of_an_attempt_is_another_one_than_that_of_the_file_where_the_file_is_the_answer(
    learner: Visitor, visit: Visit
) -> None:
    page = visit(QUIZ)
    offered = [option["value"] for option in page.find_all("#q-plan-1 option") if option["value"]]
    assert sorted(offered) == ["choose", "measure", "reckon"]
    assert offered == [option["value"] for option in page.find_all("#q-plan-3 option") if option["value"]]


# ---- what is wrong ---------------------------------------------------------------------------


def test_an_unanswered_question_is_named_at_its_field_and_on_top_and_nothing_is_lost(
    learner: Visitor, submit: Submit, rows: Session
) -> None:
    given = right_answers(word="")
    given["q-steep"] = []
    page = submit(QUIZ, status=422, **given)
    assert page.text_of('.error-summary a[href="#q-steep-1"]') == "Question 2: Choose at least one answer."
    assert page.text_of('.error-summary a[href="#q-word-1"]') == "Question 6: Type an answer."
    assert "Type an answer." in page.text_of("#q-word-error")
    sent = form_of(page)
    assert sent["q-distance"] == ["two"]
    assert sorted(sent["q-time"]) == ["flat>twelve", "up>twenty"]
    assert sent["q-plan"] == ["choose", "measure", "reckon"]
    assert attempts_made(rows) == 0


def test_two_equal_places_in_an_order_are_named_at_the_field(learner: Visitor, submit: Submit) -> None:
    page = submit(QUIZ, status=422, **right_answers(plan=["choose", "reckon", "choose"]))
    assert "Places 1 and 3 hold the same: choose where to go." in page.text_of("#q-plan-error")
    assert form_of(page)["q-plan"] == ["choose", "reckon", "choose"]


def test_an_open_line_of_a_matching_question_is_named(learner: Visitor, submit: Submit) -> None:
    page = submit(QUIZ, status=422, **right_answers(time=["", "up>twenty"]))
    assert "Choose something for line" in page.text_of("#q-time-error")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("distance", "the-moon"),
        ("distance", ["two", "four"]),
        ("steep", ["close", "nowhere"]),
        ("time", ["flat>twelve", "up>never"]),
        ("time", ["flat>twelve", "flat>twenty", "up>twelve"]),
        ("plan", ["choose", "measure", "lunch"]),
        ("plan", ["choose", "measure", "reckon", "choose"]),
    ],
)
def test_an_answer_that_no_input_offers_is_an_error_at_its_question(
    learner: Visitor, submit: Submit, rows: Session, name: str, sent: str | list[str]
) -> None:
    page = submit(QUIZ, status=422, **right_answers(**{name: sent}))
    assert page.has(f"#q-{name}-error")
    assert attempts_made(rows) == 0


def test_too_long_an_answer_comes_back_whole(learner: Visitor, submit: Submit) -> None:
    page = submit(QUIZ, status=422, **right_answers(word="x" * 501))
    assert "at most 500 characters; these are 501" in page.text_of("#q-word-error")
    assert page.find("#q-word-1")["value"] == "x" * 501


# ---- twice is once ---------------------------------------------------------------------------


def test_a_quiz_that_is_sent_twice_shows_the_first_result(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(QUIZ)
    first = reader.send(page, **RIGHT)
    second = reader.send(page, **right_answers(steep=["crossing", "close"], word=" Contour line "))
    assert second.path == first.path
    assert attempts_made(rows) == 1


def test_other_answers_from_a_page_that_was_handed_in_are_kept_for_a_new_attempt(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.visit(QUIZ)
    first = reader.send(page, **RIGHT)
    again = reader.send(page, status=422, **right_answers(word="path"))
    assert "handed this page in before" in again.text_of(".error-summary")
    assert again.find("#q-word-1")["value"] == "path"
    assert again.has(f'main a[href="{first.path}"]')
    assert attempts_made(rows) == 1
    assert reader.send(again, **right_answers(word="path")).path != first.path
    assert attempts_made(rows) == 2


def test_other_answers_from_a_second_tab_are_kept_also_when_both_hand_in_at_once(
    app: Flask, learner: Visitor, reader: Browser, rows: Session
) -> None:
    form = reader.visit(QUIZ).form(having=["deed_key"])
    session = reader.client.get_cookie("session")
    assert session is not None
    words = [f"word {number}" for number in range(4)]
    ready = Barrier(len(words))

    def hand_in(word: str) -> str:
        tab = app.test_client()
        tab.set_cookie("session", session.value)
        ready.wait(timeout=20)
        answer = tab.post(QUIZ, data=filled(form, right_answers(word=word)), follow_redirects=True)
        return answer.get_data(as_text=True)

    with ThreadPoolExecutor(len(words)) as pool:
        answers = list(pool.map(hand_in, words))
    assert attempts_made(rows) == 1
    assert [word in answer for word, answer in zip(words, answers, strict=True)] == [True] * len(words)


def test_a_form_without_the_name_of_its_attempt_is_taken_as_the_next_one(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.visit(QUIZ)
    sent = filled(page.form(having=["deed_key"]), RIGHT) | {"deed_key": ["forged"]}
    answer = reader.client.post(QUIZ, data=sent)
    assert answer.status_code == 303
    assert attempts_made(rows) == 1


# ---- how often -------------------------------------------------------------------------------


@pytest.fixture
def at_the_turn(learner: Visitor, submit: Submit) -> str:
    """Come to the quiz of two attempts, which stands behind two steps that come first."""
    for step in ("before", "on-the-way"):
        submit(f"/modules/02-walk/{step}", action=f"/modules/02-walk/{step}")
    return "/modules/02-walk/turn-around"


def test_how_many_attempts_there_are_is_said_before_and_after_each(at_the_turn: str, reader: Browser) -> None:
    wrong: dict[str, Any] = {"q-half": "on", "q-told": "false"}
    assert "You have 2 attempts." in reader.visit(at_the_turn).text_of("main")
    reader.submit(at_the_turn, **wrong)
    page = reader.visit(at_the_turn)
    assert "You have 1 attempt left." in page.text_of("main")
    last = reader.send(page, **wrong)
    assert "All attempts at this quiz are used." in last.text_of("main")
    used = reader.visit(at_the_turn)
    assert "You had 2 attempts, and they are used." in used.text_of("main")
    assert not used.has('[name="q-half"]')
    assert len(used.find_all("#attempts li")) == 2


def test_an_attempt_too_many_is_refused_with_words(at_the_turn: str, reader: Browser, rows: Session) -> None:
    wrong: dict[str, Any] = {"q-half": "on", "q-told": "false"}
    reader.submit(at_the_turn, **wrong)
    page = reader.visit(at_the_turn)
    reader.send(page, **wrong)
    forged = filled(page.form(having=["deed_key"]), wrong) | {"deed_key": ["another"]}
    answer = reader.client.post(at_the_turn, data=forged)
    assert answer.status_code == 422
    assert "these answers were not counted" in answer.get_data(as_text=True)
    assert attempts_made(rows) == 2


# ---- the quiz changes ------------------------------------------------------------------------


def test_a_quiz_that_changed_under_an_open_page_keeps_what_still_fits(
    learner: Visitor, app_with: Callable[..., Flask], reader: Browser, tmp_path: Path, rows: Session
) -> None:
    page = reader.visit(QUIZ)
    folder = tmp_path / "changed"
    copytree(SMALL, folder, ignore=ignore_patterns("*.nl.*"))
    for name, before, after in (
        ("modules/course.yaml", "languages: [en, nl]", "languages: [en]"),
        ("quizzes/map-signs.yaml", "slug: four", "slug: eight"),
    ):
        text = (folder / name).read_text("utf-8")
        assert before in text
        (folder / name).write_text(text.replace(before, after), "utf-8")
    changed = Shelf(folder)
    assert not changed.faults
    later = Browser(app_with(shelf=changed).test_client())
    cookie = reader.client.get_cookie("session")
    assert cookie is not None
    later.client.set_cookie("session", cookie.value)
    again = later.send(page, status=422, **right_answers(distance="four"))
    assert "The quiz was changed after you opened this page." in again.text_of(".error-summary")
    assert "Choose an answer." in again.text_of("#q-distance-error")
    assert form_of(again)["q-plan"] == ["choose", "measure", "reckon"]
    assert attempts_made(rows) == 0
    assert later.send(again, **RIGHT).path.startswith("/attempts/")


# ---- drafts ----------------------------------------------------------------------------------


def test_answers_can_be_kept_for_later_without_a_script(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(QUIZ)
    sent = filled(page.form(having=["deed_key"]), {"q-word": "contour", "q-plan": ["", "choose", ""]})
    answer = reader.client.post(QUIZ, data=sent | {"later": "1"})
    assert (answer.status_code, answer.location) == (303, QUIZ)
    again = form_of(reader.visit(QUIZ))
    assert again["q-word"] == ["contour"]
    assert again["q-plan"] == ["", "choose", ""]
    assert attempts_made(rows) == 0


def test_handing_in_ends_the_draft(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(QUIZ)
    reader.client.post(f"{QUIZ}/draft", data=filled(page.form(having=["deed_key"]), {"q-word": "half a word"}))
    reader.submit(QUIZ, **RIGHT)
    assert form_of(reader.visit(QUIZ))["q-word"] == [""]
    assert rows.scalars(select(Draft.body)).one() == "{}"


def test_a_quiz_costs_as_many_statements_after_many_attempts_as_after_one(
    learner: Visitor, app: Flask, reader: Browser
) -> None:
    def cost() -> int:
        with counted(Session(engine_of(app))) as statements:
            reader.visit(QUIZ)
        return len(statements)

    reader.submit(QUIZ, **RIGHT)
    few = cost()
    for _attempt in range(10):
        reader.submit(QUIZ, **RIGHT)
    assert cost() == few
