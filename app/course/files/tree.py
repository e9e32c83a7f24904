"""What lies in a course's folder: course.yaml, the folders of modules with their steps, and the quizzes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from app.course.files.complaints import SLUG_WORDS, complain
from app.course.files.documents import Document, read_yaml
from app.course.files.faults import Faults, nearest, one_of, shown
from app.course.files.renames import RenamedSlugs, Renames, RetiredSlugs
from app.course.parts import SLUG, Blocks, Noun, Words

COURSE_FILE = "modules/course.yaml"
GLOSSARY_FILE = "modules/glossary.yaml"
PUBLISHED_FILE = "modules/published.yaml"
RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"])
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
STEP_FILE = re.compile(r"(?P<number>\d\d)-(?P<slug>[^.]+)\.(?P<language>[A-Za-z0-9-]+)\.md")


class Language(Noun):
    """A language of the course and the direction of its script."""

    code: str = Field(pattern=LANGUAGE)
    direction: Literal["ltr", "rtl"] | None = None

    @property
    def goes(self) -> Literal["ltr", "rtl"]:
        """The direction that the file gives, else the usual one of the language."""
        return self.direction or ("rtl" if self.code.partition("-")[0] in RIGHT_TO_LEFT else "ltr")


def _language(found: Any) -> Any:
    return {"code": found} if isinstance(found, str) else found


class CourseFile(Noun):
    """What course.yaml holds."""

    languages: tuple[Annotated[Language, BeforeValidator(_language)], ...] = Field(min_length=1)
    title: Words
    lead: Words
    about: Blocks
    modules: tuple[str, ...] = Field(min_length=1)
    renamed: RenamedSlugs = RenamedSlugs()
    retired: RetiredSlugs = RetiredSlugs()


@dataclass(frozen=True)
class StepFiles:
    """The files of one step: one a language, by the language's code."""

    number: str
    slug: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Tree:
    """The course's folder, looked through but not yet read."""

    folder: Path
    course: Document
    languages: tuple[Language, ...]
    modules: Mapping[str, tuple[StepFiles, ...]]
    """The steps of each module, in their order, by the module's slug; only modules that have a folder."""
    quizzes: tuple[str, ...]
    """Slugs of the quizzes."""
    renames: Renames = field(default_factory=Renames)

    @property
    def source(self) -> str:
        """The code of the source language."""
        return self.languages[0].code

    def steps(self) -> Iterator[str]:
        """Yield the key of each step."""
        for module, steps in self.modules.items():
            yield from (f"{module}/{step.slug}" for step in steps)


def translated(file: str, language: str) -> str:
    """Return the name of a file's translation: `quiz.yaml` becomes `quiz.en.yaml`."""
    return f"{file.removesuffix('.yaml')}.{language}.yaml"


def look_through(folder: Path, faults: Faults) -> Tree | None:
    """Look through a course's folder; None, with faults, when course.yaml does not say what it holds."""
    course = read_yaml(folder, COURSE_FILE, faults)
    if course is None:
        return None
    _check(course, faults)
    languages = _languages(course, faults)
    if not languages:
        return None
    codes = [language.code for language in languages]
    modules = {slug: _steps(folder, slug, codes, faults) for slug in _modules(folder, course, codes, faults)}
    return Tree(folder, course, languages, modules, _quizzes(folder, codes, faults), _renames(course))


def _check(course: Document, faults: Faults) -> None:
    try:
        CourseFile.model_validate(course.data)
    except ValidationError as error:
        complain(error, CourseFile, course.mark, faults)


def _languages(course: Document, faults: Faults) -> tuple[Language, ...]:
    found: list[Language] = []
    listed = course.data.get("languages")
    for index, item in enumerate(listed if isinstance(listed, list) else []):
        try:
            language = Language.model_validate(_language(item))
        except ValidationError:
            continue
        if any(language.code == other.code for other in found):
            faults.add(course.file, course.line("languages", index), f"the language {language.code} twice", "it once")
        else:
            found.append(language)
    return tuple(found)


def _renames(course: Document) -> Renames:
    def read(name: str, model: type[RenamedSlugs] | type[RetiredSlugs]) -> Any:
        try:
            return model.model_validate(course.data.get(name) or {})
        except ValidationError:
            return model()

    return Renames(read("renamed", RenamedSlugs), read("retired", RetiredSlugs))


# ---- folders ---------------------------------------------------------------------------------


def _names(folder: Path) -> list[str]:
    """Return the names in a folder that authors gave, sorted; none when there is no folder."""
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith((".", "_")))
    except (OSError, ValueError):
        return []


