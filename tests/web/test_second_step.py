"""Two-step sign-in on the pages: every way in asks for the code, and an admin may have to turn it on."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from app.records import links, second_step, throttle
from app.records.accounts import Visitor
from app.records.models import AuditEntry, Draft, OneTimeLink, Outbox, SecondStep, StepCompletion, User
from app.records.second_step import TurnedOn
from app.web.extensions import engine_of, house_of
from tests.makers import (
    PASSWORD,
    app_code,
    make_enrolment,
    make_join_code,
    make_user,
    make_visitor,
    turn_on_second_step,
)
from tests.web.conftest import Browser, Page, Visit
from tests.web.html import fields_of
from tests.web.test_access import example_of, locked_rules

ROOT = Path(__file__).parents[2]
NEW = "seven quiet harbours"
CODE = "/sign-in/code"
WRONG = "This code does not work, or not any more"
STEP = "/modules/01-map/your-walk"
TEXT = "What I see on my way to work, and nobody else may read."


@pytest.fixture
def key(app: Flask) -> bytes:
    return house_of(app).key


@pytest.fixture
def turned_on(session: Session, noor: Visitor, key: bytes) -> TurnedOn:
    """Noor has an app, since an hour ago."""
    done = turn_on_second_step(session, noor.user_id, key=key, now=datetime.now(UTC) - timedelta(hours=1))
    session.commit()
    return done


@pytest.fixture
def code(rows: Session, noor: Visitor, key: bytes) -> Callable[[], str]:
    """Look at Noor's app."""
    return lambda: app_code(rows, noor.user_id, key=key, now=datetime.now(UTC))


def recovery_codes(noor: Visitor, turned_on: TurnedOn, key: bytes) -> tuple[str, ...]:
    return second_step.codes_of(noor.user_id, turned_on.codes_seed, key=key)


def is_signed_in(reader: Browser) -> bool:
    return reader.visit("/account").path == "/account"


# ---- signing in ------------------------------------------------------------------------------


def test_after_the_password_a_code_is_asked_for(
    reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str]
) -> None:
    page = reader.sign_in(noor)
    assert page.path == CODE
    field = page.find("#code")
    assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")
    assert reader.send(page, code=code()).path == "/my-course"


def test_who_did_not_turn_it_on_is_asked_for_nothing_more(reader: Browser, noor: Visitor) -> None:
    assert reader.sign_in(noor).path == "/my-course"


def test_the_password_alone_opens_nothing(
    app: Flask, client: FlaskClient, reader: Browser, noor: Visitor, turned_on: TurnedOn
) -> None:
    reader.sign_in(noor)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("learner.my_course", "auth.account", "auth.second_step", "auth.second_step_off"):
            assert client.get(rule.rule).location.startswith("/sign-in?next="), rule
    with client.session_transaction() as here:
        assert set(here) <= {"halfway", "csrf_token"}
    page = reader.visit("/")
    assert noor.name not in page.text
    assert page.has("a[href=/sign-in]")


def test_a_code_may_be_typed_with_a_space_and_a_wrong_one_is_told(
    reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str]
) -> None:
    page = reader.sign_in(noor)
    page = reader.send(page, status=422, code="000 000")
    assert WRONG in page.text_of("#code-error")
    page = reader.send(page, status=422, code="")
    assert "Fill in the code" in page.text_of("#code-error")
    right = code()
    assert reader.send(page, code=f" {right[:3]} {right[3:]} ").path == "/my-course"


def test_whatever_is_wrong_with_a_code_the_words_are_the_same(
    client: FlaskClient, reader: Browser, noor: Visitor, turned_on: TurnedOn, key: bytes, code: Callable[[], str]
) -> None:
    right, recovery = code(), recovery_codes(noor, turned_on, key)[0]
    reader.send(reader.sign_in(noor), code=right)
    client.delete_cookie("session")
    reader.send(reader.sign_in(noor), code=recovery)
    client.delete_cookie("session")
    page = reader.sign_in(noor)
    said = set()
    for wrong in (right, "000000", recovery, "ABCDE-FGHJK", "nothing like it"):
        page = reader.send(page, status=422, code=wrong)
        assert page.find("#code").get("value") in (wrong, None, "")
        said.add(page.text_of(".error-summary"))
    assert len(said) == 1


