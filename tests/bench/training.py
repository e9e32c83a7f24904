"""What a trainer opens: the page of a cohort of 100, 1,000 and 10,000 learners, on both databases."""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.steps.quiz_step import QuizStep
from app.records import accounts, cohorts
from app.records.engine import make_engine, writing_sessions
from app.records.models import Attempt, Draft, Enrolment, FlagSnooze, Reflection, User
from app.records.passwords import Passwords
from tests import databases
from tests.bench.load import Ask, send
from tests.bench.measuring import ROUNDS, Row
from tests.bench.office import sign_in_as
from tests.bench.servers import DEFAULT, running, wait_for
from tests.makers import PASSWORD
from tests.program import free_port

COHORT_PAGES = {count: f"page of a cohort of {count:,}" for count in (100, 1_000, 10_000)}
ON_POSTGRES = f"{DEFAULT.name}, PostgreSQL"
STEPS = 20
"""Of the course that learners did some of."""
TRAINER = "trainer@example.org"


def cohort_pages(variables: Mapping[str, str], course: Course) -> list[Row]:
    """Open the page of a cohort of each size as its trainer."""
    rows = []
    with _server_of_postgres():
        for kind, server in (("sqlite", DEFAULT.name), ("postgresql", ON_POSTGRES)):
            for count, name in COHORT_PAGES.items():
                with (
                    tempfile.TemporaryDirectory() as folder,
                    databases.new_database(kind, Path(folder)) as url,
                ):
                    rows.append(_cohort_page(variables, url, course, count, name, server))
    return rows


@contextmanager
def _server_of_postgres() -> Iterator[None]:
    databases.open_run()
    try:
        yield
    finally:
        databases.close_run()


def _cohort_page(variables: Mapping[str, str], url: str, course: Course, count: int, name: str, server: str) -> Row:
    engine = make_engine(url)
    cohort_id = fill_cohort(engine, course, count)
    engine.dispose()
    port, path = free_port(), f"/trainer/cohorts/{cohort_id}"
    with running(DEFAULT.program, port, {**variables, "DATABASE_URL": url}) as process:
        wait_for(process, Ask("GET", "/sign-in"), port)
        cookie = sign_in_as(port, TRAINER)
        ask = Ask("GET", path, cookie)
        send(port, [ask])
        answers = [send(port, [ask]).answers[0] for _time in range(4 * ROUNDS)]
    seconds = [answer.seconds * 1000 for answer in answers]
    return Row(name, server, p50_ms=statistics.median(seconds), p95_ms=max(seconds), bytes=answers[0].size)


def fill_cohort(engine: Engine, course: Course, count: int) -> int:
    """Make a cohort with a trainer and so many learners; return it. What they did is drawn by lot, alike each time.

    Each tried two quizzes twice, a quarter keeps a draft, the text of each tenth waits for a reply.
    """
    now, draw = datetime.now(UTC), random.Random(5)
    began = now - timedelta(days=60)
    with writing_sessions(engine).begin() as session:
        cohort_id = cohorts.make_cohort(session, name="Bench", language="nl", by=None, now=began)
        password_hash = Passwords().hash(PASSWORD)
        trainer_id = accounts.add_user(
            session, email=TRAINER, name="Petra Perron", language="nl", password_hash=password_hash, now=began
        )
        cohorts.make_trainer(session, user_id=trainer_id, cohort_id=cohort_id, by=None, now=began)
        session.execute(insert(User), [_learner(number, began) for number in range(count)])
        user_ids = session.scalars(select(User.id).where(User.id != trainer_id)).all()
        keys = [step.key for step in course.steps][:STEPS]
        session.execute(insert(Enrolment), [_place(user_id, cohort_id, keys, began, draw) for user_id in user_ids])
        _fill_deeds(session, course, keys, trainer_id, now, draw)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    return cohort_id


def _learner(number: int, began: datetime) -> dict[str, object]:
    return {
        "email": f"yara.trede{number}@example.org",
        "name": f"Yara Trede {number}",
        "sort_name": f"yara trede {number}",
        "language": "nl",
        "password_hash": "hash" if number % 20 else None,
        "session_stamp": "stamp",
        "created_at": began,
    }


def _place(
    user_id: int, cohort_id: int, keys: Sequence[str], began: datetime, draw: random.Random
) -> dict[str, object]:
    done = draw.sample(keys, draw.randint(0, len(keys)))
    last = began + timedelta(days=draw.uniform(35, 60))
    return {
        "user_id": user_id,
        "cohort_id": cohort_id,
        "role": "learner",
        "done": " ".join(sorted(done)),
        "created_at": began,
        "started_at": began if done else None,
        "last_deed_at": last if done else None,
    }


def _fill_deeds(
    session: Session, course: Course, keys: Sequence[str], trainer_id: int, now: datetime, draw: random.Random
) -> None:
    ids = session.scalars(select(Enrolment.id).where(Enrolment.role == "learner")).all()
    for step in [step for step in course.steps if isinstance(step, QuizStep)][:2]:
        for number in (1, 2):
            passed = [number == 2 and draw.random() < 0.8 for _id in ids]
            session.execute(
                insert(Attempt),
                [
                    {
                        "enrolment_id": id_, "quiz_slug": step.quiz.slug, "quiz_revision": "r", "step_key": step.key,
                        "number": number, "deed_key": f"{step.quiz.slug}{number}", "language": "nl", "shuffle_seed": 1,
                        "points": 1, "max_points": 2, "passed": has_passed, "submitted_at": now - timedelta(days=3),
                    }
                    for id_, has_passed in zip(ids, passed, strict=True)
                ],
            )  # fmt: skip
    drafts = [
        {"enrolment_id": id_, "about": keys[3], "body": '{"text": ["x"]}', "version": 1,
         "saved_at": now - timedelta(days=draw.uniform(0, 20))}
        for id_ in ids[::4]
    ]  # fmt: skip
    texts = [
        {"enrolment_id": id_, "step_key": keys[2], "level": "trainers", "shared_from": 1, "shared_at": now,
         "version": 1, "waiting_since": now - timedelta(days=draw.uniform(0, 9))}
        for id_ in ids[::10]
    ]  # fmt: skip
    resting = [{"user_id": trainer_id, "enrolment_id": id_, "flag": "silent", "seen_at": now} for id_ in ids[:50]]
    for model, rows in ((Draft, drafts), (Reflection, texts), (FlagSnooze, resting)):
        session.execute(insert(model), rows)
