"""Invitations: who was invited, how that stands, and inviting again; never a way into an account with a password."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.records import invitations, links, outbox
from app.records.invitations import NobodyToInvite, PersonLine, Show, State
from app.records.models import AuditEntry, Cohort, Enrolment, OneTimeLink, Outbox, User
from tests.makers import NOW, make_cohort, make_enrolment, make_user
from tests.racing import at_once

KEY = b"the secret of the installation"
DAY = timedelta(days=1)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make_cohort(session, name="Spring")


def make_invited(session: Session, cohort: Cohort, name: str = "Bilal Leuning", **facts: bool) -> User:
    """Enrol somebody who has no password, unless `with_password`."""
    user = make_user(session, name=name, **({"with_password": False} | facts))  # type: ignore[arg-type]
    make_enrolment(session, user=user, cohort=cohort)
    return user


def invite(session: Session, cohort: Cohort, *users: User, now: datetime = NOW) -> int:
    ids = [user.id for user in users]
    return invitations.send_again(session, cohort.id, ids, key=KEY, by=None, now=now)


def letter_of(session: Session, user: User) -> Outbox:
    """Return the newest letter to somebody, as it stands."""
    newest = select(Outbox).where(Outbox.user_id == user.id).order_by(Outbox.id.desc()).limit(1)
    return session.scalars(newest.execution_options(populate_existing=True)).one()


def line_of(session: Session, cohort: Cohort, now: datetime = NOW) -> PersonLine:
    [line], count = invitations.people_of(session, cohort.id, now=now)
    assert count == 1
    return line


# ---- how it stands -----------------------------------------------------------------------------


def test_an_invitation_waits_leaves_and_is_over_after_fourteen_days(session: Session, cohort: Cohort) -> None:
    user = make_invited(session, cohort)
    assert line_of(session, cohort).state is State.NONE
    invite(session, cohort, user)
    assert line_of(session, cohort).state is State.WAITING
    letter_of(session, user).sent_at = NOW + timedelta(minutes=1)
    session.flush()
    sent = line_of(session, cohort)
    assert (sent.state, sent.at, sent.link_until) == (State.SENT, NOW + timedelta(minutes=1), NOW + 14 * DAY)
    assert line_of(session, cohort, NOW + 14 * DAY).state is State.EXPIRED
    user.password_hash, user.last_sign_in_at = "hash", NOW + DAY
    session.flush()
    came = line_of(session, cohort, NOW + 20 * DAY)
    assert (came.state, came.at) == (State.CAME, NOW + DAY)


def test_a_mail_that_did_not_arrive_says_so_in_the_words_of_the_server(session: Session, cohort: Cohort) -> None:
    invite(session, cohort, make_invited(session, cohort))
    claimed = outbox.claim(session, now=NOW, lease=timedelta(minutes=5))
    assert claimed is not None
    again = outbox.failed(session, claimed, "451 4.3.0 busy", now=NOW)
    busy = line_of(session, cohort)
    assert (busy.state, busy.error, busy.again_at) == (State.FAILED, "451 4.3.0 busy", again)
    claimed = outbox.claim(session, now=NOW + DAY, lease=timedelta(minutes=5))
    assert claimed is not None
    outbox.drop(session, claimed, "550 5.1.1 no such mailbox", now=NOW + DAY)
    given_up = line_of(session, cohort, NOW + 30 * DAY)
    assert (given_up.state, given_up.error, given_up.again_at) == (State.FAILED, "550 5.1.1 no such mailbox", None)


def test_a_mail_that_waited_until_its_link_was_over_is_no_mistake_of_the_address(
    session: Session, cohort: Cohort
) -> None:
    invite(session, cohort, make_invited(session, cohort))
    late = NOW + 15 * DAY
    claimed = outbox.claim(session, now=late, lease=timedelta(minutes=5))
    assert claimed is not None
    outbox.drop(session, claimed, "the link is expired", now=late)
    assert line_of(session, cohort, late).state is State.EXPIRED


def test_of_who_has_come_only_the_mail_about_this_cohort_is_told(session: Session, cohort: Cohort) -> None:
    user = make_invited(session, cohort, with_password=True)
    for number, of in enumerate((cohort, make_cohort(session))):
        outbox.put(session, "enrolled", once_key=f"e{number}", now=NOW, user_id=user.id, cohort_id=of.id)
    here, elsewhere = session.scalars(select(Outbox).order_by(Outbox.id))
    elsewhere.last_error = "550 elsewhere"
    session.flush()
    assert line_of(session, cohort).error == ""
    here.last_error, here.dropped_at = "550 here", NOW
    session.flush()
    found = line_of(session, cohort)
    assert (found.state, found.error, found.again_at) == (State.CAME, "550 here", None)


def test_people_are_counted_and_shown_by_role_and_state_in_one_statement_each(session: Session, cohort: Cohort) -> None:
    invite(session, cohort, make_invited(session, cohort, "Sam Balustrade"))
    make_enrolment(session, cohort=cohort, role="trainer")
    make_enrolment(session, cohort=cohort, standing="ended")
    make_enrolment(session, cohort=cohort, user=make_user(session, deactivated_at=NOW, with_password=False))
    make_invited(session, cohort, "Zoë Opgang")
    make_enrolment(session)
    counts = invitations.counts_of(session, cohort.id, NOW)
    assert {show.value: count for show, count in counts.items() if count} == {
        "": 4, "learners": 3, "trainers": 1, "not-come": 2, "waiting": 1, "none": 1, "closed": 1, "ended": 1,
    }  # fmt: skip
    for show, count in counts.items():
        lines, found = invitations.people_of(session, cohort.id, show=show, now=NOW)
        assert (len(lines), found) == (count, count), show


def test_somebody_is_found_by_any_part_of_name_and_address(session: Session, cohort: Cohort) -> None:
    make_invited(session, cohort, "Sam Balustrade")
    user = make_user(session, name="Zoë Opgang", email="zo_e@example.org")
    user.sort_name = "zoe opgang"
    make_enrolment(session, user=user, cohort=cohort)
    for question, names in (("zoé", ["Zoë Opgang"]), ("ZO_E@ OPG", ["Zoë Opgang"]), ("o_g", []), ("a", 2), ("%", [])):
        lines, _count = invitations.people_of(session, cohort.id, question=question, now=NOW)
        assert [line.name for line in lines] == names or len(lines) == names, question


def test_a_page_holds_fifty_in_the_order_of_names(session: Session, cohort: Cohort) -> None:
    for number in range(51):
        make_invited(session, cohort, f"Person {50 - number:02}")
    first, found = invitations.people_of(session, cohort.id, now=NOW)
    last, _found = invitations.people_of(session, cohort.id, page=2, now=NOW)
    assert found == 51
    assert [line.name for line in (*first, *last)] == [f"Person {number:02}" for number in range(51)]
    assert invitations.people_of(session, cohort.id, page=3, now=NOW) == ((), 0)


# ---- inviting again ----------------------------------------------------------------------------


def test_a_letter_that_waits_is_not_doubled_but_tried_at_once(session: Session, cohort: Cohort) -> None:
    user = make_invited(session, cohort)
    invite(session, cohort, user)
    letter = letter_of(session, user)
    letter.last_error, letter.ready_at = "451 busy", NOW + DAY
    session.flush()
    assert invite(session, cohort, user, now=NOW + timedelta(hours=1)) == 1
    assert letter_of(session, user).ready_at == NOW + timedelta(hours=1)
    assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 1


@pytest.mark.parametrize("how", ["sent", "dropped", "expired"])
def test_whoever_has_no_mail_that_works_gets_a_new_link_and_the_old_one_works_on(
    session: Session, cohort: Cohort, how: str
) -> None:
    user, now = make_invited(session, cohort), NOW + DAY
    invite(session, cohort, user)
    letter = letter_of(session, user)
    if how == "sent":
        letter.sent_at = NOW
    elif how == "dropped":
        letter.dropped_at, letter.last_error = NOW, "550 no such mailbox"
    else:
        now = NOW + 14 * DAY
    session.flush()
    invite(session, cohort, user, now=now)
    new = letter_of(session, user)
    assert (new.id != letter.id, new.ready_at, new.once_key) == (True, now, f"invitation:{new.link_id}")
    old_link = session.get_one(OneTimeLink, letter.link_id)
    assert old_link.used_at is None
    assert line_of(session, cohort, now).state is State.WAITING


def test_nobody_is_invited_into_an_account_that_is_theirs_already(session: Session, cohort: Cohort) -> None:
    came = make_invited(session, cohort, with_password=True)
    left = make_user(session, with_password=False)
    make_enrolment(session, user=left, cohort=cohort, standing="ended")
    closed = make_user(session, with_password=False, deactivated_at=NOW)
    make_enrolment(session, user=closed, cohort=cohort)
    stranger = make_user(session, with_password=False)
    for user in (came, left, closed, stranger):
        with pytest.raises(NobodyToInvite):
            invite(session, cohort, user)
        with pytest.raises(NobodyToInvite):
            invitations.copy_link(session, cohort.id, user.id, key=KEY, by=None, now=NOW)
    assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 0
    invited = make_invited(session, cohort)
    assert invite(session, cohort, came, invited) == 1
    cohort.archived_at = NOW
    session.flush()
    with pytest.raises(NobodyToInvite):
        invite(session, cohort, invited)


def test_all_of_a_state_are_invited_at_once_and_each_is_noted(session: Session, cohort: Cohort) -> None:
    staff = make_user(session)
    people = [make_invited(session, cohort) for _ in range(3)]
    invite(session, cohort, people[0])
    wanted = invitations.whom_to_invite(session, cohort.id, Show.NONE, NOW)
    assert invitations.send_again(session, cohort.id, wanted, key=KEY, by=staff.id, now=NOW) == 2
    noted = session.execute(
        select(AuditEntry.subject_id, AuditEntry.deed, AuditEntry.about).where(AuditEntry.actor_id == staff.id)
    ).all()
    assert sorted(noted) == [(user.id, "send_again", f"cohort:{cohort.id}") for user in people[1:]]
    assert {letter_of(session, user).by_id for user in people[1:]} == {staff.id}


def test_two_who_invite_somebody_at_once_send_one_mail(engine: Engine, session: Session, cohort: Cohort) -> None:
    cohort_id, user_id = cohort.id, make_invited(session, cohort).id
    session.commit()

    def send(other: Session) -> int:
        return invitations.send_again(other, cohort_id, [user_id], key=KEY, by=None, now=NOW)

    assert at_once(engine, send, send) == [1, 1]
    assert session.scalar(select(func.count()).select_from(Outbox)) == 1


def test_a_link_by_hand_opens_the_account_and_is_told_until_it_was_used(session: Session, cohort: Cohort) -> None:
    user = make_invited(session, cohort)
    link_id = invitations.copy_link(session, cohort.id, user.id, key=KEY, by=None, now=NOW)
    assert line_of(session, cohort).state is State.HANDED
    given = invitations.link_to_give(session, link_id, key=KEY, now=NOW)
    assert given is not None
    assert (given.name, given.until) == (user.name, NOW + 14 * DAY)
    found = links.find_link(session, given.token, NOW)
    assert found is not None
    assert (found.id, found.user_id) == (link_id, user.id)
    links.must_use_link(session, link_id, NOW)
    assert invitations.link_to_give(session, link_id, key=KEY, now=NOW) is None


# ---- asking for a new one ----------------------------------------------------------------------


def ask(session: Session, user: User, *, now: datetime) -> None:
    """Press the button on the page of somebody's newest link."""
    newest = select(OneTimeLink).where(OneTimeLink.user_id == user.id).order_by(OneTimeLink.id.desc()).limit(1)
    link = session.scalars(newest).one()
    found = links.find_link(session, links.token_of(link, KEY), now)
    assert found is not None
    invitations.ask_again(session, found, key=KEY, now=now)


