"""What staff settle about cohorts: made, changed, copied and put away; who is in them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.course.rules.cohort_modules import CohortModule, CohortPlan
from app.records import accounts, cohorts, joining
from app.records.accounts import BadEmail, NoName, visitor_of
from app.records.cohorts import CohortNameTaken, DaysOutOfOrder, NoCohort, StaleCohort
from app.records.joining import CodeExpired, OfferState, OtherDomain
from app.records.models import Cohort, Enrolment, JoinCode, User
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_user

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
PLAN = CohortPlan(
    whole_course=False,
    first_day=date(2027, 2, 1),
    modules=(CohortModule("one", due_on=date(2027, 2, 8)), CohortModule("two", due_after_days=30)),
)
FACTS: dict[str, Any] = {"by": None, "now": NOW}


def made(session: Session, name: str = "Autumn", **facts: Any) -> int:
    return cohorts.make_cohort(session, name=name, language="nl", **FACTS, **facts)


def facts_of(session: Session, cohort_id: int) -> cohorts.CohortFacts:
    found = cohorts.cohort_facts(session, cohort_id)
    assert found is not None
    return found


def change(session: Session, cohort_id: int, **facts: Any) -> None:
    standing = {"name": "Autumn", "language": "nl", "last_day": None, "plan": PLAN, "version": 1}
    cohorts.change_cohort(session, cohort_id, **FACTS, **(standing | facts))


# ---- made and changed --------------------------------------------------------------------------


def test_a_cohort_is_made_with_its_days(session: Session) -> None:
    cohort_id = made(session, " Autumn ", last_day=TODAY, plan=CohortPlan(first_day=YESTERDAY))
    cohort = session.get_one(Cohort, cohort_id)
    assert (cohort.name, cohort.language, cohort.first_day, cohort.last_day) == ("Autumn", "nl", YESTERDAY, TODAY)
    with pytest.raises(CohortNameTaken):
        made(session)
    with pytest.raises(DaysOutOfOrder):
        made(session, "Winter", last_day=YESTERDAY, plan=CohortPlan(first_day=TODAY))
    with pytest.raises(NoName):
        made(session, " ")


def test_a_cohort_is_read_as_it_was_settled(session: Session) -> None:
    found = facts_of(session, made(session, plan=PLAN, last_day=date(2027, 6, 30)))
    assert (found.name, found.last_day, found.plan) == ("Autumn", date(2027, 6, 30), PLAN)
    assert cohorts.cohort_facts(session, 4711) is None


def test_a_change_takes_the_place_of_what_was_settled(session: Session) -> None:
    cohort_id = made(session, plan=PLAN)
    change(session, cohort_id, name="Spring", language="en", plan=CohortPlan(modules=(CohortModule("three"),)))
    found = facts_of(session, cohort_id)
    assert (found.name, found.language, found.version) == ("Spring", "en", 2)
    assert found.plan == CohortPlan(modules=(CohortModule("three"),))


def test_a_cohort_keeps_its_own_name_and_takes_that_of_no_other(session: Session) -> None:
    cohort_id = made(session)
    made(session, "Winter")
    change(session, cohort_id)
    with pytest.raises(CohortNameTaken):
        change(session, cohort_id, name="Winter", version=2)


def test_no_two_names_of_cohorts_differ_in_capitals_alone_as_a_file_would_mean_both(session: Session) -> None:
    cohort_id = made(session, "Spring")
    with pytest.raises(CohortNameTaken):
        made(session, "SPRING")
    change(session, cohort_id, name="SPRING")
    made(session, "Spríng")


def test_of_two_who_change_a_cohort_the_second_is_told(session: Session) -> None:
    cohort_id = made(session)
    change(session, cohort_id, name="Mine")
    with pytest.raises(StaleCohort):
        change(session, cohort_id, name="Theirs")
    with pytest.raises(NoCohort):
        change(session, 4711, name="Nobody's")
    assert facts_of(session, cohort_id).name == "Mine"


# ---- copied and put away -----------------------------------------------------------------------


def test_a_rerun_has_the_modules_and_trainers_but_not_the_learners_and_codes(session: Session) -> None:
    first = made(session, plan=PLAN)
    trainer, learner = make_user(session), make_user(session)
    cohorts.make_trainer(session, user_id=trainer.id, cohort_id=first, **FACTS)
    cohorts.enrol(session, user_id=learner.id, cohort_id=first, **FACTS)
    joining.make_join_code(session, cohort_id=first, **FACTS)
    again = cohorts.copy_cohort(
        session, first, name="Again", first_day=date(2027, 9, 1), last_day=date(2027, 12, 1), **FACTS
    )
    plan = facts_of(session, again).plan
    assert (plan.whole_course, plan.first_day) == (False, date(2027, 9, 1))
    assert plan.modules == (CohortModule("one", due_on=date(2027, 9, 8)), CohortModule("two", due_after_days=30))
    people = session.execute(select(Enrolment.user_id, Enrolment.role).filter_by(cohort_id=again)).all()
    assert [tuple(one) for one in people] == [(trainer.id, "trainer")]
    assert session.scalars(select(JoinCode).filter_by(cohort_id=again)).all() == []
    with pytest.raises(NoCohort):
        cohorts.copy_cohort(session, 4711, name="Of nothing", first_day=None, last_day=None, **FACTS)


def test_nobody_joins_a_cohort_that_was_put_away_until_it_is_taken_back(session: Session) -> None:
    cohort_id = made(session)
    key = joining.make_join_code(session, cohort_id=cohort_id, **FACTS)
    before = joining.find_offer(session, key, TODAY)
    assert before is not None
    cohorts.archive_cohort(session, cohort_id, archived=True, version=1, **FACTS)
    after = joining.find_offer(session, key, TODAY)
    assert after is not None
    assert (before.state, after.state) == (OfferState.OPEN, OfferState.EXPIRED)
    with pytest.raises(CodeExpired):
        joining.join(session, make_user(session).id, before, now=NOW)
    cohorts.archive_cohort(session, cohort_id, archived=False, version=2, **FACTS)
    assert joining.join(session, make_user(session).id, before, now=NOW)


def test_the_list_counts_who_is_active_and_leaves_out_what_was_put_away(session: Session) -> None:
    old, new = (made(session, name, plan=CohortPlan(first_day=TODAY)) for name in ("Old", "New"))
    empty = made(session, "Empty")
    cohort = session.get_one(Cohort, new)
    make_enrolment(session, cohort=cohort)
    make_enrolment(session, cohort=cohort)
    make_enrolment(session, cohort=cohort, standing="ended")
    make_enrolment(session, cohort=cohort, role="trainer")
    cohorts.archive_cohort(session, old, archived=True, version=1, **FACTS)
    lines = cohorts.cohort_lines(session, archived=False)
    assert [(one.cohort_id, one.learners, one.trainers) for one in lines] == [(new, 2, 1), (empty, 0, 0)]
    assert [one.name for one in cohorts.cohort_lines(session, archived=True)] == ["Old"]


# ---- join codes --------------------------------------------------------------------------------


def test_a_code_that_was_closed_opens_nothing_and_its_cohort_lists_it_no_more(session: Session) -> None:
    code = make_join_code(session)
    other = make_cohort(session)
    offer = joining.find_offer(session, code.key, TODAY)
    assert offer is not None
    assert not joining.close_join_code(session, other.id, code.id, **FACTS)
    assert joining.close_join_code(session, code.cohort_id, code.id, **FACTS)
    assert joining.close_join_code(session, code.cohort_id, code.id, **FACTS)
    found = joining.find_offer(session, code.key, TODAY)
    assert found is not None
    assert found.state is OfferState.EXPIRED
    assert joining.join_codes_of(session, code.cohort_id, TODAY) == ()
    with pytest.raises(CodeExpired):
        joining.join(session, make_user(session).id, offer, now=NOW)


def test_codes_are_listed_with_their_places_and_days(session: Session) -> None:
    cohort_id = made(session)
    joining.make_join_code(session, cohort_id=cohort_id, seats=30, last_day=YESTERDAY, **FACTS)
    key = joining.make_join_code(session, cohort_id=cohort_id, mail_domains=["@Uni.Example.ORG"], **FACTS)
    newest, oldest = joining.join_codes_of(session, cohort_id, TODAY)
    assert (newest.key, newest.seats, newest.mail_domains, newest.state) == (key, None, ("uni.example.org",), "open")
    assert (oldest.seats, oldest.taken, oldest.last_day, oldest.state) == (30, 0, YESTERDAY, "expired")
    with pytest.raises(BadEmail):
        joining.make_join_code(session, cohort_id=cohort_id, mail_domains=["not a domain"], **FACTS)


@pytest.mark.parametrize("is_newcomer", [True, False])
def test_a_code_for_some_addresses_lets_in_nobody_else(session: Session, is_newcomer: bool) -> None:
    cohort_id = made(session)
    key = joining.make_join_code(session, cohort_id=cohort_id, mail_domains=["uni.example.org"], **FACTS)
    offer = joining.find_offer(session, key, TODAY)
    assert offer is not None

    def come(email: str) -> None:
        if is_newcomer:
            joining.ask_to_join(session, offer, "Sam", email, "nl", key=b"secret", now=NOW)
        else:
            joining.join(session, make_user(session, email=email).id, offer, now=NOW)

    come("sam@uni.example.org")
    for other in ("sam@example.org", "sam@uni.example.org.example.org", "sam@my-uni.example.org"):
        with pytest.raises(OtherDomain) as refused:
            come(other)
        assert refused.value.domains == ("uni.example.org",)


# ---- who is in it ------------------------------------------------------------------------------


def test_a_visitor_knows_what_their_cohort_works_through(session: Session) -> None:
    cohort_id = made(session, plan=PLAN)
    user = make_user(session)
    enrolment_id = cohorts.enrol(session, user_id=user.id, cohort_id=cohort_id, **FACTS)
    visitor = visitor_of(session, user.id, user.session_stamp, enrolment_id)
    assert visitor is not None
    assert visitor.came_at == NOW
    assert (visitor.plan.whole_course, visitor.plan.first_day) == (False, PLAN.first_day)
    assert set(visitor.plan.modules) == set(PLAN.modules)
    session.execute(update(User).values(session_stamp="nobody"))
    alone = make_user(session)
    nowhere = visitor_of(session, alone.id, alone.session_stamp, None)
    assert nowhere is not None
    assert nowhere.plan == CohortPlan()


def test_trainers_are_named_in_order_and_only_while_they_are_there(session: Session) -> None:
    cohort = make_cohort(session)
    for name, deactivated_at in (("Zoë", None), ("Éva", None), ("Anna", NOW)):
        user = make_user(session, name=name, deactivated_at=deactivated_at)
        user.sort_name = accounts.sort_name(name)
        make_enrolment(session, user=user, cohort=cohort, role="trainer")
    make_enrolment(session, cohort=cohort, role="trainer", standing="ended")
    make_enrolment(session, cohort=cohort)
    make_enrolment(session, role="trainer")
    session.flush()
    assert cohorts.trainers_of(session, cohort.id) == ("Éva", "Zoë")


def test_enrolments_are_listed_newest_first_without_those_that_ended(session: Session) -> None:
    user = make_user(session)
    first = make_enrolment(session, user=user, cohort=make_cohort(session, name="Autumn"))
    second = make_enrolment(session, user=user, cohort=make_cohort(session, name="Winter"), role="trainer")
    make_enrolment(session, user=user, standing="ended")
    make_enrolment(session)
    assert cohorts.enrolments_of(session, user.id) == (
        cohorts.EnrolmentLine(second.id, second.cohort_id, "Winter", "trainer"),
        cohorts.EnrolmentLine(first.id, first.cohort_id, "Autumn", "learner"),
    )
