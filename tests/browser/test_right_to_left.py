"""A course in Arabic, in a real browser: every page, kind of step and kind of question goes from right to left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from app.course.parts import Given
from app.course.steps.quiz_step import QuizStep
from tests.browser.looking import theme_context
from tests.browser.site import site_on
from tests.browser.test_every_page import Walk, make_people, path, walk_on
from tests.course_folder import GARDEN

pytestmark = pytest.mark.browser

SUN, BALCONY, RAILING = (f"01-light/{slug}" for slug in ("where-the-sun-is", "your-balcony", "at-the-railing"))
SEED, WATERING, SOWING = (f"02-sowing/{slug}" for slug in ("from-seed-to-pot", "watering", "check-sowing"))
RIPE, READ_ON = (f"03-harvest/{slug}" for slug in ("check-ripe", "read-on"))
SCREENS: tuple[ViewportSize, ...] = (
    {"width": 360, "height": 640},
    {"width": 768, "height": 1024},
    {"width": 1440, "height": 900},
)
WRONG: Mapping[str, Given] = {
    "depth": ("surface",),
    "way-out": ("hole", "saucer"),
    "calendar": ("true",),
    "side": ("tomato>north", "mint>south"),
    "in-order": ("sow", "fill", "cover", "water"),
    "young": ("بذرة",),
}
"""Answers to one question of every kind, all of them wrong or half right."""

FIND_UNTURNED = """() => [...document.querySelectorAll(".icon--turn, .stair, .logo svg")]
  .filter(one => getComputedStyle(one).scale !== "-1 1").map(one => one.outerHTML.slice(0, 120))"""

FIND_BACKWARDS = """() => {
  // Of a number or an address, the first sign stands to the left of the next one, wherever both are on one line.
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    for (const match of text.data.matchAll(/\\d{2,}|[a-z]+@[a-z.]+|https:\\/\\/\\S+|0800 [\\d ]+\\d/g)) {
      const place = at => {
        const range = document.createRange();
        range.setStart(text, match.index + at);
        range.setEnd(text, match.index + at + 1);
        return range.getBoundingClientRect();
      };
      const [first, second] = [place(0), place(1)];
      if (first.width && first.top === second.top && first.left >= second.left) found.push(match[0]);
    }
  }
  return found;
}"""

FIND_MISMARKED = """() => {
  // Words in Arabic letters are marked as Arabic, and what the program says itself as English.
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const around = texts.currentNode.parentElement;
    const words = texts.currentNode.data.trim();
    if (around.closest("script, option, .tag, .typed, .resources__name, .page-head:has(+ .search)")) continue;
    const language = around.closest("[lang]").lang;
    if (/\\p{Script=Arabic}/u.test(words) && language !== "ar") found.push(words);
    if (/[a-z]+ [a-z]+ [a-z]+/.test(words) && language !== "en") found.push(words);
  }
  return found;
}"""

FIND_STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(one => !one.closest(".vh, .skip, svg, [tabindex='0']"))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([_, box]) => box.width && (box.left < -1 || box.right > innerWidth + 1))
  .slice(0, 3).map(([one, _]) => one.outerHTML.slice(0, 120))"""


MEASURE = """one => {
  const words = document.createRange();
  words.selectNodeContents(one);
  return words.getBoundingClientRect().toJSON();
}"""


FIND_NOT_ARABIC = """() => {
  const html = document.documentElement;
  const title = document.querySelector("h1").getBoundingClientRect();
  return [
    ...(html.lang === "ar" && html.dir === "rtl" ? [] : [`lang ${html.lang}, dir ${html.dir}`]),
    ...(title.right > innerWidth / 2 ? [] : ["the title stands on the left"]),
  ];
}"""

FINDERS = {"frame": FIND_NOT_ARABIC, "not turned": FIND_UNTURNED, "marked as another language": FIND_MISMARKED}
"""What is looked for on every page, whatever the screen."""


