"""Accounts, and who is here.

An e-mail address is an account's own name: kept lower-cased, and unique. A session's cookie carries user and
stamp, so a new stamp signs out everywhere.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from app.course.rules.cohort_modules import CohortModule, CohortPlan
from app.course.rules.progress import TAKEN_BACK
from app.records import audit, links, outbox, throttle
from app.records.base import insert_once
from app.records.models import Bookmark, Cohort, EndedVisit, Enrolment, Extension, SecondStep, StepCompletion, User
from app.records.models import CohortModule as CohortModuleRow

NAME_LENGTH = 120
TYPED_LENGTH = 1000
"""Signs of a name or address as it was typed. Whatever is longer is refused before it is spelt in Unicode's one way:
that takes minutes for a million accents in a row."""
BIGGEST_ID = 2**31
JOINERS = "\u200c\u200d"
"""Signs without a width that belong to the spelling of names, in Persian and Hindi for instance."""
FILLERS = "\u115f\u1160\u3164\uffa0"
"""Signs that Unicode counts as Korean letters, and that nobody can see."""


class BadEmail(Exception):
    """What was given is no e-mail address."""


class NoName(Exception):
    """A name without a single letter or digit."""


class NameTooLong(Exception):
    """A name of more than NAME_LENGTH signs."""


class EmailTaken(Exception):
    """The address has an account already."""


class AccountClosed(Exception):
    """The account was closed: nobody comes in by it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, with the enrolment they are here with: the one row that a request reads first.

    The enrolment's fields are empty for somebody who has none. `enrolments` counts the active ones, `trains` those
    of them as a trainer.
    Flask-Login takes it as its user.
    """

    user_id: int
    stamp: str
    name: str
    email: str
    language: str
    is_admin: bool
    lacks_second_step: bool
    """An admin whose sign-in asks for no code; nobody else is looked up."""
    enrolment_id: int | None
    role: str | None
    cohort_id: int | None
    cohort_name: str | None
    done: str
    last_step_key: str | None
    bookmarks: str
    whole_course: bool
    first_day: date | None
    came_at: datetime | None
    settled: str
    """What is settled about modules of the cohort: `slug|day|days` each, joined by a space."""
    granted: str
    """Keys of steps that a trainer noted as done elsewhere, each after a `~` where they withdrew that."""
    extended: str
    """Modules for which a trainer gave them more time: `slug|day` each, joined by a space."""
    enrolments: int
    trains: int

    @property
    def done_keys(self) -> frozenset[str]:
        """What `progress` asks for: keys done, slugs of finished modules, and keys taken back after `~`."""
        return frozenset(self.done.split())

    @property
    def bookmarked_keys(self) -> frozenset[str]:
        """Keys of the steps that they marked, under the names that those had then."""
        return frozenset(self.bookmarks.split())

    @property
    def plan(self) -> CohortPlan:
        """What their cohort works through."""
        return plan_from(self.settled, whole_course=self.whole_course, first_day=self.first_day)

    @property
    def extensions(self) -> dict[str, date]:
        """Later days than their cohort's that a trainer gave them, by module slug."""
        pairs = (one.split("|") for one in self.extended.split())
        return {slug: date.fromisoformat(day) for slug, day in pairs}

    @property
    def is_authenticated(self) -> bool:
        """Always: somebody who is not signed in is no Visitor."""
        return True

    @property
    def is_active(self) -> bool:
        """Always: a deactivated account is no Visitor."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Never."""
        return False

    def get_id(self) -> str:
        """Name the person and the stamp for the signed cookie, as `user_id:stamp`."""
        return f"{self.user_id}:{self.stamp}"


_SPACE: Any = literal_column("' '")
"""As text of the statement: for a value SQLAlchemy would write the statement anew each time."""


