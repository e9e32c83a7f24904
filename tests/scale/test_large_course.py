"""A course of 200 steps and 1,000 questions costs a page of a step nothing that one of 20 steps does not cost."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import FrameType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.course.files.shelf import Shelf
from app.records import learning
from app.web.extensions import engine_of, house_of
from tests.large_course import write_large
from tests.makers import NOW, make_visitor
from tests.program import ROOT
from tests.racing import counted
from tests.web.conftest import Browser

pytestmark = pytest.mark.scale

READ, NEXT, QUIZ = (f"/modules/00-part/{slug}" for slug in ("text-1", "text-2", "quiz-1"))
TOKEN = re.compile(r'name="(csrf_token|deed_key|shuffle_seed|version)" value="[^"]*"|data-[a-z-]+="[^"]*"')


@cache
def shelf_of(modules: int) -> Shelf:
    """Load a course of so many modules, each with ten steps and fifty questions. The first is always the same."""
    folder = Path(mkdtemp(prefix="opstap-large-")) / "course"
    write_large(folder, modules=modules)
    shelf = Shelf(folder)
    assert not shelf.faults, shelf.faults[:3]
    return shelf


def test_the_large_course_has_two_hundred_steps_and_a_thousand_questions() -> None:
    course = shelf_of(20).course()
    assert len(course.steps) == 200
    assert sum(len(quiz.questions) for quiz in course.quizzes.values()) == 1000


class Work:
    """Counts the lines of the program and of its templates that run."""

    def __init__(self) -> None:
        self.lines = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, _event: str, _about: Any) -> Any:
        file = frame.f_code.co_filename
        return self._step if file.startswith(str(ROOT / "app")) or file == "<template>" else None

    def _step(self, _frame: FrameType, event: str, _about: Any) -> Any:
        self.lines += event == "line"
        return self._step


def costs_of(app: Flask, session: Session, path: str) -> tuple[int, list[str], int]:
    """Return what a page costs a learner who did two steps: its size, its statements and the lines that run for it."""
    visitor = make_visitor(session)
    course = house_of(app).shelf.course()
    for slug in ("text-0", "text-1"):
        learning.complete_step(session, visitor, course, course.step_by_key[f"00-part/{slug}"], now=NOW)
    session.commit()
    reader = Browser(app.test_client())
    reader.sign_in(visitor)
    reader.client.get(path)  # what is made once for all is made
    work = Work()
    with counted(Session(engine_of(app))) as statements, work.counting():
        answer = reader.client.get(path)
    assert answer.status_code == 200
    return len(TOKEN.sub("", answer.text)), statements, work.lines


@pytest.mark.parametrize("path", [READ, NEXT, QUIZ, "/support", "/bookmarks"])
def test_a_page_costs_the_same_in_a_course_ten_times_as_large(
    app_with: Callable[..., Flask], session: Session, path: str
) -> None:
    few = costs_of(app_with(shelf=shelf_of(2)), session, path)
    many = costs_of(app_with(shelf=shelf_of(20)), session, path)
    assert many == few
