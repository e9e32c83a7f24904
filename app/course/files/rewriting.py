"""YAML that is changed in one place and otherwise left as its author wrote it: order, quotation marks, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import Node, ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString, LiteralScalarString

from app.course.files.documents import NOTHING

WIDTH = 100
"""Characters after which a text that is written goes on in the next line."""
FRONT = re.compile(r"---[ \t]*\n(.*?^)---[ \t]*$\n?", re.DOTALL | re.MULTILINE)
"""The keys of a Markdown file, between its two lines of hyphens."""


class CannotRewrite(Exception):
    """A file holds no keys that can be read."""


def parsed(text: str) -> CommentedMap:
    """Return the keys of a YAML text, to be changed. Raises CannotRewrite."""
    try:
        data = _yaml().load(text) if text.strip() else CommentedMap()
    except (YAMLError, RecursionError) as error:  # the latter of lists inside lists without end
        raise CannotRewrite("no YAML") from error
    if not isinstance(data, CommentedMap):
        raise CannotRewrite("no keys")
    return data


def written(data: CommentedMap) -> str:
    """Return keys as YAML."""
    out = StringIO()
    _yaml().dump(data, out)
    return out.getvalue()


def divided(text: str) -> tuple[str, str]:
    """Return the keys of a Markdown file as YAML, and the text below them. Raises CannotRewrite."""
    front = FRONT.match(text)
    if front is None:
        raise CannotRewrite("no keys between two lines `---`")
    return front[1], text[front.end() :]


def joined(keys: str, below: str) -> str:
    """Return the Markdown file of which `divided` gives these two."""
    return f"---\n{keys}---\n{below}"


def new_value(value: Any) -> Any:
    """Return a value as a file holds it that somebody writes by hand: long texts go on below, indented."""
    if isinstance(value, Mapping):
        return CommentedMap((key, new_value(item)) for key, item in value.items())
    if isinstance(value, str):
        return _text(value)
    return value


def in_quotes(text: str) -> Any:
    """Return a text that is written between quotation marks, as a revision is: it may look like a number."""
    return DoubleQuotedScalarString(text)


class _AsWritten(VersionedResolver):
    """Takes every plain value for the text that it is, as the loader does: `true` stays a word, `12` two digits."""

    def resolve(self, kind: type[Node], value: Any, implicit: Any) -> Any:
        """Return the tag of a value; of nothing, the one of nothing."""
        if kind is ScalarNode and value not in NOTHING:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Resolver = _AsWritten
    yaml.preserve_quotes = True
    yaml.width = 4096  # a line that an author left long stays long
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _text(text: str) -> Any:
    if "\n" in text:
        return LiteralScalarString(text)
    folds = list(_folds(text))
    if not folds or text != text.strip():
        return text
    folded = FoldedScalarString(text)
    folded.fold_pos = folds  # where ruamel goes on in the next line
    return folded


def _folds(text: str) -> Iterator[int]:
    """Yield the places of the spaces at which a text goes on in the next line."""
    begin = last = 0
    for space in re.finditer(r"(?<=\S) (?=\S)", text):
        if space.start() - begin > WIDTH and last > begin:
            yield last
            begin = last + 1
        last = space.start()
    if len(text) - begin > WIDTH and last > begin:
        yield last
