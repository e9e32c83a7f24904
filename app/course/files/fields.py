"""What the fields of a noun say about themselves: which are texts, which hold nouns, which the loader adds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.course.content import Blank, ContentPage, Module, Term
from app.course.files.documents import Loc
from app.course.parts import IsText, MayDiffer, QuestionBase, Rich, StepBase, WayAround
from app.course.quiz import Quiz

ADDED = frozenset({"former", "language", "revision", "source_revision", "module_slug", "published", "blanks"})
"""Fields of any noun that the loader adds; an author never writes them."""
APART: tuple[type[BaseModel], ...] = (StepBase, QuestionBase, Quiz, WayAround)
"""Nouns that are read on their own, apart from what holds them: each has a translation of its own."""
IN_MARKDOWN: tuple[type[BaseModel], ...] = (StepBase, WayAround, ContentPage)
"""Nouns with a Markdown file of their own: the text below the keys is their body."""
NAMED_ELSEWHERE: tuple[type[BaseModel], ...] = (*IN_MARKDOWN, Quiz, Module, Term, Blank)
"""Nouns whose slug is the name of their file or the key that they stand under."""


@cache
def text_mark(model: type[BaseModel], name: str) -> IsText | None:
    """Return the mark of a field that a translation gives; None for structure."""
    info = model.model_fields[name]
    return next((found for found in _metadata(info) if isinstance(found, IsText)), None)


@cache
def may_differ(model: type[BaseModel], name: str) -> bool:
    """Whether a translation may give a value of its own for a field that is no text."""
    return any(isinstance(found, MayDiffer) for found in _metadata(model.model_fields[name]))


def _metadata(info: FieldInfo) -> Iterator[Any]:
    yield from info.metadata
    yield from _inside(info.annotation)


def _inside(annotation: Any) -> Iterator[Any]:
    """Yield what marks a type or a part of it: `Words | None`, `tuple[Words, ...]`."""
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    if get_origin(annotation) in (Annotated, Union, UnionType, tuple, list):
        for part in get_args(annotation):
            yield from _inside(part)


@cache
def noun_of(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """Return the noun that a field holds, one or many; None when it holds none."""
    return next(_nouns(model.model_fields[name].annotation), None)


def _nouns(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _nouns(part)


@cache
def holds_many(model: type[BaseModel], name: str) -> bool:
    """Whether a field holds a list."""
    return get_origin(model.model_fields[name].annotation) in (tuple, list)


@cache
def has_texts(model: type[BaseModel], name: str) -> bool:
    """Whether a field is a text or holds nouns that have one."""
    if text_mark(model, name):
        return True
    noun = noun_of(model, name)
    if noun is None or issubclass(noun, APART):
        return False
    return any(has_texts(noun, inner) for inner in authored(noun))


@cache
def is_list_of_texts(model: type[BaseModel], name: str) -> bool:
    """Whether a field holds texts one by one (`outcomes`), and is not one text of several words (`forms`)."""
    info = model.model_fields[name]
    return holds_many(model, name) and not any(isinstance(found, IsText) for found in info.metadata)


@cache
def authored(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields that an author gives, by a key or otherwise, in the order of the noun."""
    return tuple(name for name in model.model_fields if name not in ADDED)


@cache
def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys that an author writes for a noun: its kind first, and nothing that the file gives otherwise."""
    kind = ("kind",) if issubclass(model, StepBase | QuestionBase) else ()
    body = ("body",) if issubclass(model, IN_MARKDOWN) else ()
    slug = ("slug",) if issubclass(model, NAMED_ELSEWHERE) else ()
    return kind + tuple(name for name in authored(model) if name not in slug + body)


def noun_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """Return the noun whose fields stand at a place inside another noun."""
    found: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, str):
            if found is None or part not in found.model_fields:
                return None
            found = noun_of(found, part)
    return found


def texts_of(noun: BaseModel, loc: Loc = ()) -> Iterator[tuple[Loc, str | Rich, IsText]]:
    """Yield every text of a noun and of the nouns inside it, with its place and its mark.

    A step's quiz, a quiz's questions and a module's steps are left out: they have files of their own.
    """
    model = type(noun)
    for name in authored(model):
        value = getattr(noun, name)
        mark = text_mark(model, name)
        for place, item in _each(value, (*loc, name)):
            if mark and isinstance(item, str | Rich):
                yield place, item, mark
            elif isinstance(item, BaseModel) and not isinstance(item, APART):
                yield from texts_of(item, place)


def _each(value: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    if isinstance(value, tuple | list):
        yield from (((*loc, index), item) for index, item in enumerate(value))
    else:
        yield loc, value


def slugged(noun: BaseModel) -> Iterator[str]:
    """Yield the slugs of the things in a noun's lists: a question's options, pairs and targets."""
    for name in authored(type(noun)):
        value = getattr(noun, name)
        for item in value if isinstance(value, tuple) else ():
            if isinstance(item, BaseModel) and isinstance(slug := getattr(item, "slug", None), str):
                yield slug


def slugged_data(data: Any) -> Iterator[tuple[str, int, str]]:
    """Yield field, position and slug of the things in the lists of a noun that is still data."""
    for name, items in data.items() if isinstance(data, dict) else ():
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict) and isinstance(item.get("slug"), str):
                yield name, index, item["slug"]
