"""What an admin does with many people: enrolling them from a file while others learn, searching and exporting them."""

from __future__ import annotations

import csv
import http.client
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from app.course.parts import StepBase
from app.exchange.tables import workbook_of
from app.records import accounts, cohorts
from app.records.base import UtcTime
from app.records.engine import make_engine, writing_sessions
from app.records.models import Enrolment, User
from app.records.passwords import Passwords
from tests.bench import deeds
from tests.bench.load import Ask, WrongAnswer, send
from tests.bench.measuring import ROUNDS, Row
from tests.bench.people import LEARNERS, WITH_REAL_PASSWORD
from tests.bench.servers import DEFAULT, running, wait_for
from tests.makers import NOW, PASSWORD
from tests.program import FLASK, ROOT, free_port

COMMAND = "flask people import"
BARE_ROWS = "10,000 rows into a bare table"
ENROL_1000, ENROL_10000, ENROL_BOOK = "enrol 1,000 from CSV", "enrol 10,000 from CSV", "enrol 10,000 from XLSX"
MEMORY_CSV, MEMORY_BOOK = "memory for 10,000 from CSV", "memory for 10,000 from XLSX"
MEANWHILE = "complete a step meanwhile, slowest"
SEARCH_PEOPLE = "search in 100,000 people"
EXPORT_CSV, EXPORT_BOOK = "export 100,000 as CSV", "export 100,000 as XLSX"
EXPORT_MEMORY = "memory that the exports took"

COHORT = "Bench"
ADMIN = "admin@example.org"
MANY = 100_000
_COLUMNS = ["user_id", "cohort_id", "role", "created_at"]
HEADINGS = ("Achternaam", "Voornaam", "E-mail adres")
WRITES_BARELY = """
import csv, sqlite3, sys
table = sqlite3.connect(sys.argv[2])
table.execute("CREATE TABLE person (last TEXT, first TEXT, email TEXT UNIQUE)")
with open(sys.argv[1], newline="", encoding="utf-8-sig") as file:
    rows = csv.reader(file, delimiter=";")
    next(rows)
    table.executemany("INSERT INTO person VALUES (?, ?, ?)", rows)
table.commit()
"""
"""The least that can be done with such a file, by a process of its own."""
WATCHES = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
status = subprocess.call(sys.argv[2:])
seconds, memory = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
with open(sys.argv[1], "w") as file:
    json.dump({"seconds": seconds, "memory": memory}, file)
sys.exit(status)
"""
"""Runs a command from a process that is small itself: Linux counts what the parent holds among the child's memory."""


# ---- enrolling -------------------------------------------------------------------------------


def enrolments(variables: Mapping[str, str], copy: Callable[[str], str], folder: Path) -> list[Row]:
    """Enrol people by the command, each round on a database as it was; and once while others learn.

    `copy` makes a copy of the filled database under a name, and returns its URL.
    """
    small, large, book = _files(folder)
    bare = [_bare(large, folder / f"bare-{number}.db") for number in range(ROUNDS)]
    rows = [Row(BARE_ROWS, COMMAND, p50_ms=statistics.median(bare) * 1000, p95_ms=max(bare) * 1000)]
    for name, memory, file in (
        (ENROL_1000, None, small),
        (ENROL_10000, MEMORY_CSV, large),
        (ENROL_BOOK, MEMORY_BOOK, book),
    ):
        runs = [_enrol(variables, copy(f"{file.stem}-{file.suffix[1:]}-{number}"), file) for number in range(ROUNDS)]
        seconds = [run.seconds for run in runs]
        ratio = statistics.median(bare) / statistics.median(seconds)
        p50, p95 = statistics.median(seconds) * 1000, max(seconds) * 1000
        rows.append(Row(name, COMMAND, p50_ms=p50, p95_ms=p95, ratio_to_bare=ratio))
        if memory:
            rows.append(Row(memory, COMMAND, bytes=max(run.memory for run in runs)))
    return rows


def meanwhile(variables: Mapping[str, str], url: str, step: StepBase, folder: Path) -> list[Row]:
    """Let learners complete a step, a few at a time, from before a file of 10,000 is read until it is applied."""
    _small, large, _book = _files(folder)
    port = free_port()
    _make_cohort(url)
    with running(DEFAULT.program, port, {**variables, "DATABASE_URL": url}) as server:
        wait_for(server, Ask("GET", "/sign-in"), port)
        learners = deeds.sign_in(port, range(LEARNERS - WITH_REAL_PASSWORD))
        asks = deeds.completions(port, learners, step)
        seconds = []
        with _command(variables, url, large) as command:
            for few in (asks[start : start + 4] for start in range(0, len(asks), 4)):
                seconds += [answer.seconds for answer in send(port, few).answers]
                time.sleep(0.01)
                if command.poll() is not None:
                    break
            else:
                raise WrongAnswer("the learners were done before the file was applied")
    _must_be_enrolled(url, 10_000)
    return [Row(MEANWHILE, COMMAND, p50_ms=statistics.median(seconds) * 1000, p95_ms=max(seconds) * 1000)]


@dataclass(frozen=True)
class _Run:
    """What a command took: seconds, and the most bytes of memory."""

    seconds: float
    memory: int


def _enrol(variables: Mapping[str, str], url: str, file: Path) -> _Run:
    _make_cohort(url)
    with _command(variables, url, file):
        pass
    _must_be_enrolled(url, int(file.stem))
    return _Run(**json.loads(file.with_suffix(".run").read_text()))


