"""A name beside a birth date: together they tell who somebody is.

A date is taken for a birth date when a word says so (`geboren op`, `born on`, `geb.`, `°`), or when a name stands
right before it and it lies so far back that a student can have been born then. So what happened lately in a town, or
when a law came about, is passed over as far as the words of `no_names` reach; and a birth date without a name is
nobody's. Names begin with a capital, or stand in a script without capitals, such as Arabic.

Around each date a bounded stretch is read, so the time grows with the length of the text and with nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date

from app.course.rules import no_names
from app.course.rules.personal_numbers import Place

YOUNGEST, OLDEST = 15, 100
"""Years before today between which a date beside a name is a birth date even where no word says so."""
BEFORE, AFTER = 80, 50
"""Signs before and after a birth date in which its name is looked for."""


def names_with_birth_date(text: str, today: date) -> Iterator[Place]:
    """Yield places that hold a name and a birth date, the first date first; two of them may overlap."""
    small = {word for word in _SMALL_WORD.findall(text) if word.islower()}
    for day in _days(text):
        name = _name_of_birth_date(text, day, small) or _name_right_before(text, day, today, small)
        if name is not None:
            yield min(name.start, day.start), max(name.end, day.end)


# ---- dates -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Day:
    """A date in a text. The year is None where there is none, and below 100 where it has two digits."""

    start: int
    end: int
    year: int | None


_MONTH = "|".join(sorted((name for names in no_names.MONTHS for name in names), key=len, reverse=True))
_DAYS = (
    re.compile(r"(?<![\d.,/-])(?P<d>\d{1,2}) ?([-/.]) ?(?P<m>\d{1,2}) ?\2 ?(?P<y>\d{4}|\d{2})(?!\d|[-/.]\d)"),
    re.compile(r"(?<![\d.,/-])(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d|[-/.]\d)"),
    re.compile(
        rf"(?<![\d.,/-])(?P<d>\d{{1,2}})(?:st|nd|rd|th|ste|de|e)?\.? (?:of )?(?:{_MONTH})\b\.?,?(?: (?P<y>\d{{4}})\b)?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:{_MONTH})\b\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b,?(?: (?P<y>\d{{4}})\b)?", re.IGNORECASE),
)


def _days(text: str) -> Iterator[_Day]:
    """Yield the dates of a text, the first one first."""
    found: dict[int, _Day] = {}
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            facts = match.groupdict()
            if 1 <= int(facts["d"]) <= 31 and 1 <= int(facts.get("m") or 1) <= 12:
                found.setdefault(match.start(), _Day(*match.span(), int(facts["y"]) if facts["y"] else None))
    return (found[start] for start in sorted(found))


def _can_be_of_a_student(year: int | None, today: date) -> bool:
    if year is None:
        return False
    years = (year,) if year >= 100 else (1900 + year, 2000 + year)
    return any(YOUNGEST <= today.year - one <= OLDEST for one in years)


# ---- names -----------------------------------------------------------------------------------

_SMALL_WORD = re.compile(r"(?<![\w@.])[^\W\d_]{1,40}(?![\w@]|\.\w)")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_JOINT = re.compile(r"[ \u00a0]|\. ?")
_LONGEST_WITHOUT_CAPITALS = 3
"""Words of a name in a script that does not show where a name begins."""
_SENTENCE_BEGINS = re.compile(r"(?:\A|[.!?:\n•*–-])[\s\"'“‘(\[]*\Z")


@dataclass(frozen=True, slots=True)
class _Name:
    """Words that stand together and may name somebody."""

    start: int
    end: int
    words: tuple[str, ...]
    before: str
    """The word before it, in lower case."""

    @property
    def has_no_capitals(self) -> bool:
        """Whether its script knows none."""
        return _has_no_capitals(self.words[0])


def _has_no_capitals(word: str) -> bool:
    return unicodedata.category(word[0]) == "Lo"


def _may_be_part(word: str) -> bool:
    return (word[0].isupper() or _has_no_capitals(word)) and word.lower() not in no_names.COMMON


def _names(text: str, start: int, end: int, small: Set[str]) -> list[_Name]:
    """Return the names of persons in a stretch; `small` are words that the text also writes without a capital."""
    return [name for name in _runs(text, start, end) if _is_of_a_person(text, name, small)]


def _runs(text: str, start: int, end: int) -> Iterator[_Name]:
    """Yield the longest runs of words that may be part of a name, with small particles between them."""
    run: list[re.Match[str]] = []
    before = ""
    for word in _WORD.finditer(text, start, end):
        is_joined = bool(run) and _JOINT.fullmatch(text, run[-1].end(), word.start()) is not None
        if is_joined and (_may_be_part(word[0]) or word[0].lower() in no_names.PARTICLES):
            run.append(word)
            continue
        yield from _name_of(run, before)
        before = run[-1][0].lower() if run else before
        run = [word] if _may_be_part(word[0]) else []
        if not run:
            before = word[0].lower()
    yield from _name_of(run, before)


def _name_of(run: Sequence[re.Match[str]], before: str) -> Iterator[_Name]:
    words = list(run)
    while words and not _may_be_part(words[-1][0]):
        words.pop()
    if words and _has_no_capitals(words[-1][0]):
        words = words[-_LONGEST_WITHOUT_CAPITALS:]
    if words:
        yield _Name(words[0].start(), words[-1].end(), tuple(word[0] for word in words), before)


def _is_of_a_person(text: str, name: _Name, small: Set[str]) -> bool:
    lower = [word.lower() for word in name.words]
    if name.before in no_names.BEFORE_A_PLACE or any(map(_is_of_an_institution, lower)):
        return False
    if not any(_can_name(word) for word in name.words):
        return False
    just_before = text[max(0, name.start - 5) : name.start]
    if just_before.endswith("& "):  # of two authors: a source
        return False
    return not (len(lower) == 1 and lower[0] in small and _SENTENCE_BEGINS.search(just_before))


def _is_of_an_institution(word: str) -> bool:
    return word in no_names.OF_AN_INSTITUTION or any(
        word.endswith(ending) and len(word) >= len(ending) + 3 for ending in no_names.ENDINGS_OF_AN_INSTITUTION
    )


def _can_name(word: str) -> bool:
    """Whether a word alone can be somebody's name: no initial, no town, and no abbreviation such as UNHCR."""
    is_abbreviation = word.isupper() and len(word) <= 5
    return len(word) > 1 and not is_abbreviation and word.lower() not in no_names.PLACES | no_names.PARTICLES


