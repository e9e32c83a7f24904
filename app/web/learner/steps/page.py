"""What a page of any kind of step has: its words and template, its form, and the deed that it takes."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.course.parts import StepBase
from app.records.accounts import Visitor
from app.web.forms import OpstapForm

S = TypeVar("S", bound=StepBase)
"""The kind of step that a page shows."""


class StepPage(ABC, Generic[S]):
    """One step as one person sees it. A kind of step has one subclass, named in STEP_PAGES."""

    template: ClassVar[str]
    """Extends `learner/steps/_frame.html`."""
    name: ClassVar[LazyString] = _l("Step")
    """What the kind is called on screen."""
    icon: ClassVar[str] = "open-step"
    """The kind's symbol in the sprite of icons."""
    paper: ClassVar[str] = ""
    """The partial that puts on paper what stands below its text; none where the text is all."""

    def __init__(self, step: S) -> None:
        self.step = step

    @abstractmethod
    def form(self, visitor: Visitor) -> OpstapForm:
        """Return the form of the page, filled with what was sent or else with what is kept."""

    @abstractmethod
    def take(self, form: OpstapForm, visitor: Visitor, *, now: datetime) -> str:
        """Do the deed that a valid form asks for, by a verb; the route commits.

        Returns the address to go on to. Raises NotTaken after it added an error to the form.
        """

    def facts(self, visitor: Visitor) -> dict[str, Any]:
        """Return what only the template of this kind needs, by name."""
        return {}

    def on_paper(self) -> dict[str, Any]:
        """Return what the partial for paper needs beside the step, by name."""
        return {}

    def keep(self, visitor: Visitor, *, now: datetime) -> None:
        """Keep what was sent as a draft, where it cannot be taken now: another step comes first.

        A kind whose form holds no text keeps nothing.
        """
        return
