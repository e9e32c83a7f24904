"""Tables that leave: CSV as a stream, XLSX as a file. Numbers and dates stay what they are, and no cell runs."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from app.exchange.formulas import guarded, guarded_again

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Cell = str | int | float | date | datetime | None
"""A time is written as its own clock shows it, so it comes in the zone of its reader. Numbers are finite. None is an
empty cell."""

CHUNK = 65_536
"""Signs that a piece of CSV has at least, but for the last."""
MAX_SHEET_ROWS = 1_048_576
COLUMN_WIDTH = 24
"""In digits, as Excel counts."""


class TooManyRows(Exception):
    """A sheet of XLSX has no room for these rows; CSV has."""


def csv_of(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece, while its rows are read. The first row holds the headings.

    It is written for Dutch Excel, which opens it by a double click: UTF-8 with its mark, semicolons, CRLF, and a
    comma within numbers. Dates are written as 2026-11-23, which Excel knows in every language.
    """
    page = StringIO(newline="")
    writer = csv.writer(page, delimiter=";", lineterminator="\r\n")
    yield BOM_UTF8
    for row in rows:
        writer.writerow([_text_of(cell) for cell in row])
        if page.tell() >= CHUNK:
            yield _taken_from(page)
    yield _taken_from(page)


def _taken_from(page: StringIO) -> bytes:
    piece = page.getvalue().encode()
    page.seek(0)
    page.truncate()
    return piece


def _text_of(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return guarded(cell)
        case float():
            return repr(cell).replace(".", ",")
        case datetime():
            return cell.replace(tzinfo=None).isoformat(" ", "seconds")
        case _:
            return str(cell)


def workbook_of(rows: Iterable[Sequence[Cell]], *, sheet: str) -> IO[bytes]:
    """Write an XLSX file of one sheet to a temporary file, which is gone once it is closed; it stands at its start.

    The first row holds the headings: bold, and still there when one scrolls. Rows are not held in memory.
    `sheet` has at most 31 signs, none of them one of []:*?/\\. A text that is longer than Excel allows is cut.
    Raises TooManyRows.
    """
    from xlsxwriter import Workbook  # here: nothing else needs it, and the program starts without it

    file = TemporaryFile()  # noqa: SIM115 (it belongs to who asked for it)
    try:
        settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(file, {**settings, "strings_to_numbers": False}) as book:
            _fill(book, sheet, rows)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _fill(book: Workbook, name: str, rows: Iterable[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 16_383, COLUMN_WIDTH)
    for number, row in enumerate(rows):
        if number == MAX_SHEET_ROWS:
            raise TooManyRows
        for column, cell in enumerate(row):
            match cell:
                case None:
                    continue
                case str():
                    sheet.write_string(number, column, guarded_again(cell), None if number else bold)
                case datetime():
                    sheet.write_datetime(number, column, cell.replace(tzinfo=None), moment)
                case date():
                    sheet.write_datetime(number, column, cell, day)
                case _:
                    sheet.write_number(number, column, cell)
