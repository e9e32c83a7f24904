"""Invitations: who was enrolled by others, has no password yet, and how the mail with their link stands.

An account needs one invitation, whatever cohorts it is in. The newest link tells how it stands, with the letter that
carries it; a link without a letter was given by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, case, func, not_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.records import accounts, audit, links, outbox, people, throttle
from app.records.links import LinkFacts
from app.records.models import Cohort, Enrolment, OneTimeLink, Outbox, User

PAGE = 50
"""People that a page shows."""
AT_ONCE = 1000
"""Mails that one deed puts in: so long other writers wait."""


class NobodyToInvite(Exception):
    """None of these people is in the cohort with an open account that has no password; or the cohort was put away."""


class State(StrEnum):
    """How somebody's coming in stands."""

    CAME = "came"
    """The account has a password."""
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """A mail server refused the letter, or was tried in vain."""
    EXPIRED = "expired"
    """The link does not work any more, and was not used."""
    HANDED = "handed"
    """A link was made to be given by hand."""
    NONE = "none"
    """Nothing was sent."""
    CLOSED = "closed"
    """The account is closed."""


NOT_COME = (State.WAITING, State.SENT, State.FAILED, State.EXPIRED, State.HANDED, State.NONE)


class Show(StrEnum):
    """Which people of a cohort somebody wants to see: those who are in it, those of a role or state, those who left."""

    ALL = ""
    LEARNERS = "learners"
    TRAINERS = "trainers"
    NOT_COME = "not-come"
    WAITING = "waiting"
    SENT = "sent"
    HANDED = "handed"
    FAILED = "failed"
    EXPIRED = "expired"
    NONE = "none"
    CLOSED = "closed"
    ENDED = "ended"


SENT_AGAIN_TOGETHER = (Show.NONE, Show.EXPIRED, Show.FAILED)
"""Who is invited again by one button: those whom no mail that works has reached."""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in a cohort, and how their coming in stands.

    `at` is when the mail left, the link was made or, of who came, the last sign-in. `error` holds the words of the
    mail server about the newest letter, and `again_at` when it is tried again; None when it was given up.
    """

    enrolment_id: int
    user_id: int
    name: str
    email: str
    role: str
    has_ended: bool
    state: State
    at: datetime | None
    link_until: datetime | None
    error: str
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkToGive:
    """A link for somebody's first password: what opens it, whose it is, and until when it works."""

    token: str
    name: str
    until: datetime


# ---- reading ---------------------------------------------------------------------------------


def counts_of(session: Session, cohort_id: int, now: datetime) -> dict[Show, int]:
    """Count the people of a cohort by what can be shown of them; one statement."""
    about = _People(now)
    rows = session.execute(
        about.select(Enrolment.role, Enrolment.standing, about.state, func.count())
        .where(Enrolment.cohort_id == cohort_id)
        .group_by(Enrolment.role, Enrolment.standing, about.state)
    )
    counts = Counter[Show]()
    for role, standing, state, count in rows:
        counts.update(dict.fromkeys(_shown_in(role, standing, State(state)), count))
    return {show: counts[show] for show in Show}


def _shown_in(role: str, standing: str, state: State) -> Iterable[Show]:
    if standing == "ended":
        return (Show.ENDED,)
    shows = [Show.ALL, Show.TRAINERS if role == "trainer" else Show.LEARNERS]
    if state in NOT_COME:
        shows.append(Show.NOT_COME)
    return [*shows, Show(state)] if state is not State.CAME else shows


