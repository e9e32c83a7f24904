"""What is said of a question is the correlation that it says it is, and gives nobody away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from statistics import StatisticsError, correlation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.parts import Given, QuestionBase, Rich
from app.course.rules.items import (
    ENOUGH_ATTEMPTS,
    MOST_WORDS,
    Item,
    Odd,
    Tally,
    What,
    discrimination,
    item_of,
    share_of,
)
from tests.kinds.number import Number
from tests.nouns import matching, multiple_response, ordering, short_text, single_choice, true_false

ROUNDING = 1e-9
EVERY_KIND = (single_choice(), multiple_response(), true_false(), matching(), ordering(), short_text())

HOURS = {"slug": "hours", "text": "Hours in a day?", "source": "s", "right": 24, "why": "So."}

answers = st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(1, 9)), min_size=2, max_size=30)
"""Whether it was right, the points of the rest, and how many did so."""


def tallies_of(some: Iterable[tuple[bool, int, int]]) -> list[Tally]:
    return [Tally((), 2 * is_right, rest, count) for is_right, rest, count in some]


def gave(question: QuestionBase, *answers: tuple[Given, int], rest: int = 3) -> list[Tally]:
    """Let so many give each of the answers; all do the rest alike."""
    return [Tally(given, question.points_for(given), rest, count) for given, count in answers]


def item(question: QuestionBase, tallies: Sequence[Tally]) -> Item:
    found = item_of(question, tallies)
    assert found is not None
    return found


def numbers(found: Item, part: int = 0) -> dict[str, int | None]:
    return {str(count.of): count.number for count in found.parts[part].counts}


# ---- discrimination ----------------------------------------------------------------------------


@given(answers)
def test_discrimination_is_pearsons_correlation_of_right_and_the_rest(some: list[tuple[bool, int, int]]) -> None:
    right = [float(is_right) for is_right, _rest, count in some for _one in range(count)]
    rest = [float(rest) for _right, rest, count in some for _one in range(count)]
    found = discrimination(tallies_of(some), 2)
    try:
        assert found == pytest.approx(correlation(right, rest), abs=ROUNDING)
    except StatisticsError:  # one of the two is constant
        assert found is None


@given(answers)
def test_discrimination_lies_between_minus_one_and_one_and_its_sign_turns_with_the_answers(
    some: list[tuple[bool, int, int]],
) -> None:
    found = discrimination(tallies_of(some), 2)
    turned = discrimination(tallies_of((not is_right, rest, count) for is_right, rest, count in some), 2)
    assert (found is None) == (turned is None)
    if found is not None and turned is not None:
        assert -1 <= found <= 1
        assert turned == pytest.approx(-found, abs=ROUNDING)


@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_attempts_and_how_they_were_counted_do_not_matter(
    some: list[tuple[bool, int, int]], lots: st.DataObject
) -> None:
    apart = [(is_right, rest, 1) for is_right, rest, count in some for _one in range(count)]
    lots.shuffle(apart)  # type: ignore[attr-defined]
    assert discrimination(tallies_of(apart), 2) == discrimination(tallies_of(some), 2)


def test_discrimination_of_an_example_by_the_formula_of_the_means() -> None:
    some = [(True, 8, 6), (True, 5, 6), (False, 5, 4), (False, 2, 4)]
    everybody = [rest for _right, rest, count in some for _one in range(count)]
    mean = sum(everybody) / 20
    spread = (sum((rest - mean) ** 2 for rest in everybody) / 20) ** 0.5
    by_hand = (6.5 - 3.5) / spread * (0.6 * 0.4) ** 0.5
    assert discrimination(tallies_of(some), 2) == pytest.approx(by_hand, abs=ROUNDING)


def test_some_of_the_points_are_not_right() -> None:
    primes = multiple_response()
    tallies = [Tally(("two",), 1, 9, 10), Tally(("two", "three"), 2, 1, 10)]
    found = item(primes, tallies)
    assert (found.right, found.discrimination) == (10, -1)


# ---- from how many on ---------------------------------------------------------------------------


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda question: question.kind)
def test_nineteen_attempts_are_too_few_and_twenty_are_enough(question: QuestionBase) -> None:
    assert item_of(question, gave(question, (question.best(), ENOUGH_ATTEMPTS - 1))) is None
    found = item(question, gave(question, (question.best(), ENOUGH_ATTEMPTS)))
    assert (found.attempts, found.right, found.percent, found.discrimination) == (20, 20, 100, None)


def test_a_share_is_100_only_when_it_is_all_and_0_only_when_it_is_nobody() -> None:
    assert [share_of(some, 1000) for some in (0, 1, 4, 6, 994, 996, 1000)] == [0, 1, 1, 1, 99, 99, 100]
    assert [share_of(some, 8) for some in range(9)] == [0, 13, 25, 38, 50, 63, 75, 88, 100]


# ---- how often each option was given ------------------------------------------------------------


def test_options_are_counted_and_what_is_missing_is_no_answer() -> None:
    colour = single_choice(wrong=("blue", "green"))
    found = item(colour, gave(colour, (("red",), 12), (("blue",), 7), ((), 6)))
    assert numbers(found) == {"Red": 12, "Blue": 7, "Green": 0, What.NOTHING: 6}
    assert (found.right, found.percent) == (12, 48)


def test_of_several_options_each_is_counted_by_itself() -> None:
    primes = multiple_response()
    found = item(primes, gave(primes, (("two", "three"), 10), (("two", "four"), 10)))
    assert numbers(found) == {"Two": 20, "Three": 10, "Four": 10}


def test_each_line_of_a_matching_has_its_own_counts() -> None:
    homes = matching()
    found = item(homes, gave(homes, (("bear>den", "bee>hive"), 10), (("bear>nest", "bee>hive"), 10)))
    assert [str(part.label) for part in found.parts] == ["bear", "bee"]
    assert numbers(found, 0) == {"den": 10, "hive": 0, "nest": 10}
    assert numbers(found, 1) == {"den": 0, "hive": 20, "nest": 0}


def test_orders_are_told_whole_the_right_one_first() -> None:
    sizes = ordering()
    wrong, rare = ("dog", "mouse", "whale"), ("whale", "dog", "mouse")
    found = item(sizes, gave(sizes, (sizes.best(), 9), (wrong, 6), (rare, 5)))
    counts = [(str(count.of), count.fits, count.number) for count in found.parts[0].counts]
    assert counts == [
        ("1. mouse, 2. dog, 3. whale", True, 9),
        ("1. dog, 2. mouse, 3. whale", False, 6),
        ("1. whale, 2. dog, 3. mouse", False, 5),
    ]


def test_typed_words_are_shown_only_where_five_gave_the_same_however_they_wrote_it() -> None:
    capital = short_text()
    found = item(
        capital,
        gave(
            capital, (("the hague!",), 8), (("THE HAGUE",), 4), (("Amsterdam",), 3), (("amsterdam.",), 3),
            (("my neighbour Yara Spil",), 4), (("Utrecht",), 2),
        ),
    )  # fmt: skip
    assert numbers(found) == {"The Hague": 12, "Rotterdam": 0, "amsterdam": 6, What.OTHERWISE: 6}


def test_of_typed_words_only_those_that_most_gave_are_shown() -> None:
    capital = short_text()
    many = [((f"town {number:02}",), 5 + number) for number in range(MOST_WORDS + 3)]
    found = numbers(item(capital, gave(capital, *many)))
    assert [words for words in found if words.startswith("town")] == [
        f"town {number:02}" for number in range(MOST_WORDS + 2, 2, -1)
    ]
    assert found[What.OTHERWISE] == 5 + 6 + 7


def test_a_kind_that_tells_no_offers_has_its_share_and_no_counts() -> None:
    hours = Number.model_validate(
        {"slug": "hours", "text": "Hours in a day?", "source": "s", "right": 24, "why": "So."}
    )
    found = item(hours, gave(hours, (("24",), 15), (("23",), 5)))
    assert (found.right, found.parts) == (15, ())


# ---- what is withheld ----------------------------------------------------------------------------


def test_a_share_from_which_few_people_follow_is_withheld_and_so_is_its_discrimination() -> None:
    colour = single_choice(wrong=("blue", "green"))
    found = item(colour, [Tally(("red",), 1, 5, 21), Tally(("blue",), 0, 1, 4)])
    assert (found.right, found.percent, found.discrimination) == (None, None, None)
    assert numbers(found) == {"Red": None, "Blue": None, "Green": 0}


def test_a_share_is_shown_where_only_wrong_options_are_withheld() -> None:
    colour = single_choice(wrong=("blue", "green"))
    found = item(colour, [Tally(("red",), 1, 5, 16), Tally(("blue",), 0, 1, 3), Tally(("green",), 0, 1, 2)])
    assert found.right == 16
    assert numbers(found) == {"Red": 16, "Blue": None, "Green": None}
    assert found.discrimination == pytest.approx(1)


def test_the_share_of_a_matching_is_withheld_where_it_would_tell_a_withheld_count() -> None:
    homes = matching()
    one_bear = gave(homes, (homes.best(), 5), (("bear>nest", "bee>hive"), 14), (("bear>hive", "bee>hive"), 1))
    found = item(homes, one_bear)
    assert numbers(found, 0) == {"den": None, "hive": None, "nest": 14}
    assert found.right is None


def test_a_share_of_few_people_is_withheld_where_no_count_would_tell_it() -> None:
    homes, hours = matching(), Number.model_validate(HOURS)
    others = ((("bear>den", "bee>nest"), 9), (("bear>nest", "bee>hive"), 8))
    found = item(homes, gave(homes, (homes.best(), 3), *others))
    assert [numbers(found, part) for part in (0, 1)] == [
        {"den": 12, "hive": 0, "nest": 8},
        {"den": 0, "hive": 11, "nest": 9},
    ]
    assert (found.right, found.discrimination) == (None, None)
    assert item(hours, gave(hours, (("24",), 17), (("3",), 3))).right is None


@pytest.mark.parametrize(("people", "options"), [(20, 3), (23, 3), (20, 4), (84, 2), (80, 3)])
def test_an_attacker_who_knows_all_rules_finds_two_values_for_every_count_that_is_withheld(
    people: int, options: int
) -> None:
    """Every way in which people can answer is tried; pages that look alike must leave two values."""
    colour = single_choice(wrong=[f"wrong-{number}" for number in range(options - 1)])
    values = [option.slug for option in colour.options]
    alike: dict[tuple[object, ...], list[tuple[int, ...]]] = {}
    for counts in ways(people, options):
        found = item(colour, gave(colour, *(((value,), count) for value, count in zip(values, counts, strict=True))))
        page: tuple[object, ...] = (
            found.right,
            *numbers(found).values(),
            *((odd.kind, str(odd.option)) for odd in found.oddities),
        )
        alike.setdefault(page, []).append(counts)
    for page, some in alike.items():
        for place in range(options):
            if page[1 + place] is None:
                assert len({counts[place] for counts in some}) > 1, f"{page} can only be {some}"


def ways(people: int, groups: int) -> Iterator[tuple[int, ...]]:
    for some in product(range(people + 1), repeat=groups - 1):
        if sum(some) <= people:
            yield (*some, people - sum(some))


@given(st.lists(st.sampled_from([(), ("two",), ("three",), ("two", "three"), ("four",), ("two", "four")]), min_size=20))
def test_of_several_options_none_is_told_that_few_chose_or_few_left_alone(given_by: list[Given]) -> None:
    primes = multiple_response()
    found = item(primes, gave(primes, *Counter(given_by).items()))
    for count in found.parts[0].counts:
        assert count.number is None or not 0 < count.number < 5
        assert count.number is None or not 0 < found.attempts - count.number < 5
    if any(count.number is None for count in found.parts[0].counts):
        assert found.right is None


# ---- in words -----------------------------------------------------------------------------------


def test_a_wrong_option_that_nobody_chose_is_odd() -> None:
    colour = single_choice(wrong=("blue", "green"))
    found = item(colour, gave(colour, (("red",), 12), (("blue",), 8)))
    assert [(odd.kind, str(odd.option)) for odd in found.oddities] == [(Odd.NEVER_CHOSEN, "Green")]


def test_a_right_option_that_nobody_chose_and_a_word_that_nobody_typed_are_not_called_odd() -> None:
    colour, capital = single_choice(wrong=("blue",)), short_text()
    assert item(colour, gave(colour, (("blue",), 20))).oddities == ()
    assert item(capital, gave(capital, (("The Hague",), 10), (("Utrecht",), 10))).oddities == ()


def test_a_question_that_strong_learners_miss_is_odd() -> None:
    colour = single_choice()
    found = item(colour, [Tally(("red",), 1, 2, 10), Tally(("blue",), 0, 7, 10)])
    assert [odd.kind for odd in found.oddities] == [Odd.REVERSED]


def test_a_question_that_nearly_everybody_has_right_is_odd_and_its_unchosen_options_go_without_saying() -> None:
    colour = single_choice(wrong=("blue", "green"))
    assert [odd.kind for odd in item(colour, gave(colour, (("red",), 30))).oddities] == [Odd.EASY]


def test_nearly_everybody_is_said_where_the_number_is_withheld_but_not_where_that_would_tell_it() -> None:
    few, several = single_choice(wrong=("blue",)), single_choice(wrong=("a", "b", "c", "d"))
    found = item(few, gave(few, (("red",), 97), (("blue",), 3)))
    assert (found.right, [odd.kind for odd in found.oddities]) == (None, [Odd.EASY])
    each_alone = gave(several, (("red",), 96), (("a",), 1), (("b",), 1), (("c",), 1), (("d",), 1))
    assert item(several, each_alone).oddities == ()


def test_what_a_question_offers_is_what_its_own_wording_says() -> None:
    offers = ordering().parts()[0].offers
    assert [(offer.value, offer.text) for offer in offers] == [
        ("mouse dog whale", Rich("1. mouse, 2. dog, 3. whale", "1. mouse, 2. dog, 3. whale"))
    ]
