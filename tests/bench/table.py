"""The rows as a table, each with what it must reach."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.measuring import ARGON2, SIGN_IN, Row
from tests.bench.office import (
    COMMAND,
    ENROL_1000,
    ENROL_10000,
    ENROL_BOOK,
    EXPORT_BOOK,
    EXPORT_CSV,
    EXPORT_MEMORY,
    MEANWHILE,
    MEMORY_BOOK,
    MEMORY_CSV,
    SEARCH_PEOPLE,
)
from tests.bench.questions import QUESTIONS
from tests.bench.queue import QUEUE
from tests.bench.servers import DEFAULT, TWO_SYNC_WORKERS
from tests.bench.starting import LARGE_START, MEMORY, START
from tests.bench.things import COMPLETE, DRAFT, QUIZ, READ
from tests.bench.training import COHORT_PAGES, ON_POSTGRES
from tests.bench.viewing import FIRST_VIEW, REPEAT_VIEW

KB, MB = 1000, 1_000_000


@dataclass(frozen=True)
class Target:
    """What a row must reach. Shares of the bare page's rate are at least, all else is under."""

    ratio: float | None = None
    p95_ms: float | None = None
    p50_ms: float | None = None
    statements: int | None = None
    bytes: int | None = None
    times_argon2: float | None = None

    def misses(self, row: Row, argon2_ms: float) -> list[str]:
        """Say what a row does not reach."""
        limits = (
            (self.ratio is None or (row.ratio_to_bare or 0) >= self.ratio, f"{self.ratio or 0:.0%} of bare"),
            (_is_under(row.p95_ms, self.p95_ms), f"p95 under {self.p95_ms} ms"),
            (_is_under(row.p50_ms, self.p50_ms), f"p50 under {self.p50_ms} ms"),
            (_is_under(row.bytes, self.bytes), f"under {self.bytes} bytes"),
            (self.statements is None or (row.statements or 0) <= self.statements, f"{self.statements} statements"),
            (
                self.times_argon2 is None or (row.p50_ms or 0) < self.times_argon2 * argon2_ms,
                f"p50 under {self.times_argon2} argon2",
            ),
        )
        return [words for is_reached, words in limits if not is_reached]


def _is_under(value: float | None, limit: float | None) -> bool:
    return limit is None or (value is not None and value < limit)


WRITING = Target(ratio=0.12, p95_ms=40)
TARGETS = {
    (READ, TWO_SYNC_WORKERS.name): Target(ratio=0.25, statements=2),
    (COMPLETE, TWO_SYNC_WORKERS.name): WRITING,
    (DRAFT, TWO_SYNC_WORKERS.name): WRITING,
    (COMPLETE, DEFAULT.name): WRITING,
    (DRAFT, DEFAULT.name): WRITING,
    (QUIZ, TWO_SYNC_WORKERS.name): Target(ratio=0.08, p95_ms=60),
    (SIGN_IN, TWO_SYNC_WORKERS.name): Target(times_argon2=1.5),
    (SIGN_IN, DEFAULT.name): Target(times_argon2=1.5),
    (FIRST_VIEW, DEFAULT.name): Target(bytes=100 * KB),
    (REPEAT_VIEW, DEFAULT.name): Target(bytes=12 * KB),
    (START, DEFAULT.name): Target(p50_ms=1000),
    (MEMORY, DEFAULT.name): Target(bytes=110 * MB),
    (LARGE_START, DEFAULT.name): Target(p50_ms=3000),
    (ENROL_1000, COMMAND): Target(p50_ms=1500),
    (ENROL_10000, COMMAND): Target(p50_ms=6000),
    (MEMORY_CSV, COMMAND): Target(bytes=150 * MB),
    (ENROL_BOOK, COMMAND): Target(p50_ms=8000),
    (MEMORY_BOOK, COMMAND): Target(bytes=200 * MB),
    (MEANWHILE, COMMAND): Target(p95_ms=600),
    (SEARCH_PEOPLE, DEFAULT.name): Target(p50_ms=100),
    (EXPORT_CSV, DEFAULT.name): Target(p50_ms=10_000),
    (EXPORT_BOOK, DEFAULT.name): Target(p50_ms=10_000),
    (EXPORT_MEMORY, DEFAULT.name): Target(bytes=40 * MB),
    (QUEUE, DEFAULT.name): Target(p50_ms=50),
    (QUESTIONS, DEFAULT.name): Target(p50_ms=200),
    **{
        (COHORT_PAGES[count], server): Target(p50_ms=most, bytes=40 * KB)
        for server in (DEFAULT.name, ON_POSTGRES)
        for count, most in ((100, 40), (1_000, 60), (10_000, 150))
    },
}
"""What issue and house ask for, by row and server."""


def show(rows: Sequence[Row]) -> bool:
    """Print the rows beside their targets; say whether all are reached."""
    argon2 = {row.server: row.p50_ms or 0.0 for row in rows if row.name == ARGON2}
    all_reached = True
    server = ""
    for row in rows:
        if row.server != server:
            server = row.server
            print(f"\n{server}\n{_HEAD}")
        target = TARGETS.get((row.name, row.server))
        misses = target.misses(row, argon2.get(row.server, 0.0)) if target else []
        all_reached = all_reached and not misses
        mark = "" if target is None else f"MISSED: {', '.join(misses)}" if misses else "reached"
        print(f"{_line(row)}  {mark}".rstrip())
    return all_reached


_HEAD = f"{'':34}{'per s':>8}{'p50 ms':>9}{'p95 ms':>9}{'of bare':>9}{'SQL':>5}{'bytes':>12}"


def _line(row: Row) -> str:
    return (
        f"{row.name:34}{_number(row.requests_per_s, '8.0f')}{_number(row.p50_ms, '9.1f')}{_number(row.p95_ms, '9.1f')}"
        f"{_number(row.ratio_to_bare, '9.1%')}{_number(row.statements, '5d')}{_number(row.bytes, '12,d')}"
    )


def _number(value: float | None, how: str) -> str:
    return f"{value:{how}}" if value is not None else " " * int(how.partition(".")[0].rstrip(",d"))


def keep(rows: Sequence[Row], file: Path) -> None:
    """Write the rows as JSON."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"rows": [asdict(row) for row in rows]}, indent=1) + "\n")
