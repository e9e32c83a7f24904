"""modules/published.yaml: every slug that was ever published, with the revision that it had."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError

from app.course.content import Course
from app.course.files.complaints import complain
from app.course.files.documents import Mark, read_yaml
from app.course.files.faults import Faults
from app.course.files.fields import slugged
from app.course.files.names import PUBLISHED_FILE
from app.course.files.renames import LEVELS
from app.course.parts import Noun

HEADING = """\
# Every slug that was ever published, with the revision that it had.
# `flask course publish` writes this file. Keep it with the content, and never edit it:
# what people did hangs on these slugs.
"""


class PublishedRevision(Noun):
    """A revision of a step, and how many changes its author had declared by then."""

    revision: str
    changes: int = Field(ge=0)


class Published(Noun):
    """Everything that was ever published. Steps keep all their revisions, oldest first; others the newest."""

    modules: dict[str, str] = Field(default_factory=dict)
    steps: dict[str, tuple[PublishedRevision, ...]] = Field(default_factory=dict)
    quizzes: dict[str, str] = Field(default_factory=dict)
    questions: dict[str, str] = Field(default_factory=dict)
    options: tuple[str, ...] = ()

    def keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of a kind of thing: modules, steps, quizzes, questions or options."""
        return tuple(getattr(self, kind))

    def revisions(self, keys: Iterable[str]) -> tuple[tuple[str, int], ...]:
        """Return the revisions of a step under all its keys (today's first), oldest first, each once in a row."""
        found: list[tuple[str, int]] = []
        for key in reversed(tuple(keys)):
            for one in self.steps.get(key, ()):
                if not found or found[-1][0] != one.revision:
                    found.append((one.revision, one.changes))
        return tuple(found)


@dataclass(frozen=True)
class PublishedFile:
    """What the file says, and where."""

    published: Published = field(default_factory=Published)
    mark: Mark = field(default_factory=lambda: Mark(PUBLISHED_FILE, 1, 1))


def read_published(folder: Path, faults: Faults) -> PublishedFile:
    """Read what was published; nothing when nothing was, or, with faults, when the file is no longer whole."""
    if not (folder / PUBLISHED_FILE).is_symlink() and not (folder / PUBLISHED_FILE).exists():
        return PublishedFile()
    document = read_yaml(folder, PUBLISHED_FILE, faults)
    if document is None:
        return PublishedFile()
    try:
        given = {key: value for key, value in document.data.items() if value is not None}
        return PublishedFile(Published.model_validate(given), document.mark)
    except ValidationError as error:
        complain(error, Published, document.mark, faults)
        return PublishedFile(mark=document.mark)


def now_in(course: Course) -> Published:
    """Return what would be published of a course in its source language."""
    quizzes = {quiz.slug: quiz for quiz in course.quizzes.values()}
    return Published(
        modules={module.slug: module.source_revision for module in course.modules},
        steps={
            step.key: (PublishedRevision(revision=step.source_revision, changes=len(step.changes)),)
            for step in course.steps
        },
        quizzes={slug: quiz.source_revision for slug, quiz in quizzes.items()},
        questions={f"{quiz.slug}/{q.slug}": q.source_revision for quiz in quizzes.values() for q in quiz.questions},
        options=tuple(
            f"{quiz.slug}/{question.slug}/{slug}"
            for quiz in quizzes.values()
            for question in quiz.questions
            for slug in slugged(question)
        ),
    )


def together(before: Published, now: Published, former: Mapping[str, tuple[str, ...]]) -> Published:
    """Return all that was published before and all that is there now. `former` holds step keys by today's."""
    steps = dict(before.steps)
    for key, (revision,) in now.steps.items():
        known = before.revisions((key, *former.get(key, ())))
        if key not in before.steps or known[-1][0] != revision.revision:
            steps[key] = (*before.steps.get(key, ()), revision)
    return Published(
        modules={**before.modules, **now.modules},
        steps=steps,
        quizzes={**before.quizzes, **now.quizzes},
        questions={**before.questions, **now.questions},
        options=tuple(dict.fromkeys((*before.options, *now.options))),
    )


@dataclass(frozen=True)
class Publication:
    """What a publication added: new keys by kind of thing, and the steps that got a new revision."""

    added: Mapping[str, tuple[str, ...]]
    revised: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.revised) or any(self.added.values())


def publish(folder: Path, course: Course) -> Publication:
    """Add what a course without faults, in its source language, holds to its published.yaml.

    Nothing is written when nothing is new. Raises BrokenPublished when the file is no longer whole.
    """
    faults = Faults()
    before = read_published(folder, faults).published
    if len(faults):
        raise BrokenPublished("\n".join(str(fault) for fault in faults.sorted()))
    now = now_in(course)
    after = together(before, now, {step.key: step.former for step in course.steps})
    if after != before:
        write_whole(folder / PUBLISHED_FILE, as_yaml(after))
    added = {kind: tuple(key for key in now.keys(kind) if key not in before.keys(kind)) for kind in LEVELS}
    revised = tuple(key for key in now.steps if key in before.steps and after.steps[key] != before.steps[key])
    return Publication(added, revised)


class BrokenPublished(Exception):
    """published.yaml cannot be read, so nothing may be written over it."""


def as_yaml(published: Published) -> str:
    """Return the file's text: sorted, one line a slug or revision, so that a merge of two branches is easy."""
    lines = [HEADING.rstrip()]
    for kind in LEVELS:
        keys = sorted(published.keys(kind))
        lines.append(f"{kind}:" if keys else f"{kind}: {'[]' if kind == 'options' else '{}'}")
        for key in keys:
            lines.extend(_lines_of(published, kind, key))
    return "\n".join(lines) + "\n"


def _lines_of(published: Published, kind: str, key: str) -> list[str]:
    if kind == "options":
        return [f'  - "{key}"']
    if kind != "steps":
        return [f'  "{key}": "{getattr(published, kind)[key]}"']
    revisions = (f'    - {{revision: "{one.revision}", changes: {one.changes}}}' for one in published.steps[key])
    return [f'  "{key}":', *revisions]


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader, or a power cut, finds the old one or the new one, never half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
