"""The default server: waitress, which here also answers a form that is too large with a page.

Waitress itself answers it with a line of plain text, and closes the connection while the rest still comes in: most
browsers then tell of a broken connection. Here the app gets the request without its body and says what to do, at once;
what still comes in is let go by, neither kept in memory nor on disk.
"""

from __future__ import annotations

import socket
import time
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import RequestEntityTooLarge

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of a request that reach the app; larger than any form, so that the app can say what is too large for it."""
PATIENCE = 60.0
"""Seconds for which the rest of a request that was answered already may come in."""
PIECE = 1 << 18
"""Bytes of it that are let go by at once."""


class _Request(HTTPRequestParser):  # type: ignore[misc]  # the library has no types
    """A request; of one that is too large only the headers are left."""

    is_too_large = False

    def received(self, data: bytes) -> int:
        """Take in what came; return how many bytes of it belong to this request."""
        taken = int(super().received(data))
        if isinstance(self.error, RequestEntityTooLarge):
            self._leave_the_body()
        return taken

    def _leave_the_body(self) -> None:
        self.is_too_large = True
        self.error = None
        self.expect_continue = False  # who waits for leave to send it gets the answer instead
        self.headers["CONTENT_LENGTH"] = str(max(self.content_length, self.body_bytes_received))
        self.headers["CONNECTION"] = "close"
        self.close()
        self.body_rcv = None


class _Channel(HTTPChannel):  # type: ignore[misc]  # the library has no types
    """A connection; after the answer to a request that is too large its rest may come in, and is let go by."""

    parser_class = _Request
    _is_too_large = False
    _patient_until: float | None = None

    def service(self) -> None:
        """Answer a request, in a thread of the app."""
        self._is_too_large = self.requests[0].is_too_large
        super().service()

    def handle_close(self) -> None:
        """Close the connection; where a body is still coming, only the way out."""
        if not (self._is_too_large and self._patient_until is None and self._way_out_closes()):
            super().handle_close()

    def _way_out_closes(self) -> bool:
        """Say that no more will be sent: a connection closed at once takes along what the browser has not read."""
        self._patient_until = time.monotonic() + PATIENCE
        self.will_close = False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # the browser is gone
            return False
        return True

    def handle_read(self) -> None:
        """Take in what came, or let it go by."""
        if self._patient_until is None:
            super().handle_read()
            return
        try:
            is_over = not self.recv(PIECE) or time.monotonic() > self._patient_until
        except OSError:
            is_over = True
        if is_over:
            self.handle_close()


def server_of(app: Flask, **options: Any) -> Any:
    """Make the server of an app; `options` as waitress has them. Raises OSError where it cannot listen."""
    by_file: dict[int, Any] = {}
    server = create_server(app, map=by_file, max_request_body_size=LARGEST_BODY, **options)
    for listening in by_file.values():  # one for each address that the host's name stands for
        if isinstance(listening, BaseWSGIServer):
            listening.channel_class = _Channel
    return server
