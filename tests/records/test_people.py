"""People are found, put right, made trainers and admins, and moved; nothing of theirs is lost or read by others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from app.records import accounts, cohorts, moving, outbox, people
from app.records.accounts import AccountClosed, EmailTaken, visitor_of
from app.records.cohorts import CohortArchived, InItAlready, NoCohort
from app.records.models import AuditEntry, Cohort, Enrolment, OneTimeLink, Outbox, Reflection, User
from app.records.moving import ChangedMeanwhile, SameCohort
from app.records.people import LastAdmin, NoSuchPerson, Oneself, find_people
from tests.makers import NOW, make_cohort, make_enrolment, make_user
from tests.racing import at_once

KEY = b"k" * 32
LATER = NOW + timedelta(hours=1)


def names(session: Session, question: str, page: int = 1) -> list[str]:
    return [one.name for one in find_people(session, question, page=page).lines]


def deeds(session: Session) -> list[tuple[str, int | None]]:
    """Tell what the log says, and about whom."""
    rows = session.execute(select(AuditEntry.deed, AuditEntry.subject_id).order_by(AuditEntry.id))
    return [(deed, subject_id) for deed, subject_id in rows]


def letters(session: Session) -> list[tuple[str, int | None]]:
    """Tell which letters wait, and for whom."""
    waiting = select(Outbox.letter, Outbox.user_id).where(Outbox.dropped_at.is_(None)).order_by(Outbox.id)
    return [(letter, user_id) for letter, user_id in session.execute(waiting)]


def share(session: Session, enrolment: Enrolment) -> int:
    """Share a text of somebody with their trainers; return the reflection."""
    shared = {"level": "trainers", "shared_from": 1, "shared_at": NOW}
    reflection = Reflection(enrolment_id=enrolment.id, step_key="one/reflect", **shared)
    session.add(reflection)
    session.flush()
    return reflection.id


def level_of(session: Session, reflection_id: int) -> tuple[str, bool]:
    """Tell who may read, and whether that was set back."""
    row = session.execute(select(Reflection.level, Reflection.set_back_at).filter_by(id=reflection_id)).one()
    return row[0], row[1] is not None


# ---- finding -----------------------------------------------------------------------------------


@pytest.fixture
def crowd(session: Session) -> None:
    """Make four people whose names and addresses are easily mixed up."""
    for name, email in (
        ("Éva Trede", "eva@example.org"),
        ("Yara van der Trede", "yara_1@uni.example.org"),
        ("100% Zeker", "yarax1@example.org"),
        (r"Back\slash", "back@example.org"),
    ):
        make_user(session, email=email, name=name).sort_name = accounts.sort_name(name)
    session.flush()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("trede", ["Éva Trede", "Yara van der Trede"]),
        ("EVA", ["Éva Trede"]),
        ("éva", ["Éva Trede"]),
        ("trede yara", ["Yara van der Trede"]),
        ("UNI.example", ["Yara van der Trede"]),
        ("yara uni", ["Yara van der Trede"]),
        ("%", ["100% Zeker"]),
        ("yara_1", ["Yara van der Trede"]),
        ("\\", [r"Back\slash"]),
        ("/", []),
        ("nobody", []),
        ("trede " * 10_000, ["Éva Trede", "Yara van der Trede"]),
        ("\u0301" * 10_000, None),
    ],
    ids=["by name", "capitals", "accents", "any order", "address", "both", "%", "_", "backslash", "slash", "nobody",
         "10,000 words", "10,000 accents"],
)  # fmt: skip
def test_people_are_found_by_any_part_of_name_and_address(
    session: Session, crowd: None, question: str, found: list[str] | None
) -> None:
    told = names(session, question)
    assert found is None or told == found


def test_everybody_comes_newest_first_a_page_at_a_time(session: Session) -> None:
    for number in range(people.PAGE + 2):
        make_user(session, name=f"Person {number}")
    assert names(session, " ")[:2] == ["Person 26", "Person 25"]
    assert names(session, "", 2) == ["Person 1", "Person 0"]
    assert find_people(session, "").count == find_people(session, "", page=2).count == people.PAGE + 2
    assert names(session, "", 3) == []


def test_a_line_says_what_is_so_of_an_account(session: Session) -> None:
    user = make_user(session, is_admin=True, deactivated_at=NOW)
    for standing in ("active", "active", "ended"):
        make_enrolment(session, user=user, standing=standing)
    [line] = find_people(session, user.email).lines
    assert (line.user_id, line.email, line.is_admin, line.is_closed, line.cohorts) == (
        user.id, user.email, True, True, 2,
    )  # fmt: skip


# ---- one person --------------------------------------------------------------------------------


def test_staff_see_facts_places_and_letters_of_one_person_and_nobody_elses(session: Session) -> None:
    user, other = make_user(session, with_password=False), make_user(session)
    ended = make_enrolment(session, user=user, cohort=make_cohort(session, name="Autumn"), standing="ended")
    first = make_enrolment(session, user=user, cohort=make_cohort(session, name="Winter"), role="trainer")
    make_enrolment(session, user=other)
    cohort_id = first.cohort_id
    for number in range(people.LETTERS + 1):
        outbox.put(session, "moved", once_key=str(number), now=NOW, user_id=user.id, cohort_id=cohort_id)
    outbox.put(session, "test", once_key="other", now=NOW, user_id=other.id)
    facts = people.person_facts(session, user.id)
    assert facts is not None
    assert (facts.email, facts.has_password, facts.second_step_since) == (user.email, False, None)
    assert people.person_with(session, user.email.upper()) == facts
    places = [(one.enrolment_id, one.cohort_name, one.standing) for one in people.places_of(session, user.id)]
    assert places == [(first.id, "Winter", "active"), (ended.id, "Autumn", "ended")]
    told = people.letters_to(session, user.id)
    assert len(told) == people.LETTERS
    assert {(one.letter, one.cohort_name) for one in told} == {("moved", "Winter")}
    assert people.person_facts(session, 4711) is None


# ---- put right ---------------------------------------------------------------------------------


def test_a_corrected_name_is_found_and_noted_and_the_same_again_is_no_deed(session: Session) -> None:
    user = make_user(session, name="Nor")
    assert people.change_name(session, user.id, name=" Nóor  de Wit ", by=None, now=NOW)
    assert names(session, "noor") == ["Nóor de Wit"]
    assert not people.change_name(session, user.id, name="Nóor de Wit", by=None, now=NOW)
    assert deeds(session) == [("change_name", user.id)]
    with pytest.raises(accounts.NameTooLong):
        people.change_name(session, user.id, name="x" * 10_000, by=None, now=NOW)
    with pytest.raises(NoSuchPerson):
        people.change_name(session, 4711, name="Nobody", by=None, now=NOW)


def test_the_address_of_before_is_told_and_opens_nothing_any_more(session: Session) -> None:
    staff, user = make_user(session), make_user(session, email="typo@example.org")
    stamp = user.session_stamp
    accounts.ask_for_reset(session, user.email, key=KEY, now=NOW)
    assert people.change_address(session, user.id, email="Noor@Example.org", key=KEY, by=staff.id, now=LATER)
    session.expire_all()
    assert user.email == "noor@example.org"
    assert visitor_of(session, user.id, stamp, None) is None
    assert session.scalars(select(OneTimeLink.used_at)).all() == [LATER]
    told = session.execute(select(Outbox).filter_by(letter="address_changed")).scalar_one()
    assert (told.address, told.user_id, told.by_id) == ("typo@example.org", user.id, staff.id)
    assert not people.change_address(session, user.id, email="noor@example.org", key=KEY, by=staff.id, now=LATER)
    assert deeds(session) == [("change_address", user.id)]


@pytest.mark.parametrize("closed_first", [True, False])
def test_the_address_of_before_is_told_also_where_the_account_is_closed(session: Session, closed_first: bool) -> None:
    staff, user = make_user(session), make_user(session, email="typo@example.org")
    if closed_first:
        people.close_account(session, user.id, by=staff.id, now=NOW)
    people.change_address(session, user.id, email="noor@example.org", key=KEY, by=staff.id, now=NOW)
    if not closed_first:
        people.close_account(session, user.id, by=staff.id, now=NOW)
    claimed = outbox.claim(session, now=LATER, lease=timedelta(minutes=5))
    assert claimed is not None
    session.expire_all()
    facts = outbox.facts_of(session, claimed)
    assert facts is not None
    assert (claimed.letter, facts.email) == ("address_changed", "typo@example.org")


@pytest.mark.parametrize("is_closed", [False, True])
def test_who_has_no_password_is_invited_at_the_new_address_to_their_newest_cohort(
    session: Session, is_closed: bool
) -> None:
    user = make_user(session, with_password=False, deactivated_at=NOW if is_closed else None)
    make_enrolment(session, user=user)
    newest = make_enrolment(session, user=user)
    make_enrolment(session, user=user, standing="ended")
    people.change_address(session, user.id, email="new@example.org", key=KEY, by=None, now=NOW)
    invited = session.execute(select(Outbox.user_id, Outbox.cohort_id).filter_by(letter="invitation")).all()
    assert [tuple(one) for one in invited] == ([] if is_closed else [(user.id, newest.cohort_id)])


def test_an_address_that_another_account_has_is_refused_by_name(session: Session) -> None:
    user = make_user(session)
    make_user(session, email="noor@example.org", deactivated_at=NOW)
    session.commit()
    with pytest.raises(EmailTaken):
        people.change_address(session, user.id, email="NOOR@example.org", key=KEY, by=None, now=NOW)
    session.rollback()
    with pytest.raises(accounts.BadEmail):
        people.change_address(session, user.id, email="noor", key=KEY, by=None, now=NOW)


def test_a_closed_account_opens_nothing_gets_no_letter_and_keeps_what_was_done(session: Session) -> None:
    staff, user = make_user(session), make_user(session)
    enrolment = make_enrolment(session, user=user, done="one/read")
    stamp = user.session_stamp
    accounts.ask_for_reset(session, user.email, key=KEY, now=NOW)
    assert people.close_account(session, user.id, by=staff.id, now=LATER)
    assert not people.close_account(session, user.id, by=staff.id, now=LATER)
    assert accounts.sign_in_facts(session, user.email) is None
    assert visitor_of(session, user.id, stamp, None) is None
    assert letters(session) == []
    assert session.scalars(select(OneTimeLink.used_at)).all() == [LATER]
    assert people.reopen_account(session, user.id, by=staff.id, now=LATER)
    assert not people.reopen_account(session, user.id, by=staff.id, now=LATER)
    session.expire_all()
    assert accounts.sign_in_facts(session, user.email) is not None
    assert visitor_of(session, user.id, stamp, None) is None
    assert enrolment.done == "one/read"
    assert deeds(session) == [("close_account", user.id), ("reopen_account", user.id)]


def test_a_trainer_who_is_taken_back_reads_nothing_that_was_shared_while_nobody_named_them(session: Session) -> None:
    trainer = make_user(session, deactivated_at=NOW)
    guided, left = (make_enrolment(session) for _one in range(2))
    make_enrolment(session, user=trainer, cohort=session.get_one(Cohort, guided.cohort_id), role="trainer")
    left_cohort = session.get_one(Cohort, left.cohort_id)
    make_enrolment(session, user=trainer, cohort=left_cohort, role="trainer", standing="ended")
    texts = [share(session, one) for one in (guided, left)]
    people.reopen_account(session, trainer.id, by=None, now=NOW)
    assert [level_of(session, text) for text in texts] == [("private", True), ("trainers", False)]


# ---- admins ------------------------------------------------------------------------------------


def test_somebody_is_made_an_admin_and_ends_being_one_themselves_too(session: Session) -> None:
    ada, bo = make_user(session, is_admin=True), make_user(session)
    assert people.make_admin(session, bo.id, by=ada.id, now=NOW)
    assert not people.make_admin(session, bo.id, by=ada.id, now=NOW)
    assert people.end_admin(session, ada.id, by=ada.id, now=NOW)
    assert not people.end_admin(session, ada.id, by=bo.id, now=NOW)
    assert session.scalars(select(User.id).where(User.is_admin)).all() == [bo.id]
    assert deeds(session) == [("make_admin", bo.id), ("end_admin", ada.id)]
    closed = make_user(session, deactivated_at=NOW)
    with pytest.raises(AccountClosed):
        people.make_admin(session, closed.id, by=bo.id, now=NOW)


def test_the_last_admin_who_can_come_in_stays_one(session: Session) -> None:
    ada = make_user(session, is_admin=True)
    make_user(session, is_admin=True, deactivated_at=NOW)
    make_user(session, is_admin=True, with_password=False)
    for deed in (people.end_admin, people.close_account):
        with pytest.raises(LastAdmin):
            deed(session, ada.id, by=None, now=NOW)


def test_nobody_closes_their_own_account_here(session: Session) -> None:
    ada, _bo = (make_user(session, is_admin=True) for _one in range(2))
    with pytest.raises(Oneself):
        people.close_account(session, ada.id, by=ada.id, now=NOW)


@pytest.mark.parametrize("deed", [people.end_admin, people.close_account])
def test_of_admins_who_end_each_others_rights_at_once_one_is_left(
    engine: Engine, session: Session, deed: Callable[..., bool]
) -> None:
    admins = [make_user(session, is_admin=True).id for _one in range(4)]
    session.commit()

    def end(user_id: int, session: Session) -> None:
        with suppress(LastAdmin):
            deed(session, user_id, by=None, now=NOW)

    at_once(engine, *(partial(end, user_id) for user_id in admins))
    left = select(func.count()).where(User.is_admin, User.deactivated_at.is_(None))
    assert session.scalar(left) == 1


# ---- by hand -----------------------------------------------------------------------------------


def facts(user: User, cohort: Cohort, **other: Any) -> dict[str, Any]:
    return {"user_id": user.id, "cohort_id": cohort.id, "by": None, "now": NOW} | other


def test_who_is_enrolled_by_hand_gets_the_letter_that_they_need(session: Session) -> None:
    cohort = make_cohort(session)
    knows, new = make_user(session), make_user(session, with_password=False)
    cohorts.enrol(session, **facts(knows, cohort, key=KEY))
    cohorts.make_trainer(session, **facts(new, cohort, key=KEY))
    cohorts.enrol(session, **facts(make_user(session), cohort))
    assert letters(session) == [("enrolled", knows.id), ("invitation", new.id)]
    [link] = session.scalars(select(OneTimeLink))
    assert (link.purpose, link.user_id) == ("invitation", new.id)


def test_an_enrolment_that_ended_goes_on_in_the_role_that_was_asked(session: Session) -> None:
    user, cohort = make_user(session), make_cohort(session)
    first = cohorts.make_trainer(session, **facts(user, cohort))
    assert cohorts.end_enrolment(session, user.id, cohort.id, by=None, now=NOW)
    assert not cohorts.end_enrolment(session, user.id, cohort.id, by=None, now=NOW)
    assert cohorts.enrolments_of(session, user.id) == ()
    assert cohorts.enrol(session, **facts(user, cohort)) == first
    [line] = cohorts.enrolments_of(session, user.id)
    assert (line.enrolment_id, line.role) == (first, "learner")
    assert [deed for deed, _who in deeds(session)] == ["make_trainer", "end_enrolment", "enrol"]


def test_who_is_in_the_cohort_is_told_so_but_a_learner_can_become_its_trainer(session: Session) -> None:
    user, cohort = make_user(session), make_cohort(session)
    cohorts.enrol(session, **facts(user, cohort))
    with pytest.raises(InItAlready):
        cohorts.enrol(session, **facts(user, cohort))
    cohorts.make_trainer(session, **facts(user, cohort))
    for again in (cohorts.enrol, cohorts.make_trainer):
        with pytest.raises(InItAlready) as refused:
            again(session, **facts(user, cohort))
        assert refused.value.role == "trainer"
    assert [deed for deed, _who in deeds(session)] == ["enrol", "make_trainer"]


def test_nobody_comes_into_a_cohort_that_was_put_away_or_with_a_closed_account(session: Session) -> None:
    cohort, closed = make_cohort(session), make_user(session, deactivated_at=NOW)
    with pytest.raises(AccountClosed):
        cohorts.make_trainer(session, **facts(closed, cohort))
    cohort.archived_at = NOW
    session.flush()
    user = make_user(session)
    with pytest.raises(CohortArchived):
        cohorts.enrol(session, **facts(user, cohort))
    with pytest.raises(NoCohort):
        cohorts.enrol(session, user_id=user.id, cohort_id=4711, by=None, now=NOW)


def test_a_new_trainer_sets_back_what_the_cohort_shared_and_a_new_learner_does_not(session: Session) -> None:
    enrolment = make_enrolment(session)
    cohort, text = session.get_one(Cohort, enrolment.cohort_id), share(session, enrolment)
    trainer = make_user(session)
    cohorts.enrol(session, **facts(trainer, cohort))
    assert level_of(session, text) == ("trainers", False)
    cohorts.make_trainer(session, **facts(trainer, cohort))
    assert level_of(session, text) == ("private", True)
    again = share(session, make_enrolment(session, cohort=cohort))
    cohorts.end_enrolment(session, trainer.id, cohort.id, by=None, now=NOW)
    assert level_of(session, again) == ("trainers", False)
    cohorts.make_trainer(session, **facts(trainer, cohort))
    assert level_of(session, again) == ("private", True)


def test_a_rerun_leaves_trainers_behind_whose_account_is_closed(session: Session) -> None:
    cohort, gone = make_cohort(session), make_user(session, deactivated_at=NOW)
    make_enrolment(session, user=gone, cohort=cohort, role="trainer")
    made = cohorts.copy_cohort(session, cohort.id, name="Again", first_day=None, last_day=None, by=None, now=NOW)
    assert session.scalars(select(Enrolment.user_id).filter_by(cohort_id=made)).all() == []


def test_two_who_make_the_same_person_a_trainer_at_once_make_one(engine: Engine, session: Session) -> None:
    user, cohort = make_user(session), make_cohort(session)
    who, user_id = facts(user, cohort, key=KEY), user.id
    session.commit()

    def make(session: Session) -> bool:
        try:
            cohorts.make_trainer(session, **who)
        except InItAlready:
            return False
        return True

    assert sorted(at_once(engine, *[make] * 4)) == [False, False, False, True]
    assert deeds(session) == [("make_trainer", user_id)]
    assert letters(session) == [("enrolled", user_id)]


def test_who_reads_along_is_told_of_an_enrolment_wherever_it_is(session: Session) -> None:
    enrolment = make_enrolment(session)
    cohort = session.get_one(Cohort, enrolment.cohort_id)
    assert cohorts.guides_of(session, enrolment.id) == (cohort.id, frozenset())
    trainer = make_user(session)
    make_enrolment(session, user=trainer, cohort=cohort, role="trainer")
    make_enrolment(session, user=make_user(session, deactivated_at=NOW), cohort=cohort, role="trainer")
    make_enrolment(session, cohort=cohort, role="trainer", standing="ended")
    make_enrolment(session, role="trainer")
    assert cohorts.guides_of(session, enrolment.id) == (cohort.id, frozenset([trainer.id]))
    with pytest.raises(NoCohort):
        cohorts.guides_of(session, 4711)


# ---- moving ------------------------------------------------------------------------------------


def move(session: Session, *enrolments: Enrolment, to: Cohort, **other: Any) -> int:
    ids, cohort_id = [one.id for one in enrolments], enrolments[0].cohort_id
    return moving.move(session, ids, cohort_id=cohort_id, to_cohort_id=to.id, **({"by": None, "now": LATER} | other))


def test_a_learner_moves_with_all_that_they_did_and_shares_it_with_nobody_there(session: Session) -> None:
    staff, to = make_user(session), make_cohort(session)
    moves = make_enrolment(session, done="one/read one")
    stays = make_enrolment(session, cohort=session.get_one(Cohort, moves.cohort_id))
    texts = [share(session, one) for one in (moves, stays)]
    assert move(session, moves, to=to, by=staff.id) == 1
    session.expire_all()
    assert (moves.cohort_id, moves.done, moves.created_at) == (to.id, "one/read one", LATER)
    assert [level_of(session, text) for text in texts] == [("private", True), ("trainers", False)]
    assert deeds(session) == [("move", moves.user_id)]
    assert letters(session) == [("moved", moves.user_id)]
    assert session.scalars(select(Outbox.cohort_id)).all() == [to.id]


def test_who_has_not_come_yet_moves_without_a_letter(session: Session) -> None:
    enrolment = make_enrolment(session, user=make_user(session, with_password=False))
    assert move(session, enrolment, to=make_cohort(session)) == 1
    assert letters(session) == []


def test_only_active_learners_of_the_cohort_move_and_nobody_gets_a_second_place(session: Session) -> None:
    cohort, to = make_cohort(session), make_cohort(session)
    moves = make_enrolment(session, user=make_user(session, name="Bo"), cohort=cohort)
    trainer = make_enrolment(session, user=make_user(session, name="Cas"), cohort=cohort, role="trainer")
    ended = make_enrolment(session, cohort=cohort, standing="ended")
    elsewhere = make_enrolment(session)
    there = make_enrolment(session, user=make_user(session, name="Ada"), cohort=cohort)
    make_enrolment(session, user=session.get_one(User, there.user_id), cohort=to, standing="ended")
    ids = [one.id for one in (moves, trainer, ended, elsewhere, there)]
    told = moving.movers(session, cohort.id, ids, to.id)
    assert [(one.name, one.can_move, one.there) for one in told] == [
        ("Ada", False, "ended"), ("Bo", True, None), ("Cas", False, None),
    ]  # fmt: skip
    assert moving.move(session, ids, cohort_id=cohort.id, to_cohort_id=to.id, by=None, now=LATER) == 1
    session.expire_all()
    assert [one.cohort_id for one in (moves, trainer, ended, there)] == [to.id, cohort.id, cohort.id, cohort.id]
    assert elsewhere.cohort_id not in (cohort.id, to.id)
    assert moving.move(session, ids, cohort_id=cohort.id, to_cohort_id=to.id, by=None, now=LATER) == 0


def test_nobody_moves_to_where_they_are_or_to_a_cohort_that_is_not_there(session: Session) -> None:
    enrolment = make_enrolment(session)
    away = make_cohort(session)
    away.archived_at = NOW
    session.flush()
    with pytest.raises(CohortArchived):
        move(session, enrolment, to=away)
    with pytest.raises(SameCohort):
        move(session, enrolment, to=session.get_one(Cohort, enrolment.cohort_id))
    with pytest.raises(NoCohort):
        moving.move(session, [enrolment.id], cohort_id=enrolment.cohort_id, to_cohort_id=4711, by=None, now=NOW)


def test_moved_to_two_cohorts_at_once_somebody_is_in_one_and_told_of_it_alone(engine: Engine, session: Session) -> None:
    enrolments = [make_enrolment(session) for _one in range(3)]
    session.execute(update(Enrolment).values(cohort_id=enrolments[0].cohort_id))
    targets = [make_cohort(session).id for _one in range(3)]
    session.expire_all()
    ids, cohort_id = [one.id for one in enrolments], enrolments[0].cohort_id

    session.commit()

    def go(to_cohort_id: int, session: Session) -> int:
        return moving.move(session, ids, cohort_id=cohort_id, to_cohort_id=to_cohort_id, by=None, now=NOW)

    assert sorted(at_once(engine, *(partial(go, to) for to in targets * 2))) == [0] * 5 + [3]
    assert len(session.scalars(select(Enrolment.cohort_id).distinct()).all()) == 1
    assert len(deeds(session)) == len(letters(session)) == 3


def test_who_is_enrolled_in_the_other_cohort_at_the_same_moment_is_in_both_or_stays(
    engine: Engine, session: Session
) -> None:
    enrolment, to = make_enrolment(session), make_cohort(session)
    user, ids, cohort_id, to_id = session.get_one(User, enrolment.user_id), [enrolment.id], enrolment.cohort_id, to.id
    who = facts(user, to)
    session.commit()

    def enrol(session: Session) -> None:
        with suppress(InItAlready):
            cohorts.enrol(session, **who)

    def go(session: Session) -> None:
        try:
            moving.move(session, ids, cohort_id=cohort_id, to_cohort_id=to_id, by=None, now=NOW)
        except ChangedMeanwhile:
            session.rollback()

    at_once(engine, enrol, go)
    assert len(session.scalars(select(Enrolment.id).filter_by(cohort_id=to_id, user_id=who["user_id"])).all()) == 1


# ---- coming in ---------------------------------------------------------------------------------


def test_a_sign_in_is_noted_for_its_person_alone(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    accounts.note_sign_in(session, user.id, now=LATER)
    session.expire_all()
    assert (user.last_sign_in_at, other.last_sign_in_at) == (LATER, None)
