"""One page for every error: what happened, and what to do now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from app.course.files.faults import Fault
from app.records.engine import is_busy
from app.web.access import SomebodyElse, largest_file, page_behind, visitor_here
from app.web.extensions import READING_METHODS, house, house_of
from app.web.languages import own_address
from app.web.pages import MY_COURSE

Way = tuple[str, str]
"""Where to go on: an address and its words."""

RETRY_AFTER = 10
"""Seconds after which a program may try again."""
BARE_PAGE = Markup(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
    "<p>It is our fault, not yours. Try again in a moment; what you saved before is still there.</p>"
).format(title="Something went wrong here")
"""What is left to say when not even the error page can be made."""


class FaultyCourse(InternalServerError):
    """While the course is being written: its files have faults."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__()
        self.faults = faults


class Busy(ServiceUnavailable):
    """Another program held the database for longer than anybody should wait."""

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_AFTER)


@dataclass(frozen=True)
class Problem:
    """What errors/problem.html says: what is so, what it means, what to do, and where to go on."""

    title: str
    lead: str
    words: tuple[str, ...]
    ways: tuple[Way, ...]
    faults: tuple[str, ...] = ()


# ---- ways to go on ---------------------------------------------------------------------------


def _home() -> Way:
    visitor = visitor_here()
    if visitor is not None and visitor.enrolment_id is not None:
        return MY_COURSE, _("Go to My course")
    return "/", _("Go to the start page")


def _page_again() -> Way:
    return own_address(page_behind()), _("Open the page again")


# ---- one function a problem ------------------------------------------------------------------


def _not_found(error: HTTPException) -> Problem:
    return Problem(
        _("This step is not there"),
        _("The page does not exist, or it is not yours. Perhaps part of the address is missing."),
        (_("What you wrote is saved. You lose nothing."),) if request.method in READING_METHODS else (),
        (_home(),),
    )


def _form_from_elsewhere(error: HTTPException) -> Problem:
    return Problem(
        _("This page is out of date"),
        _("You signed in or out after you opened it, or your browser keeps no cookies. Nothing was changed."),
        (_("Open the page again and send the form once more. Go back in your browser to see what you typed."),),
        (_page_again(), _home()),
    )


def _somebody_else(error: HTTPException) -> Problem:
    visitor = visitor_here()
    name = visitor.name if visitor else ""
    if isinstance(error, SomebodyElse) and error.kept:
        outcome = _("What was sent is kept for 24 hours, and only that person can see it.")
    else:
        outcome = _("Nothing was changed.")
    return Problem(
        _("Somebody else is signed in here"),
        _("%(name)s is signed in here now. What you sent was somebody else's.", name=name),
        (outcome, _("Are you that person? Then sign out, and sign in as yourself.")),
        (_home(),),
    )


def _too_large(error: HTTPException) -> Problem:
    if largest_file():
        return _file_too_large(largest_file())
    return Problem(
        _("This is too much at once"),
        _("What you sent is larger than this site accepts. Nothing was changed."),
        (_("Go back in your browser: what you typed is usually still there. Make it shorter, and send it again."),),
        (_page_again(),),
    )


