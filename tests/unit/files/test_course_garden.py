"""The tests' course in three languages holds one of everything that a course may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from app.course.content import STEP_KINDS, Course
from app.course.files.documents import read_yaml
from app.course.files.faults import Faults
from app.course.files.fields import authored
from app.course.files.loader import load
from app.course.files.names import COURSE_FILE
from app.course.files.renames import LEVELS
from app.course.files.tree import CourseFile
from app.course.quiz import QUESTION_KINDS
from tests.course_folder import GARDEN


@pytest.fixture(scope="module")
def courses() -> Mapping[str, Course]:
    loaded = load(GARDEN)
    assert loaded.faults == ()
    return loaded.courses


def nouns_in(value: Any) -> Iterator[BaseModel]:
    """Yield a noun and all that lie in it."""
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from nouns_in(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from nouns_in(item)


def test_it_has_three_modules_in_three_languages_one_of_them_from_right_to_left(courses: Mapping[str, Course]) -> None:
    assert {code: course.direction for code, course in courses.items()} == {"en": "ltr", "nl": "ltr", "ar": "rtl"}
    assert [len(course.modules) for course in courses.values()] == [3, 3, 3]
    assert [len(course.steps) for course in courses.values()] == [10, 10, 10]


def test_it_has_every_kind_of_step_and_of_question(courses: Mapping[str, Course]) -> None:
    course = courses["en"]
    assert {type(step) for step in course.steps} == set(STEP_KINDS)
    questions = [question for quiz in course.quizzes.values() for question in quiz.questions]
    assert {type(question) for question in questions} == set(QUESTION_KINDS)


def test_every_key_that_an_author_may_write_is_written_somewhere(courses: Mapping[str, Course]) -> None:
    nouns = list(nouns_in(courses["ar"]))
    known = {key for noun in nouns for key in keys_of(noun)}
    written = {key for noun in nouns for key, value in keys_of(noun).items() if value != default_of(noun, key[1])}
    assert len(known) > 60
    assert known - written == set()


def keys_of(noun: BaseModel) -> dict[tuple[str, str], Any]:
    """Return what an author may write for a noun: values by key, and by the class that brings the key."""
    found: dict[tuple[str, str], Any] = {}
    for name in authored(type(noun)):
        bases = [base for base in type(noun).__mro__ if name in getattr(base, "model_fields", ())]
        found[bases[-1].__name__, name] = getattr(noun, name)
    return found


def default_of(noun: BaseModel, name: str) -> Any:
    return type(noun).model_fields[name].get_default(call_default_factory=True)


def test_something_of_every_level_was_renamed_and_something_is_retired() -> None:
    document = read_yaml(GARDEN, COURSE_FILE, Faults())
    assert document
    front = CourseFile.model_validate(document.data)
    assert all(getattr(front.renamed, kind) for kind in LEVELS)
    assert front.retired.steps


def test_a_step_that_was_renamed_tells_what_changed_since_its_first_revision(courses: Mapping[str, Course]) -> None:
    for course in courses.values():
        step = course.step_by_key["01-light/sun"]
        assert step.slug == "where-the-sun-is"
        first, _ = step.published[0]
        assert [change.on.isoformat() for change in step.substance_since(first)] == ["2026-10-05"]


SHAPES = ("<table", "<figcaption", "<h3", "<ol", "<ul", "<strong", "<em", "quote", "callout", "fold", "fn", "term")
LINKS = ("/modules/", "#section-", "https://", "mailto:", "/pages/")


@pytest.mark.parametrize(
    "shape", [*(one if one[0] == "<" else f'class="{one}"' for one in SHAPES), *(f'href="{link}' for link in LINKS)]
)
def test_its_texts_have_every_shape_of_markdown_in_every_language(courses: Mapping[str, Course], shape: str) -> None:
    for code, course in courses.items():
        texts = [course.about, *(step.body for step in course.steps), *(page.body for page in course.pages)]
        assert any(shape in text.html for text in texts), f"{shape} is nowhere in {code}"


def test_its_pages_have_blanks_that_are_filled_in_and_one_that_is_not(courses: Mapping[str, Course]) -> None:
    for course in courses.values():
        assert [blank.slug for blank in course.open_blanks] == ["adviser"]
        assert course.support
        assert [contact.slug for contact in course.support.countries[0].contacts] == ["garden-line", "desk"]
        assert 'href="mailto:help@example.org"' in course.page_by_slug["who-we-are"].body.html
