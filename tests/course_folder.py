"""A copy of the small course that a test may spoil."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from app.course.content import Course
from app.course.files.loader import load

SMALL = Path(__file__).parent / "courses" / "small"


class Folder:
    """A copy of the small course: `change` it, then look at its `faults`."""

    def __init__(self, path: Path, source: Path | None = SMALL) -> None:
        """Copy a course to `path`; without a source, look at what lies there."""
        self.path = path
        if source:
            shutil.copytree(source, path)

    def read(self, file: str) -> str:
        """Return the text of a file."""
        return (self.path / file).read_text("utf-8")

    def write(self, file: str, text: str) -> None:
        """Write a file, and the folders that it needs."""
        (self.path / file).parent.mkdir(parents=True, exist_ok=True)
        (self.path / file).write_text(text, "utf-8")

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        text = self.read(file)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def remove(self, file: str) -> None:
        """Remove a file."""
        (self.path / file).unlink()

    def rename(self, old: str, new: str, *ends: str) -> None:
        """Give a file or a folder another name; with `ends`, every file whose name goes on so."""
        for end in ends or ("",):
            (self.path / f"{old}{end}").rename(self.path / f"{new}{end}")

    def copy(self, old: str, new: str, *ends: str) -> None:
        """Write a file again under another name; with `ends`, every file whose name goes on so."""
        for end in ends or ("",):
            self.write(f"{new}{end}", self.read(f"{old}{end}"))

    def faults(self) -> list[str]:
        """Return every fault as it is printed."""
        return [str(fault) for fault in load(self.path).faults]

    def course(self, language: str = "en") -> Course:
        """Return the course, which has no faults."""
        loaded = load(self.path)
        assert not loaded.faults, "\n".join(map(str, loaded.faults))
        return loaded.courses[language]

    def bring_up_to_date(self) -> None:
        """Let every translation name the revision that its source has now."""
        lines: dict[str, list[str]] = {}
        for fault in load(self.path).faults:
            if fault.hoped.startswith("`translates: "):
                of_file = lines.setdefault(fault.file, self.read(fault.file).split("\n"))
                indent = of_file[fault.line - 1].partition("translates")[0]
                of_file[fault.line - 1] = f"{indent}{fault.hoped.split('`')[1]}"
        for file, of_file in lines.items():
            self.write(file, "\n".join(of_file))


# ---- a large one -----------------------------------------------------------------------------


def write_large(path: Path, modules: int = 20, quizzes: int = 5, questions: int = 10) -> None:
    """Write a course without faults: in each module as many quizzes as texts to read, with so many questions each.

    It is made of the small course's longest text and of all its kinds of question, in both languages.
    """
    slugs = [f"{number:02d}-part" for number in range(modules)]
    course = (SMALL / "modules/course.yaml").read_text("utf-8")
    _write(path / "modules/course.yaml", course.partition("modules:")[0] + f"modules: [{', '.join(slugs)}]\n")
    for name in ("course.nl.yaml", "glossary.yaml", "glossary.nl.yaml"):
        _write(path / "modules" / name, (SMALL / "modules" / name).read_text("utf-8"))
    for slug in slugs:
        shutil.copytree(SMALL / "modules/01-map/img", path / "modules" / slug / "img")
        _write_large_module(path, slug, quizzes, questions)
    Folder(path, source=None).bring_up_to_date()


def _write_large_module(path: Path, slug: str, quizzes: int, questions: int) -> None:
    def small(name: str) -> str:
        text = (SMALL / "modules/01-map" / name).read_text("utf-8")
        return text.replace("step:your-walk", "step:text-0").replace("step:02-walk/before", "step:00-part/text-0")

    folder = path / "modules" / slug
    _write(folder / "module.yaml", small("module.yaml").replace("minutes: 20", f"minutes: {quizzes * 11}"))
    _write(folder / "module.nl.yaml", small("module.nl.yaml"))
    for number in range(quizzes):
        name = f"{slug}-{number}"
        for language in ("en", "nl"):
            _write(folder / f"{2 * number:02d}-text-{number}.{language}.md", small(f"01-signs.{language}.md"))
            quiz_step = small(f"03-check.{language}.md").replace("quiz: map-signs", f"quiz: {name}")
            _write(folder / f"{2 * number + 1:02d}-quiz-{number}.{language}.md", quiz_step)
        for end in (".yaml", ".nl.yaml"):
            _write(path / "quizzes" / f"{name}{end}", _many_questions(end, questions))


def _many_questions(end: str, count: int) -> str:
    """Return the small course's quiz with `count` questions, each of its own over and over."""
    head, _, below = (SMALL / f"quizzes/map-signs{end}").read_text("utf-8").partition("questions:\n")
    items = re.split(r"(?m)^(?=  - slug: |  [a-z]+:$)", below)[1:]
    named = (re.sub(r"^(  (?:- slug: )?[a-z]+)", rf"\g<1>-{at}", items[at % len(items)]) for at in range(count))
    return f"{head}questions:\n{''.join(named)}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
