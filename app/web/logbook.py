"""The log of what staff did: its deeds in words, and its entries a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, request
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.records import audit
from app.records.audit import About, EntryLine, Place, Which, place_of

TO_SOMEBODY: Mapping[str, LazyString] = {
    "add_admin": _l("Added as an admin"),
    "change_address": _l("Address changed"),
    "change_name": _l("Name changed"),
    "close_account": _l("Account closed"),
    "copy_link": _l("Link made to give by hand"),
    "end_admin": _l("No longer an admin"),
    "end_enrolment": _l("Enrolment ended"),
    "end_extension": _l("More time for a module ended"),
    "enrol": _l("Enrolled"),
    "extend": _l("More time given for a module"),
    "grant_step": _l("Step marked as done elsewhere"),
    "make_admin": _l("Made an admin"),
    "make_trainer": _l("Made a trainer"),
    "move": _l("Moved to another cohort"),
    "open_record": _l("Record opened"),
    "reopen_account": _l("Account opened again"),
    "reply": _l("Replied to a reflection"),
    "reset_second_step": _l("Two-step sign-in turned off"),
    "send_again": _l("Invitation sent again"),
    "unenrol": _l("Enrolment from a file taken back"),
    "withdraw_grant": _l("Mark of a step as done elsewhere withdrawn"),
}
"""Deeds that concern a person, by the name that the verb gave it."""

DEEDS: Mapping[str, LazyString] = {
    **TO_SOMEBODY,
    "apply_import": _l("Enrolled from a file"),
    "archive_cohort": _l("Cohort put away"),
    "begin_import": _l("File with people brought in"),
    "change_cohort": _l("Cohort changed"),
    "settle_silence": _l("Days until silence settled"),
    "close_join_code": _l("Join code closed"),
    "copy_cohort": _l("Cohort copied"),
    "export_cohorts": _l("Cohorts exported"),
    "export_log": _l("Log exported"),
    "export_people": _l("People exported"),
    "make_cohort": _l("Cohort made"),
    "make_join_code": _l("Join code made"),
    "put_test": _l("Test mail sent"),
    "take_cohort_back": _l("Cohort taken back"),
    "throw_away": _l("Plan of a file thrown away"),
    "undo_import": _l("Enrolling from a file undone"),
}
"""All deeds of staff, in words that fit beside whom and what they concern."""


def deed_words(deed: str) -> str:
    """Say what was done; a deed of another version of this program is told by its name."""
    return str(DEEDS.get(deed, deed))


def subject_words(line: EntryLine) -> str:
    """Say whom an entry concerns; nothing where it concerns nobody."""
    if line.subject_id is None:
        return str(_("an account that is gone")) if line.deed in TO_SOMEBODY else ""
    return line.subject_name


def actor_words(line: EntryLine) -> str:
    """Say who did it."""
    return line.actor_name if line.actor_id is not None else str(_("the command line"))


def about_words(about: About) -> str:
    """Say what it was done to, with the cohort that this belongs to; nothing where the subject says it all."""
    match about.table:
        case "cohort" | "enrolment":
            return about.cohort_name
        case "import":
            return f"{about.cohort_name}: {about.name}" if about.name else ""
        case "join_code":
            words = _("code %(begins)s…", begins=about.name)
            return f"{about.cohort_name}: {words}" if about.name else ""
        case "user" if about.id is None:
            return str(_("everybody"))
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries, the newest first, and the addresses of the pages beside these; empty where there is none."""

    lines: tuple[EntryLine, ...]
    newer: str
    older: str


def log_page(session: Session, which: Which) -> LogPage:
    """Read the page of the log that this request asks for, `before` or `after` a place; else the newest."""
    before = place_of(request.args.get("before", ""))
    after = None if before else place_of(request.args.get("after", ""))
    lines = audit.entries(session, which, before=before, after=after, size=audit.PAGE + 1)
    has_more = len(lines) > audit.PAGE
    if has_more:
        lines = lines[1:] if after else lines[:-1]
    if not lines:
        return LogPage((), newer=_address() if before or after else "", older="")
    return LogPage(
        lines,
        newer=_address("after", lines[0].place) if before or (after and has_more) else "",
        older=_address("before", lines[-1].place) if after or has_more else "",
    )


def _address(side: str = "", place: Place | None = None) -> str:
    """Return the address of another page of the same entries: on a side of a place, or the newest."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name not in ("before", "after")]
    if place:
        query.append((side, str(place)))
    return f"{request.path}?{urlencode(query)}" if query else request.path


def init_app(app: Flask) -> None:
    """Give templates the words for entries."""
    app.jinja_env.globals.update(
        deed_words=deed_words, subject_words=subject_words, actor_words=actor_words, about_words=about_words
    )
