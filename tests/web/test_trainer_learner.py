"""One learner for their trainer, and the same for the learner: what is there, who reaches it, and what never shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.records import attempts, bookmarks, drafts, extending, granting, learning, reflecting, reviewing
from app.records.accounts import Visitor, visitor_of
from app.records.models import (
    AuditEntry,
    Bookmark,
    CohortModule,
    Draft,
    Enrolment,
    Reflection,
    ReflectionRevision,
    StepCompletion,
)
from app.web.extensions import engine_of
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, Page, small_shelf
from tests.web.html import Element

SIGNS, WALK, CHECK = "01-map/signs", "01-map/your-walk", "01-map/check"
COURSE = small_shelf().course()
MIRROR = "/my-course/what-my-trainer-sees"


@pytest.fixture
def petra(session: Session, noor: Visitor, reader: Browser) -> Visitor:
    """Sign in the trainer of Noor's cohort."""
    user = make_user(session, name="Petra Perron", email="petra@example.org")
    enrolment = Enrolment(user_id=user.id, cohort_id=noor.cohort_id, role="trainer", standing="active", created_at=NOW)
    session.add(enrolment)
    session.flush()
    visitor = make_visitor(session, enrolment=enrolment)
    session.commit()
    reader.let_in(visitor)
    return visitor


def address_of(learner: Visitor, more: str = "") -> str:
    return f"/trainer/cohorts/{learner.cohort_id}/learners/{learner.enrolment_id}{more}"


def as_(app: Flask, visitor: Visitor) -> Browser:
    """Give another browser on which somebody is signed in."""
    browser = Browser(app.test_client())
    browser.let_in(visitor)
    return browser


def again(session: Session, visitor: Visitor) -> Visitor:
    found = visitor_of(session, visitor.user_id, visitor.stamp, visitor.enrolment_id)
    assert found is not None
    return found


def complete(session: Session, visitor: Visitor, *keys: str, now: datetime = NOW) -> None:
    for key in keys:
        learning.complete_step(session, visitor, COURSE, COURSE.step_by_key[key], now=now)


def write(session: Session, visitor: Visitor, text: str, level: str, *, now: datetime = NOW) -> None:
    step = COURSE.step_by_key[WALK]
    standing = reflecting.reflection_of(session, visitor, step)
    version = standing.version if standing else 0
    reflecting.submit_reflection(session, visitor, COURSE, step, text=text, level=level, version=version, now=now)


def fail(session: Session, visitor: Visitor, deed: str = "1", *, now: datetime = NOW) -> int:
    step = COURSE.step_by_key[CHECK]
    return attempts.submit_quiz(session, visitor, COURSE, step, {}, deed_key=deed, shuffle_seed=1, now=now)  # type: ignore[arg-type]


def hope_for(session: Session, visitor: Visitor, days: int) -> None:
    """Let the cohort hope for the first module by a day so far from today."""
    due_on = datetime.now(UTC).date() + timedelta(days=days)
    session.add(CohortModule(cohort_id=visitor.cohort_id, module_slug="01-map", due_on=due_on))


# ---- what is there -----------------------------------------------------------------------------


