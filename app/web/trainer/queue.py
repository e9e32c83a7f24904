"""The texts that wait for a trainer: read, replied to, and on to the next."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from wtforms import HiddenField, TextAreaField

from app.course.parts import StepBase
from app.course.steps.reflect import ReflectStep
from app.records import drafts, replying
from app.records.accounts import BIGGEST_ID, Visitor
from app.records.audit import Place, place_of
from app.records.drafts import DraftTooLarge, TooManyTexts
from app.records.guides import Trained
from app.records.places import ReplyPlace
from app.records.reflecting import LONGEST, NothingWritten, ReflectionTooLong
from app.records.replying import Seen, SharedRead
from app.records.threads import ThreadWentOn
from app.web.access import must_be_sent_by, signed_enrolment
from app.web.drafting import SAVE, DraftedForm, DraftedText, NotTaken, is_sent
from app.web.extensions import db, house
from app.web.forms import OpstapForm
from app.web.keeping import reply_path
from app.web.pages import current_course, see, tell
from app.web.trainer.wing import COHORT, bp, trained_here, trainer_here

REFLECTION = COHORT + "/reflections/<int(max=2147483647):reflection_id>"
NEXT = "next"
"""The button that goes on to the next text; and in an address, that somebody came from the one before."""
ONLY = "only"
"""In an address: the queue is that of one cohort."""
SIGN_LENGTH = 16


class ReplyForm(DraftedForm):
    """A reply. `seen` says, signed, which text and thread the page showed; `deed_key` makes sending twice once."""

    text = TextAreaField(_l("Your reply"))
    seen = HiddenField()
    deed_key = HiddenField()


@dataclass(frozen=True, slots=True)
class Desk:
    """A trainer at a text: `writer` is the trainer in the cohort of the text."""

    cohort: Trained
    reflection_id: int
    writer: Visitor
    page: DraftedText

    @property
    def path(self) -> str:
        """The address of the page."""
        return self.page.path


def _desk(cohort_id: int, reflection_id: int) -> Desk:
    """Sit down at a text of a cohort that the visitor trains; a form must be made for them in that cohort."""
    cohort = trained_here(cohort_id)
    must_be_sent_by(cohort.enrolment_id)
    writer = replace(
        trainer_here(), enrolment_id=cohort.enrolment_id, cohort_id=cohort_id, cohort_name=cohort.name, role="trainer"
    )
    page = DraftedText(ReplyPlace(reflection_id), reply_path(cohort_id, reflection_id))
    return Desk(cohort, reflection_id, writer, page)


# ---- the queue -------------------------------------------------------------------------------


@bp.get("/queue")
def queue() -> ResponseReturnValue:
    """List what waits for a reply, the longest first: in all cohorts of the trainer, or in the one asked for."""
    user_id, cohort = trainer_here().user_id, _asked_cohort()
    cohort_id = cohort.cohort_id if cohort else None
    after = place_of(request.args.get("after", ""))
    lines = replying.queue(db.session, user_id, cohort_id=cohort_id, after=after, size=replying.PAGE + 1)
    begun = replying.drafts_of_replies(db.session, user_id)
    more = lines[replying.PAGE - 1].place if len(lines) > replying.PAGE else None
    return render_template(
        "trainer/queue.html",
        lines=lines[: replying.PAGE],
        count=replying.waiting_count(db.session, user_id, cohort_id=cohort_id),
        most=replying.MOST_COUNTED,
        steps=current_course().step_by_key,
        cohort=cohort,
        only=f"?{ONLY}=1" if cohort else "",
        after=after,
        more=url_for("trainer.queue", cohort=cohort_id, after=str(more)) if more else "",
        begun_at={one.reflection_id for one in begun},
        left=[one for one in begun if not one.is_waiting],
    )


def _asked_cohort() -> Trained | None:
    """Return the cohort that the address asks for; none for all of them."""
    asked = request.args.get("cohort")
    if not asked:
        return None
    is_number = asked.isascii() and asked.isdigit() and int(asked[:12]) < BIGGEST_ID
    return trained_here(int(asked[:12])) if is_number else abort(HTTPStatus.NOT_FOUND)


def _next_after(desk: Desk, text: SharedRead) -> str:
    """Return the address of what waits longest after a text; empty where there is nothing."""
    place = Place(text.waiting_since, text.reflection_id) if text.waiting_since else None
    found = replying.queue(db.session, desk.writer.user_id, cohort_id=_only(desk), after=place, size=1)
    return _address(found[0].cohort_id, found[0].reflection_id, is_next=True) if found else ""


def _only(desk: Desk) -> int | None:
    return desk.cohort.cohort_id if ONLY in request.args else None


def _address(cohort_id: int, reflection_id: int, *, is_next: bool = False) -> str:
    asked = [f"{name}=1" for name, is_there in ((ONLY, ONLY in request.args), (NEXT, is_next)) if is_there]
    path = reply_path(cohort_id, reflection_id)
    return f"{path}?{'&'.join(asked)}" if asked else path


def _queue_address(desk: Desk) -> str:
    return url_for("trainer.queue", cohort=_only(desk))


# ---- one text --------------------------------------------------------------------------------


@bp.route(REFLECTION, methods=["GET", "POST"])
def reflection(cohort_id: int, reflection_id: int) -> ResponseReturnValue:
    """Show a shared text with its thread; take the reply to it."""
    desk = _desk(cohort_id, reflection_id)
    if is_sent():
        return _take(desk, ReplyForm(), now=datetime.now(UTC))
    text = replying.shared_text(db.session, desk.cohort, reflection_id)
    return _shown(desk, text, _fresh_form(desk)) if text else _gone(desk)


@bp.post(REFLECTION + "/draft")
def reply_draft(cohort_id: int, reflection_id: int) -> ResponseReturnValue:
    """Save what is being typed, for a script; 410 where the text is shared no more since its page was opened."""
    desk = _desk(cohort_id, reflection_id)
    is_there = _locked_text(desk, ReplyForm()) is not None
    response = desk.page.saved_for_a_script(desk.writer, now=datetime.now(UTC))
    if not is_there:
        response.status_code = HTTPStatus.GONE
    return response


@bp.post(REFLECTION + "/choose")
def choose_reply(cohort_id: int, reflection_id: int) -> ResponseReturnValue:
    """Go on with a text that another tab kept, or let the others go; first save what was typed."""
    desk, form, now = _desk(cohort_id, reflection_id), ReplyForm(), datetime.now(UTC)
    text = _locked_text(desk, form)
    try:
        desk.page.choose(desk.writer, form, now=now)
    except NotTaken:
        db.session.rollback()
        return _shown(desk, text, form) if text else _gone(desk, sent=form)
    db.session.commit()
    return see(_address(cohort_id, reflection_id))


def _locked_text(desk: Desk, form: ReplyForm) -> SharedRead | None:
    """Read the text of a form that was sent, and let nothing happen to it meanwhile.

    None where it was on a page of this trainer's, and is shared no more; 404 where it never was.
    """
    replying.lock_thread(db.session, desk.cohort, desk.reflection_id)
    text = replying.shared_text(db.session, desk.cohort, desk.reflection_id)
    if text is None and _seen_in(desk, form) is None and not desk.page.kept_texts(desk.writer):
        abort(HTTPStatus.NOT_FOUND)
    return text


def _take(desk: Desk, form: ReplyForm, *, now: datetime) -> ResponseReturnValue:
    """Send the reply, or keep it as a draft when that is what was asked."""
    text = _locked_text(desk, form)
    if text is None:
        return _refuse(desk, form, now=now)
    try:
        if SAVE in request.form:
            desk.page.save_or_say(desk.writer, form, now=now)
            db.session.commit()
            return see(_address(desk.cohort.cohort_id, desk.reflection_id))
        desk.page.stop_at_two_texts(desk.writer, form, now=now)
        _reply(desk, form, now=now)
    except NotTaken:
        db.session.rollback()
        return _shown(desk, text, form)
    onward = _onward(desk, text)  # looked for while the text still has its place
    db.session.commit()
    _tell_sent(desk, text)
    return see(onward)


def _reply(desk: Desk, form: ReplyForm, *, now: datetime) -> None:
    """Write the reply. Raises NotTaken, with its draft kept, where it cannot be sent as it stands."""
    try:
        replying.reply(
            db.session,
            desk.cohort,
            desk.reflection_id,
            text=form.text.data or "",
            seen=_seen_in(desk, form) or abort(HTTPStatus.BAD_REQUEST),
            deed_key=str(form.deed_key.data or "") or abort(HTTPStatus.BAD_REQUEST),
            language=current_course().language,
            by=desk.writer.user_id,
            now=now,
        )
    except NothingWritten:
        form.text.errors = [_("There is no reply yet. Write something first, or skip this one.")]
        raise NotTaken from None
    except ReflectionTooLong as found:
        form.text.errors = [too_long(found)]
    except ThreadWentOn:
        form.form_errors.append(
            _("Something was written here after you opened this page. Read it, change your reply if needed, and send.")
        )
    else:
        return
    kept = desk.page.draft(desk.writer)
    form.draft_version.data = str(kept.version if kept else 0)
    db.session.commit()
    raise NotTaken


def too_long(found: ReflectionTooLong) -> str:
    """Say that a reply or an answer is too long to be sent."""
    return str(
        _(
            "The text has %(found)s characters; at most %(most)s can be sent. It is kept as a draft.",
            found=found.length,
            most=LONGEST,
        )
    )


def _onward(desk: Desk, text: SharedRead) -> str:
    """Return where to go after a reply: to the next text where that was asked, else back to the thread."""
    if NEXT not in request.form:
        return _address(desk.cohort.cohort_id, desk.reflection_id)
    return _next_after(desk, text) or _queue_address(desk)


def _tell_sent(desk: Desk, text: SharedRead) -> None:
    """Say that the reply is sent and how many texts still wait; and to the script of the page, whose copy can go."""
    count = replying.waiting_count(db.reading, desk.writer.user_id, cohort_id=_only(desk))
    sent = Markup('<span data-handed-in="{}">{}</span>').format(_deed(desk, text), _("Your reply is sent."))
    if not count:
        return tell(Markup("{} {}").format(sent, _("Nobody waits for you now.")))
    if count >= replying.MOST_COUNTED:
        waits = _("%(num)s or more still wait.", num=count)
    else:
        waits = ngettext("%(num)s still waits.", "%(num)s still wait.", count)
    return tell(Markup("{} {}").format(sent, waits))


# ---- what is shared no more ------------------------------------------------------------------


def _refuse(desk: Desk, form: ReplyForm, *, now: datetime) -> ResponseReturnValue:
    """Keep what was typed to a text that is shared no more, and show that alone; or let it go, when that was asked."""
    if "drop" in request.form:
        drafts.drop_draft(db.session, desk.writer, desk.page.place)
        db.session.commit()
        return see(url_for("trainer.queue"))
    try:
        desk.page.save(desk.writer, form, now=now)
    except (DraftTooLarge, TooManyTexts):
        db.session.rollback()
        return _gone(desk, sent=form)
    db.session.commit()
    return _gone(desk)


def _gone(desk: Desk, *, sent: ReplyForm | None = None) -> ResponseReturnValue:
    """Show what a trainer typed to a text that is shared no more, and nothing of that; 404 where nothing is kept."""
    texts = desk.page.kept_texts(desk.writer)
    if sent is not None and sent.text.data:
        texts = (sent.text.data, *texts)
    if not texts:
        abort(HTTPStatus.NOT_FOUND)
    words = render_template(
        "trainer/reply_gone.html",
        texts=texts,
        path=desk.path,
        enrolment=signed_enrolment(desk.writer),
        form=OpstapForm(),
    )
    return make_response(words, HTTPStatus.GONE)


# ---- the page --------------------------------------------------------------------------------


def _fresh_form(desk: Desk) -> ReplyForm:
    form, kept = ReplyForm(), desk.page.draft(desk.writer)
    form.draft_version.data = str(kept.version if kept else 0)
    form.text.data = next(desk.page.said(kept.body), "") if kept else ""
    return form


def _shown(desk: Desk, text: SharedRead, form: ReplyForm) -> Response:
    """Answer with a text, its thread and the form, brought up to date; 422 where the form has errors."""
    fresh = replying.shared_text(db.session, desk.cohort, desk.reflection_id) if form.errors else text
    if fresh is None:
        abort(HTTPStatus.NOT_FOUND)
    form.seen.data = _sealed(desk, fresh.seen)
    form.deed_key.data = secrets.token_urlsafe(12)
    words = render_template(
        "trainer/reflection.html",
        **desk.page.facts(desk.writer),
        text=fresh,
        form=form,
        cohort=desk.cohort,
        enrolment=signed_enrolment(desk.writer),
        deed=_deed(desk, fresh),
        onward=_next_after(desk, fresh),
        query=_query(),
        queue=_queue_address(desk),
        has_focus=NEXT in request.args and not is_sent(),
        **_about(fresh.step_key),
    )
    return make_response(words, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)


def _query() -> str:
    return f"?{ONLY}=1" if ONLY in request.args else ""


def _about(step_key: str) -> Mapping[str, Any]:
    """Return the step that a text was written at, and what it asks: nothing for one that has left the course."""
    step: StepBase | None = current_course().step_by_key.get(step_key)
    return {"step": step, "prompt": step.prompt if isinstance(step, ReflectStep) else None}


def _deed(desk: Desk, text: SharedRead) -> str:
    """Name the reply that comes next from this trainer: once it is there, the page has another name for the next."""
    mine = (one.reply_id for one in reversed(text.replies) if one.author_id == desk.writer.user_id)
    return f"reply {desk.reflection_id} {next(mine, 0)}"


def _sealed(desk: Desk, seen: Seen) -> str:
    """Spell what a page shows so that only this site can say it: who sends it has had the page."""
    words = f"{seen.revision}-{seen.reply_id}"
    about = f"seen/{desk.cohort.enrolment_id}/{desk.reflection_id}/{words}"
    return f"{words}-{house().keyed_hash(about)[:SIGN_LENGTH]}"


def _seen_in(desk: Desk, form: ReplyForm) -> Seen | None:
    """Read what the page of a form showed; None where no page of this text's ever said so."""
    parts = str(form.seen.data or "").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 12 for part in parts[:2]):
        return None
    seen = Seen(int(parts[0]), int(parts[1]))
    return seen if hmac.compare_digest(_sealed(desk, seen).encode(), str(form.seen.data).encode()) else None
