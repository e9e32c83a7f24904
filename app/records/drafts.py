"""What somebody typed and has not submitted yet, one draft a place; no text in it gets lost.

A draft holds one text or more, the newest first: its `body`, and the `others`, which another tab, browser
or kept form had left and which its learner has not chosen between yet. Each save names the version that its
page was built on. One that had not seen the newest text puts it among the others. A text that a newer one
holds, since it says the same or is how it began, is not kept beside it; that keeps them few.

A dropped draft leaves its row, empty, so that its versions go on counting: a tab that was open
all the time cannot take a later draft for the one that it knew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Row, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from app.course.content import Course
from app.records.accounts import Visitor
from app.records.base import insert_once, table_of
from app.records.learning import enrolment_of, lock_enrolment
from app.records.models import Draft
from app.records.places import NOT_A_STEP, HasKeys

Body = dict[str, list[str]]
"""The fields of a form: a list of strings by name."""

LARGEST = 100_000
"""Bytes of one text as JSON."""
MOST_OTHERS = 20
"""Texts that may wait beside the newest one."""
_EMPTY = "{}"


class DraftTooLarge(Exception):
    """A text takes more than LARGEST bytes. What stood there before still stands."""


class TooManyTexts(Exception):
    """MOST_OTHERS texts wait for a choice already. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class DraftRead:
    """A draft as its page shows it: the newest text, and those that it did not see."""

    body: Body
    others: tuple[Body, ...]
    version: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What a save made: the version to build on, and whether it kept a text beside its own that it had not seen."""

    version: int
    conflict: bool


# ---- texts -----------------------------------------------------------------------------------


def text_of(body: Mapping[str, Sequence[str]]) -> Body:
    """Return the fields as they are kept, with one kind of line end. Raises DraftTooLarge."""
    text = {name: [same_lines(value) for value in values] for name, values in body.items()}
    if len(_json(text).encode()) > LARGEST:
        raise DraftTooLarge(f"more than {LARGEST} bytes")
    return text


def with_text(texts: Iterable[Body], newest: Body) -> list[Body]:
    """Return the texts with a newer one in front, without those that it holds."""
    return [newest, *(text for text in texts if not _holds(newest, text))]


def same_lines(value: str) -> str:
    """Return a value with one kind of line end: forms and scripts send different ones of the same text."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


def has_words(column: str | None) -> bool:
    """Whether anything but space was typed in the texts of a row, as a column of it holds them."""
    found = json.loads(column or "[]")
    bodies = found if isinstance(found, list) else [found]
    return any(value.strip() for body in bodies for values in body.values() for value in values)


def _holds(newer: Body, older: Body) -> bool:
    """Whether nothing of an older text is lost when the newer one replaces it."""
    return all(_holds_field(newer.get(name, []), values) for name, values in older.items())


def _holds_field(newer: Sequence[str], older: Sequence[str]) -> bool:
    typed = [value for value in older if value]
    return newer == older or not typed or (len(newer) == len(older) and all(map(_goes_on, newer, older)))


def _goes_on(newer: str, older: str) -> bool:
    """Whether a value is an older one typed on. A choice, which is a slug without a space, is only itself."""
    return newer == older or not older or (newer.startswith(older) and any(sign.isspace() for sign in newer))


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, sort_keys=True)


# ---- rows ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands in the rows of a step: the row to write to, its version, and all texts, the newest first."""

    about: str
    version: int
    texts: list[Body]
    saved_at: datetime


_Columns: TypeAlias = "Row[str, int, str, str | None, datetime]"
"""A row of a draft: key, version, body, other texts, and when it was saved."""
_TABLE = select(Draft.about, Draft.version, Draft.body, Draft.other_body, Draft.saved_at)
# Built once, as those of learning.py.
_draft = table_of(Draft).c
_MINE = and_(_draft.enrolment_id == bindparam("enrolment"), _draft.about.in_(bindparam("keys", expanding=True)))
_STANDING = select(_draft.about, _draft.version, _draft.body, _draft.other_body, _draft.saved_at).where(_MINE)
_WRITTEN = (
    update(table_of(Draft))
    .where(_draft.enrolment_id == bindparam("enrolment"), _draft.about == bindparam("key"))
    .values({name: bindparam(name) for name in ("body", "other_body", "version", "saved_at")})
)
_EMPTIED = (
    update(table_of(Draft))
    .where(_MINE, or_(_draft.body != _EMPTY, _draft.other_body.is_not(None)))
    .values(body=_EMPTY, other_body=None, version=_draft.version + 1)
)


def _standing(session: Session, enrolment_id: int, keys: Sequence[str]) -> _Standing | None:
    """Read the draft under any key of its step; texts under former keys join those under the newest one."""
    rows = session.connection().execute(_STANDING, {"enrolment": enrolment_id, "keys": keys}).all()
    return _joined(rows, keys) if rows else None


def _joined(rows: Sequence[_Columns], keys: Sequence[str]) -> _Standing:
    """Read the rows of one step as one draft."""
    by_age = sorted(rows, key=lambda row: keys.index(row.about))
    texts: list[Body] = []
    for row in by_age:
        for text in (json.loads(row.body), *json.loads(row.other_body or "[]")):
            if text and text not in texts:
                texts.append(text)
    return _Standing(by_age[0].about, by_age[0].version, texts, max(row.saved_at for row in rows))


