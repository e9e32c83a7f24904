"""The page of a cohort: how far it is, who needs help today, what waits; and everybody's steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.course.content import Course
from app.course.rules.flags import Kind, Rules
from app.course.rules.many import Summary, summary
from app.records import snoozing, standings
from app.records.guides import Trained
from app.records.standings import LearnerLine, Standing, WaitingText
from app.web.extensions import db
from app.web.flag_words import FlagWords, flag_words
from app.web.pages import see, tell
from app.web.record import rules_of
from app.web.trainer.asked import SHOWN, Asked, Show, Sort, asked, by_need, in_order
from app.web.trainer.crowd import crowd_of
from app.web.trainer.matrix import LOOKS, Column, Matrix, MatrixRow, last_deed
from app.web.trainer.wing import COHORT, bp, course_of_cohort, trained_here, trainer_here

PAGE = 100
"""Learners on a page."""
AT_A_GLANCE = 10
"""People in "who needs something" before all of them are asked for."""
NAMED = 3
"""People whose texts wait who are named."""

SHOWS = {
    Show.ALL: _l("Everybody"),
    Show.NEEDS: _l("Need something"),
    Show.NOT_STARTED: _l("Not started"),
    Show.SILENT: _l("Silent"),
    Show.STUCK: _l("Stuck"),
    Show.WAITING: _l("Wait for me"),
    Show.DONE: _l("Done"),
}
SORTS = {
    Sort.NEED: _l("who needs me most"),
    Sort.NAME: _l("name"),
    Sort.PROGRESS: _l("progress, the least first"),
    Sort.LAST_DEED: _l("last deed, the newest first"),
}


@dataclass(frozen=True, slots=True)
class Needy:
    """Somebody who needs something: what, the worst first."""

    line: LearnerLine
    flags: tuple[FlagWords, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The texts that wait for a reply: how many, and of whom the oldest are. `first`: the oldest's number."""

    count: int
    names: tuple[str, ...]
    first: WaitingText
    days: int


