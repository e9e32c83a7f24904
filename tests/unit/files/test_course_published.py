"""Slugs are permanent: what was published is there, renamed or retired, and whoever did something finds it again."""

from __future__ import annotations

import pytest

from app.course.files.loader import load
from app.course.files.published import BrokenPublished, publish, write_whole
from app.course.quiz import Quiz
from app.course.steps.quiz_step import QuizStep
from tests.course_folder import Folder

COURSE = "modules/course.yaml"
PUBLISHED = "modules/published.yaml"
STEP = "modules/01-map/01-signs.en.md"
QUIZ = "quizzes/map-signs.yaml"


@pytest.fixture
def published(folder: Folder) -> Folder:
    """Give a copy of the small course that was published."""
    publish(folder.path, folder.course())
    return folder


def line_of(folder: Folder, file: str, words: str) -> int:
    """Return the line on which words stand."""
    return next(n for n, line in enumerate(folder.read(file).split("\n"), 1) if words in line)


def quiz_of(folder: Folder, slug: str, language: str = "en") -> Quiz:
    """Return a quiz of the course."""
    return folder.course(language).quizzes[slug]


def test_publishing_writes_every_slug_with_its_revision(folder: Folder) -> None:
    course = folder.course()
    publication = publish(folder.path, course)
    assert publication.added["steps"] == tuple(step.key for step in course.steps)
    assert len(publication.added["options"]) == 3 + 3 + 2 + 3 + 2 + 3 + 2 + 2 + 2
    signs = course.step_by_key["01-map/signs"]
    text = folder.read(PUBLISHED)
    assert f'  "01-map/signs":\n    - {{revision: "{signs.revision}", changes: 1}}\n' in text
    assert '  - "map-signs/time/sixteen"\n' in text
    assert folder.course().step_by_key["01-map/signs"].published == ((signs.revision, 1),)


def test_publishing_twice_changes_nothing(published: Folder) -> None:
    before = (published.path / PUBLISHED).stat()
    assert not publish(published.path, published.course())
    assert (published.path / PUBLISHED).stat().st_mtime_ns == before.st_mtime_ns


def test_a_broken_published_file_is_a_fault_and_is_never_written_over(published: Folder) -> None:
    course = published.course()
    published.change(PUBLISHED, "steps:\n", "stepps:\n")
    line = line_of(published, PUBLISHED, "stepps:")
    assert f"{PUBLISHED}:{line}: found the unknown key 'stepps', hoped for 'steps'" in published.faults()
    before = published.read(PUBLISHED)
    with pytest.raises(BrokenPublished, match="stepps"):
        publish(published.path, course)
    assert published.read(PUBLISHED) == before


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(published: Folder) -> None:
    before = published.read(PUBLISHED)
    with pytest.raises(UnicodeEncodeError):
        write_whole(published.path / PUBLISHED, "half of it, then \udc00")
    assert published.read(PUBLISHED) == before
    assert [path for path in (published.path / "modules").iterdir() if path.name.startswith(".")] == []


# ---- what is gone ----------------------------------------------------------------------------


def test_a_step_that_is_gone_is_to_be_renamed_or_retired(published: Folder) -> None:
    for language in ("en", "nl"):
        published.remove(f"modules/02-walk/02-on-the-way.{language}.md")
    published.change("modules/02-walk/module.yaml", "minutes: 18", "minutes: 14")
    line = line_of(published, PUBLISHED, '"02-walk/on-the-way"')
    assert published.faults() == [
        f"{PUBLISHED}:{line}: found '02-walk/on-the-way', which was published and is gone, "
        f"hoped for it under `renamed` or `retired`, `steps`, in {COURSE}"
    ]
    published.change(COURSE, "modules:\n", "retired:\n  steps: [02-walk/on-the-way]\nmodules:\n")
    assert published.faults() == []


def test_an_option_that_is_gone_is_to_be_renamed_or_retired(published: Folder) -> None:
    published.change(QUIZ, "      - slug: sixteen\n        text: 16 minutes\n", "")
    published.change("quizzes/map-signs.nl.yaml", "      sixteen:\n        text: 16 minuten\n", "")
    published.bring_up_to_date()
    line = line_of(published, PUBLISHED, "map-signs/time/sixteen")
    assert published.faults() == [
        f"{PUBLISHED}:{line}: found 'map-signs/time/sixteen', which was published and is gone, "
        f"hoped for it under `renamed` or `retired`, `options`, in {COURSE}"
    ]
    published.change(COURSE, "modules:\n", "retired:\n  options: [map-signs/time/sixteen]\nmodules:\n")
    assert published.faults() == []


