"""Imports in words: what is wrong with a file, what a column is taken for, what becomes of a row, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from app.exchange.rosters.columns import Meaning
from app.exchange.rosters.refusing import Why
from app.records.imports import (
    ImportFacts,
    Reason,
    Receipt,
    Refusal,
    RowLine,
    Stage,
    Stayed,
    Tally,
    UndoPlan,
    Verdict,
)
from app.records.imports.reading import RENAMED, STAYED

MEANINGS: Mapping[Meaning, LazyString] = {
    Meaning.EMAIL: _l("e-mail address"),
    Meaning.FIRST_NAME: _l("first name"),
    Meaning.PARTICLE: _l("what stands before the last name, such as van der"),
    Meaning.LAST_NAME: _l("last name"),
    Meaning.WHOLE_NAME: _l("whole name, such as Yara van der Trede"),
    Meaning.LAST_NAME_FIRST: _l("whole name, last name first, such as Trede, Yara van der"),
    Meaning.ROLE: _l("role: learner or trainer"),
    Meaning.COHORT: _l("cohort"),
    Meaning.NOTHING: _l("nothing, leave it out"),
}
"""What a column may be taken for, in the order in which one chooses."""

_SAVE_ANEW = _l("Open the list in Excel, LibreOffice or Google Sheets, and save it as .xlsx or as CSV.")
_COPY = _l("Copy the rows with people into a new spreadsheet, save that as .xlsx, and choose it here.")
_HALVE = _l("Leave only the columns with addresses, names and roles, or make two files of it.")

_REFUSALS: Mapping[Why, tuple[LazyString, LazyString]] = {
    Why.EMPTY: (
        _l("There is nothing in the file."),
        _l("Open it and look whether the list of people is there. Save it, and choose it once more."),
    ),
    Why.ONLY_HEADINGS: (
        _l("The file holds headings, and no people below them."),
        _l("Put each person on a row of their own below the headings, save the file, and choose it once more."),
    ),
    Why.NO_ADDRESSES: (
        _l("We found no column with e-mail addresses."),
        _l("Say below which column holds them. Is there none? Then add one to the file: nobody can come in without."),
    ),
    Why.TOO_LARGE: (_l("The file holds more than can be read at once."), _HALVE),
    Why.TOO_MANY_ROWS: (
        _l("The file has more than %(limit)s rows with people."),
        _l("Make two files of it. The second one leaves the people of the first alone."),
    ),
    Why.TOO_MANY_COLUMNS: (_l("Row %(row)s has more than %(limit)s columns."), _HALVE),
    Why.NOT_A_TABLE: (
        _l("This is no spreadsheet, whatever its name says. Perhaps it is a picture, a letter or a PDF."),
        _SAVE_ANEW,
    ),
    Why.OTHER_TABLE: (
        _l("This kind of spreadsheet cannot be read here, such as .xls, .ods or .numbers."),
        _SAVE_ANEW,
    ),
    Why.ENCRYPTED: (
        _l("The file is locked with a password."),
        _l("Open it with its password, take the password off, save it as .xlsx, and choose it once more."),
    ),
    Why.BROKEN: (
        _l("The file is broken, or only half of it came here."),
        _l("Does it open in your spreadsheet program? Then save it anew as .xlsx, and choose that file."),
    ),
    Why.BOMB: (_l("The file unpacks to far more than a list of people is."), _COPY),
    Why.ENTITIES: (_l("The file holds something that no spreadsheet program writes."), _COPY),
    Why.UNDECODABLE: (
        _l("We cannot make out the letters in this file: it does not say how they are written."),
        _l("Save it as .xlsx, or as “CSV UTF-8”, and choose that file."),
    ),
    Why.OPEN_QUOTE: (
        _l("In row %(row)s a quotation mark opens and never closes, so nobody can tell where its cell ends."),
        _l("Take the quotation mark out of row %(row)s, or save the list as .xlsx."),
    ),
}
"""What is so, and what to do."""

REASONS: Mapping[Reason, LazyString] = {
    Reason.NO_ADDRESS: _l("There is no e-mail address. Fill it in."),
    Reason.SEVERAL_ADDRESSES: _l("There is more than one e-mail address. Keep one of them."),
    Reason.NOT_AN_ADDRESS: _l("This is no whole e-mail address, or mail cannot go there. Look for a slip in it."),
    Reason.NO_NAME: _l("There is no name. Fill it in."),
    Reason.NAME_TOO_LONG: _l("The name is longer than a name can be here. Shorten it."),
    Reason.UNKNOWN_ROLE: _l("We do not know this role. Write learner or trainer, or leave it empty for a learner."),
    Reason.OTHER_COHORT: _l("The row names another cohort than this one. Enrol them there, or empty that cell."),
    Reason.TWICE: _l(
        "The same address stands in row %(row)s, and that row counts. Two people cannot share an address."
    ),
    Reason.ACCOUNT_CLOSED: _l("The account with this address is closed. Open it first, on the page of the person."),
    Reason.OTHER_ROLE: _l("Is or was in this cohort in the other role. That is changed by hand, never by a file."),
}
"""Why a row enrols nobody, and what to do."""

STAYS: Mapping[Stayed, LazyString] = {
    Stayed.SIGNED_IN: _l("Has signed in since, and stays."),
    Stayed.DID_SOMETHING: _l("Has done something in the course, and stays."),
    Stayed.CHANGED_SINCE: _l("Was changed since by somebody else, and stays so."),
    Stayed.ELSEWHERE: _l("Is in another cohort too: the account stays, and leaves this cohort."),
}
"""What the undo leaves as it is, and why."""

KINDS: Mapping[str, LazyString] = {
    Verdict.REJECTED: _l("Cannot be"),
    Verdict.NEW: _l("New"),
    Verdict.ENROL: _l("Also in this cohort"),
    RENAMED: _l("Name corrected"),
    Verdict.THERE: _l("In it already"),
    STAYED: _l("Stayed"),
}
"""Rows of one kind, in the order in which one looks at them."""

# ---- a file that cannot be read --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file cannot be read: what is so, and what to do."""

    what: str
    to_do: str


