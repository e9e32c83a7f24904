"""What a request works with: the database's sessions, CSRF, who is signed in, and the house itself."""

import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.sansio.http import parse_cookie

from app.course.content import Course
from app.course.files.shelf import Shelf
from app.course.parts import QuestionBase, StepBase
from app.course.rules.cohort_modules import CohortPlan, course_of
from app.records.engine import reading_engine, writing_sessions
from app.records.passwords import Passwords
from config import Settings

log = logging.getLogger("opstap.web")

T = TypeVar("T")

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

    def once(self, make: Callable[[Course], T], course: Course) -> T:
        """Return what `make` makes of a course, for everybody: it is made once, while the shelf holds that course."""
        key = (make, course.language, course.slugs)
        found = self._made.get(key)
        if found is None or found[0] is not course:
            found = self._made[key] = (course, make(course))
        return cast(T, found[1])

    def part(self, course: Course, plan: CohortPlan) -> Course:
        """Return the course as a cohort has it: one for all cohorts of the same modules."""
        key = (course.language, frozenset(one.slug for one in plan.modules))
        found = self._parts.get(key)
        if found is None or found[0] is not course:
            found = self._parts[key] = (course, course_of(course, plan))
        return found[1]

    @cached_property
    def _parts(self) -> dict[tuple[str, frozenset[str]], tuple[Course, Course]]:
        return {}

    @cached_property
    def _made(self) -> dict[tuple[Callable[[Course], Any], str, tuple[str, ...]], tuple[Course, Any]]:
        return {}

    @cached_property
    def passwords(self) -> Passwords:
        """How passwords are hashed here."""
        return Passwords(cheap=self.settings.cheap_passwords)


def house() -> House:
    """Return the house of the app that answers this request."""
    return cast(House, current_app.extensions["opstap"])


def house_of(app: Flask) -> House:
    """Return the house of an app, for who prepares it or works beside its requests."""
    return cast(House, app.extensions["opstap"])


@dataclass(frozen=True)
class _Sessions:
    engine: Engine
    reading: Engine
    writing: sessionmaker[Session]


class Database:
    """The sessions of a request: one that reads, in autocommit, and one transaction that writes.

    Each begins when it is first used and ends with the request; what was not committed is undone.
    """

    def init_app(self, app: Flask, engine: Engine) -> None:
        """Give the app its engine, and close the sessions of a request at its end."""
        app.extensions["database"] = _Sessions(engine, reading_engine(engine), writing_sessions(engine))
        app.teardown_appcontext(_close_sessions)

    @property
    def session(self) -> Session:
        """The session that suits the request: reading for GET, HEAD and OPTIONS, else writing."""
        return self.reading if request.method in READING_METHODS else self.writing()

    @property
    def connection(self) -> Connection:
        """The connection that reads: enough to see who is here, and a session costs as much again as that."""
        if "reading_connection" not in g:
            g.reading_connection = _sessions().reading.connect()
        return cast(Connection, g.reading_connection)

    @property
    def reading(self) -> Session:
        """The session that reads, whatever the method; it never waits for a writer."""
        if "reading_session" not in g:
            g.reading_session = Session(self.connection)
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
    for name in ("writing_session", "reading_session", "reading_connection"):
        found = g.pop(name, None)
        if found is not None:
            _close(found)


def _close(found: Session | Connection) -> None:
    """Close what is open. Where the server is gone nothing is left to undo, and the answer still goes out."""
    try:
        found.close()
    except DBAPIError as error:
        log.warning("a session of the database could not be closed: %s", error)
        found.invalidate()


class OneCookieLoginManager(LoginManager):  # type: ignore[misc]  # the library has no types
    """Flask-Login without its second cookie: staying signed in is a session that lasts.

    That cookie would also make every answer depend on cookies, static files too.
    """

    def _update_remember_cookie(self, response: Response) -> Response:
        return response

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        return None

    def _session_protection_failed(self) -> bool:
        """Tell no session by address and browser: both change on a train, and to hash them takes its time."""
        return False


class PageRequest(Request):
    """Flask's request; its cookies come at once from where they stand, not by way of all headers."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """What the browser sent along."""
        return cast(ImmutableMultiDict[str, str], parse_cookie(self.environ.get("HTTP_COOKIE"), ImmutableMultiDict))


class Sessions(SecureCookieSessionInterface):
    """The sessions of one app, as Flask keeps them; its signer is made once, and not twice a request."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs the cookie of the session."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer


db = Database()
csrf = CSRFProtect()
login_manager = OneCookieLoginManager()
