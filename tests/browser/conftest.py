"""A Chromium, and a site with learners for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import chromium
from tests.browser.site import Site, site_on
from tests.makers import make_cohort, make_enrolment, make_user

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--disable-auto-reload",
)
"""Nothing leaves for another host, and a page that could not be opened is opened again by the person only."""

LOCALES = {"nl": "nl-NL", "en": "en-GB"}

Phone = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the Chromium that is installed here; as root it needs to do without its sandbox."""
    sandbox = ("--no-sandbox",) if os.getuid() == 0 else ()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.main(), args=[*QUIET, *sandbox])
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser that knows nobody yet."""
    opened = browser.new_context(locale="en-GB", reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def plain_context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser that runs no script."""
    opened = browser.new_context(locale="en-GB", reduced_motion="reduce", java_script_enabled=False)
    yield opened
    opened.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Phone]:
    """Open a page as on a phone: `phone("nl")`; without scripts, or with fingers on its glass: `scripts`, `touch`."""
    with ExitStack() as opened:

        def on(language: str, *, scripts: bool = True, touch: bool = False) -> Page:
            context = browser.new_context(
                viewport={"width": 360, "height": 740},
                locale=LOCALES[language],
                reduced_motion="reduce",
                java_script_enabled=scripts,
                has_touch=touch,
            )
            opened.callback(context.close)
            return context.new_page()

        yield on


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Give its first tab."""
    return context.new_page()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Run a site with the tests' small course and two learners of one cohort: Noor and Cem."""
    with site_on(tmp_path) as site:
        with site.writing() as session:
            cohort = make_cohort(session)
            for name in ("Noor", "Cem"):
                user = make_user(session, name=name, email=f"{name.lower()}@example.org")
                make_enrolment(session, user=user, cohort=cohort)
            session.commit()
        yield site