def _visitor_select(enrolment: object) -> Select[*tuple[Any, ...]]:
    """Build the one select of who is here; `enrolment` says which enrolment comes along."""
    user, theirs, cohort = User.__table__.c, Enrolment.__table__.c, Cohort.__table__.c
    marked = Bookmark.__table__.c
    marks = (
        select(func.aggregate_strings(marked.step_key, _SPACE))
        .where(marked.enrolment_id == theirs.id)
        .scalar_subquery()
    )
    completed, extension = StepCompletion.__table__.c, Extension.__table__.c
    named = case((completed.taken_back_at.is_(None), completed.step_key), else_=TAKEN_BACK + completed.step_key)
    granted = (
        select(func.aggregate_strings(named, _SPACE))
        .where(completed.enrolment_id == theirs.id, completed.granted_at.is_not(None))
        .scalar_subquery()
    )
    extended = (
        select(func.aggregate_strings(extension.module_slug + "|" + _text_of(extension.due_on), _SPACE))
        .where(extension.enrolment_id == theirs.id)
        .scalar_subquery()
    )
    step = SecondStep.__table__.c
    has_code = exists().where(step.user_id == user.id, step.confirmed_at.is_not(None))
    without_code = case((user.is_admin, ~has_code), else_=false())
    active = Enrolment.__table__.alias()
    mine = select(func.count()).where(active.c.user_id == user.id, active.c.standing == "active")
    count, trains = mine.scalar_subquery(), mine.where(active.c.role == "trainer").scalar_subquery()
    rows = User.__table__.outerjoin(
        Enrolment.__table__, and_(theirs.user_id == user.id, theirs.standing == "active", theirs.id == enrolment)
    ).outerjoin(Cohort.__table__, cohort.id == theirs.cohort_id)
    return (
        select(
            user.id, user.session_stamp, user.name, user.email, user.language, user.is_admin, without_code,
            theirs.id, theirs.role, cohort.id, cohort.name, func.coalesce(theirs.done, ""), theirs.last_step_key,
            func.coalesce(marks, ""), func.coalesce(cohort.whole_course, true()), cohort.first_day, theirs.created_at,
            settled_of(cohort.id), func.coalesce(granted, ""), func.coalesce(extended, ""), count, trains,
        )
        .select_from(rows)
        .where(user.id == bindparam("user"), user.session_stamp == bindparam("stamp"), user.deactivated_at.is_(None))
        .where(~exists().where(EndedVisit.__table__.c.visit == bindparam("visit")))
    )  # fmt: skip


def settled_of(cohort_id: ColumnElement[int]) -> ColumnElement[str]:
    """Say in a select what is settled about the modules of a cohort, as one text that `plan_from` reads."""
    module = CohortModuleRow.__table__.c
    facts = (module.module_slug, _text_of(module.due_on), _text_of(module.due_after_days))
    settled = select(func.aggregate_strings(facts[0] + "|" + facts[1] + "|" + facts[2], _SPACE))
    return func.coalesce(settled.where(module.cohort_id == cohort_id).scalar_subquery(), "")


def plan_from(settled: str, *, whole_course: bool, first_day: date | None) -> CohortPlan:
    """Read what a cohort works through; `settled` is `slug|day|days` of each module, joined by a space."""
    modules = [
        CohortModule(slug, date.fromisoformat(day) if day else None, int(days) if days else None)
        for slug, day, days in (one.split("|") for one in settled.split())
    ]
    return CohortPlan(whole_course, first_day, tuple(modules))


def _text_of(column: ColumnElement[Any]) -> ColumnElement[str]:
    return func.coalesce(cast(column, String), "")


def _newest_enrolment() -> object:
    mine = Enrolment.__table__.alias()
    return (
        select(func.max(mine.c.id))
        .where(mine.c.user_id == User.__table__.c.id, mine.c.standing == "active")
        .scalar_subquery()
    )


_BY_ENROLMENT = _visitor_select(bindparam("enrolment"))
_BY_NEWEST = _visitor_select(_newest_enrolment())


