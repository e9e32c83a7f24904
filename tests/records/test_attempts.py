"""An attempt is written once, in the wording that was answered, and can be read again for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.parts import Given, QuestionBase, UnknownOption
from app.course.quiz import QUESTION_KINDS, Quiz
from app.course.steps.quiz_step import QuizStep
from app.records.accounts import Visitor
from app.records.attempts import AnswerTooLong, AttemptsUsedUp, attempt_of, attempts_of, submit_quiz
from app.records.drafts import draft_of, save_draft
from app.records.models import Answer, Attempt, Enrolment, StepCompletion, User, Wording
from tests.makers import NOW, make_enrolment, make_visitor
from tests.nouns import (
    make_course,
    make_module,
    make_quiz,
    make_quiz_step,
    matching,
    multiple_response,
    option,
    ordering,
    short_text,
    single_choice,
    true_false,
)
from tests.racing import at_once, counted

LATER = NOW + timedelta(hours=1)

EVERY_KIND = make_quiz(
    "check", single_choice(), multiple_response(), true_false(), matching(), ordering(), short_text(), pass_mark=80
)
RIGHT = {question.slug: question.best() for question in EVERY_KIND.questions}


def course_with(quiz: Quiz) -> Course:
    """Make a course of one module with one quiz."""
    return make_course(make_module("one", make_quiz_step("one/quiz", quiz=quiz)))


def submit(
    session: Session,
    visitor: Visitor,
    quiz: Quiz,
    given: Mapping[str, Given],
    *,
    deed_key: str = "first click",
    draft_version: int | None = None,
) -> int:
    """Submit an attempt at a quiz."""
    course = course_with(quiz)
    return submit_quiz(
        session, visitor, course, quiz_step(course), given, deed_key=deed_key, shuffle_seed=7, now=NOW,
        draft_version=draft_version,
    )  # fmt: skip


def quiz_step(course: Course) -> QuizStep:
    """Return the step of a course of one quiz."""
    step = course.steps[0]
    assert isinstance(step, QuizStep)
    return step


# ---- submitting ------------------------------------------------------------------------------


def test_an_attempt_that_passes_completes_its_step(session: Session) -> None:
    visitor = make_visitor(session)
    submit(session, visitor, EVERY_KIND, RIGHT)
    assert session.scalars(select(StepCompletion.step_key)).all() == ["one/quiz"]
    assert session.scalars(select(Enrolment.done)).all() == ["one one/quiz"]


def test_an_attempt_that_fails_is_kept_and_completes_nothing(session: Session) -> None:
    visitor = make_visitor(session)
    submit(session, visitor, EVERY_KIND, {})
    attempt = session.scalars(select(Attempt)).one()
    assert (attempt.points, attempt.max_points, attempt.passed, attempt.number) == (0, 8, False, 1)
    enrolment = session.get_one(Enrolment, visitor.enrolment_id, populate_existing=True)
    assert (enrolment.done, enrolment.last_step_key, enrolment.last_deed_at) == ("", "one/quiz", NOW)


def test_each_answer_keeps_its_points_those_of_the_others_and_whether_it_is_the_first(session: Session) -> None:
    visitor = make_visitor(session)
    submit(session, visitor, EVERY_KIND, RIGHT | {"colour": ("blue",)}, deed_key="1")
    submit(session, visitor, EVERY_KIND, RIGHT, deed_key="2")
    rows = session.scalars(select(Answer).where(Answer.question_slug == "colour").order_by(Answer.attempt_id)).all()
    assert [(row.given, row.points, row.rest_points, row.is_first) for row in rows] == [
        ('["blue"]', 0, 7, True),
        ('["red"]', 1, 7, False),
    ]


def test_the_same_submission_twice_is_one_attempt(session: Session) -> None:
    visitor = make_visitor(session)
    first = submit(session, visitor, EVERY_KIND, {}, deed_key="same")
    assert submit(session, visitor, EVERY_KIND, RIGHT, deed_key="same") == first
    assert [(a.number, a.points) for a in session.scalars(select(Attempt))] == [(1, 0)]
    assert session.scalars(select(Enrolment.done)).all() == [""]


def test_the_same_submission_twice_is_one_attempt_after_the_attempts_are_used_up(session: Session) -> None:
    visitor, quiz = make_visitor(session), make_quiz(attempts=1)
    first = submit(session, visitor, quiz, {}, deed_key="same")
    assert submit(session, visitor, quiz, {}, deed_key="same") == first


def test_more_attempts_than_the_quiz_allows_are_refused_and_the_draft_stays(session: Session) -> None:
    visitor, quiz = make_visitor(session), make_quiz(attempts=2)
    submit(session, visitor, quiz, {}, deed_key="1")
    submit(session, visitor, quiz, {}, deed_key="2")
    step = course_with(quiz).steps[0]
    save_draft(session, visitor, step, {"colour": ["red"]}, version=0, now=NOW)
    with pytest.raises(AttemptsUsedUp) as refused:
        submit(session, visitor, quiz, {"colour": ("red",)}, deed_key="3")
    assert refused.value.limit == 2
    assert draft_of(session, visitor, step) is not None
    assert len(attempts_of(session, visitor, quiz)) == 2


def test_attempts_are_counted_for_each_person_alone(session: Session) -> None:
    quiz = make_quiz(attempts=1)
    submit(session, make_visitor(session), quiz, {})
    submit(session, make_visitor(session), quiz, {})
    assert session.scalars(select(Attempt.number)).all() == [1, 1]


def test_a_submission_drops_its_draft_but_not_what_another_tab_saved_since(session: Session) -> None:
    visitor, quiz = make_visitor(session), make_quiz()
    step = course_with(quiz).steps[0]
    saved = save_draft(session, visitor, step, {"colour": ["red"]}, version=0, now=NOW)
    submit(session, visitor, quiz, {}, deed_key="an older page", draft_version=saved.version - 1)
    assert draft_of(session, visitor, step) is not None
    submit(session, visitor, quiz, {}, deed_key="this page", draft_version=saved.version)
    assert draft_of(session, visitor, step) is None


def test_an_answer_that_is_not_offered_is_refused_and_nothing_is_written(session: Session) -> None:
    visitor = make_visitor(session)
    with pytest.raises(UnknownOption):
        submit(session, visitor, EVERY_KIND, {"colour": ("nonsense",)})
    assert session.scalars(select(Attempt)).all() == []


@pytest.mark.parametrize("words", ["x" * 2000, "é" * 1300, "𐍈" * 700], ids=["ascii", "two bytes", "four bytes"])
def test_an_answer_that_is_too_long_is_refused_by_name(session: Session, words: str) -> None:
    visitor = make_visitor(session)
    with pytest.raises(AnswerTooLong) as refused:
        submit(session, visitor, make_quiz("check", short_text()), {"capital": (words,)})
    assert refused.value.question_slug == "capital"


@pytest.mark.parametrize("sign", ["x", "\0", "𐍈", '"'])
def test_five_hundred_signs_of_any_kind_are_kept_or_refused_by_name(session: Session, sign: str) -> None:
    visitor = make_visitor(session)
    words = "".join(sign + str(number % 10) for number in range(250))
    attempt_id = submit(session, visitor, make_quiz("check", short_text()), {"capital": (words,)})
    attempt = attempt_of(session, visitor, attempt_id)
    assert attempt is not None
    assert attempt.answers[0].given == (words,)


def test_what_is_chosen_is_kept_in_one_order_however_it_was_sent(session: Session) -> None:
    for sent in (("two", "three"), ("three", "two"), ("three", "two", "two")):
        submit(session, make_visitor(session), make_quiz("check", multiple_response()), {"primes": sent})
    assert set(session.scalars(select(Answer.given))) == {'["two", "three"]'}


def test_an_empty_field_is_no_answer(session: Session) -> None:
    submit(session, make_visitor(session), make_quiz("check", short_text()), {"capital": ("  ",)})
    assert session.scalars(select(Answer.given)).all() == ["[]"]


# ---- renames ---------------------------------------------------------------------------------


def test_attempts_go_on_counting_when_a_quiz_gets_another_name(session: Session) -> None:
    visitor = make_visitor(session)
    submit(session, visitor, make_quiz("check"), {}, deed_key="1")
    renamed = make_quiz("test-yourself", former=["check"], attempts=2)
    submit(session, visitor, renamed, {}, deed_key="2")
    assert [line.number for line in attempts_of(session, visitor, renamed)] == [2, 1]
    assert session.scalars(select(Answer.is_first).order_by(Answer.attempt_id)).all() == [True, False]
    with pytest.raises(AttemptsUsedUp):
        submit(session, visitor, renamed, {}, deed_key="3")


def test_a_page_from_before_a_rename_is_graded_by_the_names_of_today(session: Session) -> None:
    visitor = make_visitor(session)
    options = [option("scarlet", correct=True, former=["red"]), option("blue")]
    quiz = make_quiz("check", single_choice("hue", former=["colour"], options=options))
    submit(session, visitor, quiz, {"colour": ("red",)})
    assert [(row.question_slug, row.given, row.points) for row in session.scalars(select(Answer))] == [
        ("hue", '["scarlet"]', 1)
    ]


# ---- reading again ---------------------------------------------------------------------------


def test_an_attempt_is_read_in_the_wording_that_was_answered(session: Session) -> None:
    visitor = make_visitor(session)
    attempt_id = submit(session, visitor, EVERY_KIND, RIGHT | {"colour": ("blue",)})
    mended = make_quiz("check", single_choice(text="Of which colour is a fire engine?"), title="Another title")
    submit(session, visitor, mended, {"colour": ("red",)}, deed_key="2")
    attempt = attempt_of(session, visitor, attempt_id)
    assert attempt is not None
    assert [answer.question for answer in attempt.answers] == list(EVERY_KIND.questions)
    assert [answer.given for answer in attempt.answers] == [
        ("blue",), *(question.best() for question in EVERY_KIND.questions[1:])
    ]  # fmt: skip
    assert [answer.points for answer in attempt.answers] == [0, 2, 1, 2, 1, 1]
    assert (attempt.quiz_title, attempt.pass_mark, attempt.shuffle, attempt.shuffle_seed) == ("A check", 80, True, 7)
    assert (attempt.points, attempt.max_points, attempt.passed, attempt.language) == (7, 8, True, "en")


def test_a_wording_is_written_once_however_many_answer_it(session: Session) -> None:
    for _ in range(3):
        submit(session, make_visitor(session), EVERY_KIND, {})
    assert sorted(session.scalars(select(Wording.about))) == ["question"] * 6 + ["quiz"]


def test_an_attempt_of_somebody_else_is_not_found(session: Session) -> None:
    mine, other = make_visitor(session), make_visitor(session)
    attempt_id = submit(session, mine, EVERY_KIND, {})
    assert attempt_of(session, other, attempt_id) is None
    assert attempts_of(session, other, EVERY_KIND) == ()
    assert attempt_of(session, mine, attempt_id + 1) is None


def test_an_attempt_of_my_other_enrolment_is_found_but_not_listed_here(session: Session) -> None:
    before = make_enrolment(session)
    attempt_id = submit(session, make_visitor(session, enrolment=before), EVERY_KIND, {})
    now = make_visitor(session, enrolment=make_enrolment(session, user=session.get_one(User, before.user_id)))
    attempt = attempt_of(session, now, attempt_id)
    assert attempt is not None
    assert attempt.enrolment_id == before.id
    assert attempts_of(session, now, EVERY_KIND) == ()


def test_an_attempt_whose_kind_of_question_is_gone_can_still_be_read(session: Session) -> None:
    visitor = make_visitor(session)
    attempt_id = submit(session, visitor, EVERY_KIND, RIGHT)
    kinds = [kind for kind in QUESTION_KINDS if kind.kind != "matching"]
    attempt = attempt_of(session, visitor, attempt_id, kinds=kinds)
    assert attempt is not None
    gone = attempt.answers[3]
    assert (gone.question, gone.kind, str(gone.text), gone.points) == (None, "matching", "Who lives where?", 2)
    assert gone.given == ("bear>den", "bee>hive")
    assert all(answer.question is not None for answer in attempt.answers if answer is not gone)


def test_a_question_whose_form_is_no_longer_known_can_still_be_read(session: Session) -> None:
    visitor = make_visitor(session)
    attempt_id = submit(session, visitor, make_quiz(), {"colour": ("red",)})
    wording = session.scalars(select(Wording).where(Wording.about == "question")).one()
    wording.body = wording.body.replace('"options"', '"choices"')
    session.flush()
    attempt = attempt_of(session, visitor, attempt_id)
    assert attempt is not None
    assert attempt.answers[0].question is None
    assert str(attempt.answers[0].text) == "Which colour is a fire engine?"


class Guess(QuestionBase):
    """A kind of the tests' own: guess a number."""

    kind: ClassVar[str] = "guess"
    number: int

    @property
    def max_points(self) -> int:
        return 1

    def points_for(self, given: Given) -> int:
        return int(given == (str(self.number),))

    def best(self) -> Given:
        return (str(self.number),)

    def faults(self) -> Iterator[str]:
        return iter(())


