"""A step whose form is kept as a draft while it is filled in, and what its page shows when two tabs kept one each."""

import json
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, ClassVar

from flask import abort, request
from flask_babel import LazyString, format_time, pgettext, to_user_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.course.parts import revision_of
from app.records import drafts
from app.records.accounts import Visitor
from app.records.drafts import Body, DraftRead, DraftTooLarge, SavedDraft, TooManyTexts
from app.web.extensions import READING_METHODS, db
from app.web.forms import OpstapForm
from app.web.learner.steps.page import NotTaken, S, StepPage
from app.web.pages import moment, path_of, pause_from

SAVE = "later"
"""The button that keeps what was typed, and hands nothing in."""
PAUSED = "pause"
"""The value of that button, where it then leads to the quiet page."""

UNSURE = "unsure"
"""Fields in which a tab tells what it saved without hearing that it was saved, as JSON of [name, value] each."""


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


class DraftedPage(StepPage[S]):
    """The page of a step whose form is kept as a draft."""

    saved_today: ClassVar[LazyString] = _l("Draft saved at %(time)s")
    saved_before: ClassVar[LazyString] = _l("Draft saved on %(moment)s")

    _draft: DraftRead | None
    _is_read = False

    @abstractmethod
    def form(self, visitor: Visitor) -> DraftedForm:
        """Return the form of the page, filled with what was sent or else with what is kept."""

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
            self._draft = drafts.draft_of(db.session, visitor, self.step)
            self._is_read = True
        return self._draft

    def save(self, visitor: Visitor, form: DraftedForm, *, now: datetime) -> SavedDraft:
        """Keep what was sent. Where another tab kept a text since, both are kept and the result says so.

        Raises DraftTooLarge and TooManyTexts, with nothing changed.
        """
        version = self.base_version(visitor, form)
        saved = drafts.save_draft(db.session, visitor, self.step, self.typed(), version=version, now=now)
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

    def onward_when_kept(self) -> str:
        """Return where to go after what was typed was kept: back to the step, or to the quiet page for a pause."""
        path = path_of(self.step)
        return pause_from(path) if request.form.get(SAVE) == PAUSED else path

    def keep(self, visitor: Visitor, *, now: datetime) -> None:
        """Keep what was sent while another step comes first; what is too much to keep is answered with 413."""
        try:
            self.save(visitor, self.form(visitor), now=now)
        except (DraftTooLarge, TooManyTexts):
            abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def stop_at_two_texts(self, visitor: Visitor, form: DraftedForm, *, now: datetime) -> None:
        """Keep what was sent, and raise NotTaken when there is another text that the learner has not chosen between."""
        self.save_or_say(visitor, form, now=now)
        kept = self.draft(visitor)
        if kept is not None and kept.others:
            db.session.commit()  # both texts stay, although the deed is not done
            form.draft_version.data = str(kept.version)
            form.form_errors.append(_("There is another text too. Choose below what to do with it, then send again."))
            raise NotTaken

    def take_other(self, visitor: Visitor, sign: str, *, now: datetime) -> None:
        """Go on with a text that another tab kept; the one that stood in front stays beside it."""
        kept = self.draft(visitor)
        for body in kept.others if kept else ():
            if _sign_of(body) == sign:
                # As from a page that has seen nothing: so nothing is replaced.
                drafts.save_draft(db.session, visitor, self.step, body, version=0, now=now)
                self._is_read = False

    def facts(self, visitor: Visitor) -> dict[str, Any]:
        """Return what the templates ask of the draft: when it was saved, what else there is, who types where."""
        kept = self.draft(visitor)
        return {
            "path": path_of(self.step),
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