def visitor_of(
    session: Session | Connection, user_id: int, stamp: str, enrolment_id: int | None, *, visit: str = ""
) -> Visitor | None:
    """Read who is here, in one select; nobody when the stamp is not theirs, the account closed or the visit ended.

    With them comes the enrolment that is named, or else their newest active one. One that is not
    theirs, or that has ended, stays away: the Visitor then has none.
    """
    facts: dict[str, object] = {"user": user_id, "stamp": stamp, "visit": visit}
    if enrolment_id is None:
        row = session.execute(_BY_NEWEST, facts).one_or_none()
    else:
        known = enrolment_id if 0 < enrolment_id < BIGGEST_ID else 0
        row = session.execute(_BY_ENROLMENT, facts | {"enrolment": known}).one_or_none()
    return Visitor(*tuple(row)) if row else None


def end_visit(session: Session, visit: str, *, until: datetime, now: datetime) -> None:
    """Let nobody come in by a visit again; `until` is when its session ends by itself, and the row can go."""
    session.execute(delete(EndedVisit).where(EndedVisit.until < now))
    insert_once(session, EndedVisit, visit=visit, until=until)


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """What signing in asks of an account. `password_hash` is empty until its first link was used."""

    user_id: int
    stamp: str
    password_hash: str | None


def folded_email(text: str) -> str:
    """Spell an address the one way that accounts know it: lower-cased, its domain in ASCII.

    Whether anybody reads mail there is not asked. Addresses with other letters before the @ are
    refused: few mail servers take them. Raises BadEmail.
    """
    from email_validator import EmailNotValidError, validate_email  # its import would cost each start 17 ms

    if len(text) > TYPED_LENGTH:
        raise BadEmail("longer than any address")
    try:
        valid = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as fault:
        raise BadEmail(str(fault)) from fault
    return f"{valid.ascii_local_part}@{valid.ascii_domain}".lower()


def clean_name(text: str) -> str:
    """Spell a name on one line, without signs that cannot be seen or that turn the writing's direction.

    Raises NoName where there is no letter or digit in it, and NameTooLong.
    """
    if len(text) > TYPED_LENGTH:
        raise NameTooLong()
    spaced = "".join(" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", text))
    name = " ".join("".join(sign for sign in spaced if _belongs_in_a_name(sign)).split())
    if not any(unicodedata.category(sign)[0] in "LN" for sign in name):
        raise NoName()
    if len(name) > NAME_LENGTH:
        raise NameTooLong()
    return name


def sort_name(name: str) -> str:
    """Fold a name for sorting, the same on every database: without capitals and accents."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _belongs_in_a_name(sign: str) -> bool:
    return sign in JOINERS or (unicodedata.category(sign)[0] != "C" and sign not in FILLERS)


def sign_in_facts(session: Session, email: str) -> SignInFacts | None:
    """Read what signing in with an address asks; nothing for an unknown one, or a closed account.

    Let `Passwords.verify` work all the same, on no hash: then the time does not tell which.
    """
    try:
        folded = folded_email(email)
    except BadEmail:
        return None
    row = session.execute(
        select(User.id, User.session_stamp, User.password_hash).where(
            User.email == folded, User.deactivated_at.is_(None)
        )
    ).one_or_none()
    return SignInFacts(*row) if row else None


def add_user(
    session: Session, *, email: str, name: str, language: str, password_hash: str | None, now: datetime
) -> int:
    """Make an account and return its id. Raises EmailTaken, and what `folded_email` and `clean_name` raise."""
    folded, name = folded_email(email), clean_name(name)
    made = insert_once(
        session,
        User,
        email=folded,
        name=name,
        sort_name=sort_name(name),
        language=language,
        password_hash=password_hash,
        session_stamp=_new_stamp(),
        created_at=now,
    )
    if not made:
        raise EmailTaken()
    return session.execute(select(User.id).where(User.email == folded)).scalar_one()


def add_admin(session: Session, *, email: str, name: str, language: str, by: int | None, now: datetime) -> int:
    """Make somebody an admin, with a new account unless the address has one; return its id.

    A new account has no password yet: make a link of purpose `invitation` for it. Raises EmailTaken when the
    address has an account that was closed, and what `folded_email` and `clean_name` raise.
    """
    facts = sign_in_facts(session, email)
    if facts is None:
        user_id = add_user(session, email=email, name=name, language=language, password_hash=None, now=now)
    else:
        user_id = facts.user_id
    session.execute(update(User).where(User.id == user_id).values(is_admin=True))
    audit.note(session, by=by, deed="add_admin", about=f"user:{user_id}", subject_id=user_id, now=now)
    return user_id


def note_sign_in(session: Session, user_id: int, *, now: datetime) -> None:
    """Note that somebody signed in, by their password or by a link."""
    session.execute(
        update(User).where(User.id == user_id).values(last_sign_in_at=now).execution_options(synchronize_session=False)
    )


def change_account(session: Session, user_id: int, *, name: str, language: str) -> None:
    """Change one's own name and language. Raises what `clean_name` raises."""
    name = clean_name(name)
    session.execute(
        update(User).where(User.id == user_id).values(name=name, sort_name=sort_name(name), language=language)
    )


