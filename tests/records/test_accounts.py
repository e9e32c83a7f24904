"""Accounts: how names and addresses are spelt, who is here, and what a new password ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.records import accounts, links
from app.records.accounts import BadEmail, EmailTaken, NameTooLong, NoName, Visitor, visitor_of
from app.records.links import LinkExpired, LinkUsed
from app.records.models import AuditEntry, EndedVisit, Enrolment, OneTimeLink, Outbox, Throttle, User
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor

KEY = b"the secret of the installation"
ACCENTS = "a" + "\u0316\u0300" * 500_000
"""Spelling this in Unicode's one way would take a quarter of an hour."""


# ---- addresses and names -----------------------------------------------------------------------


@given(st.emails())
def test_an_address_that_is_folded_stays_as_it_is(email: str) -> None:
    try:
        folded = accounts.folded_email(email)
    except BadEmail:
        return
    assert accounts.folded_email(folded) == folded
    assert folded == folded.lower()
    assert folded.isascii()


@pytest.mark.parametrize("typed", ["Noor@Example.ORG", "  noor@example.org\n", "noor@EXAMPLE.org"])
def test_an_address_is_the_same_however_it_is_typed(typed: str) -> None:
    assert accounts.folded_email(typed) == "noor@example.org"


def test_a_domain_in_other_letters_is_spelt_the_way_mail_servers_know_it() -> None:
    assert accounts.folded_email("noor@MÜNCHEN.example.org") == "noor@xn--mnchen-3ya.example.org"


