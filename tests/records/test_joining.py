"""Joining a cohort: by whom, until when, and who gets the last seat."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from app.records import accounts, joining, links
from app.records.accounts import BadEmail, EmailTaken, NoName, visitor_of
from app.records.engine import writing_sessions
from app.records.joining import CodeExpired, CohortFull, EnrolmentEnded, JoinOffer, OfferState
from app.records.links import LinkExpired, LinkUsed
from app.records.models import Cohort, Enrolment, JoinCode, OneTimeLink, Outbox, User
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_user

KEY = b"the secret of the installation"
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


def offer_of(session: Session, code: JoinCode, today: date = TODAY) -> JoinOffer:
    offer = joining.find_offer(session, code.key, today)
    assert offer is not None
    return offer


def ask(session: Session, offer: JoinOffer, email: str = "sam@example.org") -> links.LinkFacts:
    """Ask to join, and look up the link that was made."""
    joining.ask_to_join(session, offer, "Sam", email, "nl", key=KEY, now=NOW)
    row = session.scalars(select(OneTimeLink).order_by(OneTimeLink.id.desc())).first()
    assert row is not None
    link = links.find_link(session, links.token_of(row, KEY), NOW)
    assert link is not None
    return link


def seats_taken(session: Session) -> int:
    return session.scalars(select(JoinCode.taken)).one()


# ---- cohorts and codes ---------------------------------------------------------------------------


def test_a_join_code_can_be_read_aloud(session: Session) -> None:
    cohort = make_cohort(session)
    keys = {joining.make_join_code(session, cohort_id=cohort.id, by=None, now=NOW) for _ in range(50)}
    assert len(keys) == 50
    for key in keys:
        assert [len(group) for group in key.split("-")] == [4, 4, 4]
        assert not set(key) & set("0O1IL")
        assert joining.normal_code(key) == key


@given(st.text(max_size=100))
def test_a_code_that_is_spelt_normally_stays_as_it_is(typed: str) -> None:
    normal = joining.normal_code(typed)
    assert joining.normal_code(normal) == normal


@given(
    st.text(alphabet=joining.SIGNS, min_size=12, max_size=12),
    st.lists(st.sampled_from([" ", "-", "\u2013", "\t", "", ".", "\u200b"]), min_size=12, max_size=12),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_a_code_is_found_however_it_is_typed(signs: str, between: list[str], cased: Callable[[str], str]) -> None:
    typed = "".join(sign + space for sign, space in zip(cased(signs), between, strict=True))
    assert joining.normal_code(typed) == "-".join((signs[:4], signs[4:8], signs[8:]))


def test_noughts_and_ones_are_letters(session: Session) -> None:
    assert joining.normal_code("0o1i") == "OOII"


def test_a_code_leads_to_its_cohort(session: Session) -> None:
    cohort = make_cohort(session, name="Autumn", language="nl")
    code = make_join_code(session, cohort=cohort, key="TREE-7K4P-BRDX")
    expected = JoinOffer(code.id, "TREE-7K4P-BRDX", cohort.id, "Autumn", OfferState.OPEN, ())
    assert joining.find_offer(session, " tree 7k4pbrdx", TODAY) == expected
    for typed in ("TREE-7K4P-BRDY", "", "a" * 10_000, "%", "\x00"):
        assert joining.find_offer(session, typed, TODAY) is None


@pytest.mark.parametrize("whose", ["code", "cohort"])
def test_the_last_day_counts(session: Session, whose: str) -> None:
    cohort = make_cohort(session, last_day=TODAY if whose == "cohort" else None)
    code = make_join_code(session, cohort=cohort, last_day=TODAY if whose == "code" else None)
    user_id = make_user(session).id
    offer = offer_of(session, code)
    tomorrow = NOW + timedelta(days=1)
    assert offer.state is OfferState.OPEN
    assert offer_of(session, code, tomorrow.date()).state is OfferState.EXPIRED
    with pytest.raises(CodeExpired):
        joining.join(session, user_id, offer, now=tomorrow)
    with pytest.raises(CodeExpired):
        joining.ask_to_join(
            session, offer_of(session, code, tomorrow.date()), "Sam", "sam@example.org", "nl", key=KEY, now=tomorrow
        )
    assert joining.join(session, user_id, offer, now=NOW)


# ---- joining with an account -----------------------------------------------------------------------


def test_joining_twice_is_once_and_takes_one_seat(session: Session) -> None:
    code, user = make_join_code(session, seats=5), make_user(session)
    first = joining.join(session, user.id, offer_of(session, code), now=NOW)
    assert joining.join(session, user.id, offer_of(session, code), now=NOW) == first
    session.expire_all()
    assert seats_taken(session) == 1
    enrolment = session.get_one(Enrolment, first)
    assert (enrolment.user_id, enrolment.role, enrolment.standing) == (user.id, "learner", "active")


def test_who_is_in_goes_on_when_the_cohort_is_full_or_over(session: Session) -> None:
    cohort = make_cohort(session, last_day=YESTERDAY)
    code = make_join_code(session, cohort=cohort, seats=0)
    enrolment = make_enrolment(session, cohort=cohort)
    assert joining.join(session, enrolment.user_id, offer_of(session, code), now=NOW) == enrolment.id


def test_a_trainer_who_follows_the_link_stays_a_trainer(session: Session) -> None:
    code = make_join_code(session)
    cohort = session.get_one(Cohort, code.cohort_id)
    enrolment = make_enrolment(session, cohort=cohort, role="trainer")
    joining.join(session, enrolment.user_id, offer_of(session, code), now=NOW)
    session.expire_all()
    assert (enrolment.role, seats_taken(session)) == ("trainer", 0)


def test_a_code_does_not_bring_back_whom_staff_took_out(session: Session) -> None:
    code = make_join_code(session)
    cohort = session.get_one(Cohort, code.cohort_id)
    enrolment = make_enrolment(session, cohort=cohort, standing="ended")
    with pytest.raises(EnrolmentEnded):
        joining.join(session, enrolment.user_id, offer_of(session, code), now=NOW)


def test_a_full_cohort_takes_nobody(session: Session) -> None:
    code = make_join_code(session, seats=1, taken=1)
    offer = offer_of(session, code)
    assert offer.state is OfferState.FULL
    with pytest.raises(CohortFull):
        joining.join(session, make_user(session).id, offer, now=NOW)
    with pytest.raises(CohortFull):
        ask(session, offer)


def at_once(engine: Engine, deeds: list[Callable[[Session], object]]) -> list[object]:
    """Do all deeds in threads that start together; return what each returned or raised."""
    start, results = threading.Barrier(len(deeds)), list[object]()

    def do(deed: Callable[[Session], object]) -> None:
        start.wait(30)
        try:
            with writing_sessions(engine).begin() as session:
                done = deed(session)
        except CohortFull as error:
            done = error
        results.append(done)

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_last_seat_is_given_once(engine: Engine, session: Session) -> None:
    code = make_join_code(session, seats=3)
    people = [make_user(session).id for _ in range(8)]
    offer = offer_of(session, code)
    session.commit()
    results = at_once(engine, [partial(joining.join, user_id=who, offer=offer, now=NOW) for who in people])
    assert sum(isinstance(result, CohortFull) for result in results) == 5
    assert (len(session.scalars(select(Enrolment.id)).all()), seats_taken(session)) == (3, 3)


def test_one_person_in_many_tabs_takes_one_seat(engine: Engine, session: Session) -> None:
    code, user_id = make_join_code(session, seats=1), make_user(session).id
    offer = offer_of(session, code)
    session.commit()
    results = at_once(engine, [partial(joining.join, user_id=user_id, offer=offer, now=NOW)] * 6)
    assert results == [session.scalars(select(Enrolment.id)).one()] * 6
    assert seats_taken(session) == 1


# ---- joining without an account --------------------------------------------------------------------


def test_a_newcomer_gets_a_letter_and_is_enrolled_behind_its_link(session: Session) -> None:
    code = make_join_code(session, seats=1)
    link = ask(session, offer_of(session, code), "Sam@Example.org")
    letter = session.scalars(select(Outbox)).one()
    assert (letter.letter, letter.link_id, letter.user_id, letter.cohort_id) == ("join", link.id, None, code.cohort_id)
    assert session.scalars(select(User)).all() == []
    user_id, stamp, enrolment_id = joining.join_by_link(session, link, "hash", now=NOW)
    visitor = visitor_of(session, user_id, stamp, None)
    assert visitor is not None
    assert (visitor.name, visitor.email, visitor.language) == ("Sam", "sam@example.org", "nl")
    assert (visitor.enrolment_id, visitor.role, visitor.cohort_id) == (enrolment_id, "learner", code.cohort_id)
    facts = accounts.sign_in_facts(session, "sam@example.org")
    assert facts is not None
    assert facts.password_hash == "hash"
    session.expire_all()
    assert seats_taken(session) == 1


def test_an_address_with_an_account_gets_another_letter_after_the_same_work(engine: Engine, session: Session) -> None:
    user, offer = make_user(session, email="noor@example.org"), offer_of(session, make_join_code(session))
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *facts: statements.append(facts[2].split()[0]))
    work: list[list[str]] = []
    for email in ("NOOR@example.org", "sam@example.org"):
        statements.clear()
        joining.ask_to_join(session, offer, "Noor", email, "nl", key=KEY, now=NOW)
        work.append(list(statements))
    assert work[0] == work[1]
    letters = session.execute(select(Outbox.letter, Outbox.user_id).order_by(Outbox.id)).all()
    assert [tuple(letter) for letter in letters] == [("sign_in_instead", user.id), ("join", None)]


def test_the_letter_to_sign_in_knows_the_code(session: Session) -> None:
    make_user(session, email="noor@example.org")
    code = make_join_code(session)
    ask(session, offer_of(session, code), "noor@example.org")
    letter = session.scalars(select(Outbox)).one()
    assert session.get_one(OneTimeLink, letter.link_id).join_code_id == code.id


def test_pressing_twice_sends_one_letter_and_asking_later_another(session: Session) -> None:
    make_user(session, email="noor@example.org")
    offer, other = offer_of(session, make_join_code(session)), offer_of(session, make_join_code(session))
    for email in ("noor@example.org", "sam@example.org"):
        for after in (timedelta(0), timedelta(seconds=20), timedelta(minutes=3)):
            joining.ask_to_join(session, offer, "Sam", email, "nl", key=KEY, now=NOW + after)
        joining.ask_to_join(session, other, "Sam", email, "nl", key=KEY, now=NOW)
    assert session.scalar(select(func.count(Outbox.id))) == 6


def test_what_is_no_name_or_address_is_told_at_once(session: Session) -> None:
    offer = offer_of(session, make_join_code(session))
    with pytest.raises(NoName):
        joining.ask_to_join(session, offer, " ", "sam@example.org", "nl", key=KEY, now=NOW)
    with pytest.raises(BadEmail):
        joining.ask_to_join(session, offer, "Sam", "sam", "nl", key=KEY, now=NOW)


def test_the_button_behind_a_link_works_once(session: Session) -> None:
    link = ask(session, offer_of(session, make_join_code(session)))
    joining.join_by_link(session, link, "hash", now=NOW)
    with pytest.raises(LinkUsed):
        joining.join_by_link(session, link, "hash", now=NOW)


def test_a_link_that_is_too_old_makes_no_account(session: Session) -> None:
    link = ask(session, offer_of(session, make_join_code(session)))
    with pytest.raises(LinkExpired):
        joining.join_by_link(session, link, "hash", now=NOW + links.LIFETIMES["join"])
    assert session.scalars(select(User)).all() == []


def test_an_address_that_got_an_account_meanwhile_keeps_it(session: Session) -> None:
    link = ask(session, offer_of(session, make_join_code(session)))
    user = make_user(session, email="sam@example.org")
    session.commit()
    with pytest.raises(EmailTaken):
        joining.join_by_link(session, link, "somebody's hash", now=NOW)
    session.rollback()
    facts = accounts.sign_in_facts(session, "sam@example.org")
    assert facts is not None
    assert facts.password_hash == user.password_hash


@pytest.mark.parametrize("reason", [CohortFull, CodeExpired])
def test_a_code_that_closed_meanwhile_makes_no_account_and_leaves_the_link(
    session: Session, reason: type[Exception]
) -> None:
    code = make_join_code(session, seats=1)
    link = ask(session, offer_of(session, code))
    if reason is CohortFull:
        joining.join(session, make_user(session).id, offer_of(session, code), now=NOW)
    else:
        code.last_day = YESTERDAY
    session.commit()
    with pytest.raises(reason):
        joining.join_by_link(session, link, "hash", now=NOW)
    session.rollback()
    assert session.get_one(OneTimeLink, link.id).used_at is None
    assert accounts.sign_in_facts(session, "sam@example.org") is None


def test_who_comes_too_late_is_told_why_though_the_page_was_older(session: Session) -> None:
    code = make_join_code(session, seats=1)
    offer = offer_of(session, code)
    joining.join(session, make_user(session).id, offer, now=NOW)
    assert offer.state is OfferState.OPEN
    with pytest.raises(CohortFull):
        joining.join(session, make_user(session).id, offer, now=NOW)


def test_a_link_for_a_new_password_joins_nobody(session: Session) -> None:
    user = make_user(session)
    link_id = links.make_link(session, purpose="reset", key=KEY, now=NOW, user_id=user.id)
    link = links.find_link(session, links.token_of(session.get_one(OneTimeLink, link_id), KEY), NOW)
    assert link is not None
    with pytest.raises(ValueError, match="no newcomer"):
        joining.join_by_link(session, link, "hash", now=NOW)