def test_a_retired_slug_is_never_used_again(published: Folder) -> None:
    published.change(COURSE, "modules:\n", "retired:\n  questions: [map-signs/time]\nmodules:\n")
    line = line_of(published, COURSE, "map-signs/time")
    assert published.faults() == [
        f"{COURSE}:{line}: found 'map-signs/time' retired and still there, hoped for another slug for what is new"
    ]


def test_retiring_a_quiz_retires_its_questions_and_options(published: Folder) -> None:
    for file in ("quizzes/turning.yaml", "quizzes/turning.nl.yaml"):
        published.remove(file)
    for language in ("en", "nl"):
        published.remove(f"modules/02-walk/03-turn-around.{language}.md")
    published.change("modules/02-walk/module.yaml", "minutes: 18", "minutes: 13")
    retired = "retired:\n  quizzes: [turning]\n  steps: [02-walk/turn-around]\n"
    published.change(COURSE, "modules:\n", f"{retired}modules:\n")
    assert published.faults() == []


# ---- renamed ---------------------------------------------------------------------------------


def test_a_renamed_step_keeps_its_former_key_and_its_published_revisions(published: Folder) -> None:
    revision = published.course().step_by_key["01-map/signs"].source_revision
    published.rename("modules/01-map/01-signs", "modules/01-map/01-legend", ".en.md", ".nl.md")
    published.change(COURSE, "modules:\n", "renamed:\n  steps: {01-map/signs: 01-map/legend}\nmodules:\n")
    step = published.course().step_by_key["01-map/signs"]
    assert step.keys == ("01-map/legend", "01-map/signs")
    assert step.published == ((revision, 1),)
    publish(published.path, published.course())
    assert published.course().step_by_key["01-map/legend"].published == ((revision, 1),)


def test_links_to_a_former_key_lead_to_the_step_of_today(published: Folder) -> None:
    published.rename("modules/02-walk/01-before", "modules/02-walk/01-packing", ".en.md", ".nl.md")
    published.change(COURSE, "modules:\n", "renamed:\n  steps: {02-walk/before: 02-walk/packing}\nmodules:\n")
    assert 'href="/modules/02-walk/packing"' in published.course().step_by_key["01-map/signs"].body.html


def test_a_renamed_module_renames_the_keys_of_its_steps(published: Folder) -> None:
    published.rename("modules/02-walk", "modules/02-hike")
    published.change(COURSE, "  - 02-walk", "  - 02-hike")
    published.change(COURSE, "modules:\n", "renamed:\n  modules: {02-walk: 02-hike}\nmodules:\n")
    course = published.course()
    assert course.module_by_slug["02-walk"].slug == "02-hike"
    assert course.step_by_key["02-walk/look-back"].key == "02-hike/look-back"


def test_a_step_follows_its_own_rename_and_that_of_its_module(published: Folder) -> None:
    published.rename("modules/02-walk/01-before", "modules/02-walk/01-packing", ".en.md", ".nl.md")
    published.rename("modules/02-walk", "modules/02-hike")
    published.change(COURSE, "  - 02-walk", "  - 02-hike")
    renamed = "renamed:\n  modules: {02-walk: 02-hike}\n  steps: {02-walk/before: 02-hike/packing}\n"
    published.change(COURSE, "modules:\n", f"{renamed}modules:\n")
    step = published.course().step_by_key["02-walk/before"]
    assert step.key == "02-hike/packing"
    assert set(step.former) >= {"02-walk/before", "02-walk/packing"}


def test_a_step_may_move_to_another_module(published: Folder) -> None:
    published.rename("modules/02-walk/02-on-the-way", "modules/01-map/05-on-the-way", ".en.md", ".nl.md")
    published.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 24")
    published.change("modules/02-walk/module.yaml", "minutes: 18", "minutes: 14")
    renamed = "renamed:\n  steps: {02-walk/on-the-way: 01-map/on-the-way}\n"
    published.change(COURSE, "modules:\n", f"{renamed}modules:\n")
    assert published.course().step_by_key["02-walk/on-the-way"].key == "01-map/on-the-way"