def _modules(folder: Path, course: Document, codes: Sequence[str], faults: Faults) -> list[str]:
    """Return the modules that course.yaml lists and that have a folder, in its order."""
    there = [name for name in _names(folder / "modules") if (folder / "modules" / name).is_dir()]
    listed = course.data.get("modules")
    found: list[str] = []
    if not isinstance(listed, list):
        return found
    for index, slug in enumerate(listed):
        line = course.line("modules", index)
        if not isinstance(slug, str) or not re.fullmatch(SLUG, slug):
            faults.add(course.file, line, f"the module {shown(slug)}", SLUG_WORDS)
        elif slug in found:
            faults.add(course.file, line, f"the module {shown(slug)} twice", "it once")
        elif slug not in there:
            faults.add(course.file, line, f"no folder modules/{slug}", nearest(slug, there, "a folder of that name"))
        else:
            found.append(slug)
    for slug in there:
        if slug not in found:
            hoped = f"its name under `modules` in {COURSE_FILE}"
            faults.add(f"modules/{slug}", 1, "a module that the course does not list", hoped)
    _loose_files(folder, codes, faults)
    return found


def _loose_files(folder: Path, codes: Sequence[str], faults: Faults) -> None:
    """Report files beside course.yaml that nothing reads."""
    known = {COURSE_FILE, GLOSSARY_FILE, PUBLISHED_FILE}
    known |= {translated(file, code) for file in (COURSE_FILE, GLOSSARY_FILE) for code in codes[1:]}
    _report_unread(folder, "modules", known, codes, faults)


def _report_unread(folder: Path, under: str, known: set[str], codes: Sequence[str], faults: Faults) -> None:
    for name in _names(folder / under):
        file = f"{under}/{name}"
        if file in known or not name.endswith((".yaml", ".yml", ".md")):
            continue
        start, _, language = name.removesuffix(".yaml").partition(".")
        if f"{under}/{start}.yaml" in known and language not in codes:
            hoped = f"{one_of(codes[1:])}, or the language in {COURSE_FILE}"
            faults.add(file, 1, f"a translation into {shown(language)}", hoped)
        else:
            faults.add(file, 1, "a file that nothing reads", nearest(file, known, "no such file"))


def _steps(folder: Path, module: str, codes: Sequence[str], faults: Faults) -> tuple[StepFiles, ...]:
    """Return the steps of a module in the order of their numbers."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    under = f"modules/{module}"
    known = {f"{under}/module.yaml", *(translated(f"{under}/module.yaml", code) for code in codes[1:])}
    for name in _names(folder / under):
        file = f"{under}/{name}"
        if file in known or not name.endswith((".yaml", ".yml", ".md")):
            continue
        match = STEP_FILE.fullmatch(name)
        if not match or not re.fullmatch(SLUG, match["slug"]):
            hoped = f"a name such as 03-slug.{codes[0]}.md" if name.endswith(".md") else one_of(sorted(known))
            faults.add(file, 1, "a file that nothing reads", hoped)
        elif match["language"] not in codes:
            hoped = f"{one_of(codes)}, or the language in {COURSE_FILE}"
            faults.add(file, 1, f"a step in {shown(match['language'])}", hoped)
        else:
            found.setdefault((match["number"], match["slug"]), {})[match["language"]] = file
    steps = tuple(StepFiles(number, slug, files) for (number, slug), files in sorted(found.items()))
    return tuple(_without_repeats(steps, under, codes[0], faults))


def _without_repeats(steps: Sequence[StepFiles], under: str, source: str, faults: Faults) -> Iterator[StepFiles]:
    """Yield the steps that have a source file; report numbers and slugs that stand there twice."""
    numbers: dict[str, str] = {}
    slugs: dict[str, str] = {}
    if not any(source in step.files for step in steps):
        faults.add(under, 1, "a module without steps", f"a file such as 01-slug.{source}.md")
    for step in steps:
        file = step.files.get(source)
        if file is None:
            for other in step.files.values():
                hoped = f"{step.number}-{step.slug}.{source}.md beside it"
                faults.add(other, 1, "a translation of a step that is not there", hoped)
            continue
        if first := slugs.setdefault(step.slug, file) != file and slugs[step.slug]:
            faults.add(file, 1, f"the slug {shown(step.slug)} a second time", f"another one (first: {first})")
            continue
        if first := numbers.setdefault(step.number, file) != file and numbers[step.number]:
            faults.add(file, 1, f"the number {step.number} a second time", f"another one (first: {first})")
        yield step


def _quizzes(folder: Path, codes: Sequence[str], faults: Faults) -> tuple[str, ...]:
    names = [name for name in _names(folder / "quizzes") if name.endswith(".yaml") and name.count(".") == 1]
    found: list[str] = []
    for name in names:
        slug = name.removesuffix(".yaml")
        if re.fullmatch(SLUG, slug):
            found.append(slug)
        else:
            faults.add(f"quizzes/{name}", 1, f"the name {shown(slug)}", SLUG_WORDS)
    known = {f"quizzes/{name}" for name in names}
    known |= {translated(f"quizzes/{slug}.yaml", code) for slug in found for code in codes[1:]}
    _report_unread(folder, "quizzes", known, codes, faults)
    return tuple(found)
