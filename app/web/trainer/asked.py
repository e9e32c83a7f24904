"""What somebody asks of a cohort's page: whom to show, in which order, which page of them, which modules unfolded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.course.rules.flags import Kind, need
from app.records.people import LONGEST_QUESTION
from app.records.standings import Order, Standing

MOST_PAGES = 10**6


class Show(StrEnum):
    """Whom to show. Who is silent or stuck is shown also where their trainer lets that rest."""

    ALL = ""
    NEEDS = "needs"
    NOT_STARTED = "not-started"
    SILENT = "silent"
    STUCK = "stuck"
    WAITING = "waiting"
    DONE = "done"


class Sort(StrEnum):
    """In which order."""

    NEED = ""
    NAME = "name"
    PROGRESS = "progress"
    """Who is least far comes first."""
    LAST_DEED = "last"
    """Who did something last comes first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page shows; the same in an address and in the fields of a form. `unfolded`: slugs of modules, or None."""

    cohort_id: int
    show: Show
    sort: Sort
    question: str
    number: int
    unfolded: tuple[str, ...] | None

    def address(self, **other: object) -> str:
        """Return the address of this page, or of one that differs in `show`, `sort`, `q`, `page` or `open`."""
        wanted = {
            "show": self.show.value,
            "sort": self.sort.value,
            "q": self.question,
            "page": self.number,
            "open": None if self.unfolded is None else " ".join(self.unfolded),
        } | other
        query = {
            name: value for name, value in wanted.items() if (value or name == "open") and (name, value) != ("page", 1)
        }
        query = {name: value for name, value in query.items() if value is not None}
        path = url_for("trainer.cohort", cohort_id=self.cohort_id)
        return path + ("?" + urlencode(query) if query else "")

    @property
    def order(self) -> Order:
        """In which order the database gives everybody, so that who is alike in what is asked is in a known order."""
        return Order.LAST_DEED if self.sort is Sort.LAST_DEED else Order.NAME


def asked(cohort_id: int, sent: MultiDict[str, str]) -> Asked:
    """Read what is asked; what makes no sense is left out."""
    show, sort, unfolded = sent.get("show", ""), sent.get("sort", ""), sent.get("open")
    return Asked(
        cohort_id,
        Show(show) if show in set(Show) else Show.ALL,
        Sort(sort) if sort in set(Sort) else Sort.NEED,
        sent.get("q", "").strip()[:LONGEST_QUESTION],
        min(max(sent.get("page", 1, type=int), 1), MOST_PAGES),
        None if unfolded is None else tuple(unfolded.split()),
    )


def _has(kind: Kind) -> Callable[[Standing], bool]:
    return lambda one: any(flag.kind is kind for flag in one.flags) if one.flags else False


SHOWN: Mapping[Show, Callable[[Standing], bool]] = {
    Show.ALL: lambda one: True,
    Show.NEEDS: lambda one: bool(one.awake or one.waiting),
    Show.NOT_STARTED: lambda one: not one.began and not one.sum.finished,
    Show.SILENT: _has(Kind.SILENT),
    Show.STUCK: _has(Kind.STUCK),
    Show.WAITING: lambda one: bool(one.waiting),
    Show.DONE: lambda one: one.sum.finished,
}
"""Whether somebody is among those who are asked for."""


def in_order(some: Sequence[Standing], sort: Sort) -> list[Standing]:
    """Sort learners; who is alike stays in the order in which they come."""
    if sort is Sort.NEED:
        some_need = SHOWN[Show.NEEDS]
        return by_need(filter(some_need, some)) + [one for one in some if not some_need(one)]
    if sort is Sort.PROGRESS:
        return sorted(some, key=lambda one: one.sum.percent)
    return list(some)


def by_need(some: Iterable[Standing]) -> list[Standing]:
    """Sort those who need something: flags first, the worst before; then whose texts wait, the longest first."""
    return sorted(some, key=_need)


def _need(one: Standing) -> tuple[int, float, int]:
    if one.awake:
        return need(one.awake)
    return (len(Kind), one.waiting[0].since.timestamp(), 0)
