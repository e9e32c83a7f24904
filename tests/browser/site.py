"""A running site on loopback, in a thread of the test: its database can be looked at and written to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from waitress.server import create_server

from app import create_app
from app.course.content import Course
from app.course.files.shelf import Shelf
from app.records.engine import make_engine, reading_sessions, writing_sessions
from app.web.extensions import engine_of, house_of
from config import Settings
from tests import databases
from tests.course_folder import SMALL
from tests.makers import PASSWORD


@dataclass(frozen=True)
class Site:
    """A running site. `rows` sees what requests committed."""

    address: str
    rows: Session
    app: Flask
    engine: Engine

    def writing(self) -> Session:
        """Give a session that writes; commit before anybody else does."""
        return writing_sessions(self.engine)()

    def course(self, language: str = "en") -> Course:
        """Return the course of the site."""
        return house_of(self.app).shelf.course(language)


@contextmanager
def site_on(folder: Path, *, course: Path = SMALL, develop: bool = False) -> Iterator[Site]:
    """Serve a course on a new database in a folder, on a free port."""
    with databases.new_database("sqlite", folder) as url:
        settings = Settings(
            secret_key="a secret that only the tests know",
            database_url=url,
            course=course,
            instance=folder,
            develop=develop,
            cheap_passwords=True,
        )
        app = create_app(settings, Shelf(course, watch=develop))
        engine = make_engine(url)
        try:
            with reading_sessions(engine)() as rows, served(app) as address:
                yield Site(address, rows, app, engine)
        finally:
            engine_of(app).dispose()
            engine.dispose()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app in a thread, as `server.run` does, but to an end: also while browsers keep connections open."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    is_over = Event()

    def run() -> None:
        while not is_over.is_set():
            server.asyncore.loop(timeout=0.2, map=server._map, use_poll=True, count=1)

    thread = Thread(target=run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        is_over.set()
        thread.join()
        server.asyncore.close_all(server._map)
        server.task_dispatcher.shutdown()


def sign_in(page: Page, site: Site, name: str = "noor") -> None:
    """Sign somebody in by the page for that; `name` is the first part of the address."""
    page.goto(f"{site.address}/sign-in")
    sign_in_here(page, name)
    expect(page).to_have_url(re.compile("/my-course$"))


def sign_in_here(page: Page, name: str = "noor") -> None:
    """Sign somebody in on the page that is open."""
    page.locator("#email").fill(f"{name}@example.org")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").first.click()
