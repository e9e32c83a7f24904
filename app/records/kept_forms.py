"""What was sent after the session had ended: kept for a day, for one person on one browser.

A row holds all that one person sent to one address from one browser, the newest first, each with the
enrolment that its form named and the moment, so a second form from the same page replaces nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.records.base import insert_once
from app.records.drafts import Body, put_text, text_of, with_text
from app.records.learning import lock_enrolment
from app.records.models import Enrolment, KeptForm

KEPT_FOR = timedelta(hours=24)
MOST_FORMS = 20
"""Forms that are kept for one person, and texts that are kept of one form."""


class TooManyKeptForms(Exception):
    """As many are kept for this person as there may be. What was sent is not among them."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """One form as it was sent; `at` in ISO form."""

    enrolment: int
    about: str
    fields: Body
    at: str

    @property
    def place(self) -> tuple[int, str]:
        return (self.enrolment, self.about)


def keep(
    session: Session,
    *,
    browser_hash: str,
    user_id: int,
    enrolment_id: int,
    path: str,
    about: str,
    body: Mapping[str, Sequence[str]],
    now: datetime,
) -> None:
    """Keep a form for 24 hours; `about` is the step key that it was written at, `path` the address of its page.

    The caller knows by a signature that page and enrolment belong to this person.
    Raises DraftTooLarge, TooManyKeptForms, NoEnrolment.
    """
    sent = _Sent(enrolment_id, about, text_of(body), now.isoformat())
    lock_enrolment(session, enrolment_id)
    purge(session, now)
    if _insert(session, browser_hash, user_id, path, sent, now):
        if _count(session, user_id, now) > MOST_FORMS:
            session.execute(delete(KeptForm).where(*_row(browser_hash, user_id, path)))
            raise TooManyKeptForms(f"{MOST_FORMS} forms are kept for user {user_id}")
        return
    row = select(KeptForm.body).where(*_row(browser_hash, user_id, path)).with_for_update()
    kept = _with_sent(_still_kept(session.scalars(row).one(), now), sent)
    if len(kept) > MOST_FORMS:
        raise TooManyKeptForms(f"{MOST_FORMS} texts of one form are kept for user {user_id}")
    values = {"body": _json(kept), "about": about, "enrolment_id": enrolment_id, "kept_at": now}
    session.execute(update(KeptForm).where(*_row(browser_hash, user_id, path)).values(values))


def hand_over(session: Session, *, browser_hash: str, user_id: int, now: datetime) -> tuple[str, ...]:
    """Turn what is kept for this person on this browser into drafts; return the paths of their pages.

    A draft that stands there already keeps its text beside the one that comes in. What is older than 24
    hours is not handed over; nothing stays behind.
    """
    theirs = select(Enrolment.id).where(Enrolment.user_id == user_id).order_by(Enrolment.id).with_for_update()
    enrolments = set(session.scalars(theirs))
    mine = (KeptForm.browser_hash == browser_hash, KeptForm.user_id == user_id)
    rows = session.execute(select(KeptForm.path, KeptForm.body).where(*mine).order_by(KeptForm.kept_at)).all()
    handed: list[str] = []
    for path, body in rows:
        for sent in reversed(_still_kept(body, now)):
            if sent.enrolment in enrolments:
                put_text(session, sent.enrolment, (sent.about,), sent.fields, version=None, most=None, now=now)
                handed.append(path)
    if rows:
        session.execute(delete(KeptForm).where(*mine))
    return tuple(dict.fromkeys(handed))


def forget(session: Session, enrolment_id: int, keys: Sequence[str]) -> None:
    """Delete what is kept for an enrolment about a step, under any of its keys, on any browser."""
    session.execute(delete(KeptForm).where(KeptForm.enrolment_id == enrolment_id, KeptForm.about.in_(keys)))


def purge(session: Session, now: datetime) -> None:
    """Delete what nobody fetched within 24 hours.

    After any enrolment is locked, never before: who deletes a reflection locks in that order too.
    """
    session.execute(delete(KeptForm).where(KeptForm.kept_at <= now - KEPT_FOR))


# ---- rows ------------------------------------------------------------------------------------


def _row(browser_hash: str, user_id: int, path: str) -> tuple[ColumnElement[bool], ...]:
    return (KeptForm.browser_hash == browser_hash, KeptForm.user_id == user_id, KeptForm.path == path)


def _insert(session: Session, browser_hash: str, user_id: int, path: str, sent: _Sent, now: datetime) -> bool:
    return insert_once(
        session, KeptForm, browser_hash=browser_hash, user_id=user_id, path=path,
        enrolment_id=sent.enrolment, about=sent.about, body=_json([sent]), kept_at=now,
    )  # fmt: skip


def _count(session: Session, user_id: int, now: datetime) -> int:
    """Count the forms of a person that are still kept, on all browsers: a new browser is had for nothing."""
    mine = select(func.count()).where(KeptForm.user_id == user_id, KeptForm.kept_at > now - KEPT_FOR)
    return session.scalars(mine).one()


def _json(kept: Sequence[_Sent]) -> str:
    return json.dumps([asdict(sent) for sent in kept], ensure_ascii=False)


def _still_kept(body: str, now: datetime) -> list[_Sent]:
    """Read what a row holds, the newest first, without what is older than 24 hours."""
    found = [_Sent(**one) for one in json.loads(body)]
    return [sent for sent in found if datetime.fromisoformat(sent.at) > now - KEPT_FOR]


def _with_sent(kept: Sequence[_Sent], newest: _Sent) -> list[_Sent]:
    """Put a form in front of those that were sent before; of the same place only those that it does not hold."""
    same = with_text([sent.fields for sent in kept if sent.place == newest.place], newest.fields)
    return [newest, *(sent for sent in kept if sent.place != newest.place or sent.fields in same[1:])]
