"""A kind of step: something to listen to."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import HttpUrl

from app.course.parts import Completes, StepBase
from app.web.learner.steps.said import SaidPage


class ListenStep(StepBase):
    """A recording; complete when the learner says so."""

    kind: ClassVar[str] = "listen"
    completes: ClassVar[Completes] = Completes.SAID
    recording: HttpUrl

    def faults(self) -> Iterator[str]:
        """Recordings are kept safe on the way."""
        if self.recording.scheme != "https":
            yield f"{self.recording}; an address that begins with https"


class ListenPage(SaidPage[ListenStep]):
    """Its page: a link to the recording."""

    template = "listen.html"
