"""The blueprint of the wing, and its locks: a trainer reaches their own cohorts, and nobody else any of this."""

from http import HTTPStatus

from flask import Blueprint, abort

from app.course.content import Course
from app.records import guides
from app.records.accounts import Visitor
from app.records.guides import Trained
from app.web.access import visitor_here
from app.web.extensions import db, house
from app.web.pages import current_course

bp = Blueprint("trainer", __name__, url_prefix="/trainer")

COHORT = "/cohorts/<int(max=2147483647):cohort_id>"


def trainer_here() -> Visitor:
    """Return the trainer who is signed in. To anybody else, admins too, these pages are not there."""
    visitor = visitor_here() or abort(HTTPStatus.UNAUTHORIZED)
    return visitor if visitor.trains else abort(HTTPStatus.NOT_FOUND)


@bp.before_request
def _only_trainers() -> None:
    trainer_here()


def trained_here(cohort_id: int) -> Trained:
    """Return a cohort by the number of the address, for its trainer; to who trains it not, it is not there."""
    return guides.trained(db.session, trainer_here().user_id, cohort_id) or abort(HTTPStatus.NOT_FOUND)


def course_of_cohort(cohort: Trained) -> Course:
    """Return the course as a cohort has it, in the language of the request."""
    return house().part(current_course(), cohort.plan)
