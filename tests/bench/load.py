"""Sends requests over raw sockets, so many at once, and times each.

The requests are bytes that were made before, and one thread waits for all sockets: what this costs is little, and
the same for the bare page. A connection is used again where the server allows it, as browsers do.
"""

from __future__ import annotations

import gzip
import re
import selectors
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

AT_ONCE = 8
PATIENCE = 60.0
"""Seconds without any answer after which the server is given up."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class WrongAnswer(Exception):
    """An answer has another status than its request hoped for, or never came."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, and the status that its answer must have."""

    method: str
    path: str
    cookie: str = ""
    form: tuple[tuple[str, str], ...] = ()
    status: int = 200
    is_script: bool = False
    """Whether a script of a page sends it and not the browser itself."""

    @property
    def body(self) -> bytes:
        """The form as a browser sends it."""
        return urlencode(self.form).encode()

    @property
    def headers(self) -> Mapping[str, str]:
        """What a browser says about itself and about a form."""
        said = {
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Accept": "*/*" if self.is_script else "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "nl,en;q=0.7",
            "Accept-Encoding": "gzip, deflate",
            "Sec-Fetch-Dest": "empty" if self.is_script else "document",
            "Sec-Fetch-Mode": "cors" if self.is_script else "navigate",
            "Sec-Fetch-Site": "same-origin",
        }
        if self.cookie:
            said["Cookie"] = self.cookie
        if self.method == "POST":
            said["Content-Type"] = "application/x-www-form-urlencoded"
            said["Content-Length"] = str(len(self.body))
        return said

    def as_bytes(self, port: int) -> bytes:
        """Return the whole request as it goes over the line."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the head with its status line, the body as it came, and seconds from asking to the last byte."""

    head: bytes
    body: bytes
    seconds: float

    @property
    def status(self) -> int:
        """The number in the status line."""
        return int(self.head[9:12])

    @property
    def size(self) -> int:
        """Bytes on the line."""
        return len(self.head) + 4 + len(self.body)

    @property
    def text(self) -> str:
        """The page, unpacked."""
        return (gzip.decompress(self.body) if self.header("Content-Encoding") == "gzip" else self.body).decode()

    def header(self, name: str) -> str:
        """Return the first header of a name; empty without one."""
        found = re.search(rf"^{name}: *(.*?)\r?$", self.head.decode("latin-1"), re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Run:
    """The answers, in the order of their requests, and the seconds that all of them took together."""

    answers: Sequence[Answer]
    seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.answers) / self.seconds


def send(port: int, asks: Iterable[Ask], *, at_once: int = AT_ONCE) -> Run:
    """Send the requests to a port of loopback. Raises WrongAnswer."""
    all_asks = list(asks)
    answers = _Sender(port, [ask.as_bytes(port) for ask in all_asks]).send(at_once)
    for ask, answer in zip(all_asks, answers.answers, strict=True):
        if answer.status != ask.status:
            raise WrongAnswer(f"{ask.method} {ask.path}: {ask.status} hoped for\n{answer.head.decode('latin-1')}")
    return answers


class _Line:
    """A connection with one request on its way."""

    __slots__ = ("began", "got", "needed", "number", "socket", "split")

    def __init__(self, found: socket.socket, number: int, began: float) -> None:
        self.socket, self.number, self.began = found, number, began
        self.got = bytearray()
        self.split = -1
        self.needed = -1

    def take(self, piece: bytes) -> bool:
        """Add what came; say whether the answer is whole."""
        self.got += piece
        if self.split < 0 and (at := self.got.find(b"\r\n\r\n")) >= 0:
            self.split = at
            length = _LENGTH.search(self.got, 0, at)
            self.needed = at + 4 + int(length[1]) if length else at + 4 if self._is_empty() else -1
        return 0 <= self.needed <= len(self.got) or not piece

    def _is_empty(self) -> bool:
        return bytes(self.got[9:12]) in (b"204", b"304")

    @property
    def closes(self) -> bool:
        """Whether the server takes no other request on this connection."""
        return self.needed < 0 or _CLOSES.search(self.got, 0, self.split) is not None


class _Sender:
    def __init__(self, port: int, requests: Sequence[bytes]) -> None:
        self._port = port
        self._requests = requests
        self._selector = selectors.DefaultSelector()
        self._answers: list[Answer | None] = [None] * len(requests)
        self._next = 0

    def send(self, at_once: int) -> Run:
        began = time.perf_counter()
        with self._selector:
            for _number in range(min(at_once, len(self._requests))):
                self._ask(None)
            while self._selector.get_map():
                events = self._selector.select(PATIENCE)
                if not events:
                    raise WrongAnswer(f"nothing came from port {self._port} for {PATIENCE:.0f} seconds")
                for key, _mask in events:
                    self._listen(key.data)
        seconds = time.perf_counter() - began
        return Run([answer for answer in self._answers if answer is not None], seconds)

    def _ask(self, open_line: socket.socket | None) -> None:
        """Send the next request, on a connection that is open or on a new one."""
        if self._next == len(self._requests):
            if open_line:
                open_line.close()
            return
        began = time.perf_counter()
        found = open_line or socket.create_connection(("127.0.0.1", self._port), PATIENCE)
        line = _Line(found, self._next, began)
        self._next += 1
        line.socket.sendall(self._requests[line.number])
        self._selector.register(line.socket, selectors.EVENT_READ, line)

    def _listen(self, line: _Line) -> None:
        if not line.take(line.socket.recv(65536)):
            return
        seconds = time.perf_counter() - line.began
        self._selector.unregister(line.socket)
        if line.split < 0:
            raise WrongAnswer(f"port {self._port} closed the connection in the middle of an answer")
        head, body = bytes(line.got[: line.split]), bytes(line.got[line.split + 4 :])
        self._answers[line.number] = Answer(head, body, seconds)
        if line.closes:
            line.socket.close()
            self._ask(None)
        else:
            self._ask(line.socket)
