"""The last good course of a folder, in each of its languages, and what is wrong with the files now."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.course.content import STEP_KINDS, Course
from app.course.files.documents import is_inside
from app.course.files.faults import Fault
from app.course.files.loader import Loaded, load
from app.course.files.pictures import picture_file
from app.course.parts import QuestionBase, StepBase
from app.course.quiz import QUESTION_KINDS


class NoCourse(LookupError):
    """The files have had faults ever since the shelf was made: there is no course to show."""


_Signature = frozenset[tuple[str, int, int]]


@dataclass(frozen=True)
class _State:
    """All that a reader sees at one moment; it is replaced as a whole."""

    faults: tuple[Fault, ...]
    courses: Mapping[str, Course]
    signature: _Signature | None
    is_current: bool = False
    """Whether the courses are what the files say now, faults and all."""


class Shelf:
    """Keeps the last good course of a folder. Any number of threads may ask it."""

    def __init__(
        self,
        folder: Path,
        *,
        step_kinds: Sequence[type[StepBase]] = STEP_KINDS,
        question_kinds: Sequence[type[QuestionBase]] = QUESTION_KINDS,
        watch: bool = False,
    ) -> None:
        """Load the course. Faulty files leave their faults; with `watch`, `refresh` loads them again."""
        self.folder = folder
        self.step_kinds, self.question_kinds = tuple(step_kinds), tuple(question_kinds)
        self._watch = watch
        self._loading = threading.Lock()
        self._state = _State((), {}, None)
        self._load()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the files as they were last read."""
        return self._state.faults

    @property
    def can_be_shown(self) -> bool:
        """Whether the course is what the files hold now: always without faults, and with some while it is watched."""
        return self._state.is_current

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the course's languages, the source first; none while there never was a good course."""
        return tuple(self._state.courses)

    def course(self, language: str | None = None) -> Course:
        """Return the last good course, in the source language when it has no other. Raises NoCourse.

        While it is watched, that is the last one that could be shown.
        """
        courses = self._state.courses
        if not courses:
            raise NoCourse(f"{self.folder} has never held a course without faults")
        return courses.get(language or "") or next(iter(courses.values()))

    def refresh(self) -> None:
        """Load the files again if the shelf watches them and one changed; a look costs one stat a file.

        While one thread loads, the others go on with what there was.
        """
        if self._watch and signature_of(self.folder) != self._state.signature and self._loading.acquire(blocking=False):
            try:
                self._load()
            finally:
                self._loading.release()

    def image(self, module_slug: str, name: str) -> Path | None:
        """Return a picture that lies beside a module's steps; None when there is none of that name."""
        courses = self._state.courses
        module = self.course().module_by_slug.get(module_slug) if courses else None
        file = picture_file(module.slug, name) if module else None
        path = self.folder / file if file else None
        return path if path and path.is_file() and is_inside(self.folder, path) else None

    def _load(self) -> None:
        """Load the files; their signature is taken first, so that a change meanwhile is seen at the next look."""
        signature = signature_of(self.folder) if self._watch else None
        loaded: Loaded = load(self.folder, step_kinds=self.step_kinds, question_kinds=self.question_kinds)
        courses = loaded.drafts if self._watch else loaded.courses
        self._state = _State(loaded.faults, courses or self._state.courses, signature, bool(courses))


def signature_of(folder: Path) -> _Signature:
    """Return what changes when a file of the course is written, added, renamed or removed."""
    return frozenset(_stats(folder))


def _stats(folder: Path) -> Iterator[tuple[str, int, int]]:
    for under in ("modules", "quizzes"):
        for path in (folder / under).rglob("*"):
            try:
                about = path.stat()
            except OSError:
                yield str(path), -1, -1
            else:
                yield str(path), about.st_mtime_ns, about.st_size
