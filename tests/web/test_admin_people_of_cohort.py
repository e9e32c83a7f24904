"""The people of a cohort and the mail, as an admin sees them: who has come, what did not arrive, sending it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.records import invitations, outbox
from app.records.accounts import visitor_of
from app.records.models import AuditEntry, Cohort, OneTimeLink, Outbox, User
from app.web.extensions import engine_of
from app.worker import deliver_next, post_of
from tests.makers import make_cohort, make_enrolment, make_user
from tests.racing import counted
from tests.smtp import MailServer, mail_server
from tests.web.conftest import Browser, Page
from tests.web.html import filled

KEY = b"a secret that only the tests know"
ONE_DATABASE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NO_MAIL = {"smtp": None}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def site(app_with: Callable[..., Flask], server: MailServer) -> Flask:
    """Give the app of a site that sends its mail by `server`."""
    return app_with(smtp=server.url, base_url="http://localhost")


def admin_on(app: Flask, session: Session) -> Browser:
    """Sign Ada in, who runs the site."""
    user = make_user(session, name="Ada Stoep", email="ada@example.org", is_admin=True)
    ada = visitor_of(session, user.id, user.session_stamp, None)
    assert ada is not None
    session.commit()
    browser = Browser(app.test_client())
    browser.sign_in(ada)
    return browser


@pytest.fixture
def ada(site: Flask, session: Session) -> Browser:
    return admin_on(site, session)


@pytest.fixture
def cohort(session: Session) -> str:
    """Make Spring with Bilal and Chidi, who have no password and no mail yet; return the address of its people."""
    cohort = make_cohort(session, name="Spring")
    address = f"/admin/cohorts/{cohort.id}/people"
    for name in ("Bilal Leuning", "Chidi Overloop"):
        user = make_user(session, name=name, email=f"{name.split()[0].lower()}@example.org", with_password=False)
        make_enrolment(session, user=user, cohort=cohort)
    session.commit()
    return address


def user_id_of(rows: Session, email: str) -> str:
    return str(rows.scalars(select(User.id).filter_by(email=email)).one())


def press(browser: Browser, page: Page, action: str, **button: str) -> Page:
    """Press a button of a page's form; its name and value go along."""
    form = page.form(action=action)
    sent = {one["name"]: one["value"] for one in form.find_all("input[type=hidden]")} | button
    answer = browser.client.post(action, data=sent)
    assert answer.status_code == 303, answer.status
    return browser.visit(answer.location)


def deliver(app: Flask) -> int:
    """Send all that is due, as the worker does; return how many letters were tried."""
    post = post_of(app.extensions["opstap"].settings)
    assert post is not None
    with post:
        return sum(1 for _ in iter(lambda: deliver_next(app, post), False))


def lines(page: Page) -> list[str]:
    return page.texts_of("tbody tr")


# ---- the way of an invitation --------------------------------------------------------------------


def test_an_invitation_that_is_refused_shows_the_words_of_the_server_and_goes_again(
    site: Flask, ada: Browser, server: MailServer, cohort: str, rows: Session
) -> None:
    page = ada.visit(f"{cohort}?show=none")
    waiting = press(ada, page, f"{cohort}/send", user=user_id_of(rows, "bilal@example.org"))
    assert "1 mail is on its way" in waiting.text_of(".flash")
    assert [row for row in lines(waiting) if "Bilal" in row] == []  # the page shows whom nothing was sent
    assert "mail waits" in lines(ada.visit(f"{cohort}?show=waiting"))[0]
    server.to_recipient = "550 5.1.1 no such mailbox"
    assert deliver(site) == 1
    failed = ada.visit(f"{cohort}?show=failed")
    assert "mail did not arrive" in lines(failed)[0]
    assert "550 5.1.1 no such mailbox" in lines(failed)[0]
    assert "It is not tried again." in lines(failed)[0]
    server.to_recipient = "250 OK"
    press(ada, failed, f"{cohort}/send", show="failed")
    assert deliver(site) == 1
    [sent] = lines(ada.visit(f"{cohort}?show=sent"))
    assert "mail sent" in sent
    [mail] = server.mails
    assert mail["Subject"] == "You are invited to ‘A walk on the map’"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Ada Stoep enrolled you in the course ‘A walk on the map’, with the cohort Spring." in text.get_content()
    guest = Browser(site.test_client())
    link = next(word for word in text.get_content().split() if "/link/" in word)
    assert guest.submit(link.removeprefix("http://localhost"), password="seven quiet harbours").path == "/my-course"
    assert [row for row in lines(ada.visit(cohort)) if "Bilal" in row and "Last sign-in" in row]


