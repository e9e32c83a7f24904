"""The log of what staff did, to be looked through and taken along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.exchange.tables import Cell
from app.records import audit, people
from app.records.accounts import BadEmail
from app.records.audit import Which
from app.web.admin.wing import admin_here, bp
from app.web.extensions import db
from app.web.forms import Day, Line, OpstapForm, page, stripped
from app.web.languages import own_address
from app.web.logbook import DEEDS, about_words, actor_words, deed_words, log_page, subject_words
from app.web.pages import day, see
from app.web.tables import table_as, zone_here

LONGEST_QUESTION = 254
"""Signs of a name or an address that are looked at: nobody's is longer."""
MOST_MEANT = 10
"""People among whom one chooses where a name fits several."""


class LogForm(OpstapForm):
    """Which entries to show."""

    whom = Line(_l("About whom"), filters=[stripped])
    by = Line(_l("By whom"), filters=[stripped])
    from_command_line = BooleanField(_l("Only what was done on the command line"))
    deed = SelectField(_l("What"), default="")
    since = Day(_l("From"))
    until = Day(_l("Until the end of"))


@dataclass(frozen=True, slots=True)
class Meant:
    """Somebody who may be meant by a name."""

    user_id: int
    name: str
    email: str
    address: str = ""
    """Of the page that shows what is about them, or by them."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """What was typed as a name or an address and fits nobody, or several people: then the first of these."""

    typed: str
    people: tuple[Meant, ...]


@bp.get("/log")
def log() -> ResponseReturnValue:
    """Show what staff did, the newest first."""
    form = _form()
    which, unclear = _asked(form) if form.validate() else (None, ())
    found = log_page(db.session, which) if which else None
    query = request.query_string.decode()
    return page("admin/log.html", form, log=found, unclear=unclear, chosen=_chosen(form), query=query)


@bp.get("/log.csv")
def export_log() -> ResponseReturnValue:
    """Give all the entries that the page would show; what cannot be is said on the page."""
    form = _form()
    which = _asked(form)[0] if form.validate() else None
    if which is None:
        return see(own_address(url_for("admin.log")))
    now, session = datetime.now(UTC), db.writing()
    audit.export_log(session, by=admin_here().user_id, now=now)
    session.commit()
    return table_as("csv", _rows(which), title=_("Log"), now=now)


def _form() -> LogForm:
    form = LogForm(request.args)
    in_words = sorted((str(words), deed) for deed, words in DEEDS.items())
    form.deed.choices = [SelectChoice("", _("everything")), *(SelectChoice(deed, words) for words, deed in in_words)]
    return form


def _chosen(form: LogForm) -> tuple[tuple[str, str], ...]:
    """Say what was filled in, each with its label; a tick needs no more than that."""
    chosen = [(field.label.text, field.data) for field in (form.whom, form.by) if field.data]
    if form.from_command_line.data:
        chosen.append((form.from_command_line.label.text, ""))
    if form.deed.data:
        chosen.append((form.deed.label.text, deed_words(form.deed.data)))
    chosen += [(field.label.text, day(field.data)) for field in (form.since, form.until) if field.data]
    return tuple(chosen)


def _asked(form: LogForm) -> tuple[Which | None, tuple[Unclear, ...]]:
    """Say which entries a form asks for; none where a name in it is not clear."""
    meant = {field.name: _meant(field) for field in (form.whom, form.by) if field.data}
    unclear = tuple(Unclear(form[name].data, found) for name, found in meant.items() if len(found) != 1)
    if unclear:
        return None, unclear
    ids = {name: found[0].user_id for name, found in meant.items()}
    which = Which(
        subject_id=ids.get("whom"),
        actor_id=ids.get("by"),
        from_command_line=form.from_command_line.data,
        deed=form.deed.data or None,
        since=_beginning_of(form.since.data),
        until=_beginning_of(form.until.data and form.until.data + timedelta(days=1)),
    )
    return which, ()


def _meant(field: Field) -> tuple[Meant, ...]:
    """Find who is meant: the one with this very address, or else everybody whose name or address has these words."""
    typed = field.data
    if len(typed) > LONGEST_QUESTION:
        return ()
    try:
        found = people.person_with(db.session, typed)
    except BadEmail:
        found = None
    lines = (found,) if found else people.find_people(db.session, typed).lines[:MOST_MEANT]
    return tuple(
        Meant(one.user_id, one.name, one.email, own_address(url_for("admin.log"), **{field.name: one.email}))
        for one in lines
    )


def _beginning_of(one: date | None) -> datetime | None:
    return datetime.combine(one, time(), zone_here()) if one else None


def _rows(which: Which) -> Iterator[tuple[Cell, ...]]:
    zone = zone_here()
    yield (
        _("Moment in UTC"), _("Moment"), _("What"), _("Deed"), _("About whom"), _("Address of whom"), _("About what"),
        _("By whom"), _("Address of who did it"),
    )  # fmt: skip
    for line in audit.all_entries(db.reading, which):
        yield (
            line.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            line.at.astimezone(zone),
            deed_words(line.deed),
            line.deed,
            subject_words(line),
            line.subject_email,
            about_words(line.about),
            actor_words(line),
            line.actor_email,
        )
