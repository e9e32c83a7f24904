"""People and cohorts as tables, CSV or XLSX. What is exported can be enrolled from again, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.exchange.tables import Cell, TooManyRows
from app.records import cohorts, exporting
from app.records.cohorts import CohortFacts
from app.records.exporting import PersonRow
from app.web.admin.wing import admin_here, bp, find_cohort
from app.web.extensions import db
from app.web.languages import name_of
from app.web.pages import see, tell
from app.web.tables import day_in, table_as, zone_here


@bp.get("/people.<any(csv, xlsx):kind>")
def export_people(kind: str) -> ResponseReturnValue:
    """Give everybody, a row for each cohort that they are or were in."""
    return _people(kind)


@bp.get("/cohorts/<int(max=2147483647):cohort_id>/people.<any(csv, xlsx):kind>")
def export_people_of_cohort(cohort_id: int, kind: str) -> ResponseReturnValue:
    """Give everybody who is or was in a cohort."""
    return _people(kind, find_cohort(cohort_id))


@bp.get("/cohorts.<any(csv, xlsx):kind>")
def export_cohorts(kind: str) -> Response:
    """Give the cohorts: those that run, then those that were put away; and note that they leave."""
    now = datetime.now(UTC)
    answer = table_as(kind, _rows_of_cohorts(), title=_("Cohorts"), now=now)
    exporting.export_cohorts(db.writing(), by=admin_here().user_id, now=now)
    db.writing().commit()
    return answer


def _people(kind: str, cohort: CohortFacts | None = None) -> ResponseReturnValue:
    """Give people, and note that they leave."""
    now = datetime.now(UTC)
    cohort_id, of_what = (cohort.cohort_id, cohort.name) if cohort else (None, "")
    try:
        answer = table_as(kind, _people_of(cohort_id), title=_("People"), of_what=of_what, now=now)
    except TooManyRows:
        tell(_("There are more people than a workbook of Excel has rows. Take the CSV file."), "wait")
        return see(url_for("admin.people"))
    exporting.export_people(db.writing(), cohort_id, by=admin_here().user_id, now=now)
    db.writing().commit()
    return answer


def _people_of(cohort_id: int | None) -> Iterator[tuple[Cell, ...]]:
    yield from rows_of_people(exporting.people(db.reading, cohort_id), zone_here())


def rows_of_people(people: Iterable[PersonRow], zone: ZoneInfo) -> Iterator[tuple[Cell, ...]]:
    """Yield the headings and then the people, in words that the reader of files with people understands.

    Who is in no cohort, or was in it, has a cohort that no file is enrolled into: their row is left alone there.
    `zone` tells on which day a moment was.
    """
    roles: dict[str | None, str] = {"learner": _("learner"), "trainer": _("trainer"), None: ""}
    standings: dict[str | None, str] = {"active": _("active"), "ended": _("ended"), None: ""}
    nowhere, ended, closed = map(str, (_("(no cohort)"), _("(ended)"), _("account closed")))

    def cohort_of(one: PersonRow) -> str:
        if one.cohort_name is None:
            return nowhere
        return f"{one.cohort_name} {ended}" if one.standing == "ended" else one.cohort_name

    yield (
        _("Name in full"), _("E-mail address"), _("Cohort"), _("Role"), _("Standing"), _("In the cohort since"),
        _("Account since"), _("Invited on"), _("Last sign-in"),
    )  # fmt: skip
    for one in people:
        yield (
            one.name,
            one.email,
            cohort_of(one),
            roles[one.role],
            closed if one.deactivated_at else standings[one.standing],
            day_in(zone, one.enrolled_at),
            day_in(zone, one.account_since),
            day_in(zone, one.invited_at),
            day_in(zone, one.last_sign_in_at),
        )


def _rows_of_cohorts() -> Iterator[tuple[Cell, ...]]:
    zone = zone_here()
    yield (
        _("Cohort"), _("Language"), _("First day"), _("Last day"), _("Learners"), _("Trainers"), _("Put away on"),
    )  # fmt: skip
    for archived in (False, True):
        for one in cohorts.cohort_lines(db.reading, archived=archived):
            put_away = day_in(zone, one.archived_at)
            yield one.name, name_of(one.language), one.first_day, one.last_day, one.learners, one.trainers, put_away
