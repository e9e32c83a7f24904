"""Every word on screen has its Dutch: found in the code and templates themselves, not in a list somebody keeps."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.web.languages import TRANSLATIONS, catalogues

APP = Path(__file__).parents[2] / "app"
METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2")]
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
LANGUAGES = sorted(path.parts[-3] for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))

Key = tuple[str, str | None]
"""A text, the singular one where there are two, and its context."""


@cache
def said() -> dict[Key, str]:
    """Return each text that code and templates say, with the place where it stands."""
    options = {"**/templates/**.*": {"silent": "false"}}
    found: dict[Key, str] = {}
    for path, line, text, _comments, context in extract_from_dir(APP, METHODS, options, KEYWORDS):
        first = text[0] if isinstance(text, tuple) else text
        found.setdefault((first, context), f"{path}:{line}")
    return found


@cache
def catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def messages(language: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Message]]:
    """Yield each message of a catalogue: its texts, their translations, and itself."""
    for message in catalogue(language):
        if message.id:
            texts = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            words = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            yield texts, words, message


def key_of(message: Message) -> Key:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def test_the_program_speaks_dutch_and_says_much() -> None:
    assert "nl" in LANGUAGES
    assert len(said()) > 100
    assert ("Sign in", None) in said()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_program_is_translated(language: str) -> None:
    known = {key_of(message) for _texts, words, message in messages(language) if all(words)}
    assert [f"{place}: {text!r}" for (text, context), place in said().items() if (text, context) not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_kept_that_nothing_says_any_more(language: str) -> None:
    assert [message.id for _texts, _words, message in messages(language) if key_of(message) not in said()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for _texts, _words, message in messages(language) if message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_what_its_text_names(language: str) -> None:
    for texts, words, message in messages(language):
        named = {found for text in texts for found in PLACEHOLDER.findall(text) if found}
        for one in words:
            assert set(filter(None, PLACEHOLDER.findall(one))) <= named, message.id
        # A singular may say "one"; the last form, and a text without forms, names everything.
        assert set(filter(None, PLACEHOLDER.findall(words[-1]))) == set(filter(None, PLACEHOLDER.findall(texts[-1])))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_on_screen_cheers(language: str) -> None:
    """The tone of the course: plain, no exclamation mark."""
    assert [words for _texts, words, _message in messages(language) if any("!" in one for one in words)] == []
    assert [text for text, _context in said() if "!" in text] == []


def test_a_catalogue_speaks_as_soon_as_it_is_written() -> None:
    assert catalogues()["nl"].ugettext("Sign in") == "Inloggen"
    assert catalogues()["en"].ugettext("Sign in") == "Sign in"
