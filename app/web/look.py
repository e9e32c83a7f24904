"""What the frame of every page needs: what it says about languages, the theme, and the picture of a stair.

The theme is a cookie of the browser, not a fact about a person: it must hold before anybody
signs in, and while the database is away.
"""

from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.course.files.shelf import NoCourse
from app.web.access import own_page, page_behind, public
from app.web.charts import stair
from app.web.cookies import cookie_here, drop_cookie, keep_cookie
from app.web.extensions import READING_METHODS, house
from app.web.headers import A_YEAR
from app.web.languages import (
    ASKED,
    interface_language,
    language_here,
    languages_offered,
    name_of,
    own_address,
    own_words,
)
from app.web.pages import course_if_any

bp = Blueprint("look", __name__)

# ---- languages -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """A language that this page can be read in too: its own name for itself, and the address."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    href: str


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """What the frame of a page says about language.

    `code` and `direction` are the course's; `interface` is the language of the program's own
    words; `course_title` is empty while there is no course; `here` is the address of this page,
    for a form that leads back to it.
    """

    code: str
    direction: Literal["ltr", "rtl"]
    interface: str
    course_title: str
    here: str
    others: tuple[OtherLanguage, ...]


def page_language() -> PageLanguage:
    """Say what the frame of this request's page says about language."""
    code = language_here()
    course = course_if_any()
    here = own_address(request.path if request.method in READING_METHODS else page_behind())
    wish = f"{here}{'&' if '?' in here else '?'}{ASKED}="
    return PageLanguage(
        code=code,
        direction=_direction(code),
        interface=interface_language(code),
        course_title=course.title if course else "",
        here=here,
        others=tuple(
            OtherLanguage(other, name_of(other), _direction(other), wish + other)
            for other in languages_offered()
            if other != code
        ),
    )


def _direction(code: str) -> Literal["ltr", "rtl"]:
    try:
        return house().shelf.course(code).direction
    except NoCourse:
        return "ltr"


# ---- theme -----------------------------------------------------------------------------------

THEMES = ("light", "dark")
"""What somebody can choose; without a choice the device decides."""
COOKIE = "theme"


def theme_here() -> str:
    """Return the theme that this browser chose, or nothing when the device decides."""
    chosen = cookie_here(COOKIE) or ""
    return chosen if chosen in THEMES else ""


@bp.post("/theme")
@public
def theme() -> ResponseReturnValue:
    """Keep the chosen theme in this browser for a year, and go back to the page."""
    response = redirect(own_page(request.form.get("back")) or url_for("auth.start"), 303)
    if (chosen := request.form.get("theme")) in THEMES:
        keep_cookie(response, COOKIE, chosen, seconds=A_YEAR)
    else:
        drop_cookie(response, COOKIE)
    return response


def init_app(app: Flask) -> None:
    """Tell the frame of an app's pages what it says, and let templates draw the `stair` of charts.py.

    `own()` gives the attributes of the program's own words, for a page of a course in another language.
    """
    app.register_blueprint(bp)
    app.context_processor(lambda: {"page_language": page_language(), "theme": theme_here()})
    app.jinja_env.filters["stair"] = stair
    app.jinja_env.globals["own"] = lambda: own_words(language_here())
