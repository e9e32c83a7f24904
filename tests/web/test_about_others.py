"""Before a text with what looks like somebody else's data is handed in or shared, its learner is asked, once.

Nobody here is real: how the numbers were chosen stands in tests/unit/test_third_persons.py.
"""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.course.rules.third_persons import Kind, Trace, traces_in
from app.records.accounts import Visitor
from app.records.base import Base
from app.records.models import Draft, Enrolment, KeptForm, Reflection, ReflectionRevision, StepCompletion
from app.web.learner.about_others import AROUND, LOOKS_LIKE, concern_about
from tests.makers import NOW, make_visitor
from tests.web.conftest import Browser, Page, Submit, looked_at
from tests.web.html import filled

WALK = "/modules/01-map/your-walk"
TELLING = "A student (Yonas Trede, 3-4-2001) stayed away. I rang 06-01234567."
HARMLESS = "A student stayed away. I rang."
ASKED = "Does this say something about someone else?"


def texts_of(rows: Session) -> list[str]:
    return list(rows.scalars(select(ReflectionRevision.text).order_by(ReflectionRevision.number)))


def press(reader: Browser, page: Page, *, status: int, to: str = WALK, button: str = "", **fields: str) -> Page:
    """Press a button of the form that has a name, or goes to another address; all else as it stands on the page."""
    form = page.form(having=["text"])
    sent = filled(form, fields)
    if button:
        found = form.find(f"button[name={button}]")
        sent |= {button: [found["value"]]}
        to = found.get("formaction", to)
    response = reader.client.post(to, data=sent, follow_redirects=True)
    assert response.status_code == status, response.status
    return looked_at(response)


def warned(reader: Browser, text: str = TELLING, level: str = "private") -> Page:
    """Hand in a text that makes the page ask."""
    return reader.submit(WALK, status=422, text=text, level=level)


# ---- before handing in -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "readers"),
    [
        ("private", "Only you read this."),
        ("trainers", "Your trainers would read this too."),
        ("cohort", "The others in your cohort would read this too."),
    ],
)
def test_a_text_about_somebody_else_is_asked_about_before_it_is_handed_in_whoever_would_read_it(
    learner: Visitor, reader: Browser, rows: Session, level: str, readers: str
) -> None:
    page = warned(reader, level=level)
    assert ASKED in page.text_of(".asked h2")
    assert readers in page.text_of(".asked")
    assert texts_of(rows) == []
    assert rows.scalars(select(StepCompletion)).all() == []


def test_what_was_seen_is_marked_in_the_text_and_named_in_words(learner: Visitor, reader: Browser) -> None:
    page = warned(reader)
    assert page.texts_of(".asked mark") == ["Yonas Trede, 3-4-2001", "06-01234567"]
    assert page.texts_of(".asked__what") == ["[a name with a birth date]", "[a telephone number]"]
    assert "looks like a name with a birth date and a telephone number." in page.text_of(".asked")


def test_the_text_and_the_level_stay_in_the_form_and_the_text_is_safe_as_a_draft(
    learner: Visitor, reader: Browser
) -> None:
    page = warned(reader, level="trainers")
    for shown in (page, reader.visit(WALK)):
        assert shown.text_of("#text") == TELLING
        assert shown.find('[name="level"][checked]')["value"] == "trainers"
    assert not reader.visit(WALK).has(".asked")


