"""What the server said that it did is there after `kill -9`, also when that comes in the midst of requests."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.records.engine import make_engine, reading_sessions, writing_sessions
from app.records.models import Attempt, Draft, StepCompletion
from tests.makers import PASSWORD, make_cohort, make_enrolment, make_user
from tests.program import COURSE, SECRET, environ, free_port, started
from tests.web.html import Element, fields_of, parse

pytestmark = pytest.mark.browser

READ, WALK, QUIZ = "/modules/01-map/signs", "/modules/01-map/your-walk", "/modules/01-map/check"
GIVEN = {
    "q-distance": "two",
    "q-steep": "close",
    "q-north": "true",
    "q-time": ["flat>twelve", "up>twenty"],
    "q-plan": ["choose", "measure", "reckon"],
    "q-word": "contour",
}
WRITERS = 4
SAID = 30
"""Deeds that the server says it did, before it is killed."""


class _Stay(HTTPRedirectHandler):
    """Takes a 303 as the answer that it is."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Writer:
    """A learner whose browser writes without a pause, and remembers what the server said."""

    enrolment_id: int
    email: str
    address: str
    told: Callable[[], None]
    """Called after each deed that the server said it did."""
    draft: int = 0
    is_done: bool = False
    under_way: str = ""
    """The deed that was asked for, while the server has not said that it did it."""
    attempts: set[int] = field(default_factory=set)
    sent: dict[str, object] = field(default_factory=dict)
    """The form of the attempt that was handed in last."""
    _browser: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar()), _Stay()))

    def write(self) -> None:
        """Sign in, then type, press and hand in until the server is gone."""
        try:
            self._post("/sign-in", {"email": self.email, "password": PASSWORD}, form_of=self._page("/sign-in"))
            while True:
                self._type()
                self._press()
                self._hand_in()
        except (OSError, HTTPException):
            return

    def send_again(self) -> None:
        """Hand in the attempt of which nothing was heard once more."""
        if self.under_way == "hand in":
            self.attempts.add(self._attempt_from(self._answer(QUIZ, self.sent)))

    def _type(self) -> None:
        page = self._page(WALK)
        self.under_way = "type"
        status, _ = self._post(f"{WALK}/draft", {"text": f"Line {self.draft + 1}"}, form_of=page)
        assert status == 204
        self.draft += 1
        self._heard()

    def _press(self) -> None:
        page = self._page(READ)
        address = f"{READ}/take-back" if self.is_done else READ
        self.under_way = "press"
        status, _ = self._post(address, {}, form_of=page, action=address)
        assert status == 303
        self.is_done = not self.is_done
        self._heard()

    def _hand_in(self) -> None:
        form = self._form(self._page(QUIZ))
        self.sent = {**fields_of(form), **GIVEN}
        self.under_way = "hand in"
        self.attempts.add(self._attempt_from(self._answer(QUIZ, self.sent)))
        self._heard()

    def _heard(self) -> None:
        self.under_way = ""
        self.told()

    def _attempt_from(self, answer: tuple[int, str]) -> int:
        assert answer[0] == 303
        return int(answer[1].rpartition("/")[2])

    # ---- HTTP

    def _page(self, path: str) -> Element:
        with self._browser.open(self.address + path, timeout=60) as answer:
            return parse(answer.read().decode())

    def _form(self, page: Element, action: str | None = None) -> Element:
        forms = page.find_all("main form")
        return next(form for form in forms if action is None or form.get("action") == action)

    def _post(
        self, path: str, fields: dict[str, str], *, form_of: Element, action: str | None = None
    ) -> tuple[int, str]:
        return self._answer(path, {**fields_of(self._form(form_of, action)), **fields})

    def _answer(self, path: str, fields: dict[str, object]) -> tuple[int, str]:
        body = urlencode(fields, doseq=True).encode()
        try:
            with self._browser.open(Request(self.address + path, body), timeout=60) as answer:
                return answer.status, ""
        except HTTPError as answer:  # urllib's name for a 303 that it does not follow
            return answer.code, answer.headers["Location"]


class Count:
    """Counts what the server said to all writers together."""

    def __init__(self, enough: int) -> None:
        self.left = enough
        self.is_enough = threading.Event()
        self._lock = threading.Lock()

    def one_more(self) -> None:
        """Count a deed that the server said it did."""
        with self._lock:
            self.left -= 1
            if self.left <= 0:
                self.is_enough.set()


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> dict[str, str]:
    """The environment of a real site on a new database, of either kind."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    return environ(
        tmp_path,
        OPSTAP_SECRET_KEY=SECRET,
        OPSTAP_COURSE=str(COURSE),
        OPSTAP_URL=address,
        DATABASE_URL=database_url,
        PORT=str(port),
    )


def test_what_the_server_acknowledged_survives_its_being_killed_in_the_midst_of_requests(
    site: dict[str, str],
) -> None:
    count = Count(SAID)
    engine = make_engine(site["DATABASE_URL"])
    with writing_sessions(engine)() as session:
        writers = list(make_writers(session, site["OPSTAP_URL"], count.one_more))
        session.commit()
    with started(site) as program:
        program.wait_for("Ctrl+C")
        threads = [threading.Thread(target=writer.write) for writer in writers]
        for thread in threads:
            thread.start()
        assert count.is_enough.wait(60), f"{count.left} of {SAID} deeds to go:\n{program.said}"
        program.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
    with started(site) as program:
        program.wait_for("Ctrl+C")
        with reading_sessions(engine)() as rows:
            for writer in writers:
                check_draft(rows, writer)
                check_completion(rows, writer)
                check_attempts(rows, writer)
        program.stop()
    engine.dispose()


def make_writers(session: Session, address: str, told: Callable[[], None]) -> Iterator[Writer]:
    cohort = make_cohort(session)
    for number in range(WRITERS):
        user = make_user(session, email=f"writer{number}@example.org")
        enrolment = make_enrolment(session, user=user, cohort=cohort)
        yield Writer(enrolment.id, user.email, address, told)


def check_draft(rows: Session, writer: Writer) -> None:
    """The text that was saved last stands there, or the one that was under way."""
    found = rows.execute(select(Draft.body, Draft.other_body).filter_by(**of(writer, about="01-map/your-walk"))).all()
    lines = [json.loads(body)["text"][0] for body, _other in found]
    said = [f"Line {writer.draft}"] if writer.draft else []
    assert lines == said or (writer.under_way == "type" and lines == [f"Line {writer.draft + 1}"])
    assert not [other for _body, other in found if other], "a text of one's own is no other text"


def check_completion(rows: Session, writer: Writer) -> None:
    """The step stands as the server said, or as the press that was under way left it."""
    found = select(StepCompletion.taken_back_at).filter_by(**of(writer, step_key="01-map/signs"))
    is_done = rows.scalars(found).all() == [None]
    assert is_done == writer.is_done or writer.under_way == "press"


def check_attempts(rows: Session, writer: Writer) -> None:
    """Every attempt is there that the server spoke of; one that was under way is there once after it was sent again."""
    every = select(Attempt.id).filter_by(**of(writer))
    before = set(rows.scalars(every))
    assert before >= writer.attempts
    assert before == writer.attempts or writer.under_way == "hand in"
    writer.send_again()
    assert set(rows.scalars(every)) == writer.attempts


def of(writer: Writer, **which: object) -> dict[str, object]:
    return {"enrolment_id": writer.enrolment_id, **which}
