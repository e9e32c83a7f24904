"""Starting, stopping and the command line, each as the real program in a process of its own."""

from __future__ import annotations

import re
import resource
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select as sql_select

from app import create_app
from app.course.files.shelf import Shelf
from app.records import outbox
from app.records.engine import make_engine, reading_sessions, writing_sessions
from app.records.models import Attempt, Cohort, Enrolment, JoinCode, OneTimeLink, Outbox, StepCompletion, User
from app.web.extensions import engine_of
from config import Settings
from tests.makers import NOW, make_user
from tests.program import COURSE, FLASK, SECRET, environ, free_port, run, started
from tests.smtp import mail_server


def seconds_of_children() -> float:
    """Return the seconds of processor time of all programs that this process started and saw end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    return free_port()


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
    worked = seconds_of_children()
    with started(demo) as site:
        site.wait_for("Ctrl+C")
        assert site.said.splitlines()[-6:] == first.splitlines()[-6:]
        assert site.stop(signal.SIGINT) == 0
    assert seconds_of_children() - worked < 4, "of the processor; a clock would measure the other tests too"
    assert rows() == before


def test_nobody_can_fill_the_disk_with_a_form(demo: dict[str, str], port: int) -> None:
    with started(demo) as site:
        site.wait_for("Ctrl+C")
        for size, sent in ((3_000_000, 3_000_000), (10**9, 0)):
            with socket.create_connection(("127.0.0.1", port), timeout=20) as line, line.makefile("rb") as answer:
                line.sendall(
                    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n"
                    b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size + b"a" * sent
                )
                said = answer.read()
            assert said.startswith(b"HTTP/1.1 413 "), said[:100]
            assert b"too much at once" in said
        site.stop()


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
    done = run(environ(tmp_path, OPSTAP_DEMO="1", OPSTAP_HOST="0.0.0.0"), "run.py")
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
        site.wait_for("Booting worker", times=2)
        assert browser().open(f"http://127.0.0.1:{port}/").status == 200
        assert site.stop() == 0


def test_gunicorn_does_not_start_with_settings_that_cannot_be_used(tmp_path: Path, port: int) -> None:
    done = run(
        environ(tmp_path), "-m", "gunicorn", "--no-control-socket", "--bind", f"127.0.0.1:{port}", "run:create()"
    )
    assert done.returncode != 0
    assert "OPSTAP_SECRET_KEY: is not set" in done.stdout + done.stderr


def test_the_demo_is_served_by_run_py_alone(tmp_path: Path) -> None:
    done = run(environ(tmp_path, OPSTAP_DEMO="1"), "-c", "import run; run.create()")
    assert done.returncode == 1
    assert "CannotStart: OPSTAP_DEMO: run.py alone keeps the demo to this machine" in done.stderr


# ---- people and cohorts ------------------------------------------------------------------------


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Make apps for commands that run in this process, on both databases."""
    apps: list[Flask] = []

    def make(**changes: Any) -> Flask:
        facts = {
            "secret_key": SECRET,
            "database_url": database_url,
            "course": COURSE,
            "instance": tmp_path,
            "base_url": "https://opstap.example.org",
            "cheap_passwords": True,
        }
        apps.append(create_app(Settings(**{**facts, **changes}), Shelf(COURSE)))
        return apps[-1]

    yield make
    for app in apps:
        engine_of(app).dispose()


def told(app: Flask, *words: str, status: int = 0) -> str:
    """Run a command; return what it printed."""
    done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == status, done.output
    return done.output


def test_the_first_admin_gets_a_link_that_sets_a_password(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    said = told(app, "people", "add-admin", "Ada@Example.org", "--name", "Ada Stoep")
    assert "ada@example.org is an admin" in said
    link = re.search(r"https://opstap\.example\.org(/link/\S+)", said)
    assert link
    assert app.test_client().get(link[1]).status_code == 200
    with reading_sessions(engine_of(app))() as session:
        assert session.execute(sql_select(User.name, User.language, User.is_admin)).one() == ("Ada Stoep", "en", True)


def test_an_admin_who_lost_the_link_gets_another_and_the_first_is_used_up(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    first, again = (told(app, "people", "add-admin", "ada@example.org") for _ in range(2))
    assert first != again
    with reading_sessions(engine_of(app))() as session:
        used = session.scalars(sql_select(OneTimeLink.used_at).order_by(OneTimeLink.id)).all()
        assert [moment is not None for moment in used] == [True, False]
        assert session.scalars(sql_select(Outbox)).all() == [], "the link is printed, not mailed"


def test_who_has_an_account_becomes_an_admin_with_the_password_that_they_have(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with writing_sessions(engine_of(app))() as session:
        make_user(session, email="noor@example.org")
        session.commit()
    said = told(app, "people", "add-admin", "noor@example.org")
    assert said == "noor@example.org is an admin, and signs in with the password of their account.\n"
    with reading_sessions(engine_of(app))() as session:
        assert session.scalars(sql_select(User.is_admin)).all() == [True]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("ada",), "'ada' is no e-mail address"),
        (("ada@example.org", "--name", " "), "A name of 1 to 120 signs"),
        (("ada@example.org", "--language", "fr"), "no language 'fr'; it has en, nl"),
        (("gone@example.org",), "The account of gone@example.org is closed."),
    ],
)
def test_who_cannot_be_an_admin_is_not_made_one(
    make_app: Callable[..., Flask], words: tuple[str, ...], complaint: str
) -> None:
    app = make_app()
    with writing_sessions(engine_of(app))() as session:
        make_user(session, email="gone@example.org", deactivated_at=NOW)
        session.commit()
    assert complaint in told(app, "people", "add-admin", *words, status=1)
    with reading_sessions(engine_of(app))() as session:
        assert session.scalars(sql_select(User.is_admin)).all() == [False]


