"""A statement that holds or does not."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.questions.single_choice import SingleChoice


class TrueFalse(SingleChoice):
    """A statement with two options, `true` and `false`, always in that order."""

    kind: ClassVar[str] = "true_false"

    def faults(self) -> Iterator[str]:
        """The two options are called true and false; one of them is right."""
        if [option.slug for option in self.options] != ["true", "false"]:
            found = ", ".join(option.slug for option in self.options) or "none"
            yield f"the options {found}; true and false, in that order hoped for"
        if (right := sum(option.correct for option in self.options)) != 1:
            yield f"{right} right options; exactly one hoped for"
