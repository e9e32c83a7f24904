"""docs/authors.md, followed to the letter in a copy of our course: what it says happens."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from app import create_app
from app.course.files.loader import Loaded, load
from app.course.files.shelf import Shelf
from config import Settings
from tests.course_folder import Folder

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "authors.md").read_text("utf-8")
QUIZ = "quizzes/een-kamer-zoeken.yaml"
BEFORE_FRENCH = "## 11."

BLOCK = r"\n\n```\w+\n(?P<{}>.*?)^```$"
DEED = re.compile(
    "|".join(
        [
            r"^`(?P<file>[^`\n]+)`:" + BLOCK.format("whole"),
            r"^Below the last line of `(?P<longer>[^`\n]+)`:" + BLOCK.format("added"),
            r"^Below the line `(?P<line>[^`\n]+)` in `(?P<wider>[^`\n]+)`:" + BLOCK.format("inserted"),
            r"^The end of `(?P<ended>[^`\n]+)` becomes:" + BLOCK.format("end"),
            r"^In `(?P<changed>[^`\n]+)`, the line `(?P<old>[^`\n]+)`\s+becomes `(?P<new>[^`\n]+)`",
            r"^```sh\n(?P<commands>.*?)^```$",
            r"^```text\n(?P<said>.*?)^```$",
        ]
    ),
    re.MULTILINE | re.DOTALL,
)
"""What the page lets its reader do, by the words above a block; any other block is only there to be read."""
ELSEWHERE = ("git clone", "cd ", "OPSTAP_DEVELOP=1 make run")
"""Commands that the reader alone can follow."""


class Author:
    """Follows the page, and keeps what did not happen as it says."""

    def __init__(self, folder: Folder, instance: Path) -> None:
        self.folder, self._instance = folder, instance
        self.deeds, self.output = 0, ""
        self.surprises: list[str] = []

    def follow(self, page: str) -> None:
        """Do everything that a part of the page says, in its order."""
        for deed in DEED.finditer(page):
            self._do(deed.groupdict())
            self.deeds += 1

    def _do(self, deed: dict[str, str]) -> None:
        folder = self.folder
        if file := deed["file"]:
            folder.write(file, deed["whole"])
        elif file := deed["longer"]:
            folder.write(file, folder.read(file) + deed["added"])
        elif file := deed["wider"]:
            folder.change(file, f"\n{deed['line']}\n", f"\n{deed['line']}\n{deed['inserted']}")
        elif file := deed["ended"]:
            first = deed["end"].partition("\n")[0] + "\n"
            kept, found, _ = folder.read(file).partition(first)
            assert found, f"{first!r} does not stand in {file}"
            folder.write(file, kept + deed["end"])
        elif file := deed["changed"]:
            folder.change(file, f"{deed['old']}\n", f"{deed['new']}\n")
        elif deed["commands"]:
            self.output = "".join(self._run(command) for command in deed["commands"].splitlines())
        elif not says(self.output, deed["said"]):
            self.surprises.append(f"hoped for:\n{deed['said']}\nfound:\n{self.output}")

    def _run(self, command: str) -> str:
        """Run one line as a shell does, and return what it prints."""
        if command.startswith(ELSEWHERE):
            return ""
        program, *words = shlex.split(command)
        names = [name for word in words for name in self._expanded(word)]
        if program == "rm":
            for name in names:
                self.folder.remove(name)
        elif program == "mv":
            self.folder.rename(names[0], names[1])
        else:
            assert (program, names[:3]) == (".venv/bin/flask", ["--app", "run", "course"]), command
            return self.flask(*names[2:])
        return ""

    def flask(self, *words: str) -> str:
        """Run a command of the program on the files as they are now."""
        settings = Settings(
            secret_key="",
            database_url=f"sqlite:///{self._instance}/none.db",
            course=self.folder.path,
            instance=self._instance,
        )
        return create_app(settings, Shelf(self.folder.path)).test_cli_runner().invoke(args=words).output

    def _expanded(self, word: str) -> list[str]:
        found = self.folder.path.glob(word) if "*" in word else ()
        return sorted(path.relative_to(self.folder.path).as_posix() for path in found) or [word]


def says(output: str, hoped: str) -> bool:
    """Whether an output has these lines, in this order; `...` stands for any lines between them, or none.

    A line of the page may be the beginning of a longer one.
    """
    lines = [".*" if line == "..." else rf"^{re.escape(line)}[^\n]*\n" for line in hoped.splitlines()]
    return re.match("".join(lines), output, re.MULTILINE | re.DOTALL) is not None


def author_in(path: Path) -> Author:
    """Return an author with a copy of our course, who read nothing of the page yet."""
    for name in ("modules", "quizzes"):
        shutil.copytree(ROOT / name, path / "course" / name)
    return Author(Folder(path / "course", None), path)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Author:
    """Follow the page up to the end of its own chapter."""
    author = author_in(tmp_path_factory.mktemp("author"))
    author.follow(PAGE.partition(BEFORE_FRENCH)[0])
    return author


@pytest.fixture(scope="module")
def loaded(walked: Author) -> Loaded:
    """Load the course that the page leads to."""
    return load(walked.folder.path)


def test_what_the_page_says_is_what_an_author_sees(walked: Author) -> None:
    assert walked.surprises == []
    assert walked.deeds > 40


def test_the_page_leads_to_a_chapter_without_faults_in_both_languages(loaded: Loaded) -> None:
    assert [str(fault) for fault in loaded.faults] == []
    for language, title in (("nl", "Een kamer zoeken"), ("en", "Looking for a room")):
        course = loaded.courses[language]
        module = course.modules[-1]
        assert module.title == title
        assert [step.kind for step in module.steps] == ["read", "reflect", "quiz"]
        assert [step.slug for step in module.steps if step.care] == ["een-eigen-plek"]
        assert len(course.quizzes["een-kamer-zoeken"].questions) == 2
        assert course.page_by_slug["huisregels"].blanks == ("huismeester",)


def test_what_the_page_publishes_keeps_its_former_name_and_its_change(loaded: Loaded) -> None:
    module = loaded.courses["nl"].modules[-1]
    read, reflect, _ = module.steps
    assert [change.kind for change in read.changes] == ["substance"]
    assert len(read.published) == 2
    assert reflect.former == (f"{module.slug}/je-eerste-kamer",)


def test_a_rule_can_be_silenced_as_the_page_says(tmp_path: Path) -> None:
    author = author_in(tmp_path)
    author.follow(PAGE.partition("In `quizzes/een-kamer-zoeken.yaml`")[0])
    assert "rule negative-stem" in author.output
    [block] = re.findall(r"```yaml\n(    allow:\n.*?)```", PAGE, re.DOTALL)
    text = author.folder.read(QUIZ)
    at = text.rindex("    outcome: samen-zoeken\n") + len("    outcome: samen-zoeken\n")
    author.folder.write(QUIZ, text[:at] + block + text[at:])
    assert "negative-stem" not in author.flask("course", "check")


def test_a_language_is_added_as_the_page_says(walked: Author, tmp_path: Path) -> None:
    shutil.copytree(walked.folder.path, tmp_path / "course")
    author = Author(Folder(tmp_path / "course", None), tmp_path)
    author.follow(PAGE[PAGE.index(BEFORE_FRENCH) :])
    assert author.surprises == []
    found = load(author.folder.path)
    assert set(found.drafts) == {"nl", "en", "fr"}
    assert found.faults
    assert all(".fr." in fault.file for fault in found.faults)


def test_what_the_page_calls_strange_is_what_the_check_says() -> None:
    """Of each row that part counts which stands there for every file."""
    code = "".join(path.read_text("utf-8") for path in sorted((ROOT / "app/course/files").glob("*.py")))
    table = PAGE[PAGE.index("| it found |") :].partition("\n\n")[0]
    rows = re.findall(r"^\| (.*?) \|", table, re.MULTILINE)[1:]
    said = [max(re.split(r" '\w+'|@|, |hoped for ", row), key=len) for row in rows if not row.startswith("-")]
    assert len(said) > 6
    assert [words for words in said if words not in code] == []


def test_an_output_that_is_another_is_noticed() -> None:
    assert says("one\ntwo\nthree 3\nfour\n", "one\n...\nthree\nfour\n")
    assert says("one\ntwo\n", "one\n...\n")
    assert not says("one\ntwo\nthree\n", "one\nthree\n")
    assert not says("one\ntwo\n", "two\n")
