"""Attempts, read again: in the wording that was answered, with every option explained, by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.course.files.shelf import Shelf
from app.records.accounts import Visitor
from app.records.models import User
from app.web.extensions import engine_of
from tests.makers import make_cohort, make_enrolment, make_visitor
from tests.web.conftest import SMALL, Browser, Page, Submit, Visit
from tests.web.test_quiz import QUIZ, RIGHT, right_answers


def question(page: Page, number: int) -> list[tuple[frozenset[str], str]]:
    """Return the options of a question in a result: their marks and their words."""
    section = page.find(f'section[aria-labelledby="question-{number}"]')
    return [(one.classes, one.text) for one in section.find_all(".answers li")]


def test_every_option_is_explained_and_says_in_words_how_it_went(learner: Visitor, submit: Submit) -> None:
    page = submit(QUIZ, **right_answers(steep=["close", "along"]))
    by_word = {text: marks for marks, text in question(page, 2)}
    close = next(text for text in by_word if "contour lines" in text)
    crossing = next(text for text in by_word if "crosses" in text)
    along = next(text for text in by_word if "runs along" in text)
    assert "Chosen: right" in close
    assert "Much height on little way." in close
    assert "Not chosen, but right" in crossing
    assert "Each line is one step" in crossing
    assert "Chosen: does not fit" in along
    assert by_word[along] == {"is-wrong", "is-chosen"}
    assert "0 of 2 points: 1 right one chosen, 1 wrong one" in page.text_of("#question-2")


def test_an_option_that_was_rightly_left_alone_says_so_to_who_cannot_see_the_icon(
    learner: Visitor, submit: Submit
) -> None:
    page = submit(QUIZ, **RIGHT)
    assert [text for _marks, text in question(page, 1) if "not chosen, and does not fit" in text]


def test_matching_ordering_and_typed_answers_are_explained_line_by_line(learner: Visitor, submit: Submit) -> None:
    page = submit(
        QUIZ, **right_answers(time=["flat>twelve", "up>twelve"], plan=["measure", "choose", "reckon"], word="a path")
    )
    steep = next(text for _marks, text in question(page, 4) if "a steep path" in text)
    assert "You chose: 12 minutes" in steep
    assert "20 minutes" in steep
    assert [text.split(" You")[0].split(" Right")[0][:2] for _marks, text in question(page, 5)] == ["1.", "2.", "3."]
    assert "You put this in place 2" in question(page, 5)[0][1]
    assert "Right place" in question(page, 5)[2][1]
    assert "a path" in question(page, 6)[0][1]
    assert "This would be right" in question(page, 6)[1][1]


def test_what_was_typed_is_shown_as_typed_and_never_as_markup(learner: Visitor, submit: Submit) -> None:
    page = submit(QUIZ, **right_answers(word="<b>path</b> & <script>"))
    assert "<b>path</b> & <script>" in question(page, 6)[0][1]
    assert not page.has(".answers script")


def test_the_attempts_made_are_listed_and_can_be_read_again(learner: Visitor, submit: Submit, visit: Visit) -> None:
    first = submit(QUIZ, **right_answers(word="path"))
    submit(QUIZ, **RIGHT)
    page = visit(QUIZ)
    assert [link.text for link in page.find_all("#attempts a")] == ["Attempt 2", "Attempt 1"]
    again = visit(page.find_all("#attempts a")[1]["href"])
    assert again.path == first.path
    assert again.text_of("#score") == "7 of 8 points"


def test_options_stand_in_the_order_in_which_they_were_answered(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(QUIZ)
    asked = [label.text for label in page.find_all("main label.pick__one")][:3]
    result = reader.send(page, **RIGHT)
    assert [text.split(" km")[0] + " km" for _marks, text in question(result, 1)] == asked


def test_an_attempt_is_read_in_the_wording_that_was_answered(
    learner: Visitor, reader: Browser, app_with: Callable[..., Flask], tmp_path: Path
) -> None:
    result = reader.submit(QUIZ, **RIGHT)
    folder = tmp_path / "changed"
    copytree(SMALL, folder, ignore=ignore_patterns("*.nl.*"))
    for name, before, after in (
        ("modules/course.yaml", "languages: [en, nl]", "languages: [en]"),
        ("quizzes/map-signs.yaml", "text: Where is the path steep?", "text: Where does it climb?"),
        ("quizzes/map-signs.yaml", "title: Signs and lines", "title: Another title"),
    ):
        text = (folder / name).read_text("utf-8")
        assert before in text
        (folder / name).write_text(text.replace(before, after), "utf-8")
    later = Browser(app_with(shelf=Shelf(folder)).test_client())
    later.sign_in(learner)
    page = later.visit(result.path)
    assert page.text_of("h1") == "Result: Signs and lines"
    assert "Where is the path steep?" in page.text_of("#question-2")
    assert "Where does it climb?" in later.visit(QUIZ).text_of("main")


def test_an_attempt_keeps_its_language_and_says_so(learner: Visitor, reader: Browser) -> None:
    result = reader.submit(QUIZ, **RIGHT)
    page = reader.visit(f"{result.path}?language=nl")
    assert page.path == result.path
    assert page.find("html")["lang"] == "nl"
    text = page.find("#question-2 [lang=en]")
    assert text.text == "Where is the path steep?"
    assert page.text_of("h1") == "Uitslag: Signs and lines"
    assert {one["lang"] for one in page.find_all(".answers__why")} == {"en"}


def test_an_attempt_is_found_by_nobody_else(learner: Visitor, reader: Browser, app: Flask, session: Session) -> None:
    result = reader.submit(QUIZ, **RIGHT)
    other = make_visitor(session, enrolment=make_enrolment(session))
    session.commit()
    theirs = Browser(app.test_client())
    theirs.sign_in(other)
    theirs.visit(result.path, status=404)
    for number in (999999, 2**31, 2**63, 10**30):
        reader.visit(f"/attempts/{number}", status=404)


def test_an_attempt_made_in_another_cohort_is_still_mine_to_read(
    learner: Visitor, reader: Browser, app: Flask, session: Session
) -> None:
    result = reader.submit(QUIZ, **RIGHT)
    user = session.get_one(User, learner.user_id)
    make_enrolment(session, user=user, cohort=make_cohort(session))
    session.commit()
    elsewhere = Browser(app.test_client())
    elsewhere.sign_in(learner)
    assert elsewhere.visit(result.path).text_of("#score") == "8 of 8 points"


def test_a_step_that_was_done_stays_done_after_a_worse_attempt(learner: Visitor, submit: Submit) -> None:
    submit(QUIZ, **RIGHT)
    page = submit(QUIZ, **right_answers(distance="four", steep=["along"], time=["flat>sixteen", "up>twelve"]))
    assert "stays done" in page.text_of(".score")


def test_a_result_leads_on_when_passed_and_back_when_not(learner: Visitor, submit: Submit) -> None:
    wrong: dict[str, Any] = right_answers(distance="four", steep=["along"], time=["flat>sixteen", "up>twelve"])
    failed = submit(QUIZ, **wrong)
    assert failed.find("main .btn--go")["href"] == QUIZ
    passed = submit(QUIZ, **RIGHT)
    assert passed.find("main .btn--go")["href"] == "/modules/01-map/read-on"


def test_a_result_costs_as_many_statements_after_many_attempts_as_after_one(
    learner: Visitor, app: Flask, reader: Browser
) -> None:
    result = reader.submit(QUIZ, **RIGHT)
    statements: list[str] = []
    event.listen(engine_of(app), "before_cursor_execute", lambda *found: statements.append(found[2]))
    reader.visit(result.path)
    few, statements[:] = len(statements), []
    for _attempt in range(10):
        reader.submit(QUIZ, **RIGHT)
    statements[:] = []
    reader.visit(result.path)
    assert len(statements) == few
