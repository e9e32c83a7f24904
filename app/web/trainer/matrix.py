"""The matrix of a cohort: who did which step, by shape, colour and word. A cell is put into words once a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup, escape

from app.course.content import Course, Module
from app.course.parts import StepBase
from app.course.rules.flags import FAILS
from app.course.rules.many import Bits
from app.course.steps.quiz_step import QuizStep
from app.records.standings import LearnerLine, Standing
from app.web.languages import once_a_language
from app.web.pages import local_day


class Cell(StrEnum):
    """How a step stands for somebody."""

    DONE = "done"
    BUSY = "busy"
    """A quiz that was tried and not passed."""
    STUCK = "stuck"
    WAIT = "wait"
    """A text that waits for a reply of its trainers; the step is done."""
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell looks like: its class, that of its key in the legend, the sign in it, and its words."""

    cell: str
    key: str
    sign: str
    words: str


LOOKS = {
    Cell.DONE: Look("st is-done", "key--done", "", _l("done")),
    Cell.BUSY: Look("st is-busy", "key--busy", "", _l("tried, not passed")),
    Cell.STUCK: Look("st is-stuck", "key--stuck", "!", _l("stuck")),
    Cell.WAIT: Look("st is-wait", "key--wait", "?", _l("waits for your reply")),
    Cell.OPEN: Look("st", "key--open", "", _l("not yet")),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A module of the matrix; its steps stand beside it while it is unfolded. `href` folds or unfolds it."""

    module: Module
    is_unfolded: bool
    href: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A learner in the matrix: whether a flag of theirs is awake, whether a text waits, and the cells as HTML."""

    line: LearnerLine
    needs: bool
    waits: bool
    cells: Markup


@once_a_language
def _html(name: str) -> str:
    """Return a cell of a sort, in the language of the request."""
    look = LOOKS[Cell(name)]
    return f'<td class="{look.cell}"><span class="vh">{look.words}</span></td>'


@dataclass(frozen=True, slots=True)
class _Place:
    """A step of the matrix: its bit, the names of its quiz if it has one, and the names that it has or had."""

    bit: int
    quiz_keys: tuple[str, ...]
    keys: tuple[str, ...]


class Matrix:
    """Makes the rows of a page from what is known of its learners."""

    def __init__(self, course: Course, unfolded: Sequence[str], tries: Mapping[int, Mapping[str, int]]) -> None:
        """`tries`: attempts at quizzes that were not passed, by enrolment and quiz."""
        bits = Bits(course)
        self._tries = tries
        self._modules = [
            (
                f'<td class="mod" data-label="{escape(module.number)}">',
                [_place_of(bits, step) for step in module.steps] if module.slug in unfolded else [],
            )
            for module in course.modules
        ]
        self._html = {cell: _html(cell.value) for cell in Cell}
        self._of = str(_("%(done)s of %(all)s"))

    def row(self, one: Standing, line: LearnerLine) -> MatrixRow:
        """Make the row of a learner."""
        waiting = {text.step_key for text in one.waiting}
        cells = []
        for (begin, places), part in zip(self._modules, one.sum.modules, strict=True):
            cells.append(f"{begin}{self._of % {'done': part.done, 'all': part.counted}}</td>")
            cells += [self._html[self._cell(one, place, waiting)] for place in places]
        joined = Markup("".join(cells))  # noqa: S704 - our own words, numbers, and what is escaped
        return MatrixRow(line, bool(one.awake), bool(one.waiting), joined)

    def _cell(self, one: Standing, place: _Place, waiting: set[str]) -> Cell:
        if not waiting.isdisjoint(place.keys):
            return Cell.WAIT
        if one.sum.mask & place.bit:
            return Cell.DONE
        tries = self._tries.get(one.enrolment_id, {})
        tried = sum(tries.get(key, 0) for key in place.quiz_keys)
        if not tried:
            return Cell.OPEN
        return Cell.STUCK if tried >= FAILS else Cell.BUSY


def _place_of(bits: Bits, step: StepBase) -> _Place:
    return _Place(bits.mask(step.key), step.quiz.keys if isinstance(step, QuizStep) else (), step.keys)


def last_deed(line: LearnerLine, now: datetime) -> str:
    """Say how long ago somebody did something."""
    if line.last_deed_at is None:
        return str(_("nothing yet"))
    days = (local_day(now) - local_day(line.last_deed_at)).days
    if days <= 1:
        return str(_("today") if days <= 0 else _("yesterday"))
    return str(ngettext("%(num)d day ago", "%(num)d days ago", days))
