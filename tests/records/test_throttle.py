"""Limits on failures: who is stopped, who is not, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.records import throttle
from app.records.models import Throttle
from tests.makers import NOW
from tests.racing import at_once

KEY = b"the secret of the installation"
CAMPUS, HOME = "192.0.2.1", "198.51.100.7"


def fail(session: Session, times: int, *, email: str = "noor@example.org", address: str = CAMPUS) -> None:
    for _ in range(times):
        throttle.note_failure(session, throttle.sign_in_buckets(KEY, email, address), NOW)


def is_blocked(session: Session, *, email: str = "noor@example.org", address: str = CAMPUS, minutes: int = 0) -> bool:
    buckets = throttle.sign_in_buckets(KEY, email, address)
    return throttle.is_blocked(session, buckets, NOW + timedelta(minutes=minutes))


def test_the_tenth_failure_from_an_address_stops_the_eleventh(session: Session) -> None:
    fail(session, 9)
    assert not is_blocked(session)
    fail(session, 1)
    assert is_blocked(session)


def test_nobody_can_lock_an_account_from_elsewhere(session: Session) -> None:
    fail(session, 50)
    assert not is_blocked(session, address=HOME)


def test_a_campus_shares_an_address_without_stopping_each_other(session: Session) -> None:
    fail(session, 10)
    assert not is_blocked(session, email="sam@example.org")


def test_three_hundred_failures_stop_an_address_whatever_the_account(session: Session) -> None:
    for number in range(60):
        fail(session, 5, email=f"person{number}@example.org")
    assert is_blocked(session, email="somebody.else@example.org")
    assert not is_blocked(session, email="somebody.else@example.org", address=HOME)


def test_after_a_quarter_of_an_hour_it_is_forgotten(session: Session) -> None:
    fail(session, 10)
    assert is_blocked(session, minutes=14)
    assert not is_blocked(session, minutes=15)


def test_who_comes_in_starts_anew_and_the_address_does_not(session: Session) -> None:
    fail(session, 10)
    account, address = throttle.sign_in_buckets(KEY, "noor@example.org", CAMPUS)
    throttle.forget(session, account)
    assert not is_blocked(session)
    assert set(session.scalars(select(Throttle.bucket))) == {address.name}


def test_what_is_too_old_to_count_is_removed(session: Session) -> None:
    fail(session, 10)
    later = NOW + timedelta(minutes=16)
    throttle.note_failure(session, throttle.sign_in_buckets(KEY, "noor@example.org", CAMPUS), later)
    assert set(session.scalars(select(Throttle.at))) == {later}


def test_an_account_is_counted_alike_however_it_is_typed(session: Session) -> None:
    fail(session, 10)
    assert is_blocked(session, email=" NOOR@example.org ")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("unknown", "unknown", True),
    ],
)
def test_an_address_is_what_its_owner_cannot_choose(one: str, other: str, is_same: bool) -> None:
    buckets = [throttle.sign_in_buckets(KEY, "noor@example.org", address) for address in (one, other)]
    assert (buckets[0] == buckets[1]) is is_same


def test_attempts_that_come_all_at_once_are_no_way_around_the_limit(engine: Engine) -> None:
    buckets = throttle.letter_buckets(KEY, "noor@example.org", HOME)

    def ask(session: Session) -> bool:
        throttle.take_turn(session, buckets[0])
        if throttle.is_blocked(session, buckets, NOW):
            return False
        throttle.note_failure(session, buckets, NOW)
        return True

    assert sum(at_once(engine, *[ask] * 12)) == throttle.LETTERS


def test_the_table_tells_nobody_who_failed(session: Session) -> None:
    fail(session, 1)
    other_secret = throttle.sign_in_buckets(b"another secret", "noor@example.org", CAMPUS)
    for bucket in session.scalars(select(Throttle.bucket)):
        assert len(bucket) == 64
        assert bucket not in {named.name for named in other_secret}


def test_letters_are_limited_for_who_would_get_them_wherever_they_are_asked_for(session: Session) -> None:
    for number in range(5):
        throttle.note_failure(session, throttle.letter_buckets(KEY, "noor@example.org", f"192.0.2.{number}"), NOW)
    assert throttle.is_blocked(session, throttle.letter_buckets(KEY, "noor@example.org", HOME), NOW)
    assert not throttle.is_blocked(session, throttle.letter_buckets(KEY, "sam@example.org", HOME), NOW)
    assert not is_blocked(session, address=HOME)
