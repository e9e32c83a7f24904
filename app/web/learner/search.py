"""Searching the course: its steps, the terms of its glossary and the pages in its foot."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.course.content import ContentPage, Course, Support, Term
from app.course.parts import StepBase
from app.course.rules.progress import Progress, progress
from app.course.rules.search import Hit, Piece, SearchIndex
from app.web.access import learner_here
from app.web.extensions import house
from app.web.languages import ASKED, name_of, own_address
from app.web.learner.wing import bp
from app.web.pages import learner_course, path_of
from app.web.progress_words import module_name

LONGEST = 200
"""Signs of a question that are read."""
MOST = 30
"""Hits on the page. Who needs more has a word too few."""


@dataclass(frozen=True, slots=True)
class Line:
    """A hit as a line of the page. `place` says in words where it stands; a locked step shows no text."""

    icon: str
    place: str
    title: str
    path: str
    heading: str
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another language of the course in which there is something too."""

    code: str
    name: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Results:
    """What the page says to a question."""

    question: str
    lines: tuple[Line, ...]
    count: int
    is_whole: bool
    elsewhere: tuple[Elsewhere, ...]


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Ask for words, and show where in the course they stand."""
    visitor = learner_here()
    question = " ".join(request.args.get("q", "")[:LONGEST].split())
    course = learner_course()
    results = _results(course, progress(course, visitor.done_keys), question) if question else None
    return render_template("learner/search.html", visitor=visitor, question=question, longest=LONGEST, results=results)


def _results(course: Course, so_far: Progress, question: str) -> Results:
    found = house().once(SearchIndex, course).find(question, most=MOST)
    return Results(
        question=question,
        lines=tuple(_line(hit, course, so_far) for hit in found.hits),
        count=found.count,
        is_whole=found.is_whole,
        elsewhere=() if found.count and found.is_whole else tuple(_elsewhere(course, question)),
    )


def _elsewhere(course: Course, question: str) -> Iterator[Elsewhere]:
    """Yield the other languages in which all the words stand somewhere."""
    for code in course.languages:
        if code != course.language:
            there = house().once(SearchIndex, learner_course(code)).find(question, most=0)
            if there.count and there.is_whole:
                yield Elsewhere(code, name_of(code), there.count, own_address(request.path, **{ASKED: code}))


def _line(hit: Hit, course: Course, so_far: Progress) -> Line:
    anchor = f"#{hit.anchor}" if hit.anchor else ""
    match hit.thing:
        case StepBase() as step:
            module = so_far.of(course.module_by_slug[step.module_slug])
            number = next(at for at, one in enumerate(module.steps, 1) if one.step.key == step.key)
            icon, place = house().pages[type(step)].icon, _step_place(module_name(module.module), number)
            if so_far.is_locked(step):
                return Line("only-me", _("%(place)s, not open yet", place=place), step.title, path_of(step), "", ())
            return Line(icon, place, step.title, path_of(step) + anchor, hit.heading, hit.snippet)
        case Term() as term:
            path = url_for("learner.glossary", _anchor=f"term-{term.slug}")
            return Line("read", _("Glossary"), term.term, path, "", hit.snippet)
        case ContentPage() as page:
            path = url_for("info.page", slug=page.slug) + anchor
            return Line("info", _("Page"), page.title, path, hit.heading, hit.snippet)
        case Support() as support:
            return Line("support", _("Page"), support.title, url_for("info.support") + anchor, hit.heading, hit.snippet)


def _step_place(module: str, number: int) -> str:
    place = str(_("%(module)s, step %(number)s", module=module, number=number))
    return place[:1].upper() + place[1:]
