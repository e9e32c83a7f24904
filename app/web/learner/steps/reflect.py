"""The page of a reflection: written, kept as a draft, handed in, written again; shared as far as its learner says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.course.rules.progress import State, progress
from app.course.rules.small_groups import ENOUGH
from app.course.rules.third_persons import traces_in
from app.course.steps.reflect import ReflectStep
from app.records import answering, cohorts, learning, reflecting, sharing
from app.records.accounts import Visitor
from app.records.answering import Thread
from app.records.drafts import Body
from app.records.reflecting import (
    LONGEST,
    Level,
    NothingWritten,
    ReflectionRead,
    ReflectionTooLong,
    RevisionRead,
    StaleReflection,
)
from app.web.drafting import SAVE, DraftedForm, NotTaken, is_sent, version_in
from app.web.extensions import db, house
from app.web.keeping import answer_path
from app.web.learner.about_others import Concern, concern_about, is_answered
from app.web.learner.fields import listed
from app.web.learner.onward import tell_done
from app.web.learner.seen import note_read
from app.web.learner.steps.drafted import DraftedPage
from app.web.pages import learner_course, path_of, tell

LEVELS = (
    SelectChoice(Level.PRIVATE.value, _l("Only me")),
    SelectChoice(Level.TRAINERS.value, _l("Me and my trainers")),
    SelectChoice(Level.COHORT.value, _l("My cohort, without my name")),
)
LEVEL_WORDS = {choice.value: choice.label for choice in LEVELS}
SIGN_LENGTH = 16
"""Hexadecimal digits that stand for somebody who reads along."""
ICONS = {Level.PRIVATE.value: "only-me", Level.TRAINERS.value: "with-trainer", Level.COHORT.value: "with-cohort"}


class ReflectForm(DraftedForm):
    """A text and who may read it. `version` is that of the reflection on the page, 0 for none."""

    text = TextAreaField(_l("Your reflection"))
    level = RadioField(_l("Who may read this?"), choices=LEVELS, validate_choice=False)
    version = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Only a level that there is; of the text the verb says what is wrong."""
        whole = bool(super().validate(extra_validators))
        if self.level.data not in ICONS:
            self.level.errors = [*self.level.errors, _("Choose who may read this.")]
            return False
        return whole

    @property
    def page_version(self) -> int:
        """The version of the reflection that the page showed."""
        return version_in(self.version)


@dataclass(frozen=True, slots=True)
class Readers:
    """Who would read a text at each level, in words; `signs` says in the form whom the page named."""

    notes: dict[str, str]
    icons: dict[str, str]
    signs: str