def test_a_code_comes_in_once(
    app: Flask, reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str]
) -> None:
    elsewhere = Browser(app.test_client())
    pages = [reader.sign_in(noor), elsewhere.sign_in(noor)]
    right = code()
    assert reader.send(pages[0], code=right).path == "/my-course"
    assert WRONG in elsewhere.send(pages[1], status=422, code=right).text
    assert not is_signed_in(elsewhere)


def test_signing_in_leads_on_to_where_one_was_going_and_stays(
    client: FlaskClient, visit: Visit, reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str]
) -> None:
    page = visit("/modules/01-map/signs?from=mail")
    page = reader.send(page, email=noor.email, password=PASSWORD, stay="y")
    page = reader.send(page, status=422, code="000000")
    page = visit(page.find("main form a.link-btn")["href"])
    assert page.path == "/sign-in/recovery-code"
    page = visit(page.find("main form a.link-btn")["href"])
    page = reader.send(page, code=code())
    assert page.response is not None
    assert page.response.request.full_path == "/modules/01-map/signs?from=mail"
    with client.session_transaction() as here:
        assert here.permanent
        assert "halfway" not in here
        assert here["until"] > datetime.now(UTC).timestamp() + 29 * 24 * 3600


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "/sign-out"])
def test_the_code_never_leads_to_another_site(
    client: FlaskClient, reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str], elsewhere: str
) -> None:
    fields = fields_of(reader.sign_in(noor).form(having=["code"])) | {"code": [code()]}
    response = client.post(CODE, query_string={"next": elsewhere}, data=fields)
    assert (response.status_code, response.location) == (303, "/my-course")


def test_a_recovery_code_comes_in_once_and_the_page_tells_how_many_are_left(
    client: FlaskClient, reader: Browser, noor: Visitor, turned_on: TurnedOn, key: bytes
) -> None:
    codes = recovery_codes(noor, turned_on, key)
    reader.sign_in(noor)
    page = reader.submit("/sign-in/recovery-code", code=codes[0].lower())
    assert page.path == "/my-course"
    assert "9 recovery codes left" in page.text_of(".flashes")
    client.delete_cookie("session")
    reader.sign_in(noor)
    assert WRONG in reader.submit("/sign-in/recovery-code", status=422, code=codes[0]).text_of("#code-error")


@pytest.mark.parametrize("address", [CODE, "/sign-in/recovery-code"])
def test_nobody_is_asked_for_a_code_who_did_not_give_a_password(
    client: FlaskClient, visit: Visit, learner: Visitor, address: str
) -> None:
    assert visit(address).path == "/my-course"
    client.delete_cookie("session")
    assert visit(address).path == "/sign-in"


def test_the_code_is_waited_for_ten_minutes(
    reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str]
) -> None:
    began = datetime.now(UTC)
    with time_machine.travel(began, tick=False) as clock:
        page = reader.sign_in(noor)
        clock.move_to(began + timedelta(minutes=10, seconds=1))
        page = reader.send(page, code=code())
        assert page.path == "/sign-in"
        assert "Begin again" in page.text_of(".flashes")
        page = reader.sign_in(noor)
        clock.shift(timedelta(minutes=9))
        assert reader.send(page, code=code()).path == "/my-course"


@pytest.mark.parametrize("what", ["stamp", "closed", "off"])
def test_what_changed_meanwhile_ends_the_way_in(
    reader: Browser, session: Session, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str], what: str
) -> None:
    page, right = reader.sign_in(noor), code()
    if what == "off":
        second_step.turn_off(session, noor.user_id, now=datetime.now(UTC))
    else:
        facts = {"session_stamp": "another"} if what == "stamp" else {"deactivated_at": datetime.now(UTC)}
        session.execute(update(User).where(User.id == noor.user_id).values(facts))
    session.commit()
    assert reader.send(page, code=right).path == "/sign-in"
    assert not is_signed_in(reader)


