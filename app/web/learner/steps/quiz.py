"""The page of a quiz: every question on one page, the answers kept as a draft until they are handed in."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.course.parts import Given, UnknownOption, revision_of
from app.course.quiz import Quiz
from app.course.rules.progress import progress
from app.course.steps.quiz_step import QuizStep
from app.records import attempts, learning
from app.records.accounts import Visitor
from app.records.attempts import AnswerRead, AnswerTooLong, AttemptLine, AttemptsUsedUp
from app.records.drafts import Body
from app.web.drafting import SAVE, DraftedForm, NotTaken, is_sent
from app.web.extensions import db, house
from app.web.learner.fields import QuestionField, field_name
from app.web.learner.onward import progress_with, tell_done
from app.web.learner.steps.drafted import DraftedPage
from app.web.pages import learner_course


class QuizForm(DraftedForm):
    """The questions of a quiz, and which attempt it is to be.

    `deed_key` names the attempt, so that handing in twice is once; `revision` the quiz that the page showed.
    """

    deed_key = HiddenField()
    revision = HiddenField()

    questions: tuple[QuestionField[Any], ...] = ()
    is_asked = False
    """Whether the answers are to be whole: they are handed in now, and were not before."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask every question whether its answer can be graded."""
        whole = bool(super().validate(extra_validators)) and not self.form_errors
        answered = [field.check() for field in self.questions] if self.is_asked else []
        return whole and all(answered)

    @property
    def errors(self) -> dict[str | None, Any]:
        """What went wrong, by field; the questions' among it."""
        all_fields: dict[str | None, Any] = super().errors
        return all_fields | {field.name: field.errors for field in self.questions if field.errors}

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What went wrong, each as (id of the input, words)."""
        return [("", words) for words in self.form_errors] + [
            (f"{field.name}-1", _("Question %(number)s: %(words)s", number=number, words=words))
            for number, field in enumerate(self.questions, 1)
            for words in field.errors
        ]


class QuizPage(DraftedPage[QuizStep]):
    """All questions of a quiz, and the attempts that were made before."""

    template = "learner/steps/quiz.html"
    name = _l("Quiz")
    icon = "quiz"
    paper = "learner/steps/_paper_quiz.html"
    saved_today = _l("Your answers were saved at %(time)s")
    saved_before = _l("Your answers were saved on %(moment)s")

    made: tuple[AttemptLine, ...] = ()
    """Attempts made before, the newest first."""
    handed_in: AttemptLine | None = None
    """The attempt as which the form that was sent was handed in already."""

    @property
    def quiz(self) -> Quiz:
        """The quiz of the step."""
        return self.step.quiz

    @property
    def attempts_left(self) -> int | None:
        """How many attempts may still be made; None is any number."""
        return self.quiz.attempts_left(len(self.made))

    # ---- the form ----------------------------------------------------------------------------

    def form(self, visitor: Visitor) -> QuizForm:
        """Return the questions, filled with what was sent or else with what is kept."""
        form = QuizForm()
        if is_sent():  # of two tabs that hand in at once, the second is to see the attempt of the first
            learning.lock_enrolment(db.session, learning.enrolment_of(visitor))
        self.made = attempts.attempts_of(db.session, visitor, self.quiz)
        sent_key = str(form.deed_key.data or "")
        self.handed_in = next((one for one in self.made if sent_key == deed_key(visitor, self.quiz, one.number)), None)
        key = deed_key(visitor, self.quiz, self.made[0].number + 1 if self.made else 1)
        form.questions = self._fields(_seed(key))
        is_changed = is_sent() and self.handed_in is None and form.revision.data != self._revision()
        self._fill(visitor, form, by_todays_slugs=is_changed)
        is_new = is_sent() and self.handed_in is None and self.attempts_left != 0
        form.is_asked = is_new and SAVE not in request.form
        if is_changed and form.is_asked:
            form.form_errors = [
                _(
                    "The quiz was changed after you opened this page."
                    " Answers that still fit are filled in: look once more."
                )
            ]
        form.deed_key.data = key
        form.revision.data = self._revision()
        if not is_sent():
            kept = self.draft(visitor)
            form.draft_version.data = str(kept.version if kept else 0)
        return form

    def typed(self) -> Body:
        """Return the answers that were sent, by the names of their inputs."""
        names = [field_name(question.slug) for question in self.quiz.questions]
        return {name: request.form.getlist(name) for name in names if name in request.form}

    def said(self, body: Body) -> Iterator[str]:
        """Name the answers of a draft, a line a question."""
        for number, field in enumerate(self._fields(0), 1):
            field.fill_from_draft(_values(body, field))
            if words := "; ".join(field.said(field.values)):
                yield f"{number}. {words}"

    def on_paper(self) -> dict[str, Any]:
        """Return the questions with what they offer; nothing says what is right."""
        return {"fields": self._fields(0)}

    def _fields(self, seed: int) -> tuple[QuestionField[Any], ...]:
        kinds, quiz = house().fields, self.quiz
        return tuple(kinds[type(question)](question, seed=seed, shuffle=quiz.shuffle) for question in quiz.questions)

    def _fill(self, visitor: Visitor, form: QuizForm, *, by_todays_slugs: bool) -> None:
        if is_sent():
            body = {name: request.form.getlist(name) for name in request.form}
        else:
            kept = self.draft(visitor)
            body = dict(kept.body) if kept else {}
        for field in form.questions:
            if is_sent() and not by_todays_slugs:
                field.fill(_values(body, field))
            else:
                field.fill_from_draft(_values(body, field))

    # ---- the deed ----------------------------------------------------------------------------

    def take(self, form: DraftedForm, visitor: Visitor, *, now: datetime) -> str:
        """Grade the answers and show the result; or keep them, when that is what was asked."""
        form = cast(QuizForm, form)
        if SAVE in request.form:
            self.save_or_say(visitor, form, now=now)
            return self.onward_when_kept()
        if self.handed_in is not None:
            return self._first_result(visitor, form, self.handed_in)
        course, key = learner_course(), str(form.deed_key.data)
        try:
            attempt_id = attempts.submit_quiz(
                db.session,
                visitor,
                course,
                self.step,
                {field.question.slug: field.given for field in form.questions},
                deed_key=key,
                shuffle_seed=_seed(key),
                draft_version=self.base_version(visitor, form),
                now=now,
            )
        except AttemptsUsedUp:
            form.form_errors = [_("All your attempts at this quiz are used, so these answers were not counted.")]
            raise NotTaken from None
        except (AnswerTooLong, UnknownOption):
            form.form_errors = [_("One of the answers cannot be accepted like this. Look at them once more.")]
            raise NotTaken from None
        self._tell_when_finished(visitor, attempt_id)
        return url_for("learner.attempt", attempt_id=attempt_id)

    def _first_result(self, visitor: Visitor, form: QuizForm, first: AttemptLine) -> str:
        """Return the result of the attempt that was made with this form; other answers than then need a new one."""
        before = attempts.attempt_of(db.session, visitor, first.id, kinds=house().shelf.question_kinds)
        answers = before.answers if before else ()
        if self.attempts_left == 0 or all(_is_same(answer, self._sent_for(answer.slug)) for answer in answers):
            return url_for("learner.attempt", attempt_id=first.id)
        form.form_errors = [
            _("You handed this page in before, with other answers. What you sent now is below, for a new attempt.")
        ]
        raise NotTaken

    def _sent_for(self, slug: str) -> Given:
        return tuple(value.strip() for value in request.form.getlist(field_name(slug)) if value.strip())

    def _tell_when_finished(self, visitor: Visitor, attempt_id: int) -> None:
        """Say so when a module or the course ended with this; that the step is done stands in the result."""
        course = learner_course()
        module = course.module_by_slug[self.step.module_slug]
        before, after = progress(course, visitor.done_keys), progress_with(course, visitor, self.step)
        if before.of(module).finished or not after.of(module).finished:
            return
        if any(one.id == attempt_id and one.passed for one in attempts.attempts_of(db.session, visitor, self.quiz)):
            tell_done(course, visitor, self.step)

    # ---- the template ------------------------------------------------------------------------

    def facts(self, visitor: Visitor) -> dict[str, Any]:
        """Return what the template asks: the attempts made, and which one this would be."""
        return super().facts(visitor) | {
            "quiz": self.quiz,
            "made": self.made,
            "attempts_left": self.attempts_left,
            "number": self.made[0].number + 1 if self.made else 1,
            "handed_in": self.handed_in,
            "keeps_draft": self.attempts_left != 0,
        }

    def _revision(self) -> str:
        """Return a sign of what the quiz asks, the same in every language."""
        return revision_of([self.quiz.slug, *(question.source_revision for question in self.quiz.questions)])


def deed_key(visitor: Visitor, quiz: Quiz, number: int) -> str:
    """Name one attempt of one enrolment: always the same name, and nobody can guess another's."""
    words = f"attempt/{visitor.enrolment_id}/{quiz.keys[-1]}/{number}"
    return house().keyed_hash(words)[:32]


def _seed(key: str) -> int:
    """Return the number that decides the order of options in an attempt; it fits 32 bits with a sign."""
    return int(key[:8], 16) >> 1


def _values(body: Body, field: QuestionField[Any]) -> list[str]:
    """Return what a body holds for a question, under any slug that it has or had."""
    return next((list(body[field_name(key)]) for key in field.question.keys if field_name(key) in body), [])


def _is_same(before: AnswerRead, sent: Given) -> bool:
    """Whether what was sent is the answer that was kept, in the order in which that is kept."""
    return (before.question.current(sent) if before.question else sent) == before.given
