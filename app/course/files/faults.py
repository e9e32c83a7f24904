"""What is wrong in a course file: where, what was found and what was hoped for."""

from __future__ import annotations

from dataclasses import dataclass


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
