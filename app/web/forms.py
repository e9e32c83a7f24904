"""The ground of all forms: fields come from the form that was sent."""

from functools import cache
from http import HTTPStatus
from typing import Any

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Response, make_response, render_template, request
from flask_babel import get_locale
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField
from wtforms.i18n import messages_path

from app.web.extensions import READING_METHODS


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


@cache
def _words_of_wtforms(locale: Locale) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")
