"""How questions do their work: for each quiz what learners gave the first time, of all cohorts and without names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.course.content import Course
from app.course.quiz import Quiz
from app.course.rules.items import ENOUGH_ATTEMPTS
from app.course.rules.small_groups import ENOUGH
from app.course.steps.quiz_step import QuizStep
from app.exchange.tables import Cell
from app.records import item_tallies
from app.web.extensions import db, house
from app.web.pages import current_course
from app.web.tables import day_in, table_as, zone_here
from app.web.trainer.question_words import PartShown, QuestionShown, WordingShown, plain, shown
from app.web.trainer.wing import bp


@bp.get("/questions")
def all_questions() -> ResponseReturnValue:
    """List the quizzes of the course, each at the steps that put it."""
    return render_template("trainer/quizzes.html", course=current_course(), quizzes=_quizzes(current_course()))


@bp.get("/questions/<quiz_slug>")
def questions(quiz_slug: str) -> ResponseReturnValue:
    """Show how the questions of a quiz do."""
    quiz = _quiz_here(quiz_slug)
    if quiz.slug != quiz_slug:
        return redirect(url_for("trainer.questions", quiz_slug=quiz.slug), HTTPStatus.MOVED_PERMANENTLY)
    return render_template(
        "trainer/questions.html",
        quiz=quiz,
        questions=_shown(quiz),
        enough=ENOUGH,
        enough_attempts=ENOUGH_ATTEMPTS,
    )


@bp.get("/questions/<quiz_slug>/table.<any(csv, xlsx):kind>")
def export_questions(quiz_slug: str, kind: str) -> ResponseReturnValue:
    """Give what that page shows as a table. Nobody's data leave with it, so nothing is noted."""
    quiz = _quiz_here(quiz_slug)
    rows = _rows(_shown(quiz), zone_here())
    return table_as(kind, rows, title=_("Questions"), of_what=quiz.title, now=datetime.now(UTC))


def _quizzes(course: Course) -> dict[str, tuple[Quiz, list[QuizStep]]]:
    """Return each quiz with the steps that put it, in the order of the course."""
    found: dict[str, tuple[Quiz, list[QuizStep]]] = {}
    for step in course.steps:
        if isinstance(step, QuizStep):
            found.setdefault(step.quiz.slug, (step.quiz, []))[1].append(step)
    return found


def _quiz_here(slug: str) -> Quiz:
    """Return a quiz by the slug of the address, of today or before a renaming; or answer 404."""
    return current_course().quizzes.get(slug) or abort(HTTPStatus.NOT_FOUND)


def _shown(quiz: Quiz) -> Sequence[QuestionShown]:
    shelf = house().shelf
    courses = [shelf.course(language) for language in shelf.languages]
    elsewhere = [course.quizzes[quiz.slug] for course in courses if quiz.slug in course.quizzes]
    wordings = item_tallies.wordings_of(db.reading, quiz, kinds=shelf.question_kinds)
    return shown(quiz, elsewhere, wordings)


# ---- the table that leaves ---------------------------------------------------------------------


def _rows(questions: Sequence[QuestionShown], zone: ZoneInfo) -> Iterator[tuple[Cell, ...]]:
    """Yield the headings, and a row for each count: with the facts of its wording, so that rows can be sorted.

    A number that is withheld is an empty cell, and the remark says so.
    """
    yield (
        _("Number"), _("Question"), _("Language"), _("Wording"), _("Answered since"), _("Answered until"),
        _("First attempts"), _("Percent right"), _("Discrimination"), _("Part"), _("Answer"), _("Right"), _("Given by"),
        _("Percent"), _("Remark"),
    )  # fmt: skip
    for question in questions:
        for one in question.wordings:
            yield from _rows_of(question.number, one, zone)


def _rows_of(number: int, one: WordingShown, zone: ZoneInfo) -> Iterator[tuple[Cell, ...]]:
    item, read = one.item, one.wording
    facts: tuple[Cell, ...] = (
        number, one.text, one.language, one.state, day_in(zone, read.first_at), day_in(zone, read.last_at),
        item.attempts if item else None, item.percent if item else None,
        round(item.discrimination, 2) if item and item.discrimination is not None else None,
    )  # fmt: skip
    odd = " ".join(plain(words) for words in one.oddities)
    if item is None or not one.parts:
        yield (*facts, None, None, None, None, None, one.remark or odd)
    for part in one.parts:
        yield from ((*facts, *cells) for cells in _cells(part, odd))


def _cells(part: PartShown, odd: str) -> Iterator[tuple[Cell, ...]]:
    for count in part.counts:
        fits = {True: _("yes"), False: _("no"), None: None}[count.fits]
        remark = " ".join(words for words in (_("withheld") if count.number is None else "", odd) if words)
        yield part.label or None, count.words, fits, count.number, count.percent, remark or None
