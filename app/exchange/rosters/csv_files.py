"""CSV as spreadsheet programs save it: in which encoding, with which separator, and its rows."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterable, Iterator
from functools import partial
from io import BytesIO, TextIOWrapper
from itertools import islice

from app.exchange.formulas import unguarded, value_of
from app.exchange.rosters.cells import Row, filled, tidied
from app.exchange.rosters.refusing import LAST_ROW, MAX_COLUMNS, Budget, Unreadable, Why

SEPARATORS = (";", ",", "\t", "|")
"""Dutch Excel saves with semicolons: at an equal count they win."""
SAMPLE = 30
"""Rows by which a separator is chosen."""
MAX_SEPARATORS = 20_000
"""In one row, before the row is taken apart: a million empty cells are a list of a million."""
MAX_LINE = 1_000_000
"""Signs."""
MAX_LINES = 200
"""In one row: line breaks within its cells. More of them are a quotation mark that is never closed."""

_SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|table|\?xml)", re.IGNORECASE)
_CONTROLS = bytes({*range(9), *range(14, 27), *range(28, 32)})
"""Bytes that no text holds."""


def csv_rows(content: bytes) -> Iterator[Row]:
    """Yield the rows that hold something. A `sep=` line is no row, as in Excel. Raises Unreadable."""
    encoding = _encoding_of(content)
    said, separator = _separator_said(content, encoding)
    if separator is None:
        separator = _likeliest_separator(content, encoding)
    budget = Budget()
    for number, raw in enumerate(_records(content, encoding, separator, skip=said), start=1):
        if cells := filled(map(_value, raw)):
            yield Row(number, budget.pay_for(cells, row=number))


def _value(cell: str) -> str:
    return tidied(value_of(cell.strip()) if cell.lstrip().startswith("=") else unguarded(cell))


# ---- the encoding ------------------------------------------------------------------------------


def _encoding_of(content: bytes) -> str:
    """Tell the encoding of a text. Raises Unreadable for what is no text, or for one in no known encoding."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _proven(content, "utf-16")
    if content.startswith(BOM_UTF8):
        return _proven(content, "utf-8-sig")
    beginning = content[:4096]
    if b"\0" in beginning:
        return _proven(content, _wide_encoding(beginning))
    if beginning.translate(None, _CONTROLS) != beginning:
        raise Unreadable(Why.NOT_A_TABLE)
    return "utf-8" if _decodes(content, "utf-8") else _proven(content, _old_encoding(content))


def _wide_encoding(beginning: bytes) -> str:
    """Tell which half of each sign is empty in UTF-16 without a mark. Raises Unreadable where it is neither."""
    half = len(beginning) // 2
    if beginning[1::2].count(0) > half * 0.6 and beginning[::2].count(0) == 0:
        return "utf-16-le"
    if beginning[::2].count(0) > half * 0.6 and beginning[1::2].count(0) == 0:
        return "utf-16-be"
    raise Unreadable(Why.NOT_A_TABLE)


def _old_encoding(content: bytes) -> str:
    """Tell Excel for Windows (cp1252) from Excel for Mac, which ends lines by CR and has its letters below 0xA0."""
    if b"\n" in content or b"\r" not in content:
        return "cp1252"
    low = sum(map(content.count, map(bytes, zip(range(0x80, 0xA0)))))
    high = sum(map(content.count, map(bytes, zip(range(0xC0, 0x100)))))
    return "mac_roman" if low > high else "cp1252"


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), 65_536):
            decoder.decode(content[start : start + 65_536])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _proven(content: bytes, encoding: str) -> str:
    if not _decodes(content, encoding):
        raise Unreadable(Why.UNDECODABLE)
    return encoding


# ---- rows --------------------------------------------------------------------------------------


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    """Yield the lines, whatever ends them, decoded piece by piece. One that is too long comes in pieces."""
    text = TextIOWrapper(BytesIO(content), encoding=encoding, newline=None)
    return iter(partial(text.readline, MAX_LINE), "")


def _separator_said(content: bytes, encoding: str) -> tuple[bool, str | None]:
    """Tell whether the first line says `sep=;`, and what it says. Raises Unreadable for a web page."""
    first = next(_lines(content, encoding), "")
    if _WEB_PAGE.match(first[:1000]):
        raise Unreadable(Why.OTHER_TABLE)  # saved as .xls by a program that hoped for the best
    said = _SEP_LINE.fullmatch(first.rstrip("\n"))
    if said is None or said[1] == '"':
        return False, None
    return True, said[1]


def _likeliest_separator(content: bytes, encoding: str) -> str:
    """Choose the separator by which the first rows have the most columns in common."""
    return max(SEPARATORS, key=lambda separator: _columns_in_common(content, encoding, separator))


def _columns_in_common(content: bytes, encoding: str, separator: str) -> int:
    """Count the rows of a sample that have as many columns as most have, times the columns beyond the first."""
    try:
        widths = [len(raw) for raw in islice(_records(content, encoding, separator, skip=False), SAMPLE) if any(raw)]
    except Unreadable as error:
        return MAX_SEPARATORS * SAMPLE if error.why is Why.TOO_MANY_COLUMNS else 0
    return max((widths.count(width) * (width - 1) for width in set(widths)), default=0)


def _records(content: bytes, encoding: str, separator: str, *, skip: bool) -> Iterator[list[str]]:
    """Yield every row as csv reads it, empty ones too. Raises Unreadable."""
    lines = _CountedLines(islice(_lines(content, encoding), int(skip), None), separator)
    number = 0
    try:
        for number, raw in enumerate(csv.reader(lines, delimiter=separator), start=1):
            if lines.ended:  # it asked for one more line while it was within a cell
                raise Unreadable(Why.OPEN_QUOTE, row=number)
            lines.begin_row()
            yield raw
    except csv.Error as error:  # a cell of more than 131,072 signs
        raise Unreadable(Why.TOO_LARGE, row=number + 1) from error


class _CountedLines:
    """Lines for `csv.reader`, which would go on within a row without end."""

    def __init__(self, lines: Iterable[str], separator: str) -> None:
        self._lines = iter(lines)
        self._separator = separator
        self._row = 1
        self._lines_taken = 0
        self._separators = 0
        self.ended = False

    def begin_row(self) -> None:
        """Count anew. Raises Unreadable."""
        self._row += 1
        self._lines_taken = 0
        self._separators = 0
        if self._row > LAST_ROW:
            raise Unreadable(Why.TOO_MANY_ROWS, row=self._row, limit=LAST_ROW)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self._lines_taken += 1
        self._separators += line.count(self._separator)
        if self._lines_taken > MAX_LINES:
            raise Unreadable(Why.OPEN_QUOTE, row=self._row)
        if self._separators > MAX_SEPARATORS:
            raise Unreadable(Why.TOO_MANY_COLUMNS, row=self._row, limit=MAX_COLUMNS)
        if len(line) >= MAX_LINE:
            raise Unreadable(Why.TOO_LARGE, row=self._row)
        return line
