"""What is measured with many learners at once: pages and deeds, each by the name of its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from app.records.models import Attempt, Draft, StepCompletion
from tests.bench import deeds
from tests.bench.deeds import SignedIn, path_of
from tests.bench.load import Ask
from tests.bench.people import Steps

READ, MY_COURSE, QUIZ_PAGE, SEARCH = "read step", "My course", "page of a quiz", "search"
COMPLETE, DRAFT, QUIZ = "complete a step", "save a draft", "submit a quiz of ten questions"

TYPED = "Bij ons begint het met een gesprek aan de balie, en daarna weet niemand wie de vraag verder draagt."
"""What learners typed; each round adds a line."""


@dataclass(frozen=True)
class Thing:
    """A page, or a deed that leaves something in the database each time."""

    name: str
    make: Callable[[int, Sequence[SignedIn], int], list[Ask]]
    """Makes one request a learner, from the port and the number of the round; it may open pages for that."""
    learners: int
    """How many do it in a round, at most."""
    tally: Select[Any] | None = None
    """Counts what such deeds left; each adds one."""


def things_of(steps: Steps) -> tuple[Thing, ...]:
    """Return all of them, in the order in which learners do them."""
    return (
        _page(READ, path_of(steps.read), 900),
        _page(MY_COURSE, "/my-course", 300),
        _page(QUIZ_PAGE, path_of(steps.quiz), 300),
        _page(SEARCH, "/search?q=begeleiding+van+studenten", 300),
        Thing(
            COMPLETE,
            lambda port, learners, number: deeds.completions(port, learners, steps.completed[number]),
            learners=900,
            tally=select(func.count()).select_from(StepCompletion),
        ),
        Thing(
            DRAFT,
            lambda port, learners, number: deeds.drafts(
                port, learners, steps.reflect, typed="\n".join([TYPED] * (number + 1)), version=number
            ),
            learners=900,
            tally=select(func.coalesce(func.sum(Draft.version), 0)),
        ),
        Thing(
            QUIZ,
            lambda port, learners, _number: deeds.attempts(port, learners, steps.quiz),
            learners=300,
            tally=select(func.count()).select_from(Attempt),
        ),
    )


def _page(name: str, path: str, learners: int) -> Thing:
    return Thing(name, lambda _port, people, _number: deeds.visits(people, path), learners)
