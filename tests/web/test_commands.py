"""Starting, stopping and the command line, each as the real program in a process of its own."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from sqlalchemy import func
from sqlalchemy import select as sql_select

from app.records.engine import make_engine, reading_sessions
from app.records.models import Attempt, Cohort, Enrolment, JoinCode, Outbox, StepCompletion, User
from tests.smtp import mail_server

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "tests" / "courses" / "small"
SECRET = "s" * 40
FLASK = (sys.executable, "-m", "flask", "--app", "run")
PATIENCE = 60.0
"""Seconds that a process may take on a machine that is busy with other tests."""


class Site:
    """A program that serves, and what it said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""

    def wait_for(self, words: str) -> str:
        """Read what the program says up to some words; return all of it."""
        assert self.process.stdout is not None
        end = time.monotonic() + PATIENCE
        while words not in self.said:
            ready, _, _ = select.select([self.process.stdout], [], [], end - time.monotonic())
            line = self.process.stdout.readline() if ready else ""
            assert line, f"{words!r} was not said:\n{self.said}"
            self.said += line
        return self.said

    def found(self, pattern: str) -> str:
        """Return what a pattern finds in what was said."""
        match = re.search(pattern, self.said)
        assert match, self.said
        return match[1]

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Ask the program to end; return its exit status."""
        self.process.send_signal(how)
        self.said += self.process.communicate(timeout=PATIENCE)[0]
        return self.process.returncode


def environ(instance: Path, **variables: str) -> dict[str, str]:
    """Return this process' environment, with the settings of a site and nothing of this machine's own."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OPSTAP_", "DATABASE_", "PORT"))}
    return {**clean, "OPSTAP_COURSE": str(COURSE), "OPSTAP_INSTANCE": str(instance), **variables}


@contextmanager
def started(variables: Mapping[str, str], *command: str) -> Iterator[Site]:
    """Start a program that serves; kill it at the end unless it has ended."""
    command = command or (sys.executable, "run.py")
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(variables), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield Site(process)
    finally:
        process.kill()
        process.communicate()


