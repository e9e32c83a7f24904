"""What a cohort shares without names: texts of reflections, read by those who handed in their own.

Why five: where people are shown without names, groups under five are withheld (rule 9 of the product). Of one text
everybody would guess whose it is; of five that many share in a guess. Below five not even the number is told. There
is no date, no order that means something, and nothing of a text but its words and their language.

What a reader can still infer, and no rule here can hide: who writes the way that only one person writes, or in a
language that only one of them works in; in a cohort of five, that everybody shared; and who looks often sees that a
text came or went since, as going at once is promised too. Who shares knows their own text, so four remain.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.course.parts import StepBase
from app.course.rules.small_groups import ENOUGH
from app.records.accounts import Visitor
from app.records.models import Enrolment, Reflection, ReflectionRevision, User
from app.records.reflecting import Level

SHOWN = 20
"""Texts at most at a time, drawn by lot: a page of a cohort of 500 stays light. The next view draws anew."""


@dataclass(frozen=True, slots=True)
class SharedText:
    """A text that somebody shares without their name."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class SharedTexts:
    """What a cohort shares at a step: `texts` in no order, and whether there are `more` than these."""

    texts: tuple[SharedText, ...]
    more: bool


def texts_shared_at(session: Session, visitor: Visitor, step: StepBase) -> SharedTexts:
    """Return what the learners of a visitor's cohort share at a step without their names, the visitor among them.

    Of each active learner it is the newest text, of what goes on in the step whatever it was called. Nothing for
    who has no text of their own there, at whatever level, and nothing below ENOUGH. One statement.
    """
    drawn = session.execute(_drawn(visitor, step)).all()
    in_all = drawn[0].in_all if drawn else 0
    if in_all < ENOUGH:
        return SharedTexts((), more=False)
    return SharedTexts(tuple(SharedText(row.text, row.language) for row in drawn), more=in_all > len(drawn))


def _drawn(visitor: Visitor, step: StepBase) -> Select[str, str, int]:
    """Draw texts by lot, each with how many there are in all; first their keys, then the words of those alone."""
    row, newest = _rows_that_go_on(visitor, step), aliased(ReflectionRevision)
    number = select(func.max(newest.number)).where(newest.reflection_id == row.c.id).scalar_subquery()
    lots = (
        select(row.c.id, number.label("number"), func.count().over().label("in_all"))
        .where(row.c.place == 1, row.c.level == Level.COHORT, _has_own_text(visitor, step), number >= row.c.shared_from)
        .order_by(func.random())
        .limit(SHOWN)
        .subquery()
    )
    found = and_(ReflectionRevision.reflection_id == lots.c.id, ReflectionRevision.number == lots.c.number)
    return (
        select(ReflectionRevision.text, ReflectionRevision.language, lots.c.in_all)
        .join_from(lots, ReflectionRevision, found)
        .order_by(func.random())
    )


def _rows_that_go_on(visitor: Visitor, step: StepBase) -> Subquery:
    """Number the shared rows of each learner at a step; the first is the one that reflecting.py goes on in."""
    by_key = case({key: place for place, key in enumerate(step.keys)}, value=Reflection.step_key)
    place = func.row_number().over(partition_by=Reflection.enrolment_id, order_by=by_key)
    return (
        select(Reflection.id, Reflection.level, Reflection.shared_from, place.label("place"))
        .join(Enrolment, Enrolment.id == Reflection.enrolment_id)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.cohort_id == visitor.cohort_id, Enrolment.role == "learner", Enrolment.standing == "active")
        .where(User.deactivated_at.is_(None))
        .where(Reflection.step_key.in_(step.keys), Reflection.level != Level.PRIVATE)
        .subquery()
    )


def _has_own_text(visitor: Visitor, step: StepBase) -> ColumnElement[bool]:
    mine, words = aliased(Reflection), aliased(ReflectionRevision)
    return (
        exists()
        .where(words.reflection_id == mine.id, mine.enrolment_id == visitor.enrolment_id)
        .where(mine.step_key.in_(step.keys))
    )
