"""A question to write about."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.parts import Completes, Inline, Rich, StepBase, Words


class ReflectStep(StepBase):
    """A prompt to reflect on; complete when the reflection is submitted."""

    kind: ClassVar[str] = "reflect"
    completes: ClassVar[Completes] = Completes.SUBMITTED
    prompt: Inline
    help: Words | None = None
    """A few smaller questions for who does not know how to begin."""

    def faults(self) -> Iterator[str]:
        """Nothing beyond its fields."""
        return iter(())

    def texts(self) -> Iterator[str | Rich]:
        """Add the prompt, and the help with writing."""
        yield from super().texts()
        yield from (text for text in (self.prompt, self.help) if text)
