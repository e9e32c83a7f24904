"""Demo people with some history, made through the verbs that real people's deeds go through."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cli.demo_people import LEARNERS, REFLECTIONS, STAFF, Invented
from app.course.content import Course
from app.course.files.shelf import NoCourse
from app.course.parts import Given, StepBase
from app.course.quiz import Quiz, grade_quiz
from app.course.rules.cohort_modules import CohortModule, CohortPlan
from app.course.steps.quiz_step import QuizStep
from app.course.steps.read import ReadStep
from app.course.steps.reflect import ReflectStep
from app.course.steps.resources import ResourcesStep
from app.records import accounts, cohorts, joining
from app.records.accounts import Visitor, visitor_of
from app.records.attempts import submit_quiz
from app.records.drafts import save_draft
from app.records.learning import complete_step, take_back_step
from app.records.models import Cohort, JoinCode, User
from app.records.reflecting import submit_reflection
from app.web.extensions import db, house
from config import Settings, kept_secret

SIGN_INS = ("learner@example.org", "trainer@example.org", "admin@example.org")
COHORT = "De Wenteltrap"

LENGTH = timedelta(days=35)
"""How long ago the demo cohort began, when it is made."""
HOPED_FOR = timedelta(days=25)
"""After how long the first module is hoped to be done."""
LEVELS = ("private", "trainers", "cohort", "cohort")
"""Who may read a text, drawn by lot: often the cohort, as its texts are shown from five on."""


class RealPeople(Exception):
    """The database holds people of a real site: the demo does not mix with them."""


@dataclass(frozen=True)
class Demo:
    """What somebody who tries the demo needs."""

    password: str
    join_key: str


def prepare_demo(app: Flask, *, now: datetime) -> Demo:
    """Make the demo people and their cohort, the first time; return their password and the join code.

    The password is kept beside the database. When its file was removed, the three who sign in get a
    new one. One transaction: a start that is cut off leaves nothing, and the next makes it all.
    Raises RealPeople where somebody else is in the database already.
    """
    with app.app_context():
        password, is_new = _password(house().settings)
        session = db.reading
        key = _join_key(session)
        if key and not is_new:
            return Demo(password, key)
        password_hash = house().passwords.hash(password)
        session = db.writing()
        key = _join_key(session)
        if key:
            for email in SIGN_INS:
                _give_password(session, email, password_hash)
        elif session.scalar(select(User.id).limit(1)) is not None:
            raise RealPeople()
        else:
            key = _make_people(session, password_hash, now)
        session.commit()
        return Demo(password, key)


def has_demo_people(session: Session) -> bool:
    """Whether a database holds those whose password demo mode prints."""
    found = session.scalars(select(User.id).where(User.email.in_(SIGN_INS)))
    return len(found.all()) == len(SIGN_INS)


def _password(settings: Settings) -> tuple[str, bool]:
    """Return the demo password, and whether it was made just now."""
    path = settings.instance / "demo-password"
    is_new = not path.exists()
    return kept_secret(path, _new_password), is_new


def _new_password() -> str:
    """Make a password that can be read aloud: four groups of signs that are not mixed up."""
    draw = random.SystemRandom()
    return "-".join("".join(draw.choices("abcdefghkmnpqrstuvwxyz23456789", k=4)) for _ in range(4))


def _join_key(session: Session) -> str | None:
    """Return the join code of the demo cohort, if that was made."""
    return session.scalar(
        select(JoinCode.key).join(Cohort, Cohort.id == JoinCode.cohort_id).where(Cohort.name == COHORT).limit(1)
    )


def _give_password(session: Session, email: str, password_hash: str) -> None:
    session.execute(update(User).where(User.email == email).values(password_hash=password_hash))


# ---- people ------------------------------------------------------------------------------------


def _make_people(session: Session, password_hash: str, now: datetime) -> str:
    """Make the cohort, its staff and its learners with what they did; return the join code."""
    course = _course()
    language = course.language if course else "en"
    began = now - LENGTH
    cohort_id = cohorts.make_cohort(
        session, name=COHORT, language=language, plan=_plan(course, began), by=None, now=began
    )
    key = joining.make_join_code(session, cohort_id=cohort_id, by=None, now=began)
    for name, email in STAFF:
        user_id = accounts.add_user(
            session, email=email, name=name, language=language, password_hash=password_hash, now=began
        )
        cohorts.make_trainer(session, user_id=user_id, cohort_id=cohort_id, by=None, now=began)
    accounts.add_admin(session, email="admin@example.org", name="Ada Stoep", language=language, by=None, now=began)
    for number, one in enumerate(LEARNERS):
        user_id = accounts.add_user(
            session,
            email=one.email,
            name=one.name,
            language=language,
            password_hash=password_hash if one.came else None,
            now=began,
        )
        enrolment_id = cohorts.enrol(session, user_id=user_id, cohort_id=cohort_id, by=None, now=began)
        if course and one.came:
            draw = random.Random(one.email)  # noqa: S311 - invented history, no secret
            visitor = _visitor(session, user_id, enrolment_id)
            _Walker(session, course, visitor, draw, hurries=number % 2 == 1).live(one, began, now)
    return key


def _plan(course: Course | None, began: datetime) -> CohortPlan:
    """Settle when the cohort began, and by when its first module is hoped to be done."""
    modules = course.modules[:1] if course else ()
    hoped_for = tuple(CohortModule(module.slug, due_on=(began + HOPED_FOR).date()) for module in modules)
    return CohortPlan(first_day=began.date(), modules=hoped_for)


def _course() -> Course | None:
    try:
        return house().shelf.course()
    except NoCourse:
        return None


def _visitor(session: Session, user_id: int, enrolment_id: int) -> Visitor:
    stamp = session.execute(select(User.session_stamp).where(User.id == user_id)).scalar_one()
    visitor = visitor_of(session, user_id, stamp, enrolment_id)
    assert visitor is not None  # noqa: S101 - made a moment ago
    return visitor


# ---- what they did -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Walker:
    """A learner who does the first steps of the course, the same in every demo."""

    session: Session
    course: Course
    visitor: Visitor
    draw: random.Random
    hurries: bool

    def live(self, one: Invented, began: datetime, now: datetime) -> None:
        """Do what somebody did between two moments, up to a kind of step that demo people do not know."""
        end = now - timedelta(days=one.quiet, hours=2)
        steps = self.course.steps[: round(one.share * len(self.course.steps))]
        for step, when in zip(steps, self._moments(len(steps), began, end), strict=True):
            if not self._do(step, when):
                return
        left = self.course.steps[len(steps) :]
        if one.took_back:
            self._take_back(steps, end)
        if one.failed:
            self._fail(left, one.failed, end)
        if one.begun is not None:
            self._begin(left, now - timedelta(days=one.begun, hours=1))

    def _moments(self, count: int, began: datetime, end: datetime) -> list[datetime]:
        """Spread so many deeds between two moments; the last of them at the end."""
        some = sorted(began + (end - began) * self.draw.random() for _ in range(count - 1))
        return [*some, end] if count else []

    def _take_back(self, steps: Sequence[StepBase], now: datetime) -> None:
        read = [step for step in steps if isinstance(step, ReadStep)]
        for step in read[-1:]:
            take_back_step(self.session, self.visitor, self.course, step, now=now)

    def _fail(self, left: Sequence[StepBase], times: int, now: datetime) -> None:
        """Try the next quiz in vain, where that may be tried so often."""
        quiz_step = next((step for step in left if isinstance(step, QuizStep)), None)
        if quiz_step is not None and quiz_step.quiz.attempts is None:
            for number in range(1, times + 1):
                self._submit(quiz_step, {}, number, now - timedelta(hours=times - number))

    def _begin(self, left: Sequence[StepBase], now: datetime) -> None:
        """Begin the next text, and leave it."""
        step = next((step for step in left if isinstance(step, ReflectStep)), None)
        if step is not None:
            body = {"text": [self._words()[:40]], "level": ["private"]}
            save_draft(self.session, self.visitor, step, body, version=0, now=now)

    def _do(self, step: StepBase, now: datetime) -> bool:
        """Do a step by the verb of its kind; say whether it is known."""
        match step:
            case ReadStep() | ResourcesStep():
                complete_step(self.session, self.visitor, self.course, step, now=now)
            case ReflectStep():
                self._reflect(step, now)
            case QuizStep():
                self._answer(step, now)
            case _:
                return False
        return True

    def _reflect(self, step: ReflectStep, now: datetime) -> None:
        level = self.draw.choice(LEVELS)
        text = self._words()
        submit_reflection(self.session, self.visitor, self.course, step, text=text, level=level, version=0, now=now)

    def _words(self) -> str:
        return self.draw.choice(REFLECTIONS.get(self.course.language, REFLECTIONS["en"]))

    def _answer(self, step: QuizStep, now: datetime) -> None:
        tries = self._attempts(step.quiz)
        for number, given in enumerate(tries, start=1):
            self._submit(step, given, number, now - timedelta(minutes=7 * (len(tries) - number)))

    def _submit(self, step: QuizStep, given: Mapping[str, Given], number: int, now: datetime) -> None:
        submit_quiz(
            self.session,
            self.visitor,
            self.course,
            step,
            given,
            deed_key=f"demo-{step.quiz.slug}-{number}",
            shuffle_seed=self.draw.getrandbits(30),
            now=now,
        )

    def _attempts(self, quiz: Quiz) -> Sequence[dict[str, Given]]:
        """Answer so that it passes, not always in full; who hurries, once in vain before that."""
        best = {question.slug: question.best() for question in quiz.questions}
        most = {slug: given for slug, given in best.items() if self.draw.random() < 0.9}
        passing = most if grade_quiz(quiz, most).passed else best
        if self.hurries and quiz.attempts != 1:
            return ({slug: best[slug] for slug in list(best)[::3]}, passing)
        return (passing,)
