"""Who may enter, and what becomes of a form whose session is over or whose person is another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.records.accounts import Visitor
from app.records.models import Draft, Enrolment, KeptForm, Reflection, StepCompletion, User
from app.web.access import is_public
from app.web.extensions import engine_of
from tests.makers import PASSWORD, make_cohort, make_enrolment, make_user, make_visitor
from tests.web.conftest import Browser, Page, Visit
from tests.web.html import fields_of

STEP = "/modules/01-map/your-walk"
TEXT = "What I see on my way to work, and nobody else may read."

OPEN = {
    "static", "look.theme", "auth.start", "auth.sign_in", "auth.sign_out", "auth.forgotten", "auth.mail_sent",
    "auth.join_by_code", "auth.join", "auth.link", "info.support", "info.page",
    "auth.sign_in_code", "auth.sign_in_recovery_code", "auth.new_link",
}  # fmt: skip
"""Every view that is open to everybody. Think twice before this list grows."""


def example_of(app: Flask, rule: Rule) -> str:
    """Return an address of a rule."""
    values = {"module_slug": "01-map", "step_slug": "your-walk", "name": "steps.svg", "attempt_id": 1}
    values |= {"enrolment_id": 1, "reflection_id": 1}
    values |= {"cohort_id": 1, "code_id": 1, "kind": "csv", "import_id": 1, "user_id": 1}
    adapter = app.url_map.bind("localhost")
    return adapter.build(
        rule.endpoint, {name: values.get(name, "x") for name in rule.arguments}, method=method_of(rule)
    )


def method_of(rule: Rule) -> str:
    assert rule.methods
    return "GET" if "GET" in rule.methods else "POST"


def locked_rules(app: Flask) -> Iterator[Rule]:
    yield from (rule for rule in app.url_map.iter_rules() if not is_public(app, rule.endpoint))


# ---- the doors -------------------------------------------------------------------------------


def test_every_door_is_locked_unless_marked_public(app: Flask, client: FlaskClient) -> None:
    locked = list(locked_rules(app))
    assert len(locked) > 8
    for rule in locked:
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            response = client.open(example_of(app, rule), method=method)
            if rule.methods and method in rule.methods:
                assert response.status_code == 303, (rule, method)
                assert response.location.startswith("/sign-in?next=/"), (rule, method)
            else:
                assert response.status_code in (303, 405), (rule, method)


def test_only_the_ways_in_are_open(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules() if is_public(app, rule.endpoint)} == OPEN


def test_every_form_that_comes_in_needs_its_token(app: Flask, client: FlaskClient, learner: Visitor) -> None:
    for rule in app.url_map.iter_rules():
        if rule.methods and "POST" in rule.methods:
            address = example_of(app, rule)
            assert client.post(address, data={"name": "x", "level": "private"}).status_code == 400, rule
            assert client.post(address, data={"csrf_token": "forged"}).status_code == 400, rule


def test_what_is_not_there_is_not_found_signed_in_or_not(client: FlaskClient, visit: Visit, noor: Visitor) -> None:
    visit("/nothing", status=404)
    Browser(client).sign_in(noor)
    for address in (
        "/nothing",
        "/modules/01-map/nothing",
        "/modules/nothing/your-walk",
        "/modules/nothing",
        "/attempts/1",
    ):
        visit(address, status=404)


def test_one_look_tells_who_is_here(app: Flask, client: FlaskClient, learner: Visitor) -> None:
    said: list[str] = []
    event.listen(engine_of(app), "before_cursor_execute", lambda *args: said.append(args[2]))
    client.get("/")
    assert len(said) == 1
    assert "session_stamp" in said[0]


def test_a_static_file_asks_nobody_who_is_here(app: Flask, client: FlaskClient, learner: Visitor) -> None:
    said: list[str] = []
    event.listen(engine_of(app), "before_cursor_execute", lambda *args: said.append(args[2]))
    address = str(app.jinja_env.globals["asset"]("css/base.css"))  # type: ignore[operator]  # jinja has no types
    response = client.get(address)
    assert response.status_code == 200
    assert not said
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "Set-Cookie" not in response.headers


def test_somebody_without_a_cohort_is_sent_to_where_a_code_is_given(
    visit: Visit, reader: Browser, session: Session
) -> None:
    make_user(session, email="lee@example.org")
    session.commit()
    reader.submit("/sign-in", email="lee@example.org", password=PASSWORD)
    page = visit(STEP)
    assert page.path == "/join"
    assert "not in a cohort" in page.text_of(".flashes")


def test_an_enrolment_that_ended_no_longer_opens_the_course(visit: Visit, learner: Visitor, session: Session) -> None:
    session.get_one(Enrolment, learner.enrolment_id).standing = "ended"
    session.commit()
    assert visit(STEP).path == "/join"


def test_a_closed_account_is_signed_out(visit: Visit, learner: Visitor, session: Session) -> None:
    user = session.get_one(User, learner.user_id)
    user.deactivated_at = user.created_at
    session.commit()
    assert visit("/account").path == "/sign-in"


# ---- the enrolment that a form names ---------------------------------------------------------


def sent_from(page: Page, **typed: str) -> dict[str, Any]:
    """Return what a browser would send of the reflection's form."""
    return fields_of(page.form(having=["text"])) | typed


