"""The pages beside the course: where to find support, what the organisation writes about itself, a quiet page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, pgettext

from app.course.content import Contact, ContentPage, Country, Course, Support
from app.course.parts import StepBase
from app.web.access import own_page, public
from app.web.foot import PAGES, SUPPORT
from app.web.info.wing import bp
from app.web.pages import MODULES, PAUSE, course_if_any, current_course

OLD = timedelta(days=365)
"""After so long the page says that the check of a contact is old."""


# ---- support ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Helper:
    """Who helps. `dial` is the address that a phone calls, empty without a number; `checked` the day in words."""

    contact: Contact
    dial: str
    checked: str
    is_old: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A country, and who helps there; nobody when the organisation has not filled it in."""

    country: Country
    helpers: tuple[Helper, ...]


@bp.get(SUPPORT)
@public
def support() -> ResponseReturnValue:
    """Say where to find support: 112 always, and what the course's file names for each country."""
    course, today = course_if_any(), datetime.now(UTC).date()
    found = course.support if course else None
    places = tuple(_place(country, today) for country in found.countries) if found else ()
    terms = course.terms_of(found) if course and found else ()
    is_whole = not (course and found) or _is_whole(course, found)
    return render_template("info/support.html", support=found, places=places, terms=terms, is_whole=is_whole)


def _place(country: Country, today: date) -> Place:
    return Place(country, tuple(_helper(contact, today) for contact in country.contacts))


def _helper(contact: Contact, today: date) -> Helper:
    dial = "".join(sign for sign in contact.phone or "" if sign in "+0123456789")
    checked = format_date(contact.checked, pgettext("pattern of a day with its year", "d MMMM y"))
    return Helper(contact, f"tel:{dial}" if dial else "", checked, today - contact.checked > OLD)


# ---- content pages ---------------------------------------------------------------------------


@bp.get(PAGES + "<slug>")
@public
def page(slug: str) -> ResponseReturnValue:
    """Show a page that the organisation is behind, such as the privacy notice."""
    course = current_course()
    found = course.page_by_slug.get(slug) or abort(HTTPStatus.NOT_FOUND)
    is_whole, terms = _is_whole(course, found), course.terms_of(found)
    return render_template("info/page.html", content=found, is_whole=is_whole, terms=terms)


def _is_whole(course: Course, shown: ContentPage | Support) -> bool:
    """Whether nothing in a page is left for the organisation to fill in."""
    return not any(blank.slug in shown.blanks for blank in course.open_blanks)


# ---- a pause ---------------------------------------------------------------------------------


@bp.get(PAUSE)
def pause() -> ResponseReturnValue:
    """Show a quiet page, with the way back to the step that somebody came from."""
    back = own_page(request.args.get("back"))
    return render_template("info/pause.html", back=back, step=_step_at(back) if back else None)


def _step_at(address: str) -> StepBase | None:
    """Return the step whose page has an address of this site."""
    return current_course().step_by_key.get(urlsplit(address).path.removeprefix(MODULES))