class ArabicWalk(Walk):
    """A walk that looks, on every page and on three screens, at what goes from right to left."""

    def see(self, state: str, path: str | None = None) -> None:
        """Look at the page at a path, or at the one that is open."""
        super().see(state, path)
        found = [f"{name}: {words}" for name, find in FINDERS.items() for words in self.page.evaluate(find)]
        for screen in SCREENS:
            self.page.set_viewport_size(screen)
            if (width := self.page.evaluate("document.documentElement.scrollWidth")) > screen["width"]:
                found.append(f"{width} wide on a screen of {screen['width']}")
            found += [f"{screen['width']}, sticks out: {words}" for words in self.page.evaluate(FIND_STICKING_OUT)]
            found += [f"{screen['width']}, backwards: {words}" for words in self.page.evaluate(FIND_BACKWARDS)]
        self.looker.faults += [f"{state}: {words}" for words in found]

    def unfold(self) -> None:
        """Open every note of the page."""
        for note in self.page.locator("main details").all():
            note.evaluate("one => one.open = true")


def box_of(page: Page, selector: str) -> dict[str, Any]:
    """Return where the words of the first such element stand, in pixels."""
    found: dict[str, Any] = page.locator(selector).first.evaluate(MEASURE)
    return found


@contextmanager
def arabic_walk(browser: Browser, folder: Path) -> Iterator[ArabicWalk]:
    """Give a walk on a site with the course in three languages, in a browser that wants Arabic."""
    with site_on(folder, course=GARDEN) as site, walk_on(browser, site) as english:
        make_people(site)
        english.page.goto(f"{site.address}/?language=ar")
        yield ArabicWalk(english.looker, site, english.now, "ar")


def test_every_page_and_kind_of_step_and_question_goes_from_right_to_left(browser: Browser, tmp_path: Path) -> None:
    with arabic_walk(browser, tmp_path) as walk:
        see_the_pages_for_everybody(walk)
        become(walk, "fresh")
        see_the_steps(walk)
        see_what_one_made(walk)
        assert walk.looker.faults == [], "\n".join(walk.looker.faults)


def become(walk: ArabicWalk, name: str) -> None:
    """Be somebody else on this browser, in Arabic again."""
    walk.become(name)
    walk.page.goto(f"{walk.site.address}/my-course?language=ar")


def see_the_pages_for_everybody(walk: ArabicWalk) -> None:
    walk.see("start", "/")
    walk.see("sign in", "/sign-in")
    walk.see("support", "/support")
    walk.see("a page of the foot", "/pages/who-we-are")
    walk.see("another page of the foot", "/pages/privacy")
    walk.see("join", "/join/OPEN-2222-2222")
    walk.see("404", "/modules/nowhere/at-all")


def see_the_steps(walk: ArabicWalk) -> None:
    walk.see("my course, nothing done", "/my-course")
    walk.see("account", "/account")
    walk.see("read", path(SUN))
    walk.unfold()
    walk.see("read, notes unfolded")
    walk.see("reflect", path(BALCONY))
    walk.press("Hand in")
    walk.see("reflect, nothing written")
    walk.see("care", path(RAILING))
    walk.unfold()
    walk.see("care, unfolded")
    walk.see("way around", path(RAILING) + "/around")
    walk.see("pause", f"/pause?back={path(RAILING)}")
    walk.see("locked", path(SOWING))
    walk.complete("fresh", SEED, WATERING, READ_ON)
    walk.see("quiz, every kind of question", path(SOWING))
    walk.press("Check my answers")
    walk.see("quiz, nothing answered")
    walk.see("quiz in the order of the file", path(RIPE))
    walk.see("resources", path(READ_ON))


def see_what_one_made(walk: ArabicWalk) -> None:
    walk.complete("fresh", SUN)
    walk.reflect("fresh", BALCONY, "الزاوية التي تصلها الشمس من الساعة 9 إلى 15.")
    failed = walk.answer("fresh", SOWING, WRONG, "wrong")
    step = walk.site.course().step_by_key[SOWING]
    assert isinstance(step, QuizStep)
    walk.see("attempt, failed", f"/attempts/{failed}")
    walk.see("attempt, passed", f"/attempts/{walk.answer_best('fresh', SOWING)}")
    walk.see("reflect, handed in", path(BALCONY))
    walk.see("my course, under way", "/my-course")
    walk.see("reflections", "/reflections")
    walk.page.goto(walk.site.address + path(SUN))
    walk.page.get_by_role("button", name="Set a bookmark").click()
    walk.see("bookmarks", "/bookmarks")
    walk.see("glossary", "/glossary")
    walk.see("search", "/search?q=الشمس")
    walk.see("a module for paper", "/modules/01-light/print")


