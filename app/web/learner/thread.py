"""What trainers wrote about a learner's text, and what the learner writes back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import HiddenField, TextAreaField

from app.course.rules.third_persons import traces_in
from app.course.steps.reflect import ReflectStep
from app.records import answering, reflecting
from app.records.accounts import Visitor
from app.records.answering import Thread
from app.records.places import AnswerPlace
from app.records.reflecting import LONGEST, Level, NothingWritten, ReflectionTooLong
from app.records.threads import NotShared, ThreadWentOn
from app.web.access import learner_here, signed_enrolment
from app.web.drafting import SAVE, DraftedForm, DraftedText, NotTaken, is_sent
from app.web.extensions import db
from app.web.keeping import THREAD, answer_path
from app.web.learner.about_others import Concern, concern_about, is_answered
from app.web.learner.seen import note_read
from app.web.learner.wing import bp
from app.web.pages import find_step, learner_course, path_of, see, tell

STEP = "/modules/<module_slug>/<step_slug>"


class AnswerForm(DraftedForm):
    """What a learner writes back; `deed_key` makes sending twice once."""

    text = TextAreaField(_l("Your answer"))
    deed_key = HiddenField()


@dataclass(slots=True)
class Talk:
    """A learner in the thread of their text at a step; `concern` is what is asked before an answer goes."""

    visitor: Visitor
    step: ReflectStep
    page: DraftedText
    thread: Thread
    concern: Concern | None = None


@bp.route(STEP + THREAD, methods=["GET", "POST"])
def thread(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Show what was written about a text; take what its learner writes back."""
    talk = _talk(module_slug, step_slug)
    if is_sent():
        return _take(talk, AnswerForm(), now=datetime.now(UTC))
    note_read(talk.visitor, talk.step, talk.thread)
    form, kept = AnswerForm(), talk.page.draft(talk.visitor)
    form.draft_version.data = str(kept.version if kept else 0)
    form.text.data = next(talk.page.said(kept.body), "") if kept else ""
    return _shown(talk, form)


@bp.post(STEP + THREAD + "/draft")
def answer_draft(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Save what is being typed, for a script."""
    talk = _talk(module_slug, step_slug)
    return talk.page.saved_for_a_script(talk.visitor, now=datetime.now(UTC))


@bp.post(STEP + THREAD + "/choose")
def choose_answer(module_slug: str, step_slug: str) -> ResponseReturnValue:
    """Go on with a text that another tab kept, or let the others go; first save what was typed."""
    talk, form = _talk(module_slug, step_slug), AnswerForm()
    try:
        talk.page.choose(talk.visitor, form, now=datetime.now(UTC))
    except NotTaken:
        db.session.rollback()
        return _shown(talk, form)
    db.session.commit()
    return see(talk.page.path)


def _talk(module_slug: str, step_slug: str) -> Talk:
    """Return the thread of the visitor's own text; 404 where there is none."""
    visitor, step = learner_here(), find_step(module_slug, step_slug)
    if not isinstance(step, ReflectStep):
        abort(HTTPStatus.NOT_FOUND)
    found = answering.thread_of(db.session, visitor, step)
    if not found.replies:
        abort(HTTPStatus.NOT_FOUND)
    return Talk(visitor, step, DraftedText(AnswerPlace(step), answer_path(path_of(step))), found)


def _take(talk: Talk, form: AnswerForm, *, now: datetime) -> ResponseReturnValue:
    """Send the answer, or keep it as a draft when that is what was asked."""
    try:
        if SAVE in request.form:
            talk.page.save_or_say(talk.visitor, form, now=now)
            db.session.commit()
            return see(talk.page.path)
        talk.page.stop_at_two_texts(talk.visitor, form, now=now)
        _answer(talk, form, now=now)
    except NotTaken:
        db.session.rollback()
        talk.thread = answering.thread_of(db.session, talk.visitor, talk.step)
        return _shown(talk, form)
    db.session.commit()
    tell(Markup('<span data-handed-in="{}">{}</span>').format(_deed(talk), _("Your answer is sent.")))
    return see(talk.page.path)


def _answer(talk: Talk, form: AnswerForm, *, now: datetime) -> None:
    """Write the answer. Raises NotTaken, with its draft kept, where it cannot be sent as it stands."""
    try:
        text = reflecting.clean_text(form.text.data or "")
        if not is_answered(Level.TRAINERS) and (traces := traces_in(text, now.date())):
            talk.concern = concern_about(text, traces, Level.TRAINERS)
            form.form_errors.append(_("Does this say something about someone else?"))
        else:
            _write(talk, form, text, now=now)
            return
    except NothingWritten:
        form.text.errors = [_("There is no answer yet. Write something first.")]
        raise NotTaken from None
    except ReflectionTooLong as found:
        form.text.errors = [
            _(
                "The text has %(found)s characters; at most %(most)s can be sent. It is kept as a draft.",
                found=found.length,
                most=LONGEST,
            )
        ]
    except NotShared:
        form.form_errors.append(_("You do not share this text with your trainers any more. Your answer was not sent."))
    except ThreadWentOn:
        form.form_errors.append(_("An answer from this page was sent before. Look at it, and send this one too."))
    kept = talk.page.draft(talk.visitor)
    form.draft_version.data = str(kept.version if kept else 0)
    db.session.commit()
    raise NotTaken


def _write(talk: Talk, form: AnswerForm, text: str, *, now: datetime) -> None:
    answering.answer(
        db.session,
        talk.visitor,
        talk.step,
        text=text,
        deed_key=str(form.deed_key.data or "") or abort(HTTPStatus.BAD_REQUEST),
        language=learner_course().language,
        now=now,
    )


def _shown(talk: Talk, form: AnswerForm) -> Response:
    """Answer with the thread and the form; 422 where the form has errors."""
    form.deed_key.data = secrets.token_urlsafe(12)
    words = render_template(
        "learner/thread.html",
        **talk.page.facts(talk.visitor),
        step=talk.step,
        standing=reflecting.reflection_of(db.session, talk.visitor, talk.step),
        thread=talk.thread,
        concern=talk.concern,
        form=form,
        deed=_deed(talk),
        enrolment=signed_enrolment(talk.visitor),
        visitor=talk.visitor,
    )
    return make_response(words, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)


def _deed(talk: Talk) -> str:
    """Name the answer that comes next: once it is there, the page has another name for the next."""
    mine = (one.reply_id for one in reversed(talk.thread.replies) if one.by_learner)
    return f"answer {talk.step.key.replace('/', ' ')} {next(mine, 0)}"
