"""Where something is typed that is not sent yet: at a step, in a reply to a reflection, in an answer to a reply.

A draft and a kept form name their place by a key. That of a step has no colon in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

NOT_A_STEP = ":"
"""Stands in the keys of all places but steps."""
REPLY = "reply" + NOT_A_STEP


class HasKeys(Protocol):
    """A place: the key that it has now, and all that it has or had, the newest first."""

    @property
    def key(self) -> str:
        """Return today's."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all."""


@dataclass(frozen=True, slots=True)
class ReplyPlace:
    """Where a trainer writes a reply to a reflection; the draft hangs on the trainer's own enrolment."""

    reflection_id: int

    @property
    def key(self) -> str:
        """Return the only key that it has."""
        return f"{REPLY}{self.reflection_id}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Return that one."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Where a learner answers what a trainer wrote about their reflection at a step."""

    step: HasKeys

    @property
    def key(self) -> str:
        """Return the one by the name that the step has now."""
        return f"answer{NOT_A_STEP}{self.step.key}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Return those by all names that it has or had."""
        return tuple(f"answer{NOT_A_STEP}{key}" for key in self.step.keys)


def reflection_in(key: str) -> int | None:
    """Return the reflection that a key of a ReplyPlace names; None for the key of another place."""
    number = key.removeprefix(REPLY)
    return int(number) if number != key else None
