"""Every place in the code that says something to an author, and which of them were reached.

A fault is put together in many ways: as arguments, as what a function returns or a generator yields, in a table of
words. All have one thing in common: words with a space between them, in a piece of code that runs when the fault is
found and not before. So a place is a statement in a function (or a lambda) that holds such words and is no docstring.
To reach it is to run it; a tracer sees that, whatever way the words then take.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import FrameType
from typing import Any

from tests.program import ROOT

COURSE = ROOT / "app" / "course"
ABOUT_FILES = ("parts.py", "questions/", "steps/", "rules/quiz_lint.py", "files/")
"""What says something about the files of a course."""
NO_PART = ("files/shelf.py", "files/skeleton.py", "files/rewriting.py", "files/translating.py")
"""What takes no part in the check."""
WRITES = frozenset({"_lines_of", "as_yaml", "__str__"})
"""Functions that write files, and the one that prints a fault."""


@dataclass(frozen=True, order=True)
class Place:
    """A statement that holds words for an author. `file` is relative to app/course."""

    file: str
    first: int
    last: int
    function: str
    starts: int
    """The line on which the function begins."""
    words: str

    def __str__(self) -> str:
        return f"app/course/{self.file}:{self.first} in {self.function}: {self.words}"


@cache
def places() -> frozenset[Place]:
    """Find every place in the code of the course floor that is about its files."""
    found: set[Place] = set()
    for path in sorted(COURSE.rglob("*.py")):
        file = path.relative_to(COURSE).as_posix()
        if file.startswith(ABOUT_FILES) and file not in NO_PART:
            found |= set(_places_in(ast.parse(path.read_text("utf-8")), file))
    return frozenset(found)


def _places_in(tree: ast.Module, file: str) -> Iterator[Place]:
    for function in ast.walk(tree):
        if isinstance(function, ast.Lambda):
            yield from _place(function.body, file, "a lambda", function.lineno)
        elif isinstance(function, ast.FunctionDef) and function.name not in WRITES:
            for statement in _simple_statements(function):
                starts = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
                yield from _place(statement, file, function.name, starts)


def _simple_statements(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the statements of a function that hold no others, and the conditions of those that do."""
    inner: list[ast.AST] = [statement for statement in function.body if not _is_docstring(statement)]
    while inner:
        statement = inner.pop()
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        below = [part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.stmt | ast.ExceptHandler)]
        if below:
            inner += below
            yield from (part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.expr))
        else:
            yield statement


def _is_docstring(statement: ast.AST) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _place(node: ast.AST, file: str, function: str, starts: int) -> Iterator[Place]:
    words = [
        part.value.strip()
        for part in _without_lambdas(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value.strip()
    ]
    if words and isinstance(node, ast.stmt | ast.expr) and not _tells_the_program(node):
        yield Place(file, node.lineno, node.end_lineno or node.lineno, function, starts, " ... ".join(words))


def _tells_the_program(node: ast.AST) -> bool:
    """Whether it raises an error that another part of the program answers: an answer that a question does not offer."""
    error = node.exc if isinstance(node, ast.Raise) else None
    return isinstance(error, ast.Call) and ast.unparse(error.func) == "UnknownOption"


def _without_lambdas(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, ast.Lambda):
            yield from _without_lambdas(part)


class Reached:
    """The lines that ran."""

    def __init__(self) -> None:
        self._lines: set[tuple[str, int]] = set()
        self._functions = {(str(COURSE / place.file), place.starts) for place in places()}

    def __contains__(self, place: object) -> bool:
        """Whether any line of a place ran."""
        assert isinstance(place, Place)
        file = str(COURSE / place.file)
        return any((file, line) in self._lines for line in range(place.first, place.last + 1))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note every line that runs meanwhile of a function in which there is a place."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, event: str, _about: Any) -> Any:
        code = frame.f_code
        return self._step if (code.co_filename, code.co_firstlineno) in self._functions else None

    def _step(self, frame: FrameType, event: str, _about: Any) -> Any:
        if event == "line":
            self._lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self._step
