"""What a person holds: a mouse, a keyboard, or nothing but fingers on glass."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser import keys


class Mouse:
    """A mouse, and a keyboard to write with."""

    def reach(self, thing: Locator) -> None:
        """Go where a thing can be pressed."""

    def press(self, thing: Locator) -> None:
        """Press a button, a link, or the line that unfolds something, once it is reached."""
        thing.click()

    def write(self, box: Locator, words: str) -> None:
        """Write words in the place of what stands in a box."""
        box.fill(words)

    def choose(self, option: Locator) -> None:
        """Choose a radio button or a box."""
        option.check()

    def select(self, box: Locator, value: str) -> None:
        """Choose a line of a list."""
        box.select_option(value)


class Fingers(Mouse):
    """A phone in the hand; its browser brings the keys and the lists to the glass."""

    def press(self, thing: Locator) -> None:
        """Tap it."""
        thing.tap()

    def choose(self, option: Locator) -> None:
        """Tap it."""
        option.tap()


class Keyboard(Mouse):
    """A keyboard and nothing else."""

    def reach(self, thing: Locator) -> None:
        """Go there by Tab."""
        keys.reach(thing.page, thing)

    def press(self, thing: Locator) -> None:
        """Press Enter where one is."""
        thing.page.keyboard.press("Enter")

    def write(self, box: Locator, words: str) -> None:
        """Go there by Tab, and type."""
        self.reach(box)
        box.page.keyboard.press("Control+A")
        box.page.keyboard.type(words)

    def choose(self, option: Locator) -> None:
        """Go there by Tab and arrows."""
        keys.choose(option.page, option)

    def select(self, box: Locator, value: str) -> None:
        """Go there by Tab, and choose with the arrows."""
        keys.select(box.page, box, value)
