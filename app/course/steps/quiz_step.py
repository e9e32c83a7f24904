"""Questions to answer."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.parts import Completes, Rich, StepBase
from app.course.quiz import Quiz


class QuizStep(StepBase):
    """A quiz, named by its slug in the file; complete when an attempt passes."""

    kind: ClassVar[str] = "quiz"
    completes: ClassVar[Completes] = Completes.PASSED
    quiz: Quiz

    def faults(self) -> Iterator[str]:
        """Nothing beyond its fields."""
        return iter(())

    def texts(self) -> Iterator[str | Rich]:
        """Add what is asked, and nothing of the answers."""
        yield from super().texts()
        yield from (question.text for question in self.quiz.questions)
