"""Who knows nothing of it goes from the join link to the end of the course: on a phone, by keyboard alone.

In Dutch and in English without scripts, and in Dutch with them. By touch, with scripts, and in both languages goes
who meets a bad line: test_journey.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.course.content import Course, Term
from app.course.parts import StepBase
from app.course.steps.read import ReadStep
from app.course.steps.reflect import ReflectStep
from app.web.learner.about_others import ALL_THE_SAME
from tests.browser.conftest import Phone
from tests.browser.demo import check_nothing_lost_nothing_double, course_in, demo_on, mail_to
from tests.browser.hands import Keyboard
from tests.browser.journey import WORDS, Person, link_in
from tests.browser.looking import Onlooker
from tests.program import Program, free_port, started

pytestmark = pytest.mark.browser

ABOUT_HER = "I helped her and noted her number, 06 12345678."
HALF = "Half a thought"


@dataclass(frozen=True)
class Demo:
    """The demo while it runs."""

    program: Program
    instance: Path
    address: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the demo with the real course, for one newcomer after the other."""
    instance, port = tmp_path_factory.mktemp("demo"), free_port()
    address = f"http://127.0.0.1:{port}"
    with started(demo_on(instance, port, address)) as program:
        program.wait_for("Ctrl+C")
        yield Demo(program, instance, address)


@dataclass
class Newcomer(Person):
    """Somebody who does, on the way through the course, once each of what can be done beside it."""

    steps_are_examined: bool = False
    """Whether axe looks at each step: what an author wrote is to be for everybody too."""

    # ---- before coming in

    def choose_language_and_colours(self, language: str, theme: str) -> None:
        """Choose what the pages are to speak and to look like."""
        self.follow(self.page.locator(f".site-tools a[hreflang={language}]"))
        self.follow(self.page.locator(f"button[name=theme][value={theme}]"))

    def read_about_privacy(self, course: Course) -> None:
        """Read a page that the foot leads to."""
        about = course.pages[0]
        self.follow(self.page.locator(f".site-foot a[href='/pages/{about.slug}']"))
        expect(self.page.locator("h1")).to_have_text(about.title)

    # ---- on the way

    def walk_looking_around(self, course: Course) -> None:
        """Do all steps; at the first of each sort do what one can do there."""
        read = [step for step in course.steps if isinstance(step, ReadStep)]
        reflect = [step for step in course.steps if isinstance(step, ReflectStep)]
        deeds: dict[str, Callable[[StepBase], None]] = {
            read[0].key: self.mark,
            next(step for step in read if step.care).key: self.go_around,
            reflect[0].key: self.think_better_of_it,
            next(step for step in reflect if step.care).key: self.pause,
            next(step for step in reversed(reflect) if not step.care).key: self.hand_in_all_the_same,
        }
        for step in course.steps:
            self.examine()
            if step.key in deeds:
                deeds[step.key](step)
            if step.key not in self.memory.steps:
                self.do(step)

    def examine(self) -> None:
        """Let axe look at the page of a step."""
        if self.onlooker and self.steps_are_examined:
            self.onlooker.examine()

    def mark(self, _step: StepBase) -> None:
        """Set a bookmark."""
        button = self.page.locator("aside button[name=on]")
        self.follow(button)
        expect(button).to_have_attribute("value", "0")

    def go_around(self, step: StepBase) -> None:
        """Look where there is support, then take the way around a step that touches something."""
        assert step.care
        self.follow(self.page.locator("main a[href='/support']"))
        expect(self.page.locator("main")).to_contain_text("112")
        self.to_my_course()
        self.press(self.words.go_on)
        note = self.page.locator(".care__body")
        expect(note).to_be_hidden()
        self.unfold(self.page.locator(".care summary"))
        self.follow(note.get_by_role("link", name=step.care.around.title, exact=True))
        expect(self.page.locator("h1")).to_have_text(step.care.around.title)
        self.examine()
        self.press(self.words.done)
        self.memory.steps.append(step.key)

    def pause(self, step: StepBase) -> None:
        """Take a break in the midst of writing, and find the text again."""
        self.hands.write(self.page.locator("#text"), HALF)
        self.follow(self.page.locator("button[value=pause]"))
        self.follow(self.page.locator("main").get_by_role("link", name=step.title))
        expect(self.page.locator("#text")).to_have_value(HALF)

    def think_better_of_it(self, _step: StepBase) -> None:
        """Write about somebody else, be asked about it, and leave the text to be written anew."""
        self.be_asked()

    def hand_in_all_the_same(self, step: StepBase) -> None:
        """Write about somebody else for the cohort, be asked about it, and hand it in."""
        self.hands.choose(self.page.locator("[name=level][value=cohort]"))
        self.be_asked()
        self.follow(self.page.locator(f"button[name={ALL_THE_SAME}][value=cohort]"))
        self.expect_handed_in(ABOUT_HER)
        self.press(self.words.go_on)
        self.memory.steps.append(step.key)

    def be_asked(self) -> None:
        """Hand in a text with somebody's telephone number: it is pointed out."""
        self.hands.write(self.page.locator("#text"), ABOUT_HER)
        self.press(self.words.hand_in)
        expect(self.page.locator("main mark")).to_have_text("06 12345678")
        expect(self.page.locator("#text")).to_have_value(ABOUT_HER)

    # ---- at the end

    def look_back(self, course: Course) -> None:
        """Visit from My course what was marked and written, what there is to print, and the words of the course."""
        main, module = self.page.locator("main"), course.modules[-1]
        self.follow(main.locator("a[href='/bookmarks']"))
        expect(main.get_by_role("link")).to_have_text([course.steps[0].title])
        self.to_my_course()
        self.follow(main.locator("a[href='/reflections']"))
        expect(main).to_contain_text(ABOUT_HER)
        expect(main.locator("article")).to_have_count(len(self.memory.texts))
        self.to_my_course()
        self.follow(main.locator(f"a[href='/modules/{module.slug}/print']"))
        expect(main.locator(".paper__step h2").nth(len(module.steps) - 1)).to_have_text(module.steps[-1].title)
        self.search(course.glossary[0])

    def to_my_course(self) -> None:
        """Go to My course from anywhere."""
        self.follow(self.page.locator(".site-nav a[href='/my-course']"))

    def search(self, term: Term) -> None:
        """Search for a word of the course, and open the glossary where it stands."""
        self.follow(self.page.locator(".site-nav a[href='/search']"))
        self.hands.write(self.page.locator("#q"), term.term)
        self.follow(self.page.locator("form.search button"))
        self.follow(self.page.locator(f"main a[href$='#term-{term.slug}']"))
        expect(self.page.locator("main :target")).to_contain_text(term.term)


