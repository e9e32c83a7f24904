"""How everybody in a cohort stands is how each of them stands, whatever they did and whatever the course became."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.rules.cohort_modules import CohortModule, CohortPlan, due_day
from app.course.rules.flags import Facts, Failed, Flag, Kind, Rules, flags_of
from app.course.rules.progress import progress
from app.course.steps.quiz_step import QuizStep
from app.records import drafts, guides, learning, reflecting, snoozing, standings
from app.records.accounts import Visitor, visitor_of
from app.records.attempts import AttemptsUsedUp, submit_quiz
from app.records.cohorts import StaleCohort, change_cohort
from app.records.guides import Trained
from app.records.learning import StepLocked
from app.records.models import Attempt, Cohort, Draft, Enrolment, Reflection, User
from app.records.standings import Order, Standing
from tests.makers import NOW, make_cohort, make_enrolment, make_user
from tests.nouns import make_course, make_module, make_quiz, make_quiz_step, make_read, make_reflect, single_choice
from tests.racing import counted

QUIZ = make_quiz("check", single_choice())
BEFORE = make_course(
    make_module("one", make_read("one/a"), make_quiz_step("one/check", quiz=QUIZ), make_reflect("one/think")),
    make_module("two", make_read("two/b"), make_reflect("two/say"), order="fixed"),
)
AFTER = make_course(
    make_module(
        "first",
        make_read("first/a", former=["one/a"]),
        make_quiz_step("first/check", quiz=QUIZ, former=["one/check"]),
        make_reflect("first/think", former=["one/think"]),
        make_read("first/added"),
        former=["one"],
    ),
    make_module("two", make_reflect("two/say"), order="fixed"),
    make_module("three", make_read("three/c")),
)
LENGTH = 40
ZONE = ZoneInfo("Europe/Amsterdam")
TODAY = NOW + timedelta(days=LENGTH)


@dataclass
class History:
    """Somebody who does this and that, drawn by lot."""

    session: Session
    user: User
    enrolment_id: int
    draw: random.Random

    @property
    def visitor(self) -> Visitor:
        self.session.expire_all()
        found = visitor_of(self.session, self.user.id, self.user.session_stamp, self.enrolment_id)
        assert found is not None
        return found

    def live(self, course: Course, deeds: int) -> None:
        for _deed in range(deeds):
            now = NOW + timedelta(days=self.draw.random() * LENGTH)
            try:
                self.draw.choice([self.complete, self.take_back, self.answer, self.write, self.draft])(course, now)
            except (StepLocked, AttemptsUsedUp, learning.CannotBeTakenBack):
                continue

    def complete(self, course: Course, now: datetime) -> None:
        step = self.draw.choice([step for step in course.steps if step.completes == "said"])
        learning.complete_step(self.session, self.visitor, course, step, now=now)

    def take_back(self, course: Course, now: datetime) -> None:
        step = self.draw.choice([step for step in course.steps if step.completes == "said"])
        learning.take_back_step(self.session, self.visitor, course, step, now=now)

    def answer(self, course: Course, now: datetime) -> None:
        step = next(step for step in course.steps if isinstance(step, QuizStep))
        right = {question.slug: question.best() for question in step.quiz.questions}
        given = right if self.draw.random() < 0.2 else {}
        key = str(self.draw.random())
        submit_quiz(self.session, self.visitor, course, step, given, deed_key=key, shuffle_seed=1, now=now)

    def write(self, course: Course, now: datetime) -> None:
        step = self.draw.choice([step for step in course.steps if step.completes == "submitted"])
        found = reflecting.reflection_of(self.session, self.visitor, step)
        reflecting.submit_reflection(
            self.session, self.visitor, course, step, text=str(now), level=self.draw.choice(["private", "trainers"]),
            version=found.version if found else 0, now=now,
        )  # fmt: skip

    def draft(self, course: Course, now: datetime) -> None:
        step = self.draw.choice([step for step in course.steps if step.completes != "said"])
        found = drafts.draft_of(self.session, self.visitor, step)
        version = found.version if found else 0
        drafts.save_draft(self.session, self.visitor, step, {"text": ["begun"]}, version=version, now=now)


def rules_of(cohort: Trained) -> Rules:
    return Rules(cohort.silent_days, cohort.plan.first_day, is_over=False, zone=ZONE)


@pytest.fixture
def trainer(session: Session) -> User:
    return make_user(session, name="Petra Perron")


@pytest.fixture
def cohort(session: Session, trainer: User) -> Trained:
    """Make a cohort with its trainer: module two is due on a day, module one days after somebody came."""
    home = make_cohort(session, name="Spring")
    make_enrolment(session, user=trainer, cohort=home, role="trainer")
    plan = CohortPlan(modules=(CohortModule("one", due_after_days=20), CohortModule("two", due_on=date(2026, 12, 10))))
    change_cohort(session, home.id, name="Spring", language="en", last_day=None, plan=plan, version=1, by=None, now=NOW)
    found = guides.trained(session, trainer.id, home.id)
    assert found is not None
    return found


def fill(session: Session, cohort: Trained, seed: int, count: int = 14) -> list[History]:
    """Let learners of every sort do things in the course of before, and some of them in that of today."""
    draw = random.Random(seed)
    home = session.get_one(Cohort, cohort.cohort_id)
    people = []
    for number in range(count):
        user = make_user(session, name=f"Yara {number}", with_password=number % 5 != 4)
        one = History(session, user, make_enrolment(session, user=user, cohort=home).id, draw)
        if number % 5 != 4:
            one.live(BEFORE, draw.randint(0, 14))
            one.live(AFTER, draw.choice([0, 0, 4]))
        people.append(one)
    session.flush()
    return people


def everybody(session: Session, cohort: Trained, trainer: User, **other: object) -> tuple[Standing, ...]:
    return standings.everybody(
        session,
        cohort,
        AFTER,
        rules_of(cohort),
        user_id=trainer.id,
        now=TODAY,
        **other,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_form_for_many_is_the_form_for_one_after_any_history(
    session: Session, cohort: Trained, trainer: User, seed: int
) -> None:
    people = fill(session, cohort, seed)
    found = {one.enrolment_id: one for one in everybody(session, cohort, trainer)}
    assert found.keys() == {one.enrolment_id for one in people}
    for person in people:
        visitor, one = person.visitor, found[person.enrolment_id]
        so_far = progress(AFTER, visitor.done_keys)
        assert (one.sum.percent, one.sum.finished) == (so_far.percent, so_far.finished)
        assert [part.done for part in one.sum.modules] == [len(part.done) for part in so_far.modules]
        assert [part.finished for part in one.sum.modules] == [part.finished for part in so_far.modules]
        assert one.flags == flags_of(facts_of(session, cohort, visitor), rules_of(cohort), TODAY)
        rules = rules_of(cohort)
        alone = standings.standing_of(session, cohort, AFTER, rules, person.enrolment_id, user_id=trainer.id, now=TODAY)
        assert alone == one
    assert {flag.kind for one in found.values() for flag in one.flags} >= {Kind.SILENT, Kind.ABSENT, Kind.DUE}


def facts_of(session: Session, cohort: Trained, visitor: Visitor) -> Facts:
    """Read the facts of one learner row by row."""
    so_far = progress(AFTER, visitor.done_keys)
    enrolment = session.get_one(Enrolment, visitor.enrolment_id)
    done = {step.key for module in so_far.modules for step in module.done}
    tries = session.scalars(select(Attempt).filter_by(enrolment_id=visitor.enrolment_id)).all()
    late = [one for one in tries if one.number > 1]
    stuck = bool(late) and not any(one.passed for one in late) and "first/check" not in done
    failed = [Failed("check", max(one.number for one in late), max(one.submitted_at for one in late))] if stuck else []
    due = []
    for module in so_far.modules:
        day = due_day(cohort.plan, module.module, enrolment.created_at.astimezone(ZONE).date())
        if day is not None and not module.finished:
            due.append((module.module.slug, day))
    forms = [step for step in AFTER.steps if step.completes != "said" and step.key not in done]
    rows = session.scalars(select(Draft).where(Draft.enrolment_id == visitor.enrolment_id, Draft.body != "{}")).all()
    begun = [row.saved_at for row in rows if any(row.about in step.keys for step in forms)]
    return Facts(
        enrolment.created_at,
        session.get_one(User, visitor.user_id).password_hash is not None,
        enrolment.last_deed_at,
        so_far.finished,
        failed,
        due,
        min(begun) if begun and len(forms) > 1 else None,
    )


def test_it_costs_as_many_statements_for_many_as_for_few(session: Session, cohort: Trained, trainer: User) -> None:
    def statements() -> int:
        session.refresh(trainer)
        with counted(session) as found:
            everybody(session, cohort, trainer)
        return len(found)

    fill(session, cohort, 1, 3)
    few = statements()
    fill(session, cohort, 2, 30)
    assert statements() == few == 6


def test_who_left_is_closed_or_trains_is_not_among_them(session: Session, cohort: Trained, trainer: User) -> None:
    people = fill(session, cohort, 3, 3)
    session.execute(update(Enrolment).where(Enrolment.id == people[0].enrolment_id).values(standing="ended"))
    session.execute(update(User).where(User.id == people[1].user.id).values(deactivated_at=NOW))
    assert [one.enrolment_id for one in everybody(session, cohort, trainer)] == [people[2].enrolment_id]
    assert list(standings.lines_of(session, [one.enrolment_id for one in people])) == [people[2].enrolment_id]


@pytest.mark.parametrize("question", ["zus", "YARA", "%", "nobody"])
def test_a_question_marks_whom_it_finds_and_leaves_all_in(
    session: Session, cohort: Trained, trainer: User, question: str
) -> None:
    people = fill(session, cohort, 4, 3)
    session.execute(update(User).where(User.id == people[1].user.id).values(name="Zus", sort_name="zus"))
    found = everybody(session, cohort, trainer, question=question)
    assert [one.matches for one in found] == {
        "zus": [False, False, True], "YARA": [True, True, False], "%": [False] * 3, "nobody": [False] * 3,
    }[question]  # fmt: skip


def test_they_come_by_name_or_who_did_something_last_first(session: Session, cohort: Trained, trainer: User) -> None:
    people = fill(session, cohort, 5, 4)
    for days, one in zip((3, 1, 2), people, strict=False):
        moment = NOW + timedelta(days=days)
        session.execute(update(Enrolment).where(Enrolment.id == one.enrolment_id).values(last_deed_at=moment))
    session.execute(update(Enrolment).where(Enrolment.id == people[3].enrolment_id).values(last_deed_at=None))

    def order(order: Order) -> list[int]:
        ids = [one.enrolment_id for one in people]
        return [ids.index(one.enrolment_id) for one in everybody(session, cohort, trainer, order=order)]

    assert order(Order.NAME) == [0, 1, 2, 3]
    assert order(Order.LAST_DEED) == [0, 2, 1, 3]


def test_texts_that_wait_come_along_the_oldest_first(session: Session, cohort: Trained, trainer: User) -> None:
    (one,) = fill(session, cohort, 6, 1)
    session.query(Reflection).delete()
    for days, key in ((2, "first/think"), (1, "two/say")):
        since = NOW + timedelta(days=days)
        session.add(
            Reflection(
                enrolment_id=one.enrolment_id,
                step_key=key,
                level="trainers",
                shared_from=1,
                shared_at=since,
                waiting_since=since,
            )
        )
    session.flush()
    (found,) = everybody(session, cohort, trainer)
    assert [text.step_key for text in found.waiting] == ["two/say", "first/think"]


# ---- letting rest --------------------------------------------------------------------------------


def silence(session: Session, cohort: Trained, user: User) -> tuple[Flag, ...]:
    return tuple(flag for one in everybody(session, cohort, user) for flag in one.awake if flag.kind is Kind.SILENT)


@pytest.fixture
def silent(session: Session, cohort: Trained) -> int:
    """Enrol somebody who never did anything."""
    home = session.get_one(Cohort, cohort.cohort_id)
    return make_enrolment(session, user=make_user(session), cohort=home).id


def test_a_flag_rests_for_the_trainer_who_let_it_and_for_nobody_else(
    session: Session, cohort: Trained, trainer: User, silent: int
) -> None:
    other = make_user(session)
    assert len(silence(session, cohort, trainer)) == 1
    snoozing.snooze(session, trainer.id, silent, Kind.SILENT, seen_at=TODAY)
    assert silence(session, cohort, trainer) == ()
    assert len(silence(session, cohort, other)) == 1
    snoozing.wake(session, trainer.id, silent, Kind.SILENT)
    assert len(silence(session, cohort, trainer)) == 1


def test_letting_rest_what_was_seen_before_it_came_true_changes_nothing(
    session: Session, cohort: Trained, trainer: User, silent: int
) -> None:
    for seen in (NOW, NOW + timedelta(days=1)):
        snoozing.snooze(session, trainer.id, silent, Kind.SILENT, seen_at=seen)
    assert len(silence(session, cohort, trainer)) == 1


# ---- the cohorts of a trainer --------------------------------------------------------------------


def test_a_trainer_has_the_cohorts_that_they_train_and_no_others(
    session: Session, cohort: Trained, trainer: User
) -> None:
    make_enrolment(session, user=trainer, cohort=make_cohort(session, name="Learns there"))
    left = make_cohort(session, name="Left")
    make_enrolment(session, user=trainer, cohort=left, role="trainer", standing="ended")
    away = make_cohort(session, name="Away")
    away.archived_at = datetime.now(UTC)
    make_enrolment(session, user=trainer, cohort=away, role="trainer")
    fill(session, cohort, 7, 2)
    lines = guides.cohorts_trained(session, trainer.id)
    assert [(line.name, line.is_archived, line.learners) for line in lines] == [("Spring", False, 2), ("Away", True, 0)]
    reached: Callable[[int], bool] = lambda cohort_id: guides.trained(session, trainer.id, cohort_id) is not None  # noqa: E731
    assert [reached(one) for one in (cohort.cohort_id, away.id, left.id, 4711)] == [True, True, False, False]


def test_after_how_many_days_somebody_is_silent_is_settled_by_trainers_between_bounds(
    session: Session, cohort: Trained, trainer: User
) -> None:
    settle: Callable[..., None] = lambda days, version: guides.settle_silence(  # noqa: E731
        session, cohort.cohort_id, days=days, version=version, by=trainer.id, now=NOW
    )
    settle(7, cohort.version)
    found = guides.trained(session, trainer.id, cohort.cohort_id)
    assert found is not None
    assert (found.silent_days, found.version) == (7, cohort.version + 1)
    for days, version, error in (
        (2, 3, guides.BadSilentDays),
        (91, 3, guides.BadSilentDays),
        (7, 2, StaleCohort),
    ):
        with pytest.raises(error):
            settle(days, version)
