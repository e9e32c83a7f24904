"""Words stand where a reader looks for them, whatever their accents and capitals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.content import Term
from app.course.parts import Rich
from app.course.rules.alphabet import alphabetical, sort_key


def terms(*words: str) -> list[Term]:
    return [Term(slug=f"term-{at}", term=word, meaning=Rich("", "")) for at, word in enumerate(words)]


@pytest.mark.parametrize(
    "words",
    [
        ["coördinatie", "corridor", "écht", "één-op-één", "Eer", "eind"],
        ["a capella", "Aa", "aarde", "Zorg", "‘zorgplicht’"],
        ["co-teaching", "coteaching", "Straße", "strategie"],
        ["أثر", "إجهاد", "آمان", "بيت", "تـعـلّم", "تَعليم", "ثقة"],
    ],
    ids=["accents", "capitals and marks", "hyphens", "Arabic"],
)
def test_terms_stand_by_the_alphabet_of_a_reader(words: list[str]) -> None:
    assert [term.term for term in alphabetical(terms(*reversed(words)))] == words


@given(st.lists(st.text(min_size=1)))
def test_the_order_is_the_same_however_the_terms_come(words: list[str]) -> None:
    there, back = alphabetical(terms(*words)), alphabetical(terms(*words[::-1]))
    assert [term.term for term in there] == [term.term for term in back]


@given(st.text(alphabet="abcé ÉAB-", min_size=1))
def test_capitals_do_not_count(word: str) -> None:
    assert sort_key(word.upper()) == sort_key(word.lower())
