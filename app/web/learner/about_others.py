"""What is asked about a text that looks as if it held somebody else's data, before it is handed in or shared.

It is shown once, on the page that answers, and kept nowhere: not that it was asked, not what was seen, not what the
learner chose. So the answer comes with the form: the button that goes on all the same names the level that was
asked about, and for other readers it is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.course.rules.third_persons import Kind, Trace
from app.records.reflecting import Level
from app.web.learner.fields import listed

ALL_THE_SAME = "anyway"
"""The button that hands in or shares what was asked about; its value is the level that was asked about."""

AROUND = 150
"""Signs of the text shown before and after what was seen, to the border of a word: a short text is shown whole."""

LOOKS_LIKE: Mapping[Kind, LazyString] = {
    Kind.EMAIL: _l("an e-mail address"),
    Kind.PHONE: _l("a telephone number"),
    Kind.BSN: _l("a citizen service number (BSN)"),
    Kind.NATIONAL_NUMBER: _l("a Belgian national number"),
    Kind.V_NUMBER: _l("a V-number"),
    Kind.NAME_AND_BIRTH_DATE: _l("a name with a birth date"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a passage; `looks_like` says in words what it seems to be, and is empty where it is nothing."""

    text: str
    looks_like: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """What was seen in a text, and what goes on all the same.

    `passages` are the parts of the text around what was seen, in pieces. `readers` says who would read it.
    `is_shared_only`: the text stands as it was handed in, and only who may read it is to change.
    """

    passages: tuple[tuple[Piece, ...], ...]
    seen: str
    readers: str
    level: str
    is_shared_only: bool


def is_answered(level: str) -> bool:
    """Whether the form says that it is to go on all the same, for the readers that were asked about."""
    return request.form.get(ALL_THE_SAME) == level


def concern_about(text: str, traces: Sequence[Trace], level: str, *, is_shared_only: bool = False) -> Concern:
    """Say what was seen in a text that is to be read at a level."""
    kinds = dict.fromkeys(trace.kind for trace in traces)
    return Concern(
        passages=tuple(_passages(text, traces)),
        seen=listed([str(LOOKS_LIKE[kind]) for kind in kinds]),
        readers=_readers(Level(level)),
        level=level,
        is_shared_only=is_shared_only,
    )


def _readers(level: Level) -> str:
    if level is Level.PRIVATE:
        return str(_("Only you read this. It is kept all the same."))
    if level is Level.TRAINERS:
        return str(_("Your trainers would read this too."))
    return str(_("The others in your cohort would read this too."))


def _passages(text: str, traces: Sequence[Trace]) -> Iterator[tuple[Piece, ...]]:
    """Yield the parts of a text around what was seen; parts that touch are one."""
    near: list[Trace] = []
    for trace in traces:
        if near and trace.start - near[-1].end > 2 * AROUND:
            yield tuple(_pieces(text, near))
            near = []
        near.append(trace)
    if near:
        yield tuple(_pieces(text, near))


def _pieces(text: str, traces: Sequence[Trace]) -> Iterator[Piece]:
    start, end = _border_before(text, traces[0].start), _border_after(text, traces[-1].end)
    at, before = start, "… " if start else ""
    for trace in traces:
        yield Piece(before + text[at : trace.start])
        yield Piece(text[trace.start : trace.end], str(LOOKS_LIKE[trace.kind]))
        at, before = trace.end, ""
    yield Piece(text[at:end] + (" …" if end < len(text) else ""))


def _border_before(text: str, at: int) -> int:
    """Return where to begin: at the text's own beginning, or behind a space some way before."""
    start = max(0, at - AROUND)
    return start and next((i + 1 for i in range(start, at) if text[i].isspace()), at)


def _border_after(text: str, at: int) -> int:
    """Return where to end: at the text's own end, or at a space some way behind."""
    end = min(len(text), at + AROUND)
    return end if end == len(text) else next((i for i in range(end, at, -1) if text[i].isspace()), at)