class ReflectPage(DraftedPage[ReflectStep]):
    """A prompt, a text, who may read it, and the texts from before."""

    template = "learner/steps/reflect.html"
    name = _l("Reflection")
    icon = "reflect"
    paper = "learner/steps/_paper_reflect.html"

    standing: ReflectionRead | None = None
    """What was handed in."""
    newer: RevisionRead | None = None
    """What was handed in elsewhere after the page was opened, when something else was sent."""
    concern: Concern | None = None
    """What is asked about a text before it goes where it was sent."""

    # ---- the form ----------------------------------------------------------------------------

    def form(self, visitor: Visitor) -> ReflectForm:
        """Return the text and its level: as sent, else the draft, else what was handed in."""
        form = ReflectForm()
        self.standing = reflecting.reflection_of(db.session, visitor, self.step)
        if is_sent():
            return form
        kept = self.draft(visitor)
        form.draft_version.data = str(kept.version if kept else 0)
        form.version.data = str(self.standing.version if self.standing else 0)
        drafted = kept.body.get("text") if kept else None
        form.text.data = drafted[0] if drafted else self.standing.text if self.standing else ""
        form.level.data = self._level(kept.body if kept else {})
        return form

    def _level(self, drafted: Body) -> str:
        """Return the level to show: of a text that was handed in it is what it is, whatever a draft says."""
        if self.standing is not None and self.standing.newest is not None:
            return str(self.standing.level)
        chosen = next(iter(drafted.get("level", [])), "")
        return chosen if chosen in ICONS else Level.PRIVATE.value

    def typed(self) -> Body:
        """Return the text and the level that were sent."""
        return {name: request.form.getlist(name)[:1] for name in ("text", "level") if name in request.form}

    @property
    def text_sent(self) -> str:
        """The text that was sent, as it would be kept; empty where none was."""
        return reflecting.plain_text(request.form.get("text", ""))

    def has_news(self, visitor: Visitor) -> bool:
        """Whether a text was sent that is neither kept nor handed in; a level alone is none."""
        is_standing = self.standing is not None and self.text_sent == self.standing.text
        return bool(self.text_sent) and not is_standing and super().has_news(visitor)

    def said(self, body: Body) -> Iterator[str]:
        """Return the text, if there is any."""
        yield from (text for text in body.get("text", [])[:1] if text.strip())

    # ---- the deed ----------------------------------------------------------------------------

    def take(self, form: DraftedForm, visitor: Visitor, *, now: datetime) -> str:
        """Hand the text in, or keep it as a draft when that is what was asked."""
        form = cast(ReflectForm, form)
        if SAVE in request.form:
            self.save_or_say(visitor, form, now=now)
            return self.onward_when_kept()
        self.stop_at_two_texts(visitor, form, now=now)
        was = progress(learner_course(), visitor.done_keys)
        module = learner_course().module_by_slug[self.step.module_slug]
        try:
            self._stop_at_new_readers(form, visitor)
            self._ask_about_others(form, visitor, now=now)
            self._submit(form, visitor, now=now)
        except NothingWritten:
            form.text.errors = [_("There is no text yet. Write something first, or keep it for later.")]
            raise NotTaken from None
        except ReflectionTooLong as found:
            form.text.errors = [
                _(
                    "The text has %(found)s characters; at most %(most)s can be handed in. It is kept as a draft.",
                    found=found.length,
                    most=LONGEST,
                )
            ]
            self._keep_and_stop(visitor, form)
        except StaleReflection as found:
            self.standing = found.standing
            if not is_only_set_back(found.standing, form.page_version):
                self.newer = found.standing.newest
            form.form_errors.append(_why_stale(found.standing, form.page_version))
            form.version.data = str(found.standing.version)
            self._keep_and_stop(visitor, form)
        if was.of(module).state_of(self.step) is State.DONE:
            is_first = self.standing is None or self.standing.newest is None
            tell(_("Your text is handed in.") if is_first else _("The new version is handed in."))
        else:
            tell_done(learner_course(), visitor, self.step)
        return path_of(self.step)

    def _stop_at_new_readers(self, form: ReflectForm, visitor: Visitor) -> None:
        """Stop once where others would read along than the page named; the page that comes names them."""
        if not self.has_new_readers(form.level.data, visitor):
            return
        form.form_errors.append(new_readers())
        if self.standing is not None and is_only_set_back(self.standing, form.page_version):
            form.version.data = str(self.standing.version)
        self._keep_and_stop(visitor, form)

    def has_new_readers(self, level: str, visitor: Visitor) -> bool:
        """Whether others would read a text at a level than the form named, when it was shown. Locks the enrolment."""
        if level == Level.PRIVATE:
            return False
        enrolment_id = learning.enrolment_of(visitor)
        learning.lock_enrolment(db.session, enrolment_id)
        now = _signs(*cohorts.guides_of(db.session, enrolment_id))
        return not now <= set(request.form.get("readers", "").split())

    def _ask_about_others(self, form: ReflectForm, visitor: Visitor, *, now: datetime) -> None:
        """Stop once at a text that looks as if it held somebody else's data; what was typed is kept as a draft.

        A text that stands is not asked about again for the same readers, nor when it goes back to only its writer.
        Raises NothingWritten, ReflectionTooLong; NotTaken with a concern.
        """
        text, level = reflecting.clean_text(form.text.data or ""), form.level.data
        if self.standing is not None and self.standing.text == text and level in (Level.PRIVATE, self.standing.level):
            return
        if not is_answered(level) and (traces := traces_in(text, now.date())):
            self.concern = concern_about(text, traces, level)
            form.form_errors.append(_("Does this say something about someone else?"))
            self._keep_and_stop(visitor, form)

    def asks_before_sharing(self, level: str, version: int, *, now: datetime) -> bool:
        """Whether there is something to ask before the text as it stands is read at another level than now.

        A page that is out of date shares nothing anyway.
        """
        standing = self.standing
        if standing is None or standing.version != version or level in (Level.PRIVATE, standing.level):
            return False
        if not is_answered(level) and (traces := traces_in(standing.text, now.date())):
            self.concern = concern_about(standing.text, traces, level, is_shared_only=True)
        return self.concern is not None

    def _submit(self, form: ReflectForm, visitor: Visitor, *, now: datetime) -> None:
        reflecting.submit_reflection(
            db.session,
            visitor,
            learner_course(),
            self.step,
            text=form.text.data or "",
            level=form.level.data,
            version=form.page_version,
            now=now,
        )

    def _keep_and_stop(self, visitor: Visitor, form: ReflectForm) -> None:
        """Let the draft stay that was saved before the text could not be handed in."""
        kept = self.draft(visitor)
        form.draft_version.data = str(kept.version if kept else 0)
        db.session.commit()
        raise NotTaken

    # ---- the template ------------------------------------------------------------------------

    def facts(self, visitor: Visitor) -> dict[str, Any]:
        """Return what the template asks: what was handed in, from before, and who would read it."""
        standing = self.standing if self.standing is not None and self.standing.newest is not None else None
        earlier = standing.revisions[1:] if standing else ()
        return super().facts(visitor) | {
            "standing": standing,
            "deleted_at": self.standing.deleted_at if self.standing else None,
            "newer": self.newer,
            "earlier": earlier,
            "readers": self._readers(visitor),
            "concern": self.concern,
            "shared": sharing.texts_shared_at(db.session, visitor, self.step) if standing else None,
            "enough": ENOUGH,
            "thread": self._thread(visitor) if self.standing else None,
            "thread_path": answer_path(self.path),
            "again": request.args.get("again", 0, type=int) % 1000 + 1,
        }

    def _thread(self, visitor: Visitor) -> Thread:
        """Return what trainers wrote about it, and note that its learner sees it."""
        found = answering.thread_of(db.session, visitor, self.step)
        note_read(visitor, self.step, found)
        return found

    def _readers(self, visitor: Visitor) -> Readers:
        """Say for each level who reads along, by name."""
        lines = cohorts.trainer_lines(db.session, visitor.cohort_id) if visitor.cohort_id is not None else ()
        trainers = {line.user_id: line.name for line in lines if not line.is_closed}
        notes = {
            Level.PRIVATE.value: _("A trainer sees that the step is done, nothing more."),
            Level.TRAINERS.value: _trainers_note(tuple(trainers.values()), visitor.cohort_name),
            Level.COHORT.value: _cohort_note(visitor),
        }
        return Readers(notes, ICONS, " ".join(sorted(_signs(visitor.cohort_id or 0, trainers))))