def run(variables: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=dict(variables), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def flask(variables: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return run(variables, *FLASK[1:], *words)


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def demo(tmp_path: Path, port: int) -> dict[str, str]:
    """The environment of `make run`."""
    return environ(tmp_path, OPSTAP_DEMO="1", PORT=str(port))


@pytest.fixture
def production(tmp_path: Path, port: int, database_url: str) -> dict[str, str]:
    """The environment of a real site, on both databases."""
    return environ(
        tmp_path,
        OPSTAP_SECRET_KEY=SECRET,
        OPSTAP_URL="https://opstap.example.org",
        DATABASE_URL=database_url,
        PORT=str(port),
    )


def browser() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


def send_form(opener: OpenerDirector, url: str, **fields: str) -> str:
    """Open a page with a form and send it, as a browser does; return where that led."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', opener.open(url).read().decode())
    assert token
    answer = opener.open(url, urlencode({"csrf_token": token[1], **fields}).encode())
    assert answer.status == 200
    return str(answer.url)


# ---- the demo ----------------------------------------------------------------------------------


def test_a_demo_says_where_it_is_and_how_to_come_in(demo: dict[str, str], tmp_path: Path, port: int) -> None:
    with started(demo) as site:
        site.wait_for("Ctrl+C")
        home = f"http://127.0.0.1:{port}"
        password = site.found(r"Password: (\S+)")
        assert f"Opstap: {home}\n" in site.said
        assert (tmp_path / "demo-password").read_text().strip() == password
        for name in ("demo-password", "secret-key", "opstap.db"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name
        for who in ("learner", "trainer", "admin"):
            assert f"{who}@example.org" in site.said
            url = send_form(browser(), f"{home}/sign-in", email=f"{who}@example.org", password=password)
            assert url == f"{home}/my-course", who
        assert browser().open(site.found(r"Join link: (\S+)")).status == 200
        assert site.stop() == 0


def test_a_second_start_keeps_people_password_and_what_they_did_and_is_quick(
    demo: dict[str, str], tmp_path: Path
) -> None:
    def rows() -> list[int]:
        engine = make_engine(f"sqlite:///{tmp_path}/opstap.db")
        with reading_sessions(engine)() as session:
            tables = (User, Cohort, Enrolment, JoinCode, StepCompletion, Attempt)
            counts = [session.execute(sql_select(func.count()).select_from(table)).scalar_one() for table in tables]
        engine.dispose()
        return counts

    with started(demo) as site:
        site.wait_for("Ctrl+C")
        first = site.said
        assert site.stop() == 0
    before = rows()
    assert before[0] > 12
    assert before[-1] > 0
    began = time.monotonic()
    with started(demo) as site:
        assert site.wait_for("Ctrl+C").splitlines()[-6:] == first.splitlines()[-6:]
        assert time.monotonic() - began < 5
        assert site.stop(signal.SIGINT) == 0
    assert rows() == before


def test_a_password_whose_file_was_removed_is_made_anew_and_works(
    demo: dict[str, str], tmp_path: Path, port: int
) -> None:
    with started(demo) as site:
        site.wait_for("Ctrl+C")
        old = site.found(r"Password: (\S+)")
        site.stop()
    (tmp_path / "demo-password").unlink()
    with started(demo) as site:
        site.wait_for("Ctrl+C")
        assert site.found(r"Password: (\S+)") != old
        password = site.found(r"Password: (\S+)")
        sign_in = f"http://127.0.0.1:{port}/sign-in"
        assert "/sign-in" not in send_form(browser(), sign_in, email="trainer@example.org", password=password)
        site.stop()


def test_a_mail_of_the_demo_can_be_read_in_the_log_and_in_a_folder_at_once(
    demo: dict[str, str], tmp_path: Path, port: int
) -> None:
    home = f"http://127.0.0.1:{port}"
    with started(demo) as site:
        site.wait_for("Ctrl+C")
        send_form(browser(), f"{home}/forgotten", email="learner@example.org")
        site.wait_for("Mail to learner@example.org")
        site.wait_for(f"{home}/link/")
        assert [path.suffix for path in (tmp_path / "mails").iterdir()] == [".eml"]
        site.stop()


# ---- refusing to start -------------------------------------------------------------------------


def test_without_a_secret_production_does_not_start_and_says_what_to_do(tmp_path: Path) -> None:
    done = run(environ(tmp_path), "run.py")
    assert done.returncode == 1
    assert "OPSTAP_SECRET_KEY: is not set" in done.stderr
    assert "secrets.token_urlsafe" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_demo_never_listens_to_other_machines(tmp_path: Path) -> None:
    done = run(environ(tmp_path, OPSTAP_DEMO="1", HOST="0.0.0.0"), "run.py")
    assert done.returncode == 1
    assert "demo mode listens on 127.0.0.1 only" in done.stderr


def test_a_course_with_faults_stops_the_start_and_names_them_all(tmp_path: Path, demo: dict[str, str]) -> None:
    course = tmp_path / "course"
    (course / "modules").mkdir(parents=True)
    (course / "modules" / "course.yaml").write_text("languages: [nl]\ntitel: Trappen\n")
    done = run({**demo, "OPSTAP_COURSE": str(course)}, "run.py")
    assert done.returncode == 1
    assert re.search(r"modules/course\.yaml:\d+: found ", done.stderr)
    assert re.search(r"\d+ faults in ", done.stderr)
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said_in_one_line(demo: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(demo["PORT"]))):
        done = run(demo, "run.py")
    assert done.returncode == 1
    assert f"PORT: {demo['PORT']} is in use by another program; choose another" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path, port: int) -> None:
    url = f"postgresql://opstap:hush@127.0.0.1:{port}/opstap"
    done = run(environ(tmp_path, OPSTAP_SECRET_KEY=SECRET, DATABASE_URL=url), "run.py")
    assert done.returncode == 1
    assert "DATABASE_URL: " in done.stderr
    assert "hush" not in done.stderr
    assert "Traceback" not in done.stderr


# ---- a real site -------------------------------------------------------------------------------


def test_a_site_without_a_mail_server_starts_says_so_and_has_no_demo_people(
    production: dict[str, str], port: int
) -> None:
    with started(production) as site:
        site.wait_for("Ctrl+C")
        assert "OPSTAP_SMTP is not set: mails wait in the outbox" in site.said
        assert "Password" not in site.said
        assert browser().open(f"http://127.0.0.1:{port}/").status == 200
        assert site.stop() == 0
    engine = make_engine(production["DATABASE_URL"])
    with reading_sessions(engine)() as session:
        assert session.scalars(sql_select(User)).all() == []
    engine.dispose()


def test_several_processes_serve_by_gunicorn(production: dict[str, str], port: int) -> None:
    gunicorn = (
        sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "2", "--bind", f"127.0.0.1:{port}",
        "run:create()",
    )  # fmt: skip
    with started(production, *gunicorn) as site:
        site.wait_for("Booting worker")
        site.wait_for("Booting worker")
        assert browser().open(f"http://127.0.0.1:{port}/").status == 200
        assert site.stop() == 0


def test_gunicorn_does_not_start_with_settings_that_cannot_be_used(tmp_path: Path, port: int) -> None:
    done = run(
        environ(tmp_path), "-m", "gunicorn", "--no-control-socket", "--bind", f"127.0.0.1:{port}", "run:create()"
    )
    assert done.returncode != 0
    assert "OPSTAP_SECRET_KEY: is not set" in done.stdout + done.stderr


# ---- people and cohorts ------------------------------------------------------------------------


def test_the_first_admin_gets_a_link_that_sets_a_password(production: dict[str, str], port: int) -> None:
    done = flask(production, "people", "add-admin", "Ada@Example.org", "--name", "Ada Stoep")
    assert done.returncode == 0, done.stderr
    link = re.search(r"https://opstap\.example\.org(/link/\S+)", done.stdout)
    assert link
    assert "ada@example.org is an admin" in done.stdout
    with started(production) as site:
        site.wait_for("Ctrl+C")
        assert browser().open(f"http://127.0.0.1:{port}{link[1]}").status == 200
        site.stop()


def test_an_admin_who_lost_the_link_gets_another_and_the_first_is_used_up(production: dict[str, str]) -> None:
    first, again = (flask(production, "people", "add-admin", "ada@example.org") for _ in range(2))
    assert (first.returncode, again.returncode) == (0, 0)
    assert first.stdout != again.stdout
    engine = make_engine(production["DATABASE_URL"])
    with reading_sessions(engine)() as session:
        assert session.scalars(sql_select(User.is_admin)).all() == [True]
        assert session.scalars(sql_select(Outbox)).all() == [], "the link is printed, not mailed"
    engine.dispose()


def test_what_is_no_address_makes_no_admin(production: dict[str, str]) -> None:
    done = flask(production, "people", "add-admin", "ada")
    assert done.returncode == 1
    assert "'ada' is no e-mail address" in done.stderr


def test_a_new_cohort_has_a_code_and_a_link_to_hand_out(production: dict[str, str]) -> None:
    words = ("cohort", "new", "Voorjaar 2027", "--seats", "30", "--first-day", "2027-02-01", "--last-day", "2027-06-30")
    done = flask(production, *words)
    assert done.returncode == 0, done.stderr
    code = re.search(r"Join code: (\S+)", done.stdout)
    assert code
    assert f"Join link: https://opstap.example.org/join/{code[1]}\n" in done.stdout
    again = flask(production, *words)
    assert again.returncode == 1
    assert "There is a cohort 'Voorjaar 2027' already." in again.stderr


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--first-day", "2027-06-30", "--last-day", "2027-02-01"), "comes before the first"),
        (("--first-day", "tomorrow"), "'tomorrow'"),
        (("--seats", "0"), "--seats"),
        (("--language", "fr"), "no language 'fr'"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_cohort_that_cannot_be_is_refused(
    production: dict[str, str], options: tuple[str, ...], complaint: str
) -> None:
    done = flask(production, "cohort", "new", "Najaar", *options)
    assert done.returncode != 0
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_command_that_works_on_a_site_asks_for_its_secret(production: dict[str, str]) -> None:
    del production["OPSTAP_SECRET_KEY"]
    for words in (("people", "add-admin", "ada@example.org"), ("cohort", "new", "Najaar"), ("outbox", "status")):
        done = flask(production, *words)
        assert done.returncode == 1
        assert "OPSTAP_SECRET_KEY: is not set" in done.stderr


def test_an_author_checks_a_course_without_secret_or_database(tmp_path: Path) -> None:
    done = flask(environ(tmp_path / "instance"), "course", "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "instance" / "opstap.db").exists()


# ---- the outbox --------------------------------------------------------------------------------


def test_the_outbox_can_be_emptied_beside_the_web_processes(production: dict[str, str], port: int) -> None:
    production["OPSTAP_URL"] = f"http://127.0.0.1:{port}"  # by https no cookie would come along
    with mail_server() as server, started(production) as site:
        site.wait_for("Ctrl+C")
        flask(production, "people", "add-admin", "ada@example.org")
        send_form(browser(), f"http://127.0.0.1:{port}/forgotten", email="ada@example.org")
        assert "1 waiting" in flask(production, "outbox", "status").stdout
        with started({**production, "OPSTAP_SMTP": server.url}, *FLASK, "outbox", "run") as sender:
            sender.wait_for("left")
            assert sender.stop() == 0
        assert server.recipients == ["ada@example.org"]
        assert "/link/" not in sender.said, "no link in a log"
        assert "0 waiting" in flask(production, "outbox", "status").stdout
        site.stop()


def test_the_outbox_has_no_way_out_without_a_mail_server(production: dict[str, str]) -> None:
    done = flask(production, "outbox", "run")
    assert done.returncode == 1
    assert "OPSTAP_SMTP: is not set" in done.stderr