def test_a_chain_of_renames_makes_every_earlier_slug_a_former_one(published: Folder) -> None:
    published.change(QUIZ, "slug: word", "slug: line")
    published.change("quizzes/map-signs.nl.yaml", "  word:", "  line:")
    renamed = "renamed:\n  questions:\n    map-signs/word: map-signs/name\n    map-signs/name: map-signs/line\n"
    published.change(COURSE, "modules:\n", f"{renamed}modules:\n")
    question = next(q for q in quiz_of(published, "map-signs").questions if q.slug == "line")
    assert question.former == ("name", "word")  # the newest first, whatever the alphabet says


def test_a_text_that_changes_after_its_second_rename_still_asks_for_a_dated_line(published: Folder) -> None:
    signs, walls, crags = (f"modules/01-map/01-{slug}" for slug in ("signs", "walls", "crags"))
    published.rename(signs, walls, ".en.md", ".nl.md")
    published.change(COURSE, "modules:\n", "renamed:\n  steps:\n    01-map/signs: 01-map/walls\nmodules:\n")
    published.change(f"{walls}.en.md", "Every map has", "Nearly every map has")
    more = "    what: A comma came back.\n  - on: 2026-09-02\n    kind: typo\n    what: Nearly.\n"
    published.change(f"{walls}.en.md", "    what: A comma came back.\n", more)
    published.change(f"{walls}.nl.md", "changes:\n", "changes:\n  2:\n    what: Bijna.\n")
    published.bring_up_to_date()
    publish(published.path, published.course())
    published.rename(walls, crags, ".en.md", ".nl.md")
    published.change(COURSE, "modules:\n", "    01-map/walls: 01-map/crags\nmodules:\n")
    assert published.faults() == []
    published.change(f"{crags}.en.md", "Nearly every map has", "Almost every map has")
    published.bring_up_to_date()
    assert ["a text that changed since it was published" in fault for fault in published.faults()] == [True]


def test_options_pairs_and_targets_are_renamed_in_every_language(published: Folder) -> None:
    published.change(QUIZ, "slug: contour\n        forms", "slug: height\n        forms")
    published.change(QUIZ, "      - slug: up\n", "      - slug: steep-path\n")
    published.change("quizzes/map-signs.nl.yaml", "      contour:\n", "      height:\n")
    published.change("quizzes/map-signs.nl.yaml", "      up:\n", "      steep-path:\n")
    published.bring_up_to_date()
    renamed = "renamed:\n  options:\n    map-signs/word/contour: map-signs/word/height\n"
    renamed += "    map-signs/time/up: map-signs/time/steep-path\n"
    published.change(COURSE, "modules:\n", f"{renamed}modules:\n")
    for language in ("en", "nl"):
        time = next(q for q in quiz_of(published, "map-signs", language).questions if q.slug == "time")
        assert time.current(("up>twenty",)) == ("steep-path>twenty",)
        word = next(q for q in quiz_of(published, "map-signs", language).questions if q.slug == "word")
        assert word.model_dump()["options"][0]["former"] == ("contour",)


def test_a_renamed_quiz_takes_its_questions_along_and_asks_no_change_of_its_step(published: Folder) -> None:
    published.rename("quizzes/turning", "quizzes/back", ".yaml", ".nl.yaml")
    published.change("modules/02-walk/03-turn-around.en.md", "quiz: turning", "quiz: back")
    published.change(COURSE, "modules:\n", "renamed:\n  quizzes: {turning: back}\nmodules:\n")
    assert quiz_of(published, "turning").keys == ("back", "turning")
    step = published.course().step_by_key["02-walk/turn-around"]
    assert isinstance(step, QuizStep)
    assert [question.former for question in step.quiz.questions] == [(), ()]


def test_renaming_changes_no_revision_of_what_is_renamed(published: Folder) -> None:
    before = load(published.path).revisions
    published.rename("quizzes/turning", "quizzes/back", ".yaml", ".nl.yaml")
    published.change("modules/02-walk/03-turn-around.en.md", "quiz: turning", "quiz: back")
    published.rename("modules/01-map/01-signs", "modules/01-map/01-legend", ".en.md", ".nl.md")
    renamed = "renamed:\n  quizzes: {turning: back}\n  steps: {01-map/signs: 01-map/legend}\n"
    published.change(COURSE, "modules:\n", f"{renamed}modules:\n")
    after = load(published.path).revisions
    assert sorted(before.values()) == sorted(after.values())


