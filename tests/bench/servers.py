"""The program and the bare page, each on its own port of loopback, as processes that end with the measuring."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load import Ask, WrongAnswer, send
from tests.program import ROOT, SECRET, environ, free_port

GUNICORN = (sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning")
PR_SET_PDEATHSIG = 1
"""Its number in linux/prctl.h."""
PATIENCE = 60.0
"""Seconds that a server may take to begin."""


class DidNotStart(Exception):
    """A server ended before its first page, or does not answer; what it said stands above."""


@dataclass(frozen=True)
class Kind:
    """A way of serving."""

    name: str
    short: str
    program: tuple[str, ...]
    """The command that serves Opstap; the port comes by `{port}`, and in PORT."""
    bare: tuple[str, ...]


WORKERS = 2
TWO_SYNC_WORKERS = Kind(
    name="gunicorn, 2 sync workers",
    short="gunicorn",
    program=(*GUNICORN, "--workers", str(WORKERS), "--bind", "127.0.0.1:{port}", "run:create()"),
    bare=(*GUNICORN, "--workers", str(WORKERS), "--bind", "127.0.0.1:{port}", "tests.bench.bare:app"),
)
DEFAULT = Kind(
    name="default (waitress)",
    short="default",
    program=(sys.executable, "run.py"),
    bare=(sys.executable, "-m", "tests.bench.bare", "{port}"),
)


@dataclass(frozen=True)
class Ports:
    """Where the two are to be found."""

    program: int
    bare: int


@contextmanager
def serving(kind: Kind, variables: Mapping[str, str]) -> Iterator[Ports]:
    """Serve the program and the bare page until the block ends."""
    ports = Ports(free_port(), free_port())
    with (
        running(kind.bare, ports.bare, variables) as bare,
        running(kind.program, ports.program, variables) as program,
    ):
        wait_for(bare, Ask("GET", "/"), ports.bare)
        wait_for(program, Ask("GET", "/sign-in"), ports.program)
        yield ports


def variables_of(instance: Path, url: str) -> dict[str, str]:
    """Return the environment of the program: the real course, the given database, an installation's own settings."""
    return environ(
        instance,
        OPSTAP_COURSE=str(ROOT),
        OPSTAP_SECRET_KEY=SECRET,
        DATABASE_URL=url,
    )


@contextmanager
def running(command: tuple[str, ...], port: int, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server; ask it to end when the block does, and make it end when it does not."""
    process = subprocess.Popen(
        [part.format(port=port) for part in command],
        cwd=ROOT,
        env={**variables, "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=_end_with_who_started_it,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_who_started_it() -> None:
    """Let Linux end this process when its parent dies, also when that is killed and cannot end anybody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_for(process: subprocess.Popen[bytes], ask: Ask, port: int) -> None:
    """Wait until a server answers a request as it should. Raises DidNotStart."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            send(port, [ask])
        except (OSError, WrongAnswer):
            time.sleep(0.002)
        else:
            return
    raise DidNotStart(f"{' '.join(map(str, process.args))} did not answer at {ask.path}")  # type: ignore[arg-type]
