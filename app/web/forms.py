"""The ground of all forms: fields come from the form that was sent."""

import re
from datetime import date
from functools import cache
from http import HTTPStatus
from typing import Any

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Response, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Form, StringField
from wtforms.i18n import messages_path
from wtforms.validators import Optional

from app.web.extensions import READING_METHODS

YEARS = range(2000, 2200)
"""In which a day may lie that somebody fills in."""


class OpstapForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """A form, to be written out with the macros of macros/forms.html: they add the token that the doors ask for."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the library has no types
        csrf = False
        """No form looks at its token: access.py has looked at that of everything that is sent."""

        def wrap_formdata(self, form: Form, formdata: Any) -> MultiDict[str, str] | None:
            """Take the fields of the request's form alone: never files or JSON, which have other shapes."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return None if request.method in READING_METHODS else request.form

        def get_translations(self, form: Form) -> NullTranslations:
            """Return the words of WTForms itself; Flask-WTF would read them from the disk for every request."""
            return _words_of_wtforms(get_locale())


def page(template: str, form: FlaskForm, **facts: object) -> Response:
    """Show a page with its form; 422 when what was sent has faults."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return make_response(render_template(template, form=form, **facts), status)


def stripped(text: str | None) -> str:
    """Leave away the space around what was typed; what was not sent is empty."""
    return (text or "").strip()


class Line(StringField):
    """A line of text."""

    data: str


class Day(DateField):
    """A day, or none."""

    data: date | None

    def __init__(self, label: Any, **about: Any) -> None:
        super().__init__(label, [Optional()], **about)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take a day as browsers send one; also as people type it where the browser has no calendar."""
        typed = (valuelist or [""])[0].strip()
        if typed and (found := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", typed)):
            typed = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
        try:
            self.data = date.fromisoformat(typed) if typed else None
        except ValueError:
            self.data = None
            raise ValueError(_("Fill in a day such as 31-01-2027")) from None
        if self.data is not None and self.data.year not in YEARS:  # far enough for every due date to be a date too
            raise ValueError(_("Fill in a day such as 31-01-2027"))


@cache
def _words_of_wtforms(locale: Locale) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")
