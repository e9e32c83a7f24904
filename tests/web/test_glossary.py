"""The glossary: every term by the alphabet, with the steps beside which it is explained."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app.course.files.shelf import Shelf
from app.records.accounts import Visitor
from tests.course_folder import Folder
from tests.web.conftest import Browser, Visit

SIGNS = "/modules/01-map/signs"


def test_every_term_stands_there_with_its_meaning_and_where_it_is_used(learner: Visitor, visit: Visit) -> None:
    page = visit("/glossary")
    assert page.text_of("h1") == "Glossary"
    assert page.texts_of(".gloss dt") == ["contour line", "scale"]
    assert [entry["id"] for entry in page.find_all(".gloss")] == ["term-contour", "term-scale"]
    contour = page.find("#term-contour")
    assert contour.texts_of("dd") == [
        "A line through points of the same height, drawn to the scale of the map.",
        "In: Signs and lines, Check what you see",
    ]
    assert [link["href"] for link in contour.find_all(".gloss__steps a")] == [SIGNS, "/modules/01-map/check"]


def test_terms_that_explain_each_other_link_within_the_page(learner: Visitor, visit: Visit) -> None:
    assert visit("/glossary").find("#term-contour .term")["href"] == "#term-scale"


def test_the_margin_of_a_step_and_the_foot_lead_there(learner: Visitor, visit: Visit) -> None:
    page = visit(SIGNS)
    assert [link["href"] for link in page.find_all(".gloss dt a")] == ["/glossary#term-scale", "/glossary#term-contour"]
    assert "All terms" in page.texts_of(".step__side a")
    assert "Glossary" in page.texts_of(".site-foot a")


def test_the_terms_are_sorted_in_the_language_of_the_reader(
    noor: Visitor, app_with: Callable[..., Flask], tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "course")
    folder.change("modules/glossary.nl.yaml", "term: schaal", "term: Échelle")
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    reader.sign_in(noor)
    assert reader.visit("/glossary").texts_of(".gloss dt") == ["contour line", "scale"]
    assert reader.visit("/glossary?language=nl").texts_of(".gloss dt") == ["Échelle", "hoogtelijn"]


def test_a_course_without_terms_says_so(noor: Visitor, app_with: Callable[..., Flask], tmp_path: Path) -> None:
    folder = Folder(tmp_path / "course")
    for name in ("glossary.yaml", "glossary.nl.yaml"):
        folder.remove(f"modules/{name}")
    for file in sorted([*folder.path.rglob("*.md"), *folder.path.rglob("*.yaml")]):
        name = str(file.relative_to(folder.path))
        folder.write(name, re.sub(r"\[([^]]+)\]\(term:[a-z]+\)", r"\1", folder.read(name)))
    folder.bring_up_to_date()
    assert not folder.faults(), folder.faults()
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    reader.sign_in(noor)
    assert "This course has no glossary." in reader.visit("/glossary").text_of("main")


def test_who_is_not_signed_in_reads_no_part_of_the_course(client: FlaskClient) -> None:
    assert client.get("/glossary").location.startswith("/sign-in")
