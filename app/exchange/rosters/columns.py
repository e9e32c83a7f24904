"""How a table is understood: which row holds the headings, and what each column means.

Headings are known in Dutch and English, in whatever order, case and spelling. Where they say nothing, what stands
below them does: a column of addresses is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.exchange.rosters.cells import Row
from app.exchange.rosters.refusing import MAX_COLUMNS

MAX_TITLE_ROWS = 30
"""Rows in which headings are looked for, and by which columns without headings are understood."""
EXAMPLE_LENGTH = 80


class Meaning(StrEnum):
    """What a column is taken for."""

    EMAIL = "email"
    WHOLE_NAME = "whole_name"
    """As it is to be written: Yara van der Trede."""
    LAST_NAME_FIRST = "last_name_first"
    """A whole name with the last name in front: Trede, Yara van der."""
    FIRST_NAME = "first_name"
    PARTICLE = "particle"
    """What stands between first and last name in Dutch: van der."""
    LAST_NAME = "last_name"
    ROLE = "role"
    COHORT = "cohort"
    """For which cohort the row is: an export of all people names it, and only those of one come into it."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds something, and how it is understood."""

    index: int
    """From 0 on."""
    heading: str
    meaning: Meaning
    example: str
    """The first value below the heading."""

    @property
    def letter(self) -> str:
        """The name that spreadsheets give it: A to Z, AA and on."""
        letters, left = "", self.index + 1
        while left:
            left, digit = divmod(left - 1, 26)
            letters = chr(ord("A") + digit) + letters
        return letters


_WORDS = {
    Meaning.EMAIL: (
        "email emailadres emailaddress mail mailadres mailaddress emails epost epostadres emailadressen "
        "emailwerk werkemail workemail werkmail emailzakelijk zakelijkemail zakelijkemailadres zakelijkmailadres "
        "emailschool schoolemail schoolmail schoolemailadres emaildeelnemer emailstudent studentemail studentmail "
        "emailcursist emailmedewerker emailvandedeelnemer contactemail primaryemail primaryemailaddress emailaddress1 "
        "emailprive priveemail privemail userprincipalname upn adresemail emailofparticipant learneremail"
    ),
    Meaning.WHOLE_NAME: (
        "naamvoluit nameinfull volledigenaam fullname naam name weergavenaam displayname naamdeelnemer "
        "deelnemernaam naamstudent studentnaam naamcursist naammedewerker naamvandedeelnemer deelnemer deelnemers "
        "student cursist medewerker persoon participant learner learnername studentname participantname employee "
        "namen names voorenachternaam voornaamenachternaam voornaamachternaam firstandlastname"
    ),
    Meaning.LAST_NAME_FIRST: (
        "achternaamvoornaam achternaamenvoornaam naamvoornaam lastnamefirstname lastfirst lastnamefirst sortname "
        "surnamefirstname"
    ),
    Meaning.FIRST_NAME: (
        "roepnaam voornaam firstname givenname forename first callname preferredname preferredfirstname voornamen "
        "firstnames givennames voorletters voorletter initialen initials"
    ),
    Meaning.PARTICLE: (
        "tussenvoegsel tussenvoegsels tussenv tussenvgsl tussenvoegselachternaam voorvoegsel voorvoegsels "
        "infix surnameprefix lastnameprefix insertion particle middlename"
    ),
    Meaning.LAST_NAME: (
        "achternaam familienaam geslachtsnaam lastname surname familyname last achternamen lastnames eigennaam"
    ),
    Meaning.COHORT: "cohort cohortnaam cohortname",
    Meaning.ROLE: "rol role rolincursus cursusrol courserole rollen roles rolindecursus roleincourse",
}
_KNOWN = {word: (meaning, place) for meaning, words in _WORDS.items() for place, word in enumerate(words.split())}
"""What a heading means, and how sure that is beside others of the same meaning: 0 is surest."""
_TITLE = (Meaning.COHORT, 0)
"""What tells nothing of a row being that of the headings."""

EXACT = frozenset({"naamvoluit", "nameinfull"})
"""Headings of our own exports: names below them are never turned around."""

_ADDRESS = re.compile(r"[^\s@]@[^\s@]")


def heading_row(rows: Sequence[Row]) -> int | None:
    """Find the row that holds the headings, above which titles may stand. None where people begin at once.

    It is the row with the most headings that we know: two at least, as a title may hold an address too, or one above
    the first address. Else it is the row above that address, if it has something in the same column.
    """
    top = rows[:MAX_TITLE_ROWS]
    known = [known_headings(row) for row in top]
    if max(known, default=0) > 1:
        return known.index(max(known))
    first, column = next(
        ((place, column) for place, row in enumerate(top) for column in _address_columns(row)), (len(top), 0)
    )
    if any(known[:first]):
        return known.index(1)
    if 0 < first < len(top) and top[first - 1].cell(column):
        return first - 1
    return None


def known_headings(row: Row) -> int:
    """Count the cells that are headings as we know them; "Cohort" stands in titles too."""
    return sum(_KNOWN.get(_folded(cell), _TITLE)[0] is not Meaning.COHORT for cell in row.cells)


