"""The forms of coming in. What is wrong is said beside its field, in words that say what to do."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Field, PasswordField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, StopValidation

from app.records.accounts import NAME_LENGTH, BadEmail, NameTooLong, NoName, Visitor, clean_name, folded_email
from app.records.passwords import LONGEST, SHORTEST, Weakness, too_weak
from app.web.forms import Line, OpstapForm, stripped

WEAKNESSES = {
    Weakness.SHORT: _l("Use at least %(count)s characters; a few words in a row will do", count=SHORTEST),
    Weakness.LONG: _l("Use at most %(count)s characters", count=LONGEST),
    Weakness.SIMPLE: _l("This is easy to guess; use more different characters"),
    Weakness.PERSONAL: _l("This is easy to guess; use something other than your name or address"),
}


class Address(EmailField):
    """An e-mail address."""

    data: str


class Secret(PasswordField):
    """A password; it is never shown again."""

    data: str


def an_address(form: OpstapForm, field: Field) -> None:
    """Ask for a whole e-mail address, and spell it as accounts do."""
    try:
        field.data = folded_email(field.data)
    except BadEmail:
        raise StopValidation(
            _("Fill in your whole e-mail address, with an @ in it, for instance name@example.org")
        ) from None


def a_name(form: OpstapForm, field: Field) -> None:
    """Ask for a name, and spell it as accounts do."""
    try:
        field.data = clean_name(field.data)
    except NoName:
        raise StopValidation(_("Fill in your name")) from None
    except NameTooLong:
        raise StopValidation(_("Shorten your name to at most %(count)s characters", count=NAME_LENGTH)) from None


class SignInForm(OpstapForm):
    """Who comes in, and for how long."""

    email = Address(_l("E-mail address"), [an_address], filters=[stripped])
    password = Secret(_l("Password"), [InputRequired(_l("Fill in your password"))])
    stay = BooleanField(_l("Keep me signed in for 30 days. Not on a computer that others use."))


class AddressForm(OpstapForm):
    """Where a mail is to go."""

    email = Address(_l("E-mail address"), [an_address], filters=[stripped])


class CodeForm(OpstapForm):
    """A cohort's code, as it stands on paper or in a mail."""

    code = Line(_l("Code of your cohort"), [DataRequired(_l("Fill in the code"))], filters=[stripped])

    def deny(self) -> None:
        """Say that the code opens nothing."""
        self.code.errors = [
            _("We do not know this code. Check that it is complete, or ask the person who gave it to you.")
        ]


class NewcomerForm(OpstapForm):
    """Who wants to join a cohort and has no account, as far as we know."""

    name = Line(_l("Name"), [a_name], filters=[stripped])
    email = Address(_l("E-mail address"), [an_address], filters=[stripped])


class KnowsPassword(OpstapForm):
    """Asked of who is signed in, in case somebody else sits at their screen."""

    current = Secret(_l("Current password"), [InputRequired(_l("Fill in your current password"))])

    def deny_current(self) -> None:
        """Say that the current password is another one."""
        self.current.errors = [_("This is not your current password")]


class ProofForm(KnowsPassword):
    """Asked of who is signed in and changes how they come in: their password, or a code that works once."""

    current = Secret(
        _l("Your password, or a code from the app"),
        [InputRequired(_l("Fill in your password, or a code from the app"))],
    )

    def deny_current(self) -> None:
        """Say that it was neither."""
        self.current.errors = [_("This is not your password, and not a code that works now")]


class AppCodeForm(OpstapForm):
    """The code that the app shows now."""

    code = Line(_l("Code from the app"), [DataRequired(_l("Fill in the code that the app shows"))], filters=[stripped])

    def deny(self) -> None:
        """Say that the code opens nothing, whatever is wrong with it."""
        self.code.errors = [_("This code does not work, or not any more. Wait for the next code, and fill that in.")]


class RecoveryCodeForm(OpstapForm):
    """One of the codes for who has no app at hand."""

    code = Line(_l("Recovery code"), [DataRequired(_l("Fill in a recovery code"))], filters=[stripped])

    def deny(self) -> None:
        """Say that the code opens nothing, whatever is wrong with it."""
        self.code.errors = [_("This code does not work, or not any more. Each recovery code works once.")]


class PasswordForm(OpstapForm):
    """A password that is hard to guess, also for who knows its owner's name and address."""

    shortest = SHORTEST
    password = Secret(_l("New password"))

    def __init__(self, *, email: str, name: str, **data: Any) -> None:
        super().__init__(**data)
        self._own = {"email": email, "name": name}

    def validate_password(self, field: Field) -> None:
        """Say what is weak about it."""
        if not field.data:
            raise StopValidation(_("Fill in a new password"))
        if weakness := too_weak(field.data, **self._own):
            raise StopValidation(str(WEAKNESSES[weakness]))


class ChangePasswordForm(KnowsPassword, PasswordForm):
    """A new password, from who knows the one before."""


class AccountForm(OpstapForm):
    """What others see of a person, and the language that they read in."""

    name = Line(_l("Name"), [a_name], filters=[stripped])
    language = SelectField(_l("Language"))

    def __init__(self, visitor: Visitor, languages: Mapping[str, str], **data: Any) -> None:
        """`languages`: their own names by their codes."""
        super().__init__(obj=visitor, **data)
        self.language.choices = [SelectChoice(code, name) for code, name in languages.items()]
