"""My course: where somebody is, the one button that goes on, and in words what is still missing."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.files.shelf import Shelf
from app.records import drafts, learning
from app.records.accounts import Visitor, visitor_of
from app.records.models import Attempt, Enrolment, User
from tests.course_folder import Folder
from tests.makers import NOW, make_cohort, make_enrolment, make_user
from tests.web.conftest import Browser, Page, Submit, Visit, small_shelf


@pytest.fixture(scope="module")
def course() -> Course:
    return small_shelf().course("en")


def do(session: Session, visitor: Visitor, course: Course, keys: Sequence[str]) -> None:
    """Complete steps."""
    for key in keys:
        learning.complete_step(session, visitor, course, course.step_by_key[key], now=NOW)
    session.commit()


def do_module(session: Session, visitor: Visitor, course: Course, number: int) -> None:
    do(session, visitor, course, [step.key for step in course.modules[number].steps])


def come_in(session: Session, reader: Browser, user: User) -> None:
    """Commit what a test prepared, and sign somebody in."""
    visitor = visitor_of(session, user.id, user.session_stamp, None)
    session.commit()
    assert visitor is not None
    reader.sign_in(visitor)


def card(page: Page, title: str) -> str:
    """Return the text of a module's card."""
    return next(article.text for article in page.find_all(".module") if title in article.text_of("h3"))


def test_somebody_who_did_nothing_yet_is_shown_where_to_begin(learner: Visitor, visit: Visit) -> None:
    page = visit("/my-course")
    assert page.text_of(".go-on .kicker") == "You begin here: module 01, step 1 of 4"
    assert page.text_of(".go-on__title") == "Signs and lines"
    assert page.find(".btn--go")["href"] == "/modules/01-map/signs"
    assert page.text_of(".btn--go") == "Begin"
    assert page.text_of(".stair-box .stair__words") == "The whole course: 0 of 8 steps done 0 percent · 38 minutes left"


def test_the_one_button_goes_on_at_the_exact_next_step(
    learner: Visitor, session: Session, course: Course, visit: Visit
) -> None:
    do(session, learner, course, ["01-map/signs", "01-map/check"])
    page = visit("/my-course")
    assert page.text_of(".go-on .kicker") == "You were here: module 01, step 4 of 4"
    assert page.find(".btn--go")["href"] == "/modules/01-map/read-on"
    assert page.text_of(".btn--go") == "Go on"


def test_the_button_leads_back_to_what_was_left_out_once_the_rest_is_done(
    learner: Visitor, session: Session, course: Course, visit: Visit
) -> None:
    do(session, learner, course, [step.key for step in course.steps if step.key != "01-map/your-walk"])
    assert visit("/my-course").find(".btn--go")["href"] == "/modules/01-map/your-walk"


def test_what_is_missing_is_said_by_kind_with_its_minutes(learner: Visitor, visit: Visit) -> None:
    text = card(visit("/my-course"), "Reading a map")
    assert "0 of 4 steps done · 0 percent · 20 minutes left" in text
    assert "2 steps to read, 8 minutes together" in text
    assert "1 reflection, 6 minutes: Your own walk" in text
    assert "1 quiz, 6 minutes: Check what you see" in text


def test_a_draft_and_the_best_attempt_are_told_at_what_is_missing(
    learner: Visitor, session: Session, course: Course, visit: Visit
) -> None:
    quiz = course.quizzes["map-signs"]
    drafts.save_draft(session, learner, course.step_by_key["01-map/your-walk"], {"text": ["Half"]}, version=0, now=NOW)
    drafts.save_draft(session, learner, course.step_by_key["01-map/check"], {"north": ["true"]}, version=0, now=NOW)
    for number, points in enumerate((1, 3, 2), start=1):
        session.add(
            Attempt(
                enrolment_id=learner.enrolment_id, quiz_slug=quiz.slug, quiz_revision="r", step_key="01-map/check",
                number=number, deed_key=str(number), language="en", shuffle_seed=1, points=points,
                max_points=quiz.max_points, passed=False, submitted_at=NOW,
            )
        )  # fmt: skip
    session.commit()
    text = card(visit("/my-course"), "Reading a map")
    assert "Your own walk. A draft is waiting, saved on 19 November" in text
    best = f"Tried 3 times, best: 3 of {quiz.max_points} points, {quiz.points_needed} is enough."
    assert best in text
    assert "Answers are waiting, saved on 19 November" in text


def test_points_of_an_earlier_form_of_the_quiz_are_not_held_against_todays_mark(
    learner: Visitor, session: Session, visit: Visit
) -> None:
    session.add(
        Attempt(
            enrolment_id=learner.enrolment_id, quiz_slug="map-signs", quiz_revision="r", step_key="01-map/check",
            number=1, deed_key="1", language="en", shuffle_seed=1, points=30, max_points=99, passed=False,
            submitted_at=NOW,
        )
    )  # fmt: skip
    session.commit()
    text = card(visit("/my-course"), "Reading a map")
    assert "Tried once: 30 of 99 points." in text
    assert "is enough" not in text


