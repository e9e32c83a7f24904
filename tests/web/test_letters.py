"""What mails say, to whom, in which language; and that they leave, whatever happens on the way."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Self

import pytest
from flask import Flask
from sqlalchemy import case, delete, select, text, update
from sqlalchemy.orm import Session

from app import create_app
from app.course.files.shelf import Shelf
from app.exchange.mail import Letter
from app.records import accounts, invitations, joining, links, outbox, people, second_step
from app.records.engine import writing_sessions
from app.records.links import Newcomer
from app.records.models import Cohort, CohortModule, Enrolment, OneTimeLink, Outbox, User
from app.records.outbox import Claimed
from app.web.extensions import db, engine_of
from app.web.letters import NobodyThere, OtherSecret, letter_of
from app.worker import Worker, deliver_next, post_of
from config import Settings
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_user, turn_on_second_step
from tests.smtp import MailServer, mail_server

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "tests" / "courses" / "small"
KEY = "k" * 32
HOME = "https://opstap.example.org"
SOON = timedelta(minutes=1)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def settings(database_url: str, server: MailServer, tmp_path: Path) -> Settings:
    return Settings(
        secret_key=KEY,
        database_url=database_url,
        course=COURSE,
        instance=tmp_path,
        base_url=HOME,
        smtp=server.url,
        cheap_passwords=True,
    )


@pytest.fixture
def site(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings, Shelf(COURSE))
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def session(site: Flask) -> Iterator[Session]:
    with site.app_context():
        yield db.writing()


def deliver(site: Flask, now: datetime = NOW + SOON) -> bool:
    """Send the next letter through the site's own mail server."""
    post = post_of(site.extensions["opstap"].settings)
    assert post is not None
    with post:
        return deliver_next(site, post, clock=lambda: now)


def row_of(site: Flask) -> Outbox:
    with site.app_context():
        return db.reading.scalars(select(Outbox)).one()


def put_join(session: Session, *, language: str = "en", name: str = "Bo Bordes") -> int:
    """Put a letter in for a newcomer to De Wenteltrap; return its link."""
    code = make_join_code(session, cohort=make_cohort(session, name="De Wenteltrap"), key="TREE-7K4P-BRDX")
    newcomer = Newcomer(name, "bo@example.org", language)
    link_id = links.make_link(
        session, purpose="join", key=KEY.encode(), now=NOW, newcomer=newcomer, join_code_id=code.id
    )
    outbox.put(session, "join", once_key=f"join:{link_id}", now=NOW, link_id=link_id)
    session.commit()
    return link_id


def put_reset(session: Session, **facts: str) -> User:
    """Put a letter in for somebody who forgot their password."""
    user = make_user(session, **facts)  # type: ignore[arg-type]
    accounts.ask_for_reset(session, user.email, key=KEY.encode(), now=NOW)
    session.commit()
    return user


def claim(session: Session, now: datetime = NOW + SOON) -> Claimed:
    claimed = outbox.claim(session, now=now, lease=timedelta(minutes=5))
    assert claimed is not None
    return claimed


def made(session: Session, now: datetime = NOW + SOON) -> Letter:
    return letter_of(session, claim(session, now), now=now)


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    """Return the text and the HTML of a mail."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


class Page(HTMLParser):
    """What the HTML of a mail holds: its words, links, and tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.tags = "", list[str](), list[tuple[str, dict[str, str | None]]]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_data(self, data: str) -> None:
        if not self.tags or self.tags[-1][0] != "style":
            self.words += data


# ---- every letter ------------------------------------------------------------------------------


def put_any(session: Session, kind: str, language: str) -> None:
    """Put a letter of a kind in, by the verb that causes it."""
    if kind == "join":
        put_join(session, language=language)
        return
    if kind in COHORTS:
        put_enrolled(session, kind, language=language)
        return
    user = make_user(session, language=language)
    if kind == "test":
        outbox.put_test(session, by=user.id, now=NOW)
    elif kind == "address_changed":
        people.change_address(session, user.id, email="new@example.org", key=KEY.encode(), by=None, now=NOW)
    elif kind == "reset":
        accounts.ask_for_reset(session, user.email, key=KEY.encode(), now=NOW)
    elif kind == "password_changed":
        accounts.set_password(session, user.id, "hash", now=NOW)
    elif kind.startswith("second_step"):
        turn_on_second_step(session, user.id, key=KEY.encode())
        if kind == "second_step_off":
            session.execute(delete(Outbox))
            second_step.turn_off(session, user.id, now=NOW)
    else:
        code = make_join_code(session)
        offer = joining.find_offer(session, code.key, NOW.date())
        assert offer is not None
        joining.ask_to_join(session, offer, "Bo", user.email, "en", key=KEY.encode(), now=NOW)
    session.commit()


