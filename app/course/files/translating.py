"""A translator's work: files and entries to translate, and the revisions that a finished translation names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml.comments import CommentedMap

from app.course.content import Course
from app.course.files.documents import read_text
from app.course.files.faults import Faults
from app.course.files.fields import authored, has_texts, holds_many, text_mark
from app.course.files.folders import TextFiles
from app.course.files.loader import load
from app.course.files.names import (
    COURSE_FILE,
    GLOSSARY_FILE,
    ORGANISATION_FILE,
    SUPPORT_FILE,
    module_file,
    quiz_file,
    translated,
)
from app.course.files.published import write_whole
from app.course.files.rewriting import CannotRewrite, divided, in_quotes, joined, new_value, parsed, written
from app.course.files.translation import TRANSLATES
from app.course.files.tree import CourseFile, Tree, look_through
from app.course.parts import Slugged, StepBase
from app.course.phrases import quoted

PROSE = re.compile(r"(?:\S+\s+){3,}\S*[.!?\u2026\u061f](?:\s|$)")
"""Four words or more, one of which ends a sentence: such a text is not the same in two languages, as a name may be."""
BODY = "body"
"""The text below the keys of a Markdown file."""


class SourceHasFaults(Exception):
    """The source is to be mended before it is translated."""


class NoTranslation(Exception):
    """A file is not the translation of anything."""


class Untranslated(Exception):
    """A file still holds texts of its source."""


@dataclass(frozen=True)
class Part:
    """What names a revision of its own: a file, or an entry of one, as a translation has to give it."""

    file: str
    """Of the source."""
    texts: Mapping[str, Any]
    """Keys with their texts; what the source lists, by slug."""
    under: str = ""
    """For an entry, the key that it stands under: questions, terms or blanks."""
    slug: str = ""
    """For an entry, its own key."""

    @property
    def key(self) -> str:
        """What the loader calls it: `file`, or `file#slug`."""
        return f"{self.file}#{self.slug}" if self.slug else self.file


# ---- what there is to translate --------------------------------------------------------------


def parts_of(tree: Tree, course: Course) -> Iterator[Part]:
    """Yield everything of a course in its source language that a translation gives."""
    yield Part(COURSE_FILE, _texts(course, CourseFile))
    yield from (Part(GLOSSARY_FILE, _texts(term), "terms", term.slug) for term in course.glossary)
    yield from (Part(ORGANISATION_FILE, _texts(blank), "blanks", blank.slug) for blank in course.blanks)
    if course.support:
        yield Part(SUPPORT_FILE, _texts(course.support))
    yield from _markdown(tree.pages, tree.source, course.pages)
    for module in course.modules:
        yield Part(module_file(module.slug), _texts(module))
        yield from _markdown(tree.modules[module.slug], tree.source, module.steps)
        ways = [step.care.around for step in module.steps if step.care]
        yield from _markdown(tree.ways[module.slug], tree.source, ways)
    for quiz in {quiz.slug: quiz for quiz in course.quizzes.values()}.values():
        yield Part(quiz_file(quiz.slug), _texts(quiz))
        yield from (Part(quiz_file(quiz.slug), _texts(one), "questions", one.slug) for one in quiz.questions)


def _markdown(files: Sequence[TextFiles], source: str, nouns: Iterable[StepBase | Slugged]) -> Iterator[Part]:
    by_slug = {noun.slug: noun for noun in nouns}
    yield from (Part(one.files[source], _texts(by_slug[one.slug])) for one in files if one.slug in by_slug)


def _texts(noun: BaseModel, model: type[BaseModel] | None = None) -> dict[str, Any]:
    """Return what a translation of a noun holds, with the words of the source."""
    found: dict[str, Any] = {}
    model = model or type(noun)
    for name in authored(model):
        value = getattr(noun, name) if has_texts(model, name) else None
        if not value:
            continue
        if text_mark(model, name):
            found[name] = [str(item) for item in value] if isinstance(value, tuple) else str(value)
        elif holds_many(model, name):
            found[name] = {getattr(item, "slug", str(at)): _texts(item) for at, item in enumerate(value, 1)}
        else:
            found[name] = _texts(value)
    return found


def name_in(file: str, language: str, source: str) -> str:
    """Return the name that the translation of a source file has."""
    if file.endswith(".md"):
        return f"{file.removesuffix(f'.{source}.md')}.{language}.md"
    return translated(file, language)


# ---- to begin, and to finish -----------------------------------------------------------------


def begin(folder: Path) -> tuple[str, ...]:
    """Write what is missing of every translation, with the words of the source. Return the files.

    What is there stays as it is. No revision is named: the check goes on asking for it until
    somebody finishes the translation. Raises SourceHasFaults, and CannotRewrite for a
    translation that cannot be read; then nothing was written.
    """
    changed: list[_Translation] = []
    for file, parts in _work(folder).parts.items():
        translation = _Translation(folder, file)
        for part in parts:
            translation.add(part)
        changed.append(translation)
    return _write(changed)


def finish(folder: Path, files: Sequence[str]) -> tuple[str, ...]:
    """Let translations name the revisions that their sources have now. Return the files that named others before.

    `files` are relative to the course's folder. Raises SourceHasFaults, NoTranslation,
    Untranslated and CannotRewrite; then nothing was written.
    """
    work = _work(folder)
    changed: list[_Translation] = []
    for file in files:
        if file not in work.parts or not (folder / file).is_file():
            raise NoTranslation(file)
        translation = _Translation(folder, file)
        for part in work.parts[file]:
            translation.name_revision(part, work.revisions[part.key])
        changed.append(translation)
    if left := [line for one in changed for part in work.parts[one.file] for line in one.untranslated(part)]:
        raise Untranslated("\n".join(left))
    return _write(changed)


@dataclass(frozen=True)
class _Work:
    """What there is to translate, by the file of the translation, and what each translation has to name."""

    parts: Mapping[str, Sequence[Part]]
    revisions: Mapping[str, str]


def _work(folder: Path) -> _Work:
    tree, loaded = look_through(folder, Faults()), load(folder)
    if tree is None or tree.source not in loaded.drafts:
        raise SourceHasFaults
    parts: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts_of(tree, loaded.drafts[tree.source]):
        for language in tree.languages[1:]:
            parts[name_in(part.file, language.code, tree.source)].append(part)
    return _Work(parts, loaded.revisions)


class _Translation:
    """The file of a translation: its keys and, in Markdown, the text below them. Raises CannotRewrite."""

    def __init__(self, folder: Path, file: str) -> None:
        self.path, self.file = folder / file, file
        self._before = self._read(folder) if self.path.exists() else ""
        self._is_markdown = file.endswith(".md")
        try:
            keys, self._below = divided(self._before) if self._is_markdown and self._before else (self._before, "")
            self._keys = parsed(keys)
        except CannotRewrite as error:
            raise CannotRewrite(f"{file}: {error}") from error

    def _read(self, folder: Path) -> str:
        """Return the text as the loader reads it: some editors put a mark before it, or end lines in two signs."""
        text = read_text(folder, self.file, Faults())
        if text is None:
            raise CannotRewrite(f"{self.file}: no text that can be read")
        return text

    @property
    def text(self) -> str:
        """The whole file."""
        keys = written(self._keys)
        return joined(keys, self._below) if self._is_markdown else keys

    @property
    def has_changed(self) -> bool:
        """Whether it says something else than what is on the disk."""
        return self.text != self._before

    def add(self, part: Part) -> None:
        """Add what is missing of a part, with the words of the source."""
        keys, below = self._split(part.texts)
        _add(self._keys, {part.under: {part.slug: keys}} if part.under else keys)
        if below and not self._below.strip():
            self._below = f"\n{below}\n"

    def name_revision(self, part: Part, revision: str) -> None:
        """Let a part name the revision that it translates; one that is missing is left to the check."""
        entry = self._entry(part)
        if entry is None or str(entry.get(TRANSLATES)) == revision:
            return
        if TRANSLATES in entry:
            entry[TRANSLATES] = in_quotes(revision)
        else:
            entry.insert(0, TRANSLATES, in_quotes(revision))

    def untranslated(self, part: Part) -> Iterator[str]:
        """Yield a line for each text of a part that still is the one of the source."""
        keys, below = self._split(part.texts)
        same = (*_same(keys, self._entry(part)), *_same(below, self._below.strip()))
        yield from (f"{self.file}: {quoted(text)} is still the text of the source" for text in same)

    def _split(self, texts: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """Divide texts into those of keys and the one below them."""
        if not self._is_markdown:
            return texts, ""
        return {key: text for key, text in texts.items() if key != BODY}, texts.get(BODY, "")

    def _entry(self, part: Part) -> CommentedMap | None:
        found = self._keys.get(part.under, {}).get(part.slug) if part.under else self._keys
        return found if isinstance(found, CommentedMap) else None


def _add(holder: CommentedMap, texts: Mapping[str, Any]) -> None:
    for key, value in texts.items():
        if holder.get(key) is None:
            holder[key] = new_value(value)
        elif isinstance(value, Mapping) and isinstance(holder[key], CommentedMap):
            _add(holder[key], value)


def _same(texts: Any, found: Any) -> Iterator[str]:
    """Yield the sentences that stand in both of two things of the same shape."""
    if isinstance(texts, Mapping) and isinstance(found, Mapping):
        for key, text in texts.items():
            yield from _same(text, found.get(key))
    elif isinstance(texts, str) and texts == found and PROSE.search(texts):
        yield texts


def _write(translations: Sequence[_Translation]) -> tuple[str, ...]:
    changed = [one for one in translations if one.has_changed]
    for one in changed:
        one.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(one.path, one.text)
    return tuple(sorted(one.file for one in changed))
