"""The page of a cohort: how far it is, who needs help today, and everybody's steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.records import standings
from app.records.accounts import Visitor
from app.records.models import AuditEntry, Cohort, Enrolment, FlagSnooze, Reflection, User
from app.web.extensions import engine_of
from tests.makers import make_cohort, make_enrolment, make_user, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, Page
from tests.web.html import filled

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NOW = datetime.now(UTC)
SIGNS, WALK, CHECK = "01-map/signs", "01-map/your-walk", "01-map/check"


@pytest.fixture
def petra(session: Session, reader: Browser) -> Visitor:
    """Sign in Petra, who trains the cohort Spring."""
    cohort = make_cohort(session, name="Spring")
    user = make_user(session, name="Petra Perron", email="petra@example.org")
    visitor = make_visitor(session, enrolment=make_enrolment(session, user=user, cohort=cohort, role="trainer"))
    session.commit()
    reader.let_in(visitor)
    return visitor


def add(session: Session, petra: Visitor, name: str, *, days: float = 1, done: str = "", came: bool = True) -> int:
    """Enrol a learner who did something last so many days ago; return the enrolment."""
    user = make_user(session, name=name, with_password=came)
    one = make_enrolment(session, user=user, cohort=session.get_one(Cohort, petra.cohort_id), done=done)
    one.created_at = NOW - timedelta(days=60)
    one.last_deed_at = NOW - timedelta(days=days) if came else None
    one.started_at = one.created_at if done else None
    session.flush()
    return one.id


def wait(session: Session, enrolment_id: int, *, days: int) -> None:
    since = NOW - timedelta(days=days)
    session.add(
        Reflection(
            enrolment_id=enrolment_id,
            step_key=WALK,
            level="trainers",
            shared_from=1,
            shared_at=since,
            waiting_since=since,
        )
    )


@pytest.fixture
def spring(session: Session, petra: Visitor) -> str:
    """Fill the cohort with learners of every sort; return the address of its page."""
    add(session, petra, "Abel Trede", days=2, done=SIGNS)
    add(session, petra, "Bo Bordes", days=20, done=SIGNS)
    add(session, petra, "Chidi Overloop", days=31)
    add(session, petra, "Dina Spil", came=False)
    wait(session, add(session, petra, "Elif Stoep", days=3, done=f"{SIGNS} {WALK}"), days=3)
    add(session, petra, "Farid Leuning", days=40, done="01-map 02-walk")
    add(session, petra, "Left Behind", days=2)
    session.execute(update(Enrolment).where(Enrolment.id == _newest(session)).values(standing="ended"))
    session.commit()
    return f"/trainer/cohorts/{petra.cohort_id}"


def _newest(session: Session) -> int:
    return session.scalars(select(Enrolment.id).order_by(Enrolment.id.desc())).first() or 0


def who(page: Page) -> list[str]:
    """Name the learners of the matrix, in order."""
    return page.texts_of(".matrix tbody bdi")


def needs(page: Page) -> list[str]:
    return page.texts_of(".needs li")


# ---- one look ------------------------------------------------------------------------------------


def test_one_look_says_how_far_it_is_who_needs_help_and_what_waits(spring: str, reader: Browser) -> None:
    page = reader.visit(spring)
    assert page.text_of("h1") == "Cohort Spring"
    look = page.text_of(".look__sum")
    assert "3 learners need something from you today." in look
    assert "1 reflection waits for your reply." in look
    rows = [row.texts_of("td") for row in page.find_all(".look tbody tr")]
    assert rows[-1][1:] == ["2", "3", "1"], "not started, under way, finished"
    assert rows[0][1:] == ["2", "3", "1"]


def test_who_needs_something_stands_worst_first_each_with_the_rule(spring: str, reader: Browser) -> None:
    found = needs(reader.visit(spring))
    assert "1 reflection waits for your reply" in found[0]
    assert "Elif Stoep" in found[0]
    assert "The oldest has waited for 3 days." in found[0]
    assert [name for text in found[1:] for name in ("Chidi", "Bo", "Dina") if name in text] == ["Chidi", "Bo", "Dina"]
    assert "has done no step for 31 days" in found[1]
    assert "Rule: no step for 14 days, while the course is not finished" in found[1]
    assert "has never signed in" in found[3]


def test_each_cell_tells_its_state_in_words(spring: str, reader: Browser) -> None:
    page = reader.visit(f"{spring}?open=01-map&q=elif")
    (row,) = page.find_all(".matrix tbody tr")
    assert row.texts_of("td.st")[:3] == ["done", "waits for your reply", "not yet"]
    assert row.texts_of("td.mod")[0].startswith("2 of ")
    assert row.text_of("td.last") == "3 days ago"


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("", ["Chidi Overloop", "Bo Bordes", "Dina Spil", "Elif Stoep", "Abel Trede", "Farid Leuning"]),
        ("needs", ["Chidi Overloop", "Bo Bordes", "Dina Spil", "Elif Stoep"]),
        ("not-started", ["Chidi Overloop", "Dina Spil"]),
        ("silent", ["Chidi Overloop", "Bo Bordes"]),
        ("stuck", []),
        ("waiting", ["Elif Stoep"]),
        ("done", ["Farid Leuning"]),
        ("nonsense", ["Chidi Overloop", "Bo Bordes", "Dina Spil", "Elif Stoep", "Abel Trede", "Farid Leuning"]),
    ],
)
@on_sqlite
def test_learners_are_shown_by_how_they_stand(spring: str, reader: Browser, show: str, names: list[str]) -> None:
    page = reader.visit(f"{spring}?show={show}")
    assert who(page) == names
    here = page.find_all(".filters a[aria-current=true]")
    assert [one.text.rsplit(" ", 1)[1] for one in here] == [str(len(names))]


@pytest.mark.parametrize(
    ("sort", "first"),
    [("name", "Abel Trede"), ("progress", "Chidi Overloop"), ("last", "Abel Trede"), ("x", "Chidi Overloop")],
)
@on_sqlite
def test_they_are_sorted_as_one_asks(spring: str, reader: Browser, sort: str, first: str) -> None:
    assert who(reader.visit(f"{spring}?sort={sort}"))[0] == first


@on_sqlite
def test_a_name_is_looked_for_among_all_and_the_numbers_follow(spring: str, reader: Browser) -> None:
    page = reader.visit(f"{spring}?q=bordes")
    assert who(page) == ["Bo Bordes"]
    assert page.text_of(".filters a[aria-current=true]") == "Everybody 1"
    assert "3 learners need something" in page.text_of(".look__sum"), "the look is over all of them"
    assert "Try another part" in reader.visit(f"{spring}?q=nobody+here").text_of("main")


@on_sqlite
def test_a_large_cohort_comes_a_hundred_at_a_time_and_everything_above_is_over_all(
    session: Session, petra: Visitor, reader: Browser
) -> None:
    for number in range(103):
        add(session, petra, f"Yara {number:03}", days=1 if number else 50)
    session.commit()
    path = f"/trainer/cohorts/{petra.cohort_id}"
    first, second = reader.visit(path), reader.visit(f"{path}?page=2&sort=name")
    assert (len(who(first)), who(second)) == (100, ["Yara 100", "Yara 101", "Yara 102"])
    assert "1 learner needs something" in second.text_of(".look__sum")
    assert second.find_all("a[rel=prev]")
    assert reader.visit(f"{path}?page=999").path == path


@on_sqlite
def test_a_module_is_unfolded_and_folded_by_its_heading(spring: str, reader: Browser) -> None:
    page = reader.visit(spring)
    assert len(page.find_all(".matrix thead .st")) > 0, "the module in which most learners stand"
    folded = reader.visit(f"{spring}?open=")
    assert folded.find_all(".matrix thead .st") == []
    link = folded.find_all(".matrix thead .mod a")[1]
    assert link["aria-expanded"] == "false"
    unfolded = reader.visit(link["href"])
    assert unfolded.find_all(".matrix thead .mod a")[1]["aria-expanded"] == "true"
    assert len(unfolded.find_all(".matrix thead .st")) == len(
        unfolded.find_all(".matrix tbody tr")[0].find_all("td.st")
    )


@on_sqlite
@pytest.mark.parametrize("state", ["archived_at", "last_day"])
def test_of_a_cohort_that_is_over_nobody_is_waited_for(
    spring: str, session: Session, reader: Browser, state: str
) -> None:
    value = NOW if state == "archived_at" else (NOW - timedelta(days=3)).date()
    session.execute(update(Cohort).values({state: value}))
    session.commit()
    page = reader.visit(spring)
    assert page.has(".flash--wait")
    assert not page.has("#needs")
    assert len(who(page)) == 6


@on_sqlite
def test_an_empty_cohort_says_how_people_come_in(petra: Visitor, reader: Browser) -> None:
    page = reader.visit(f"/trainer/cohorts/{petra.cohort_id}")
    assert "Nobody learns here yet." in page.text_of("main")
    assert not page.has(".matrix")


@on_sqlite
def test_names_come_as_words_and_never_as_code(session: Session, petra: Visitor, reader: Browser) -> None:
    add(session, petra, "<b>Bo</b> & Co", days=50)
    session.commit()
    page = reader.visit(f"/trainer/cohorts/{petra.cohort_id}")
    assert who(page) == ["<b>Bo</b> & Co"]


# ---- letting rest --------------------------------------------------------------------------------


def rest(reader: Browser, page: Page, **changed: str) -> tuple[int, str]:
    """Press the button of the first who needs something, with other fields than it has."""
    form = page.find_all(".needs form")[0]
    answer = reader.client.post(form["action"], data=filled(form, {}) | changed)
    return answer.status_code, answer.headers.get("Location", "")


def test_a_signal_rests_until_there_is_a_new_reason(
    spring: str, session: Session, reader: Browser, rows: Session
) -> None:
    page = reader.visit(spring)
    assert rest(reader, page) == (303, f"{spring}#needs")
    after = reader.visit(spring)
    assert "2 learners need something" in after.text_of(".look__sum")
    assert "1 signal rests" in after.text_of("main")
    assert who(reader.visit(f"{spring}?show=silent"))[0] == "Bo Bordes", "silent all the same"
    rest(reader, page)
    assert len(rows.scalars(select(FlagSnooze.flag)).all()) == 1, "a double click rests once"
    assert rows.scalars(select(AuditEntry.id)).all() == [], "it is one's own view"
    session.execute(update(FlagSnooze).values(seen_at=NOW - timedelta(days=30)))
    session.commit()
    assert "3 learners need something" in reader.visit(spring).text_of(".look__sum")


@on_sqlite
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"who": "x"}, 400), ({"who": "99999"}, 404), ({"flag": "tired"}, 400), ({"seen": "yesterday"}, 400),
        ({"seen": "2026-11-24T10:00:00"}, 400), ({"who": "99999999999999999999"}, 400),
    ],
)  # fmt: skip
def test_what_no_button_sends_changes_nothing(
    spring: str, reader: Browser, rows: Session, changed: dict[str, str], status: int
) -> None:
    assert rest(reader, reader.visit(spring), **changed)[0] == status
    assert rows.scalars(select(FlagSnooze.flag)).all() == []


@on_sqlite
def test_a_moment_that_lies_ahead_lets_nothing_rest_that_comes_later(
    spring: str, reader: Browser, rows: Session
) -> None:
    rest(reader, reader.visit(spring), seen="2999-01-01T00:00:00+00:00")
    (seen,) = rows.scalars(select(FlagSnooze.seen_at)).all()
    assert seen <= datetime.now(UTC)


# ---- what is settled about signals ---------------------------------------------------------------


@on_sqlite
def test_a_trainer_settles_after_how_many_days_somebody_is_silent(spring: str, reader: Browser, rows: Session) -> None:
    assert reader.submit(f"{spring}/settings", days="25").path == spring
    assert who(reader.visit(f"{spring}?show=silent")) == ["Chidi Overloop"]
    assert "no step for 25 days" in needs(reader.visit(spring))[1]
    assert rows.scalars(select(AuditEntry.deed)).all() == ["settle_silence"]


@on_sqlite
@pytest.mark.parametrize("days", ["", "2", "91", "many", "-7"])
def test_a_number_of_days_that_makes_no_sense_is_said_beside_its_field(spring: str, reader: Browser, days: str) -> None:
    page = reader.submit(f"{spring}/settings", status=422, days=days)
    assert page.has(".error-summary")
    assert page.find("#days")["aria-invalid"] == "true"


@on_sqlite
def test_of_two_trainers_who_settle_it_at_once_the_second_is_told(spring: str, reader: Browser, rows: Session) -> None:
    first, second = reader.visit(f"{spring}/settings"), reader.visit(f"{spring}/settings")
    reader.send(first, days="20")
    assert "Somebody else changed this cohort meanwhile" in reader.send(second, days="30").text_of(".flashes")
    assert rows.scalars(select(Cohort.silent_days)).all() == [20]
    for version in ("", "x", "9" * 30):
        reader.submit(f"{spring}/settings", days="30", version=version)
    assert rows.scalars(select(Cohort.silent_days)).all() == [20]


# ---- who reaches it ------------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize("role", ["learner", "other trainer", "trainer of before", "admin"])
def test_to_anybody_but_its_trainers_the_page_is_not_there_by_address_or_form(
    spring: str, petra: Visitor, session: Session, app: Flask, reader: Browser, rows: Session, role: str
) -> None:
    page, cohort = reader.visit(spring), session.get_one(Cohort, petra.cohort_id)
    user = make_user(session, is_admin=role == "admin")
    if role == "learner":
        place = make_enrolment(session, user=user, cohort=cohort)
    else:
        place = make_enrolment(session, user=user, role="trainer")
    if role == "trainer of before":
        make_enrolment(session, user=user, cohort=cohort, role="trainer", standing="ended")
    visitor = make_visitor(session, enrolment=place)
    session.commit()
    other = Browser(app.test_client())
    other.let_in(visitor)
    other.visit(spring, status=404)
    token = filled(other.visit("/account").form(having=["name"]), {})
    sent = filled(page.find_all(".needs form")[0], {}) | token
    assert other.client.post(f"{spring}/snooze", data=sent).status_code == 404
    assert rows.scalars(select(FlagSnooze.flag)).all() == []


@on_sqlite
def test_a_learner_of_another_cohort_is_no_learner_of_this_one(
    spring: str, session: Session, reader: Browser, rows: Session
) -> None:
    other = make_enrolment(session).id
    session.commit()
    assert rest(reader, reader.visit(spring), who=str(other))[0] == 404
    assert rows.scalars(select(FlagSnooze.flag)).all() == []


@on_sqlite
def test_a_trainer_comes_to_their_only_cohort_and_else_to_the_list(
    spring: str, petra: Visitor, session: Session, reader: Browser
) -> None:
    assert reader.visit("/trainer/").path == spring
    page = reader.visit("/trainer/cohorts")
    assert page.texts_of("tbody td.no") == ["6", "1"]
    make_enrolment(session, user=session.get_one(User, petra.user_id), role="trainer")
    session.commit()
    assert reader.visit("/trainer/").path == "/trainer/cohorts"
    assert "Your cohorts" in reader.visit("/account").text_of("nav")


# ---- what it costs -------------------------------------------------------------------------------


@pytest.mark.scale
def test_the_page_costs_as_many_statements_for_many_as_for_few(
    spring: str, petra: Visitor, app: Flask, session: Session, reader: Browser
) -> None:
    def statements() -> int:
        with counted(Session(engine_of(app))) as found:
            reader.visit(spring)
        return len(found)

    few = statements()
    for number in range(60):
        wait(session, add(session, petra, f"Yara {number}", days=number, done=SIGNS), days=number)
    session.commit()
    assert statements() == few <= 9


def test_everybody_is_the_same_on_the_page_and_in_the_records(
    spring: str, petra: Visitor, session: Session, reader: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who leaves between two statements of the page is left out of it, and breaks nothing."""
    lines_of: Callable[..., dict[int, standings.LearnerLine]] = standings.lines_of

    def without_the_first(*given: object) -> dict[int, standings.LearnerLine]:
        found = lines_of(*given)
        return {key: found[key] for key in sorted(found)[1:]}

    monkeypatch.setattr(standings, "lines_of", without_the_first)
    assert len(who(reader.visit(spring))) == 5
