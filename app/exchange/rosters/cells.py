"""A row of a spreadsheet, and its cells as one reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_ERROR = re.compile(r"#[A-Z][A-Z0-9/]*[!?]|#N/[A-Z]|#NV")
"""#N/A, #NV, #REF!, #NAAM? and their like, in every language of Excel; #TEAM is a name."""
_UNSEEN = str.maketrans("", "", "\u200b\u2060\ufeff\u00ad\0")
"""Signs without a width that come along with copied text."""


class Row(NamedTuple):
    """A row that holds something."""

    number: int
    """As the spreadsheet shows it."""
    cells: tuple[str, ...]
    """Up to the last filled one. A cell is one line of text without space around it, or empty."""

    def cell(self, column: int) -> str:
        """Give the text in a column, counted from 0; beyond the last filled one it is empty."""
        return self.cells[column] if column < len(self.cells) else ""


def tidied(text: str) -> str:
    """Spell the text of a cell on one line. A cell that shows an error is empty."""
    if not text.isascii() or "\0" in text:
        text = text.translate(_UNSEEN)
    text = " ".join(text.split())
    return "" if text.startswith("#") and _ERROR.fullmatch(text) else text


def filled(cells: Iterable[str]) -> list[str]:
    """Leave out the empty cells behind the last filled one."""
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept
