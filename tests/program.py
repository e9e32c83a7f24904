"""The real program in processes of its own: started, listened to, stopped or killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "tests" / "courses" / "small"
SECRET = "s" * 40
FLASK = (sys.executable, "-m", "flask", "--app", "run")
PATIENCE = 60.0
"""Seconds that a process may take on a machine that is busy with other tests."""


class Program:
    """A program that serves, and what it said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""
        self._heard = threading.Condition()
        self._ended = False
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                with self._heard:
                    self.said += line
                    self._heard.notify_all()
        with self._heard:
            self._ended = True
            self._heard.notify_all()

    def wait_for(self, words: str, *, times: int = 1) -> None:
        """Wait until the program has said some words."""
        with self._heard:
            self._heard.wait_for(lambda: self._ended or self.said.count(words) >= times, PATIENCE)
            assert self.said.count(words) >= times, f"{words!r} was not said:\n{self.said}"

    def found(self, pattern: str) -> str:
        """Return what a pattern finds in what was said."""
        match = re.search(pattern, self.said)
        assert match, self.said
        return match[1]

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Ask the program to end; return its exit status."""
        self.process.send_signal(how)
        self.process.wait(PATIENCE)
        self._listener.join()
        return self.process.returncode


def environ(instance: Path, **variables: str) -> dict[str, str]:
    """Return this process' environment, with the settings of a site and nothing of this machine's own."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OPSTAP_", "DATABASE_", "PORT"))}
    return {**clean, "OPSTAP_COURSE": str(COURSE), "OPSTAP_INSTANCE": str(instance), **variables}


@contextmanager
def started(variables: Mapping[str, str], *command: str) -> Iterator[Program]:
    """Start a program that serves; kill it at the end unless it has ended."""
    command = command or (sys.executable, "run.py")
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(variables), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    program = Program(process)
    try:
        yield program
    finally:
        program.stop(signal.SIGKILL)


def run(variables: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=dict(variables), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
