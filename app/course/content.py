"""Course and module, and the list of kinds of step. A Course is one language of it; slugs are the same in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field, SerializeAsAny

from app.course.parts import Blocks, Inline, Noun, Slug, Slugged, StepBase, Words
from app.course.quiz import Quiz
from app.course.steps.quiz_step import QuizStep
from app.course.steps.read import ReadStep
from app.course.steps.reflect import ReflectStep
from app.course.steps.resources import ResourcesStep

STEP_KINDS: tuple[type[StepBase], ...] = (ReadStep, ReflectStep, QuizStep, ResourcesStep)


TERM_LINK = "#term-"
"""How the address of a link to a term begins: its explanation stands on the same page, under this id."""


def terms_in(found: str) -> Iterator[str]:
    """Yield the slugs of the terms that HTML links to, as often as it does."""
    yield from re.findall(rf'href=\\?"{TERM_LINK}([a-z0-9-]+)', found)


class Term(Noun):
    """A word of the field and what it means here."""

    slug: Slug
    term: Words
    meaning: Inline


class Module(Slugged):
    """One chapter of the course."""

    title: Words
    lead: Words
    outcomes: tuple[Words, ...] = Field(min_length=1)
    audience: Words
    minutes: int = Field(ge=1)
    """What the module asks of a reader in all; the check holds it to the sum of its steps."""
    order: Literal["free", "fixed"] = "free"
    steps: tuple[SerializeAsAny[StepBase], ...] = Field(min_length=1)
    # What the loader adds; an author never writes these.
    revision: str = ""
    """Of the module and all its steps, in this language: what was finished."""
    source_revision: str = ""
    """Of its own texts in the source language: what a translation names as translated."""

    @property
    def number(self) -> str:
        """The digits that its folder begins with, such as `05`; empty without them."""
        head = self.slug.partition("-")[0]
        return head if head.isdigit() else ""


class Course(Noun):
    """The whole, in one language."""

    title: Words
    lead: Words
    about: Blocks
    modules: tuple[Module, ...] = Field(min_length=1)
    glossary: tuple[Term, ...] = ()
    # What the loader adds; an author never writes these.
    language: str
    direction: Literal["ltr", "rtl"] = "ltr"
    languages: tuple[str, ...]
    """Every language of the course, the source first."""

    @cached_property
    def steps(self) -> tuple[StepBase, ...]:
        """Every step, in the order of the course."""
        return tuple(step for module in self.modules for step in module.steps)

    def terms_in(self, found: str) -> tuple[Term, ...]:
        """Return the terms that HTML links to, and those that their explanations do, in the glossary's order."""
        meanings = {term.slug: term.meaning.html for term in self.glossary}
        needed, new = set[str](), set(terms_in(found))
        while new:
            needed |= new
            new = {slug for one in new for slug in terms_in(meanings.get(one, ""))} - needed
        return tuple(term for term in self.glossary if term.slug in needed)

    def terms_of(self, step: StepBase) -> tuple[Term, ...]:
        """Return the terms that the texts of a step of this course link to, those of its quiz too."""
        return self._terms_by_step.get(step.key, ())

    @cached_property
    def _terms_by_step(self) -> dict[str, tuple[Term, ...]]:
        return {step.key: self.terms_in(step.model_dump_json()) for step in self.steps}

    @cached_property
    def quizzes(self) -> dict[str, Quiz]:
        """Quizzes by the slugs that they have or had."""
        quizzes = [step.quiz for step in self.steps if isinstance(step, QuizStep)]
        return {key: quiz for quiz in quizzes for key in reversed(quiz.keys)}

    @cached_property
    def module_by_slug(self) -> dict[str, Module]:
        """Modules by the slugs that they have or had."""
        return {key: module for module in self.modules for key in reversed(module.keys)}

    @cached_property
    def step_by_key(self) -> dict[str, StepBase]:
        """Steps by the keys that they have or had."""
        return {key: step for step in self.steps for key in reversed(step.keys)}
