"""Two readers of YAML, one quick and one thorough, say the same of every text: keys, lines and faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.course.files import documents
from app.course.files.documents import Document, parse_yaml
from app.course.files.faults import Fault, Faults
from tests.course_folder import SMALL

OURS = Path(__file__).parents[3]


def said(text: str) -> tuple[Document | None, tuple[Fault, ...]]:
    """What is read from a text that begins on the third line of a file, and what is wrong with it."""
    faults = Faults()
    return parse_yaml(text, "a.yaml", 3, faults), faults.sorted()


def said_thoroughly(text: str) -> tuple[Document | None, tuple[Fault, ...]]:
    """The same where there is no quick reader."""
    faults = Faults()
    return documents._read_thoroughly(text, "a.yaml", 3, faults), faults.sorted()


def yaml_in(path: Path) -> str:
    """The YAML of a file: all of it, or the keys above a text."""
    text = path.read_text("utf-8")
    return text.split("---\n", 2)[1] if path.suffix == ".md" else text


def files() -> Iterator[Path]:
    for folder in (OURS / "modules", OURS / "quizzes", SMALL):
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in (".yaml", ".md"))


def test_every_file_of_our_courses_is_read_quickly_and_says_what_it_says_thoroughly() -> None:
    for path in files():
        text = yaml_in(path)
        assert documents._read_quickly(text, "a.yaml", 3) is not None, path
        assert said(text) == said_thoroughly(text), path


@pytest.mark.parametrize(
    "text",
    [
        "a: b\tc",
        "a:\t",
        "a: b\u2028c: d",
        "a: b\x85c: d",
        "? a\n: b",
        "a: [? b : c]",
        "a: |#b\n  c",
        "a: b \nc: d",
        "a: ['' :b]",
        'a: {"b":c}',
        "a: [b\n",
        "a: b\n...\n# c",
        "---\na: b",
        "%YAML 1.2\n---\na: b",
        "a:\nb: ",
        "a:\n-\n- b",
        "a: &x b",
        "a: !!str b",
        "a: b\na: c",
        "- a",
        "",
        "a: \ufeffb",
    ],
)
def test_what_the_readers_may_take_otherwise_is_left_to_the_thorough_one(text: str) -> None:
    assert documents._read_quickly(text, "a.yaml", 3) is None
    assert said(text) == said_thoroughly(text)


SIGNS = st.text("ab: -#[]{}&*!|>'\"%@`,?~\n \t0.\\/é\u2028", max_size=40)
WORDS = [
    "a: ",
    "b:",
    "- ",
    "\n",
    "\n  ",
    "\n    ",
    "\n\n",
    "|\n  ",
    ">-\n  ",
    "|2+",
    " ",
    "x",
    "é",
    "key: value",
    "~",
    "null",
]
SIGNS_OF_YAML = [
    "'",
    '"',
    "''",
    "\\n",
    "\\x41",
    "\\",
    "#",
    " #",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    ": ",
    ":",
    "?",
    "-",
    "---",
]
PIECES = st.lists(st.sampled_from([*WORDS, *SIGNS_OF_YAML]), max_size=14).map("".join)


@settings(max_examples=400)
@given(SIGNS | PIECES | PIECES.map("a: {}".format) | PIECES.map("a: [{}]".format) | PIECES.map("a:\n  - {}".format))
def test_any_text_says_the_same_to_both_readers(text: str) -> None:
    assert said(text) == said_thoroughly(text)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(files())), st.integers(0, 10_000), st.integers(0, 3), SIGNS | st.just(""))
def test_a_file_that_was_spoiled_says_the_same_to_both_readers(path: Path, at: int, lost: int, instead: str) -> None:
    text = yaml_in(path)
    at %= len(text) + 1
    spoiled = "\n".join(
        (text[:at] + instead[:3] + text[at + lost :]).split("\n")[max(0, text[:at].count("\n") - 8) :][:24]
    )
    assert said(spoiled) == said_thoroughly(spoiled)
