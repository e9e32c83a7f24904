"""Mail: a letter becomes a message, and a message leaves by SMTP or lands in a folder."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import smtplib
import ssl
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self
from urllib.parse import unquote, urlsplit

TIMEOUT = 20.0
"""Seconds that a mail server may take for one answer."""

SECRET_LENGTH = 20
"""Signs from which on the last part of a link may be what opens a door."""
_LINK = re.compile(r"https?://\S+")

log = logging.getLogger("opstap.mail")


class Refused(Exception):
    """This letter will never arrive: its address or its content was refused for good."""


class NotNow(Exception):
    """The letter may leave at another time: the server is down, busy, or set up wrongly."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail to one person, in words that are ready."""

    to: str
    """An address, such as trap@example.org."""
    name: str
    """Of the person who gets it."""
    subject: str
    text: str
    html: str
    language: str
    once_key: str
    """Names the deed that caused it: a letter that was sent twice carries the same Message-ID."""


class Post(Protocol):
    """A way out for letters, open within a `with`."""

    def send(self, letter: Letter, *, now: datetime) -> None:
        """Send one letter. Raises Refused or NotNow."""

    def __enter__(self) -> Self:
        """Open the way."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""


def message_of(letter: Letter, sender: str, *, now: datetime) -> EmailMessage:
    """Make the message: text first, HTML beside it.

    `sender` is a name with an address, such as `Opstap <opstap@example.org>`.
    Raises Refused when a header would hold more than its line: nobody adds headers by a name.
    """
    for value in (letter.to, letter.name, letter.subject):
        if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in value):
            raise Refused("an address, a name or a subject holds a line break or another control character")
    name, address = parseaddr(sender)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = _address(letter.name, letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _message_id(letter, address)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer from who is on holiday
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # last: the library moves what is there into the first part
    return message


def _address(name: str, address: str) -> Address:
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise Refused("the address cannot be written into a mail") from error


def _message_id(letter: Letter, sender: str) -> str:
    digest = hashlib.sha256(f"{sender}\n{letter.once_key}".encode()).hexdigest()
    return f"<{digest[:32]}@{sender.rpartition('@')[2]}>"


# ---- by SMTP -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A mail server and how to speak to it."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = ""

    @classmethod
    def from_url(cls, url: str) -> Server:
        """Read `smtp://user:password@host:587` (STARTTLS), `smtps://host:465`, `smtp://host:25?starttls=no`.

        Signs that mean something in a URL are written as %40 and the like in user and password.
        """
        parts = urlsplit(url)
        security: Literal["starttls", "tls", "none"] = "tls" if parts.scheme == "smtps" else "starttls"
        if parts.query == "starttls=no":
            security = "none"
        port = parts.port or {"tls": 465, "starttls": 587, "none": 25}[security]
        return cls(parts.hostname or "", port, security, unquote(parts.username or ""), unquote(parts.password or ""))


class SmtpPost:
    """Sends letters by a mail server; one connection for all letters within a `with`."""

    def __init__(self, server: Server, sender: str, *, trust: ssl.SSLContext | None = None) -> None:
        """`trust` says which certificates are believed; by default those that this machine believes."""
        self._server = server
        self._sender = sender
        self._trust = trust or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, letter: Letter, *, now: datetime) -> None:
        """Send one letter. Raises Refused or NotNow, with the server's words but without the address."""
        message = message_of(letter, self._sender, now=now)
        try:
            self._connected().send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise self._answer(code, words, letter) from error
        except smtplib.SMTPDataError as error:
            raise self._answer(error.smtp_code, error.smtp_error, letter) from error
        except smtplib.SMTPResponseException as error:  # sender, sign-in, greeting: not this letter's fault
            self._hang_up()
            raise NotNow(_words(error.smtp_code, error.smtp_error, letter)) from error
        except smtplib.SMTPNotSupportedError as error:
            self._hang_up()
            raise NotNow(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise NotNow(f"{type(error).__name__}: {error}") from error

    def _answer(self, code: int, words: bytes | str, letter: Letter) -> Refused | NotNow:
        if code < 500:
            self._hang_up()
            return NotNow(_words(code, words, letter))
        return Refused(_words(code, words, letter))

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=self._trust)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        try:
            if server.security == "starttls":
                connection.starttls(context=self._trust)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()


def _words(code: int, words: bytes | str, letter: Letter) -> str:
    """Say what a server answered, without the address and the links of the letter: filters like to repeat them."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    for link in _LINK.findall(letter.text):
        secret = urlsplit(link).path.rpartition("/")[2]
        if len(secret) >= SECRET_LENGTH:
            text = text.replace(link, "(the link)").replace(secret, "(the link)")
    return f"{code} {text.replace(letter.to, '(the address)')}"


# ---- into a folder -----------------------------------------------------------------------------


class FolderPost:
    """For demo mode: a letter becomes a file that a mail program opens, and can be read in the log."""

    def __init__(self, folder: Path, sender: str, *, tell: Callable[[str], None] = log.info) -> None:
        self._folder = folder
        self._sender = sender
        self._tell = tell

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""

    def send(self, letter: Letter, *, now: datetime) -> None:
        """Write one letter, whole or not at all. Raises Refused."""
        message = message_of(letter, self._sender, now=now)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{now:%Y%m%d-%H%M%S}-{message['Message-ID'][1:9]}.eml"
        half = path.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes(policy=policy.SMTPUTF8))
        half.replace(path)
        self._tell(f"Mail to {letter.to}: {letter.subject}\n\n{letter.text}")
