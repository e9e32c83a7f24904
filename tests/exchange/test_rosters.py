"""Files with people, as somebody has them: who comes out, and what is refused, how soon and at what cost."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from app.exchange.formulas import unguarded
from app.exchange.rosters.addresses import NoAddress, address_in
from app.exchange.rosters.cells import filled, tidied
from app.exchange.rosters.columns import Meaning, corrected
from app.exchange.rosters.names import joined, turned
from app.exchange.rosters.people import people_in
from app.exchange.rosters.reading import Roster, roster_at, roster_of
from app.exchange.rosters.refusing import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Unreadable, Why
from app.exchange.tables import csv_of
from tests.exchange.awkward_files import (
    AWKWARD,
    HOSTILE,
    TWO_INLINE,
    YARA,
    AwkwardFile,
    Outcome,
    book,
    outcome_of,
    sheet,
)
from tests.exchange.weighing import weights

SECONDS = 2.0
MEGABYTES = 100.0


def outcome_for(content: bytes) -> Outcome:
    try:
        roster = roster_of(content)
        return [outcome_of(person) for person in people_in(roster.rows, roster.columns)]
    except Unreadable as refusal:
        return refusal.why


def meanings_of(roster: Roster) -> dict[str, str]:
    return {column.heading or column.letter: column.meaning for column in roster.columns}


# ---- awkward files -----------------------------------------------------------------------------


@pytest.mark.parametrize("file", AWKWARD, ids=lambda file: file.what)
def test_an_awkward_file_gives_its_people_or_a_clear_refusal(file: AwkwardFile) -> None:
    assert outcome_for(file.make()) == file.outcome


def test_every_awkward_file_has_a_name_of_its_own() -> None:
    names = [file.what for file in (*AWKWARD, *HOSTILE)]
    assert len(set(names)) == len(names) > 100


# ---- hostile files -----------------------------------------------------------------------------


@pytest.mark.scale
def test_a_hostile_file_is_refused_within_2_seconds_and_100_mb(tmp_path: Path) -> None:
    for file in HOSTILE:
        (tmp_path / file.what).write_bytes(file.make())
    found = weights("rosters", str(tmp_path)).values()
    assert {weight.name: weight.outcome for weight in found} == {file.what: file.outcome for file in HOSTILE}
    assert [weight for weight in found if weight.seconds > SECONDS or weight.megabytes > MEGABYTES] == []


@pytest.mark.scale
def test_a_file_of_ten_thousand_people_is_read_within_a_second_and_20_mb(tmp_path: Path) -> None:
    rows = [("Voornaam", "Tussenvoegsel", "Achternaam", "E-mail", "Rol")]
    rows += [("Yara", "van der", f"Trede{number}", f"y{number}@example.org", "deelnemer") for number in range(10_000)]
    (tmp_path / "csv").write_text("".join(";".join(row) + "\r\n" for row in rows))
    (tmp_path / "xlsx").write_bytes(book(Sheet1=rows)())
    found = weights("rosters", str(tmp_path))
    assert found["csv"].seconds < 0.5
    assert found["xlsx"].seconds < 1
    assert max(weight.megabytes for weight in found.values()) < 20


# ---- limits ------------------------------------------------------------------------------------


@pytest.mark.scale
def test_an_export_of_as_many_people_as_a_file_may_have_is_read_whole() -> None:
    """Its nine columns, with names, addresses and cohorts longer than most."""
    day = date(2026, 11, 23)
    people = (
        (f"Yara van der Trede {n}", f"yara.trede.{n}@students.example.org", f"Voorjaar 2027 {n % 400}", *6 * (day,))
        for n in range(MAX_ROWS)
    )
    content = b"".join(csv_of(chain([("Name", "E-mail address", "Cohort", "Role", "Standing", *"abcd")], people)))
    assert len(roster_of(content).rows) == MAX_ROWS


def test_as_many_rows_as_are_allowed_are_read_and_one_more_is_not() -> None:
    people = [f"y{number}@example.org" for number in range(MAX_ROWS)]
    content = "\n".join(people).encode()
    assert len(roster_of(b"E-mail\n" + content).rows) == MAX_ROWS
    with pytest.raises(Unreadable) as refusal:
        roster_of(content + b"\none@example.org")
    assert (refusal.value.why, refusal.value.row, refusal.value.limit) == (Why.TOO_MANY_ROWS, MAX_ROWS + 1, MAX_ROWS)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_as_many_columns_as_are_allowed_are_read_and_one_more_is_not(kind: str) -> None:
    def content(width: int) -> bytes:
        row = [YARA, *(["x"] * (width - 1))]
        return ";".join(row).encode() if kind == "csv" else book(Sheet1=[row])()

    assert len(roster_of(content(MAX_COLUMNS)).columns) == MAX_COLUMNS
    with pytest.raises(Unreadable) as refusal:
        roster_of(content(MAX_COLUMNS + 1))
    assert (refusal.value.why, refusal.value.row) == (Why.TOO_MANY_COLUMNS, 1)


def test_a_file_that_is_a_byte_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(f"E-mail\n{YARA}\n".encode() + (b" " * 99 + b"\n") * (MAX_BYTES // 100 - 1))
    assert len(roster_at(path).rows) == 1
    path.write_bytes(path.read_bytes().ljust(MAX_BYTES + 1))
    with pytest.raises(Unreadable) as refusal:
        roster_at(path)
    assert (refusal.value.why, refusal.value.limit) == (Why.TOO_LARGE, MAX_BYTES)


def test_a_quote_that_is_never_closed_is_named_by_its_row() -> None:
    with pytest.raises(Unreadable) as refusal:
        roster_of(f'Naam;E-mail\nYara;{YARA}\n"Piet;piet@example.org\nAn;an@example.org'.encode())
    assert (refusal.value.why, refusal.value.row) == (Why.OPEN_QUOTE, 3)


# ---- how columns are understood ----------------------------------------------------------------


def test_each_column_is_told_with_its_heading_meaning_and_first_value() -> None:
    roster = roster_of(f"Nr;Naam;E-mail;;Rol\n;Yara Trede;;;\n7;;{YARA};x;docent\n".encode())
    assert [(column.letter, column.heading, column.meaning, column.example) for column in roster.columns] == [
        ("A", "Nr", Meaning.NOTHING, "7"),
        ("B", "Naam", Meaning.WHOLE_NAME, "Yara Trede"),
        ("C", "E-mail", Meaning.EMAIL, YARA),
        ("D", "", Meaning.NOTHING, "x"),
        ("E", "Rol", Meaning.ROLE, "docent"),
    ]


def test_what_was_misunderstood_can_be_corrected() -> None:
    roster = roster_of(f"Wie;Waar\nTrede, Yara;{YARA}\n".encode())
    columns = corrected(roster.columns, {0: Meaning.LAST_NAME_FIRST})
    assert [outcome_of(person) for person in people_in(roster.rows, columns)] == [(2, YARA, "Yara Trede", "learner")]
    assert outcome_of(next(people_in(roster.rows, roster.columns))) == (2, "no_name")


@pytest.mark.parametrize("heading", ["Cohort", "Cohortnaam", "cohort name"])
def test_rows_that_name_another_cohort_are_for_others_also_where_an_address_comes_twice(heading: str) -> None:
    roster = roster_of(
        f"Naam;E-mail;{heading}\nYara Trede;{YARA};Winter\nYara Trede;{YARA}; VOORJAAR  2027\nPiet;;(geen)\n"
        f"Piet;piet@example.org;\nYara;{YARA};Voorjaar 2027\n".encode()
    )
    assert [outcome_of(person) for person in people_in(roster.rows, roster.columns, cohort="Voorjaar 2027")] == [
        (2, "other_cohort"),
        (3, YARA, "Yara Trede", "learner"),
        (4, "other_cohort"),
        (5, "piet@example.org", "Piet", "learner"),
        (6, "twice", 3),
    ]


def test_the_word_cohort_alone_does_not_make_a_title_the_headings() -> None:
    roster = roster_of(f"Cohort;Voorjaar 2027\n\nWie;E-mail\nYara Trede;{YARA}\n".encode())
    assert roster.headings is not None
    assert roster.headings.number == 3


def test_no_two_rows_of_a_sheet_have_one_number() -> None:
    cells = f'<c t="inlineStr"><is><t>{YARA}</t></is></c><c t="inlineStr"><is><t>Yara</t></is></c>'
    numbered = "".join(f'<row r="{number}">{cells}</row>' for number in (4, 4, 2, 9))
    assert [row.number for row in roster_of(sheet(numbered)()).rows] == [4, 5, 6, 9]


def test_a_file_without_addresses_can_be_looked_at_but_holds_nobody() -> None:
    roster = roster_of(b"Naam;Telefoon\nYara Trede;0612345678\n")
    assert meanings_of(roster) == {"Naam": "whole_name", "Telefoon": "nothing"}
    with pytest.raises(Unreadable) as refusal:
        people_in(roster.rows, roster.columns)
    assert refusal.value.why == Why.NO_ADDRESSES


def test_a_name_in_parts_is_taken_before_a_whole_one_and_the_most_used_first_name_before_initials() -> None:
    roster = roster_of(f"Naam;Voorletters;Roepnaam;Achternaam;E-mail\nTrede YY;Y.Y.;Yara;Trede;{YARA}\n".encode())
    assert meanings_of(roster) == {
        "Naam": "nothing",
        "Voorletters": "nothing",
        "Roepnaam": "first_name",
        "Achternaam": "last_name",
        "E-mail": "email",
    }


def test_letters_of_columns_go_on_behind_z() -> None:
    roster = roster_of((";" * 27 + YARA + ";" * 674 + "\n").encode())
    assert [column.letter for column in roster.columns] == ["AB"]


def test_the_sheet_with_people_is_named() -> None:
    content = book(Uitleg=[["Lees dit"]], Mensen=[["Naam", "E-mail"], ["Yara", YARA]])()
    assert roster_of(content).sheet == "Mensen"


# ---- names and addresses -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Trede, Yara", "Yara Trede"),
        ("Trede, Y. van der", "Y. van der Trede"),
        ("Trede van der, Y.", "Y. van der Trede"),
        ("Trede, van der, Y.", "Y. van der Trede"),
        ("van der Trede, Yara", "Yara van der Trede"),
        ("'t Hooft, G.", "G. 't Hooft"),
        ("Hooft, G. ’t", "G. ’t Hooft"),
        ("Trede-de Vries, Yara", "Yara Trede-de Vries"),
        ("Trede, Yara, MSc", "Yara Trede, MSc"),
        ("Yara Trede, MSc", "Yara Trede, MSc"),
        ("Yara Trede, Jr.", "Yara Trede, Jr."),
        ("Yara van der Trede", "Yara van der Trede"),
        ("Van, An", "An Van"),
        ("Trede,", "Trede"),
        ("Trede, Ma", "Ma Trede"),
        (",", ","),
    ],
)
def test_a_last_name_in_front_goes_to_its_place(written: str, name: str) -> None:
    assert turned(written) == name


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Yara", "van der", "Trede"), "Yara van der Trede"),
        (("Yara", "van der", "van der Trede"), "Yara van der Trede"),
        (("Yara", "", "Trede, van der"), "Yara van der Trede"),
        (("Yara", "van der", "Trede, van der"), "Yara van der Trede"),
        (("Yara", "-", "Trede"), "Yara Trede"),
        (("", "van der", "Trede"), "van der Trede"),
        (("Yara", "", "Trede, MSc"), "Yara Trede, MSc"),
    ],
)
def test_the_parts_of_a_name_come_together(parts: tuple[str, str, str], name: str) -> None:
    assert joined(*parts) == name


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Yara <y@example.org>; Piet <p@example.org>", NoAddress.SEVERAL),
        ("p@example.org, Yara <y@example.org>", NoAddress.SEVERAL),
        ("y@example.org <Y@example.org>", "y@example.org"),
        ("<y@example.org> Yara Trede", "y@example.org"),
        ("MAILTO:y@example.org", "y@example.org"),
        ("mailto:y%2Bz@example.org", "y+z@example.org"),
        ("yara trede@example.org", NoAddress.MALFORMED),
        ("y@example.org" * 100, NoAddress.MALFORMED),
        ("@", NoAddress.MALFORMED),
        (" ; ", NoAddress.NONE),
    ],
)
def test_an_address_is_found_in_what_stands_around_it(cell: str, found: str | NoAddress) -> None:
    assert address_in(cell) == found


@given(st.text())
def test_any_text_has_one_address_or_none_and_an_address_has_no_spaces(cell: str) -> None:
    found = address_in(cell)
    assert not isinstance(found, str) or (found.count("@") == 1 and not any(map(str.isspace, found)))


@given(st.text(alphabet="ab, '.van", max_size=30))
def test_a_name_keeps_its_letters_when_it_is_turned(name: str) -> None:
    assert sorted(filter(str.isalpha, turned(name))) == sorted(filter(str.isalpha, name))


# ---- whatever comes in -------------------------------------------------------------------------

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
WHOLE = sheet(TWO_INLINE, shared="<si><t>Naam</t></si>")()


@given(st.binary())
def test_any_bytes_give_people_or_a_refusal(content: bytes) -> None:
    outcome_for(content)


@given(st.text(alphabet=st.sampled_from("naam@e.;,\t\r\n\"'=|é \0<#"), max_size=300), ENCODINGS)
def test_any_text_gives_people_or_a_refusal(content: str, encoding: str) -> None:
    outcome_for(("Naam;E-mail\n" + content).encode(encoding, "replace"))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_workbook_gives_people_or_a_refusal(damages: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for place, byte in damages:
        content[place] = byte
    outcome_for(bytes(content))


XML_PIECES = (
    '<row> <row_r="2"> </row> <c> <c_t="s"> <c_r="ZZ9"_t="inlineStr"> <c_r="!"> </c> <v> </v> <is> </is> <t> </t> '
    "<rPh> </rPh> 0 -1 a@example.org &#1; &a; \\xD800\\ \\x0000\\ <!-- --> <![CDATA["
)
"""What a sheet is made of. Here _ is the space within a tag, and \\ stands for _."""


@settings(deadline=None)
@given(st.lists(st.sampled_from(XML_PIECES.replace("_", "\t").replace("\\", "_").split(" ")), max_size=30))
def test_any_sheet_gives_people_or_a_refusal(pieces: list[str]) -> None:
    outcome_for(sheet("".join(pieces), shared="<si/>")())


CELLS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs"]), max_size=12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_another_reader_finds_the_same_cells_in_the_same_workbook(rows: list[list[str]]) -> None:
    rows = [[YARA, *row] for row in rows]
    file = BytesIO()
    with Workbook(file, {"strings_to_urls": False, "strings_to_formulas": False}) as workbook:
        page = workbook.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(number, column, cell)
    theirs = CalamineWorkbook.from_filelike(BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    ours = [row.cells for row in roster_of(file.getvalue()).rows]
    assert ours == [tuple(filled(tidied(unguarded(str(cell))) for cell in row)) for row in theirs]
