"""What was done stays done, counts once, and `done` never differs from the rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import StepBase
from app.course.rules.progress import progress
from app.course.steps.quiz_step import QuizStep
from app.records.accounts import Visitor, visitor_of
from app.records.attempts import submit_quiz
from app.records.learning import (
    CannotBeTakenBack,
    NoEnrolment,
    StepLocked,
    changes_to_show,
    complete_step,
    keys_done,
    mark_seen,
    module_finished_at,
    take_back_step,
)
from app.records.models import Enrolment, ModuleCompletion, Reflection, StepCompletion
from app.records.reflecting import submit_reflection
from tests.makers import NOW, make_enrolment, make_visitor
from tests.nouns import (
    make_course,
    make_module,
    make_quiz,
    make_quiz_step,
    make_read,
    make_reflect,
    make_resources,
    single_choice,
    substance,
    typo,
)
from tests.racing import at_once, counted

LATER = NOW + timedelta(hours=1)

A, B = make_read("one/a"), make_read("one/b")
COURSE = make_course(make_module("one", A, B))


def done_of(session: Session, visitor: Visitor) -> str:
    """Return the copy on the enrolment."""
    return session.scalars(select(Enrolment.done).where(Enrolment.id == visitor.enrolment_id)).one()


def again(session: Session, visitor: Visitor) -> Visitor:
    """Return the visitor as the next request reads them."""
    found = visitor_of(session, visitor.user_id, visitor.stamp, visitor.enrolment_id)
    assert found is not None
    return found


# ---- completing ------------------------------------------------------------------------------


def test_a_completed_step_is_noted_with_where_and_when(session: Session) -> None:
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    complete_step(session, visitor, COURSE, B, now=LATER)
    enrolment = session.get_one(Enrolment, visitor.enrolment_id, populate_existing=True)
    assert enrolment.done == "one one/a one/b"
    assert (enrolment.started_at, enrolment.last_deed_at, enrolment.last_step_key) == (NOW, LATER, "one/b")
    row = session.scalars(select(StepCompletion).where(StepCompletion.step_key == "one/a")).one()
    assert (row.step_revision, row.seen_revision, row.completed_at, row.taken_back_at) == ("r1", "r1", NOW, None)


def test_completing_a_step_twice_changes_nothing(session: Session) -> None:
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    complete_step(session, visitor, COURSE, A, now=LATER)
    assert session.scalars(select(StepCompletion.completed_at)).all() == [NOW]
    assert session.scalars(select(Enrolment.last_deed_at)).all() == [NOW]


def test_a_module_is_finished_once_in_the_revision_that_it_had(session: Session) -> None:
    visitor = make_visitor(session)
    for step in (A, B):
        complete_step(session, visitor, COURSE, step, now=NOW)
    longer = make_course(make_module("one", A, B, make_read("one/c"), revision="module-2"))
    complete_step(session, visitor, longer, longer.steps[2], now=LATER)
    assert session.scalars(select(ModuleCompletion.module_revision)).all() == ["module-1"]
    assert module_finished_at(session, visitor.enrolment_id) == {"one": NOW}


def test_a_module_whose_last_missing_step_was_retired_is_finished_by_the_next_deed(session: Session) -> None:
    visitor = make_visitor(session)
    before = make_course(make_module("one", A, B), make_module("two"))
    complete_step(session, visitor, before, A, now=NOW)
    after = make_course(make_module("one", A), make_module("two"))
    complete_step(session, visitor, after, after.steps[1], now=LATER)
    assert done_of(session, visitor) == "one one/a two/first"


def test_a_step_in_fixed_order_waits_for_the_one_before_it(session: Session) -> None:
    visitor = make_visitor(session)
    reflect, quiz = make_reflect("one/c"), make_quiz_step("one/d")
    course = make_course(make_module("one", A, B, reflect, quiz, order="fixed"))
    with pytest.raises(StepLocked):
        complete_step(session, visitor, course, B, now=NOW)
    with pytest.raises(StepLocked):
        submit_reflection(session, visitor, course, reflect, text="Words", level="private", version=0, now=NOW)
    with pytest.raises(StepLocked):
        submit_quiz(session, visitor, course, quiz, {}, deed_key="k", shuffle_seed=1, now=NOW)
    complete_step(session, visitor, course, A, now=NOW)
    complete_step(session, visitor, course, B, now=NOW)
    assert done_of(session, visitor) == "one/a one/b"


def test_who_has_no_enrolment_can_do_no_deed(session: Session) -> None:
    visitor = make_visitor(session)
    for lost in (replace(visitor, enrolment_id=None), replace(visitor, enrolment_id=987_654)):
        with pytest.raises(NoEnrolment):
            complete_step(session, lost, COURSE, A, now=NOW)


# ---- taking back -----------------------------------------------------------------------------


@pytest.mark.parametrize("step", [make_read("one/a"), make_resources("one/a")], ids=["read", "resources"])
def test_a_read_step_can_be_taken_back_and_done_again(session: Session, step: StepBase) -> None:
    visitor = make_visitor(session)
    course = make_course(make_module("one", step, B))
    complete_step(session, visitor, course, step, now=NOW)
    take_back_step(session, visitor, course, step, now=LATER)
    assert done_of(session, visitor) == "~one/a"
    complete_step(session, visitor, course, step, now=LATER)
    assert done_of(session, visitor) == "one/a"
    assert session.scalars(select(StepCompletion.completed_at)).all() == [LATER]


def test_taking_back_what_was_not_done_changes_nothing(session: Session) -> None:
    visitor = make_visitor(session)
    take_back_step(session, visitor, COURSE, A, now=NOW)
    complete_step(session, visitor, COURSE, A, now=NOW)
    take_back_step(session, visitor, COURSE, A, now=NOW)
    take_back_step(session, visitor, COURSE, A, now=LATER)
    assert session.scalars(select(StepCompletion.taken_back_at)).all() == [NOW]
    assert session.scalars(select(Enrolment.last_deed_at)).all() == [NOW]


def test_a_finished_module_stays_finished_when_a_step_is_taken_back(session: Session) -> None:
    visitor = make_visitor(session)
    for step in (A, B):
        complete_step(session, visitor, COURSE, step, now=NOW)
    take_back_step(session, visitor, COURSE, B, now=LATER)
    assert done_of(session, visitor) == "one one/a ~one/b"
    complete_step(session, visitor, COURSE, B, now=LATER)
    assert module_finished_at(session, visitor.enrolment_id) == {"one": NOW}


@pytest.mark.parametrize("step", [make_reflect("one/a"), make_quiz_step("one/a")], ids=["reflect", "quiz"])
def test_what_was_not_completed_by_saying_so_is_not_taken_back_by_saying_so(session: Session, step: StepBase) -> None:
    visitor = make_visitor(session)
    with pytest.raises(CannotBeTakenBack):
        take_back_step(session, visitor, make_course(make_module("one", step)), step, now=NOW)


# ---- renames ---------------------------------------------------------------------------------

RENAMED = make_read("uno/new", former=["one/a"])
COURSE_RENAMED = make_course(make_module("uno", RENAMED, make_read("uno/b", former=["one/b"]), former=["one"]))


def test_a_step_done_under_its_former_name_is_done_and_makes_no_second_row(session: Session) -> None:
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    complete_step(session, visitor, COURSE_RENAMED, RENAMED, now=LATER)
    assert session.scalars(select(StepCompletion.step_key)).all() == ["one/a"]
    assert progress(COURSE_RENAMED, again(session, visitor).done_keys).percent == 50


def test_a_step_that_is_submitted_again_under_its_new_name_makes_no_second_row(session: Session) -> None:
    visitor = make_visitor(session)
    for step in (make_reflect("one/a"), make_reflect("one/new", former=["one/a"])):
        course = make_course(make_module("one", step))
        standing = _version(session, visitor)
        submit_reflection(session, visitor, course, step, text=step.key, level="private", version=standing, now=NOW)
    assert session.scalars(select(StepCompletion.step_key)).all() == ["one/a"]


def test_taking_back_a_renamed_step_takes_back_every_row_of_it(session: Session) -> None:
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    undeclared = make_course(make_module("uno", make_read("uno/new")))
    complete_step(session, visitor, undeclared, undeclared.steps[0], now=NOW)  # before the rename was declared
    take_back_step(session, visitor, COURSE_RENAMED, RENAMED, now=LATER)
    assert progress(COURSE_RENAMED, again(session, visitor).done_keys).steps_done == 0
    complete_step(session, visitor, COURSE_RENAMED, RENAMED, now=LATER)
    assert progress(COURSE_RENAMED, again(session, visitor).done_keys).steps_done == 1


def test_a_step_taken_back_under_its_former_name_is_done_again_under_the_new_one(session: Session) -> None:
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    take_back_step(session, visitor, COURSE, A, now=NOW)
    complete_step(session, visitor, COURSE_RENAMED, RENAMED, now=LATER)
    assert done_of(session, visitor) == "one/a"


def test_a_module_finished_under_its_former_name_is_not_finished_again(session: Session) -> None:
    visitor = make_visitor(session)
    for step in (A, B):
        complete_step(session, visitor, COURSE, step, now=NOW)
    take_back_step(session, visitor, COURSE_RENAMED, RENAMED, now=LATER)
    complete_step(session, visitor, COURSE_RENAMED, RENAMED, now=LATER)
    assert session.scalars(select(ModuleCompletion.module_slug)).all() == ["one"]


# ---- what changed since ----------------------------------------------------------------------


def _revised(key: str = "one/a", *, former: tuple[str, ...] = ()) -> Course:
    step = make_read(
        key,
        former=former,
        revision="r3",
        changes=[typo(1), substance(2, "Three kinds became four."), typo(3)],
        published=[("r1", 0), ("r2", 1), ("r3", 3)],
    )
    return make_course(make_module("one", step, B))


def test_a_change_of_substance_is_shown_once_to_who_did_the_step_before_it(session: Session) -> None:
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    visitor, course = again(session, visitor), _revised()
    assert changes_to_show(session, visitor, course) == {"one/a": (substance(2, "Three kinds became four."),)}
    mark_seen(session, visitor, course.steps[0])
    assert changes_to_show(session, visitor, course) == {}
    assert session.scalars(select(StepCompletion.step_revision)).all() == ["r1"]


def test_a_change_is_shown_after_a_rename_too(session: Session) -> None:
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    visitor, course = again(session, visitor), _revised("one/new", former=("one/a",))
    assert list(changes_to_show(session, visitor, course)) == ["one/new"]
    mark_seen(session, visitor, course.steps[0])
    assert changes_to_show(session, visitor, course) == {}


def test_who_did_a_step_after_its_change_is_told_nothing(session: Session) -> None:
    visitor, course = make_visitor(session), _revised()
    complete_step(session, visitor, course, course.steps[0], now=NOW)
    assert changes_to_show(session, again(session, visitor), course) == {}


def test_a_step_that_was_taken_back_tells_nothing(session: Session) -> None:
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    take_back_step(session, visitor, COURSE, A, now=NOW)
    assert changes_to_show(session, again(session, visitor), _revised()) == {}


def test_where_nothing_can_be_told_the_database_is_not_asked(session: Session) -> None:
    nobody = make_visitor(session)
    visitor = make_visitor(session)
    complete_step(session, visitor, COURSE, A, now=NOW)
    visitor = again(session, visitor)
    with counted(session) as statements:
        assert changes_to_show(session, visitor, COURSE) == {}
        assert changes_to_show(session, nobody, _revised()) == {}
        mark_seen(session, visitor, A)
        mark_seen(session, nobody, _revised().steps[0])
    assert statements == []


# ---- the copy equals the rows ----------------------------------------------------------------


@dataclass
class World:
    """A course that its authors change while somebody works through it."""

    names: list[tuple[str, list[list[str]]]] = field(
        default_factory=lambda: [
            ("m0", [["m0/read"], ["m0/reflect"], ["m0/quiz"]]),
            ("m1", [["m1/read"], ["m1/quiz"]]),
        ]
    )
    former: dict[str, list[str]] = field(default_factory=dict)
    fresh: count[int] = field(default_factory=lambda: count(1))

    def course(self) -> Course:
        return make_course(
            *(
                make_module(slug, *(self._step(keys) for keys in steps), former=self.former.get(slug, []))
                for slug, steps in self.names
            )
        )

    def _step(self, keys: list[str]) -> StepBase:
        key, *former = keys
        if key.endswith("reflect"):
            return make_reflect(key, former=former)
        if key.endswith("quiz"):
            return make_quiz_step(key, former=former, quiz=make_quiz(key.replace("/", "-"), single_choice()))
        return make_read(key, former=former)

    def rename_step(self, pick: int) -> None:
        keys = self._pick(pick)
        module, _, slug = keys[0].partition("/")
        keys.insert(0, f"{module}/n{next(self.fresh)}-{slug}")

    def rename_module(self, pick: int) -> None:
        at = pick % len(self.names)
        old, steps = self.names[at]
        new = f"mod{next(self.fresh)}"
        for keys in steps:
            keys.insert(0, f"{new}/{keys[0].partition('/')[2]}")
        self.names[at] = (new, steps)
        self.former[new] = [old, *self.former.get(old, [])]

    def add_step(self, pick: int) -> None:
        slug, steps = self.names[pick % len(self.names)]
        steps.insert(pick % (len(steps) + 1), [f"{slug}/added{next(self.fresh)}-read"])

    def _pick(self, pick: int) -> list[str]:
        every = [keys for _, steps in self.names for keys in steps]
        return every[pick % len(every)]


DEEDS = ("complete", "complete", "complete", "take_back", "rename_step", "rename_module", "add_step")

on_both = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _do(session: Session, visitor: Visitor, course: Course, deed: str, pick: int) -> None:
    """Do a learner's deed at one of the steps, as its kind asks for."""
    step = course.steps[pick % len(course.steps)]
    if deed == "take_back":
        if step.kind == "read":
            take_back_step(session, visitor, course, step, now=LATER)
    elif step.kind == "read":
        complete_step(session, visitor, course, step, now=NOW)
    elif step.kind == "reflect":
        submit_reflection(session, visitor, course, step, text=f"Words {pick}", level="private",
                          version=_version(session, visitor), now=NOW)  # fmt: skip
    else:
        assert isinstance(step, QuizStep)
        answer = {"colour": ("red",) if pick % 2 else ("blue",)}
        key = f"{pick} {step.key}"
        submit_quiz(session, visitor, course, step, answer, deed_key=key, shuffle_seed=1, now=NOW)


