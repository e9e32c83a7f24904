"""The parts of a workbook: XML that is read as a stream, and of which nothing is kept but what is asked for.

The format is Office Open XML (ECMA-376, part 1, chapter 18).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from sys import getsizeof
from xml.parsers import expat

from app.exchange.formulas import unguarded
from app.exchange.rosters.cells import Row, filled, tidied
from app.exchange.rosters.refusing import MAX_CELL, MAX_COLUMNS, MAX_SHEET_CELLS, MAX_TEXT, Budget, Unreadable, Why

MAX_DEPTH = 40
"""Elements within elements; a cell lies eight deep."""
MAX_LISTED = 2_000
"""Sheets, or links from one part to others."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL_NAME = re.compile(r"([A-Z]{1,3})[0-9]{1,7}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,7}", re.ASCII)
_SPREADSHEET = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # a workbook that was saved as "strict"
)


class PartReader:
    """Hears what stands in a part. No part nests without end, or defines words of its own."""

    def __init__(self) -> None:
        self.on_start: dict[str, Callable[[dict[str, str]], None]] = {}
        """What to do where an element begins, by its name with namespace."""
        self.on_end: dict[str, Callable[[], None]] = {}
        self.elements = 0
        """That have begun so far."""
        self._depth = 0

    def attach(self, parser: expat.XMLParserType) -> None:
        """Have a parser tell this reader what it finds."""
        parser.StartDoctypeDeclHandler = _refuse_words_of_its_own
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def hear(self, name: str, start: Callable[[dict[str, str]], None], end: Callable[[], None]) -> None:
        """Say what to do with an element of a spreadsheet."""
        for space in _SPREADSHEET:
            self.on_start[f"{space} {name}"] = start
            self.on_end[f"{space} {name}"] = end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self.elements += 1
        if self._depth > MAX_DEPTH:
            raise Unreadable(Why.BOMB)
        if deed := self.on_start.get(name):
            deed(attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if deed := self.on_end.get(name):
            deed()


def _refuse_words_of_its_own(*_declaration: object) -> None:
    raise Unreadable(Why.ENTITIES)


class AttributeReader(PartReader):
    """Keeps the attributes of each element of one name."""

    def __init__(self, *names: str) -> None:
        """`names` are given with their namespace."""
        super().__init__()
        self.found: list[dict[str, str]] = []
        for name in names:
            self.on_start[name] = self._keep

    def _keep(self, attributes: dict[str, str]) -> None:
        self.found.append(attributes)
        if len(self.found) > MAX_LISTED:
            raise Unreadable(Why.BOMB)


def sheet_lister() -> AttributeReader:
    """Make a reader for the sheets that a workbook lists."""
    return AttributeReader(*(f"{space} sheet" for space in _SPREADSHEET))


def link_lister() -> AttributeReader:
    """Make a reader for the links from one part to others."""
    return AttributeReader("http://schemas.openxmlformats.org/package/2006/relationships Relationship")


class _TextReader(PartReader):
    """Collects text within `<t>`, but not how a word is to be pronounced (`<rPh>`)."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []
        self._signs = 0
        self._aside = False
        self.hear("t", self._listen, self._silence)
        self.hear("rPh", self._step_aside, self._step_back)

    def attach(self, parser: expat.XMLParserType) -> None:
        """Have a parser tell this reader what it finds, text too where it counts."""
        super().attach(parser)
        self._parser = parser

    def _listen(self, _attributes: dict[str, str]) -> None:
        if not self._aside:
            self._parser.CharacterDataHandler = self._take

    def _silence(self) -> None:
        self._parser.CharacterDataHandler = None

    def _step_aside(self, _attributes: dict[str, str]) -> None:
        self._aside = True

    def _step_back(self) -> None:
        self._aside = False

    def _take(self, text: str) -> None:
        self._signs += len(text)
        if self._signs > MAX_CELL:
            raise Unreadable(Why.TOO_LARGE, limit=MAX_CELL)
        self._texts.append(text)

    def _heard(self) -> str:
        """Give what was collected, and begin anew."""
        text = "".join(self._texts)
        self._texts.clear()
        self._signs = 0
        return _ESCAPED.sub(_unescaped, text) if "_x" in text else text

    def _forget(self) -> None:
        self._texts.clear()
        self._signs = 0


def _unescaped(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return "" if "\ud800" <= sign <= "\udfff" else sign


class SharedTextReader(_TextReader):
    """Keeps the texts that the cells of all sheets point at."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._room = MAX_TEXT
        self.hear("si", self._begin, self._keep)

    def _begin(self, _attributes: dict[str, str]) -> None:
        self._forget()

    def _keep(self) -> None:
        text = tidied(unguarded(self._heard()))
        self.texts.append(text)
        self._room -= getsizeof(text)
        if self._room < 0 or len(self.texts) > MAX_SHEET_CELLS:
            raise Unreadable(Why.TOO_LARGE)


class SheetReader(_TextReader):
    """Gives the rows of a sheet as far as it has been read: what says how large the sheet is goes unheard."""

    def __init__(self, shared: list[str], budget: Budget) -> None:
        super().__init__()
        self.ready: list[Row] = []
        self._shared = shared
        self._budget = budget
        self._number = 0
        self._column = -1
        self._kind = ""
        self._cells: list[str] = []
        self.hear("row", self._begin_row, self._end_row)
        self.hear("c", self._begin_cell, self._end_cell)
        self.hear("v", self._listen, self._silence)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        named = attributes.get("r", "")
        following = self._number + 1
        self._number = max(following, int(named)) if _NUMBER.fullmatch(named) else following  # no number comes twice
        self._column = -1
        self._cells = []

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._budget.cells_begun += 1
        if self._budget.cells_begun > MAX_SHEET_CELLS:
            raise Unreadable(Why.TOO_LARGE, row=self._number)
        named = _CELL_NAME.match(attributes.get("r", ""))
        self._column = _column_of(named[1]) if named else self._column + 1
        self._kind = attributes.get("t", "n")
        self._forget()

    def _end_cell(self) -> None:
        text = self._text_of(self._heard()) if self._texts else ""
        if not text:
            return
        if self._column >= MAX_COLUMNS:
            raise Unreadable(Why.TOO_MANY_COLUMNS, row=self._number, limit=MAX_COLUMNS)
        missing = self._column + 1 - len(self._cells)
        if missing > 0:
            self._cells.extend([""] * missing)
        self._cells[self._column] = text

    def _text_of(self, heard: str) -> str:
        """Read what a cell holds by its kind: a place in the shared texts, an error, or the value itself."""
        if self._kind == "s":
            place = int(heard) if _NUMBER.fullmatch(heard) else -1
            if not 0 <= place < len(self._shared):
                raise Unreadable(Why.BROKEN, row=self._number)
            return self._shared[place]
        return "" if self._kind == "e" else tidied(unguarded(heard))

    def _end_row(self) -> None:
        if cells := filled(self._cells):
            self.ready.append(Row(self._number, self._budget.pay_for(cells, row=self._number)))


@cache
def _column_of(letters: str) -> int:
    """Count columns from 0 on: A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
