"""What is wrong in a course file: where, what was found and what was hoped for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST = 60
"""Characters of an author's text that a fault repeats."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend. `file` is relative to the course's folder; `line` counts from 1."""

    file: str
    line: int
    found: str
    hoped: str
    revision: str = ""
    """What a translation that lags behind has to name; empty for any other fault."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: found {self.found}, hoped for {self.hoped}"


class Faults:
    """Collects faults, each once, and gives them by file and line."""

    def __init__(self) -> None:
        self._all: set[Fault] = set()

    def add(self, file: str, line: int, found: str, hoped: str, revision: str = "") -> None:
        """Note a fault."""
        self._all.add(Fault(_printable(file), line, _printable(found), _printable(hoped), revision))

    def sorted(self) -> tuple[Fault, ...]:
        """Return every fault, by file and line."""
        return tuple(sorted(self._all))

    def __len__(self) -> int:
        return len(self._all)

    @property
    def grave(self) -> int:
        """How many there are beside translations that lag behind: those can be shown all the same."""
        return sum(not fault.revision for fault in self._all)


def _printable(text: str) -> str:
    """Return a text that every terminal takes, also where a file's name is no UTF-8."""
    return text.encode(errors="replace").decode()


def shown(value: Any) -> str:
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
