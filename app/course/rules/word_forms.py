"""Which forms count as the same word: case, accents and endings forgiven. What search compares words by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from threading import Lock

STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "hy": "armenian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch_porter",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""Snowball's algorithm for a language. Of the two for Dutch the newer one makes `beleid` of `begeleiding`."""

WORD = re.compile(r"[^\W_](?:[\w\u0300-\u036f\u064b-\u0652\u0670]|['’](?=\w))*")
"""A word with its accents and vowel signs, also inside it an apostrophe."""

SAME_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "’": "'", "ى": "ي", "ة": "ه"}
)


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """Return a word in small letters, without accents, vowel signs and the line that stretches Arabic."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    bare = "".join(sign for sign in parts if not unicodedata.combining(sign) and sign != "\u0640")
    return bare.translate(SAME_LETTERS)


_ONE_AT_A_TIME = Lock()
"""A stemmer holds the word that it works on, so two threads would give each other's; and what it gives is kept."""


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Return what the forms of a folded word share: `studeert` and `studeren` give the same.

    It is no word: it may be shorter than any, and words of another meaning may share it.
    """
    code = language.partition("-")[0]
    with _ONE_AT_A_TIME:
        found = _stemmer(STEMMERS.get(code))(word)
    return _dutch_rest(found) if code == "nl" else found


@lru_cache
def _stemmer(algorithm: str | None) -> Callable[[str], str]:
    if algorithm is None:
        return str
    import snowballstemmer  # 36 algorithms: what a start does not need

    # Some of its rules look for accents that folding took off; most endings it still knows.
    found: Callable[[str], str] = snowballstemmer.stemmer(algorithm).stemWord
    return found


def _dutch_rest(found: str) -> str:
    """Take off what Snowball leaves of Dutch verbs and plurals: `leest`, `lees`, `lez(en)`; `studie(s)`."""
    found = re.sub(r"(?<=[aeiou])'?s$", "", found) if len(found) > 4 else found
    found = re.sub(r"(?<=...)[td]$", "", found)
    found = re.sub(r"aa|ee|oo|uu", lambda vowels: vowels[0][0], found)
    found = re.sub(r"([^aeiou])\1$", r"\1", found)
    return found[:-1] + {"v": "f", "z": "s"}.get(found[-1], found[-1]) if found else found


def is_form_of(word: str, wish: str, language: str) -> bool:
    """Whether a folded word of a text is a form of a folded word that somebody looks for, or begins with it.

    From three letters on the beginning of a word is enough, so `vlucht` finds `vluchtelingenwerk`.
    """
    if word == wish:
        return True
    if len(wish) >= 3 and word.startswith(wish):
        return True
    of_word, of_wish = stem(word, language), stem(wish, language)
    if of_word in (of_wish, wish) or of_wish == word:
        return True
    if len(of_wish) >= 5 and word.startswith(of_wish):
        return True
    return len(of_word) >= 5 and wish.startswith(of_word) and len(wish) - len(of_word) <= 3
