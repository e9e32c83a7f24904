"""A folder of files becomes a Course in each language; whatever lies in the folder, loading it only ever reports."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.course.content import STEP_KINDS, Course
from app.course.files.documents import parse_yaml
from app.course.files.faults import Faults
from app.course.files.loader import load
from app.course.parts import Completes, Inline, QuestionBase, Rich, StepBase
from app.course.questions.short_text import ShortText
from app.course.quiz import QUESTION_KINDS
from app.course.steps.quiz_step import QuizStep
from app.course.steps.reflect import ReflectStep
from tests.course_folder import SMALL, Folder

STEP = "modules/01-map/01-signs.en.md"
COURSE = "modules/course.yaml"
QUIZ = "quizzes/map-signs.yaml"


@pytest.fixture(scope="module")
def courses() -> dict[str, Course]:
    """Load the small course once."""
    return dict(load(SMALL).courses)


# ---- what is loaded --------------------------------------------------------------------------


def test_the_small_course_shows_every_kind_of_step_and_question(courses: dict[str, Course]) -> None:
    assert {type(step) for step in courses["en"].steps} == set(STEP_KINDS)
    questions = courses["en"].quizzes["map-signs"].questions
    assert {type(question) for question in questions} == set(QUESTION_KINDS)


def test_the_languages_have_the_same_slugs_and_structure(courses: dict[str, Course]) -> None:
    english, dutch = courses["en"], courses["nl"]
    assert english.languages == dutch.languages == ("en", "nl")
    assert [step.key for step in english.steps] == [step.key for step in dutch.steps]
    assert [step.minutes for step in english.steps] == [step.minutes for step in dutch.steps]
    for one, other in zip(english.quizzes.values(), dutch.quizzes.values(), strict=True):
        assert one.points_needed == other.points_needed
        assert [q.best() for q in one.questions if not isinstance(q, ShortText)] == [
            q.best() for q in other.questions if not isinstance(q, ShortText)
        ]


def test_a_translation_gives_the_texts_and_nothing_else(courses: dict[str, Course]) -> None:
    step = courses["nl"].step_by_key["01-map/your-walk"]
    assert isinstance(step, ReflectStep)
    assert step.title == "Je eigen wandeling"
    assert step.prompt.html == "Welke wandeling ken je uit je hoofd, en wat zou een kaart ervan <em>weglaten</em>?"
    assert step.language == "nl"
    assert courses["nl"].step_by_key["01-map/signs"].changes[0].what == "Een komma kwam terug."
    assert [term.term for term in courses["nl"].glossary] == ["schaal", "hoogtelijn"]


def test_a_step_knows_its_revision_in_its_own_and_in_the_source_language(courses: dict[str, Course]) -> None:
    english, dutch = (courses[code].step_by_key["01-map/signs"] for code in ("en", "nl"))
    assert english.revision == english.source_revision == dutch.source_revision != dutch.revision


def test_a_quiz_that_changes_in_one_word_is_another_wording_but_asks_no_new_title(folder: Folder) -> None:
    before = folder.course().quizzes["map-signs"]
    folder.change(QUIZ, "Two centimetres are one kilometre, so four are two.", "So four of them are two.")
    folder.bring_up_to_date()
    after = folder.course().quizzes["map-signs"]
    assert after.revision != before.revision
    assert after.source_revision == before.source_revision
    assert [q.revision for q in after.questions][1:] == [q.revision for q in before.questions][1:]


def test_a_step_lists_the_terms_that_it_and_their_explanations_use(courses: dict[str, Course]) -> None:
    course = courses["en"]
    assert [t.slug for t in course.terms_of(course.step_by_key["01-map/signs"])] == ["scale", "contour"]
    assert [t.slug for t in course.terms_of(course.step_by_key["01-map/check"])] == ["scale", "contour"]
    assert course.terms_of(course.step_by_key["02-walk/before"]) == ()


def test_every_text_that_looks_like_something_else_stays_a_text(folder: Folder) -> None:
    folder.change(STEP, "title: Signs and lines", "title: no")
    folder.change(STEP, "lead: A map leaves out almost everything.", "lead: 12:30")
    folder.change(STEP, "source: Handbook, chapter 1", "source: 1_000")
    folder.change(STEP, "what: A comma came back.", "what: 2026-09-01")
    folder.bring_up_to_date()
    step = folder.course().step_by_key["01-map/signs"]
    assert (step.title, step.lead, step.source) == ("no", "12:30", "1_000")
    assert step.changes[0].what == "2026-09-01"


def test_loading_twice_gives_the_same_revisions() -> None:
    first, second = load(SMALL), load(SMALL)
    assert first.revisions == second.revisions
    assert first.courses == second.courses


def test_line_ends_of_windows_and_a_byte_order_mark_change_no_revision(folder: Folder) -> None:
    for path in folder.path.rglob("*.*"):
        if path.suffix in (".md", ".yaml"):
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert folder.faults() == []


def test_a_question_survives_being_kept_and_read_back(courses: dict[str, Course]) -> None:
    for course in courses.values():
        for question in course.quizzes["map-signs"].questions:
            assert type(question).model_validate_json(question.model_dump_json()) == question


def test_another_course_runs_in_one_language_from_right_to_left(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "arabic")
    for path in list(folder.path.rglob("*.nl.*")):
        path.unlink()
    for path in list(folder.path.rglob("*.en.md")):
        path.rename(path.with_name(path.name.replace(".en.md", ".ar.md")))
    folder.change(COURSE, "languages: [en, nl]", "languages: [ar]")
    course = folder.course("ar")
    assert (course.language, course.direction, course.languages) == ("ar", "rtl", ("ar",))
    folder.change(COURSE, "languages: [ar]", "languages: [{code: ar, direction: ltr}]")
    assert folder.course("ar").direction == "ltr"


# ---- kinds of somebody else's ----------------------------------------------------------------


class Guess(QuestionBase):
    """A number to guess."""

    kind: ClassVar[str] = "guess"
    number: int
    hint: Inline

    @property
    def max_points(self) -> int:
        return 1

    def points_for(self, given: tuple[str, ...]) -> int:
        return int(given == self.best())

    def best(self) -> tuple[str, ...]:
        return (str(self.number),)

    def faults(self) -> Iterator[str]:
        if self.number < 0:
            yield f"the number {self.number}; one above zero hoped for"


class Pause(StepBase):
    """A moment to breathe."""

    kind: ClassVar[str] = "pause"
    completes: ClassVar[Completes] = Completes.SAID
    sounds: tuple[Inline, ...]

    def faults(self) -> Iterator[str]:
        return iter(())


def test_kinds_that_the_program_does_not_know_load_and_translate_like_its_own(folder: Folder) -> None:
    folder.write(
        "modules/02-walk/05-pause.en.md",
        "---\nkind: pause\ntitle: Pause\nminutes: 1\nsource: None\nsounds: [a *bird*, water]\n---\n",
    )
    folder.write(
        "modules/02-walk/05-pause.nl.md",
        "---\ntranslates: x\ntitle: Pauze\nsource: Geen\nsounds: [een *vogel*, water]\n---\n",
    )
    folder.change("modules/02-walk/module.yaml", "minutes: 18", "minutes: 19")
    guess = (
        "  - {slug: guess, kind: guess, text: Guess, source: None, outcome: turn, number: -3, hint: It is a low one.}\n"
    )
    folder.write("quizzes/turning.yaml", folder.read("quizzes/turning.yaml") + guess)
    guess = "  guess: {translates: x, text: Raad, source: Geen, hint: Het is een laag getal.}\n"
    folder.write("quizzes/turning.nl.yaml", folder.read("quizzes/turning.nl.yaml") + guess)
    kinds = {"step_kinds": (*STEP_KINDS, Pause), "question_kinds": (*QUESTION_KINDS, Guess)}
    faults = load(folder.path, **kinds).faults  # type: ignore[arg-type]
    assert "quizzes/turning.yaml:32: found the number -3, hoped for one above zero" in map(str, faults)
    folder.change("quizzes/turning.yaml", "number: -3", "number: 3")
    for fault in load(folder.path, **kinds).faults:  # type: ignore[arg-type]
        folder.change(fault.file, "translates: x", fault.hoped.split("`")[1])
    loaded = load(folder.path, **kinds)  # type: ignore[arg-type]
    assert loaded.faults == ()
    pause = loaded.courses["nl"].step_by_key["02-walk/pause"]
    assert isinstance(pause, Pause)
    assert [sound.html for sound in pause.sounds] == ["een <em>vogel</em>", "water"]
    step = loaded.courses["nl"].step_by_key["02-walk/turn-around"]
    assert isinstance(step, QuizStep)
    assert step.quiz.questions[-1].model_dump()["number"] == 3


# ---- what no file may do ---------------------------------------------------------------------


def test_a_file_that_is_no_text_is_a_fault_on_its_line(folder: Folder) -> None:
    (folder.path / STEP).write_bytes(folder.read(STEP).encode().replace(b"leaves out almost", b"leaves \xff out"))
    assert folder.faults() == [f"{STEP}:4: found a byte that is no UTF-8 (0xff), hoped for a text saved as UTF-8"]
    folder.write(STEP, "---\ntitle: a\x07b\n---\n")
    assert folder.faults() == [f"{STEP}:2: found a character that no text holds (#x0007), hoped for plain text"]


def test_a_file_of_fifty_megabytes_is_a_fault_and_is_not_read(folder: Folder) -> None:
    with (folder.path / STEP).open("wb") as file:
        file.truncate(50_000_000)
    assert folder.faults() == [f"{STEP}:1: found 50,000,000 bytes, hoped for at most 1,000,000"]


def test_a_picture_that_is_too_heavy_for_a_phone_is_a_fault(folder: Folder) -> None:
    with (folder.path / "modules/01-map/img/steps.svg").open("ab") as file:
        file.truncate(3_000_000)
    assert "modules/01-map/img/steps.svg:1: found 3,000,000 bytes, hoped for at most 1,000,000" in folder.faults()


def test_a_link_out_of_the_folder_is_a_fault_and_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("---\ntitle: secret\n---\n")
    folder.remove(STEP)
    (folder.path / STEP).symlink_to(secret)
    assert folder.faults() == [
        f"{STEP}:1: found a link to a file outside the course's folder, hoped for the file itself"
    ]


def test_a_link_to_itself_a_pipe_and_a_folder_in_place_of_a_file_are_faults(folder: Folder) -> None:
    for file in (STEP, QUIZ, "modules/02-walk/module.yaml"):
        folder.remove(file)
    (folder.path / STEP).symlink_to(folder.path / STEP)
    os.mkfifo(folder.path / QUIZ)
    (folder.path / "modules/02-walk/module.yaml").mkdir()
    files = {fault.split(":")[0] for fault in folder.faults()}
    assert files == {STEP, QUIZ, "modules/02-walk/module.yaml"}


def test_a_file_whose_name_is_no_text_is_a_fault_that_can_be_printed(folder: Folder) -> None:
    name = os.fsencode(folder.path) + b"/modules/01-map/\xff\xfe.md"
    Path(os.fsdecode(name)).write_text("x")
    (fault,) = folder.faults()
    assert "a file that nothing reads" in fault.encode().decode()


def test_a_folder_that_is_empty_or_missing_is_a_fault(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        assert [str(fault) for fault in load(path).faults] == [f"{COURSE}:1: found no file, hoped for course.yaml"]


BOMB = "a: &a [x, x, x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "1: found an anchor or alias (a), hoped for the text itself, written out"),
        ("[" * 100_000, "1: found lists inside lists without end, hoped for a few levels at most"),
        ("- " * 20_000, "1: found lists inside lists without end, hoped for a few levels at most"),
        ("title: !!python/object:os.system x", "1: found a tag (tag:yaml.org,2002:python/object:os.system), "),
        ("%YAML 1.1\n---\na: no", "2: found a directive (%), hoped for keys and texts only"),
        ("a: b\n---\nc: d", "2: found a second document, hoped for one only: no line `---`"),
        ("- a\n- b", "1: found no keys, hoped for lines such as `title: ...`"),
        ("# nothing\n", "1: found nothing, hoped for lines such as `title: ...`"),
        ("? [a]\n: b", "1: found a key that is no word, hoped for a word and a colon"),
    ],
)
def test_yaml_that_hides_or_multiplies_what_it_says_is_a_fault(folder: Folder, text: str, said: str) -> None:
    folder.write("modules/glossary.yaml", text)
    assert any(fault.startswith(f"modules/glossary.yaml:{said}") for fault in folder.faults())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b\nc: d: e", "2: found a `: ` with no key before it, hoped for `key: text`, keys below one another, and"),
        ("a:b\nc: d", "2: found a `: ` with no key before it, "),
        ("a:\n\tb: c", "2: found a tab, hoped for spaces"),
        ("a: b\nc: @d", "2: found a text that begins with @, hoped for quotation marks around the whole text"),
        ("a: }", "1: found a text that begins with }, "),
        ("a: [b] c", "1: found words behind what ends before them, hoped for quotation marks around the whole text: "),
        ("a: 'it's'", "1: found words behind what ends before them, "),
        ("a:\n  b: c\n d: e", "3: found a line that begins too far in, or not far enough, hoped for keys, or hy"),
        ("a: - b", "1: found `- ` behind a key, hoped for each `- ` of a list on a line of its own, or "),
        ("a: [b\nc: d\n", "1: found a list without its ], hoped for ] at its end"),
        ('a: "b\nc: d\n', "1: found a quotation mark that stays alone, hoped for another one where the text ends"),
        ("a: b\nwords\nc: d", "2: found a line without a key, hoped for `key: text`, or "),
        ("a: | b\n c", "1: found words behind `|` or `>`, hoped for the text on the lines below, further in"),
        ('a: "\\q"', "1: found a backslash between double quotation marks, hoped for single ones: '...'"),
        ("a: ? b", "1: found mapping keys are not allowed here, hoped for YAML"),
    ],
)
def test_a_slip_in_yaml_is_told_in_words_on_the_line_where_it_is(folder: Folder, text: str, said: str) -> None:
    folder.write("modules/glossary.yaml", text)
    assert any(fault.startswith(f"modules/glossary.yaml:{said}") for fault in folder.faults()), folder.faults()


@given(st.text(alphabet="ab:-#[]{}&*!|>'\"%@`,?~\n \t0.\\", max_size=60))
def test_any_text_is_yaml_or_a_fault(text: str) -> None:
    faults = Faults()
    document = parse_yaml(text, "a.yaml", 1, faults)
    assert (document is None) <= (len(faults) > 0)
    lines = text.count("\n") + 1
    assert all(1 <= fault.line <= lines + 1 for fault in faults.sorted())


FILES = sorted(
    path.relative_to(SMALL).as_posix() for path in SMALL.rglob("*") if path.suffix in (".md", ".yaml", ".svg")
)


@pytest.fixture(scope="module")
def worn() -> Iterator[Folder]:
    """Give a copy of the small course that is mended after each try."""
    with tempfile.TemporaryDirectory() as path:
        yield Folder(Path(path) / "course")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.integers(0, 4000), st.integers(0, 40), st.binary(max_size=12))
def test_files_in_which_bytes_were_lost_or_changed_are_faults_or_harmless(
    worn: Folder, file: str, start: int, lost: int, instead: bytes
) -> None:
    whole = (worn.path / file).read_bytes()
    start = start % (len(whole) + 1)
    try:
        (worn.path / file).write_bytes(whole[:start] + instead + whole[start + lost :])
        loaded = load(worn.path)
        assert bool(loaded.courses) != bool(loaded.faults)
        for fault in loaded.faults:
            assert str(fault).encode()
    finally:
        (worn.path / file).write_bytes(whole)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.data())
def test_lines_that_are_lost_or_moved_are_faults_or_harmless(worn: Folder, file: str, data: st.DataObject) -> None:
    whole = worn.read(file)
    lines = whole.split("\n")
    first, second = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    moved = lines.pop(first)
    if data.draw(st.booleans()):
        lines.insert(second, data.draw(st.sampled_from(["", "  ", "- "])) + moved)
    try:
        worn.write(file, "\n".join(lines))
        loaded = load(worn.path)
        assert bool(loaded.courses) != bool(loaded.faults)
    finally:
        worn.write(file, whole)


def test_what_is_read_back_without_a_renderer_keeps_its_html() -> None:
    assert Rich("a < b", "a &lt; b").__html__() == "a &lt; b"
