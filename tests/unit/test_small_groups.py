"""Who knows the total and every count that is shown cannot compute one that is withheld, even knowing the rule."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.rules.small_groups import ENOUGH, is_small, is_withheld_of, withheld

groups = st.lists(st.integers(0, 40), min_size=2, max_size=7)


def shown(counts: tuple[int, ...]) -> tuple[int | None, ...]:
    return tuple(None if is_hidden else count for count, is_hidden in zip(counts, withheld(counts), strict=True))


@given(groups)
def test_no_small_group_is_shown_and_where_there_is_none_everything_is(counts: list[int]) -> None:
    hidden = withheld(counts)
    assert all(is_hidden for count, is_hidden in zip(counts, hidden, strict=True) if is_small(count))
    assert any(hidden) == any(map(is_small, counts))


@given(groups)
def test_what_is_withheld_together_is_no_small_group_and_not_only_one(counts: list[int]) -> None:
    hidden = [count for count, is_hidden in zip(counts, withheld(counts), strict=True) if is_hidden]
    assert not hidden or len(hidden) > 1
    if sum(counts) >= ENOUGH:
        assert not hidden or sum(hidden) >= ENOUGH


@given(groups)
def test_nobody_at_all_is_told_unless_everything_is_withheld(counts: list[int]) -> None:
    hidden = withheld(counts)
    if not all(hidden):
        assert not any(is_hidden for count, is_hidden in zip(counts, hidden, strict=True) if count == 0)


@given(st.permutations(range(5)), st.lists(st.integers(0, 20), min_size=5, max_size=5))
def test_the_order_of_the_groups_does_not_matter(order: list[int], counts: list[int]) -> None:
    assert withheld([counts[place] for place in order]) == tuple(withheld(counts)[place] for place in order)


@pytest.mark.parametrize(("groups", "most"), [(2, 36), (3, 28), (4, 20), (5, 16)])
def test_an_attacker_who_knows_the_rule_finds_two_values_for_every_count_that_is_withheld(
    groups: int, most: int
) -> None:
    """Every way to put people into groups is tried: what looks alike must leave two values wherever nothing is told."""
    for people in range(groups + 1, most + 1):
        alike: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
        for some in product(range(people + 1), repeat=groups - 1):
            if sum(some) <= people:
                counts = (*some, people - sum(some))
                alike.setdefault(shown(counts), []).append(counts)
        for page, ways in alike.items():
            for place, count in enumerate(page):
                assert count is not None or len({way[place] for way in ways}) > 1, f"{page} can only be {ways}"


def test_examples() -> None:
    assert shown((18, 2, 0)) == (None, None, 0)  # else 20 - 18 would tell
    assert shown((14, 3, 3)) == (14, None, None)
    assert shown((12, 4, 4)) == (None, None, None)  # 8 in two groups of at most 4 would be 4 and 4
    assert shown((14, 2, 2, 2, 0)) == (14, None, None, None, 0)
    assert shown((10, 10, 0)) == (10, 10, 0)
    assert shown((1, 1, 0)) == (None, None, None)


def test_one_count_of_a_total_is_withheld_when_it_or_the_others_are_few() -> None:
    told = [count for count in range(21) if not is_withheld_of(count, 20)]
    assert told == [0, *range(5, 16), 20]
