"""What a browser fetches for a step: all bytes on the line, as Chromium counts them."""

from __future__ import annotations

import os
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests import chromium
from tests.bench.deeds import SignedIn
from tests.bench.measuring import Row

FIRST_VIEW, REPEAT_VIEW = "first view of a step, all assets", "repeat view of a step"


def views(server: str, port: int, learner: SignedIn, path: str) -> list[Row]:
    """Open a step in a browser that has seen nothing of the site, and once more."""
    address = f"http://127.0.0.1:{port}"
    name, _is, value = learner.cookie.partition("=")
    with sync_playwright() as playwright:
        sandbox = ("--no-sandbox",) if os.getuid() == 0 else ()
        browser = playwright.chromium.launch(executable_path=chromium.main(), args=sandbox)
        context = browser.new_context(locale="nl-NL", viewport={"width": 360, "height": 740})
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        sizes = [_bytes_of(page, address + path) for _time in range(2)]
        browser.close()
    return [Row(name, server, bytes=size) for name, size in zip((FIRST_VIEW, REPEAT_VIEW), sizes, strict=True)]


def _bytes_of(page: Page, address: str) -> int:
    """Open an address, and return the bytes of all that came for it, heads included; nothing for what was kept."""
    sizes: list[float] = []

    def note(event: dict[str, Any]) -> None:
        sizes.append(event["encodedDataLength"])

    network = page.context.new_cdp_session(page)
    network.on("Network.loadingFinished", note)
    network.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    network.detach()
    page.goto("about:blank")
    return int(sum(sizes))