@pytest.mark.parametrize(
    "typed", ["", "noor", "noor@", "@example.org", "a b@example.org", "nöör@example.org", "a@b@c.org"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadEmail):
        accounts.folded_email(typed)


def test_an_endless_address_is_refused_without_being_spelt_out() -> None:
    for typed in (f"{ACCENTS}@example.org", f'"{ACCENTS}" <noor@example.org>', "a" * 1001):
        with pytest.raises(BadEmail):
            accounts.folded_email(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Noor   de Wit ", "Noor de Wit"),
        ("Noor\nBcc: all@example.org", "Noor Bcc: all@example.org"),
        ("No\x00or\x1b", "Noor"),
        ("\u202eNoor", "Noor"),
        ("Noor\u3164 🌱", "Noor 🌱"),
        ("Noo\u0301r", "No\u00f3r"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("O'Neill-李", "O'Neill-李"),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(typed: str, name: str) -> None:
    assert accounts.clean_name(typed) == name


@given(st.text(max_size=200))
def test_a_name_that_is_clean_stays_as_it_is(typed: str) -> None:
    try:
        name = accounts.clean_name(typed)
    except (NoName, NameTooLong):
        return
    assert accounts.clean_name(name) == name
    assert 1 <= len(name) <= 120
    assert len(name.splitlines()) == 1


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u200d", "\x00", "\u0301", "\u3164", "🌱", "-!?"])
def test_a_name_without_a_letter_or_digit_is_refused(typed: str) -> None:
    with pytest.raises(NoName):
        accounts.clean_name(typed)


def test_a_name_may_be_long_but_not_endless() -> None:
    assert accounts.clean_name("a" * 120) == "a" * 120
    with pytest.raises(NameTooLong):
        accounts.clean_name("a" * 121)
    with pytest.raises(NameTooLong):
        accounts.clean_name(ACCENTS)


def test_names_sort_without_regard_to_capitals_and_accents_on_both_databases(session: Session) -> None:
    for name in ("Zoë", "élan", "Eva", "Ömer", "oscar"):
        email = f"{accounts.sort_name(name)}@example.org"
        accounts.add_user(session, email=email, name=name, language="nl", password_hash=None, now=NOW)
    assert list(session.scalars(select(User.name).order_by(User.sort_name))) == ["élan", "Eva", "Ömer", "oscar", "Zoë"]


# ---- who is here -------------------------------------------------------------------------------


def test_a_visitor_is_read_in_one_select(engine: Engine, session: Session) -> None:
    cohort = make_cohort(session, name="Autumn")
    enrolment = make_enrolment(session, cohort=cohort, done="sums/add sums ~sums/think", last_step_key="sums/add")
    user = session.get_one(User, enrolment.user_id)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *facts: statements.append(facts[2]))
    visitor = visitor_of(session, user.id, user.session_stamp, enrolment.id)
    assert visitor is not None
    assert len(statements) == 1
    assert visitor.get_id() == f"{user.id}:{user.session_stamp}"
    assert (visitor.is_authenticated, visitor.is_active, visitor.is_anonymous) == (True, True, False)
    assert visitor.done_keys == {"sums/add", "sums", "~sums/think"}
    assert (visitor.enrolment_id, visitor.role, visitor.last_step_key) == (enrolment.id, "learner", "sums/add")
    assert (visitor.cohort_id, visitor.cohort_name) == (cohort.id, "Autumn")


def test_without_a_choice_a_visitor_is_in_their_newest_active_enrolment(session: Session) -> None:
    user = make_user(session)
    make_enrolment(session, user=user)
    newest = make_enrolment(session, user=user)
    make_enrolment(session, user=user, standing="ended")
    make_enrolment(session)
    visitor = visitor_of(session, user.id, user.session_stamp, None)
    assert visitor is not None
    assert (visitor.enrolment_id, visitor.enrolments) == (newest.id, 2)


def test_somebody_elses_enrolment_or_one_that_ended_stays_away(session: Session) -> None:
    user = make_user(session)
    ended = make_enrolment(session, user=user, standing="ended")
    mine, theirs = make_enrolment(session, user=user), make_enrolment(session)
    for enrolment_id in (ended.id, theirs.id, 10**6, 0, -1, 2**31, 2**63, 10**30):
        visitor = visitor_of(session, user.id, user.session_stamp, enrolment_id)
        assert visitor is not None
        assert (visitor.enrolment_id, visitor.role, visitor.cohort_id, visitor.cohort_name) == (None, None, None, None)
        assert (visitor.done, visitor.last_step_key, visitor.enrolments) == ("", None, 1)
    assert make_visitor(session, enrolment=mine).enrolment_id == mine.id


def test_an_account_without_an_enrolment_is_a_visitor_too(session: Session) -> None:
    admin = make_user(session, is_admin=True)
    visitor = visitor_of(session, admin.id, admin.session_stamp, None)
    assert isinstance(visitor, Visitor)
    assert (visitor.is_admin, visitor.enrolment_id, visitor.enrolments) == (True, None, 0)


def test_an_old_stamp_a_closed_account_and_an_unknown_one_are_nobody(session: Session) -> None:
    user, closed = make_user(session), make_user(session, deactivated_at=NOW)
    assert visitor_of(session, user.id, "old", None) is None
    assert visitor_of(session, closed.id, closed.session_stamp, None) is None
    assert visitor_of(session, 10**6, user.session_stamp, None) is None


# ---- signing in, accounts, passwords -------------------------------------------------------------


def test_signing_in_asks_for_an_account_by_its_address(session: Session) -> None:
    user = make_user(session, email="noor@example.org")
    facts = accounts.sign_in_facts(session, " Noor@example.org ")
    assert facts is not None
    assert (facts.user_id, facts.stamp, facts.password_hash) == (user.id, user.session_stamp, user.password_hash)


def test_an_unknown_address_a_closed_account_and_nonsense_have_no_facts(session: Session) -> None:
    make_user(session, email="closed@example.org", deactivated_at=NOW)
    for typed in ("closed@example.org", "unknown@example.org", "nonsense", "\x00@example.org", "a" * 10_000):
        assert accounts.sign_in_facts(session, typed) is None


def test_an_address_has_one_account(session: Session) -> None:
    facts: dict[str, Any] = {"name": "Noor", "language": "nl", "password_hash": None, "now": NOW}
    user_id = accounts.add_user(session, email="noor@example.org", **facts)
    with pytest.raises(EmailTaken):
        accounts.add_user(session, email="NOOR@example.org", **facts)
    assert session.scalars(select(User.id)).all() == [user_id]


def test_an_admin_gets_an_account_unless_they_have_one(session: Session) -> None:
    noor = make_user(session, email="noor@example.org", name="Noor de Wit")
    facts: dict[str, Any] = {"language": "nl", "by": None, "now": NOW}
    assert accounts.add_admin(session, email="Noor@example.org", name="Someone", **facts) == noor.id
    sam = accounts.add_admin(session, email="sam@example.org", name="Sam", **facts)
    session.expire_all()
    assert {(user.name, user.is_admin) for user in session.scalars(select(User))} == {
        ("Noor de Wit", True),
        ("Sam", True),
    }
    subjects = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.deed == "add_admin"))
    assert set(subjects) == {noor.id, sam}


def test_an_account_can_be_renamed_by_its_owner(session: Session) -> None:
    user = make_user(session, name="Noor")
    accounts.change_account(session, user.id, name=" Éva  ", language="nl")
    session.expire_all()
    assert (user.name, user.sort_name, user.language) == ("Éva", "eva", "nl")
    with pytest.raises(NoName):
        accounts.change_account(session, user.id, name=" ", language="nl")


def test_a_new_password_signs_out_everywhere_and_ends_open_reset_links(session: Session) -> None:
    visitor = make_visitor(session)
    other = make_user(session)
    for user_id in (visitor.user_id, other.id):
        links.make_link(session, purpose="reset", key=KEY, now=NOW, user_id=user_id)
    stamp = accounts.set_password(session, visitor.user_id, "new hash", now=NOW)
    assert visitor_of(session, visitor.user_id, visitor.stamp, None) is None
    assert visitor_of(session, visitor.user_id, stamp, None) is not None
    facts = accounts.sign_in_facts(session, visitor.email)
    assert facts is not None
    assert facts.password_hash == "new hash"
    used = {link.user_id: link.used_at for link in session.scalars(select(OneTimeLink))}
    assert used == {visitor.user_id: NOW, other.id: None}


