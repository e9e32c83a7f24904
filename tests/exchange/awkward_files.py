"""Files as people have them and files that mean harm, each with what must come out. All are made here.

What comes out is a `Why`, or a row for each person: row number, address, name and role; or row number and faults.
Of large files that are harmless in the end it is only said that they are read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from xlsxwriter import Workbook

from app.exchange.rosters.people import Fault, Person
from app.exchange.rosters.refusing import MAX_BYTES, Why

Rows = Sequence[Sequence[object]]

YARA = "yara@example.org"
PIET = "piet@example.org"
LEARNER, TRAINER = "learner", "trainer"

Outcome = Why | Sequence[tuple[object, ...]] | Literal["read"]


@dataclass(frozen=True)
class AwkwardFile:
    """A file, made when it is asked for."""

    what: str
    make: Callable[[], bytes]
    outcome: Outcome


def outcome_of(person: Person) -> tuple[object, ...]:
    """What comes out for one row, as it stands in the tables below."""
    if person.faults:
        return (person.row, *person.faults, *([person.first_row] if person.first_row else []))
    return (person.row, person.email, person.name, person.role)


# ---- making them -------------------------------------------------------------------------------


def text(content: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: content.encode(encoding)


def raw(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def book(**sheets: Rows) -> Callable[[], bytes]:
    """A workbook by xlsxwriter; a sheet whose name begins with `hidden` is."""

    def make() -> bytes:
        file = BytesIO()
        with Workbook(file, {"strings_to_urls": False}) as workbook:
            for name, rows in sheets.items():
                sheet = workbook.add_worksheet(name)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
                if name.startswith("hidden"):
                    sheet.hide()
                elif not sheet.name.startswith("Sheet"):
                    sheet.activate()
        return file.getvalue()

    return make


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK_PARTS = {
    "_rels/.rels": f"<Relationships {LINKS}>"
    f'<Relationship Id="a" Type="{KIND}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{KIND}"><sheets>'
    '<sheet name="A" sheetId="1" r:id="b"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f"<Relationships {LINKS}>"
    f'<Relationship Id="b" Type="{KIND}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="c" Type="{KIND}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
}
SHEET = "xl/worksheets/sheet1.xml"


def archive(parts: dict[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", method, compresslevel=1 if method == ZIP_DEFLATED else None) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return file.getvalue()


def sheet(data: str | bytes, *, before: str = "", shared: str = "", **replaced: str) -> Callable[[], bytes]:
    """A workbook by hand: `data` is what stands in its one sheet."""

    def make() -> bytes:
        inside = data if isinstance(data, bytes) else data.encode()
        whole = f"{before}<worksheet {MAIN}><sheetData>".encode() + inside + b"</sheetData></worksheet>"
        parts: dict[str, str | bytes] = {**WORKBOOK_PARTS, SHEET: whole, **replaced}
        if shared:
            parts["xl/sharedStrings.xml"] = f"<sst {MAIN}>{shared}</sst>"
        return archive(parts)

    return make


def inline(*rows: Sequence[str]) -> str:
    """Rows whose cells hold their text themselves, and say nothing of where they stand."""
    return "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows
    )


TWO_INLINE = inline(["Naam", "E-mail"], ["Yara Trede", YARA])
ONE = [(2, YARA, "Yara Trede", LEARNER)]
TWO = [(2, YARA, "Yara Trede", LEARNER), (3, PIET, "Piet Leuning", LEARNER)]
TWO_CSV = f"Naam;E-mail\r\nYara Trede;{YARA}\r\nPiet Leuning;{PIET}\r\n"
ZOE_CSV = f"Naam;E-mail\r\nZoë Überstap;{YARA}\r\n"
ZOE = [(2, YARA, "Zoë Überstap", LEARNER)]


def cached_formulas() -> bytes:
    file = BytesIO()
    with Workbook(file) as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, ["Voornaam", "Achternaam", "Naam voluit", "E-mail"])
        page.write_row(1, 0, ["Yara", "Trede"])
        page.write_formula(1, 2, '=A2&" "&B2', None, "Yara Trede")
        page.write_formula(1, 3, '=LOWER(A2)&"@example.org"', None, YARA)
    return file.getvalue()


def lying(content: bytes, said: int) -> bytes:
    """The same archive, whose largest part says that it is small."""
    with ZipFile(BytesIO(content)) as zipped:
        true = max(part.file_size for part in zipped.infolist())
    return content.replace(struct.pack("<L", true), struct.pack("<L", said))


def locked(content: bytes) -> bytes:
    """The same archive, whose parts say that they need a password."""
    changed = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(mark, place + 1)) >= 0:
            changed[place + flags] |= 1
    return bytes(changed)


def picture() -> bytes:
    """A real PNG of one sign."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    head = struct.pack(">LLBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)

