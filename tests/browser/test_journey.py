"""From the join link to a finished module: on a phone, in both languages, over a bad line, through a killed server.

The way through the whole course stands in test_newcomer.py.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from app.course.content import Course
from tests.browser.conftest import Phone
from tests.browser.demo import check_nothing_lost_nothing_double, course_in, demo_on, mail_to
from tests.browser.hands import Fingers
from tests.browser.journey import WORDS, Person, link_in
from tests.browser.proxy import Fate, bad_line
from tests.program import FLASK, ROOT, SECRET, Program, environ, free_port, run, started
from tests.smtp import mail_server

pytestmark = pytest.mark.browser

NAME, EMAIL = "Wafa Trede", "wafa@example.org"


def finish_first_module(wafa: Person, course: Course) -> None:
    """Do every step of the first module, and see that it is finished."""
    module = course.modules[0]
    wafa.walk(module.steps)
    wafa.open(urljoin(wafa.page.url, "/my-course"))
    link = wafa.page.get_by_role("link", name=module.title)
    expect(wafa.page.locator("article.module").filter(has=link)).to_contain_text(wafa.words.module_finished)


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
            wafa = Person(phone(language, touch=True), WORDS[language], line, goes_back, hands=Fingers())
            wafa.ask_to_join(program.found(r"Join link: (\S+)"), NAME, EMAIL)
            wafa.come_in(link_in(mail_to(program, tmp_path, EMAIL)), EMAIL)
            wafa.begin()
            finish_first_module(wafa, course)
            wafa.page.close()
        assert line.cut("POST") >= {Fate.NOT_ASKED, Fate.NOT_ANSWERED}, line.fates
        assert line.cut("GET") >= {Fate.NOT_ASKED, Fate.HALF_ANSWERED}, line.fates
    check_nothing_lost_nothing_double(tmp_path, course, EMAIL, wafa.memory)


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
            finish_first_module(wafa, course)
            assert site.deaths == len(dies_before)
            wafa.page.close()
    check_nothing_lost_nothing_double(tmp_path, course, EMAIL, wafa.memory)
