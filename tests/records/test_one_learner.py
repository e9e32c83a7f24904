"""What trainers settle for one learner: more time, steps done elsewhere; and the note that they opened a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.rules.cohort_modules import CohortModule, CohortPlan, due_day
from app.course.rules.progress import progress
from app.course.steps.quiz_step import QuizStep
from app.records import attempts, extending, granting, learning, reflecting, reviewing, timelines
from app.records.accounts import Visitor, visitor_of
from app.records.granting import LONGEST_REASON, Completion, NoGrant, NoReason
from app.records.models import AuditEntry, Enrolment, User
from app.records.reviewing import LearnerFacts
from app.records.timelines import Did, Event
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor
from tests.nouns import make_module
from tests.racing import at_once, counted
from tests.web.conftest import small_shelf
from tests.web.test_quiz import RIGHT

SIGNS, WALK, CHECK, READ_ON = (f"01-map/{slug}" for slug in ("signs", "your-walk", "check", "read-on"))
LATER = NOW + timedelta(hours=1)
TODAY = NOW.date()


@pytest.fixture
def course() -> Course:
    """The tests' own course: a module in any order, and one in a fixed order."""
    return small_shelf().course()


@pytest.fixture
def visitor(session: Session) -> Visitor:
    """A learner."""
    return make_visitor(session)


@pytest.fixture
def trainer(session: Session, visitor: Visitor) -> int:
    """Their trainer's user id."""
    user = make_user(session, name="Petra Perron")
    make_enrolment(
        session, user=user, role="trainer", cohort=session.get(type(make_cohort(session)), visitor.cohort_id)
    )
    return user.id


def facts(session: Session, visitor: Visitor) -> LearnerFacts:
    found = reviewing.learner_of(session, visitor.cohort_id or 0, visitor.enrolment_id or 0)
    assert found is not None
    return found


def again(session: Session, visitor: Visitor) -> Visitor:
    """Read the visitor anew, as their next request does."""
    found = visitor_of(session, visitor.user_id, visitor.stamp, visitor.enrolment_id)
    assert found is not None
    return found


def deeds(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)))


def row_of(session: Session, visitor: Visitor, key: str) -> Completion:
    return next(one for one in granting.completions_of(session, visitor.enrolment_id or 0) if one.step_key == key)


# ---- opening a record --------------------------------------------------------------------------


def test_opening_a_record_is_noted_once_a_trainer_a_learner_and_a_day(
    session: Session, visitor: Visitor, trainer: int
) -> None:
    other, colleague = make_visitor(session), make_user(session)
    days = [TODAY, TODAY, TODAY + timedelta(days=1)]
    mine = [reviewing.open_record(session, facts(session, visitor), by=trainer, day=day, now=NOW) for day in days]
    assert mine == [True, False, True]
    assert reviewing.open_record(session, facts(session, other), by=trainer, day=TODAY, now=NOW)
    assert reviewing.open_record(session, facts(session, visitor), by=colleague.id, day=TODAY, now=NOW)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).first()
    assert entry is not None
    assert (entry.actor_id, entry.subject_id, entry.about) == (trainer, visitor.user_id, f"cohort:{visitor.cohort_id}")
    assert deeds(session) == ["open_record"] * 4


def test_two_openings_at_the_same_moment_leave_one_entry(
    engine: Engine, session: Session, visitor: Visitor, trainer: int
) -> None:
    found = facts(session, visitor)
    session.commit()

    def opens(other: Session) -> bool:
        return reviewing.open_record(other, found, by=trainer, day=TODAY, now=NOW)

    assert sorted(at_once(engine, opens, opens, opens)) == [False, False, True]
    assert deeds(session) == ["open_record"]


def test_whether_a_record_was_opened_today_is_one_statement(session: Session, visitor: Visitor, trainer: int) -> None:
    found = facts(session, visitor)
    assert not reviewing.was_opened(session, found, user_id=trainer, day=TODAY)
    reviewing.open_record(session, found, by=trainer, day=TODAY, now=NOW)
    with counted(session) as statements:
        assert reviewing.was_opened(session, found, user_id=trainer, day=TODAY)
    assert len(statements) == 1
    assert not reviewing.was_opened(session, found, user_id=trainer, day=TODAY + timedelta(days=1))


