"""What every step page has: the outline, previous and next, the fixed order, addresses that go on working."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.course.files.published import publish
from app.course.files.shelf import Shelf
from app.records import learning
from app.records.accounts import Visitor
from app.records.models import Enrolment, ModuleCompletion, StepCompletion
from tests.makers import NOW
from tests.web.conftest import SMALL, Browser, Submit, Visit, small_shelf
from tests.web.html import fields_of

SIGNS = "/modules/01-map/signs"
BEFORE = "/modules/02-walk/before"
ON_THE_WAY = "/modules/02-walk/on-the-way"
LOOK_BACK = "/modules/02-walk/look-back"


def done_keys(rows: Session) -> list[str]:
    """Return the keys of the steps that are done."""
    found = select(StepCompletion.step_key).where(StepCompletion.taken_back_at.is_(None))
    return list(rows.scalars(found.order_by(StepCompletion.step_key)))


def complete(session: Session, visitor: Visitor, *keys: str, shelf: Shelf | None = None) -> None:
    """Complete steps, and commit."""
    course = (shelf or small_shelf()).course("en")
    for key in keys:
        learning.complete_step(session, visitor, course, course.step_by_key[key], now=NOW)
    session.commit()


# ---- the outline -----------------------------------------------------------------------------


def test_the_outline_marks_where_one_is_and_says_what_is_done(learner: Visitor, session: Session, visit: Visit) -> None:
    complete(session, learner, "01-map/signs")
    page = visit("/modules/01-map/check")
    assert [link.text for link in page.find_all(".outline a")] == [
        "Signs and lines, Reading, done 5 minutes",
        "Your own walk, Reflection 6 minutes",
        "Check what you see, Quiz 6 minutes",
        "To read on, Resources 3 minutes",
    ]
    assert [link["href"] for link in page.find_all(".outline a[aria-current=step]")] == ["/modules/01-map/check"]
    assert page.text_of("summary").startswith("Step 3 of 4 · module 01")
    assert page.text_of(".outline__head .stair__words") == "1 of 4 steps done 15 minutes left"


def test_the_picture_of_the_outline_says_in_words_where_one_is(learner: Visitor, visit: Visit) -> None:
    [picture] = visit(SIGNS).find_all("svg[role=img]")
    assert picture["aria-label"] == "0 of 4 steps done, you are at step 1"


def test_the_outline_of_a_fixed_order_says_which_steps_are_not_open_yet(learner: Visitor, visit: Visit) -> None:
    texts = visit(BEFORE).texts_of(".outline a")
    assert "not open yet" not in texts[0]
    assert all("not open yet" in text for text in texts[1:])


def test_the_outline_of_a_finished_module_says_so(learner: Visitor, session: Session, visit: Visit) -> None:
    complete(session, learner, *(step.key for step in small_shelf().course().modules[0].steps))
    assert visit(SIGNS).text_of(".outline__head .stair__words") == "4 steps done module finished"


def test_a_step_that_is_new_since_the_module_was_finished_says_so(
    learner: Visitor, session: Session, visit: Visit
) -> None:
    found = update(Enrolment).where(Enrolment.id == learner.enrolment_id)
    session.execute(found.values(done="01-map 01-map/signs 01-map/your-walk 01-map/check"))
    session.commit()
    page = visit("/modules/01-map/read-on")
    assert "New since you finished this module" in page.text_of(".kicker")
    assert "new since you finished" in page.find_all(".outline a")[-1].text


# ---- previous and next -----------------------------------------------------------------------


def test_previous_and_next_lead_through_the_whole_course(learner: Visitor, visit: Visit) -> None:
    address, seen = SIGNS, []
    for _step in small_shelf().course().steps:
        page = visit(address, status=403 if address in (ON_THE_WAY, LOOK_BACK, "/modules/02-walk/turn-around") else 200)
        seen.append(address)
        back, onward = page.find_all(".step-foot__nav a")
        assert back["href"] == (seen[-2] if len(seen) > 1 else "/my-course")
        address = onward["href"]
    assert address == "/my-course"
    assert seen == [f"/modules/{step.key}" for step in small_shelf().course().steps]


# ---- the fixed order -------------------------------------------------------------------------


def test_a_step_that_is_not_open_yet_says_which_comes_first_and_leads_there(learner: Visitor, visit: Visit) -> None:
    page = visit(LOOK_BACK, status=403)
    assert page.text_of("h1") == "Looking back"
    assert "Once ‘Before you leave’ is done" in page.text_of(".panel")
    assert page.find(".btn--go")["href"] == BEFORE
    assert not page.has("main form")


def test_a_locked_step_opens_when_the_one_before_it_is_done(learner: Visitor, visit: Visit, submit: Submit) -> None:
    submit(BEFORE, action=BEFORE)
    assert visit(ON_THE_WAY).has("main form")
    assert visit(LOOK_BACK, status=403).find(".btn--go")["href"] == ON_THE_WAY


def test_a_step_that_was_locked_meanwhile_is_not_taken(
    learner: Visitor, reader: Browser, submit: Submit, rows: Session
) -> None:
    submit(BEFORE, action=BEFORE)
    page = reader.visit(ON_THE_WAY)
    submit(BEFORE, action=f"{BEFORE}/take-back")
    answer = reader.send(page, action=ON_THE_WAY, status=403)
    assert answer.text_of(".flash") == "This was not accepted: another step comes first now."
    assert done_keys(rows) == []


def test_a_reflection_that_was_locked_meanwhile_is_kept_as_a_draft(
    learner: Visitor, session: Session, reader: Browser, submit: Submit, visit: Visit, rows: Session
) -> None:
    complete(session, learner, "02-walk/before", "02-walk/on-the-way", "02-walk/turn-around")
    page = reader.visit(LOOK_BACK)
    submit(BEFORE, action=f"{BEFORE}/take-back")
    answer = reader.send(page, text="Leave earlier.", status=403)
    assert answer.text_of(".flash").endswith("What you typed is kept.")
    assert "02-walk/look-back" not in done_keys(rows)
    submit(BEFORE, action=BEFORE)
    assert visit(LOOK_BACK).text_of("textarea") == "Leave earlier."


# ---- addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/modules/01-map/nothing", "/modules/nothing/signs", "/modules/nothing"])
def test_what_is_not_in_the_course_is_not_found(learner: Visitor, visit: Visit, address: str) -> None:
    visit(address, status=404)


@pytest.mark.parametrize("address", [SIGNS, "/modules/01-map", "/modules/01-map/img/steps.svg"])
def test_a_browser_may_ask_for_the_head_alone(learner: Visitor, reader: Browser, address: str) -> None:
    with reader.client.head(address) as head, reader.client.get(address) as whole:
        assert head.status_code == whole.status_code
        assert head.data == b""


def test_the_address_of_a_module_leads_to_where_one_is_in_it(learner: Visitor, session: Session, visit: Visit) -> None:
    assert visit("/modules/01-map").path == SIGNS
    complete(session, learner, "01-map/signs")
    assert visit("/modules/01-map").path == "/modules/01-map/your-walk"
    complete(session, learner, "01-map/your-walk", "01-map/check", "01-map/read-on")
    assert visit("/modules/01-map").path == SIGNS


def test_a_picture_is_kept_by_the_reader_for_as_long_as_it_stays_the_same(
    learner: Visitor, reader: Browser, visit: Visit
) -> None:
    [picture] = visit(SIGNS).find_all(".prose img")
    with reader.client.get(picture["src"]) as shown:
        assert shown.mimetype == "image/svg+xml"
        assert shown.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    with reader.client.get(picture["src"].partition("?")[0]) as plain:
        assert plain.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", ["nothing.svg", "..%2Fmodule.yaml", "module.yaml"])
def test_nothing_but_pictures_is_read_from_a_modules_folder(learner: Visitor, visit: Visit, name: str) -> None:
    visit(f"/modules/01-map/img/{name}", status=404)


# ---- a course that changes -------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the small course, in English alone, published."""
    folder = tmp_path / "course"
    copytree(SMALL, folder)
    for translation in [*folder.rglob("*.nl.yaml"), *folder.rglob("*.nl.md")]:
        translation.unlink()
    edit(folder / "modules/course.yaml", "languages: [en, nl]", "languages: [en]")
    publish(folder, good(folder).course())
    return folder


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def good(folder: Path) -> Shelf:
    shelf = Shelf(folder)
    assert not shelf.faults, "\n".join(map(str, shelf.faults))
    return shelf


