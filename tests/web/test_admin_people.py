"""An admin finds people, puts right what is wrong, enrols and moves them; and reads nothing that they wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.course.rules.cohort_modules import CohortModule, CohortPlan
from app.records import cohorts, people, reflecting
from app.records.accounts import Visitor
from app.records.models import AuditEntry, Cohort, Draft, Enrolment, Outbox, Reflection, User
from app.web.admin.letter_words import LETTERS
from app.web.extensions import engine_of, house_of
from app.web.letters import _KINDS
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor, turn_on_second_step
from tests.racing import counted
from tests.web.conftest import Browser, Page, Visit, sign_in_admin, small_shelf
from tests.web.html import filled

MAP, WALK = "01-map", "02-walk"
REFLECT = "/modules/01-map/your-walk"


@pytest.fixture
def database_kind() -> str:
    """Say that one kind of database will do: tests/records tries the statements on both."""
    return "sqlite"


@pytest.fixture
def admin(session: Session, reader: Browser) -> Visitor:
    """Sign an admin in who is in no cohort: Ada."""
    return sign_in_admin(session, reader, name="Ada Stoep")


@dataclass(frozen=True)
class Learner:
    """Numbers of somebody: of their enrolment first."""

    id: int
    user_id: int
    cohort_id: int


@pytest.fixture
def bo(session: Session, admin: Visitor) -> Learner:
    """Make a learner of De Wenteltrap: Bo."""
    user = make_user(session, name="Bo Bordes", email="bo@example.org")
    enrolment = make_enrolment(session, user=user, cohort=make_cohort(session, name="De Wenteltrap"))
    learner = Learner(enrolment.id, enrolment.user_id, enrolment.cohort_id)
    session.commit()
    return learner


def person_page(learner: Learner) -> str:
    return f"/admin/people/{learner.user_id}"


def press(reader: Browser, path: str, action: str, *, status: int = 200, **fields: str) -> Page:
    """Open a page, and press the button of a form on it, with the value that the button sends."""
    page = reader.visit(path)
    answer = reader.client.post(action, data=filled(page.form(action=action), {}) | fields, follow_redirects=False)
    assert answer.status_code == 303, answer.status
    return reader.visit(answer.location, status=status)


def letters(rows: Session) -> list[str]:
    return list(rows.scalars(select(Outbox.letter).where(Outbox.dropped_at.is_(None)).order_by(Outbox.id)))


def shared_text(session: Session, visitor: Visitor, text: str = "What I saw") -> None:
    """Let a learner hand in a text for their trainers."""
    course = small_shelf().course()
    step = course.step_by_key["01-map/your-walk"]
    reflecting.submit_reflection(session, visitor, course, step, text=text, level="trainers", version=0, now=NOW)
    session.commit()


# ---- finding -----------------------------------------------------------------------------------


def test_people_are_searched_and_the_result_leads_to_each(bo: Learner, visit: Visit) -> None:
    everybody = visit("/admin/people")
    assert everybody.texts_of("tbody th") == ["Bo Bordes", "Ada Stoep admin"]
    found = visit("/admin/people?q=BORDES%20bo@")
    assert found.texts_of("tbody tr") == ["Bo Bordes bo@example.org 1"]
    assert found.find("tbody th a").get("href") == person_page(bo)
    assert found.find("#q").get("value") == "BORDES bo@"
    assert visit("/admin/people?q=%25").text_of("#found") == "Nobody found"


def test_many_people_come_a_page_at_a_time_and_the_question_stays(
    admin: Visitor, session: Session, visit: Visit
) -> None:
    for number in range(people.PAGE + 1):
        make_user(session, name=f"Tree & {number}")
    session.commit()
    first = visit("/admin/people?q=tree%20%26")
    assert len(first.find_all("tbody tr")) == people.PAGE
    second = visit(first.find("[rel=next]").get("href"))
    assert len(second.find_all("tbody tr")) == 1
    assert second.text_of("main nav[aria-label=Pages] span") == "Page 2 of 2"
    for wrong in ("99", "-1", "x", "9" * 30):
        assert visit(f"/admin/people?q=tree&page={wrong}").text_of("#found") == "26 people found"


def test_whatever_is_asked_the_page_answers(admin: Visitor, visit: Visit) -> None:
    for question in ("%25_%5C", "a" * 10_000, "%3Cscript%3E", "%F0%9F%AA%9C", "%FF", "'%20OR%201=1--"):
        visit(f"/admin/people?q={question}")


def test_a_search_costs_the_same_statements_however_many_there_are(
    admin: Visitor, session: Session, app: Flask, visit: Visit
) -> None:
    def cost() -> int:
        with counted(Session(engine_of(app))) as statements:
            visit("/admin/people?q=person")
        return len(statements)

    few = cost()
    assert few > 1
    for _one in range(30):
        make_enrolment(session)
    session.commit()
    assert cost() == few


# ---- one person --------------------------------------------------------------------------------


def test_a_persons_page_shows_where_they_are_and_nothing_that_they_wrote(
    bo: Learner, session: Session, visit: Visit
) -> None:
    visitor = make_visitor(session, enrolment=session.get_one(Enrolment, bo.id))
    shared_text(session, visitor, "A secret of mine")
    session.execute(
        insert(Draft).values(enrolment_id=bo.id, about="01-map/signs", body="A draft of mine", version=1, saved_at=NOW)
    )
    session.commit()
    page = visit(person_page(bo))
    assert page.texts_of("[aria-labelledby=cohorts] tbody th") == ["De Wenteltrap"]
    assert "bo@example.org" in page.text_of(".glance")
    assert "of mine" not in page.text
    visit("/admin/people/4711", status=404)


def test_name_and_address_are_corrected_and_the_address_of_before_is_told(
    bo: Learner, reader: Browser, rows: Session
) -> None:
    page = reader.submit(
        person_page(bo), action=f"{person_page(bo)}/correct", name="Bó  Bordes", email="BO@uni.example.org"
    )
    assert (page.text_of("h1"), page.path) == ("Bó Bordes", person_page(bo))
    assert "bo@uni.example.org" in page.text_of(".glance")
    [told] = rows.scalars(select(Outbox).filter_by(letter="address_changed"))
    assert told.address == "bo@example.org"
    assert "bo@example.org" in page.text_of("[aria-labelledby=mails]")
    assert page.texts_of("[aria-labelledby=log] tbody th") == ["Address changed", "Name changed"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "Fill in a name"),
        ({"name": "x" * 10_000}, "Shorten the name"),
        ({"email": "bo"}, "Fill in a whole e-mail address"),
        ({"email": "ADA@example.org"}, "Another account has this address"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_changes_nothing(
    bo: Learner, reader: Browser, rows: Session, fields: dict[str, str], words: str
) -> None:
    page = reader.submit(person_page(bo), action=f"{person_page(bo)}/correct", status=422, **fields)
    assert words in page.text_of(".error-summary")
    assert rows.execute(select(User.name, User.email).filter_by(id=bo.user_id)).one() == ("Bo Bordes", "bo@example.org")


def test_of_two_tabs_each_changes_only_what_was_changed_on_it(bo: Learner, reader: Browser, rows: Session) -> None:
    one, other = reader.visit(person_page(bo)), reader.visit(person_page(bo))
    action = f"{person_page(bo)}/correct"
    reader.send(one, action=action, name="Bo van der Bordes")
    reader.send(other, action=action, email="new@example.org")
    facts = rows.execute(select(User.name, User.email).filter_by(id=bo.user_id)).one()
    assert facts == ("Bo van der Bordes", "new@example.org")


def test_an_admin_who_corrects_their_own_address_stays_signed_in(admin: Visitor, reader: Browser) -> None:
    path = f"/admin/people/{admin.user_id}"
    assert reader.submit(path, action=f"{path}/correct", email="ada@new.example.org").path == path


def test_a_closed_account_is_signed_out_and_opened_again(bo: Learner, app: Flask, reader: Browser) -> None:
    theirs = Browser(app.test_client())
    user = User(email="bo@example.org")
    theirs.sign_in(user)
    page = press(reader, person_page(bo), f"{person_page(bo)}/close")
    assert page.has(".tag--wrong")
    assert theirs.visit("/my-course").path == "/sign-in"
    assert not press(reader, person_page(bo), f"{person_page(bo)}/reopen").has(".tag--wrong")
    assert theirs.sign_in(user).path == "/my-course"


def test_nobody_closes_themselves_and_the_last_admin_stays_one(admin: Visitor, reader: Browser, rows: Session) -> None:
    path = f"/admin/people/{admin.user_id}"
    page = reader.visit(path)
    assert not page.has(f'form[action="{path}/close"]')
    token = filled(page.form(action=f"{path}/admin"), {})
    for action, fields in (("close", {}), ("admin", {"admin": "0"})):
        assert reader.client.post(f"{path}/{action}", data=token | fields).status_code == 303
    assert "Nobody else could run the site then" in reader.visit(path).text_of(".flashes")
    assert rows.execute(select(User.is_admin, User.deactivated_at).filter_by(id=admin.user_id)).one() == (True, None)


def test_an_admin_is_made_and_is_none_any_more(bo: Learner, admin: Visitor, reader: Browser, rows: Session) -> None:
    page = press(reader, person_page(bo), f"{person_page(bo)}/admin", admin="1")
    assert "Bo Bordes is an admin now." in page.text_of(".flashes")
    own = f"/admin/people/{admin.user_id}"
    assert press(reader, own, f"{own}/admin", admin="0").path == "/account"
    reader.visit("/admin/people", status=404)
    told = rows.execute(select(AuditEntry.deed, AuditEntry.subject_id).order_by(AuditEntry.id)).all()
    assert [tuple(one) for one in told] == [("make_admin", bo.user_id), ("end_admin", admin.user_id)]


@pytest.mark.parametrize("deed", ["close", "reopen", "admin"])
def test_what_was_so_already_is_not_said_to_be_done_nor_noted(
    bo: Learner, reader: Browser, rows: Session, deed: str
) -> None:
    page = reader.visit(person_page(bo))
    token = filled(page.form(action=f"{person_page(bo)}/close"), {})
    if deed == "close":
        reader.client.post(f"{person_page(bo)}/close", data=token)
    before = rows.scalars(select(AuditEntry.id)).all()
    reader.client.post(f"{person_page(bo)}/{deed}", data=token | {"admin": "0"})
    assert "Nothing was changed: it was so already." in reader.visit(person_page(bo)).text_of(".flashes")
    assert rows.scalars(select(AuditEntry.id)).all() == before


def test_two_step_sign_in_is_reset_for_who_lost_their_phone(
    bo: Learner, app: Flask, session: Session, reader: Browser
) -> None:
    turn_on_second_step(session, bo.user_id, key=house_of(app).key)
    session.commit()
    page = press(reader, person_page(bo), f"{person_page(bo)}/second-step")
    assert "Two-step sign-in is off for Bo Bordes" in page.text_of(".flashes")
    assert "off" in page.text_of(".glance")


# ---- by hand -----------------------------------------------------------------------------------


def test_somebody_is_enrolled_by_hand_ended_and_taken_back(
    bo: Learner, session: Session, reader: Browser, rows: Session
) -> None:
    other = str(make_cohort(session, name="Het Bordes").id)
    session.commit()
    enrol = f"{person_page(bo)}/enrol"
    page = reader.submit(person_page(bo), action=enrol, cohort=other, role="learner")
    assert page.texts_of("[aria-labelledby=cohorts] tbody th") == ["Het Bordes", "De Wenteltrap"]
    again = reader.send(page, action=enrol, cohort=other, role="learner")
    assert "is a learner in Het Bordes already" in again.text_of(".flashes")
    assert letters(rows) == ["enrolled"]
    ended = press(reader, person_page(bo), f"{person_page(bo)}/cohorts/{other}/end")
    assert ended.texts_of("[aria-labelledby=cohorts] tbody th") == ["De Wenteltrap", "Het Bordes ended"]
    back = reader.send(ended, action=enrol)
    assert back.texts_of("[aria-labelledby=cohorts] tbody th") == ["Het Bordes", "De Wenteltrap"]


def test_somebody_without_an_account_gets_one_and_an_invitation_in_the_language_of_the_cohort(
    admin: Visitor, session: Session, reader: Browser, rows: Session
) -> None:
    cohort_id = make_cohort(session, name="Najaar", language="nl").id
    session.commit()
    form: dict[str, Any] = {"name": "Cas Leuning", "email": "cas@example.org", "cohort": str(cohort_id)}
    page = reader.send(reader.visit("/admin/people/new"), **form)
    assert (page.text_of("h1"), letters(rows)) == ("Cas Leuning", ["invitation"])
    assert rows.scalars(select(User.language).filter_by(email="cas@example.org")).one() == "nl"
    twice = reader.send(reader.visit("/admin/people/new"), status=422, **form)
    assert "This address has an account already" in twice.text_of(".error-summary")


def test_without_a_cohort_it_is_said_what_to_do_first(admin: Visitor, reader: Browser) -> None:
    page = reader.submit("/admin/people/new", status=422, name="Cas", email="cas@example.org")
    assert "There is no cohort that runs" in page.text_of(".error-summary")


# ---- trainers ----------------------------------------------------------------------------------


def test_a_trainer_is_added_by_their_address_and_ended_on_the_page_of_the_cohort(
    bo: Learner, session: Session, reader: Browser, rows: Session
) -> None:
    make_user(session, name="Zus Trede", email="zus@example.org")
    session.commit()
    path = f"/admin/cohorts/{bo.cohort_id}"
    page = reader.submit(path, action=f"{path}/trainers", email="ZUS@example.org", name="Somebody else")
    assert page.texts_of("[aria-labelledby=trainers] tbody th") == ["Zus Trede"]
    assert letters(rows) == ["enrolled"]
    twice = reader.send(page, action=f"{path}/trainers", status=422, email="zus@example.org")
    assert "is a trainer of this cohort already" in twice.text_of(".error-summary")
    end = page.find("[aria-labelledby=trainers] table form").get("action")
    assert press(reader, path, end).path == path
    assert not reader.visit(path).has("[aria-labelledby=trainers] table")


def test_a_trainer_without_an_account_needs_a_name(bo: Learner, reader: Browser, rows: Session) -> None:
    path = f"/admin/cohorts/{bo.cohort_id}"
    page = reader.submit(path, action=f"{path}/trainers", status=422, email="new@example.org")
    assert "This address has no account yet" in page.text_of(".error-summary")
    page = reader.send(page, action=f"{path}/trainers", name="Nel Nieuw")
    assert page.texts_of("[aria-labelledby=trainers] tbody th") == ["Nel Nieuw"]
    assert letters(rows) == ["invitation"]


@pytest.mark.parametrize(
    ("action", "fields"), [("trainers", {"email": "zus@example.org", "name": "Zus"}), ("codes", {"seats": "3"})]
)
def test_a_form_of_a_cohort_that_was_put_away_meanwhile_says_so(
    bo: Learner, session: Session, reader: Browser, rows: Session, action: str, fields: dict[str, Any]
) -> None:
    path = f"/admin/cohorts/{bo.cohort_id}"
    page = reader.visit(path)
    cohorts.archive_cohort(session, bo.cohort_id, archived=True, version=1, by=None, now=NOW)
    session.commit()
    page = reader.send(page, action=f"{path}/{action}", **fields)
    assert (page.path, page.text_of(".flash--wait")[:35]) == (path, "This cohort was put away meanwhile,")
    assert letters(rows) == []
    assert "There is no join code" in page.text_of("[aria-labelledby=codes]")


def test_without_a_mail_server_it_is_said_that_mails_wait(bo: Learner, reader: Browser) -> None:
    page = reader.submit("/admin/people/new", name="Cas", email="cas@example.org", cohort=str(bo.cohort_id))
    assert "no mail server yet, so the mail waits" in page.text_of(".flash--wait")


def test_whose_enrolment_was_ended_already_is_said_to_be_out(bo: Learner, reader: Browser) -> None:
    page, end = reader.visit(person_page(bo)), f"{person_page(bo)}/cohorts/{bo.cohort_id}/end"
    reader.send(page, action=end)
    assert "Bo Bordes was not in De Wenteltrap any more" in reader.send(page, action=end).text_of(".flash--wait")


def test_a_trainer_whose_account_is_closed_is_shown_and_not_added(
    bo: Learner, session: Session, reader: Browser
) -> None:
    closed = make_user(session, name="Dicht", email="dicht@example.org", deactivated_at=NOW)
    make_enrolment(session, user=closed, cohort=session.get_one(Cohort, bo.cohort_id), role="trainer")
    make_user(session, email="ook@example.org", deactivated_at=NOW)
    session.commit()
    path = f"/admin/cohorts/{bo.cohort_id}"
    page = reader.visit(path)
    assert page.texts_of("[aria-labelledby=trainers] tbody th") == ["Dicht account closed"]
    page = reader.send(page, action=f"{path}/trainers", status=422, email="ook@example.org")
    assert "This account is closed" in page.text_of(".error-summary")


# ---- set back ----------------------------------------------------------------------------------


def test_a_learner_reads_calmly_that_a_new_trainer_reads_nothing_of_before_and_chooses_again(
    app: Flask, learner: Visitor, session: Session, reader: Browser
) -> None:
    shared_text(session, learner)
    assert learner.cohort_id is not None
    open_page = reader.visit(REFLECT)
    trainer = make_user(session, name="Zus Trede")
    cohorts.make_trainer(session, user_id=trainer.id, cohort_id=learner.cohort_id, by=None, now=NOW)
    session.commit()
    late = reader.send(open_page, text="What I saw", level="trainers", status=422)
    assert "Other people read along now" in late.text_of(".error-summary")
    assert not late.has("#newer")
    assert "Zus Trede" in late.text_of("main form")
    told = reader.visit(REFLECT)
    assert "Only you can read this now." in told.text_of("#set-back")
    assert told.has("#level-0[checked]")
    assert "You had shared this" in reader.visit("/reflections").text
    reader.send(late, level="trainers")
    assert not reader.visit(REFLECT).has("#set-back")
    assert "You had shared this" not in reader.visit("/reflections").text


def test_a_level_that_is_chosen_on_an_older_page_is_asked_again(
    learner: Visitor, session: Session, reader: Browser
) -> None:
    shared_text(session, learner)
    form = filled(reader.visit(REFLECT).form(having=["text"]), {"level": "cohort"})
    reflecting.set_back(session, cohort_id=learner.cohort_id, now=NOW)
    session.commit()
    assert reader.client.post(f"{REFLECT}/level", data=form).status_code == 303
    assert "Other people read along now" in reader.visit(REFLECT).text_of(".flashes")


@pytest.mark.parametrize("button", ["", "/level"])
def test_a_page_that_named_others_shares_a_text_with_nobody_whom_it_did_not_name(
    learner: Visitor, session: Session, reader: Browser, rows: Session, button: str
) -> None:
    if button:
        reader.submit(REFLECT, text="What I saw", level="private")
    form = filled(reader.visit(REFLECT).form(having=["text"]), {"text": "What I saw", "level": "trainers"})
    assert learner.cohort_id is not None
    gone = make_enrolment(session, cohort=session.get_one(Cohort, learner.cohort_id), role="trainer")
    session.commit()
    named = filled(reader.visit(REFLECT).form(having=["text"]), {"text": "What I saw", "level": "trainers"})
    answer = reader.client.post(REFLECT + button, data=form)
    assert answer.status_code == (303 if button else 422)
    assert rows.scalars(select(Reflection.level)).all() == (["private"] if button else [])
    cohorts.end_enrolment(session, gone.user_id, learner.cohort_id, by=None, now=NOW)
    session.commit()
    assert reader.client.post(REFLECT + button, data=named).status_code == 303  # fewer read along: nothing to ask
    assert rows.scalars(select(Reflection.level)).one() == "trainers"


# ---- moving ------------------------------------------------------------------------------------


def make_target(session: Session) -> int:
    """Make a cohort that works through the second module alone, by a day."""
    plan = CohortPlan(False, None, (CohortModule(WALK, due_on=date(2027, 3, 1)),))
    cohort_id = cohorts.make_cohort(session, name="Het Bordes", language="nl", by=None, now=NOW, plan=plan)
    trainer = make_user(session, name="Zus Trede")
    cohorts.make_trainer(session, user_id=trainer.id, cohort_id=cohort_id, by=None, now=NOW)
    session.commit()
    return cohort_id


def test_what_a_move_means_is_said_before_it_happens(
    bo: Learner, session: Session, visit: Visit, rows: Session
) -> None:
    session.get_one(Enrolment, bo.id).done = f"{MAP}/signs"
    here = session.get_one(Cohort, bo.cohort_id)
    make_enrolment(session, user=make_user(session, name="Cas Leuning", with_password=False), cohort=here)
    make_enrolment(session, user=make_user(session, name="Tor Trainer"), cohort=here, role="trainer")
    session.flush()
    ids = "&".join(f"who={one}" for one in session.scalars(select(Enrolment.id).filter_by(cohort_id=here.id)))
    to = make_target(session)
    page = visit(f"/admin/cohorts/{bo.cohort_id}/move?{ids}&to={to}")
    who, what = page.text_of("[aria-labelledby=who]"), page.text_of("[aria-labelledby=what]")
    assert "2 learners move" in who
    assert "Tor Trainer: is a trainer" in who
    assert "01 Reading a map" in what
    assert "Zus Trede" in what
    assert "hoped to be done by 1 March" in what
    assert "1 of them has not chosen a password yet" in what
    assert rows.scalars(select(Enrolment.cohort_id).filter_by(cohort_id=to, role="learner")).all() == []


def test_a_learner_moves_and_a_second_click_says_that_they_did(
    bo: Learner, session: Session, reader: Browser, rows: Session
) -> None:
    to = make_target(session)
    path = f"/admin/cohorts/{bo.cohort_id}/move"
    page = reader.visit(f"{path}?who={bo.id}&to={to}")
    form = filled(page.form(having=["csrf_token", "to", "who"]), {})
    answer = reader.client.post(path, data=form)
    assert (answer.status_code, answer.location) == (303, f"/admin/cohorts/{to}/people")
    assert rows.scalars(select(Enrolment.cohort_id).filter_by(id=bo.id)).one() == to
    again = reader.client.post(path, data=form)
    assert (again.status_code, letters(rows)) == (303, ["moved"])
    assert "not in this cohort any more" in reader.visit("/admin/people").text_of(".flashes")


@pytest.mark.parametrize("query", ["", "who=", "who=x", "who=4711", "who=99999999999999999999", "who=-1"])
def test_without_anybody_to_move_it_leads_back(bo: Learner, reader: Browser, query: str) -> None:
    answer = reader.client.get(f"/admin/cohorts/{bo.cohort_id}/move?{query}")
    assert (answer.status_code, answer.location) == (303, f"/admin/cohorts/{bo.cohort_id}/people")


@pytest.mark.parametrize("to", ["", "x", "4711", "same", "away"])
def test_to_a_cohort_that_is_none_nobody_moves(
    bo: Learner, session: Session, reader: Browser, rows: Session, to: str
) -> None:
    away = make_cohort(session)
    away.archived_at, away_id = NOW, str(away.id)
    session.commit()
    to = {"same": str(bo.cohort_id), "away": away_id}.get(to, to)
    page = reader.visit(f"/admin/cohorts/{bo.cohort_id}/move?who={bo.id}&to={to}")
    assert not page.has("#what")
    token = filled(reader.visit("/admin/people/new").form(having=["name"]), {})["csrf_token"]
    sent = {"csrf_token": token, "who": str(bo.id), "to": to}
    answer = reader.client.post(f"/admin/cohorts/{bo.cohort_id}/move", data=sent)
    assert (answer.status_code, "Nobody was moved: choose another cohort" in answer.text) == (200, True)
    assert rows.scalars(select(Enrolment.cohort_id).filter_by(id=bo.id)).one() == bo.cohort_id


# ---- the menu, and words -----------------------------------------------------------------------


def test_the_menu_of_an_admin_leads_everywhere_and_says_where_one_is(bo: Learner, visit: Visit) -> None:
    marked = {one.text: one.get("aria-current") for one in visit(person_page(bo)).find_all(".site-nav a")}
    assert marked == {"Cohorts": "", "People": "true", "Mail": "", "Log": "", "Account": ""}


def test_every_letter_has_its_words_for_staff() -> None:
    assert set(LETTERS) == set(_KINDS)


def test_a_sign_in_is_told_on_the_persons_page(bo: Learner, app: Flask, visit: Visit, rows: Session) -> None:
    assert "not known" in visit(person_page(bo)).text_of(".glance")
    Browser(app.test_client()).sign_in(User(email="bo@example.org"))
    assert "not known" not in visit(person_page(bo)).text_of(".glance")
    assert rows.scalars(select(User.last_sign_in_at).filter_by(id=bo.user_id)).one() is not None
