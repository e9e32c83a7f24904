"""A keyboard as a person uses it: Tab until something has the focus; at every stop the focus is in sight and marked."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

MOST_STOPS = 40
"""Who has to press Tab more often gives up: nothing on a page lies further than that from where one was."""

LOOK_OF_FOCUS = """target => {
  const one = document.activeElement;
  const place = target?.closest("main, body > footer")?.localName;
  if (!one || one === document.body) return {isFocused: false, isThere: false, isPast: false, place};
  const box = one.getBoundingClientRect();
  const drawn = [one, one.parentElement, one.nextElementSibling].filter(Boolean).map(it => getComputedStyle(it));
  return {
    isFocused: true,
    place,
    isThere: one === target,
    isPast: Boolean(target && target.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING),
    isSeen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    isMarked: drawn.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    what: one.outerHTML.slice(0, 120),
  };
}"""

WAY_TO_OPTION = """option => {
  // Tab leads to every box, but of radio buttons to the chosen one, or the first; from there the arrows lead on.
  const all = [...document.getElementsByName(option.name)];
  const place = all.indexOf(option);
  const begin = option.type === "radio" ? Math.max(0, all.findIndex(one => one.checked)) : place;
  return {name: option.name, begin, down: place - begin};
}"""

WAY_TO_LINE = "(box, value) => [...box.options].findIndex(line => line.value === value) - box.selectedIndex"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until an element has the focus, or Shift and Tab when it lies behind."""
    _tab_on(page, target.element_handle())


def reach(page: Page, target: Locator) -> None:
    """Go to an element by a short way: at the beginning of a page skip to its content, or go backwards to its foot."""
    element = target.element_handle()
    found = look_at_focus(page, element)
    if not found["isFocused"] and found["place"] == "main":
        skip_to_content(page)
    elif not found["isFocused"] and found["place"] == "footer":
        page.keyboard.press("Shift+Tab")
    _tab_on(page, element)


def _tab_on(page: Page, target: ElementHandle) -> None:
    for _stop in range(MOST_STOPS):
        found = look_at_focus(page, target)
        if found["isThere"]:
            return
        page.keyboard.press("Shift+Tab" if found["isPast"] else "Tab")
    raise AssertionError(f"{MOST_STOPS} times Tab do not lead to {target}")


def check_focus(page: Page) -> None:
    """Check that whatever has the focus is in sight and marked."""
    look_at_focus(page, None)


def look_at_focus(page: Page, target: ElementHandle | None) -> dict[str, Any]:
    """Check what has the focus, and tell how it lies to a target.

    `isFocused` is false at the beginning of a page, and at its end, where the browser's own buttons come; `isThere`,
    `isPast`; `what` has the focus; `place`: whether the target stands in `main` or in the `footer` of the page.
    """
    found: dict[str, Any] = page.evaluate(LOOK_OF_FOCUS, target)
    # A skip link leads to the whole content, which needs no mark of its own.
    if found["isFocused"] and not found["what"].startswith("<main"):
        assert found["isSeen"], f"out of sight: {found['what']}"
        assert found["isMarked"], f"not marked: {found['what']}"
    return found


def go(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def skip_to_content(page: Page) -> None:
    """Use the first stop of a page that was opened just now."""
    page.keyboard.press("Tab")
    assert 'class="skip"' in look_at_focus(page, None)["what"]
    page.keyboard.press("Enter")


def choose(page: Page, option: Locator) -> None:
    """Choose a radio button with the arrows, or a box with the space bar."""
    way: dict[str, Any] = option.evaluate(WAY_TO_OPTION)
    tab_to(page, page.locator(f"[name='{way['name']}']").nth(way["begin"]))
    press_arrows(page, way["down"])
    if not way["down"]:
        page.keyboard.press("Space")
    check_focus(page)


def select(page: Page, box: Locator, value: str) -> None:
    """Choose a line of a list with the arrows."""
    tab_to(page, box)
    press_arrows(page, box.evaluate(WAY_TO_LINE, value))


def press_arrows(page: Page, down: int) -> None:
    """Go so many places down, or up where it is less than none."""
    for _place in range(abs(down)):
        page.keyboard.press("ArrowDown" if down > 0 else "ArrowUp")