def rows_of(rows: Session, table: type[Any]) -> int:
    return rows.scalar(select(func.count()).select_from(table)) or 0


def test_a_form_writes_to_the_enrolment_that_it_names(
    client: FlaskClient, visit: Visit, learner: Visitor, session: Session, rows: Session
) -> None:
    page = visit(STEP)
    user = session.get_one(User, learner.user_id)
    make_enrolment(session, user=user, cohort=make_cohort(session, name="Quay"))
    session.commit()
    with client.session_transaction() as here:
        here.pop("enrolment", None)  # so that the pages show the newest one
    assert client.post(STEP, data=sent_from(page, text=TEXT)).status_code == 303
    assert rows.scalars(select(Reflection.enrolment_id)).all() == [learner.enrolment_id]


def test_a_form_that_names_no_enrolment_is_refused(
    client: FlaskClient, visit: Visit, learner: Visitor, rows: Session
) -> None:
    fields = sent_from(visit(STEP), text=TEXT)
    del fields["enrolment"]
    assert client.post(STEP, data=fields).status_code == 400
    assert not rows_of(rows, Reflection)


@pytest.mark.parametrize("forged", ["1", "[1,1]", "WzEsMV0.forged", "x" * 5000, "\u202e"])
def test_a_form_that_names_a_forged_enrolment_is_refused(
    client: FlaskClient, visit: Visit, learner: Visitor, rows: Session, forged: str
) -> None:
    assert client.post(STEP, data=sent_from(visit(STEP), text=TEXT, enrolment=forged)).status_code == 400
    assert not rows_of(rows, Reflection)


def test_a_form_signed_for_no_enrolment_writes_to_none(
    app: Flask, client: FlaskClient, visit: Visit, learner: Visitor, rows: Session
) -> None:
    signed = URLSafeSerializer(app.secret_key or "", salt="enrolment").dumps([learner.user_id, None])
    assert client.post(STEP, data=sent_from(visit(STEP), text=TEXT, enrolment=str(signed))).status_code == 404
    assert not rows_of(rows, Reflection)


def test_a_form_for_an_enrolment_that_ended_finds_nothing(
    client: FlaskClient, visit: Visit, learner: Visitor, session: Session, rows: Session
) -> None:
    page = visit(STEP)
    session.get_one(Enrolment, learner.enrolment_id).standing = "ended"
    session.commit()
    assert client.post(STEP, data=sent_from(page, text=TEXT)).status_code == 404
    assert not rows_of(rows, Reflection)


# ---- nothing typed is lost -------------------------------------------------------------------


def test_what_is_sent_after_the_session_ended_is_there_after_signing_in(
    client: FlaskClient, reader: Browser, learner: Visitor, rows: Session
) -> None:
    page = reader.visit(STEP)
    client.delete_cookie("session")
    page = reader.send(page, text=TEXT)
    assert page.path == "/sign-in"
    assert "kept for 24 hours" in page.text_of(".flashes")
    assert TEXT not in page.text
    page = reader.send(page, email=learner.email, password=PASSWORD)
    assert page.path == STEP
    assert page.text_of("textarea") == TEXT
    assert rows_of(rows, Draft) == 1
    assert not rows_of(rows, KeptForm)
    assert not rows_of(rows, Reflection)


def test_it_is_kept_when_the_person_was_signed_out_by_a_new_password_elsewhere(
    reader: Browser, learner: Visitor, session: Session
) -> None:
    page = reader.visit(STEP)
    session.get_one(User, learner.user_id).session_stamp = "another"
    session.commit()
    page = reader.send(page, text=TEXT)
    assert reader.send(page, email=learner.email, password=PASSWORD).text_of("textarea") == TEXT


