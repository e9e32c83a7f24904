"""A copy of the small course that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

from app.course.content import Course
from app.course.files.loader import load

SMALL = Path(__file__).parent / "courses" / "small"
GARDEN = SMALL.with_name("garden")
"""The course in three languages, one of them from right to left, with one of everything that a course may hold."""


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