def test_whose_link_is_over_gets_a_new_one_about_the_cohort_where_they_are(session: Session, cohort: Cohort) -> None:
    staff, user = make_user(session), make_invited(session, cohort)
    invitations.send_again(session, cohort.id, [user.id], key=KEY, by=staff.id, now=NOW)
    late = NOW + 14 * DAY
    ask(session, user, now=late)
    new = letter_of(session, user)
    assert (new.created_at, new.cohort_id, new.by_id) == (late, cohort.id, staff.id)
    ask(session, user, now=late + timedelta(seconds=5))
    assert letter_of(session, user).id == new.id


@pytest.mark.parametrize("why", ["has a password", "closed", "not over"])
def test_nobody_else_gets_anything(session: Session, cohort: Cohort, why: str) -> None:
    user = make_invited(session, cohort)
    invite(session, cohort, user)
    if why == "has a password":
        user.password_hash = "hash"
    elif why == "closed":
        user.deactivated_at = NOW
    session.flush()
    ask(session, user, now=NOW + (DAY if why == "not over" else 14 * DAY))
    assert session.scalar(select(func.count()).select_from(Outbox)) == 1


def test_somebody_in_no_cohort_is_invited_all_the_same(session: Session) -> None:
    admin = make_user(session, is_admin=True, with_password=False)
    links.invite(session, admin.id, key=KEY, now=NOW)
    ask(session, admin, now=NOW + 14 * DAY)
    assert letter_of(session, admin).cohort_id is None
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 0
