"""Finds a Chromium for the browser tests, and installs one where there is none.

`python -m tests.chromium` prints its path: that of CHROME_PATH, the system's own, or Playwright's
download; else one that apt-get installs when root runs it. Otherwise it says in one line what to type.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def starts(path: str) -> bool:
    """Whether a program is a Chromium that runs here, with all the libraries that it needs."""
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, timeout=60, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and b"Chrom" in said.stdout


def installed() -> str | None:
    """Return the path of a Chromium that is here already."""
    return next((path for path in _candidates() if starts(path)), None)


def _candidates() -> Iterator[str]:
    yield from filter(None, (shutil.which(name) for name in NAMES))
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def _install_with_playwright() -> None:
    _run(sys.executable, "-m", "playwright", "install", "chromium")


def _install_with_apt() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "--quiet")
        _run("apt-get", "install", "--quiet", "--yes", "--no-install-recommends", "chromium")


def _run(*command: str) -> None:
    print(*command, file=sys.stderr)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=environ, check=False)


def main() -> str:
    """Return the path of a Chromium that starts. Raises SystemExit with the one line that says what to type."""
    if chosen := os.environ.get("CHROME_PATH"):
        if starts(chosen):
            return chosen
        raise SystemExit(f"CHROME_PATH={chosen} is no Chromium that starts; name another one or leave it away.")
    if path := installed():
        return path
    for install in (_install_with_playwright, _install_with_apt):
        install()
        if path := installed():
            return path
    raise SystemExit("No Chromium was found for the browser tests. Type: sudo apt-get install chromium")


if __name__ == "__main__":
    print(main())
