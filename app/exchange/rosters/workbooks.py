"""XLSX: its sheets, and the rows of one. Only cells that exist cost anything, however large a sheet says it is."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from app.exchange.rosters.archives import Archive
from app.exchange.rosters.cells import Row
from app.exchange.rosters.refusing import Budget, Unreadable, Why
from app.exchange.rosters.xml_parts import SharedTextReader, SheetReader, sheet_lister

OTHER_TABLES = ("content.xml", "Index/Document.iwa", "Index.zip")
"""What .ods and .numbers hold."""


class Sheet(NamedTuple):
    """A sheet that is not hidden: its name, and where it stands in the archive."""

    name: str
    part: str


class Workbook:
    """An XLSX file. Its sheets are read when they are asked for, out of one budget."""

    def __init__(self, content: bytes) -> None:
        """Raises Unreadable."""
        self._archive = Archive(content)
        self._budget = Budget()
        self._shared: list[str] | None = None
        main = _main_part(self._archive)
        self._links = self._archive.links(main)
        listed = sheet_lister()
        self._archive.read_whole(main, listed)
        self.sheets = tuple(filter(None, map(self._sheet, listed.found)))

    def _sheet(self, attributes: dict[str, str]) -> Sheet | None:
        """Find a sheet that the workbook lists, unless it is hidden or a chart."""
        key = next((value for name, value in attributes.items() if name.endswith("/relationships id")), "")
        link = self._links.get(key)
        if link is None or link.kind != "worksheet" or attributes.get("state", "visible") != "visible":
            return None
        return Sheet(attributes.get("name", ""), link.target)

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """Yield the rows that hold something, while the sheet is being read. Raises Unreadable."""
        if self._shared is None:
            self._shared = self._shared_texts()
        reader = SheetReader(self._shared, self._budget)
        for _chunk in self._archive.read(sheet.part, reader):
            yield from reader.ready
            reader.ready.clear()

    def _shared_texts(self) -> list[str]:
        reader = SharedTextReader()
        for link in self._links.values():
            if link.kind == "sharedStrings" and self._archive.has(link.target):
                self._archive.read_whole(link.target, reader)
                break
        return reader.texts


def _main_part(archive: Archive) -> str:
    """Find the part that lists the sheets. Raises Unreadable when this archive is no XLSX."""
    for link in archive.links("").values():
        if link.kind == "officeDocument" and archive.has(link.target):
            name = posixpath.basename(link.target).lower()
            if name.startswith("workbook"):
                if name.endswith(".bin"):
                    raise Unreadable(Why.OTHER_TABLE)  # .xlsb
                return link.target
            raise Unreadable(Why.NOT_A_TABLE)  # a letter, or slides
    raise Unreadable(Why.OTHER_TABLE if any(map(archive.has, OTHER_TABLES)) else Why.NOT_A_TABLE)
