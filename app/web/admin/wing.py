"""The blueprint of the wing, and the lock before it."""

from http import HTTPStatus

from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.records.accounts import Visitor
from app.records.cohorts import CohortFacts, cohort_facts
from app.web.access import visitor_here
from app.web.extensions import db, house
from app.web.pages import see, tell

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


def has_mail() -> bool:
    """Whether mails have a way out of this site."""
    return house().settings.smtp is not None or house().settings.demo


def tell_of_mail(words: str) -> None:
    """Say on the next page what a mail tells somebody too; and that it waits, where mails have no way out."""
    tell(words)
    if not has_mail():
        tell(
            _(
                "This site has no mail server yet, so the mail waits. On the page of the people of their cohort you"
                " can make a link by which somebody chooses a password."
            ),
            "wait",
        )


def was_put_away(cohort_id: int) -> Response:
    """Say that nobody comes into a cohort any more, which an older page could not know; undo what was begun."""
    db.session.rollback()
    tell(_("This cohort was put away meanwhile, so nobody can be enrolled."), "wait")
    return see(url_for("admin.cohort", cohort_id=cohort_id))
