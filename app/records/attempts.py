"""Attempts at quizzes: submitted once, never changed, and read again in the wording that was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, and_, bindparam, func, insert, select
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import Given, QuestionBase, Rich
from app.course.quiz import QUESTION_KINDS, Grade, Quiz, grade_quiz, least_points
from app.course.steps.quiz_step import QuizStep
from app.records.accounts import BIGGEST_ID, Visitor
from app.records.base import insert_once, table_of
from app.records.drafts import drop_texts
from app.records.learning import add_completion, enrolment_of, lock_enrolment, note_deed, open_step
from app.records.models import Answer, Attempt, Enrolment, Wording

LONGEST_GIVEN = 2000
"""Characters of an answer as JSON."""
LARGEST_GIVEN = 2500
"""Bytes of it: what a row of an index on PostgreSQL has room for."""


class AttemptsUsedUp(Exception):
    """As many attempts were made as the quiz allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"all {limit} attempts were made")
        self.limit = limit


class AnswerTooLong(Exception):
    """An answer takes more room than is kept of one."""

    def __init__(self, question_slug: str) -> None:
        super().__init__(f"the answer to {question_slug} is too long")
        self.question_slug = question_slug


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt in a list of them."""

    id: int
    number: int
    points: int
    max_points: int
    passed: bool
    language: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerRead:
    """A question as it was read, what was given for it, and what that earned.

    `question` is None when this program no longer knows its kind, or that form of it; `text` and
    `given` can be shown all the same.
    """

    question: QuestionBase | None
    kind: str
    slug: str
    text: Rich
    given: Given
    points: int


@dataclass(frozen=True, slots=True)
class AttemptRead:
    """An attempt as its learner may read it again. `answers` stand in the order of the quiz.

    The order of options within a question is `shuffled` with `shuffle_seed`, where `shuffle` was on.
    `pass_mark` is in percent.
    """

    id: int
    enrolment_id: int
    number: int
    quiz_slug: str
    quiz_title: str
    step_key: str
    pass_mark: int
    shuffle: bool
    shuffle_seed: int
    language: str
    points: int
    max_points: int
    passed: bool
    submitted_at: datetime
    answers: tuple[AnswerRead, ...]

    @property
    def points_needed(self) -> int:
        """The fewest whole points that passed it then."""
        return least_points(self.max_points, self.pass_mark)


# ---- submitting ------------------------------------------------------------------------------


def submit_quiz(
    session: Session,
    visitor: Visitor,
    course: Course,
    step: QuizStep,
    given: Mapping[str, Given],
    *,
    deed_key: str,
    shuffle_seed: int,
    now: datetime,
    draft_version: int | None = None,
) -> int:
    """Grade and keep an attempt, complete the step if it passes, drop its draft; return the attempt's id.

    `given` holds answers by question slug, current or former. The same `deed_key` again changes
    nothing and returns the first attempt's id. With `draft_version`, the one that the page was built
    on, a draft that another tab saved since then stays.
    Raises AttemptsUsedUp, AnswerTooLong, UnknownOption, StepLocked, NoEnrolment; then nothing is
    changed, and the draft stands.
    """
    enrolment_id = enrolment_of(visitor)
    answers = _answers(step.quiz, given)
    grade = grade_quiz(step.quiz, answers)
    lock_enrolment(session, enrolment_id)
    if (first := _attempt_by(session, enrolment_id, deed_key)) is not None:
        return first
    done = open_step(session, enrolment_id, course, step)
    number = _next_number(session, enrolment_id, step.quiz)
    _keep_wordings(session, step.quiz)
    attempt = {"enrolment_id": enrolment_id, "number": number, "deed_key": deed_key, "shuffle_seed": shuffle_seed}
    attempt_id = _keep_attempt(session, step, grade, **attempt, submitted_at=now)
    is_first = number == 1 and visitor.role == "learner"  # trainers walk the course too, and count in no figure
    _keep_answers(session, attempt_id, step.quiz, answers, grade, is_first=is_first)
    if grade.passed:
        done = add_completion(session, enrolment_id, course, step, done, now=now)
    drop_texts(session, enrolment_id, step.keys, version=draft_version)
    note_deed(session, enrolment_id, step, done, now=now)
    return attempt_id


# Built once, as those of learning.py.
_attempt, _wordings = table_of(Attempt).c, table_of(Wording).c
_BY_KEY = select(_attempt.id).where(
    _attempt.enrolment_id == bindparam("enrolment"), _attempt.deed_key == bindparam("deed_key")
)
_AT_QUIZ = and_(
    _attempt.enrolment_id == bindparam("enrolment"), _attempt.quiz_slug.in_(bindparam("slugs", expanding=True))
)
_COUNTED = select(func.count(), func.max(_attempt.number)).where(_AT_QUIZ)
_KNOWN = select(_wordings.revision).where(_wordings.revision.in_(bindparam("revisions", expanding=True)))
_LINE = (
    _attempt.id, _attempt.number, _attempt.points, _attempt.max_points, _attempt.passed, _attempt.language,
    _attempt.submitted_at,
)  # fmt: skip
_NEWEST_FIRST = (_attempt.number.desc(), _attempt.id.desc())
_LINES = select(*_LINE).where(_AT_QUIZ).order_by(*_NEWEST_FIRST)
_ALL_LINES = (
    select(_attempt.quiz_slug, *_LINE)
    .where(_attempt.enrolment_id == bindparam("enrolment"))
    .order_by(_attempt.submitted_at.desc(), *_NEWEST_FIRST)
)
_NEW_ATTEMPT = insert(table_of(Attempt)).returning(_attempt.id)
_NEW_ANSWERS = insert(table_of(Answer))


def _answers(quiz: Quiz, given: Mapping[str, Given]) -> dict[str, Given]:
    """Return an answer for every question, in today's slugs and one order. Raises AnswerTooLong."""
    answers: dict[str, Given] = {}
    for question in quiz.questions:
        found = next((given[key] for key in question.keys if key in given), ())
        answers[question.slug] = _in_todays_slugs(question, tuple(value for value in found if value.strip()))
        kept = _json(answers[question.slug])
        if len(kept) > LONGEST_GIVEN or len(kept.encode()) > LARGEST_GIVEN:
            raise AnswerTooLong(question.slug)
    return answers


