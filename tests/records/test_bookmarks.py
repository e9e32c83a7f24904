"""A step is marked once, whatever it was called; marks are only their learner's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.records.accounts import Visitor, visitor_of
from app.records.bookmarks import bookmarks_of, is_marked, marked_steps, remove_bookmark, set_bookmark
from app.records.learning import NoEnrolment
from app.records.models import Bookmark, Enrolment
from tests.makers import NOW, make_enrolment, make_visitor
from tests.nouns import make_course, make_module, make_read
from tests.racing import at_once, counted

LATER = NOW + timedelta(hours=1)

A, B, C = make_read("one/a"), make_read("one/b"), make_read("one/c")
COURSE = make_course(make_module("one", A, B, C))
RENAMED = make_read("uno/new", former=["one/a"])
COURSE_RENAMED = make_course(make_module("uno", RENAMED, make_read("uno/b", former=["one/b"]), former=["one"]))


def again(session: Session, visitor: Visitor) -> Visitor:
    """Return the visitor as the next request reads them."""
    found = visitor_of(session, visitor.user_id, visitor.stamp, visitor.enrolment_id)
    assert found is not None
    return found


def rows(session: Session) -> list[tuple[str, object]]:
    return [(row.step_key, row.made_at) for row in session.execute(select(Bookmark.step_key, Bookmark.made_at))]


def test_a_bookmark_comes_along_with_who_is_here(session: Session) -> None:
    visitor = make_visitor(session)
    assert visitor.bookmarks == ""
    for step in (B, A):
        set_bookmark(session, visitor, step, now=NOW)
    set_bookmark(session, make_visitor(session), C, now=NOW)
    with counted(session) as statements:
        seen = again(session, visitor)
        assert marked_steps(seen, COURSE) == (A, B)
        assert [is_marked(seen, step) for step in COURSE.steps] == [True, True, False]
    assert len(statements) == 1


def test_a_bookmark_belongs_to_the_enrolment_that_is_here(session: Session) -> None:
    here = make_visitor(session)
    other = make_enrolment(session)
    other.user_id = here.user_id
    session.flush()
    set_bookmark(session, here, A, now=NOW)
    there = visitor_of(session, here.user_id, here.stamp, other.id)
    assert there is not None
    assert there.bookmarks == ""
    newest = visitor_of(session, here.user_id, here.stamp, None)
    assert newest is not None
    assert (newest.enrolment_id, newest.bookmarks) == (other.id, "")


def test_marking_a_step_twice_is_once_and_keeps_the_moment(session: Session) -> None:
    visitor = make_visitor(session)
    set_bookmark(session, visitor, A, now=NOW)
    set_bookmark(session, visitor, A, now=LATER)
    assert rows(session) == [("one/a", NOW)]


def test_taking_a_bookmark_away_twice_is_once(session: Session) -> None:
    visitor, other = make_visitor(session), make_visitor(session)
    for learner in (visitor, other):
        set_bookmark(session, learner, A, now=NOW)
    set_bookmark(session, visitor, B, now=NOW)
    for _twice in range(2):
        remove_bookmark(session, visitor, A)
    assert marked_steps(again(session, visitor), COURSE) == (B,)
    assert marked_steps(again(session, other), COURSE) == (A,)


def test_a_step_marked_under_its_former_name_is_marked_and_makes_no_second_row(session: Session) -> None:
    visitor = make_visitor(session)
    set_bookmark(session, visitor, A, now=NOW)
    set_bookmark(session, visitor, RENAMED, now=LATER)
    assert rows(session) == [("one/a", NOW)]
    seen = again(session, visitor)
    assert is_marked(seen, RENAMED)
    assert marked_steps(seen, COURSE_RENAMED) == (RENAMED,)


def test_a_bookmark_is_taken_away_under_every_name_that_the_step_had(session: Session) -> None:
    visitor = make_visitor(session)
    set_bookmark(session, visitor, A, now=NOW)
    set_bookmark(session, visitor, make_read("uno/new"), now=LATER)  # before the rename was declared
    assert [one.made_at for one in bookmarks_of(session, again(session, visitor), COURSE_RENAMED)] == [LATER]
    remove_bookmark(session, visitor, RENAMED)
    assert rows(session) == []


def test_the_list_holds_the_newest_mark_first_and_no_step_that_is_gone(session: Session) -> None:
    visitor = make_visitor(session)
    for step, now in ((A, NOW), (B, LATER), (C, NOW)):
        set_bookmark(session, visitor, step, now=now)
    shorter = make_course(make_module("one", A, B))
    with counted(session) as statements:
        found = bookmarks_of(session, visitor, shorter)
    assert [(one.step, one.made_at) for one in found] == [(B, LATER), (A, NOW)]
    assert len(statements) == 1
    assert marked_steps(again(session, visitor), shorter) == (A, B)


def test_a_bookmark_changes_nothing_else(session: Session) -> None:
    visitor = make_visitor(session)
    set_bookmark(session, visitor, A, now=NOW)
    enrolment = session.get_one(Enrolment, visitor.enrolment_id, populate_existing=True)
    assert (enrolment.done, enrolment.last_step_key, enrolment.last_deed_at, enrolment.started_at) == (
        "", None, None, None,
    )  # fmt: skip


def test_who_has_no_enrolment_can_mark_nothing(session: Session) -> None:
    visitor = make_visitor(session)
    for lost in (replace(visitor, enrolment_id=None), replace(visitor, enrolment_id=987_654)):
        with pytest.raises(NoEnrolment):
            set_bookmark(session, lost, A, now=NOW)
        with pytest.raises(NoEnrolment):
            remove_bookmark(session, lost, A)


def test_two_tabs_that_mark_a_step_at_once_mark_it_once(session: Session, engine: Engine) -> None:
    visitor = make_visitor(session)
    session.commit()
    at_once(engine, *[lambda tab: set_bookmark(tab, visitor, A, now=NOW)] * 4)
    assert rows(session) == [("one/a", NOW)]
