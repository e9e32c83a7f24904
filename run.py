"""The server starts here: `python run.py`, or `gunicorn 'run:create()'` for several processes.

`flask --app run ...` finds the commands here too.
"""

from __future__ import annotations

import gc

gc.disable()  # Until all modules stand: none of them is thrown away, and to look for that is a tenth of the start.

import errno
import logging
import os
import signal
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn

from flask import Flask

import app as program
from app.cli.demo import SIGN_INS, Demo, RealPeople, prepare_demo
from app.cli.ground import DatabaseUnfit, ready_database
from app.course.files.shelf import Shelf
from app.server import server_of
from app.web.logs import keep_links_out
from app.worker import Worker, post_of
from config import Settings, SettingsError, is_loopback

gc.freeze()
gc.enable()


class CannotStart(Exception):
    """What stands in the way of serving, and what to do about it: a line for each fault."""


def create_app() -> Flask:
    """Make the app for the command line: also while the course has faults, and for an author without a secret."""
    try:
        settings = Settings.from_environment(os.environ, secret_needed=False)
    except SettingsError as error:
        raise SystemExit(str(error)) from error
    return _make(settings, Shelf(settings.course))


def create() -> Flask:
    """Make the app for a server of several processes, with its database up to date. Raises CannotStart."""
    settings = _settings()
    if settings.demo:
        raise CannotStart("OPSTAP_DEMO: run.py alone keeps the demo to this machine; start it by make run")
    return _ready(settings)


def serve() -> None:
    """Serve until SIGTERM or Ctrl+C. Raises CannotStart."""
    settings = _settings()
    app = _ready(settings)
    try:
        demo = prepare_demo(app, now=datetime.now(UTC)) if settings.demo else None
    except RealPeople as error:
        raise CannotStart("DATABASE_URL: this database is a real site's; the demo wants one of its own") from error
    try:
        server = server_of(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            connection_limit=1000,
            asyncore_use_poll=True,
            ident=None,
            clear_untrusted_proxy_headers=False,  # the app itself decides which of them it believes
        )
    except OSError as error:
        raise CannotStart(_why_no_place(error, settings)) from error
    with ExitStack() as at_the_end:
        worker = Worker(app, post_of(settings))
        worker.start()
        at_the_end.callback(worker.stop)
        print(*_welcome(settings, demo), sep="\n", flush=True)  # noqa: T201 - for who started it
        server.run()  # ends by SystemExit or KeyboardInterrupt, after the requests in flight


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except SettingsError as error:
        raise CannotStart(str(error)) from error


def _ready(settings: Settings) -> Flask:
    """Make the app, unless its course has faults or its database cannot be used."""
    shelf = Shelf(settings.course, watch=settings.develop)
    if shelf.faults and not settings.develop:
        faults = "\n".join(str(fault) for fault in shelf.faults)
        raise CannotStart(
            f"{faults}\n{_number_of(len(shelf.faults))} in {settings.course}; mend the files and start again."
        )
    try:
        ready_database(settings)
    except DatabaseUnfit as error:
        raise CannotStart(error.message) from error
    app = _make(settings, shelf)
    gc.freeze()  # what is loaded now stays: no later search for what can go walks through it
    return app


def _make(settings: Settings, shelf: Shelf) -> Flask:
    """Make the app. Only in the demo links may stand in the log: it is how a mail is read there."""
    if not settings.demo:
        keep_links_out()
    return program.create_app(settings, shelf)


def _number_of(faults: int) -> str:
    return "1 fault" if faults == 1 else f"{faults} faults"


def _why_no_place(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"PORT: {settings.port} is in use by another program; choose another, such as PORT={settings.port + 1}"
    return f"OPSTAP_HOST, PORT: {settings.host} port {settings.port} cannot be listened at: {error.strerror or error}"


def _welcome(settings: Settings, demo: Demo | None) -> list[str]:
    """Say where the site is; in demo mode, how to come in; else what is not as a real site wants it."""
    lines = [f"Opstap: {settings.base_url}"]
    if demo:
        lines += [
            f"Sign in as {', '.join(SIGN_INS[:-1])} or {SIGN_INS[-1]}",
            f"Password: {demo.password}",
            f"Join link: {settings.base_url}/join/{demo.join_key}",
        ]
    if settings.smtp is None:
        lines.append(
            f"Mails go into {settings.instance / 'mails'} and into this log."
            if demo
            else "OPSTAP_SMTP is not set: mails wait in the outbox until it is."
        )
    if not demo and is_loopback(settings.base_url.partition("://")[2].rpartition(":")[0].strip("[]")):
        lines.append(f"OPSTAP_URL is not set to the site's own address: links in mails lead to {settings.base_url}.")
    return [*lines, "Ctrl+C ends it."]


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def main() -> int:
    """Serve; return the exit status."""
    signal.signal(signal.SIGTERM, _end)
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("opstap").setLevel(logging.INFO)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every burst of requests
    try:
        serve()
    except CannotStart as error:
        print(f"Opstap cannot start.\n{error}", file=sys.stderr)  # noqa: T201 - for who started it
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
