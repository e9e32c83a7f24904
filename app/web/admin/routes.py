"""The pages of cohorts: all of them, one, and what is changed about it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.course.rules.cohort_modules import course_of
from app.records import cohorts, joining
from app.records.cohorts import CohortArchived, CohortFacts, CohortNameTaken, NoCohort, StaleCohort
from app.web.admin.cohort_people import people_at_a_glance
from app.web.admin.forms import CodeForm, CohortForm, CopyForm, cohort_form
from app.web.admin.imports import files_of
from app.web.admin.people import take_trainer
from app.web.admin.people_forms import TrainerForm
from app.web.admin.wing import admin_here, bp, find_cohort, was_put_away
from app.web.extensions import db, house
from app.web.forms import page
from app.web.languages import languages_offered, name_of
from app.web.pages import current_course, see, tell

# ---- all of them -----------------------------------------------------------------------------


@bp.get("/cohorts")
def all_cohorts() -> ResponseReturnValue:
    """List the cohorts that run, or those that were put away."""
    archived = "archived" in request.args
    return render_template(
        "admin/cohorts.html", lines=cohorts.cohort_lines(db.session, archived=archived), archived=archived
    )


@bp.route("/cohorts/new", methods=["GET", "POST"])
def new_cohort() -> ResponseReturnValue:
    """Make a cohort."""
    admin, form = admin_here(), cohort_form(current_course(), _languages())
    if not form.validate_on_submit():
        return page("admin/cohort_form.html", form, cohort=None)
    try:
        cohort_id = cohorts.make_cohort(
            db.session,
            name=form.name.data,
            language=form.language.data,
            last_day=form.last_day.data,
            plan=form.plan,
            by=admin.user_id,
            now=datetime.now(UTC),
        )
    except CohortNameTaken:
        return _name_is_taken(form, "admin/cohort_form.html", None)
    db.session.commit()
    tell(_("The cohort is made. Make a join code below, so that people can come in."))
    return see(url_for("admin.cohort", cohort_id=cohort_id))


# ---- one -------------------------------------------------------------------------------------


@bp.get("/cohorts/<int(max=2147483647):cohort_id>")
def cohort(cohort_id: int) -> ResponseReturnValue:
    """Show what is settled about a cohort, and the codes by which people come in."""
    return _cohort_page(find_cohort(cohort_id))


def _cohort_page(
    facts: CohortFacts, form: CodeForm | None = None, trainer_form: TrainerForm | None = None
) -> ResponseReturnValue:
    """Show a cohort, with a form as it was sent and the other one empty."""
    course = course_of(current_course(), facts.plan)
    settled = {one.slug: one for one in facts.plan.modules}
    form, trainer_form = form or CodeForm(formdata=None), trainer_form or TrainerForm(formdata=None)
    shown = page(
        "admin/cohort.html",
        form,
        trainer_form=trainer_form,
        cohort=facts,
        trainers=cohorts.trainer_lines(db.session, facts.cohort_id),
        modules=[(one, next((settled[key] for key in one.keys if key in settled), None)) for one in course.modules],
        codes=joining.join_codes_of(db.session, facts.cohort_id, datetime.now(UTC).date()),
        base_url=house().settings.base_url,
        language=name_of(facts.language),
        people=people_at_a_glance(facts.cohort_id),
        **files_of(facts.cohort_id),
    )
    if trainer_form.errors:
        shown.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return shown


@bp.route("/cohorts/<int(max=2147483647):cohort_id>/change", methods=["GET", "POST"])
def change_cohort(cohort_id: int) -> ResponseReturnValue:
    """Settle anew what a cohort is called, when it works and what it works through."""
    admin, facts = admin_here(), find_cohort(cohort_id)
    form = cohort_form(current_course(), _languages(), facts)
    if not form.validate_on_submit():
        return page("admin/cohort_form.html", form, cohort=facts)
    try:
        cohorts.change_cohort(
            db.session,
            cohort_id,
            name=form.name.data,
            language=form.language.data,
            last_day=form.last_day.data,
            plan=form.plan,
            version=_version(),
            by=admin.user_id,
            now=datetime.now(UTC),
        )
    except CohortNameTaken:
        return _name_is_taken(form, "admin/cohort_form.html", facts)
    except StaleCohort:
        db.session.rollback()
        form.form_errors.append(
            _("Somebody else changed this cohort meanwhile. Look at it in another tab, or save again to have it so.")
        )
        form.version.data = str(facts.version)
        return page("admin/cohort_form.html", form, cohort=facts)
    db.session.commit()
    tell(_("The cohort is saved."))
    return see(url_for("admin.cohort", cohort_id=cohort_id))


@bp.route("/cohorts/<int(max=2147483647):cohort_id>/copy", methods=["GET", "POST"])
def copy_cohort(cohort_id: int) -> ResponseReturnValue:
    """Make a cohort that works as this one did, with new days."""
    admin, facts, form = admin_here(), find_cohort(cohort_id), CopyForm()
    if not form.validate_on_submit():
        return page("admin/copy.html", form, cohort=facts)
    try:
        made = cohorts.copy_cohort(
            db.session,
            cohort_id,
            name=form.name.data,
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            by=admin.user_id,
            now=datetime.now(UTC),
        )
    except CohortNameTaken:
        return _name_is_taken(form, "admin/copy.html", facts)
    db.session.commit()
    tell(_("The copy is made, with its modules and trainers. Make a join code, so that learners can come in."))
    return see(url_for("admin.cohort", cohort_id=made))


@bp.post("/cohorts/<int(max=2147483647):cohort_id>/archive")
def archive_cohort(cohort_id: int) -> ResponseReturnValue:
    """Put a cohort away, or take it back."""
    admin, archived = admin_here(), request.form.get("archived") == "1"
    try:
        cohorts.archive_cohort(
            db.session, cohort_id, archived=archived, version=_version(), by=admin.user_id, now=datetime.now(UTC)
        )
    except NoCohort:
        abort(HTTPStatus.NOT_FOUND)
    except StaleCohort:
        db.session.rollback()
        words = _("Somebody else changed this cohort meanwhile, so you changed nothing. This is how it stands now.")
        tell(words, "wait")
        return see(url_for("admin.cohort", cohort_id=cohort_id))
    db.session.commit()
    away, back = _("The cohort is put away. Nobody can join it now."), _("The cohort is back among the others.")
    tell(away if archived else back)
    return see(url_for("admin.cohort", cohort_id=cohort_id))


@bp.post("/cohorts/<int(max=2147483647):cohort_id>/trainers")
def new_trainer(cohort_id: int) -> ResponseReturnValue:
    """Make somebody a trainer of a cohort, by their address."""
    facts, form = find_cohort(cohort_id), TrainerForm()
    if not form.validate() or not take_trainer(facts, form):
        return _cohort_page(facts, trainer_form=form)
    return see(url_for("admin.cohort", cohort_id=cohort_id, _anchor="trainers"))


# ---- join codes ------------------------------------------------------------------------------


@bp.post("/cohorts/<int(max=2147483647):cohort_id>/codes")
def new_code(cohort_id: int) -> ResponseReturnValue:
    """Make a join code."""
    admin, facts, form = admin_here(), find_cohort(cohort_id), CodeForm()
    if not form.validate():
        return _cohort_page(facts, form)
    try:
        key = joining.make_join_code(
            db.session,
            cohort_id=cohort_id,
            seats=form.seats.data,
            last_day=form.until.data,
            mail_domains=form.domains.data.split(),
            by=admin.user_id,
            now=datetime.now(UTC),
        )
    except CohortArchived:
        return was_put_away(cohort_id)
    db.session.commit()
    tell(_("The join code is made: %(key)s", key=key))
    return see(url_for("admin.cohort", cohort_id=cohort_id, _anchor="codes"))


@bp.post("/cohorts/<int(max=2147483647):cohort_id>/codes/<int(max=2147483647):code_id>/close")
def close_code(cohort_id: int, code_id: int) -> ResponseReturnValue:
    """Let nobody come in by a code any more."""
    admin = admin_here()
    if not joining.close_join_code(db.session, cohort_id, code_id, by=admin.user_id, now=datetime.now(UTC)):
        abort(HTTPStatus.NOT_FOUND)
    db.session.commit()
    tell(_("The join code is closed. Who came in by it stays."))
    return see(url_for("admin.cohort", cohort_id=cohort_id, _anchor="codes"))


# ---- what they share -------------------------------------------------------------------------


def _name_is_taken(form: CohortForm | CopyForm, template: str, facts: CohortFacts | None) -> ResponseReturnValue:
    db.session.rollback()
    form.name.errors = [_("Another cohort has this name. Choose another one.")]
    return page(template, form, cohort=facts)


def _version() -> int:
    """Return the version of the cohort that the page showed; none for what no page can have shown."""
    sent = request.form.get("version", 0, type=int)
    return sent if 0 < sent < 2**31 else 0


def _languages() -> dict[str, str]:
    return {code: name_of(code) for code in languages_offered()}
