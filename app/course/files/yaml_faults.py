"""What ruamel.yaml says of a file, as a fault that its author understands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ruamel.yaml.error import MarkedYAMLError

IN_QUOTES = "quotation marks around the whole text"

_WORDS: Sequence[tuple[str, str, str]] = (
    (
        r"mapping values are not allowed",
        "a `: ` with no key before it",
        f"`key: text`, keys below one another, and {IN_QUOTES} where it has `: ` in it",
    ),
    (r".*character '\\t'", "a tab", "spaces"),
    (
        r"(?:found character|expected the node content, but found) '(.)'",
        r"a text that begins with \1",
        IN_QUOTES,
    ),
    (
        r"expected <block end>, but found '<scalar>'",
        "words behind what ends before them",
        f"{IN_QUOTES}: it begins with a sign such as [ or has a quotation mark in it",
    ),
    (
        r"expected <block end>",
        "a line that begins too far in, or not far enough",
        "keys, or hyphens, below one another",
    ),
    (
        r"sequence entries are not allowed",
        "`- ` behind a key",
        f"each `- ` of a list on a line of its own, or {IN_QUOTES} that begins with it",
    ),
    (r"expected ',' or '(.)'", r"a list without its \1", r"\1 at its end"),
    (r".*end of stream", "a quotation mark that stays alone", "another one where the text ends"),
    (r"could not find expected ':'", "a line without a key", "`key: text`, or a text that goes on further in"),
    (r"expected a comment or a line break", "words behind `|` or `>`", "the text on the lines below, further in"),
    (r"found unknown escape", "a backslash between double quotation marks", "single ones: '...'"),
)
"""A pattern for the problem, what was found and what is hoped for. The first that fits is taken."""

_BEGINS_EARLIER = re.compile(r".*end of stream|expected ',' or|could not find expected ':'")
"""Problems that are noticed below the line that they come from."""


def in_words(error: MarkedYAMLError) -> tuple[str, str]:
    """Return what was found and what is hoped for."""
    problem = str(error.problem or "")
    for pattern, found, hoped in _WORDS:
        if match := re.match(pattern, problem):
            return match.expand(found), match.expand(hoped)
    parts = [str(part).strip() for part in (error.problem, error.context) if part]
    return " ".join(", ".join(parts).removeprefix("found ").split()), "YAML"


def line_of(error: MarkedYAMLError) -> int:
    """Return the line that is to be mended, counted from 0."""
    first, second = error.problem_mark, error.context_mark
    if _BEGINS_EARLIER.match(str(error.problem or "")):
        first, second = second, first
    mark = first or second
    return int(mark.line) if mark else 0
