"""An admin enrols from the file that they have: looks at the plan, mends it, applies it, and takes it back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.exchange.rosters.cells import Row
from app.exchange.rosters.columns import Meaning, columns_understood
from app.exchange.rosters.csv_files import csv_rows
from app.exchange.rosters.refusing import Why
from app.exchange.rosters.workbooks import Workbook
from app.records import imports
from app.records.accounts import Visitor
from app.records.imports import Reason, Refusal, Stayed
from app.records.models import Cohort, Enrolment, Import, ImportFile, Outbox, User
from app.web.access import LARGEST_FORM
from app.web.admin import import_words
from tests.makers import make_cohort, make_enrolment, make_user
from tests.web.conftest import Browser, Page, looked_at, page_address, sign_in_admin
from tests.web.html import filled

ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
"""For what is said and shown; the verbs themselves are tried on both in tests/records."""

LIST = """sep=;
E-mail adres ;Achternaam;VOORNAAM;Afdeling;Rol
aicha@example.org;Trapleuning;Aïcha;Studentzaken;
SAM@example.org;Spil;Samira;;
elif@example.org;van der Spil;Elif;;
bram@example;Bordes;Bram;;
aicha@example.org;Ladder;Hana;;
umar@example.org;<b>Traptree</b>;Umar;;keizer
""".encode("cp1252")
"""Aïcha is new, Sam is in another cohort, Elif is here under another name; three rows cannot be."""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a form wait for its plan, however slow the machine is."""
    monkeypatch.setattr("app.web.admin.imports.WAIT", 60.0)


@pytest.fixture
def cohort_id(session: Session) -> int:
    """Make a cohort in which Elif is, and a Sam who is in another."""
    cohort = make_cohort(session, name="Spring", language="nl")
    make_enrolment(session, cohort=cohort, user=make_user(session, email="elif@example.org", name="E. Spil"))
    make_enrolment(session, user=make_user(session, email="sam@example.org", name="Samira Spil"))
    session.commit()
    return cohort.id


@pytest.fixture
def admin(session: Session, cohort_id: int, reader: Browser) -> Visitor:
    """Sign an admin in who is in no cohort."""
    return sign_in_admin(session, reader)


Upload = Callable[..., Page]


@pytest.fixture
def upload(reader: Browser, admin: Visitor, cohort_id: int) -> Upload:
    """Choose a file on the page for that, and send it: `upload(b"...", name="list.csv", status=200)`."""

    def send(content: bytes | None, *, name: str = "list.csv", status: int = 200) -> Page:
        page = reader.visit(f"/admin/cohorts/{cohort_id}/import")
        return send_file(reader, page, content, name, status)

    return send


def send_file(reader: Browser, page: Page, content: bytes | None, name: str, status: int) -> Page:
    sent = {**filled(page.form(having=["file"]), {}), "file": FileStorage(BytesIO(content or b""), name)}
    boundary, body = encode_multipart(sent)
    kind, address = f"multipart/form-data; boundary={boundary}", page_address(page)
    answer = reader.client.post(address, data=body, content_type=kind, follow_redirects=True)
    assert answer.status_code == status, f"{address}: {answer.status}"
    return looked_at(answer)


def act(reader: Browser, page: Page, deed: str, **fields: Any) -> Page:
    """Press the button for a deed on the page of an import."""
    found = re.match(r"/admin/imports/\d+", page.path)
    assert found is not None, page.path
    return reader.send(page, action=f"{found[0]}/{deed}", **fields)


def told(page: Page) -> str:
    """Return what a page says once, about what happened before it."""
    return page.text_of(".flashes")


def numbers(page: Page) -> list[str]:
    """Return the numbers of the tally: new, enrolled too, renamed, there, rejected."""
    return page.texts_of(".tally dd")


def people_in(rows: Session, cohort_id: int) -> set[str]:
    return set(
        rows.scalars(
            select(User.email)
            .join(Enrolment, Enrolment.user_id == User.id)
            .where(Enrolment.cohort_id == cohort_id, Enrolment.standing == "active")
        )
    )


# ---- the whole way ---------------------------------------------------------------------------


