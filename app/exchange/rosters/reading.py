"""The door of this room: a file comes in, a roster comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.exchange.rosters.cells import Row
from app.exchange.rosters.columns import MAX_TITLE_ROWS, Column, columns_understood, heading_row
from app.exchange.rosters.csv_files import csv_rows
from app.exchange.rosters.pasted import take_apart
from app.exchange.rosters.refusing import MAX_BYTES, MAX_ROWS, Unreadable, Why
from app.exchange.rosters.workbooks import Workbook

_ARCHIVE = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file: an old .xls, or the shell around an encrypted workbook."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")


@dataclass(frozen=True)
class Roster:
    """A table of people from a file, and how it is understood."""

    sheet: str
    """The name of the sheet; empty for a CSV file."""
    headings: Row | None
    """None where people begin at once."""
    rows: Sequence[Row]
    """What stands below the headings, without blank rows."""
    columns: tuple[Column, ...]


def roster_at(path: Path) -> Roster:
    """Read a file. Raises Unreadable, and OSError when it cannot be opened."""
    with path.open("rb") as file:
        return roster_of(file.read(MAX_BYTES + 1))


def roster_of(content: bytes) -> Roster:
    """Read the bytes of a CSV or XLSX file; its name says nothing. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(Why.TOO_LARGE, limit=MAX_BYTES)
    if not content.strip(b" \t\r\n\0"):
        raise Unreadable(Why.EMPTY)
    if content.startswith(_ARCHIVE):
        return _from_workbook(Workbook(content))
    if content.startswith(_OLD_OFFICE):
        raise Unreadable(Why.ENCRYPTED if _ENCRYPTED in content else Why.OTHER_TABLE)
    if content.startswith(_OTHERS):
        raise Unreadable(Why.NOT_A_TABLE)
    return _understood("", list(csv_rows(content)))


def _from_workbook(workbook: Workbook) -> Roster:
    """Take the first sheet that has addresses, or else the first that has anything. Hidden ones are left alone."""
    fallback = None
    for sheet in workbook.sheets:
        rows = workbook.rows(sheet)
        top = list(islice(rows, MAX_TITLE_ROWS))
        if _has_addresses(top):
            return _understood(sheet.name, [*top, *rows])
        if top and fallback is None:
            fallback = sheet
    if fallback is None:
        raise Unreadable(Why.EMPTY)
    return _understood(fallback.name, list(workbook.rows(fallback)))


def _has_addresses(top: Sequence[Row]) -> bool:
    """Whether people stand here."""
    headings = heading_row(top)
    below = top if headings is None else top[headings + 1 :]
    return any("@" in cell for row in below for cell in row.cells)


def _understood(sheet: str, rows: list[Row]) -> Roster:
    """Split headings from people. Raises Unreadable when one of both is all there is, and for too many people."""
    if not rows:
        raise Unreadable(Why.EMPTY)
    take_apart(rows)
    place = heading_row(rows)
    people = rows if place is None else rows[place + 1 :]
    if not people:
        raise Unreadable(Why.ONLY_HEADINGS)
    if len(people) > MAX_ROWS:
        raise Unreadable(Why.TOO_MANY_ROWS, row=people[MAX_ROWS].number, limit=MAX_ROWS)
    headings = None if place is None else rows[place]
    return Roster(sheet, headings, people, columns_understood(headings, people))