BAD: list[tuple[str, str]] = [
    ("steps: {01-map/signs: 01-map/legend}", "'01-map/signs' renamed and still there, hoped for one of its two names"),
    (
        "steps: {01-map/old: 01-map/sings}",
        "'01-map/old' renamed to '01-map/sings', which is not there, hoped for '01-map/signs'",
    ),
    ("quizzes: {old: older, older: old}", "'old', whose renames lead back to it, hoped for one way"),
    (
        "questions: {map-signs/old: turning/half}",
        "'map-signs/old' moved to 'turning/half', "
        "hoped for its own quiz and question: answers stay where they were given",
    ),
]


@pytest.mark.parametrize(("renamed", "said"), BAD)
def test_a_rename_that_leads_nowhere_is_a_fault(folder: Folder, renamed: str, said: str) -> None:
    folder.change(COURSE, "modules:\n", f"renamed:\n  {renamed}\nmodules:\n")
    line = line_of(folder, COURSE, renamed)
    assert f"{COURSE}:{line}: found {said}" in folder.faults()


# ---- declared changes ------------------------------------------------------------------------


def test_a_published_step_that_changes_needs_a_new_dated_line(published: Folder) -> None:
    published.change(STEP, "leaves out almost everything", "leaves out nearly everything")
    published.bring_up_to_date()
    step_line = line_of(published, STEP, "changes:")
    (fault,) = published.faults()
    assert fault.startswith(f"{STEP}:{step_line}: found a text that changed since it was published (")
    assert "hoped for a new line at the end of `changes`: {on: a day, kind: typo or substance, what: ...}" in fault
    new_line = "  - {on: 2026-10-01, kind: substance, what: Almost became nearly.}\n"
    published.change(STEP, "what: A comma came back.\n", f"what: A comma came back.\n{new_line}")
    published.change(
        "modules/01-map/01-signs.nl.md",
        "    what: Een komma kwam terug.\n",
        "    what: Een komma kwam terug.\n  2:\n    what: Bijna werd haast.\n",
    )
    assert published.faults() == []


def test_declared_changes_stand_with_the_newest_last(folder: Folder) -> None:
    new_line = "  - {on: 2026-08-01, kind: typo, what: A dot.}\n"
    folder.change(STEP, "what: A comma came back.\n", f"what: A comma came back.\n{new_line}")
    folder.change("modules/01-map/01-signs.nl.md", "kwam terug.\n", "kwam terug.\n  2:\n    what: Een punt.\n")
    line = line_of(folder, STEP, "A dot.")
    assert folder.faults() == [
        f"{STEP}:{line}: found a change of 2026-08-01 below one of 2026-09-01, hoped for the newest one last"
    ]


def test_a_published_change_is_not_taken_out_again(published: Folder) -> None:
    published.change(STEP, "changes:\n  - on: 2026-09-01\n    kind: typo\n    what: A comma came back.\n", "")
    published.change("modules/01-map/01-signs.nl.md", "changes:\n  1:\n    what: Een komma kwam terug.\n", "")
    assert published.faults() == [
        f"{STEP}:2: found 0 changes where 1 were published, hoped for the lines that are gone"
    ]


def test_the_substance_of_a_change_is_told_to_who_completed_an_older_revision(published: Folder) -> None:
    old = published.course().step_by_key["02-walk/before"].source_revision
    file = "modules/02-walk/01-before.en.md"
    published.change(file, "Tell somebody", "Tell two people")
    published.change(
        file,
        "source: Handbook, chapter 2\n",
        "source: Handbook, chapter 2\nchanges:\n  - {on: 2026-10-01, kind: substance, what: Two people now.}\n",
    )
    published.change(
        "modules/02-walk/01-before.nl.md",
        "source: Handboek, hoofdstuk 2\n",
        "source: Handboek, hoofdstuk 2\nchanges:\n  1: {what: Nu twee mensen.}\n",
    )
    published.bring_up_to_date()
    publication = publish(published.path, published.course())
    assert publication.revised == ("02-walk/before",)
    step = published.course("nl").step_by_key["02-walk/before"]
    assert [change.what for change in step.substance_since(old)] == ["Nu twee mensen."]
    assert step.substance_since(step.source_revision) == ()