def test_a_trainer_reaches_learners_of_the_cohort_and_nobody_else(session: Session) -> None:
    cohort = make_cohort(session)
    learner = make_enrolment(session, cohort=cohort)
    others = [
        make_enrolment(session, cohort=cohort, role="trainer"),
        make_enrolment(session, cohort=cohort, standing="ended"),
        make_enrolment(session, cohort=cohort, user=make_user(session, deactivated_at=NOW)),
        make_enrolment(session),
    ]
    assert reviewing.learner_of(session, cohort.id, learner.id) is not None
    assert [reviewing.learner_of(session, cohort.id, one.id) for one in others] == [None] * 4
    assert reviewing.learner_of(session, cohort.id, 2**31) is None
    assert reviewing.learner_of(session, make_cohort(session).id, learner.id) is None


# ---- more time ---------------------------------------------------------------------------------


def test_an_extension_moves_the_day_of_one_learner_and_a_second_one_replaces_it(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    module, found = course.modules[0], facts(session, visitor)
    for day in (TODAY + timedelta(days=9), TODAY + timedelta(days=5)):
        extending.extend(session, found, module, due_on=day, by=trainer, now=NOW)
    [(slug, read)] = extending.extensions_of(session, found.enrolment_id).items()
    assert (slug, read.due_on, read.by) == (module.slug, TODAY + timedelta(days=5), "Petra Perron")
    assert again(session, visitor).extensions == {module.slug: TODAY + timedelta(days=5)}
    assert make_visitor(session).extensions == {}
    assert deeds(session) == ["extend", "extend"]


def test_an_extension_that_is_ended_leaves_the_day_of_the_cohort_and_ending_it_twice_is_noted_once(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    module, found = course.modules[0], facts(session, visitor)
    extending.extend(session, found, module, due_on=TODAY, by=trainer, now=NOW)
    for _time in range(2):
        extending.end_extension(session, found, module, by=trainer, now=LATER)
    assert again(session, visitor).extensions == {}
    assert deeds(session) == ["extend", "end_extension"]


def test_an_extension_counts_under_a_name_that_the_module_had_before_too(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    module, found = course.modules[0], facts(session, visitor)
    extending.extend(session, found, module, due_on=TODAY, by=trainer, now=NOW)
    renamed = make_module("01-new", former=[module.slug])
    plan = CohortPlan(modules=(CohortModule("01-new", due_on=TODAY - timedelta(days=3)),))
    assert due_day(plan, renamed, TODAY, again(session, visitor).extensions) == TODAY
    extending.end_extension(session, found, renamed, by=trainer, now=NOW)
    assert again(session, visitor).extensions == {}


@pytest.mark.parametrize(
    ("settled", "later", "hoped"),
    [
        (date(2026, 12, 1), date(2026, 12, 9), date(2026, 12, 9)),
        (date(2026, 12, 1), date(2026, 11, 2), date(2026, 12, 1)),
        (None, date(2026, 12, 9), None),
    ],
)
def test_an_extension_makes_no_day_come_sooner_and_none_where_the_cohort_has_none(
    course: Course, settled: date | None, later: date, hoped: date | None
) -> None:
    module = course.modules[0]
    plan = CohortPlan(modules=(CohortModule(module.slug, due_on=settled),))
    assert due_day(plan, module, TODAY, {module.slug: later}) == hoped


# ---- done elsewhere ----------------------------------------------------------------------------


def test_a_step_done_elsewhere_counts_and_is_no_deed_of_the_learner(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    found, step = facts(session, visitor), course.step_by_key[SIGNS]
    assert granting.grant_step(session, found, course, step, reason=" Did  it\nat work. ", by=trainer, now=NOW)
    now = again(session, visitor)
    assert now.done_keys == {SIGNS}
    assert now.granted == SIGNS
    enrolment = session.get_one(Enrolment, visitor.enrolment_id)
    session.refresh(enrolment)
    assert (enrolment.last_deed_at, enrolment.started_at, enrolment.last_step_key) == (None, None, None)
    grant = row_of(session, visitor, SIGNS).grant
    assert grant is not None
    assert (grant.reason, grant.by, grant.at, grant.withdrawn_at) == ("Did it at work.", "Petra Perron", NOW, None)
    assert deeds(session) == ["grant_step"]


def test_a_step_that_is_done_already_stays_as_its_learner_did_it(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    step = course.step_by_key[SIGNS]
    learning.complete_step(session, visitor, course, step, now=NOW)
    assert not granting.grant_step(session, facts(session, visitor), course, step, reason="Why", by=trainer, now=LATER)
    assert row_of(session, visitor, SIGNS) == Completion(SIGNS, NOW, None, None)
    assert deeds(session) == []


@pytest.mark.parametrize("reason", ["", " \n ", "a" * (LONGEST_REASON + 1)])
def test_a_step_is_not_done_elsewhere_without_a_reason_or_with_too_long_a_one(
    session: Session, visitor: Visitor, trainer: int, course: Course, reason: str
) -> None:
    with pytest.raises(NoReason):
        granting.grant_step(
            session, facts(session, visitor), course, course.step_by_key[SIGNS], reason=reason, by=trainer, now=NOW
        )
    assert again(session, visitor).done == ""


def test_steps_done_elsewhere_finish_a_module_which_stays_finished_when_one_is_withdrawn(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    found, module = facts(session, visitor), course.modules[0]
    for step in module.steps:
        granting.grant_step(session, found, course, step, reason="Seen it", by=trainer, now=NOW)
    assert progress(course, again(session, visitor).done_keys).of(module).finished
    assert granting.withdraw_grant(session, found, module.steps[0], by=trainer, now=LATER)
    now = again(session, visitor)
    assert progress(course, now.done_keys).of(module).finished
    assert f"~{module.steps[0].key}" in now.granted.split()
    assert module.steps[0].key not in now.done_keys
    with pytest.raises(NoGrant):
        granting.withdraw_grant(session, found, module.steps[0], by=trainer, now=LATER)


def test_what_the_learner_does_or_takes_back_themselves_is_theirs_again(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    found, step = facts(session, visitor), course.step_by_key[SIGNS]
    granting.grant_step(session, found, course, step, reason="Seen it", by=trainer, now=NOW)
    granting.withdraw_grant(session, found, step, by=trainer, now=NOW)
    learning.complete_step(session, again(session, visitor), course, step, now=LATER)
    assert row_of(session, visitor, SIGNS) == Completion(SIGNS, LATER, None, None)
    learning.take_back_step(session, again(session, visitor), course, step, now=LATER)
    granting.grant_step(session, found, course, step, reason="Seen it", by=trainer, now=LATER)
    learning.take_back_step(session, again(session, visitor), course, step, now=LATER)
    assert row_of(session, visitor, SIGNS).grant is None
    assert again(session, visitor).granted == ""


@pytest.mark.parametrize("key", [WALK, CHECK])
def test_a_withdrawal_takes_nothing_away_that_the_learner_did_meanwhile(
    session: Session, visitor: Visitor, trainer: int, course: Course, key: str
) -> None:
    found, step = facts(session, visitor), course.step_by_key[key]
    granting.grant_step(session, found, course, step, reason="Seen it", by=trainer, now=NOW)
    if key == WALK:
        reflecting.submit_reflection(session, visitor, course, step, text="Mine", level="private", version=0, now=NOW)
    else:
        given = {
            name.removeprefix("q-"): tuple([value] if isinstance(value, str) else value)
            for name, value in RIGHT.items()
        }
        attempts.submit_quiz(session, visitor, course, step, given, deed_key="1", shuffle_seed=1, now=NOW)  # type: ignore[arg-type]
    assert not granting.withdraw_grant(session, found, step, by=trainer, now=LATER)
    now = again(session, visitor)
    assert key in now.done_keys
    assert now.granted == ""


def test_a_grant_and_the_learners_own_deed_at_once_leave_one_completion(
    engine: Engine, session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    found, step = facts(session, visitor), course.step_by_key[SIGNS]
    session.commit()
    at_once(
        engine,
        lambda other: granting.grant_step(other, found, course, step, reason="Seen it", by=trainer, now=NOW),
        lambda other: learning.complete_step(other, visitor, course, step, now=NOW),
    )
    assert len(granting.completions_of(session, found.enrolment_id)) == 1
    assert again(session, visitor).done_keys == {SIGNS}


def test_what_a_trainer_settled_outlives_their_account(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    found = facts(session, visitor)
    granting.grant_step(session, found, course, course.step_by_key[SIGNS], reason="Seen it", by=trainer, now=NOW)
    extending.extend(session, found, course.modules[0], due_on=TODAY, by=trainer, now=NOW)
    session.delete(session.get_one(User, trainer))
    session.flush()
    grant = row_of(session, visitor, SIGNS).grant
    assert grant is not None
    assert (grant.by, grant.reason) == ("", "Seen it")
    assert extending.extensions_of(session, found.enrolment_id)[course.modules[0].slug].by == ""


# ---- what is shared, and the order of time -----------------------------------------------------


def share(session: Session, visitor: Visitor, course: Course, text: str, level: str, version: int) -> None:
    reflecting.submit_reflection(
        session, again(session, visitor), course, course.step_by_key[WALK], text=text, level=level, version=version,
        now=NOW + timedelta(minutes=version),
    )  # fmt: skip


def test_trainers_read_what_is_shared_with_them_from_the_text_on_from_which_it_is(
    session: Session, visitor: Visitor, course: Course
) -> None:
    share(session, visitor, course, "Only mine", "private", 0)
    assert reviewing.shared_with_trainers(session, visitor.enrolment_id or 0, course) == {}
    share(session, visitor, course, "For you", "trainers", 1)
    share(session, visitor, course, "For you, better", "trainers", 2)
    [(key, shared)] = reviewing.shared_with_trainers(session, visitor.enrolment_id or 0, course).items()
    assert key == WALK
    assert [one.text for one in shared.revisions] == ["For you, better", "For you"]
    share(session, visitor, course, "For the cohort", "cohort", 3)
    assert reviewing.shared_with_trainers(session, visitor.enrolment_id or 0, course) == {}


def test_the_timeline_tells_deeds_and_no_text_that_trainers_may_not_read(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    enrolment_id, found = visitor.enrolment_id or 0, facts(session, visitor)
    learning.complete_step(session, visitor, course, course.step_by_key[SIGNS], now=NOW - timedelta(hours=3))
    share(session, visitor, course, "Only mine", "private", 0)
    told = [(one.did, one.about) for one in timelines.timeline(session, enrolment_id)]
    assert told == [(Did.STEP, WALK), (Did.STEP, SIGNS)]
    share(session, visitor, course, "For you", "trainers", 1)
    check = course.step_by_key[CHECK]
    assert isinstance(check, QuizStep)
    attempts.submit_quiz(session, visitor, course, check, {}, deed_key="1", shuffle_seed=1, now=LATER)
    granting.grant_step(session, found, course, course.step_by_key[READ_ON], reason="R", by=trainer, now=LATER)
    extending.extend(session, found, course.modules[0], due_on=TODAY, by=trainer, now=LATER)
    granting.withdraw_grant(session, found, course.step_by_key[READ_ON], by=trainer, now=LATER + timedelta(hours=1))
    learning.take_back_step(session, visitor, course, course.step_by_key[SIGNS], now=LATER + timedelta(hours=2))
    events = timelines.timeline(session, enrolment_id)
    assert [one.did for one in events] == [
        Did.TOOK_BACK, Did.WITHDRAWN, Did.GRANTED, Did.EXTENDED, Did.ATTEMPT, Did.TEXT, Did.STEP, Did.STEP
    ]  # fmt: skip
    attempt = next(one for one in events if one.did is Did.ATTEMPT)
    assert (attempt.number, attempt.points, attempt.passed) == (1, 0, False)


def test_the_timeline_comes_a_page_at_a_time_and_leaves_nothing_out(
    session: Session, visitor: Visitor, trainer: int, course: Course
) -> None:
    enrolment_id, found = visitor.enrolment_id or 0, facts(session, visitor)
    for step in course.steps:  # all of one moment: then the name says which comes first
        granting.grant_step(session, found, course, step, reason="R", by=trainer, now=NOW)
    everything = timelines.timeline(session, enrolment_id)
    pages: list[Event] = []
    before = None
    while some := timelines.timeline(session, enrolment_id, before=before, size=3):
        pages += some
        before = timelines.place_of(str(some[-1].place))
        assert before == some[-1].place
    assert tuple(pages) == everything
    assert len(everything) == len(course.steps) + len(course.modules)


@pytest.mark.parametrize("text", ["", "x", "-", "9" * 300, "²-x", "1", f"{10**30}-x"])
def test_a_place_of_the_timeline_that_makes_no_sense_is_none_or_finds_nothing(
    session: Session, visitor: Visitor, text: str
) -> None:
    before = timelines.place_of(text)
    assert timelines.timeline(session, visitor.enrolment_id or 0, before=before) == ()


def test_a_learner_reads_their_own_cohort_as_its_trainers_have_it(session: Session, visitor: Visitor) -> None:
    cohort = reviewing.cohort_of(session, replace(visitor))
    assert (cohort.cohort_id, cohort.name, cohort.plan) == (visitor.cohort_id, visitor.cohort_name, visitor.plan)
