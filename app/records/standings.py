"""How everybody in a cohort stands: what its page tells of all, in as many statements for ten as for ten thousand.

No moment is read as a moment for all of them (a column of moments costs 10 ms per 10,000 rows): they come as texts, and
only those of learners who may have a flag are read. All comes by the connection: a session makes a row dearer by half.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, case, cast, false, func, select, true
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import Completes
from app.course.rules.cohort_modules import NO_EXTENSIONS, due_day
from app.course.rules.flags import BEGUN_DAYS, Facts, Failed, Flag, Kind, Rules, flags_of, is_resting
from app.course.rules.many import Bits, Sum
from app.course.steps.quiz_step import QuizStep
from app.records.guides import Trained
from app.records.models import Attempt, Draft, Enrolment, Extension, FlagSnooze, Reflection, User
from app.records.people import named


class Order(StrEnum):
    """By what learners are sorted before their page is cut out; what else is asked is sorted by in memory."""

    NAME = "name"
    LAST_DEED = "last"
    """Who did something last comes first."""


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A reflection that waits for a reply of a trainer, since a moment."""

    reflection_id: int
    enrolment_id: int
    step_key: str
    since: datetime


class Standing(NamedTuple):
    """A learner among many. `flags`: all of them, the worst first; `awake`: those that their trainer lets not rest.

    `began`: whether they did anything yet; `matches`: whether the question of the page finds them.
    """

    enrolment_id: int
    sum: Sum
    began: bool
    flags: tuple[Flag, ...]
    awake: tuple[Flag, ...]
    waiting: tuple[WaitingText, ...]
    matches: bool


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """What a row of a page says of a learner beside how far they are."""

    enrolment_id: int
    cohort_id: int
    user_id: int
    name: str
    email: str
    came_at: datetime
    has_come: bool
    last_deed_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Due:
    """A module with a day by which it is hoped to be done: `day` where it is the same for all of a cohort."""

    number: int
    slug: str
    day: date | None


