"""What a request works with: the database's sessions, CSRF, who is signed in, and the house itself."""

import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from app.course.files.shelf import Shelf
from app.course.parts import QuestionBase, StepBase
from app.records.engine import reading_sessions, writing_sessions
from app.records.passwords import Passwords
from config import Settings

log = logging.getLogger("opstap.web")

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class House:
    """What an app was made from: its settings, its course, and the page or field of each kind."""

    settings: Settings
    shelf: Shelf
    pages: Mapping[type[StepBase], type[Any]]
    fields: Mapping[type[QuestionBase], type[Any]]

    @property
    def key(self) -> bytes:
        """The installation's secret, for the links in mails and for what the limits on attempts count."""
        return self.settings.secret_key.encode()

    def keyed_hash(self, words: str) -> str:
        """Return 64 hexadecimal digits that stand for some words; without the key nobody can make them."""
        return hmac.new(self.key, words.encode(), hashlib.sha256).hexdigest()

    @cached_property
    def passwords(self) -> Passwords:
        """How passwords are hashed here."""
        return Passwords(cheap=self.settings.cheap_passwords)


def house() -> House:
    """Return the house of the app that answers this request."""
    return house_of(current_app)


def house_of(app: Flask) -> House:
    """Return the house of an app, for who prepares it or works beside its requests."""
    return cast(House, app.extensions["opstap"])


@dataclass(frozen=True)
class _Sessions:
    engine: Engine
    reading: sessionmaker[Session]
    writing: sessionmaker[Session]


class Database:
    """The sessions of a request: one that reads, in autocommit, and one transaction that writes.

    Each begins when it is first used and ends with the request; what was not committed is undone.
    """

    def init_app(self, app: Flask, engine: Engine) -> None:
        """Give the app its engine, and close the sessions of a request at its end."""
        app.extensions["database"] = _Sessions(engine, reading_sessions(engine), writing_sessions(engine))
        app.teardown_appcontext(_close_sessions)

    @property
    def session(self) -> Session:
        """The session that suits the request: reading for GET, HEAD and OPTIONS, else writing."""
        return self.reading if request.method in READING_METHODS else self.writing()

    @property
    def reading(self) -> Session:
        """The session that reads, whatever the method; it never waits for a writer."""
        if "reading_session" not in g:
            g.reading_session = _sessions().reading()
        return cast(Session, g.reading_session)

    def writing(self) -> Session:
        """Return the request's one writing transaction, also on a GET that must note something."""
        if "writing_session" not in g:
            g.writing_session = _sessions().writing()
        return cast(Session, g.writing_session)


def engine_of(app: Flask) -> Engine:
    """Return the engine that an app was given, for who works beside its requests."""
    return cast(_Sessions, app.extensions["database"]).engine


def _sessions() -> _Sessions:
    return cast(_Sessions, current_app.extensions["database"])


def _close_sessions(error: BaseException | None) -> None:
    for name in ("writing_session", "reading_session"):
        session = g.pop(name, None)
        if session is not None:
            _close(session)


def _close(session: Session) -> None:
    """Close a session. Where the server is gone nothing is left to undo, and the answer still goes out."""
    try:
        session.close()
    except DBAPIError as error:
        log.warning("a session of the database could not be closed: %s", error)
        session.invalidate()


class OneCookieLoginManager(LoginManager):  # type: ignore[misc]  # the library has no types
    """Flask-Login without its second cookie: staying signed in is a session that lasts.

    That cookie would also make every answer depend on cookies, static files too.
    """

    def _update_remember_cookie(self, response: Response) -> Response:
        return response

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        return None


db = Database()
csrf = CSRFProtect()
login_manager = OneCookieLoginManager()
