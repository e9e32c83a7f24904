"""Course and module, and the list of kinds of step. A Course is one language of it; slugs are the same in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SerializeAsAny

from app.course.parts import Blocks, Inline, MayDiffer, Noun, PastDay, Slug, Slugged, StepBase, WayAround, Words
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


class Outcome(Slugged):
    """What a learner can do after a module; questions name it by its slug."""

    text: Words


class Module(Slugged):
    """One chapter of the course."""

    title: Words
    lead: Words
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
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


# ---- what stands beside the modules -----------------------------------------------------------


def _filled(found: Any) -> Any:
    return "" if found is None else found


Filled = Annotated[str, MayDiffer(), BeforeValidator(_filled), AfterValidator(str.strip)]
"""What somebody filled in; no value is an empty one."""


class Blank(Slugged):
    """A place in a content page that the organisation fills in, such as its own name or address."""

    ask: Words
    """What is to be filled in, as it stands in the sentence while it is not: `name of your organisation`."""
    value: Filled = ""
    """What the organisation filled in; empty as long as it did not."""


class ContentPage(Slugged):
    """A page in the foot of every page, such as the privacy notice."""

    title: Words
    lead: Words | None = None
    body: Blocks
    # What the loader adds; an author never writes these.
    blanks: tuple[str, ...] = ()
    """Slugs of the blanks that its text uses."""


PHONE = r"^\+?[0-9][0-9 ()./-]*$"


class Contact(Slugged):
    """An organisation that helps: by phone, on its site or both."""

    name: Words
    """The organisation's real name."""
    phone: Annotated[str, Field(pattern=PHONE)] | None = None
    url: HttpUrl | None = None
    about: Inline
    """For whom it is there, and when."""
    source: HttpUrl
    """Where the organisation says so itself."""
    checked: PastDay
    """The day on which somebody last looked whether it is still so."""


class Country(Slugged):
    """A country and who helps there."""

    name: Words
    contacts: tuple[Contact, ...] = ()


class Support(Noun):
    """The page with where to find help. 112 is not in it: the page always shows that."""

    title: Words
    lead: Words
    body: Blocks
    countries: tuple[Country, ...] = ()
    # What the loader adds; an author never writes these.
    blanks: tuple[str, ...] = ()
    """Slugs of the blanks that its texts use."""


class Course(Noun):
    """The whole, in one language."""

    title: Words
    lead: Words
    about: Blocks
    modules: tuple[Module, ...] = Field(min_length=1)
    glossary: tuple[Term, ...] = ()
    pages: tuple[ContentPage, ...] = ()
    """The pages in the foot, in their order."""
    support: Support | None = None
    blanks: tuple[Blank, ...] = ()
    # What the loader adds; an author never writes these.
    language: str
    direction: Literal["ltr", "rtl"] = "ltr"
    languages: tuple[str, ...]
    """Every language of the course, the source first."""

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """The slugs of its modules, which tell the course of one cohort from that of another."""
        return tuple(module.slug for module in self.modules)

    @cached_property
    def steps(self) -> tuple[StepBase, ...]:
        """Every step, in the order of the course."""
        return tuple(step for module in self.modules for step in module.steps)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each step among all, from 0, by its key of today."""
        return {step.key: place for place, step in enumerate(self.steps)}

    def terms_in(self, found: str) -> tuple[Term, ...]:
        """Return the terms that HTML links to, and those that their explanations do, in the glossary's order."""
        meanings = {term.slug: term.meaning.html for term in self.glossary}
        needed, new = set[str](), set(terms_in(found))
        while new:
            needed |= new
            new = {slug for one in new for slug in terms_in(meanings.get(one, ""))} - needed
        return tuple(term for term in self.glossary if term.slug in needed)

    def terms_of(self, thing: StepBase | WayAround | ContentPage | Support) -> tuple[Term, ...]:
        """Return the terms that the texts of a thing of this course link to.

        Those of a step's quiz are among them; those of the way around it are not, which has a page of its own.
        """
        if isinstance(thing, StepBase):
            return self._terms_by_step.get(thing.key, ())
        return self.terms_in(thing.model_dump_json())

    @cached_property
    def _terms_by_step(self) -> dict[str, tuple[Term, ...]]:
        without = {"care": {"around": True}}
        return {step.key: self.terms_in(step.model_dump_json(exclude=without)) for step in self.steps}

    @cached_property
    def steps_by_term(self) -> dict[str, tuple[StepBase, ...]]:
        """By the slug of a term, the steps beside which it is explained, in the order of the course."""
        found: dict[str, list[StepBase]] = {}
        for step in self.steps:
            for term in self.terms_of(step):
                found.setdefault(term.slug, []).append(step)
        return {slug: tuple(steps) for slug, steps in found.items()}

    @cached_property
    def page_by_slug(self) -> dict[str, ContentPage]:
        """Content pages by their slugs."""
        return {page.slug: page for page in self.pages}

    @cached_property
    def open_blanks(self) -> tuple[Blank, ...]:
        """The blanks that a page shows and that nobody filled in yet."""
        used = {slug for page in self.pages for slug in page.blanks}
        used |= set(self.support.blanks if self.support else ())
        return tuple(blank for blank in self.blanks if blank.slug in used and not blank.value)

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
