"""What many gave for a quiz is counted by the database: first attempts of learners, each wording by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from app.course.parts import Given, QuestionBase
from app.course.quiz import Quiz, grade_quiz
from app.course.rules.items import Tally
from app.records.accounts import Visitor
from app.records.attempts import submit_quiz
from app.records.item_tallies import WordingRead, wordings_of
from app.records.migrating import bring_up_to_date, migrations_in, schema_change
from app.records.models import Answer, Wording
from tests.makers import NOW, make_enrolment, make_visitor
from tests.nouns import (
    make_course,
    make_module,
    make_quiz,
    make_quiz_step,
    matching,
    multiple_response,
    ordering,
    short_text,
    single_choice,
    true_false,
)
from tests.racing import counted

EVERY_KIND = make_quiz(
    "check", single_choice(), multiple_response(), true_false(), matching(), ordering(), short_text(), pass_mark=80
)
RED, BLUE = {"colour": ("red",)}, {"colour": ("blue",)}


def submit(
    session: Session,
    quiz: Quiz,
    given: Mapping[str, Given],
    *,
    visitor: Visitor | None = None,
    role: str = "learner",
    now: datetime = NOW,
) -> Visitor:
    """Submit an attempt, as somebody new unless a visitor is given."""
    visitor = visitor or make_visitor(session, enrolment=make_enrolment(session, role=role))
    step = make_quiz_step("one/quiz", quiz=quiz)
    course = make_course(make_module("one", step))
    submit_quiz(session, visitor, course, step, given, deed_key=f"{now}", shuffle_seed=7, now=now)
    return visitor


def tallies(session: Session, quiz: Quiz) -> dict[str, set[Tally]]:
    return {one.slug: set(one.tallies) for one in wordings_of(session, quiz)}


# ---- what is counted -----------------------------------------------------------------------------


def test_answers_that_are_alike_are_counted_together_with_the_points_of_the_rest(session: Session) -> None:
    quiz = make_quiz("check", single_choice(), true_false())
    for answers in (RED, RED | {"round": ("true",)}, RED, BLUE):
        submit(session, quiz, answers)
    assert tallies(session, quiz) == {
        "colour": {Tally(("red",), 1, 0, 2), Tally(("red",), 1, 1, 1), Tally(("blue",), 0, 0, 1)},
        "round": {Tally((), 0, 1, 2), Tally((), 0, 0, 1), Tally(("true",), 1, 1, 1)},
    }


def test_only_the_first_attempt_of_each_learner_counts(session: Session) -> None:
    quiz = make_quiz()
    visitor = submit(session, quiz, BLUE)
    submit(session, quiz, RED, visitor=visitor, now=NOW + timedelta(hours=1))
    assert tallies(session, quiz) == {"colour": {Tally(("blue",), 0, 0, 1)}}


def test_what_trainers_try_themselves_does_not_count(session: Session) -> None:
    quiz = make_quiz()
    submit(session, quiz, BLUE, role="trainer")
    submit(session, quiz, RED)
    assert tallies(session, quiz) == {"colour": {Tally(("red",), 1, 0, 1)}}


def test_what_trainers_tried_before_an_update_does_not_count_after_it(
    session: Session, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    for role in ("trainer", "learner"):
        submit(session, make_quiz(), RED, role=role)
    session.execute(update(Answer).values(is_first=True))  # as it was kept then
    session.commit()
    engine.dispose()
    config = migrations_in()
    with schema_change(database_url) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0008")
    bring_up_to_date(database_url, backups=tmp_path)
    assert tallies(session, make_quiz()) == {"colour": {Tally(("red",), 1, 0, 1)}}


def test_a_wording_that_only_trainers_met_has_no_tallies(session: Session) -> None:
    submit(session, make_quiz(), RED, role="trainer")
    assert tallies(session, make_quiz()) == {"colour": set()}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some=st.lists(
        st.fixed_dictionaries(
            {
                question.slug: st.sampled_from([(), question.best(), other])
                for question, other in zip(
                    EVERY_KIND.questions,
                    (("blue",), ("two", "four"), ("false",), ("bear>nest",), ("dog", "mouse", "whale"), ("Утрехт",)),
                    strict=True,
                )
            }
        ),
        max_size=8,
    )
)
def test_the_database_counts_what_grading_says(session: Session, some: list[dict[str, Given]]) -> None:
    session.execute(delete(Answer))
    expected: dict[str, dict[tuple[Given, int, int], int]] = {}
    for given_by in some:
        submit(session, EVERY_KIND, given_by)
        grade = grade_quiz(EVERY_KIND, given_by)
        for question in EVERY_KIND.questions:
            points = grade.by_question[question.slug]
            found = expected.setdefault(question.slug, {})
            key = (question.current(given_by[question.slug]), points, grade.points - points)
            found[key] = found.get(key, 0) + 1
    assert tallies(session, EVERY_KIND) == {
        slug: {Tally(*key, count) for key, count in found.items()} for slug, found in expected.items()
    }


# ---- wordings ---------------------------------------------------------------------------------


def test_wordings_are_kept_apart_each_with_its_days_the_one_answered_last_first(session: Session) -> None:
    first = make_quiz("check", single_choice(text="Which colour?"))
    mended = make_quiz("check", single_choice(text="Which colour is a fire engine here?"))
    for quiz, days in ((first, 0), (first, 3), (mended, 5), (first, 9), (mended, 20)):
        submit(session, quiz, RED, now=NOW + timedelta(days=days))
    found = wordings_of(session, mended)
    assert [(str(one.text), one.first_at, one.last_at) for one in found] == [
        ("Which colour is a fire engine here?", NOW + timedelta(days=5), NOW + timedelta(days=20)),
        ("Which colour?", NOW, NOW + timedelta(days=9)),
    ]
    assert [sum(tally.count for tally in one.tallies) for one in found] == [2, 3]
    assert [one.revision for one in found] == [mended.questions[0].revision, first.questions[0].revision]


def test_wordings_in_two_languages_are_kept_apart(session: Session) -> None:
    english, dutch = single_choice(), single_choice(text="Welke kleur?").model_copy(update={"language": "nl"})
    for question in (english, dutch):
        submit(session, make_quiz("check", question), RED)
    assert {one.language for one in wordings_of(session, make_quiz("check", english))} == {"en", "nl"}


def test_a_question_and_a_quiz_under_former_names_are_found(session: Session) -> None:
    submit(session, make_quiz("old-check", single_choice("paint")), {"paint": ("red",)})
    renamed = make_quiz("check", single_choice("colour", former=["paint"]), former=["old-check"])
    assert [one.slug for one in wordings_of(session, renamed)] == ["paint"]


def test_a_question_of_the_same_name_in_another_quiz_is_not_taken_for_it(session: Session) -> None:
    submit(session, make_quiz("other", single_choice(text="Which colour is the sea?")), BLUE)
    assert wordings_of(session, make_quiz("check")) == ()


def test_a_quiz_that_nobody_answered_has_no_wordings(session: Session) -> None:
    assert wordings_of(session, EVERY_KIND) == ()


def test_each_wording_is_read_as_the_question_that_it_was(session: Session) -> None:
    submit(session, EVERY_KIND, {})
    found: dict[str, QuestionBase | None] = {one.slug: one.question for one in wordings_of(session, EVERY_KIND)}
    assert found == {question.slug: question for question in EVERY_KIND.questions}


def test_a_wording_of_a_kind_that_is_gone_has_its_text_and_no_question(session: Session) -> None:
    submit(session, make_quiz(), RED)
    found: tuple[WordingRead, ...] = wordings_of(session, make_quiz(), kinds=())
    assert [(one.question, str(one.text), len(one.tallies)) for one in found] == [
        (None, "Which colour is a fire engine?", 1)
    ]


@pytest.mark.parametrize("learners", [1, 12])
def test_a_whole_quiz_takes_two_statements_whatever_was_answered(session: Session, learners: int) -> None:
    for number in range(learners):
        quiz = make_quiz("check", single_choice(text=f"Wording {number}"), *EVERY_KIND.questions[1:])
        submit(session, quiz, {}, now=NOW + timedelta(days=number))
    assert len(session.scalars(select(Wording)).all()) > learners
    with counted(session) as statements:
        assert len(wordings_of(session, EVERY_KIND)) == learners + 5
    assert len(statements) == 2
