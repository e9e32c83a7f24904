"""Measures the rows of a server in three rounds, each row just after the bare page."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from app.records.engine import reading_sessions
from app.records.passwords import Passwords
from tests.bench import deeds
from tests.bench.deeds import SignedIn
from tests.bench.load import Ask, Run, WrongAnswer, send
from tests.bench.people import LEARNERS, WITH_REAL_PASSWORD
from tests.bench.servers import Ports
from tests.bench.things import Thing
from tests.makers import PASSWORD

ROUNDS = 3
BARE = "bare page of 10 kB"
SIGN_IN, ARGON2 = "sign in, one at a time", "one bare argon2 verification"


@dataclass(frozen=True)
class Row:
    """A line of the table. Rates in requests a second; `bytes` of one answer on the line, or of memory."""

    name: str
    server: str
    requests_per_s: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    ratio_to_bare: float | None = None
    statements: int | None = None
    bytes: int | None = None


@dataclass
class _Taken:
    """What the rounds gave for one row so far: rates, those of the bare page just before, seconds, bytes."""

    rates: list[float] = field(default_factory=list)
    bare_rates: list[float] = field(default_factory=list)
    seconds: list[Sequence[float]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add(self, rate: float, bare_rate: float, seconds: Sequence[float]) -> None:
        """Add what a round gave."""
        self.rates.append(rate)
        self.bare_rates.append(bare_rate)
        self.seconds.append(seconds)

    def row(self, name: str, server: str, statements: int | None) -> Row:
        """Return the medians of the rounds."""
        return Row(
            name=name,
            server=server,
            requests_per_s=statistics.median(self.rates),
            p50_ms=statistics.median(part_of(taken, 0.5) for taken in self.seconds) * 1000,
            p95_ms=statistics.median(part_of(taken, 0.95) for taken in self.seconds) * 1000,
            ratio_to_bare=statistics.median(
                rate / bare for rate, bare in zip(self.rates, self.bare_rates, strict=True)
            ),
            statements=statements,
            bytes=round(statistics.median(self.sizes)) if self.sizes else None,
        )


def part_of(values: Sequence[float], part: float) -> float:
    """Return the value that so large a part of the values stays under: 0.95 is the 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


@dataclass(frozen=True)
class Site:
    """A running program, its database, and the learners who are signed in there."""

    ports: Ports
    engine: Engine
    learners: Sequence[SignedIn]


def measure(server: str, site: Site, things: Sequence[Thing], statements: Mapping[str, int]) -> list[Row]:
    """Measure all rows of a server."""
    taken = {name: _Taken() for name in (BARE, *(thing.name for thing in things), SIGN_IN, ARGON2)}
    for number in range(ROUNDS):
        for thing in things:
            asks = thing.make(site.ports.program, site.learners[: thing.learners], number)
            bare = _bare(site, taken[BARE])
            _note(taken[thing.name], _run(site, thing, asks), bare)
        bare = _bare(site, taken[BARE])
        for name, seconds in _sign_ins(site, number).items():
            taken[name].add(len(seconds) / sum(seconds), bare.rate, seconds)
    return [found.row(name, server, statements.get(name)) for name, found in taken.items()]


def _bare(site: Site, taken: _Taken) -> Run:
    """Measure the bare page, just before what is to stand beside it: so both meet the machine as busy as it is."""
    run = send(site.ports.bare, [Ask("GET", "/")] * LEARNERS)
    _note(taken, run, run)
    return run


def _note(taken: _Taken, run: Run, bare: Run) -> None:
    taken.add(run.rate, bare.rate, [answer.seconds for answer in run.answers])
    taken.sizes += [answer.size for answer in run.answers]


def _run(site: Site, thing: Thing, asks: Sequence[Ask]) -> Run:
    """Send what was made for a thing, and see in the database that each deed was done. Raises WrongAnswer."""
    before = _tally(site.engine, thing)
    run = send(site.ports.program, asks)
    if thing.tally is not None and (new := _tally(site.engine, thing) - before) != len(asks):
        raise WrongAnswer(f"{thing.name}: {len(asks)} were sent, {new} were done")
    return run


def _tally(engine: Engine, thing: Thing) -> int:
    if thing.tally is None:
        return 0
    with reading_sessions(engine)() as session:
        return int(session.execute(thing.tally).scalar_one())


def _sign_ins(site: Site, number: int) -> dict[str, list[float]]:
    """Sign people in, one after the other, and after each verify the same password here; the seconds of both."""
    each = WITH_REAL_PASSWORD // ROUNDS
    first = LEARNERS - WITH_REAL_PASSWORD + number * each
    passwords = Passwords()
    hashed = passwords.hash(PASSWORD)
    seconds: dict[str, list[float]] = {SIGN_IN: [], ARGON2: []}
    for ask in deeds.sign_in_asks(site.ports.program, range(first, first + each)):
        seconds[SIGN_IN].append(send(site.ports.program, [ask]).answers[0].seconds)
        began = time.perf_counter()
        passwords.verify(hashed, PASSWORD)
        seconds[ARGON2].append(time.perf_counter() - began)
    return seconds
