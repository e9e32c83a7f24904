"""What my trainer sees: the record that trainers have of a learner, for the learner, and who opened it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from app.records import audit, cohorts, reviewing
from app.records.accounts import Visitor
from app.records.audit import Which
from app.web.access import learner_here
from app.web.extensions import db
from app.web.learner.wing import bp
from app.web.pages import MY_COURSE, learner_course
from app.web.record import record_of


@bp.get(MY_COURSE + "/what-my-trainer-sees")
def mirror() -> ResponseReturnValue:
    """Show what trainers see of who asks, by the same code, and who of them opened it."""
    visitor = learner_here()
    if visitor.cohort_id is None or visitor.role != "learner":
        return render_template("learner/mirror.html", record=None, trainers=(), openings=())
    return render_template("learner/mirror.html", **_facts(visitor, visitor.cohort_id))


def _facts(visitor: Visitor, cohort_id: int) -> dict[str, object]:
    found = reviewing.learner_of(db.session, cohort_id, visitor.enrolment_id or 0) or abort(HTTPStatus.NOT_FOUND)
    seen = record_of(
        db.session,
        reviewing.cohort_of(db.session, visitor),
        learner_course(),
        found,
        user_id=visitor.user_id,
        now=datetime.now(UTC),
        attempt_path=attempt_path,
    )
    lines = cohorts.trainer_lines(db.session, cohort_id)
    return {
        "record": seen.record,
        "attempt_path": attempt_path,
        "trainers": [line.name for line in lines if not line.is_closed],
        "openings": audit.entries(db.session, Which(subject_id=visitor.user_id, deed="open_record")),
    }


def attempt_path(attempt_id: int) -> str:
    """Return where a learner reads an attempt of theirs."""
    return url_for("learner.attempt", attempt_id=attempt_id)