@ONE_DATABASE
def test_a_server_that_is_down_or_slow_keeps_nobody_waiting_and_loses_nothing(
    site: Flask, ada: Browser, server: MailServer, cohort: str
) -> None:
    press(ada, ada.visit(f"{cohort}?show=none"), f"{cohort}/send", show="none")
    server.to_content = "451 4.3.0 busy, try again later"
    assert deliver(site) == 2
    tried = ada.visit(f"{cohort}?show=failed")
    assert all("It is tried again on" in row and "451 4.3.0 busy" in row for row in lines(tried))
    server.to_content = "250 OK"
    again = press(ada, tried, f"{cohort}/send", show="failed")
    assert "2 mails are on their way" in again.text_of(".flash")
    assert deliver(site) == 2
    assert sorted(server.recipients) == ["bilal@example.org", "chidi@example.org"]


def test_a_link_that_is_over_is_sent_anew_to_all_whose_is(
    site: Flask, ada: Browser, session: Session, server: MailServer, cohort: str
) -> None:
    press(ada, ada.visit(f"{cohort}?show=none"), f"{cohort}/send", show="none")
    deliver(site)
    session.execute(update(OneTimeLink).values(expires_at=datetime.now(UTC)))
    session.commit()
    expired = ada.visit(f"{cohort}?show=expired")
    assert "Send all 2 invitations again" in expired.text_of("main")
    press(ada, expired, f"{cohort}/send", show="expired")
    assert deliver(site) == 2
    assert len(server.mails) == 4


@ONE_DATABASE
def test_who_chose_a_password_meanwhile_gets_no_further_mail(
    ada: Browser, session: Session, cohort: str, rows: Session
) -> None:
    page, user_id = ada.visit(cohort), user_id_of(rows, "bilal@example.org")
    session.execute(update(User).values(password_hash="hash"))
    session.commit()
    told = press(ada, page, f"{cohort}/send", user=user_id)
    assert "Nobody was invited" in told.text_of(".flash--wait")
    assert rows.scalars(select(Outbox)).all() == []


@ONE_DATABASE
@pytest.mark.parametrize("button", [{"user": "x"}, {"user": "99999999999999"}, {"show": "sent"}, {}])
def test_what_no_button_of_the_page_sends_changes_nothing(
    ada: Browser, cohort: str, button: dict[str, str], rows: Session
) -> None:
    form = ada.visit(cohort).form(action=f"{cohort}/send")
    token = {"csrf_token": form.find("input[name=csrf_token]")["value"]}
    assert ada.client.post(f"{cohort}/send", data=token | button).status_code in (400, 404)
    assert rows.scalars(select(Outbox)).all() == []


# ---- a link by hand ------------------------------------------------------------------------------