def test_anybody_else_who_signs_in_there_never_sees_it(
    client: FlaskClient, reader: Browser, learner: Visitor, session: Session
) -> None:
    other = make_visitor(session, enrolment=make_enrolment(session, user=make_user(session, email="sam@example.org")))
    session.commit()
    page = reader.visit(STEP)
    client.delete_cookie("session")
    reader.send(page, text=TEXT)
    reader.sign_in(other)
    page = reader.visit(STEP)
    assert TEXT not in page.text
    assert not page.text_of("textarea")
    client.delete_cookie("session")
    reader.sign_in(learner)
    assert reader.visit(STEP).text_of("textarea") == TEXT


def test_a_form_of_another_person_is_kept_for_them_and_shown_to_nobody_else(
    client: FlaskClient, reader: Browser, learner: Visitor, session: Session, rows: Session
) -> None:
    other = make_visitor(
        session, enrolment=make_enrolment(session, user=make_user(session, name="Sam Bordes", email="sam@example.org"))
    )
    session.commit()
    page_of_noor = reader.visit(STEP)
    client.delete_cookie("session")
    reader.sign_in(other)
    page = reader.send(page_of_noor, status=409, text=TEXT)
    assert "Somebody else is signed in here" in page.text_of("h1")
    assert "Sam Bordes" in page.text_of("main")
    assert TEXT not in page.text
    assert learner.name not in page.text
    assert not rows_of(rows, Reflection)
    assert reader.visit(STEP).text_of("textarea") == ""

    client.delete_cookie("session")
    reader.sign_in(learner)
    assert reader.visit(STEP).text_of("textarea") == TEXT


def test_ones_own_form_from_before_signing_in_again_comes_back_to_be_sent_once_more(
    client: FlaskClient, reader: Browser, learner: Visitor, rows: Session
) -> None:
    page = reader.visit(STEP)
    client.delete_cookie("session")
    reader.sign_in(learner)
    page = reader.send(page, text=TEXT)
    assert page.path == STEP
    assert "Press the button once more" in page.text_of(".flashes")
    assert page.text_of("textarea") == TEXT
    assert not rows_of(rows, Reflection)
    reader.send(page, text=TEXT)
    assert rows_of(rows, Reflection) == 1


def test_a_button_from_before_signing_in_again_has_to_be_pressed_again(
    client: FlaskClient, reader: Browser, learner: Visitor, rows: Session
) -> None:
    page = reader.visit("/modules/01-map/signs")
    client.delete_cookie("session")
    reader.sign_in(learner)
    page = reader.send(page, action="/modules/01-map/signs")
    assert page.path == "/modules/01-map/signs"
    assert not rows_of(rows, StepCompletion)
    reader.send(page, action="/modules/01-map/signs")
    assert rows_of(rows, StepCompletion) == 1


def test_a_draft_that_a_script_saves_too_late_is_kept_and_says_nothing_twice(
    client: FlaskClient, reader: Browser, learner: Visitor
) -> None:
    page = reader.visit(STEP)
    client.delete_cookie("session")
    for text in ("What I see", "What I see on my way", TEXT):
        answer = client.post(STEP + "/draft", data=sent_from(page, text=text), headers={"Sec-Fetch-Dest": "empty"})
        assert answer.status_code == 303
    page = reader.visit("/sign-in")
    assert not page.has(".flashes")
    reader.send(page, email=learner.email, password=PASSWORD)
    assert reader.visit(STEP).text_of("textarea") == TEXT


def test_the_way_back_from_an_address_that_only_takes_forms_is_its_page(
    client: FlaskClient, reader: Browser, learner: Visitor
) -> None:
    page = reader.visit(STEP)
    client.delete_cookie("session")
    answer = client.post(STEP + "/draft", data=sent_from(page, text=TEXT))
    assert answer.location == "/sign-in?next=/modules/01-map/your-walk"


def test_a_late_answer_does_not_bring_back_a_session_that_ended(
    client: FlaskClient, reader: Browser, noor: Visitor
) -> None:
    reader.sign_in(noor, stay=True)
    reader.visit("/my-course")
    assert "Set-Cookie" not in client.get("/account").headers


# ---- what cannot be read ---------------------------------------------------------------------