COHORTS = {"invitation": "De Bordestrap", "enrolled": "De Vlonder", "moved": "De Overloop"}


def put_enrolled(
    session: Session, kind: str, *, language: str = "en", role: str = "learner", by: str = "Petra Perron"
) -> Enrolment:
    """Put in what somebody gets whom staff enrolled: they themselves read German, the cohort another language."""
    user = make_user(session, language="de", with_password=kind == "enrolled")
    cohort = make_cohort(session, name=COHORTS[kind], language=language)
    enrolment = make_enrolment(session, user=user, cohort=cohort, role=role)
    by_id = make_user(session, name=by).id if by else None
    if kind == "invitation":
        invitations.send_again(session, cohort.id, [user.id], key=KEY.encode(), by=by_id, now=NOW)
    else:
        outbox.put(session, kind, once_key=kind, now=NOW, user_id=user.id, cohort_id=cohort.id, by_id=by_id)
    session.commit()
    return enrolment


KINDS = (
    "join",
    "sign_in_instead",
    "invitation",
    "enrolled",
    "moved",
    "address_changed",
    "test",
    "reset",
    "password_changed",
    "second_step_on",
    "second_step_off",
)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_can_be_read_as_text_and_as_html(session: Session, kind: str, language: str) -> None:
    put_any(session, kind, language)
    letter = made(session)
    page = Page(letter.html)
    assert letter.language == language
    assert ("html", {"lang": language, "dir": "ltr"}) in page.tags
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert not {"img", "script", "link", "table", "form"} & {tag for tag, _ in page.tags}
    in_text = re.findall(r"https?://\S+", letter.text)
    assert set(in_text) - {HOME} == set(page.links)
    assert len(set(page.links)) == 1
    for line in filter(None, letter.text.replace("-- ", "").splitlines()):
        assert line in page.words or line == f"Opstap: {HOME}", line
    assert letter.subject in page.words


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_of_a_letter_is_translated(session: Session, kind: str) -> None:
    put_any(session, kind, "nl")
    claimed = claim(session)
    dutch = letter_of(session, claimed, now=NOW)
    session.execute(update(User).values(language="en"))
    session.execute(update(Cohort).values(language="en"))
    session.execute(update(OneTimeLink).values(newcomer_language=case((OneTimeLink.newcomer_email.is_not(None), "en"))))
    session.expire_all()
    english = letter_of(session, claimed, now=NOW)
    assert (dutch.language, english.language) == ("nl", "en")
    assert dutch.subject != english.subject
    shared = set(dutch.text.splitlines()) & set(english.text.splitlines())
    assert {line for line in shared if " " in line} <= {"-- ", f"Opstap: {HOME}"}


def test_the_link_of_every_letter_leads_to_a_page_that_is_there(session: Session, site: Flask) -> None:
    for kind in KINDS:
        put_any(session, kind, "en")
        letter = made(session)
        path = Page(letter.html).links[0].removeprefix(HOME)
        assert site.url_map.bind("opstap.example.org").match(path, method="GET"), path


# ---- one by one --------------------------------------------------------------------------------


def test_a_newcomer_is_greeted_by_the_name_they_gave_in_the_language_they_chose(session: Session) -> None:
    put_join(session, language="nl")
    letter = made(session)
    assert (letter.to, letter.name) == ("bo@example.org", "Bo Bordes")
    assert letter.text.startswith("Dag Bo Bordes,\n")
    assert "het cohort De Wenteltrap" in letter.text
    assert "Kies eerst een wachtwoord." in letter.text
    assert "De link werkt één keer, tot 26 november" in letter.text


def test_the_link_opens_and_is_the_same_when_the_letter_is_made_again(session: Session) -> None:
    link_id = put_join(session)
    claimed = claim(session)
    first, again = (letter_of(session, claimed, now=NOW) for _ in range(2))
    assert first == again
    token = Page(first.html).links[0].removeprefix(f"{HOME}/link/")
    found = links.find_link(session, token, NOW)
    assert found is not None
    assert (found.id, found.state) == (link_id, "open")


