"""The log of what staff did: admins look through it and take it along, everybody reads what concerns them."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import app.records
from app.records import audit
from app.records.accounts import Visitor
from app.records.models import AuditEntry
from app.web.languages import catalogues
from app.web.logbook import DEEDS
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_user, make_visitor
from tests.web.conftest import Browser, Page, Visit, sign_in_admin

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # what both do is in records/
HOUR = timedelta(hours=1)


@pytest.fixture
def admin(session: Session, reader: Browser) -> Visitor:
    """Sign Ada in, an admin who is in no cohort."""
    return sign_in_admin(session, reader)


@pytest.fixture
def log(admin: Visitor, session: Session) -> Session:
    """Three deeds: Ada enrolled Yara in Spring, the command line made Spring, Ada its join code."""
    yara = make_user(session, name="Yara van der Trede", email="yara@example.org")
    spring = make_cohort(session, name="Spring")
    code = make_join_code(session, cohort=spring, key="TREE-7K4P-BRDX")
    audit.note(session, by=None, deed="make_cohort", about=f"cohort:{spring.id}", now=NOW)
    audit.note(session, by=admin.user_id, deed="make_join_code", about=f"join_code:{code.id}", now=NOW + HOUR)
    about, later = f"cohort:{spring.id}", NOW + 48 * HOUR
    audit.note(session, by=admin.user_id, deed="enrol", about=about, subject_id=yara.id, now=later)
    session.commit()
    return session


ENROLLED = "21 November, 09:05 Enrolled Yara van der Trede Spring Ada Boog"
CODE = "19 November, 10:05 Join code made Spring: code TREE… Ada Boog"
MADE = "19 November, 09:05 Cohort made Spring the command line"


def entries(page: Page) -> list[str]:
    return page.texts_of("tbody tr")


# ---- words -------------------------------------------------------------------------------------

WRITERS = {"note": -1, "note_all": -1, "note_once": -1, "note_each": 2, "_note": 2}
"""What writes into the log, and at which place it takes the deed, if not by its name alone."""


def functions() -> Iterator[ast.FunctionDef]:
    for path in Path(app.records.__path__[0]).rglob("*.py"):
        yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


def deeds_in_code() -> set[str]:
    """Find every deed that a verb notes, also where the verb chooses between two."""
    return {deed for function in functions() for value in values_of_deed(function) for deed in strings(value)}


def values_of_deed(function: ast.FunctionDef) -> Iterator[ast.expr]:
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in WRITERS:
            by_name = [one.value for one in call.keywords if one.arg == "deed"]
            value = by_name[0] if by_name else call.args[WRITERS[name]]
            yield value
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(value):
                    yield node.value


def strings(value: ast.expr) -> set[str]:
    return {node.value for node in ast.walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_deed_that_is_noted_has_words_and_no_other_has() -> None:
    writers = {one.name for one in functions() for arg in (*one.args.args, *one.args.kwonlyargs) if is_deed(arg)}
    assert writers == set(WRITERS)
    assert deeds_in_code() == set(DEEDS)


def is_deed(argument: ast.arg) -> bool:
    return argument.arg == "deed" and argument.annotation is not None and ast.unparse(argument.annotation) == "str"


def test_no_two_deeds_are_called_the_same_in_any_language() -> None:
    for words in catalogues().values():
        called = [words.gettext(str(said._args[0])) for said in DEEDS.values()]
        assert len(set(called)) == len(called)


# ---- the page ----------------------------------------------------------------------------------


def test_an_admin_reads_who_did_what_to_whom_and_when(log: Session, visit: Visit) -> None:
    page = visit("/admin/log")
    assert entries(page) == [ENROLLED, CODE, MADE]
    assert "TREE-7K4P" not in page.text


@on_sqlite
def test_the_log_is_looked_through_by_whom_by_what_and_by_day(log: Session, visit: Visit) -> None:
    for asked, found in (
        ("whom=yara@example.org", [ENROLLED]),
        ("whom=TREDE+yara", [ENROLLED]),
        ("by=Boog", [ENROLLED, CODE]),
        ("from_command_line=y", [MADE]),
        ("deed=make_cohort", [MADE]),
        ("since=20-11-2026", [ENROLLED]),
        ("since=&until=2026-11-19", [CODE, MADE]),
        ("whom=yara&deed=make_cohort", []),
    ):
        assert entries(visit(f"/admin/log?{asked}")) == found, asked


@on_sqlite
def test_what_cannot_be_looked_for_is_said_on_the_page(log: Session, visit: Visit) -> None:
    for asked, status, said in (
        ("since=soon", 422, "Fill in a day such as"),
        ("until=0001-01-01", 422, "Fill in a day such as"),
        ("deed=dance", 422, "These entries cannot be looked for"),
        ("whom=Nobody", 200, "Nobody here fits “Nobody”"),
        ("whom=%25", 200, "Nobody here fits “%”"),
        ("by=" + 5000 * "x", 200, "Nobody here fits"),
        ("page=-1&before=-1&after=x", 200, ENROLLED),
        ("before=99999999999999999999-1", 200, ENROLLED),
        ("before=1-1", 200, "There are no entries here"),
        ("after=253402300799000000-99999999999", 200, "There are no entries here"),
    ):
        assert said in visit(f"/admin/log?{asked}", status=status).text_of("main"), asked[:80]


@on_sqlite
def test_of_several_who_fit_a_name_one_is_chosen(log: Session, reader: Browser) -> None:
    make_user(log, name="Yara Spil", email="spil@example.org")
    log.commit()
    page = reader.visit("/admin/log?whom=yara&since=2026-11-01")
    assert entries(page) == []
    assert "Several people fit “yara”" in page.text_of("main")
    chosen = next(link["href"] for link in page.find_all("main a") if link.text == "Yara van der Trede")
    assert entries(reader.visit(chosen)) == [ENROLLED]
    assert reader.client.get("/admin/log.csv?whom=yara").headers["Location"] == "/admin/log?whom=yara"


@on_sqlite
def test_of_whom_an_account_is_gone_the_entry_stays(log: Session, visit: Visit) -> None:
    gone = make_user(log)
    audit.note(log, by=None, deed="reset_second_step", about=f"user:{gone.id}", subject_id=gone.id, now=NOW + 72 * HOUR)
    log.flush()
    log.delete(gone)
    log.commit()
    assert entries(visit("/admin/log"))[0].startswith(
        "22 November, 09:05 Two-step sign-in turned off an account that is gone"
    )


@on_sqlite
def test_pages_lead_to_older_and_newer_entries_and_keep_what_was_asked(log: Session, reader: Browser) -> None:
    for number in range(120):
        audit.note(log, by=None, deed="change_cohort", about="cohort:1", now=NOW + HOUR * (number // 60))
    log.commit()
    page, counts = reader.visit("/admin/log?deed=change_cohort"), []
    while links := [link for link in page.find_all("nav a") if link.text == "Older"]:
        counts.append(len(entries(page)))
        page = reader.visit(links[0]["href"])
    assert [*counts, len(entries(page))] == [50, 50, 20]
    for length in (50, 50):
        page = reader.visit(next(link["href"] for link in page.find_all("nav a") if link.text == "Newer"))
        assert len(entries(page)) == length
    assert "Newer" not in page.text_of("main")


@on_sqlite
def test_the_same_entries_leave_as_a_table_and_that_is_noted(log: Session, reader: Browser, rows: Session) -> None:
    answer = reader.client.get("/admin/log.csv?deed=enrol")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=Log-20")
    assert answer.headers["Cache-Control"] == "no-store"
    headings, entry = csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";")
    assert entry == [
        "2026-11-21T08:05:00Z", "2026-11-21 09:05:00", "Enrolled", "enrol", "Yara van der Trede", "yara@example.org",
        "Spring", "Ada Boog", "ada@example.org",
    ]  # fmt: skip
    assert len(headings) == len(entry)
    newest = rows.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert newest is not None
    assert (newest.deed, newest.about) == ("export_log", "audit_entry")


# ---- one's own ---------------------------------------------------------------------------------


def test_everybody_reads_what_concerns_them_and_nothing_else(session: Session, reader: Browser) -> None:
    noor = make_visitor(session, enrolment=make_enrolment(session, cohort=make_cohort(session, name="Spring")))
    ada = make_user(session, name="Ada Boog")
    for subject_id in (noor.user_id, ada.id):
        about = f"cohort:{noor.cohort_id}"
        audit.note(session, by=ada.id, deed="make_trainer", about=about, subject_id=subject_id, now=NOW)
    session.commit()
    reader.sign_in(noor)
    assert reader.visit("/account").has('main a[href="/account/log"]')
    page = reader.visit("/account/log")
    assert entries(page) == ["19 November, 09:05 Made a trainer Spring Ada Boog"]
    assert not any("/admin/" in link.get("href") for link in page.find_all("main a"))
