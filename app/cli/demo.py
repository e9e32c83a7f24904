"""Demo people with some history, made through the verbs that real people's deeds go through."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.files.shelf import NoCourse
from app.course.parts import Given, StepBase
from app.course.quiz import Quiz, grade_quiz
from app.course.rules.cohort_modules import CohortPlan
from app.course.steps.quiz_step import QuizStep
from app.course.steps.read import ReadStep
from app.course.steps.reflect import ReflectStep
from app.course.steps.resources import ResourcesStep
from app.records import accounts, cohorts, joining
from app.records.accounts import Visitor, visitor_of
from app.records.attempts import submit_quiz
from app.records.learning import complete_step
from app.records.models import Cohort, JoinCode, User
from app.records.reflecting import submit_reflection
from app.web.extensions import db, house
from config import Settings, kept_secret

SIGN_INS = ("learner@example.org", "trainer@example.org", "admin@example.org")
COHORT = "De Wenteltrap"

STAFF = (("Petra Perron", "trainer@example.org"), ("Ada Stoep", "admin@example.org"))

LEARNERS = (
    ("Aïcha Trapleuning", "learner@example.org", 0.5),
    ("Dilnaz Treden", "dilnaz.treden@example.org", 1.0),
    ("Chidi Overloop", "chidi.overloop@example.org", 1.0),
    ("Bilal Leuning", "bilal.leuning@example.org", 0.85),
    ("Goran Wenteltrap", "goran.wenteltrap@example.org", 0.75),
    ("Farid Stootbord", "farid.stootbord@example.org", 0.7),
    ("Elif Spil", "elif.spil@example.org", 0.6),
    ("Bram Bordes", "bram.bordes@example.org", 0.5),
    ("Tesfay Roltrap", "tesfay.roltrap@example.org", 0.45),
    ("Nadia Perron", "nadia.perron@example.org", 0.3),
    ("Mila Ladder", "mila.ladder@example.org", 0.2),
    ("Sanne Drempel", "sanne.drempel@example.org", 0.1),
    ("Youssef Trede", "youssef.trede@example.org", 0.0),
)
"""Name, address, and the share of the course's steps that they did. All invented."""

REFLECTIONS = {
    "nl": (
        "Ik dacht vooral aan regels en formulieren. Nu let ik er eerst op of iemand zich welkom voelt.",
        "Op mijn werk verwijzen we vaak door. Ik wil weten of iemand daarna ook echt geholpen is.",
        "Ik merk dat ik snel met een oplossing kom. Ik wil eerst vragen wat iemand zelf wil.",
        "Een student kwam steeds te vroeg. Pas na weken vroeg ik waarom: thuis was het te druk om te lezen.",
        "Bij ons begint elk gesprek met een formulier. Volgende keer begin ik met koffie, en daarna pas het papier.",
        "Ik wist niet dat we een stille ruimte hebben. Nu staat die in de mail waarmee ik mensen welkom heet.",
        "Ik doe veel alleen. Ik ga een collega vragen om bij het tweede gesprek aan te schuiven.",
        "Toen ik zweeg, vertelde hij meer dan in het hele uur daarvoor. Dat wil ik vaker durven.",
    ),
    "en": (
        "I used to think of rules and forms first. Now I look whether somebody feels welcome.",
        "At work we often refer people on. I want to know whether they were really helped.",
        "I notice that I come up with a solution quickly. I want to ask first what somebody wants.",
        "A student always came too early. It took me weeks to ask why: at home it was too busy to read.",
        "With us every talk begins with a form. Next time I begin with coffee, and the paper comes after.",
        "I did not know that we have a quiet room. Now it stands in the mail in which I welcome people.",
        "I do a lot alone. I am going to ask a colleague to join the second talk.",
        "When I said nothing, he told me more than in the whole hour before. I want to dare that more often.",
    ),
}
LEVELS = ("private", "trainers", "cohort", "cohort")
"""Who may read a text, drawn by lot: often the cohort, as its texts are shown from five on."""

LENGTH = timedelta(days=35)
"""How long ago the demo cohort began, when it is made."""


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
    plan = CohortPlan(first_day=began.date())
    cohort_id = cohorts.make_cohort(session, name=COHORT, language=language, plan=plan, by=None, now=began)
    key = joining.make_join_code(session, cohort_id=cohort_id, by=None, now=began)
    for name, email in STAFF:
        user_id = accounts.add_user(
            session, email=email, name=name, language=language, password_hash=password_hash, now=began
        )
        cohorts.make_trainer(session, user_id=user_id, cohort_id=cohort_id, by=None, now=began)
    accounts.add_admin(session, email="admin@example.org", name="Ada Stoep", language=language, by=None, now=began)
    for number, (name, email, share) in enumerate(LEARNERS):
        user_id = accounts.add_user(
            session, email=email, name=name, language=language, password_hash=password_hash, now=began
        )
        enrolment_id = cohorts.enrol(session, user_id=user_id, cohort_id=cohort_id, by=None, now=began)
        if course:
            draw = random.Random(email)  # noqa: S311 - invented history, no secret
            visitor = _visitor(session, user_id, enrolment_id)
            _Walker(session, course, visitor, draw, hurries=number % 2 == 1).walk(share, began, now)
    return key


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

    def walk(self, share: float, began: datetime, now: datetime) -> None:
        """Do this share of the course between two moments, up to a kind of step that demo people do not know."""
        steps = self.course.steps[: round(share * len(self.course.steps))]
        for step, when in zip(steps, self._moments(len(steps), began, now), strict=True):
            if not self._do(step, when):
                return

    def _moments(self, count: int, began: datetime, now: datetime) -> list[datetime]:
        length = (now - began - timedelta(hours=2)) * self.draw.uniform(0.6, 1)
        return sorted(began + length * self.draw.random() for _ in range(count))

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
        text = self.draw.choice(REFLECTIONS.get(self.course.language, REFLECTIONS["en"]))
        level = self.draw.choice(LEVELS)
        submit_reflection(self.session, self.visitor, self.course, step, text=text, level=level, version=0, now=now)

    def _answer(self, step: QuizStep, now: datetime) -> None:
        for number, given in enumerate(self._attempts(step.quiz), start=1):
            submit_quiz(
                self.session,
                self.visitor,
                self.course,
                step,
                given,
                deed_key=f"demo-{step.quiz.slug}-{number}",
                shuffle_seed=self.draw.getrandbits(30),
                now=now + timedelta(minutes=7 * number),
            )

    def _attempts(self, quiz: Quiz) -> Sequence[dict[str, Given]]:
        """Answer so that it passes, not always in full; who hurries, once in vain before that."""
        best = {question.slug: question.best() for question in quiz.questions}
        most = {slug: given for slug, given in best.items() if self.draw.random() < 0.9}
        passing = most if grade_quiz(quiz, most).passed else best
        if self.hurries and quiz.attempts != 1:
            return ({slug: best[slug] for slug in list(best)[::3]}, passing)
        return (passing,)
