"""How long the program takes from the start of its process to its first page, and the memory that it then holds."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from tests.bench.load import Ask
from tests.bench.measuring import ROUNDS, Row
from tests.bench.servers import DEFAULT, running, wait_for
from tests.large_course import write_large
from tests.program import free_port

START, MEMORY = "start to the first page", "memory after that page"
LARGE_START = "the same, 200 steps, 1,000 questions"
PAGE = Ask("GET", "/sign-in")


def starts(variables: Mapping[str, str]) -> list[Row]:
    """Start the program on a filled database; memory is what the system counts as resident, where it tells."""
    seconds, sizes = zip(*(_start(variables) for _time in range(ROUNDS)), strict=True)
    took = statistics.median(seconds) * 1000
    return [
        Row(START, DEFAULT.name, p50_ms=took, p95_ms=max(seconds) * 1000),
        Row(MEMORY, DEFAULT.name, bytes=max(sizes) or None),
    ]


def large_start(variables: Mapping[str, str], folder: Path) -> list[Row]:
    """Start it with a course of 200 steps and 1,000 questions in two languages, which is written to a folder first."""
    write_large(folder / "large")
    seconds = [_start({**variables, "OPSTAP_COURSE": str(folder / "large")})[0] for _time in range(ROUNDS)]
    took = statistics.median(seconds) * 1000
    return [Row(LARGE_START, DEFAULT.name, p50_ms=took, p95_ms=max(seconds) * 1000)]


def _start(variables: Mapping[str, str]) -> tuple[float, int]:
    port = free_port()
    began = time.perf_counter()
    with running(DEFAULT.program, port, variables) as process:
        wait_for(process, PAGE, port)
        return time.perf_counter() - began, _resident(process.pid)


def _resident(pid: int) -> int:
    """Return the bytes of memory of a process; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0
