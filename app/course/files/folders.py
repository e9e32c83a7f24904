"""What lies in the folders of a course, by name alone: modules, steps, ways around, pages and quizzes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.course.files.complaints import SLUG_WORDS
from app.course.files.documents import Document
from app.course.files.faults import Faults
from app.course.files.names import (
    COURSE_FILE,
    GLOSSARY_FILE,
    ORGANISATION_FILE,
    PAGES,
    PUBLISHED_FILE,
    SUPPORT_FILE,
    module_file,
    translated,
    ways_folder,
)
from app.course.parts import SLUG
from app.course.phrases import nearest, one_of, quoted

RESERVED_STEPS: Mapping[str, str] = {"print": "the page on which a whole module is printed"}
"""Slugs that no step can have, and what stands at their address."""
RESERVED_PAGES: Mapping[str, str] = {"support": "the page of modules/support.yaml"}
"""Slugs that no content page can have, and what is called so already."""


@dataclass(frozen=True)
class TextFiles:
    """The Markdown files of one text: one a language, by the language's code."""

    number: str
    """The digits that give its place; empty where the name has none."""
    slug: str
    files: Mapping[str, str]

    def name(self, language: str) -> str:
        """Return the name that its file in a language has, or should have."""
        return f"{self.number}-{self.slug}.{language}.md" if self.number else f"{self.slug}.{language}.md"


@dataclass(frozen=True)
class Kind:
    """A kind of text: how a fault calls one, how its files are named, and which slugs are taken."""

    what: str
    pattern: re.Pattern[str]
    example: str
    reserved: Mapping[str, str]


NUMBERED = re.compile(r"(?P<number>\d\d)-(?P<slug>[^.]+)\.(?P<language>[A-Za-z0-9-]+)\.md")
PLAIN = re.compile(r"(?P<number>)(?P<slug>[^.]+)\.(?P<language>[A-Za-z0-9-]+)\.md")

