"""From the join link to a finished module: on a phone, in both languages, over a bad line, through a killed server."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.files.shelf import Shelf
from app.records.engine import make_engine, reading_sessions
from app.records.models import (
    Answer,
    Attempt,
    Enrolment,
    JoinCode,
    ModuleCompletion,
    Reflection,
    ReflectionRevision,
    StepCompletion,
    User,
)
from tests.browser.journey import TEXT, WORDS, Person, link_in
from tests.browser.proxy import Fate, bad_line
from tests.program import ROOT, Program, environ, free_port, started

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
LOCALES = {"nl": "nl-NL", "en": "en-GB"}
EMAIL = "wafa@example.org"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page as on a phone: `phone("nl")`; with `java_script_enabled=False`, without scripts."""
    opened = []

    def on(language: str, **how: bool) -> Page:
        context = browser.new_context(viewport=PHONE, locale=LOCALES[language], reduced_motion="reduce", **how)
        opened.append(context)
        return context.new_page()

    yield on
    for context in opened:
        context.close()


def course_in(language: str) -> Course:
    return Shelf(ROOT).course(language)


def demo_on(tmp_path: Path, port: int, address: str) -> dict[str, str]:
    """Return the environment of the demo with the real course, known by an address."""
    return environ(tmp_path, OPSTAP_DEMO="1", OPSTAP_COURSE=str(ROOT), PORT=str(port), OPSTAP_URL=address)


def mail_to(program: Program, instance: Path, address: str) -> EmailMessage:
    """Wait for a mail of the demo, and read the one in its folder."""
    program.wait_for(f"Mail to {address}")
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in instance.glob("mails/*")]
    [mine] = [mail for mail in mails if mail["To"] and address in mail["To"]]
    return mine


@dataclass
class Rows:
    """What the database holds of one person in the end."""

    session: Session

    def count(self, table: type, *which: object) -> int:
        return self.session.execute(select(func.count()).select_from(table).where(*which)).scalar_one()  # type: ignore[arg-type]


def check_nothing_lost_nothing_double(instance: Path, course: Course) -> None:
    """Compare the rows with what the person did: each step, one text, two attempts."""
    engine = make_engine(f"sqlite:///{instance}/opstap.db")
    with reading_sessions(engine)() as rows:
        users = rows.scalars(select(User.id).where(User.email == EMAIL)).all()
        assert len(users) == 1
        [enrolment] = rows.scalars(select(Enrolment).where(Enrolment.user_id == users[0])).all()
        assert rows.scalars(select(JoinCode.taken).where(JoinCode.cohort_id == enrolment.cohort_id)).all() == [1]
        mine = {"enrolment_id": enrolment.id}
        done = rows.scalars(select(StepCompletion.step_key).filter_by(**mine)).all()
        assert sorted(done) == sorted(step.key for step in course.steps)
        assert rows.scalars(select(ModuleCompletion.module_slug).filter_by(**mine)).all() == [
            module.slug for module in course.modules
        ]
        texts = select(ReflectionRevision.text).join(Reflection).filter_by(**mine)
        assert rows.scalars(texts).all() == [TEXT]
        attempts = rows.scalars(select(Attempt).filter_by(**mine).order_by(Attempt.number)).all()
        assert [(attempt.number, attempt.passed) for attempt in attempts] == [(1, False), (2, True)]
        answers = rows.scalars(select(Answer.attempt_id).where(Answer.attempt_id.in_([a.id for a in attempts]))).all()
        assert len(answers) == sum(len(quiz.questions) for quiz in course.quizzes.values()) * 2
    engine.dispose()


@pytest.mark.parametrize(("language", "goes_back"), [("nl", False), ("en", True)], ids=["nl-reloads", "en-goes-back"])
def test_a_newcomer_finishes_the_module_on_a_phone_over_a_line_that_cuts_a_fifth_of_the_answers(
    phone: Callable[..., Page], tmp_path: Path, language: str, goes_back: bool
) -> None:
    port = free_port()
    course = course_in(language)
    with bad_line(port, seed="tunnel 343") as line:
        address = f"http://127.0.0.1:{line.port}"
        with started(demo_on(tmp_path, port, address)) as program:
            program.wait_for("Ctrl+C")
            wafa = Person(phone(language), WORDS[language], line, goes_back)
            wafa.ask_to_join(program.found(r"Join link: (\S+)"), "Wafa Trede", EMAIL)
            wafa.come_in(link_in(mail_to(program, tmp_path, EMAIL)), EMAIL)
            wafa.begin()
            wafa.walk(course.steps)
            wafa.open(f"{address}/my-course")
            expect(wafa.page.locator("main")).to_contain_text(wafa.words.finished)
            wafa.page.close()
        assert line.cut("POST") >= {Fate.NOT_ASKED, Fate.NOT_ANSWERED}, line.fates
        assert line.cut("GET") >= {Fate.NOT_ASKED, Fate.HALF_ANSWERED}, line.fates
    check_nothing_lost_nothing_double(tmp_path, course)