def refused(refusal: Refusal) -> Refused:
    """Say why a file cannot be read."""
    values = {"row": refusal.row, "limit": number(refusal.limit or 0)}
    what, to_do = _REFUSALS[Why(refusal.why)]
    return Refused(str(what) % values, str(to_do) % values)


# ---- numbers ---------------------------------------------------------------------------------


def number(count: int) -> str:
    """Write a number as its reader does: 6,240 or 6.240."""
    return str(format_decimal(count))


def people(count: int) -> str:
    """Count people: `1 person`, `31 people`."""
    return str(ngettext("%(count)s person", "%(count)s people", count, count=number(count)))


def names(count: int) -> str:
    """Count names."""
    return str(ngettext("%(count)s name", "%(count)s names", count, count=number(count)))


def rows(count: int) -> str:
    """Count rows."""
    return str(ngettext("%(count)s row", "%(count)s rows", count, count=number(count)))


# ---- buttons and lists -----------------------------------------------------------------------


def act(tally: Tally) -> str:
    """Say on the button what it does; nothing where the plan changes nothing."""
    who, called = people(tally.new + tally.enrol), names(tally.renamed)
    if tally.new + tally.enrol and tally.renamed:
        return str(_("Apply: enrol %(people)s, correct %(names)s", people=who, names=called))
    if tally.new + tally.enrol:
        return str(_("Apply: enrol %(people)s", people=who))
    return str(_("Apply: correct %(names)s", names=called)) if tally.renamed else ""


def undo_act(plan: UndoPlan) -> str:
    """Say on the button what the undo does; nothing where everything stays."""
    who, called = people(plan.enrolments), names(plan.names)
    if plan.enrolments and plan.names:
        return str(_("Undo: take out %(people)s, put back %(names)s", people=who, names=called))
    if plan.enrolments:
        return str(_("Undo: take out %(people)s", people=who))
    return str(_("Undo: put back %(names)s", names=called)) if plan.names else ""


def done(receipt: Receipt) -> str:
    """Say what an import did, for a list of them."""
    who, called = people(receipt.new + receipt.enrol), names(receipt.renamed)
    if receipt.new + receipt.enrol and receipt.renamed:
        return str(_("%(people)s enrolled, %(names)s corrected", people=who, names=called))
    if receipt.new + receipt.enrol:
        return str(_("%(people)s enrolled", people=who))
    return str(_("%(names)s corrected", names=called)) if receipt.renamed else str(_("nothing changed"))


