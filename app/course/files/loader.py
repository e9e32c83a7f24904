"""Loads a course in all its languages: what is whole as a Course, what is not as faults, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.course.content import STEP_KINDS, Course
from app.course.files.building import Builder
from app.course.files.checks import check
from app.course.files.faults import Fault, Faults
from app.course.files.nouns import FromSource
from app.course.files.quizzes import Kinds
from app.course.files.sources import Sources
from app.course.files.tree import look_through
from app.course.parts import QuestionBase, StepBase
from app.course.quiz import QUESTION_KINDS


@dataclass(frozen=True)
class Loaded:
    """What a folder holds. `courses` is empty when there is any fault."""

    faults: tuple[Fault, ...]
    courses: Mapping[str, Course]
    """A Course by the code of its language, the source first."""
    revisions: Mapping[str, str]
    """What a translation has to name, by source file; for a question or a term, by `file#slug`."""


def load(
    folder: Path,
    *,
    step_kinds: Sequence[type[StepBase]] = STEP_KINDS,
    question_kinds: Sequence[type[QuestionBase]] = QUESTION_KINDS,
) -> Loaded:
    """Load a course. Whatever its files hold, this returns: with faults instead of errors."""
    faults = Faults()
    tree = look_through(folder, faults)
    if tree is None:
        return Loaded(faults.sorted(), {}, {})
    sources, found = Sources(tree, faults), FromSource()
    kinds = Kinds.of(step_kinds, question_kinds)
    built = [Builder(sources, kinds, one.code, found, faults).build() for one in tree.languages]
    check(sources, built[0], faults)
    courses = {one.language: one.course for one in built if one.course is not None}
    return Loaded(faults.sorted(), {} if len(faults) else courses, found.revisions)
