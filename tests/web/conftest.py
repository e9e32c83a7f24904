"""The whole app on a fresh database of either kind, a browser for it, and pages that are looked at as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import flask
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from app.course.files.shelf import Shelf
from app.records.accounts import Visitor, visitor_of
from app.records.engine import reading_sessions
from app.records.models import User
from app.web.access import enter
from app.web.extensions import db, engine_of
from app.web.headers import ALWAYS
from config import Settings
from tests.databases import make_quick_engine
from tests.makers import PASSWORD, make_enrolment, make_user, make_visitor
from tests.web.html import Element, faults_of, filled, parse

SMALL = Path(__file__).parent.parent / "courses" / "small"


class CompiledOnce(BytecodeCache):
    """Templates as Jinja compiled them for an earlier app: that takes longer than most tests."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """Tell a template in one language from the same in another."""
        return super().get_bucket(environment, f"{getattr(environment, 'language', '')}/{name}", filename, source)

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledOnce()


@pytest.fixture(scope="session", autouse=True)
def rules_compiled_once() -> Iterator[None]:
    """Let werkzeug compile each address once a run and not once an app: that is half of what making one takes."""
    compiled: dict[tuple[object, ...], Any] = {}
    compile_anew = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.host, rule.subdomain, repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_anew(rule, append_unknown)
        return compiled[key]  # a function of the rule, which is given to it

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Let apps share what was compiled for the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.make_engine", make_quick_engine)
        yield


@cache
def small_shelf() -> Shelf:
    """Load the tests' own course, once a run: English, with Dutch beside it."""
    shelf = Shelf(SMALL)
    assert not shelf.faults, "\n".join(map(str, shelf.faults))
    return shelf


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Give the settings of an installation on a new database."""
    return Settings(
        secret_key="a secret that only the tests know",
        database_url=database_url,
        course=SMALL,
        instance=tmp_path,
        cheap_passwords=True,
    )


@pytest.fixture
def app_with(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make apps with other settings than usual, all on the same database: `app_with(base_url="https://...")`."""
    made: list[Flask] = []

    def make(*, shelf: Shelf | None = None, **other: object) -> Flask:
        app = create_app(replace(settings, **other), shelf or small_shelf())  # type: ignore[arg-type]
        app.testing = True
        app.jinja_env.bytecode_cache = TEMPLATES
        made.append(app)
        return app

    yield make
    for app in made:
        engine_of(app).dispose()


@pytest.fixture
def app(app_with: Callable[..., Flask]) -> Flask:
    """Give the app as it is without any setting."""
    return app_with()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser that nobody is signed in on."""
    return app.test_client()


# ---- pages -----------------------------------------------------------------------------------


@dataclass(eq=False)
class Page(Element):
    """A page that was looked at: it held what every page must hold. `path`: where it was, without a query."""

    status: int = 0
    path: str = ""
    response: TestResponse | None = None

    def form(self, *, action: str | None = None, having: Sequence[str] = ()) -> Element:
        """Return the form of the page's own part that goes to an address, or else has these fields."""
        for form in self.find_all("main form"):
            names = {control.get("name") for control in form.elements}
            if (action is None or form.get("action", self.path) == action) and names.issuperset(having):
                return form
        raise AssertionError(f"{self.path} has no form for {action or ', '.join(having)}: {self.text[:600]}")


def looked_at(response: TestResponse) -> Page:
    """Read a page, and check on it what every page must hold."""
    assert response.mimetype == "text/html", f"{response.request.path} is {response.mimetype}"
    root = parse(response.get_data(as_text=True))
    faults = faults_of(root)
    assert not faults, f"{response.request.path}: " + "; ".join(faults)
    for name, value in ALWAYS.items():
        assert name in response.headers, f"{response.request.path} has no {name}"
        assert name == "Referrer-Policy" or response.headers[name] == value
    assert response.headers["Cache-Control"] in ("private, no-cache", "no-store"), response.request.path
    return Page(root.tag, root.attrs, None, root.children, response.status_code, response.request.path, response)