def progress(facts: ImportFacts) -> str:
    """Say how far a file is read."""
    if facts.rows_total is None:
        return str(_("The file is being opened"))
    return str(_("%(read)s of %(rows)s", read=number(facts.rows_read), rows=rows(facts.rows_total)))


# ---- a plan in numbers -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """A number, and what it counts. `kind` tells how it is drawn: new, wrong or neither."""

    count: str
    words: str
    kind: str = ""


def tally_words(tally: Tally, *, applied: bool) -> tuple[Count, ...]:
    """Say in numbers what a plan would do, or did."""
    if applied:
        new = ngettext("new person, invited", "new people, invited", tally.new)
        rejected = ngettext("row that could not be", "rows that could not be", tally.rejected)
    else:
        new = ngettext("new person, who gets an invitation", "new people, who get an invitation", tally.new)
        rejected = ngettext("row that cannot be", "rows that cannot be", tally.rejected)
    enrol = ngettext(
        "person with an account, now in this cohort too", "people with an account, now in this cohort too", tally.enrol
    )
    renamed = ngettext("name corrected", "names corrected", tally.renamed)
    there = ngettext("person who is in it already", "people who are in it already", tally.there)
    return (
        Count(number(tally.new), new, "new" if tally.new else ""),
        Count(number(tally.enrol), enrol, "new" if tally.enrol else ""),
        Count(number(tally.renamed), renamed),
        Count(number(tally.there), there),
        Count(number(tally.rejected), rejected, "wrong" if tally.rejected else ""),
    )


def plan_notes(tally: Tally, *, has_mail: bool) -> Iterator[str]:
    """Say what the numbers of a plan do not: who comes back or as a trainer, which mails leave, who is left alone."""
    if tally.rejected:
        yield _("Rows that cannot be are left out. Mend them in the file and choose it once more, now or afterwards.")
    if count := tally.came_back:
        yield ngettext(
            "%(count)s person was in this cohort before and comes back, with all their work.",
            "%(count)s people were in this cohort before and come back, with all their work.",
            count,
            count=number(count),
        )
    if count := tally.trainers:
        yield ngettext(
            "%(count)s person comes as a trainer.", "%(count)s people come as trainers.", count, count=number(count)
        )
        yield _(
            "A new trainer must not read what was written before. So what learners of this cohort shared goes back to "
            "“only me”, until they share it again. They see why."
        )
    yield from _mail_notes(tally, has_mail)
    if count := tally.missing:
        yield ngettext(
            "%(count)s person in this cohort is not in the file. Nothing happens to them.",
            "%(count)s people in this cohort are not in the file. Nothing happens to them.",
            count,
            count=number(count),
        )


def _mail_notes(tally: Tally, has_mail: bool) -> Iterator[str]:
    if count := tally.invitations:
        yield ngettext(
            "%(count)s invitation leaves by mail. Its link works once, for 14 days.",
            "%(count)s invitations leave by mail. The link in each works once, for 14 days.",
            count,
            count=number(count),
        )
    if count := tally.letters:
        yield ngettext(
            "%(count)s person gets a mail that says so, as they have a password already.",
            "%(count)s people get a mail that says so, as they have a password already.",
            count,
            count=number(count),
        )
    if tally.invitations + tally.letters and not has_mail:
        yield _(
            "This site cannot send mail yet, so these mails wait. On the page with the people of the cohort you make "
            "links to give by hand."
        )


def undo_counts(plan: UndoPlan) -> tuple[Count, ...]:
    """Say in numbers what the undo would do."""
    stay = sum(plan.stays.values())
    out = ngettext("person leaves the cohort again", "people leave the cohort again", plan.enrolments)
    accounts = ngettext("of these accounts is new, and goes", "of these accounts are new, and go", plan.accounts)
    called = ngettext("former name comes back", "former names come back", plan.names)
    letters = ngettext("mail that waits is withdrawn", "mails that wait are withdrawn", plan.letters)
    stays = ngettext("person stays, in whole or in part", "people stay, in whole or in part", stay)
    return (
        Count(number(plan.enrolments), out, "wrong" if plan.enrolments else ""),
        Count(number(plan.accounts), accounts),
        Count(number(plan.names), called),
        Count(number(plan.letters), letters),
        Count(number(stay), stays, "new" if stay else ""),
    )


