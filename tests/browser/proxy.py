"""A bad line: a proxy on loopback that cuts a share of the answers.

What happens to a request is drawn from the seed, the request's own words and how often it came before, so a run
that asks the same gets the same, whatever else the browser asks at that moment.
"""

from __future__ import annotations

import contextlib
import random
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PER_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "proxy-connection"})
"""Headers that speak of one connection only."""


class Fate(StrEnum):
    """What becomes of a request."""

    PASSED = "passed"
    NOT_ASKED = "cut before the server heard of it"
    NOT_ANSWERED = "cut after the server did it, before its answer"
    HALF_ANSWERED = "cut within the answer"


RANDOM_PART = re.compile(r"(?<=/link/).+|(?<=/join/).+|(?<=/attempts/).+|\.[0-9a-f]{8,}(?=\.)")
"""What differs from run to run in a path: tokens, codes, numbers, the hash of a static file."""

CUTS = (Fate.NOT_ASKED, Fate.NOT_ANSWERED, Fate.HALF_ANSWERED)


@dataclass
class BadLine:
    """The line to a server on a port of loopback: what it cuts, and what it has cut so far."""

    to_port: int
    seed: str
    share: float = 0.2
    port: int = 0
    fates: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    """How often requests of a method met a fate."""
    newest_page: Fate = Fate.PASSED
    """What became of the page that was asked for last: half a page is there, and its reader sees that."""
    _came: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fate_of(self, method: str, path: str, *, is_page: bool) -> Fate:
        """Draw what becomes of a request, and note it."""
        words = RANDOM_PART.sub("", path.partition("?")[0])
        with self._lock:
            self._came[method, words] += 1
            draw = random.Random(f"{self.seed} {method} {words} {self._came[method, words]}")
            fate = draw.choice(CUTS) if draw.random() < self.share else Fate.PASSED
            self.fates[method, fate] += 1
            self.newest_page = fate if is_page else self.newest_page
        return fate

    def cut(self, method: str) -> set[Fate]:
        """Return in which ways requests of a method were cut."""
        return {fate for (asked, fate), _count in self.fates.items() if asked == method} - {Fate.PASSED}


class _Passing(BaseHTTPRequestHandler):
    """Passes one request on and its answer back, a connection for each."""

    line: BadLine

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_page = self.headers.get("Sec-Fetch-Dest") == "document"
        fate = self.line.fate_of(self.command, self.path, is_page=is_page)
        self.close_connection = True
        if fate is Fate.NOT_ASKED:
            return
        server = HTTPConnection("127.0.0.1", self.line.to_port, timeout=60)
        try:
            answer = self._ask(server, body)
            content = answer.read()
        except (OSError, HTTPException):
            return  # the server is away: there is no answer to pass on
        finally:
            server.close()
        is_half = fate is Fate.HALF_ANSWERED
        if fate is Fate.PASSED or (is_half and content):
            self._answer(answer, content, half=is_half)

    do_GET = do_POST = do_HEAD = _pass  # noqa: N815 - BaseHTTPRequestHandler calls them so

    def _ask(self, server: HTTPConnection, body: bytes) -> HTTPResponse:
        server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in PER_CONNECTION:
                server.putheader(name, value)
        server.endheaders(body)
        return server.getresponse()

    def _answer(self, answer: HTTPResponse, content: bytes, *, half: bool) -> None:
        head = [f"HTTP/1.1 {answer.status} {answer.reason}", "Connection: close"]
        head += [f"{name}: {value}" for name, value in answer.getheaders() if name.lower() not in PER_CONNECTION]
        # The head is never halved: without TLS a browser takes half of it for the whole, which no line with TLS does.
        if half:
            content = content[: len(content) // 2]
        with contextlib.suppress(OSError):  # the browser went away first
            self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + content)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Say nothing of a browser that closed its side."""


@contextmanager
def bad_line(to_port: int, *, seed: str, share: float = 0.2) -> Iterator[BadLine]:
    """Run the proxy on a free port."""
    line = BadLine(to_port, seed, share)
    handler = type("Passing", (_Passing,), {"line": line})
    with _Server(("127.0.0.1", 0), handler) as server:
        line.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield line
        finally:
            server.shutdown()
            thread.join()
