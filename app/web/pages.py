"""What pages say: of which course and step, once on the next page, and days, moments and minutes in words."""

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, abort, flash, g, make_response, redirect, request, session
from flask_babel import format_date, format_time, get_babel, ngettext, pgettext, to_user_timezone
from flask_babel import gettext as _
from flask_login import current_user

from app.course.content import Course
from app.course.files.shelf import NoCourse
from app.course.parts import StepBase
from app.records.accounts import Visitor
from app.web.extensions import READING_METHODS, house, house_of
from app.web.languages import language_here, once_a_language

MODULES = "/modules/"
MY_COURSE = "/my-course"
"""Where somebody who came in begins, and goes on."""
PAUSE = "/pause"


def current_course() -> Course:
    """Return the course in the language of this request; raises NoCourse while there never was a good one."""
    found: Course | None = g.get("course")
    if found is None:
        found = g.course = house().shelf.course(language_here())
    return found


def learner_course(language: str | None = None) -> Course:
    """Return the course as the cohort of this request's learner has it, in the language of the request or another.

    Raises NoCourse as `current_course` does.
    """
    if language is None and "learner_course" in g:
        return cast(Course, g.learner_course)
    course = house().shelf.course(language) if language else current_course()
    visitor = current_user._get_current_object()
    is_whole = not isinstance(visitor, Visitor) or visitor.whole_course
    found = course if is_whole else house().part(course, visitor.plan)
    if language is None:
        g.learner_course = found
    return found


def course_if_any() -> Course | None:
    """Return the course in the language of this request, or None while there never was a good one."""
    try:
        return current_course()
    except NoCourse:
        return None


def find_step(module_slug: str, step_slug: str) -> StepBase:
    """Return a step of the learner's course by the slugs of its address, or answer 404.

    An address from before a renaming is sent on for good to today's; what is posted there is taken.
    """
    asked = f"{module_slug}/{step_slug}"
    step = learner_course().step_by_key.get(asked)
    if step is None:
        abort(404)
    if step.key != asked and request.method in READING_METHODS:
        rest = request.full_path.removeprefix(MODULES + asked).rstrip("?")
        abort(redirect(path_of(step) + rest, 301))
    return step


def path_of(step: StepBase) -> str:
    """Return the address of a step's page; slugs need no quoting."""
    return MODULES + step.key


def pause_from(path: str) -> str:
    """Return the address of the quiet page that leads back to a page of this site; slugs need no quoting."""
    return f"{PAUSE}?back={path}"


def see(address: str) -> Response:
    """Go on to a page after a deed."""
    return make_response(redirect(address, HTTPStatus.SEE_OTHER))


def tell(words: str, category: str = "message") -> None:
    """Say something on the next page that is shown, once; what waits there already is not said twice."""
    if (category, words) not in [tuple(told) for told in session.get("_flashes", [])]:
        flash(words, category)


# ---- days, moments and minutes ---------------------------------------------------------------


def local_day(when: datetime) -> date:
    """Return the day of a moment where the clock of this site hangs."""
    local: datetime = to_user_timezone(when)
    return local.date()


def day(when: date | datetime) -> str:
    """Return a day in words: `19 november`; with its year when that is another year than now."""
    local = local_day(when) if isinstance(when, datetime) else when
    if local.year == local_day(datetime.now(UTC)).year:
        return str(format_date(local, pgettext("pattern of a day", "d MMMM")))
    return str(format_date(local, pgettext("pattern of a day with its year", "d MMMM y")))


def moment(when: datetime) -> str:
    """Return a moment in words: `19 november, 9.05 uur`."""
    time = format_time(when, pgettext("pattern of a time", "HH:mm"))
    return str(_("%(day)s, %(time)s", day=day(when), time=time))


@once_a_language
def minutes(count: int) -> str:
    """Return a length of time in words: `2 uur en 9 minuten`."""
    hours, rest = divmod(count, 60)
    if not hours:
        return str(ngettext("%(num)s minute", "%(num)s minutes", rest))
    in_hours = str(ngettext("%(num)s hour", "%(num)s hours", hours))
    return str(_("%(hours)s and %(minutes)s", hours=in_hours, minutes=minutes(rest))) if rest else in_hours


def init_app(app: Flask) -> None:
    """Give templates the words for days, moments and minutes, and the addresses of steps; after languages.init_app."""
    get_babel(app).default_timezone = house_of(app).settings.time_zone
    app.jinja_env.filters.update(day=day, moment=moment, minutes=minutes)
    app.jinja_env.globals.update(path_of=path_of, pause_from=pause_from)