@contextmanager
def _command(variables: Mapping[str, str], url: str, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command that enrols a file. Raises WrongAnswer when it says that it could not."""
    watched = [sys.executable, "-c", WATCHES, str(file.with_suffix(".run"))]
    command = [*FLASK, "people", "import", str(file), "--cohort", COHORT, "--yes"]
    said = file.with_suffix(".said")
    with said.open("wb") as output, subprocess.Popen(
        [*watched, *command], cwd=ROOT, env={**variables, "DATABASE_URL": url}, stdin=subprocess.DEVNULL,
        stdout=output, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        yield process
    if process.returncode:
        raise WrongAnswer(f"{' '.join(command)}\n{said.read_text()}")


def _bare(file: Path, table: Path) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", WRITES_BARELY, str(file), str(table)], check=True)
    return time.perf_counter() - began


def _make_cohort(url: str) -> None:
    with _writing(url) as session:
        cohorts.make_cohort(session, name=COHORT, language="nl", by=None, now=NOW)


def _must_be_enrolled(url: str, count: int) -> None:
    with _writing(url) as session:
        cohort_id = next(
            line.cohort_id for line in cohorts.cohort_lines(session, archived=False) if line.name == COHORT
        )
        found = session.scalar(select(func.count()).where(Enrolment.cohort_id == cohort_id))
    if found != count:
        raise WrongAnswer(f"{count} were to be enrolled, {found} are")


def _files(folder: Path) -> tuple[Path, Path, Path]:
    """Write the files, unless they are there: Dutch Excel's CSV, and a workbook."""
    small, large, book = folder / "1000.csv", folder / "10000.csv", folder / "10000.xlsx"
    if not book.exists():
        for file, count in ((small, 1000), (large, 10_000)):
            with file.open("w", newline="", encoding="utf-8-sig") as output:
                csv.writer(output, delimiter=";").writerows([HEADINGS, *_people(count)])
        with workbook_of([HEADINGS, *_people(10_000)], sheet="Deelnemers") as written:
            book.write_bytes(written.read())
    return small, large, book


def _people(count: int) -> Iterator[tuple[str, str, str]]:
    return ((f"van der Trede {n}", "Yara", f"yara.trede{n}@example.org") for n in range(count))


# ---- looking for people, and taking them along -----------------------------------------------


def people(variables: Mapping[str, str], url: str) -> list[Row]:
    """Search and export a site of 100,000 people, as an admin."""
    _add_many(url)
    port = free_port()
    with running(DEFAULT.program, port, {**variables, "DATABASE_URL": url}) as server:
        wait_for(server, Ask("GET", "/sign-in"), port)
        cookie = sign_in_as(port, ADMIN)
        words = ("trede%209", "nobody%20at%20all", "yara.trede5@example.org", "van%20der")
        asks = [Ask("GET", f"/admin/people?q={word}", cookie) for word in words] * ROUNDS
        searches = [send(port, [ask]).answers[0].seconds for ask in asks]
        before = _most_memory(server.pid)
        csv_seconds = _download(port, "/admin/people.csv", cookie)
        book_seconds = _download(port, "/admin/people.xlsx", cookie)
        took = _most_memory(server.pid) - before
    return [
        Row(SEARCH_PEOPLE, DEFAULT.name, p50_ms=statistics.median(searches) * 1000, p95_ms=max(searches) * 1000),
        Row(EXPORT_CSV, DEFAULT.name, p50_ms=csv_seconds * 1000),
        Row(EXPORT_BOOK, DEFAULT.name, p50_ms=book_seconds * 1000),
        Row(EXPORT_MEMORY, DEFAULT.name, bytes=took),
    ]


def _add_many(url: str) -> None:
    """Add an admin, and 100,000 people in a cohort."""
    with _writing(url) as session:
        cohort_id = cohorts.make_cohort(session, name=COHORT, language="nl", by=None, now=NOW)
        accounts.add_user(
            session, email=ADMIN, name="Ada", language="nl", password_hash=Passwords().hash(PASSWORD), now=NOW
        )
        accounts.add_admin(session, email=ADMIN, name="Ada", language="nl", by=None, now=NOW)
        users = [
            {
                "email": email,
                "name": f"{first} {last}",
                "sort_name": accounts.sort_name(f"{first} {last}"),
                "language": "nl",
                "session_stamp": "stamp",
                "created_at": NOW,
            }
            for last, first, email in _people(MANY)
        ]
        session.execute(insert(User), users)
        there = select(User.id, literal(cohort_id), literal("learner"), literal(NOW, UtcTime()))
        session.execute(insert(Enrolment).from_select(_COLUMNS, there.where(User.email.like("yara.%"))))


def sign_in_as(port: int, email: str) -> str:
    """Sign somebody in by the page for that; return the cookie."""
    page = send(port, [Ask("GET", "/sign-in")]).answers[0]
    cookie, token = (
        _cookie_of(page.header("Set-Cookie")),
        re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0],
    )
    form = (("csrf_token", token), ("email", email), ("password", PASSWORD))
    return _cookie_of(send(port, [Ask("POST", "/sign-in", cookie, form, status=303)]).answers[0].header("Set-Cookie"))


def _cookie_of(header: str) -> str:
    return header.partition(";")[0]


def _download(port: int, path: str, cookie: str) -> float:
    """Take a whole file, piece by piece; return the seconds. Raises WrongAnswer for less than half of the people."""
    began = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("GET", path, headers={"Cookie": cookie})
    answer = line.getresponse()
    size = 0
    while piece := answer.read(65536):
        size += len(piece)
    line.close()
    if answer.status != 200 or size < 10 * MANY:
        raise WrongAnswer(f"GET {path}: {answer.status}, {size} bytes")
    return time.perf_counter() - began


def _most_memory(pid: int) -> int:
    """Return the most bytes that a process has held; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0


@contextmanager
def _writing(url: str) -> Iterator[Session]:
    engine = make_engine(url)
    with writing_sessions(engine).begin() as session:
        yield session
    engine.dispose()
