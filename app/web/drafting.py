"""A form that is kept as a draft while it is filled in, and what its page shows when two tabs kept one each."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import quote

from flask import Response, abort, request
from flask_babel import LazyString, format_time, pgettext, to_user_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.course.parts import revision_of
from app.records import drafts
from app.records.accounts import Visitor
from app.records.drafts import Body, DraftRead, DraftTooLarge, SavedDraft, TooManyTexts
from app.records.places import HasKeys
from app.web.extensions import READING_METHODS, db
from app.web.forms import OpstapForm
from app.web.pages import moment

SAVE = "later"
"""The button that keeps what was typed, and hands nothing in."""

UNSURE = "unsure"
"""Fields in which a tab tells what it saved without hearing that it was saved, as JSON of [name, value] each."""


class NotTaken(Exception):
    """What was sent cannot be taken as it stands; its form says why. Nothing of it is written."""


class DraftedForm(OpstapForm):
    """A form that knows on which version of the draft it was built."""

    draft_version = HiddenField()

    @property
    def built_on(self) -> int:
        """The version of the draft that the page showed; 0 for none."""
        return version_in(self.draft_version)


def version_in(field: HiddenField) -> int:
    """Return the version that a hidden field holds; 0 where none was sent."""
    sent = str(field.data or "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


@dataclass(frozen=True, slots=True)
class OtherText:
    """A text that another tab kept. `sign` names it in the form; `lines` say what it holds."""

    sign: str
    lines: tuple[str, ...]


class Drafted(ABC):
    """What a page does with a form that is kept as a draft, at its place."""

    saved_today: ClassVar[LazyString] = _l("Draft saved at %(time)s")
    saved_before: ClassVar[LazyString] = _l("Draft saved on %(moment)s")

    _draft: DraftRead | None
    _is_read = False

    @property
    @abstractmethod
    def place(self) -> HasKeys:
        """Where the draft is kept."""

    @property
    @abstractmethod
    def path(self) -> str:
        """The address of the page."""

    @abstractmethod
    def typed(self) -> Body:
        """Return what was typed or chosen in the form that was sent, and nothing else of it."""

    @abstractmethod
    def said(self, body: Body) -> Iterator[str]:
        """Say in words what a text holds, a line or a paragraph each, to show it beside another."""

    def has_news(self, visitor: Visitor) -> bool:
        """Whether what was sent with another button holds something typed or chosen that is not kept yet."""
        kept, typed = self.draft(visitor), self.typed()
        try:
            is_kept = kept is not None and drafts.text_of(typed) == kept.body
        except DraftTooLarge:
            return True
        return any(any(values) for values in typed.values()) and not is_kept

    def draft(self, visitor: Visitor) -> DraftRead | None:
        """Return what is kept; read once, until something is saved."""
        if not self._is_read:
            self._draft = drafts.draft_of(db.session, visitor, self.place)
            self._is_read = True
        return self._draft

    def save(self, visitor: Visitor, form: DraftedForm, *, now: datetime) -> SavedDraft:
        """Keep what was sent. Where another tab kept a text since, both are kept and the result says so.

        Raises DraftTooLarge and TooManyTexts, with nothing changed.
        """
        version = self.base_version(visitor, form)
        saved = drafts.save_draft(db.session, visitor, self.place, self.typed(), version=version, now=now)
        self._is_read = False
        return saved

    def base_version(self, visitor: Visitor, form: DraftedForm) -> int:
        """Return the version of the draft that the sent form goes on from.

        A tab that saved, and whose answer was lost on the way, knows an older one: then what
        stands there is what it says that it sent.
        """
        unsure = list(_unsure_texts())
        kept = self.draft(visitor) if unsure else None
        return kept.version if kept is not None and kept.body in unsure else form.built_on

    def save_or_say(self, visitor: Visitor, form: DraftedForm, *, now: datetime) -> SavedDraft:
        """Keep what was sent as `save` does; where that cannot be, the form says so. Raises NotTaken."""
        try:
            return self.save(visitor, form, now=now)
        except DraftTooLarge:
            form.form_errors.append(_("This is too much to keep as a draft. Make it shorter; nothing is lost yet."))
        except TooManyTexts:
            form.form_errors.append(_("This step holds too many other texts. Clear them away first."))
        raise NotTaken

    def saved_for_a_script(self, visitor: Visitor, *, now: datetime) -> Response:
        """Save what is being typed: 204, or 409 when another tab had saved since and both are kept. Commits.

        `Draft-Version` is the version to build on, `Draft-Words` says when it was saved, quoted as in an address.
        What cannot be kept is answered with 413 or 422.
        """
        try:
            saved = self.save(visitor, DraftedForm(), now=now)
        except DraftTooLarge:
            abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except TooManyTexts:
            abort(HTTPStatus.UNPROCESSABLE_ENTITY)
        db.session.commit()
        response = Response(status=HTTPStatus.CONFLICT if saved.conflict else HTTPStatus.NO_CONTENT)
        response.headers["Draft-Version"] = str(saved.version)
        response.headers["Draft-Words"] = quote(self.saved_words(now))
        return response

    def stop_at_two_texts(self, visitor: Visitor, form: DraftedForm, *, now: datetime) -> None:
        """Keep what was sent, and raise NotTaken when there is another text that its writer has not chosen between."""
        self.save_or_say(visitor, form, now=now)
        kept = self.draft(visitor)
        if kept is not None and kept.others:
            db.session.commit()  # both texts stay, although the deed is not done
            form.draft_version.data = str(kept.version)
            form.form_errors.append(_("There is another text too. Choose below what to do with it, then send again."))
            raise NotTaken

    def choose(self, visitor: Visitor, form: DraftedForm, *, now: datetime) -> None:
        """Keep what was sent, then do with the other texts what the pressed button says: `take` one, or `drop` them.

        Raises NotTaken where what was sent cannot be kept.
        """
        saved = self.save_or_say(visitor, form, now=now)
        if sign := request.form.get("take"):
            self.take_other(visitor, sign, now=now)
        elif "drop" in request.form and not saved.conflict:
            drafts.drop_other(db.session, visitor, self.place, version=saved.version, now=now)

    def take_other(self, visitor: Visitor, sign: str, *, now: datetime) -> None:
        """Go on with a text that another tab kept; the one that stood in front stays beside it."""
        kept = self.draft(visitor)
        for body in kept.others if kept else ():
            if _sign_of(body) == sign:
                # As from a page that has seen nothing: so nothing is replaced.
                drafts.save_draft(db.session, visitor, self.place, body, version=0, now=now)
                self._is_read = False

    def facts(self, visitor: Visitor) -> dict[str, Any]:
        """Return what the templates ask of the draft: when it was saved, what else there is, who types where."""
        kept = self.draft(visitor)
        return {
            "path": self.path,
            "saved": self.saved_words(kept.saved_at) if kept else "",
            "others": [OtherText(_sign_of(body), tuple(self.said(body))) for body in kept.others] if kept else [],
            "is_unsaved": is_sent(),
            "keeps_draft": True,
        }

    def saved_words(self, when: datetime) -> str:
        """Say when a draft was saved."""
        if to_user_timezone(when).date() == to_user_timezone(datetime.now(UTC)).date():
            return str(self.saved_today) % {"time": format_time(when, pgettext("pattern of a time", "HH:mm"))}
        return str(self.saved_before) % {"moment": moment(when)}


class DraftedText(Drafted):
    """A page whose form is one text."""

    field = "text"

    def __init__(self, place: HasKeys, path: str) -> None:
        self._place, self._path = place, path

    @property
    def place(self) -> HasKeys:
        """Where the draft is kept."""
        return self._place

    @property
    def path(self) -> str:
        """The address of the page."""
        return self._path

    def typed(self) -> Body:
        """Return the text that was sent."""
        return {self.field: request.form.getlist(self.field)[:1]} if self.field in request.form else {}

    def said(self, body: Body) -> Iterator[str]:
        """Return the text, if there is any."""
        yield from (text for text in body.get(self.field, [])[:1] if text.strip())

    def kept_texts(self, visitor: Visitor) -> tuple[str, ...]:
        """Return all texts that are kept, the newest first."""
        kept = self.draft(visitor)
        return tuple(text for body in (kept.body, *kept.others) for text in self.said(body)) if kept else ()


def is_sent() -> bool:
    """Whether the request brings a form."""
    return request.method not in READING_METHODS


def _sign_of(body: Body) -> str:
    return revision_of(body)


def _unsure_texts() -> Iterator[Body]:
    """Yield what the tab sent before without hearing of it; what is not of that shape is passed over."""
    for sent in request.form.getlist(UNSURE):
        try:
            fields = json.loads(sent)
            body: Body = {}
            for name, value in fields:
                body.setdefault(str(name), []).append(str(value))
            yield drafts.text_of(body)
        except (ValueError, TypeError, RecursionError, DraftTooLarge):
            continue
