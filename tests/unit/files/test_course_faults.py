"""Every fault that the check knows, made in a copy of a course, and reported with its file, line and words."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.course.files.loader import load
from tests.broken_copies import BROKEN, KINDS, bare
from tests.course_folder import GARDEN, SMALL, Folder
from tests.fault_places import Reached, places

COURSE = "modules/course.yaml"
MODULE = "modules/01-map/module.yaml"
STEP = "modules/01-map/01-signs.en.md"
STEP_NL = "modules/01-map/01-signs.nl.md"
QUIZ = "quizzes/map-signs.yaml"
QUIZ_NL = "quizzes/map-signs.nl.yaml"

Spoil = tuple[str, str, str]
"""A file, what stands there once, and what stands there instead."""


@pytest.mark.parametrize("course", [SMALL, GARDEN], ids=lambda course: course.name)
def test_the_courses_of_the_tests_have_no_faults(course: Path) -> None:
    assert load(course).faults == ()


# ---- broken copies ---------------------------------------------------------------------------


def test_every_fault_has_a_broken_copy_in_which_it_is_told_with_its_file_and_line(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    reached = Reached()
    for number, broken in enumerate(BROKEN):
        folder = Folder(tmp_path / str(number), GARDEN)
        broken.spoil(folder)
        with reached.watching():
            found = load(folder.path, question_kinds=KINDS).faults
        with subtests.test(broken.name):
            assert [bare(fault) for fault in broken.among(found)] == broken.faults
    assert [str(place) for place in sorted(places()) if place not in reached] == []


def test_a_course_without_faults_reaches_hardly_any_place_that_tells_one() -> None:
    reached = Reached()
    with reached.watching():
        load(GARDEN)
    assert len([place for place in places() if place not in reached]) > 150


def test_every_broken_copy_has_a_name_and_a_break_of_its_own() -> None:
    assert len({broken.name for broken in BROKEN}) == len(BROKEN)
    assert all(broken.faults for broken in BROKEN)


# ---- translations that lag ---------------------------------------------------------------------


OLDER: list[tuple[Spoil, str, str]] = [
    ((STEP, "leaves out almost", "leaves out nearly"), f"{STEP_NL}:2", "the step 01-map/signs"),
    ((QUIZ, "How long does each", "How long will each"), f"{QUIZ_NL}:44", "the question time"),
    (
        (QUIZ, "slug: distance\n    kind: single_choice", "slug: distance\n    kind: multiple_response"),
        f"{QUIZ_NL}:5",
        "the question distance",
    ),
    ((QUIZ, "title: Signs and lines", "title: Signs, lines"), f"{QUIZ_NL}:1", "the quiz map-signs"),
    (
        (MODULE, "audience: Anybody who walks", "audience: Walkers"),
        "modules/01-map/module.nl.yaml:1",
        "the module 01-map",
    ),
    ((COURSE, "title: A walk on the map", "title: A walk"), "modules/course.nl.yaml:1", "the course"),
    (("modules/glossary.yaml", "How many times", "How often"), "modules/glossary.nl.yaml:3", "the term scale"),
]


@pytest.mark.parametrize(("spoil", "place", "what"), OLDER)
def test_a_translation_that_is_older_than_its_source_names_both_revisions(
    folder: Folder, spoil: Spoil, place: str, what: str
) -> None:
    folder.change(*spoil)
    (fault,) = folder.faults()
    assert fault.startswith(f"{place}: found a translation of '")
    assert f"older than its source ({what}), hoped for `translates: " in fault
    assert fault.endswith(f"once it is brought up to date (what changed: git log -p -- {spoil[0]})")
    folder.bring_up_to_date()
    assert folder.faults() == []


def test_a_translation_that_names_no_revision_is_told_which(folder: Folder) -> None:
    lines = folder.read(STEP_NL).split("\n")
    revision = lines[1].removeprefix("translates: ").strip('"')
    folder.write(STEP_NL, "\n".join(["---", *lines[2:]]))
    assert folder.faults() == [
        f"{STEP_NL}:2: found no revision that this translates (the step 01-map/signs), "
        f"hoped for `translates: {revision}`"
    ]


def test_minutes_and_declared_changes_ask_nothing_of_a_translator(folder: Folder) -> None:
    folder.change(STEP, "minutes: 5", "minutes: 6")
    folder.change(MODULE, "minutes: 20", "minutes: 21")
    assert folder.faults() == []


# ---- all at once -------------------------------------------------------------------------------


def test_a_quiz_and_a_glossary_translate_each_thing_by_its_slug(folder: Folder) -> None:
    folder.change(QUIZ_NL, "  word:", "  wort:")
    folder.change("modules/glossary.nl.yaml", "  contour:", "  contuor:")
    assert folder.faults() == [
        "modules/glossary.nl.yaml:1: found no translation of 'contour', hoped for a key `contour:`",
        "modules/glossary.nl.yaml:6: found 'contuor', which the source does not have, hoped for 'contour'",
        f"{QUIZ_NL}:3: found no translation of 'word', hoped for a key `word:`",
        f"{QUIZ_NL}:75: found 'wort', which the source does not have, hoped for 'word'",
    ]


def test_all_faults_are_reported_at_once(folder: Folder) -> None:
    folder.change(STEP, "minutes: 5\n", "minutes: soon\ncolour: red\n")
    folder.change(QUIZ, "kind: ordering", "kind: order")
    folder.change("modules/02-walk/module.yaml", "lead: Before", "leed: Before")
    folder.change("modules/glossary.nl.yaml", "    term: schaal\n", "")
    assert [fault.split(" found ")[0] for fault in folder.faults()] == [
        f"{STEP}:5:",
        f"{STEP}:6:",
        "modules/02-walk/module.yaml:1:",
        "modules/02-walk/module.yaml:2:",
        "modules/glossary.nl.yaml:2:",
        f"{QUIZ}:72:",
    ]
