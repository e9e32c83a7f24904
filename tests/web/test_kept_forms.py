"""What is sent after the session ended is kept for its person on its browser, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.kept_forms import KEPT_FOR
from app.records.models import Draft, KeptForm
from tests.makers import make_enrolment, make_user, make_visitor
from tests.web.conftest import Browser, Page, looked_at
from tests.web.html import fields_of, filled

WALK = "/modules/01-map/your-walk"
QUIZ = "/modules/01-map/check"


@pytest.fixture
def other(session: Session) -> Visitor:
    """Make a second learner, who uses the same browser."""
    made = make_visitor(session, enrolment=make_enrolment(session, user=make_user(session, name="Cem")))
    session.commit()
    return made


def end_session(reader: Browser) -> None:
    """End the session as time does: the browser no longer has it, and the page stays open."""
    reader.client.delete_cookie("session")


def send_late(reader: Browser, page: Page, *, to: str = "", **fields: str) -> Page:
    sent = filled(page.form(having=tuple(fields)), fields)
    response = reader.client.post(to or page.path, data=sent, follow_redirects=True)
    return looked_at(response)


def text_on(page: Page) -> str:
    return fields_of(page.form(having=["text"]))["text"][0]


def test_a_text_sent_after_the_session_ended_is_a_draft_after_signing_in(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    late = send_late(reader, page, text="Typed for an hour.")
    assert late.path == "/sign-in"
    assert "is kept for 24 hours" in late.text_of("main")
    back = reader.sign_in(learner)
    assert WALK in [link["href"] for link in back.find_all("a")]
    assert text_on(reader.visit(WALK)) == "Typed for an hour."
    assert rows.scalars(select(KeptForm.about)).all() == []


def test_a_text_that_is_too_long_to_keep_is_never_said_to_be_kept(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    late = send_late(reader, page, text="x" * 120_000)
    assert "could not be kept" in late.text_of("main")
    assert rows.scalars(select(KeptForm.about)).all() == []


def test_signing_in_leads_back_to_the_page_with_the_text(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    late = send_late(reader, page, text="Typed for an hour.")
    back = reader.send(late, email=learner.email, password="a quiet green harbour")
    assert back.path == WALK
    assert text_on(back) == "Typed for an hour."
    assert "kept" in back.text_of("main") or "draft" in back.text_of("main")


def test_answers_of_a_quiz_are_kept_too(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(QUIZ)
    end_session(reader)
    send_late(reader, page, **{"q-word": "contour", "q-distance": "two"})
    reader.sign_in(learner)
    kept = fields_of(reader.visit(QUIZ).form(having=["deed_key"]))
    assert (kept["q-word"], kept["q-distance"]) == (["contour"], ["two"])


def test_what_a_script_saves_after_the_session_ended_is_kept_as_well(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    sent = filled(page.form(having=["text"]), {"text": "Half a sen"})
    answer = reader.client.post(f"{WALK}/draft", data=sent, headers={"Sec-Fetch-Dest": "empty"})
    assert answer.status_code == 303
    reader.sign_in(learner)
    assert text_on(reader.visit(WALK)) == "Half a sen"


def test_a_kept_text_stands_beside_a_draft_that_was_there(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    reader.client.post(f"{WALK}/draft", data=filled(page.form(having=["text"]), {"text": "Saved before."}))
    end_session(reader)
    send_late(reader, page, text="Sent too late.")
    reader.sign_in(learner)
    back = reader.visit(WALK)
    assert text_on(back) == "Sent too late."
    assert back.texts_of("[aria-labelledby=other-texts] .typed") == ["Saved before."]


def test_somebody_else_who_signs_in_there_sees_nothing_of_it(learner: Visitor, other: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    send_late(reader, page, text="About my own worries.")
    for address in (WALK, "/my-course"):
        page_of_other = reader.sign_in(other) if address == WALK else reader.visit(address)
        assert "worries" not in page_of_other.text
    assert text_on(reader.visit(WALK)) == ""
    end_session(reader)
    reader.sign_in(learner)
    assert text_on(reader.visit(WALK)) == "About my own worries."


def test_a_page_left_open_by_one_person_and_sent_while_another_is_signed_in_is_kept_for_the_first(
    learner: Visitor, other: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    reader.sign_in(other)
    refused = send_late(reader, page, text="Mine, not theirs.")
    assert refused.status == 409
    assert "Mine, not theirs." not in refused.text
    assert rows.scalars(select(Draft.body)).all() == []
    assert text_on(reader.visit(WALK)) == ""
    end_session(reader)
    reader.sign_in(learner)
    assert text_on(reader.visit(WALK)) == "Mine, not theirs."


def test_the_person_gets_nothing_on_another_browser(learner: Visitor, reader: Browser, app: Flask) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    send_late(reader, page, text="Typed here.")
    elsewhere = Browser(app.test_client())
    elsewhere.sign_in(learner)
    assert text_on(elsewhere.visit(WALK)) == ""
    reader.sign_in(learner)
    assert text_on(reader.visit(WALK)) == "Typed here."


def test_a_forged_name_of_a_browser_opens_nothing(learner: Visitor, reader: Browser, app: Flask, rows: Session) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    send_late(reader, page, text="Typed here.")
    elsewhere = Browser(app.test_client())
    elsewhere.client.set_cookie("browser", "guessed.name")
    elsewhere.sign_in(learner)
    assert text_on(elsewhere.visit(WALK)) == ""
    assert len(rows.scalars(select(KeptForm.about)).all()) == 1


def test_after_a_day_it_is_gone(learner: Visitor, reader: Browser, session: Session) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    send_late(reader, page, text="Typed yesterday.")
    row = session.scalars(select(KeptForm)).one()
    before = row.kept_at - KEPT_FOR
    body = row.body.replace(row.kept_at.isoformat(), before.isoformat())
    assert body != row.body
    session.execute(update(KeptForm).values(kept_at=before, body=body))
    session.commit()
    reader.sign_in(learner)
    assert text_on(reader.visit(WALK)) == ""


def test_what_nobody_fetched_in_a_day_goes_when_anybody_signs_in(
    learner: Visitor, other: Visitor, reader: Browser, app: Flask, session: Session
) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    send_late(reader, page, text="Typed yesterday.")
    before = session.scalars(select(KeptForm.kept_at)).one() - KEPT_FOR
    session.execute(update(KeptForm).values(kept_at=before))
    session.commit()
    Browser(app.test_client()).sign_in(other)
    assert session.scalars(select(KeptForm.path)).all() == []


def test_two_forms_sent_late_from_one_page_are_both_there(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    send_late(reader, page, text="The first text.")
    send_late(reader, page, text="Another text.")
    reader.sign_in(learner)
    back = reader.visit(WALK)
    assert [text_on(back), *back.texts_of("[aria-labelledby=other-texts] .typed")] == [
        "Another text.",
        "The first text.",
    ]


def test_a_form_from_before_one_signed_in_again_keeps_its_text(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    reader.sign_in(learner)
    back = send_late(reader, page, text="From the old page.")
    assert back.path == WALK
    assert text_on(back) == "From the old page."


def test_nothing_secret_of_a_form_is_kept(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(WALK)
    end_session(reader)
    send_late(reader, page, text="Mine.")
    body = rows.scalars(select(KeptForm.body)).one()
    assert "csrf" not in body
    assert 'enrolment": [' not in body
    assert '"text": ["Mine."]' in body


def test_only_who_has_something_kept_gets_the_cookie_of_a_browser(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    assert reader.client.get_cookie("browser") is None
    end_session(reader)
    send_late(reader, page, text="Mine.")
    cookie = reader.client.get_cookie("browser")
    assert cookie is not None
    assert cookie.http_only
    assert not cookie.secure


def test_over_https_the_cookie_of_a_browser_is_secure(
    learner: Visitor, app_with: Callable[..., Flask], reader: Browser
) -> None:
    page = reader.visit(WALK)
    client = app_with(base_url="https://opstap.example.org").test_client()
    sent = filled(page.form(having=["text"]), {"text": "Mine."})
    answer = client.post(WALK, data=sent, base_url="https://opstap.example.org")
    assert answer.status_code == 303
    made = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("__Host-browser=")]
    assert len(made) == 1
    assert "Secure" in made[0]
    assert "HttpOnly" in made[0]
    assert "SameSite=Lax" in made[0]
