"""Who may enter, and whose form it is that comes in. Every door is locked unless its view says `@public`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache, partial
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import BadRequest, Conflict

from app.records import accounts
from app.records.accounts import Visitor
from app.web.cookies import host_only
from app.web.extensions import READING_METHODS, PageRequest, Sessions, csrf, db, house, house_of, login_manager
from app.web.keeping import SignedPerson, hand_over_at_sign_in, keep_sent_form, person_sign, typed_fields
from app.web.languages import own_address
from app.web.pages import tell

STAY = timedelta(days=30)
"""How long somebody who ticked the box stays signed in."""
VISIT = timedelta(hours=24)
"""How long a visit lasts at most: some browsers never forget the cookies of a visit."""
GONE = "gone"
"""Where the session of nobody tells who signed out just now."""

LARGEST_FORM = 1024 * 1024
"""Bytes. What is kept of a form is far less; the rest is room for signs that need several bytes."""

View = TypeVar("View", bound=Callable[..., Any])


class SomebodyElse(Conflict):
    """A form came in that was made for another person than the one who is signed in. `kept`: its text is safe."""

    def __init__(self, *, kept: bool) -> None:
        super().__init__()
        self.kept = kept


def public(view: View) -> View:
    """Open a view to everybody, signed in or not."""
    view.is_public = True  # type: ignore[attr-defined] # a mark that the doors read
    return view


def also_unguarded(view: View) -> View:
    """Open a view also to an admin who has to turn on two-step sign-in before anything else."""
    view.is_also_unguarded = True  # type: ignore[attr-defined] # a mark that the doors read
    return view


def takes_a_file(largest: int) -> Callable[[View], View]:
    """Let a view take a file of so many bytes, where all other forms are small.

    Its form names no enrolment, so who is here is known before any of the file is read: it is read for nobody else.
    """

    def mark(view: View) -> View:
        view.largest_file = largest  # type: ignore[attr-defined] # a mark that the doors read
        return view

    return mark


def largest_file() -> int:
    """Return how many bytes a file may have that this request brings; 0 where it brings none."""
    view = current_app.view_functions.get(request.endpoint or "")
    return int(getattr(view, "largest_file", 0)) if request.method not in READING_METHODS else 0


def is_public(app: Flask, endpoint: str) -> bool:
    """Whether everybody may open the view of an endpoint; static files are for everybody."""
    return endpoint == "static" or getattr(app.view_functions[endpoint], "is_public", False)


# ---- who is here -----------------------------------------------------------------------------


def visitor_here() -> Visitor | None:
    """Return who is signed in, read once a request; nobody on a page that must do without the database."""
    if g.get("without_database", False):
        return None
    found = g.get("_login_user") or current_user._get_current_object()
    return found if isinstance(found, Visitor) else None


def learner_here() -> Visitor:
    """Return who is signed in, with the enrolment that this request is about.

    A form must name its enrolment, and that must be one of theirs. To read, any of theirs will do;
    who has none is sent to the page where a code is given.
    """
    visitor = visitor_here() or abort(HTTPStatus.UNAUTHORIZED)
    if request.method not in READING_METHODS:
        person = _signed_person() or abort(HTTPStatus.BAD_REQUEST)
        if visitor.enrolment_id is None or visitor.enrolment_id != person.enrolment_id:
            abort(HTTPStatus.NOT_FOUND)
    elif visitor.enrolment_id is None:
        tell(_("You are not in a cohort yet. You join one with its code."), "wait")
        abort(redirect(url_for("auth.join_by_code"), HTTPStatus.SEE_OTHER))
    return visitor


def must_be_sent_by(enrolment_id: int) -> None:
    """Refuse a form that was not made for this enrolment of who is signed in; to read, nothing is asked."""
    if request.method not in READING_METHODS:
        person = _signed_person() or abort(HTTPStatus.BAD_REQUEST)
        if person.enrolment_id != enrolment_id:
            abort(HTTPStatus.NOT_FOUND)


def enter(user_id: int, stamp: str, *, stay: bool = False, enrolment_id: int | None = None) -> Visitor:
    """Begin a new session for somebody who proved who they are, and hand over what was kept for them.

    Who proved it by a password or a link may still owe a code: let them in by `halfway.come_in`.
    Nothing of the session before lives on in it. The route commits.
    """
    session.clear()
    session.permanent = stay
    session["visit"] = secrets.token_urlsafe(12)
    now = datetime.now(UTC)
    session["until"] = int((now + (STAY if stay else VISIT)).timestamp())
    if enrolment_id is not None:
        choose_enrolment(enrolment_id)
    visitor = accounts.visitor_of(db.session, user_id, stamp, enrolment_id) or abort(HTTPStatus.UNAUTHORIZED)
    login_user(visitor)
    accounts.note_sign_in(db.session, user_id, now=now)
    hand_over_at_sign_in(visitor)
    return visitor


def stay_after_new_stamp(visitor: Visitor, stamp: str) -> None:
    """Go on in this session after a new stamp ended all of the person's sessions."""
    session["_user_id"] = f"{visitor.user_id}:{stamp}"


