"""A newcomer's way through the course, as a person walks it: reading buttons, and trying again when nothing came."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage

from playwright.sync_api import Error, Locator, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from app.course.parts import Given, QuestionBase
from app.course.parts import StepBase as Step
from app.course.questions.matching import Matching, Pair
from app.course.questions.multiple_response import MultipleResponse
from app.course.questions.ordering import Ordering
from app.course.questions.short_text import ShortText
from app.course.questions.single_choice import SingleChoice
from app.course.quiz import Quiz, grade_quiz
from app.course.steps.quiz_step import QuizStep
from app.course.steps.reflect import ReflectStep
from tests.browser.hands import Mouse
from tests.browser.looking import Onlooker
from tests.browser.proxy import BadLine, Fate

PASSWORD = "a wooden stair with eleven treads"
TEXT = "A woman at my desk.\n\nShe knew the way; I knew the form."
MANY = 100
"""Tries before giving up; by far more than a bad line needs."""
PATIENCE = 5_000
"""Milliseconds until somebody reloads a page that came and does not come to its end."""


@dataclass(frozen=True)
class Words:
    """What stands on the buttons, and what tells that the end was reached."""

    ask: str
    mail_sent: str
    begin: str
    used: str
    sign_in: str
    done: str
    go_on: str
    hand_in: str
    hand_in_again: str
    handed_in: str
    check: str
    passed: str
    again: str
    my_course: str
    to_my_course: str
    module_finished: str
    finished: str


WORDS = {
    "nl": Words(
        ask="Stuur me de mail",
        mail_sent="Kijk in je mail",
        begin="Begin",
        used="Deze link is al gebruikt",
        sign_in="Inloggen",
        done="Klaar, ga verder",
        go_on="Ga verder",
        hand_in="Lever in",
        hand_in_again="Lever de nieuwe versie in",
        handed_in="Ingeleverd op",
        check="Kijk mijn antwoorden na",
        passed="Gehaald",
        again="Probeer het nog eens",
        my_course="Mijn cursus",
        to_my_course="Ga naar Mijn cursus",
        module_finished="Klaar",
        finished="De hele cursus is klaar",
    ),
    "en": Words(
        ask="Send me the mail",
        mail_sent="Check your mail",
        begin="Begin",
        used="This link was used before",
        sign_in="Sign in",
        done="Done, go on",
        go_on="Go on",
        hand_in="Hand in",
        hand_in_again="Hand in the new version",
        handed_in="Handed in on",
        check="Check my answers",
        passed="Passed",
        again="Try again",
        my_course="My course",
        to_my_course="Go to My course",
        module_finished="Finished",
        finished="The whole course is done",
    ),
}


Look = Callable[[], bool]


class _TooSoon(Exception):
    """The browser is still putting its own page in the place of one that did not come."""


@dataclass
class Memory:
    """What a person remembers to have done, in order; `attempts` are slugs of quizzes, each with whether it passed."""

    steps: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    attempts: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class Person:
    """Somebody at a browser. `goes_back`: where no page came they go back and press again, instead of reloading."""

    page: Page
    words: Words
    line: BadLine | None = None
    goes_back: bool = False
    mend: Callable[[], None] = field(default=lambda: None)
    """What happens outside while the person looks at a page that did not come: the server is started again."""
    onlooker: Onlooker | None = None
    """Who looks over their shoulder at each page that came."""
    hands: Mouse = field(default_factory=Mouse)
    """What they press and write with."""
    memory: Memory = field(default_factory=Memory)

    # ---- going to a page, until it is there

    def open(self, address: str) -> None:
        """Open an address."""
        self._try(lambda: self.page.goto(address, wait_until="commit"))
        self._until_whole(lambda: self._try(lambda: self.page.goto(address, wait_until="commit")))

    def press(self, *names: str, look: Look = lambda: False) -> None:
        """Press the button or link that bears one of the names, and again until a page came.

        `look` is called after going back, before the button is pressed again: what was typed is there still (or
        is typed anew, where a browser keeps nothing), unless the page tells that the deed was done; then it is true.
        """
        at = self.page.url
        self.hands.reach(self._named(names))
        self._try(lambda: self._press(names))
        self._until_whole(lambda: self._back_and_press(at, names, look) if self.goes_back else self._reload())

    def follow(self, thing: Locator) -> None:
        """Follow a link or press a button, wherever on the page it stands."""
        self.hands.reach(thing)
        self._try(lambda: self._click(thing))
        self._until_whole(self._reload)

    def unfold(self, fold: Locator) -> None:
        """Unfold what is folded below a line."""
        self.hands.reach(fold)
        self.hands.press(fold)

    def sees(self, words: str) -> bool:
        """Whether these words stand on the page."""
        return words in self.page.locator("main").inner_text()

    def _press(self, names: tuple[str, ...]) -> None:
        self._click(self._named(names))

    def _click(self, button: Locator) -> None:
        with self.page.expect_navigation(wait_until="commit"):
            self.hands.press(button)

    def _named(self, names: tuple[str, ...]) -> Locator:
        main = self.page.locator("main")
        whole = re.compile("^(" + "|".join(map(re.escape, names)) + ")$")
        return main.get_by_role("button", name=whole).or_(main.get_by_role("link", name=whole)).first

    def _back_and_press(self, at: str, names: tuple[str, ...], look: Look) -> None:
        self._try(lambda: self.page.go_back(wait_until="commit"))
        if self.page.url != at or not self._is_whole():
            self.open(at)
        # A page that leads onward by itself tells that the deed was done.
        if self.page.url == at and not look():
            self._try(lambda: self._press(names))

    def _reload(self) -> None:
        self._try(lambda: self.page.reload(wait_until="commit"))

    def _try(self, deed: Callable[[], object]) -> None:
        if self.line:
            self.line.newest_page = Fate.PASSED
        with contextlib.suppress(_TooSoon):
            # Where no answer comes, the browser shows a page of its own: that too is waited for.
            with self.page.expect_event("framenavigated", lambda frame: frame == self.page.main_frame):
                self._unless_no_answer(deed)
            if self.page.url.startswith("chrome-error:"):
                self.page.wait_for_load_state()

    def _unless_no_answer(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except Error as error:
            if "Not attached to an active page" in error.message:
                raise _TooSoon from error
            if "net::" not in error.message:
                raise

    def _until_whole(self, again: Callable[[], None]) -> None:
        for _time in range(MANY):
            if self._is_whole() and self._is_read():
                if self.onlooker:
                    self.onlooker.glance(self.page.url)
                return
            self.mend()
            again()
        raise AssertionError(f"no page came of {self.page.url}")

    def _is_read(self) -> bool:
        """Whether the page came to its end. Who waits for one that does not, reloads it in the end."""
        try:
            self.page.wait_for_load_state("domcontentloaded", timeout=PATIENCE)
        except TookTooLong:
            return False
        return True

    def _is_whole(self) -> bool:
        came = self.line is None or self.line.newest_page is Fate.PASSED
        return came and not self.page.url.startswith("chrome-error:")

    # ---- coming in

    def ask_to_join(self, join_link: str, name: str, email: str) -> None:
        """Follow the link of a cohort, and give name and address."""

        def fill() -> bool:
            self.hands.write(self.page.locator("#name"), name)
            self.hands.write(self.page.locator("#email"), email)
            return False

        self.open(join_link)
        fill()
        self.press(self.words.ask, look=fill)
        expect(self.page.locator("h1")).to_have_text(self.words.mail_sent)

    def come_in(self, mailed_link: str, email: str) -> None:
        """Open the link of the mail, choose a password, and begin. Who hears that the link was used, signs in."""
        self.open(mailed_link)
        self._fill_password()
        self.press(self.words.begin, self.words.sign_in, look=self._fill_password)
        if self.sees(self.words.used):
            self.press(self.words.sign_in)
        if "/sign-in" in self.page.url:
            self.sign_in(email)
        if "/join/" in self.page.url:
            self.press(self.words.to_my_course)
        expect(self.page.locator("h1")).to_have_text(self.words.my_course)

    def sign_in(self, email: str) -> None:
        """Sign in on the page that is open."""

        def fill() -> bool:
            self.hands.write(self.page.locator("#email"), email)
            return self._fill_password()

        fill()
        self.press(self.words.sign_in, look=fill)

    def _fill_password(self) -> bool:
        field = self.page.locator("#password")
        if field.count():
            self.hands.write(field, PASSWORD)
        return False

    # ---- the course

    def begin(self) -> None:
        """Go from My course to the first step."""
        self.press(self.words.begin, self.words.go_on)

    def walk(self, steps: Iterable[Step]) -> None:
        """Do steps, one after the other, each as its page asks."""
        for step in steps:
            self.do(step)

    def do(self, step: Step) -> None:
        """Do the step whose page is open, and go on."""
        expect(self.page.locator("h1")).to_have_text(step.title)
        match step:
            case ReflectStep():
                self._reflect()
            case QuizStep():
                self._pass(step.quiz)
            case _:
                self.press(self.words.done, self.words.go_on)
        self.memory.steps.append(step.key)

    def _reflect(self) -> None:
        text = self.page.locator("#text")

        def look() -> bool:
            expect(text).to_have_value(TEXT)
            return False

        self.hands.write(text, TEXT)
        self.press(self.words.hand_in, self.words.hand_in_again, look=look)
        self.expect_handed_in(TEXT)
        self.press(self.words.go_on)

    def expect_handed_in(self, text: str) -> None:
        """Find that a text was handed in, and remember it."""
        expect(self.page.locator("aside")).to_contain_text(self.words.handed_in)
        expect(self.page.locator("#text")).to_have_value(text)
        self.memory.texts.append(text)

    def _pass(self, quiz: Quiz) -> None:
        """Pass a quiz; who never saw one has everything wrong first."""
        if not self.memory.attempts:
            self._answer(quiz, {question.slug: wrong(question) for question in quiz.questions})
            assert not self.sees(self.words.passed)
            self.press(self.words.again)
            expect(self.page.locator("[name^=q-]:checked")).to_have_count(0)
        self._answer(quiz, {question.slug: question.best() for question in quiz.questions})
        assert self.sees(self.words.passed)
        self.press(self.words.go_on)

    def _answer(self, quiz: Quiz, given: Mapping[str, Given]) -> None:
        made = self.page.locator("#attempts li").count()

        def look() -> bool:
            if self.page.locator("#attempts li").count() == made:
                expect_filled_in(self.page, quiz, given)
                return False
            self.page.locator("#attempts summary").click()
            self._try(lambda: self._click(self.page.locator("#attempts a").first))
            return True

        for question in quiz.questions:
            self._fill_in(question, given[question.slug])
        self.press(self.words.check, look=look)
        graded = grade_quiz(quiz, given)
        expect(self.page.locator("#score")).to_have_text(re.compile(rf"^{graded.points} "))
        self.memory.attempts.append((quiz.slug, graded.passed))

    def _fill_in(self, question: QuestionBase, given: Given) -> None:
        """Give an answer by what the page offers for its kind of question."""
        name = f"q-{question.slug}"
        match question:
            case Matching():
                for value in given:
                    self.hands.select(self.page.locator(f"select[name={name}]:has(option[value='{value}'])"), value)
            case Ordering():
                for number, value in enumerate(given, 1):
                    self.hands.select(self.page.locator(f"#{name}-{number}"), value)
            case ShortText():
                self.hands.write(self.page.locator(f"#{name}-1"), given[0])
            case _:
                for value in given:
                    self.hands.choose(self.page.locator(f"[name={name}][value={value}]"))


# ---- answers ---------------------------------------------------------------------------------


def wrong(question: QuestionBase) -> Given:
    """Return an answer that earns nothing, and can be handed in."""
    match question:
        case Matching():
            return tuple(f"{pair.slug}>{_other_target(question, pair)}" for pair in question.pairs)
        case Ordering():
            first, *others = question.best()
            return (*others, first)
        case ShortText():
            return ("?!",)
        case SingleChoice() | MultipleResponse():
            return tuple(option.slug for option in question.options if not option.correct)[:1]
    raise AssertionError(question.kind)


def _other_target(question: Matching, pair: Pair) -> str:
    return next(target.slug for target in question.targets if target.slug != pair.target)


def expect_filled_in(page: Page, quiz: Quiz, given: Mapping[str, Given]) -> None:
    """Find the answers as they were given."""
    for question in quiz.questions:
        if not isinstance(question, Matching | Ordering | ShortText):
            for value in given[question.slug]:
                expect(page.locator(f"[name=q-{question.slug}][value={value}]")).to_be_checked()


# ---- mail ------------------------------------------------------------------------------------


def link_in(mail: EmailMessage) -> str:
    """Return the address that a mail's button opens."""
    text = mail.get_body(("plain",))
    assert text is not None
    found = re.search(r"https?://\S+/link/\S+", text.get_content())
    assert found, text.get_content()
    return found[0]
