"""The one page of errors: what happened, and what to do now."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from app.course.files.shelf import Shelf
from app.records import engine as engine_module
from app.records.accounts import Visitor
from app.records.engine import reading_sessions
from app.web.access import public
from app.web.extensions import db, engine_of
from config import Settings
from tests.makers import make_visitor
from tests.web.conftest import SMALL, Browser, Visit, looked_at
from tests.web.html import filled


def test_a_page_that_is_not_there_says_so_and_leads_on(visit: Visit, reader: Browser, noor: Visitor) -> None:
    page = visit("/nothing-like-it", status=404)
    assert page.text_of("h1") == "This step is not there"
    assert "Error 404" in page.text_of("main")
    assert [link["href"] for link in page.find_all("main a")] == ["/"]
    reader.sign_in(noor)
    assert [link["href"] for link in visit("/nothing-like-it", status=404).find_all("main a")] == ["/my-course"]


def test_errors_speak_the_readers_language(client: FlaskClient, visit: Visit) -> None:
    client.set_cookie("language", "nl")
    page = visit("/nothing-like-it", status=404)
    assert page.text_of("h1") == "Deze trede is er niet"
    assert page.find("html")["lang"] == "nl"


def test_a_form_without_its_token_says_how_to_go_on(client: FlaskClient) -> None:
    page = looked_at(client.post("/sign-in", data={"email": "noor@example.org"}))
    assert page.status == 400
    assert page.text_of("h1") == "This page is out of date"
    assert page.find_all("main a")[0]["href"] == "/sign-in"


def test_an_address_that_only_takes_forms_leads_to_its_page(client: FlaskClient, learner: Visitor) -> None:
    response = client.get("/account/password")
    page = looked_at(response)
    assert page.status == 405
    assert "POST" in response.headers["Allow"]
    assert page.find_all("main a")[0]["href"] == "/account"


def test_too_large_a_form_says_so(client: FlaskClient, learner: Visitor) -> None:
    page = looked_at(client.post("/account", data={"name": "x" * 1_100_000}))
    assert page.status == 413
    assert "too much at once" in page.text_of("h1")


def test_a_fault_of_ours_gets_a_page_and_a_line_in_the_log(
    app: Flask, client: FlaskClient, learner: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise RuntimeError("a wheel came off")

    monkeypatch.setitem(app.view_functions, "auth.account", broken)
    app.testing = False
    page = looked_at(client.get("/account"))
    assert page.status == 500
    assert page.text_of("h1") == "Something went wrong here"
    assert "a wheel came off" not in page.text
    assert "a wheel came off" in caplog.text


def test_the_page_comes_when_the_database_is_away(
    app: Flask, client: FlaskClient, learner: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(self: Engine, *args: object, **more: object) -> object:
        raise OperationalError("SELECT 1", {}, Exception("no route to it"))

    engine_of(app).dispose()
    monkeypatch.setattr(Engine, "raw_connection", away)
    app.testing = False
    page = looked_at(client.get("/my-course"))
    assert page.status == 500
    assert page.text_of("h1") == "Something went wrong here"
    assert "no route to it" in caplog.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_while_another_program_holds_the_database_one_is_asked_to_try_again(
    app_with: Callable[..., Flask], session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT", 50)
    visitor = make_visitor(session)
    session.commit()
    app = app_with()
    app.testing = False
    reader = Browser(app.test_client())
    reader.sign_in(visitor)
    form = filled(reader.visit("/modules/01-map/signs").form(action="/modules/01-map/signs"), {})
    shell = sqlite3.connect(str(make_url(settings.database_url).database), isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    answer = reader.client.post("/modules/01-map/signs", data=form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "It is busy here" in looked_at(answer).text_of("h1")
    shell.execute("ROLLBACK")
    shell.close()
    assert reader.client.post("/modules/01-map/signs", data=form).status_code == 303


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_an_answer_that_is_made_goes_out_though_the_server_ends_before_the_transaction_does(
    app: Flask, client: FlaskClient, engine: Engine
) -> None:
    ending = text(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    @public
    def ended() -> str:
        db.reading.execute(text("SELECT 1"))
        db.writing().execute(text("SELECT 1"))
        with reading_sessions(engine)() as other:
            other.execute(ending)
        return "made"

    app.add_url_rule("/ended", "ended", ended)
    assert client.get("/ended").get_data(as_text=True) == "made"
    assert client.get("/sign-in").status_code == 200
    pool = engine_of(app).pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0


def test_there_is_an_answer_even_when_the_page_itself_is_broken(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(app.jinja_env.globals, "person_gone", None)
    app.testing = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong here" in response.get_data(as_text=True)
    assert "The error page could not be made" in caplog.text


# ---- the course, while it is written ---------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Give a copy of the course to write in."""
    folder = tmp_path / "course"
    shutil.copytree(SMALL, folder)
    return folder


def test_a_faulty_course_shows_its_faults_until_they_are_mended(app_with: Callable[..., Flask], written: Path) -> None:
    client = app_with(develop=True, shelf=Shelf(written, watch=True)).test_client()
    assert Browser(client).visit("/").text_of("h1") == "A walk on the map"
    file = written / "modules" / "01-map" / "module.yaml"
    right = file.read_text("utf-8")

    file.write_text(right + "colour: red\n", "utf-8")
    page = looked_at(client.get("/"))
    assert page.status == 500
    assert page.text_of("h1") == "The course has faults"
    assert any(fault.startswith("modules/01-map/module.yaml:") for fault in page.texts_of("main li"))

    file.write_text(right, "utf-8")
    assert Browser(client).visit("/").text_of("h1") == "A walk on the map"


def test_a_text_shows_at_once_though_its_translation_lags_behind(app_with: Callable[..., Flask], written: Path) -> None:
    browser = Browser(app_with(develop=True, shelf=Shelf(written, watch=True)).test_client())
    module = written / "modules" / "01-map" / "module.yaml"
    module.write_text(module.read_text("utf-8").replace("minutes: 20", "minutes: 21"), "utf-8")
    course = written / "modules" / "course.yaml"
    course.write_text(course.read_text("utf-8").replace("title: A walk on the map", "title: Two walks"), "utf-8")
    page = browser.visit("/")
    assert page.text_of("h1") == "Two walks"
    assert page.text_of(".course-faults summary") == "There are 2 faults in the course files."
    assert [fault.partition(":")[0] for fault in page.texts_of(".course-faults li")] == [
        "modules/01-map/module.yaml",
        "modules/course.nl.yaml",
    ]
    assert "older than its source" in page.texts_of(".course-faults li")[1]


def test_a_course_without_faults_says_nothing_of_faults(app_with: Callable[..., Flask], written: Path) -> None:
    browser = Browser(app_with(develop=True, shelf=Shelf(written, watch=True)).test_client())
    assert browser.visit("/").texts_of(".course-faults") == []


def test_a_course_that_never_was_good_shows_its_faults_too(app_with: Callable[..., Flask], written: Path) -> None:
    (written / "modules" / "course.yaml").unlink()
    client = app_with(develop=True, shelf=Shelf(written, watch=True)).test_client()
    page = looked_at(client.get("/"))
    assert page.status == 500
    assert any(fault.startswith("modules/course.yaml:") for fault in page.texts_of("main li"))


def test_nobody_reads_the_files_again_in_production(app_with: Callable[..., Flask], written: Path) -> None:
    client = app_with(shelf=Shelf(written)).test_client()
    (written / "modules" / "course.yaml").unlink()
    assert Browser(client).visit("/").text_of("h1") == "A walk on the map"
