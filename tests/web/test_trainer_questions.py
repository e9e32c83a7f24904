"""How questions do: what trainers read of them, from how many attempts on, and what they never learn of anybody."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from app.course.parts import Given
from app.course.steps.quiz_step import QuizStep
from app.records import attempts
from app.records.models import Wording
from app.web.extensions import engine_of
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, Page, small_shelf

LIST, SIGNS, TURNING = "/trainer/questions", "/trainer/questions/map-signs", "/trainer/questions/turning"
RIGHT: Mapping[str, Given] = {
    "distance": ("two",),
    "steep": ("close", "crossing"),
    "north": ("true",),
    "time": ("flat>twelve", "up>twenty"),
    "plan": ("choose", "measure", "reckon"),
    "word": ("contour",),
}
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

Try = Callable[..., None]


@pytest.fixture
def petra(session: Session, reader: Browser) -> None:
    """Sign a trainer in."""
    enrolment = make_enrolment(session, user=make_user(session, email="petra@example.org"), role="trainer")
    visitor = make_visitor(session, enrolment=enrolment)
    session.commit()
    reader.let_in(visitor)


@pytest.fixture
def tries(session: Session) -> Try:
    """Let so many people try the quiz about maps, each for the first time: `tries(20, distance=("four",))`."""

    def those(people: int, *, role: str = "learner", language: str = "en", days: int = 0, **given: Given) -> None:
        course = small_shelf().course(language)
        step = course.step_by_key["01-map/check"]
        assert isinstance(step, QuizStep)
        cohort = make_cohort(session)
        for _one in range(people):
            visitor = make_visitor(session, enrolment=make_enrolment(session, cohort=cohort, role=role))
            answers, now = {**RIGHT, **given}, NOW + timedelta(days=days)
            attempts.submit_quiz(session, visitor, course, step, answers, deed_key="1", shuffle_seed=1, now=now)
        session.commit()

    return those


def question(page: Page, number: int) -> str:
    """Return what the page says of a question."""
    return next(one for one in page.find_all(".item") if one.find("h2")["id"] == f"question-{number}").text


def wordings(page: Page, number: int) -> list[str]:
    """Return what it says of each wording of a question: the first at once, the others once they are unfolded."""
    part = next(one for one in page.find_all(".item") if one.find("h2")["id"] == f"question-{number}")
    return [one.text for one in part.elements if one.parent is part and one.tag in ("div", "details")]


def table(page: Page, number: int, which: int = 0) -> list[list[str]]:
    """Return the rows of a table below a question."""
    part = next(one for one in page.find_all(".item") if one.find("h2")["id"] == f"question-{number}")
    rows = part.find_all("table")[which].find_all("tbody tr")
    return [[cell.text for cell in row.elements if cell.tag in ("th", "td")] for row in rows]


# ---- the list ----------------------------------------------------------------------------------


def test_the_list_names_each_quiz_and_where_it_stands(petra: None, reader: Browser) -> None:
    page = reader.visit(LIST)
    rows = [[cell.text for cell in row.elements if cell.tag in ("th", "td")] for row in page.find_all("tbody tr")]
    assert rows[0][0] == "Signs and lines"
    assert rows[0][1].startswith("01 Reading a map ›")
    assert rows[0][2] == "6"
    assert [link["href"] for link in page.find_all("tbody a")] == [SIGNS, TURNING]


def test_a_quiz_that_the_course_has_not_is_not_found(petra: None, reader: Browser) -> None:
    for address in ("/trainer/questions/nothing", "/trainer/questions/nothing/table.csv"):
        reader.visit(address, status=404)
    assert reader.client.get(f"{SIGNS}/table.pdf").status_code == 404


def test_a_question_that_nobody_answered_says_so(petra: None, reader: Browser) -> None:
    page = reader.visit(SIGNS)
    assert "Nobody answered it yet." in question(page, 1)
    assert "Nobody answered it yet as it reads now." in page.text


# ---- figures ------------------------------------------------------------------------------------


def test_below_five_not_even_the_number_is_told_and_below_twenty_only_that(
    petra: None, reader: Browser, tries: Try
) -> None:
    tries(4)
    assert "Too few: fewer than 5 first attempts so far." in question(reader.visit(SIGNS), 1)
    tries(15)
    page = reader.visit(SIGNS)
    assert "Too few: 19 first attempts so far. From 20 on you see here how they went." in question(page, 1)
    assert not page.has(".item table")
    assert "%" not in question(page, 1)


def test_from_twenty_on_it_is_told_how_many_were_right_and_what_was_given(
    petra: None, reader: Browser, tries: Try
) -> None:
    tries(12)
    tries(8, distance=("four",), word=("path",))
    page = reader.visit(SIGNS)
    said = question(page, 1)
    assert "First attempts 20" in said or "20" in said
    assert "60 %" in said
    assert "1.00" in said
    assert "tells well apart" in said
    assert table(page, 1) == [
        ["2 km", "yes", "12", "60 %"],
        ["4 km", "no", "8", "40 %"],
        ["20 km", "no", "0", "0 %"],
    ]
    assert "Nobody chose ‘20 km’." in said
    assert table(page, 6) == [["contour line", "yes", "12", "60 %"], ["path", "no", "8", "40 %"]]
    assert table(page, 4, 1)[-1] == ["20 minutes", "yes", "20", "100 %"]
    bars = [svg.find_all("rect")[1]["width"] for svg in page.find_all(".item__counts svg") if svg.has("rect")]
    assert bars[:3] == ["60%", "40%", "0%"]


def test_a_trainer_who_tries_it_and_a_second_attempt_change_no_figure(
    petra: None, reader: Browser, tries: Try, session: Session
) -> None:
    tries(20)
    tries(9, role="trainer", distance=("twenty",))
    assert table(reader.visit(SIGNS), 1) == [
        ["2 km", "yes", "20", "100 %"], ["4 km", "no", "0", "0 %"], ["20 km", "no", "0", "0 %"],
    ]  # fmt: skip


def test_what_is_odd_is_said_in_words(petra: None, reader: Browser, tries: Try) -> None:
    tries(10, distance=("four",))
    tries(10, word=("path",), steep=("along",), north=("false",))
    page = reader.visit(SIGNS)
    assert "Who does the rest of the quiz well gets this one wrong more often." in question(page, 1)
    assert "the wrong way round" in question(page, 1)
    assert "Nearly everybody has this right." in question(page, 5)
    overview = page.find_all("table")[0].find_all("tbody tr")
    assert [row.find_all("td")[-1].text for row in overview] == ["2", "nothing", "nothing", "1", "1", "nothing"]


def test_small_groups_are_withheld_and_so_is_what_would_tell_them(petra: None, reader: Browser, tries: Try) -> None:
    tries(18)
    tries(2, distance=("four",), word=("way",))
    page = reader.visit(SIGNS)
    assert table(page, 1) == [
        ["2 km", "yes", "withheld", "withheld"],
        ["4 km", "no", "withheld", "withheld"],
        ["20 km", "no", "0", "0 %"],
    ]
    for hidden in ("18", "90 %", "2 people", "10 %"):
        assert hidden not in question(page, 1).replace("20", "")
    assert "Had it right withheld" in question(page, 1)


def test_words_that_few_typed_are_never_shown(petra: None, reader: Browser, tries: Try) -> None:
    tries(12)
    tries(4, word=("my neighbour Yara Spil",))
    tries(3, word=("Isobar!",))
    tries(3, word=("isobar",))
    page = reader.visit(SIGNS)
    assert "Yara" not in page.text
    assert "yara" not in reader.client.get(f"{SIGNS}/table.csv", buffered=True).get_data(as_text=True).lower()
    assert [row[0] for row in table(page, 6)] == ["contour line", "path", "isobar", "other answers"]


# ---- wordings -----------------------------------------------------------------------------------


def test_wordings_and_languages_are_kept_apart_each_with_its_days(petra: None, reader: Browser, tries: Try) -> None:
    tries(20, days=0)
    tries(20, days=4, language="nl", distance=("four",))
    tries(20, days=6, distance=("four",))
    english, dutch = wordings(reader.visit(SIGNS), 1)
    assert english.startswith("English, as it reads now answered 19 November to 25 November")
    assert "Had it right 50 %" in english
    assert dutch.startswith("Nederlands, as it reads now answered 23 November Twee plaatsen liggen 4 cm uit elkaar")
    assert "Had it right 0 %" in dutch


def test_an_earlier_wording_stands_below_with_its_own_text(
    petra: None, reader: Browser, tries: Try, session: Session
) -> None:
    tries(20)
    old = session.query(Wording).filter_by(slug="north", language="en").one()
    text = old.body.replace("A map can be read", "In earlier days a map could be read")
    assert text != old.body
    session.add(Wording(revision="earlier", about="question", slug="north", kind=old.kind, language="en", body=text))
    session.flush()
    session.connection().exec_driver_sql(
        f"UPDATE answer SET question_revision = 'earlier' WHERE question_revision = '{old.revision}'"
    )
    session.commit()
    tries(6, north=("false",))
    now, earlier = wordings(reader.visit(SIGNS), 3)
    assert "Too few: 6 first attempts so far." in now
    assert earlier.startswith("English, an earlier wording")
    assert "In earlier days a map could be read" in earlier
    assert "Had it right 100 %" in earlier


def test_a_kind_of_question_that_is_gone_is_not_counted_and_breaks_nothing(
    petra: None, reader: Browser, tries: Try, session: Session
) -> None:
    tries(20)
    for wording in session.query(Wording).filter_by(slug="north"):
        wording.kind = "drawing"
    session.commit()
    assert "no longer in use" in question(reader.visit(SIGNS), 3)


# ---- languages ----------------------------------------------------------------------------------


def test_texts_carry_their_language(petra: None, reader: Browser, tries: Try) -> None:
    tries(20, language="nl")
    page = reader.visit(SIGNS)
    dutch = [one.text for one in page.find_all("th[lang=nl]")]
    assert "2 km" in dutch
    assert page.find_all("h2 span[lang=en]")[0].text.startswith("Two places lie 4 cm apart")


# ---- tables that leave --------------------------------------------------------------------------


def rows_of(reader: Browser, kind: str = "csv") -> list[list[Any]]:
    content = reader.client.get(f"{SIGNS}/table.{kind}", buffered=True).get_data()
    if kind == "xlsx":
        return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    return list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_table_says_what_the_page_says(petra: None, reader: Browser, tries: Try) -> None:
    tries(12)
    tries(8, distance=("four",), word=("path",))
    headings, *rows = rows_of(reader)
    assert headings == [
        "Number", "Question", "Language", "Wording", "Answered since", "Answered until", "First attempts",
        "Percent right", "Discrimination", "Part", "Answer", "Right", "Given by", "Percent", "Remark",
    ]  # fmt: skip
    asked = "Two places lie 4 cm apart on a map of 1 to 50,000. How far is the walk at least?"
    day = "2026-11-19"
    assert rows[0] == [
        "1", asked, "English", "as it reads now", day, day, "20", "60", "1,0", "", "2 km", "yes", "12", "60",
        "Nobody chose ‘20 km’. A wrong answer that nobody takes for right can go, or be made better.",
    ]  # fmt: skip
    assert {row[9] for row in rows if row[0] == "4"} == {"a flat path", "a steep path"}


def test_a_withheld_number_is_an_empty_cell_and_a_remark(petra: None, reader: Browser, tries: Try) -> None:
    tries(18)
    tries(2, distance=("four",))
    rows = [row for row in rows_of(reader) if row[0] == "1"]
    assert [(row[7], row[8], row[10], row[12], row[13]) for row in rows] == [
        ("", "", "2 km", "", ""), ("", "", "4 km", "", ""), ("", "", "20 km", "0", "0"),
    ]  # fmt: skip
    assert rows[0][14].startswith("withheld")


def test_too_few_attempts_leave_as_one_row_with_no_figure(petra: None, reader: Browser, tries: Try) -> None:
    tries(19)
    rows = [row for row in rows_of(reader) if row[0] == "1"]
    assert [row[6:14] for row in rows] == [[""] * 8]
    assert rows[0][14].startswith("Too few: 19 first attempts so far.")


@on_sqlite
def test_a_workbook_has_numbers_as_numbers(petra: None, reader: Browser, tries: Try) -> None:
    tries(12)
    tries(8, distance=("four",), word=("path",))
    row = rows_of(reader, "xlsx")[1]
    assert row[4:9] == [date(2026, 11, 19), date(2026, 11, 19), 20.0, 60.0, 1.0]
    assert (row[0], row[12], row[13]) == (1.0, 12.0, 60.0)


@on_sqlite
def test_no_cell_is_a_formula_that_a_spreadsheet_would_run(
    petra: None, reader: Browser, tries: Try, session: Session
) -> None:
    tries(20, word=("=cmd|' /C calc'!A0",))
    for wording in session.query(Wording).filter_by(slug="distance"):
        wording.body = wording.body.replace("2 km", "=2+3").replace("Two places", "@SUM(1) Two places")
    session.commit()
    cells = [cell for row in rows_of(reader) for cell in row]
    assert any("=2+3" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    book = reader.client.get(f"{SIGNS}/table.xlsx", buffered=True).get_data()
    with ZipFile(BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"=2+3" in sheet
    assert b"<f>" not in sheet


# ---- who ----------------------------------------------------------------------------------------


def test_the_menu_leads_a_trainer_to_the_questions_and_nobody_else(
    petra: None, reader: Browser, app: Flask, session: Session
) -> None:
    assert [link["href"] for link in reader.visit(LIST).find_all("nav a[aria-current=page]")] == [LIST]
    learner = make_visitor(session)
    session.commit()
    other = Browser(app.test_client())
    other.let_in(learner)
    assert LIST not in [link["href"] for link in other.visit("/my-course").find_all("nav a")]
    other.visit(SIGNS, status=404)


@pytest.mark.parametrize("people", [20, 40])
def test_the_page_takes_three_statements_however_many_answered(
    petra: None, reader: Browser, tries: Try, app: Flask, people: int
) -> None:
    tries(people)
    reader.visit(SIGNS)
    with counted(Session(engine_of(app))) as statements:
        reader.visit(SIGNS)
    assert len(statements) == 3
