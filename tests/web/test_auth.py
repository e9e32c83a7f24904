"""Signing in and out, and a new password for who forgot theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.records import links, throttle
from app.records.accounts import Visitor
from app.records.models import OneTimeLink, Outbox, Throttle, User
from tests.makers import PASSWORD, make_enrolment, make_user
from tests.web.conftest import Browser, Submit, Visit
from tests.web.html import fields_of, parse

DENIED = "This address and this password do not match"


def cookie_of(client: FlaskClient, name: str = "session") -> str:
    cookie = client.get_cookie(name)
    return cookie.value if cookie else ""


# ---- signing in ------------------------------------------------------------------------------


def test_the_right_password_leads_to_my_course(submit: Submit, noor: Visitor) -> None:
    page = submit("/sign-in", email="noor@example.org", password=PASSWORD)
    assert page.path == "/my-course"


def test_an_address_may_be_typed_with_capitals_and_space_around_it(submit: Submit, noor: Visitor) -> None:
    assert submit("/sign-in", email=" Noor@Example.ORG ", password=PASSWORD).path == "/my-course"


def test_signing_in_leads_on_to_where_one_was_going(visit: Visit, reader: Browser, noor: Visitor) -> None:
    page = visit("/modules/01-map/signs?from=mail")
    assert page.path == "/sign-in"
    page = reader.send(page, email="noor@example.org", password=PASSWORD)
    assert page.response is not None
    assert page.response.request.full_path == "/modules/01-map/signs?from=mail"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example/",
        "/%09/elsewhere.example/",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "/sign-out",
        "/nothing/here",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site_or_to_nothing(
    client: FlaskClient, reader: Browser, noor: Visitor, elsewhere: str
) -> None:
    page = reader.visit("/sign-in")
    fields = fields_of(page.form(having=["email"])) | {"email": ["noor@example.org"], "password": [PASSWORD]}
    response = client.post("/sign-in", query_string={"next": elsewhere}, data=fields)
    assert response.status_code == 303
    assert response.location == "/my-course"


def test_who_is_signed_in_already_is_sent_on(visit: Visit, learner: Visitor) -> None:
    assert visit("/sign-in").path == "/my-course"
    assert visit("/sign-in?next=/account").path == "/account"


def test_a_wrong_password_is_told_and_the_address_stays(submit: Submit, noor: Visitor) -> None:
    page = submit("/sign-in", status=422, email="noor@example.org", password="not this one")
    assert DENIED in page.text_of(".error-summary")
    assert page.find("#email").get("value") == "noor@example.org"
    assert not page.find("#password").get("value")


def test_empty_fields_are_told_beside_the_field_and_above(submit: Submit) -> None:
    page = submit("/sign-in", status=422, email="noor", password="")
    assert "with an @ in it" in page.text_of("#email-error")
    assert "Fill in your password" in page.text_of("#password-error")
    assert [link["href"] for link in page.find_all(".error-summary a")] == ["#email", "#password"]


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(submit: Submit, noor: Visitor) -> None:
    known = submit("/sign-in", status=422, email="noor@example.org", password="not this one")
    unknown = submit("/sign-in", status=422, email="nobody@example.org", password="not this one")
    assert known.text_of("main") == unknown.text_of("main")


def test_an_account_without_a_password_is_like_an_unknown_one(submit: Submit, session: Session) -> None:
    make_user(session, email="new@example.org", with_password=False)
    session.commit()
    page = submit("/sign-in", status=422, email="new@example.org", password=PASSWORD)
    assert DENIED in page.text_of(".error-summary")


def test_a_closed_account_is_like_an_unknown_one(submit: Submit, session: Session) -> None:
    make_user(session, email="gone@example.org", deactivated_at=datetime(2026, 1, 1, tzinfo=UTC))
    session.commit()
    assert DENIED in submit("/sign-in", status=422, email="gone@example.org", password=PASSWORD).text


def test_a_password_is_checked_for_an_unknown_address_too(
    app: Flask, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []
    passwords = app.extensions["opstap"].passwords
    right = passwords.verify

    def watched(password_hash: str | None, password: str) -> bool:
        checked.append(password_hash)
        return bool(right(password_hash, password))

    monkeypatch.setattr(passwords, "verify", watched)
    submit("/sign-in", status=422, email="nobody@example.org", password="whatever it is")
    assert checked == [None]


# ---- the session -----------------------------------------------------------------------------


def test_the_session_before_signing_in_ends_then(client: FlaskClient, reader: Browser, noor: Visitor) -> None:
    page = reader.visit("/sign-in")
    before = page.form(having=["email"]).find("input[name=csrf_token]")["value"]
    with client.session_transaction() as session_before:
        session_before["planted"] = "by somebody else"
        token_before = session_before["csrf_token"]
    reader.send(page, email="noor@example.org", password=PASSWORD)
    with client.session_transaction() as session_after:
        assert "planted" not in session_after
        assert session_after.get("csrf_token") != token_before
    assert client.post("/account", data={"csrf_token": before, "name": "X"}).status_code == 400


def test_a_visit_ends_with_the_browser_unless_one_asks_to_stay(
    client: FlaskClient, reader: Browser, noor: Visitor
) -> None:
    reader.sign_in(noor)
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.expires is None

    client.delete_cookie("session")
    reader.sign_in(noor, stay=True)
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.expires is not None
    days = (cookie.expires - datetime.now(UTC)) / timedelta(days=1)
    assert 29.9 < days <= 30


@pytest.mark.parametrize(("stay", "hours"), [(False, 24), (True, 30 * 24)])
def test_a_session_has_an_end_even_when_a_browser_never_forgets(
    client: FlaskClient, reader: Browser, noor: Visitor, *, stay: bool, hours: int
) -> None:
    reader.sign_in(noor, stay=stay)
    with client.session_transaction() as here:
        left = datetime.fromtimestamp(here["until"], UTC) - datetime.now(UTC)
        assert timedelta(hours=hours - 1) < left <= timedelta(hours=hours)
        here["until"] = int(datetime.now(UTC).timestamp()) - 1
    assert reader.visit("/account").path == "/sign-in"


def test_a_new_stamp_signs_out_everywhere(session: Session, visit: Visit, learner: Visitor) -> None:
    session.execute(update(User).where(User.id == learner.user_id).values(session_stamp="another"))
    session.commit()
    assert visit("/account").path == "/sign-in"


def test_signing_out_ends_the_session_and_clears_the_browser(
    client: FlaskClient, reader: Browser, learner: Visitor
) -> None:
    kept = cookie_of(client)
    fields = fields_of(reader.visit("/my-course").find("form[action=/sign-out]"))
    response = client.post("/sign-out", data=fields)
    assert response.status_code == 303
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert "You are signed out" in reader.visit("/").text
    assert reader.visit("/account").path == "/sign-in"
    assert cookie_of(client) != kept


def test_a_copy_of_the_cookie_opens_nothing_after_signing_out(
    client: FlaskClient, reader: Browser, learner: Visitor
) -> None:
    copy = cookie_of(client)
    client.post("/sign-out", data=fields_of(reader.visit("/my-course").find("form[action=/sign-out]")))
    client.set_cookie("session", copy)
    assert reader.visit("/account").path == "/sign-in"
    reader.sign_in(learner)
    assert reader.visit("/account").path == "/account"


def test_signing_out_takes_a_form(client: FlaskClient, learner: Visitor) -> None:
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert client.get("/account").status_code == 200


# ---- limits ----------------------------------------------------------------------------------


def test_ten_failures_block_an_account_from_that_address_only(app: Flask, reader: Browser, noor: Visitor) -> None:
    for _ in range(10):
        reader.submit("/sign-in", status=422, email="noor@example.org", password="not this one")
    page = reader.submit("/sign-in", status=429, email="noor@example.org", password=PASSWORD)
    assert "Wait 15 minutes" in page.text_of(".error-summary")
    assert page.response is not None
    assert page.response.headers["Retry-After"] == "900"

    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert Browser(elsewhere).submit("/sign-in", email="noor@example.org", password=PASSWORD).path == "/my-course"


def test_an_unknown_address_is_blocked_just_the_same(reader: Browser) -> None:
    for _ in range(10):
        reader.submit("/sign-in", status=422, email="nobody@example.org", password="not this one")
    reader.submit("/sign-in", status=429, email="nobody@example.org", password="not this one")


def test_other_people_at_a_blocked_persons_address_come_in(reader: Browser, noor: Visitor, session: Session) -> None:
    make_enrolment(session, user=make_user(session, email="sam@example.org"))
    session.commit()
    for _ in range(10):
        reader.submit("/sign-in", status=422, email="noor@example.org", password="not this one")
    assert reader.submit("/sign-in", email="sam@example.org", password=PASSWORD).path == "/my-course"


def test_coming_in_forgets_ones_failures(client: FlaskClient, reader: Browser, noor: Visitor) -> None:
    for _ in range(2):
        for _ in range(9):
            reader.submit("/sign-in", status=422, email="noor@example.org", password="not this one")
        reader.submit("/sign-in", email="noor@example.org", password=PASSWORD)
        client.delete_cookie("session")


def test_three_hundred_failures_block_an_address(app: Flask, reader: Browser, session: Session) -> None:
    key = app.extensions["opstap"].key
    now = datetime.now(UTC)
    for number in range(300):
        throttle.note_failure(session, throttle.sign_in_buckets(key, f"p{number}@example.org", "127.0.0.1"), now)
    session.commit()
    reader.submit("/sign-in", status=429, email="somebody@example.org", password="not this one")


def test_failures_count_for_a_quarter_of_an_hour(app: Flask, reader: Browser, session: Session, noor: Visitor) -> None:
    key = app.extensions["opstap"].key
    buckets = throttle.sign_in_buckets(key, "noor@example.org", "127.0.0.1")
    for _ in range(10):
        throttle.note_failure(session, buckets, datetime.now(UTC) - timedelta(minutes=16))
    session.commit()
    assert reader.submit("/sign-in", email="noor@example.org", password=PASSWORD).path == "/my-course"


def test_a_forwarded_address_is_believed_only_from_a_configured_proxy(
    app: Flask, app_with: Callable[..., Flask]
) -> None:
    def fail(client: FlaskClient, said: str, status: int = 422) -> None:
        client.environ_base["HTTP_X_FORWARDED_FOR"] = said
        Browser(client).submit("/sign-in", status=status, email="noor@example.org", password="not this one")

    client = app.test_client()
    for number in range(10):
        fail(client, f"192.0.2.{number}")
    fail(client, "192.0.2.99", 429)

    behind = app_with(proxies=1).test_client()
    behind.environ_base["REMOTE_ADDR"] = "10.0.0.1"
    for _ in range(10):
        fail(behind, "203.0.113.5, 192.0.2.1")
    fail(behind, "198.51.100.1, 192.0.2.1", 429)
    fail(behind, "203.0.113.5, 192.0.2.2")


def test_the_table_of_limits_holds_no_address(reader: Browser, rows: Session) -> None:
    reader.submit("/sign-in", status=422, email="noor@example.org", password="not this one")
    for bucket in rows.scalars(select(Throttle.bucket)):
        assert len(bucket) == 64
        assert int(bucket, 16)


# ---- a forgotten password --------------------------------------------------------------------


def test_a_link_is_sent_to_an_address_that_has_an_account(submit: Submit, rows: Session, noor: Visitor) -> None:
    page = submit("/forgotten", email="Noor@example.org")
    assert page.path == "/mail-sent"
    assert "noor@example.org" in page.text_of(".lead")
    assert "lasts two hours" in page.text_of("main ol")
    assert links.LIFETIMES["reset"] == timedelta(hours=2)
    letter = rows.scalars(select(Outbox)).one()
    assert (letter.letter, letter.user_id) == ("reset", noor.user_id)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(submit: Submit, rows: Session, noor: Visitor) -> None:
    known = submit("/forgotten", email="noor@example.org")
    unknown = submit("/forgotten", email="sams@example.org")
    assert known.text.replace("noor@", "sams@") == unknown.text
    assert rows.scalar(select(func.count()).select_from(Outbox)) == 1


def test_asking_twice_sends_one_mail(submit: Submit, rows: Session, noor: Visitor) -> None:
    submit("/forgotten", email="noor@example.org")
    submit("/forgotten", email="noor@example.org")
    assert rows.scalar(select(func.count()).select_from(OneTimeLink)) == 1


def test_nobody_can_fill_somebodys_mailbox(submit: Submit, noor: Visitor) -> None:
    for _ in range(throttle.LETTERS):
        submit("/forgotten", email="noor@example.org")
    assert "Wait 15 minutes" in submit("/forgotten", status=429, email="noor@example.org").text


def test_what_is_no_address_is_told_at_the_field(submit: Submit) -> None:
    assert "with an @ in it" in submit("/forgotten", status=422, email="noor").text_of("#email-error")


def test_the_page_about_a_mail_is_for_who_asked_for_one(visit: Visit) -> None:
    assert visit("/mail-sent").path == "/"


def test_the_pages_of_coming_in_speak_dutch_too(client: FlaskClient, visit: Visit) -> None:
    client.set_cookie("language", "nl")
    for address, words in (("/sign-in", "Inloggen"), ("/forgotten", "Wachtwoord vergeten"), ("/join", "code")):
        page = visit(address)
        assert words in page.text_of("h1")
        assert page.find("html")["lang"] == "nl"


def test_a_page_read_as_text_holds_no_password(client: FlaskClient, reader: Browser, noor: Visitor) -> None:
    page = reader.visit("/sign-in")
    fields = fields_of(page.form(having=["email"])) | {"email": ["x"], "password": ["an unseen password"]}
    response = client.post("/sign-in", data=fields)
    assert "an unseen password" not in response.get_data(as_text=True)
    assert parse(response.get_data(as_text=True)).has("#email-error")
