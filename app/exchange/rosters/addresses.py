"""An e-mail address as people write it into a cell: with a display name, spaces, `mailto:` or a semicolon around it."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import unquote

MAX_LENGTH = 1_000
"""Signs of a cell with an address: 254 for the address, and a long name around it."""

_BRACKETED = re.compile(r"<([^<>]*)>")
_MAILTO = re.compile(r"mailto:\s*([^?\s]*)(?:\?\S*)?", re.IGNORECASE)
_REMARK = re.compile(r"\([^()@]*\)")
_AROUND_AT = re.compile(r"\s*@\s*")
_BETWEEN = re.compile(r"[\s,;|]+")
_BETWEEN_SEVERAL = re.compile(r"[\s,;|/]+")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_ROUGHLY = re.compile(
    r"""[^@\s<>()\[\]",;:\\\x00-\x1f\x7f-\x9f]{1,64}@(?:[^@\s<>()\[\]"',;:\\/.\x00-\x1f\x7f-\x9f]+\.)+[^\W\d_][\w-]+"""
)
_AROUND = " \t'\"`´‘’“”<>,;:."


class NoAddress(Enum):
    """Why a cell gives no address."""

    NONE = "none"
    SEVERAL = "several"
    MALFORMED = "malformed"


def address_in(cell: str) -> str | NoAddress:
    """Find the one address in a cell, spelt as it is there. Whether mail arrives there nobody knows yet.

    Of a text with a space in it no part is taken for the address unless brackets say so: half an address is
    somebody else's.
    """
    text = _UNSEEN.sub("", cell).strip(_AROUND) if not cell.isascii() else cell.strip(_AROUND)
    if not text:
        return NoAddress.NONE
    if _ROUGHLY.fullmatch(text):
        return text
    if len(text) > MAX_LENGTH:
        return NoAddress.MALFORMED
    bracketed = [_linked(inside) for inside in _BRACKETED.findall(cell) if "@" in inside]
    outside = [word for word in _words(_BRACKETED.sub(" ", cell)) if "@" in word]
    found = [*bracketed, *outside] if bracketed else _words(text)
    addresses = {address.casefold(): address for word in found if (address := _bare(word))}
    if len(addresses) > 1 and all(map(_ROUGHLY.fullmatch, addresses.values())):
        return NoAddress.SEVERAL
    if len(addresses) == 1 and _ROUGHLY.fullmatch(address := next(iter(addresses.values()))):
        return address
    return NoAddress.MALFORMED


def display_name(cell: str) -> str:
    """Find the name that stands before an address in brackets: `"Trede, Y." <y@example.org>`."""
    before, bracket, _rest = cell.partition("<")
    return before.strip(_AROUND.replace(".", "")) if bracket and "@" not in before else ""


def _words(text: str) -> list[str]:
    plain = _AROUND_AT.sub("@", _REMARK.sub(" ", _linked(text)))
    between = _BETWEEN if plain.count("@") == 1 else _BETWEEN_SEVERAL
    return [word for word in between.split(plain) if word]


def _linked(text: str) -> str:
    """Take addresses out of their mailto: links."""
    return _MAILTO.sub(lambda link: unquote(link[1]), text)


def _bare(word: str) -> str:
    return _AROUND_AT.sub("@", word).strip(_AROUND)