def _in_todays_slugs(question: QuestionBase, given: Given) -> Given:
    """Return an answer as its question would write it; one that names what is not offered is left to the grader."""
    today = question.current(given)
    return today if len(today) == len(set(given)) else given


def _attempt_by(session: Session, enrolment_id: int, deed_key: str) -> int | None:
    return session.connection().scalar(_BY_KEY, {"enrolment": enrolment_id, "deed_key": deed_key})


def _next_number(session: Session, enrolment_id: int, quiz: Quiz) -> int:
    """Number the next attempt, going on from those made under former slugs. Raises AttemptsUsedUp."""
    made, last = session.connection().execute(_COUNTED, {"enrolment": enrolment_id, "slugs": quiz.keys}).one()
    if quiz.attempts is not None and made >= quiz.attempts:
        raise AttemptsUsedUp(quiz.attempts)
    return int(last or 0) + 1


def _keep_attempt(session: Session, step: QuizStep, grade: Grade, **facts: Any) -> int:
    quiz = {"quiz_slug": step.quiz.slug, "quiz_revision": step.quiz.revision, "language": step.quiz.language}
    earned = {"points": grade.points, "max_points": grade.max_points, "passed": grade.passed}
    row = {**facts, "step_key": step.key, **quiz, **earned}
    return int(session.connection().execute(_NEW_ATTEMPT, row).scalar_one())


def _keep_wordings(session: Session, quiz: Quiz) -> None:
    """Write quiz and questions as they read now, unless somebody answered them before."""
    nouns: dict[str, Quiz | QuestionBase] = {quiz.revision: quiz}
    nouns |= {question.revision: question for question in quiz.questions}
    known = set(session.connection().scalars(_KNOWN, {"revisions": list(nouns)}))
    for revision in sorted(nouns.keys() - known):  # in one order, so that two who are first do not wait for each other
        insert_once(session, Wording, revision=revision, **_wording(nouns[revision]))


def _wording(noun: Quiz | QuestionBase) -> dict[str, str]:
    """Return the columns of a wording. A quiz names its questions, whose own texts stand in wordings of theirs."""
    if isinstance(noun, QuestionBase):
        about, kind, body = "question", noun.kind, noun.model_dump_json()
    else:
        facts = noun.model_dump(mode="json", exclude={"questions"})
        about, kind, body = "quiz", "quiz", _json(facts | {"questions": [q.slug for q in noun.questions]})
    return {"about": about, "slug": noun.slug, "kind": kind, "language": noun.language, "body": body}


