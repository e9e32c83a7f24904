"""A text to read."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.parts import Completes, StepBase


class ReadStep(StepBase):
    """A text; complete when the learner says so."""

    kind: ClassVar[str] = "read"
    completes: ClassVar[Completes] = Completes.SAID

    def faults(self) -> Iterator[str]:
        """There is a text."""
        if not self.body:
            yield "no text; something to read hoped for"
