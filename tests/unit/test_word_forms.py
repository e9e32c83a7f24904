"""Which forms count as the same word."""

import string
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.rules.word_forms import STEMMERS, WORD, folded, is_form_of, stem

DUTCH = [
    ("vluchtelingen", "vluchteling"),
    ("studies", "studie"),
    ("studie", "studies"),
    ("studeren", "studeert"),
    ("studeert", "studeer"),
    ("studenten", "student"),
    ("begeleiding", "begeleiden"),
    ("begeleidt", "begeleiding"),
    ("begeleiding", "begeleidt"),
    ("lezen", "leest"),
    ("leest", "lees"),
    ("huizen", "huis"),
    ("huis", "huizen"),
    ("verliest", "verliezen"),
    ("organisaties", "organisatie"),
    ("trauma's", "trauma"),
    ("mensen", "mens"),
    ("mens", "mensen"),
    ("leven", "leeft"),
    ("scholen", "school"),
    ("talen", "taal"),
    ("behoeften", "behoefte"),
    ("moeilijke", "moeilijk"),
    ("moeilijk", "moeilijker"),
    ("ontheemding", "ontheemd"),
    ("kinderen", "kind"),
    ("vluchtelingenwerk", "vlucht"),
]
ENGLISH = [
    ("refugees", "refugee"),
    ("studies", "study"),
    ("studying", "studies"),
    ("barriers", "barrier"),
    ("displaced", "displacement"),
    ("supportive", "support"),
]
ARABIC = [("الدراسة", "الدراسه"), ("أخبار", "اخبار"), ("مُدَرِّس", "مدرس")]
OTHERS = [
    ("nl", "beleid", "begeleiding"),
    ("nl", "les", "lezing"),
    ("nl", "weer", "weten"),
    ("nl", "taak", "taal"),
    ("nl", "recht", "richten"),
    ("nl", "mentor", "mens"),
    ("en", "policy", "polite"),
    ("en", "place", "plan"),
    ("xx", "walked", "walks"),
]


@pytest.mark.parametrize(("word", "wish"), DUTCH)
def test_dutch_forms_of_a_word_are_the_same_word(word: str, wish: str) -> None:
    assert is_form_of(folded(word), folded(wish), "nl")


@pytest.mark.parametrize(("word", "wish"), ENGLISH)
def test_english_forms_of_a_word_are_the_same_word(word: str, wish: str) -> None:
    assert is_form_of(folded(word), folded(wish), "en")


@pytest.mark.parametrize(("word", "wish"), ARABIC)
def test_arabic_is_found_with_and_without_its_signs(word: str, wish: str) -> None:
    assert is_form_of(folded(word), folded(wish), "ar")


@pytest.mark.parametrize(("language", "word", "wish"), OTHERS)
def test_other_words_stay_other_words(language: str, word: str, wish: str) -> None:
    assert not is_form_of(folded(word), folded(wish), language)


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("Économische", "economische"),
        ("coördinatie", "coordinatie"),
        ("één", "een"),
        ("STRASSE", "straße"),
        ("trauma’s", "trauma's"),
    ],
)
def test_case_and_accents_do_not_matter(word: str, same: str) -> None:
    assert folded(word) == folded(same)


def test_a_word_keeps_its_accents_and_apostrophes_together() -> None:
    assert WORD.findall("Trauma’s, cafe\u0301s en ’s avonds: 12 (x_y)") == [
        "Trauma’s",
        "cafe\u0301s",
        "en",
        "s",
        "avonds",
        "12",
        "x_y",
    ]


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.sampled_from(sorted(STEMMERS)), st.text(string.ascii_lowercase + "éüابتنمي", min_size=1, max_size=40))
def test_every_word_is_a_form_of_itself_in_every_language(language: str, word: str) -> None:
    assert is_form_of(folded(word), folded(word), language)
    assert isinstance(stem(folded(word), language), str)


@given(st.text(string.ascii_lowercase, min_size=3, max_size=20), st.text(string.ascii_lowercase, max_size=10))
def test_three_letters_or_more_find_every_word_that_begins_with_them(start: str, rest: str) -> None:
    assert is_form_of(start + rest, start, "nl")


@pytest.fixture
def threads_take_turns() -> Iterator[None]:
    """Let threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("threads_take_turns")
def test_threads_that_search_at_once_get_the_stems_of_their_own_words() -> None:
    words = [word for pair in DUTCH for word in pair] * 20
    alone = [stem(word, "nl") for word in words]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda _thread: [stem.__wrapped__(word, "nl") for word in words], range(4))
    assert all(found == alone for found in together)
