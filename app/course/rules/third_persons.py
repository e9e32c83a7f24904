"""What in a text looks like somebody else's data: e-mail addresses, telephone and personal numbers, birth dates.

A rule of appearances, for a question to the person who wrote the text, and never for a refusal: it misses what is
spelt in another way, and now and then it sees something in what is nothing. It keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.course.rules import personal_numbers
from app.course.rules.birth_dates import names_with_birth_date
from app.course.rules.personal_numbers import Place


class Kind(StrEnum):
    """What something looks like."""

    EMAIL = "email"
    NATIONAL_NUMBER = "national_number"
    """A Belgian rijksregisternummer, or a bis number."""
    BSN = "bsn"
    """A Dutch burgerservicenummer."""
    PHONE = "phone"
    """A Dutch or Belgian telephone number."""
    V_NUMBER = "v_number"
    """A Dutch number of a foreign national."""
    NAME_AND_BIRTH_DATE = "name_and_birth_date"


@dataclass(frozen=True, slots=True)
class Trace:
    """A place in a text that looks like somebody's data: from `start` up to but not including `end`."""

    start: int
    end: int
    kind: Kind


def traces_in(text: str, today: date) -> tuple[Trace, ...]:
    """Return what looks like somebody's data, in the order of the text; no two of them overlap.

    Where something looks like two things, it is the one with the stronger proof. Never raises. The time grows
    with the length of the text and with nothing else.
    """
    taken = bytearray(len(text))
    found: list[Trace] = []
    for kind, (start, end) in _candidates(text, today):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Trace(start, end, kind))
    return tuple(sorted(found, key=lambda trace: trace.start))


def _candidates(text: str, today: date) -> Iterator[tuple[Kind, Place]]:
    """Yield what each kind finds, the stronger proof first."""
    text = personal_numbers.with_plain_digits(text)
    numbers = personal_numbers.without_other_numbers(text)
    found = {
        Kind.EMAIL: personal_numbers.emails(text),
        Kind.NATIONAL_NUMBER: personal_numbers.national_numbers(text),
        Kind.BSN: personal_numbers.bsns(numbers),
        Kind.PHONE: personal_numbers.phones(numbers),
        Kind.V_NUMBER: personal_numbers.v_numbers(numbers),
        Kind.NAME_AND_BIRTH_DATE: names_with_birth_date(text, today),
    }
    return ((kind, place) for kind, places in found.items() for place in places)
