"""What trainers settle about the signals of their cohort."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.records import guides
from app.records.cohorts import StaleCohort
from app.records.guides import FEWEST_SILENT_DAYS, MOST_SILENT_DAYS
from app.web.extensions import db
from app.web.forms import OpstapForm, page
from app.web.pages import see, tell
from app.web.trainer.wing import COHORT, bp, trained_here, trainer_here


class SilenceForm(OpstapForm):
    """After how many days without a step somebody is silent; `version` is that of the cohort on the page."""

    days = IntegerField(
        _l("Days without a step"),
        [
            InputRequired(_l("Fill in a number of days")),
            NumberRange(FEWEST_SILENT_DAYS, MOST_SILENT_DAYS, _l("Fill in a number from %(min)s to %(max)s")),
        ],
    )
    version = HiddenField()

    @property
    def version_seen(self) -> int:
        """The version of the cohort on the page; 0 for what no page can have shown."""
        sent = self.version.data or ""
        return int(sent) if re.fullmatch("[0-9]{1,9}", sent) else 0


@bp.route(f"{COHORT}/settings", methods=["GET", "POST"])
def settings(cohort_id: int) -> ResponseReturnValue:
    """Settle after how many days without a step somebody of a cohort is silent."""
    cohort, now = trained_here(cohort_id), datetime.now(UTC)
    form = SilenceForm(data={"days": cohort.silent_days, "version": cohort.version})
    if not form.validate_on_submit():
        return page("trainer/settings.html", form, cohort=cohort)
    days, version, trainer = form.days.data or 0, form.version_seen, trainer_here()
    try:
        guides.settle_silence(db.session, cohort_id, days=days, version=version, by=trainer.user_id, now=now)
    except StaleCohort:
        db.session.rollback()
        tell(_("Somebody else changed this cohort meanwhile, so nothing was saved. This is how it stands now."), "wait")
        return see(url_for("trainer.settings", cohort_id=cohort_id))
    db.session.commit()
    tell(_("Saved."))
    return see(url_for("trainer.cohort", cohort_id=cohort_id))