def improve(folder: Path, *, kind: str = "substance") -> Shelf:
    """Change the text of the first step, and declare it."""
    path = folder / "modules/01-map/01-signs.en.md"
    edit(path, "Every map has", "Nearly every map has")
    first = "    what: A comma came back.\n"
    edit(path, first, f"{first}  - {{on: 2026-11-01, kind: {kind}, what: Not every map has a scale.}}\n")
    return good(folder)


AppWith = Callable[..., Flask]


def test_a_change_of_substance_is_told_once_to_who_did_the_step_before(
    noor: Visitor, session: Session, folder: Path, app_with: AppWith
) -> None:
    complete(session, noor, "01-map/signs", shelf=good(folder))
    reader = Browser(app_with(shelf=improve(folder)).test_client())
    reader.sign_in(noor)
    told = "The text of step 1 was improved after you read it: what changed"
    assert told in reader.visit("/my-course").text_of("main")
    page = reader.visit(SIGNS)
    assert "This text was improved after you read it" in page.text_of("#changed")
    assert page.texts_of("#changed li") == ["Not every map has a scale. (1 November)"]
    assert "Done" in page.text_of(".kicker")
    assert not reader.visit(SIGNS).has("#changed")
    assert "improved" not in reader.visit("/my-course").text_of("main")