def _version(session: Session, visitor: Visitor) -> int:
    found = session.scalar(select(Reflection.version).where(Reflection.enrolment_id == visitor.enrolment_id))
    return found or 0


@on_both
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 40)), max_size=30))
def test_whatever_is_done_in_whatever_order_the_copy_equals_the_rows_and_progress_holds(
    session: Session, deeds: list[tuple[str, int]]
) -> None:
    visitor, world = make_visitor(session), World()
    finished: set[int] = set()
    for deed, pick in deeds:
        if hasattr(world, deed):
            before = progress(world.course(), again(session, visitor).done_keys)
            getattr(world, deed)(pick)
            after = progress(world.course(), again(session, visitor).done_keys)
            if deed.startswith("rename"):
                assert (after.percent, after.steps_done) == (before.percent, before.steps_done)
        else:
            _do(session, visitor, world.course(), deed, pick)
        _hold(session, visitor, world.course(), finished)


def _hold(session: Session, visitor: Visitor, course: Course, finished: set[int]) -> None:
    """Check what holds after every deed; `finished` holds the places of modules that were finished before."""
    assert visitor.enrolment_id is not None
    done = done_of(session, visitor)
    assert done == " ".join(sorted(keys_done(session, visitor.enrolment_id)))
    so_far = progress(course, done.split())
    assert 0 <= so_far.percent <= 100
    now_finished = {at for at, module in enumerate(so_far.modules) if module.finished}
    assert finished <= now_finished
    finished |= now_finished
    stored = [course.module_by_slug[slug].slug for slug in module_finished_at(session, visitor.enrolment_id)]
    assert sorted(stored) == sorted(course.modules[at].slug for at in now_finished)
    rows = session.scalars(select(StepCompletion.step_key).where(StepCompletion.enrolment_id == visitor.enrolment_id))
    steps = [course.step_by_key[key].key for key in rows]
    assert len(steps) == len(set(steps))


