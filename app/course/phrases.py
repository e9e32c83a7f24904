"""How a fault repeats what stands in a file, and names what may stand there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

LONGEST = 60
"""Characters of an author's text that a fault repeats."""


def quoted(value: Any) -> str:
    """Return a value of a file as a fault repeats it: short, on one line, a text in quotation marks."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a list of keys"
    if isinstance(value, list | tuple):
        return "a list"
    line = " ".join(str(value).split())
    line = line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
    return f"'{line}'"


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return the known word that `word` was probably meant to be, else `otherwise`."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"'{close[0]}'" if close else otherwise


def one_of(known: Iterable[str]) -> str:
    """Return words as a sentence names them: `a, b or c`."""
    words = list(known)
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])) if words else "none"
