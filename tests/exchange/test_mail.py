"""Letters as mail: what a message holds, and how it leaves, by a real mail server on loopback."""

from __future__ import annotations

import socket
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.mail import FolderPost, Letter, NotNow, Refused, Server, SmtpPost, message_of
from tests.smtp import CERTIFICATE, PASSWORD, USER, MailServer, mail_server

NOW = datetime(2026, 11, 19, 8, 5, tzinfo=UTC)
SENDER = "Opstap <opstap@example.org>"


def letter(**changes: str) -> Letter:
    facts = {
        "to": "aicha@example.org",
        "name": "Aïcha Trapleuning",
        "subject": "Begin met Opstap",
        "text": "Dag Aïcha,\n\nKies een wachtwoord.\n",
        "html": "<p>Dag Aïcha,</p>",
        "language": "nl",
        "once_key": "join:17",
    }
    return Letter(**{**facts, **changes})


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def plain_post(server: MailServer) -> SmtpPost:
    return SmtpPost(Server.from_url(server.url), SENDER)


# ---- the message -------------------------------------------------------------------------------


def test_a_mail_says_who_when_and_that_a_machine_sent_it() -> None:
    message = message_of(letter(), SENDER, now=NOW)
    assert {name: str(message[name]) for name in ("From", "To", "Subject", "Date")} == {
        "From": "Opstap <opstap@example.org>",
        "To": "Aïcha Trapleuning <aicha@example.org>",
        "Subject": "Begin met Opstap",
        "Date": "Thu, 19 Nov 2026 08:05:00 +0000",
    }
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "nl"


def test_text_comes_first_and_html_beside_it() -> None:
    message = message_of(letter(), SENDER, now=NOW)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_letter_sent_twice_is_known_by_its_message_id() -> None:
    first, again, other = (
        message_of(letter(once_key=key), SENDER, now=NOW)["Message-ID"] for key in ("join:17", "join:17", "join:18")
    )
    assert first == again
    assert first != other
    assert first.endswith("@example.org>")


@pytest.mark.parametrize("field", ["to", "name", "subject"])
@pytest.mark.parametrize("sign", ["\n", "\r", "\r\n", "\0", "\u2028", "\x0b"])
def test_nobody_adds_a_header_by_a_name_an_address_or_a_subject(field: str, sign: str) -> None:
    with pytest.raises(Refused):
        message_of(letter(**{field: f"trap{sign}Bcc: all@example.org"}), SENDER, now=NOW)


@given(name=st.text(min_size=1, max_size=120), subject=st.text(max_size=200))
def test_whatever_a_name_holds_the_mail_has_one_recipient_and_its_own_headers(name: str, subject: str) -> None:
    try:
        message = message_of(letter(name=name, subject=subject), SENDER, now=NOW)
    except Refused:
        return
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert [address.addr_spec for address in read["To"].addresses] == ["aicha@example.org"]
    assert sorted(read.keys()) == sorted(message.keys())
    assert read["Bcc"] is None


@pytest.mark.parametrize("to", ["", "trap", "a b@example.org", "a@example.org, b@example.org", "<a@example.org>"])
def test_what_is_no_address_is_refused_for_good(to: str) -> None:
    with pytest.raises(Refused):
        message_of(letter(to=to), SENDER, now=NOW)


# ---- by SMTP -----------------------------------------------------------------------------------


def test_letters_reach_the_mail_server_over_one_connection(server: MailServer) -> None:
    with plain_post(server) as post:
        post.send(letter(), now=NOW)
        post.send(letter(to="bo@example.org", once_key="join:18"), now=NOW)
    assert server.recipients == ["aicha@example.org", "bo@example.org"]
    assert server.connections == 1
    assert [mail["To"].addresses[0].display_name for mail in server.mails] == ["Aïcha Trapleuning"] * 2


def test_a_password_goes_over_starttls_to_a_server_whose_certificate_is_believed() -> None:
    with mail_server(starttls=True) as server:
        trust = ssl.create_default_context(cafile=str(CERTIFICATE))
        url = f"smtp://opstap%40example.org:p%40ss%2Fword@127.0.0.1:{server.port}"
        assert (Server.from_url(url).user, Server.from_url(url).password) == (USER, PASSWORD)
        with SmtpPost(Server.from_url(url), SENDER, trust=trust) as post:
            post.send(letter(), now=NOW)
        assert server.recipients == ["aicha@example.org"]