def set_password(session: Session, user_id: int, password_hash: str, *, now: datetime) -> str:
    """Set a password and return the new stamp: every browser that is signed in must sign in again.

    Open links that could set it are used up, and the letter `password_changed` is put in the outbox
    unless this is the account's first password.
    """
    first = session.execute(select(User.password_hash).where(User.id == user_id)).scalar_one() is None
    stamp = _new_stamp()
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash, session_stamp=stamp))
    links.use_up_all(session, user_id, now)
    if not first:
        once_key = f"password_changed:{user_id}:{now.isoformat()}"
        outbox.put(session, "password_changed", once_key=once_key, now=now, user_id=user_id)
    return stamp


def new_stamp(session: Session, user_id: int) -> str:
    """Give an account a new stamp and return it: every browser that is signed in must sign in again."""
    stamp = _new_stamp()
    session.execute(update(User).where(User.id == user_id).values(session_stamp=stamp))
    return stamp


def ask_for_reset(session: Session, email: str, *, key: bytes, now: datetime) -> None:
    """Send a link for a new password to an address that has an account; to any other, do as much work and nothing.

    Who asks twice within a moment gets one letter. Answer the same in every case.
    """
    facts = sign_in_facts(session, email)
    user_id = facts.user_id if facts else None
    just_made = links.was_just_made(session, "reset", now, user_id=user_id)
    if user_id is None:
        throttle.note_nothing(session, now)
    elif not just_made:
        link_id = links.make_link(session, purpose="reset", key=key, now=now, user_id=user_id)
        outbox.put(session, "reset", once_key=f"reset:{link_id}", now=now, user_id=user_id, link_id=link_id)


def put_invitation(
    session: Session, user_id: int, *, cohort_id: int | None, key: bytes, by_id: int | None, now: datetime
) -> None:
    """Put a letter in with a link for a user's first password; links from before stay open until one is used."""
    link_id = links.make_link(session, purpose="invitation", key=key, now=now, user_id=user_id)
    outbox.put(
        session,
        "invitation",
        once_key=f"invitation:{link_id}",
        now=now,
        user_id=user_id,
        link_id=link_id,
        cohort_id=cohort_id,
        by_id=by_id,
    )


def password_by_link(session: Session, link: links.LinkFacts, password_hash: str, *, now: datetime) -> tuple[int, str]:
    """Set the password of the user whose link this is; return user and new stamp. Raises LinkUsed or LinkExpired."""
    if link.user_id is None or link.purpose not in links.SETS_PASSWORD:
        raise ValueError(f"link {link.id} sets no user's password")
    links.must_use_link(session, link.id, now)
    return link.user_id, set_password(session, link.user_id, password_hash, now=now)


def _new_stamp() -> str:
    return secrets.token_urlsafe(16)