@bp.get(COHORT)
def cohort(cohort_id: int) -> ResponseReturnValue:
    """Show how everybody in a cohort stands."""
    look = _look(cohort_id)
    if not look.some and look.asked.number > 1:
        return see(look.asked.address(page=1))
    lines = standings.lines_of(db.session, look.whose_lines())
    return render_template(
        "trainer/cohort.html",
        cohort=look.cohort,
        course=look.course,
        rules=look.rules,
        asked=look.asked,
        whole=look.summary(),
        crowd=crowd_of(look.course, look.everybody),
        needs=look.needs(lines),
        needy=len(look.needy),
        resting=sum(len(one.flags) - len(one.awake) for one in look.everybody),
        waiting=look.waiting(lines),
        filters=[(show, words, look.count(show)) for show, words in SHOWS.items()],
        sorts=SORTS,
        columns=look.columns(),
        rows=look.rows(lines),
        last_deed={line.enrolment_id: last_deed(line, look.now) for line in lines.values()},
        looks=list(LOOKS.values()),
        found=len(look.found),
        last=max(1, -(-len(look.found) // PAGE)),
        seen=look.now.isoformat(),
    )


def _look(cohort_id: int) -> _Look:
    """Read how everybody stands, as the request asks for it."""
    facts, now = trained_here(cohort_id), datetime.now(UTC)
    course, rules, wanted = course_of_cohort(facts), rules_of(facts, now), asked(cohort_id, request.args)
    found = standings.everybody(
        db.session,
        facts,
        course,
        rules,
        user_id=trainer_here().user_id,
        now=now,
        order=wanted.order,
        question=wanted.question,
    )
    return _Look(facts, course, rules, wanted, now, found)


@dataclass(frozen=True)
class _Look:
    """A look at a cohort: how everybody stands, and what is asked of the page."""

    cohort: Trained
    course: Course
    rules: Rules
    asked: Asked
    now: datetime
    everybody: Sequence[Standing]

    @cached_property
    def _matching(self) -> Sequence[Standing]:
        return [one for one in self.everybody if one.matches] if self.asked.question else self.everybody

    @cached_property
    def found(self) -> list[Standing]:
        """Those who are asked for, in order."""
        return in_order([one for one in self._matching if SHOWN[self.asked.show](one)], self.asked.sort)

    @cached_property
    def some(self) -> list[Standing]:
        """Those of this page."""
        return self.found[(self.asked.number - 1) * PAGE : self.asked.number * PAGE]

    @cached_property
    def needy(self) -> list[Standing]:
        """All who need something, the worst first."""
        return by_need(one for one in self.everybody if one.awake)

    @cached_property
    def _first_needy(self) -> list[Standing]:
        return self.needy[: PAGE if self.asked.show is Show.NEEDS else AT_A_GLANCE]

    @cached_property
    def _texts(self) -> list[WaitingText]:
        texts = (text for one in self.everybody for text in one.waiting)
        return sorted(texts, key=lambda text: (text.since, text.reflection_id))

    def whose_lines(self) -> list[int]:
        """Say whose names stand anywhere on the page, by enrolment."""
        people = {one.enrolment_id for one in (*self.some, *self._first_needy)}
        return sorted(people | {text.enrolment_id for text in self._texts[:NAMED]})

    def summary(self) -> Summary:
        """Sum up the cohort."""
        return summary(self.course, [one.sum for one in self.everybody], [one.began for one in self.everybody])

    def count(self, show: Show) -> int:
        """Count those of a kind whom the question finds."""
        return sum(map(SHOWN[show], self._matching))

    def needs(self, lines: Mapping[int, LearnerLine]) -> list[Needy]:
        """Say who needs what; who left in this very moment needs nothing."""
        return [
            Needy(lines[one.enrolment_id], tuple(flag_words(flag, self.course, self.rules) for flag in one.awake))
            for one in self._first_needy
            if one.enrolment_id in lines
        ]

    def waiting(self, lines: Mapping[int, LearnerLine]) -> Waiting | None:
        """Say which texts wait."""
        if not self._texts:
            return None
        first, named = self._texts[0], [text.enrolment_id for text in self._texts[:NAMED]]
        names = dict.fromkeys(lines[enrolment_id].name for enrolment_id in named if enrolment_id in lines)
        days = (self.rules.day_of(self.now) - self.rules.day_of(first.since)).days
        return Waiting(len(self._texts), tuple(names), first, days)

    @cached_property
    def _unfolded(self) -> tuple[str, ...]:
        """Which modules are unfolded: those that are asked for, or else the one in which most learners stand."""
        if self.asked.unfolded is not None:
            return self.asked.unfolded
        modules = [module.slug for module in self.course.modules for _step in module.steps]
        places = Counter(modules[one.sum.place] for one in self.everybody if one.sum.place is not None)
        return (places.most_common(1)[0][0],) if places else (self.course.modules[0].slug,)

    def columns(self) -> list[Column]:
        """Return the modules as columns, each with the address that folds it or unfolds it."""
        found = []
        for module in self.course.modules:
            is_unfolded = module.slug in self._unfolded
            others = [slug for slug in self._unfolded if slug != module.slug] + ([] if is_unfolded else [module.slug])
            found.append(Column(module, is_unfolded, self.asked.address(open=" ".join(others)) + "#matrix"))
        return found

    def rows(self, lines: Mapping[int, LearnerLine]) -> list[MatrixRow]:
        """Make the rows of the page; who left in this very moment is not on it."""
        here = [one for one in self.some if one.enrolment_id in lines]
        tries = standings.tries_of(db.session, [one.enrolment_id for one in here])
        matrix = Matrix(self.course, self._unfolded, tries)
        return [matrix.row(one, lines[one.enrolment_id]) for one in here]


# ---- letting rest --------------------------------------------------------------------------------


@bp.post(f"{COHORT}/snooze")
def snooze(cohort_id: int) -> ResponseReturnValue:
    """Let a flag rest until there is a new reason, or show those of a learner again."""
    facts, form, now = trained_here(cohort_id), request.form, datetime.now(UTC)
    learner = standings.lines_of(db.session, [_number(form, "who")]).get(_number(form, "who"))
    if learner is None or learner.cohort_id != facts.cohort_id:
        abort(HTTPStatus.NOT_FOUND)
    flag = _flag(form)
    user_id = trainer_here().user_id
    if "wake" in form:
        snoozing.wake(db.session, user_id, learner.enrolment_id, flag)
        tell(_("The signal of %(name)s is shown again.", name=learner.name))
    else:
        snoozing.snooze(db.session, user_id, learner.enrolment_id, flag, seen_at=min(_seen(form), now))
        tell(_("The signal of %(name)s rests until there is a new reason.", name=learner.name))
    db.session.commit()
    return see(url_for("trainer.cohort", cohort_id=cohort_id, _anchor="needs"))


def _number(form: MultiDict[str, str], name: str) -> int:
    found = form.get(name, 0, type=int)
    return found if 0 < found < 2**31 else abort(HTTPStatus.BAD_REQUEST)


def _flag(form: MultiDict[str, str]) -> Kind:
    sent = form.get("flag", "")
    return Kind(sent) if sent in set(Kind) else abort(HTTPStatus.BAD_REQUEST)


def _seen(form: MultiDict[str, str]) -> datetime:
    """Return when the page was made on which a flag was seen."""
    try:
        seen = datetime.fromisoformat(form.get("seen", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    return seen if seen.tzinfo else abort(HTTPStatus.BAD_REQUEST)