def _signs(cohort_id: int, trainers: Iterable[int]) -> frozenset[str]:
    """Name a cohort and its trainers for the hidden field of a form, so that nobody learns their numbers."""
    named = (f"cohort {cohort_id}", *(f"trainer {user_id}" for user_id in trainers))
    return frozenset(house().keyed_hash(f"reader\0{one}")[:SIGN_LENGTH] for one in named)


def new_readers() -> str:
    """Say that others would read a text than the page named."""
    return str(_("Other people read along now than when you opened this page. Look again who may read this."))


def is_only_set_back(standing: ReflectionRead, page_version: int) -> bool:
    """Whether all that happened to a text since a page was opened is that other people read along."""
    return standing.set_back_at is not None and page_version == standing.version - 1


def _why_stale(standing: ReflectionRead, page_version: int) -> str:
    if is_only_set_back(standing, page_version):
        return new_readers()
    return str(_("Another text was handed in after you opened this page. Combine the two, then hand in again."))


def _trainers_note(names: Sequence[str], cohort: str | None) -> str:
    if not names:
        return str(_("Cohort %(cohort)s has no trainer yet, so nobody for now.", cohort=cohort))
    who = ngettext(
        "%(names)s, trainer of cohort %(cohort)s.",
        "%(names)s, trainers of cohort %(cohort)s.",
        len(names),
        names=listed(names),
        cohort=cohort,
    )
    when = _("They can reply to it. Nobody gives a grade.")
    return f"{who} {when}"


def _cohort_note(visitor: Visitor) -> str:
    """Say who reads a text without its name; a trainer's own is among nobody's."""
    if visitor.role == "trainer":
        return str(_("Nobody: you are a trainer here, and the cohort sees the texts of learners only."))
    who = _(
        "The other learners of cohort %(cohort)s who handed in theirs, without your name, from %(count)d texts on.",
        cohort=visitor.cohort_name,
        count=ENOUGH,
    )
    trainers = _("A trainer who handed in a text reads it in the same way, without your name.")
    return f"{who} {trainers}"
