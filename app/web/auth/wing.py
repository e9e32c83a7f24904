"""The blueprint of the wing, and the answers that its routes share."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request, session, url_for
from flask_babel import gettext as _

from app.records.throttle import WINDOW
from app.web.forms import OpstapForm, page
from app.web.pages import see

bp = Blueprint("auth", __name__)

EVEN_PACE = 0.1
"""Seconds that an answer takes which must not tell, by its time either, whether an address has an account."""

MAIL_SENT = "mail_sent"
"""What the session remembers of a mail that was asked for: to whom, why, and the code of the cohort."""


def too_many(template: str, form: OpstapForm, **facts: Any) -> Response:
    """Show a page whose form was sent too often, and say how long to wait."""
    say_wait(form)
    return wait(page(template, form, **facts))


def say_wait(form: OpstapForm) -> None:
    """Say in a form how long to wait after too many attempts."""
    minutes = int(WINDOW.total_seconds()) // 60
    form.form_errors.append(_("There were too many attempts. Wait %(count)s minutes, then try again.", count=minutes))


def wait(response: Response) -> Response:
    """Give an answer the number and the header of too many attempts."""
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


def address_here() -> str:
    """Return the network address that a request comes from, as far as proxies that we trust tell it."""
    return request.remote_addr or ""


def mail_is_on_its_way(email: str, why: str, code: str = "", *, began: float) -> Response:
    """Go on to the page that says so; whether there was reason to send a mail, nobody is told.

    `began` is when the work did, by `time.monotonic`. Commit first: nothing may wait for this wait.
    """
    time.sleep(max(0.0, began + EVEN_PACE - time.monotonic()))
    session[MAIL_SENT] = [email, why, code]
    return see(url_for("auth.mail_sent"))