def test_a_trainer_sees_how_far_a_learner_is_each_step_each_attempt_and_what_they_share(
    session: Session, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    complete(session, noor, SIGNS)
    fail(session, noor)
    write(session, again(session, noor), "I walked to the bridge.", "trainers")
    session.commit()
    page = reader.visit(address_of(noor))
    assert page.text_of("h1") == "Noor de Wit"
    told = page.text_of("#record")
    for words in (
        "noor@example.org",
        "2 of 4 steps done",
        "done on 19 November",
        "Attempt 1",
        "I walked to the bridge.",
    ):
        assert words in told


def test_an_attempt_is_read_in_the_wording_that_was_answered(
    session: Session, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    number = fail(session, noor)
    session.commit()
    page = reader.visit(address_of(noor))
    link = next(one for one in page.find_all("#record a") if one.text.startswith("Attempt 1"))
    assert link.get("href") == address_of(noor, f"/attempts/{number}")
    attempt = reader.visit(link.get("href") or "")
    assert "0" in attempt.text_of("#score")
    assert attempt.find_all(".questions .answers")


def test_the_timeline_goes_on_on_another_page(session: Session, noor: Visitor, petra: Visitor, reader: Browser) -> None:
    for number in range(55):
        fail(session, noor, str(number), now=NOW + timedelta(minutes=number))
    session.commit()
    page = reader.visit(address_of(noor))
    older = next(one for one in page.find_all("#record a") if one.text == "Older")
    second = reader.visit(older.get("href") or "")
    rows = [len(one.find_all('section[aria-labelledby="timeline"] tbody tr')) for one in (page, second)]
    assert rows == [50, 5]


def test_where_nothing_was_done_the_page_says_so(noor: Visitor, petra: Visitor, reader: Browser) -> None:
    told = reader.visit(address_of(noor)).text_of("#record")
    assert "none yet" in told
    assert "Nothing yet." in told


# ---- what is settled ---------------------------------------------------------------------------


def test_more_time_for_a_module_is_seen_by_trainer_and_learner_and_silences_the_flag(
    app: Flask, session: Session, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    hope_for(session, noor, -3)
    session.commit()
    page = reader.visit(address_of(noor))
    assert "01" in page.text_of('section[aria-labelledby="signals"]') or "has not finished" in page.text
    assert page.find_all('section[aria-labelledby="signals"] .needs li')
    day = datetime.now(UTC).date() + timedelta(days=10)
    page = reader.send(page, action=address_of(noor, "/extend"), module="01-map", due_on=day.isoformat())
    assert "has more time" in page.text_of(".flashes")
    assert not page.find_all('section[aria-labelledby="signals"] .needs li')
    assert "given by Petra Perron" in page.text_of('section[aria-labelledby="steps"]')
    mine = as_(app, noor).visit("/my-course")
    assert f"more time than your cohort: until {day.day} {day:%B}" in mine.text_of("main")
    page = reader.send(page, action=address_of(noor, "/end-extension"))
    assert page.find_all('section[aria-labelledby="signals"] .needs li')
    assert "more time than your cohort" not in as_(app, noor).visit("/my-course").text_of("main")


@pytest.mark.parametrize(
    ("days", "words"),
    [(None, "Fill in a day"), (4, "Choose a day after"), (5, "Choose a day after"), (800, "two years from now")],
)
def test_a_day_that_is_none_or_no_later_or_too_far_away_is_refused_and_nothing_changes(
    session: Session, noor: Visitor, petra: Visitor, reader: Browser, days: int | None, words: str
) -> None:
    hope_for(session, noor, 5)
    session.commit()
    typed = "" if days is None else (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
    page = reader.submit(
        address_of(noor), action=address_of(noor, "/extend"), status=422, module="01-map", due_on=typed
    )
    assert words in page.text_of(".error-summary")
    assert again(session, noor).extended == ""


def test_a_step_done_elsewhere_shows_as_such_to_both_until_it_is_withdrawn(
    app: Flask, session: Session, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    grant = address_of(noor, "/grant")
    page = reader.submit(address_of(noor), action=grant, step=SIGNS, reason="Led this walk at work.")
    assert "marked as done elsewhere" in page.text_of(".flashes")
    assert "done elsewhere, says Petra Perron" in page.text_of('section[aria-labelledby="steps"]')
    theirs = as_(app, noor)
    assert "Led this walk at work." in theirs.visit("/my-course").text_of("main")
    assert "Petra Perron noted" in theirs.visit(f"/modules/{SIGNS}").text_of("#granted")
    assert "1 of 4 steps done" in theirs.visit("/my-course").text_of("main")
    page = reader.send(page, action=address_of(noor, "/withdraw"))
    assert "is open again" in page.text_of(".flashes")
    assert "No longer marked as done elsewhere" in theirs.visit("/my-course").text_of("main")
    assert "withdrew" in theirs.visit(f"/modules/{SIGNS}").text_of("#granted")
    complete(session, again(session, noor), SIGNS)
    session.commit()
    assert not theirs.visit(f"/modules/{SIGNS}").find_all("#granted")


@pytest.mark.parametrize("reason", ["", "  ", "a" * 501])
def test_a_step_without_a_reason_or_with_too_long_a_one_is_refused_and_the_words_stay(
    session: Session, noor: Visitor, petra: Visitor, reader: Browser, reason: str
) -> None:
    page = reader.submit(address_of(noor), action=address_of(noor, "/grant"), status=422, step=SIGNS, reason=reason)
    assert page.find_all(".error-summary a")
    assert page.find("textarea[name=reason]").text.strip() == reason.strip()
    assert again(session, noor).done == ""


def test_a_double_click_marks_a_step_once(session: Session, noor: Visitor, petra: Visitor, reader: Browser) -> None:
    page = reader.visit(address_of(noor))
    reader.send(page, action=address_of(noor, "/grant"), step=SIGNS, reason="Seen it")
    second = reader.send(page, action=address_of(noor, "/grant"), step=SIGNS, reason="Seen it")
    assert "was done already" in second.text_of(".flashes")
    entries = select(AuditEntry).where(AuditEntry.deed == "grant_step")
    assert len(session.scalars(entries).all()) == 1


def test_there_is_no_place_for_a_note_about_somebody(noor: Visitor, petra: Visitor, reader: Browser) -> None:
    page = reader.visit(address_of(noor))
    assert [one.get("name") for one in page.find_all("main textarea")] == ["reason"]


# ---- who opened it -----------------------------------------------------------------------------


def test_opening_is_noted_once_a_day_and_the_learner_reads_by_whom(
    app: Flask, session: Session, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    number = fail(session, noor)
    session.commit()
    theirs = as_(app, noor)
    assert "Nobody yet." in theirs.visit(MIRROR).text_of("main")
    for address in (address_of(noor), address_of(noor), address_of(noor, f"/attempts/{number}")):
        reader.visit(address)
    assert len(session.scalars(select(AuditEntry.id).where(AuditEntry.deed == "open_record")).all()) == 1
    session.rollback()
    assert "Petra Perron" in theirs.visit(MIRROR).text_of('section[aria-labelledby="openings"]')
    assert "Record opened" in theirs.visit("/account/log").text_of("main")
    session.execute(update(AuditEntry).values(once_key=AuditEntry.once_key + "-yesterday"))
    session.commit()
    reader.visit(address_of(noor))
    assert len(session.scalars(select(AuditEntry.id).where(AuditEntry.deed == "open_record")).all()) == 2


def test_a_learner_who_looks_at_their_own_record_leaves_no_entry(app: Flask, session: Session, noor: Visitor) -> None:
    as_(app, noor).visit(MIRROR)
    assert not session.scalars(select(AuditEntry.id)).all()


# ---- the same for both -------------------------------------------------------------------------


def plain(page: Page) -> str:
    """Return the HTML of the record, without the addresses of attempts and of pages: those differ by who reads."""
    response = page.response
    assert response is not None
    found = re.search(
        r'<div class="record.*?(?=<section class="stack" aria-labelledby="(?:acts|openings)")',
        response.get_data(as_text=True),
        re.S,
    )
    assert found
    return re.sub(r'href="[^"]*"', "", " ".join(found.group().split()))


def test_the_learner_reads_word_for_word_what_the_trainer_reads(
    app: Flask, session: Session, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    hope_for(session, noor, -3)
    complete(session, noor, SIGNS)
    fail(session, noor)
    fail(session, noor, "2")
    write(session, again(session, noor), "I walked to the bridge.", "trainers")
    found = reviewing.learner_of(session, noor.cohort_id or 0, noor.enrolment_id or 0)
    assert found is not None
    step = COURSE.step_by_key["01-map/read-on"]
    granting.grant_step(session, found, COURSE, step, reason="Seen it", by=petra.user_id, now=NOW)
    due_on = datetime.now(UTC).date() - timedelta(days=1)
    extending.extend(session, found, COURSE.modules[0], due_on=due_on, by=petra.user_id, now=NOW)
    session.commit()
    theirs = plain(reader.visit(address_of(noor)))
    assert "did not pass the quiz" in theirs
    assert plain(as_(app, noor).visit(MIRROR)) == theirs


def test_my_course_leads_a_learner_there_and_a_trainer_to_their_cohorts(
    app: Flask, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    links = {one.get("href") for one in as_(app, noor).visit("/my-course").find_all("main a")}
    assert MIRROR in links
    page = reader.visit("/my-course")
    links = {one.get("href") for one in page.find_all("main a")}
    assert MIRROR not in links
    assert "/trainer/" in links
    assert "You are a trainer here." in reader.visit(MIRROR).text_of("main")


# ---- what never shows --------------------------------------------------------------------------

SECRET = "Zeldzaamwoord"

Way = Callable[[Session, Visitor], None]


def privately(session: Session, visitor: Visitor) -> None:
    write(session, visitor, SECRET, "private")


def without_a_name(session: Session, visitor: Visitor) -> None:
    write(session, visitor, SECRET, "cohort")


def around(session: Session, visitor: Visitor) -> None:
    complete(session, visitor, WALK)


def deleted(session: Session, visitor: Visitor) -> None:
    write(session, visitor, SECRET, "trainers")
    reflecting.delete_reflection(session, again(session, visitor), COURSE.step_by_key[WALK], now=NOW)


def taken_back(session: Session, visitor: Visitor) -> None:
    write(session, visitor, SECRET, "trainers")
    step = COURSE.step_by_key[WALK]
    reflecting.change_level(session, again(session, visitor), step, level="private", version=1, now=NOW)


def several_times(session: Session, visitor: Visitor) -> None:
    write(session, visitor, SECRET, "private")
    write(session, again(session, visitor), SECRET + SECRET, "cohort")
    write(session, again(session, visitor), SECRET + SECRET + SECRET, "private")


WAYS: dict[str, Way] = {
    "privately": privately,
    "without a name": without_a_name,
    "around": around,
    "deleted": deleted,
    "taken back": taken_back,
    "several times": several_times,
}


def clean(session: Session, visitor: Visitor) -> None:
    """Let somebody be as on their first day."""
    mine = select(Reflection.id).where(Reflection.enrolment_id == visitor.enrolment_id)
    session.execute(delete(ReflectionRevision).where(ReflectionRevision.reflection_id.in_(mine)))
    for table in (Reflection, Draft, Bookmark, StepCompletion):
        session.execute(delete(table).where(table.enrolment_id == visitor.enrolment_id))
    session.execute(update(Enrolment).where(Enrolment.id == visitor.enrolment_id).values(done="", last_step_key=None))
    session.commit()


@given(
    ways=st.tuples(st.sampled_from(sorted(WAYS)), st.sampled_from(sorted(WAYS))),
    before=st.sets(st.sampled_from([SIGNS, "01-map/read-on"])),
    draft=st.booleans(),
    mark=st.booleans(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_reflection_that_trainers_may_not_read_is_done_and_nothing_more_whatever_became_of_it(
    session: Session, noor: Visitor, petra: Visitor, reader: Browser,
    ways: tuple[str, str], before: set[str], draft: bool, mark: bool,
) -> None:  # fmt: skip
    """The pages of two learners who did the same are the same, though one wrote and the other did not."""
    pages = []
    for number, way in enumerate(ways):
        clean(session, noor)
        complete(session, again(session, noor), *sorted(before))
        WAYS[way](session, again(session, noor))
        if number and draft:  # a draft that is younger than the flag asks for, and a bookmark
            step, now = COURSE.step_by_key["02-walk/look-back"], datetime.now(UTC)
            drafts.save_draft(session, again(session, noor), step, {"text": [SECRET]}, version=0, now=now)
        if number and mark:
            bookmarks.set_bookmark(session, again(session, noor), COURSE.step_by_key[CHECK], now=datetime.now(UTC))
        session.execute(update(Enrolment).where(Enrolment.id == noor.enrolment_id).values(last_deed_at=NOW))
        session.commit()
        pages.append(plain(reader.visit(address_of(noor))))
    assert SECRET not in pages[0]
    assert SECRET not in pages[1]
    assert pages[0] == pages[1]


# ---- who reaches it ----------------------------------------------------------------------------

DEEDS = {
    "/extend": {"module": "01-map", "due_on": "2027-01-31"},
    "/end-extension": {"module": "01-map"},
    "/grant": {"step": SIGNS, "reason": "Seen it"},
    "/withdraw": {"step": SIGNS},
}


def reached(browser: Browser, address: str, csrf: str) -> set[int]:
    """Try everything about a learner from outside, and say with what it is answered."""
    found = {browser.client.get(address).status_code, browser.client.get(address + "/attempts/1").status_code}
    for more, fields in DEEDS.items():
        found.add(browser.client.post(address + more, data={**fields, "csrf_token": csrf}).status_code)
    return found


def token(browser: Browser) -> str:
    page = browser.visit("/account")
    return next(
        one.get("value") or "" for one in page.find_all("input[type=hidden]") if one.get("name") == "csrf_token"
    )


@pytest.mark.parametrize("who", ["colleague elsewhere", "learner", "oneself", "admin", "former trainer"])
def test_to_who_does_not_train_the_cohort_no_learner_of_it_is_there(
    app: Flask, session: Session, noor: Visitor, petra: Visitor, who: str
) -> None:
    fail(session, noor)
    hope_for(session, noor, 3)
    cohort = session.get_one(Enrolment, noor.enrolment_id).cohort_id
    others = {
        "colleague elsewhere": lambda: make_visitor(session, enrolment=make_enrolment(session, role="trainer")),
        "learner": lambda: make_visitor(session, enrolment=in_cohort(session, cohort)),
        "oneself": lambda: noor,
        "admin": lambda: admin(session),
        "former trainer": lambda: former(session, petra),
    }
    visitor = others[who]()
    session.commit()
    browser = as_(app, visitor)
    assert reached(browser, address_of(noor), token(browser)) == {404}
    assert again(session, noor).done == ""
    assert not session.scalars(select(AuditEntry.id)).all()


def in_cohort(session: Session, cohort_id: int) -> Enrolment:
    enrolment = Enrolment(user_id=make_user(session).id, cohort_id=cohort_id, role="learner", created_at=NOW)
    session.add(enrolment)
    session.flush()
    return enrolment


def admin(session: Session) -> Visitor:
    user = make_user(session, is_admin=True)
    found = visitor_of(session, user.id, user.session_stamp, None)
    assert found is not None
    return found


def former(session: Session, petra: Visitor) -> Visitor:
    session.execute(update(Enrolment).where(Enrolment.id == petra.enrolment_id).values(standing="ended"))
    return petra


def test_a_changed_number_leads_a_trainer_to_nobody_of_another_cohort(
    session: Session, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    stranger = make_visitor(session)
    number = fail(session, stranger)
    left = make_enrolment(session, cohort=make_cohort(session), standing="ended").id
    session.commit()
    csrf = token(reader)
    for enrolment_id in (stranger.enrolment_id, petra.enrolment_id, left, 2**31 - 1):
        address = f"/trainer/cohorts/{noor.cohort_id}/learners/{enrolment_id}"
        assert reached(reader, address, csrf) == {404}
    assert (
        reader.client.get(f"/trainer/cohorts/{stranger.cohort_id}/learners/{stranger.enrolment_id}").status_code == 404
    )
    assert reader.client.get(address_of(noor, f"/attempts/{number}")).status_code == 404
    assert reader.client.get(address_of(noor, f"/attempts/{2**80}")).status_code == 404
    for more, fields in (("/extend", {"module": "99-none"}), ("/grant", {"step": "01-map/none", "reason": "R"})):
        assert reader.client.post(address_of(noor, more), data={**fields, "csrf_token": csrf}).status_code == 404
    assert reader.client.post(address_of(noor, "/grant"), data=DEEDS["/grant"]).status_code == 400, "no token"
    assert not session.scalars(select(AuditEntry.id).where(AuditEntry.deed != "open_record")).all()


# ---- what it costs -----------------------------------------------------------------------------


def test_the_page_costs_the_same_statements_however_much_somebody_did(
    app: Flask, session: Session, noor: Visitor, petra: Visitor, reader: Browser
) -> None:
    hope_for(session, noor, -3)
    session.commit()
    reader.visit(address_of(noor))

    def statements() -> int:
        with counted(Session(engine_of(app))) as found:
            reader.visit(address_of(noor))
        return len(found)

    few = statements()
    for attempt in range(40):
        fail(session, noor, str(attempt))
    complete(session, again(session, noor), SIGNS)
    write(session, again(session, noor), "Shared", "trainers")
    session.commit()
    assert statements() == few <= 16


def texts(found: list[Element]) -> list[str]:
    return [one.text for one in found]