def _keep_answers(
    session: Session, attempt_id: int, quiz: Quiz, answers: Mapping[str, Given], grade: Grade, *, is_first: bool
) -> None:
    session.connection().execute(
        _NEW_ANSWERS,
        [
            {
                "attempt_id": attempt_id,
                "question_slug": question.slug,
                "question_revision": question.revision,
                "given": _json(answers[question.slug]),
                "points": grade.by_question[question.slug],
                "rest_points": grade.points - grade.by_question[question.slug],
                "is_first": is_first,
            }
            for question in quiz.questions
        ],
    )


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False)


# ---- reading again ---------------------------------------------------------------------------


def attempts_of(session: Session, visitor: Visitor, quiz: Quiz) -> tuple[AttemptLine, ...]:
    """Return the attempts of this enrolment at a quiz, whatever it was called, the newest first."""
    rows = session.execute(_LINES, {"enrolment": visitor.enrolment_id, "slugs": quiz.keys})
    return tuple(AttemptLine(*row) for row in rows)


def all_attempts_of(session: Session, enrolment_id: int) -> Mapping[str, tuple[AttemptLine, ...]]:
    """Return all attempts of an enrolment by the slug that the quiz had then, the newest first."""
    found: dict[str, list[AttemptLine]] = {}
    for slug, *facts in session.execute(_ALL_LINES, {"enrolment": enrolment_id}):
        found.setdefault(slug, []).append(AttemptLine(*facts))
    return {slug: tuple(lines) for slug, lines in found.items()}


def attempt_of(
    session: Session, visitor: Visitor, attempt_id: int, *, kinds: Sequence[type[QuestionBase]] = QUESTION_KINDS
) -> AttemptRead | None:
    """Return an attempt that this person made, in any enrolment, in the wording that was answered; else None."""
    return _attempt_read(session, attempt_id, Enrolment.user_id == visitor.user_id, kinds)


def attempt_in(
    session: Session, enrolment_id: int, attempt_id: int, *, kinds: Sequence[type[QuestionBase]] = QUESTION_KINDS
) -> AttemptRead | None:
    """Return an attempt that was made in an enrolment, in the same way; else None."""
    return _attempt_read(session, attempt_id, Enrolment.id == enrolment_id, kinds)


def _attempt_read(
    session: Session, attempt_id: int, whose: ColumnElement[bool], kinds: Sequence[type[QuestionBase]]
) -> AttemptRead | None:
    if attempt_id >= BIGGEST_ID:  # an address may hold any number; a column does not
        return None
    row = session.execute(
        select(Attempt.__table__, Wording.body.label("quiz"))
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Wording, and_(Wording.revision == Attempt.quiz_revision, Wording.about == "quiz"))
        .where(Attempt.id == attempt_id, whose)
    ).one_or_none()
    if row is None:
        return None
    quiz = json.loads(row.quiz)
    order: list[str] = quiz["questions"]
    answers = _answers_of(session, attempt_id, kinds)
    return AttemptRead(
        id=row.id,
        enrolment_id=row.enrolment_id,
        number=row.number,
        quiz_slug=row.quiz_slug,
        quiz_title=quiz["title"],
        step_key=row.step_key,
        pass_mark=quiz["pass_mark"],
        shuffle=quiz["shuffle"],
        shuffle_seed=row.shuffle_seed,
        language=row.language,
        points=row.points,
        max_points=row.max_points,
        passed=row.passed,
        submitted_at=row.submitted_at,
        answers=tuple(answers[slug] for slug in order if slug in answers),
    )


def _answers_of(session: Session, attempt_id: int, kinds: Sequence[type[QuestionBase]]) -> dict[str, AnswerRead]:
    by_name = {kind.kind: kind for kind in kinds}
    rows = session.execute(
        select(Answer.question_slug, Answer.given, Answer.points, Wording.kind, Wording.body)
        .join(Wording, Wording.revision == Answer.question_revision)
        .where(Answer.attempt_id == attempt_id)
    )
    return {
        slug: AnswerRead(
            question=question_in(body, by_name.get(kind)),
            kind=kind,
            slug=slug,
            text=text_in(body),
            given=tuple(json.loads(given)),
            points=points,
        )
        for slug, given, points, kind, body in rows
    }


def question_in(body: str, kind: type[QuestionBase] | None) -> QuestionBase | None:
    """Build a question from the body of its wording; None for a kind, or a form of one, that is gone."""
    try:
        return kind.model_validate_json(body) if kind else None
    except ValidationError:
        return None


def text_in(body: str) -> Rich:
    """Return the text of a question from the body of its wording, of whatever kind."""
    text = json.loads(body)["text"]
    return Rich(text["source"], text["html"])
