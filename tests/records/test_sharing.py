"""What a cohort shares without names: read by those who handed in their own, from five texts on, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.course.parts import StepBase
from app.course.rules.small_groups import ENOUGH
from app.records.accounts import Visitor
from app.records.models import Cohort, Enrolment, User
from app.records.reflecting import change_level, delete_reflection, reflection_of, submit_reflection
from app.records.sharing import SHOWN, SharedText, SharedTexts, texts_shared_at
from tests.makers import NOW, make_cohort, make_enrolment, make_visitor
from tests.nouns import make_course, make_module, make_reflect
from tests.racing import counted

STEP = make_reflect("one/reflect")
LATER = NOW + timedelta(hours=1)
NOTHING = SharedTexts((), more=False)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make_cohort(session)


def write(
    session: Session, visitor: Visitor, text: str, *, level: str = "cohort", step: StepBase = STEP, language: str = "en"
) -> Visitor:
    """Hand in a text, by whoever it is."""
    standing = reflection_of(session, visitor, step)
    submit_reflection(
        session,
        visitor,
        make_course(make_module(step.module_slug, step), language=language),
        step,
        text=text,
        level=level,
        version=standing.version if standing else 0,
        now=NOW,
    )
    return visitor


def somebody(session: Session, cohort: Cohort, *, role: str = "learner") -> Visitor:
    return make_visitor(session, enrolment=make_enrolment(session, cohort=cohort, role=role))


def sharing(session: Session, cohort: Cohort, *texts: str, step: StepBase = STEP) -> list[Visitor]:
    """Let a new learner share each text."""
    return [write(session, somebody(session, cohort), text, step=step) for text in texts]


def texts(session: Session, visitor: Visitor, step: StepBase = STEP) -> list[str]:
    """Return what somebody reads, sorted."""
    return sorted(one.text for one in texts_shared_at(session, visitor, step).texts)


FOUR, FIVE = ("a", "b", "c", "d"), ("a", "b", "c", "d", "e")


# ---- who reads, and from how many on ---------------------------------------------------------


def test_from_five_texts_on_whoever_handed_in_their_own_reads_all_of_them(session: Session, cohort: Cohort) -> None:
    learners = sharing(session, cohort, *FOUR)
    assert [texts(session, learner) for learner in learners] == [[]] * 4
    learners += sharing(session, cohort, "e")
    assert [texts(session, learner) for learner in learners] == [list(FIVE)] * 5


@pytest.mark.parametrize("level", ["private", "trainers"])
def test_an_own_text_at_any_level_opens_the_others_and_is_not_among_them(
    session: Session, cohort: Cohort, level: str
) -> None:
    sharing(session, cohort, *FIVE)
    reader = write(session, somebody(session, cohort), "mine", level=level)
    assert texts(session, reader) == list(FIVE)


def test_below_five_not_even_the_number_is_told(session: Session, cohort: Cohort) -> None:
    reader = write(session, somebody(session, cohort), "mine", level="private")
    seen = [texts_shared_at(session, reader, STEP)]
    for text in FOUR:
        sharing(session, cohort, text)
        seen.append(texts_shared_at(session, reader, STEP))
    assert seen == [NOTHING] * 5


def test_who_handed_nothing_in_reads_nothing(session: Session, cohort: Cohort) -> None:
    sharing(session, cohort, *FIVE)
    reader = somebody(session, cohort)
    assert texts_shared_at(session, reader, STEP) == NOTHING
    write(session, reader, "elsewhere", step=make_reflect("one/other"))
    assert texts_shared_at(session, reader, STEP) == NOTHING


def test_who_deleted_their_text_reads_no_more(session: Session, cohort: Cohort) -> None:
    sharing(session, cohort, *FIVE)
    reader = write(session, somebody(session, cohort), "mine")
    delete_reflection(session, reader, STEP, now=LATER)
    assert texts_shared_at(session, reader, STEP) == NOTHING


def test_another_cohort_reads_nothing_of_it_and_adds_nothing(session: Session, cohort: Cohort) -> None:
    sharing(session, cohort, *FIVE)
    other = sharing(session, make_cohort(session), "x", "y")[0]
    assert texts_shared_at(session, other, STEP) == NOTHING
    assert texts_shared_at(session, replace(other, enrolment_id=None, cohort_id=None), STEP) == NOTHING


def test_somebody_in_two_cohorts_reads_in_each_what_is_shared_there(session: Session, cohort: Cohort) -> None:
    reader = sharing(session, cohort, *FIVE)[0]
    elsewhere = make_cohort(session)
    user = session.get_one(User, reader.user_id)
    there = make_visitor(session, enrolment=make_enrolment(session, user=user, cohort=elsewhere))
    sharing(session, elsewhere, "x", "y", "z", "w")
    assert texts_shared_at(session, there, STEP) == NOTHING
    write(session, there, "mine too")
    assert texts(session, there) == ["mine too", "w", "x", "y", "z"]
    assert texts(session, reader) == list(FIVE)


# ---- whose texts -----------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["private", "trainers"])
def test_only_what_is_shared_with_the_cohort_is_counted_and_shown(session: Session, cohort: Cohort, level: str) -> None:
    reader = sharing(session, cohort, *FOUR)[0]
    write(session, somebody(session, cohort), "not for them", level=level)
    assert texts(session, reader) == []
    sharing(session, cohort, "e")
    assert texts(session, reader) == list(FIVE)


def test_a_trainer_reads_the_same_after_handing_in_and_their_own_text_counts_for_nothing(
    session: Session, cohort: Cohort
) -> None:
    trainer = write(session, somebody(session, cohort, role="trainer"), "the trainer's")
    learners = sharing(session, cohort, *FOUR)
    assert texts(session, trainer) == texts(session, learners[0]) == []
    sharing(session, cohort, "e")
    assert texts(session, trainer) == texts(session, learners[0]) == list(FIVE)


def test_of_each_learner_the_newest_text_is_shown(session: Session, cohort: Cohort) -> None:
    learners = sharing(session, cohort, *FIVE)
    write(session, learners[0], "a, written again")
    assert texts(session, learners[1]) == ["a, written again", "b", "c", "d", "e"]


def test_what_was_taken_back_or_deleted_is_gone_at_once_and_below_five_all_of_it_is(
    session: Session, cohort: Cohort
) -> None:
    learners = sharing(session, cohort, *FIVE, "f", "g")
    change_level(session, learners[0], STEP, level="private", version=0, now=LATER)
    assert texts(session, learners[1]) == ["b", "c", "d", "e", "f", "g"]
    delete_reflection(session, learners[1], STEP, now=LATER)
    assert texts(session, learners[2]) == ["c", "d", "e", "f", "g"]
    change_level(session, learners[2], STEP, level="trainers", version=1, now=LATER)
    assert texts(session, learners[3]) == []


def test_who_left_the_cohort_or_the_site_shares_nothing_any_more(session: Session, cohort: Cohort) -> None:
    learners = sharing(session, cohort, *FIVE, "f", "g")
    session.execute(update(Enrolment).where(Enrolment.id == learners[0].enrolment_id).values(standing="ended"))
    session.execute(update(User).where(User.id == learners[1].user_id).values(deactivated_at=LATER))
    assert texts(session, learners[2]) == ["c", "d", "e", "f", "g"]


# ---- renames ---------------------------------------------------------------------------------

LEFT, RIGHT = make_reflect("one/left"), make_reflect("one/right")
BOTH = make_reflect("one/both", former=["one/right", "one/left"])


def test_texts_under_a_former_name_of_the_step_are_shared_with_the_newer_ones(session: Session, cohort: Cohort) -> None:
    renamed = make_reflect("uno/new", former=["one/reflect"])
    sharing(session, cohort, "a", "b", "c")
    reader = sharing(session, cohort, "d", "e", step=renamed)[0]
    assert texts(session, reader, renamed) == list(FIVE)


def test_of_two_steps_that_became_one_a_learner_shares_one_text(session: Session, cohort: Cohort) -> None:
    reader = sharing(session, cohort, "a", "b", "c", step=LEFT)[0]
    both = sharing(session, cohort, "d", step=LEFT)[0]
    write(session, both, "d, on the right", step=RIGHT)
    assert texts(session, reader, BOTH) == []
    sharing(session, cohort, "e", step=RIGHT)
    assert texts(session, reader, BOTH) == ["a", "b", "c", "d, on the right", "e"]
    found = reflection_of(session, both, BOTH)
    assert found is not None
    assert found.text == "d, on the right"


def test_of_two_steps_that_became_one_the_level_that_its_learner_sees_decides(session: Session, cohort: Cohort) -> None:
    reader = sharing(session, cohort, *FIVE, step=LEFT)[0]
    wary = sharing(session, cohort, "f", step=LEFT)[0]
    write(session, wary, "for my trainers", level="trainers", step=RIGHT)
    found = reflection_of(session, wary, BOTH)
    assert found is not None
    assert found.level == "trainers"
    assert texts(session, reader, BOTH) == list(FIVE)


# ---- how they come ---------------------------------------------------------------------------


def test_the_order_is_drawn_anew_at_each_view(session: Session, cohort: Cohort) -> None:
    reader = sharing(session, cohort, *"abcdefgh")[0]
    orders = {tuple(one.text for one in texts_shared_at(session, reader, STEP).texts) for _view in range(12)}
    assert len(orders) > 1  # all twelve the same: once in 8! ** 11 runs


def test_of_many_texts_some_are_drawn_by_lot_and_it_is_said_that_there_are_more(
    session: Session, cohort: Cohort
) -> None:
    reader = sharing(session, cohort, *(str(number) for number in range(SHOWN)))[0]
    assert texts_shared_at(session, reader, STEP).more is False
    sharing(session, cohort, *(f"more {number}" for number in range(SHOWN)))
    views = [texts_shared_at(session, reader, STEP) for _view in range(12)]
    assert all(view.more and len(set(view.texts)) == SHOWN for view in views)
    assert len({frozenset(view.texts) for view in views}) > 1


def test_a_text_comes_with_its_language_and_nothing_else(session: Session, cohort: Cohort) -> None:
    reader = sharing(session, cohort, *FOUR)[0]
    write(session, somebody(session, cohort), "vijf", language="nl")
    found = texts_shared_at(session, reader, STEP).texts
    assert SharedText("vijf", "nl") in found
    assert {one.language for one in found} == {"en", "nl"}
    assert SharedText.__slots__ == ("text", "language")


@pytest.mark.parametrize("learners", [ENOUGH, 60])
def test_it_is_one_statement_however_many_learners_there_are(session: Session, cohort: Cohort, learners: int) -> None:
    reader = sharing(session, cohort, *(str(number) for number in range(learners)))[0]
    with counted(session) as statements:
        texts_shared_at(session, reader, STEP)
    assert len(statements) == 1
