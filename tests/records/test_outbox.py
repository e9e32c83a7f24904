"""Letters leave at least once: put in with their cause, claimed for a while, tried again with growing pauses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.records import outbox
from app.records.engine import reading_sessions, writing_sessions
from app.records.links import Newcomer, make_link
from app.records.models import OneTimeLink, Outbox, User
from app.records.outbox import Claimed
from tests.makers import NOW, make_cohort, make_join_code, make_user

LEASE = timedelta(minutes=5)


def put_reset(session: Session, number: int = 1, *, now: datetime = NOW) -> bool:
    """Put a letter in for a new user."""
    return outbox.put(session, "reset", once_key=f"reset:{number}", now=now, user_id=make_user(session).id)


def claim(session: Session, now: datetime = NOW) -> Claimed:
    claimed = outbox.claim(session, now=now, lease=LEASE)
    assert claimed is not None
    return claimed


def row_of(session: Session, claimed: Claimed) -> Outbox:
    return session.scalars(
        select(Outbox).where(Outbox.id == claimed.id).execution_options(populate_existing=True)
    ).one()


# ---- putting in --------------------------------------------------------------------------------


def test_a_letter_whose_cause_is_undone_never_leaves(engine: Engine) -> None:
    with writing_sessions(engine)() as session:
        put_reset(session)
        session.rollback()
    with reading_sessions(engine)() as session:
        assert not outbox.is_due(session, now=NOW)


def test_the_same_deed_puts_one_letter_in(session: Session) -> None:
    assert put_reset(session, 17)
    assert not put_reset(session, 17)
    assert outbox.standing(session).waiting == 1


def test_letters_leave_in_the_order_in_which_they_came(session: Session) -> None:
    for number in (1, 2, 3):
        put_reset(session, number, now=NOW + timedelta(seconds=number))
    later = NOW + timedelta(minutes=1)
    assert [claim(session, later).once_key for _ in range(3)] == ["reset:1", "reset:2", "reset:3"]
    assert outbox.claim(session, now=later, lease=LEASE) is None


def test_a_letter_is_not_due_before_its_time(session: Session) -> None:
    put_reset(session, now=NOW)
    early = NOW - timedelta(seconds=1)
    assert not outbox.is_due(session, now=early)
    assert outbox.claim(session, now=early, lease=LEASE) is None


# ---- claiming ----------------------------------------------------------------------------------


def test_what_is_claimed_belongs_to_one_until_the_lease_runs_out(session: Session) -> None:
    put_reset(session)
    first = claim(session)
    in_time = NOW + LEASE - timedelta(seconds=1)
    assert not outbox.is_due(session, now=in_time)
    assert outbox.claim(session, now=in_time, lease=LEASE) is None
    again = claim(session, NOW + LEASE)
    assert (again.id, first.tries, again.tries) == (first.id, 1, 2)


def test_many_who_claim_at_once_never_get_the_same_letter(engine: Engine) -> None:
    with writing_sessions(engine)() as session:
        for number in range(40):
            put_reset(session, number)
        session.commit()

    def claim_all(_worker: int) -> list[str]:
        got = []
        with writing_sessions(engine)() as session:
            while claimed := outbox.claim(session, now=NOW, lease=LEASE):
                session.commit()
                got.append(claimed.once_key)
        return got

    with ThreadPoolExecutor(4) as workers:
        claimed = [key for keys in workers.map(claim_all, range(4)) for key in keys]
    assert sorted(claimed) == sorted(f"reset:{number}" for number in range(40))


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)  # SQLite lets one write after the other
def test_nobody_waits_for_a_letter_that_another_is_claiming(engine: Engine) -> None:
    sessions = writing_sessions(engine)
    with sessions() as session:
        put_reset(session, 1)
        put_reset(session, 2)
        session.commit()
    with sessions() as one, sessions() as other:
        assert {claim(one).once_key, claim(other).once_key} == {"reset:1", "reset:2"}


KILLED = """
import sys
from datetime import datetime, timedelta
from app.records import outbox
from app.records.engine import make_engine, writing_sessions

with writing_sessions(make_engine(sys.argv[1]))() as session:
    claimed = outbox.claim(session, now=datetime.fromisoformat(sys.argv[2]), lease=timedelta(minutes=5))
    session.commit()
    print(claimed.once_key, flush=True)
    sys.stdin.read()  # it would be sending now