def test_a_file_becomes_a_plan_then_a_receipt_and_a_second_time_nothing(
    upload: Upload, reader: Browser, rows: Session, cohort_id: int
) -> None:
    plan = upload(LIST, name="deelnemers voorjaar.csv")
    assert plan.text_of("h1") == "Plan for enrolling"
    assert numbers(plan) == ["1", "1", "1", "1", "3"]
    lines = plan.texts_of(".rows--import tbody tr")
    assert [line.split()[0] for line in lines] == ["5", "6", "7", "2", "3", "4"]
    assert "The same address stands in row 2" in lines[1]
    assert "Umar <b>Traptree</b>" in lines[2]
    assert "It is “E. Spil” now" in lines[5]
    assert people_in(rows, cohort_id) == {"elif@example.org"}
    assert [
        line.split()[0] for line in reader.visit(f"{plan.path}?show=renamed").texts_of(".rows--import tbody tr")
    ] == ["4"]

    assert plan.text_of("form[action=" + plan.path + "/apply] button") == "Apply: enrol 2 people, correct 1 name"
    receipt = act(reader, plan, "apply")
    assert receipt.text_of("h1") == "Enrolled from a file"
    assert "It was “E. Spil”" in receipt.text_of("main")
    assert people_in(rows, cohort_id) == {"aicha@example.org", "sam@example.org", "elif@example.org"}
    assert rows.scalar(select(func.count()).select_from(Outbox)) == 2

    again = act(reader, plan, "apply")
    assert "applied already, and only once" in told(again)
    assert rows.scalar(select(func.count()).select_from(Outbox)) == 2
    twice = upload(LIST)
    assert "this file would change nothing" in twice.text_of(".lead")
    assert not twice.has("input[name=plan_number]")
    listed = reader.visit(f"/admin/cohorts/{cohort_id}").text_of("[aria-labelledby=files]")
    assert "deelnemers voorjaar.csv 2 people enrolled, 1 name corrected" in listed
    assert "list.csv: a plan waits for you" in listed


@ON_SQLITE
def test_the_undo_tells_who_stays_and_then_leaves_them(
    upload: Upload, reader: Browser, session: Session, rows: Session, cohort_id: int
) -> None:
    receipt = act(reader, upload(LIST), "apply")
    session.execute(
        update(User).where(User.email == "aicha@example.org").values(last_sign_in_at=datetime.now(UTC) + timedelta(1))
    )
    session.commit()
    page = reader.visit(f"{receipt.path}/undo")
    assert page.texts_of(".rows--import tbody th") == ["Aïcha Trapleuning"]
    assert "Has signed in since, and stays." in page.text_of(".rows--import")
    undone = act(reader, page, "undo")
    assert undone.text_of("h1") == "Enrolled from a file, and undone"
    assert people_in(rows, cohort_id) == {"aicha@example.org", "elif@example.org"}
    assert reader.visit(f"{receipt.path}?show=stayed").texts_of(".rows--import tbody th") == ["Aïcha Trapleuning"]
    assert "nothing to undo" in told(act(reader, page, "undo"))


@ON_SQLITE
def test_of_two_files_the_later_one_is_undone_first(upload: Upload, reader: Browser, cohort_id: int) -> None:
    first = act(reader, upload(LIST), "apply")
    act(reader, upload(b"email;name\nnew@example.org;Noor Trap\n"), "apply")
    assert not reader.visit(first.path).has(f'a[href="{first.path}/undo"]')
    assert "Undo that one first" in told(reader.visit(f"{first.path}/undo"))


# ---- what changed meanwhile ------------------------------------------------------------------


@ON_SQLITE
def test_columns_are_corrected_and_the_plan_in_another_tab_is_not_applied(
    upload: Upload, reader: Browser, rows: Session, cohort_id: int
) -> None:
    stale = upload(b"email;name;remark\nnew@example.org;Noor Trap;Noor van der Trap\n")
    plan = act(reader, stale, "columns", **{"column-1": "nothing", "column-2": "whole_name"})
    assert plan.texts_of(".rows--import tbody th") == ["Noor van der Trap"]
    again = act(reader, stale, "apply")
    assert "The plan was made anew since you saw it" in told(again)
    assert people_in(rows, cohort_id) == {"elif@example.org"}
    act(reader, again, "apply")
    assert rows.scalars(select(User.name).where(User.email == "new@example.org")).all() == ["Noor van der Trap"]


@ON_SQLITE
def test_a_file_without_a_column_of_addresses_asks_for_it(upload: Upload, reader: Browser) -> None:
    page = upload(b"name;where\nNoor Trap;here\n")
    assert page.text_of(".lead") == "We found no column with e-mail addresses."
    asked = reader.send(page, status=422, action=f"{page.path}/columns", **{"column-1": "nothing"})
    assert "Say which column holds the e-mail addresses" in asked.text_of(".error-summary")
    plan = act(reader, asked, "columns", **{"column-1": "email"})
    assert "This is no whole e-mail address" in plan.text_of(".rows--import")


