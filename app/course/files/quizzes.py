"""A quiz and its questions, from its source file and its translation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from app.course.files.documents import Document
from app.course.files.names import quiz_file
from app.course.files.nouns import About, NounMaker
from app.course.files.sources import Sources
from app.course.parts import QuestionBase, StepBase
from app.course.phrases import quoted
from app.course.quiz import Quiz

Q = TypeVar("Q", bound=QuestionBase)


@dataclass(frozen=True)
class Kinds:
    """The kinds of step and question that a course may use, by their names."""

    steps: Mapping[str, type[StepBase]]
    questions: Mapping[str, type[QuestionBase]]

    @classmethod
    def of(cls, steps: Sequence[type[StepBase]], questions: Sequence[type[QuestionBase]]) -> Kinds:
        """Return kinds by name."""
        return cls({kind.kind: kind for kind in steps}, {kind.kind: kind for kind in questions})


class QuizBuilder:
    """Builds the quizzes of a course in the language of its maker."""

    def __init__(self, sources: Sources, kinds: Kinds, make: NounMaker) -> None:
        self._sources, self._kinds, self._make = sources, kinds, make

    def build(self) -> Iterator[tuple[str, Quiz]]:
        """Yield the quizzes that are whole, by slug."""
        for slug in self._sources.tree.quizzes:
            source = self._sources.quiz(slug, self._sources.tree.source)
            translation = None if self._make.is_source else self._sources.quiz(slug, self._make.language)
            if source is None or (translation is None and not self._make.is_source):
                continue
            quiz = self._quiz(slug, source, translation)
            if quiz is not None:
                yield slug, quiz

    def _quiz(self, slug: str, source: Document, translation: Document | None) -> Quiz | None:
        added: dict[str, Any] = {"slug": slug, "former": self._sources.former_slugs("quizzes", slug)}
        questions = tuple(self._questions(slug, source, translation))
        if source.data.get("questions"):
            added["questions"] = questions
        about = About(quiz_file(slug), f"the quiz {slug}", whole=[question.revision for question in questions])
        return self._make.noun(Quiz, (source, translation), about, **added)

    def _questions(self, quiz: str, source: Document, translation: Document | None) -> Iterator[QuestionBase]:
        translations = translation.part("questions") if translation else None
        self._make.report_repeats(source)
        seen: set[str] = set()
        for document in self._sources.questions(quiz):
            slug = document.data.get("slug")
            if not isinstance(slug, str):
                self._question(quiz, "", document, None)
                continue
            if slug in seen:
                continue
            seen.add(slug)
            translated = translations.part(slug) if translations else None
            if translation is None or translated is not None:
                question = self._question(quiz, slug, document, translated)
                yield from [] if question is None else [question]
            elif translations is None or slug not in translations.data:
                here = translation.mark.at(("questions",))
                self._make.faults.add(here.file, here.line, f"no translation of {quoted(slug)}", f"a key `{slug}:`")
            else:
                here = translation.mark.at(("questions", slug))
                self._make.faults.add(here.file, here.line, quoted(translations.data[slug]), "keys with their texts")
        if translations:
            self._make.report_strangers(translations, sorted(seen))

    def _question(self, quiz: str, slug: str, source: Document, translation: Document | None) -> QuestionBase | None:
        model = self._make.kind(source, self._kinds.questions, "kind of question")
        if model is None:
            return None
        key = f"{quiz}/{slug}"
        about = About(f"{quiz_file(quiz)}#{slug}", f"the question {slug}")
        former = self._sources.former_slugs("questions", key)
        question = self._make.noun(model, (source, translation), about, former=former)
        if self._make.report_repeats(source):
            self._make.forget(about)
        if question is None:
            return None
        self._make.check_kind(question, source, translation, about)
        return self._with_former(question, key)

    def _with_former(self, question: Q, key: str) -> Q:
        """Return a question whose options know the slugs that they had before."""
        found: dict[str, tuple[Any, ...]] = {}
        for name in type(question).model_fields:
            value = getattr(question, name)
            if isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
                found[name] = tuple(self._renamed(item, key) for item in value)
        return question.model_copy(update=found)

    def _renamed(self, item: Any, key: str) -> Any:
        slug = getattr(item, "slug", None)
        former = self._sources.former_slugs("options", f"{key}/{slug}") if isinstance(slug, str) else ()
        return item.model_copy(update={"former": former}) if former and "former" in type(item).model_fields else item