def choose_enrolment(enrolment_id: int) -> None:
    """Show pages with this enrolment from now on."""
    session["enrolment"] = enrolment_id


def leave() -> None:
    """End the session for good; all that the next one has of it is whose texts this browser is to forget.

    The route commits. A copy of the cookie, or a late answer that sets it again, opens nothing.
    """
    visitor = visitor_here()
    if visitor is not None:
        now, until = datetime.now(UTC), datetime.fromtimestamp(session["until"], UTC)
        accounts.end_visit(db.session, session["visit"], until=until, now=now)
    session.clear()
    g.pop("_login_user", None)
    if visitor is not None:
        session[GONE] = person_sign(visitor)


def person_gone() -> str:
    """Return the sign of who signed out just now, once; the page's script forgets what it kept of them.

    What the browser keeps of anybody else whose session ended stays for them: so the header that
    clears all storage will not do.
    """
    return str(session.pop(GONE)) if GONE in session else ""


def _visitor_of_session(user_and_stamp: str) -> Visitor | None:
    """Read who the session says is here: one select, unless the enrolment that it names is no longer theirs."""
    user_id, _colon, stamp = user_and_stamp.partition(":")
    if datetime.now(UTC).timestamp() > session.get("until", 0):
        return None
    visitor_with = partial(accounts.visitor_of, db.connection, int(user_id), stamp, visit=session.get("visit", ""))
    person = _signed_person()
    if person is not None and person.user_id == int(user_id) and person.enrolment_id is not None:
        return visitor_with(person.enrolment_id)
    visitor = visitor_with(session.get("enrolment"))
    if visitor is not None and visitor.enrolment_id is None and visitor.enrolments:
        session.pop("enrolment", None)
        return visitor_with(None)
    return visitor


# ---- whose form it is ------------------------------------------------------------------------


def signed_enrolment(visitor: Visitor | None) -> str:
    """Return what the hidden field `enrolment` of a form holds: for whom the page was made, signed.

    It has no end: a form that was open for days still tells whose text it holds. Empty for a page
    that belongs to no enrolment.
    """
    if visitor is None or visitor.enrolment_id is None:
        return ""
    return _signed(house().settings.secret_key, SignedPerson(visitor.user_id, visitor.enrolment_id))


@lru_cache(maxsize=4096)
def _signed(secret_key: str, person: SignedPerson) -> str:
    return str(_signer(secret_key).dumps(astuple(person)))


@cache
def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="enrolment")


def _signed_person() -> SignedPerson | None:
    """Return the person whom the posted form names, or None when it names nobody; 400 for a forged name."""
    if request.method in READING_METHODS or largest_file():
        return None
    if "signed_person" not in g:
        g.signed_person = None  # also for the error page, when the form cannot be read at all
        if signed := request.form.get("enrolment"):
            try:
                g.signed_person = SignedPerson(*_signer(house().settings.secret_key).loads(signed))
            except BadSignature:
                abort(HTTPStatus.BAD_REQUEST)
    found: SignedPerson | None = g.signed_person
    return found


def _csrf_token() -> str:
    """Return the token of the forms of this page; its maker would look up its settings once more for each form."""
    return str(g.csrf_token if "csrf_token" in g else generate_csrf())


def page_behind() -> str:
    """Return a path that can be opened: this request's own, or that of the page on which its form stands.

    A form may be posted to a path that only takes forms (`.../take-back`); its page is the nearest
    one above that can be read.
    """
    path = request.path
    while path.strip("/") and not can_be_read(path):
        path = path.rpartition("/")[0]
    return path or "/"


def can_be_read(path: str) -> bool:
    """Whether there is a page at a path of this site."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, method="GET")


def own_page(address: str | None) -> str | None:
    """Return an address that somebody was sent with, if it is a page of this site; else None.

    Browsers drop tabs and line ends from an address and read a backslash as a slash, so what holds one
    of these may lead to another host.
    """
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or not address.isprintable():
        return None
    return address if can_be_read(unquote(urlsplit(address).path)) else None


# ---- the doors -------------------------------------------------------------------------------


def _check_the_door() -> ResponseReturnValue | None:
    """Let a request in, or answer it here, before any view runs."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    if file_room := largest_file():
        if visitor_here() is None:
            return _ask_to_sign_in(_("You are signed out, so nothing was changed. Sign in to go on."))
        request.max_content_length = file_room + LARGEST_FORM
    person = _signed_person()
    _refuse_nul()
    is_locked = not is_public(current_app, request.endpoint)
    visitor = visitor_here() if is_locked or person is not None else None
    if person is not None and visitor is None:
        return _keep_and_ask_to_sign_in(person)
    if person is not None and visitor is not None and visitor.user_id != person.user_id:
        raise SomebodyElse(kept=keep_sent_form(person))
    if is_locked and visitor is None:
        return _ask_to_sign_in(_("You are signed out, so nothing was changed. Sign in to go on."))
    if is_locked and visitor is not None and not _is_also_unguarded(request.endpoint):
        first = second_step_first(visitor, person)
        if first is not None:
            return first
    return _check_csrf(person, visitor)