# ---- row by row ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the file in words."""

    number: int
    name: str
    email: str
    user_id: int | None
    tag: str
    is_wrong: bool
    words: tuple[str, ...]
    """Sentences; names in them are marked up."""


def row_view(line: RowLine, facts: ImportFacts) -> RowView:
    """Say what would happen to a row, did happen, or was undone."""
    is_wrong = line.verdict is Verdict.REJECTED
    if is_wrong:
        sentences = _why_rejected(line)
    elif facts.stage is Stage.PLANNED:
        sentences = _would(line, facts)
    elif facts.stage is Stage.UNDONE:
        sentences = _undone(line)
    else:
        sentences = _did(line)
    return RowView(line.number, line.name, line.email, line.user_id, _tag(line), is_wrong, tuple(sentences))


def row_that_stays(line: RowLine) -> RowView:
    """Say why the undo would leave a row as it is."""
    why = (str(STAYS[line.stayed]),) if line.stayed else ()
    return RowView(line.number, line.name, line.email, line.user_id, str(_("Stays")), False, why)


def _tag(line: RowLine) -> str:
    if line.came_back:
        return str(_("Comes back"))
    return str(KINDS[RENAMED if line.verdict is Verdict.THERE and line.name_before else line.verdict])


def _why_rejected(line: RowLine) -> Iterator[str]:
    for reason in line.reasons:
        yield str(REASONS[reason]) % {"row": line.first_row}


def _would(line: RowLine, facts: ImportFacts) -> Iterator[str]:
    if line.verdict is Verdict.NEW:
        yield _("Gets an account, and an invitation in %(language)s.", language=_language(facts.language))
    elif line.came_back:
        yield _("Was in this cohort before, and comes back with all their work.")
    elif line.verdict is Verdict.ENROL:
        yield _("Has an account, and comes into this cohort too. What they did elsewhere stays there.")
    else:
        yield _("Is in this cohort already.") if line.name_before else _("Is in this cohort already. Nothing changes.")
    if line.verdict is not Verdict.THERE and line.role == "trainer":
        yield _("Becomes a trainer here.")
    if line.verdict is Verdict.ENROL:
        yield from _letter(line)
    if line.name_before:
        yield _with_names(_("The name becomes “%(name)s”. It is “%(before)s” now."), line)


def _letter(line: RowLine) -> Iterator[str]:
    if line.letter == "invitation":
        yield _("Has not chosen a password yet, and gets an invitation.")
    elif line.letter == "enrolled":
        yield _("Gets a mail that says so.")


def _did(line: RowLine) -> Iterator[str]:
    if line.verdict is Verdict.NEW:
        yield _("Got an account and an invitation.")
    elif line.came_back:
        yield _("Came back into this cohort.")
    elif line.verdict is Verdict.ENROL:
        yield _("Had an account, and came into this cohort too.")
    else:
        yield _("Was in this cohort already.")
    if line.verdict is not Verdict.THERE and line.role == "trainer":
        yield _("Became a trainer here.")
    if line.name_before:
        yield _with_names(_("The name became “%(name)s”. It was “%(before)s”."), line)


def _undone(line: RowLine) -> Iterator[str]:
    if line.stayed:
        yield str(STAYS[line.stayed])
    elif line.verdict is Verdict.NEW:
        yield _("The account is gone again.")
    elif line.verdict is Verdict.ENROL:
        yield _("Is no longer in this cohort; the account stays.")
    elif not line.name_before:
        yield _("Was in this cohort before the file, and still is.")
    if line.name_before and not line.stayed:
        yield _with_names(_("The name is “%(before)s” again."), line)


def _with_names(words: str, line: RowLine) -> str:
    """Put names of people into a sentence, each in its own direction."""
    name, before = (Markup("<bdi>{}</bdi>").format(one) for one in (line.name, line.name_before))
    return Markup(words) % {"name": name, "before": before}  # noqa: S704 - words of our own


def _language(code: str) -> str:
    """Name a language as its reader calls it."""
    try:
        return Locale.parse(code, sep="-").get_display_name(get_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code
