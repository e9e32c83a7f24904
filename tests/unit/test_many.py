"""How far many are says the same as how far each of them is, and a cohort adds up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.course.content import Course
from app.course.rules.many import Bits, summary
from app.course.rules.progress import next_step, progress, share
from tests.nouns import make_course, make_module, make_read
from tests.unit.test_progress import courses, courses_with_done, tokens

TWO = make_course(
    make_module("one", make_read("one/a"), make_read("one/b")), make_module("two", make_read("two/c")),
)  # fmt: skip


@given(courses_with_done)
def test_the_sum_of_a_learner_is_their_progress(found: tuple[Course, frozenset[str]]) -> None:
    course, done = found
    bits = Bits(course)
    one, so_far = bits.sum(bits.mask(" ".join(done))), progress(course, done)
    assert (one.done, one.counted, one.percent) == (so_far.steps_done, so_far.steps_counted, so_far.percent)
    assert one.finished == so_far.finished
    assert [part.finished for part in one.modules] == [part.finished for part in so_far.modules]
    assert [part.done for part in one.modules] == [len(part.done) for part in so_far.modules]
    step = next_step(so_far)
    assert one.place == (None if step is None else course.places[step.key])


@given(courses().flatmap(lambda course: st.tuples(st.just(course), st.lists(tokens(course), max_size=6))))
def test_a_cohort_adds_up_and_is_at_100_exactly_when_nobody_misses_anything(
    found: tuple[Course, list[frozenset[str]]],
) -> None:
    course, cohort = found
    bits = Bits(course)
    all_of_them = [progress(course, done) for done in cohort]
    whole = summary(course, [bits.sum(bits.mask(" ".join(done))) for done in cohort], [False] * len(cohort))
    assert whole.whole.learners == len(cohort)
    assert whole.whole.done == sum(one.finished for one in all_of_them)
    assert whole.whole.not_started == sum(not one.finished and not one.steps_done for one in all_of_them)
    for crowd, number in zip(whole.modules, range(len(course.modules)), strict=True):
        some = [one.modules[number] for one in all_of_them]
        assert crowd.learners == len(cohort)
        assert crowd.done == sum(one.finished for one in some)
        assert crowd.under_way == sum(bool(one.done) and not one.finished for one in some)
    if cohort:
        done, counted = (sum(getattr(one, name) for one in all_of_them) for name in ("steps_done", "steps_counted"))
        assert whole.whole.percent == share(done, counted)
        assert (whole.whole.percent == 100) == all(one.finished for one in all_of_them)
    else:
        assert whole.whole.percent == 0


def test_who_only_tried_something_is_under_way() -> None:
    bits = Bits(TWO)
    whole = summary(TWO, [bits.sum(0), bits.sum(0)], [True, False]).whole
    assert (whole.not_started, whole.under_way, whole.done) == (1, 1, 0)


def test_somebody_stands_at_the_first_step_that_is_missing_and_a_finished_module_misses_none() -> None:
    bits = Bits(TWO)
    assert [bits.sum(bits.mask(done)).place for done in ("", "one/b", "one", "one/a one/b", "one two")] == [
        0,
        0,
        2,
        2,
        None,
    ]