AWKWARD: list[AwkwardFile] = [
    # ---- CSV: how the bytes are written --------------------------------------------------------
    AwkwardFile("semicolons, as Dutch Excel saves", text(TWO_CSV), TWO),
    AwkwardFile("commas", text(TWO_CSV.replace(";", ",")), TWO),
    AwkwardFile("tabs", text(TWO_CSV.replace(";", "\t")), TWO),
    AwkwardFile("UTF-8 with its mark", text(ZOE_CSV, "utf-8-sig"), ZOE),
    AwkwardFile("UTF-8 without a mark", text(ZOE_CSV), ZOE),
    AwkwardFile("UTF-16, little end first, with its mark", raw(b"\xff\xfe" + ZOE_CSV.encode("utf-16-le")), ZOE),
    AwkwardFile("UTF-16, big end first, with its mark", raw(b"\xfe\xff" + ZOE_CSV.encode("utf-16-be")), ZOE),
    AwkwardFile("UTF-16, little end first, without a mark", text(ZOE_CSV, "utf-16-le"), ZOE),
    AwkwardFile("UTF-16, big end first, without a mark", text(ZOE_CSV, "utf-16-be"), ZOE),
    AwkwardFile("UTF-16 with tabs: Excel's Unicode text", text(ZOE_CSV.replace(";", "\t"), "utf-16"), ZOE),
    AwkwardFile("cp1252, as Excel saves CSV", text(ZOE_CSV, "cp1252"), ZOE),
    AwkwardFile(
        "cp1252 with a euro and a curly apostrophe",
        text(f"Naam;E-mail;Prijs\nYara in ’t Veld;{YARA};€ 5\n", "cp1252"),
        [(2, YARA, "Yara in ’t Veld", LEARNER)],
    ),
    AwkwardFile("Excel for Mac: CR, and letters of its own", text(ZOE_CSV.replace("\r\n", "\r"), "mac_roman"), ZOE),
    AwkwardFile("CR line ends in cp1252", text(ZOE_CSV.replace("\r\n", "\r"), "cp1252"), ZOE),
    AwkwardFile("CR line ends", text(TWO_CSV.replace("\r\n", "\r")), TWO),
    AwkwardFile("LF line ends", text(TWO_CSV.replace("\r\n", "\n")), TWO),
    AwkwardFile(
        "line ends of three kinds, none behind the last row",
        text(f"Naam;E-mail\rYara Trede;{YARA}\n\rPiet Leuning;{PIET}"),
        [(2, YARA, "Yara Trede", LEARNER), (4, PIET, "Piet Leuning", LEARNER)],
    ),
    AwkwardFile(
        "a sep= line, which Excel does not count",
        text(f"sep=|\nNaam|E-mail\nTrede; Yara|{YARA}\n"),
        [(2, YARA, "Trede; Yara", LEARNER)],
    ),
    AwkwardFile("a sep= line behind the mark of UTF-16", text("sep=;\r\n" + TWO_CSV, "utf-16"), TWO),
    AwkwardFile(
        "line breaks within quotes count as one row",
        text(f'Naam;Adres;E-mail\n"Yara\nTrede";"Trapstraat 1\r\nOverstap";{YARA}\nPiet Leuning;;{PIET}\n'),
        TWO,
    ),
    AwkwardFile(
        "quotes within quotes",
        text(f'Naam,E-mail\n"Yara ""Stapje"" Trede",{YARA}\n'),
        [(2, YARA, 'Yara "Stapje" Trede', LEARNER)],
    ),
    AwkwardFile(
        "names with commas between semicolons", text(f"E-mail;Naam\n{YARA};Trede, Yara\n{PIET};Leuning, Piet\n"), TWO
    ),
    # ---- headings and rows ---------------------------------------------------------------------
    AwkwardFile(
        "English headings, in another order", text(f"Email Address,Last Name,First name\n{YARA},Trede,Yara\n"), ONE
    ),
    AwkwardFile(
        "headings in capitals, with spaces, colons and accents",
        text(f" ÉMAIL-ADRES: ;  NAAM \n{YARA};Yara Trede\n"),
        ONE,
    ),
    AwkwardFile(
        "titles and blank rows above the headings",
        text(f"Inschrijvingen najaar;;\n;;\nGemaakt op 3 november;;\nNaam;E-mail;Klas\nYara Trede;{YARA};B\n"),
        [(5, YARA, "Yara Trede", LEARNER)],
    ),
    AwkwardFile(
        "a title that holds an address",
        text(f"Vragen? Mail naar hulp@example.org;\nNaam;E-mail\nYara Trede;{YARA}\n"),
        [(3, YARA, "Yara Trede", LEARNER)],
    ),
    AwkwardFile(
        "blank rows and rows of separators between people",
        text(f"Naam;E-mail\n\n;;;;\nYara Trede;{YARA}\n   ;\n\nPiet Leuning;{PIET};\n;\n"),
        [(4, YARA, "Yara Trede", LEARNER), (7, PIET, "Piet Leuning", LEARNER)],
    ),
    AwkwardFile(
        "columns that mean nothing to us",
        text(f"Nr;Naam;Afdeling;E-mail;Telefoon;Opmerking\n1;Yara Trede;Zorg;{YARA};'+31 6 1;x@y\n"),
        ONE,
    ),
    AwkwardFile(
        "no headings at all",
        text(f"Yara Trede;{YARA}\nPiet Leuning;{PIET}\n"),
        [(1, YARA, "Yara Trede", LEARNER), (2, PIET, "Piet Leuning", LEARNER)],
    ),
    AwkwardFile(
        "headings in a language that we do not know", text(f"Nombre;Correo\nYara Trede;{YARA}\n"), [(2, Fault.NO_NAME)]
    ),
    AwkwardFile(
        "two columns of mail: the one that is filled", text(f"Naam;E-mail;E-mail privé\nYara Trede;;{YARA}\n"), ONE
    ),
    AwkwardFile(
        "only addresses, with names around them",
        text(f'"Trede, Y. van der" <{YARA}>\nPiet Leuning <{PIET}>\n'),
        [(1, YARA, "Y. van der Trede", LEARNER), (2, PIET, "Piet Leuning", LEARNER)],
    ),
    # ---- names ---------------------------------------------------------------------------------
    AwkwardFile(
        "first name, particle and last name",
        text(
            "Achternaam;Tussenvoegsel;Roepnaam;E-mail\n"
            f"Trede;van der;Yara;{YARA}\n"
            f"Leuning;;Piet;{PIET}\n"
            "Boven;-;An;an@example.org\n"
        ),
        [
            (2, YARA, "Yara van der Trede", LEARNER),
            (3, PIET, "Piet Leuning", LEARNER),
            (4, "an@example.org", "An Boven", LEARNER),
        ],
    ),
    AwkwardFile(
        "the particle behind or before the last name",
        text(f"Voornaam;Achternaam;E-mail\nYara;Trede, van der;{YARA}\nPiet;de Leuning;{PIET}\n"),
        [(2, YARA, "Yara van der Trede", LEARNER), (3, PIET, "Piet de Leuning", LEARNER)],
    ),
    AwkwardFile(
        "last names first",
        text(
            "Deelnemer;E-mail\n"
            f"Trede, Y. van der;{YARA}\n"
            f'"Leuning, in \'t, Piet";{PIET}\n'
            "Stap van de, An;an@example.org\n"
            "Boven, MSc;bo@example.org\n"
        ),
        [
            (2, YARA, "Y. van der Trede", LEARNER),
            (3, PIET, "Piet in 't Leuning", LEARNER),
            (4, "an@example.org", "An van de Stap", LEARNER),
            (5, "bo@example.org", "Boven, MSc", LEARNER),
        ],
    ),
    AwkwardFile(
        "Belgian: Naam beside Voornaam is the last name",
        text(f"Naam;Voornaam;E-mail\nVan der Trede;Yara;{YARA}\n"),
        [(2, YARA, "Yara Van der Trede", LEARNER)],
    ),
    AwkwardFile(
        "only a first name; no name",
        text(f"Voornaam;Achternaam;E-mail\nYara;;{YARA}\n;;{PIET}\n-;n.v.t.;an@example.org\n"),
        [(2, YARA, "Yara", LEARNER), (3, Fault.NO_NAME), (4, Fault.NO_NAME)],
    ),
    # ---- addresses -----------------------------------------------------------------------------
    AwkwardFile(
        "spaces, capitals, display names, mailto: and loose ends",
        text(
            "Naam;E-mail\n"
            'A;"  A@Example.ORG "\n'
            "B;b @ example.org\n"
            'C;"""Stap, C."" <c@example.org>"\n'
            "D;mailto:d@example.org?subject=Dag\n"
            'E;"e@example.org;"\n'
            "F;<f@example.org>\n"
            "G;\u00a0g@example.org\u200b\n"
            "H;'h@example.org'\n"
            "I;i@example.org<mailto:i@example.org>\n"
            "J;j@example.org (werk)\n"
            "K;o'k+b@sub.example.org.\n"
        ),
        [
            (2, "A@Example.ORG", "A", LEARNER),
            *((row, f"{name}@example.org", name.upper(), LEARNER) for row, name in enumerate("bcdefghij", start=3)),
            (12, "o'k+b@sub.example.org", "K", LEARNER),
        ],
    ),
    AwkwardFile(
        "no address, several, or something else",
        text(
            "Naam;E-mail\n"
            "A;\n"
            'B;"b@example.org, bb@example.org"\n'
            "C;geen mail\n"
            "D;jan jansen@example.org\n"
            "E;e@example\n"
            "F;f@@example.org\n"
            "G;g@example.org g@example.org\n"
            "H;h@example.org/hh@example.org\n"
            "I;i(at)example.org\n"
        ),
        [
            (2, Fault.NO_ADDRESS),
            (3, Fault.SEVERAL_ADDRESSES),
            (4, Fault.NOT_AN_ADDRESS),
            (5, Fault.NOT_AN_ADDRESS),
            (6, Fault.NOT_AN_ADDRESS),
            (7, Fault.NOT_AN_ADDRESS),
            (8, "g@example.org", "G", LEARNER),
            (9, Fault.SEVERAL_ADDRESSES),
            (10, Fault.NOT_AN_ADDRESS),
        ],
    ),
    AwkwardFile(
        "the same person three times",
        text(f"Naam;E-mail\n;{YARA}\nYara Trede;{YARA}\nY. Trede;YARA@example.org\nYara Trede;{YARA}\n"),
        [(2, Fault.NO_NAME), (3, YARA, "Yara Trede", LEARNER), (4, Fault.TWICE, 3), (5, Fault.TWICE, 3)],
    ),
    # ---- roles ---------------------------------------------------------------------------------
    AwkwardFile(
        "roles in two languages",
        text(
            "Naam;E-mail;Rol\n"
            "A;a@example.org;Docent\n"
            "B;b@example.org;\n"
            "C;c@example.org;BEGELEIDER\n"
            "D;d@example.org;student\n"
            "E;e@example.org;keizer\n"
            "F;;trainer\n"
        ),
        [
            (2, "a@example.org", "A", TRAINER),
            (3, "b@example.org", "B", LEARNER),
            (4, "c@example.org", "C", TRAINER),
            (5, "d@example.org", "D", LEARNER),
            (6, Fault.UNKNOWN_ROLE),
            (7, Fault.NO_ADDRESS),
        ],
    ),
    # ---- formulas ------------------------------------------------------------------------------
    AwkwardFile(
        "formulas in CSV",
        text(
            "Naam;E-mail\n"
            f'"=""Yara Trede""";"=HYPERLINK(""mailto:{YARA}"";""{YARA}"")"\n'
            f"=A2&B2;{PIET}\n"
            "#N/B;an@example.org\n"
        ),
        [(2, YARA, "Yara Trede", LEARNER), (3, Fault.NO_NAME), (4, Fault.NO_NAME)],
    ),
    AwkwardFile("formulas in XLSX: the value that was last shown", cached_formulas, ONE),
    AwkwardFile(
        "cells that a spreadsheet would run, guarded",
        text(f"Naam;E-mail\n'=Yara;{YARA}\n"),
        [(2, YARA, "=Yara", LEARNER)],
    ),
    # ---- XLSX ----------------------------------------------------------------------------------
    AwkwardFile("a workbook", book(Sheet1=[["Naam", "E-mail"], ["Yara Trede", YARA], ["Piet Leuning", PIET]]), TWO),
    AwkwardFile(
        "people on the third sheet, the first one empty",
        book(Leeg=[], Uitleg=[["Vul in op het volgende blad"]], Mensen=[["E-mail", "Naam"], [YARA, "Yara Trede"]]),
        ONE,
    ),
    AwkwardFile(
        "other people on a hidden sheet",
        book(hidden=[["E-mail", "Naam"], [PIET, "Piet Leuning"]], Mensen=[["E-mail", "Naam"], [YARA, "Yara Trede"]]),
        ONE,
    ),
    AwkwardFile(
        "numbers, dates and booleans beside the people",
        book(Sheet1=[["Nr", "Naam", "Datum", "E-mail"], [1.0, "Yara Trede", 45000.5, YARA, True]]),
        ONE,
    ),
    AwkwardFile(
        "a role that is a number",
        book(Sheet1=[["Naam", "E-mail", "Rol"], ["Yara Trede", YARA, 2]]),
        [(2, Fault.UNKNOWN_ROLE)],
    ),
    AwkwardFile(
        "a workbook whose cells do not say where they stand", sheet(TWO_INLINE, before='<?xml version="1.0"?>'), ONE
    ),
    AwkwardFile(
        "a row at the very end of the sheet",
        sheet(
            TWO_INLINE
            + '<row r="1048576"><c r="A1048576" t="str"><v>Piet Leuning</v></c>'
            + f'<c r="B1048576" t="str"><v>{PIET}</v></c></row>'
        ),
        [*ONE, (1048576, PIET, "Piet Leuning", LEARNER)],
    ),
    AwkwardFile(
        "text in pieces, with how it is pronounced, and control signs",
        sheet(
            '<row r="3"><c r="B3" t="s"><v>0</v></c><c r="D3" t="s"><v>1</v></c></row>'
            '<row r="5"><c r="B5" t="s"><v>2</v></c>'
            f'<c r="D5" t="str"><f>X1</f><v>{YARA}</v></c><c r="E5" t="e"><v>#N/A</v></c></row>',
            shared="<si><t>Naam</t></si><si><t>E-mail</t></si>"
            '<si><r><t>Yara</t></r><r><rPr/><t xml:space="preserve"> _x000D_Trede</t></r><rPh><t>zzz</t></rPh></si>',
        ),
        [(5, YARA, "Yara Trede", LEARNER)],
    ),
    AwkwardFile(
        "a strict workbook, a prefix before every tag, that says it is as large as can be",
        lambda: archive(
            {
                **WORKBOOK_PARTS,
                SHEET: '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main">'
                '<x:dimension ref="A1:XFD1048576"/><x:sheetData>'
                + TWO_INLINE.replace("<", "<x:").replace("<x:/", "</x:")
                + "</x:sheetData></x:worksheet>",
            }
        ),
        ONE,
    ),
    AwkwardFile(
        "parts under names with backslashes and capitals",
        lambda: archive(
            {
                name.replace("/", "\\").upper(): content
                for name, content in {
                    **WORKBOOK_PARTS,
                    SHEET: f"<worksheet {MAIN}><sheetData>{TWO_INLINE}</sheetData></worksheet>",
                }.items()
            }
        ),
        ONE,
    ),
    AwkwardFile(
        "everything in the first column, as pasted",
        book(Sheet1=[["Naam;E-mail"], [f"Yara Trede;{YARA}"], [f"Piet Leuning;{PIET}"]]),
        TWO,
    ),
    AwkwardFile(
        "each line of a CSV file in quotes",
        text(f'"Naam,""E-mail"""\n"""Trede, Yara"",{YARA}"\n"""Leuning, Piet"",{PIET}"\n'),
        TWO,
    ),
    # ---- files that are no roster --------------------------------------------------------------
    AwkwardFile("nothing", raw(b""), Why.EMPTY),
    AwkwardFile("only blank rows", text("\ufeff\r\n;;;\r\n \r\n"), Why.EMPTY),
    AwkwardFile("a workbook of empty sheets", book(Leeg=[], Ook=[]), Why.EMPTY),
    AwkwardFile("no addresses", text("Naam;Telefoon\nYara Trede;0612345678\n"), Why.NO_ADDRESSES),
    AwkwardFile(
        "a quote that is never closed", text(f'Naam;E-mail\n"Yara Trede;{YARA}\nPiet Leuning;{PIET}\n'), Why.OPEN_QUOTE
    ),
    AwkwardFile(
        "bytes that no encoding knows", raw(b"Naam;E-mail\nYara\x81\x8d;" + YARA.encode() + b"\n"), Why.UNDECODABLE
    ),
    AwkwardFile(
        "a web page under the name of an .xls",
        text(f"<html><table><tr><td>Naam<td>E-mail<tr><td>Yara<td>{YARA}</table>"),
        Why.OTHER_TABLE,
    ),
    AwkwardFile("an old .xls", raw(OLD_OFFICE + "Workbook".encode("utf-16-le")), Why.OTHER_TABLE),
    AwkwardFile(
        "an .ods",
        lambda: archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        Why.OTHER_TABLE,
    ),
    AwkwardFile(
        "an .xlsb",
        lambda: archive(
            {"_rels/.rels": WORKBOOK_PARTS["_rels/.rels"].replace(".xml", ".bin"), "xl/workbook.bin": b"\0"}
        ),
        Why.OTHER_TABLE,
    ),
    AwkwardFile(
        "a letter",
        lambda: archive(
            {
                "_rels/.rels": WORKBOOK_PARTS["_rels/.rels"].replace("xl/workbook.xml", "word/document.xml"),
                "word/document.xml": "<w/>",
            }
        ),
        Why.NOT_A_TABLE,
    ),
    AwkwardFile("an archive of photographs", lambda: archive({"a.png": picture()}), Why.NOT_A_TABLE),
    AwkwardFile("half a workbook", lambda: sheet(TWO_INLINE)()[:-40], Why.BROKEN),
    AwkwardFile("XML that stops", sheet("<row><c>", **{SHEET: "<worksheet><row"}), Why.BROKEN),
    AwkwardFile("a text that is not in the list", sheet('<row><c t="s"><v>7</v></c></row>'), Why.BROKEN),
]


