"""Blanks in the text of a page: `{{contact-mail}}` shows what the organisation filled in, or what it is asked for."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from app.course.content import Blank
from app.course.phrases import nearest, quoted

BLANK = re.compile(r"\{\{([^{}\n]*)\}\}")
MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
SITE = re.compile(r"https://[^\s<>\"]+")


@dataclass(frozen=True)
class Blanks:
    """The blanks of a course in one language, and whether a text may hold one."""

    by_slug: Mapping[str, Blank | None] = field(default_factory=dict)
    """None for one that is in the file and has a fault there."""
    may_stand: bool = False

    def in_pages(self) -> Blanks:
        """Return the same blanks for a text that may hold them."""
        return Blanks(self.by_slug, may_stand=True)

    def used_in(self, source: str) -> Iterator[str]:
        """Yield the slugs of the blanks that a text names, as often as it does."""
        for match in BLANK.finditer(source) if self.may_stand else ():
            if (slug := match[1].strip()) in self.by_slug:
                yield slug

    def strays_in(self, source: str) -> Iterator[tuple[int, str]]:
        """Yield line (from 0) and text of each blank of the course that stands where none is filled in."""
        for at, line in enumerate(source.split("\n")) if "{{" in source else ():
            yield from ((at, match[0]) for match in BLANK.finditer(line) if match[1].strip() in self.by_slug)

    def fault_of(self, slug: str) -> tuple[str, str] | None:
        """Return what was found and hoped for where a text names a blank that is not there; None when it is."""
        if slug in self.by_slug:
            return None
        return f"the blank {quoted(slug)}, which is not there", nearest(
            slug, self.by_slug, "a blank of the organisation"
        )


def blank_rule(state: StateInline, silent: bool) -> bool:
    """Make a token of a blank, in a text that may hold one. The environment's `blanks` says so."""
    blanks: Blanks = state.env["blanks"]
    match = BLANK.match(state.src, state.pos) if blanks.may_stand else None
    if match is None:
        return False
    if not silent:
        token = state.push("blank", "", 0)
        token.info = match[1].strip()
        blank = blanks.by_slug.get(token.info)
        token.content = (blank.value or blank.ask) if blank else match[0]
        token.meta["state"] = "lost" if blank is None else "filled" if blank.value else "open"
    state.pos = match.end()
    return True


def blank_html(_: RendererHTML, tokens: Sequence[Token], at: int, _o: Any, _e: Mapping[str, Any]) -> str:
    """Return the HTML of a blank; an address becomes a link, unless it stands in one."""
    token = tokens[at]
    words = html.escape(token.content).replace("\n", "<br>")
    if token.meta["state"] == "open":
        return f'<span class="blank">{words}</span>'
    if token.meta["state"] == "lost" or token.meta.get("in_link"):
        return words
    if MAIL.fullmatch(token.content):
        return f'<a href="mailto:{words}">{words}</a>'
    return f'<a href="{words}" rel="noreferrer">{words}</a>' if SITE.fullmatch(token.content) else words