def test_who_has_an_account_is_led_to_the_code_that_they_gave(session: Session) -> None:
    put_any(session, "sign_in_instead", "en")
    letter = made(session)
    assert re.search(rf"{HOME}/join/TEST-\w{{4}}-\w{{4}}\n", letter.text)
    assert "/link/" not in letter.html


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_invitation_says_who_enrolled_them_in_what_and_for_how_long_in_the_language_of_the_cohort(
    session: Session,
) -> None:
    enrolment = put_enrolled(session, "invitation", language="nl")
    walk = Shelf(COURSE).course("nl").module_by_slug["02-walk"]
    session.execute(update(Cohort).values(whole_course=False))
    session.add(CohortModule(cohort_id=enrolment.cohort_id, module_slug=walk.slug))
    session.flush()
    letter = made(session)
    assert letter.language == "nl"
    assert letter.subject == "Je bent uitgenodigd voor ‘Een wandeling op de kaart’"
    assert (
        "Petra Perron heeft je ingeschreven voor de cursus ‘Een wandeling op de kaart’, bij het cohort De Bordestrap."
        in letter.text
    )
    assert Shelf(COURSE).course("nl").lead in letter.text
    assert f"duurt de cursus {walk.minutes} minuten" in letter.text
    assert "De link werkt één keer, tot 3 december" in letter.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_who_enrolled_themselves_or_from_the_command_line_names_nobody(session: Session) -> None:
    put_enrolled(session, "enrolled", role="trainer", by="")
    letter = made(session)
    assert letter.subject == "You are a trainer of De Vlonder"
    assert "You are now a trainer of the cohort De Vlonder" in letter.text
    session.execute(update(Outbox).values(sent_at=None, leased_until=None, by_id=Outbox.user_id))
    session.expire_all()
    assert made(session).text == letter.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_who_was_moved_before_the_invitation_left_is_invited_to_where_they_are(session: Session) -> None:
    enrolment = put_enrolled(session, "invitation")
    claimed = claim(session)
    enrolment.cohort_id = make_cohort(session, name="De Vliering", language="nl").id
    session.flush()
    letter = letter_of(session, claimed, now=NOW)
    assert "Je bent ingeschreven voor de cursus ‘Een wandeling op de kaart’, bij het cohort De Vliering." in letter.text
    enrolment.standing = "ended"
    session.flush()
    with pytest.raises(NobodyThere):
        letter_of(session, claimed, now=NOW)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_who_was_moved_reads_where_they_are_and_that_what_they_shared_is_theirs_alone(session: Session) -> None:
    enrolment = put_enrolled(session, "moved")
    claimed = claim(session)
    letter = letter_of(session, claimed, now=NOW)
    assert letter.subject == "You are in De Overloop now"
    assert "Petra Perron moved you to the cohort De Overloop" in letter.text
    assert "can be read by only you now" in letter.text
    enrolment.cohort_id = make_cohort(session).id
    session.flush()
    with pytest.raises(NobodyThere):  # moved on: another letter tells that
        letter_of(session, claimed, now=NOW)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_old_address_is_told_that_there_is_another_one_and_not_which(session: Session) -> None:
    user, staff = make_user(session, email="old@example.org"), make_user(session, name="Petra Perron")
    people.change_address(session, user.id, email="new@example.org", key=KEY.encode(), by=staff.id, now=NOW)
    letter = made(session)
    assert letter.to == "old@example.org"
    assert "Petra Perron changed it." in letter.text
    assert "new@example.org" not in letter.text + letter.html


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_page_that_says_whom_to_ask_is_named_where_the_course_has_one(session: Session, site: Flask) -> None:
    site.extensions["opstap"] = replace(site.extensions["opstap"], shelf=Shelf(ROOT))
    put_enrolled(session, "invitation")
    letter = made(session)
    assert f"{HOME}/pages/contact" in letter.text
    assert f"{HOME}/pages/contact" in Page(letter.html).links


def test_a_name_is_no_html(session: Session) -> None:
    put_join(session, name="<b>Bo</b> & Co")
    letter = made(session)
    assert "<b>Bo</b> & Co" in letter.text
    assert "b" not in {tag for tag, _ in Page(letter.html).tags}
    assert "<b>Bo</b> & Co" in Page(letter.html).words


def test_a_language_that_the_program_does_not_speak_is_written_to_in_english(session: Session) -> None:
    put_reset(session, language="ar")
    letter = made(session)
    assert (letter.language, letter.subject) == ("en", "Choose a new password")


@pytest.mark.parametrize("why", ["used", "expired", "gone"])
def test_a_letter_whose_link_no_longer_works_does_not_leave(session: Session, why: str) -> None:
    put_reset(session)
    claimed = claim(session)
    if why == "used":
        session.execute(update(OneTimeLink).values(used_at=NOW))
    elif why == "expired":
        session.execute(update(OneTimeLink).values(expires_at=NOW))
    else:
        session.execute(delete(OneTimeLink))
    session.expire_all()
    with pytest.raises(NobodyThere):
        letter_of(session, claimed, now=NOW + SOON)


def test_a_link_that_was_made_with_another_secret_is_never_sent(session: Session) -> None:
    user = make_user(session)
    link_id = links.make_link(session, purpose="reset", key=b"another secret", now=NOW, user_id=user.id)
    outbox.put(session, "reset", once_key="reset:1", now=NOW, user_id=user.id, link_id=link_id)
    with pytest.raises(OtherSecret):
        made(session)