def second_step_first(visitor: Visitor, person: SignedPerson | None = None) -> ResponseReturnValue | None:
    """Lead an admin who has to turn on two-step sign-in to the page for that; None for everybody else."""
    if not (visitor.lacks_second_step and house().settings.two_step_admins):
        return None
    if person is not None and keep_sent_form(person):
        _tell_reader(_("What you sent is kept for 24 hours. Turn on two-step sign-in, and it is there."))
    return redirect(url_for("auth.second_step"), HTTPStatus.SEE_OTHER)


def _is_also_unguarded(endpoint: str) -> bool:
    return getattr(current_app.view_functions[endpoint], "is_also_unguarded", False)


def _refuse_nul() -> None:
    """Refuse the one sign that a text may not hold in PostgreSQL, and that nobody can type."""
    forms = (request.args,) if request.method in READING_METHODS else (request.args, request.form)
    sent = [str(value) for value in (request.view_args or {}).values()]
    sent += [part for fields in forms for item in fields.items(multi=True) for part in item]
    if any("\0" in part for part in sent):
        raise BadRequest


def _keep_and_ask_to_sign_in(person: SignedPerson) -> ResponseReturnValue:
    if keep_sent_form(person):
        return _ask_to_sign_in(_("You were signed out. What you sent is kept for 24 hours: sign in, and it is there."))
    if typed_fields():
        return _ask_to_sign_in(_("You are signed out, and what you typed could not be kept. Go back and copy it."))
    return _ask_to_sign_in(_("You are signed out, so nothing was changed. Sign in to go on."))


def _ask_to_sign_in(words: str) -> ResponseReturnValue:
    """Send the reader to the page to sign in on, and from there back; `words` are for who sent a form."""
    if request.method not in READING_METHODS:
        _tell_reader(words)
    return redirect(url_for("auth.sign_in", next=own_address(page_behind())), HTTPStatus.SEE_OTHER)


def _check_csrf(person: SignedPerson | None, visitor: Visitor | None) -> ResponseReturnValue | None:
    """Refuse a form that was not made in this session, but keep the text of one that is surely this person's."""
    try:
        csrf.protect()
    except CSRFError:
        if person is None or visitor is None:
            raise
        if not _is_from_script() and keep_sent_form(person):
            hand_over_at_sign_in(visitor)
            db.session.commit()
        _tell_reader(_("You signed in again after this page was opened. Press the button once more."))
        return redirect(own_address(page_behind()), HTTPStatus.SEE_OTHER)
    return None


def _tell_reader(words: str) -> None:
    """Say something on the next page, unless it is a script that hears the answer."""
    if not _is_from_script():
        tell(words, "wait")


def _is_from_script() -> bool:
    """Whether a script of ours waits for the answer: it saves a draft, keeps the text itself, and shows no page."""
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def init_app(app: Flask) -> None:
    """Lock the doors of an app and set up its sessions."""
    is_secure = house_of(app).settings.is_secure
    app.config.update(
        SESSION_COOKIE_NAME=host_only("session") if is_secure else "session",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=STAY,
        # A late answer to an earlier request must not bring back a session that was ended meanwhile.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=None,
        # The doors call protect() themselves, after they have seen whose form it is.
        WTF_CSRF_CHECK_DEFAULT=False,
        # A browser may send no Referer. The cookie's __Host- prefix guards what that check is for:
        # no neighbour and no unencrypted page can set the session that the token is compared with.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.request_class = PageRequest
    app.session_interface = Sessions()
    csrf.init_app(app)
    login_manager.init_app(app, add_context_processor=False)
    login_manager.session_protection = None
    login_manager.user_loader(_visitor_of_session)
    app.before_request(_check_the_door)
    app.context_processor(lambda: {"visitor": visitor_here()})
    app.jinja_env.globals["csrf_token"] = _csrf_token
    app.jinja_env.globals.update(signed_enrolment=signed_enrolment, person_sign=person_sign, person_gone=person_gone)
