"""A translation laid over its source: texts only, by slug, and never older than what it translates.

Which fields are texts, the nouns say themselves (`IsText` in parts.py). A list of things with a
slug becomes, in a translation, keys by slug; a list without slugs becomes keys by position, the
first being 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from app.course.files.complaints import unknown_key
from app.course.files.documents import Document, Mark
from app.course.files.faults import Faults
from app.course.files.fields import authored, has_texts, holds_many, is_list_of_texts, may_differ, noun_of, text_mark
from app.course.parts import StepBase
from app.course.phrases import nearest, one_of, quoted

TRANSLATES = "translates"


@dataclass(frozen=True)
class Revised:
    """A source that a translation names: the file it stands in, what it is, and its revision."""

    file: str
    what: str
    revision: str


def check_revision(found: Any, source: Revised, mark: Mark, faults: Faults) -> None:
    """Report a translation that names another revision than its source has now."""
    hoped = f"`{TRANSLATES}: {source.revision}`"
    if not found:
        text = f"no revision that this translates ({source.what})"
        faults.add(mark.file, mark.line, text, hoped, source.revision)
    elif str(found) != source.revision:
        see = f"what changed: git log -p -- {source.file}"
        text = f"a translation of {quoted(found)}, which is older than its source ({source.what})"
        faults.add(mark.file, mark.line, text, f"{hoped} once it is brought up to date ({see})", source.revision)


def lay_over(
    model: type[BaseModel], source: Document, translation: Document, faults: Faults, beside: Sequence[str] = ()
) -> Document:
    """Return the source with the translation's texts; each value keeps the line that it came from.

    `beside` names keys that the translation may have besides texts and the revision, because
    somebody else reads them.
    """
    over = _Over(faults, frozenset({TRANSLATES, *beside}))
    data, mark = over.noun(model, (source.data, source.mark), (translation.data, translation.mark))
    return Document(data, mark)


_Marked = tuple[Any, Mark]
"""A value and where it stands."""


@dataclass(frozen=True)
class _Over:
    """Lays nouns, lists of nouns and texts over one another, and reports what does not fit."""

    faults: Faults
    beside: frozenset[str]

    def noun(self, model: type[BaseModel], source: _Marked, given: _Marked, beside: bool = True) -> _Marked:
        """Lay the texts of one noun over its source."""
        (data, mark), (texts, given_mark) = source, given
        if not isinstance(data, dict):
            return source
        if not isinstance(texts, dict):
            self._report(given_mark, quoted(texts), "keys with their texts")
            return source
        merged, inside = dict(data), dict(mark.inside)
        allowed = [name for name in authored(model) if has_texts(model, name)]
        own = [name for name in authored(model) if may_differ(model, name)]
        read_elsewhere = self.beside if beside else frozenset[str]()
        for key in texts:
            if key not in allowed and key not in own and key not in read_elsewhere:
                self._report(given_mark.inside[key], *_not_a_text(model, key, allowed))
        for name in allowed:
            if name not in read_elsewhere:
                laid = self._field(model, name, _inside(source, name), given)
                if laid:
                    merged[name], inside[name] = laid
        for name in own:
            if texts.get(name):
                merged[name], inside[name] = _inside(given, name)
        return merged, replace(mark, inside=inside)

    def _field(self, model: type[BaseModel], name: str, source: _Marked, given: _Marked) -> _Marked | None:
        """Return one field in the translation; None when there is nothing to lay."""
        texts, given_mark = given
        data, mark = source
        if name not in texts:
            if data not in (None, "", [], {}):
                self._report(given_mark, f"no {name}", f"a translation of {name} ({mark.file}:{mark.line})")
            return None
        here = _inside(given, name)
        if data in (None, "", [], {}):
            if here[0] not in (None, "") and not _must_be_there(model, name):
                self._report(here[1], f"{name}, which the source does not have", "no such key")
            return None
        if text_mark(model, name):
            self._compare_lines(model, name, source, here)
            return here
        noun = noun_of(model, name)
        if noun is None:
            return None
        return self._nouns(noun, source, here) if holds_many(model, name) else self.noun(noun, source, here, False)

    def _compare_lines(self, model: type[BaseModel], name: str, source: _Marked, here: _Marked) -> None:
        """A list of texts has as many as its source; a list that is one text (`forms`) may differ."""
        data, found = source[0], here[0]
        if not (is_list_of_texts(model, name) and isinstance(data, list) and isinstance(found, list)):
            return
        if len(data) != len(found):
            self._report(here[1], f"{len(found)} {name}", f"{len(data)}, as in {source[1].file}:{source[1].line}")

    def _nouns(self, noun: type[BaseModel], source: _Marked, here: _Marked) -> _Marked:
        """Lay keys by slug, or by position, over a list."""
        (data, mark), (texts, here_mark) = source, here
        if not isinstance(data, list):
            return source
        if not isinstance(texts, dict):
            by = "slug" if "slug" in noun.model_fields else "position (1, 2, ...)"
            self._report(here_mark, quoted(texts), f"keys by {by}")
            return source
        names = [_name_of(item, index) for index, item in enumerate(data)]
        for key in texts:
            if key not in names:
                found = f"{quoted(key)}, which the source does not have"
                self._report(here_mark.inside[key], found, nearest(key, names, one_of(names)))
        merged, inside = list(data), dict(mark.inside)
        for index, name in enumerate(names):
            if name in texts:
                merged[index], inside[index] = self.noun(noun, _inside(source, index), _inside(here, name), False)
            else:
                self._report(here_mark, f"no translation of {quoted(name)}", f"a key `{name}:` with its texts")
        return merged, replace(mark, inside=inside)

    def _report(self, mark: Mark, found: str, hoped: str) -> None:
        self.faults.add(mark.file, mark.line, found, hoped)


def _inside(marked: _Marked, part: str | int) -> _Marked:
    data, mark = marked
    value = data.get(part) if isinstance(data, dict) else data[part]
    return value, mark.inside.get(part, mark)


def _must_be_there(model: type[BaseModel], name: str) -> bool:
    """Whether a source without this field has a fault of its own. A step may do without a body."""
    return model.model_fields[name].is_required() and not (issubclass(model, StepBase) and name == "body")


def _not_a_text(model: type[BaseModel], key: str, allowed: Sequence[str]) -> tuple[str, str]:
    if key in authored(model) or key in ("kind", "slug"):
        return f"the key {quoted(key)}, which is structure", "it in the source file only: a translation holds texts"
    return unknown_key(key, None, [TRANSLATES, *allowed])


def _name_of(item: Any, index: int) -> str:
    slug = item.get("slug") if isinstance(item, dict) else None
    return slug if isinstance(slug, str) else str(index + 1)
