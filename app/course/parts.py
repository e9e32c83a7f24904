"""What all kinds of step and question share: texts, options, an answer, and the two base classes."""

from __future__ import annotations

import hashlib
import html
import json
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

Given = tuple[str, ...]
"""What a learner gave for one question: option slugs, pairs `left>right`, or the typed words."""

T = TypeVar("T")

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Slug = Annotated[str, Field(pattern=SLUG, max_length=60)]


class UnknownOption(ValueError):
    """An answer names an option that its question does not offer."""


# ---- texts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rich:
    """A text as its author wrote it, and the safe HTML that it became when it was loaded."""

    source: str
    html: str

    def __html__(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.source

    def __bool__(self) -> bool:
        return bool(self.source)


@dataclass(frozen=True)
class IsText:
    """Marks a field that a translation may give. A field without the mark is structure."""

    markup: Literal["none", "inline", "blocks"] = "none"


@dataclass(frozen=True)
class MayDiffer:
    """Marks a field that is no text, but for which a translation may give a value of its own."""


Render = Callable[[str], str]
"""Markdown in, safe HTML out. The loader hands two of them to pydantic as context: inline and blocks."""


def _rich(kind: Literal["inline", "blocks"]) -> Callable[[Any, ValidationInfo], Any]:
    def make(found: Any, info: ValidationInfo) -> Any:
        if isinstance(found, str):
            render: Render = (info.context or {}).get(kind, html.escape)
            return Rich(found, render(found))
        if info.context and not isinstance(found, Rich):
            # Only what somebody answered, read back without a renderer, may bring its own HTML.
            raise ValueError(f"found {found!r}, a text hoped for")
        return found

    return make


Words = Annotated[str, IsText(), Field(min_length=1)]
"""A text without any markup: a title."""
Inline = Annotated[Rich, IsText("inline"), BeforeValidator(_rich("inline"))]
"""A text of one paragraph: a question, an option, an explanation."""
Blocks = Annotated[Rich, IsText("blocks"), BeforeValidator(_rich("blocks"))]
"""A text of many paragraphs: the body of a step."""
Forms = Annotated[tuple[str, ...], IsText(), Field(min_length=1)]
"""Words that are accepted as the same answer, in one language."""


def _written_day(value: object) -> object:
    """Let a day through as authors write one. Pydantic would also count seconds from 1970, as it does for `0`."""
    if isinstance(value, date) or (isinstance(value, str) and not value.strip().isdecimal()):
        return value
    raise PydanticCustomError("date_type", "a day hoped for")


def _day_that_came(day: date) -> date:
    """Refuse a day that has not begun anywhere on earth."""
    if day > (datetime.now(UTC) + timedelta(hours=14)).date():
        raise PydanticCustomError("day_to_come", "a day that has come hoped for")
    return day


Day = Annotated[date, BeforeValidator(_written_day)]
"""A day such as 2026-11-20."""
PastDay = Annotated[Day, AfterValidator(_day_that_came)]
"""A day on which something was done."""
Reason = Annotated[str, Field(min_length=1)]
"""Why an exception is made, in words for whoever reads the file next."""


class Noun(BaseModel):
    """A thing in the course files: frozen, and a key that it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values; what was worked out from the old ones is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Slugged(Noun):
    """A thing that its author gave a slug: the one of today and, from the loader, those that it had before."""

    slug: Slug
    former: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The slug, then the slugs that it had before."""
        return (self.slug, *self.former)


def by_former_slug(things: Sequence[Slugged]) -> dict[str, str]:
    """Map each slug that a thing has or had to the one it has now; a slug of today leads to itself."""
    former = {key: thing.slug for thing in reversed(things) for key in thing.former}
    return former | {thing.slug: thing.slug for thing in things}


def revision_of(facts: Any) -> str:
    """Return ten hexadecimal digits that change when a text or a structure changes.

    `facts` is anything JSON can hold; of a rich text only the author's source counts, so that
    a better renderer changes no revision.
    """

    def source_only(value: Any) -> Any:
        if isinstance(value, dict):
            if value.keys() == {"source", "html"}:
                return value["source"]
            return {key: source_only(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [source_only(item) for item in value]
        return value

    text = json.dumps(source_only(facts), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


# ---- questions -------------------------------------------------------------------------------


class Option(Slugged):
    """What a question offers, with its own explanation."""

    text: Inline
    explanation: Inline
    correct: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be given for a question, as it is counted: its value, what it says, and whether it fits."""

    value: str
    text: Rich | str
    fits: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Offers that are counted together: those of a whole question, or of one of its lines, which `label` names.

    `one_each`: everybody gives one at most. `tempts`: the offers stand there to be chosen, so that a wrong one that
    nobody chooses does not do its work.
    """

    offers: tuple[Offer, ...]
    label: Rich | str = ""
    one_each: bool = True
    tempts: bool = False


class QuestionBase(Slugged, ABC):
    """What every kind of question has. A kind adds its content, its points and its faults."""

    kind: ClassVar[str]
    text: Inline
    source: Words
    """The passage that the question rests on, as a reader may know it."""
    outcome: Slug | None = None
    """What of its module's outcomes it asks about, by slug."""
    allow: Mapping[str, Reason] = Field(default_factory=dict)
    """Rules of the lint that are silent on this question, each with its reason."""
    # What the loader adds; an author never writes these.
    language: str = ""
    revision: str = ""
    """Of the wording in this language: what was answered."""
    source_revision: str = ""
    """Of the source language: what a translation names as translated."""

    @property
    @abstractmethod
    def max_points(self) -> int:
        """Whole points that the best answer earns, at least 1."""

    @abstractmethod
    def points_for(self, given: Given) -> int:
        """Whole points, from 0 to `max_points`. Raises UnknownOption for what is not offered."""

    @abstractmethod
    def best(self) -> Given:
        """Return an answer that earns `max_points`."""

    @abstractmethod
    def faults(self) -> Iterator[str]:
        """Say what only this kind can get wrong, as `what was found; what was hoped for`."""

    def current(self, given: Given) -> Given:
        """Return an answer given under former slugs in today's; what is unknown is left out."""
        return given

    def parts(self) -> tuple[Part, ...]:
        """Return what is counted where many answered; nothing for a kind whose answers are not counted."""
        return ()

    def values(self, given: Given) -> tuple[tuple[str, ...], ...]:
        """Return what an answer says for each of the parts, as values of their offers or, in free words, of its own."""
        return ()

    def words_of(self, value: str) -> Rich | str:
        """Return what a value says that none of the offers has."""
        return value


def shuffled(things: Sequence[T], seed: int, salt: str) -> tuple[T, ...]:
    """Return the things in an order that `seed` (an attempt's) and `salt` (a question's slug) decide."""
    return tuple(random.Random(f"{seed}/{salt}").sample(list(things), len(things)))  # noqa: S311 - an order, no secret


# ---- steps -----------------------------------------------------------------------------------


class Completes(StrEnum):
    """When a kind of step is complete; also the words for what is missing."""

    SAID = "said"
    SUBMITTED = "submitted"
    PASSED = "passed"
    REACHED = "reached"


class Change(Noun):
    """An author's dated line on a step: what changed, and whether it changed the substance."""

    on: Day
    kind: Literal["typo", "substance"]
    what: Words


class WayAround(Slugged):
    """A short read that completes a step for who would rather not read the step itself; as good a way as the other."""

    title: Words
    minutes: int = Field(ge=1, le=120)
    source: Words
    """The part of the toolkit that it comes from, as a reader may know it."""
    body: Blocks
    # What the loader adds; an author never writes these.
    language: str = ""
    revision: str = ""
    source_revision: str = ""


class Care(Noun):
    """What a step touches that may be heavy, and the way around it."""

    touches: Words
    """The end of the sentence `Beforehand: this step is about ...`: no capital, no full stop."""
    note: Inline
    """One or two calm sentences: what somebody meets in the step, and what not."""
    around: WayAround


class StepBase(Noun, ABC):
    """The smallest thing a learner completes. A kind adds its content and its faults."""

    kind: ClassVar[str]
    completes: ClassVar[Completes]
    title: Words
    lead: Words | None = None
    minutes: int = Field(ge=1, le=120)
    source: Words
    """The part of the toolkit that it comes from, as a reader may know it."""
    changes: tuple[Change, ...] = ()
    care: Care | None = None
    body: Blocks
    # What the loader adds; an author never writes these.
    slug: Slug
    module_slug: Slug
    former: tuple[str, ...] = ()
    """Former step keys."""
    language: str = ""
    revision: str = ""
    source_revision: str = ""
    published: tuple[tuple[str, int], ...] = ()
    """Revisions ever published, oldest first, each with how many changes were declared by then."""

    @cached_property
    def key(self) -> str:
        """`module-slug/step-slug`: what completions, drafts and links hold."""
        return f"{self.module_slug}/{self.slug}"

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The key, then the keys that it had before."""
        return (self.key, *self.former)

    @abstractmethod
    def faults(self) -> Iterator[str]:
        """Say what only this kind can get wrong, as `what was found; what was hoped for`."""

    def texts(self) -> Iterator[str | Rich]:
        """Yield what somebody reads on its page before they did anything, below the title: what search looks in."""
        yield from (text for text in (self.lead, self.body) if text)

    def substance_since(self, source_revision: str) -> tuple[Change, ...]:
        """Return the changes of substance that came after a revision that somebody completed.

        A revision that was never published tells nothing, so nothing is reported for it.
        """
        if source_revision == self.source_revision:
            return ()
        known = [count for revision, count in self.published if revision == source_revision]
        return tuple(c for c in self.changes[known[-1] :] if c.kind == "substance") if known else ()
