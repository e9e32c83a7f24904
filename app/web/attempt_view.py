"""An attempt at a quiz, seen again in the wording that was answered: the same for its learner and for their trainer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from app.course.content import Course, Term
from app.course.parts import Inline, Rich
from app.records.attempts import AnswerRead, AttemptRead
from app.web.extensions import house


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that a question offered, seen again: what it says, why, and how it went.

    `right` is whether it fits there; `tag` says in words what the learner did with it, and is
    empty for what they rightly left alone.
    """

    said: Inline | str
    why: Inline
    right: bool
    chosen: bool
    tag: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question of an attempt, seen again: its text, what it earned, and how each option went."""

    number: int
    text: Rich
    points: int
    max_points: int
    counted: str
    verdicts: tuple[Verdict, ...]
    given: tuple[str, ...]
    """What was given, for a question whose kind is gone; then there are no verdicts."""

    @property
    def is_whole(self) -> bool:
        """Whether it earned all its points."""
        return self.points == self.max_points


def reviewed(found: AttemptRead) -> list[Reviewed]:
    """Return the questions of an attempt, in their order, each as its kind shows what was given."""
    return [_reviewed(found, answer, number) for number, answer in enumerate(found.answers, 1)]


def _reviewed(found: AttemptRead, answer: AnswerRead, number: int) -> Reviewed:
    question = answer.question
    kind = house().fields.get(type(question)) if question is not None else None
    if question is None or kind is None:
        return Reviewed(number, answer.text, answer.points, 0, "", (), answer.given)
    field = kind(question, seed=found.shuffle_seed, shuffle=found.shuffle)
    return Reviewed(
        number=number,
        text=answer.text,
        points=answer.points,
        max_points=question.max_points,
        counted=field.counted(answer.given),
        verdicts=tuple(field.verdicts(answer.given)),
        given=answer.given,
    )


def terms_in(course: Course, questions: Sequence[Reviewed]) -> tuple[Term, ...]:
    """Return the terms that an attempt's texts link to, explained as the course does today."""
    verdicts = [verdict for question in questions for verdict in question.verdicts]
    texts = [*(question.text for question in questions), *(v.said for v in verdicts), *(v.why for v in verdicts)]
    return course.terms_in(" ".join(str(escape(text)) for text in texts))


def direction_of(language: str) -> str:
    """Return how a language of the course is written; `auto` for one that the course has left."""
    shelf = house().shelf
    return shelf.course(language).direction if language in shelf.languages else "auto"
