"""The archive that a workbook is: its directory is looked at before anything in it is unpacked."""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from struct import error as StructError  # noqa: N812 (it is an error, whatever its name)
from typing import NamedTuple
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from app.exchange.rosters.refusing import MAX_UNPACKED, Unreadable, Why
from app.exchange.rosters.xml_parts import PartReader, link_lister

MAX_PARTS = 2_000
"""Files in an archive; a workbook with twenty sheets has sixty."""
MAX_TOKEN = 300_000
"""Bytes of one tag or comment. expat before 2.6 reads an unfinished one anew with each chunk (CVE-2023-52425)."""
MAX_ELEMENTS = 3_000_000
"""In all that is read of an archive: up to three for a filled cell."""
MAX_NAMES = 2_000
"""Of elements and attributes in one part: expat keeps each. A sheet uses a hundred."""
CHUNK = 65_536

_ENCRYPTED = 0x1
_DIRECTORY_ENTRY = b"PK\x01\x02"


class Link(NamedTuple):
    """Where a part of the archive leads to."""

    kind: str
    """The last word of its type: officeDocument, worksheet, sharedStrings."""
    target: str


class Archive:
    """An archive that tells of no more than we unpack. What it tells of a part is all that is ever read of it."""

    def __init__(self, content: bytes) -> None:
        """Raises Unreadable."""
        if content.count(_DIRECTORY_ENTRY) > MAX_PARTS:  # asked before zipfile makes an object of each
            raise Unreadable(Why.BOMB)
        with _faults_in_our_words():
            self._archive = ZipFile(BytesIO(content))
            parts = self._archive.infolist()
        if any(part.flag_bits & _ENCRYPTED for part in parts):
            raise Unreadable(Why.ENCRYPTED)
        if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
            raise Unreadable(Why.BROKEN)  # bzip2 and LZMA unpack without a bound; no spreadsheet program uses them
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise Unreadable(Why.BOMB, limit=MAX_UNPACKED)
        self._parts = {_folded(part.filename): part for part in parts}
        self._bytes_left = MAX_UNPACKED
        self._elements_left = MAX_ELEMENTS

    def has(self, part: str) -> bool:
        """Tell whether there is a part of that name, in whatever case."""
        return _folded(part) in self._parts

    def read(self, part: str, reader: PartReader) -> Iterator[None]:
        """Have a part read, with a pause after each chunk. Raises Unreadable."""
        if not self.has(part):
            raise Unreadable(Why.BROKEN)
        with _faults_in_our_words():
            yield from self._read(part, reader)

    def _read(self, part: str, reader: PartReader) -> Iterator[None]:
        names: dict[str, str] = {}
        parser = expat.ParserCreate(namespace_separator=" ", intern=names)
        parser.buffer_text = True
        parser.StartNamespaceDeclHandler = lambda prefix, _space: names.setdefault(f"xmlns {prefix}", "xmlns")
        reader.attach(parser)
        taken = elements = 0
        with self._archive.open(self._parts[_folded(part)]) as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
                taken += len(chunk)
                self._bytes_left -= len(chunk)  # a workbook may list one part a thousand times
                self._elements_left -= reader.elements - elements
                elements = reader.elements
                if taken - parser.CurrentByteIndex > MAX_TOKEN or len(names) > MAX_NAMES:
                    raise Unreadable(Why.BOMB)
                if self._bytes_left < 0 or self._elements_left < 0:
                    raise Unreadable(Why.BOMB)
                yield
        parser.Parse(b"", True)
        yield

    def read_whole(self, part: str, reader: PartReader) -> None:
        """Have a part read from beginning to end. Raises Unreadable."""
        for _chunk in self.read(part, reader):
            pass

    def links(self, part: str) -> dict[str, Link]:
        """Tell where a part leads to, by the ids it uses for that. The archive itself is the part "".

        Raises Unreadable.
        """
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(relations):
            return {}
        listed = link_lister()
        self.read_whole(relations, listed)
        return {
            link.get("Id", ""): Link(
                link.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/"),
            )
            for link in listed.found
        }


@contextmanager
def _faults_in_our_words() -> Iterator[None]:
    """Say what the libraries raise about archives and XML in our words."""
    try:
        yield
    except (BadZipFile, zlib.error, expat.ExpatError, StructError, EOFError, OSError) as error:
        raise Unreadable(Why.BROKEN) from error
    except (ValueError, LookupError, RuntimeError) as error:  # odd encodings, places outside the file
        raise Unreadable(Why.BROKEN) from error


def _folded(part: str) -> str:
    """Fold the name of a part: some programs write backslashes, and case does not count."""
    return part.replace("\\", "/").lstrip("/").lower()
