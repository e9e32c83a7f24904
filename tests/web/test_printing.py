"""Pages for paper: a whole module, and all that one wrote oneself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.files.loader import load
from app.course.files.shelf import Shelf
from app.course.parts import Rich
from app.course.quiz import Quiz
from app.records import drafts, learning, reflecting
from app.records.accounts import Visitor
from app.web.learner.printing import beside_others
from tests.careful_course import careful_shelf
from tests.course_folder import Folder
from tests.makers import NOW, make_enrolment, make_user, make_visitor
from tests.web.conftest import Browser, Page, Visit, small_shelf
from tests.web.html import Element, parse

MAP, WALK = "/modules/01-map/print", "/modules/02-walk/print"
LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def course() -> Course:
    return small_shelf().course("en")


def write(
    session: Session, visitor: Visitor, key: str, *texts: str, level: str = "private", course: Course | None = None
) -> None:
    """Hand texts in, one after the other, the last one a day after the first, and commit."""
    course = course or small_shelf().course()
    for version, text in enumerate(texts):
        reflecting.submit_reflection(
            session,
            visitor,
            course,
            course.step_by_key[key],
            text=text,
            level=level,
            version=version,
            now=NOW + timedelta(days=bool(version)),
        )
    session.commit()


def begin(session: Session, visitor: Visitor, key: str, text: str) -> None:
    """Leave a draft, and commit."""
    step = small_shelf().course().step_by_key[key]
    drafts.save_draft(session, visitor, step, {"text": [text], "level": ["private"]}, version=0, now=LATER)
    session.commit()


def section(page: Page, title: str) -> Element:
    """Return a step of the printed module by its title."""
    return next(one for one in page.find_all(".paper__step") if one.text_of("h2") == title)


# ---- a module --------------------------------------------------------------------------------


def test_a_module_stands_on_one_page_with_all_its_steps_in_order(
    learner: Visitor, visit: Visit, course: Course
) -> None:
    page, module = visit(MAP), course.modules[0]
    assert page.text_of("h1") == "01 Reading a map"
    assert page.text_of(".page-head .lead") == module.lead
    assert [line for line in page.texts_of("li") if line in {one.text for one in module.outcomes}] == [
        one.text for one in module.outcomes
    ]
    assert page.texts_of(".paper__step h2") == [*[step.title for step in module.steps], "Terms"]
    assert page.texts_of(".paper__step .kicker") == [
        "Step 1Reading5 minutes",
        "Step 2Reflection6 minutes",
        "Step 3Quiz6 minutes",
        "Step 4Resources3 minutes",
    ]
    assert page.texts_of(".paper__source") == [f"Source: {step.source}" for step in module.steps]
    assert "Where contour lines lie close together" in section(page, "Signs and lines").text
    assert page.find("figure img")["src"].startswith("/modules/01-map/img/steps.svg")


def test_what_a_learner_answers_has_room_and_nothing_says_what_is_right(
    learner: Visitor, visit: Visit, course: Course
) -> None:
    page, quiz = visit(MAP), course.quizzes["map-signs"]
    on_paper = section(page, "Check what you see")
    text = on_paper.text
    for question in quiz.questions:
        assert parse(question.text.html).text in text
    for words in (
        "2 km",
        "where it runs along a line",
        "That is not so",
        "a flat path",
        "20 minutes",
        "measure the way",
    ):
        assert words in text, words
    for told in _explanations(quiz):
        assert told not in page.text, told
    assert not on_paper.has("input")
    assert not page.has("main form")
    assert section(page, "Your own walk").has(".paper__room")


def _explanations(quiz: Quiz) -> list[str]:
    """Return the explanations of a quiz."""
    found = []
    for question in quiz.questions:
        facts = question.model_dump()
        options = [*facts.get("options", ()), *facts.get("pairs", ())]
        found += [parse(one["explanation"]["html"]).text for one in options if "explanation" in one]
    assert len(found) > 10
    return found


def test_links_stand_on_paper_with_their_addresses(learner: Visitor, visit: Visit) -> None:
    places = section(visit(MAP), "To read on")
    assert places.texts_of(".resources__url") == ["https://example.org/map-room", "https://example.com/walkers"]
    assert places.texts_of("h3") == ["The map room", "Society of walkers"]


def test_the_terms_that_the_steps_use_are_explained_at_the_end(learner: Visitor, visit: Visit) -> None:
    page = visit(MAP)
    assert page.texts_of(".gloss dt") == ["contour line", "scale"]
    assert not visit(WALK).has(".gloss")


def test_a_step_that_is_not_open_yet_is_named_and_its_text_is_not_there(
    learner: Visitor, session: Session, visit: Visit, course: Course
) -> None:
    page = visit(WALK)
    assert page.texts_of(".paper__step h2") == [step.title for step in course.modules[1].steps]
    assert "Tell somebody where you go" in page.text
    for locked in ("Half of your time gone", "I turn around", "differently on your next walk"):
        assert locked not in page.text
    assert page.text.count("This step is not open to you yet") == 3
    learning.complete_step(session, learner, course, course.step_by_key["02-walk/before"], now=NOW)
    session.commit()
    page = visit(WALK)
    assert "Half of your time gone" in page.text
    assert page.text.count("This step is not open to you yet") == 2


def test_the_way_around_a_step_is_on_paper_too(noor: Visitor, app_with: Callable[..., Flask]) -> None:
    reader = Browser(app_with(shelf=careful_shelf()).test_client())
    reader.sign_in(noor)
    page = reader.visit(MAP)
    care = section(page, "Signs and lines").find(".paper__care")
    assert care.text.startswith("Beforehand: this step is about")
    assert "It counts just as much." in care.text
    assert care.find("a")["href"] == "#around-in-short"
    assert "It leaves the rest out." in section(page, "The map in three sentences").text
    assert page.texts_of("h2").count("The map in three sentences") == 1
    locked = reader.visit(WALK)
    assert "The short way" not in locked.text, "the step that it goes around is not open yet"


def test_what_one_wrote_is_left_out_unless_one_asks_for_it(learner: Visitor, session: Session, visit: Visit) -> None:
    write(session, learner, "01-map/your-walk", "First.", "Along the canal.\n\nTo the mill.")
    page = visit(MAP)
    assert "canal" not in page.text
    link = next(link for link in page.find_all(".paper__how a") if link.text == "Put it in")
    page = visit(MAP + link["href"].removeprefix(MAP))
    mine = section(page, "Your own walk")
    assert mine.text_of(".typed") == "Along the canal. To the mill."
    assert not mine.has(".paper__room")
    assert "First." not in page.text
    assert next(link for link in page.find_all(".paper__how a") if link.text == "Leave it out")["href"] == MAP


def test_nobody_prints_what_somebody_else_wrote(learner: Visitor, session: Session, visit: Visit) -> None:
    write(session, _somebody_else(session), "01-map/your-walk", "Along the canal.", level="cohort")
    assert "canal" not in visit(f"{MAP}?mine=1").text


def test_what_one_wrote_at_a_step_that_is_locked_now_stays_out(
    learner: Visitor, session: Session, visit: Visit, course: Course
) -> None:
    for key in ("02-walk/before", "02-walk/on-the-way"):
        learning.complete_step(session, learner, course, course.step_by_key[key], now=NOW)
    learning.take_back_step(session, learner, course, course.step_by_key["02-walk/before"], now=NOW)
    session.commit()
    assert visit(f"{WALK}?mine=1").text.count("This step is not open to you yet") == 2


def test_a_module_that_there_is_not_cannot_be_printed(learner: Visitor, visit: Visit) -> None:
    visit("/modules/03-nowhere/print", status=404)


def test_the_address_of_before_a_renaming_leads_on(
    noor: Visitor, app_with: Callable[..., Flask], tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "course")
    folder.rename("modules/02-walk", "modules/02-way")
    course = folder.read("modules/course.yaml").replace("02-walk", "02-way")
    folder.write("modules/course.yaml", f"{course}renamed:\n  modules: {{02-walk: 02-way}}\n")
    for language in ("en", "nl"):
        text = f"modules/01-map/01-signs.{language}.md"
        folder.write(text, folder.read(text).replace("step:02-walk/", "step:02-way/"))
    folder.bring_up_to_date()
    assert not folder.faults(), folder.faults()
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    reader.sign_in(noor)
    assert reader.visit(WALK).path == "/modules/02-way/print"


def test_steps_and_my_course_lead_to_the_page_for_paper(learner: Visitor, visit: Visit) -> None:
    assert MAP in [link["href"] for link in visit("/modules/01-map/signs").find_all(".step__side a")]
    assert [link["href"] for link in visit("/my-course").find_all(".module a") if "Print" in link.text] == [MAP, WALK]


def test_the_page_speaks_the_language_of_the_reader(learner: Visitor, visit: Visit) -> None:
    page = visit(f"{MAP}?language=nl")
    assert page.text_of("h1") == "01 Een kaart lezen"
    assert "Deze pagina is gemaakt voor papier." in page.text
    assert page.find("html")["lang"] == "nl"


# ---- several texts on one page ---------------------------------------------------------------


def test_a_text_keeps_its_own_names_beside_others() -> None:
    text = Rich(
        "",
        '<h2 id="lines">Lines</h2><p><a href="#lines">up</a> <a class="term" href="#term-scale">scale</a>'
        '<sup class="fn"><a id="fnref-1" href="#fn-1" role="doc-noteref">1</a></sup></p>'
        '<aside class="callout" role="note" aria-labelledby="note"><p id="note">A &gt; "id=" of <code>id="x"</code></p>'
        '</aside><h5>e</h5><h6>f</h6><img src="/i.svg" alt="a > b"><a href="/modules/a/b#lines">there</a>',
    )
    assert beside_others(text, "one") == (
        '<h3 id="one-lines">Lines</h3><p><a href="#one-lines">up</a> <a class="term" href="#term-scale">scale</a>'
        '<sup class="fn"><a id="one-fnref-1" href="#one-fn-1" role="doc-noteref">1</a></sup></p>'
        '<aside class="callout" role="note" aria-labelledby="one-note"><p id="one-note">A &gt; "id=" of'
        ' <code>id="x"</code></p></aside><h6>e</h6><h6>f</h6><img src="/i.svg" alt="a > b">'
        '<a href="/modules/a/b#lines">there</a>'
    )


@given(st.text(alphabet=st.characters(exclude_characters="<>&", exclude_categories=["Cs"])))
def test_words_are_never_taken_for_markup(words: str) -> None:
    assert beside_others(Rich("", f"<p>{words}</p>"), "one") == f"<p>{words}</p>"


def test_the_text_of_every_step_of_the_shipped_course_stays_what_it_was() -> None:
    for course in load(Path(__file__).parents[2]).courses.values():
        for step in course.steps:
            assert parse(str(beside_others(step.body, step.slug))).text == parse(step.body.html).text


# ---- what one wrote oneself ------------------------------------------------------------------


def test_all_that_one_wrote_stands_on_one_page_in_the_order_of_the_course(
    learner: Visitor, session: Session, visit: Visit, course: Course
) -> None:
    for key in ("02-walk/before", "02-walk/on-the-way"):
        learning.complete_step(session, learner, course, course.step_by_key[key], now=NOW)
    write(session, learner, "01-map/your-walk", "First.", "Along the canal.", level="trainers")
    page = visit("/reflections")
    assert page.texts_of("h2") == ["01 Reading a map"]
    assert page.texts_of(".own h3") == ["Your own walk"]
    own = page.find(".own")
    assert "Which walk do you know by heart" in own.text
    assert own.texts_of(".typed") == ["Along the canal.", "First."]
    assert own.text_of("details .typed") == "First."
    assert own.texts_of(".voice__who") == [
        "Me and my trainers handed in on 20 November, 09:05",
        "Version 1 handed in on 19 November, 09:05. Shared with your trainers.",
    ]


def test_drafts_are_shown_as_drafts(learner: Visitor, session: Session, visit: Visit, course: Course) -> None:
    write(session, learner, "01-map/your-walk", "Along the canal.")
    begin(session, learner, "01-map/your-walk", "Along the river.")
    begin(session, learner, "02-walk/look-back", "Next time")
    drafts.save_draft(session, learner, course.step_by_key["01-map/check"], {"q-word": ["x"]}, version=0, now=NOW)
    session.commit()
    page = visit("/reflections")
    assert page.texts_of("h2") == ["01 Reading a map", "02 The walk itself"]
    first, second = page.find_all(".own")
    assert first.texts_of(".voice__who")[0] == "Draft saved on 20 November, 09:05, not handed in"
    assert first.texts_of(".typed") == ["Along the river.", "Along the canal."]
    assert second.texts_of(".typed") == ["Next time"]


def test_a_text_whose_step_has_left_the_course_is_still_there(
    noor: Visitor, session: Session, app_with: Callable[..., Flask], tmp_path: Path
) -> None:
    write(session, noor, "01-map/your-walk", "Along the canal.")
    folder = Folder(tmp_path / "course")
    for language in ("en", "nl"):
        folder.remove(f"modules/01-map/02-your-walk.{language}.md")
        text = f"modules/01-map/01-signs.{language}.md"
        folder.write(text, folder.read(text).replace("step:your-walk", "step:check"))
    folder.change("modules/01-map/module.yaml", "minutes: 20", "minutes: 14")
    folder.bring_up_to_date()
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    reader.sign_in(noor)
    page = reader.visit("/reflections")
    assert page.texts_of("h2") == ["No longer in the course"]
    assert page.texts_of(".typed") == ["Along the canal."]


def test_nobody_else_reads_what_one_wrote(learner: Visitor, session: Session, visit: Visit) -> None:
    other = _somebody_else(session)
    write(session, other, "01-map/your-walk", "Along the canal.", level="cohort")
    begin(session, other, "02-walk/look-back", "Next time")
    page = visit("/reflections")
    assert page.text_of("h2") == "You have not written anything yet"
    assert not page.has(".typed")


def test_a_text_that_was_deleted_is_gone_from_the_page(
    learner: Visitor, session: Session, visit: Visit, course: Course
) -> None:
    write(session, learner, "01-map/your-walk", "Along the canal.")
    reflecting.delete_reflection(session, learner, course.step_by_key["01-map/your-walk"], now=LATER)
    session.commit()
    assert not visit("/reflections").has(".own")


def test_my_course_leads_to_what_one_wrote(learner: Visitor, visit: Visit) -> None:
    assert "/reflections" in [link["href"] for link in visit("/my-course").find_all(".ticks a")]


def _somebody_else(session: Session) -> Visitor:
    return make_visitor(session, enrolment=make_enrolment(session, user=make_user(session, name="Sam Bordes")))
