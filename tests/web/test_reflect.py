"""The page of a reflection: written, handed in, written again, shared as far as its learner says, deleted."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.models import Cohort, Draft, Reflection, ReflectionRevision, StepCompletion
from app.web.extensions import engine_of
from tests.makers import make_enrolment, make_user
from tests.racing import counted
from tests.web.conftest import Browser, Page, Submit, Visit, looked_at
from tests.web.html import fields_of, filled

WALK = "/modules/01-map/your-walk"


def texts_of(rows: Session) -> list[str]:
    return list(rows.scalars(select(ReflectionRevision.text).order_by(ReflectionRevision.number)))


def level_of(rows: Session) -> str:
    return rows.scalars(select(Reflection.level)).one()


def press(reader: Browser, page: Page, deed: str, *, status: int = 200, **fields: str) -> Page:
    """Press a button of the form that does another deed than handing in: `take_back`, `drop`, ...; or go to /level."""
    button = page.find(f'main button[formaction][name="{deed}"]')
    form = page.form(having=["text"])
    sent = filled(form, fields) | {deed: [button.get("value")]}
    return looked_at_after(reader, button["formaction"], sent, status)


def looked_at_after(reader: Browser, address: str, sent: dict[str, list[str]], status: int) -> Page:
    response = reader.client.post(address, data=sent, follow_redirects=True)
    assert response.status_code == status
    return looked_at(response)


# ---- writing ---------------------------------------------------------------------------------


def test_a_reflection_is_only_for_me_unless_i_say_otherwise(learner: Visitor, submit: Submit, rows: Session) -> None:
    page = submit(WALK, text="Along the canal.")
    assert page.path == WALK
    assert texts_of(rows) == ["Along the canal."]
    assert level_of(rows) == "private"
    assert rows.scalars(select(StepCompletion.step_key)).one() == "01-map/your-walk"
    assert page.find('[name="level"][checked]')["value"] == "private"


def test_a_reflection_can_be_written_again_and_earlier_texts_stay_to_read(
    learner: Visitor, submit: Submit, rows: Session
) -> None:
    submit(WALK, text="First.")
    page = submit(WALK, text="First, and then\n\nmore.")
    assert fields_of(page.form(having=["text"]))["text"] == ["First, and then\n\nmore."]
    assert page.text_of("#earlier .typed") == "First."
    assert "Hand in the new version" in page.text_of("main form")
    assert texts_of(rows) == ["First.", "First, and then\n\nmore."]


def test_a_text_keeps_its_lines_its_signs_and_an_empty_first_line(learner: Visitor, reader: Browser) -> None:
    page = reader.visit(WALK)
    text = '\n  <b>bold</b> & "quoted"\n\nمرحبا, naïve 👣'
    sent = filled(page.form(having=["text"]), {"text": text.replace("\n", "\r\n")}) | {"later": ["1"]}
    reader.client.post(WALK, data=sent)
    assert fields_of(reader.visit(WALK).form(having=["text"]))["text"] == [text]


def test_an_empty_reflection_is_not_handed_in(learner: Visitor, submit: Submit, rows: Session) -> None:
    page = submit(WALK, status=422, text=" \n ")
    assert "There is no text yet." in page.text_of("#text-error")
    assert texts_of(rows) == []


def test_too_long_a_text_comes_back_whole_and_is_kept_as_a_draft(
    learner: Visitor, submit: Submit, visit: Visit, rows: Session
) -> None:
    long = "word " * 4001 + "end"
    page = submit(WALK, status=422, text=long)
    assert "20008 characters; at most 20000" in page.text_of("#text-error")
    assert page.text_of("#text") == long
    assert texts_of(rows) == []
    assert visit(WALK).text_of("#text") == long


def test_a_level_that_does_not_exist_is_refused_with_the_text_still_there(
    learner: Visitor, submit: Submit, rows: Session
) -> None:
    page = submit(WALK, status=422, text="Mine.", level="everybody")
    assert "Choose who may read this." in page.text_of(".error-summary")
    assert page.text_of("#text") == "Mine."
    assert texts_of(rows) == []


def test_a_reflection_that_is_sent_twice_is_there_once(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(WALK)
    reader.send(page, text="Once.")
    again = reader.send(page, text="Once.\r\n")
    assert again.path == WALK
    assert texts_of(rows) == ["Once."]


def test_a_text_can_be_kept_as_a_draft_without_a_script(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(WALK)
    sent = filled(page.form(having=["text"]), {"text": "Half a", "level": "trainers"}) | {"later": ["1"]}
    kept = looked_at_after(reader, WALK, sent, 200)
    assert kept.text_of("#text") == "Half a"
    assert kept.find('[name="level"][checked]')["value"] == "trainers"
    assert "Draft saved at" in kept.text_of("[data-draft-status]")
    assert texts_of(rows) == []
    assert rows.scalars(select(StepCompletion)).all() == []


def test_handing_in_ends_the_draft(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.visit(WALK)
    reader.client.post(f"{WALK}/draft", data=filled(page.form(having=["text"]), {"text": "Half"}))
    reader.submit(WALK, text="Whole.")
    assert rows.scalars(select(Draft.body)).one() == "{}"
    assert "Draft saved" not in reader.visit(WALK).text_of("main form")


# ---- two texts -------------------------------------------------------------------------------


def test_a_text_handed_in_over_a_newer_one_keeps_both_and_shows_both(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    first, second = reader.visit(WALK), reader.visit(WALK)
    reader.send(first, text="From the first tab.")
    page = reader.send(second, status=422, text="From the second tab.")
    assert "Another text was handed in" in page.text_of(".error-summary")
    assert page.text_of("#text") == "From the second tab."
    assert page.text_of("[aria-labelledby=newer] .typed") == "From the first tab."
    assert texts_of(rows) == ["From the first tab."]
    assert reader.visit(WALK).text_of("#text") == "From the second tab."
    reader.send(page, text="From both tabs.")
    assert texts_of(rows) == ["From the first tab.", "From both tabs."]


def test_a_draft_of_another_tab_is_not_lost_by_handing_in(learner: Visitor, reader: Browser, rows: Session) -> None:
    first, second = reader.visit(WALK), reader.visit(WALK)
    reader.client.post(f"{WALK}/draft", data=filled(first.form(having=["text"]), {"text": "Typed over there."}))
    page = reader.send(second, status=422, text="Handed in from here.")
    assert "There is another text too." in page.text_of(".error-summary")
    assert page.text_of("#text") == "Handed in from here."
    assert page.text_of("[aria-labelledby=other-texts] .typed") == "Typed over there."
    assert texts_of(rows) == []
    chosen = press(reader, page, "drop", text="Handed in from here, later.")
    assert not chosen.has("#other-texts")
    assert reader.send(chosen).path == WALK
    assert texts_of(rows) == ["Handed in from here, later."]


def test_one_can_go_on_with_the_text_of_another_tab_and_back(learner: Visitor, reader: Browser) -> None:
    first, second = reader.visit(WALK), reader.visit(WALK)
    for page, text in ((first, "One."), (second, "Two.")):
        reader.client.post(f"{WALK}/draft", data=filled(page.form(having=["text"]), {"text": text}))
    page = reader.visit(WALK)
    assert (page.text_of("#text"), page.text_of("[aria-labelledby=other-texts] .typed")) == ("Two.", "One.")
    page = press(reader, page, "take", text="Two.")
    assert (page.text_of("#text"), page.text_of("[aria-labelledby=other-texts] .typed")) == ("One.", "Two.")


# ---- who may read it -------------------------------------------------------------------------


def test_the_form_names_who_will_read_along(learner: Visitor, visit: Visit, session: Session, rows: Session) -> None:
    assert "has no trainer yet" in visit(WALK).text_of("main form")
    cohort = session.get_one(Cohort, learner.cohort_id)
    for name, expected in (("Bram", "Bram, trainer of cohort"), ("An", "An and Bram, trainers of cohort")):
        make_enrolment(session, user=make_user(session, name=name), cohort=cohort, role="trainer")
        session.commit()
        assert f"{expected} {cohort.name}." in visit(WALK).text_of("main form")


def test_the_form_says_at_each_level_who_can_read_along_today(learner: Visitor, visit: Visit) -> None:
    private, trainers, cohort = visit(WALK).texts_of("main form .pick__one")
    assert "A trainer sees that the step is done, nothing more." in private
    assert "nobody for now" in trainers
    assert f"The other learners of cohort {learner.cohort_name} who handed in theirs, without your name" in cohort
    assert "from 5 texts on" in cohort
    assert "A trainer who handed in a text reads it in the same way, without your name." in cohort


def test_the_form_says_that_trainers_can_reply_and_give_no_grade(
    learner: Visitor, visit: Visit, session: Session
) -> None:
    make_enrolment(session, cohort=session.get_one(Cohort, learner.cohort_id), role="trainer")
    session.commit()
    assert "They can reply to it. Nobody gives a grade." in visit(WALK).texts_of("main form .pick__one")[1]


def test_a_shared_text_can_be_taken_back_at_once_and_what_was_being_typed_stays(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.submit(WALK, text="Shared.", level="trainers")
    assert level_of(rows) == "trainers"
    page = press(reader, page, "take_back", text="Shared. And half a")
    assert level_of(rows) == "private"
    assert "Only you can read this now." in page.text_of(".flashes")
    assert page.text_of("#text") == "Shared. And half a"
    assert page.find('[name="level"][checked]')["value"] == "private"
    assert texts_of(rows) == ["Shared."]


def test_taking_back_works_from_a_page_that_is_out_of_date(learner: Visitor, reader: Browser, rows: Session) -> None:
    old = reader.submit(WALK, text="Shared.", level="cohort")
    reader.submit(WALK, text="Shared again.")
    press(reader, old, "take_back")
    assert level_of(rows) == "private"


def test_who_may_read_can_be_changed_without_handing_in(learner: Visitor, reader: Browser, rows: Session) -> None:
    page = reader.submit(WALK, text="Mine.")
    sent = filled(page.form(having=["text"]), {"level": "cohort"})
    changed = looked_at_after(reader, f"{WALK}/level", sent, 200)
    assert level_of(rows) == "cohort"
    assert changed.find('[name="level"][checked]')["value"] == "cohort"
    assert texts_of(rows) == ["Mine."]


def test_sharing_from_a_page_that_is_out_of_date_shares_nothing(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    old = reader.submit(WALK, text="Harmless.")
    reader.submit(WALK, text="Not for others.")
    sent = filled(old.form(having=["text"]), {"level": "cohort"})
    page = looked_at_after(reader, f"{WALK}/level", sent, 200)
    assert level_of(rows) == "private"
    assert "was not changed" in page.text_of(".flashes")
    assert page.text_of("#text") == "Harmless."  # what the old page held was typed, so it is kept


def test_a_draft_never_brings_back_a_level_that_was_taken_back(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.submit(WALK, text="Shared.", level="trainers")
    sent = filled(page.form(having=["text"]), {"text": "Shared, more.", "level": "trainers"})
    reader.client.post(f"{WALK}/draft", data=sent)
    press(reader, reader.visit(WALK), "take_back")
    assert reader.visit(WALK).find('[name="level"][checked]')["value"] == "private"


def test_earlier_texts_say_who_may_read_them(learner: Visitor, submit: Submit) -> None:
    submit(WALK, text="Private.")
    submit(WALK, text="Shared.", level="trainers")
    page = submit(WALK, text="Shared too.")
    about = page.texts_of("#earlier .voice__who")
    assert "Shared with your trainers." in about[0]
    assert "Only you can read it." in about[1]


# ---- deleting --------------------------------------------------------------------------------


def test_deleting_asks_first_and_opening_the_question_changes_nothing(
    learner: Visitor, submit: Submit, visit: Visit, rows: Session
) -> None:
    submit(WALK, text="Mine.")
    page = visit(f"{WALK}/delete")
    assert page.text_of(".typed") == "Mine."
    assert texts_of(rows) == ["Mine."]


def test_a_deleted_text_is_gone_with_its_earlier_ones_and_its_draft_and_the_step_stays_done(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    reader.submit(WALK, text="First.")
    page = reader.submit(WALK, text="Second.", level="trainers")
    reader.client.post(f"{WALK}/draft", data=filled(page.form(having=["text"]), {"text": "Third, half"}))
    gone = reader.submit(f"{WALK}/delete")
    assert gone.path == WALK
    assert gone.text_of("#text") == ""
    assert "You deleted your text" in gone.text_of("aside")
    assert texts_of(rows) == []
    assert level_of(rows) == "private"
    assert rows.scalars(select(Draft.body)).one() == "{}"
    assert rows.scalars(select(StepCompletion.taken_back_at)).one() is None


def test_after_a_deletion_one_can_write_anew(learner: Visitor, reader: Browser, rows: Session) -> None:
    reader.submit(WALK, text="First.")
    reader.submit(f"{WALK}/delete")
    reader.submit(WALK, text="Anew.")
    assert texts_of(rows) == ["Anew."]


def test_there_is_nothing_to_delete_before_something_was_handed_in(learner: Visitor, visit: Visit) -> None:
    assert visit(f"{WALK}/delete").path == WALK
    visit("/modules/01-map/signs/delete", status=404)


# ---- cost ------------------------------------------------------------------------------------


def test_a_reflection_costs_as_many_statements_after_many_versions_as_after_one(
    learner: Visitor, app: Flask, reader: Browser
) -> None:
    def cost() -> int:
        with counted(Session(engine_of(app))) as statements:
            reader.visit(WALK)
        return len(statements)

    reader.submit(WALK, text="Version 0.")
    few = cost()
    for number in range(1, 12):
        reader.submit(WALK, text=f"Version {number}.")
    assert cost() == few


def test_what_is_too_much_to_keep_still_stands_in_the_form_when_only_the_level_changes(
    learner: Visitor, reader: Browser, submit: Submit, rows: Session
) -> None:
    page = submit(WALK, text="Along the canal.", level="trainers")
    text = "Beside the river. " * 7_000
    sent = filled(page.find("form#form"), {"text": text, "level": "trainers"}) | {"take_back": ["1"]}
    answer = looked_at(reader.client.post(f"{WALK}/level", data=sent))
    assert answer.status == 422
    assert "too much to keep as a draft" in answer.text_of(".error-summary")
    assert answer.text_of("textarea").strip() == text.strip()
    assert rows.scalars(select(Reflection.level)).one() == "private"
    again = reader.send(answer, text="Beside the river.", level="private", action=WALK)
    assert again.text_of("textarea").strip() == "Beside the river."


def test_what_is_too_much_to_keep_still_stands_in_the_form_when_another_text_is_chosen(
    learner: Visitor, reader: Browser, rows: Session
) -> None:
    page = reader.visit(WALK)
    text = "Beside the river. " * 7_000
    sent = filled(page.find("form#form"), {"text": text}) | {"drop": ["1"]}
    answer = looked_at(reader.client.post(f"{WALK}/choose", data=sent))
    assert answer.status == 422
    assert answer.text_of("textarea").strip() == text.strip()
    assert not rows.scalars(select(Draft)).all()
