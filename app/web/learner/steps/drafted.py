"""A step whose form is kept as a draft while it is filled in."""

from abc import abstractmethod
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import abort, request

from app.records.accounts import Visitor
from app.records.drafts import DraftTooLarge, TooManyTexts
from app.web.drafting import SAVE, Drafted, DraftedForm
from app.web.learner.steps.page import S, StepPage
from app.web.pages import path_of, pause_from

PAUSED = "pause"
"""The value of the button that keeps, where it then leads to the quiet page."""


class DraftedPage(Drafted, StepPage[S]):
    """The page of a step whose form is kept as a draft."""

    @abstractmethod
    def form(self, visitor: Visitor) -> DraftedForm:
        """Return the form of the page, filled with what was sent or else with what is kept."""

    @property
    def place(self) -> S:
        """The step."""
        return self.step

    @property
    def path(self) -> str:
        """The address of the step."""
        return path_of(self.step)

    def onward_when_kept(self) -> str:
        """Return where to go after what was typed was kept: back to the step, or to the quiet page for a pause."""
        return pause_from(self.path) if request.form.get(SAVE) == PAUSED else self.path

    def keep(self, visitor: Visitor, *, now: datetime) -> None:
        """Keep what was sent while another step comes first; what is too much to keep is answered with 413."""
        try:
            self.save(visitor, self.form(visitor), now=now)
        except (DraftTooLarge, TooManyTexts):
            abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def facts(self, visitor: Visitor) -> dict[str, Any]:
        """Return what the templates ask of the draft."""
        return Drafted.facts(self, visitor)