def test_without_mail_a_link_is_given_by_hand_and_shown_to_who_made_it_alone(
    app_with: Callable[..., Flask], session: Session, cohort: str, rows: Session
) -> None:
    app = app_with(base_url="http://localhost")
    browser = admin_on(app, session)
    page = browser.visit(cohort)
    assert "no mail server is set" in page.text_of(".flash--wait")
    form = page.form(action=f"{cohort}/send")
    assert not any("Send" in words for words in form.texts_of("button"))
    button = form.find_all(f'button[formaction="{cohort}/link"]')[0]
    token = form.find("input[name=csrf_token]")["value"]
    answer = browser.client.post(button["formaction"], data={"csrf_token": token, "user": button["value"]})
    assert answer.location == f"{cohort}/link"
    shown = browser.visit(answer.location)
    assert shown.response is not None
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert shown.response.headers["Referrer-Policy"] == "no-referrer"
    link = shown.text_of("textarea")
    assert link.startswith("http://localhost/link/")
    assert "link by hand" in lines(browser.visit(cohort))[0]
    guest = Browser(app.test_client())
    assert guest.visit(link.removeprefix("http://localhost")).text_of("h1") == "Choose a password, and begin"
    assert rows.execute(select(AuditEntry.deed, AuditEntry.subject_id)).all() == [("copy_link", int(button["value"]))]
    other_id = make_cohort(session).id
    session.commit()
    assert browser.visit(f"/admin/cohorts/{other_id}/people/link").path.endswith("/people"), "it is not of that cohort"
    browser.client.post(button["formaction"], data={"csrf_token": token, "user": button["value"]})
    shown = browser.visit(f"{cohort}/link")
    after = press(browser, shown, f"{cohort}/link", done="1")
    assert after.path == cohort
    assert browser.visit(f"{cohort}/link").path == cohort


# ---- looking -------------------------------------------------------------------------------------


@ONE_DATABASE
def test_people_are_looked_for_by_name_and_shown_by_how_they_stand(ada: Browser, session: Session, cohort: str) -> None:
    make_enrolment(session, cohort=session.scalars(select(Cohort)).one(), role="trainer")
    session.commit()
    assert ada.visit(cohort).texts_of(".filters a") == [
        "Everybody 3", "Learners 2", "Trainers 1", "Not come yet 2", "No mail 2",
    ]  # fmt: skip
    assert len(lines(ada.visit(f"{cohort}?show=trainers"))) == 1
    assert ["Chidi Overloop" in row for row in lines(ada.visit(f"{cohort}?q=chidi"))] == [True]
    assert "No name and no address has all of these words" in ada.visit(f"{cohort}?q=%25").text_of("main")
    assert ada.visit(f"{cohort}?show=nonsense&page=99999").path == cohort
    glance = ada.visit(cohort.removesuffix("/people")).find("section[aria-labelledby=people]")
    assert "Not come yet 2" in glance.texts_of("a")


@ONE_DATABASE
def test_learners_are_chosen_by_boxes_and_moved_by_a_page_of_its_own(ada: Browser, cohort: str) -> None:
    page = ada.visit(cohort)
    boxes = page.find_all("input[type=checkbox]")
    assert {(box["form"], box["name"]) for box in boxes} == {("move", "who")}
    move = page.find("#move")
    assert (move["method"], move["action"]) == ("get", cohort.replace("/people", "/move"))
    assert ada.visit(f"{move['action']}?who={boxes[0]['value']}").text_of("h1")


@ONE_DATABASE
def test_nobody_is_invited_to_a_cohort_that_was_put_away(ada: Browser, session: Session, cohort: str) -> None:
    session.execute(update(Cohort).values(archived_at=datetime.now(UTC)))
    session.commit()
    page = ada.visit(cohort)
    assert len(lines(page)) == 2
    assert page.find_all("main button") == page.find_all("main .search button")


@ONE_DATABASE
@pytest.mark.parametrize("button", ["send", "link"])
def test_a_page_from_before_a_cohort_was_put_away_invites_nobody_and_says_why(
    ada: Browser, session: Session, cohort: str, rows: Session, button: str
) -> None:
    page = ada.visit(cohort)
    session.execute(update(Cohort).values(archived_at=datetime.now(UTC)))
    session.commit()
    sent = filled(page.form(action=f"{cohort}/send"), {}) | {"user": str(user_id_of(rows, "bilal@example.org"))}
    assert ada.client.post(f"{cohort}/{button}", data=sent).status_code == 303
    assert "put away" in ada.visit(cohort).text_of(".flashes")
    assert not rows.scalars(select(Outbox)).all()
    assert not rows.scalars(select(OneTimeLink)).all()


