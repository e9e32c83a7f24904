"""A person's own account: name, language, password, and the cohorts that they are in."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.records import accounts, cohorts, second_step
from app.records.accounts import Visitor
from app.web.access import also_unguarded, stay_after_new_stamp
from app.web.auth.forms import AccountForm, ChangePasswordForm
from app.web.auth.proving import refusal, visitor_or_401
from app.web.auth.wing import bp
from app.web.extensions import db, house
from app.web.languages import languages_offered, name_of, remember_language
from app.web.pages import see, tell


@bp.get("/account")
@also_unguarded
def account() -> ResponseReturnValue:
    """Show what is known of a person, to change it."""
    return _account_page(visitor_or_401())


@bp.post("/account")
@also_unguarded
def change_account() -> ResponseReturnValue:
    """Take another name or language."""
    visitor = visitor_or_401()
    form = AccountForm(visitor, _languages())
    if not form.validate():
        return _account_page(visitor, details=form)
    accounts.change_account(db.session, visitor.user_id, name=form.name.data, language=form.language.data)
    db.session.commit()
    response = see("/account")
    if form.language.data != visitor.language:
        remember_language(response, form.language.data)
    tell(_("Your name and language are saved."))
    return response


@bp.post("/account/password")
@also_unguarded
def change_password() -> ResponseReturnValue:
    """Take another password from who knows the one before; every other browser is signed out."""
    visitor = visitor_or_401()
    form = ChangePasswordForm(email=visitor.email, name=visitor.name)
    if not form.validate():
        return _account_page(visitor, password=form)
    now = datetime.now(UTC)
    refused = refusal(form, visitor, lambda: _account_page(visitor, password=form), now=now)
    if refused is not None:
        return refused
    password_hash = house().passwords.hash(form.password.data)
    stamp = accounts.set_password(db.session, visitor.user_id, password_hash, now=now)
    db.session.commit()
    stay_after_new_stamp(visitor, stamp)
    tell(_("Your password has been changed. You are still signed in here, and signed out everywhere else."))
    return see("/account")


def _account_page(visitor: Visitor, **sent: Any) -> Response:
    """Show the page with a form as it was sent, and the others as they stand."""
    enrolments = cohorts.enrolments_of(db.reading, visitor.user_id)
    forms = {
        "details": AccountForm(visitor, _languages(), formdata=None),
        "password": ChangePasswordForm(email=visitor.email, name=visitor.name, formdata=None),
    } | sent
    status = HTTPStatus.UNPROCESSABLE_ENTITY if any(form.errors for form in forms.values()) else HTTPStatus.OK
    standing = second_step.standing(db.reading, visitor.user_id)
    return make_response(render_template("auth/account.html", enrolments=enrolments, codes=standing, **forms), status)


def _languages() -> dict[str, str]:
    return {code: name_of(code) for code in languages_offered()}