def test_a_wrong_password_is_no_fault_of_the_letter() -> None:
    with mail_server(starttls=True) as server:
        trust = ssl.create_default_context(cafile=str(CERTIFICATE))
        post = SmtpPost(Server.from_url(f"smtp://opstap:wrong@127.0.0.1:{server.port}"), SENDER, trust=trust)
        with post, pytest.raises(NotNow, match="535"):
            post.send(letter(), now=NOW)


def test_nothing_is_sent_to_a_server_whose_certificate_nobody_believes() -> None:
    with mail_server(starttls=True) as server:
        post = SmtpPost(Server.from_url(f"smtp://127.0.0.1:{server.port}"), SENDER)
        with post, pytest.raises(NotNow, match="CERTIFICATE_VERIFY_FAILED"):
            post.send(letter(), now=NOW)
        assert server.mails == []


def test_nothing_is_sent_in_the_clear_by_a_server_that_should_have_encrypted(server: MailServer) -> None:
    with SmtpPost(Server.from_url(f"smtp://127.0.0.1:{server.port}"), SENDER) as post, pytest.raises(NotNow):
        post.send(letter(), now=NOW)
    assert server.mails == []


@pytest.mark.parametrize("place", ["to_recipient", "to_content"])
def test_an_answer_of_4xx_means_later(server: MailServer, place: str) -> None:
    setattr(server, place, "451 4.7.1 greylisted")
    with plain_post(server) as post, pytest.raises(NotNow, match=r"451 4\.7\.1 greylisted"):
        post.send(letter(), now=NOW)


@pytest.mark.parametrize("place", ["to_recipient", "to_content"])
def test_an_answer_of_5xx_means_never_and_the_next_letter_leaves(server: MailServer, place: str) -> None:
    setattr(server, place, "550 5.1.1 unknown")
    with plain_post(server) as post:
        with pytest.raises(Refused, match=r"550 5\.1\.1 unknown"):
            post.send(letter(), now=NOW)
        setattr(server, place, "250 OK")
        post.send(letter(to="bo@example.org"), now=NOW)
    assert server.recipients[-1:] == ["bo@example.org"]


def test_the_servers_words_are_kept_without_the_address(server: MailServer) -> None:
    server.to_recipient = "550 <aicha@example.org> unknown"
    with plain_post(server) as post, pytest.raises(Refused) as refused:
        post.send(letter(), now=NOW)
    assert str(refused.value) == "550 <(the address)> unknown"


def test_a_server_that_is_down_and_comes_back_gets_the_letter(server: MailServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    post = SmtpPost(Server.from_url(f"smtp://127.0.0.1:{port}?starttls=no"), SENDER)
    with post, pytest.raises(NotNow, match="refused"):
        post.send(letter(), now=NOW)
    with mail_server(port=port) as back, post:
        post.send(letter(), now=NOW)
        assert back.recipients == ["aicha@example.org"]


def test_a_server_that_hangs_up_between_two_letters_is_called_again() -> None:
    with mail_server() as first, plain_post(first) as post:
        post.send(letter(), now=NOW)
        first.hang_up()
        with pytest.raises(NotNow):
            post.send(letter(), now=NOW)
        post.send(letter(), now=NOW)
        assert (first.connections, len(first.mails)) == (2, 2)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 587, "starttls")),
        ("smtps://mail.example.org", Server("mail.example.org", 465, "tls")),
        ("smtp://[::1]?starttls=no", Server("::1", 25, "none")),
        ("smtp://u:p@mail.example.org:2525", Server("mail.example.org", 2525, "starttls", "u", "p")),
    ],
)
def test_a_mail_server_is_named_by_a_url(url: str, server: Server) -> None:
    assert Server.from_url(url) == server


# ---- into a folder -----------------------------------------------------------------------------


def test_in_demo_mode_a_mail_is_a_file_and_can_be_read_in_the_log(tmp_path: Path) -> None:
    told: list[str] = []
    with FolderPost(tmp_path / "mails", SENDER, tell=told.append) as post:
        post.send(letter(), now=NOW)
    (path,) = (tmp_path / "mails").iterdir()
    assert path.suffix == ".eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"] == "Begin met Opstap"
    assert told == ["Mail to aicha@example.org: Begin met Opstap\n\nDag Aïcha,\n\nKies een wachtwoord.\n"]
