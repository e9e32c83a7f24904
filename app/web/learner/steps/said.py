"""A step that is complete when its learner says so: nothing but a button."""

from datetime import datetime

from app.records import learning
from app.records.accounts import Visitor
from app.web.extensions import db
from app.web.forms import OpstapForm
from app.web.learner.onward import go_on_from
from app.web.learner.steps.page import S, StepPage
from app.web.pages import learner_course


class SaidForm(OpstapForm):
    """A button; that it was pressed is all that it says."""


class SaidPage(StepPage[S]):
    """The page of a step that one reads and then calls done."""

    def form(self, visitor: Visitor) -> SaidForm:
        """Return the button."""
        return SaidForm()

    def take(self, form: OpstapForm, visitor: Visitor, *, now: datetime) -> str:
        """Complete the step, and go on; a second press changes nothing."""
        course = learner_course()
        learning.complete_step(db.session, visitor, course, self.step, now=now)
        return go_on_from(course, visitor, self.step)
