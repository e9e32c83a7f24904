"""Links in mails: they work once, for a while, and the database alone opens none."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.records import links
from app.records.engine import writing_sessions
from app.records.links import LinkExpired, LinkState, LinkUsed, Newcomer
from app.records.models import OneTimeLink
from tests.makers import NOW, make_join_code, make_user

KEY = b"the secret of the installation"


def make_link(session: Session, *, purpose: links.Purpose = "reset") -> OneTimeLink:
    user = make_user(session)
    return session.get_one(OneTimeLink, links.make_link(session, purpose=purpose, key=KEY, now=NOW, user_id=user.id))


def state(session: Session, link: OneTimeLink, after: timedelta = timedelta(0)) -> LinkState:
    found = links.find_link(session, links.token_of(link, KEY), NOW + after)
    assert found is not None
    return found.state


def test_a_letter_that_is_made_twice_carries_the_same_link(session: Session) -> None:
    link = make_link(session)
    assert links.token_of(link, KEY) == links.token_of(link, KEY)
    assert links.token_of(link, KEY) != links.token_of(make_link(session), KEY)


def test_a_copy_of_the_database_opens_no_door(session: Session) -> None:
    link = make_link(session)
    for guess in (link.seed, link.token_hash, links.token_of(link, b"another secret"), "", "\ud800", "a" * 10_000):
        assert links.find_link(session, guess, NOW) is None


def test_a_link_tells_for_whom_it_is(session: Session) -> None:
    code = make_join_code(session)
    sam = Newcomer("Sam", "sam@example.org", "nl")
    row = session.get_one(
        OneTimeLink,
        links.make_link(session, purpose="join", key=KEY, now=NOW, newcomer=sam, join_code_id=code.id),
    )
    found = links.find_link(session, links.token_of(row, KEY), NOW)
    sams = ("Sam", "sam@example.org", "nl")
    assert found == links.LinkFacts(row.id, "join", LinkState.OPEN, None, *sams, code.key, has_password=False)


def test_a_link_works_once(session: Session) -> None:
    link = make_link(session)
    assert state(session, link) is LinkState.OPEN
    assert links.use_link(session, link.id, NOW)
    assert not links.use_link(session, link.id, NOW)
    session.expire_all()
    assert state(session, link) is LinkState.USED
    with pytest.raises(LinkUsed):
        links.must_use_link(session, link.id, NOW)


@pytest.mark.parametrize("purpose", ["reset", "invitation"])
def test_a_link_works_for_a_while(session: Session, purpose: links.Purpose) -> None:
    link, lifetime = make_link(session, purpose=purpose), links.LIFETIMES[purpose]
    assert state(session, link, lifetime - timedelta(seconds=1)) is LinkState.OPEN
    assert state(session, link, lifetime) is LinkState.EXPIRED
    assert not links.use_link(session, link.id, NOW + lifetime)
    with pytest.raises(LinkExpired):
        links.must_use_link(session, link.id, NOW + lifetime)


def test_looking_at_a_link_changes_nothing(session: Session) -> None:
    link = make_link(session)
    for _ in range(3):
        assert state(session, link) is LinkState.OPEN
    assert link.used_at is None


def test_of_all_who_press_at_once_one_is_first(engine: Engine, session: Session) -> None:
    link_id = make_link(session).id
    session.commit()
    start, wins = threading.Barrier(6), list[bool]()

    def press() -> None:
        start.wait(30)
        with writing_sessions(engine).begin() as mine:
            wins.append(links.use_link(mine, link_id, NOW))

    people = [threading.Thread(target=press) for _ in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(wins) == [False] * 5 + [True]


def test_who_did_not_come_is_forgotten_a_month_after_their_link_ended(session: Session) -> None:
    code, user = make_join_code(session), make_user(session)
    for email, user_id in (("sam@example.org", None), (None, user.id)):
        who = {"user_id": user_id} if user_id else {"newcomer": Newcomer("Sam", str(email), "nl")}
        links.make_link(session, purpose="join", key=KEY, now=NOW, join_code_id=code.id, **who)
    for days, left in ((36, {"sam@example.org", None}), (38, {None})):
        links.make_link(session, purpose="reset", key=KEY, now=NOW + timedelta(days=days), user_id=user.id)
        assert set(session.scalars(select(OneTimeLink.newcomer_email))) == left
