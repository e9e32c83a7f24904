"""Lines of CSV that each stand in one cell: pasted into a sheet, or quoted whole by a program that meant well."""

from __future__ import annotations

import csv

from app.exchange.rosters.cells import Row, filled, tidied
from app.exchange.rosters.columns import MAX_TITLE_ROWS, known_headings
from app.exchange.rosters.csv_files import SEPARATORS
from app.exchange.rosters.refusing import Budget, Unreadable, Why


def take_apart(rows: list[Row]) -> None:
    """Split rows of one cell into their columns, where a row of headings comes out that we know."""
    if any(len(row.cells) > 1 for row in rows):
        return
    separator = next((sign for sign in SEPARATORS if _shows_headings(rows[:MAX_TITLE_ROWS], sign)), None)
    if separator is None:
        return
    budget = Budget()
    for place, row in enumerate(rows):
        rows[place] = split = _split(row, separator)
        budget.pay_for(split.cells, row=row.number)


def _shows_headings(rows: list[Row], separator: str) -> bool:
    return any(known_headings(_split(row, separator)) > 1 for row in rows)


def _split(row: Row, separator: str) -> Row:
    try:
        cells = next(csv.reader([row.cells[0]], delimiter=separator))
    except csv.Error as error:
        raise Unreadable(Why.TOO_LARGE, row=row.number) from error
    return Row(row.number, tuple(filled(map(tidied, cells))))