def draft_of(session: Session, visitor: Visitor, place: HasKeys) -> DraftRead | None:
    """Return the draft of a step or another place, whatever it was called when the draft was saved."""
    if visitor.enrolment_id is None:
        return None
    return _draft_in(_standing(session, visitor.enrolment_id, place.keys))


def _draft_in(found: _Standing | None) -> DraftRead | None:
    if found is None or not found.texts:
        return None
    return DraftRead(found.texts[0], tuple(found.texts[1:]), found.version, found.saved_at)


def drafts_of(session: Session, visitor: Visitor, course: Course) -> dict[str, DraftRead]:
    """Return all drafts that a visitor has at steps, in one statement, by the key of their step.

    It is today's key; that of a step which has left the course is the one that it had.
    """
    rows = session.execute(
        _TABLE.where(
            Draft.enrolment_id == visitor.enrolment_id,
            or_(Draft.body != _EMPTY, Draft.other_body.is_not(None)),
            ~Draft.about.contains(NOT_A_STEP),
        )
    )
    by_step: dict[str, list[_Columns]] = {}
    for row in rows:
        step = course.step_by_key.get(row.about)
        by_step.setdefault(step.key if step else row.about, []).append(row)
    found = {}
    for key, of_step in by_step.items():
        step = course.step_by_key.get(key)
        found[key] = _draft_in(_joined(of_step, step.keys if step else (key,)))
    return {key: one for key, one in found.items() if one}


def save_draft(
    session: Session,
    visitor: Visitor,
    place: HasKeys,
    body: Mapping[str, Sequence[str]],
    *,
    version: int,
    now: datetime,
) -> SavedDraft:
    """Save a draft that was typed on a page built on `version`, 0 when there was none.

    The same text again makes no new version. Over a version that the page had not seen, both texts stay.
    Raises DraftTooLarge, TooManyTexts, NoEnrolment; then nothing is changed.
    """
    enrolment_id = enrolment_of(visitor)
    text = text_of(body)
    lock_enrolment(session, enrolment_id)
    return put_text(session, enrolment_id, place.keys, text, version=version, most=MOST_OTHERS, now=now)


def put_text(
    session: Session,
    enrolment_id: int,
    keys: Sequence[str],
    text: Body,
    *,
    version: int | None,
    most: int | None,
    now: datetime,
) -> SavedDraft:
    """Put a text in front of a step's draft, as `save_draft` says. The enrolment is locked.

    `version` is empty for a text that comes from no page, which has seen nothing; `most` for no limit of texts.
    """
    found = _standing(session, enrolment_id, keys)
    if found is None:
        first = (version or 0) + 1
        insert_once(session, Draft, enrolment_id=enrolment_id, about=keys[0], body=_json(text), version=first,
                    saved_at=now)  # fmt: skip
        return SavedDraft(first, conflict=False)
    if found.texts and text == found.texts[0]:
        return SavedDraft(found.version, conflict=False)
    unseen = version != found.version
    texts = with_text(found.texts if unseen else found.texts[1:], text)
    conflict = unseen and bool(found.texts) and found.texts[0] in texts
    if conflict and most is not None and len(texts) > max(most + 1, len(found.texts)):
        raise TooManyTexts(f"{most} texts wait for a choice")
    _write(session, enrolment_id, keys, found, texts, now)
    return SavedDraft(found.version + 1, conflict)


def _write(
    session: Session, enrolment_id: int, keys: Sequence[str], found: _Standing, texts: Sequence[Body], now: datetime
) -> None:
    """Write the texts into the one row that goes on; texts under former keys are among them."""
    columns = {
        "body": _json(texts[0]) if texts else _EMPTY,
        "other_body": _json(texts[1:]) if texts[1:] else None,
        "version": found.version + 1,
        "saved_at": now,
    }
    session.connection().execute(_WRITTEN, {"enrolment": enrolment_id, "key": found.about, **columns})
    if former := [key for key in keys if key != found.about]:
        session.execute(
            delete(Draft)
            .where(Draft.enrolment_id == enrolment_id, Draft.about.in_(former))
            .execution_options(synchronize_session=False)
        )


def drop_other(session: Session, visitor: Visitor, place: HasKeys, *, version: int, now: datetime) -> bool:
    """Let the others go and keep the newest text, as its learner chose on a page that showed `version`.

    Changes nothing, and says so by False, when another text came in since: nobody has seen that one.
    """
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    found = _standing(session, enrolment_id, place.keys)
    if found is None or len(found.texts) < 2:
        return True
    if found.version != version:
        return False
    _write(session, enrolment_id, place.keys, found, found.texts[:1], now)
    return True


def drop_draft(session: Session, visitor: Visitor, place: HasKeys, *, version: int | None = None) -> bool:
    """Drop the whole draft of a place, as after it was submitted.

    With `version`, only when no text came in since that one; False says that it stayed.
    """
    enrolment_id = enrolment_of(visitor)
    lock_enrolment(session, enrolment_id)
    return drop_texts(session, enrolment_id, place.keys, version=version)


def drop_texts(session: Session, enrolment_id: int, keys: Sequence[str], *, version: int | None = None) -> bool:
    """Empty the rows of a step's draft, as `drop_draft` says. The enrolment is locked."""
    if version is not None:
        found = _standing(session, enrolment_id, keys)
        if found is None or not found.texts:
            return True
        if found.version != version:
            return False
    session.connection().execute(_EMPTIED, {"enrolment": enrolment_id, "keys": keys})
    return True
