"""The people of a cohort: who has come, how the invitations of the others stand, and what can be done about it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from flask import abort, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from app.records import invitations
from app.records.cohorts import CohortFacts
from app.records.invitations import AT_ONCE, PAGE, SENT_AGAIN_TOGETHER, NobodyToInvite, Show
from app.records.people import LONGEST_QUESTION
from app.web.admin.invitation_words import SHOWS, person_view
from app.web.admin.wing import admin_here, bp, find_cohort, has_mail, was_put_away
from app.web.extensions import db, house
from app.web.headers import keep_secret
from app.web.pages import see, tell

COHORT = "/cohorts/<int(max=2147483647):cohort_id>"
MOST_PAGES = 10**6
GIVEN = "link_to_give"
"""What the session remembers of a link that is shown: its number, which opens nothing, until when, of which cohort."""
SHOWN_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which people of a cohort a page shows; the same in an address and in the fields of a form."""

    cohort_id: int
    show: Show
    question: str
    number: int

    def address(self, **other: object) -> str:
        """Return the address of this page, or of one that differs in `show`, `q` or `page`."""
        wanted = {"show": self.show.value, "q": self.question, "page": self.number} | other
        query = {name: value for name, value in wanted.items() if value and (name, value) != ("page", 1)}
        path = url_for("admin.people_of_cohort", cohort_id=self.cohort_id)
        return path + ("?" + urlencode(query) if query else "")


def _asked(cohort_id: int, sent: MultiDict[str, str]) -> Asked:
    show = sent.get("show", "")
    return Asked(
        cohort_id,
        Show(show) if show in set(Show) else Show.ALL,
        sent.get("q", "").strip()[:LONGEST_QUESTION],
        min(max(sent.get("page", 1, type=int), 1), MOST_PAGES),
    )


AT_A_GLANCE = (Show.ALL, Show.LEARNERS, Show.TRAINERS, Show.NOT_COME, Show.FAILED, Show.EXPIRED)
Filter = tuple[Show, str, int]
"""A way to some people of a cohort: which, in words, and how many they are."""


# ---- looking -----------------------------------------------------------------------------------


@bp.get(f"{COHORT}/people")
def people_of_cohort(cohort_id: int) -> ResponseReturnValue:
    """Show the people of a cohort, and how their coming in stands."""
    facts, asked, now = find_cohort(cohort_id), _asked(cohort_id, request.args), datetime.now(UTC)
    lines, found = invitations.people_of(
        db.session, cohort_id, show=asked.show, question=asked.question, page=asked.number, now=now
    )
    if not lines and asked.number > 1:
        return see(asked.address(page=1))
    counts = invitations.counts_of(db.session, cohort_id, now)
    archived = facts.archived_at is not None
    return render_template(
        "admin/cohort_people.html",
        cohort=facts,
        asked=asked,
        filters=_filters(counts, SHOWS, (Show.ALL, asked.show)),
        people=[person_view(line, has_mail=has_mail(), archived=archived) for line in lines],
        found=found,
        last=max(1, -(-found // PAGE)),
        together=counts[asked.show] if asked.show in SENT_AGAIN_TOGETHER and has_mail() and not archived else 0,
        has_mail=has_mail(),
    )


def people_at_a_glance(cohort_id: int) -> list[Filter]:
    """Say how many people are in a cohort and how they stand, as far as there are any, for the cohort's own page."""
    return _filters(invitations.counts_of(db.session, cohort_id, datetime.now(UTC)), AT_A_GLANCE)


def _filters(counts: Mapping[Show, int], shows: Iterable[Show], always: Container[Show] = ()) -> list[Filter]:
    return [(show, str(SHOWS[show]), counts[show]) for show in shows if counts[show] or show in always]


# ---- inviting again ----------------------------------------------------------------------------


@bp.post(f"{COHORT}/people/send")
def send_again(cohort_id: int) -> ResponseReturnValue:
    """Send an invitation again: to one person, or to all whose mail or link has come to nothing in the same way."""
    admin, asked, now = admin_here(), _asked(cohort_id, request.form), datetime.now(UTC)
    _refuse_put_away(find_cohort(cohort_id))
    if "user" in request.form:
        user_ids: tuple[int, ...] = (_user_id(),)
    elif asked.show in SENT_AGAIN_TOGETHER:
        user_ids = invitations.whom_to_invite(db.session, cohort_id, asked.show, now)
    else:
        abort(HTTPStatus.BAD_REQUEST)
    try:
        count = invitations.send_again(db.session, cohort_id, user_ids, key=house().key, by=admin.user_id, now=now)
    except NobodyToInvite:
        return _nobody(asked)
    db.session.commit()
    tell(_put_in(count))
    return see(asked.address())


def _put_in(count: int) -> str:
    words = ngettext("%(num)d mail is on its way.", "%(num)d mails are on their way.", count)
    if count == AT_ONCE:
        words += " " + _("So many leave at once. Press again for those who are left.")
    return str(words) + " " + str(_("Open this page again in a moment to see whether it left."))


def _user_id() -> int:
    found = request.form.get("user", 0, type=int)
    return found if 0 < found < 2**31 else abort(HTTPStatus.BAD_REQUEST)


def _nobody(asked: Asked) -> ResponseReturnValue:
    db.session.rollback()
    words = _("Nobody was invited: whoever it was for has chosen a password, left the cohort, or has a closed account.")
    tell(words, "wait")
    return see(asked.address())


def _refuse_put_away(cohort: CohortFacts) -> None:
    if cohort.archived_at is not None:
        abort(was_put_away(cohort.cohort_id))


# ---- a link by hand ----------------------------------------------------------------------------


@bp.route(f"{COHORT}/people/link", methods=["GET", "POST"])
def link_by_hand(cohort_id: int) -> ResponseReturnValue:
    """Make a link that an admin gives by hand; show it for ten minutes at most, until they say that they have it."""
    facts, now = find_cohort(cohort_id), datetime.now(UTC)
    if request.method == "POST":
        _refuse_put_away(facts)
        return _make_link(_asked(cohort_id, request.form), now)
    link_id, until, of_cohort = session.get(GIVEN, (0, 0, 0))
    given = invitations.link_to_give(db.session, link_id, key=house().key, now=now)
    if given is None or now.timestamp() > until or of_cohort != cohort_id:
        session.pop(GIVEN, None)
        return keep_secret(see(url_for("admin.people_of_cohort", cohort_id=cohort_id)))
    address = f"{house().settings.base_url}/link/{given.token}"
    shown = render_template("admin/link_by_hand.html", cohort=facts, given=given, address=address)
    return keep_secret(make_response(shown))


def _make_link(asked: Asked, now: datetime) -> ResponseReturnValue:
    if "done" in request.form:
        session.pop(GIVEN, None)
        return keep_secret(see(asked.address()))
    admin, key = admin_here(), house().key
    try:
        link_id = invitations.copy_link(db.session, asked.cohort_id, _user_id(), key=key, by=admin.user_id, now=now)
    except NobodyToInvite:
        return _nobody(asked)
    db.session.commit()
    session[GIVEN] = [link_id, int((now + SHOWN_FOR).timestamp()), asked.cohort_id]
    return keep_secret(see(url_for("admin.link_by_hand", cohort_id=asked.cohort_id)))
