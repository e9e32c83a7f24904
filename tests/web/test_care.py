"""Steps that touch something heavy: the note before the text, the way around that counts as much, and a pause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course.files.shelf import Shelf
from app.course.steps.quiz_step import QuizStep
from app.records import accounts, attempts, learning
from app.records.accounts import Visitor
from app.records.models import Attempt, Draft, Enrolment, ModuleCompletion, Reflection, StepCompletion
from app.web.extensions import engine_of
from tests.careful_course import careful_shelf, write_careful
from tests.course_folder import Folder
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, Page, Submit, Visit, looked_at, page_address
from tests.web.html import Element, fields_of, filled

SIGNS, WALK, QUIZ = (f"/modules/01-map/{slug}" for slug in ("signs", "your-walk", "check"))
BEFORE, ON_THE_WAY, TURN_AROUND = (f"/modules/02-walk/{slug}" for slug in ("before", "on-the-way", "turn-around"))
EVERY_KIND = pytest.mark.parametrize("step", [SIGNS, WALK, QUIZ], ids=["read", "reflect", "quiz"])


@pytest.fixture
def app(app_with: Callable[..., Flask]) -> Flask:
    """Give the app with a course that has ways around."""
    return app_with(shelf=careful_shelf())


def around(step: str) -> str:
    return f"{step}/around"


def done_keys(rows: Session) -> list[str]:
    found = select(StepCompletion.step_key).where(StepCompletion.taken_back_at.is_(None))
    return list(rows.scalars(found.order_by(StepCompletion.step_key)))


def complete(session: Session, visitor: Visitor, *keys: str) -> None:
    """Complete steps, and commit."""
    course = careful_shelf().course("en")
    for key in keys:
        learning.complete_step(session, visitor, course, course.step_by_key[key], now=NOW)
    session.commit()


def hand_in_best(session: Session, visitor: Visitor, key: str) -> None:
    """Pass the quiz of a step, and commit."""
    course = careful_shelf().course("en")
    step = course.step_by_key[key]
    assert isinstance(step, QuizStep)
    given = {question.slug: question.best() for question in step.quiz.questions}
    attempts.submit_quiz(session, visitor, course, step, given, deed_key="1", shuffle_seed=1, now=NOW)
    session.commit()


# ---- the note before the text ----------------------------------------------------------------


@EVERY_KIND
def test_before_the_text_a_folded_note_says_calmly_what_it_touches_and_what_else_one_can_do(
    learner: Visitor, visit: Visit, step: str
) -> None:
    page = visit(step)
    note = page.find(".care details")
    assert "open" not in note.attrs
    assert note.text_of("summary") == "Beforehand: this step is about steep ground"
    assert note.texts_of("p") == [
        "Nobody falls.",
        "Rather take another way? The map in three sentences, 2 minutes. It counts just as much.",
    ]
    assert note.find("a")["href"] == around(step)
    article = list(page.find("article").elements)
    text = page.find_all("article .prose")[0] if step != QUIZ else page.find("#form")
    assert article.index(page.find("h1")) < article.index(note) < article.index(text)


@EVERY_KIND
def test_a_pause_and_support_are_one_click_away_also_while_the_note_is_folded(
    learner: Visitor, visit: Visit, step: str
) -> None:
    ways = visit(step).find(".care__ways")
    assert ways.text == "Take a break Support for yourself"
    assert ways.parent is not None
    assert ways.parent.tag == "div"
    assert "/support" in [link["href"] for link in ways.find_all("a")]


def test_a_step_that_touches_nothing_has_no_note(learner: Visitor, visit: Visit) -> None:
    assert not visit("/modules/01-map/read-on").has(".care")


def test_the_note_stays_when_the_step_is_done(learner: Visitor, submit: Submit, visit: Visit) -> None:
    submit(SIGNS, action=SIGNS)
    assert visit(SIGNS).has(".care")


def test_the_note_speaks_the_language_of_the_page(learner: Visitor, visit: Visit) -> None:
    page = visit(f"{SIGNS}?language=nl")
    assert page.text_of(".care summary") == "Vooraf: deze stap gaat over steile grond"
    assert "Liever een andere weg? De kaart in drie zinnen, 2 minuten. Die telt even goed." in page.text_of(".care")


# ---- the way around --------------------------------------------------------------------------


def test_the_way_around_is_a_short_read_in_the_frame_of_its_step(learner: Visitor, visit: Visit) -> None:
    page = visit(around(SIGNS))
    assert page.text_of("h1") == "The map in three sentences"
    assert page.text_of(".kicker") == "Another way 2 minutes"
    assert "It leaves the rest out." in page.text_of(".prose")
    assert page.find(".outline a[aria-current=step]")["href"] == SIGNS
    assert [link["href"] for link in page.find_all(".step-foot__nav a")] == ["/my-course", WALK]
    assert page.find(".step-head .lead a")["href"] == SIGNS
    assert "Source Handbook, in short" in page.text_of(".step__side")
    assert not page.has(".care")


def test_beside_the_way_around_stand_its_own_terms_and_beside_the_step_those_of_the_step(
    learner: Visitor, visit: Visit
) -> None:
    """`contour line` is explained by `scale`; the reflection itself uses no term."""
    assert visit(around(WALK)).texts_of(".gloss dt") == ["scale", "contour line"]
    assert visit(WALK).texts_of(".gloss dt") == []


@EVERY_KIND
def test_the_way_around_completes_a_step_of_any_kind_and_leads_on(
    learner: Visitor, submit: Submit, rows: Session, step: str
) -> None:
    page = submit(around(step), action=around(step))
    key = step.removeprefix("/modules/")
    title = careful_shelf().course("en").step_by_key[key].title
    assert page.texts_of(".flash") == [f"‘{title}’ is done."]
    assert done_keys(rows) == [key]
    assert page.path == {SIGNS: WALK, WALK: QUIZ, QUIZ: "/modules/01-map/read-on"}[step]


def by_the_step_itself(step: str, session: Session, visitor: Visitor, reader: Browser) -> None:
    """Complete a step by what its kind asks for."""
    if step == QUIZ:
        hand_in_best(session, visitor, "01-map/check")
    elif step == WALK:
        reader.submit(WALK, text="Along the canal.")
    else:
        reader.submit(SIGNS, action=SIGNS)


@EVERY_KIND
def test_whoever_took_the_way_around_looks_like_whoever_did_the_step(
    session: Session, app: Flask, rows: Session, step: str
) -> None:
    """The rows that anybody else could see, and My course, are the same."""
    cohort = make_cohort(session)
    people = [make_visitor(session, enrolment=make_enrolment(session, cohort=cohort)) for _person in range(2)]
    session.commit()
    seen: list[object] = []
    for person, way in zip(people, ("itself", "around"), strict=True):
        reader = Browser(app.test_client())
        reader.sign_in(person)
        if way == "around":
            reader.submit(around(step), action=around(step))
        else:
            by_the_step_itself(step, session, person, reader)
        seen.append([completion_facts(rows, person), enrolment_facts(rows, person), what_my_course_says(reader)])
    assert seen[0] == seen[1]
    assert step.removeprefix("/modules/") in str(seen[0])


def completion_facts(rows: Session, person: Visitor) -> list[dict[str, object]]:
    """What stands in the rows of completed steps, whatever the columns; not whose, and not when."""
    found = rows.scalars(select(StepCompletion).filter_by(enrolment_id=person.enrolment_id))
    return [columns(row, but=("enrolment_id", "completed_at")) for row in found]


def enrolment_facts(rows: Session, person: Visitor) -> dict[str, object]:
    row = rows.get_one(Enrolment, person.enrolment_id)
    return columns(row, but=("id", "user_id", "created_at", "started_at", "last_deed_at"))


def columns(row: StepCompletion | Enrolment, *, but: tuple[str, ...]) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in but}


def what_my_course_says(reader: Browser) -> str:
    return reader.visit("/my-course").text_of("main")


def test_the_last_step_by_the_way_around_finishes_its_module(
    learner: Visitor, session: Session, submit: Submit, rows: Session
) -> None:
    complete(session, learner, "01-map/signs", "01-map/your-walk", "01-map/read-on")
    page = submit(around(QUIZ), action=around(QUIZ))
    assert page.text_of(".flash") == "The module ‘Reading a map’ is finished."
    assert rows.scalars(select(ModuleCompletion.module_slug)).one() == "01-map"


def test_a_double_click_on_the_way_around_is_one_deed(learner: Visitor, reader: Browser, rows: Session) -> None:
    fields = fields_of(reader.visit(around(SIGNS)).form(action=around(SIGNS)))
    answers = [reader.client.post(around(SIGNS), data=fields) for _click in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, WALK)] * 2
    assert done_keys(rows) == ["01-map/signs"]
    assert reader.visit(WALK).texts_of(".flash") == ["‘Signs and lines’ is done."]


def test_looking_at_the_way_around_changes_nothing(learner: Visitor, reader: Browser, rows: Session) -> None:
    before = enrolment_facts(rows, learner)
    reader.visit(around(SIGNS))
    assert reader.client.head(around(SIGNS)).status_code == 200
    rows.expire_all()
    assert done_keys(rows) == []
    assert enrolment_facts(rows, learner) == before


def test_a_step_that_is_done_says_so_on_its_way_around_and_goes_on(learner: Visitor, submit: Submit) -> None:
    submit(SIGNS, action=SIGNS)
    page = submit(WALK, text="Along the canal.")
    assert page.path == WALK
    page = submit(around(SIGNS), action=f"{SIGNS}/take-back")
    assert (page.path, page.text_of(".flash")) == (SIGNS, "‘Signs and lines’ is open again.")


def test_what_was_read_by_the_way_around_can_be_taken_back_as_the_step_can(
    learner: Visitor, visit: Visit, submit: Submit, rows: Session
) -> None:
    assert "You can take this back later." in visit(around(SIGNS)).text_of(".step-foot")
    submit(around(SIGNS), action=around(SIGNS))
    page = visit(around(SIGNS))
    assert page.text_of(".kicker") == "Another way 2 minutes Done"
    assert page.find("a.btn--go")["href"] == WALK
    submit(SIGNS, action=f"{SIGNS}/take-back")
    assert done_keys(rows) == []
    submit(around(SIGNS), action=around(SIGNS))
    assert done_keys(rows) == ["01-map/signs"]


@pytest.mark.parametrize("step", [WALK, QUIZ])
def test_a_reflection_or_quiz_done_by_the_way_around_stays_done_and_stays_open(
    learner: Visitor, visit: Visit, submit: Submit, step: str
) -> None:
    assert "You can still do it itself" in visit(around(step)).text_of(".step-foot")
    submit(around(step), action=around(step))
    page = visit(around(step))
    assert page.has("a.btn--go")
    assert not page.has("article form")
    page = visit(step)
    assert "Done" in page.text_of(".kicker")
    assert page.has("#form")


def test_a_text_handed_in_after_the_way_around_is_the_first_version(learner: Visitor, submit: Submit) -> None:
    submit(around(WALK), action=around(WALK))
    assert submit(WALK, text="Along the canal.").text_of(".flash") == "Your text is handed in."
    assert submit(WALK, text="Along the river.").text_of(".flash") == "The new version is handed in."


def test_what_was_typed_stays_a_draft_for_who_takes_the_way_around(
    learner: Visitor, visit: Visit, submit: Submit, rows: Session
) -> None:
    submit(WALK, text="Half a text", later="1")
    submit(around(WALK), action=around(WALK))
    assert visit(WALK).text_of("textarea") == "Half a text"
    assert rows.scalars(select(Reflection)).all() == []


# ---- what it costs ---------------------------------------------------------------------------


@pytest.mark.parametrize("address", [SIGNS, around(SIGNS), around(QUIZ), f"/pause?back={SIGNS}"])
def test_the_pages_of_care_are_one_statement_each(learner: Visitor, app: Flask, reader: Browser, address: str) -> None:
    with counted(Session(engine_of(app))) as statements:
        reader.visit(address)
    assert len(statements) == 1, statements


def test_to_complete_a_step_by_the_way_around_costs_what_the_step_itself_does(
    learner: Visitor, app: Flask, reader: Browser
) -> None:
    fields = fields_of(reader.visit(around(SIGNS)).form(action=around(SIGNS)))
    with counted(Session(engine_of(app))) as statements:
        assert reader.client.post(around(SIGNS), data=fields).status_code == 303
    told = [statement for statement in statements if not statement.startswith("BEGIN")]
    assert len(told) == 5, told


# ---- where there is none ---------------------------------------------------------------------


@pytest.mark.parametrize("step", ["/modules/01-map/read-on", "/modules/01-map/nothing", "/modules/nothing/signs"])
def test_without_a_way_around_there_is_no_such_page(learner: Visitor, reader: Browser, step: str) -> None:
    fields = fields_of(reader.visit(SIGNS).form(action=SIGNS))
    reader.visit(around(step), status=404)
    assert reader.client.post(around(step), data=fields).status_code == 404


def test_the_way_around_a_step_that_is_not_open_yet_says_what_comes_first(learner: Visitor, visit: Visit) -> None:
    page = visit(around(ON_THE_WAY), status=403)
    assert page.find(".btn--go")["href"] == BEFORE
    assert not page.has("article form")
    assert "Turn around in good time" not in page.text


def test_the_way_around_opens_the_next_step_of_a_fixed_order(learner: Visitor, visit: Visit, submit: Submit) -> None:
    submit(BEFORE, action=BEFORE)
    assert submit(around(ON_THE_WAY), action=around(ON_THE_WAY)).path == TURN_AROUND
    assert visit(TURN_AROUND).has("#form")


def test_the_way_around_a_step_that_was_locked_meanwhile_is_not_taken(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    reader.submit(BEFORE, action=BEFORE)
    page = reader.visit(around(ON_THE_WAY))
    reader.submit(BEFORE, action=f"{BEFORE}/take-back")
    answer = reader.send(page, action=around(ON_THE_WAY), status=403)
    assert answer.path == ON_THE_WAY
    assert answer.text_of(".flash") == "This was not accepted: another step comes first now."
    assert done_keys(rows) == []


def test_in_a_finished_module_the_way_around_a_new_step_completes_it(
    learner: Visitor, session: Session, submit: Submit, rows: Session
) -> None:
    complete(session, learner, *(step.key for step in careful_shelf().course("en").modules[1].steps))
    submit(BEFORE, action=f"{BEFORE}/take-back")
    submit(ON_THE_WAY, action=f"{ON_THE_WAY}/take-back")
    submit(around(ON_THE_WAY), action=around(ON_THE_WAY))
    assert "02-walk/on-the-way" in done_keys(rows)
    assert len(rows.scalars(select(ModuleCompletion)).all()) == 1


def test_who_signed_out_meanwhile_is_asked_to_sign_in_and_comes_back_to_the_way_around(
    learner: Visitor, app: Flask, reader: Browser, rows: Session
) -> None:
    page = reader.visit(around(SIGNS))
    reader.client.delete_cookie("session")
    page = reader.send(page, action=around(SIGNS))
    assert page.path == "/sign-in"
    assert page.text_of(".flash") == "You are signed out, so nothing was changed. Sign in to go on."
    assert done_keys(rows) == []
    page = reader.send(page, email=learner.email, password="a quiet green harbour")
    assert page.path == around(SIGNS)


def test_a_form_of_somebody_else_completes_nothing(learner: Visitor, session: Session, reader: Browser) -> None:
    page = reader.visit(around(SIGNS))
    other = make_visitor(session, enrolment=make_enrolment(session))
    session.commit()
    reader.client.delete_cookie("session")
    reader.sign_in(other)
    assert reader.client.post(around(SIGNS), data=fields_of(page.form(action=around(SIGNS)))).status_code == 409


# ---- former addresses ------------------------------------------------------------------------


@pytest.fixture
def renamed(tmp_path: Path) -> Folder:
    """Give the course after the first step got another name."""
    folder = write_careful(tmp_path / "renamed")
    folder.rename("modules/01-map/01-signs", "modules/01-map/01-lines", ".en.md", ".nl.md")
    folder.write(
        "modules/course.yaml", folder.read("modules/course.yaml") + "renamed: {steps: {01-map/signs: 01-map/lines}}\n"
    )
    for file in ("modules/01-map/04-read-on.en.md", "modules/02-walk/01-before.en.md"):
        assert "01-signs" not in folder.read(file)
    folder.bring_up_to_date()
    return folder


def test_a_former_address_of_the_way_around_leads_on_for_good_and_what_is_sent_there_is_taken(
    noor: Visitor, app_with: Callable[..., Flask], renamed: Folder, rows: Session
) -> None:
    shelf = Shelf(renamed.path)
    assert not shelf.faults, "\n".join(map(str, shelf.faults))
    reader = Browser(app_with(shelf=shelf).test_client())
    reader.sign_in(noor)
    moved = reader.client.get(around(SIGNS) + "?a=b")
    assert (moved.status_code, moved.location) == (301, "/modules/01-map/lines/around?a=b")
    fields = fields_of(reader.visit(around(SIGNS)).form(action="/modules/01-map/lines/around"))
    assert reader.client.post(around(SIGNS), data=fields).location == WALK
    assert done_keys(rows) == ["01-map/lines"]


# ---- a pause ---------------------------------------------------------------------------------


def pause_of(page: Page) -> Element:
    """Return what one presses for a pause."""
    [pause] = [one for one in page.find_all(".care__ways .link-btn") if one.text == "Take a break"]
    return pause


def press_pause(reader: Browser, page: Page, typed: Mapping[str, str], *, status: int = 200) -> Page:
    """Press the button for a pause on a page with a form, after typing something."""
    button = pause_of(page)
    assert (button.tag, button["form"]) == ("button", "form")
    sent = filled(page.find("#form"), typed) | {button["name"]: [button["value"]]}
    response = reader.client.post(page.path, data=sent, follow_redirects=True)
    assert response.status_code == status
    return looked_at(response)


def test_a_pause_from_a_text_leads_to_a_quiet_page_and_exactly_back(learner: Visitor, visit: Visit) -> None:
    page = visit(pause_of(visit(SIGNS))["href"])
    assert page.text_of("h1") == "Take your time"
    assert [(link.text, link["href"]) for link in page.find_all("main a")] == [
        ("Back to Signs and lines", SIGNS),
        ("My course", "/my-course"),
        ("Support for yourself", "/support"),
    ]
    assert len(page.text_of("main").split()) < 40


def test_a_pause_keeps_a_text_as_a_draft_and_hands_nothing_in(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = press_pause(reader, reader.visit(WALK), {"text": "Half a text"})
    assert page_address(page) == f"/pause?back={WALK}"
    assert rows.scalars(select(Draft.about)).one() == "01-map/your-walk"
    assert rows.scalars(select(Reflection)).all() == []
    assert done_keys(rows) == []
    assert reader.visit(page.find("main a.btn")["href"]).text_of("textarea") == "Half a text"


def test_a_pause_keeps_the_answers_of_a_quiz_and_makes_no_attempt(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = press_pause(reader, reader.visit(QUIZ), {"q-distance": "four", "q-word": "contour"})
    assert page_address(page) == f"/pause?back={QUIZ}"
    assert rows.scalars(select(Attempt)).all() == []
    answers = fields_of(reader.visit(QUIZ).find("#form"))
    assert (answers["q-distance"], answers["q-word"]) == (["four"], ["contour"])


def test_a_pause_over_a_newer_text_of_another_tab_keeps_both(learner: Visitor, reader: Browser) -> None:
    first, second = reader.visit(WALK), reader.visit(WALK)
    press_pause(reader, first, {"text": "From the first tab"})
    assert press_pause(reader, second, {"text": "From the second tab"}).path == "/pause"
    page = reader.visit(WALK)
    assert page.text_of("textarea") == "From the second tab"
    assert page.texts_of("[aria-labelledby=other-texts] .typed") == ["From the first tab"]


def test_a_pause_with_more_than_can_be_kept_stays_on_the_page_with_the_text(learner: Visitor, reader: Browser) -> None:
    long = "word " * 30_000
    page = press_pause(reader, reader.visit(WALK), {"text": long}, status=422)
    assert page.path == WALK
    assert "too much to keep as a draft" in page.text_of(".error-summary")
    assert page.text_of("textarea").split() == long.split()


def test_a_pause_after_the_session_ended_loses_no_text(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    reader.client.delete_cookie("session")
    page = press_pause(reader, page, {"text": "Typed too late"})
    assert page.path == "/sign-in"
    reader.sign_in(learner)
    assert reader.visit(WALK).text_of("textarea") == "Typed too late"


def test_a_pause_from_a_step_that_was_locked_meanwhile_keeps_the_answers(
    learner: Visitor, session: Session, reader: Browser, rows: Session
) -> None:
    complete(session, learner, "02-walk/before", "02-walk/on-the-way")
    page = reader.visit(TURN_AROUND)
    reader.submit(BEFORE, action=f"{BEFORE}/take-back")
    press_pause(reader, page, {"q-half": "on"}, status=403)
    assert rows.scalars(select(Draft.about)).one() == "02-walk/turn-around"


def test_where_nothing_can_be_typed_any_more_the_pause_is_a_link(
    learner: Visitor, session: Session, visit: Visit
) -> None:
    complete(session, learner, "02-walk/before", "02-walk/on-the-way")
    course = careful_shelf().course("en")
    step = course.step_by_key["02-walk/turn-around"]
    assert isinstance(step, QuizStep)
    for key in ("one", "two"):
        attempts.submit_quiz(session, learner, course, step, {}, deed_key=key, shuffle_seed=1, now=NOW)
    session.commit()
    page = visit(TURN_AROUND)
    assert not page.has("#form")
    assert pause_of(page)["href"] == f"/pause?back={TURN_AROUND}"


@pytest.mark.parametrize("step", [WALK, QUIZ])
def test_the_button_that_enter_presses_is_never_the_pause(learner: Visitor, visit: Visit, step: str) -> None:
    """A browser presses the first button of a form, wherever that stands in the page."""
    page = visit(step)
    form = page.find("#form")
    inside = list(form.elements)
    buttons = [one for one in page.find_all("button") if one.get("form") == "form" or one in inside]
    assert "name" not in buttons[0].attrs
    assert "hidden" in buttons[0].attrs


# ---- the quiet page --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/nowhere", "javascript:alert(1)", "/\\elsewhere", ""]
)
def test_the_quiet_page_leads_back_to_pages_of_this_site_alone(learner: Visitor, reader: Browser, back: str) -> None:
    page = reader.visit(f"/pause?back={back}")
    assert [link["href"] for link in page.find_all("main a")] == ["/my-course", "/support"]
    assert reader.visit("/pause").path == "/pause"


def test_the_quiet_page_leads_back_to_another_page_too(learner: Visitor, visit: Visit) -> None:
    back = visit("/pause?back=/my-course/cohorts").find("main a.btn")
    assert (back.text, back["href"]) == ("Back to where you were", "/my-course/cohorts")


def test_the_quiet_page_asks_to_sign_in_first_and_is_there_again_then(noor: Visitor, reader: Browser) -> None:
    page = reader.visit(f"/pause?back={SIGNS}")
    assert page.path == "/sign-in"
    page = reader.send(page, email=noor.email, password="a quiet green harbour")
    assert page_address(page) == f"/pause?back={SIGNS}"


def test_the_quiet_page_is_there_for_somebody_in_no_cohort(session: Session, reader: Browser) -> None:
    user = make_user(session)
    somebody = accounts.visitor_of(session, user.id, user.session_stamp, None)
    session.commit()
    assert somebody is not None
    reader.sign_in(somebody)
    assert [link["href"] for link in reader.visit("/pause").find_all("main a")] == ["/support"]


def test_the_quiet_page_speaks_dutch_on_a_dutch_site(learner: Visitor, visit: Visit) -> None:
    page = visit(f"/pause?back={SIGNS}&language=nl")
    assert page.text_of("h1") == "Neem de tijd"
    assert page.text_of("main a.btn") == "Terug naar Tekens en lijnen"