# ---- on their way ------------------------------------------------------------------------------


def test_a_letter_reaches_the_mail_server_once_its_cause_is_committed(
    site: Flask, session: Session, server: MailServer
) -> None:
    user = put_reset(session, name="Aïcha Trapleuning")
    assert deliver(site)
    assert not deliver(site)
    assert server.recipients == [user.email]
    assert server.mails[0]["Subject"] == "Choose a new password"
    assert "/link/" in parts_of(server.mails[0])[0]
    assert row_of(site).sent_at == NOW + SOON


def test_a_mail_server_that_is_busy_gets_the_letter_later(site: Flask, session: Session, server: MailServer) -> None:
    put_reset(session)
    server.to_content = "451 4.3.0 busy"
    assert deliver(site)
    assert not deliver(site), "it waits for its time"
    assert row_of(site).last_error == "451 4.3.0 busy"
    server.to_content = "250 OK"
    assert deliver(site, NOW + 2 * SOON)
    assert len(server.mails) == 1
    assert row_of(site).tries == 2


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    site: Flask, session: Session, server: MailServer
) -> None:
    put_reset(session)
    server.to_recipient = "550 5.1.1 no such mailbox"
    assert deliver(site)
    row = row_of(site)
    assert (row.dropped_at, row.last_error) == (NOW + SOON, "550 5.1.1 no such mailbox")


def test_a_letter_that_cannot_be_made_does_not_stop_those_behind_it(
    site: Flask, session: Session, server: MailServer
) -> None:
    broken = make_user(session)
    outbox.put(session, "of a later version", once_key="x", now=NOW - SOON, user_id=broken.id)
    user = put_reset(session)
    assert deliver(site)
    assert deliver(site)
    assert server.recipients == [user.email]


def test_a_letter_to_somebody_who_left_is_dropped(site: Flask, session: Session, server: MailServer) -> None:
    user = put_reset(session)
    user.deactivated_at = NOW
    session.commit()
    assert deliver(site)
    assert server.mails == []
    assert row_of(site).dropped_at is not None


def test_no_letter_is_sent_inside_a_transaction(site: Flask, session: Session, settings: Settings) -> None:
    put_reset(session)

    class Looking:
        """A post that writes to the database while it sends, as any request may at that moment."""

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def send(self, letter: Letter, *, now: datetime) -> None:
            with writing_sessions(engine_of(site))() as other:
                make_user(other, email="meanwhile@example.org")
                other.commit()

    assert deliver_next(site, Looking(), clock=lambda: NOW + SOON)
    assert session.scalar(select(User.id).where(User.email == "meanwhile@example.org"))


def test_a_process_killed_in_mid_send_loses_no_letter(
    site: Flask, session: Session, server: MailServer, settings: Settings
) -> None:
    put_reset(session)
    environ = {
        **os.environ,
        "OPSTAP_SECRET_KEY": KEY,
        "DATABASE_URL": settings.database_url,
        "OPSTAP_COURSE": str(COURSE),
        "OPSTAP_INSTANCE": str(settings.instance),
        "OPSTAP_SMTP": server.url,
    }
    session.execute(update(OneTimeLink).values(expires_at=datetime.now(UTC) + timedelta(days=1)))
    session.commit()
    server.be_slow()
    command = [sys.executable, "-m", "flask", "--app", "run", "outbox", "run"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as sender:
        server.wait_for_content()
        sender.kill()
    server.be_quick()
    assert row_of(site).sent_at is None
    now = datetime.now(UTC)
    assert not deliver(site, now), "the lease of the killed process still runs"
    assert deliver(site, now + timedelta(minutes=6))
    assert len(server.mails) == 1
    assert row_of(site).tries == 2


def test_the_worker_outlives_a_database_that_does_not_answer(site: Flask, session: Session, server: MailServer) -> None:
    put_reset(session)
    session.execute(update(OneTimeLink).values(expires_at=datetime.now(UTC) + timedelta(days=1)))
    session.execute(text("ALTER TABLE outbox RENAME TO out_of_order"))
    session.commit()
    in_trouble = threading.Event()

    class Hearing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            in_trouble.set()

    post = post_of(site.extensions["opstap"].settings)
    assert post is not None
    hearing = Hearing(logging.ERROR)
    logging.getLogger("opstap.outbox").addHandler(hearing)
    worker = Worker(site, post, pause=0.02, pause_after_trouble=0.02)
    worker.start()
    try:
        assert in_trouble.wait(60)
        session.execute(text("ALTER TABLE out_of_order RENAME TO outbox"))
        session.commit()
        server.wait_for_content()
    finally:
        worker.stop()
        logging.getLogger("opstap.outbox").removeHandler(hearing)
    assert len(server.mails) == 1
    assert row_of(site).sent_at is not None
