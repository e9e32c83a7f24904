"""`flask people import`: what it says, what it does, and by what status it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli import import_words
from app.exchange.rosters.refusing import MAX_BYTES, Why
from app.records import imports
from app.records.engine import make_engine, reading_sessions, writing_sessions
from app.records.models import Enrolment, Import, ImportFile, Outbox, User
from app.web.extensions import engine_of
from app.worker import Worker, tidy
from tests.makers import NOW, make_cohort, make_user
from tests.program import FLASK, ROOT, SECRET, environ
from tests.records.filled import counts

ROSTER = """Naam;E-mail;Rol
Yara van der Trede;yara@example.org;
Bram Bordes;bram@example;trainer
"""

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(app: Flask, session: Session, tmp_path: Path) -> Told:
    """Run the command on a file with some text, for the cohort Spring; return its status and what it said where."""
    make_cohort(session, name="Spring", language="nl")
    session.commit()

    def tell(text: str | bytes, *options: str, cohort: str = "Spring", answer: str = "") -> tuple[int, str, str]:
        file = tmp_path / "spring.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        words = ["people", "import", str(file), "--cohort", cohort, *options]
        done = app.test_cli_runner().invoke(args=words, input=answer)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done.exit_code, done.stdout, done.stderr

    return tell


def enrolled(app: Flask) -> list[str]:
    with reading_sessions(engine_of(app))() as session:
        return list(session.scalars(select(User.email).join(Enrolment, Enrolment.user_id == User.id)))


def test_it_tells_the_plan_asks_and_does_it(app: Flask, told: Told) -> None:
    status, out, err = told(ROSTER, answer="y\n")
    assert "1 new person, who gets an invitation" in out
    assert "row 3: no whole e-mail address: Bram Bordes bram@example" in out
    assert "Apply this plan?" in err
    assert (status, enrolled(app)) == (3, ["yara@example.org"])
    status, out, err = told(ROSTER.replace("bram@example", "bram@example.org"), "--yes")
    assert (status, sorted(enrolled(app))) == (0, ["bram@example.org", "yara@example.org"])
    assert "1 of them comes as a trainer" in out


def test_the_same_file_again_has_nothing_to_do(app: Flask, told: Told) -> None:
    file = ROSTER.replace("bram@example", "bram@example.org")
    told(file, "--yes")
    with reading_sessions(engine_of(app))() as session:
        before = counts(session)
    status, out, err = told(file)
    assert (status, "2 are in the cohort already" in out, "nothing to do" in err) == (0, True, True)
    with reading_sessions(engine_of(app))() as session:
        after = counts(session)
    assert {name for name in after if after[name] != before[name]} == {"audit_entry"}, "its file came and went"


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_who_does_not_say_yes_changes_nothing(app: Flask, told: Told, answer: str) -> None:
    status, _out, _err = told(ROSTER, answer=answer)
    assert (status, enrolled(app)) == (1, [])
    with reading_sessions(engine_of(app))() as session:
        assert session.scalars(select(Import)).all() == []


def test_a_dry_run_tells_all_and_leaves_nothing_behind_but_lines_in_the_log(app: Flask, told: Told) -> None:
    with reading_sessions(engine_of(app))() as session:
        before = counts(session)
    status, out, _err = told(ROSTER, "--dry-run", "--json")
    assert status == 3
    assert [json.loads(line) for line in out.splitlines()] == [
        {"row": 2, "verdict": "new", "reason": None, "email": "yara@example.org", "name": "Yara van der Trede"},
        {"row": 3, "verdict": "rejected", "reason": "not_an_address", "email": "bram@example", "name": "Bram Bordes"},
    ]
    with reading_sessions(engine_of(app))() as session:
        assert counts(session) == before | {"audit_entry": before["audit_entry"] + 2}, "its file came and went"


def test_with_json_nothing_but_the_rows_is_printed(app: Flask, told: Told) -> None:
    _status, out, err = told(ROSTER, "--json", "--yes")
    assert [json.loads(line)["row"] for line in out.splitlines()] == [2, 3]
    assert "Done." in err


@pytest.mark.parametrize(
    ("file", "cohort", "says"),
    [
        (ROSTER, "Sprong", "There is no cohort 'Sprong'. Did you mean 'Spring'?"),
        (ROSTER, "Winter", "The cohort 'Winter' is archived"),
        ("", "Spring", "spring.csv cannot be read: there is nothing in it. Nothing was changed."),
        ("Naam;Plaats\nYara;Ede\n", "Spring", "no column holds e-mail addresses"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "Spring", "it is no spreadsheet"),
        (b"e" * (MAX_BYTES + 1), "Spring", "it holds more than can be read at once"),
    ],
    ids=["another name", "archived", "empty", "no addresses", "a picture", "too large"],
)
def test_what_cannot_be_done_is_said_in_words(
    session: Session, told: Told, file: str | bytes, cohort: str, says: str
) -> None:
    make_cohort(session, name="Winter").archived_at = NOW
    session.commit()
    for option in ("--dry-run", "--yes"):
        status, out, err = told(file, option, cohort=cohort)
        assert (status, out) == (1, "")
        assert says in err
    assert session.scalars(select(Import)).all() == []


def test_when_others_change_the_people_meanwhile_the_plan_is_told_anew(
    app: Flask, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_words: object, **_options: object) -> bool:
        with writing_sessions(engine_of(app)).begin() as session:
            if not session.scalars(select(User)).all():
                make_user(session, email="yara@example.org", name="Yara van der Trede")
        return True

    monkeypatch.setattr("click.confirm", meanwhile)
    status, out, err = told("Naam;E-mail\nYara van der Trede;yara@example.org\n")
    assert (status, enrolled(app)) == (0, ["yara@example.org"])
    assert "1 new person" in out
    assert "1 person with an account, now in this cohort too" in out
    assert "The database has changed since" in err


def test_every_refusal_and_every_reason_has_words() -> None:
    assert import_words.REFUSALS.keys() == set(Why)
    assert import_words.REASONS.keys() == set(imports.Reason)


def test_what_a_cell_tells_the_terminal_is_not_passed_on(told: Told) -> None:
    _status, out, _err = told("Naam;E-mail\nEve\x1b[2J;eve@\x07\n", "--dry-run")
    assert "\x1b" not in out
    assert "\x07" not in out


def test_the_worker_throws_a_file_away_after_a_day(app: Flask, session: Session) -> None:
    home = make_cohort(session).id
    imports.begin_import(session, home, file_name="spring.csv", body=b"", by=None, now=NOW)
    session.commit()
    for now, left in ((NOW + imports.KEPT_FOR - timedelta(seconds=1), 1), (NOW + imports.KEPT_FOR, 0)):
        tidy(app, clock=lambda now=now: now)  # type: ignore[misc]
        assert len(session.scalars(select(ImportFile.import_id)).all()) == left
        session.rollback()


def test_a_site_without_a_mail_server_throws_it_away_too(app: Flask, session: Session) -> None:
    imports.begin_import(session, make_cohort(session).id, file_name="spring.csv", body=b"", by=None, now=NOW)
    session.commit()
    worker = Worker(app, None, pause=0.02)
    worker.start()
    try:
        deadline = time.monotonic() + 60
        while session.scalars(select(ImportFile.import_id)).all() and time.monotonic() < deadline:
            session.rollback()
    finally:
        worker.stop()
    assert session.scalars(select(ImportFile.import_id)).all() == []


def test_it_shows_how_far_it_is_and_leaves_no_half_when_it_is_killed(tmp_path: Path, database_url: str) -> None:
    engine = make_engine(database_url)
    with writing_sessions(engine).begin() as session:
        home = make_cohort(session, name="Spring").id
    file = tmp_path / "many.csv"
    file.write_text("name;e-mail\n" + "".join(f"P{n};p{n}@example.org\n" for n in range(6_000)))
    variables = environ(tmp_path, OPSTAP_SECRET_KEY=SECRET, DATABASE_URL=database_url)
    command = [*FLASK, "people", "import", str(file), "--cohort", "Spring", "--yes"]
    process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stderr.readline().startswith(b"Reading")
    process.kill()
    process.stderr.close()
    assert process.wait(60) == -signal.SIGKILL
    with reading_sessions(engine)() as session:
        assert session.scalars(select(Enrolment).where(Enrolment.cohort_id == home)).all() == []
        assert session.scalars(select(Outbox)).all() == []
    again = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, timeout=60, check=False)
    assert again.returncode == 0, again.stderr
    with reading_sessions(engine)() as session:
        assert len(session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == home)).all()) == 6_000
    engine.dispose()