def _file_too_large(largest: int) -> Problem:
    return Problem(
        _("This file is too large"),
        _("A file may be %(size)s MB at most. Nothing was changed.", size=largest // 1_000_000),
        (
            _("A list of people is seldom that large: perhaps there are pictures in the file, or other sheets."),
            _("Save only the sheet with the people, as .xlsx or as CSV. Still too large? Then make two files of it."),
        ),
        (_page_again(),),
    )


def _not_this_way(error: HTTPException) -> Problem:
    return Problem(
        _("This address cannot be opened by itself"),
        _("It belongs to a button on a page. Nothing was changed."),
        (_("Go to the page and use its button."),),
        (_page_again(), _home()),
    )


def _too_many(error: HTTPException) -> Problem:
    return Problem(
        _("Too many attempts"),
        _("There were too many attempts in a short time."),
        (_("Wait a quarter of an hour, then try again."),),
        (_page_again(),),
    )


def _sign_in_first(error: HTTPException) -> Problem:
    return Problem(
        _("You are signed out"),
        _("This page is for people who are signed in. Nothing was changed."),
        (),
        (("/sign-in", _("Sign in")),),
    )


def _faulty_course(error: HTTPException) -> Problem:
    faults = error.faults if isinstance(error, FaultyCourse) else ()
    count = len(faults)
    return Problem(
        _("The course has faults"),
        ngettext("There is %(num)s fault in the course files.", "There are %(num)s faults in the course files.", count),
        (_("Correct them, save, and open the page again."),),
        (_page_again(),),
        tuple(str(fault) for fault in faults),
    )


def _our_fault(error: HTTPException) -> Problem:
    return Problem(
        _("Something went wrong here"),
        _("This is our fault, not yours. It was noted, so that it can be put right."),
        (_("Try again in a moment. What you saved before is still there."),),
        (_page_again(), _home()),
    )


def _busy(error: HTTPException) -> Problem:
    return Problem(
        _("It is busy here"),
        _("Somebody else worked on the database for too long. Nothing was changed."),
        (_("Wait a moment, then try again. Go back in your browser to see what you typed."),),
        (_page_again(),),
    )


def _cannot_be_read(error: HTTPException) -> Problem:
    return Problem(
        _("This cannot be read"),
        _("Something in the address or in the form is not as it should be. Nothing was changed."),
        (_("Open the page again, then try once more."),),
        (_page_again(), _home()),
    )


Telling = Callable[[HTTPException], Problem]

BY_KIND: Mapping[type[HTTPException], Telling] = {
    CSRFError: _form_from_elsewhere,
    SomebodyElse: _somebody_else,
    FaultyCourse: _faulty_course,
}
"""Errors with words of their own, whatever their number."""

BY_NUMBER: Mapping[int, Telling] = {
    HTTPStatus.UNAUTHORIZED: _sign_in_first,
    HTTPStatus.FORBIDDEN: _not_found,
    HTTPStatus.NOT_FOUND: _not_found,
    HTTPStatus.METHOD_NOT_ALLOWED: _not_this_way,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _too_large,
    HTTPStatus.TOO_MANY_REQUESTS: _too_many,
    HTTPStatus.SERVICE_UNAVAILABLE: _busy,
}

# ---- answering -------------------------------------------------------------------------------


def _answer(error: HTTPException) -> Response:
    """Answer with the one page of errors, and with the headers that the error asks for."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    otherwise = _our_fault if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _cannot_be_read
    problem = BY_KIND.get(type(error), BY_NUMBER.get(status, otherwise))(error)
    response = make_response(render_template("errors/problem.html", status=int(status), **asdict(problem)), status)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _answer_when_broken(error: InternalServerError) -> Response:
    """Answer after a fault of ours without asking the database anything: that may be what is broken."""
    g.without_database = True
    try:
        return _answer(Busy() if is_busy(error.original_exception) else error)
    except Exception:  # the last resort: the reader gets an answer, and the log gets both faults
        current_app.logger.exception("The error page could not be made")
        return make_response(BARE_PAGE, HTTPStatus.INTERNAL_SERVER_ERROR)


def _look_at_the_course() -> None:
    """Load the course anew when one of its files has changed; where it cannot be shown, show its faults instead."""
    if request.endpoint != "static":
        shelf = house().shelf
        shelf.refresh()
        if not shelf.can_be_shown:
            raise FaultyCourse(shelf.faults)


def _faults_to_mend() -> dict[str, tuple[Fault, ...]]:
    """Give the frame of a page the faults of the course that it shows; a page of nothing but faults has them itself."""
    shelf = house().shelf
    return {"faults_to_mend": shelf.faults if shelf.can_be_shown else ()}


def init_app(app: Flask) -> None:
    """Give an app its page of errors; while the course is being written, every page tells the course's faults too."""
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(InternalServerError, _answer_when_broken)
    if house_of(app).settings.develop:
        app.before_request(_look_at_the_course)
        app.context_processor(_faults_to_mend)