def _address_columns(row: Row) -> Iterable[int]:
    return (column for column, cell in enumerate(row.cells) if _ADDRESS.search(cell))


def columns_understood(headings: Row | None, people: Sequence[Row]) -> tuple[Column, ...]:
    """Tell what each column is taken for, in the order of the columns."""
    examples = _examples(people)
    titles = headings.cells if headings else ()
    width = max(len(titles), 1 + max(examples, default=-1))
    columns = [
        Column(index, title[:EXAMPLE_LENGTH], Meaning.NOTHING, examples.get(index, "")[:EXAMPLE_LENGTH])
        for index in range(width)
        if (title := titles[index] if index < len(titles) else "") or index in examples
    ]
    meanings = _meanings({column.index: _folded(column.heading) for column in columns}, people[:MAX_TITLE_ROWS])
    return corrected(columns, meanings)


def corrected(columns: Iterable[Column], meanings: Mapping[int, Meaning]) -> tuple[Column, ...]:
    """Take columns for what somebody says they are, by their index. The others keep their meaning.

    Columns of one meaning are read one after another: two first names make one, two addresses are one too many.
    """
    return tuple(replace(column, meaning=meanings.get(column.index, column.meaning)) for column in columns)


def _examples(people: Sequence[Row]) -> dict[int, str]:
    """Find the first value of each column."""
    examples: dict[int, str] = {}
    for row in people:
        for index, cell in enumerate(row.cells):
            if cell and index not in examples:
                examples[index] = cell
    return examples


def _meanings(headings: Mapping[int, str], sample: Sequence[Row]) -> dict[int, Meaning]:
    """Give each meaning to one column at most."""
    best: dict[Meaning, tuple[int, int]] = {}
    for index, heading in headings.items():
        if heading in _KNOWN:
            meaning, place = _KNOWN[heading]
            best[meaning] = min(best.get(meaning, (MAX_COLUMNS, index)), (place, index))
    chosen = {meaning: index for meaning, (_place, index) in best.items()}
    _find_addresses(chosen, headings, sample)
    _settle_names(chosen, headings, sample)
    return {index: meaning for meaning, index in chosen.items()}


def _find_addresses(chosen: dict[Meaning, int], headings: Mapping[int, str], sample: Sequence[Row]) -> None:
    """Where no heading says so, or nothing below it does, take the column with the most addresses."""
    counts = {index: sum(bool(_ADDRESS.search(row.cell(index))) for row in sample) for index in headings}
    fullest = max(counts, key=counts.__getitem__, default=None)
    if fullest is None or not counts[fullest] or counts.get(chosen.get(Meaning.EMAIL, -1), 0):
        return
    for meaning in [meaning for meaning, index in chosen.items() if index == fullest]:
        del chosen[meaning]
    chosen[Meaning.EMAIL] = fullest


def _settle_names(chosen: dict[Meaning, int], headings: Mapping[int, str], sample: Sequence[Row]) -> None:
    """Take the name whole or in parts, not both; in Belgium, "Naam" beside "Voornaam" is the last name."""
    whole, first, last = (chosen.get(part) for part in (Meaning.WHOLE_NAME, Meaning.FIRST_NAME, Meaning.LAST_NAME))
    if first is not None and last is not None:
        chosen.pop(Meaning.WHOLE_NAME, None)
        chosen.pop(Meaning.LAST_NAME_FIRST, None)
    elif first is not None and whole is not None and headings[whole] in ("naam", "name"):
        chosen[Meaning.LAST_NAME] = chosen.pop(Meaning.WHOLE_NAME)
    elif whole is not None:
        for part in (Meaning.FIRST_NAME, Meaning.PARTICLE, Meaning.LAST_NAME, Meaning.LAST_NAME_FIRST):
            chosen.pop(part, None)
        if headings[whole] not in EXACT and _mostly_turned([row.cell(whole) for row in sample]):
            chosen[Meaning.LAST_NAME_FIRST] = chosen.pop(Meaning.WHOLE_NAME)
    elif not {Meaning.FIRST_NAME, Meaning.LAST_NAME, Meaning.LAST_NAME_FIRST} & chosen.keys() and not any(
        headings.values()
    ):
        _find_names(chosen, headings, sample)


def _find_names(chosen: dict[Meaning, int], headings: Mapping[int, str], sample: Sequence[Row]) -> None:
    """Without any heading, take the first column of words for the name."""
    for index in headings:
        texts = [text for row in sample if (text := row.cell(index))]
        if index not in chosen.values() and sum(any(map(str.isalpha, text)) for text in texts) * 2 > len(texts):
            chosen[Meaning.LAST_NAME_FIRST if _mostly_turned(texts) else Meaning.WHOLE_NAME] = index
            return


def _mostly_turned(names: Sequence[str]) -> bool:
    """Whether more than half of the names are written as "Trede, Yara"."""
    written = [name for name in names if name]
    return 2 * sum("," in name for name in written) > len(written)


def _folded(heading: str) -> str:
    """Fold a heading to its letters and digits: "E-mail adres:" is emailadres."""
    if len(heading) > EXAMPLE_LENGTH:
        return ""
    plain = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(sign for sign in plain if sign.isalnum())