def test_the_learner_rewrites_the_text_in_the_same_form(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.send(warned(reader, level="trainers"), text=HARMLESS)
    assert page.path == WALK
    assert not page.has(".asked")
    assert texts_of(rows) == [HARMLESS]
    assert rows.scalars(select(Reflection.level)).one() == "trainers"
    assert rows.scalars(select(Draft.body)).one() == "{}"


def test_the_learner_hands_it_in_all_the_same(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = press(reader, warned(reader, level="trainers"), button="anyway", status=200)
    assert not page.has(".asked")
    assert "‘Your own walk’ is done." in page.text_of(".flashes")
    assert texts_of(rows) == [TELLING]
    assert rows.scalars(select(Reflection.level)).one() == "trainers"


def test_what_was_changed_in_the_form_counts_when_it_is_handed_in_all_the_same(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    press(reader, warned(reader), button="anyway", status=200, text=TELLING + " And wrote.")
    assert texts_of(rows) == [TELLING + " And wrote."]


def test_an_answer_for_some_readers_is_none_for_others(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = press(reader, warned(reader), button="anyway", status=422, level="cohort")
    assert "The others in your cohort" in page.text_of(".asked")
    assert texts_of(rows) == []
    press(reader, page, button="anyway", status=200)
    assert rows.scalars(select(Reflection.level)).one() == "cohort"


def test_the_first_button_which_is_the_one_for_enter_never_goes_past_the_question(
    learner: Visitor, reader: Browser
) -> None:
    page = warned(reader)
    first = page.form(having=["text"]).find_all("button")[0]
    assert "name" not in first.attrs
    assert "formaction" not in first.attrs
    assert not page.has(".asked button")


def test_saving_a_draft_never_asks(learner: Visitor, reader: Browser, rows: Session) -> None:
    form = reader.visit(WALK).form(having=["text"])
    sent = filled(form, {"text": TELLING, "level": "cohort"})
    assert reader.client.post(f"{WALK}/draft", data=sent).status_code == 204
    kept = reader.client.post(WALK, data=sent | {"later": ["1"]}, follow_redirects=True)
    assert not looked_at(kept).has(".asked")
    assert texts_of(rows) == []


def test_ordinary_words_are_not_asked_about(learner: Visitor, submit: Submit, rows: Session) -> None:
    submit(WALK, text="On 3 March 2024 the course began in Ghent. Yonas came in May.", level="cohort")
    assert len(texts_of(rows)) == 1


def test_what_is_wrong_with_a_text_in_another_way_is_said_first(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.submit(WALK, status=422, text=TELLING + " word" * 4000)
    assert "at most 20000" in page.text_of(".error-summary")
    assert not page.has(".asked")


def test_the_question_is_summed_up_on_top_for_who_cannot_see_it(learner: Visitor, reader: Browser) -> None:
    asked = warned(reader).find(".asked")
    assert (asked["role"], asked["aria-labelledby"], asked["tabindex"]) == ("alert", "asked", "-1")
    assert "autofocus" in asked.attrs
    assert asked.find("a")["href"] == "#text"


# ---- again and again -------------------------------------------------------------------------


def test_a_new_version_is_asked_about_again(learner: Visitor, reader: Browser, rows: Session) -> None:
    press(reader, warned(reader), button="anyway", status=200)
    assert warned(reader, TELLING + " Then I waited.").has(".asked")
    assert texts_of(rows) == [TELLING]


def test_the_same_text_at_the_same_level_is_nothing_new_to_ask_about(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    press(reader, warned(reader), button="anyway", status=200)
    page = reader.submit(WALK, text=TELLING + "\r\n ")
    assert not page.has(".asked")
    assert texts_of(rows) == [TELLING]


def test_the_same_text_for_other_readers_is_asked_about(learner: Visitor, reader: Browser, rows: Session) -> None:
    press(reader, warned(reader), button="anyway", status=200)
    assert warned(reader, level="cohort").has(".asked")
    assert rows.scalars(select(Reflection.level)).one() == "private"


def test_the_same_text_for_oneself_alone_is_taken_back_at_once(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    press(reader, warned(reader, level="trainers"), button="anyway", status=200)
    page = reader.submit(WALK, text=TELLING, level="private")
    assert not page.has(".asked")
    assert rows.scalars(select(Reflection.level)).one() == "private"


# ---- when only the level changes -------------------------------------------------------------


@pytest.fixture
def standing(learner: Visitor, reader: Browser) -> Page:
    """Hand in a text about somebody else, for the trainers."""
    return press(reader, warned(reader, level="trainers"), button="anyway", status=200)


def test_a_text_that_stands_is_asked_about_before_others_read_it(
    standing: Page, reader: Browser, rows: Session
) -> None:
    page = press(reader, standing, to=f"{WALK}/level", status=422, level="cohort")
    assert "In the text that you handed in" in page.text_of(".asked")
    assert page.texts_of(".asked mark") == ["Yonas Trede, 3-4-2001", "06-01234567"]
    assert rows.scalars(select(Reflection.level)).one() == "trainers"
    page = press(reader, page, button="anyway", status=200)
    assert "You have changed who may read this." in page.text_of(".flashes")
    assert rows.scalars(select(Reflection.level)).one() == "cohort"


def test_while_it_is_asked_what_was_typed_stays_and_can_be_handed_in_instead(
    standing: Page, reader: Browser, rows: Session
) -> None:
    page = press(reader, standing, to=f"{WALK}/level", status=422, level="cohort", text=HARMLESS)
    assert page.text_of("#text") == HARMLESS
    assert page.texts_of(".asked mark") == ["Yonas Trede, 3-4-2001", "06-01234567"]
    assert reader.visit(WALK).text_of("#text") == HARMLESS
    page = reader.send(page)
    assert not page.has("#other-texts")
    assert texts_of(rows) == [TELLING, HARMLESS]
    assert rows.scalars(select(Reflection.level)).one() == "cohort"


def test_what_is_typed_on_after_the_question_is_one_text_with_what_was_typed_before_it(
    standing: Page, reader: Browser, rows: Session
) -> None:
    page = press(reader, standing, to=f"{WALK}/level", status=422, level="cohort", text="Half")
    page = reader.send(page, text="Quite another text.")
    assert not page.has("#other-texts")
    assert texts_of(rows) == [TELLING, "Quite another text."]


def test_no_question_leaves_a_draft_where_nothing_was_typed(standing: Page, reader: Browser, rows: Session) -> None:
    page = press(reader, standing, to=f"{WALK}/level", status=422, level="cohort")
    assert "data-unsaved" not in page.form(having=["text"]).attrs
    assert rows.scalars(select(Draft.body)).all() == ["{}"]


def test_to_read_it_alone_again_is_never_asked_about(standing: Page, reader: Browser, rows: Session) -> None:
    page = press(reader, standing, button="take_back", status=200)
    assert not page.has(".asked")
    assert rows.scalars(select(Reflection.level)).one() == "private"
    press(reader, press(reader, page, to=f"{WALK}/level", status=422, level="trainers"), button="anyway", status=200)
    press(reader, reader.visit(WALK), to=f"{WALK}/level", status=200, level="private")
    assert rows.scalars(select(Reflection.level)).one() == "private"


def test_a_page_that_is_out_of_date_is_told_so_and_not_asked(standing: Page, reader: Browser, rows: Session) -> None:
    press(reader, warned(reader, TELLING + " More.", level="trainers"), button="anyway", status=200)
    page = press(reader, standing, to=f"{WALK}/level", status=200, level="cohort")
    assert "was not changed" in page.text_of(".flashes")
    assert rows.scalars(select(Reflection.level)).one() == "trainers"


# ---- nothing of it is kept -------------------------------------------------------------------


def everything(rows: Session) -> dict[str, list[str]]:
    """Return each row of each table as it stands, without the moments that every deed notes."""
    return {
        table.name: sorted(
            str({column: value for column, value in row._mapping.items() if not column.endswith(("_at", "_since"))})
            for row in rows.execute(table.select())
        )
        for table in Base.metadata.sorted_tables
    }


def test_neither_the_database_nor_the_session_holds_that_there_was_a_question(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    before = everything(rows)
    page = warned(reader)
    assert page.response is not None
    assert "Set-Cookie" not in page.response.headers
    after = everything(rows)
    assert {name for name in before if before[name] != after[name]} == {"draft"}
    assert rows.scalars(select(Draft.body)).one() == f'{{"level": ["private"], "text": ["{TELLING}"]}}'


def test_a_text_handed_in_all_the_same_stands_as_one_that_nobody_asked_about(
    app: Flask, session: Session, rows: Session
) -> None:
    """It leaves what is left by a harmless text that was first kept as a draft, with a button or by the script."""
    told, harmless = (make_visitor(session) for _one in range(2))
    session.commit()
    for visitor in (told, harmless):
        reader = Browser(app.test_client())
        reader.sign_in(visitor)
        if visitor is told:
            press(reader, warned(reader, level="cohort"), button="anyway", status=200)
        else:
            page = press(reader, reader.visit(WALK), button="later", status=200, text=HARMLESS, level="cohort")
            reader.send(page)
    assert left_by(rows, told) == [line.replace(HARMLESS, TELLING) for line in left_by(rows, harmless)]


def left_by(rows: Session, visitor: Visitor) -> list[str]:
    """Return what a learner's deeds left, without ids and moments."""
    mine = Reflection.enrolment_id == visitor.enrolment_id
    found = [
        *rows.execute(select(Draft.about, Draft.body, Draft.other_body, Draft.version).filter_by(**of(visitor))),
        *rows.execute(
            select(Reflection.step_key, Reflection.level, Reflection.shared_from, Reflection.version).where(mine)
        ),
        *rows.execute(select(ReflectionRevision.number, ReflectionRevision.text).join(Reflection).where(mine)),
        *rows.execute(select(StepCompletion.step_key).filter_by(**of(visitor))),
        *rows.execute(select(KeptForm.body).filter_by(**of(visitor))),
        *rows.execute(select(Enrolment.done, Enrolment.last_step_key).where(Enrolment.id == visitor.enrolment_id)),
    ]
    return [str(row) for row in found]


def of(visitor: Visitor) -> dict[str, int | None]:
    return {"enrolment_id": visitor.enrolment_id}


def test_an_answer_that_was_sent_after_the_session_ended_keeps_the_text_and_not_the_answer(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    sent = filled(warned(reader).form(having=["text"]), {}) | {"anyway": ["private"]}
    reader.client.delete_cookie("session")
    reader.client.post(WALK, data=sent)
    kept = rows.scalars(select(KeptForm.body)).one()
    assert "Yonas" in kept
    assert "anyway" not in kept


def test_no_log_tells_of_it(
    learner: Visitor, reader: Browser, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = warned(reader)
        press(reader, press(reader, page, button="anyway", status=422, level="cohort"), button="anyway", status=200)
    told = [record.getMessage() for record in caplog.records if not record.name.startswith("sqlalchemy")]
    assert told == []
    assert capfd.readouterr() == ("", "")


# ---- the passages ----------------------------------------------------------------------------


def shown(app: Flask, text: str) -> list[str]:
    """Return the passages of a concern, with what was seen between signs."""
    with app.test_request_context("/"):
        concern = concern_about(text, traces_in(text, NOW.date()), "private")
    return ["".join(f"⟦{p.text}⟧" if p.looks_like else p.text for p in passage) for passage in concern.passages]


def test_a_short_text_is_shown_whole(app: Flask) -> None:
    assert shown(app, TELLING) == ["A student (⟦Yonas Trede, 3-4-2001⟧) stayed away. I rang ⟦06-01234567⟧."]


def test_of_a_long_text_the_words_around_what_was_seen_are_shown(app: Flask) -> None:
    words = "some words " * 60
    (first, second) = shown(app, f"{words}06-01234567 {words}{words}a@example.org.")
    assert first.startswith("… ")
    assert first.endswith(" …")
    assert "⟦06-01234567⟧" in first
    assert set(first.replace("⟦06-01234567⟧", "").split()) == {"…", "some", "words"}
    assert second.endswith("words ⟦a@example.org⟧.")
    assert len(first) < 2 * AROUND + 40


def test_a_text_without_a_space_is_shown_without_a_part_of_a_word(app: Flask) -> None:
    word = "x" * 400
    assert shown(app, f"{word}, 06-01234567 {word}") == ["… ⟦06-01234567⟧ …"]


@given(
    st.lists(st.sampled_from(["06-01234567", "a@example.org", "word", " ", "\n", "x" * 200]), max_size=30).map("".join)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_passages_hold_every_trace_once_and_only_words_of_the_text(app: Flask, text: str) -> None:
    traces = traces_in(text, NOW.date())
    passages = shown(app, text)
    found = [piece for passage in passages for piece in re.findall("⟦(.*?)⟧", passage, re.DOTALL)]
    assert found == [text[trace.start : trace.end] for trace in traces]
    for passage in passages:
        assert passage.replace("⟦", "").replace("⟧", "").removeprefix("… ").removesuffix(" …") in text


def test_every_kind_has_words(app: Flask) -> None:
    with app.test_request_context("/"):
        for kind in Kind:
            assert str(LOOKS_LIKE[kind]) in concern_about("x", [Trace(0, 1, kind)], "private").seen