@pytest.mark.parametrize(
    ("language", "from_language", "theme", "scripts"),
    [("nl", "en", "dark", True), ("nl", "en", "light", False), ("en", "nl", "dark", False)],
    ids=["nl", "nl-without-scripts", "en-without-scripts"],
)
def test_a_newcomer_goes_from_the_join_link_to_the_end_of_the_course_on_a_phone_by_keyboard_alone(
    phone: Phone, demo: Demo, language: str, from_language: str, theme: str, scripts: bool
) -> None:
    course, page = course_in(language), phone(from_language, scripts=scripts)
    onlooker = Onlooker(page, demo.address)
    wafa = Newcomer(page, WORDS[language], onlooker=onlooker, hands=Keyboard(), steps_are_examined=scripts)
    email = f"wafa.{language}.{theme}@example.org"
    join_link = demo.program.found(r"Join link: (\S+)")
    wafa.open(join_link)
    expect(page.locator("html")).to_have_attribute("lang", from_language)
    wafa.choose_language_and_colours(language, theme)
    wafa.read_about_privacy(course)
    wafa.ask_to_join(join_link, "Wafa Trede", email)
    wafa.come_in(link_in(mail_to(demo.program, demo.instance, email)), email)
    wafa.begin()
    wafa.walk_looking_around(course)
    expect(page.locator("main")).to_contain_text(wafa.words.finished)
    wafa.look_back(course)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    assert onlooker.faults == []
    check_nothing_lost_nothing_double(demo.instance, course, email, wafa.memory)
