"""Pages made for paper: a whole module, and all that one wrote oneself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.course.content import TERM_LINK, Course, Term
from app.course.parts import Rich, StepBase, WayAround
from app.course.rules.alphabet import alphabetical
from app.course.rules.progress import ModuleProgress, State, progress
from app.course.steps.reflect import ReflectStep
from app.records import answering, drafts, reflecting
from app.records.drafts import DraftRead
from app.records.reflecting import ReflectionRead
from app.web.access import learner_here
from app.web.extensions import db
from app.web.learner.seen import is_seen
from app.web.learner.steps.page import StepPage
from app.web.learner.steps.reflect import LEVEL_WORDS
from app.web.learner.wing import bp, page_of
from app.web.pages import MODULES, current_course, learner_course, path_of

# ---- a module --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaperStep:
    """A step on paper. One that is not open yet shows its title alone; `mine` is what its learner wrote there."""

    number: int
    page: StepPage[Any]
    body: Markup
    facts: Mapping[str, Any]
    is_open: bool
    mine: ReflectionRead | None

    @property
    def step(self) -> StepBase:
        """The step itself."""
        step: StepBase = self.page.step
        return step


@bp.get("/modules/<module_slug>/print")
def print_module(module_slug: str) -> ResponseReturnValue:
    """Show a module on one page; with `mine` in the address, what one wrote oneself stands in it too."""
    visitor, course = learner_here(), learner_course()
    module = course.module_by_slug.get(module_slug) or abort(HTTPStatus.NOT_FOUND)
    if module.slug != module_slug:
        return redirect(f"{MODULES}{module.slug}/print", HTTPStatus.MOVED_PERMANENTLY)
    with_mine = "mine" in request.args
    mine = reflecting.reflections_of(db.session, visitor, course) if with_mine else {}
    steps = tuple(_paper_steps(progress(course, visitor.done_keys).of(module), mine))
    return render_template(
        "learner/print_module.html",
        visitor=visitor,
        module=module,
        steps=steps,
        ways=_ways(steps),
        terms=_terms(course, steps),
        asks=any(isinstance(one.step, ReflectStep) and one.is_open for one in steps),
        with_mine=with_mine,
        today=datetime.now(UTC),
    )


def _paper_steps(found: ModuleProgress, mine: Mapping[str, ReflectionRead]) -> Iterator[PaperStep]:
    for number, one in enumerate(found.steps, start=1):
        page, step = page_of(one.step), one.step
        is_open = one.state is not State.LOCKED
        yield PaperStep(
            number=number,
            page=page,
            body=beside_others(step.body, step.slug) if is_open else Markup(),
            facts=page.on_paper() if is_open else {},
            is_open=is_open,
            mine=mine.get(step.key) if is_open else None,
        )


def _ways(steps: tuple[PaperStep, ...]) -> tuple[tuple[WayAround, Markup], ...]:
    """Return the ways around the open steps with their texts, each once: who takes one reads it on paper too."""
    found = {one.step.care.around.slug: one.step.care.around for one in steps if one.is_open and one.step.care}
    return tuple((around, beside_others(around.body, f"around-{slug}")) for slug, around in found.items())


def _terms(course: Course, steps: tuple[PaperStep, ...]) -> tuple[Term, ...]:
    """Return the terms that the open steps and the ways around them use, by the alphabet."""
    opened = [one.step for one in steps if one.is_open]
    things: list[StepBase | WayAround] = [*opened, *(step.care.around for step in opened if step.care)]
    used = {term.slug for thing in things for term in course.terms_of(thing)}
    return alphabetical(term for term in course.glossary if term.slug in used)


# ---- several texts on one page ---------------------------------------------------------------

_TAG = re.compile(r"""<(?P<close>/?)(?P<name>[a-z][a-z0-9]*)(?P<attrs>(?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>""")
_HEADING = re.compile(r"h([2-5])")
_TO_A_NAME = re.compile(rf"""\s(?:id="|aria-labelledby="|href="#(?!{TERM_LINK.removeprefix("#")}))""")
"""What stands before a name on the same page; that of a term is on the page once, so it stays."""


def beside_others(text: Rich, name: str) -> Markup:
    """Return the HTML of a text as it stands on one page with others, below a heading of its own.

    Its ids begin with `name`, so that none is on the page twice; its headings are one level lower. `text` came out of
    the course's own renderer, which writes every attribute in double quotes.
    """

    def tag(found: re.Match[str]) -> str:
        lower = _HEADING.sub(lambda level: f"h{int(level[1]) + 1}", found["name"])
        attrs = _TO_A_NAME.sub(lambda start: f"{start[0]}{name}-", found["attrs"])
        return f"<{found['close']}{lower}{attrs}>"

    return Markup(_TAG.sub(tag, text.html))  # noqa: S704 - safe HTML, with other names


# ---- what one wrote oneself ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnText:
    """What somebody wrote at one step: handed in, kept as a draft, or both.

    `path` is empty, and the title too, for a step that has left the course; `prompt` for one that asks nothing now.
    """

    key: str
    title: str
    path: str
    prompt: Rich | None
    written: ReflectionRead | None
    drafts: tuple[str, ...]
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """What somebody wrote in one module, or, without a title, at steps that have left the course."""

    title: str
    texts: tuple[OwnText, ...]


@bp.get("/reflections")
def reflections() -> ResponseReturnValue:
    """Show all that one wrote oneself, module by module; nobody else can open it."""
    visitor, course = learner_here(), current_course()  # also where their cohort has left a module out
    written = reflecting.reflections_of(db.session, visitor, course)
    kept = drafts.drafts_of(db.session, visitor, course)
    threads = answering.threads_of(db.session, visitor, course)
    if any(one.is_new for replies in threads.values() for one in replies) and is_seen():
        answering.mark_read(db.writing(), visitor, now=datetime.now(UTC))
        db.writing().commit()
    return render_template(
        "learner/reflections.html",
        visitor=visitor,
        parts=tuple(_own_texts(course, written, kept)),
        threads=threads,
        levels=LEVEL_WORDS,
    )


def _own_texts(
    course: Course, written: Mapping[str, ReflectionRead], kept: Mapping[str, DraftRead]
) -> Iterator[OwnTexts]:
    for module in course.modules:
        found = (_own_text(step, step.key, written.get(step.key), kept.get(step.key)) for step in module.steps)
        if texts := tuple(one for one in found if one):
            yield OwnTexts(f"{module.number} {module.title}".strip(), texts)
    gone = sorted((written.keys() | kept.keys()) - {step.key for step in course.steps})
    found = (_own_text(None, key, written.get(key), kept.get(key)) for key in gone)
    if texts := tuple(one for one in found if one):
        yield OwnTexts("", texts)


def _own_text(
    step: StepBase | None, key: str, written: ReflectionRead | None, kept: DraftRead | None
) -> OwnText | None:
    """Return what was written at a step; nothing where nothing was, as where only answers to a quiz are kept."""
    typed = ["".join(body.get("text", [])[:1]).strip() for body in (kept.body, *kept.others)] if kept else []
    unsent = tuple(text for text in typed if text and (written is None or text != written.text))
    if not unsent and written is None:
        return None
    return OwnText(
        key=key,
        title=step.title if step else "",
        path=path_of(step) if step and step.key in learner_course().places else "",
        prompt=step.prompt if isinstance(step, ReflectStep) else None,
        written=written,
        drafts=unsent,
        saved_at=kept.saved_at if kept and unsent else None,
    )