def test_ten_wrong_codes_block_the_account_from_everywhere_for_a_quarter_of_an_hour(
    app: Flask, reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str], rows: Session
) -> None:
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    other = Browser(elsewhere)
    began = datetime.now(UTC)
    with time_machine.travel(began, tick=False) as clock:
        for number in range(throttle.PER_ACCOUNT):
            # the right password in between gives no new room
            (reader, other)[number % 2].send((reader, other)[number % 2].sign_in(noor), status=422, code="000000")
        for browser in (reader, other):
            page = browser.send(browser.sign_in(noor), status=429, code=code())
            assert "Wait 15 minutes" in page.text_of(".error-summary")
            assert page.response is not None
            assert page.response.headers["Retry-After"] == "900"
        clock.move_to(began + timedelta(minutes=15, seconds=1))
        assert reader.send(reader.sign_in(noor), code=code()).path == "/my-course"


def test_coming_in_forgets_ones_wrong_codes(
    client: FlaskClient, reader: Browser, noor: Visitor, turned_on: TurnedOn, key: bytes
) -> None:
    codes = recovery_codes(noor, turned_on, key)
    for number in range(2):
        page = reader.sign_in(noor)
        for _ in range(throttle.PER_ACCOUNT - 1):
            page = reader.send(page, status=422, code="000000")
        assert reader.send(page, code=codes[number]).path == "/my-course"
        client.delete_cookie("session")


def test_what_was_kept_is_handed_over_after_the_code_only(
    client: FlaskClient, reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str], rows: Session
) -> None:
    reader.send(reader.sign_in(noor), code=code())
    page = reader.visit(STEP)
    client.delete_cookie("session")
    page = reader.send(page, text=TEXT, level="private")
    assert page.path == "/sign-in"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2), tick=False):
        page = reader.send(page, email=noor.email, password=PASSWORD)
        assert page.path == CODE
        assert rows.scalars(select(Draft)).all() == []
        page = reader.send(page, code=code())
    assert page.path == STEP
    assert TEXT in page.text_of("textarea")


# ---- every other way in ----------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["reset", "invitation"])
def test_a_link_that_sets_a_password_does_not_go_around_the_code(
    reader: Browser,
    session: Session,
    noor: Visitor,
    turned_on: TurnedOn,
    key: bytes,
    code: Callable[[], str],
    purpose: links.Purpose,
) -> None:
    link_id = links.make_link(session, purpose=purpose, key=key, now=datetime.now(UTC), user_id=noor.user_id)
    token = links.token_of(session.get_one(OneTimeLink, link_id), key)
    session.commit()
    page = reader.submit(f"/link/{token}", password=NEW)
    assert page.path == CODE
    assert "Your password is set" in page.text_of(".flashes")
    assert not is_signed_in(reader)
    assert reader.visit(f"/link/{token}", status=410).status == 410
    page = reader.visit(CODE)
    assert reader.send(page, code=code()).path == "/my-course"
    assert is_signed_in(reader)


def test_a_link_for_somebody_else_signs_out_who_is_here_before_the_code(
    reader: Browser, session: Session, noor: Visitor, turned_on: TurnedOn, key: bytes
) -> None:
    sam = make_visitor(session, enrolment=make_enrolment(session, user=make_user(session, email="sam@example.org")))
    link_id = links.make_link(session, purpose="reset", key=key, now=datetime.now(UTC), user_id=noor.user_id)
    token = links.token_of(session.get_one(OneTimeLink, link_id), key)
    session.commit()
    reader.sign_in(sam)
    assert reader.submit(f"/link/{token}", password=NEW).path == CODE
    assert not is_signed_in(reader)


def test_a_join_link_asks_who_has_an_account_to_sign_in_with_the_code(
    reader: Browser, session: Session, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str], rows: Session
) -> None:
    make_join_code(session, key="TREE-7K4P-BRDX")
    session.commit()
    page = reader.submit("/join/TREE-7K4P-BRDX", name="Noor", email=noor.email)
    assert page.path == "/mail-sent"
    assert rows.scalars(select(Outbox.letter).order_by(Outbox.id.desc())).first() == "sign_in_instead"
    page = reader.visit("/sign-in?next=/join/TREE-7K4P-BRDX")
    page = reader.send(page, email=noor.email, password=PASSWORD)
    assert page.path == CODE
    page = reader.send(page, code=code())
    assert page.path == "/join/TREE-7K4P-BRDX"


