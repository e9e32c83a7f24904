"""A plan in words, for who reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.exchange.rosters.columns import Meaning
from app.exchange.rosters.refusing import Why
from app.records.imports import ImportFacts, Reason, Refusal, RowLine, Tally, Verdict

MOST_LINES = 50
"""Rows that are listed; `--json` tells all."""

REFUSALS: Mapping[Why, str] = {
    Why.EMPTY: "there is nothing in it.",
    Why.ONLY_HEADINGS: "it holds headings, and no people below them.",
    Why.NO_ADDRESSES: "no column holds e-mail addresses, as far as we understand it. Give it the heading E-mail.",
    Why.TOO_LARGE: "it holds more than can be read at once. Leave only names, addresses and roles in it.",
    Why.TOO_MANY_ROWS: "it has more than {limit} rows with people. Make two files of it.",
    Why.TOO_MANY_COLUMNS: "row {row} has more than {limit} columns. Leave only names, addresses and roles in it.",
    Why.NOT_A_TABLE: "it is no spreadsheet, whatever its name says.",
    Why.OTHER_TABLE: "this kind of spreadsheet cannot be read here. Save it as .xlsx, or as CSV UTF-8.",
    Why.ENCRYPTED: "it is locked with a password. Save it without one.",
    Why.BROKEN: "it is broken, or only half of it is here. Save it anew as .xlsx.",
    Why.BOMB: "it unpacks to far more than a list of people is.",
    Why.ENTITIES: "it holds XML that no spreadsheet program writes.",
    Why.UNDECODABLE: "it is text in no encoding that we know. Save it as .xlsx, or as CSV UTF-8.",
    Why.OPEN_QUOTE: "in row {row} a quotation mark opens and never closes.",
}
"""What is wrong with a file as a whole."""

REASONS: Mapping[Reason, str] = {
    Reason.NO_ADDRESS: "no e-mail address",
    Reason.SEVERAL_ADDRESSES: "more than one e-mail address",
    Reason.NOT_AN_ADDRESS: "no whole e-mail address",
    Reason.NO_NAME: "no name",
    Reason.NAME_TOO_LONG: "a name that is too long",
    Reason.UNKNOWN_ROLE: "a role that is neither learner nor trainer",
    Reason.OTHER_COHORT: "names another cohort",
    Reason.TWICE: "the same address as row {first_row}",
    Reason.ACCOUNT_CLOSED: "the account with this address is closed",
    Reason.OTHER_ROLE: "in this cohort in the other role; change that by hand",
}
"""What is wrong with a row."""

_TALLY: Mapping[str, tuple[str, str]] = {
    "new": ("new person, who gets an invitation", "new people, who get an invitation"),
    "enrol": ("person with an account, now in this cohort too", "people with an account, now in this cohort too"),
    "came_back": ("of them was in it before, and comes back", "of them were in it before, and come back"),
    "trainers": (
        "of them comes as a trainer: what this cohort shared is read by its learners alone from then on",
        "of them come as trainers: what this cohort shared is read by its learners alone from then on",
    ),
    "renamed": ("name that changes", "names that change"),
    "there": ("is in the cohort already", "are in the cohort already"),
    "rejected": ("row that enrols nobody", "rows that enrol nobody"),
    "missing": (
        "person of this cohort is not in the file: nothing happens to them",
        "people of this cohort are not in the file: nothing happens to them",
    ),
}


def refused(file: str, refusal: Refusal) -> str:
    """Say why a file cannot be read."""
    facts = {"row": refusal.row, "limit": f"{refusal.limit:,}" if refusal.limit else "some"}
    return f"{file} cannot be read: {REFUSALS[Why(refusal.why)].format(**facts)}"


def plan_lines(facts: ImportFacts, tally: Tally, lines: Iterable[RowLine]) -> Iterator[str]:
    """Say what a plan would do: how columns were understood, how many of which kind, what is wrong with which row."""
    yield f"{facts.rows_total} rows, for the cohort {facts.cohort_name!r}."
    for column in facts.columns:
        taken = "left out" if column.meaning == Meaning.NOTHING else column.meaning.replace("_", " ")
        yield f"  column {column.letter} ({printable(column.heading) or 'without a heading'}): {taken}"
    for kind, words in _TALLY.items():
        if count := getattr(tally, kind):
            yield f"{count:7,} {words[count != 1]}"
    named = [line for line in lines if line.verdict is Verdict.REJECTED or line.name_before is not None]
    yield from map(_row, named[:MOST_LINES])
    if len(named) > MOST_LINES:
        yield f"  and {len(named) - MOST_LINES:,} more; --json tells all."


def _row(line: RowLine) -> str:
    if line.verdict is Verdict.REJECTED:
        reasons = ", ".join(REASONS[reason].format(first_row=line.first_row) for reason in line.reasons)
        return f"  row {line.number}: {reasons}: {printable(f'{line.name} {line.email}'.strip())}"
    return f"  row {line.number}: {line.email}: {line.name_before!r} becomes {line.name!r}"


def printable(text: str) -> str:
    """Take out signs that would tell the terminal what to do."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
