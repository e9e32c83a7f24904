"""The page on which learners go on in another cohort: first what will happen, then the button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.course.content import Module
from app.course.rules.cohort_modules import course_of, due_day
from app.records import cohorts, moving
from app.records.accounts import BIGGEST_ID
from app.records.cohorts import CohortArchived, CohortFacts, cohort_facts
from app.records.moving import ChangedMeanwhile, Mover, SameCohort
from app.web.admin.people_forms import MoveForm
from app.web.admin.wing import admin_here, bp, find_cohort
from app.web.extensions import db
from app.web.forms import page
from app.web.languages import name_of
from app.web.pages import current_course, local_day, see, tell


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a cohort has for who comes into it: `modules` with the day by which each is hoped to be done, or None."""

    to: CohortFacts
    language: str
    trainers: tuple[str, ...]
    modules: tuple[tuple[Module, date | None], ...]
    left: tuple[Module, ...]
    """Modules of theirs that the other cohort does not have, and in which somebody did something."""


@bp.route("/cohorts/<int(max=2147483647):cohort_id>/move", methods=["GET", "POST"])
def move(cohort_id: int) -> ResponseReturnValue:
    """Say what it means for some learners to go on in another cohort; let them, when the button is pressed."""
    facts, form = find_cohort(cohort_id), MoveForm()
    who = _who()
    if not who:
        tell(_("Choose first who is to move: tick the boxes beside their names."), "wait")
        return see(_people_of(cohort_id))
    form.offer(facts, request.values.get("to", type=int))
    found = moving.movers(db.session, cohort_id, who, form.to.data)
    if not found:
        tell(_("Whoever was chosen is not in this cohort any more."), "wait")
        return see(_people_of(cohort_id))
    if request.method == "POST" and form.to.data is not None:
        return _take(facts, form.to.data, who)
    if request.method == "POST":
        tell(_("Nobody was moved: choose another cohort that is not put away."), "wait")
    to = cohort_facts(db.session, form.to.data) if form.to.data is not None else None
    return page("admin/move.html", form, cohort=facts, movers=found, prospect=_prospect(to, found))


def _take(facts: CohortFacts, to_cohort_id: int, who: Sequence[int]) -> ResponseReturnValue:
    """Move those who can; look at the page again where something changed under it."""
    admin, to = admin_here(), find_cohort(to_cohort_id)
    try:
        count = moving.move(
            db.session,
            who,
            cohort_id=facts.cohort_id,
            to_cohort_id=to_cohort_id,
            by=admin.user_id,
            now=datetime.now(UTC),
        )
    except (ChangedMeanwhile, CohortArchived, SameCohort):
        db.session.rollback()
        tell(_("Something changed meanwhile, so nobody was moved. This is how it stands now."), "wait")
        return see(url_for("admin.move", cohort_id=facts.cohort_id, who=who, to=to_cohort_id))
    db.session.commit()
    if not count:
        tell(_("Nobody was moved: none of them could be."), "wait")
        return see(_people_of(facts.cohort_id))
    tell(
        ngettext("%(num)d learner moved to %(cohort)s.", "%(num)d learners moved to %(cohort)s.", count, cohort=to.name)
    )
    return see(_people_of(to_cohort_id))


def _prospect(to: CohortFacts | None, found: Sequence[Mover]) -> Prospect | None:
    """Say what the other cohort has, for those who can move; nothing before one was chosen."""
    if to is None:
        return None
    course, today = current_course(), local_day(datetime.now(UTC))
    theirs = course_of(course, to.plan).modules
    begun = {key.partition("/")[0].lstrip("~") for one in found if one.can_move for key in one.done_keys}
    return Prospect(
        to,
        name_of(to.language),
        cohorts.trainers_of(db.session, to.cohort_id),
        tuple((module, due_day(to.plan, module, today)) for module in theirs),
        tuple(one for one in course.modules if one not in theirs and not begun.isdisjoint(one.keys)),
    )


def _who() -> tuple[int, ...]:
    """Return the enrolments that were chosen, so many as move at a time."""
    chosen = request.values.getlist("who", type=int)
    return tuple(dict.fromkeys(one for one in chosen if 0 < one < BIGGEST_ID))[: moving.MOST]


def _people_of(cohort_id: int) -> str:
    return url_for("admin.people_of_cohort", cohort_id=cohort_id)
