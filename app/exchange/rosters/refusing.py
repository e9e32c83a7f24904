"""Why a file cannot be read, and how much of one is taken in: no file costs more than its limits."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from sys import getsizeof

MAX_BYTES = 16_000_000
"""Of a file as it comes in: 100,000 rows of an export, which has some 120 signs in each."""
MAX_UNPACKED = 100_000_000
"""Bytes of all parts of a workbook together, unpacked."""
MAX_ROWS = 100_000
"""That hold people."""
LAST_ROW = 1_048_576
"""The last one that Excel has."""
MAX_COLUMNS = 500
"""Up to the last filled cell of a row."""
MAX_CELLS = 1_000_000
"""Ten in each row; an export has nine."""
MAX_SHEET_CELLS = 600_000
"""In a workbook, empty ones that have a colour too: each takes ten times as long as one of a CSV file."""
MAX_TEXT = 50_000_000
"""Bytes of memory for the texts of all cells."""
MAX_REPEATED = 10_000
"""Texts that are kept once however often they come: the names of cohorts, roles, days."""
MAX_CELL = 32_767
"""Signs in one cell: what Excel allows."""


class Why(StrEnum):
    """What is wrong with a file as a whole."""

    EMPTY = "empty"
    ONLY_HEADINGS = "only_headings"
    NO_ADDRESSES = "no_addresses"
    """No column holds e-mail addresses, as far as we understand it."""
    TOO_LARGE = "too_large"
    """More bytes, cells or text than we take in."""
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    NOT_A_TABLE = "not_a_table"
    """Something else under the name of a table, such as a picture or a letter."""
    OTHER_TABLE = "other_table"
    """A table of a kind that we do not read, such as .xls, .xlsb, .ods, .numbers, or a web page."""
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    """Half an archive, or XML that is none."""
    BOMB = "bomb"
    """An archive that unpacks to far more than it is."""
    ENTITIES = "entities"
    """XML that defines words of its own. No spreadsheet program writes that; bombs are made so."""
    UNDECODABLE = "undecodable"
    """Text in no encoding that we know."""
    OPEN_QUOTE = "open_quote"
    """A quotation mark in `row` is never closed: what follows would be one cell."""


class Unreadable(Exception):
    """This file cannot be read as a table of people."""

    def __init__(self, why: Why, *, row: int | None = None, limit: int | None = None) -> None:
        """`row` as the spreadsheet shows it; `limit` in the unit of its reason: bytes, rows, columns or signs."""
        super().__init__(why, row, limit)
        self.why = why
        self.row = row
        self.limit = limit


class Budget:
    """What one file may still cost: one for all sheets of a workbook."""

    def __init__(self) -> None:
        self.rows = MAX_ROWS + 1  # and their headings
        self.cells = MAX_CELLS
        self.text = MAX_TEXT
        self.cells_begun = 0
        """Empty ones too, in a workbook."""
        self._repeated: dict[str, str] = {}

    def pay_for(self, cells: Sequence[str], *, row: int) -> tuple[str, ...]:
        """Take in a row that holds something, and return its cells. Raises Unreadable when there is no room left."""
        self.rows -= 1
        self.cells -= len(cells)
        kept = tuple(map(self._kept, cells))
        if self.rows < 0:
            raise Unreadable(Why.TOO_MANY_ROWS, row=row, limit=MAX_ROWS)
        if self.cells < 0:
            raise Unreadable(Why.TOO_LARGE, row=row)
        if self.text < 0:
            raise Unreadable(Why.TOO_LARGE, row=row)
        if len(cells) > MAX_COLUMNS:
            raise Unreadable(Why.TOO_MANY_COLUMNS, row=row, limit=MAX_COLUMNS)
        return kept

    def _kept(self, text: str) -> str:
        """Pay for a text when it comes first, and take that one again whenever it comes."""
        found = self._repeated.get(text)
        if found is not None:
            return found
        self.text -= getsizeof(text)
        if len(self._repeated) < MAX_REPEATED:
            self._repeated[text] = text
        return text
