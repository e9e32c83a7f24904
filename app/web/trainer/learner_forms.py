"""The forms of one learner's page: more time for a module, and a step that was done elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.course.content import Module
from app.course.parts import StepBase
from app.records.granting import LONGEST_REASON
from app.web.forms import Day, OpstapForm, stripped
from app.web.pages import day

LONGEST_EXTENSION = timedelta(days=730)


class ExtendForm(OpstapForm):
    """For which module, and until when."""

    module = SelectField(_l("Module"), validate_choice=False)
    due_on = Day(_l("New day"))

    def offer(self, modules: Iterable[tuple[Module, date]]) -> None:
        """Offer modules, each with the day by which it is hoped for now."""
        self.module.choices = [
            SelectChoice(one.slug, _("%(title)s: now %(day)s", title=f"{one.number} {one.title}".strip(), day=day(due)))
            for one, due in modules
        ]

    def is_fine(self, regular: date, today: date) -> bool:
        """Whether the day comes after that of the cohort, and lies ahead, but not for ever; else the form says so."""
        chosen = self.due_on.data
        if self.errors:
            return False
        if chosen is None:
            self.due_on.errors = [_("Fill in a day such as 31-01-2027")]
        elif chosen <= regular:
            self.due_on.errors = [_("Choose a day after %(day)s: that is the day of the cohort.", day=day(regular))]
        elif not today <= chosen <= today + LONGEST_EXTENSION:
            self.due_on.errors = [_("Choose a day between today and two years from now.")]
        return not self.due_on.errors


class GrantForm(OpstapForm):
    """Which step, and why."""

    step = SelectField(_l("Step"), validate_choice=False)
    reason = TextAreaField(_l("Reason"), filters=[stripped])

    def offer(self, steps: Iterable[StepBase], numbers: dict[str, str]) -> None:
        """Offer steps; `numbers` says by their keys where each stands in the course."""
        self.step.choices = [SelectChoice(one.key, f"{numbers[one.key]} {one.title}") for one in steps]

    def is_fine(self) -> bool:
        """Whether there is a reason, and no longer one than is kept; else the form says so."""
        length = len(" ".join(str(self.reason.data).split()))
        if not length:
            self.reason.errors = [_("Say why. The learner reads it.")]
        elif length > LONGEST_REASON:
            self.reason.errors = [_("Shorten the reason to at most %(count)s characters.", count=LONGEST_REASON)]
        return not self.errors and not self.reason.errors
