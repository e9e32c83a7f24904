"""The text of each mail, made from an outbox row at the moment it is sent, in the language of who gets it.

No mail carries what somebody wrote in a reflection or a reply, and no link in one does anything
when it is opened: it leads to a page with a button.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel import Locale
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.exchange.mail import Letter
from app.records import links, outbox
from app.records.links import LinkState
from app.records.outbox import Claimed, LetterFacts
from app.web.extensions import house
from app.web.languages import interface_language


class NobodyThere(Exception):
    """There is nobody to write to any more, or nothing: the letter is not to leave."""


class OtherSecret(Exception):
    """The letter's link was made with another secret than this process was started with, so it would not open."""


@dataclass(frozen=True)
class _Kind:
    """A letter: its subject, given the facts and the course's title, and where its one link leads."""

    subject: Callable[[LetterFacts, str], str]
    path: Callable[[Session, LetterFacts, datetime], str]


def letter_of(session: Session, claimed: Claimed, *, now: datetime) -> Letter:
    """Make the letter of an outbox row from what is so now. It reads and writes nothing else.

    Raises NobodyThere when its person, its link or the need for it is gone.
    """
    facts = outbox.facts_of(session, claimed)
    if facts is None:
        raise NobodyThere("the person or the link is gone")
    kind = _KINDS[claimed.letter]
    path = kind.path(session, facts, now)
    course = house().shelf.course(facts.language).title
    language = interface_language(facts.language)
    with force_locale(language.replace("-", "_")):
        subject = kind.subject(facts, course)
        words = {
            "facts": facts,
            "subject": subject,
            "link": house().settings.base_url + path,
            "course": course,
            "home": house().settings.base_url,
            "language": language,
            "direction": Locale.parse(language, sep="-").text_direction,
        }
        return Letter(
            to=facts.email,
            name=facts.name,
            subject=subject,
            text=_render(f"mail/{claimed.letter}.txt", words),
            html=_render(f"mail/{claimed.letter}.html", words),
            language=language,
            once_key=claimed.once_key,
        )


def _render(template: str, words: Mapping[str, Any]) -> str:
    """Render without what the frame of a page knows: no request is there."""
    text = current_app.jinja_env.get_template(template).render(words)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _one_time_page(session: Session, facts: LetterFacts, now: datetime) -> str:
    if facts.link is None:
        raise NobodyThere("the letter has no link")
    token = links.token_of(facts.link, house().key)
    found = links.find_link(session, token, now)
    if found is None:
        raise OtherSecret("its link was made with another secret: start with the OPSTAP_SECRET_KEY of the site")
    if found.state is not LinkState.OPEN:
        raise NobodyThere(f"the link is {found.state}")
    return f"/link/{token}"


def _join_page(_session: Session, facts: LetterFacts, _now: datetime) -> str:
    if facts.join_key is None:
        raise NobodyThere("the cohort has no join code any more")
    return f"/join/{facts.join_key}"


def _forgotten_page(_session: Session, _facts: LetterFacts, _now: datetime) -> str:
    return "/forgotten"


_KINDS: Mapping[str, _Kind] = {
    "join": _Kind(lambda _facts, course: _("Begin with ‘%(course)s’", course=course), _one_time_page),
    "sign_in_instead": _Kind(
        lambda facts, _course: _("Sign in to join %(cohort)s", cohort=facts.cohort_name), _join_page
    ),
    "reset": _Kind(lambda _facts, _course: _("Choose a new password"), _one_time_page),
    "password_changed": _Kind(lambda _facts, _course: _("Your password has been changed"), _forgotten_page),
    "second_step_on": _Kind(lambda _facts, _course: _("Two-step sign-in is on"), _forgotten_page),
    "second_step_off": _Kind(lambda _facts, _course: _("Two-step sign-in is off"), _forgotten_page),
}