STEP = Kind("a step", NUMBERED, "03-slug", RESERVED_STEPS)
PAGE = Kind("a page", NUMBERED, "03-slug", RESERVED_PAGES)
WAY = Kind("a way around", PLAIN, "slug", {})


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder that authors gave, sorted; none when there is no folder."""
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith((".", "_")))
    except (OSError, ValueError):
        return []


class Folders:
    """Looks through a course's folder, for the languages of `codes`, the source first."""

    def __init__(self, folder: Path, codes: Sequence[str], faults: Faults) -> None:
        self._folder, self._codes, self._faults = folder, codes, faults

    # ---- modules -----------------------------------------------------------------------------

    def modules(self, course: Document) -> list[str]:
        """Return the modules that course.yaml lists and that have a folder, in its order."""
        under = self._folder / "modules"
        there = [name for name in names_in(under) if (under / name).is_dir() and f"modules/{name}" != PAGES]
        listed = course.data.get("modules")
        found: list[str] = []
        if not isinstance(listed, list):
            return found
        for index, slug in enumerate(listed):
            line = course.line("modules", index)
            if not isinstance(slug, str) or not re.fullmatch(SLUG, slug):
                self._faults.add(course.file, line, f"the module {quoted(slug)}", SLUG_WORDS)
            elif slug in found:
                self._faults.add(course.file, line, f"the module {quoted(slug)} twice", "it once")
            elif f"modules/{slug}" == PAGES:
                self._faults.add(course.file, line, f"the module {quoted(slug)}", f"another name: {PAGES} holds pages")
            elif slug not in there:
                hoped = nearest(slug, there, "a folder of that name")
                self._faults.add(course.file, line, f"no folder modules/{slug}", hoped)
            else:
                found.append(slug)
        for slug in there:
            if slug not in found:
                hoped = f"its name under `modules` in {COURSE_FILE}"
                self._faults.add(f"modules/{slug}", 1, "a module that the course does not list", hoped)
        self._loose_files()
        return found

    def _loose_files(self) -> None:
        """Report files beside course.yaml that nothing reads."""
        translatable = (COURSE_FILE, GLOSSARY_FILE, ORGANISATION_FILE, SUPPORT_FILE)
        there = [file for file in translatable if (self._folder / file).exists()]
        known = {*translatable, PUBLISHED_FILE}
        known |= {translated(file, code) for file in there for code in self._codes[1:]}
        self._report_unread("modules", known)

    def _report_unread(self, under: str, known: set[str]) -> None:
        for name in names_in(self._folder / under):
            file = f"{under}/{name}"
            if file in known or not name.endswith((".yaml", ".yml", ".md")):
                continue
            start, _, language = name.removesuffix(".yaml").partition(".")
            if f"{under}/{start}.yaml" in known and language not in self._codes:
                hoped = f"{one_of(self._codes[1:])}, or the language in {COURSE_FILE}"
                self._faults.add(file, 1, f"a translation into {quoted(language)}", hoped)
            else:
                self._faults.add(file, 1, "a file that nothing reads", nearest(file, known, "no such file"))

    # ---- texts -------------------------------------------------------------------------------

    def steps(self, module: str) -> tuple[TextFiles, ...]:
        """Return the steps of a module in the order of their numbers."""
        under, file = f"modules/{module}", module_file(module)
        found = self._texts(under, STEP, {file, *(translated(file, code) for code in self._codes[1:])})
        if not any(self._codes[0] in step.files for step in found):
            self._faults.add(under, 1, "a module without steps", f"a file such as 01-slug.{self._codes[0]}.md")
        return tuple(self._without_repeats(found, STEP))

    def ways(self, module: str) -> tuple[TextFiles, ...]:
        """Return the ways around of a module, by name."""
        return tuple(self._with_source(self._texts(ways_folder(module), WAY, set()), WAY))

    def pages(self) -> tuple[TextFiles, ...]:
        """Return the content pages in the order of their numbers."""
        return tuple(self._without_repeats(self._texts(PAGES, PAGE, set()), PAGE))

    def _texts(self, under: str, kind: Kind, known: set[str]) -> list[TextFiles]:
        """Return the Markdown texts in a folder; report what nothing reads there, but for the files of `known`."""
        codes = self._codes
        found: dict[tuple[str, str], dict[str, str]] = {}
        for name in names_in(self._folder / under):
            file = f"{under}/{name}"
            if file in known or not name.endswith((".yaml", ".yml", ".md")):
                continue
            match = kind.pattern.fullmatch(name)
            if not match or not re.fullmatch(SLUG, match["slug"]):
                text = f"a name such as {kind.example}.{codes[0]}.md"
                hoped = text if name.endswith(".md") or not known else one_of(sorted(known))
                self._faults.add(file, 1, "a file that nothing reads", hoped)
            elif match["language"] not in codes:
                hoped = f"{one_of(codes)}, or the language in {COURSE_FILE}"
                self._faults.add(file, 1, f"{kind.what} in {quoted(match['language'])}", hoped)
            else:
                found.setdefault((match["number"], match["slug"]), {})[match["language"]] = file
        return [TextFiles(number, slug, files) for (number, slug), files in sorted(found.items())]

    def _with_source(self, texts: Iterable[TextFiles], kind: Kind) -> Iterator[TextFiles]:
        """Yield the texts that have a source file and a slug that is free; report the others."""
        source = self._codes[0]
        for text in texts:
            if source in text.files:
                if text.slug in kind.reserved:
                    hoped = f"another one: it is {kind.reserved[text.slug]}"
                    self._faults.add(text.files[source], 1, f"the slug {quoted(text.slug)}", hoped)
                yield text
                continue
            for other in text.files.values():
                found = f"a translation of {kind.what} that is not there"
                self._faults.add(other, 1, found, f"{text.name(source)} beside it")

    def _without_repeats(self, texts: Iterable[TextFiles], kind: Kind) -> Iterator[TextFiles]:
        """Yield the texts that have a source file; report numbers and slugs that stand there twice."""
        numbers: dict[str, str] = {}
        slugs: dict[str, str] = {}
        for text in self._with_source(texts, kind):
            file = text.files[self._codes[0]]
            if first := _other(slugs, text.slug, file):
                self._faults.add(
                    file, 1, f"the slug {quoted(text.slug)} a second time", f"another one (first: {first})"
                )
                continue
            if first := _other(numbers, text.number, file):
                self._faults.add(file, 1, f"the number {text.number} a second time", f"another one (first: {first})")
            yield text

    # ---- quizzes -----------------------------------------------------------------------------

    def quizzes(self) -> tuple[str, ...]:
        """Return the slugs of the quizzes."""
        names = [name for name in names_in(self._folder / "quizzes") if name.endswith(".yaml") and name.count(".") == 1]
        found: list[str] = []
        for name in names:
            slug = name.removesuffix(".yaml")
            if re.fullmatch(SLUG, slug):
                found.append(slug)
            else:
                self._faults.add(f"quizzes/{name}", 1, f"the name {quoted(slug)}", SLUG_WORDS)
        known = {f"quizzes/{name}" for name in names}
        known |= {translated(f"quizzes/{slug}.yaml", code) for slug in found for code in self._codes[1:]}
        self._report_unread("quizzes", known)
        return tuple(found)


def _other(seen: dict[str, str], name: str, file: str) -> str | None:
    """Return the file that had a name first; None when this one does."""
    first = seen.setdefault(name, file)
    return first if first != file else None
