"""A text to read: what stands on its page, calling it done, and taking that back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.models import Enrolment, StepCompletion
from tests.web.conftest import Browser, Page, Submit, Visit
from tests.web.html import fields_of

SIGNS = "/modules/01-map/signs"


def completion(rows: Session) -> StepCompletion:
    rows.expire_all()
    return rows.scalars(select(StepCompletion)).one()


def test_a_text_shows_its_kind_its_time_and_where_it_comes_from(learner: Visitor, visit: Visit) -> None:
    page = visit(SIGNS)
    assert page.text_of(".kicker") == "Reading 5 minutes"
    assert page.text_of("h1") == "Signs and lines"
    assert page.text_of(".step-head .lead") == "A map leaves out almost everything."
    assert "Source Handbook, chapter 1" in page.text_of(".step__side")


def test_the_terms_that_a_text_uses_are_explained_beside_it(learner: Visitor, visit: Visit) -> None:
    page = visit(SIGNS)
    assert page.texts_of(".gloss dt") == ["scale", "contour line"]
    assert {link["href"] for link in page.find_all(".prose .term")} == {"#term-scale", "#term-contour"}


def test_a_text_without_terms_explains_none(learner: Visitor, visit: Visit) -> None:
    assert not visit("/modules/02-walk/before").has(".gloss")


def test_calling_a_text_done_leads_to_the_next_step_and_says_so(
    learner: Visitor, submit: Submit, rows: Session
) -> None:
    page = submit(SIGNS, action=SIGNS)
    assert page.path == "/modules/01-map/your-walk"
    assert page.texts_of(".flash") == ["‘Signs and lines’ is done."]
    assert completion(rows).step_key == "01-map/signs"


def test_going_on_passes_over_what_is_done_already(learner: Visitor, reader: Browser) -> None:
    before = reader.visit(SIGNS)
    reader.submit("/modules/01-map/read-on", action="/modules/01-map/read-on")
    reader.submit("/modules/02-walk/before", action="/modules/02-walk/before")
    assert reader.send(before, action=SIGNS).path == "/modules/01-map/your-walk"
    assert reader.visit("/modules/01-map/read-on").find(".btn--go")["href"] == "/modules/02-walk/on-the-way"


def test_a_text_that_is_done_says_so_and_goes_on_without_another_deed(
    learner: Visitor, submit: Submit, visit: Visit
) -> None:
    submit(SIGNS, action=SIGNS)
    page = visit(SIGNS)
    assert page.text_of(".kicker") == "Reading 5 minutes Done"
    assert page.find("a.btn--go")["href"] == "/modules/01-map/your-walk"
    assert [form["action"] for form in page.find_all(".step__main form")] == [f"{SIGNS}/take-back"]


def test_a_read_step_can_be_taken_back_and_done_again(learner: Visitor, submit: Submit, rows: Session) -> None:
    submit(SIGNS, action=SIGNS)
    page = submit(SIGNS, action=f"{SIGNS}/take-back")
    assert (page.path, page.text_of(".flash")) == (SIGNS, "‘Signs and lines’ is open again.")
    assert page.text_of(".step__main form button") == "Done, go on"
    assert completion(rows).taken_back_at is not None
    assert rows.scalars(select(Enrolment.done)).one() == "~01-map/signs"
    submit(SIGNS, action=SIGNS)
    assert completion(rows).taken_back_at is None


def test_a_double_click_is_one_deed_and_says_one_thing(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(SIGNS)
    fields = fields_of(page.form(action=SIGNS))
    first, second = (reader.client.post(SIGNS, data=fields) for _click in range(2))
    assert first.location == second.location == "/modules/01-map/your-walk"
    assert first.status_code == second.status_code == 303
    assert reader.visit(first.location).texts_of(".flash") == ["‘Signs and lines’ is done."]
    assert completion(rows).step_key == "01-map/signs"


def test_taking_back_twice_is_one_deed(learner: Visitor, reader: Browser, rows: Session) -> None:
    reader.submit(SIGNS, action=SIGNS)
    fields = fields_of(reader.visit(SIGNS).form(action=f"{SIGNS}/take-back"))
    for _click in range(2):
        assert reader.client.post(f"{SIGNS}/take-back", data=fields).location == SIGNS
    assert reader.visit(SIGNS).texts_of(".flash") == ["‘Signs and lines’ is open again."]


def test_a_deed_without_the_name_of_its_enrolment_changes_nothing(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    fields = fields_of(reader.visit(SIGNS).form(action=SIGNS))
    del fields["enrolment"]
    assert reader.client.post(SIGNS, data=fields).status_code == 400
    assert rows.scalars(select(StepCompletion)).all() == []


def test_a_deed_without_a_token_changes_nothing_and_asks_for_the_button_once_more(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    fields = fields_of(reader.visit(SIGNS).form(action=SIGNS))
    del fields["csrf_token"]
    assert reader.client.post(SIGNS, data=fields).location == SIGNS
    assert rows.scalars(select(StepCompletion)).all() == []
    assert reader.visit(SIGNS).has(".flash")


def test_the_words_of_the_page_are_dutch_on_a_dutch_page(learner: Visitor, visit: Visit, submit: Submit) -> None:
    page: Page = visit(f"{SIGNS}?language=nl")
    assert page.text_of("h1") == "Tekens en lijnen"
    assert page.text_of(".step__main form button") == "Klaar, ga verder"
    page = submit(SIGNS, action=SIGNS)
    assert page.text_of(".flash") == "‘Tekens en lijnen’ is klaar."
