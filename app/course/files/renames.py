"""Renamed and retired things: which slug something has today, and which it had before.

Modules hold steps, and quizzes hold questions that hold options. A key names the way down, as
`quiz/question/option`. Whoever renames a holder renames everything in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

LEVELS: Mapping[str, int] = {"modules": 1, "steps": 2, "quizzes": 1, "questions": 2, "options": 3}
"""How many slugs the key of each kind of thing has."""
HOLDERS: Mapping[str, str] = {"steps": "modules", "questions": "quizzes", "options": "questions"}
"""What holds each kind of thing."""


class RenamedSlugs(BaseModel):
    """What course.yaml says under `renamed`: new keys by old ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    modules: dict[str, str] = Field(default_factory=dict)
    steps: dict[str, str] = Field(default_factory=dict)
    quizzes: dict[str, str] = Field(default_factory=dict)
    questions: dict[str, str] = Field(default_factory=dict)
    options: dict[str, str] = Field(default_factory=dict)


class RetiredSlugs(BaseModel):
    """What course.yaml says under `retired`: keys that are never used again."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    modules: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    quizzes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Renames:
    """Follows renames from key to key."""

    renamed: RenamedSlugs = field(default_factory=RenamedSlugs)
    retired: RetiredSlugs = field(default_factory=RetiredSlugs)

    def today(self, kind: str, key: str) -> str:
        """Return the key that a thing has today; a circle ends where it began to repeat."""
        return self._way(kind, key)[-1]

    def _way(self, kind: str, key: str) -> tuple[str, ...]:
        """Return the keys that a thing had from this one on, today's last."""
        way: list[str] = []
        while key not in way:
            way.append(key)
            key = self._next(kind, key)
        return (*way, key) if key != way[-1] else tuple(way)

    def _next(self, kind: str, key: str) -> str:
        """Return the next key: by a rename of the thing, else by one of what holds it."""
        renamed: dict[str, str] = getattr(self.renamed, kind)
        if key in renamed:
            return renamed[key]
        holder, slash, slug = key.rpartition("/")
        if not slash or kind not in HOLDERS:
            return key
        return f"{self._next(HOLDERS[kind], holder)}/{slug}"

    def is_retired(self, kind: str, key: str) -> bool:
        """Whether a thing, or what holds it, is retired."""
        if key in getattr(self.retired, kind):
            return True
        holder, slash, _ = key.rpartition("/")
        return bool(slash) and kind in HOLDERS and self.is_retired(HOLDERS[kind], holder)

    def circles(self, kind: str) -> tuple[str, ...]:
        """Return the renamed keys that lead back to themselves."""
        renamed: dict[str, str] = getattr(self.renamed, kind)
        return tuple(old for old in renamed if self._returns(renamed, old))

    @staticmethod
    def _returns(renamed: Mapping[str, str], old: str) -> bool:
        key, steps = renamed[old], 0
        while key in renamed and key != old and steps <= len(renamed):
            key, steps = renamed[key], steps + 1
        return key == old

    def former(self, kind: str, keys: Iterable[str], once: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
        """Return the former keys of each of today's keys, the newest first.

        `once` holds keys that were published; a key that nobody ever published, but that a
        rename of a holder implies, is found as well.
        """
        now = set(keys)
        candidates = {*once, *getattr(self.renamed, kind), *self._implied(kind, now)} - now
        found: dict[str, set[str]] = {}
        for old in candidates:
            if (new := self.today(kind, old)) in now:
                found.setdefault(new, set()).add(old)
        return {
            key: tuple(sorted(former, key=lambda old: (len(self._way(kind, old)), old)))
            for key, former in found.items()
        }

    def _implied(self, kind: str, keys: Iterable[str]) -> set[str]:
        """Return the keys that things had before what holds them was renamed."""
        if kind not in HOLDERS:
            return set()
        inner = {*keys, *getattr(self.renamed, kind)}
        holders: dict[str, set[str]] = {}
        for key in inner:
            holder, _, slug = key.rpartition("/")
            holders.setdefault(self.today(HOLDERS[kind], holder), set()).add(slug)
        former = self.former(HOLDERS[kind], holders)
        return {f"{old}/{slug}" for now, olds in former.items() for old in olds for slug in holders[now]}