def test_a_finished_module_says_when_and_that_nothing_more_is_needed(
    learner: Visitor, session: Session, course: Course, visit: Visit
) -> None:
    do_module(session, learner, course, 0)
    page = visit("/my-course")
    text = card(page, "Reading a map")
    assert "4 steps done · finished on 19 November" in text
    assert "Nothing more is needed." in text
    assert "missing" not in text
    titles = [article.text_of("h3") for article in page.find_all(".module")]
    assert [title.partition(": ")[2] for title in titles] == ["The walk itself", "Reading a map"]


def test_a_step_added_after_a_module_was_finished_is_an_offer(
    learner: Visitor, session: Session, course: Course, visit: Visit
) -> None:
    # To who finished the module when it had three steps, the fourth is new.
    session.get_one(Enrolment, learner.enrolment_id).done = "01-map 01-map/signs 01-map/your-walk 01-map/check"
    session.commit()
    text = card(visit("/my-course"), "Reading a map")
    assert "3 steps done" in text
    assert "New since you finished: To read on, 3 minutes" in text
    assert "Nothing more is needed." in text


def test_a_step_taken_back_in_a_finished_module_is_named(
    learner: Visitor, session: Session, course: Course, visit: Visit, submit: Submit
) -> None:
    do_module(session, learner, course, 0)
    submit("/modules/01-map/signs", action="/modules/01-map/signs/take-back")
    text = card(visit("/my-course"), "Reading a map")
    assert "You took this back: Signs and lines" in text
    assert "finished on 19 November" in text


def test_a_finished_course_asks_for_nothing_more(
    learner: Visitor, session: Session, course: Course, visit: Visit
) -> None:
    do(session, learner, course, [step.key for step in course.steps])
    page = visit("/my-course")
    assert page.text_of(".go-on__title") == "The whole course is done"
    assert not page.has(".btn--go")
    assert page.text_of(".stair-box .stair__words") == "The whole course: 8 of 8 steps done 100 percent"
    assert page.find(".go-on a")["href"] == "/modules/01-map/signs"


def test_a_stair_says_in_words_what_it_shows(learner: Visitor, session: Session, course: Course, visit: Visit) -> None:
    do(session, learner, course, ["01-map/signs"])
    labels = [picture.get("aria-label") for picture in visit("/my-course").find_all("svg[role=img]")]
    assert labels == [
        "The whole course: 1 of 8 steps done, module 01, step 2 of 4",
        "01 Reading a map: 1 of 4 steps done",
        "02 The walk itself: 0 of 4 steps done",
    ]


def test_the_time_left_follows_what_is_done_and_taken_back(
    learner: Visitor, session: Session, course: Course, visit: Visit
) -> None:
    def left() -> list[str]:
        return [text.partition(" · ")[2] for text in visit("/my-course").texts_of(".stair__words .soft")]

    def of_module() -> str:
        return card(visit("/my-course"), "Reading a map").partition(" · ")[2]

    assert left() == ["38 minutes left"]
    do(session, learner, course, ["01-map/signs"])
    assert left() == ["33 minutes left"]
    assert of_module().startswith("25 percent · 15 minutes left")
    learning.take_back_step(session, learner, course, course.step_by_key["01-map/signs"], now=NOW)
    session.commit()
    assert left() == ["38 minutes left"]
    assert of_module().startswith("0 percent · 20 minutes left")
    do_module(session, learner, course, 0)
    learning.take_back_step(session, learner, course, course.step_by_key["01-map/signs"], now=NOW)
    session.commit()
    assert left() == ["18 minutes left"], "a finished module asks for no more time, whatever is taken back in it"
    do_module(session, learner, course, 1)
    assert left() == [""]
    assert "left" not in visit("/my-course").text_of("main")


def test_a_long_time_left_is_said_in_hours_and_minutes(
    noor: Visitor, app_with: Callable[..., Flask], tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "course")
    folder.change("modules/01-map/01-signs.en.md", "minutes: 5", "minutes: 96")
    folder.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 111")
    folder.bring_up_to_date()
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    reader.sign_in(noor)
    page = reader.visit("/my-course?language=nl")
    assert page.text_of(".stair-box .stair__words").endswith("0 procent · nog 2 uur en 9 minuten")
    assert "nog 1 uur en 51 minuten" in card(page, "Een kaart lezen")


def test_a_module_leads_to_where_one_is_in_it(learner: Visitor, session: Session, course: Course, visit: Visit) -> None:
    do(session, learner, course, ["01-map/signs"])
    links = [link["href"] for link in visit("/my-course").find_all("h3 a")]
    assert links == ["/modules/01-map/your-walk", "/modules/02-walk/before"]


