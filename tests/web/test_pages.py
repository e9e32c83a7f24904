"""What pages say about steps and times: addresses that stay good, days and lengths in words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import travel

from app.course.files.shelf import Shelf
from app.records.accounts import Visitor
from app.records.models import StepCompletion
from app.web import pages
from tests.web.conftest import SMALL, Browser
from tests.web.html import fields_of


@pytest.fixture
def saying(app: Flask) -> Callable[..., str]:
    """Say something in a language, as a page would."""

    def say(language: str, words: Callable[..., str], *args: object) -> str:
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            return words(*args)

    return say


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 1, "1 minute"),
        ("en", 59, "59 minutes"),
        ("en", 60, "1 hour"),
        ("en", 129, "2 hours and 9 minutes"),
        ("nl", 0, "0 minuten"),
        ("nl", 61, "1 uur en 1 minuut"),
        ("nl", 129, "2 uur en 9 minuten"),
    ],
)
def test_minutes_are_said_in_words(saying: Callable[..., str], language: str, count: int, words: str) -> None:
    assert saying(language, pages.minutes, count) == words


@travel(datetime(2026, 11, 19, 12, tzinfo=UTC), tick=False)
def test_a_moment_is_said_as_the_clock_on_the_wall_tells_it(saying: Callable[..., str]) -> None:
    when = datetime(2026, 11, 19, 8, 5, tzinfo=UTC)
    assert saying("en", pages.moment, when) == "19 November, 09:05"
    assert saying("nl", pages.moment, when) == "19 november, 9.05 uur"


@travel(datetime(2026, 11, 19, 12, tzinfo=UTC), tick=False)
def test_the_clock_hangs_where_the_site_says(app_with: Callable[..., Flask]) -> None:
    with app_with(time_zone="America/Paramaribo").test_request_context(headers={"Cookie": "language=nl"}):
        assert "6.05" in pages.moment(datetime(2026, 11, 19, 9, 5, tzinfo=UTC))


def test_a_day_of_another_year_has_its_year(saying: Callable[..., str]) -> None:
    assert saying("nl", pages.day, date(2026, 11, 19)) == "19 november"
    assert saying("nl", pages.day, date(2025, 11, 19)) == "19 november 2025"
    assert saying("en", pages.day, datetime(2025, 12, 31, 23, 30, tzinfo=UTC)) == "1 January"


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """Give the course after the step `01-map/read-on` got another slug."""
    folder = tmp_path / "course"
    shutil.copytree(SMALL, folder)
    for language in ("en", "nl"):
        step = folder / "modules" / "01-map" / f"04-read-on.{language}.md"
        step.rename(step.with_name(f"04-more.{language}.md"))
    with (folder / "modules" / "course.yaml").open("a", encoding="utf-8") as file:
        file.write("renamed:\n  steps:\n    01-map/read-on: 01-map/more\n")
    return folder


def test_an_address_from_before_a_renaming_is_sent_on_for_good(
    app_with: Callable[..., Flask], renamed: Path, noor: Visitor
) -> None:
    client: FlaskClient = app_with(shelf=Shelf(renamed)).test_client()
    Browser(client).sign_in(noor)
    response = client.get("/modules/01-map/read-on?from=mail")
    assert response.status_code == 301
    assert response.location == "/modules/01-map/more?from=mail"
    assert client.get(response.location).status_code == 200


def test_a_form_for_an_address_from_before_a_renaming_is_taken(
    app_with: Callable[..., Flask], renamed: Path, noor: Visitor, rows: Session
) -> None:
    client: FlaskClient = app_with(shelf=Shelf(renamed)).test_client()
    reader = Browser(client)
    reader.sign_in(noor)
    form = reader.visit("/modules/01-map/more").form(action="/modules/01-map/more")
    assert client.post("/modules/01-map/read-on", data=fields_of(form)).status_code == 303
    assert rows.scalars(select(StepCompletion.step_key)).all() == ["01-map/more"]