def test_a_session_begins_in_one_place_only() -> None:
    """Whoever calls `enter` lets somebody in without a code: only halfway.py may."""
    calls = [
        file.name for file in (ROOT / "app").rglob("*.py") if re.search(r"(?<!def )\benter\(", file.read_text("utf-8"))
    ]
    assert calls == ["halfway.py"]


# ---- turning it on ---------------------------------------------------------------------------


def begin(reader: Browser) -> Page:
    page = reader.visit("/account")
    page = reader.visit(page.find("main a[href=/account/second-step]")["href"])
    return reader.send(page, current=PASSWORD)


def test_it_is_turned_on_with_the_picture_or_the_text_and_the_first_code(
    app: Flask, reader: Browser, learner: Visitor, code: Callable[[], str], rows: Session
) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.sign_in(learner)
    page = begin(reader)
    assert page.path == "/account/second-step/app"
    spelt = page.text_of(".secret").replace(" ", "")
    assert any(f"secret={spelt}" in link["href"] for link in page.find_all("main a"))
    assert page.find("svg.scan")["role"] == "img"
    assert page.response is not None
    assert page.response.headers["Cache-Control"] == "no-store"
    assert " style=" not in page.response.get_data(as_text=True)
    assert WRONG in reader.send(page, status=422, code="000000").text_of("#code-error")
    page = reader.send(page, code=code())
    assert page.path == "/account/second-step/codes"
    assert is_signed_in(reader)
    assert not is_signed_in(elsewhere)
    assert rows.scalars(select(Outbox.letter)).all() == ["second_step_on"]
    assert "10 recovery codes left" in reader.visit("/account").text


def test_who_does_not_know_the_password_does_not_begin(reader: Browser, learner: Visitor, rows: Session) -> None:
    page = reader.submit("/account/second-step", status=422, current="not this one")
    assert "not your current password" in page.text_of("#current-error")
    assert reader.visit("/account/second-step/app").path == "/account/second-step"
    assert rows.scalar(select(func.count()).select_from(SecondStep)) == 0


def test_looking_at_the_pages_changes_nothing(
    app: Flask, reader: Browser, learner: Visitor, turned_on: TurnedOn, code: Callable[[], str]
) -> None:
    reader.send(reader.sign_in(learner), code=code())
    said: list[str] = []
    event.listen(engine_of(app), "before_cursor_execute", lambda *args: said.append(args[2]))
    for address in ("second-step", "second-step/app", "second-step/codes", "second-step/new-codes", "second-step/off"):
        reader.visit(f"/account/{address}")
    assert {statement.split()[0] for statement in said} == {"SELECT"}


def test_the_recovery_codes_are_shown_until_they_are_kept_and_work(
    client: FlaskClient, reader: Browser, learner: Visitor, code: Callable[[], str]
) -> None:
    page = reader.send(begin(reader), code=code())
    shown = [one.text for one in page.find_all(".codes code")]
    assert len(set(shown)) == 10
    with client.session_transaction() as here:
        assert not any(one in str(dict(here)) for one in shown)
    assert [one.text for one in reader.visit(page.path).find_all(".codes code")] == shown, "another theme, for instance"
    assert reader.send(page, action=page.path).path == "/account"
    assert reader.visit(page.path).path == "/account"
    client.delete_cookie("session")
    reader.sign_in(learner)
    assert reader.submit("/sign-in/recovery-code", code=shown[9]).path == "/my-course"


