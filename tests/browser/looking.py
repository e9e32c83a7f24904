"""Looks at a page as it stands in the browser, and says what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}
Theme = Literal["light", "dark"]

FIND_VIOLATIONS = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.target} ${node.html.slice(0, 160)}`)))"""

DESCRIBE = """() => ({
  title: document.title,
  h1: [...document.querySelectorAll("h1")].map(h1 => h1.textContent.trim().replace(/\\s+/g, " ")),
  width: document.documentElement.scrollWidth,
  wide: [...document.querySelectorAll("main *")].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(one => one.outerHTML.slice(0, 120)),
})"""


@cache
def axe() -> str:
    """Return the program that checks a page against WCAG."""
    return AXE.read_text("utf-8")


@dataclass
class Onlooker:
    """Sees pages go by, and collects what is wrong with any of them at first sight."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.context.on("request", self._note_request)
        self.page.context.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self._note(f"error in a script: {error}"))

    def glance(self, state: str) -> None:
        """Check the words and the width of the page that is open; `state` names it in what is found."""
        self.seen.append(state)
        self.page.wait_for_load_state("load")
        found: dict[str, Any] = self.page.evaluate(DESCRIBE)
        if found["h1"] != [found["title"].removesuffix(" – Opstap")]:
            self._note(f"the title is {found['title']!r}, the h1 {found['h1']}")
        window = self.page.viewport_size
        if window and found["width"] > window["width"]:
            self._note(f"it is {found['width']} wide at {window['width']}: {found['wide']}")

    def examine(self) -> None:
        """Let axe look at the page that is open."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe())
        for violation in self.page.evaluate(FIND_VIOLATIONS, RULES):
            self._note(violation)

    def _note(self, words: str) -> None:
        self.faults.append(f"{self.seen[-1] if self.seen else 'before'}: {words}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", "data:")):
            self._note(f"asks another host: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        is_about_status = message.text.startswith("Failed to load resource: the server responded with a status of")
        if message.type in ("error", "warning") and not (is_about_status and self._is_page(message)):
            self._note(f"on its way here or there, the console said: {message.text}")

    def _is_page(self, message: ConsoleMessage) -> bool:
        return "/static/" not in message.location["url"]


@dataclass
class Looker(Onlooker):
    """Looks at pages, one state after the other, closely: as on a desk by day, and as on a narrow phone by night."""

    def look(self, state: str) -> None:
        """Check all of the page that is open; `state` names it in what is found."""
        assert state not in self.seen, f"{state} was looked at before"
        self._see_as(WIDE, "light")
        self.glance(state)
        self.examine()
        self._see_as(NARROW, "dark")
        self.glance(f"{state}, dark and narrow")
        self.examine()

    def _see_as(self, window: ViewportSize, theme: Theme) -> None:
        self.page.set_viewport_size(window)
        self.page.emulate_media(color_scheme=theme)


def theme_context(browser: Browser, theme: Theme) -> BrowserContext:
    """Give a browser whose device asks for a theme."""
    return browser.new_context(locale="en-GB", color_scheme=theme, reduced_motion="reduce", viewport=WIDE)
