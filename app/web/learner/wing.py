"""The blueprint of the wing, and what its routes share."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.course.parts import Change, StepBase
from app.course.rules.progress import TAKEN_BACK
from app.records import granting
from app.records.accounts import Visitor
from app.records.granting import Grant
from app.web.access import signed_enrolment
from app.web.extensions import db, house
from app.web.learner.outline import frame_of
from app.web.learner.steps.page import StepPage
from app.web.pages import MODULES, learner_course

bp = Blueprint("learner", __name__)

NO_CHANGES: Mapping[str, Sequence[Change]] = {}


def page_of(step: StepBase) -> StepPage[Any]:
    """Return the page that shows a step of its kind."""
    found: StepPage[Any] = house().pages[type(step)](step)
    return found


def shown(
    page: StepPage[Any],
    form: FlaskForm,
    visitor: Visitor,
    *,
    changes: Mapping[str, Sequence[Change]] = NO_CHANGES,
    status: HTTPStatus = HTTPStatus.OK,
    **facts: Any,
) -> ResponseReturnValue:
    """Answer with the page of a step, and all that its form holds; 422 where the form has errors.

    `changes`, by step key, are those in substance since the visitor did a step of this module; `facts`
    stand in for the page's own of the same name.
    """
    return render_template(
        page.template,
        page=page,
        form=form,
        frame=frame_of(learner_course(), visitor, page.step),
        visitor=visitor,
        enrolment=signed_enrolment(visitor),
        changes=changes.get(page.step.key, ()),
        grant=_grant(visitor, page.step),
        changed={MODULES + key for key in changes},
        **page.facts(visitor) | facts,
    ), HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else status


def _grant(visitor: Visitor, step: StepBase) -> Grant | None:
    """Return why a step counts as done elsewhere, or counted so; asks nothing of who has no such step."""
    named = {key.removeprefix(TAKEN_BACK) for key in visitor.granted.split()}
    if visitor.enrolment_id is None or named.isdisjoint(step.keys):
        return None
    rows = granting.grants_of(db.session, visitor.enrolment_id)
    found = [row.grant for row in rows if row.grant is not None and row.step_key in step.keys]
    return max(found, key=lambda grant: grant.at, default=None)
