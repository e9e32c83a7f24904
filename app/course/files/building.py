"""From documents to nouns: one language of a course at a time, what is whole as nouns and what is not as faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.course.content import Course, Module
from app.course.files.blanks import Blanks
from app.course.files.documents import Document
from app.course.files.faults import Faults
from app.course.files.fields import noun_of
from app.course.files.folders import TextFiles
from app.course.files.keyed import KeyedBuilder
from app.course.files.markdown import Renderer
from app.course.files.names import COURSE_FILE, module_file
from app.course.files.nouns import About, FromSource, NounMaker
from app.course.files.pages import PageBuilder
from app.course.files.pictures import Pictures
from app.course.files.quizzes import Kinds, QuizBuilder
from app.course.files.sources import Sources
from app.course.files.tree import CourseFile
from app.course.files.ways import WayBuilder
from app.course.parts import StepBase
from app.course.phrases import nearest, quoted
from app.course.quiz import Quiz


@dataclass
class Used:
    """What steps name of what has files of its own."""

    quizzes: set[str] = field(default_factory=set)
    """By slug."""
    ways: set[str] = field(default_factory=set)
    """Ways around, as `module/slug`."""


@dataclass(frozen=True)
class Built:
    """Everything that was built in one language; what could not be built is left out."""

    language: str
    steps: Mapping[str, StepBase]
    """By key."""
    modules: Mapping[str, Module]
    """By slug."""
    course: Course | None
    quizzes: Mapping[str, Quiz]
    """By slug."""
    used: Used


class Builder:
    """Builds one language of a course; the source language is built first, because the others ask what it found."""

    def __init__(self, sources: Sources, kinds: Kinds, language: str, found: FromSource, faults: Faults) -> None:
        self._sources, self._kinds, self._language, self._faults = sources, kinds, language, faults
        self._is_source = language == sources.tree.source
        self._links = sources.links()
        self._known = Blanks(dict.fromkeys(sources.blank_slugs()))
        self._used = Used()
        self._make = NounMaker(language, self._is_source, found, Renderer(self._links, blanks=self._known), faults)

    def build(self) -> Built:
        """Build all that can be built."""
        quizzes = dict(QuizBuilder(self._sources, self._kinds, self._make).build())
        steps: dict[str, StepBase] = {}
        modules: dict[str, Module] = {}
        for slug, files in self._sources.tree.modules.items():
            pictures = Pictures(self._sources.tree.folder, slug, self._faults)
            renderer = Renderer(self._links, slug, pictures.find, self._known)
            ways = WayBuilder(self._sources, self._make, slug, renderer)
            own = [self._step(slug, one, quizzes, ways, renderer) for one in files]
            self._used.ways |= {f"{slug}/{way}" for way in ways.used}
            steps.update({step.key: step for step in own if step is not None})
            module = self._module(slug, [step for step in own if step is not None])
            if module is not None:
                modules[slug] = module
        course = self._course(tuple(modules.values()))
        return Built(self._language, steps, modules, course, quizzes, self._used)

    # ---- the parts ---------------------------------------------------------------------------

    def _step(
        self, module: str, files: TextFiles, quizzes: Mapping[str, Quiz], ways: WayBuilder, renderer: Renderer
    ) -> StepBase | None:
        file = files.files[self._sources.tree.source]
        source = self._sources.markdown(file)
        model = self._make.kind(source, self._kinds.steps, "kind of step") if source else None
        documents = self._sources.texts(files, self._language)
        if source is None or model is None or documents is None:
            return None
        named = {**self._quiz_of(model, source, quizzes), **ways.of(source)}
        key = f"{module}/{files.slug}"
        former = self._sources.former["steps"].get(key, ())
        about = About(file, f"the step {key}", renderer)
        step = self._make.noun(
            model,
            documents,
            about,
            slug=files.slug,
            module_slug=module,
            former=former,
            published=self._sources.published.published.revisions((key, *former)),
            **named,
        )
        if step is not None:
            self._make.check_kind(step, *documents, about)
        return step

    def _quiz_of(self, model: type[StepBase], source: Document, quizzes: Mapping[str, Quiz]) -> dict[str, Any]:
        """Return the quiz that a step names, for the field that takes it; nothing for a kind without one."""
        found: dict[str, Any] = {}
        for name in model.model_fields:
            slug = source.data.get(name)
            if noun_of(model, name) is not Quiz or slug is None:
                continue
            if slug not in self._sources.tree.quizzes:
                hoped = nearest(str(slug), self._sources.tree.quizzes, f"a file quizzes/{slug}.yaml")
                self._faults.add(source.file, source.line(name), f"the quiz {quoted(slug)}, which is not there", hoped)
            self._used.quizzes.add(str(slug))
            found[name] = quizzes.get(str(slug))
        return found

    def _module(self, slug: str, steps: Sequence[StepBase]) -> Module | None:
        file = module_file(slug)
        source = self._sources.keyed(file, self._sources.tree.source)
        translation = None if self._is_source else self._sources.keyed(file, self._language)
        if source is None or (translation is None and not self._is_source):
            return None
        if self._is_source:
            self._make.report_repeats(source)
        former = self._sources.former_slugs("modules", slug)
        about = About(file, f"the module {slug}", whole=[step.revision for step in steps])
        return self._make.noun(Module, (source, translation), about, slug=slug, former=former, steps=tuple(steps))

    def _course(self, modules: tuple[Module, ...]) -> Course | None:
        keyed = KeyedBuilder(self._sources, self._make)
        terms, blanks = tuple(keyed.terms()), tuple(keyed.blanks())
        whole = {blank.slug: blank for blank in blanks}
        pages = PageBuilder(self._sources, self._make, Blanks({**self._known.by_slug, **whole}))
        beside = {"glossary": terms, "pages": tuple(pages.pages()), "support": pages.support(), "blanks": blanks}
        source = self._sources.tree.course
        translation = None if self._is_source else self._sources.keyed(COURSE_FILE, self._language)
        if translation is None and not self._is_source:
            return None
        front = self._make.noun(CourseFile, (source, translation), About(COURSE_FILE, "the course"))
        if front is None or not modules:
            return None
        languages = self._sources.tree.languages
        return Course(
            title=front.title,
            lead=front.lead,
            about=front.about,
            modules=modules,
            **beside,
            language=self._language,
            direction=next(language.goes for language in languages if language.code == self._language),
            languages=tuple(language.code for language in languages),
        )
