"""The demo people: who they are, and that what they did could have been done by anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from app.cli.demo import SIGN_INS, RealPeople, prepare_demo
from app.cli.demo_people import LEARNERS
from app.cli.ground import DatabaseUnfit, ready_database
from app.course.files.shelf import Shelf
from app.course.rules.flags import Kind, Rules
from app.course.rules.progress import progress
from app.records import guides, standings
from app.records.engine import reading_sessions, writing_sessions
from app.records.learning import keys_done
from app.records.models import Attempt, Cohort, Enrolment, Outbox, ReflectionRevision, StepCompletion, User
from app.web.extensions import House, engine_of, house_of
from config import HERE, Settings
from tests.makers import NOW, make_user

SMALL = HERE / "tests" / "courses" / "small"


def make_app(database_url: str, instance: Path, course: Path) -> Flask:
    settings = Settings(
        secret_key="s" * 32,
        database_url=database_url,
        course=course,
        instance=instance,
        demo=True,
        cheap_passwords=True,
    )
    return create_app(settings, Shelf(course))


@pytest.fixture(params=[SMALL, HERE], ids=["small course", "shipped course"])
def app(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(database_url, tmp_path, request.param)
    yield app
    engine_of(app).dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Look at what the demo made."""
    prepare_demo(app, now=NOW)
    with reading_sessions(engine_of(app))() as session:
        yield session


@pytest.fixture
def house(app: Flask) -> House:
    return house_of(app)


def test_three_people_can_sign_in_with_the_password_that_is_kept(app: Flask, session: Session, house: House) -> None:
    demo = prepare_demo(app, now=NOW)
    hashes = session.scalars(select(User.password_hash).where(User.email.in_(SIGN_INS))).all()
    assert len(hashes) == 3
    assert all(house.passwords.verify(password_hash, demo.password) for password_hash in hashes)


def test_trainer_and_admin_walk_the_course_as_themselves(session: Session) -> None:
    rows = session.execute(
        select(User.email, User.is_admin).join(Enrolment).where(Enrolment.role == "trainer").order_by(User.email)
    ).all()
    assert [(*row,) for row in rows] == [("admin@example.org", True), ("trainer@example.org", False)]


def test_the_demo_learner_is_in_the_middle_of_the_course(session: Session, house: House) -> None:
    done = session.scalars(select(Enrolment.done).join(User).where(User.email == "learner@example.org")).one()
    so_far = progress(house.shelf.course(), done.split())
    assert 0 < so_far.percent < 100
    assert so_far.minutes_left > 0


def test_the_learners_stand_all_along_the_course_and_their_figures_are_true(session: Session, house: House) -> None:
    rows = session.execute(select(Enrolment.id, Enrolment.done).where(Enrolment.role == "learner")).all()
    assert len(rows) == len(LEARNERS)
    course = house.shelf.course()
    percents = {progress(course, done.split()).percent for _, done in rows}
    assert {0, 100} < percents
    for enrolment_id, done in rows:
        assert done == " ".join(sorted(keys_done(session, enrolment_id)))


@pytest.mark.parametrize("app", [HERE], indirect=True, ids=["shipped course"])
def test_who_tries_it_as_a_trainer_sees_a_learner_of_every_sort(session: Session, house: House) -> None:
    trainer_id = session.scalars(select(User.id).where(User.email == "trainer@example.org")).one()
    cohort = guides.trained(session, trainer_id, session.scalars(select(Cohort.id)).one())
    assert cohort is not None
    rules = Rules(cohort.silent_days, cohort.plan.first_day, is_over=False, zone=ZoneInfo("Europe/Amsterdam"))
    course = house.shelf.course()
    found = standings.everybody(session, cohort, course, rules, user_id=trainer_id, now=NOW)
    assert len(found) == 30
    kinds = Counter(flag.kind for one in found for flag in one.flags)
    assert kinds.keys() == set(Kind)
    assert max(kinds.values()) <= 6, "who is in need can be told at a glance"
    assert sum(len(one.waiting) for one in found) >= 5
    assert {one.sum.finished for one in found} == {one.began for one in found} == {False, True}


def test_there_are_attempts_that_failed_and_that_passed_and_reflections(session: Session) -> None:
    assert set(session.scalars(select(Attempt.passed))) == {False, True}
    assert session.scalar(select(func.count()).select_from(ReflectionRevision))


def test_what_was_done_was_done_in_the_weeks_before_and_nobody_gets_a_mail_for_it(session: Session) -> None:
    first, last = session.execute(
        select(func.min(StepCompletion.completed_at), func.max(StepCompletion.completed_at))
    ).one()
    assert NOW - timedelta(days=40) < first < last < NOW
    assert session.scalars(select(Outbox)).all() == []


def test_a_real_site_does_not_start_on_the_database_of_the_demo(session: Session, house: House) -> None:
    ready_database(house.settings)
    with pytest.raises(DatabaseUnfit, match="this database is the demo's"):
        ready_database(replace(house.settings, demo=False))


def test_the_demo_does_not_mix_with_real_people(app: Flask) -> None:
    with writing_sessions(engine_of(app))() as session:
        make_user(session)
        session.commit()
    with pytest.raises(RealPeople):
        prepare_demo(app, now=NOW)
    with reading_sessions(engine_of(app))() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1


def test_all_of_them_are_invented(session: Session) -> None:
    assert all(email.endswith("@example.org") for email in session.scalars(select(User.email)))


def test_preparing_twice_makes_nothing_new(app: Flask) -> None:
    def rows() -> list[int]:
        with reading_sessions(engine_of(app))() as session:
            tables = (User, Cohort, Enrolment, StepCompletion, Attempt)
            return [session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    first = prepare_demo(app, now=NOW)
    before = rows()
    assert prepare_demo(app, now=NOW + timedelta(days=1)) == first
    assert rows() == before


def test_an_author_whose_first_course_has_faults_gets_demo_people_all_the_same(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "modules").mkdir()
    app = make_app(database_url, tmp_path, tmp_path)
    demo = prepare_demo(app, now=NOW)
    assert demo.join_key
    with reading_sessions(engine_of(app))() as session:
        assert set(SIGN_INS) <= set(session.scalars(select(User.email)))
    engine_of(app).dispose()
