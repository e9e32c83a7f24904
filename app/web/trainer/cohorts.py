"""The cohorts of a trainer."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.records import guides
from app.web.extensions import db
from app.web.pages import see
from app.web.trainer.wing import bp, trainer_here


@bp.get("/")
def start() -> ResponseReturnValue:
    """Lead a trainer to their only cohort that runs, or else to the list."""
    running = [line for line in guides.cohorts_trained(db.session, trainer_here().user_id) if not line.is_archived]
    if len(running) == 1:
        return see(url_for("trainer.cohort", cohort_id=running[0].cohort_id))
    return see(url_for("trainer.all_cohorts"))


@bp.get("/cohorts")
def all_cohorts() -> ResponseReturnValue:
    """List the cohorts of a trainer, with how many texts wait in each."""
    lines = guides.cohorts_trained(db.session, trainer_here().user_id)
    return render_template("trainer/cohorts.html", lines=lines)