# ---- at once ---------------------------------------------------------------------------------


def test_a_double_click_completes_a_step_once(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    session.commit()
    at_once(engine, *[lambda s: complete_step(s, visitor, COURSE, A, now=NOW)] * 6)
    assert done_of(session, visitor) == "one/a"
    assert len(session.scalars(select(StepCompletion)).all()) == 1


def test_tabs_that_complete_different_steps_at_once_leave_none_out(engine: Engine, session: Session) -> None:
    steps = [make_read(f"one/s{n}") for n in range(8)]
    course = make_course(make_module("one", *steps))
    for _ in range(5):
        visitor = make_visitor(session)
        session.commit()
        at_once(engine, *(lambda s, step=step: complete_step(s, visitor, course, step, now=NOW) for step in steps))  # noqa: B023
        assert done_of(session, visitor) == " ".join(["one", *(step.key for step in steps)])
        session.commit()


def test_a_deed_on_an_enrolment_that_goes_away_meanwhile_is_refused_by_name(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    session.execute(delete(Enrolment).where(Enrolment.id == visitor.enrolment_id))
    session.commit()
    with pytest.raises(NoEnrolment):
        at_once(engine, lambda s: complete_step(s, visitor, COURSE, A, now=NOW))


# ---- the cost --------------------------------------------------------------------------------


@pytest.mark.parametrize("steps_done", [1, 50])
def test_completing_a_step_takes_four_statements_however_much_was_done(session: Session, steps_done: int) -> None:
    enrolment = make_enrolment(session)
    visitor = make_visitor(session, enrolment=enrolment)
    steps = [make_read(f"one/s{n}") for n in range(52)]
    course = make_course(make_module("one", *steps))
    for step in steps[:steps_done]:
        complete_step(session, visitor, course, step, now=NOW)
    with counted(session) as statements:
        complete_step(session, visitor, course, steps[51], now=NOW)
    assert len(statements) == 4