def test_the_recovery_codes_are_not_shown_for_longer_than_ten_minutes(
    reader: Browser, learner: Visitor, code: Callable[[], str]
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        page = reader.send(begin(reader), code=code())
        clock.shift(timedelta(minutes=11))
        assert reader.visit(page.path).path == "/account"


# ---- new codes, and off ----------------------------------------------------------------------


@pytest.fixture
def signed_in(reader: Browser, noor: Visitor, turned_on: TurnedOn, code: Callable[[], str]) -> Visitor:
    reader.send(reader.sign_in(noor), code=code())
    return noor


def test_new_recovery_codes_come_for_the_password(
    reader: Browser, signed_in: Visitor, turned_on: TurnedOn, key: bytes
) -> None:
    page = reader.submit("/account/second-step/new-codes", current=PASSWORD)
    shown = {one.text for one in page.find_all(".codes code")}
    assert len(shown) == 10
    assert not shown & set(recovery_codes(signed_in, turned_on, key))


@pytest.mark.parametrize("proof", ["password", "app", "recovery"])
def test_it_is_turned_off_by_the_password_or_a_code(
    client: FlaskClient,
    reader: Browser,
    signed_in: Visitor,
    turned_on: TurnedOn,
    key: bytes,
    code: Callable[[], str],
    rows: Session,
    proof: str,
) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=False):
        proofs = {"password": PASSWORD, "app": code(), "recovery": recovery_codes(signed_in, turned_on, key)[0]}
        page = reader.submit("/account/second-step/off", current=proofs[proof])
    assert page.path == "/account"
    assert "Two-step sign-in is off" in page.text_of(".flashes")
    assert rows.scalars(select(Outbox.letter).order_by(Outbox.id)).all() == ["second_step_on", "second_step_off"]
    client.delete_cookie("session")
    assert reader.sign_in(signed_in).path == "/my-course"


@pytest.mark.parametrize("address", ["/account/second-step/off", "/account/second-step/new-codes"])
def test_who_knows_neither_password_nor_code_changes_nothing_and_soon_has_to_wait(
    reader: Browser, signed_in: Visitor, rows: Session, address: str
) -> None:
    for wrong in ("not this one", "000000", *["ABCDE-FGHJK"] * 8):
        page = reader.submit(address, status=422, current=wrong)
        assert "not your password" in page.text_of("#current-error")
    assert "Wait 15 minutes" in reader.submit(address, status=429, current=PASSWORD).text_of(".error-summary")
    assert second_step.standing(rows, signed_in.user_id)


def test_there_is_nothing_to_turn_off_where_it_is_not_on(reader: Browser, learner: Visitor) -> None:
    for address in ("off", "new-codes", "codes"):
        assert reader.visit(f"/account/second-step/{address}").path == "/account"


# ---- admins who need it ----------------------------------------------------------------------


@pytest.fixture
def strict(app_with: Callable[..., Flask], session: Session, noor: Visitor) -> Browser:
    """A site whose admins need two-step sign-in; Noor is one of them, and signed in."""
    session.execute(update(User).where(User.id == noor.user_id).values(is_admin=True))
    session.commit()
    reader = Browser(app_with(two_step_admins=True).test_client())
    reader.sign_in(noor)
    return reader


OWN = {
    "auth.account", "auth.change_account", "auth.change_password", "auth.second_step", "auth.second_step_app",
}  # fmt: skip
"""What an admin may open who has to turn it on first, beside what everybody may. Think twice before this list grows."""


def test_an_admin_without_it_can_open_nothing_but_its_own_pages(strict: Browser) -> None:
    app = strict.client.application
    for rule in locked_rules(app):
        answer = strict.client.open(example_of(app, rule), method="GET" if "GET" in (rule.methods or ()) else "POST")
        is_led = answer.status_code == 303 and answer.location == "/account/second-step"
        expected = rule.endpoint not in OWN or rule.endpoint == "auth.second_step_app"  # begin comes first
        assert is_led is expected, (rule, answer.status)


def test_signing_in_leads_such_an_admin_there_and_says_why(strict: Browser, noor: Visitor) -> None:
    strict.client.delete_cookie("session")
    page = strict.sign_in(noor)
    assert page.path == "/account/second-step"
    assert "Admins need it here" in page.text


def test_such_an_admin_chooses_language_and_theme_and_signs_out(strict: Browser) -> None:
    page = strict.visit("/account")
    assert strict.send(page, language="nl").path == "/account"
    page = strict.visit("/account/second-step")
    assert page.find("html")["lang"] == "nl"
    fields = fields_of(page.find("form[action=/theme]")) | {"theme": ["dark"]}
    assert strict.client.post("/theme", data=fields).location == "/account/second-step"
    fields = fields_of(page.find("form[action=/sign-out]"))
    assert strict.client.post("/sign-out", data=fields).location == "/"
    assert not is_signed_in(strict)


def test_such_an_admin_joins_no_cohort(strict: Browser, session: Session, rows: Session) -> None:
    make_join_code(session, key="TREE-7K4P-BRDX")
    session.commit()
    assert strict.visit("/join/TREE-7K4P-BRDX").path == "/account/second-step"


