"""Text files and YAML, read so that nothing in them can raise, and so that each value knows its line.

Every plain value stays the text that it is: whether `12` or `no` means a number or a word is
decided by the field that takes it, not by how it looks.
"""

from __future__ import annotations

import re
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

from app.course.files.faults import Faults
from app.course.files.yaml_faults import in_words, line_of
from app.course.phrases import quoted

try:
    from _ruamel_yaml import CParser
except ImportError:  # a Python that libyaml was not built for: the thorough reader reads everything
    CParser = None

LARGEST_TEXT = 1_000_000
"""Bytes of a text file. The longest chapter that we know has 60,000."""
DEEPEST = 40
"""Levels that lists and keys may lie inside one another; a quiz needs six."""

NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain words that stand for no value."""

ODD = re.compile(
    r"""
      [^\n\x20-\x7e\xa1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]
                                     # above: tabs, ends of lines that one of them does not know, what no text holds
    | ^\?  | [\s\[{,:]\?(?=\s|$)     # a key that is no word
    | [\s"'\[\]{},]:(?=\S)           # a value right behind its colon
    | [ ]$                           # the end of a line that nobody sees
    | [|>][-+0-9]*\#                 # no space before a note
    | ^(?:---|\.\.\.|%)              # where a document begins or ends
    """,
    re.MULTILINE | re.VERBOSE,
)
"""What libyaml (YAML 1.1) may take otherwise than ruamel.yaml (YAML 1.2)."""

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
    document = _read_quickly(text, file, first_line)
    return _read_thoroughly(text, file, first_line, faults) if document is None else document


def _read_quickly(text: str, file: str, first_line: int) -> Document | None:
    """Return what libyaml reads, some twenty times as fast, from a text that is plain and has no faults.

    None for any other text: what is wrong with it, and where, the thorough reader tells.
    """
    if CParser is None or ODD.search(text):
        return None
    faults = Faults()
    try:
        document = _Walk(_events(CParser(text)), file, first_line, faults).document()
    except (_Refused, YAMLError, ValueError, StopIteration):
        return None
    return None if len(faults) else document


def _events(parser: Any) -> Iterator[Event]:
    """Yield the events of libyaml. Raises ValueError for a value of nothing, whose line it tells otherwise."""
    while (event := parser.get_event()) is not None:
        if isinstance(event, ScalarEvent) and not event.value and not event.style:
            raise ValueError("nothing stands here")
        yield event


def _read_thoroughly(text: str, file: str, first_line: int, faults: Faults) -> Document | None:
    """Return what ruamel.yaml reads; None, with a fault on its line, when that is no YAML of ours."""
    try:
        return _Walk(YAML(typ="safe", pure=True).parse(text), file, first_line, faults).document()
    except _Refused as refused:
        faults.add(file, refused.line, refused.found, refused.hoped)
    except ReaderError as error:
        line = first_line + text[: error.position].count("\n")
        faults.add(file, line, f"a character that no text holds (#x{error.character:04x})", "plain text")
    except MarkedYAMLError as error:
        faults.add(file, first_line + min(line_of(error), text.count("\n")), *in_words(error))
    except (YAMLError, ValueError, ArithmeticError, AttributeError, LookupError, TypeError, StopIteration) as error:
        faults.add(file, first_line, f"no YAML ({type(error).__name__})", "YAML")
    return None


class _Refused(Exception):
    """The file goes on in a way that makes the rest of it meaningless."""

    def __init__(self, line: int, found: str, hoped: str) -> None:
        super().__init__(found)
        self.line, self.found, self.hoped = line, found, hoped


class _Walk:
    """Turns the events of a YAML file into dicts, lists and texts, each with the mark of where it stands."""

    def __init__(self, events: Iterator[Event], file: str, first_line: int, faults: Faults) -> None:
        self.events, self.file, self.first_line, self.faults = events, file, first_line, faults

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
                self.faults.add(self.file, line, f"{quoted(key.value)} a second time", f"it once (line {first})")
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


def read_markdown(folder: Path, file: str, faults: Faults) -> TextFile | None:
    """Read a Markdown file with keys above its text; None, with a fault, when it has none."""
    text = read_text(folder, file, faults)
    if text is None:
        return None
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        faults.add(
            file, 1, quoted(lines[0]) if lines[0].strip() else "an empty line", "`---` and keys such as `title: ...`"
        )
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
