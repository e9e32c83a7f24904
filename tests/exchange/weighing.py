"""What reading a file or writing a table takes, in seconds and memory: each in a process of its own.

`python -m tests.exchange.weighing rosters FOLDER` reads every file of a folder; with `tables` it writes tables of two
lengths. It prints a line of JSON for each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from app.exchange.rosters.people import people_in
from app.exchange.rosters.reading import roster_at
from app.exchange.rosters.refusing import Unreadable
from app.exchange.tables import Cell, csv_of, workbook_of

MOMENT = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Weight:
    """What one deed took."""

    name: str
    outcome: str
    seconds: float
    """Of this processor, so that others at work on the machine do not count."""
    megabytes: float
    """More than the process had before."""


def weights(*arguments: str) -> dict[str, Weight]:
    """Run this module, and give its weights by name."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.exchange.weighing", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    found = [Weight(**json.loads(line)) for line in answer.stdout.splitlines()]
    return {weight.name: weight for weight in found}


def read(path: Path) -> str:
    """Read a file, and tell why it cannot be read."""
    try:
        roster = roster_at(path)
        for _person in people_in(roster.rows, roster.columns):
            pass
    except Unreadable as refusal:
        return refusal.why.value
    return "read"


def rows(count: int) -> Iterator[tuple[Cell, ...]]:
    """Make a table of people, row by row."""
    yield ("Name in full", "E-mail", "Number", "Share", "Day", "Moment")
    for number in range(count):
        yield (f"Yara Trede{number}", f"yara{number}@example.org", number, number / 7, date(2026, 11, 23), MOMENT)


def write_csv(count: int) -> str:
    """Write a table as a stream that nobody keeps."""
    return str(sum(map(len, csv_of(rows(count)))))


def write_workbook(count: int) -> str:
    """Write a table to a file that is gone at once."""
    with workbook_of(rows(count), sheet="People") as file:
        return str(file.seek(0, os.SEEK_END))


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def weigh(name: str, deed: Callable[[], str]) -> None:
    """Do a deed in a child, for which the peak of memory begins anew."""
    if child := os.fork():
        os.waitpid(child, 0)
        return
    before, start = peak(), time.process_time()
    outcome = deed()
    weight = Weight(name, outcome, time.process_time() - start, peak() - before)
    print(json.dumps(asdict(weight)), flush=True)
    os._exit(0)


def main(kind: str, folder: str = "") -> None:
    if kind == "rosters":
        for path in sorted(Path(folder).iterdir()):
            weigh(path.name, lambda path=path: read(path))  # type: ignore[misc]
        return
    for count in (10_000, 100_000):
        weigh(f"csv {count}", lambda count=count: write_csv(count))  # type: ignore[misc]
        weigh(f"xlsx {count}", lambda count=count: write_workbook(count))  # type: ignore[misc]


if __name__ == "__main__":
    main(*sys.argv[1:])