def long() -> str:
    return "a" * 95_000_000


HOSTILE: list[AwkwardFile] = [
    AwkwardFile("only headings", text("Naam;E-mail;Rol\r\n"), Why.ONLY_HEADINGS),
    AwkwardFile("only headings, in a workbook", book(Sheet1=[["Naam", "E-mail"]]), Why.ONLY_HEADINGS),
    AwkwardFile("a renamed picture", picture, Why.NOT_A_TABLE),
    AwkwardFile("a picture without a known beginning", lambda: bytes(range(256)) * 30_000, Why.NOT_A_TABLE),
    AwkwardFile(
        "an encrypted workbook", raw(OLD_OFFICE + "EncryptedPackage".encode("utf-16-le") + bytes(4096)), Why.ENCRYPTED
    ),
    AwkwardFile("an archive with a password", lambda: locked(sheet(TWO_INLINE)()), Why.ENCRYPTED),
    AwkwardFile("200 MB", lambda: b"a@example.org\n" * (200_000_000 // 14), Why.TOO_LARGE),
    AwkwardFile(
        "a million empty columns", lambda: b"E-mail" + b";" * 1_000_000 + b"\na@example.org\n", Why.TOO_MANY_COLUMNS
    ),
    AwkwardFile("a million filled columns", lambda: b"a@example.org," * (MAX_BYTES // 14), Why.TOO_MANY_COLUMNS),
    AwkwardFile(
        "a million columns over a thousand lines",
        lambda: b'"\n";' + b'a;a;a;a;a;a;a;a;a;a;a;a;"\n";' * 300_000,
        Why.OPEN_QUOTE,
    ),
    AwkwardFile("two thousand columns in every row", lambda: (b"a," * 2_000 + b"\n") * 2_000, Why.TOO_MANY_COLUMNS),
    AwkwardFile(
        "a cell in the last corner of the sheet",
        sheet(TWO_INLINE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        Why.TOO_MANY_COLUMNS,
    ),
    AwkwardFile("eight million rows", lambda: b"a\n" * (MAX_BYTES // 2 - 1), Why.TOO_MANY_ROWS),
    AwkwardFile("eight million blank rows", lambda: b"\r\n" * (MAX_BYTES // 2 - 1) + b"a", Why.TOO_MANY_ROWS),
    AwkwardFile("eight million cells", lambda: (b"a;" * 400 + b"\n") * (MAX_BYTES // 801), Why.TOO_LARGE),
    AwkwardFile(
        "one line with a sign that takes four bytes",
        lambda: b"a" * (MAX_BYTES - 10) + "\U0001f9d7".encode(),
        Why.TOO_LARGE,
    ),
    AwkwardFile(
        "short texts with a sign that takes four bytes",
        lambda: "".join(f"{number}\U0001f9d7;" + "\n" * (number % 10 == 0) for number in range(1_300_000)).encode(),
        Why.TOO_LARGE,
    ),
    AwkwardFile(
        "a quote over the whole file", lambda: b'Naam;E-mail\n"' + b"a;b\n" * (MAX_BYTES // 4 - 5), Why.OPEN_QUOTE
    ),
    AwkwardFile("one line, nothing else", lambda: b"a" * (MAX_BYTES - 1), Why.TOO_LARGE),
    AwkwardFile("quotes, nothing else", lambda: b'"' * (MAX_BYTES - 1), Why.TOO_LARGE),
    AwkwardFile("a zip bomb", sheet(b" " * 101_000_000), Why.BOMB),
    AwkwardFile(
        "a zip bomb beside a small sheet",
        lambda: archive(
            {
                **WORKBOOK_PARTS,
                SHEET: f"<worksheet {MAIN}><sheetData>{TWO_INLINE}</sheetData></worksheet>",
                "xl/media/a.png": bytes(101_000_000),
            }
        ),
        Why.BOMB,
    ),
    AwkwardFile("a zip bomb that says it is small", lambda: lying(sheet(b" " * 150_000_000)(), 5_000), Why.BROKEN),
    AwkwardFile(
        "an archive of a hundred thousand files",
        lambda: archive({f"{number}": b"" for number in range(100_000)}, ZIP_STORED),
        Why.BOMB,
    ),
    AwkwardFile("an entity bomb", sheet(inline(["&i;"]), before=LAUGHS), Why.ENTITIES),
    AwkwardFile(
        "an entity bomb among the shared texts",
        lambda: archive(
            {
                **WORKBOOK_PARTS,
                SHEET: f"<worksheet {MAIN}><sheetData/></worksheet>",
                "xl/sharedStrings.xml": f"{LAUGHS}<sst>&i;</sst>",
            }
        ),
        Why.ENTITIES,
    ),
    AwkwardFile(
        "an entity that reads a file of ours",
        sheet(inline(["&a;"]), before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        Why.ENTITIES,
    ),
    AwkwardFile("24 million empty cells", lambda: sheet(b"<row>" + b"<c/>" * 24_000_000 + b"</row>")(), Why.TOO_LARGE),
    AwkwardFile("24 million tags that mean nothing", lambda: sheet(b"<d/>" * 24_000_000)(), Why.BOMB),
    AwkwardFile("30 million tags, one in another", lambda: sheet(b"<a>" * 30_000_000)(), Why.BOMB),
    AwkwardFile(
        "one cell of 95 MB", lambda: sheet(b"<row><c><v>" + b"1" * 95_000_000 + b"</v></c></row>")(), Why.TOO_LARGE
    ),
    AwkwardFile("a remark of 95 MB", lambda: sheet(b"<!--" + b"a" * 95_000_000 + b"-->")(), Why.BOMB),
    AwkwardFile("a remark of 95 MB before all else", lambda: sheet("", before=f"<!--{long()}-->")(), Why.BOMB),
    AwkwardFile("a declaration of 95 MB", lambda: sheet("", before=f"<?xml {long()}?>")(), Why.BOMB),
    AwkwardFile("a document type of 95 MB", lambda: sheet("", before=f'<!DOCTYPE a SYSTEM "{long()}">')(), Why.BOMB),
    AwkwardFile(
        "a long unread text of 95 MB",
        lambda: sheet(f"<row><c><f><![CDATA[{long()}]]></f></c></row>")(),
        Why.EMPTY,
    ),
    AwkwardFile("an attribute of 95 MB", lambda: sheet(b'<row a="' + b"a" * 95_000_000 + b'"/>')(), Why.BOMB),
    AwkwardFile("a tag whose name has 95 MB", lambda: sheet(b"<" + b"a" * 95_000_000 + b"/>")(), Why.BOMB),
    AwkwardFile("an instruction of 95 MB", lambda: sheet(b"<?a " + b"a" * 95_000_000 + b"?>")(), Why.BOMB),
    AwkwardFile(
        "two million cells of a number",
        lambda: sheet((b"<row>" + b"<c><v>1</v></c>" * 400 + b"</row>") * 5_000)(),
        Why.TOO_LARGE,
    ),
    AwkwardFile(
        "two million shared texts",
        lambda: sheet("", shared="".join(f"<si><t>{number:07}</t></si>" for number in range(2_000_000)))(),
        Why.TOO_LARGE,
    ),
    AwkwardFile(
        "a million rows of one cell", lambda: sheet(b"<row><c><v>1</v></c></row>" * 1_000_000)(), Why.TOO_MANY_ROWS
    ),
    AwkwardFile(
        "a million tags, each of another name",
        lambda: sheet("".join(f"<t{number}/>" for number in range(4_000_000)))(),
        Why.BOMB,
    ),
    AwkwardFile(
        "a million attributes, each of another name",
        lambda: sheet(
            "".join("<d " + " ".join(f'a{number}_{more}=""' for more in range(100)) + "/>" for number in range(40_000))
        )(),
        Why.BOMB,
    ),
    AwkwardFile(
        "a million prefixes",
        lambda: sheet(
            "".join(
                "<d " + " ".join(f'xmlns:a{number}_{more}="u"' for more in range(100)) + "/>"
                for number in range(30_000)
            )
        )(),
        Why.BOMB,
    ),
    AwkwardFile(
        "one empty sheet of 90 MB, listed a thousand times",
        sheet(
            b" " * 90_000_000,
            **{
                "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{KIND}">'
                + '<sheet name="A" r:id="b"/>' * 1_000
                + "</workbook>"
            },
        ),
        Why.BOMB,
    ),
    AwkwardFile(
        "one sheet of 3 million tags, listed a thousand times",
        sheet(
            b"<d/>" * 3_000_000,
            **{
                "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{KIND}">'
                + '<sheet name="A" r:id="b"/>' * 1_000
                + "</workbook>"
            },
        ),
        Why.BOMB,
    ),
    AwkwardFile(
        "addresses that take a pattern long",
        lambda: b"E-mail\n" + (b"<" + b"@ " * 450 + b"/" * 90 + b"\n") * 9_900,
        "read",
    ),
    AwkwardFile(
        "formulas that take a pattern long",
        lambda: b"E-mail\n" + (b"=HYPERLINK(" + b'a"' * 20_001 + b"\n") * 240,
        "read",
    ),
    AwkwardFile(
        "a hundred thousand sheets",
        sheet(
            "",
            **{
                "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{KIND}">'
                + '<sheet name="A" r:id="b"/>' * 100_000
                + "</workbook>"
            },
        ),
        Why.BOMB,
    ),
]
