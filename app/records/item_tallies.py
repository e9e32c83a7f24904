"""What many gave for the questions of a quiz: counted by the database, each wording by itself.

Only first attempts of learners are counted (`answer.is_first`), of everybody on this site, whatever their cohort. A
question that stands word for word in two quizzes, under one slug, is counted for both together.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.course.parts import Given, QuestionBase, Rich
from app.course.quiz import QUESTION_KINDS, Quiz
from app.course.rules.items import Tally
from app.records.attempts import question_in, text_in
from app.records.base import table_of
from app.records.models import Answer, Attempt, Wording


@dataclass(frozen=True, slots=True)
class WordingRead:
    """A wording of a question with what was given for it, and when it was answered first and last, by anybody.

    `question` is None when this program no longer knows its kind, or that form of it. `slug` is the one of then.
    """

    revision: str
    slug: str
    language: str
    question: QuestionBase | None
    text: Rich
    tallies: tuple[Tally, ...]
    first_at: datetime
    last_at: datetime


_answer, _attempt, _wording = table_of(Answer).c, table_of(Attempt).c, table_of(Wording).c
_OF_WORDING = and_(_answer.question_revision == _wording.revision, _attempt.id == _answer.attempt_id)
_MOMENTS = select(_attempt.submitted_at).where(_OF_WORDING).correlate(table_of(Wording)).limit(1)
_WORDINGS = select(
    _wording.revision, _wording.slug, _wording.kind, _wording.language, _wording.body,
    _MOMENTS.order_by(_answer.attempt_id).scalar_subquery().label("first_at"),
    _MOMENTS.order_by(_answer.attempt_id.desc()).scalar_subquery().label("last_at"),
).where(
    _wording.about == "question",
    _wording.slug.in_(bindparam("questions", expanding=True)),
    exists().where(_OF_WORDING, _attempt.quiz_slug.in_(bindparam("quizzes", expanding=True))),
)  # fmt: skip
# All of it stands in the index ix_answer_analysis, in this order.
_GROUP = (_answer.question_revision, _answer.given, _answer.points, _answer.rest_points)
_TALLIES = (
    select(*_GROUP, func.count())
    .where(_answer.question_revision.in_(bindparam("revisions", expanding=True)), _answer.is_first)
    .group_by(*_GROUP)
)


def wordings_of(
    session: Session, quiz: Quiz, *, kinds: Sequence[type[QuestionBase]] = QUESTION_KINDS
) -> tuple[WordingRead, ...]:
    """Return every wording in which the questions of a quiz were answered, the one answered last first.

    Wordings of questions that the quiz no longer has are left out. Two statements, or one where nobody answered.
    """
    names = {"questions": [key for question in quiz.questions for key in question.keys], "quizzes": quiz.keys}
    rows = session.execute(_WORDINGS, names).all()
    tallies = _tallies(session, [row.revision for row in rows]) if rows else {}
    by_name = {kind.kind: kind for kind in kinds}
    found = (
        WordingRead(
            revision=row.revision,
            slug=row.slug,
            language=row.language,
            question=question_in(row.body, by_name.get(row.kind)),
            text=text_in(row.body),
            tallies=tuple(tallies.get(row.revision, ())),
            first_at=row.first_at,
            last_at=row.last_at,
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: (one.last_at, one.revision), reverse=True))


def _tallies(session: Session, revisions: Sequence[str]) -> Mapping[str, Sequence[Tally]]:
    """Count the answers to each wording."""
    found: defaultdict[str, list[Tally]] = defaultdict(list)
    read: dict[str, Given] = {}
    for revision, given, points, rest_points, count in session.execute(_TALLIES, {"revisions": revisions}):
        if given not in read:
            read[given] = tuple(json.loads(given))
        found[revision].append(Tally(read[given], points, rest_points, count))
    return found
