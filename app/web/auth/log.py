"""What staff did that concerns somebody, for that person to read."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.records.audit import Which
from app.web.auth.proving import visitor_or_401
from app.web.auth.wing import bp
from app.web.extensions import db
from app.web.logbook import log_page


@bp.get("/account/log")
def my_log() -> ResponseReturnValue:
    """Show a person what was noted about them, the newest first."""
    visitor = visitor_or_401()
    return render_template("auth/log.html", log=log_page(db.session, Which(subject_id=visitor.user_id)))
