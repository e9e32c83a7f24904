"""Course and module, and the list of kinds of step. A Course is one language of it; slugs are the same in each."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field, SerializeAsAny

from app.course.parts import Blocks, Inline, Noun, Slug, StepBase, Words
from app.course.quiz import Quiz
from app.course.steps.quiz_step import QuizStep
from app.course.steps.read import ReadStep
from app.course.steps.reflect import ReflectStep
from app.course.steps.resources import ResourcesStep

STEP_KINDS: tuple[type[StepBase], ...] = (ReadStep, ReflectStep, QuizStep, ResourcesStep)


class Term(Noun):
    """A word of the field and what it means here."""

    slug: Slug
    term: Words
    meaning: Inline


class Module(Noun):
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
    slug: Slug
    former: tuple[str, ...] = ()
    revision: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The slug, then the slugs that it had before."""
        return (self.slug, *self.former)

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