SPOIL = """one => Object.assign(
  one.style, {unicodeBidi: "bidi-override", direction: "rtl", inlineSize: "500px", display: "block"})"""


def test_a_look_at_a_page_finds_what_does_not_go_from_right_to_left(browser: Browser, tmp_path: Path) -> None:
    with arabic_walk(browser, tmp_path) as walk:
        walk.page.set_viewport_size(SCREENS[0])
        walk.page.goto(f"{walk.site.address}/pages/who-we-are")
        assert [walk.page.evaluate(find) for find in (FIND_UNTURNED, FIND_BACKWARDS, FIND_STICKING_OUT)] == [[], [], []]
        walk.page.locator(".logo svg").evaluate("one => one.style.scale = 'none'")
        walk.page.locator("main a").first.evaluate(SPOIL)
        assert len(walk.page.evaluate(FIND_UNTURNED)) == 1
        assert "help@example.org" in walk.page.evaluate(FIND_BACKWARDS)
        assert "help@example.org" in walk.page.evaluate(FIND_STICKING_OUT)[0]


# ---- what is turned, and what is not -------------------------------------------------------------


def test_the_way_onward_leads_to_the_left_and_the_stair_climbs_that_way(browser: Browser, tmp_path: Path) -> None:
    with arabic_walk(browser, tmp_path) as walk:
        become(walk, "fresh")
        walk.page.set_viewport_size(SCREENS[-1])
        walk.page.goto(walk.site.address + path(BALCONY))
        assert box_of(walk.page, ".step__outline")["left"] > box_of(walk.page, "h1")["right"]
        back, onward = (box_of(walk.page, f'main nav a[rel="{rel}"]') for rel in ("prev", "next"))
        assert onward["right"] < back["left"]
        treads = walk.page.locator(".outline__head .stair .edge")
        first, last = (at.bounding_box() for at in (treads.first, treads.last))
        assert first is not None
        assert last is not None
        assert first["x"] > last["x"]
        assert first["y"] > last["y"]


def test_a_picture_of_an_author_and_what_somebody_typed_are_not_turned(browser: Browser, tmp_path: Path) -> None:
    with arabic_walk(browser, tmp_path) as walk:
        walk.reflect("fresh", BALCONY, "In the corner, from 9 to 15.")
        become(walk, "fresh")
        walk.page.goto(walk.site.address + path(SUN))
        assert walk.page.locator(".prose img").evaluate("one => getComputedStyle(one).scale") == "none"
        walk.page.goto(f"{walk.site.address}/reflections")
        typed = walk.page.locator(".typed").first
        assert typed.evaluate("one => getComputedStyle(one).direction") == "ltr"


def test_what_the_program_says_in_english_is_marked_as_english_and_keeps_its_full_stop_at_its_end(
    browser: Browser, tmp_path: Path
) -> None:
    with arabic_walk(browser, tmp_path) as walk:
        become(walk, "fresh")
        walk.page.goto(walk.site.address + path(RAILING))
        walk.unfold()
        sentence = walk.page.locator(".care__body p", has_text="It counts just as much.")
        assert sentence.get_attribute("lang") == "en"
        expect(sentence.locator("a")).to_have_attribute("lang", "ar")
        first, last = sentence.evaluate(ENDS)
        assert first < last


ENDS = """one => {
  const place = (text, at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  };
  const last = one.lastChild;
  return [place(last, last.data.indexOf("just")), place(last, last.data.lastIndexOf("."))];
}"""


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_same_course_goes_from_left_to_right_in_its_other_languages(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    with site_on(tmp_path, course=GARDEN) as site:
        make_people(site)
        context = theme_context(browser, "light")
        page = context.new_page()
        page.goto(f"{site.address}/?language={language}")
        expect(page.locator("html")).to_have_attribute("dir", "ltr")
        unturned = page.evaluate(FIND_UNTURNED)
        assert len(unturned) == page.locator(".icon--turn, .stair, .logo svg").count() > 3
        context.close()
