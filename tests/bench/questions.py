"""The page of a whole quiz's questions, over the first attempts of 100,000 learners."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator, Mapping

from sqlalchemy import func, insert, literal, select, text
from sqlalchemy.orm import Session, aliased

from app.course.content import Course
from app.course.parts import Given, QuestionBase
from app.course.questions.matching import Matching
from app.course.questions.ordering import Ordering
from app.course.questions.short_text import ShortText
from app.course.quiz import Quiz
from app.course.steps.quiz_step import QuizStep
from app.records import attempts
from app.records.accounts import visitor_of
from app.records.base import UtcTime
from app.records.engine import make_engine, writing_sessions
from app.records.models import Answer, Attempt, Cohort, Enrolment, User
from tests.bench import deeds
from tests.bench.load import Ask, send
from tests.bench.measuring import ROUNDS, Row
from tests.bench.people import LEARNERS, email_of
from tests.bench.servers import DEFAULT, running, wait_for
from tests.makers import NOW, password_hash
from tests.program import free_port

QUESTIONS = "a quiz's questions, 100,000 attempts"
MANY = 100_000
SORTS = 2_000
"""So many learners fill in the quiz themselves, each otherwise; all others do as one of these did."""
TRAINER = LEARNERS + 1
"""The number in the address of who looks."""


def page_of_questions(variables: Mapping[str, str], url: str, course: Course, step: QuizStep) -> list[Row]:
    """Let 100,000 learners try a quiz, and a trainer open the page of its questions; on a database of either kind."""
    engine = make_engine(url)
    with writing_sessions(engine).begin() as session:
        fill(session, course, step)
    if engine.dialect.name == "postgresql":  # which does so by itself, but later than a test waits
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    port = free_port()
    with running(DEFAULT.program, port, {**variables, "DATABASE_URL": url}) as server:
        wait_for(server, Ask("GET", "/sign-in"), port)
        trainer = deeds.sign_in(port, [TRAINER])[0]
        ask = Ask("GET", f"/trainer/questions/{step.quiz.slug}", trainer.cookie)
        answers = [send(port, [ask]).answers[0] for _round in range(2 * ROUNDS)]
    seconds = [answer.seconds for answer in answers]
    return [Row(QUESTIONS, DEFAULT.name, p50_ms=statistics.median(seconds) * 1000, p95_ms=max(seconds) * 1000)]


def fill(session: Session, course: Course, step: QuizStep) -> None:
    """Enrol a trainer and 100,000 learners, of whom each tries the quiz once. Some do as they should, some guess."""
    users = [_user(f"try{number}@example.org") for number in range(MANY)]
    cohort_id = session.scalars(
        insert(Cohort).returning(Cohort.id), [{"name": "Many", "language": "nl", "created_at": NOW}]
    ).one()
    session.execute(insert(User), [*users, _user(email_of(TRAINER))])
    for role, some in (("learner", User.email.like("try%")), ("trainer", User.email == email_of(TRAINER))):
        there = select(User.id, literal(cohort_id), literal(role), literal(NOW, UtcTime())).where(some)
        session.execute(insert(Enrolment).from_select(_ENROLMENT, there.order_by(User.id)))
    first = session.scalars(select(func.min(Enrolment.id)).where(Enrolment.cohort_id == cohort_id)).one()
    _try_each(session, course, step, first)
    _do_alike(session, first)


_ENROLMENT = ["user_id", "cohort_id", "role", "created_at"]


def _user(email: str) -> dict[str, object]:
    facts = {"email": email, "name": email, "sort_name": email, "language": "nl", "session_stamp": "stamp"}
    return {**facts, "password_hash": password_hash(), "created_at": NOW}


def _try_each(session: Session, course: Course, step: QuizStep, first: int) -> None:
    """Let the first learners submit the quiz, by the verb for that."""
    for enrolment_id, given in enumerate(_ways(step.quiz), first):
        user = session.get_one(User, session.get_one(Enrolment, enrolment_id).user_id)
        visitor = visitor_of(session, user.id, user.session_stamp, enrolment_id)
        assert visitor is not None
        attempts.submit_quiz(session, visitor, course, step, given, deed_key="1", shuffle_seed=1, now=NOW)


def _do_alike(session: Session, first: int) -> None:
    """Copy what those did for all others, as rows."""
    one, new = aliased(Attempt), aliased(Attempt)
    before = session.scalars(select(func.min(Attempt.id)).where(Attempt.enrolment_id == first)).one()
    same = [name for name in Attempt.__table__.c.keys() if name not in ("id", "enrolment_id")]  # noqa: SIM118
    like = one.id == before + (Enrolment.id - first) % SORTS
    tried = select(Enrolment.id, *(getattr(one, name) for name in same)).join(one, like)
    others = tried.where(Enrolment.id >= first + SORTS, Enrolment.role == "learner").order_by(Enrolment.id)
    session.execute(insert(Attempt).from_select(["enrolment_id", *same], others))
    kept = [name for name in Answer.__table__.c.keys() if name != "attempt_id"]  # noqa: SIM118
    given = select(new.id, *(getattr(Answer, name) for name in kept)).join(
        Answer, Answer.attempt_id == before + (new.enrolment_id - first) % SORTS
    )
    session.execute(insert(Answer).from_select(["attempt_id", *kept], given.where(new.enrolment_id >= first + SORTS)))


def _ways(quiz: Quiz) -> Iterator[Mapping[str, Given]]:
    """Yield ways to fill in a quiz: how many questions somebody knows differs from one to the other."""
    lots = random.Random(1)  # the same at each run
    for _way in range(SORTS):
        knows = lots.random()
        yield {q.slug: q.best() if lots.random() < knows else _guessed(q, lots) for q in quiz.questions}


def _guessed(question: QuestionBase, lots: random.Random) -> Given:
    """Answer without knowing."""
    match question:
        case Matching():
            return tuple(f"{pair.slug}>{lots.choice(question.targets).slug}" for pair in question.pairs)
        case Ordering():
            return tuple(option.slug for option in lots.sample(question.options, len(question.options)))
        case ShortText():
            return (f"word {lots.randrange(SORTS)}",)
        case _:
            options = [offer.value for offer in question.parts()[0].offers]
            return tuple(lots.sample(options, 1 if question.parts()[0].one_each else lots.randint(1, len(options))))
