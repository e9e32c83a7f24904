"""What a course is made of: course.yaml, read; and its modules, steps, pages and quizzes, by their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from app.course.files.complaints import complain
from app.course.files.documents import Document, read_yaml
from app.course.files.faults import Faults
from app.course.files.folders import Folders, TextFiles
from app.course.files.names import COURSE_FILE
from app.course.files.renames import RenamedSlugs, Renames, RetiredSlugs
from app.course.parts import Blocks, Noun, Words

RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"])
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


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
class Tree:
    """The course's folder, looked through but not yet read."""

    folder: Path
    course: Document
    languages: tuple[Language, ...]
    modules: Mapping[str, tuple[TextFiles, ...]]
    """The steps of each module, in their order, by the module's slug; only modules that have a folder."""
    ways: Mapping[str, tuple[TextFiles, ...]]
    """The ways around of each module, by the module's slug."""
    pages: tuple[TextFiles, ...]
    """The pages in the foot, in their order."""
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


def look_through(folder: Path, faults: Faults) -> Tree | None:
    """Look through a course's folder; None, with faults, when course.yaml does not say what it holds."""
    course = read_yaml(folder, COURSE_FILE, faults)
    if course is None:
        return None
    _check(course, faults)
    languages = _languages(course, faults)
    if not languages:
        return None
    folders = Folders(folder, [language.code for language in languages], faults)
    modules = folders.modules(course)
    return Tree(
        folder,
        course,
        languages,
        modules={slug: folders.steps(slug) for slug in modules},
        ways={slug: folders.ways(slug) for slug in modules},
        pages=folders.pages(),
        quizzes=folders.quizzes(),
        renames=_renames(course),
    )


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
