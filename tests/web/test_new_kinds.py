"""A new kind of step and of question takes a file, a line in a list and a page: nothing in app/ has to know it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import MissingPage, create_app
from app.course.content import STEP_KINDS
from app.course.files.loader import load
from app.course.files.shelf import Shelf
from app.course.parts import QuestionBase, StepBase
from app.course.quiz import QUESTION_KINDS
from app.records.accounts import Visitor
from app.records.models import StepCompletion
from app.web.extensions import engine_of
from app.web.learner.fields import QUESTION_FIELDS, QuestionField
from app.web.learner.routes import STEP_PAGES
from app.web.learner.steps.page import StepPage
from config import Settings
from tests.course_folder import Folder
from tests.kinds.listen import ListenPage, ListenStep
from tests.kinds.number import Number, NumberField
from tests.web.conftest import Browser

STEPS: tuple[type[StepBase], ...] = (*STEP_KINDS, ListenStep)
QUESTIONS: tuple[type[QuestionBase], ...] = (*QUESTION_KINDS, Number)
PAGES: Mapping[type[StepBase], type[StepPage[Any]]] = {**STEP_PAGES, ListenStep: ListenPage}
FIELDS: Mapping[type[QuestionBase], type[QuestionField[Any]]] = {**QUESTION_FIELDS, Number: NumberField}
TEMPLATES = Path(__file__).parents[1] / "kinds" / "templates"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a course that uses both kinds, in two languages."""
    course = Folder(tmp_path / "course")
    course.write(
        "modules/01-map/05-birds.en.md",
        "---\nkind: listen\ntitle: Birds\nminutes: 4\nsource: s\nrecording: https://example.org/birds\n---\n",
    )
    course.write("modules/01-map/05-birds.nl.md", '---\ntranslates: ""\ntitle: Vogels\nsource: s\n---\n')
    course.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 24")
    course.write(
        "quizzes/turning.yaml",
        course.read("quizzes/turning.yaml")
        + "  - {slug: hours, kind: number, outcome: turn, text: Hours in a day?, source: s, right: 24, give: 1,\n"
        "     why: So it is everywhere.}\n",
    )
    course.write(
        "quizzes/turning.nl.yaml",
        course.read("quizzes/turning.nl.yaml")
        + '  hours: {translates: "", text: Hoeveel uren heeft een dag?, source: s, why: Zo is het overal.}\n',
    )
    for fault in load(course.path, step_kinds=STEPS, question_kinds=QUESTIONS).faults:
        lines = course.read(fault.file).split("\n")
        assert '""' in lines[fault.line - 1], fault
        revision = fault.hoped.split("`")[1].removeprefix("translates: ")
        lines[fault.line - 1] = lines[fault.line - 1].replace('""', f'"{revision}"')
        course.write(fault.file, "\n".join(lines))
    return course


@pytest.fixture
def new_app(settings: Settings, folder: Folder) -> Callable[..., Flask]:
    """Make an app that knows both kinds."""

    def make() -> Flask:
        shelf = Shelf(folder.path, step_kinds=STEPS, question_kinds=QUESTIONS)
        assert shelf.faults == ()
        app = create_app(settings, shelf, step_pages=PAGES, question_fields=FIELDS)
        assert app.jinja_env.loader is not None
        app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader, FileSystemLoader(TEMPLATES)])
        return app

    return make


def test_a_step_of_a_new_kind_is_shown_and_completed(
    new_app: Callable[..., Flask], noor: Visitor, rows: Session
) -> None:
    app = new_app()
    browser = Browser(app.test_client())
    browser.sign_in(noor)
    page = browser.visit("/modules/01-map/birds")
    assert page.text_of("#recording") == "Birds"
    browser.submit("/modules/01-map/birds", action="/modules/01-map/birds")
    assert [row.step_key for row in rows.scalars(select(StepCompletion))] == ["01-map/birds"]
    engine_of(app).dispose()


def test_a_question_of_a_new_kind_is_asked_graded_and_read_again(new_app: Callable[..., Flask], noor: Visitor) -> None:
    app = new_app()
    browser = Browser(app.test_client())
    browser.sign_in(noor)
    for step in ("before", "on-the-way"):
        browser.submit(f"/modules/02-walk/{step}", action=f"/modules/02-walk/{step}")
    answers: dict[str, Any] = {"q-half": "back", "q-told": "true", "q-hours": "23"}
    result = browser.submit("/modules/02-walk/turn-around", **answers)
    assert "3 of 4" in " ".join(result.text.split())
    assert "So it is" in result.text
    assert "Not quite" in browser.visit(result.path).text
    engine_of(app).dispose()


@pytest.mark.parametrize("macro", ["words", "dial"])
def test_new_kinds_go_onto_paper_too(
    new_app: Callable[..., Flask], noor: Visitor, monkeypatch: pytest.MonkeyPatch, macro: str
) -> None:
    app = new_app()
    browser = Browser(app.test_client())
    browser.sign_in(noor)
    for step in ("before", "on-the-way"):
        browser.submit(f"/modules/02-walk/{step}", action=f"/modules/02-walk/{step}")
    assert "Birds" in browser.visit("/modules/01-map/print").texts_of(".paper__step h2")
    monkeypatch.setattr(NumberField, "macro", macro)  # also one that paper.html does not have
    question = browser.visit("/modules/02-walk/print").find_all(".paper__questions .q")[2]
    assert "Hours in a day?" in question.text
    assert "Type a number." in question.text
    assert question.has(".paper__room")
    engine_of(app).dispose()


def test_the_check_holds_a_new_kind_to_its_own_rules(folder: Folder) -> None:
    folder.change("modules/01-map/05-birds.en.md", "https:", "http:")
    folder.change("quizzes/turning.yaml", "give: 1", "give: -1")
    faults = [str(one) for one in load(folder.path, step_kinds=STEPS, question_kinds=QUESTIONS).faults]
    assert any("begins with https" in fault for fault in faults)
    assert any("0 or more" in fault for fault in faults)


def test_the_program_stops_at_a_kind_of_step_without_a_page(settings: Settings, folder: Folder) -> None:
    shelf = Shelf(folder.path, step_kinds=STEPS, question_kinds=QUESTIONS)
    with pytest.raises(MissingPage, match="kind of step 'listen'"):
        create_app(settings, shelf, question_fields=FIELDS)


def test_the_program_stops_at_a_kind_of_question_without_a_field(settings: Settings, folder: Folder) -> None:
    shelf = Shelf(folder.path, step_kinds=STEPS, question_kinds=QUESTIONS)
    with pytest.raises(MissingPage, match="kind of question 'number'"):
        create_app(settings, shelf, step_pages=PAGES)