def people_of(
    session: Session, cohort_id: int, *, show: Show = Show.ALL, question: str = "", page: int = 1, now: datetime
) -> tuple[tuple[PersonLine, ...], int]:
    """List PAGE people of a cohort in the order of their names, and how many there are in all; one statement.

    Every word of a `question` stands in the name or address of who is found. Beyond the last page there is nobody, and
    the number is 0.
    """
    about = _People(now)
    link = (OneTimeLink.created_at.label("made_at"), OneTimeLink.expires_at.label("link_until"))
    letter = [getattr(Outbox, name).label(name) for name in ("sent_at", "last_error", "ready_at", "dropped_at")]
    found = (
        about.select(Enrolment.id.label("enrolment_id"), User.id.label("user_id"), User.name, User.email)
        .add_columns(Enrolment.role, Enrolment.standing, about.state.label("state"), *link, *letter)
        .add_columns(User.last_sign_in_at, User.sort_name, func.count().over().label("many"))
        .where(Enrolment.cohort_id == cohort_id, *about.conditions(show), *people.named(question))
        .order_by(User.sort_name, User.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
        .subquery()
    )
    rows = session.execute(_with_newest_letter(found.c, cohort_id)).all()
    return tuple(_line_of(row) for row in rows), rows[0].many if rows else 0


def _line_of(row: Row[*tuple[Any, ...]]) -> PersonLine:
    values = list(row[:-1])
    values[6] = State(values[6])
    return PersonLine(*values)


def _with_newest_letter(found: ReadOnlyColumnCollection[str, Any], cohort_id: int) -> Select[*tuple[Any, ...]]:
    """Select the columns of PersonLine, and the number of all; of who came, the letter is that of this cohort."""
    told, one = aliased(Outbox), aliased(Outbox)
    of_this_cohort = and_(one.cohort_id == cohort_id, one.letter == "enrolled")
    # The user's letters are few, and the cohort's many: the index to look into must be that of the user.
    newest = select(func.max(case((of_this_cohort, one.id)))).where(one.user_id == found.user_id).scalar_subquery()
    came = found.state == State.CAME
    is_given_up = func.coalesce(told.dropped_at, found.dropped_at).is_not(None)
    return (
        select(found.enrolment_id, found.user_id, found.name, found.email, found.role, found.standing == "ended")
        .add_columns(found.state, case((came, found.last_sign_in_at), else_=_first(found.sent_at, found.made_at)))
        .add_columns(found.link_until, _first(case((came, told.last_error), else_=found.last_error), ""))
        .add_columns(case((is_given_up, None), (came, told.ready_at), else_=found.ready_at), found.many)
        .outerjoin(told, and_(came, told.id == newest))
        .order_by(found.sort_name, found.user_id)
    )


def _first(column: ColumnElement[Any], otherwise: Any) -> ColumnElement[Any]:
    return func.coalesce(column, otherwise)


class _People:
    """The rows of enrolments with their user, newest invitation and its letter; and what is asked of them at a moment.

    A letter knows its link, so of both there is one index to look into.
    """

    def __init__(self, now: datetime) -> None:
        link = OneTimeLink
        works = and_(link.used_at.is_(None), link.expires_at > now)
        # A letter that was dropped only because its link was over did not fail: it came too late.
        failed = and_(Outbox.last_error.is_not(None), func.coalesce(Outbox.dropped_at, now) < link.expires_at)
        self.state: ColumnElement[str] = case(
            (User.deactivated_at.is_not(None), State.CLOSED),
            (User.password_hash.is_not(None), State.CAME),
            (link.id.is_(None), State.NONE),
            (and_(link.used_at.is_(None), failed), State.FAILED),
            (not_(works), State.EXPIRED),
            (Outbox.id.is_(None), State.HANDED),
            (Outbox.sent_at.is_not(None), State.SENT),
            else_=State.WAITING,
        )

    def select(self, *columns: Any) -> Select[*tuple[Any, ...]]:
        """Select columns of these rows."""
        theirs = aliased(OneTimeLink)
        newest = (
            select(func.max(theirs.id))
            .where(theirs.user_id == User.id, theirs.purpose == "invitation")
            .scalar_subquery()
        )
        rows: FromClause = User.__table__.join(Enrolment.__table__, Enrolment.user_id == User.id)
        rows = rows.outerjoin(OneTimeLink.__table__, OneTimeLink.id == newest)
        return select(*columns).select_from(rows.outerjoin(Outbox.__table__, Outbox.link_id == OneTimeLink.id))

    def conditions(self, show: Show) -> tuple[ColumnElement[bool], ...]:
        """Say which of them are wanted."""
        if show is Show.ENDED:
            return (Enrolment.standing == "ended",)
        active = Enrolment.standing == "active"
        if show is Show.ALL:
            return (active,)
        if show in (Show.LEARNERS, Show.TRAINERS):
            return active, Enrolment.role == show.removesuffix("s")
        return active, self.state.in_(NOT_COME if show is Show.NOT_COME else [State(show)])


# ---- inviting again --------------------------------------------------------------------------


def whom_to_invite(session: Session, cohort_id: int, show: Show, now: datetime) -> tuple[int, ...]:
    """Name at most AT_ONCE users of a cohort to be invited again by one button; `show` is of SENT_AGAIN_TOGETHER."""
    about = _People(now)
    wanted = about.select(User.id).where(Enrolment.cohort_id == cohort_id, *about.conditions(show))
    return tuple(session.scalars(wanted.order_by(User.id).limit(AT_ONCE)))


def send_again(
    session: Session, cohort_id: int, user_ids: Collection[int], *, key: bytes, by: int | None, now: datetime
) -> int:
    """Send an invitation to people of a cohort who have no password yet; return to how many.

    A letter that waits already is not doubled: it is tried at once. Everybody else gets a new link and a new letter;
    links of before work on, so the mail that comes first will do. Who has a password, is not in the cohort any more or
    whose account is closed is left alone. Raises NobodyToInvite.
    """
    wanted = _without_password(session, cohort_id, user_ids)
    if not wanted:
        raise NobodyToInvite()
    waiting = _hurry(session, wanted, now)
    made = links.make_invitations(session, [one for one in wanted if one not in waiting], key=key, now=now)
    letters = [
        {"once_key": f"invitation:{link_id}", "user_id": user_id, "link_id": link_id}
        for user_id, link_id in made.items()
    ]
    outbox.put_all(session, "invitation", letters, now=now, cohort_id=cohort_id, by_id=by)
    audit.note_all(session, by=by, deed="send_again", about=f"cohort:{cohort_id}", subject_ids=wanted, now=now)
    return len(wanted)


def copy_link(session: Session, cohort_id: int, user_id: int, *, key: bytes, by: int | None, now: datetime) -> int:
    """Make a link that staff give by hand to somebody who has no password yet; return its id.

    Never a way into an account that has one: it sets a first password, and nothing else. Raises NobodyToInvite.
    """
    if not _without_password(session, cohort_id, [user_id]):
        raise NobodyToInvite()
    audit.note(session, by=by, deed="copy_link", about=f"cohort:{cohort_id}", subject_id=user_id, now=now)
    return links.make_invitations(session, [user_id], key=key, now=now)[user_id]


def _without_password(session: Session, cohort_id: int, user_ids: Collection[int]) -> list[int]:
    """Name those of some users who may be invited to a cohort, locked, so that nobody of them sets a password now."""
    return list(
        session.scalars(
            select(User.id)
            .join(Enrolment, Enrolment.user_id == User.id)
            .where(User.id.in_(user_ids), User.password_hash.is_(None), User.deactivated_at.is_(None))
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .where(Enrolment.cohort_id == cohort_id, Enrolment.standing == "active", Cohort.archived_at.is_(None))
            .order_by(User.id)
            .with_for_update(of=User, key_share=True)  # who only refers to them waits for nothing
        )
    )


def _hurry(session: Session, user_ids: Collection[int], now: datetime) -> set[int]:
    """Let invitations that wait, or wait to be tried again, leave at once; name the users whose letters they are."""
    works = select(OneTimeLink.id).where(
        OneTimeLink.user_id.in_(user_ids), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
    )
    hurried = session.scalars(
        update(Outbox)
        .where(Outbox.letter == "invitation", Outbox.sent_at.is_(None), Outbox.dropped_at.is_(None))
        .where(Outbox.link_id.in_(works))
        .values(ready_at=now)
        .returning(Outbox.user_id)
        .execution_options(synchronize_session=False)
    )
    return {user_id for user_id in hurried if user_id is not None}


def link_to_give(session: Session, link_id: int, *, key: bytes, now: datetime) -> LinkToGive | None:
    """Read a link that was made to be given by hand; None once it was used, or is over."""
    row = session.execute(
        select(OneTimeLink, User.name)
        .join(User, User.id == OneTimeLink.user_id)
        .where(OneTimeLink.id == link_id, OneTimeLink.purpose == "invitation")
        .where(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
    ).one_or_none()
    return None if row is None else LinkToGive(links.token_of(row[0], key), row[1], row[0].expires_at)


def ask_again(session: Session, link: LinkFacts, *, key: bytes, now: datetime) -> None:
    """Send a new invitation to somebody whose link is over and whose account has no password yet.

    To anybody else nothing is sent, with as much work; answer the same in every case. Who asks twice within a moment
    gets one letter.
    """
    user_id = link.user_id if _may_ask(session, link) else None
    just_made = links.was_just_made(session, "invitation", now, user_id=user_id)
    if user_id is None:
        throttle.note_nothing(session, now)
    elif not just_made:
        cohort_id, by_id = _invited_to(session, user_id)
        accounts.put_invitation(session, user_id, cohort_id=cohort_id, key=key, by_id=by_id, now=now)


def _may_ask(session: Session, link: LinkFacts) -> bool:
    if link.purpose != "invitation" or link.state is not links.LinkState.EXPIRED:
        return False
    open_ = and_(User.password_hash.is_(None), User.deactivated_at.is_(None))
    return session.scalar(select(User.id).where(User.id == link.user_id, open_)) is not None


def _invited_to(session: Session, user_id: int) -> tuple[int | None, int | None]:
    """Return the newest cohort that somebody is in, and who invited them to it last; no cohort for who is in none."""
    row = session.execute(
        select(Enrolment.cohort_id, Outbox.by_id)
        .outerjoin(Outbox, and_(Outbox.user_id == Enrolment.user_id, Outbox.cohort_id == Enrolment.cohort_id))
        .where(Enrolment.user_id == user_id, Enrolment.standing == "active")
        .order_by(Enrolment.id.desc(), Outbox.id.desc())
        .limit(1)
    ).one_or_none()
    return (None, None) if row is None else (row[0], row[1])
