"""The order of words in a list: by the alphabet, as a reader of the language looks for them."""

from __future__ import annotations

from collections.abc import Iterable

from app.course.content import Term
from app.course.rules.word_forms import WORD, folded


def alphabetical(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return terms by the alphabet, word by word: capitals, accents, vowel signs and punctuation do not count.

    So an `é` stands with the `e` and an `أ` with the `ا`, as in Dutch, English, French, German or Arabic. A language
    that counts such a sign as a letter of its own, as Swedish its `ö`, would ask for a rule of its own.
    """
    return tuple(sorted(terms, key=lambda term: (sort_key(term.term), term.term)))


def sort_key(words: str) -> tuple[str, ...]:
    """Return what words are sorted by; the same for words that differ in nothing but what does not count."""
    return tuple(folded(word) for word in WORD.findall(words))
