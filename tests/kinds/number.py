"""A kind of question: a number, right when it is near enough."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from app.course.parts import Given, Inline, QuestionBase
from app.web.attempt_view import Verdict
from app.web.learner.fields import QuestionField


class Number(QuestionBase):
    """A question whose answer is a whole number."""

    kind: ClassVar[str] = "number"
    right: int
    give: int = 0
    why: Inline

    @property
    def max_points(self) -> int:
        """Two points."""
        return 2

    def points_for(self, given: Given) -> int:
        """Two points when it is right, one when it is near, else none."""
        if not given or not given[0].lstrip("-").isdigit():
            return 0
        off = abs(int(given[0]) - self.right)
        return 2 if off == 0 else int(off <= self.give)

    def best(self) -> Given:
        """The number."""
        return (str(self.right),)

    def faults(self) -> Iterator[str]:
        """Nobody is nearer than right."""
        if self.give < 0:
            yield f"{self.give} to give; 0 or more hoped for"


class NumberField(QuestionField[Number]):
    """A line to type it in, drawn as that of a short text."""

    macro = "words"
    is_group = False
    longest = 12

    @property
    def how(self) -> str:
        """A number."""
        return "Type a number."

    @property
    def value(self) -> str:
        """What stands in the line."""
        return next(iter(self.values), "")

    def offers(self, value: str) -> bool:
        """Digits."""
        return value.lstrip("-").isdigit()

    def missing(self) -> Iterator[str]:
        """Nothing typed."""
        if not self.given:
            yield "Type a number."

    def fill_from_draft(self, values: Sequence[str]) -> None:
        """Put back what was typed."""
        self.values = list(values[:1])

    def verdicts(self, given: Given) -> Iterator[Verdict]:
        """What was typed, and why."""
        right = self.question.points_for(given) == 2
        yield Verdict("".join(given), self.question.why, right, True, "Right" if right else "Not quite")
