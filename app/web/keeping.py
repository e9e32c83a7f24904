"""What was sent after the session had ended: kept for a day, for one person on one browser.

A form names, signed, the person whose page it stood on. When that person is not (or no longer)
signed in here, what they typed is kept and becomes their draft when they sign in again in the
same browser. Whoever else signs in there never sees it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, after_this_request, g, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup

from app.records import kept_forms
from app.records.accounts import Visitor
from app.records.drafts import DraftTooLarge
from app.records.kept_forms import TooManyKeptForms
from app.records.learning import NoEnrolment
from app.records.places import AnswerPlace, HasKeys, ReplyPlace
from app.web.cookies import cookie_here, keep_cookie
from app.web.extensions import db, house
from app.web.pages import MODULES, current_course, path_of, tell

NOT_TYPED = frozenset(
    {"csrf_token", "enrolment", "deed_key", "draft_version", "unsure", "revision", "version"}
    | {"later", "take", "take_back", "drop", "on", "list", "anyway", "seen", "next"}
)
"""Fields that the page put into the form for itself; all others are what somebody typed or chose."""

THREAD = "/thread"
"""Where, below the address of a step, its learner reads what trainers wrote about their text, and answers."""

BROWSER = "browser"
"""The cookie that holds the name of a browser."""

BROWSER_DAYS = 400
"""The longest that browsers keep a cookie."""


@dataclass(frozen=True, slots=True)
class SignedPerson:
    """Who a form says, signed, that it was made for."""

    user_id: int
    enrolment_id: int | None
    """None for somebody who is in no cohort."""


def typed_fields() -> dict[str, list[str]]:
    """Return what was typed or chosen in the form that was sent: a list of strings by field name."""
    return {name: request.form.getlist(name) for name in request.form if name not in NOT_TYPED}


def keep_sent_form(person: SignedPerson) -> bool:
    """Keep what was typed at a step, or in a reply, for a day; say whether it is kept.

    Commits: whatever the answer to this request, nothing else of it is written.
    """
    found = _place_of_request()
    if found is None or person.enrolment_id is None or not (body := typed_fields()):
        return False
    place, path = found
    try:
        kept_forms.keep(
            db.session,
            browser_hash=_browser_hash(_browser_here() or _new_browser()),
            user_id=person.user_id,
            enrolment_id=person.enrolment_id,
            path=path,
            about=place.key,
            body=body,
            now=datetime.now(UTC),
        )
    except (DraftTooLarge, TooManyKeptForms, NoEnrolment):
        db.session.rollback()
        return False
    db.session.commit()
    return True


def hand_over_at_sign_in(visitor: Visitor) -> None:
    """Turn what was kept for this person on this browser into drafts.

    Says on the next page where the texts are. What others did not fetch in a day goes. The route that signs in commits.
    """
    now, browser = datetime.now(UTC), _browser_here()
    paths: tuple[str, ...] = ()
    if browser is not None:
        user_id = visitor.user_id
        paths = kept_forms.hand_over(db.session, browser_hash=_browser_hash(browser), user_id=user_id, now=now)
    kept_forms.purge(db.session, now)
    titles = {path_of(step): step.title for step in current_course().steps}
    for path in paths:
        link = Markup('<a href="{}">{}</a>').format(path, titles.get(path) or _title_of_reply(path, titles))
        tell(Markup("{} {}").format(_("What you sent after your session had ended is here, as a draft:"), link))


def reply_path(cohort_id: int, reflection_id: int) -> str:
    """Return the address of the page on which a trainer replies."""
    return f"/trainer/cohorts/{cohort_id}/reflections/{reflection_id}"


def answer_path(step_path: str) -> str:
    """Return the address of the page on which a learner answers, below that of the step."""
    return step_path + THREAD


def _place_of_request() -> tuple[HasKeys, str] | None:
    """Return the place that was typed at and the address of its page; None for any other address."""
    args = request.view_args or {}
    if "reflection_id" in args:
        return ReplyPlace(args["reflection_id"]), reply_path(args["cohort_id"], args["reflection_id"])
    step = current_course().step_by_key.get(f"{args.get('module_slug')}/{args.get('step_slug')}")
    if step is None:
        return None
    path = path_of(step)
    is_answer = (request.url_rule.rule if request.url_rule else "").partition("<step_slug>")[2].startswith(THREAD)
    return (AnswerPlace(step), answer_path(path)) if is_answer else (step, path)


def _title_of_reply(path: str, titles: Mapping[str, str]) -> str:
    """Say what is kept for a page that is none of a step."""
    if title := titles.get(path.removesuffix(THREAD)):
        return str(_("your answer at ‘%(title)s’", title=title))
    return path if path.startswith(MODULES) else str(_("your reply"))


def person_sign(visitor: Visitor) -> str:
    """Return the sign under which scripts keep what a person typed in this browser: nothing can be read from it."""
    return house().keyed_hash(f"person/{visitor.user_id}")[:16]


# ---- the browser -----------------------------------------------------------------------------


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(house().settings.secret_key, salt="browser")


def _browser_here() -> str | None:
    """Return the random name of this browser, or None when it has none or a forged one."""
    if "browser" in g:
        return str(g.browser)
    try:
        return str(_serializer().loads(cookie_here(BROWSER) or ""))
    except BadSignature:
        return None


def _new_browser() -> str:
    """Give this browser a random name, in a signed cookie; only who has something to keep gets one."""
    g.browser = secrets.token_urlsafe(16)
    value = _serializer().dumps(g.browser)

    @after_this_request
    def name_it(response: Response) -> Response:
        keep_cookie(response, BROWSER, str(value), seconds=BROWSER_DAYS * 24 * 60 * 60)
        return response

    return str(g.browser)


def _browser_hash(browser: str) -> str:
    """Return what the table holds instead of the name: a copy of the database opens nothing."""
    return house().keyed_hash(f"browser/{browser}")
