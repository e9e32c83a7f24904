"""A real mail server on loopback, for tests: it keeps what it gets, and answers as a test tells it to."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "loopback.pem"
"""A key and a certificate for 127.0.0.1 and localhost that nobody believes but these tests."""

USER, PASSWORD = "opstap@example.org", "p@ss/word"


@dataclass
class MailServer:
    """What the server got, and what it answers."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    to_recipient: str = "250 OK"
    to_content: str = "250 OK"
    port: int = 0
    _newest: Any = None
    _slow: bool = False
    _content_came: threading.Event = field(default_factory=threading.Event)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        self._newest = server
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        self._content_came.set()
        while self._slow:
            await asyncio.sleep(0.01)
            if server.transport is None:  # whoever sent it is gone
                return "451 too late"
        if self.to_content.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.recipients += envelope.rcpt_tos
        return self.to_content

    def hang_up(self) -> None:
        """Cut the newest connection."""
        self._newest.loop.call_soon_threadsafe(self._newest.transport.abort)

    def be_slow(self) -> None:
        """Answer no content until `be_quick`; what comes meanwhile is taken only if its sender waits so long."""
        self._slow = True

    def be_quick(self) -> None:
        """Answer at once again."""
        self._slow = False

    def wait_for_content(self) -> None:
        """Wait until somebody has sent the content of a mail."""
        assert self._content_came.wait(60), "no mail came"

    @property
    def url(self) -> str:
        """Where it listens, without TLS."""
        return f"smtp://127.0.0.1:{self.port}?starttls=no"


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    right = given == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=right)


class _OnLoopback(Controller):
    """Listens on a socket that is bound already, so that no other program takes its port first."""

    def __init__(self, handler: MailServer, listening: socket.socket, **secure: Any) -> None:
        super().__init__(handler, "127.0.0.1", listening.getsockname()[1], authenticator=_authenticate, **secure)
        self._listening = listening

    def _create_server(self) -> Awaitable[Any]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


@contextmanager
def mail_server(*, starttls: bool = False, port: int = 0) -> Iterator[MailServer]:
    """Run a server on loopback; with `starttls` it takes letters after STARTTLS and a sign-in only.

    `port` 0 is any free one; a server that comes back takes the port that it had.
    """
    handler = MailServer()
    secure: dict[str, Any] = {}
    if starttls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        secure = {"tls_context": context, "require_starttls": True, "auth_required": True}
    listening = socket.create_server(("127.0.0.1", port))
    controller = _OnLoopback(handler, listening, **secure)
    handler.port = controller.port
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
