"""Points are whole, between nothing and all, and the same answer always earns the same."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.course.parts import Given, Option, QuestionBase, UnknownOption, shuffled
from app.course.questions.matching import Matching, Pair, Target
from app.course.questions.multiple_response import MultipleResponse
from app.course.questions.ordering import Ordering, Place
from app.course.questions.short_text import ShortText, folded
from app.course.questions.single_choice import SingleChoice
from app.course.questions.true_false import TrueFalse
from app.course.quiz import QUESTION_KINDS, grade_quiz
from tests import nouns

SLUGS = ["ash", "birch", "cedar", "elm", "fir", "oak"]

slugs = st.lists(st.sampled_from(SLUGS), unique=True, min_size=3, max_size=6)


@st.composite
def single_choices(draw: st.DrawFn) -> SingleChoice:
    right, *wrong = draw(slugs)
    return nouns.single_choice(right=right, wrong=wrong)


@st.composite
def multiple_responses(draw: st.DrawFn) -> MultipleResponse:
    found = draw(slugs)
    cut = draw(st.integers(1, len(found) - 1))
    return nouns.multiple_response(right=found[:cut], wrong=found[cut:])


@st.composite
def matchings(draw: st.DrawFn) -> Matching:
    lefts = draw(slugs)
    return nouns.matching(pairs=[(left, draw(st.sampled_from(["den", "hive", "lake"]))) for left in lefts])


orderings = slugs.map(lambda found: nouns.ordering(places=found))
short_texts = st.sampled_from(
    [nouns.short_text(), nouns.short_text(right=["A", "one"], wrong=[]), nouns.short_text(right=["عين"], wrong=["x"])]
)
true_falses = st.booleans().map(lambda right: nouns.true_false(right=right))
questions = st.one_of(single_choices(), multiple_responses(), true_falses, matchings(), orderings, short_texts)


def answers_to(question: QuestionBase) -> st.SearchStrategy[Given]:
    """Answers that a page may send for a question: right, wrong, whole or in part."""
    match question:
        case SingleChoice():
            return st.lists(st.sampled_from([o.slug for o in question.options]), max_size=1).map(tuple)
        case MultipleResponse():
            return st.lists(st.sampled_from([o.slug for o in question.options]), unique=True).map(tuple)
        case Ordering():
            return st.one_of(st.just(()), st.permutations([o.slug for o in question.options]).map(tuple))
        case Matching():
            targets = st.sampled_from([target.slug for target in question.targets])
            lefts = st.lists(st.sampled_from([pair.slug for pair in question.pairs]), unique=True)
            return lefts.flatmap(
                lambda found: st.tuples(*(targets.map(lambda right, left=left: f"{left}>{right}") for left in found))  # type: ignore[misc]
            )
        case _:
            return st.text(max_size=40).map(lambda words: (words,))


questions_with_answers = questions.flatmap(lambda question: st.tuples(st.just(question), answers_to(question)))


# ---- every kind ------------------------------------------------------------------------------


@given(questions_with_answers)
def test_points_are_whole_and_between_nothing_and_all(found: tuple[QuestionBase, Given]) -> None:
    question, answer = found
    points = question.points_for(answer)
    assert isinstance(points, int)
    assert 0 <= points <= question.max_points


@given(questions)
def test_the_best_answer_earns_all_and_no_answer_earns_nothing(question: QuestionBase) -> None:
    assert question.max_points >= 1
    assert question.points_for(question.best()) == question.max_points
    assert question.points_for(()) == 0


@given(questions)
def test_a_question_that_a_maker_made_has_no_faults(question: QuestionBase) -> None:
    assert list(question.faults()) == []


@given(questions_with_answers)
def test_an_answer_in_todays_slugs_earns_the_same(found: tuple[QuestionBase, Given]) -> None:
    question, answer = found
    today = question.current(answer)
    assert question.points_for(today) == question.points_for(answer)
    assert question.current(today) == today


@given(questions_with_answers)
def test_a_question_comes_back_from_its_wording_as_it_was(found: tuple[QuestionBase, Given]) -> None:
    question, answer = found
    back = type(question).model_validate_json(question.model_dump_json())
    assert back == question
    assert back.points_for(answer) == question.points_for(answer)


@pytest.mark.parametrize("kind", [kind for kind in QUESTION_KINDS if kind is not ShortText], ids=lambda kind: kind.kind)
def test_what_is_not_offered_is_refused(kind: type[QuestionBase]) -> None:
    made: dict[type[QuestionBase], QuestionBase] = {
        SingleChoice: nouns.single_choice(),
        MultipleResponse: nouns.multiple_response(),
        TrueFalse: nouns.true_false(),
        Matching: nouns.matching(),
        Ordering: nouns.ordering(),
    }
    with pytest.raises(UnknownOption):
        made[kind].points_for(("nonsense",))


# ---- each kind -------------------------------------------------------------------------------


def test_two_options_at_once_are_no_answer_to_a_single_choice() -> None:
    with pytest.raises(UnknownOption):
        nouns.single_choice().points_for(("red", "blue"))


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (("two", "three"), 2),
        (("three", "two"), 2),
        (("two",), 1),
        (("two", "four"), 0),
        (("two", "three", "four"), 1),
        (("four",), 0),
        (("two", "two"), 1),
    ],
)
def test_a_wrong_option_takes_a_point_but_never_below_zero(answer: Given, points: int) -> None:
    assert nouns.multiple_response().points_for(answer) == points


@given(multiple_responses().flatmap(lambda question: st.tuples(st.just(question), answers_to(question))), st.randoms())
def test_the_order_of_what_is_chosen_makes_no_difference(found: tuple[MultipleResponse, Given], random: object) -> None:
    question, answer = found
    turned = tuple(reversed(answer))
    assert question.points_for(turned) == question.points_for(answer)
    assert question.current(turned) == question.current(answer)


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (("bear>den", "bee>hive"), 2),
        (("bee>hive", "bear>den"), 2),
        (("bear>hive", "bee>hive"), 1),
        (("bear>den",), 1),
        (("bear>nest", "bee>den"), 0),
    ],
)
def test_each_pair_that_fits_earns_a_point(answer: Given, points: int) -> None:
    assert nouns.matching().points_for(answer) == points


@pytest.mark.parametrize("answer", [("bear>den", "bear>hive"), ("bear",), ("bear>",), (">den",), ("wolf>den",)])
def test_a_pair_that_is_not_offered_or_offered_twice_is_refused(answer: Given) -> None:
    with pytest.raises(UnknownOption):
        nouns.matching().points_for(answer)


@given(orderings, st.data())
def test_only_the_whole_order_earns_the_point(question: Ordering, data: st.DataObject) -> None:
    answer = tuple(data.draw(st.permutations(question.best())))
    assert question.points_for(answer) == (answer == question.best())


@pytest.mark.parametrize("answer", [("mouse",), ("mouse", "dog", "dog"), ("mouse", "dog", "whale", "mouse")])
def test_an_order_names_everything_once(answer: Given) -> None:
    with pytest.raises(UnknownOption):
        nouns.ordering().points_for(answer)


@pytest.mark.parametrize("words", ["The Hague", "the hague", "  THE   HAGUE. ", "Thé Hàgue!", "the-hague"])
def test_case_accents_and_punctuation_make_no_difference_to_typed_words(words: str) -> None:
    assert nouns.short_text().points_for((words,)) == 1


@pytest.mark.parametrize("words", ["", "   ", "...", "Hague", "Rotterdam", "The Hague Rotterdam"])
def test_other_words_earn_nothing(words: str) -> None:
    assert nouns.short_text().points_for((words,)) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مُعَلِّم", "معلم"),
        ("أحمد", "احمد"),
        ("שָׁלוֹם", "שלום"),
        ("Straße", "STRASSE"),
        ("ﬁets", "fiets"),
        ("İzmir", "izmir"),
    ],
)
def test_what_readers_of_a_script_leave_out_makes_no_difference(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("की", "का"), ("กิน", "กัน"), ("école", "ecoles"), ("ግብር", "ግብረ")])
def test_signs_that_make_another_word_make_a_difference(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text())
def test_folding_twice_is_folding_once(words: str) -> None:
    once = folded(words)
    assert folded(once) == once
    assert once == " ".join(once.split())


@given(st.text())
def test_two_ways_to_store_the_same_letters_are_the_same_words(words: str) -> None:
    assert folded(unicodedata.normalize("NFD", words)) == folded(unicodedata.normalize("NFC", words))


# ---- former slugs ----------------------------------------------------------------------------


def _formerly(slug: str) -> str:
    return f"old-{slug}"


def _options(found: Sequence[str]) -> list[Option]:
    return [nouns.option(s, correct=n == 0, former=[_formerly(s)]) for n, s in enumerate(found)]


@given(slugs, st.data())
def test_an_answer_under_former_slugs_is_the_answer_of_today(found: list[str], data: st.DataObject) -> None:
    plain, options = nouns.single_choice(), _options(found)
    places = tuple(Place(slug=s, text="x", explanation="y", former=(_formerly(s),)) for s in found)
    pairs = tuple(Pair(slug=s, text="x", target=s, explanation="y", former=(_formerly(s),)) for s in found)
    targets = tuple(Target(slug=s, text="x", former=(_formerly(s),)) for s in found)
    made: list[QuestionBase] = [
        nouns.single_choice(options=options),
        nouns.multiple_response().model_copy(update={"options": tuple(options)}),
        nouns.ordering().model_copy(update={"options": places}),
        nouns.matching().model_copy(update={"pairs": pairs, "targets": targets}),
    ]
    assert plain.current(("gone",)) == ()
    question = data.draw(st.sampled_from(made))
    answer = data.draw(answers_to(question))
    before = tuple(">".join(_formerly(part) for part in value.split(">")) for value in answer)
    assert question.points_for(question.current(before)) == question.points_for(answer)


# ---- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (nouns.single_choice(wrong=[]), "1 option(s)"),
        (nouns.single_choice(options=[nouns.option("a"), nouns.option("b")]), "0 right options"),
        (nouns.single_choice(options=[nouns.option(s, correct=True) for s in "ab"]), "2 right options"),
        (nouns.multiple_response(wrong=[]), "no wrong option"),
        (nouns.multiple_response(right=[], wrong=["a", "b", "c"]), "no right option"),
        (nouns.multiple_response(right=["a"], wrong=["b"]), "2 option(s)"),
        (nouns.ordering(places=["a", "b"]), "2 option(s)"),
        (nouns.matching(pairs=[("a", "b")]), "1 pair(s)"),
        (nouns.short_text(right=["..."], wrong=[]), "without a letter or digit"),
        (nouns.short_text(right=["Yes"], wrong=["yes!"]), "stands under right and wrong"),
    ],
)
def test_a_question_that_cannot_be_answered_well_is_a_fault(question: QuestionBase, found: str) -> None:
    assert any(found in fault for fault in question.faults())


def test_a_pair_whose_target_is_missing_is_a_fault() -> None:
    question = nouns.matching()
    question = question.model_copy(update={"targets": question.targets[1:]})
    assert any("bear belongs to den, which is no target" in fault for fault in question.faults())


def test_a_statement_whose_options_have_other_names_is_a_fault() -> None:
    question = nouns.true_false()
    question = question.model_copy(update={"options": question.options[::-1]})
    assert list(question.faults()) == ["the options false, true; true and false, in that order hoped for"]


# ---- whole quizzes ---------------------------------------------------------------------------


@given(st.lists(questions_with_answers, min_size=1, max_size=5), st.integers(1, 100))
def test_an_attempt_passes_exactly_at_its_pass_mark(found: list[tuple[QuestionBase, Given]], pass_mark: int) -> None:
    asked = [question.model_copy(update={"slug": f"q{n}"}) for n, (question, _) in enumerate(found)]
    answers = {question.slug: answer for question, (_, answer) in zip(asked, found, strict=True)}
    grade = grade_quiz(nouns.make_quiz("check", *asked, pass_mark=pass_mark), answers)
    assert grade.points == sum(grade.by_question.values())
    assert grade.passed == (grade.points * 100 >= pass_mark * grade.max_points)


def test_a_question_without_an_answer_earns_nothing_and_a_strange_one_is_passed_over() -> None:
    grade = grade_quiz(nouns.make_quiz(), {"strange": ("red",)})
    assert (grade.points, grade.max_points, grade.passed) == (0, 1, False)


@given(slugs, st.integers(), st.text(max_size=10))
def test_a_shuffled_order_holds_everything_once_and_stays_the_same(found: list[str], seed: int, salt: str) -> None:
    assume(found)
    order = shuffled(found, seed, salt)
    assert sorted(order) == sorted(found)
    assert shuffled(found, seed, salt) == order


def test_answers_are_lists_of_strings_that_json_can_hold() -> None:
    for question in (nouns.matching(), nouns.ordering(), nouns.multiple_response(), nouns.short_text()):
        assert tuple(json.loads(json.dumps(question.best()))) == question.best()
