"""A translator gets files to translate, says which are finished, and nothing else in them is touched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from ruamel.yaml.comments import CommentedMap

from app.course.files.documents import parse_yaml
from app.course.files.faults import Faults
from app.course.files.loader import load
from app.course.files.rewriting import CannotRewrite, divided, joined, new_value, parsed, written
from app.course.files.translating import NoTranslation, SourceHasFaults, Untranslated, begin, finish
from tests.course_folder import GARDEN, SMALL, Folder

STEP = "modules/02-walk/02-on-the-way"
QUIZ = "quizzes/turning.nl.yaml"


@pytest.fixture
def garden(tmp_path: Path) -> Folder:
    """Give a copy of the course that has one of everything."""
    return Folder(tmp_path / "garden", GARDEN)


def files_of(folder: Folder, *ends: str) -> list[str]:
    """Return the files of a course that end so, sorted."""
    found = (path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file())
    return sorted(name for name in found if name.endswith(ends))


def texts_of(folder: Folder) -> dict[str, bytes]:
    """Return what each file of a course holds."""
    return {name: (folder.path / name).read_bytes() for name in files_of(folder, "")}


# ---- to begin --------------------------------------------------------------------------------


def test_a_translation_that_is_begun_lacks_nothing_but_a_translator(garden: Folder) -> None:
    gone = files_of(garden, ".nl.md", ".nl.yaml")
    for file in gone:
        garden.remove(file)
    assert list(begin(garden.path)) == gone
    faults = load(garden.path).faults
    assert {fault.file for fault in faults} == set(gone)
    assert [str(fault) for fault in faults if not fault.found.startswith("no revision that this translates")] == []


def test_a_translation_that_is_begun_holds_the_words_of_the_source(garden: Folder) -> None:
    for file in files_of(garden, ".nl.md", ".nl.yaml"):
        garden.remove(file)
    begin(garden.path)
    drafts = load(garden.path).drafts
    left_out = {"language", "languages", "revision", "direction", "html", "blanks"}

    def words(value: object) -> object:
        if isinstance(value, dict):
            return {key: words(item) for key, item in value.items() if key not in left_out}
        return [words(item) for item in value] if isinstance(value, list) else value

    assert words(drafts["nl"].model_dump(mode="json")) == words(drafts["en"].model_dump(mode="json"))


def test_a_language_that_is_new_is_begun_whole(garden: Folder) -> None:
    garden.change("modules/course.yaml", "languages: [en, nl, ar]", "languages: [en, nl, ar, fr]")
    assert len(begin(garden.path)) == len(files_of(garden, ".nl.md", ".nl.yaml"))
    assert set(load(garden.path).drafts) == {"en", "nl", "ar", "fr"}


@pytest.mark.parametrize("source", [SMALL, GARDEN], ids=lambda path: path.name)
def test_what_is_translated_stays_as_it_is(tmp_path: Path, source: Path) -> None:
    folder = Folder(tmp_path / "whole", source)
    before = texts_of(folder)
    assert begin(folder.path) == ()
    assert finish(folder.path, files_of(folder, ".nl.md", ".nl.yaml")) == ()
    assert texts_of(folder) == before


def test_what_is_missing_of_a_translation_is_added_below_what_is_there(folder: Folder) -> None:
    whole = folder.read(QUIZ)
    there, _, told = whole.partition("  told:\n")
    folder.write(QUIZ, there + "  # more to come\n")
    folder.change(f"{STEP}.nl.md", "source: ", "# note\nsource: ")
    assert begin(folder.path) == (QUIZ,)
    assert folder.read(QUIZ).startswith(there + "  # more to come\n  told:\n    text: Somebody should know")
    assert "      true:\n        text: That is so\n" in folder.read(QUIZ)
    folder.write(QUIZ, there + "  told:\n" + told)
    assert folder.faults() == []


@pytest.mark.parametrize("text", ["questions: [\n", "questions: " + "[" * 5_000], ids=["open", "deep"])
def test_what_cannot_be_read_is_not_written_over(folder: Folder, text: str) -> None:
    folder.remove(f"{STEP}.nl.md")
    folder.write(QUIZ, text)
    with pytest.raises(CannotRewrite, match=QUIZ):
        begin(folder.path)
    assert folder.read(QUIZ) == text
    assert not (folder.path / f"{STEP}.nl.md").exists()


def test_what_is_no_utf8_is_not_written_over(folder: Folder) -> None:
    file = f"{STEP}.nl.md"
    (folder.path / file).write_bytes(folder.read(file).replace("title: ", "title: Hé ", 1).encode("cp1252"))
    before = texts_of(folder)
    with pytest.raises(CannotRewrite, match=re.escape(file)):
        begin(folder.path)
    with pytest.raises(CannotRewrite, match=re.escape(file)):
        finish(folder.path, [file])
    assert texts_of(folder) == before


def test_a_file_of_another_editor_is_finished_too(folder: Folder) -> None:
    file = f"{STEP}.nl.md"
    text = re.sub(r"translates: .*\n", "", folder.read(file))
    (folder.path / file).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert finish(folder.path, [file]) == (file,)
    assert not load(folder.path).faults


def test_a_quiz_is_looked_at_before_it_is_translated(folder: Folder) -> None:
    folder.change("quizzes/turning.yaml", "Who hurries sees less and falls sooner.", "No.")
    folder.remove(QUIZ)
    assert [fault.file for fault in load(folder.path).faults if "(rule no-sentence)" in fault.hoped] == [
        "quizzes/turning.yaml"
    ]


# ---- to finish -------------------------------------------------------------------------------


def test_a_finished_translation_names_its_source_and_is_otherwise_left_alone(folder: Folder) -> None:
    folder.change("modules/01-map/01-signs.en.md", "title: Signs and lines", "title: Lines and signs")
    folder.change("quizzes/turning.yaml", "I turn around.", "I turn back.")
    before = texts_of(folder)
    lagging = [fault.file for fault in load(folder.path).faults]
    assert sorted(lagging) == ["modules/01-map/01-signs.nl.md", QUIZ]
    assert list(finish(folder.path, lagging)) == sorted(lagging)
    assert folder.faults() == []
    for file, text in texts_of(folder).items():
        pairs = zip(text.splitlines(), before[file].splitlines(), strict=True)
        assert sum(new != old for new, old in pairs) == (1 if file in lagging else 0), file


def test_a_translation_that_named_nothing_gets_a_line(folder: Folder) -> None:
    before = texts_of(folder)
    for file in (f"{STEP}.nl.md", QUIZ):
        kept = [line for line in folder.read(file).splitlines(keepends=True) if "translates:" not in line]
        folder.write(file, "".join(kept))
    assert finish(folder.path, [f"{STEP}.nl.md", QUIZ]) == (f"{STEP}.nl.md", QUIZ)
    assert texts_of(folder) == before


def test_what_still_reads_as_its_source_is_not_finished(folder: Folder) -> None:
    for file in (f"{STEP}.nl.md", QUIZ):
        folder.remove(file)
    begin(folder.path)
    before = texts_of(folder)
    with pytest.raises(Untranslated, match="Who hurries sees less and falls sooner") as refused:
        finish(folder.path, [QUIZ])
    assert "That is so" not in str(refused.value), "three words may be the same in two languages"
    with pytest.raises(Untranslated, match=f"{STEP}.nl.md"):
        finish(folder.path, [f"{STEP}.nl.md"])
    assert texts_of(folder) == before


@pytest.mark.parametrize("file", ["quizzes/turning.yaml", "modules/01-map/09-nothing.nl.md", "", "/etc/passwd"])
def test_what_translates_nothing_cannot_be_finished_and_then_nothing_is(folder: Folder, file: str) -> None:
    folder.change("quizzes/turning.yaml", "I turn around.", "I turn back.")
    before = texts_of(folder)
    with pytest.raises(NoTranslation):
        finish(folder.path, [QUIZ, file])
    assert texts_of(folder) == before


def test_a_translation_that_is_not_there_cannot_be_finished(folder: Folder) -> None:
    folder.remove(QUIZ)
    with pytest.raises(NoTranslation):
        finish(folder.path, [QUIZ])
    assert not (folder.path / QUIZ).exists()


def test_a_source_with_faults_is_mended_before_it_is_translated(folder: Folder) -> None:
    folder.remove(f"{STEP}.nl.md")
    folder.change(f"{STEP}.en.md", "kind: read", "kind: reed")
    for work in (begin, lambda path: finish(path, [QUIZ])):
        with pytest.raises(SourceHasFaults):
            work(folder.path)
    assert not (folder.path / f"{STEP}.nl.md").exists()


# ---- files that are changed and otherwise stay -----------------------------------------------

LINE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=300)


@hypothesis_settings(deadline=None)
@given(text=st.lists(LINE, min_size=1, max_size=3).map("\n".join).map(str.strip).filter(bool))
def test_any_text_reads_again_as_it_was_written(text: str) -> None:
    out = written(CommentedMap(title=new_value(text), inside=new_value({"true": text})))
    faults = Faults()
    document = parse_yaml(out, "a.yaml", 1, faults)
    assert [str(fault) for fault in faults.sorted()] == []
    assert document is not None
    assert document.data == {"title": text, "inside": {"true": text}}
    assert written(parsed(out)) == out


@given(st.integers(1, 40).map(lambda count: " ".join(["woorden"] * count)))
def test_a_long_text_goes_on_in_the_next_line(text: str) -> None:
    assert max(map(len, written(CommentedMap(title=new_value(text))).splitlines())) <= 110


def test_the_keys_of_a_markdown_file_are_divided_from_its_text() -> None:
    text = "---\ntitle: a\n---\n\nText\n---\nmore\n"
    assert divided(text) == ("title: a\n", "\nText\n---\nmore\n")
    assert joined(*divided(text)) == text
    assert joined(*divided("---\ntitle: a\n---")) == "---\ntitle: a\n---\n"
    with pytest.raises(CannotRewrite):
        divided("Text\n")