# ---- beside each other -----------------------------------------------------------------------

_BESIDE = re.compile(r"(?:,\s?(?:[^\W\d_]\.\s?){1,4})?(?:\s?[,;:،]?\s?[(\[]?\s?|\s?[–—-]\s?)")
"""What may stand between a name and its date, initials behind a family name too: `Haddad, S. (`."""


def _name_right_before(text: str, day: _Day, today: date, small: Set[str]) -> _Name | None:
    """Find the name that a date stands right behind, as in `Yonas, 3-4-2001`."""
    if not _can_be_of_a_student(day.year, today):
        return None
    for name in _names(text, max(0, day.start - BEFORE), day.start, small)[-1:]:
        between = text[name.end : day.start]
        if _BESIDE.fullmatch(between) and (between.strip() or not name.has_no_capitals):
            return name
    return None


_BIRTH = (
    r"(?:\bgeboren\b|\bgeb\.|\bgeb\b|\bgeb\.?datum\b|\bgeboorte(?:datum|dag)\b|\bborn\b|[(,]\s?b\.|[(,]\s?\*|\bd\.?o\.?b\b\.?"
    r"|\bdate of birth\b|\bbirth ?date\b|°|\bمولودة?\b|\bمواليد\b|\bولدت?\b|\bالميلاد\b)"
)
_BIRTH_BEFORE = re.compile(rf"{_BIRTH}[^.!?\n\d]{{0,30}}\Z", re.IGNORECASE)
_BIRTH_AFTER = re.compile(r"[^.!?\n\d]{0,20}\b(?:geboren|born)\b", re.IGNORECASE)
_OF_ONESELF = re.compile(
    r"\b(?:(?:[Ii]k|I) (?:[a-z]+ ){0,2}|(?:[Mm]ijn|[Mm]y) )\Z|\b(?:[Bb]en|[Ww]erd) ik (?:[a-z]+ )?\Z"
)
_PRONOUN = re.compile(r"\s*(?:hij|zij|ze|he|she|they)\b", re.IGNORECASE)
_END_OF_SENTENCE = re.compile(r"(\b[^\W\d_]*)([.!?…])[\"'”’)\]]*\s|\n\s*\n")
_NO_END = frozenset({"geb", "b", "dob", "dhr", "mw", "mevr", "dr", "drs", "prof", "ir", "mr", "ms", "mrs", "ca", "st"})


def _name_of_birth_date(text: str, day: _Day, small: Set[str]) -> _Name | None:
    """Find whose birth date it is, where a word says that it is one; nobody, when it is the writer's own."""
    cue = _BIRTH_BEFORE.search(text[max(0, day.start - 50) : day.start])
    if cue is not None:
        said_at = max(0, day.start - 50) + cue.start()
    elif _BIRTH_AFTER.match(text, day.end, day.end + 30):
        said_at = day.start
    else:
        return None
    if _OF_ONESELF.search(text[max(0, said_at - 40) : said_at]):
        return None
    return _last_name_before(text, said_at, small) or _first_name_after(text, day.end, small)


def _last_name_before(text: str, said_at: int, small: Set[str]) -> _Name | None:
    """Find the last name in the same sentence, or in the one before when this one begins with `he` or `she`."""
    start = max(0, said_at - BEFORE)
    ends = list(_ends_of_sentences(text, start, said_at))
    if ends and not _PRONOUN.match(text, ends[-1]):
        start = ends[-1]
    return next(reversed(_names(text, start, said_at, small)), None)


def _first_name_after(text: str, end: int, small: Set[str]) -> _Name | None:
    """Find the first name in the same sentence; not in a script that does not show where a name begins."""
    stop = next(_ends_of_sentences(text, end, end + AFTER), end + AFTER)
    return next((name for name in _names(text, end, stop, small) if not name.has_no_capitals), None)


def _ends_of_sentences(text: str, start: int, end: int) -> Iterator[int]:
    for found in _END_OF_SENTENCE.finditer(text, start, end):
        word = found[1] or ""
        is_abbreviation = found[2] == "." and (len(word) == 1 or word.lower() in _NO_END)
        if not is_abbreviation:
            yield found.end()