@dataclass
class _Ground:
    """What the flags of a cohort go by, made once for all its learners."""

    course: Course
    cohort: Trained
    rules: Rules
    now: datetime
    bits: Bits = field(init=False)
    quizzes: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The slug of each quiz, under all its names, and the bit of its step."""
    drafted: dict[str, int] = field(default_factory=dict)
    """The bit of each step whose form keeps drafts, under all its names."""
    all_drafted: int = 0
    """The bits of these steps."""
    dues: list[_Due] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bits = Bits(self.course)
        for step in self.course.steps:
            bit = self.bits.mask(step.key)
            if step.completes is not Completes.SAID:
                self.drafted.update(dict.fromkeys(step.keys, bit))
                self.all_drafted |= bit
            if isinstance(step, QuizStep):
                self.quizzes.update(dict.fromkeys(step.quiz.keys, (step.quiz.slug, bit)))
        today = self.rules.day_of(self.now)
        for number, module in enumerate(self.course.modules):
            early, late = (due_day(self.cohort.plan, module, came) for came in (date.min, date.max - timedelta(4000)))
            if early is not None and (early != late or early < today):
                self.dues.append(_Due(number, module.slug, early if early == late else None))


def everybody(
    session: Session,
    cohort: Trained,
    course: Course,
    rules: Rules,
    *,
    user_id: int,
    now: datetime,
    order: Order = Order.NAME,
    question: str = "",
) -> tuple[Standing, ...]:
    """Tell how all learners of a cohort stand, whose account is open. `course` as the cohort has it.

    `user_id` is the trainer's: flags rest for who let them rest. Five statements; six where due days have passed, or
    may have for some.
    """
    return _standings(session, _Ground(course, cohort, rules, now), user_id, _order(order), question)


def standing_of(
    session: Session, cohort: Trained, course: Course, rules: Rules, enrolment_id: int, *, user_id: int, now: datetime
) -> Standing | None:
    """Tell the same of one; nothing for who is no learner of the cohort. As many statements."""
    ground = _Ground(course, cohort, rules, now)
    found = _standings(session, ground, user_id, (), "", Enrolment.id == enrolment_id)
    return found[0] if found else None


def _order(order: Order) -> tuple[Any, ...]:
    if order is Order.LAST_DEED:
        return Enrolment.last_deed_at.desc().nulls_last(), User.sort_name, Enrolment.id
    return User.sort_name, Enrolment.id


def _standings(
    session: Session, ground: _Ground, user_id: int, order: Sequence[Any], question: str, *only: ColumnElement[bool]
) -> tuple[Standing, ...]:
    cohort_id = ground.cohort.cohort_id
    here = and_(Enrolment.cohort_id == cohort_id, _learns(), *only)
    day = ground.rules.day_of(ground.now) - timedelta(days=ground.rules.silent_days - 1)
    quiet_since = datetime.combine(day, time(), ground.rules.zone)
    rows = (
        session.connection()
        .execute(
            select(Enrolment.id, Enrolment.done, Enrolment.started_at.is_not(None), User.password_hash.is_not(None))
            .add_columns(func.coalesce(Enrolment.last_deed_at, Enrolment.created_at) < quiet_since)
            .add_columns(cast(Enrolment.last_deed_at, String), cast(Enrolment.created_at, String), _matches(question))
            .join(User, User.id == Enrolment.user_id)
            .where(here)
            .order_by(*order)
        )
        .all()
    )
    failed, begun = _failed(session, ground, only), _begun(session, ground, only)
    waiting, seen = _waiting(session, here), _seen(session, user_id, here)
    has_dues, is_over, bits = bool(ground.dues), ground.rules.is_over, ground.bits
    extended = _extended(session, here) if has_dues and not is_over else {}
    found = []
    for id_, done, began, has_come, is_quiet, last, came, matches in rows:
        one = bits.sum(bits.mask(done))
        flags: tuple[Flag, ...] = ()
        may_need = has_dues or is_quiet or not has_come or id_ in failed or id_ in begun
        if may_need and not one.finished and not is_over:
            later = extended.get(id_, NO_EXTENSIONS)
            facts = _facts(ground, one, has_come, last, came, failed.get(id_, ()), begun.get(id_, ()), later)
            flags = flags_of(facts, ground.rules, ground.now)
        awake = flags
        if flags and seen:
            awake = tuple(flag for flag in flags if not is_resting(flag, seen.get((id_, flag.kind))))
        found.append(Standing(id_, one, began or bool(one.done), flags, awake, waiting.get(id_, ()), bool(matches)))
    return tuple(found)


def _learns() -> ColumnElement[bool]:
    return and_(Enrolment.role == "learner", Enrolment.standing == "active", User.deactivated_at.is_(None))


def _matches(question: str) -> ColumnElement[bool]:
    words = named(question)
    return case((and_(*words), true()), else_=false()) if words else true()


# ---- what may be a flag ------------------------------------------------------------------------


def _facts(
    ground: _Ground,
    one: Sum,
    has_come: bool,
    last: str | None,
    came: str,
    failed: Iterable[tuple[str, int, str]],
    begun: Iterable[tuple[str, str]],
    extended: Mapping[str, date],
) -> Facts:
    came_at = _moment(came)
    return Facts(
        came_at,
        has_come,
        _moment(last) if last else None,
        one.finished,
        tuple(_failed_of(ground, one, failed)),
        tuple(_due_of(ground, one, came_at, extended)),
        _begun_at(ground, one, begun),
    )


def _moment(text: str) -> datetime:
    """Read a moment as a database writes it: SQLite forgets that it is in UTC."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _failed_of(ground: _Ground, one: Sum, failed: Iterable[tuple[str, int, str]]) -> Iterable[Failed]:
    """Yield the quizzes that somebody failed, whose step is not done, under the names that they have now."""
    for slug, times, last in failed:
        now, bit = ground.quizzes.get(slug, ("", 0))
        if now and not one.mask & bit:
            yield Failed(now, times, _moment(last))


def _due_of(ground: _Ground, one: Sum, came_at: datetime, extended: Mapping[str, date]) -> Iterable[tuple[str, date]]:
    for due in ground.dues:
        if not one.modules[due.number].finished:
            module = ground.course.modules[due.number]
            day = None if extended else due.day
            day = day or due_day(ground.cohort.plan, module, ground.rules.day_of(came_at), extended)
            if day is not None:
                yield due.slug, day


def _begun_at(ground: _Ground, one: Sum, begun: Iterable[tuple[str, str]]) -> datetime | None:
    """Return since when the oldest draft lies of a step that is not done.

    Nothing where only one step could hold it: then the flag would name the step.
    """
    undone = ground.all_drafted & ~one.mask
    moments = [_moment(saved) for about, saved in begun if ground.drafted.get(about, 0) & undone]
    return min(moments) if moments and undone.bit_count() > 1 else None


def _of_cohort(ground: _Ground) -> ColumnElement[bool]:
    """Whether an enrolment is of the cohort: who it is, the reading of all learners says."""
    return Enrolment.cohort_id == ground.cohort.cohort_id