def test_people_who_changed_since_the_plan_are_told_of_and_nobody_is_enrolled(
    upload: Upload, reader: Browser, session: Session, rows: Session, cohort_id: int
) -> None:
    plan = upload(LIST)
    make_user(session, email="aicha@example.org", name="Aïcha Trapleuning")
    session.commit()
    again = act(reader, plan, "apply")
    assert "People or cohorts changed since this plan was made" in told(again)
    assert numbers(again) == ["0", "2", "1", "1", "3"]
    assert people_in(rows, cohort_id) == {"elif@example.org"}
    act(reader, again, "apply")
    assert "aicha@example.org" in people_in(rows, cohort_id)


@ON_SQLITE
def test_a_cohort_that_was_put_away_meanwhile_takes_nobody(
    upload: Upload, reader: Browser, session: Session, rows: Session, cohort_id: int
) -> None:
    plan, form = upload(LIST), reader.visit(f"/admin/cohorts/{cohort_id}/import")
    session.execute(update(Cohort).where(Cohort.id == cohort_id).values(archived_at=datetime.now(UTC)))
    session.commit()
    page = act(reader, plan, "apply")
    assert "The cohort was put away meanwhile" in told(page)
    assert not page.has("input[name=plan_number]")
    assert "This cohort was put away" in send_file(reader, form, LIST, "list.csv", 200).text_of("main")
    assert people_in(rows, cohort_id) == {"elif@example.org"}


@ON_SQLITE
def test_what_was_thrown_away_is_gone_in_every_tab(upload: Upload, reader: Browser, rows: Session) -> None:
    plan = upload(LIST)
    assert "thrown away" in told(act(reader, plan, "throw-away"))
    assert rows.scalars(select(ImportFile.import_id)).all() == []
    assert "thrown away before" in told(act(reader, plan, "apply"))
    reader.visit(plan.path, status=404)


@ON_SQLITE
def test_a_reading_that_was_broken_off_goes_on(
    admin: Visitor, reader: Browser, session: Session, rows: Session, cohort_id: int
) -> None:
    now = datetime.now(UTC)
    import_id = imports.begin_import(session, cohort_id, file_name="", body=LIST, by=admin.user_id, now=now)
    session.commit()
    page = reader.visit(f"/admin/imports/{import_id}")
    assert page.text_of("h1") == "The reading was broken off"
    assert "a file without a name" in page.text_of("main")
    assert numbers(act(reader, page, "go-on")) == ["1", "1", "1", "1", "3"]


@ON_SQLITE
def test_while_a_file_is_read_its_page_says_how_far_and_tells_a_script_the_same(
    admin: Visitor, reader: Browser, session: Session, cohort_id: int
) -> None:
    now = datetime.now(UTC)
    import_id = imports.begin_import(session, cohort_id, file_name="a.csv", body=LIST, by=admin.user_id, now=now)
    busy = {"rows_read": 6_240, "rows_total": 10_000, "busy_until": now + timedelta(minutes=1)}
    session.execute(update(Import).where(Import.id == import_id).values(**busy))
    session.commit()
    page = reader.visit(f"/admin/imports/{import_id}")
    assert page.text_of("label[for=progress]") == "6,240 of 10,000 rows"
    assert page.find("noscript meta").get("http-equiv") == "refresh"
    answer = reader.client.get(page.find("[data-progress]").get("data-progress"))
    assert json.loads(answer.data) == {"reading": True, "read": 6240, "total": 10000, "words": "6,240 of 10,000 rows"}
    assert "made anew" not in page.text_of("main")


# ---- files that are none ---------------------------------------------------------------------


@ON_SQLITE
@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (None, "", 422, "Choose a file, saved as .xlsx or CSV"),
        (b"", "list.csv", 422, "This file is empty"),
        (b"\x89PNG\r\n\x1a\n", "list.xlsx", 200, "This is no spreadsheet, whatever its name says"),
        (b"email;name\n", "list.csv", 200, "The file holds headings, and no people below them"),
        (b"a" * 1_001, "list.csv", 413, "A file may be 16 MB at most"),
    ],
    ids=["none", "empty", "picture", "headings", "too large"],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    upload: Upload,
    rows: Session,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes | None,
    name: str,
    status: int,
    words: str,
) -> None:
    monkeypatch.setattr("app.web.admin.import_forms.MAX_BYTES", 1_000)
    assert words in upload(content, name=name, status=status).text_of("main")
    assert rows.scalars(select(Import.stage)).all() == (["refused"] if status == 200 else [])


