"""What was sent after the session ended waits a day, for the one who wrote it, in the browser they wrote it in."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.drafts import LARGEST, DraftTooLarge, draft_of, save_draft
from app.records.kept_forms import MOST_FORMS, TooManyKeptForms, hand_over, keep, purge
from app.records.learning import NoEnrolment
from app.records.models import Draft, KeptForm, User
from tests.makers import NOW, make_enrolment, make_visitor
from tests.nouns import make_reflect
from tests.racing import at_once

STEP = make_reflect("one/reflect")
PATH = "/modules/one/reflect"


def send(
    session: Session,
    visitor: Visitor,
    text: str,
    *,
    browser: str = "this browser",
    path: str = PATH,
    about: str = STEP.key,
    now: datetime = NOW,
) -> None:
    """Send a form after the session ended."""
    assert visitor.enrolment_id is not None
    keep(
        session, browser_hash=browser, user_id=visitor.user_id, enrolment_id=visitor.enrolment_id, path=path,
        about=about, body={"text": [text]}, now=now,
    )  # fmt: skip


def sign_in(
    session: Session, visitor: Visitor, *, browser: str = "this browser", now: datetime = NOW
) -> tuple[str, ...]:
    """Come back, and be handed over what is kept."""
    return hand_over(session, browser_hash=browser, user_id=visitor.user_id, now=now)


def texts(session: Session, visitor: Visitor) -> list[str]:
    """Return all texts of the draft, the newest first."""
    found = draft_of(session, visitor, STEP)
    return [body["text"][0] for body in (found.body, *found.others)] if found else []


def test_what_was_sent_too_late_becomes_a_draft_at_sign_in(session: Session) -> None:
    visitor = make_visitor(session)
    send(session, visitor, "My words")
    assert texts(session, visitor) == []
    assert sign_in(session, visitor) == (PATH,)
    assert texts(session, visitor) == ["My words"]
    assert session.scalars(select(KeptForm)).all() == []
    assert sign_in(session, visitor) == ()


def test_anybody_else_who_signs_in_there_never_sees_it(session: Session) -> None:
    mine, other = make_visitor(session), make_visitor(session)
    send(session, mine, "My words")
    assert sign_in(session, other) == ()
    assert texts(session, other) == []
    assert sign_in(session, mine) == (PATH,)


def test_another_browser_does_not_get_it(session: Session) -> None:
    visitor = make_visitor(session)
    send(session, visitor, "My words")
    assert sign_in(session, visitor, browser="another") == ()
    assert texts(session, visitor) == []


def test_two_people_on_one_browser_each_get_their_own(session: Session) -> None:
    first, second = make_visitor(session), make_visitor(session)
    send(session, first, "Words of the first")
    send(session, second, "Words of the second")
    sign_in(session, second)
    sign_in(session, first)
    assert texts(session, first) == ["Words of the first"]
    assert texts(session, second) == ["Words of the second"]


def test_it_stands_beside_a_draft_that_says_something_else(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, {"text": ["What stood there"]}, version=0, now=NOW)
    send(session, visitor, "My words")
    sign_in(session, visitor)
    assert texts(session, visitor) == ["My words", "What stood there"]


def test_it_takes_the_place_of_a_draft_that_it_goes_on_from(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, {"text": ["My words"]}, version=0, now=NOW)
    send(session, visitor, "My words, and more")
    sign_in(session, visitor)
    assert texts(session, visitor) == ["My words, and more"]


def test_a_second_form_from_the_same_page_replaces_nothing(session: Session) -> None:
    visitor = make_visitor(session)
    for text in ("One text", "Another text", "Another text, longer"):
        send(session, visitor, text)
    assert sign_in(session, visitor) == (PATH,)
    assert texts(session, visitor) == ["Another text, longer", "One text"]


def test_forms_of_two_enrolments_go_to_their_own(session: Session) -> None:
    first = make_enrolment(session)
    second = make_enrolment(session, user=session.get_one(User, first.user_id))
    one, other = make_visitor(session, enrolment=first), make_visitor(session, enrolment=second)
    send(session, one, "In the first cohort")
    send(session, other, "In the second cohort")
    sign_in(session, one)
    assert texts(session, one) == ["In the first cohort"]
    assert texts(session, other) == ["In the second cohort"]


def test_a_form_that_names_an_enrolment_of_somebody_else_is_handed_to_nobody(session: Session) -> None:
    mine, other = make_visitor(session), make_visitor(session)
    assert other.enrolment_id is not None
    keep(
        session, browser_hash="this browser", user_id=mine.user_id, enrolment_id=other.enrolment_id, path=PATH,
        about=STEP.key, body={"text": ["x"]}, now=NOW,
    )  # fmt: skip
    assert sign_in(session, mine) == ()
    assert session.scalars(select(Draft)).all() == []


def test_forms_of_several_pages_are_named_in_the_order_they_were_sent(session: Session) -> None:
    visitor = make_visitor(session)
    for n, path in enumerate(("/c", "/a", "/b")):
        send(session, visitor, "x", path=path, about=f"one{path}", now=NOW + timedelta(minutes=n))
    assert sign_in(session, visitor, now=NOW + timedelta(hours=1)) == ("/c", "/a", "/b")


@pytest.mark.parametrize(("hours", "handed"), [(23.99, (PATH,)), (24, ()), (30, ())])
def test_what_is_older_than_a_day_is_not_handed_over(session: Session, hours: float, handed: tuple[str, ...]) -> None:
    visitor = make_visitor(session)
    send(session, visitor, "My words")
    assert sign_in(session, visitor, now=NOW + timedelta(hours=hours)) == handed
    assert session.scalars(select(KeptForm)).all() == []


def test_a_newer_form_does_not_keep_an_older_one_longer(session: Session) -> None:
    visitor = make_visitor(session)
    send(session, visitor, "Monday")
    send(session, visitor, "Tuesday", now=NOW + timedelta(hours=20))
    sign_in(session, visitor, now=NOW + timedelta(hours=30))
    assert texts(session, visitor) == ["Tuesday"]


def test_what_nobody_fetched_is_purged_after_a_day(session: Session) -> None:
    visitor = make_visitor(session)
    send(session, visitor, "Old", path="/old")
    send(session, visitor, "New", path="/new", now=NOW + timedelta(hours=2))
    purge(session, NOW + timedelta(hours=24))
    assert session.scalars(select(KeptForm.path)).all() == ["/new"]


def test_keeping_a_form_lets_go_of_what_nobody_fetched(session: Session) -> None:
    send(session, make_visitor(session), "Old", path="/old")
    send(session, make_visitor(session), "New", path="/new", now=NOW + timedelta(hours=24))
    assert session.scalars(select(KeptForm.path)).all() == ["/new"]


def test_a_form_that_is_too_large_is_refused_by_name(session: Session) -> None:
    with pytest.raises(DraftTooLarge):
        send(session, make_visitor(session), "x" * LARGEST)


def test_so_many_forms_are_kept_for_one_person_and_those_of_others_do_not_count(session: Session) -> None:
    visitor, other = make_visitor(session), make_visitor(session)
    for n in range(MOST_FORMS):
        send(session, visitor, "x", path=f"/{n}", browser=f"browser {n % 3}")
    with pytest.raises(TooManyKeptForms):
        send(session, visitor, "x", path="/one-more")
    send(session, visitor, "x, and more", path="/0", browser="browser 0")
    send(session, other, "x")
    send(session, visitor, "x", path="/one-more", now=NOW + timedelta(hours=25))
    kept = select(KeptForm.path).where(KeptForm.user_id == visitor.user_id, KeptForm.path == "/one-more")
    assert session.scalars(kept).all() == ["/one-more"]


def test_so_many_texts_are_kept_of_one_form_and_none_is_lost_for_another(session: Session) -> None:
    visitor = make_visitor(session)
    for n in range(MOST_FORMS):
        send(session, visitor, f"{n}. text")
    with pytest.raises(TooManyKeptForms):
        send(session, visitor, "One more")
    sign_in(session, visitor)
    assert len(texts(session, visitor)) == MOST_FORMS


def test_the_same_form_sent_again_and_again_takes_one_place(session: Session) -> None:
    visitor = make_visitor(session)
    for n in range(MOST_FORMS + 5):
        send(session, visitor, "My words" + n % 3 * " and more")
    sign_in(session, visitor)
    assert texts(session, visitor) == ["My words", "My words and more and more"]


def test_a_form_for_an_enrolment_that_is_gone_is_refused_by_name(session: Session) -> None:
    visitor = make_visitor(session)
    with pytest.raises(NoEnrolment):
        keep(
            session, browser_hash="b", user_id=visitor.user_id, enrolment_id=987_654, path=PATH, about=STEP.key,
            body={}, now=NOW,
        )  # fmt: skip


def _send(visitor: Visitor, text: str, session: Session) -> None:
    send(session, visitor, text)


def test_forms_sent_at_once_are_all_kept(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    session.commit()
    at_once(engine, *(partial(_send, visitor, f"Tab {n}") for n in range(5)))
    sign_in(session, visitor)
    assert set(texts(session, visitor)) == {f"Tab {n}" for n in range(5)}


def test_two_sign_ins_at_once_hand_over_once(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    send(session, visitor, "My words")
    session.commit()
    handed = at_once(engine, *[lambda s: sign_in(s, visitor)] * 4)
    assert sorted(handed) == [(), (), (), (PATH,)]
    assert texts(session, visitor) == ["My words"]