def test_a_mended_typo_is_told_to_nobody(noor: Visitor, session: Session, folder: Path, app_with: AppWith) -> None:
    complete(session, noor, "01-map/signs", shelf=good(folder))
    reader = Browser(app_with(shelf=improve(folder, kind="typo")).test_client())
    reader.sign_in(noor)
    assert "improved" not in reader.visit("/my-course").text_of("main")
    assert not reader.visit(SIGNS).has("#changed")


def test_who_does_the_step_after_the_change_is_told_nothing(noor: Visitor, folder: Path, app_with: AppWith) -> None:
    reader = Browser(app_with(shelf=improve(folder)).test_client())
    reader.sign_in(noor)
    assert not reader.visit(SIGNS).has("#changed")
    reader.submit(SIGNS, action=SIGNS)
    assert not reader.visit(SIGNS).has("#changed")


@pytest.mark.parametrize(
    "ahead", [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}]
)
def test_a_page_that_is_only_fetched_ahead_does_not_count_as_told(
    noor: Visitor, session: Session, folder: Path, app_with: AppWith, ahead: dict[str, str]
) -> None:
    complete(session, noor, "01-map/signs", shelf=good(folder))
    reader = Browser(app_with(shelf=improve(folder)).test_client())
    reader.sign_in(noor)
    reader.client.get(SIGNS, headers=ahead)
    reader.client.head(SIGNS)
    assert reader.visit(SIGNS).has("#changed")


def test_a_step_that_was_renamed_keeps_its_completion_and_its_old_address_leads_on(
    noor: Visitor, session: Session, folder: Path, app_with: AppWith, rows: Session
) -> None:
    complete(session, noor, "01-map/signs", shelf=good(folder))
    (folder / "modules/01-map/01-signs.en.md").rename(folder / "modules/01-map/01-lines.en.md")
    front = folder / "modules/course.yaml"
    front.write_text(front.read_text() + "renamed: {steps: {01-map/signs: 01-map/lines}}\n")
    reader = Browser(app_with(shelf=good(folder)).test_client())
    reader.sign_in(noor)
    moved = reader.client.get(SIGNS)
    assert (moved.status_code, moved.location) == (301, "/modules/01-map/lines")
    page = reader.visit(SIGNS)
    assert "Done" in page.text_of(".kicker")
    assert "1 of 4 steps done" in page.text_of(".outline__head")
    assert done_keys(rows) == ["01-map/signs"]