def test_a_nul_is_refused_wherever_it_stands(client: FlaskClient, visit: Visit, learner: Visitor) -> None:
    token = visit("/account").form(having=["name"]).find("input[name=csrf_token]")["value"]
    for data in ({"name": "No\0or", "language": "en"}, {"name": "Noor", "language": "en", "x\0": "y"}):
        assert client.post("/account", data=data | {"csrf_token": token}).status_code == 400
    for address in ("/join/a%00b", "/link/a%00b", "/?x=%00", "/modules/01-map/a%00b", "/nothing%00"):
        assert client.get(address).status_code in (400, 404), address


STRANGE = [
    (b"name=\xff\xfe&email=\xc3\x28&password=\xed\xa0\x80&code=\xff&text=\xff", "application/x-www-form-urlencoded"),
    (b'[1, 2, {"name": null}]', "application/json"),
    (b"{", "application/json"),
    (b"\x00\x01\x02", "application/octet-stream"),
    (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb", "multipart/form-data; boundary=x"),
    (b"", "multipart/form-data"),
    (b"<name>x</name>", "text/xml; charset=nothing"),
    (b"", ""),
    (b"&".join(b"name=a" for _ in range(2000)), "application/x-www-form-urlencoded"),
]


@pytest.mark.parametrize("path", ["/sign-in", "/forgotten", "/join", "/account", "/account/password", "/theme", STEP])
def test_no_form_is_so_strange_that_the_site_breaks(
    client: FlaskClient, visit: Visit, learner: Visitor, path: str
) -> None:
    token = visit("/account").form(having=["name"]).find("input[name=csrf_token]")["value"]
    for body, kind in STRANGE:
        for headers in ({}, {"X-CSRFToken": token}):
            response = client.post(path, data=body, content_type=kind, headers=headers)
            assert response.status_code in (303, 400, 413, 422), (body[:40], kind, response.status)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sign-in", ("email", "password")),
        ("/forgotten", ("email",)),
        ("/join", ("code",)),
        ("/account", ("name", "language")),
        ("/account/password", ("current", "password")),
    ],
)
def test_fields_that_are_missing_repeated_or_huge_get_a_clear_answer(
    client: FlaskClient, visit: Visit, learner: Visitor, path: str, fields: tuple[str, ...]
) -> None:
    token = visit("/account").form(having=["name"]).find("input[name=csrf_token]")["value"]
    assert client.post(path, data={"csrf_token": token}).status_code in (303, 422)  # as it was, or told
    for value in ("x" * 200_000, "é" * 30_000, "\u202e\ufeff\u0000"[:2], "𝒳" * 20, "'; DROP TABLE user; --"):
        answer = client.post(path, data={"csrf_token": token} | {field: [value, "second"] for field in fields})
        assert answer.status_code in (400, 422), value[:10]


def test_a_form_that_is_too_large_is_told_so(client: FlaskClient, visit: Visit, learner: Visitor) -> None:
    page = visit(STEP)
    answer = client.post(STEP, data=sent_from(page, text="x" * 1_100_000))
    assert answer.status_code == 413
    many = {f"field{number}": "x" for number in range(600)}
    assert client.post(STEP, data=many, content_type="multipart/form-data").status_code == 413


def test_a_wish_for_an_own_host_changes_no_address(client: FlaskClient) -> None:
    answer = client.get("/account", headers={"Host": "elsewhere.example"})
    assert answer.location == "/sign-in?next=/account"
    page = client.get("/", headers={"Host": "elsewhere.example", "X-Forwarded-Host": "elsewhere.example"})
    assert "elsewhere.example" not in page.get_data(as_text=True)


def test_cookies_are_secure_and_bound_to_the_host_where_the_address_is_https(app_with: Callable[..., Flask]) -> None:
    client = app_with(base_url="https://opstap.example.org").test_client()
    cookie = client.get("/sign-in", base_url="https://opstap.example.org").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert f"; {part}" in cookie
    assert "Domain" not in cookie


def test_cookies_are_for_this_site_alone_where_the_address_is_not(client: FlaskClient) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie


def test_signing_in_works_where_a_browser_sends_no_referrer(app_with: Callable[..., Flask], noor: Visitor) -> None:
    client = app_with(base_url="https://opstap.example.org").test_client()
    base = "https://opstap.example.org"
    page = client.get("/sign-in", base_url=base).get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, "email": noor.email, "password": PASSWORD}
    assert client.post("/sign-in", data=fields, base_url=base).status_code == 303
