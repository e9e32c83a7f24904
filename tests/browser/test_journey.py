"""From the join link to a finished module: on a phone, in both languages, over a bad line, through a killed server."""

from __future__ import annotations

import email
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

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
from tests.program import FLASK, ROOT, SECRET, Program, environ, free_port, run, started
from tests.smtp import mail_server

pytestmark = pytest.mark.browser

LOCALES = {"nl": "nl-NL", "en": "en-GB"}
NAME, EMAIL = "Wafa Trede", "wafa@example.org"

Phone = Callable[..., Page]


@pytest.fixture
def phone(browser: Browser) -> Iterator[Phone]:
    """Open a page as on a phone: `phone("nl")`; `phone("nl", scripts=False)` without scripts."""
    with ExitStack() as opened:

        def on(language: str, *, scripts: bool = True) -> Page:
            context = browser.new_context(
                viewport={"width": 360, "height": 740},
                locale=LOCALES[language],
                reduced_motion="reduce",
                java_script_enabled=scripts,
            )
            opened.callback(context.close)
            return context.new_page()

        yield on


def course_in(language: str) -> Course:
    """Return the course that this repository brings."""
    return Shelf(ROOT).course(language)


def demo_on(instance: Path, port: int, address: str) -> dict[str, str]:
    """Return the environment of the demo with the real course, known by an address."""
    return environ(instance, OPSTAP_DEMO="1", OPSTAP_COURSE=str(ROOT), PORT=str(port), OPSTAP_URL=address)


def mail_to(program: Program, instance: Path, address: str) -> EmailMessage:
    """Wait for a mail of the demo, and read it in its folder."""
    program.wait_for(f"Mail to {address}")
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in instance.glob("mails/*")]
    [mine] = [mail for mail in mails if address in str(mail["To"])]
    return mine


def check_nothing_lost_nothing_double(instance: Path, course: Course) -> None:
    """Compare the rows with what the person did: each step, one text, two attempts at each quiz."""
    engine = make_engine(f"sqlite:///{instance}/opstap.db")
    with reading_sessions(engine)() as rows:
        [user_id] = rows.scalars(select(User.id).where(User.email == EMAIL)).all()
        [enrolment] = rows.scalars(select(Enrolment).where(Enrolment.user_id == user_id)).all()
        assert rows.scalars(select(JoinCode.taken).where(JoinCode.cohort_id == enrolment.cohort_id)).all() == [1]
        mine = {"enrolment_id": enrolment.id}
        done = rows.scalars(select(StepCompletion.step_key).filter_by(**mine)).all()
        assert sorted(done) == sorted(step.key for step in course.steps)
        finished = rows.scalars(select(ModuleCompletion.module_slug).filter_by(**mine)).all()
        assert finished == [module.slug for module in course.modules]
        texts = rows.scalars(select(ReflectionRevision.text).join(Reflection).filter_by(**mine)).all()
        assert texts == [TEXT]
        attempts = rows.scalars(select(Attempt).filter_by(**mine).order_by(Attempt.number)).all()
        assert [(attempt.number, attempt.passed) for attempt in attempts] == [(1, False), (2, True)]
        [quiz] = course.quizzes.values()
        answers = rows.scalars(select(Answer.attempt_id).where(Answer.attempt_id.in_([a.id for a in attempts]))).all()
        assert len(answers) == 2 * len(quiz.questions)
    engine.dispose()


@pytest.mark.parametrize(("language", "goes_back"), [("nl", False), ("en", True)], ids=["nl-reloads", "en-goes-back"])
def test_a_newcomer_finishes_the_module_on_a_phone_over_a_line_that_cuts_a_fifth_of_the_answers(
    phone: Phone, tmp_path: Path, language: str, goes_back: bool
) -> None:
    port = free_port()
    course = course_in(language)
    with bad_line(port, seed="tunnel 343") as line:
        address = f"http://127.0.0.1:{line.port}"
        with started(demo_on(tmp_path, port, address)) as program:
            program.wait_for("Ctrl+C")
            wafa = Person(phone(language), WORDS[language], line, goes_back)
            wafa.ask_to_join(program.found(r"Join link: (\S+)"), NAME, EMAIL)
            wafa.come_in(link_in(mail_to(program, tmp_path, EMAIL)), EMAIL)
            wafa.begin()
            wafa.walk(course.steps)
            wafa.open(f"{address}/my-course")
            expect(wafa.page.locator("main")).to_contain_text(wafa.words.finished)
            wafa.page.close()
        assert line.cut("POST") >= {Fate.NOT_ASKED, Fate.NOT_ANSWERED}, line.fates
        assert line.cut("GET") >= {Fate.NOT_ASKED, Fate.HALF_ANSWERED}, line.fates
    check_nothing_lost_nothing_double(tmp_path, course)