def test_a_new_cohort_has_a_code_and_a_link_to_hand_out(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    days = ("--first-day", "2027-02-01", "--last-day", "2027-06-30")
    said = told(app, "cohort", "new", "Voorjaar 2027", "--seats", "30", "--language", "nl", *days)
    code = re.search(r"Join code: (\S+)", said)
    assert code
    assert f"Join link: https://opstap.example.org/join/{code[1]}\n" in said
    assert app.test_client().get(f"/join/{code[1]}").status_code == 200
    with reading_sessions(engine_of(app))() as session:
        cohort = session.scalars(sql_select(Cohort)).one()
        assert (cohort.name, cohort.language) == ("Voorjaar 2027", "nl")
        assert (str(cohort.first_day), str(cohort.last_day)) == ("2027-02-01", "2027-06-30")
        assert session.scalars(sql_select(JoinCode.seats)).one() == 30


def test_a_cohort_is_made_once(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    told(app, "cohort", "new", "Voorjaar 2027")
    assert "There is a cohort 'Voorjaar 2027' already." in told(app, "cohort", "new", "Voorjaar 2027", status=1)


@pytest.mark.parametrize(
    ("options", "complaint", "status"),
    [
        (("--first-day", "2027-06-30", "--last-day", "2027-02-01"), "comes before the first", 1),
        (("--language", "fr"), "no language 'fr'", 1),
        (("--first-day", "tomorrow"), "'tomorrow'", 2),
        (("--seats", "0"), "--seats", 2),
        (("--seats", "3000000000"), "--seats", 2),
        (("--seats", "99999999999999999999"), "--seats", 2),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(
    make_app: Callable[..., Flask], options: tuple[str, ...], complaint: str, status: int
) -> None:
    assert complaint in told(make_app(), "cohort", "new", "Najaar", *options, status=status)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "words",
    [
        ("people", "add-admin", "ada@example.org"),
        ("people", "reset-second-step", "ada@example.org"),
        ("cohort", "new", "Najaar"),
        ("outbox", "status"),
    ],
)
def test_a_command_that_works_on_a_site_asks_for_its_secret(
    make_app: Callable[..., Flask], words: tuple[str, ...]
) -> None:
    assert "OPSTAP_SECRET_KEY: is not set" in told(make_app(secret_key=""), *words, status=1)


def test_an_author_checks_a_course_without_secret_or_database(tmp_path: Path) -> None:
    done = run(environ(tmp_path / "instance"), *FLASK[1:], "course", "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "instance" / "opstap.db").exists()


# ---- the outbox --------------------------------------------------------------------------------


def test_the_outbox_can_be_emptied_beside_the_web_processes(
    production: dict[str, str], port: int, make_app: Callable[..., Flask]
) -> None:
    production["OPSTAP_URL"] = f"http://127.0.0.1:{port}"  # by https no cookie would come along
    app = make_app()
    with writing_sessions(engine_of(app))() as session:
        make_user(session, email="ada@example.org")
        session.commit()
    with mail_server() as server, started(production) as site:
        site.wait_for("Ctrl+C")
        send_form(browser(), f"http://127.0.0.1:{port}/forgotten", email="ada@example.org")
        assert "1 waiting" in told(app, "outbox", "status")
        with started({**production, "OPSTAP_SMTP": server.url}, *FLASK, "outbox", "run") as sender:
            sender.wait_for("left")
            assert sender.stop() == 0
        assert server.recipients == ["ada@example.org"]
        assert "/link/" not in sender.said, "no link in a log"
        assert "0 waiting" in told(app, "outbox", "status")
        site.stop()


def test_the_outbox_has_no_way_out_without_a_mail_server(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    assert "OPSTAP_SMTP: is not set" in told(app, "outbox", "run", status=1)
    assert "letters wait here until it is" in told(app, "outbox", "status")


def test_the_outbox_tells_which_letters_did_not_leave_and_why(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with writing_sessions(engine_of(app))() as session:
        for number in (1, 2):
            outbox.put(session, "reset", once_key=str(number), now=NOW, user_id=make_user(session).id)
        claims = [outbox.claim(session, now=NOW, lease=timedelta(minutes=5)) for _ in range(2)]
        assert claims[0] is not None
        assert claims[1] is not None
        outbox.drop(session, claims[0], "550 no such mailbox", now=NOW)
        outbox.failed(session, claims[1], "451 busy", now=NOW)
        session.commit()
    assert told(app, "outbox", "status").splitlines()[:4] == [
        "1 waiting (1 tried before), the oldest since 2026-11-19 08:05 UTC",
        "0 sent, 1 given up",
        "letter 2 (reset), will be tried again: 451 busy",
        "letter 1 (reset), given up 2026-11-19 08:05 UTC: 550 no such mailbox",
    ]
