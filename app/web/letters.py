"""The text of each mail, made from an outbox row at the moment it is sent.

It speaks the language of who gets it; that of the cohort where it is about being in one, as somebody who was enrolled
by others has chosen none yet.

No mail carries what somebody wrote in a reflection or a reply, and no link in one does anything
when it is opened: it leads to a page with a button.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from babel import Locale
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.course.content import Course
from app.exchange.mail import Letter
from app.records import cohorts, links, outbox
from app.records.links import LinkState
from app.records.outbox import Claimed, LetterFacts
from app.web.extensions import house
from app.web.foot import PAGES
from app.web.languages import interface_language
from app.web.pages import MY_COURSE

CONTACT = "contact"
"""The slug of the content page that a mail names to who has a question, where the course has one."""


class NobodyThere(Exception):
    """There is nobody to write to any more, or nothing: the letter is not to leave."""


class OtherSecret(Exception):
    """The letter's link was made with another secret than this process was started with, so it would not open."""


@dataclass(frozen=True)
class _Kind:
    """A letter: its subject, given the facts and the course's title, and where its button leads.

    `settle` gives the facts of a letter about being in a cohort, which speaks the cohort's language.
    """

    subject: Callable[[LetterFacts, str], str]
    path: Callable[[Session, LetterFacts, datetime], str]
    settle: Callable[[Session, LetterFacts], LetterFacts] | None = None


def letter_of(session: Session, claimed: Claimed, *, now: datetime) -> Letter:
    """Make the letter of an outbox row from what is so now. It reads and writes nothing else.

    Raises NobodyThere when its person, its link or the need for it is gone.
    """
    facts = outbox.facts_of(session, claimed)
    if facts is None:
        raise NobodyThere("the person or the link is gone")
    kind = _KINDS[claimed.letter]
    if kind.settle is not None:
        facts = kind.settle(session, facts)
    path = kind.path(session, facts, now)
    course, language = _course_of(session, facts), interface_language(facts.language)
    home = house().settings.base_url
    with force_locale(language.replace("-", "_")):
        subject = kind.subject(facts, course.title)
        words = {
            "facts": facts,
            "subject": subject,
            "link": home + path,
            "course": course.title,
            "taught": course,
            "came": _how_they_came(facts, course.title),
            "home": home,
            "contact": f"{home}{PAGES}{CONTACT}" if CONTACT in course.page_by_slug else "",
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


def _course_of(session: Session, facts: LetterFacts) -> Course:
    """Return the course in the letter's language, with the modules of the cohort that somebody is in."""
    cohort = cohorts.cohort_facts(session, facts.cohort_id) if facts.cohort_id and facts.role else None
    course = house().shelf.course(facts.language)
    return course if cohort is None or cohort.plan.whole_course else house().part(course, cohort.plan)


def _in_the_cohort(session: Session, facts: LetterFacts) -> LetterFacts:
    """Give the facts in the cohort's language. Raises NobodyThere for who is not in the cohort any more."""
    cohort = cohorts.cohort_facts(session, facts.cohort_id) if facts.cohort_id else None
    if cohort is None or facts.role is None:
        raise NobodyThere("the enrolment has ended")
    return replace(facts, language=cohort.language)


def _in_their_cohort(session: Session, facts: LetterFacts) -> LetterFacts:
    """Give the facts about the cohort where somebody is now, who may have been moved; as they are without a cohort.

    Raises NobodyThere for who was enrolled and is in no cohort any more.
    """
    if facts.cohort_id is None or facts.user_id is None:
        return facts
    if facts.role is None:
        for line in cohorts.enrolments_of(session, facts.user_id)[:1]:
            facts = replace(facts, cohort_id=line.cohort_id, cohort_name=line.cohort_name, role=line.role)
            facts = replace(facts, by_name=None)  # who enrolled them did so elsewhere
    return _in_the_cohort(session, facts)


def _how_they_came(facts: LetterFacts, course: str) -> str:
    """Say how somebody came in, and by whom. Here and not in a template, as text and HTML have the same words."""
    about = {"cohort": facts.cohort_name, "course": course, "name": facts.by_name}
    if facts.cohort_name is None:
        return str(_("There is an account for you with the course ‘%(course)s’.", **about))
    if facts.role == "trainer" and facts.by_name:
        return str(_("%(name)s made you a trainer of the cohort %(cohort)s, in the course ‘%(course)s’.", **about))
    if facts.role == "trainer":
        return str(_("You are now a trainer of the cohort %(cohort)s, in the course ‘%(course)s’.", **about))
    if facts.by_name:
        return str(_("%(name)s enrolled you in the course ‘%(course)s’, with the cohort %(cohort)s.", **about))
    return str(_("You have been enrolled in the course ‘%(course)s’, with the cohort %(cohort)s.", **about))


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


def _contact_page(_session: Session, facts: LetterFacts, _now: datetime) -> str:
    """Return the page that says how the organisation is reached; where the course has none, the page with its foot."""
    return PAGES + CONTACT if CONTACT in house().shelf.course(facts.language).page_by_slug else "/"


def _leads_to(path: str) -> Callable[[Session, LetterFacts, datetime], str]:
    return lambda _session, _facts, _now: path


def _enrolled(facts: LetterFacts, _course: str) -> str:
    if facts.role == "trainer":
        return str(_("You are a trainer of %(cohort)s", cohort=facts.cohort_name))
    return str(_("You are enrolled in %(cohort)s", cohort=facts.cohort_name))


_KINDS: Mapping[str, _Kind] = {
    "join": _Kind(lambda _facts, course: _("Begin with ‘%(course)s’", course=course), _one_time_page),
    "sign_in_instead": _Kind(
        lambda facts, _course: _("Sign in to join %(cohort)s", cohort=facts.cohort_name), _join_page
    ),
    "invitation": _Kind(
        lambda _facts, course: _("You are invited to ‘%(course)s’", course=course), _one_time_page, _in_their_cohort
    ),
    "enrolled": _Kind(_enrolled, _leads_to(MY_COURSE), _in_the_cohort),
    "test": _Kind(lambda _facts, _course: _("The mail of this site works"), _leads_to("/admin/mail")),
    "moved": _Kind(
        lambda facts, _course: _("You are in %(cohort)s now", cohort=facts.cohort_name),
        _leads_to(MY_COURSE),
        _in_the_cohort,
    ),
    "address_changed": _Kind(lambda _facts, _course: _("Your account has another address"), _contact_page),
    "reset": _Kind(lambda _facts, _course: _("Choose a new password"), _one_time_page),
    "password_changed": _Kind(lambda _facts, _course: _("Your password has been changed"), _leads_to("/forgotten")),
    "second_step_on": _Kind(lambda _facts, _course: _("Two-step sign-in is on"), _leads_to("/forgotten")),
    "second_step_off": _Kind(lambda _facts, _course: _("Two-step sign-in is off"), _leads_to("/forgotten")),
}
