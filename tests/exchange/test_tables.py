"""Tables that leave: what stands in their cells, that no cell runs, and that they come back as they left."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.exchange import tables
from app.exchange.formulas import guarded, guarded_again, unguarded
from app.exchange.rosters.people import people_in
from app.exchange.rosters.reading import roster_of
from app.exchange.tables import Cell, TooManyRows, csv_of, workbook_of
from app.records.accounts import NoName, clean_name
from tests.exchange.weighing import weights

ROW: tuple[Cell, ...] = ("Yara", 7, -1.5, date(2026, 11, 23), datetime(2026, 11, 23, 9, 5, tzinfo=UTC), None, "-3")
HEADINGS = ("Naam", "Punten", "Deel", "Dag", "Moment", "Leeg", "Tekst")


def in_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    return b"".join(csv_of(rows))


def in_workbook(rows: Sequence[Sequence[Cell]]) -> bytes:
    with workbook_of(rows, sheet="Mensen") as file:
        return file.read()


# ---- cells -------------------------------------------------------------------------------------


def test_csv_is_as_dutch_excel_opens_it_by_a_double_click() -> None:
    assert in_csv([HEADINGS, ROW]).decode() == (
        "\ufeffNaam;Punten;Deel;Dag;Moment;Leeg;Tekst\r\nYara;7;-1,5;2026-11-23;2026-11-23 09:05:00;;'-3\r\n"
    )


def test_a_workbook_holds_numbers_and_dates_as_such() -> None:
    sheet = CalamineWorkbook.from_filelike(BytesIO(in_workbook([HEADINGS, ROW]))).get_sheet_by_name("Mensen")
    assert sheet.to_python() == [
        list(HEADINGS),
        ["Yara", 7.0, -1.5, date(2026, 11, 23), datetime(2026, 11, 23, 9, 5), "", "-3"],  # noqa: DTZ001 (Excel has no zones)
    ]


def test_csv_comes_in_pieces() -> None:
    pieces = list(csv_of((f"Yara {number}", number) for number in range(20_000)))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 2 * tables.CHUNK


@pytest.mark.scale
def test_a_table_of_any_length_takes_the_same_memory() -> None:
    found = weights("tables")
    for kind in ("csv", "xlsx"):
        assert int(found[f"{kind} 100000"].outcome) > 9 * int(found[f"{kind} 10000"].outcome)
        assert found[f"{kind} 100000"].megabytes < found[f"{kind} 10000"].megabytes + 4
        assert found[f"{kind} 100000"].seconds < 10


def test_rows_that_no_sheet_can_hold_are_not_left_out_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_SHEET_ROWS", 2)
    with pytest.raises(TooManyRows):
        in_workbook([("Naam",), ("Yara",), ("Piet",)])


# ---- nothing runs ------------------------------------------------------------------------------

RISKY = st.text(alphabet="=+-@\t\r\n,;|'\"ab", max_size=12)


@given(st.lists(RISKY, min_size=1, max_size=4))
def test_no_cell_of_a_csv_file_begins_like_a_formula_whatever_separator_a_program_expects(cells: list[str]) -> None:
    content = in_csv([cells]).decode("utf-8-sig")
    for separator in ";,\t|":
        for row in csv.reader(StringIO(content, newline=""), delimiter=separator):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]


@settings(max_examples=30, deadline=None)
@given(st.lists(RISKY.filter(str.strip), min_size=1, max_size=4))
def test_a_workbook_holds_no_formula_and_no_link(cells: list[str]) -> None:
    with ZipFile(BytesIO(in_workbook([cells, ["http://example.org", "=1+1", *cells]]))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


@given(RISKY | st.text())
def test_what_was_guarded_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert unguarded(guarded_again(text)) == text


# ---- there and back ----------------------------------------------------------------------------


def a_name(text: str) -> str | None:
    """A name as accounts keep it, with a letter in it."""
    try:
        name = clean_name(text)
    except NoName:
        return None
    return name if any(map(str.isalpha, name)) and not name.startswith("#") else None


NAMES = (
    st.one_of(st.text(max_size=20), st.text(alphabet="=+-@, ;'\"tvan", max_size=12), st.just("Trede, Yara"))
    .map(a_name)
    .filter(bool)
)
LOCAL_PARTS = st.from_regex(r"[a-z0-9=+_-][a-z0-9'+=_.-]{0,8}[a-z0-9]", fullmatch=True)
PEOPLE = st.lists(
    st.tuples(LOCAL_PARTS.map("{}@example.org".format), NAMES, st.sampled_from(["learner", "trainer"])),
    min_size=1,
    max_size=6,
    unique_by=lambda person: person[0],
)


@pytest.mark.parametrize("write", [in_csv, in_workbook])
@pytest.mark.parametrize("headings", [("E-mail", "Name in full", "Role"), ("E-mailadres", "Naam voluit", "Rol")])
@settings(max_examples=40, deadline=None)
@given(people=PEOPLE)
def test_what_is_exported_can_be_imported_and_changes_nothing(
    write: object, headings: tuple[str, ...], people: list[tuple[str, str, str]]
) -> None:
    assert callable(write)
    roster = roster_of(write([headings, *people]))
    found = list(people_in(roster.rows, roster.columns))
    assert [(person.email, person.name, person.role, person.faults) for person in found] == [
        (*person, ()) for person in people
    ]