def test_a_page_that_was_open_while_its_step_was_renamed_is_taken(
    noor: Visitor, folder: Path, app_with: AppWith, rows: Session
) -> None:
    before = Browser(app_with(shelf=good(folder)).test_client())
    before.sign_in(noor)
    page = before.visit(SIGNS)
    (folder / "modules/01-map/01-signs.en.md").rename(folder / "modules/01-map/01-lines.en.md")
    front = folder / "modules/course.yaml"
    front.write_text(front.read_text() + "renamed: {steps: {01-map/signs: 01-map/lines}}\n")
    after = app_with(shelf=good(folder)).test_client()
    cookie = before.client.get_cookie("session")
    assert cookie is not None
    after.set_cookie("session", cookie.value)
    Browser(after).send(page, action=SIGNS)
    assert done_keys(rows) == ["01-map/lines"]


def test_beside_a_course_in_another_language_the_programs_own_words_say_what_they_are(
    noor: Visitor, tmp_path: Path, app_with: AppWith
) -> None:
    folder = tmp_path / "arabic"
    copytree(SMALL, folder)
    for path in [*folder.rglob("*.nl.yaml"), *folder.rglob("*.nl.md")]:
        path.rename(path.with_name(path.name.replace(".nl.", ".ar.")))
    edit(folder / "modules/course.yaml", "languages: [en, nl]", "languages: [en, {code: ar, direction: rtl}]")
    reader = Browser(app_with(shelf=good(folder)).test_client())
    reader.sign_in(noor)
    page = reader.visit(f"{SIGNS}?language=ar")
    assert page.text_of("main form[lang=en] button") == "Done, go on"
    assert page.find(".step-head .kicker")["lang"] == "en"
    assert not page.find("h1").get("lang")
    assert reader.visit("/my-course").find(".go-on .btn--go")["lang"] == "en"


# ---- the end of a module and of the course -----------------------------------------------------


def finish(session: Session, visitor: Visitor, *but: str) -> None:
    complete(session, visitor, *(step.key for step in small_shelf().course().steps if step.key not in but))


def test_the_step_that_finishes_a_module_says_so(
    learner: Visitor, session: Session, submit: Submit, rows: Session
) -> None:
    complete(session, learner, "01-map/your-walk", "01-map/check", "01-map/read-on")
    page = submit(SIGNS, action=SIGNS)
    assert page.text_of(".flash") == "The module ‘Reading a map’ is finished."
    assert page.path == BEFORE
    assert rows.scalars(select(ModuleCompletion.module_slug)).one() == "01-map"


def test_the_last_step_of_all_says_that_the_course_is_done(learner: Visitor, session: Session, submit: Submit) -> None:
    finish(session, learner, "01-map/signs")
    page = submit(SIGNS, action=SIGNS)
    assert page.path == "/my-course"
    assert page.text_of(".flash").startswith("That was the last step: the whole course is done.")


def test_a_step_done_again_in_a_finished_module_does_not_say_that_the_module_is_finished(
    learner: Visitor, session: Session, submit: Submit, rows: Session
) -> None:
    finish(session, learner, "02-walk/look-back")
    submit(SIGNS, action=f"{SIGNS}/take-back")
    page = submit(SIGNS, action=SIGNS)
    assert page.text_of(".flash") == "‘Signs and lines’ is done."
    assert rows.scalar(select(func.count()).select_from(ModuleCompletion)) == 1


# ---- taking back what cannot be -----------------------------------------------------------------


def test_a_step_completed_by_what_was_sent_in_is_not_taken_back_and_the_page_says_why(
    learner: Visitor, session: Session, reader: Browser, rows: Session
) -> None:
    complete(session, learner, "01-map/check")
    fields = fields_of(reader.visit(SIGNS).form(action=SIGNS))
    response = reader.client.post("/modules/01-map/check/take-back", data=fields, follow_redirects=True)
    assert response.status_code == 200
    assert "This step stays done" in response.text
    assert done_keys(rows) == ["01-map/check"]
