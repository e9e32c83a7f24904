"""The ground of all forms: fields come from the form that was sent, its token from the session."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.web.extensions import READING_METHODS


class OpstapForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """A form with a CSRF token. Write it out with the macros of macros/forms.html."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the library has no types
        def wrap_formdata(self, form: Form, formdata: Any) -> MultiDict[str, str] | None:
            """Take the fields of the request's form alone: never files or JSON, which have other shapes."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return None if request.method in READING_METHODS else request.form