@ON_SQLITE
def test_a_file_may_be_larger_than_other_forms_and_is_shown_page_by_page(upload: Upload, reader: Browser) -> None:
    remarks = "".join(f"person{number}@example.org;Noor Trap;{'x' * 30_000}\n" for number in range(60))
    assert len(remarks) > LARGEST_FORM
    plan = upload(remarks.encode())
    assert numbers(plan) == ["60", "0", "0", "0", "0"]
    asked = reader.send(plan, status=422, action=f"{plan.path}/columns", **{"column-0": "nothing"})
    rest = reader.visit(asked.find("a[rel=next]").get("href"))
    assert len(rest.texts_of(".rows--import tbody tr")) == 10
    assert rest.find("a[rel=prev]").get("href") == f"{plan.path}?page=1#rows"


@ON_SQLITE
def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(
    admin: Visitor, reader: Browser, cohort_id: int
) -> None:
    answer = reader.client.post(
        f"/admin/cohorts/{cohort_id}/import",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "200000000"},
    )
    assert answer.status_code == 413
    assert "Save only the sheet with the people" in looked_at(answer).text_of("main")


@ON_SQLITE
def test_other_forms_stay_small(admin: Visitor, reader: Browser) -> None:
    page = reader.visit("/admin/cohorts/new")
    sent = filled(page.form(having=["name"]), {"name": "x" * 2_000_000})
    answer = reader.client.post("/admin/cohorts/new", data=sent)
    assert answer.status_code == 413
    assert "Make it shorter" in looked_at(answer).text_of("main")


@ON_SQLITE
def test_who_was_signed_out_meanwhile_enrols_nobody(
    upload: Upload, reader: Browser, rows: Session, cohort_id: int
) -> None:
    page = reader.visit(f"/admin/cohorts/{cohort_id}/import")
    reader.client.delete_cookie("session")
    signed_out = send_file(reader, page, LIST, "list.csv", 200)
    assert signed_out.path == "/sign-in"
    assert "so nothing was changed" in told(signed_out)
    assert rows.scalars(select(Import.id)).all() == []
    unread = reader.client.post(page.path, environ_overrides={"CONTENT_LENGTH": "200000000"})
    assert unread.location.startswith("/sign-in")


@ON_SQLITE
def test_a_learner_can_send_no_file(learner: Visitor, reader: Browser, rows: Session, session: Session) -> None:
    cohort_id = make_cohort(session).id
    session.commit()
    token = filled(reader.visit("/account").form(having=["name"]), {})["csrf_token"]
    sent = {"csrf_token": token, "file": (BytesIO(LIST), "list.csv")}
    answer = reader.client.post(f"/admin/cohorts/{cohort_id}/import", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 404
    assert rows.scalars(select(Import.id)).all() == []


# ---- words -----------------------------------------------------------------------------------


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "nl"])
def test_there_are_words_for_all_that_can_be_wrong(app: Flask, language: str) -> None:
    with app.test_request_context("/", headers={"Accept-Language": language}):
        said = [import_words.refused(Refusal(why, row=3, limit=500)) for why in Why]
        assert len({(one.what, one.to_do) for one in said}) == len(Why)
        assert not any("%" in one.what + one.to_do for one in said)
        assert set(import_words.REASONS) == set(Reason)
        assert set(import_words.STAYS) == set(Stayed)
        assert set(import_words.MEANINGS) == set(Meaning)


@ON_SQLITE
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_template_is_understood_in_the_language_in_which_it_was_given(
    admin: Visitor, reader: Browser, language: str, kind: str
) -> None:
    answer = reader.client.get(f"/admin/imports/template.{kind}", headers={"Accept-Language": language}, buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    headings = first_row(answer.data, kind)
    columns = columns_understood(headings, [Row(2, ("noor@example.org", "Noor", "van der Trap", "trainer"))])
    assert [one.meaning for one in columns] == [Meaning.EMAIL, Meaning.FIRST_NAME, Meaning.LAST_NAME, Meaning.ROLE]


def first_row(content: bytes, kind: str) -> Row:
    if kind == "csv":
        return next(iter(csv_rows(content)))
    book = Workbook(content)
    return next(iter(book.rows(book.sheets[0])))
