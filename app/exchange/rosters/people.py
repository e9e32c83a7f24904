"""Rows of people: who each row is about, or what is wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Literal, NamedTuple

from app.exchange.rosters.addresses import NoAddress, address_in, display_name
from app.exchange.rosters.cells import Row
from app.exchange.rosters.columns import Column, Meaning
from app.exchange.rosters.names import is_a_name, joined, turned
from app.exchange.rosters.refusing import Unreadable, Why

PersonRole = Literal["learner", "trainer"]

_WORDS: dict[PersonRole, str] = {
    "trainer": (
        "trainer trainers docent docente begeleider begeleidster leraar teacher tutor instructor coach facilitator "
        "facilitatrice opleider cursusleider"
    ),
    "learner": (
        "deelnemer deelnemers deelneemster cursist cursiste leerling student studente learner learners participant "
        "trainee"
    ),
}
_ROLES = {word: role for role, words in _WORDS.items() for word in words.split()}


MAX_TEXT = 254
"""Signs of a cell with a fault that are kept: as many as an address has."""


class Fault(StrEnum):
    """Why a row enrols nobody."""

    NO_ADDRESS = "no_address"
    SEVERAL_ADDRESSES = "several_addresses"
    NOT_AN_ADDRESS = "not_an_address"
    NO_NAME = "no_name"
    UNKNOWN_ROLE = "unknown_role"
    OTHER_COHORT = "other_cohort"
    """Its cell names another cohort than the one that is filled."""
    TWICE = "twice"
    """The same address stood in an earlier row, see `first_row`."""


_ADDRESS_FAULTS = {
    NoAddress.NONE: Fault.NO_ADDRESS,
    NoAddress.SEVERAL: Fault.SEVERAL_ADDRESSES,
    NoAddress.MALFORMED: Fault.NOT_AN_ADDRESS,
}


class Person(NamedTuple):
    """A row of the file. It enrols somebody when it has no faults."""

    row: int
    """As the spreadsheet shows it."""
    email: str
    """The address without what stood around it, capitals as they were; with a fault, the text of the cell."""
    name: str
    role: PersonRole
    role_text: str
    """What the cell for the role says."""
    faults: tuple[Fault, ...] = ()
    first_row: int | None = None
    """Where the same address stood before."""


def people_in(rows: Iterable[Row], columns: Iterable[Column], *, cohort: str = "") -> Iterator[Person]:
    """Yield a person for each row, as the columns are understood.

    Rows whose cell names another cohort than `cohort` are for others; an empty cell means this one. Of several rows
    with one address (capitals do not count) the first without faults is taken.
    Raises Unreadable when no column holds addresses.
    """
    places: dict[Meaning, list[int]] = {meaning: [] for meaning in Meaning}
    for column in columns:
        places[column.meaning].append(column.index)
    if not places[Meaning.EMAIL]:
        raise Unreadable(Why.NO_ADDRESSES)
    return _people(rows, places, cohort)


def _people(rows: Iterable[Row], places: dict[Meaning, list[int]], cohort: str) -> Iterator[Person]:
    first_rows: dict[str, int] = {}
    for row in rows:
        person = _person(row, places)
        named = _text(row, places[Meaning.COHORT])
        if named and _folded(named) != _folded(cohort):
            person = person._replace(faults=(Fault.OTHER_COHORT,))
        if not person.faults:
            first = first_rows.setdefault(person.email.casefold(), row.number)
            if first != row.number:
                person = person._replace(faults=(Fault.TWICE,), first_row=first)
        yield person


def _person(row: Row, places: dict[Meaning, list[int]]) -> Person:
    faults = []
    cell = _text(row, places[Meaning.EMAIL])
    email = address_in(cell)
    if isinstance(email, NoAddress):
        faults.append(_ADDRESS_FAULTS[email])
        email = cell[:MAX_TEXT]
    name = _name(row, places) or turned(display_name(cell))
    if not is_a_name(name):
        faults.append(Fault.NO_NAME)
    role_text = _text(row, places[Meaning.ROLE])[:MAX_TEXT]
    role = _role(role_text)
    if role is None:
        faults.append(Fault.UNKNOWN_ROLE)
    return Person(row.number, email, name, role or "learner", role_text, tuple(faults))


def _text(row: Row, columns: list[int]) -> str:
    """Give what the columns of one meaning hold, one after another: a second column of addresses makes several."""
    if len(columns) == 1:
        return row.cell(columns[0])
    return " ".join(text for column in columns if (text := row.cell(column)))


def _name(row: Row, places: dict[Meaning, list[int]]) -> str:
    """Read the name, whole where it stands so."""
    if whole := _text(row, places[Meaning.WHOLE_NAME]):
        return whole
    if around := _text(row, places[Meaning.LAST_NAME_FIRST]):
        return turned(around)
    first, particle, last = (
        _text(row, places[part]) for part in (Meaning.FIRST_NAME, Meaning.PARTICLE, Meaning.LAST_NAME)
    )
    return joined(first, particle, last) if is_a_name(first) or is_a_name(last) else ""


def _folded(name: str) -> str:
    """Fold the name of a cohort, as people type it: capitals and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _role(text: str) -> PersonRole | None:
    """Read a role; an empty cell is a learner. None for a word that we do not know."""
    word = text.strip(" .-–").casefold()
    return _ROLES.get(word) if word else "learner"