def test_a_newcomer_finishes_the_module_without_javascript_and_chooses_colours_and_language(
    phone: Phone, tmp_path: Path
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    course = course_in("nl")
    with started(demo_on(tmp_path, port, address)) as program:
        program.wait_for("Ctrl+C")
        page = phone("en", scripts=False)
        wafa = Person(page, WORDS["nl"])
        wafa.open(program.found(r"Join link: (\S+)"))
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.locator(".site-tools a[hreflang=nl]").click()
        expect(page.locator("html")).to_have_attribute("lang", "nl")
        page.locator("button[name=theme][value=dark]").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        wafa.ask_to_join(page.url, NAME, EMAIL)
        wafa.come_in(link_in(mail_to(program, tmp_path, EMAIL)), EMAIL)
        wafa.begin()
        wafa.walk(course.steps)
        expect(page.locator("main")).to_contain_text(wafa.words.finished)
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator("html")).to_have_attribute("lang", "nl")
        page.close()
    check_nothing_lost_nothing_double(tmp_path, course)


@dataclass
class Mortal:
    """A site whose process can be killed, and started again at the same address."""

    environ: Mapping[str, str]
    deaths: int = 0
    _all: ExitStack = field(default_factory=ExitStack)
    _program: Program | None = None

    def live(self) -> None:
        """Start, unless it runs."""
        if self._program is None:
            self._program = self._all.enter_context(started(self.environ))
            self._program.wait_for("Ctrl+C")

    def die(self) -> None:
        """Kill the process as it is."""
        assert self._program is not None
        self._program.stop(signal.SIGKILL)
        self._program = None
        self.deaths += 1

    def close(self) -> None:
        """End for good."""
        self._all.close()

    def wait_for(self, words: str) -> None:
        """Wait until the process that runs has said some words."""
        assert self._program is not None
        self._program.wait_for(words)


@dataclass
class Unlucky(Person):
    """Somebody whose server is killed before some of the buttons that they press."""

    site: Mortal | None = None
    dies_before: frozenset[str] = frozenset()

    def _press(self, names: tuple[str, ...]) -> None:
        if self.site and self.dies_before.intersection(names):
            self.dies_before -= set(names)
            self.site.die()
        super()._press(names)


def test_a_newcomer_finishes_the_module_while_the_server_is_killed_between_their_clicks(
    phone: Phone, tmp_path: Path
) -> None:
    course = course_in("nl")
    port = free_port()
    words = WORDS["nl"]
    with mail_server() as post:
        facts = environ(
            tmp_path,
            OPSTAP_SECRET_KEY=SECRET,
            OPSTAP_COURSE=str(ROOT),
            OPSTAP_URL=f"http://127.0.0.1:{port}",
            OPSTAP_SMTP=post.url,
            PORT=str(port),
        )
        said = run(facts, *FLASK[1:], "cohort", "new", "Voorjaar").stdout
        with closing(Mortal(facts)) as site:
            site.live()
            dies_before = frozenset({words.ask, words.begin, words.hand_in, words.check})
            wafa = Unlucky(phone("nl"), words, mend=site.live, site=site, dies_before=dies_before)
            wafa.ask_to_join(said.partition("Join link: ")[2].split()[0], NAME, EMAIL)
            site.wait_for("left")
            wafa.come_in(link_in(post.mails[-1]), EMAIL)
            wafa.begin()
            wafa.walk(course.steps)
            expect(wafa.page.locator("main")).to_contain_text(words.finished)
            assert site.deaths == len(dies_before)
            wafa.page.close()
    check_nothing_lost_nothing_double(tmp_path, course)