"""


def test_a_letter_of_a_process_that_was_killed_while_sending_goes_again(engine: Engine, database_url: str) -> None:
    with writing_sessions(engine)() as session:
        put_reset(session)
        session.commit()
    command = [sys.executable, "-c", KILLED, database_url, NOW.isoformat()]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reset:1\n"
        process.kill()
    with writing_sessions(engine)() as session:
        assert outbox.claim(session, now=NOW + timedelta(minutes=4), lease=LEASE) is None
        assert claim(session, NOW + LEASE).once_key == "reset:1"


# ---- how it went -------------------------------------------------------------------------------


def test_what_was_sent_is_over(session: Session) -> None:
    put_reset(session)
    claimed = claim(session)
    outbox.sent(session, claimed, now=NOW)
    assert not outbox.is_due(session, now=NOW + timedelta(days=9))
    assert row_of(session, claimed).sent_at == NOW


def test_pauses_grow_and_after_two_days_a_letter_is_given_up_with_its_last_error(session: Session) -> None:
    put_reset(session)
    now, pauses = NOW, []
    while True:
        claimed = claim(session, now)
        again = outbox.failed(session, claimed, f"451 busy, try {claimed.tries}", now=now)
        if again is None:
            break
        assert not outbox.is_due(session, now=again - timedelta(seconds=1))
        pauses.append((again - now) / timedelta(minutes=1))
        now = again
    assert pauses[:4] == [1, 5, 15, 60]
    assert pauses == sorted(pauses)
    assert timedelta(hours=40) < now - NOW <= timedelta(days=2)
    row = row_of(session, claimed)
    assert (row.dropped_at, row.last_error) == (now, f"451 busy, try {claimed.tries}")
    assert not outbox.is_due(session, now=now + timedelta(days=30))


def test_a_letter_that_leaves_after_all_forgets_its_error(session: Session) -> None:
    put_reset(session)
    again = outbox.failed(session, claim(session), "connection refused", now=NOW)
    assert again is not None
    claimed = claim(session, again)
    outbox.sent(session, claimed, now=again)
    assert row_of(session, claimed).last_error is None


def test_a_dropped_letter_is_over(session: Session) -> None:
    put_reset(session)
    claimed = claim(session)
    outbox.drop(session, claimed, "550 no such mailbox", now=NOW)
    assert not outbox.is_due(session, now=NOW + timedelta(days=9))
    assert row_of(session, claimed).last_error == "550 no such mailbox"


@pytest.mark.parametrize("how", [outbox.failed, outbox.drop])
def test_who_lost_the_lease_takes_the_letter_from_nobody(session: Session, how: Callable[..., object]) -> None:
    put_reset(session)
    slow = claim(session)
    now = NOW + LEASE
    quick = claim(session, now)
    how(session, slow, "timed out", now=now)
    assert outbox.claim(session, now=now, lease=LEASE) is None
    outbox.sent(session, quick, now=now)
    how(session, slow, "timed out", now=now)
    row = row_of(session, quick)
    assert (row.sent_at, row.dropped_at, row.last_error) == (now, None, None)


def test_a_long_error_is_cut_to_what_is_kept_of_one(session: Session) -> None:
    put_reset(session)
    claimed = claim(session)
    outbox.drop(session, claimed, "x" * 10_000, now=NOW)
    assert row_of(session, claimed).last_error == "x" * outbox.ERROR_LENGTH


def test_the_standing_tells_what_waits_and_what_went_wrong(session: Session) -> None:
    for number in range(4):
        put_reset(session, number, now=NOW + timedelta(minutes=number))
    later = NOW + timedelta(hours=1)
    outbox.sent(session, claim(session, later), now=later)
    outbox.drop(session, claim(session, later), "550 no such mailbox", now=later)
    outbox.failed(session, claim(session, later), "451 busy", now=later)
    standing = outbox.standing(session)
    assert (standing.waiting, standing.tried, standing.sent, standing.dropped) == (2, 1, 1, 1)
    assert standing.oldest == NOW + timedelta(minutes=2)
    assert [(dropped_at, error) for _, _, dropped_at, error in standing.errors] == [
        (None, "451 busy"),
        (later, "550 no such mailbox"),
    ]


# ---- what a letter is made from ----------------------------------------------------------------


def test_a_letter_knows_its_person_as_they_are_when_it_is_sent(session: Session) -> None:
    put_reset(session)
    claimed = claim(session)
    user = session.get_one(User, claimed.user_id)
    user.name, user.language = "Noor Spil", "nl"
    session.flush()
    facts = outbox.facts_of(session, claimed)
    assert facts is not None
    assert (facts.name, facts.email, facts.language) == ("Noor Spil", user.email, "nl")


def test_a_letter_to_a_newcomer_knows_what_they_gave_and_the_code_they_came_by(session: Session) -> None:
    cohort = make_cohort(session, name="De Wenteltrap")
    code = make_join_code(session, cohort=cohort, key="TREE-7K4P-BRDX")
    make_join_code(session, cohort=cohort)
    newcomer = Newcomer("Bo Bordes", "bo@example.org", "nl")
    link_id = make_link(session, purpose="join", key=b"k", now=NOW, newcomer=newcomer, join_code_id=code.id)
    outbox.put(session, "join", once_key="join:1", now=NOW, link_id=link_id)
    facts = outbox.facts_of(session, claim(session))
    assert facts is not None
    assert (facts.name, facts.email, facts.language) == ("Bo Bordes", "bo@example.org", "nl")
    assert (facts.cohort_name, facts.join_key) == ("De Wenteltrap", "TREE-7K4P-BRDX")


def test_a_letter_about_a_cohort_names_its_newest_join_code(session: Session) -> None:
    cohort = make_cohort(session)
    make_join_code(session, cohort=cohort)
    newest = make_join_code(session, cohort=cohort)
    outbox.put(session, "x", once_key="x:1", now=NOW, user_id=make_user(session).id, cohort_id=cohort.id)
    facts = outbox.facts_of(session, claim(session))
    assert facts is not None
    assert facts.join_key == newest.key


def test_nothing_is_known_of_a_person_who_left_while_the_letter_was_claimed(session: Session) -> None:
    put_reset(session)
    claimed = claim(session)
    session.delete(session.get_one(User, claimed.user_id))
    session.flush()
    assert outbox.facts_of(session, claimed) is None
    outbox.drop(session, claimed, "nobody is there", now=NOW)


def test_nothing_is_sent_to_a_closed_account(session: Session) -> None:
    user = make_user(session, deactivated_at=NOW)
    outbox.put(session, "reset", once_key="reset:1", now=NOW, user_id=user.id)
    assert outbox.facts_of(session, claim(session)) is None


def test_nothing_is_sent_for_a_link_that_is_gone(session: Session) -> None:
    user = make_user(session)
    link_id = make_link(session, purpose="reset", key=b"k", now=NOW, user_id=user.id)
    outbox.put(session, "reset", once_key="reset:1", now=NOW, user_id=user.id, link_id=link_id)
    claimed = claim(session)
    session.delete(session.get_one(OneTimeLink, link_id))
    session.flush()
    assert outbox.facts_of(session, claimed) is None
