"""A quiz, the list of kinds of question, and how a quiz is graded."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, SerializeAsAny

from app.course.parts import Given, QuestionBase, Slugged, Words
from app.course.questions.matching import Matching
from app.course.questions.multiple_response import MultipleResponse
from app.course.questions.ordering import Ordering
from app.course.questions.short_text import ShortText
from app.course.questions.single_choice import SingleChoice
from app.course.questions.true_false import TrueFalse

QUESTION_KINDS: tuple[type[QuestionBase], ...] = (
    SingleChoice,
    MultipleResponse,
    TrueFalse,
    Matching,
    Ordering,
    ShortText,
)


class Quiz(Slugged):
    """Questions with a pass mark."""

    title: Words
    pass_mark: int = Field(ge=1, le=100)
    """Percent of the points that passes (cmi5: masteryScore)."""
    attempts: int | None = Field(default=None, ge=1)
    """How many attempts one may make; None is any number."""
    shuffle: bool = True
    questions: tuple[SerializeAsAny[QuestionBase], ...] = Field(min_length=1)
    # What the loader adds; an author never writes these.
    language: str = ""
    revision: str = ""
    """Of the quiz and all its questions, in this language: what was answered."""
    source_revision: str = ""
    """Of its own texts in the source language: what a translation names as translated."""

    @property
    def max_points(self) -> int:
        """Whole points of the best attempt."""
        return sum(question.max_points for question in self.questions)

    @property
    def points_needed(self) -> int:
        """The fewest whole points that reach the pass mark."""
        return least_points(self.max_points, self.pass_mark)

    def attempts_left(self, made: int) -> int | None:
        """Return how many attempts one may still make after so many; None is any number."""
        return None if self.attempts is None else max(0, self.attempts - made)


def least_points(max_points: int, pass_mark: int) -> int:
    """Return the fewest whole points that are `pass_mark` percent of the most, or more."""
    return -(-max_points * pass_mark // 100)


@dataclass(frozen=True)
class Grade:
    """What an attempt earned, in whole points, in all and by question slug."""

    points: int
    max_points: int
    passed: bool
    by_question: Mapping[str, int]


def grade_quiz(quiz: Quiz, given: Mapping[str, Given]) -> Grade:
    """Grade an attempt; a question without an answer earns nothing.

    `given` holds answers by question slug. Raises UnknownOption for an answer that its question
    does not offer.
    """
    by_question = {q.slug: q.points_for(given.get(q.slug, ())) for q in quiz.questions}
    points = sum(by_question.values())
    return Grade(points, quiz.max_points, points >= quiz.points_needed, by_question)