@pytest.mark.parametrize(
    ("role", "is_admin", "words"),
    [
        ("trainer", False, "You are a trainer On the pages of your cohorts you see who needs you."),
        ("learner", True, "You are an admin You make and change cohorts on the page Cohorts."),
    ],
    ids=["trainer", "admin"],
)
def test_staff_read_what_they_are_here_and_follow_the_course_themselves(
    session: Session, reader: Browser, role: str, is_admin: bool, words: str
) -> None:
    user = make_user(session, is_admin=is_admin)
    make_enrolment(session, user=user, role=role)
    come_in(session, reader, user)
    page = reader.visit("/my-course")
    assert page.text_of("section.panel").startswith(words)
    assert page.has(".btn--go")


def test_a_learner_reads_nothing_about_staff(learner: Visitor, visit: Visit) -> None:
    assert not visit("/my-course").has("section.panel")


def test_somebody_without_a_cohort_is_told_to_use_a_code(session: Session, reader: Browser) -> None:
    come_in(session, reader, make_user(session))
    page = reader.visit("/my-course")
    assert page.text_of("h2") == "You are not in a cohort yet"
    assert page.find(".btn--go")["href"] == "/join"


# ---- more than one cohort ----------------------------------------------------------------------


@pytest.fixture
def two_cohorts(session: Session, reader: Browser) -> tuple[int, int]:
    """Sign somebody in who is in two cohorts; the pages open in the second, which is the newest. Gives enrolments."""
    user = make_user(session)
    first = make_enrolment(session, user=user, cohort=make_cohort(session, name="Morning"), done="01-map/signs")
    second = make_enrolment(session, user=user, cohort=make_cohort(session, name="Evening"))
    ids = first.id, second.id
    come_in(session, reader, user)
    return ids


def test_somebody_in_two_cohorts_chooses_where_to_go_on(two_cohorts: tuple[int, int], reader: Browser) -> None:
    page = reader.visit("/my-course")
    assert "You are in the cohort Evening." in page.text_of("main")
    assert page.find("main .row .link-btn")["href"] == "/my-course/cohorts"
    chooser = reader.visit("/my-course/cohorts")
    assert chooser.texts_of(".cohorts li div") == ["Evening You are here now", "Morning"]
    page = reader.send(chooser, cohort=str(two_cohorts[0]))
    assert page.path == "/my-course"
    assert page.text_of(".flash") == "You go on in Morning."
    assert "You are in the cohort Morning." in page.text_of("main")
    assert "1 of 8 steps done" in page.text_of(".stair__words")


def test_a_deed_after_the_choice_counts_in_the_chosen_cohort(
    two_cohorts: tuple[int, int], reader: Browser, session: Session
) -> None:
    reader.submit("/my-course/cohorts", cohort=str(two_cohorts[0]))
    reader.submit("/modules/01-map/read-on", action="/modules/01-map/read-on")
    done = [session.get_one(Enrolment, enrolment_id).done for enrolment_id in two_cohorts]
    assert done == ["01-map/read-on", ""]


def test_somebody_elses_cohort_cannot_be_chosen(
    two_cohorts: tuple[int, int], reader: Browser, session: Session
) -> None:
    others = make_enrolment(session).id
    session.commit()
    page = reader.visit("/my-course/cohorts")
    reader.send(page, cohort=str(others), status=404)
    assert "You are in the cohort Evening." in reader.visit("/my-course").text_of("main")


def test_an_ended_enrolment_cannot_be_chosen(two_cohorts: tuple[int, int], reader: Browser, session: Session) -> None:
    page = reader.visit("/my-course/cohorts")
    session.get_one(Enrolment, two_cohorts[0]).standing = "ended"
    session.commit()
    reader.send(page, cohort=str(two_cohorts[0]), status=404)


@pytest.mark.parametrize("sent", ["", "x", "0", "99999999999999999999"])
def test_a_cohort_that_is_no_number_of_one_is_refused(two_cohorts: tuple[int, int], reader: Browser, sent: str) -> None:
    page = reader.visit("/my-course/cohorts")
    reader.send(page, cohort=sent, status=404 if sent.startswith("9") else 400)


def test_my_course_speaks_dutch(learner: Visitor, visit: Visit) -> None:
    page = visit("/my-course?language=nl")
    assert page.text_of("h1") == "Mijn cursus"
    assert page.text_of(".go-on .kicker") == "Hier begin je: module 01, stap 1 van 4"
    assert "2 stappen om te lezen, samen 8 minuten" in card(page, "Een kaart lezen")
    assert "0 van 4 stappen gedaan · 0 procent · nog 20 minuten" in card(page, "Een kaart lezen")


def test_a_browser_may_ask_for_the_head_of_the_page_alone(learner: Visitor, reader: Browser) -> None:
    response = reader.client.head("/my-course")
    assert response.status_code == 200
    assert response.data == b""
