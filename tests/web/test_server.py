"""The default server: what comes in larger than it takes is answered with a page, and let go by."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from flask import Flask

from app.server import LARGEST_BODY, server_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

SEVERAL = b"x" * 1_000_000


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """Serve the app on this machine; give its port."""
    server, is_over = server_of(app, host="127.0.0.1", port=0, threads=1), Event()

    def run() -> None:
        while not is_over.is_set():
            server.asyncore.loop(timeout=0.05, map=server._map, use_poll=True, count=1)

    thread = Thread(target=run)
    thread.start()
    yield int(server.effective_port)
    is_over.set()
    thread.join()
    server.asyncore.close_all(server._map)
    server.task_dispatcher.shutdown()


def answer_to(port: int, headers: bytes, body: bytes, times: int) -> str:
    """Send a form in pieces, all of it, before anything is read; return the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"POST /theme HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n\r\n")
        for _time in range(times):
            connection.sendall(body)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


def test_who_sends_too_much_gets_a_page_and_may_send_the_rest(port: int) -> None:
    length = f"Content-Length: {60 * len(SEVERAL)}".encode()
    head, _line, page = answer_to(port, length, SEVERAL, 60).partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 413")
    assert "Connection: close" in head
    assert "This is too much at once" in page
    assert page.rstrip().endswith("</html>")


def test_what_is_too_much_without_saying_so_before_gets_the_same_page(port: int) -> None:
    piece = f"{len(SEVERAL):x}".encode() + b"\r\n" + SEVERAL + b"\r\n"
    found = answer_to(port, b"Transfer-Encoding: chunked", piece, 2 + LARGEST_BODY // len(SEVERAL))
    assert found.startswith("HTTP/1.1 413")
    assert "This is too much at once" in found


def test_what_comes_with_too_much_is_no_request_of_its_own(port: int) -> None:
    length = f"Content-Length: {2 * LARGEST_BODY}".encode()
    found = answer_to(port, length, b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n", 1)
    assert found.count("HTTP/1.1 ") == 1


def test_other_requests_are_answered_meanwhile(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(f"POST /theme HTTP/1.1\r\nHost: localhost\r\nContent-Length: {2 * LARGEST_BODY}\r\n\r\n".encode())
        assert slow.recv(12) == b"HTTP/1.1 413"
        slow.sendall(SEVERAL)  # on it goes, and nobody waits for it
        found = answer_to(port, b"Content-Length: 0", b"", 0)
        assert found.startswith("HTTP/1.1 4")