def _failed(
    session: Session, ground: _Ground, only: Sequence[ColumnElement[bool]]
) -> Mapping[int, list[tuple[str, int, str]]]:
    """Read who failed a quiz more than once and did not pass at the second attempt or later."""
    found: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
    if ground.rules.is_over or not ground.quizzes:
        return found
    rows = session.connection().execute(
        select(Attempt.enrolment_id, Attempt.quiz_slug, func.max(Attempt.number))
        .add_columns(cast(func.max(Attempt.submitted_at), String))
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(_of_cohort(ground), *only, Attempt.number > 1)
        .group_by(Attempt.enrolment_id, Attempt.quiz_slug)
        .having(func.max(case((Attempt.passed, 1), else_=0)) == 0)
    )
    for enrolment_id, slug, times, last in rows:
        found[enrolment_id].append((slug, times, last))
    return found


def _begun(
    session: Session, ground: _Ground, only: Sequence[ColumnElement[bool]]
) -> Mapping[int, list[tuple[str, str]]]:
    """Read whose drafts have lain for BEGUN_DAYS."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    if ground.rules.is_over or not ground.drafted:
        return found
    day = ground.rules.day_of(ground.now) - timedelta(days=BEGUN_DAYS - 1)
    rows = session.connection().execute(
        select(Draft.enrolment_id, Draft.about, cast(Draft.saved_at, String))
        .join(Enrolment, Enrolment.id == Draft.enrolment_id)
        .where(
            _of_cohort(ground),
            *only,
            Draft.body != "{}",
            Draft.saved_at < datetime.combine(day, time(), ground.rules.zone),
        )
    )
    for enrolment_id, about, saved in rows:
        found[enrolment_id].append((about, saved))
    return found


def _waiting(session: Session, here: ColumnElement[bool]) -> Mapping[int, tuple[WaitingText, ...]]:
    rows = session.connection().execute(
        select(Reflection.id, Reflection.enrolment_id, Reflection.step_key, Reflection.waiting_since)
        .join(Enrolment, Enrolment.id == Reflection.enrolment_id)
        .join(User, User.id == Enrolment.user_id)
        .where(here, Reflection.waiting_since.is_not(None))
        .order_by(Reflection.waiting_since, Reflection.id)
    )
    found: dict[int, list[WaitingText]] = defaultdict(list)
    for row in rows:
        found[row[1]].append(WaitingText(*tuple[Any, ...](row)))
    return {enrolment_id: tuple(texts) for enrolment_id, texts in found.items()}


def _extended(session: Session, here: ColumnElement[bool]) -> Mapping[int, dict[str, date]]:
    """Read who got more time for a module, and until when."""
    found: dict[int, dict[str, date]] = defaultdict(dict)
    rows = session.connection().execute(
        select(Extension.enrolment_id, Extension.module_slug, Extension.due_on)
        .join(Enrolment, Enrolment.id == Extension.enrolment_id)
        .join(User, User.id == Enrolment.user_id)
        .where(here)
    )
    for enrolment_id, slug, day in rows:
        found[enrolment_id][slug] = day
    return found


def _seen(session: Session, user_id: int, here: ColumnElement[bool]) -> Mapping[tuple[int, str], datetime]:
    rows = session.connection().execute(
        select(FlagSnooze.enrolment_id, FlagSnooze.flag, FlagSnooze.seen_at)
        .join(Enrolment, Enrolment.id == FlagSnooze.enrolment_id)
        .join(User, User.id == Enrolment.user_id)
        .where(here, FlagSnooze.user_id == user_id)
    )
    return {(enrolment_id, Kind(flag)): seen_at for enrolment_id, flag, seen_at in rows}


# ---- who is on the page --------------------------------------------------------------------------


def lines_of(session: Session, enrolment_ids: Sequence[int]) -> dict[int, LearnerLine]:
    """Read what rows of a page say of some learners, by enrolment. One statement."""
    rows = session.execute(
        select(Enrolment.id, Enrolment.cohort_id, User.id, User.name, User.email, Enrolment.created_at)
        .add_columns(User.password_hash.is_not(None), Enrolment.last_deed_at)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.id.in_(enrolment_ids), _learns())
    )
    return {row[0]: LearnerLine(*row) for row in rows}


def tries_of(session: Session, enrolment_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Count the attempts at quizzes that some learners made and never passed, by enrolment and quiz. One statement."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = session.execute(
        select(Attempt.enrolment_id, Attempt.quiz_slug, func.count())
        .where(Attempt.enrolment_id.in_(enrolment_ids))
        .group_by(Attempt.enrolment_id, Attempt.quiz_slug)
        .having(func.max(case((Attempt.passed, 1), else_=0)) == 0)
    )
    for enrolment_id, slug, count in rows:
        found[enrolment_id][slug] = count
    return found
