"""The forms about people: who somebody is, and where they are enrolled."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import StopValidation

from app.records import cohorts
from app.records.accounts import NAME_LENGTH, BadEmail, NameTooLong, NoName, clean_name, folded_email
from app.records.cohorts import CohortFacts
from app.records.people import PersonFacts
from app.web.extensions import db
from app.web.forms import Line, OpstapForm, stripped

LEARNER, TRAINER = "learner", "trainer"


class Address(EmailField):
    """An e-mail address, spelt as accounts know it once it was looked at."""

    data: str


def _a_name(_form: OpstapForm, field: Field) -> None:
    try:
        field.data = clean_name(field.data)
    except NoName:
        raise StopValidation(_("Fill in a name")) from None
    except NameTooLong:
        raise StopValidation(_("Shorten the name to at most %(count)s characters", count=NAME_LENGTH)) from None


def _a_name_if_any(form: OpstapForm, field: Field) -> None:
    if field.data:
        _a_name(form, field)


def _an_address(_form: OpstapForm, field: Field) -> None:
    try:
        field.data = folded_email(field.data)
    except BadEmail:
        raise StopValidation(
            _("Fill in a whole e-mail address, with an @ in it, for instance name@example.org")
        ) from None


class CorrectForm(OpstapForm):
    """Name and address, as they are to be; and as the page showed them, so that only what was changed on it changes."""

    name = Line(_l("Name"), [_a_name], filters=[stripped])
    email = Address(_l("E-mail address"), [_an_address], filters=[stripped])
    was_name = HiddenField()
    was_email = HiddenField()

    @property
    def new_name(self) -> str | None:
        """The name, if it is another than the page showed."""
        return self.name.data if self.name.data != self.was_name.data else None

    @property
    def new_email(self) -> str | None:
        """The address, if it is another than the page showed."""
        return self.email.data if self.email.data != self.was_email.data else None


def correct_form(person: PersonFacts, **about: Any) -> CorrectForm:
    """Make the form about somebody as they stand."""
    standing = {"name": person.name, "email": person.email, "was_name": person.name, "was_email": person.email}
    return CorrectForm(data=standing, **about)


class _Role(OpstapForm):
    """In which cohort, and as what."""

    cohort = SelectField(_l("Cohort"), coerce=int)
    role = RadioField(_l("As"), default=LEARNER)

    def offer(self, cohort: int | None = None) -> None:
        """Offer the cohorts that run; begin with one of them."""
        self.cohort.choices = [SelectChoice(*one) for one in cohorts.running(db.session)]
        self.role.choices = [SelectChoice(LEARNER, _("Learner")), SelectChoice(TRAINER, _("Trainer"))]
        if not self.is_submitted() and cohort is not None:
            self.cohort.data = cohort

    def validate_cohort(self, field: Field) -> None:
        """Say what to do where there is no cohort at all."""
        if not self.cohort.choices:
            raise StopValidation(_("There is no cohort that runs. Make one first."))


class EnrolForm(_Role):
    """Where somebody is to be enrolled."""


class NewPersonForm(_Role):
    """Somebody who has no account yet, and where they are to be enrolled."""

    name = Line(_l("Name"), [_a_name], filters=[stripped])
    email = Address(_l("E-mail address"), [_an_address], filters=[stripped])


class TrainerForm(OpstapForm):
    """A new trainer of a cohort: an address, and a name where it has no account."""

    email = Address(_l("E-mail address of the trainer"), [_an_address], filters=[stripped])
    name = Line(_l("Name, where the address has no account yet"), [_a_name_if_any], filters=[stripped])


class MoveForm(OpstapForm):
    """To which cohort learners of another move."""

    to = SelectField(_l("To the cohort"), coerce=int)

    def offer(self, here: CohortFacts, chosen: int | None) -> None:
        """Offer the cohorts that run, without the one that they are in."""
        others = [one for one in cohorts.running(db.session) if one[0] != here.cohort_id]
        self.to.choices = [SelectChoice(*one) for one in others]
        self.to.data = chosen if chosen in [one[0] for one in others] else None