def test_a_kind_of_question_that_this_house_has_not_seen_is_kept_and_read_again(session: Session) -> None:
    guess = Guess(slug="guess", text="How many?", source="Nowhere", number=3, revision="guess-1")
    visitor = make_visitor(session)
    attempt_id = submit(session, visitor, make_quiz("check", guess), {"guess": ("3",)})
    attempt = attempt_of(session, visitor, attempt_id, kinds=[*QUESTION_KINDS, Guess])
    assert attempt is not None
    assert (attempt.passed, attempt.answers[0].question) == (True, guess)


# ---- at once ---------------------------------------------------------------------------------


def test_two_tabs_that_submit_the_same_form_make_one_attempt(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    session.commit()
    ids = at_once(engine, *[lambda s: submit(s, visitor, EVERY_KIND, RIGHT, deed_key="same")] * 6)
    assert len(set(ids)) == 1
    assert session.scalars(select(Attempt.number)).all() == [1]


def test_many_submissions_at_once_are_numbered_one_after_the_other(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    session.commit()
    at_once(engine, *(lambda s, n=n: submit(s, visitor, EVERY_KIND, RIGHT, deed_key=f"{n}") for n in range(6)))
    assert sorted(session.scalars(select(Attempt.number))) == [1, 2, 3, 4, 5, 6]
    assert session.scalars(select(Answer.is_first)).all().count(True) == 6  # the six answers of one attempt


def test_the_limit_of_attempts_cannot_be_raced(engine: Engine, session: Session) -> None:
    visitor, quiz = make_visitor(session), make_quiz(attempts=2)
    session.commit()

    def try_it(session: Session, n: int) -> bool:
        try:
            submit(session, visitor, quiz, {}, deed_key=f"{n}")
        except AttemptsUsedUp:
            return False
        return True

    taken = at_once(engine, *(lambda s, n=n: try_it(s, n) for n in range(5)))
    assert sorted(taken) == [False, False, False, True, True]


def test_people_who_are_first_to_answer_a_quiz_at_once_write_its_wordings_once(
    engine: Engine, session: Session
) -> None:
    visitors = [make_visitor(session) for _ in range(6)]
    session.commit()
    at_once(engine, *(lambda s, v=v: submit(s, v, EVERY_KIND, RIGHT) for v in visitors))
    assert len(session.scalars(select(Wording)).all()) == 7


# ---- the cost --------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [1, 50])
def test_a_submission_and_its_reading_cost_the_same_however_long_the_history(session: Session, before: int) -> None:
    visitor = make_visitor(session)
    ids = [submit(session, visitor, EVERY_KIND, {}, deed_key=f"{n}") for n in range(before)]
    with counted(session) as submitting:
        submit(session, visitor, EVERY_KIND, RIGHT, deed_key="last")
    with counted(session) as listing:
        assert len(attempts_of(session, visitor, EVERY_KIND)) == before + 1
    with counted(session) as reading:
        attempt_of(session, visitor, ids[0])
    assert (len(submitting), len(listing), len(reading)) == (11, 1, 2)
