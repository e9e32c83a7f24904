"""A course that goes on while people learn: what was added and what was improved is told, and nothing is taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course.files.published import publish
from app.course.files.shelf import Shelf
from app.records import learning
from app.records.accounts import Visitor
from app.records.models import ModuleCompletion
from app.web.extensions import engine_of
from tests.course_folder import Folder
from tests.makers import NOW
from tests.racing import counted
from tests.web.conftest import Browser, Page

SIGNS, CHECK, SCALES = (f"/modules/01-map/{slug}" for slug in ("signs", "check", "scales"))
NEW = """---
kind: read
title: {title}
minutes: 7
source: Handbook, chapter 3
---
{text}
"""

AppWith = Callable[..., Flask]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a copy of the small course, in both languages, published."""
    folder = Folder(tmp_path / "course")
    publish(folder.path, folder.course())
    return folder


def finish_first_module(session: Session, visitor: Visitor, folder: Folder) -> None:
    course = folder.course()
    for step in course.modules[0].steps:
        learning.complete_step(session, visitor, course, step, now=NOW)
    session.commit()


def grow(folder: Folder) -> None:
    """Add a step to the first module, and improve its first one in substance."""
    folder.write("modules/01-map/05-scales.en.md", NEW.format(title="More scales", text="Two more scales."))
    dutch = "---\ntranslates: x\ntitle: Meer schalen\nsource: s\n---\nNog twee schalen.\n"
    folder.write("modules/01-map/05-scales.nl.md", dutch)
    folder.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 27")
    signs = "modules/01-map/01-signs"
    folder.change(f"{signs}.en.md", "Every map has", "Nearly every map has")
    for language, first, what in (
        (
            "en",
            "    what: A comma came back.\n",
            "  - {on: 2026-11-01, kind: substance, what: Not every map has a scale.}\n",
        ),
        ("nl", "    what: Een komma kwam terug.\n", "  2:\n    what: Niet elke kaart heeft een schaal.\n"),
    ):
        folder.change(f"{signs}.{language}.md", first, first + what)
    folder.bring_up_to_date()
    assert not folder.faults(), folder.faults()


@pytest.fixture
def grown(noor: Visitor, session: Session, folder: Folder, app_with: AppWith) -> Browser:
    """Give the browser of somebody who finished the first module before the course grew."""
    finish_first_module(session, noor, folder)
    before = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    before.sign_in(noor)
    assert "4 steps done · finished on 19 November" in card(before.visit("/my-course"))
    grow(folder)
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    reader.sign_in(noor)
    return reader


def card(page: Page) -> str:
    return next(one.text for one in page.find_all(".module") if "Reading a map" in one.text_of("h3"))


def notes(page: Page) -> dict[str, str]:
    """Return what the outline says beside steps, by their addresses."""
    return {
        link["href"]: link.text_of(".outline__note")
        for link in page.find_all(".outline a")
        if link.has(".outline__note")
    }


def test_my_course_says_what_is_new_and_what_changed_and_the_module_stays_finished(grown: Browser) -> None:
    page = grown.visit("/my-course")
    text = card(page)
    assert "4 steps done · finished on 19 November" in text
    assert "Nothing more is needed." in text
    assert "New since you finished: More scales, 7 minutes" in text
    assert "The text of step 1 was improved after you read it: what changed" in text
    links = [link["href"] for link in page.find_all(".module a")]
    assert {SCALES, SIGNS} <= set(links)
    assert (
        page.text_of(".stair-box .stair__words") == "The whole course: 4 of 8 steps done 50 percent · 18 minutes left"
    )
    assert page.find(".btn--go")["href"] == "/modules/02-walk/before"


def test_the_outline_says_both_beside_the_steps(grown: Browser) -> None:
    page = grown.visit(CHECK)
    assert notes(page) == {SIGNS: "improved after you read it", SCALES: "new since you finished"}
    assert page.text_of(".outline__head .stair__words") == "4 steps done module finished"


def test_a_change_is_told_once_and_the_step_stays_done(grown: Browser) -> None:
    page = grown.visit(SIGNS)
    assert "Not every map has a scale." in page.text_of("#changed")
    assert "The step stays done." in page.text_of("#changed")
    assert "Done" in page.text_of(".step-head .kicker")
    assert notes(grown.visit(CHECK)) == {SCALES: "new since you finished"}
    assert "improved" not in card(grown.visit("/my-course"))


def test_a_new_step_is_an_offer_that_can_be_taken(grown: Browser, rows: Session) -> None:
    page = grown.visit(SCALES)
    assert "New since you finished this module" in page.text_of(".step-head .kicker")
    grown.send(page, action=SCALES)
    text = card(grown.visit("/my-course"))
    assert "5 steps done · finished on 19 November" in text
    assert "New since" not in text
    assert SCALES not in notes(grown.visit(CHECK))
    [moment] = rows.scalars(select(ModuleCompletion.completed_at))
    assert moment == NOW


def test_what_was_completed_says_so_in_every_language(grown: Browser) -> None:
    text = next(
        one.text for one in grown.visit("/my-course?language=nl").find_all(".module") if "Een kaart" in one.text
    )
    assert "Nieuw sinds je klaar was: Meer schalen, 7 minuten" in text
    assert notes(grown.visit(CHECK)) == {SIGNS: "verbeterd nadat je het las", SCALES: "nieuw sinds je klaar was"}


def test_somebody_who_begins_now_reads_nothing_of_it(folder: Folder, noor: Visitor, app_with: AppWith) -> None:
    grow(folder)
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    reader.sign_in(noor)
    page = reader.visit("/my-course")
    assert "0 of 5 steps done · 0 percent · 27 minutes left" in card(page)
    assert "New since" not in page.text
    assert "improved" not in page.text
    assert notes(reader.visit(CHECK)) == {}


def test_a_step_costs_a_second_statement_only_where_something_changed_beside_it(grown: Browser) -> None:
    for path, cost in ((SCALES, 2), ("/modules/02-walk/before", 1)):
        with counted(Session(engine_of(grown.client.application))) as statements:
            grown.visit(path)
        assert len(statements) == cost, statements
