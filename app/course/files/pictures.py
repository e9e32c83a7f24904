"""Pictures that lie beside the steps: whether one is there, how large it is, and its address."""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from app.course.files.documents import read_bytes
from app.course.files.faults import Faults

LARGEST_PICTURE = 1_000_000
"""Bytes of a picture: what a phone on a bad line can still be asked for."""
KINDS = {".svg": "an SVG", ".png": "a PNG", ".jpg": "a JPEG", ".jpeg": "a JPEG", ".webp": "a WebP"}
NAME = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")


@dataclass(frozen=True)
class Picture:
    """A picture as a page shows it. Sizes are in pixels, None where the file does not tell."""

    address: str
    width: int | None
    height: int | None


def picture_file(module_slug: str, name: str) -> str | None:
    """Return the file of a picture beside a module's steps; None for a name that no picture may have."""
    if not NAME.fullmatch(name) or Path(name).suffix not in KINDS:
        return None
    return f"modules/{module_slug}/img/{name}"


class Pictures:
    """The pictures of one module, each read once. `faults` holds what is wrong with a file itself."""

    def __init__(self, folder: Path, module_slug: str, faults: Faults) -> None:
        self._folder, self._module_slug, self._faults = folder, module_slug, faults
        self._read: dict[str, Picture | None] = {}

    def find(self, source: str) -> Picture | None:
        """Return the picture that Markdown names `img/...`; None when there is none."""
        if source not in self._read:
            self._read[source] = self._load(source)
        return self._read[source]

    def _load(self, source: str) -> Picture | None:
        start, _, name = source.rpartition("/")
        file = picture_file(self._module_slug, name) if start == "img" else None
        if file is None or not (self._folder / file).exists():
            return None
        raw = read_bytes(self._folder, file, LARGEST_PICTURE, self._faults)
        address = f"/modules/{self._module_slug}/img/{name}"
        if raw is None:
            return Picture(address, None, None)  # it is there; what is wrong with it was reported
        width, height = size_of(raw)
        version = hashlib.sha256(raw).hexdigest()[:8]
        return Picture(f"{address}?v={version}", width, height)


def size_of(raw: bytes) -> tuple[int | None, int | None]:
    """Return the width and height of an SVG, PNG or JPEG in pixels; None where the file does not tell."""
    if raw.startswith(b"\x89PNG\r\n\x1a\n") and len(raw) >= 24:
        width, height = struct.unpack(">II", raw[16:24])
        return width, height
    if raw.startswith(b"\xff\xd8"):
        return _size_of_jpeg(raw)
    return _size_of_svg(raw)


def _size_of_jpeg(raw: bytes) -> tuple[int | None, int | None]:
    """Walk from segment to segment to the one that begins a frame (SOF0 to SOF15, but for DHT, JPG and DAC)."""
    at = 2
    while at + 9 <= len(raw) and raw[at] == 0xFF:
        kind = raw[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            return width, height
        (length,) = struct.unpack(">H", raw[at + 2 : at + 4])
        at += 2 + length
    return None, None


def _size_of_svg(raw: bytes) -> tuple[int | None, int | None]:
    opening = re.search(rb"<svg\b[^>]*>", raw)
    if not opening:
        return None, None
    number = rb"(\d{1,5}(?:\.\d+)?)"
    box = re.search(rb"\bviewBox\s*=\s*[\"']\s*\S+[\s,]+\S+[\s,]+" + number + rb"[\s,]+" + number, opening[0])
    width = re.search(rb"\swidth\s*=\s*[\"']" + number + rb"(?:px)?[\"']", opening[0])
    height = re.search(rb"\sheight\s*=\s*[\"']" + number + rb"(?:px)?[\"']", opening[0])
    if width and height:
        return round(float(width[1])), round(float(height[1]))
    return (round(float(box[1])), round(float(box[2]))) if box else (None, None)
