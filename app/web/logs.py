"""What must never stand in a log: the links and join codes that open a door to whoever reads them.

They stand in addresses, and addresses get into logs: of a request whose answer broke, of a server that notes every
request, in the last line of a traceback. So records are made without them, whoever writes one and wherever it goes.
"""

from __future__ import annotations

import logging
import re

_OPENS_A_DOOR = re.compile(r"(/(?:link|join)/)[^\s\"'<>?#&/]+")


class DiscreetRecord(logging.LogRecord):
    """A record of the log whose words, and whose traceback, hold no link and no join code."""

    _traceback: str | None = None

    def getMessage(self) -> str:  # noqa: N802 - logging calls it so
        """Return the words."""
        return _without_links(super().getMessage())

    @property
    def exc_text(self) -> str | None:
        """The traceback, once a formatter has made it."""
        return self._traceback

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        self._traceback = None if text is None else _without_links(text)


def keep_links_out() -> None:
    """Keep links and join codes out of every log of this process, from now on."""
    logging.setLogRecordFactory(DiscreetRecord)


def _without_links(text: str) -> str:
    return _OPENS_A_DOOR.sub(r"\1…", text)
