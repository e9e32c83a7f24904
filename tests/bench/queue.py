"""The queue of a trainer on a site with 100,000 reflections, of which every tenth waits for somebody."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.records import accounts, cohorts
from app.records.engine import make_engine, writing_sessions
from app.records.models import Cohort, Enrolment, Reflection, ReflectionRevision, User
from app.records.passwords import Passwords
from tests.bench.load import Ask, send
from tests.bench.measuring import ROUNDS, Row
from tests.bench.office import sign_in_as
from tests.bench.servers import DEFAULT, running, wait_for
from tests.makers import PASSWORD
from tests.program import free_port

QUEUE = "queue among 100,000 reflections"
LEARNERS, COHORTS, EACH = 10_000, 100, 10
"""Learners, the cohorts that they are spread over, and texts of each learner."""
TRAINER = "petra.perron@example.org"


def queue_pages(variables: Mapping[str, str], url: str) -> list[Row]:
    """Open the queue as a trainer of one cohort in a hundred."""
    fill_queue(url)
    port = free_port()
    with running(DEFAULT.program, port, {**variables, "DATABASE_URL": url}) as process:
        wait_for(process, Ask("GET", "/sign-in"), port)
        ask = Ask("GET", "/trainer/queue", sign_in_as(port, TRAINER))
        send(port, [ask])
        answers = [send(port, [ask]).answers[0] for _time in range(4 * ROUNDS)]
    seconds = [answer.seconds * 1000 for answer in answers]
    size = answers[0].size
    return [Row(QUEUE, DEFAULT.name, p50_ms=statistics.median(seconds), p95_ms=max(seconds), bytes=size)]


def fill_queue(url: str) -> None:
    """Make cohorts with learners whose texts their trainers may read, and a trainer of the last cohort."""
    engine, now = make_engine(url), datetime.now(UTC)
    with writing_sessions(engine).begin() as session:
        made = [{"name": f"Queue {number}", "language": "nl", "created_at": now} for number in range(COHORTS)]
        cohort_ids = session.scalars(insert(Cohort).returning(Cohort.id), made).all()
        trainer_id = accounts.add_user(
            session,
            email=TRAINER,
            name="Petra Perron",
            language="nl",
            password_hash=Passwords().hash(PASSWORD),
            now=now,
        )
        cohorts.make_trainer(session, user_id=trainer_id, cohort_id=max(cohort_ids), by=None, now=now)
        users = session.scalars(insert(User).returning(User.id), [_user(n, now) for n in range(LEARNERS)]).all()
        places = [
            {"user_id": user_id, "cohort_id": cohort_ids[number % COHORTS], "role": "learner", "created_at": now}
            for number, user_id in enumerate(users)
        ]
        _fill_texts(session, session.scalars(insert(Enrolment).returning(Enrolment.id), places).all(), now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _user(number: int, now: datetime) -> dict[str, object]:
    name = f"Wafa Bordes {number}"
    email = f"wafa.bordes{number}@example.org"
    same = {"language": "nl", "session_stamp": "stamp", "created_at": now}
    return same | {"email": email, "name": name, "sort_name": name.casefold()}


def _fill_texts(session: Session, enrolment_ids: Sequence[int], now: datetime) -> None:
    """Write texts of each learner; the first of each waits, each a moment longer than the one before."""
    shared = {"level": "trainers", "shared_from": 1, "shared_at": now}
    for number in range(EACH):
        rows = [
            shared
            | {"enrolment_id": id_, "step_key": f"queue/step{number}"}
            | {"waiting_since": now - timedelta(seconds=place) if number == 0 else None}
            for place, id_ in enumerate(enrolment_ids)
        ]
        made = session.scalars(insert(Reflection).returning(Reflection.id), rows).all()
        text = {"number": 1, "text": "Along the canal. " * 20, "language": "nl", "submitted_at": now}
        session.execute(insert(ReflectionRevision), [text | {"reflection_id": id_} for id_ in made])
