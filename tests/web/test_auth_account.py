"""The account page: name, language, password, cohorts."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.models import Outbox, User
from tests.makers import PASSWORD, make_cohort, make_enrolment
from tests.web.conftest import Browser, Submit, Visit

NEW = "seven quiet harbours"


def test_a_name_can_be_changed(submit: Submit, learner: Visitor, rows: Session) -> None:
    page = submit("/account", name="  Noor   van Dijk ")
    assert "saved" in page.text_of(".flashes")
    assert page.find("#name")["value"] == "Noor van Dijk"
    assert rows.scalars(select(User.sort_name)).one() == "noor van dijk"


def test_a_name_without_a_sign_that_can_be_seen_is_told(submit: Submit, learner: Visitor) -> None:
    for name in ("", " \u200b\u202e ", "\t"):
        assert "Fill in your name" in submit("/account", status=422, name=name).text_of("#name-error")
    assert "at most 120" in submit("/account", status=422, name="n" * 121).text_of("#name-error")


def test_a_name_is_shown_as_it_is_typed_never_as_markup(submit: Submit, learner: Visitor) -> None:
    page = submit("/account", name="<b>Noor</b>")
    assert page.find("#name")["value"] == "<b>Noor</b>"
    assert not page.has("main form b")


def test_another_language_counts_at_once_and_on_every_browser(
    app: Flask, submit: Submit, visit: Visit, learner: Visitor
) -> None:
    page = submit("/account", language="nl")
    assert page.find("html")["lang"] == "nl"
    assert visit("/").find("html")["lang"] == "nl"
    elsewhere = Browser(app.test_client())
    elsewhere.sign_in(learner)
    assert elsewhere.visit("/account").find("html")["lang"] == "nl"


def test_another_name_leaves_the_language_that_this_browser_reads_in(
    client: FlaskClient, submit: Submit, learner: Visitor
) -> None:
    client.set_cookie("language", "nl")
    assert submit("/account", name="Noor van Dijk").find("html")["lang"] == "nl"


def test_a_language_that_the_course_lacks_is_refused(client: FlaskClient, visit: Visit, learner: Visitor) -> None:
    page = visit("/account")
    token = page.form(having=["name"]).find("input[name=csrf_token]")["value"]
    answer = client.post("/account", data={"csrf_token": token, "name": "Noor", "language": "xx"})
    assert answer.status_code == 422


def test_a_new_password_keeps_this_browser_and_signs_out_all_others(
    app: Flask, submit: Submit, visit: Visit, learner: Visitor, rows: Session
) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.sign_in(learner)
    page = submit("/account", current=PASSWORD, password=NEW)
    assert "Your password has been changed" in page.text_of(".flashes")
    assert visit("/account").path == "/account"
    assert elsewhere.visit("/account").path == "/sign-in"
    assert elsewhere.submit("/sign-in", email=learner.email, password=NEW).path == "/my-course"
    assert rows.scalars(select(Outbox.letter)).all() == ["password_changed"]


def test_the_current_password_is_asked_for(submit: Submit, learner: Visitor) -> None:
    page = submit("/account", status=422, current="not this one", password=NEW)
    assert "not your current password" in page.text_of("#current-error")
    assert "Fill in your current" in submit("/account", status=422, current="", password=NEW).text_of("#current-error")


def test_who_sits_at_somebodys_screen_cannot_guess_on_and_on(submit: Submit, learner: Visitor) -> None:
    for _ in range(10):
        submit("/account", status=422, current="not this one", password=NEW)
    assert "Wait 15 minutes" in submit("/account", status=429, current=PASSWORD, password=NEW).text


def test_a_weak_new_password_is_told(submit: Submit, learner: Visitor) -> None:
    assert "at least 10" in submit("/account", status=422, current=PASSWORD, password="short").text_of(
        "#password-error"
    )
    page = submit("/account", status=422, current=PASSWORD, password="noor@example.org")
    assert "easy to guess" in page.text_of("#password-error")


def test_who_is_in_several_cohorts_can_choose(visit: Visit, learner: Visitor, session: Session) -> None:
    assert not visit("/account").has("main a[href=/my-course/cohorts]")
    user = session.get_one(User, learner.user_id)
    make_enrolment(session, user=user, cohort=make_cohort(session, name="Quay"))
    session.commit()
    page = visit("/account")
    assert page.has("main a[href=/my-course/cohorts]")
    assert "Quay" in page.text_of("main")


def test_every_page_of_the_account_asks_to_sign_in(client: FlaskClient, sign_in: Callable[..., object]) -> None:
    for path in ("/account", "/account/password"):
        assert client.post(path).location.startswith("/sign-in"), path
