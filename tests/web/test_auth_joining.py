"""Joining a cohort by its code: with an account at once, without one by a mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.records import invitations, links, people
from app.records.accounts import Visitor
from app.records.models import Enrolment, JoinCode, OneTimeLink, Outbox, User
from tests.makers import NOW, PASSWORD, make_cohort, make_enrolment, make_join_code, make_user, make_visitor
from tests.web.conftest import Browser, Submit, Visit

CODE = "TREE-7K4P-BRDX"
JOIN = f"/join/{CODE}"


@pytest.fixture
def code(session: Session) -> None:
    """Make the cohort Quay, with its trainer Bo and the code TREE-7K4P-BRDX."""
    cohort = make_cohort(session, name="Quay")
    make_join_code(session, cohort=cohort, key=CODE)
    make_enrolment(session, cohort=cohort, role="trainer", user=make_user(session, name="Bo Loods"))
    session.commit()


@pytest.fixture
def link_in_the_mail(app: Flask, rows: Session) -> Callable[[], str]:
    """Say where the newest link leads that a mail would carry."""

    def newest() -> str:
        link = rows.scalars(select(OneTimeLink).order_by(OneTimeLink.id.desc()).limit(1)).one()
        return "/link/" + links.token_of(link, app.extensions["opstap"].key)

    return newest


# ---- the code --------------------------------------------------------------------------------


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("typed", [CODE, "tree-7k4p-brdx", " tree 7k4p brdx ", "TREE7K4PBRDX"])
def test_a_code_is_known_however_it_is_typed(submit: Submit, typed: str) -> None:
    page = submit("/join", code=typed)
    assert page.path == JOIN


@pytest.mark.usefixtures("code")
def test_the_start_page_takes_a_code_too(submit: Submit) -> None:
    assert submit("/", code=CODE).path == JOIN


@pytest.mark.usefixtures("code")
def test_the_page_of_a_code_says_which_cohort_which_course_and_who_guides_it(visit: Visit) -> None:
    words = visit(JOIN).text_of("main")
    for word in ("Quay", "A walk on the map", "Bo Loods"):
        assert word in words


@pytest.mark.usefixtures("code")
def test_a_link_with_a_carelessly_typed_code_leads_to_the_page(visit: Visit) -> None:
    assert visit("/join/tree7k4p brdx").path == JOIN


def test_an_unknown_code_is_told_at_the_field(submit: Submit, visit: Visit) -> None:
    assert "We do not know this code" in submit("/join", status=422, code="NONE-NONE-NONE").text_of("#code-error")
    assert "We do not know this code" in visit("/join/NONE-NONE-NONE", status=404).text_of("#code-error")
    assert "Fill in the code" in submit("/join", status=422, code=" ").text_of("#code-error")


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ({"seats": 1, "taken": 1}, "All places are taken"),
        ({"last_day": date(2020, 1, 1)}, "The last day to join has passed"),
    ],
)
def test_a_code_that_is_used_up_or_over_says_so(
    visit: Visit, session: Session, kept: dict[str, object], words: str
) -> None:
    make_join_code(session, key=CODE, **kept)  # type: ignore[arg-type]
    session.commit()
    assert words in visit(JOIN, status=410).text_of("main")


# ---- without an account ----------------------------------------------------------------------


@pytest.mark.usefixtures("code")
def test_a_newcomer_comes_in_by_the_mail_and_begins_the_course(
    submit: Submit, rows: Session, link_in_the_mail: Callable[[], str]
) -> None:
    page = submit(JOIN, name="Aïcha  Trapleuning", email="Aicha@example.org")
    assert page.path == "/mail-sent"
    assert "aicha@example.org" in page.text_of(".lead")
    assert "lasts seven days" in page.text_of("main ol")
    assert links.LIFETIMES["join"] == timedelta(days=7)
    assert rows.scalars(select(Outbox.letter)).all() == ["join"]
    assert not rows.scalars(select(User.id).where(User.email == "aicha@example.org")).all()

    page = submit(link_in_the_mail(), password="seven quiet harbours")
    assert page.path == "/my-course"
    user = rows.scalars(select(User).where(User.email == "aicha@example.org")).one()
    assert (user.name, user.language) == ("Aïcha Trapleuning", "en")
    role, standing = rows.execute(select(Enrolment.role, Enrolment.standing).where(Enrolment.user_id == user.id)).one()
    assert (role, standing) == ("learner", "active")
    assert rows.scalars(select(JoinCode.taken)).one() == 1


@pytest.mark.usefixtures("code")
def test_opening_the_link_changes_nothing(
    client: FlaskClient, submit: Submit, visit: Visit, rows: Session, link_in_the_mail: Callable[[], str]
) -> None:
    submit(JOIN, name="Aïcha", email="aicha@example.org")
    address = link_in_the_mail()
    for _ in range(2):
        assert "aicha@example.org" in visit(address).find("#own-address")["value"]
        assert client.head(address).status_code == 200
    assert not rows.scalars(select(User.id).where(User.email == "aicha@example.org")).all()
    assert rows.scalars(select(OneTimeLink.used_at)).one() is None


@pytest.mark.usefixtures("code", "noor")
def test_a_known_address_gets_the_same_answer_and_a_mail_to_sign_in(submit: Submit, rows: Session) -> None:
    unknown = submit(JOIN, name="Sams", email="sams@example.org")
    known = submit(JOIN, name="Noor", email="noor@example.org")
    assert known.text.replace("noor@", "sams@") == unknown.text
    assert rows.scalars(select(Outbox.letter).order_by(Outbox.id)).all() == ["join", "sign_in_instead"]
    assert not rows.scalars(select(Enrolment.id).join(JoinCode, JoinCode.cohort_id == Enrolment.cohort_id).where(
        Enrolment.role == "learner")).all()  # fmt: skip


@pytest.mark.usefixtures("code")
def test_what_is_missing_is_told_and_what_was_typed_stays(submit: Submit) -> None:
    page = submit(JOIN, status=422, name="", email="aicha@example.org")
    assert page.text_of("#name-error").endswith("Fill in your name")
    assert page.find("#email")["value"] == "aicha@example.org"


@pytest.mark.usefixtures("code")
def test_somebody_with_an_account_can_sign_in_and_come_back(reader: Browser, noor: Visitor) -> None:
    page = reader.visit(JOIN)
    link = page.find("main section a")["href"]
    page = reader.submit(link, email=noor.email, password=PASSWORD)
    assert page.path == JOIN
    assert "Join as Noor" in page.text_of("main button")


@pytest.mark.usefixtures("code")
def test_nobody_can_fill_a_mailbox_by_a_code(submit: Submit) -> None:
    for _ in range(5):
        submit(JOIN, name="Aïcha", email="aicha@example.org")
    assert "Wait 15 minutes" in submit(JOIN, status=429, name="Aïcha", email="aicha@example.org").text


# ---- with an account -------------------------------------------------------------------------


@pytest.mark.usefixtures("code")
def test_who_is_signed_in_joins_with_one_button(reader: Browser, learner: Visitor, rows: Session) -> None:
    page = reader.visit(JOIN)
    assert not page.has("main input[type=text]")
    page = reader.send(page, action=JOIN)
    assert page.path == "/my-course"
    assert "You are in the cohort Quay" in page.text_of(".flashes")
    assert "Quay" in reader.visit("/account").text_of("main")
    assert rows.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.user_id == learner.user_id)) == 2


@pytest.mark.usefixtures("code")
def test_joining_twice_is_joining_once(reader: Browser, learner: Visitor, rows: Session) -> None:
    page = reader.visit(JOIN)
    reader.send(page, action=JOIN)
    reader.send(page, action=JOIN)
    assert "You are in this cohort" in reader.visit(JOIN).text_of("h1")
    assert rows.scalars(select(JoinCode.taken)).one() == 1


def test_the_last_seat_may_be_gone_when_the_button_is_pressed(
    reader: Browser, learner: Visitor, session: Session
) -> None:
    code = make_join_code(session, key=CODE, seats=1)
    session.commit()
    page = reader.visit(JOIN)
    code.taken = 1
    session.commit()
    assert "All places are taken" in reader.send(page, status=410, action=JOIN).text_of("main")


def test_a_place_that_staff_ended_is_not_had_again_by_a_code(
    reader: Browser, learner: Visitor, session: Session
) -> None:
    cohort = make_cohort(session)
    make_join_code(session, cohort=cohort, key=CODE)
    user = session.get_one(User, learner.user_id)
    make_enrolment(session, user=user, cohort=cohort, standing="ended")
    session.commit()
    assert "has ended" in reader.submit(JOIN, status=410, action=JOIN).text_of("main")


def test_an_admin_without_a_cohort_is_told_to_join_one(reader: Browser, session: Session) -> None:
    make_user(session, email="ada@example.org", is_admin=True)
    session.commit()
    reader.submit("/sign-in", email="ada@example.org", password=PASSWORD)
    assert "The pages for admins are still to come" in reader.visit("/join").text_of("main")


# ---- the link --------------------------------------------------------------------------------


@pytest.mark.usefixtures("code")
def test_a_used_link_leads_to_signing_in(
    reader: Browser, client: FlaskClient, link_in_the_mail: Callable[[], str], rows: Session
) -> None:
    reader.submit(JOIN, name="Aïcha", email="aicha@example.org")
    address = link_in_the_mail()
    page = reader.visit(address)
    reader.send(page, password="seven quiet harbours")
    client.delete_cookie("session")
    again = reader.visit(address, status=410)
    assert "This link was used before" in again.text_of("h1")
    assert again.find_all("main a")[0]["href"] == f"/sign-in?next={JOIN}"
    assert rows.scalar(select(func.count()).select_from(User).where(User.email == "aicha@example.org")) == 1


@pytest.mark.usefixtures("code")
def test_an_old_link_leads_to_a_new_one(reader: Browser, session: Session, link_in_the_mail: Callable[[], str]) -> None:
    reader.submit(JOIN, name="Aïcha", email="aicha@example.org")
    address = link_in_the_mail()
    session.scalars(select(OneTimeLink)).one().expires_at = datetime(2020, 1, 1, tzinfo=UTC)
    session.commit()
    page = reader.visit(address, status=410)
    assert "This link is too old" in page.text_of("h1")
    assert page.find_all("main a")[0]["href"] == JOIN


def test_an_unknown_link_says_what_to_do(visit: Visit) -> None:
    page = visit("/link/nothing-like-it", status=404)
    assert "We do not know this link" in page.text_of("h1")
    assert page.find_all("main a")[0]["href"] == "/forgotten"


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "Fill in a new password"),
        ("short one", "at least 10"),
        ("aaaaaaaaaaaa", "easy to guess"),
        ("aicha@example.org", "easy to guess"),
        ("Aïcha Trapleuning", "easy to guess"),
        ("x" * 100 + "abcdef" * 20, "at most 200"),
    ],
)
def test_a_weak_password_is_told_and_the_link_still_works(
    reader: Browser, link_in_the_mail: Callable[[], str], password: str, words: str
) -> None:
    reader.submit(JOIN, name="Aïcha Trapleuning", email="aicha@example.org")
    page = reader.submit(link_in_the_mail(), status=422, password=password)
    assert words in page.text_of("#password-error")
    assert reader.send(page, password="seven quiet harbours").path == "/my-course"


def test_a_seat_that_was_taken_meanwhile_is_told(
    reader: Browser, session: Session, rows: Session, link_in_the_mail: Callable[[], str]
) -> None:
    code = make_join_code(session, key=CODE, seats=1)
    session.commit()
    reader.submit(JOIN, name="Aïcha", email="aicha@example.org")
    code.taken = 1
    session.commit()
    page = reader.submit(link_in_the_mail(), status=410, password="seven quiet harbours")
    assert "All places are taken" in page.text_of("main")
    assert rows.scalars(select(OneTimeLink.used_at)).one() is None


def test_a_new_password_by_a_link_signs_in_here_and_out_everywhere_else(
    app: Flask, reader: Browser, learner: Visitor, link_in_the_mail: Callable[[], str], rows: Session
) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.submit("/forgotten", email=learner.email)
    page = elsewhere.submit(link_in_the_mail(), password="seven quiet harbours")
    assert page.path == "/my-course"
    assert reader.visit("/account").path == "/sign-in"
    assert reader.submit("/sign-in", email=learner.email, password="seven quiet harbours").path == "/my-course"
    assert rows.scalars(select(Outbox.letter).order_by(Outbox.id)).all() == ["reset", "password_changed"]


def test_a_link_ends_the_session_of_whoever_is_signed_in_there(
    reader: Browser, learner: Visitor, session: Session, link_in_the_mail: Callable[[], str]
) -> None:
    other = make_visitor(
        session, enrolment=make_enrolment(session, user=make_user(session, name="Sam", email="sam@example.org"))
    )
    session.commit()
    reader.submit("/forgotten", email=other.email)
    page = reader.visit(link_in_the_mail())
    assert "Noor de Wit is signed in here" in page.text_of("main")
    reader.send(page, password="seven quiet harbours")
    assert "sam@example.org" in reader.visit("/account").text_of("main")


def test_the_page_of_a_link_is_kept_by_nobody_and_tells_no_address(
    client: FlaskClient, reader: Browser, noor: Visitor, link_in_the_mail: Callable[[], str]
) -> None:
    reader.submit("/forgotten", email=noor.email)
    for address in (link_in_the_mail(), "/link/unknown"):
        response = client.get(address)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_who_was_invited_sets_a_first_password_by_the_link(
    app: Flask, reader: Browser, session: Session, rows: Session, link_in_the_mail: Callable[[], str]
) -> None:
    user_id = make_user(session, email="ada@example.org", with_password=False, is_admin=True).id
    key = app.extensions["opstap"].key
    links.make_link(session, purpose="invitation", key=key, now=datetime.now(UTC), user_id=user_id)
    session.commit()
    page = reader.visit(link_in_the_mail())
    assert page.text_of("h1") == "Choose a password, and begin"
    assert reader.send(page, password="seven quiet harbours").path == "/my-course"
    assert not rows.scalars(select(Outbox.letter)).all()


@pytest.fixture
def over(app: Flask, session: Session, link_in_the_mail: Callable[[], str]) -> str:
    """Invite Lee, two weeks and a minute ago; return the address of the link."""
    user = make_user(session, email="lee@example.org", with_password=False)
    cohort_id = make_enrolment(session, user=user).cohort_id
    then = datetime.now(UTC) - timedelta(days=14, minutes=1)
    invitations.send_again(session, cohort_id, [user.id], key=app.extensions["opstap"].key, by=None, now=then)
    session.commit()
    return link_in_the_mail()


def letters(rows: Session) -> int:
    return rows.scalar(select(func.count()).select_from(Outbox)) or 0


def test_whose_invitation_is_over_gets_a_new_one_by_a_button_on_its_page(
    reader: Browser, rows: Session, over: str, link_in_the_mail: Callable[[], str]
) -> None:
    page = reader.visit(over, status=410)
    assert letters(rows) == 1
    sent = reader.send(page, action=f"{over}/new")
    assert sent.path == "/mail-sent"
    assert "lee@example.org" in sent.text_of("main")
    assert letters(rows) == 2
    assert link_in_the_mail() != over
    chosen = reader.send(reader.visit(link_in_the_mail()), password="seven quiet harbours")
    assert chosen.path == "/my-course"
    assert "Sign in" in reader.visit(over, status=410).text_of("main")


@pytest.mark.parametrize("why", ["has a password", "closed"])
def test_asking_for_a_new_link_is_answered_alike_and_sends_nothing_where_there_is_no_reason(
    reader: Browser, session: Session, rows: Session, over: str, why: str
) -> None:
    page = reader.visit(over, status=410)
    user = session.scalars(select(User).filter_by(email="lee@example.org")).one()
    if why == "closed":
        user.deactivated_at = user.created_at
    else:
        user.password_hash = "hash"
    session.commit()
    assert reader.send(page, action=f"{over}/new").path == "/mail-sent"
    assert letters(rows) == 1


def test_who_holds_a_mail_to_a_former_address_is_not_told_the_new_one(
    reader: Browser, session: Session, rows: Session, over: str
) -> None:
    page = reader.visit(over, status=410)
    user = session.scalars(select(User).filter_by(email="lee@example.org")).one()
    people.change_address(session, user.id, email="elsewhere@example.org", key=b"k" * 32, by=None, now=NOW)
    session.commit()
    before = letters(rows)
    assert "elsewhere" not in reader.send(page, status=410, action=f"{over}/new").text
    assert "elsewhere" not in reader.visit(over, status=410).text
    assert letters(rows) == before


def test_nobody_can_fill_a_mailbox_by_the_button_of_an_old_link(reader: Browser, rows: Session, over: str) -> None:
    page = reader.visit(over, status=410)
    for _again in range(5):
        reader.send(page, action=f"{over}/new")
    full = reader.send(page, status=429, action=f"{over}/new")
    assert "too many attempts" in full.text_of(".error-summary")
    assert letters(rows) == 2
