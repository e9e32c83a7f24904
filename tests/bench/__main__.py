"""Measures everything and prints the table: `python -m tests.bench`. Ends with 1 when a target is missed."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from app.course.files.shelf import Shelf
from app.records.engine import make_engine
from tests import chromium
from tests.bench import deeds, measuring, office, questions, queue, starting, table, training, viewing
from tests.bench.deeds import path_of
from tests.bench.measuring import ROUNDS, Row, Site
from tests.bench.people import LEARNERS, WITH_REAL_PASSWORD, fill, steps_of
from tests.bench.servers import DEFAULT, TWO_SYNC_WORKERS, Kind, serving, variables_of
from tests.bench.statements import statements_of
from tests.bench.things import things_of
from tests.program import ROOT

BUILD = ROOT / "build"
"""On the disk of the clone: a folder in memory would make writing cheaper than it is."""


def main() -> int:
    """Measure; return the exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):  # also where the terminal is closed: the servers end too
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    chromium.main()  # where there is none, it says so now and not after minutes of measuring
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD) as folder:
        rows = measured(Path(folder))
    table.keep(rows, BUILD / "bench.json")
    return 0 if table.show(rows) else 1


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(1)


def measured(folder: Path) -> list[Row]:
    """Make the database, and measure both servers on copies of it."""
    shelf = Shelf(ROOT)
    steps = steps_of(shelf.course(), rounds=ROUNDS)
    things = things_of(steps)
    say(f"Making a database with {LEARNERS} learners")
    file = folder / "filled.db"
    fill(f"sqlite:///{file}", shelf.course(), steps, backups=folder)
    say("Counting statements")
    statements = statements_of(things, _copy(file, "counted"), shelf, folder)
    rows: list[Row] = []
    for kind in (TWO_SYNC_WORKERS, DEFAULT):
        say(f"Measuring {kind.name}")
        with _site(kind, _copy(file, kind.short), folder) as site:
            rows += measuring.measure(kind.name, site, things, statements)
            if kind is DEFAULT:
                rows += viewing.views(kind.name, site.ports.program, site.learners[0], path_of(steps.read))
    say("Starting the program")
    variables = variables_of(folder, f"sqlite:///{file}")
    rows += starting.starts(variables) + starting.large_start(variables, folder)
    say("Enrolling people")
    rows += office.enrolments(variables, lambda name: _copy(file, name), folder)
    rows += office.meanwhile(variables, _copy(file, "meanwhile"), steps.read, folder)
    say("Looking for one of 100,000 people")
    rows += office.people(variables, _copy(file, "many"))
    say("Opening the pages of cohorts")
    rows += training.cohort_pages(variables, shelf.course())
    say("Opening the queue")
    rows += queue.queue_pages(variables, _copy(file, "queue"))
    say("Opening the questions of a quiz")
    return rows + questions.page_of_questions(variables, _copy(file, "questions"), shelf.course(), steps.quiz)


@contextmanager
def _site(kind: Kind, url: str, folder: Path) -> Iterator[Site]:
    """Serve a database, and sign in the learners who measure."""
    engine = make_engine(url)
    with serving(kind, variables_of(folder, url)) as ports:
        yield Site(ports, engine, deeds.sign_in(ports.program, range(LEARNERS - WITH_REAL_PASSWORD)))
    engine.dispose()


def _copy(file: Path, name: str) -> str:
    """Copy a database; return the URL of the copy."""
    copy = file.with_name(f"{name}.db")
    shutil.copy(file, copy)
    return f"sqlite:///{copy}"


def say(words: str) -> None:
    """Tell who waits."""
    print(f"{words} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
