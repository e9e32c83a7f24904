"""Enrolling from a file: it is chosen, read, looked at as a plan, applied, and may be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, abort, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import importing
from app.exchange.rosters.columns import Meaning
from app.exchange.rosters.refusing import MAX_BYTES
from app.records import imports
from app.records.accounts import BIGGEST_ID
from app.records.cohorts import CohortArchived
from app.records.imports import (
    FileGone,
    ImportFacts,
    NoImport,
    NothingToUndo,
    NotPlanned,
    NotTheLast,
    PlanChanged,
    Stage,
    StillReading,
    Tally,
)
from app.records.imports.reading import STAYED
from app.web.access import takes_a_file
from app.web.admin import import_words as words
from app.web.admin.import_forms import ColumnsForm, RosterForm, columns_form
from app.web.admin.import_words import KINDS, RowView
from app.web.admin.wing import admin_here, bp, find_cohort, has_mail
from app.web.extensions import READING_METHODS, db, engine_of, house
from app.web.forms import page
from app.web.languages import own_address
from app.web.pages import see, tell
from app.web.tables import table_as

WAIT = 1.0
"""Seconds for which a form waits for the plan: most files are read by then, and nobody sees the page in between."""


# ---- a file comes in -------------------------------------------------------------------------


@bp.route("/cohorts/<int(max=2147483647):cohort_id>/import", methods=["GET", "POST"])
@takes_a_file(MAX_BYTES)
def enrol_from_file(cohort_id: int) -> ResponseReturnValue:
    """Take a file with people for a cohort, and begin to read it."""
    admin, form = admin_here(), RosterForm()
    is_file = form.validate_on_submit()
    cohort = find_cohort(cohort_id)
    if cohort.archived_at or not is_file:
        return page("admin/import_file.html", form, cohort=cohort, largest=MAX_BYTES)
    try:
        import_id = imports.begin_import(
            db.session, cohort_id, file_name=form.file_name, body=form.body, by=admin.user_id, now=datetime.now(UTC)
        )
    except CohortArchived:  # this very moment: the page that comes says so
        return see(url_for("admin.enrol_from_file", cohort_id=cohort_id))
    db.session.commit()
    return _read(import_id)


@bp.get("/imports/template.<any(csv, xlsx):kind>")
def roster_template(kind: str) -> ResponseReturnValue:
    """Give an empty list of people, with headings that are understood in the language of the reader."""
    headings = (_("E-mail address"), _("First name"), _("Last name"), _("Role"))
    return table_as(kind, [headings], title=_("people"), now=datetime.now(UTC))


# ---- one import, from its reading to its receipt ---------------------------------------------


@bp.get("/imports/<int(max=2147483647):import_id>")
def show_import(import_id: int) -> ResponseReturnValue:
    """Show how an import stands: being read, refused, a plan, or a receipt."""
    facts = find_import(import_id)
    return _page_of(facts, columns_form(facts.columns))


@bp.get("/imports/<int(max=2147483647):import_id>/progress")
def import_progress(import_id: int) -> ResponseReturnValue:
    """Tell a script how far a file is read."""
    facts = find_import(import_id)
    return jsonify(
        reading=facts.stage is Stage.READING and not facts.is_stuck(datetime.now(UTC)),
        read=facts.rows_read,
        total=facts.rows_total,
        words=words.progress(facts),
    )


@bp.post("/imports/<int(max=2147483647):import_id>/columns")
def read_anew(import_id: int) -> ResponseReturnValue:
    """Make the plan anew, with what the admin says that the columns hold."""
    facts = find_import(import_id)
    form = columns_form(facts.columns)
    if facts.stage not in (Stage.PLANNED, Stage.REFUSED):
        return _other_than_seen(import_id)
    if not form.validate():
        return _page_of(facts, form)
    return _read(import_id, form.meanings)


@bp.post("/imports/<int(max=2147483647):import_id>/go-on")
def read_on(import_id: int) -> ResponseReturnValue:
    """Read a file whose reading was broken off."""
    facts = find_import(import_id)
    return _read(import_id) if facts.is_stuck(datetime.now(UTC)) else _to(import_id)


@bp.post("/imports/<int(max=2147483647):import_id>/throw-away")
def throw_away(import_id: int) -> ResponseReturnValue:
    """Forget a file and its plan."""
    admin, facts = admin_here(), find_import(import_id)
    try:
        imports.throw_away(db.session, import_id, by=admin.user_id, now=datetime.now(UTC))
    except (NotPlanned, NoImport):
        db.session.rollback()
        return _other_than_seen(import_id)
    db.session.commit()
    tell(_("The file and its plan are thrown away. Nobody was enrolled."))
    return see(url_for("admin.cohort", cohort_id=facts.cohort_id, _anchor="files"))


@bp.post("/imports/<int(max=2147483647):import_id>/apply")
def apply_import(import_id: int) -> ResponseReturnValue:
    """Do what the plan says, or say why not."""
    admin, facts, seen = admin_here(), find_import(import_id), _plan_seen()
    try:
        importing.apply(engine_of(current_app), import_id, seen, by=admin.user_id)
    except PlanChanged:
        return _plan_again(facts, seen)
    except (NotPlanned, NoImport):
        return _other_than_seen(import_id)
    except CohortArchived:
        tell(_("The cohort was put away meanwhile, so nobody was enrolled."), "wait")
        return _to(import_id)
    tell(_("The plan is applied. This receipt stays with the cohort."))
    return _to(import_id)


@bp.get("/imports/<int(max=2147483647):import_id>/undo")
def undo_plan(import_id: int) -> ResponseReturnValue:
    """Tell what the undo would do: who goes, who stays, and why."""
    facts = find_import(import_id)
    try:
        plan = imports.undo_preview(db.session, import_id)
        pager = _pager(request.path, sum(plan.stays.values()))
        stay, _count = imports.stays_of(db.session, import_id, page=pager.page)
    except (NothingToUndo, NotTheLast) as error:
        return _cannot_undo(facts, error)
    return render_template(
        "admin/import_undo.html",
        facts=facts,
        act=words.undo_act(plan),
        tally=words.undo_counts(plan),
        lines=[words.row_that_stays(line) for line in stay],
        pager=pager,
    )


@bp.post("/imports/<int(max=2147483647):import_id>/undo")
def undo_import(import_id: int) -> ResponseReturnValue:
    """Take back what an import did, but for those who went on from there."""
    admin, facts = admin_here(), find_import(import_id)
    try:
        importing.undo(engine_of(current_app), import_id, by=admin.user_id)
    except (NothingToUndo, NotTheLast) as error:
        return _cannot_undo(facts, error)
    tell(_("What this file did is undone. Below stands what became of each row."))
    return _to(import_id)


# ---- what they share -------------------------------------------------------------------------


def find_import(import_id: int) -> ImportFacts:
    """Return an import by the number of its address. Where there is none, answer 404, or what became of it."""
    facts = imports.import_facts(db.reading, import_id, datetime.now(UTC))
    if facts is None and request.method not in READING_METHODS:
        tell(_("This file and its plan were thrown away before. Nothing was changed now."), "wait")
        abort(see(url_for("admin.all_cohorts")))
    return facts or abort(HTTPStatus.NOT_FOUND)


def _plan_seen() -> int:
    """Return the number of the plan that the page showed; none for what no page can have shown."""
    sent = request.form.get("plan_number", 0, type=int)
    return sent if 0 < sent < BIGGEST_ID else 0


def _to(import_id: int) -> Response:
    return see(url_for("admin.show_import", import_id=import_id))


def _read(import_id: int, meanings: Mapping[int, Meaning] | None = None) -> Response:
    """Begin to read a file beside this request, wait a moment for the plan, and go to its page."""
    try:
        importing.begin(engine_of(current_app), import_id, meanings, key=house().key).join(WAIT)
    except FileGone:
        tell(_("The file was kept for 24 hours and is gone now. Choose it once more."), "wait")
    except StillReading:
        tell(_("The file is being read already."), "wait")
    except (NotPlanned, NoImport):
        return _other_than_seen(import_id)
    return _to(import_id)


def _other_than_seen(import_id: int) -> Response:
    """Say how an import stands that another tab, or a second press of the button, brought further."""
    facts = find_import(import_id)
    if facts.stage in (Stage.APPLIED, Stage.UNDONE):
        tell(_("This plan was applied already, and only once. This is its receipt."))
    else:
        tell(_("The file is being read anew, perhaps from another tab. Nothing was changed."), "wait")
    return _to(facts.import_id)


def _plan_again(facts: ImportFacts, seen: int) -> Response:
    """Say why the plan that was seen is not applied, and show the one of now."""
    if facts.plan_number == seen:
        told = _(
            "People or cohorts changed since this plan was made, so nobody was enrolled. This is the plan as of now."
        )
    else:
        told = _("The plan was made anew since you saw it, perhaps in another tab, so nobody was enrolled. This is it.")
    tell(told, "wait")
    return _to(facts.import_id)


def _cannot_undo(facts: ImportFacts, error: NothingToUndo | NotTheLast) -> Response:
    if isinstance(error, NotTheLast):
        tell(
            _("Another file was applied after this one. Undo that one first: it is in the list at the cohort."), "wait"
        )
    else:
        tell(_("There is nothing to undo here."), "wait")
    return _to(facts.import_id)


def _page_of(facts: ImportFacts, form: ColumnsForm) -> ResponseReturnValue:
    """Show an import as it stands; `form` asks what its columns hold."""
    if facts.stage is Stage.READING:
        return _page_of_reading(facts)
    if facts.stage is Stage.REFUSED and facts.refusal:
        return page("admin/import_refused.html", form, facts=facts, refused=words.refused(facts.refusal))
    counted = imports.tally(db.reading, facts.import_id)
    shown = _rows_shown(facts, counted)
    if facts.stage is Stage.PLANNED:
        return page(
            "admin/import_plan.html",
            form,
            facts=facts,
            read_rows=words.rows(facts.rows_read),
            act=words.act(counted),
            tally=words.tally_words(counted, applied=False),
            notes=words.plan_notes(counted, has_mail=has_mail()),
            shown=shown,
        )
    return render_template(
        "admin/import_receipt.html",
        facts=facts,
        tally=words.tally_words(counted, applied=True),
        has_rejected=counted.rejected > 0,
        can_be_undone=imports.last_applied(db.reading, facts.cohort_id) == facts.import_id,
        shown=shown,
    )


def _page_of_reading(facts: ImportFacts) -> ResponseReturnValue:
    is_stuck = facts.is_stuck(datetime.now(UTC))
    return render_template("admin/import_reading.html", facts=facts, is_stuck=is_stuck, words=words.progress(facts))


def files_of(cohort_id: int) -> dict[str, object]:
    """Return what the page of a cohort says of files: the receipts, and what was begun."""
    receipts = imports.imports_of(db.session, cohort_id)
    return {
        "receipts": [(one, words.done(one)) for one in receipts],
        "open_imports": imports.open_imports_of(db.session, cohort_id),
    }


# ---- rows, page by page ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """A link that shows rows of one kind, and how many there are."""

    words: str
    count: str
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Pager:
    """Where one is among pages; `before` and `after` are addresses, empty at the ends."""

    page: int
    pages: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowsShown:
    """A page of the rows of a file, and the ways to the others."""

    lines: tuple[RowView, ...]
    filters: tuple[Filter, ...]
    pager: Pager


def _rows_shown(facts: ImportFacts, counted: Tally) -> RowsShown:
    counts = _counts(facts, counted)
    show = request.args.get("show", "")
    show = show if show in counts else ""
    pager = _pager(url_for("admin.show_import", import_id=facts.import_id), counts[show])
    lines, _count = imports.rows_of(db.reading, facts.import_id, show=show, page=pager.page)
    filters = tuple(_filter(facts, kind, count, show) for kind, count in counts.items() if count or not kind)
    return RowsShown(tuple(words.row_view(line, facts) for line in lines), filters, pager)


def _counts(facts: ImportFacts, counted: Tally) -> dict[str, int]:
    """Count the rows of each kind that can be shown; all of them under no name."""
    stayed = 0
    if facts.stage is Stage.UNDONE:
        _lines, stayed = imports.rows_of(db.reading, facts.import_id, show=STAYED, size=1)
    counts = {kind: stayed if kind == STAYED else getattr(counted, kind) for kind in KINDS}
    return {"": counted.new + counted.enrol + counted.there + counted.rejected, **counts}


def _filter(facts: ImportFacts, kind: str, count: int, show: str) -> Filter:
    address = url_for("admin.show_import", import_id=facts.import_id, show=kind or None, _anchor="rows")
    called = str(KINDS[kind]) if kind else _("All rows")
    return Filter(called, words.number(count), address, kind == show)


def _pager(path: str, count: int) -> Pager:
    """Find the page that the request asks for, or else the last one; `path` is where pages of rows can be read."""
    pages = max(1, -(-count // imports.PAGE))
    here = min(max(request.args.get("page", 1, type=int), 1), pages)
    before = own_address(path, page=str(here - 1)) if here > 1 else ""
    after = own_address(path, page=str(here + 1)) if here < pages else ""
    return Pager(here, pages, before, after)
