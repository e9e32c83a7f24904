"""Who needs their trainer: each flag by its rule, and back again only for a new reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.rules.flags import ABSENT_DAYS, BEGUN_DAYS, Facts, Failed, Kind, Rules, flags_of, is_resting, need

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RULES = Rules(silent_days=14, first_day=None, is_over=False, zone=AMSTERDAM)
ACTIVE = Facts(came_at=NOW - timedelta(days=60), has_come=True, last_deed_at=NOW - timedelta(days=1), is_done=False)


def _but(facts: Facts, **changes: Any) -> Facts:
    """Return facts that differ in something."""
    return facts._replace(**changes)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def kinds(facts: Facts, rules: Rules = RULES, now: datetime = NOW) -> list[Kind]:
    return [flag.kind for flag in flags_of(facts, rules, now)]


def test_who_is_under_way_has_no_flag() -> None:
    assert kinds(ACTIVE) == []


def test_somebody_is_silent_from_the_day_on_that_the_cohort_says_by_the_clock_of_the_site() -> None:
    late = datetime(2026, 11, 10, 22, 30, tzinfo=UTC)  # 23.30 in Amsterdam
    facts = _but(ACTIVE, last_deed_at=late)
    midnight = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert kinds(facts, now=midnight - timedelta(minutes=1)) == []
    (flag,) = flags_of(facts, RULES, midnight)
    assert (flag.kind, flag.count, flag.at) == (Kind.SILENT, 14, midnight)


def test_silence_is_counted_from_the_first_day_of_the_cohort_and_from_coming_in() -> None:
    facts = _but(ACTIVE, last_deed_at=None)
    assert kinds(facts) == [Kind.SILENT]
    assert kinds(facts, replace(RULES, first_day=date(2026, 11, 20))) == []
    assert kinds(facts, replace(RULES, first_day=date(2026, 12, 20))) == []
    assert kinds(_but(facts, came_at=days_ago(3))) == []


def test_who_never_signed_in_is_absent_after_a_week_and_not_silent_as_well() -> None:
    facts = Facts(days_ago(ABSENT_DAYS - 1), has_come=False, last_deed_at=None, is_done=False)
    assert kinds(facts) == []
    assert kinds(_but(facts, came_at=days_ago(40))) == [Kind.ABSENT]
    assert kinds(_but(facts, came_at=days_ago(40), due=[("one", date(2026, 11, 1))])) == [Kind.ABSENT]


def test_two_failed_attempts_are_a_flag_and_one_is_none() -> None:
    once = Failed("check", 1, days_ago(1))
    assert kinds(_but(ACTIVE, failed=[once])) == []
    (flag,) = flags_of(_but(ACTIVE, failed=[replace(once, times=2)]), RULES, NOW)
    assert (flag.kind, flag.about, flag.count, flag.at) == (Kind.STUCK, "check", 2, days_ago(1))


def test_a_due_date_is_missed_when_its_day_is_over() -> None:
    facts = _but(ACTIVE, due=[("one", date(2026, 11, 24))])
    assert kinds(facts) == []
    (flag,) = flags_of(_but(ACTIVE, due=[("one", date(2026, 11, 23))]), RULES, NOW)
    assert (flag.kind, flag.about, flag.count) == (Kind.DUE, "one", 1)


def test_what_was_begun_and_left_is_a_flag_after_a_week_that_names_nothing() -> None:
    assert kinds(_but(ACTIVE, begun_at=days_ago(BEGUN_DAYS - 1))) == []
    (flag,) = flags_of(_but(ACTIVE, begun_at=days_ago(BEGUN_DAYS)), RULES, NOW)
    assert (flag.kind, flag.about) == (Kind.BEGUN, "")


# ---- for anything that may have happened ---------------------------------------------------------

MOMENTS = st.integers(0, 100 * 24).map(lambda hours: NOW - timedelta(hours=hours))
FACTS = st.builds(
    Facts,
    came_at=MOMENTS,
    has_come=st.booleans(),
    last_deed_at=st.none() | MOMENTS,
    is_done=st.booleans(),
    failed=st.lists(st.builds(Failed, st.sampled_from(["a", "b"]), st.integers(1, 4), MOMENTS), max_size=2),
    due=st.dictionaries(st.sampled_from(["one", "two"]), MOMENTS.map(datetime.date)).map(lambda due: [*due.items()]),
    begun_at=st.none() | MOMENTS,
)
ALL_RULES = st.builds(
    Rules,
    silent_days=st.integers(3, 90),
    first_day=st.none() | MOMENTS.map(datetime.date),
    is_over=st.booleans(),
    zone=st.sampled_from([AMSTERDAM, ZoneInfo("UTC"), ZoneInfo("Pacific/Auckland")]),
)


@given(FACTS, ALL_RULES)
def test_nobody_who_is_done_and_nobody_of_a_cohort_that_is_over_is_waited_for(facts: Facts, rules: Rules) -> None:
    if facts.is_done or rules.is_over:
        assert flags_of(facts, rules, NOW) == ()


@given(FACTS, ALL_RULES)
def test_a_flag_came_true_before_now_and_the_worst_stands_first(facts: Facts, rules: Rules) -> None:
    flags = flags_of(facts, rules, NOW)
    assert all(flag.at <= NOW for flag in flags)
    order = list(Kind)
    assert [flag.kind for flag in flags] == sorted((flag.kind for flag in flags), key=order.index)
    assert {Kind.SILENT, Kind.ABSENT} - {flag.kind for flag in flags}


@given(FACTS, ALL_RULES, st.integers(0, 60))
def test_a_flag_that_rests_stays_away_while_nothing_happens(facts: Facts, rules: Rules, days: int) -> None:
    seen = flags_of(facts, rules, NOW)
    later = flags_of(facts, rules, NOW + timedelta(days=days))
    for flag in seen:
        same = [one for one in later if (one.kind, one.about) == (flag.kind, flag.about)]
        assert all(is_resting(one, NOW) for one in same)


@pytest.mark.parametrize(
    ("facts", "change"),
    [
        (
            _but(ACTIVE, failed=[Failed("check", 2, days_ago(3))]),
            {"failed": [Failed("check", 3, NOW + timedelta(days=1))]},
        ),
        (_but(ACTIVE, last_deed_at=days_ago(20)), {"last_deed_at": NOW + timedelta(days=1)}),
        (_but(ACTIVE, begun_at=days_ago(20)), {"begun_at": NOW + timedelta(days=1)}),
        (
            _but(ACTIVE, due=[("one", date(2026, 11, 1))]),
            {"due": [("one", date(2026, 11, 1)), ("two", date(2026, 12, 1))]},
        ),
    ],
    ids=["another attempt", "another silence", "another beginning", "another due date"],
)
def test_a_flag_that_rests_comes_back_for_a_new_reason(facts: Facts, change: dict[str, Any]) -> None:
    kind = flags_of(facts, RULES, NOW)[0].kind
    later = NOW + timedelta(days=30)
    flags = flags_of(_but(facts, **change), RULES, later)
    assert any(flag.kind is kind and not is_resting(flag, NOW) for flag in flags)


@given(st.lists(FACTS, max_size=8), ALL_RULES)
def test_who_needs_nothing_stands_behind_everybody_who_does(cohort: list[Facts], rules: Rules) -> None:
    found = sorted((flags_of(facts, rules, NOW) for facts in cohort), key=need)
    assert [bool(flags) for flags in found] == sorted((bool(flags) for flags in found), reverse=True)
