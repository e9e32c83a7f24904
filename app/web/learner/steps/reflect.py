"""The page of a reflection: written, kept as a draft, handed in, written again; shared as far as its learner says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.course.rules.progress import State, progress
from app.course.steps.reflect import ReflectStep
from app.records import cohorts, reflecting
from app.records.accounts import Visitor
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
from app.web.extensions import db
from app.web.learner.fields import listed
from app.web.learner.onward import tell_done
from app.web.learner.steps.drafted import SAVE, DraftedForm, DraftedPage, is_sent, version_in
from app.web.learner.steps.page import NotTaken
from app.web.pages import current_course, path_of, tell

LEVELS = (
    SelectChoice(Level.PRIVATE.value, _l("Only me")),
    SelectChoice(Level.TRAINERS.value, _l("Me and my trainers")),
    SelectChoice(Level.COHORT.value, _l("My cohort, without my name")),
)
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
    """Who would read a text at each level, in words."""

    notes: dict[str, str]
    icons: dict[str, str]


class ReflectPage(DraftedPage[ReflectStep]):
    """A prompt, a text, who may read it, and the texts from before."""

    template = "learner/steps/reflect.html"
    name = _l("Reflection")
    icon = "reflect"

    standing: ReflectionRead | None = None
    """What was handed in."""
    newer: RevisionRead | None = None
    """What was handed in elsewhere after the page was opened, when something else was sent."""

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

    def said(self, body: Body) -> Iterator[str]:
        """Return the text, if there is any."""
        yield from (text for text in body.get("text", [])[:1] if text.strip())

    # ---- the deed ----------------------------------------------------------------------------

    def take(self, form: DraftedForm, visitor: Visitor, *, now: datetime) -> str:
        """Hand the text in, or keep it as a draft when that is what was asked."""
        form = cast(ReflectForm, form)
        if SAVE in request.form:
            self.save_or_say(visitor, form, now=now)
            return path_of(self.step)
        self.stop_at_two_texts(visitor, form, now=now)
        was = progress(current_course(), visitor.done_keys)
        module = current_course().module_by_slug[self.step.module_slug]
        try:
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
            self.standing, self.newer = found.standing, found.standing.newest
            form.version.data = str(found.standing.version)
            form.form_errors.append(
                _("Another text was handed in after you opened this page. Combine the two, then hand in again.")
            )
            self._keep_and_stop(visitor, form)
        if was.of(module).state_of(self.step) is State.DONE:
            tell(_("The new version is handed in."))
        else:
            tell_done(current_course(), visitor, self.step)
        return path_of(self.step)

    def _submit(self, form: ReflectForm, visitor: Visitor, *, now: datetime) -> None:
        reflecting.submit_reflection(
            db.session,
            visitor,
            current_course(),
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
            "readers": Readers(self._notes(visitor), ICONS),
            "longest": LONGEST,
        }

    def _notes(self, visitor: Visitor) -> dict[str, str]:
        """Say for each level who reads along, by name."""
        cohort = visitor.cohort_name
        names = cohorts.trainers_of(db.session, visitor.cohort_id) if visitor.cohort_id is not None else ()
        if names:
            trainers = _("%(names)s, of cohort %(cohort)s. Nobody gives a grade.", names=listed(names), cohort=cohort)
        else:
            trainers = _("Cohort %(cohort)s has no trainer yet, so nobody for now.", cohort=cohort)
        return {
            Level.PRIVATE.value: _("A trainer sees that the step is done, nothing more."),
            Level.TRAINERS.value: trainers,
            Level.COHORT.value: _(
                "The others in cohort %(cohort)s. Your trainers do not see your name with it either.",
                cohort=cohort,
            ),
        }
