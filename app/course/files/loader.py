"""Loads a course in all its languages: what is whole as a Course, what is not as faults, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.course.content import STEP_KINDS, Course
from app.course.files.building import Builder, Built
from app.course.files.checks import check
from app.course.files.faults import Fault, Faults
from app.course.files.lint import lint
from app.course.files.nouns import FromSource
from app.course.files.quizzes import Kinds
from app.course.files.sources import Sources
from app.course.files.tree import look_through
from app.course.parts import QuestionBase, StepBase
from app.course.quiz import QUESTION_KINDS


@dataclass(frozen=True)
class Loaded:
    """What a folder holds."""

    faults: tuple[Fault, ...]
    drafts: Mapping[str, Course]
    """What can be shown while it is being written: a Course by the code of its language, the source first.

    A language is there when its own texts are whole, and the source's too. It may lag behind the
    source, and the course as a whole may have faults: minutes that do not add up, a quiz to mend.
    """
    revisions: Mapping[str, str]
    """What a translation has to name, by source file; for a question or a term, by `file#slug`."""

    @property
    def courses(self) -> Mapping[str, Course]:
        """The course in each of its languages; none when there is any fault."""
        return {} if self.faults else self.drafts


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
    built: list[Built] = []
    drafts: dict[str, Course] = {}
    for language in tree.languages:
        before = faults.grave if drafts else 0
        one = Builder(sources, kinds, language.code, found, faults).build()
        built.append(one)
        if one.course is not None and faults.grave == before:
            drafts[one.language] = one.course
    check(sources, built[0], faults)
    lint(sources, built, faults)
    return Loaded(faults.sorted(), drafts, found.revisions)