def test_many_people_cost_the_statements_of_few(site: Flask, ada: Browser, session: Session, cohort: str) -> None:
    def statements(path: str) -> int:
        with counted(Session(engine_of(site))) as found:
            ada.visit(path)
        return len(found)

    paths = (cohort, f"{cohort}?show=not-come&q=e", cohort.removesuffix("/people"), "/admin/mail")
    few = [statements(path) for path in paths]
    spring, key, now = session.scalars(select(Cohort)).one(), KEY, datetime.now(UTC)
    users = [make_user(session, name=f"Person {number}", with_password=False).id for number in range(120)]
    for user_id in users:
        make_enrolment(session, user=session.get_one(User, user_id), cohort=spring)
    invitations.send_again(session, spring.id, users, key=key, by=None, now=now)
    session.execute(update(Outbox).values(last_error="451 busy"))
    session.commit()
    assert [statements(path) for path in paths] == few
    assert few[0] <= 5


# ---- the mail ------------------------------------------------------------------------------------


def test_a_test_mail_comes_and_the_page_says_how_the_mail_stands(site: Flask, ada: Browser, server: MailServer) -> None:
    page = ada.visit("/admin/mail")
    assert "Mails leave by 127.0.0.1" in page.text_of("main")
    assert "Everything left that was due" in page.text_of("main")
    for _twice in range(2):
        waiting = ada.send(page, action="/admin/mail/test")
        assert "Your last test waits" in waiting.text_of("#newest-test")
    server.to_content = "554 5.7.1 rejected"
    assert deliver(site) == 1
    refused = ada.visit("/admin/mail")
    assert "554 5.7.1 rejected" in refused.text_of("#newest-test")
    assert ["Test mail Ada Stoep ada@example.org" in row for row in lines(refused)] == [True]
    server.to_content = "250 OK"
    ada.send(refused, action="/admin/mail/test")
    assert deliver(site) == 1
    assert "Your last test left on" in ada.visit("/admin/mail").text_of("#newest-test")
    assert [mail["Subject"] for mail in server.mails] == ["The mail of this site works"]


def test_the_page_says_when_nobody_sends_what_waits(ada: Browser, session: Session) -> None:
    now = datetime.now(UTC)
    outbox.put_test(session, by=1, now=now - timedelta(minutes=6))
    session.commit()
    assert "Nobody sends the mails that wait" in ada.visit("/admin/mail").text_of(".flash--wrong")
    for at_work in ({"leased_until": now + timedelta(minutes=1)}, {"sent_at": now}):
        other = Outbox(once_key=str(at_work), letter="test", user_id=1, created_at=now, ready_at=now, **at_work)
        session.add(other)
        session.commit()
        assert not ada.visit("/admin/mail").has(".flash--wrong")
        session.delete(other)
        session.commit()


@ONE_DATABASE
@pytest.mark.parametrize(
    ("given", "words"), [(NO_MAIL, "No mail leaves: no mail server is set"), ({"demo": True}, "This is the demo")]
)
def test_a_site_without_a_mail_server_says_what_becomes_of_mails(
    app_with: Callable[..., Flask], session: Session, given: dict[str, Any], words: str
) -> None:
    assert words in admin_on(app_with(**given), session).visit("/admin/mail").text_of("main")


@ONE_DATABASE
def test_the_page_of_the_mail_holds_no_password_of_the_mail_server(
    app_with: Callable[..., Flask], session: Session
) -> None:
    app = app_with(smtp="smtp://opstap:geheim@mail.example.org:587")
    page = admin_on(app, session).visit("/admin/mail")
    assert "mail.example.org" in page.text_of("main")
    assert page.response is not None
    assert "geheim" not in page.response.get_data(as_text=True)
