"""Text files and YAML, read so that nothing in them can raise, and so that each value knows its line.

Every plain value stays the text that it is: whether `12` or `no` means a number or a word is
decided by the field that takes it, not by how it looks.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)
from ruamel.yaml.reader import ReaderError

from app.course.files.faults import Faults, shown

LARGEST_TEXT = 1_000_000
"""Bytes of a text file. The longest chapter that we know has 60,000."""
DEEPEST = 40
"""Levels that lists and keys may lie inside one another; a quiz needs six."""

NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain words that stand for no value."""

Loc = tuple[str | int, ...]
"""Where a value lies in a document: keys and positions, as pydantic names them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The line on which a value's key stands, the line on which its text begins, and what lies in it."""

    file: str
    line: int
    text_line: int
    inside: Mapping[str | int, Mark] = field(default_factory=dict)

    def at(self, loc: Loc) -> Mark:
        """Return the mark of what lies at a place inside, or of the nearest thing around it."""
        found = self
        for part in loc:
            if part not in found.inside:
                break
            found = found.inside[part]
        return found


@dataclass(frozen=True)
class Document:
    """What a file, or a part of it, says and where it says so."""

    data: dict[str, Any]
    mark: Mark

    @property
    def file(self) -> str:
        """The file, relative to the course's folder."""
        return self.mark.file

    def line(self, *loc: str | int) -> int:
        """Return the line of a value, or of the nearest one around it."""
        return self.mark.at(loc).line

    def part(self, *loc: str | int) -> Document | None:
        """Return the keys at a place as a document; None when no keys stand there."""
        data: Any = self.data
        mark = self.mark
        for part in loc:
            if part not in mark.inside:
                return None
            data, mark = data[part], mark.inside[part]
        return Document(data, mark) if isinstance(data, dict) else None


# ---- bytes to text ---------------------------------------------------------------------------


def is_inside(folder: Path, path: Path) -> bool:
    """Whether a path, its links followed, lies in the course's folder."""
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def read_bytes(folder: Path, file: str, largest: int, faults: Faults) -> bytes | None:
    """Read an ordinary file inside the course's folder; None, with a fault, when it is something else."""
    path = folder / file
    try:
        about = path.stat()
        if not is_inside(folder, path):
            faults.add(file, 1, "a link to a file outside the course's folder", "the file itself")
            return None
        if not stat.S_ISREG(about.st_mode):
            faults.add(file, 1, "something that is no file", "a file")
            return None
        if about.st_size > largest:
            faults.add(file, 1, f"{about.st_size:,} bytes", f"at most {largest:,}")
            return None
        return path.read_bytes()
    except FileNotFoundError:
        faults.add(file, 1, "no file", f"{path.name}")
    except (OSError, RuntimeError, ValueError) as error:
        faults.add(file, 1, f"a file that cannot be read ({type(error).__name__})", "a readable file")
    return None


def read_text(folder: Path, file: str, faults: Faults) -> str | None:
    r"""Read a text file in UTF-8, with `\n` at the end of its lines; None, with a fault, when it is none."""
    raw = read_bytes(folder, file, LARGEST_TEXT, faults)
    if raw is None:
        return None
    raw = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        faults.add(file, line, f"a byte that is no UTF-8 (0x{raw[error.start]:02x})", "a text saved as UTF-8")
        return None
    return text


# ---- YAML ------------------------------------------------------------------------------------


def read_yaml(folder: Path, file: str, faults: Faults) -> Document | None:
    """Read a file of keys; None, with a fault, when it cannot be read as one."""
    text = read_text(folder, file, faults)
    return None if text is None else parse_yaml(text, file, 1, faults)


def parse_yaml(text: str, file: str, first_line: int, faults: Faults) -> Document | None:
    """Parse YAML 1.2 that begins on `first_line` of a file; None, with a fault, when it is none.

    The document is a mapping. Anchors, tags and directives are refused: they hide what a file says.
    """
    try:
        return _Walk(text, file, first_line, faults).document()
    except _Refused as refused:
        faults.add(file, refused.line, refused.found, refused.hoped)
    except ReaderError as error:
        line = first_line + text[: error.position].count("\n")
        faults.add(file, line, f"a character that no text holds (#x{error.character:04x})", "plain text")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (min(mark.line, text.count("\n")) if mark else 0)
        faults.add(file, line, _problem(error), "YAML (a text with `: ` or `#` in it stands in quotation marks)")
    except (YAMLError, ValueError, AttributeError, IndexError, KeyError, TypeError, StopIteration) as error:
        faults.add(file, first_line, f"no YAML ({type(error).__name__})", "YAML")
    return None


