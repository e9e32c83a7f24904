"""From documents to nouns: one language of a course at a time, what is whole as nouns and what is not as faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.course.content import Course, Module, Term
from app.course.files.complaints import unknown_key
from app.course.files.documents import Document
from app.course.files.faults import Faults, nearest, shown
from app.course.files.fields import noun_of
from app.course.files.markdown import Renderer
from app.course.files.nouns import About, FromSource, NounMaker
from app.course.files.pictures import Pictures
from app.course.files.quizzes import Kinds, QuizBuilder
from app.course.files.sources import Sources, module_file
from app.course.files.tree import COURSE_FILE, GLOSSARY_FILE, CourseFile, StepFiles
from app.course.parts import StepBase
from app.course.quiz import Quiz


@dataclass(frozen=True)
class Built:
    """Everything that was built in one language; what could not be built is left out."""

    language: str
    steps: Mapping[str, StepBase]
    """By key."""
    modules: Mapping[str, Module]
    """By slug."""
    course: Course | None
    quizzes_used: frozenset[str]
    """Slugs of the quizzes that a step names."""


class Builder:
    """Builds one language of a course; the source language is built first, because the others ask what it found."""

    def __init__(self, sources: Sources, kinds: Kinds, language: str, found: FromSource, faults: Faults) -> None:
        self._sources, self._kinds, self._language, self._faults = sources, kinds, language, faults
        self._is_source = language == sources.tree.source
        self._links = sources.links()
        self._used: set[str] = set()
        self._make = NounMaker(language, self._is_source, found, Renderer(self._links), faults)

    def build(self) -> Built:
        """Build all that can be built."""
        quizzes = dict(QuizBuilder(self._sources, self._kinds, self._make).build())
        steps: dict[str, StepBase] = {}
        modules: dict[str, Module] = {}
        for slug, files in self._sources.tree.modules.items():
            renderer = Renderer(self._links, slug, Pictures(self._sources.tree.folder, slug, self._faults).find)
            own = [self._step(slug, one, quizzes, renderer) for one in files]
            steps.update({step.key: step for step in own if step is not None})
            module = self._module(slug, [step for step in own if step is not None])
            if module is not None:
                modules[slug] = module
        course = self._course(tuple(modules.values()), tuple(self._terms()))
        return Built(self._language, steps, modules, course, frozenset(self._used))

    # ---- the parts ---------------------------------------------------------------------------

    def _terms(self) -> Iterator[Term]:
        source = self._sources.glossary(self._sources.tree.source)
        translation = source and self._sources.glossary(self._language)
        if not source or not translation:
            return
        self._only_keys(source, ("terms",))
        if not self._is_source:
            self._only_keys(translation, ("terms",))
        terms = source.part("terms")
        if terms is None:
            self._faults.add(GLOSSARY_FILE, source.line("terms"), "no terms", "`terms:` and a key for each")
            return
        for slug, document in self._each(terms, translation.part("terms"), translation):
            term = self._make.noun(Term, document, About(f"{GLOSSARY_FILE}#{slug}", f"the term {slug}"), slug=slug)
            if term is not None:
                yield term

    def _each(
        self, things: Document, translations: Document | None, around: Document
    ) -> Iterator[tuple[str, tuple[Document, Document | None]]]:
        """Yield keyed things with their translations; report what the one has and the other lacks."""
        for slug in things.data:
            thing = things.part(slug)
            if thing is None:
                self._faults.add(things.file, things.line(slug), shown(things.data[slug]), "keys with their texts")
            elif self._is_source:
                yield slug, (thing, None)
            elif translations and (translation := translations.part(slug)):
                yield slug, (thing, translation)
            else:
                mark = (translations or around).mark
                self._faults.add(mark.file, mark.line, f"no translation of {shown(slug)}", f"a key `{slug}:`")
        if translations and not self._is_source:
            self._make.report_strangers(translations, list(things.data))

    def _only_keys(self, document: Document, known: Sequence[str]) -> None:
        for key in document.data:
            if key not in known:
                self._faults.add(document.file, document.line(key), *unknown_key(key, None, known))

    def _step(self, module: str, files: StepFiles, quizzes: Mapping[str, Quiz], renderer: Renderer) -> StepBase | None:
        file = files.files[self._sources.tree.source]
        source = self._sources.step(file)
        model = self._make.kind(source, self._kinds.steps, "kind of step") if source else None
        translation: Document | None = None
        if not self._is_source:
            translation = self._translated_step(file, files)
        if source is None or model is None or (translation is None and not self._is_source):
            return None
        quiz = self._quiz_of(model, source, quizzes)
        key = f"{module}/{files.slug}"
        former = self._sources.former["steps"].get(key, ())
        about = About(file, f"the step {key}", renderer)
        step = self._make.noun(
            model,
            (source, translation),
            about,
            slug=files.slug,
            module_slug=module,
            former=former,
            published=self._sources.published.published.revisions((key, *former)),
            **quiz,
        )
        if step is not None:
            self._make.check_kind(step, source, translation, about)
        return step

    def _translated_step(self, file: str, files: StepFiles) -> Document | None:
        if self._language not in files.files:
            name = f"{files.number}-{files.slug}.{self._language}.md"
            self._faults.add(file, 1, f"no translation in {self._language}", f"a file {name} beside it")
            return None
        return self._sources.step(files.files[self._language])

    def _quiz_of(self, model: type[StepBase], source: Document, quizzes: Mapping[str, Quiz]) -> dict[str, Any]:
        """Return the quiz that a step names, for the field that takes it; nothing for a kind without one."""
        found: dict[str, Any] = {}
        for name in model.model_fields:
            slug = source.data.get(name)
            if noun_of(model, name) is not Quiz or slug is None:
                continue
            if slug not in self._sources.tree.quizzes:
                hoped = nearest(str(slug), self._sources.tree.quizzes, f"a file quizzes/{slug}.yaml")
                self._faults.add(source.file, source.line(name), f"the quiz {shown(slug)}, which is not there", hoped)
            self._used.add(str(slug))
            found[name] = quizzes.get(str(slug))
        return found

    def _module(self, slug: str, steps: Sequence[StepBase]) -> Module | None:
        file = module_file(slug)
        source = self._sources.keyed(file, self._sources.tree.source)
        translation = None if self._is_source else self._sources.keyed(file, self._language)
        if source is None or (translation is None and not self._is_source):
            return None
        former = self._sources.former_slugs("modules", slug)
        about = About(file, f"the module {slug}", whole=[step.revision for step in steps])
        return self._make.noun(Module, (source, translation), about, slug=slug, former=former, steps=tuple(steps))

    def _course(self, modules: tuple[Module, ...], terms: tuple[Term, ...]) -> Course | None:
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
            glossary=terms,
            language=self._language,
            direction=next(language.goes for language in languages if language.code == self._language),
            languages=tuple(language.code for language in languages),
        )