def test_who_gets_a_new_password_is_told_by_mail_but_not_at_the_first(session: Session) -> None:
    invited = make_user(session, with_password=False)
    accounts.set_password(session, invited.id, "first", now=NOW)
    assert session.scalars(select(Outbox)).all() == []
    accounts.set_password(session, invited.id, "second", now=NOW)
    letter = session.scalars(select(Outbox)).one()
    assert (letter.letter, letter.user_id) == ("password_changed", invited.id)


def test_a_link_for_a_new_password_leaves_for_an_address_with_an_account(session: Session) -> None:
    user = make_user(session, email="noor@example.org")
    accounts.ask_for_reset(session, "Noor@Example.org", key=KEY, now=NOW)
    letter, link = session.scalars(select(Outbox)).one(), session.scalars(select(OneTimeLink)).one()
    assert (letter.letter, letter.user_id, letter.link_id) == ("reset", user.id, link.id)
    assert (link.purpose, link.user_id) == ("reset", user.id)


def test_asking_twice_in_a_moment_sends_one_letter_and_later_another(session: Session) -> None:
    make_user(session, email="noor@example.org")
    for later in (timedelta(0), timedelta(seconds=30), timedelta(minutes=3)):
        accounts.ask_for_reset(session, "noor@example.org", key=KEY, now=NOW + later)
    assert len(session.scalars(select(Outbox)).all()) == 2


def test_a_visit_that_ended_lets_nobody_in_and_leaves_other_visits_alone(session: Session) -> None:
    who = make_visitor(session)
    until = NOW + timedelta(days=30)
    accounts.end_visit(session, "at the library", until=until, now=NOW)
    accounts.end_visit(session, "at the library", until=until, now=NOW)
    assert visitor_of(session, who.user_id, who.stamp, None, visit="at the library") is None
    assert visitor_of(session, who.user_id, who.stamp, who.enrolment_id, visit="at the library") is None
    assert visitor_of(session, who.user_id, who.stamp, None, visit="at home") == who


def test_a_visit_that_would_be_over_anyhow_is_no_longer_kept(session: Session) -> None:
    accounts.end_visit(session, "last month", until=NOW, now=NOW)
    accounts.end_visit(session, "today", until=NOW + timedelta(days=30), now=NOW + timedelta(seconds=1))
    assert session.scalars(select(EndedVisit.visit)).all() == ["today"]


def test_an_unknown_address_gets_no_letter_and_the_same_work(engine: Engine, session: Session) -> None:
    make_user(session, email="noor@example.org")
    make_user(session, email="closed@example.org", deactivated_at=NOW)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *facts: statements.append(facts[2].split()[0]))
    work: list[list[str]] = []
    for email in ("noor@example.org", "unknown@example.org", "closed@example.org"):
        statements.clear()
        accounts.ask_for_reset(session, email, key=KEY, now=NOW)
        work.append(list(statements))
    assert len(session.scalars(select(Outbox)).all()) == 1
    assert work[0].count("INSERT") == work[1].count("INSERT") == work[2].count("INSERT") == 2
    assert len(work[1]) == len(work[2])
    assert abs(len(work[0]) - len(work[1])) <= 1


def test_what_is_written_for_unknown_addresses_blocks_nobody(session: Session) -> None:
    for _ in range(20):
        accounts.ask_for_reset(session, "unknown@example.org", key=KEY, now=NOW)
    assert {row.bucket for row in session.scalars(select(Throttle))} == {"nothing"}
    accounts.ask_for_reset(session, "unknown@example.org", key=KEY, now=NOW + timedelta(minutes=16))
    assert len(session.scalars(select(Throttle)).all()) == 2


@pytest.mark.parametrize("purpose", ["reset", "invitation"])
def test_the_button_behind_a_link_sets_the_password_once(session: Session, purpose: links.Purpose) -> None:
    user = make_user(session)
    link = found(session, links.make_link(session, purpose=purpose, key=KEY, now=NOW, user_id=user.id))
    user_id, stamp = accounts.password_by_link(session, link, "new hash", now=NOW)
    assert visitor_of(session, user_id, stamp, None) is not None
    with pytest.raises(LinkUsed):
        accounts.password_by_link(session, link, "other hash", now=NOW)


def test_a_link_that_is_too_old_sets_no_password(session: Session) -> None:
    user = make_user(session)
    link = found(session, links.make_link(session, purpose="reset", key=KEY, now=NOW, user_id=user.id))
    with pytest.raises(LinkExpired):
        accounts.password_by_link(session, link, "new hash", now=NOW + timedelta(hours=2))
    assert accounts.sign_in_facts(session, user.email) == accounts.SignInFacts(
        user.id, user.session_stamp, user.password_hash
    )


def found(session: Session, link_id: int) -> links.LinkFacts:
    row = session.get_one(OneTimeLink, link_id)
    link = links.find_link(session, links.token_of(row, KEY), NOW)
    assert link is not None
    return link


def test_an_enrolment_survives_what_happens_to_the_account(session: Session) -> None:
    visitor = make_visitor(session)
    accounts.set_password(session, visitor.user_id, "hash", now=NOW)
    assert session.get_one(Enrolment, visitor.enrolment_id).user_id == visitor.user_id