def test_once_it_is_on_everything_opens(strict: Browser, code: Callable[[], str]) -> None:
    page = strict.send(strict.visit("/account/second-step"), current=PASSWORD)
    strict.send(page, code=code())
    assert strict.visit("/my-course").path == "/my-course"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=False):
        assert strict.submit("/account/second-step/off", current=code()).path == "/account"
        assert strict.visit("/my-course").path == "/account/second-step"


def test_who_is_made_an_admin_meanwhile_loses_no_text(
    app_with: Callable[..., Flask], session: Session, noor: Visitor, code: Callable[[], str], rows: Session
) -> None:
    reader = Browser(app_with(two_step_admins=True).test_client())
    reader.sign_in(noor)
    page = reader.visit(STEP)
    session.execute(update(User).where(User.id == noor.user_id).values(is_admin=True))
    session.commit()
    page = reader.send(page, text=TEXT, level="private")
    assert page.path == "/account/second-step"
    assert "kept for 24 hours" in page.text_of(".flashes")
    assert rows.scalars(select(StepCompletion)).all() == []
    reader.send(reader.send(page, current=PASSWORD), code=code())
    assert TEXT in reader.visit(STEP).text_of("textarea")


def test_without_the_setting_an_admin_is_free(reader: Browser, session: Session, noor: Visitor) -> None:
    session.execute(update(User).where(User.id == noor.user_id).values(is_admin=True))
    session.commit()
    assert reader.sign_in(noor).path == "/my-course"


def test_learners_are_free_where_admins_need_it(app_with: Callable[..., Flask], noor: Visitor) -> None:
    assert Browser(app_with(two_step_admins=True).test_client()).sign_in(noor).path == "/my-course"


@pytest.mark.parametrize("is_admin", [False, True])
def test_a_read_step_stays_one_statement_also_where_admins_need_it(
    app_with: Callable[..., Flask], session: Session, noor: Visitor, code: Callable[[], str], *, is_admin: bool
) -> None:
    app = app_with(two_step_admins=True)
    session.execute(update(User).where(User.id == noor.user_id).values(is_admin=is_admin))
    if is_admin:
        turn_on_second_step(session, noor.user_id, key=house_of(app).key, now=datetime.now(UTC) - timedelta(hours=1))
    session.commit()
    reader = Browser(app.test_client())
    page = reader.sign_in(noor)
    if is_admin:
        reader.send(page, code=code())
    said: list[str] = []
    event.listen(engine_of(app), "before_cursor_execute", lambda *args: said.append(args[2]))
    assert reader.visit("/modules/01-map/signs").path == "/modules/01-map/signs"
    assert len(said) == 1


# ---- who lost everything ---------------------------------------------------------------------


def test_a_command_lets_somebody_in_who_lost_phone_and_codes(
    app: Flask, reader: Browser, signed_in: Visitor, rows: Session
) -> None:
    done = app.test_cli_runner().invoke(args=["people", "reset-second-step", "Noor@Example.org"])
    assert done.output == "noor@example.org signs in with their password alone now. A mail tells them so.\n"
    assert rows.execute(select(AuditEntry.actor_id, AuditEntry.deed, AuditEntry.subject_id)).all() == [
        (None, "reset_second_step", signed_in.user_id)
    ]
    assert rows.scalars(select(Outbox.letter).order_by(Outbox.id)).all() == ["second_step_on", "second_step_off"]
    assert not is_signed_in(reader)
    assert reader.sign_in(signed_in).path == "/my-course"


@pytest.mark.parametrize(
    ("email", "complaint"),
    [
        ("nobody@example.org", "Nobody has an account with the address 'nobody@example.org'"),
        ("noor", "Nobody has an account with the address 'noor'"),
        ("noor@example.org", "noor@example.org has no two-step sign-in."),
    ],
)
def test_a_command_that_has_nothing_to_turn_off_says_so(app: Flask, noor: Visitor, email: str, complaint: str) -> None:
    done = app.test_cli_runner().invoke(args=["people", "reset-second-step", email])
    assert done.exit_code == 1
    assert complaint in done.output


def test_a_start_does_not_pay_for_drawing_qr_codes() -> None:
    asked = "import sys, app; assert 'segno' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
