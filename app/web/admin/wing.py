"""The blueprint of the wing, and the lock before it."""

from http import HTTPStatus

from flask import Blueprint, abort

from app.records.accounts import Visitor
from app.records.cohorts import CohortFacts, cohort_facts
from app.web.access import visitor_here
from app.web.extensions import db

bp = Blueprint("admin", __name__, url_prefix="/admin")


def admin_here() -> Visitor:
    """Return the admin who is signed in. To anybody else these pages are not there."""
    visitor = visitor_here() or abort(HTTPStatus.UNAUTHORIZED)
    return visitor if visitor.is_admin else abort(HTTPStatus.NOT_FOUND)


@bp.before_request
def _only_admins() -> None:
    admin_here()


def find_cohort(cohort_id: int) -> CohortFacts:
    """Return a cohort by the number of its address, or answer 404."""
    return cohort_facts(db.session, cohort_id) or abort(HTTPStatus.NOT_FOUND)
