"""Two-step sign-in: codes of an app, recovery codes, and that none of them is taken twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.records import second_step, totp
from app.records.accounts import visitor_of
from app.records.models import AuditEntry, Outbox, RecoveryCode, User
from app.records.second_step import (
    BEGUN_FOR,
    RECOVERY_CODES,
    AlreadyOn,
    NothingBegun,
    NotOn,
    TurnedOn,
    Used,
    WrongCode,
    codes_of,
    plain_code,
)
from tests.makers import NOW, app_code, make_user, turn_on_second_step
from tests.racing import at_once

KEY = b"k" * 32
LATER = NOW + timedelta(minutes=5)
HALF_MINUTE = timedelta(seconds=30)


def code_of(session: Session, user_id: int, now: datetime) -> str:
    return app_code(session, user_id, key=KEY, now=now)


def turn_on(session: Session, user: User) -> TurnedOn:
    return turn_on_second_step(session, user.id, key=KEY)


def use(session: Session, user: User, code: str, now: datetime = LATER) -> Used | None:
    return second_step.use_code(session, user.id, code, key=KEY, now=now)


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session, email="noor@example.org")


# ---- the codes of RFC 6238 ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_appendix_b_of_rfc_6238(seconds: int, eight_digits: str) -> None:
    counter = totp.counter_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code_at(b"12345678901234567890", counter) == eight_digits[-6:]


@pytest.mark.parametrize(("off", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off_and_no_more(off: int, is_right: bool) -> None:
    secret, here = b"s" * 20, totp.counter_at(NOW)
    assert (totp.counter_of(secret, totp.code_at(secret, here + off), NOW) == here + off) is is_right


# ---- turning it on -----------------------------------------------------------------------------


def test_before_its_first_code_it_counts_for_nothing(session: Session, user: User) -> None:
    second_step.begin(session, user.id, now=NOW)
    assert not second_step.is_on(session, user.id)
    assert second_step.standing(session, user.id) is None
    assert use(session, user, code_of(session, user.id, NOW), NOW) is None
    with pytest.raises(WrongCode):
        second_step.confirm(session, user.id, code_of(session, user.id, NOW + 9 * HALF_MINUTE), key=KEY, now=NOW)
    assert not second_step.is_on(session, user.id)


def test_the_first_code_turns_it_on_signs_out_everywhere_and_tells_by_mail(session: Session, user: User) -> None:
    before = user.session_stamp
    done = turn_on(session, user)
    assert second_step.standing(session, user.id) == second_step.Standing(NOW, RECOVERY_CODES)
    assert visitor_of(session, user.id, before, None) is None
    assert visitor_of(session, user.id, done.stamp, None)
    assert session.execute(select(Outbox.letter, Outbox.user_id)).all() == [("second_step_on", user.id)]


def test_beginning_anew_ends_the_secret_before(session: Session, user: User) -> None:
    second_step.begin(session, user.id, now=NOW)
    first = code_of(session, user.id, NOW)
    second_step.begin(session, user.id, now=NOW)
    assert code_of(session, user.id, NOW) != first
    with pytest.raises(WrongCode):
        second_step.confirm(session, user.id, first, key=KEY, now=NOW)


def test_a_secret_is_shown_for_an_hour_only(session: Session, user: User) -> None:
    second_step.begin(session, user.id, now=NOW)
    late = NOW + BEGUN_FOR
    assert second_step.begun_secret(session, user.id, key=KEY, now=late - HALF_MINUTE)
    assert second_step.begun_secret(session, user.id, key=KEY, now=late) is None
    with pytest.raises(NothingBegun):
        second_step.confirm(session, user.id, code_of(session, user.id, late), key=KEY, now=late)


def test_what_is_on_is_neither_begun_nor_confirmed_nor_shown_again(session: Session, user: User) -> None:
    turn_on(session, user)
    code = code_of(session, user.id, LATER)
    with pytest.raises(AlreadyOn):
        second_step.begin(session, user.id, now=LATER)
    with pytest.raises(NothingBegun):
        second_step.confirm(session, user.id, code, key=KEY, now=LATER)
    assert second_step.begun_secret(session, user.id, key=KEY, now=NOW) is None
    assert use(session, user, code) is Used.APP


def test_two_who_confirm_at_once_turn_it_on_once(engine: Engine, session: Session, user: User) -> None:
    second_step.begin(session, user.id, now=NOW)
    code, user_id = code_of(session, user.id, NOW), user.id
    session.commit()

    def deed(session: Session) -> bool:
        try:
            second_step.confirm(session, user_id, code, key=KEY, now=NOW)
        except NothingBegun:
            return False
        return True

    assert sorted(at_once(engine, deed, deed)) == [False, True]
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == RECOVERY_CODES


# ---- codes of the app --------------------------------------------------------------------------


def test_a_code_is_taken_once(session: Session, user: User) -> None:
    turn_on(session, user)
    code = code_of(session, user.id, LATER)
    assert use(session, user, code) is Used.APP
    assert use(session, user, code) is None
    assert use(session, user, code, LATER + HALF_MINUTE) is None


def test_the_code_that_turned_it_on_opens_nothing(session: Session, user: User) -> None:
    turn_on(session, user)
    assert use(session, user, code_of(session, user.id, NOW), NOW) is None


def test_after_a_code_only_newer_ones_are_taken(session: Session, user: User) -> None:
    turn_on(session, user)
    assert use(session, user, code_of(session, user.id, LATER + HALF_MINUTE)) is Used.APP
    assert use(session, user, code_of(session, user.id, LATER)) is None
    assert use(session, user, code_of(session, user.id, LATER - HALF_MINUTE)) is None
    later = LATER + 2 * HALF_MINUTE
    assert use(session, user, code_of(session, user.id, later), later) is Used.APP


def test_of_two_tabs_with_the_same_code_one_comes_in(engine: Engine, session: Session, user: User) -> None:
    turn_on(session, user)
    code, user_id = code_of(session, user.id, LATER), user.id
    session.commit()

    def deed(session: Session) -> bool:
        return second_step.use_code(session, user_id, code, key=KEY, now=LATER) is not None

    assert sorted(at_once(engine, deed, deed, deed)) == [False, False, True]


def test_a_code_of_somebody_else_or_of_another_installation_is_wrong(session: Session, user: User) -> None:
    turn_on(session, user)
    other = make_user(session)
    turn_on(session, other)
    assert use(session, user, code_of(session, other.id, LATER)) is None
    assert second_step.use_code(session, user.id, code_of(session, user.id, LATER), key=b"other", now=LATER) is None


@pytest.mark.parametrize("typed", ["{} {}", " {}-{} ", "{}\u00a0{}", "{}{}\n"])
def test_a_code_may_be_typed_with_space_in_it(session: Session, user: User, typed: str) -> None:
    turn_on(session, user)
    code = code_of(session, user.id, LATER)
    assert use(session, user, typed.format(code[:3], code[3:])) is Used.APP


def test_a_code_may_be_typed_in_the_digits_of_another_script() -> None:
    assert plain_code("٠١٢ ٣٤٥") == "012345"
    assert plain_code("０１２３４５") == "012345"


@given(st.text())
def test_whatever_is_typed_can_be_compared(typed: str) -> None:
    plain = plain_code(typed)
    assert plain.isascii()
    assert not plain or plain.isalnum()
    assert plain_code(plain) == plain[: second_step.TYPED_LENGTH]


@pytest.mark.parametrize("typed", ["", " ", "000000", "12345", "1234567", "abcde-fghjk", "é" * 100_000])
def test_what_is_no_code_of_theirs_is_wrong(session: Session, user: User, typed: str) -> None:
    turn_on(session, user)
    assert use(session, user, typed) is None


# ---- recovery codes ----------------------------------------------------------------------------


def test_there_are_ten_recovery_codes_that_can_be_read_and_of_which_only_a_hash_is_kept(
    session: Session, user: User
) -> None:
    codes = codes_of(user.id, turn_on(session, user).codes_seed, key=KEY)
    assert len(set(codes)) == RECOVERY_CODES == 10
    kept = " ".join(session.scalars(select(RecoveryCode.code_hash)))
    for code in codes:
        assert len(code) == 11
        assert not set(code) & set("01ILO")
        assert code not in kept
        assert plain_code(code) not in kept
    assert use(session, user, codes[0]) is Used.RECOVERY


def test_a_recovery_code_works_once(session: Session, user: User) -> None:
    codes = codes_of(user.id, turn_on(session, user).codes_seed, key=KEY)
    assert use(session, user, codes[3].lower().replace("-", " ")) is Used.RECOVERY
    assert use(session, user, codes[3]) is None
    assert second_step.standing(session, user.id) == second_step.Standing(NOW, 9)


def test_of_two_tabs_with_the_same_recovery_code_one_comes_in(engine: Engine, session: Session, user: User) -> None:
    user_id, code = user.id, codes_of(user.id, turn_on(session, user).codes_seed, key=KEY)[0]
    session.commit()

    def deed(session: Session) -> bool:
        return second_step.use_code(session, user_id, code, key=KEY, now=LATER) is not None

    assert sorted(at_once(engine, deed, deed, deed)) == [False, False, True]


def test_new_recovery_codes_end_those_before(session: Session, user: User) -> None:
    before = codes_of(user.id, turn_on(session, user).codes_seed, key=KEY)
    assert use(session, user, before[0]) is Used.RECOVERY
    after = codes_of(user.id, second_step.new_codes(session, user.id, key=KEY), key=KEY)
    assert not set(before) & set(after)
    assert use(session, user, before[1]) is None
    assert use(session, user, after[1]) is Used.RECOVERY
    assert second_step.standing(session, user.id) == second_step.Standing(NOW, 9)


def test_two_who_make_recovery_codes_at_once_leave_one_set(engine: Engine, session: Session, user: User) -> None:
    turn_on(session, user)
    user_id = user.id
    session.commit()
    at_once(engine, *[lambda session: second_step.new_codes(session, user_id, key=KEY)] * 3)
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == RECOVERY_CODES


def test_a_recovery_code_of_somebody_else_is_wrong(session: Session, user: User) -> None:
    turn_on(session, user)
    other = make_user(session)
    codes = codes_of(other.id, turn_on(session, other).codes_seed, key=KEY)
    assert use(session, user, codes[0]) is None


# ---- turning it off ----------------------------------------------------------------------------


def test_what_is_turned_off_asks_for_nothing_and_leaves_nothing(session: Session, user: User) -> None:
    codes = codes_of(user.id, turn_on(session, user).codes_seed, key=KEY)
    second_step.turn_off(session, user.id, now=LATER)
    assert not second_step.is_on(session, user.id)
    assert use(session, user, codes[0]) is None
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    assert session.scalars(select(Outbox.letter).order_by(Outbox.id)).all() == ["second_step_on", "second_step_off"]
    turn_on(session, user)
    assert second_step.is_on(session, user.id)


@pytest.mark.parametrize("is_begun", [False, True])
def test_what_is_not_on_is_not_turned_off(session: Session, user: User, is_begun: bool) -> None:
    if is_begun:
        second_step.begin(session, user.id, now=NOW)
    with pytest.raises(NotOn):
        second_step.turn_off(session, user.id, now=NOW)
    with pytest.raises(NotOn):
        second_step.reset_second_step(session, user.id, by=None, now=NOW)
    with pytest.raises(NotOn):
        second_step.new_codes(session, user.id, key=KEY)
    assert session.scalars(select(Outbox.letter)).all() == []
    assert session.scalars(select(AuditEntry)).all() == []


def test_who_lost_everything_is_helped_by_staff_which_is_noted_and_told(session: Session, user: User) -> None:
    admin = make_user(session, is_admin=True)
    stamp = turn_on(session, user).stamp
    second_step.reset_second_step(session, user.id, by=admin.id, now=LATER)
    assert not second_step.is_on(session, user.id)
    assert visitor_of(session, user.id, stamp, None) is None
    noted = session.execute(select(AuditEntry.actor_id, AuditEntry.deed, AuditEntry.subject_id, AuditEntry.about))
    assert noted.all() == [(admin.id, "reset_second_step", user.id, f"user:{user.id}")]
    assert session.scalars(select(Outbox.letter).order_by(Outbox.id)).all() == ["second_step_on", "second_step_off"]


# ---- who is here, and who is asked -------------------------------------------------------------


def test_only_an_admin_without_it_lacks_it(session: Session, user: User) -> None:
    def lacks() -> bool:
        stamp = session.scalars(select(User.session_stamp).where(User.id == user.id)).one()
        visitor = visitor_of(session, user.id, stamp, None)
        assert visitor
        return visitor.lacks_second_step

    assert lacks() is False
    user.is_admin = True
    session.flush()
    assert lacks() is True
    second_step.begin(session, user.id, now=NOW)
    assert lacks() is True
    second_step.confirm(session, user.id, code_of(session, user.id, NOW), key=KEY, now=NOW)
    assert lacks() is False


def test_whose_code_is_asked_for_is_known_until_something_changed(session: Session, user: User) -> None:
    assert not second_step.is_asked_of(session, user.id, user.session_stamp)
    stamp = turn_on(session, user).stamp
    assert second_step.is_asked_of(session, user.id, stamp)
    assert not second_step.is_asked_of(session, user.id, "another stamp")
    session.refresh(user)
    user.deactivated_at = NOW
    session.flush()
    assert not second_step.is_asked_of(session, user.id, stamp)
