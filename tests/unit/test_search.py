"""What a search in a course finds, and in which order."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.content import Course, Term
from app.course.parts import Rich, StepBase
from app.course.rules.search import MOST_WORDS, SNIPPET, Found, SearchIndex, passages_of, words_of
from tests.nouns import make_course, make_module, make_quiz_step, make_read, make_reflect, make_resources


def read(key: str, title: str, html: str, **facts: Any) -> StepBase:
    return make_read(key).model_copy(update={"title": title, "body": Rich(html, html), **facts})


def index_of(*steps: StepBase, language: str = "nl", glossary: tuple[Term, ...] = ()) -> SearchIndex:
    course: Course = make_course(make_module("one", *steps), language=language)
    return SearchIndex(course.model_copy(update={"glossary": glossary}))


def titles(found: Found) -> list[str]:
    return [hit.thing.term if isinstance(hit.thing, Term) else hit.thing.title for hit in found.hits]


def marked(found: Found) -> list[str]:
    return [piece.text for hit in found.hits for piece in hit.snippet if piece.is_found]


WELLBEING = read(
    "one/a",
    "Welzijn",
    "<p>Rust en steun.</p><h2 id='slaap'>Slaap</h2><p>Studenten die slecht slapen, leren slechter.</p>",
)
MONEY = read("one/b", "Geld", "<p>Een student zonder geld heeft weinig rust.</p>")
OTHER = read("one/c", "Vrienden", "<p>Samen koken.</p>")


def test_a_word_is_found_in_each_of_its_forms() -> None:
    found = index_of(WELLBEING, MONEY, OTHER).find("studerend student")
    assert titles(index_of(WELLBEING, MONEY, OTHER).find("student")) == ["Geld", "Welzijn"]
    assert marked(index_of(WELLBEING, OTHER).find("slaapt")) == ["slapen"]
    assert found.hits


def test_a_word_in_a_title_counts_for_more_than_one_in_a_text() -> None:
    again = read("one/d", "Iets anders", "<p>Geld en nog eens geld.</p>")
    assert titles(index_of(again, MONEY, OTHER).find("geld"))[0] == "Geld"


def test_what_has_all_words_comes_and_what_has_some_of_them_does_not() -> None:
    found = index_of(WELLBEING, MONEY, OTHER).find("rust geld")
    assert (titles(found), found.is_whole, found.count) == (["Geld"], True, 1)


def test_where_nothing_has_all_words_those_with_most_of_them_come_and_it_is_said() -> None:
    found = index_of(WELLBEING, MONEY, OTHER).find("rust geld koken")
    assert (titles(found), found.is_whole) == (["Geld"], False)


def test_a_hit_leads_to_the_heading_under_which_it_stands() -> None:
    hit = index_of(WELLBEING, MONEY, OTHER).find("slapen").hits[0]
    assert (hit.heading, hit.anchor) == ("Slaap", "slaap")
    hit = index_of(WELLBEING, MONEY, OTHER).find("steun").hits[0]
    assert (hit.heading, hit.anchor) == ("", "")


def test_words_that_stand_nearly_everywhere_are_not_marked_beside_others() -> None:
    texts = [read(f"one/{name}", name, f"<p>De {name} van de dag.</p>") for name in ("appel", "noot", "mies")]
    assert marked(index_of(*texts).find("de noot")) == ["noot"]
    assert marked(index_of(*texts).find("de"))[:1] == ["De"]


def test_a_compound_that_stands_nowhere_finds_its_first_part() -> None:
    assert marked(index_of(WELLBEING, OTHER).find("studentenvereniging")) == ["Studenten"]


def test_prompts_resources_questions_and_terms_are_found() -> None:
    course_steps = (make_reflect("one/think"), make_resources("one/places"), make_quiz_step("one/quiz"))
    term = Term(slug="maat", term="maatwerk", meaning=Rich("Passend.", "Passend."))
    index = index_of(*course_steps, language="en", glossary=(term,))
    assert titles(index.find("think")) == ["Think"]
    assert titles(index.find("about it place")) == ["Places"]
    assert titles(index.find("fire engine")) == ["Quiz"]
    assert titles(index.find("maatwerk")) == ["maatwerk"]


def test_neither_options_nor_explanations_of_a_question_are_found() -> None:
    index = index_of(make_quiz_step("one/quiz"), language="en")
    assert index.find("red").count == 0
    assert index.find("because").count == 0


@pytest.mark.parametrize("question", ["", "   ", "?!", "-- ::"])
def test_a_question_without_a_word_finds_nothing(question: str) -> None:
    assert index_of(WELLBEING).find(question).count == 0


def test_only_the_first_words_of_a_long_question_count() -> None:
    assert len(words_of(" ".join(string.ascii_lowercase))) == MOST_WORDS
    assert words_of("Rust, RUST rust") == ("rust",)


def test_html_is_read_as_words_under_headings() -> None:
    found = passages_of(
        '<p>Een <b>twee</b>drie</p><h2 id="x">Kop <em>pen</em></h2><ul><li>vier</li><li>vijf &amp; zes</li></ul>'
    )
    assert [(passage.heading, passage.anchor, passage.text) for passage in found] == [
        ("", "", "Een tweedrie"),
        ("Kop pen", "x", "vier vijf & zes"),
    ]


words = st.text(string.ascii_lowercase, min_size=1, max_size=8)


@given(st.lists(words, min_size=1, max_size=200), st.data())
def test_every_word_of_a_text_is_found_and_its_snippet_is_a_piece_of_the_text(
    text: list[str], data: st.DataObject
) -> None:
    wish = data.draw(st.sampled_from(text))
    said = " ".join(text)
    found = index_of(read("one/a", "Title", f"<p>{said}</p>")).find(wish)
    assert found.is_whole
    snippet = "".join(piece.text for piece in found.hits[0].snippet)
    assert snippet.removeprefix("… ").removesuffix(" …") in said
    assert len(snippet) <= SNIPPET + 20
    assert any(piece.is_found for piece in found.hits[0].snippet)


@given(st.text(max_size=300))
def test_any_question_has_an_answer(question: str) -> None:
    found = index_of(WELLBEING, MONEY).find(question)
    assert found.count >= len(found.hits)


@given(words)
def test_the_order_of_words_in_a_question_changes_nothing(other: str) -> None:
    index = index_of(WELLBEING, MONEY, OTHER)
    assert titles(index.find(f"rust {other}")) == titles(index.find(f"{other} rust"))