class Browser:
    """A browser on the app: it opens pages, fills in their forms and sends them, and looks at each page that comes."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def visit(self, address: str, *, status: int = 200) -> Page:
        """Open an address, and go where it sends on to. The page that comes must have this status."""
        response = self.client.get(address, follow_redirects=True)
        assert response.status_code == status, f"{address}: {response.status}"
        return looked_at(response)

    def send(self, page: Page, *, status: int = 200, action: str | None = None, **fields: str | Sequence[str]) -> Page:
        """Fill in a form of a page that is open, and send it; `status` is that of the page that comes in the end."""
        form = page.form(action=action, having=tuple(fields))
        address = urljoin(page_address(page), form.get("action"))
        response = self.client.post(address, data=filled(form, fields), follow_redirects=True)
        assert response.status_code == status, f"{address}: {response.status}"
        return looked_at(response)

    def submit(
        self, address: str, *, status: int = 200, action: str | None = None, **fields: str | Sequence[str]
    ) -> Page:
        """Open a page, fill in its form that has these fields or goes to `action`, and send it."""
        return self.send(self.visit(address), status=status, action=action, **fields)

    def sign_in(self, user: User | Visitor, *, password: str = PASSWORD, stay: bool = False) -> Page:
        """Sign somebody in by the page for that, and return the page that they see first."""
        page = self.visit("/sign-in")
        if stay:
            return self.send(page, email=user.email, password=password, stay="y")
        return self.send(page, email=user.email, password=password)

    def let_in(self, visitor: Visitor) -> None:
        """Begin a session for somebody as signing in does, and open no page."""
        with self.client.application.test_request_context(method="POST"):
            enter(visitor.user_id, visitor.stamp)
            db.session.commit()
            begun = dict(flask.session)
        with self.client.session_transaction() as kept:
            kept.update(begun)


def page_address(page: Page) -> str:
    """Return where a page was opened, with its query."""
    assert page.response is not None
    parts = urlsplit(page.response.request.url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


Visit = Callable[..., Page]
Submit = Callable[..., Page]


@pytest.fixture
def reader(client: FlaskClient) -> Browser:
    """Give a browser that looks at each page; nobody is signed in on it."""
    return Browser(client)


@pytest.fixture
def visit(reader: Browser) -> Visit:
    """Open pages: `visit("/my-course")`."""
    return reader.visit


@pytest.fixture
def submit(reader: Browser) -> Submit:
    """Fill in and send forms: `submit("/sign-in", email=..., password=...)`."""
    return reader.submit


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, User | Visitor], Page]:
    """Sign somebody in on a browser: `sign_in(client, user)`."""

    def on(client: FlaskClient, user: User | Visitor) -> Page:
        return Browser(client).sign_in(user)

    return on


# ---- people ----------------------------------------------------------------------------------


@pytest.fixture
def rows(engine: Engine) -> Iterator[Session]:
    """Give a session that only looks, in autocommit: it keeps no writer waiting, and sees what requests committed."""
    with reading_sessions(engine)() as session:
        yield session


@pytest.fixture
def noor(session: Session) -> Visitor:
    """Make a learner who is enrolled and not signed in anywhere: noor@example.org."""
    visitor = make_visitor(
        session, enrolment=make_enrolment(session, user=make_user(session, email="noor@example.org"))
    )
    session.commit()
    return visitor


@pytest.fixture
def learner(noor: Visitor, reader: Browser) -> Visitor:
    """Sign Noor in on `client`, `visit` and `submit`."""
    reader.let_in(noor)
    return noor


def sign_in_admin(session: Session, reader: Browser, *, name: str = "Ada Boog") -> Visitor:
    """Sign in ada@example.org, an admin who is in no cohort."""
    user = make_user(session, name=name, email="ada@example.org", is_admin=True)
    visitor = visitor_of(session, user.id, user.session_stamp, None)
    assert visitor is not None
    session.commit()
    reader.let_in(visitor)
    return visitor
