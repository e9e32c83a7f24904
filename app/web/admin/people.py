"""The pages of people: to find them, to put right what is wrong about them, to let them in and out.

Nothing that anybody wrote, answered or tried is shown here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.records import accounts, audit, cohorts, people, second_step
from app.records.accounts import AccountClosed, EmailTaken, Visitor
from app.records.audit import Which
from app.records.cohorts import CohortArchived, CohortFacts, InItAlready, NoCohort
from app.records.people import LastAdmin, Oneself, PersonFacts
from app.records.second_step import NotOn
from app.web.access import stay_after_new_stamp
from app.web.admin.letter_words import letter_words
from app.web.admin.people_forms import (
    TRAINER,
    CorrectForm,
    EnrolForm,
    NewPersonForm,
    TrainerForm,
    correct_form,
)
from app.web.admin.wing import admin_here, bp, find_cohort, tell_of_mail, was_put_away
from app.web.extensions import db, house
from app.web.forms import page
from app.web.languages import name_of
from app.web.pages import see, tell

PERSON = "/people/<int(max=2147483647):user_id>"
ENTRIES = 10
"""Entries of the log on a person's page."""

# ---- all of them -------------------------------------------------------------------------------


@bp.get("/people", endpoint="people")
def all_people() -> ResponseReturnValue:
    """Look for people, by name or address."""
    question = request.args.get("q", "").strip()[: people.LONGEST_QUESTION]
    number = min(max(request.args.get("page", 1, type=int), 1), 10**6)
    found = people.find_people(db.session, question, page=number)
    if not found.lines and number > 1:
        return see(url_for("admin.people", q=question or None))
    last = max(1, -(-found.count // people.PAGE))
    return render_template("admin/people.html", question=question, found=found, number=number, last=last)


@bp.route("/people/new", methods=["GET", "POST"])
def new_person() -> ResponseReturnValue:
    """Make an account for somebody, enrol them, and invite them."""
    admin, form, now = admin_here(), NewPersonForm(), datetime.now(UTC)
    form.offer(request.args.get("cohort", type=int))
    if not form.validate_on_submit():
        return page("admin/new_person.html", form)
    facts = find_cohort(form.cohort.data)
    try:
        user_id = _make(form.email.data, form.name.data, facts, now)
    except EmailTaken:
        db.session.rollback()
        form.email.errors = [_("This address has an account already. Look for it under People, and enrol it there.")]
        return page("admin/new_person.html", form)
    _enrol(user_id, facts.cohort_id, form.role.data, admin, now)
    db.session.commit()
    tell_of_mail(_("The account is made. A mail with a link to choose a password is on its way."))
    return see(url_for("admin.person", user_id=user_id))


# ---- one ---------------------------------------------------------------------------------------


@bp.get(PERSON)
def person(user_id: int) -> ResponseReturnValue:
    """Show somebody: where they are enrolled, the mails to them, what staff did about them."""
    return _person_page(find_person(user_id))


def find_person(user_id: int) -> PersonFacts:
    """Return somebody by the number of the address, or answer 404."""
    return people.person_facts(db.session, user_id) or abort(HTTPStatus.NOT_FOUND)


def _person_page(found: PersonFacts, correct: CorrectForm | None = None, enrol: EnrolForm | None = None) -> Response:
    """Show somebody, with a form as it was sent and the other as it stands."""
    if enrol is None:
        enrol = EnrolForm(formdata=None)
        enrol.offer()
    is_faulty = bool((correct is not None and correct.errors) or enrol.errors)
    places = people.places_of(db.session, found.user_id)
    return make_response(
        render_template(
            "admin/person.html",
            person=found,
            places=places,
            trains=[one.cohort_name for one in places if one.role == TRAINER and one.standing == "active"],
            letters=[(letter_words(one.letter), one) for one in people.letters_to(db.session, found.user_id)],
            entries=audit.entries(db.session, Which(subject_id=found.user_id), size=ENTRIES),
            language=name_of(found.language),
            is_oneself=found.user_id == admin_here().user_id,
            correct=correct or correct_form(found, formdata=None),
            enrol=enrol,
        ),
        HTTPStatus.UNPROCESSABLE_ENTITY if is_faulty else HTTPStatus.OK,
    )


@bp.post(f"{PERSON}/correct")
def correct_person(user_id: int) -> ResponseReturnValue:
    """Take another name or address for somebody."""
    admin, found, now = admin_here(), find_person(user_id), datetime.now(UTC)
    form = correct_form(found)
    if not form.validate():
        return _person_page(found, correct=form)
    try:
        has_new_address = _correct(form, user_id, admin, now)
    except EmailTaken:
        db.session.rollback()
        form.email.errors = [_("Another account has this address. Look for it under People.")]
        return _person_page(found, correct=form)
    db.session.commit()
    if has_new_address:
        tell_of_mail(_("Saved. The old address gets a mail about it."))
    else:
        tell(_("Saved."))
    return see(url_for("admin.person", user_id=user_id))


def _correct(form: CorrectForm, user_id: int, admin: Visitor, now: datetime) -> bool:
    """Change what was changed on the page; say whether the address was. Raises EmailTaken."""
    if form.new_name is not None:
        people.change_name(db.session, user_id, name=form.new_name, by=admin.user_id, now=now)
    if form.new_email is None:
        return False
    key, by = house().key, admin.user_id
    has_new_address = people.change_address(db.session, user_id, email=form.new_email, key=key, by=by, now=now)
    if has_new_address and user_id == admin.user_id:
        stay_after_new_stamp(admin, accounts.new_stamp(db.session, user_id))
    return has_new_address


@bp.post(f"{PERSON}/close")
def close_account(user_id: int) -> ResponseReturnValue:
    """Let nobody come in by an account any more."""
    admin, found = admin_here(), find_person(user_id)
    try:
        did = people.close_account(db.session, user_id, by=admin.user_id, now=datetime.now(UTC))
    except Oneself:
        return _refused(user_id, _("Nobody closes their own account. Another admin can do it."))
    except LastAdmin:
        return _refused(user_id, _last_admin())
    return _done(user_id, did, _("The account of %(name)s is closed.", name=found.name))


@bp.post(f"{PERSON}/reopen")
def reopen_account(user_id: int) -> ResponseReturnValue:
    """Let somebody come in again."""
    admin, found = admin_here(), find_person(user_id)
    did = people.reopen_account(db.session, user_id, by=admin.user_id, now=datetime.now(UTC))
    return _done(user_id, did, _("The account of %(name)s is open again.", name=found.name))


@bp.post(f"{PERSON}/admin")
def change_admin(user_id: int) -> ResponseReturnValue:
    """Make somebody an admin (`admin=1`), or an admin no longer."""
    admin, found, now = admin_here(), find_person(user_id), datetime.now(UTC)
    if request.form.get("admin") == "1":
        try:
            did = people.make_admin(db.session, user_id, by=admin.user_id, now=now)
        except AccountClosed:
            return _refused(user_id, _is_closed())
        return _done(user_id, did, _("%(name)s is an admin now.", name=found.name))
    try:
        did = people.end_admin(db.session, user_id, by=admin.user_id, now=now)
    except LastAdmin:
        return _refused(user_id, _last_admin())
    if user_id != admin.user_id:
        return _done(user_id, did, _("%(name)s is no admin any more.", name=found.name))
    db.session.commit()
    tell(_("You are no admin any more."))
    return see(url_for("auth.account"))


@bp.post(f"{PERSON}/second-step")
def reset_second_step(user_id: int) -> ResponseReturnValue:
    """Turn off two-step sign-in for somebody who lost phone and codes."""
    admin, found = admin_here(), find_person(user_id)
    try:
        second_step.reset_second_step(db.session, user_id, by=admin.user_id, now=datetime.now(UTC))
    except NotOn:
        return _refused(user_id, _("Two-step sign-in was off already."))
    words = _("Two-step sign-in is off for %(name)s, who was signed out everywhere. A mail says so.", name=found.name)
    if user_id == admin.user_id:
        stay_after_new_stamp(admin, accounts.new_stamp(db.session, user_id))
    db.session.commit()
    tell_of_mail(words)
    return see(url_for("admin.person", user_id=user_id))


# ---- where they are ----------------------------------------------------------------------------


@bp.post(f"{PERSON}/enrol")
def enrol_person(user_id: int) -> ResponseReturnValue:
    """Enrol somebody by hand, also where an enrolment of theirs had ended."""
    admin, found, form = admin_here(), find_person(user_id), EnrolForm()
    form.offer()
    if not form.validate():
        return _person_page(found, enrol=form)
    facts = find_cohort(form.cohort.data)
    try:
        _enrol(user_id, facts.cohort_id, form.role.data, admin, datetime.now(UTC))
    except InItAlready as refused:
        return _refused(user_id, _already(found.name, facts.name, refused.role))
    except AccountClosed:
        return _refused(user_id, _is_closed())
    db.session.commit()
    tell_of_mail(_enrolled(found.name, facts.name, form.role.data))
    return see(url_for("admin.person", user_id=user_id))


@bp.post(f"{PERSON}/cohorts/<int(max=2147483647):cohort_id>/end")
def end_enrolment(user_id: int, cohort_id: int) -> ResponseReturnValue:
    """Let somebody be in a cohort no longer."""
    admin, found, facts = admin_here(), find_person(user_id), find_cohort(cohort_id)
    if not cohorts.end_enrolment(db.session, user_id, cohort_id, by=admin.user_id, now=datetime.now(UTC)):
        tell(_("%(name)s was not in %(cohort)s any more.", name=found.name, cohort=facts.name), "wait")
        return see(url_for("admin.person", user_id=user_id))
    words = _("%(name)s is not in %(cohort)s any more. What they did there stays.", name=found.name, cohort=facts.name)
    db.session.commit()
    tell(words)
    is_from_cohort = request.form.get("back") == "cohort"
    at_trainers = url_for("admin.cohort", cohort_id=cohort_id, _anchor="trainers")
    return see(at_trainers if is_from_cohort else url_for("admin.person", user_id=user_id))


# ---- trainers of a cohort ----------------------------------------------------------------------


def take_trainer(facts: CohortFacts, form: TrainerForm) -> bool:
    """Make the person of a filled-in form a trainer of a cohort; False with errors in the form. Commits."""
    admin, now = admin_here(), datetime.now(UTC)
    found = people.person_with(db.session, form.email.data)
    if found is None and not form.name.data:
        form.name.errors = [_("This address has no account yet. Fill in a name, and it gets one.")]
        return False
    try:
        user_id = found.user_id if found else _make(form.email.data, form.name.data, facts, now)
        _enrol(user_id, facts.cohort_id, TRAINER, admin, now)
    except InItAlready:
        db.session.rollback()
        form.email.errors = [_("Whoever has this address is a trainer of this cohort already.")]
        return False
    except AccountClosed:
        db.session.rollback()
        form.email.errors = [_is_closed()]
        return False
    db.session.commit()
    tell_of_mail(_enrolled(found.name if found else form.name.data, facts.name, TRAINER))
    return True


# ---- what they share ---------------------------------------------------------------------------


def _make(email: str, name: str, facts: CohortFacts, now: datetime) -> int:
    """Make an account without a password, in the language of a cohort. Raises EmailTaken."""
    return accounts.add_user(db.session, email=email, name=name, language=facts.language, password_hash=None, now=now)


def _enrol(user_id: int, cohort_id: int, role: str, admin: Visitor, now: datetime) -> None:
    """Enrol somebody in a role, and let a letter say so. Raises InItAlready, AccountClosed."""
    verb = cohorts.make_trainer if role == TRAINER else cohorts.enrol
    try:
        verb(db.session, user_id=user_id, cohort_id=cohort_id, by=admin.user_id, now=now, key=house().key)
    except NoCohort:
        abort(HTTPStatus.NOT_FOUND)
    except CohortArchived:
        abort(was_put_away(cohort_id))


def _done(user_id: int, did: bool, words: str) -> Response:
    """Keep what was done, and say it; where it was so already, another tab or a second click was first."""
    if not did:
        return _refused(user_id, _("Nothing was changed: it was so already."))
    db.session.commit()
    tell(words)
    return see(url_for("admin.person", user_id=user_id))


def _refused(user_id: int, words: str) -> Response:
    db.session.rollback()
    tell(words, "wait")
    return see(url_for("admin.person", user_id=user_id))


def _last_admin() -> str:
    return str(_("Nobody else could run the site then. Make somebody else an admin first, who has a password."))


def _is_closed() -> str:
    return str(_("This account is closed. Open it again first, on the page of this person."))


def _already(name: str, cohort: str, role: str) -> str:
    if role == TRAINER:
        return str(_("%(name)s is a trainer of %(cohort)s already.", name=name, cohort=cohort))
    return str(_("%(name)s is a learner in %(cohort)s already.", name=name, cohort=cohort))


def _enrolled(name: str, cohort: str, role: str) -> str:
    if role == TRAINER:
        return str(_("%(name)s is a trainer of %(cohort)s now. A mail says so.", name=name, cohort=cohort))
    return str(_("%(name)s is enrolled in %(cohort)s. A mail says so.", name=name, cohort=cohort))
