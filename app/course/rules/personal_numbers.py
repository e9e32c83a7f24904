"""Addresses and numbers of people, as they are usually typed. A function a kind: a text in, places in it out.

What has a check digit is believed only when that is right. Every pattern looks at a bounded stretch of the text,
so the time grows with its length and with nothing else. Digits are those of ASCII: `with_plain_digits` first.

Sources:
- telephone numbers: the Dutch Nummerplan telefoon- en ISDN-diensten (https://wetten.overheid.nl/BWBR0010198) and
  the Belgian numbering principles (https://www.bipt.be/consumers/numbering-principles). Free and paid numbers of
  services (0800, 0900; in Belgium 070 and 078 too) and short ones (112, 113, 1813) are nobody's own: passed over;
- the burgerservicenummer: nine digits, of which the first may be a nought that is left out, times 9, 8, ... 2 and -1,
  make a multiple of 11 (https://www.rvig.nl/bsn);
- the Belgian rijksregisternummer: birth date as year, month and day, three digits, and 97 minus the remainder of
  those nine digits by 97, with a 2 before them for who was born in 2000 or later. In a bis number, which people
  outside the register get, the month is 20 or 40 higher; of who fled, month and day may be nought
  (https://nl.wikipedia.org/wiki/Rijksregisternummer);
- the V-number, by which the Dutch IND knows a foreign national: ten digits after the letters VNR on the residence
  permit (IND, brochure 1331 "Your residence permit"), with no check digit that is known. In letters it is also
  spelt 123.456.7890.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

Place = tuple[int, int]
"""Where something stands in a text: from, and up to but not including."""

_SPACE = "[ \u00a0\u202f]"
_LINE = "[-./\u2010-\u2013]"
_ALONE = rf"(?<![\w+])(?<!\d{_LINE})(?<!\d:)(?<![A-Z][-_])"
"""Begins here, and is not the rest of a longer number or of a code such as INF-0201."""
_END = r"(?![\w@])(?![.:\-]\d)"


def with_plain_digits(text: str) -> str:
    """Return the text, as long as before, with the digits of ASCII for those of Arabic and other scripts."""
    return text if text.isascii() else "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)


# ---- what is something else ------------------------------------------------------------------

_MONEY_BEFORE = r"(?:€|\$|£|\bEUR|\beuro|\bUSD)"
_MONEY_AFTER = r"(?:€|(?:euro|EUR|USD|dollar|mln|miljoen|miljard|million|billion)\b)"
_SOMETHING_ELSE = (
    re.compile(r"(?:https?://|www\.|\bdoi:|\b10\.\d{4,9}/)\S{1,2000}", re.IGNORECASE),
    re.compile(r"\b(?:ISBN|ISSN|EAN)(?:-1[03])?:?\s?[\dX][\dX\- ]{6,18}", re.IGNORECASE),
    re.compile(r"\bKvK\b[^\d\n]{0,15}\d{8}", re.IGNORECASE),  # a Dutch company
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b"),  # IBAN
    re.compile(rf"{_MONEY_BEFORE}\s?\d[\d., \u00a0]{{0,20}}", re.IGNORECASE),
    re.compile(rf"\b\d[\d., \u00a0]{{0,20}}{_MONEY_AFTER}", re.IGNORECASE),
    re.compile(r"(?<![\d.,/-])\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d|[./-]\d)"),  # 2024-03-15
    re.compile(r"(?<![\d.,/-])\d{1,2}([-/.])\d{1,2}\1\d{4}(?!\d|[./-]\d)"),  # 15-3-2024
    re.compile(r"(?<![\d.,/-])\d{1,2}([-/])\d{1,2}\1\d{2}(?!\d|[./-]\d)"),  # 15-3-24
)
_COMPANY = re.compile(r"(?<![\w.])([01]\d{3})\.(\d{3})\.(\d{3})(?!\w|\.\d)")
"""A Belgian enterprise number, spelt as usual; its last two digits are 97 minus the remainder of the others by 97."""


def without_other_numbers(text: str) -> str:
    """Return the text, as long as before, with nothing where links, books, sums, dates and bank accounts stand."""
    for pattern in _SOMETHING_ELSE:
        text = pattern.sub(_nothing, text)
    return _COMPANY.sub(lambda found: _nothing(found) if _is_company("".join(found.groups())) else found[0], text)


def _nothing(found: re.Match[str]) -> str:
    return "\0" * len(found[0])


def _is_company(digits: str) -> bool:
    return int(digits[8:]) == 97 - int(digits[:8]) % 97


# ---- e-mail ----------------------------------------------------------------------------------

_EMAIL = re.compile(
    r"(?<![\w.+%-])[^\W_][\w.+'%-]{0,63}[ \u00a0]?@[ \u00a0]?"
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w@-])"
)


def emails(text: str) -> Iterator[Place]:
    """Yield e-mail addresses."""
    return (found.span() for found in _EMAIL.finditer(text))


# ---- telephone -------------------------------------------------------------------------------

_GAP = f"(?:{_SPACE}?{_LINE}{_SPACE}?|{_SPACE}{{1,2}})?"
"""What may stand between two digits of a telephone number, or nothing."""
_GAP_THERE = _GAP.removesuffix("?")

_PHONES = (
    # With the country: +31 6 ..., 0031 (0)20 ..., +32 4.. ..., (+32) 2 ...
    rf"\(?(?:\+{_SPACE}?|00{_GAP})31\)?{_GAP}(?:\(?0\)?{_GAP})?(?!800|90[069])[1-9](?:{_GAP}\d){{8}}",
    rf"\(?(?:\+{_SPACE}?|00{_GAP})32\)?{_GAP}(?:\(?0\)?{_GAP})?4{_GAP}[5-9](?:{_GAP}\d){{7}}",
    rf"\(?(?:\+{_SPACE}?|00{_GAP})32\)?{_GAP}(?:\(?0\)?{_GAP})?(?!7[08]|800|90)[1-9](?:{_GAP}\d){{7}}",
    # Ten digits: Dutch mobile, area and company numbers, and Belgian mobile ones, 04...
    rf"(?:06|\(06\))(?:{_GAP}\d){{8}}",
    rf"\(0[1-57]\d\d\)(?:{_GAP}\d){{6}}",
    rf"(?:0(?:[1-57]\d|8[4578]|91)|\(0(?:[1-57]\d|8[4578]|91)\))(?:{_GAP}\d){{7}}",
    # Nine digits in Belgium, with a gap after the area: without one they are too often something else.
    rf"(?:0[2349]{_GAP_THERE}|\(0[2349]\){_GAP})\d{{3}}{_GAP}\d\d{_GAP}\d\d",
    rf"(?!\(?07[08])(?:0[15-8]\d{_GAP_THERE}|\(0[15-8]\d\){_GAP})(?:\d\d{_GAP}\d\d{_GAP}\d\d|\d{{3}}{_GAP}\d{{3}})",
)
"""Patterns without what must stand around them."""


def phones(text: str) -> Iterator[Place]:
    """Yield Dutch and Belgian telephone numbers, with or without the country before them."""
    return (found.span() for pattern in _phones() for found in pattern.finditer(text))


@cache
def _phones() -> tuple[re.Pattern[str], ...]:
    """Compile the patterns when the first text comes in: that takes 8 ms, and a start has no time for it."""
    return tuple(re.compile(_ALONE + pattern + _END) for pattern in _PHONES)


# ---- Dutch numbers of people -----------------------------------------------------------------

_NAMED_BSN = re.compile(
    r"\b(?:BSN|burgerservice-?nummer|sofi-?nummer|citizen service number)\W{0,3}(?:(?:is|was|nr|number)\W{1,3})?"
    rf"(\d(?:(?:{_SPACE}|{_LINE})?\d){{7,8}}){_END}",
    re.IGNORECASE,
)
_BSN = tuple(
    re.compile(_ALONE + pattern + _END)
    for pattern in (
        r"\d{8,9}",
        rf"\d{{3}}({_SPACE}|\.)\d{{3}}\1\d{{3}}",
        rf"\d{{4}}({_SPACE}|\.)\d\d\1\d{{2,3}}",
        rf"\d{{3}}({_SPACE}|\.)\d\d\1\d{{4}}",
        rf"\d\d({_SPACE}|\.)\d{{3}}\1\d{{3}}",
    )
)
_COUNTED = re.compile(
    r"\s?(?:%|mensen|personen|inwoners|vluchtelingen|ontheemden|kinderen|studenten|people|persons|inhabitants|refugees"
    r"|displaced|children|students)",
    re.IGNORECASE,
)


def bsns(text: str) -> Iterator[Place]:
    """Yield eight or nine digits that pass the 11-test, in a usual spelling, or in any after the word BSN."""
    for found in _NAMED_BSN.finditer(text):
        if passes_eleven_test(_digits(found[1])):
            yield found.span(1)
    for pattern in _BSN:
        for found in pattern.finditer(text):
            digits = _digits(found[0])
            if passes_eleven_test(digits) and not _is_day(digits) and not _is_count(text, found):
                yield found.span()


def passes_eleven_test(digits: list[int]) -> bool:
    """Whether eight or nine digits can be a burgerservicenummer."""
    nine = [0] * (9 - len(digits)) + digits
    return any(nine) and sum(map(int.__mul__, nine, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11 == 0


def _is_day(digits: list[int]) -> bool:
    """Whether eight digits are a day, as 20240315 or 15032024."""
    if len(digits) != 8:
        return False
    a, b, c, d = (10 * digits[at] + digits[at + 1] for at in range(0, 8, 2))
    return any(_makes_date(century, year, month, day) for century, year, month, day in ((a, b, c, d), (c, d, b, a)))


def _makes_date(century: int, year: int, month: int, day: int) -> bool:
    try:
        date(100 * century + year, month, day)
    except ValueError:
        return False
    return century in (19, 20)


def _is_count(text: str, found: re.Match[str]) -> bool:
    """Whether digits in threes are a large number: a round one, or of people."""
    if re.fullmatch(r"\d{2,3}\D\d{3}\D\d{3}", found[0]) is None:
        return False
    return _digits(found[0])[-3:] == [0, 0, 0] or _COUNTED.match(text, found.end()) is not None


_NAMED_V_NUMBER = re.compile(
    r"\b(?:V[-.\s]?(?:nummer|number|nr|no)|VNR|vreemdelingen-?(?:nummer|nr)|aliens?.? number)\W{0,3}(?:(?:is|was)\s)?"
    rf"(\d(?:(?:{_SPACE}|{_LINE})?\d){{9}}){_END}",
    re.IGNORECASE,
)
_V_NUMBER = re.compile(rf"{_ALONE}[Vv]?[1-9](?:\d{{9}}|\d\d({_SPACE}|\.)\d{{3}}\1\d{{4}}){_END}")


def v_numbers(text: str) -> Iterator[Place]:
    """Yield ten digits as a V-number is spelt, or in any spelling after that word."""
    yield from (found.span(1) for found in _NAMED_V_NUMBER.finditer(text))
    yield from (found.span() for found in _V_NUMBER.finditer(text))


# ---- the Belgian number of a person ----------------------------------------------------------

_NATIONAL = re.compile(rf"{_ALONE}\d\d{_GAP}\d\d{_GAP}\d\d{_GAP}\d{{3}}{_GAP}\d\d{_END}")


def national_numbers(text: str) -> Iterator[Place]:
    """Yield Belgian rijksregisternummers and bis numbers, with or without points and strokes."""
    return (found.span() for found in _NATIONAL.finditer(text) if passes_97_test(_digits(found[0])))


def passes_97_test(digits: list[int]) -> bool:
    """Whether eleven digits can be a rijksregisternummer or a bis number, of either century."""
    month, day = 10 * digits[2] + digits[3], 10 * digits[4] + digits[5]
    if not any(digits[:9]) or month % 20 > 12 or month > 52 or day > 31:
        return False
    nine, check = int("".join(map(str, digits[:9]))), 10 * digits[9] + digits[10]
    return check in (97 - nine % 97, 97 - (2_000_000_000 + nine) % 97)


def _digits(text: str) -> list[int]:
    return [int(sign) for sign in text if sign.isdigit()]