def _problem(error: MarkedYAMLError) -> str:
    """Return what ruamel says of a file, on one line and without its own `found`."""
    parts = [str(part).strip() for part in (error.problem, error.context) if part]
    return " ".join(", ".join(parts).removeprefix("found ").split())


class _Refused(Exception):
    """The file goes on in a way that makes the rest of it meaningless."""

    def __init__(self, line: int, found: str, hoped: str) -> None:
        super().__init__(found)
        self.line, self.found, self.hoped = line, found, hoped


class _Walk:
    """Turns the events of a YAML file into dicts, lists and texts, each with the mark of where it stands."""

    def __init__(self, text: str, file: str, first_line: int, faults: Faults) -> None:
        self.file, self.first_line, self.faults = file, first_line, faults
        self.events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)

    def document(self) -> Document | None:
        """Return the one document of the file; None, with a fault, when there is none."""
        start = next(event for event in self.events if not isinstance(event, StreamStartEvent))
        if not isinstance(start, DocumentStartEvent):
            raise _Refused(self.first_line, "nothing", "lines such as `title: ...`")
        if start.version or start.tags:
            raise _Refused(self._line(start), "a directive (%)", "keys and texts only")
        first = next(self.events)
        data, mark = self._value(first, first, 0)
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                raise _Refused(self._line(event), "a second document", "one only: no line `---`")
        if isinstance(data, dict):
            return Document(data, mark)
        raise _Refused(mark.line, "no keys", "lines such as `title: ...`")

    def _value(self, event: Event, key: Event, depth: int) -> tuple[Any, Mark]:
        """Return what an event begins; the events that belong to it are taken."""
        line = self._line(key)
        if depth > DEEPEST:
            raise _Refused(line, "lists inside lists without end", "a few levels at most")
        inside: dict[str | int, Mark] = {}
        style = event.style if isinstance(event, ScalarEvent) else None
        mark = Mark(self.file, line, self._line(event) + (style in ("|", ">")), inside)
        plain = self._is_plain(event, line)
        found: Any = None
        if isinstance(event, MappingStartEvent):
            found = self._mapping(inside, depth)
        elif isinstance(event, SequenceStartEvent):
            found = self._sequence(inside, depth)
        elif isinstance(event, ScalarEvent) and (style or event.value not in NOTHING):
            found = event.value.rstrip("\n") if style in ("|", ">") else event.value
        return found if plain else None, mark

    def _sequence(self, inside: dict[str | int, Mark], depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            value, inside[len(found)] = self._value(event, event, depth + 1)
            found.append(value)
        return found

    def _mapping(self, inside: dict[str | int, Mark], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := next(self.events), MappingEndEvent):
            line = self._line(key)
            if not isinstance(key, ScalarEvent):
                raise _Refused(line, "a key that is no word", "a word and a colon")
            value, mark = self._value(next(self.events), key, depth + 1)
            if key.value in found:
                first = inside[key.value].line
                self.faults.add(self.file, line, f"{shown(key.value)} a second time", f"it once (line {first})")
            elif self._is_plain(key, line):
                found[key.value], inside[key.value] = value, mark
        return found

    def _line(self, event: Event) -> int:
        return int(event.start_mark.line) + self.first_line

    def _is_plain(self, event: Event, line: int) -> bool:
        if getattr(event, "anchor", None) is not None:
            found = f"an anchor or alias ({getattr(event, 'anchor', '')})"
            self.faults.add(self.file, line, found, "the text itself, written out")
        elif getattr(event, "tag", None) not in (None, ""):
            found = f"a tag ({getattr(event, 'tag', '')})"
            self.faults.add(self.file, line, found, "the text itself, in quotation marks")
        else:
            return True
        return False


# ---- Markdown with keys above it -------------------------------------------------------------


@dataclass(frozen=True)
class TextFile:
    """A Markdown file: the keys between its two `---` lines, and the text below with its first line."""

    head: Document
    body: str
    body_line: int


def read_step_file(folder: Path, file: str, faults: Faults) -> TextFile | None:
    """Read a Markdown file with keys above its text; None, with a fault, when it has none."""
    text = read_text(folder, file, faults)
    if text is None:
        return None
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        faults.add(file, 1, shown(lines[0]) if lines[0].strip() else "an empty line", "`---` and the step's keys")
        return None
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        faults.add(file, 1, "keys without an end", "a second line `---` below them")
        return None
    head = parse_yaml("\n".join(lines[1:end]), file, 2, faults)
    if head is None:
        return None
    below = lines[end + 1 :]
    empty = next((n for n, line in enumerate(below) if line.strip()), len(below))
    return TextFile(head, "\n".join(below[empty:]).rstrip(), end + 2 + empty)
