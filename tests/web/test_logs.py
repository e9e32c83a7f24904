"""No link of a mail and no join code stands in a log of a site, whatever breaks; nor in what is kept of a refusal."""

from __future__ import annotations

import logging
import signal
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import select

from app.records import invitations, links
from app.records.engine import make_engine, writing_sessions
from app.records.models import OneTimeLink, Outbox
from app.web.logs import keep_links_out
from tests.makers import make_cohort, make_enrolment, make_join_code, make_user
from tests.program import PATIENCE, SECRET, environ, free_port, started
from tests.smtp import mail_server

KEY = "TREE-7K4P-BRDX"


@pytest.fixture
def discreet() -> Iterator[None]:
    """Keep links out of the logs of this process, for one test."""
    before = logging.getLogRecordFactory()
    keep_links_out()
    yield
    logging.setLogRecordFactory(before)


@pytest.mark.usefixtures("discreet")
def test_a_record_holds_no_link_in_words_arguments_or_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("anybody")
    log.warning("GET /link/abc-DEF_1 said %s", "https://opstap.example.org/link/abc-DEF_2/new")
    log.warning("%(path)s", {"path": f"/join/{KEY}?x=1"})
    try:
        raise LookupError("/link/abc-DEF_3 is broken")
    except LookupError:
        log.exception("/link/abc-DEF_4")
    assert "abc-DEF" not in caplog.text
    assert KEY not in caplog.text
    assert caplog.text.count("/link/…") == 5
    assert "https://opstap.example.org/link/…/new" in caplog.text
    assert "LookupError: /link/… is broken" in caplog.text


def ask(port: int, path: str, *, method: str = "GET") -> int:
    """Send a request to the program; return the number of its answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, headers={"Referer": f"http://127.0.0.1:{port}{path}"})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("server", ["run.py", "gunicorn"])
def test_a_site_at_work_logs_no_link_also_where_a_request_or_a_mail_breaks(
    tmp_path: Path, database_url: str, server: str
) -> None:
    port, file = free_port(), database_url.removeprefix("sqlite:///")
    engine = make_engine(database_url)
    with writing_sessions(engine)() as session:
        user = make_user(session, with_password=False)
        cohort = make_cohort(session)
        make_join_code(session, cohort=cohort, key=KEY)
        make_enrolment(session, user=user, cohort=cohort)
        invitations.send_again(session, cohort.id, [user.id], key=SECRET.encode(), by=None, now=datetime.now(UTC))
        token = links.token_of(session.scalars(select(OneTimeLink)).one(), SECRET.encode())
        session.commit()
    gunicorn = ("-m", "gunicorn", "--no-control-socket", "--access-logfile", "-", "--bind", f"127.0.0.1:{port}")
    command = ("run.py",) if server == "run.py" else (*gunicorn, "run:create()")
    with mail_server() as smtp:
        smtp.to_content = f"554 5.7.1 https://opstap.example.org/link/{token} is in a list of bad addresses ({token})"
        variables = environ(
            tmp_path, OPSTAP_SECRET_KEY=SECRET, OPSTAP_URL="https://opstap.example.org", OPSTAP_SMTP=smtp.url,
            DATABASE_URL=database_url, PORT=str(port),
        )  # fmt: skip
        with started(variables, sys.executable, *command) as site:
            if server == "run.py":
                site.wait_for("is given up")
            else:
                site.wait_for("Booting worker")
            assert ask(port, f"/link/{token}") == 200
            assert ask(port, f"/join/{KEY}") == 200
            assert ask(port, f"/link/{token}/new", method="POST") == 400
            with sqlite3.connect(file) as other:
                other.execute("ALTER TABLE one_time_link RENAME TO out_of_order")
            assert ask(port, f"/link/{token}") == 500
            site.wait_for("Traceback")
            site.stop(signal.SIGTERM)
    assert token not in site.said
    assert KEY not in site.said
    assert "/link/…" in site.said
    with writing_sessions(engine)() as session:
        error = session.scalars(select(Outbox.last_error)).one()
    assert error == ("554 5.7.1 (the link) is in a list of bad addresses ((the link))" if server == "run.py" else None)
    engine.dispose()
