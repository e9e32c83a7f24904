"""Under a reflection stands what the cohort shares without names, for who handed in their own, from five texts on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.models import Cohort
from app.records.reflecting import change_level, submit_reflection
from app.records.sharing import SHOWN
from app.web.extensions import engine_of
from tests.makers import NOW, make_enrolment, make_user, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, Page, Submit, Visit, small_shelf
from tests.web.html import Element

WALK = "/modules/01-map/your-walk"
ALWAYS_SAID = "What learners share here without their names appears from 5 texts on."
FIVE = ("Along the canal.", "Door het bos.", "Past the mill.", "On the dike.", "عبر الحديقة.")


def share(
    session: Session, cohort_id: int | None, texts: Sequence[str], *, level: str = "cohort", role: str = "learner"
) -> list[Visitor]:
    """Let somebody new of the cohort hand in each text; Dutch words in Dutch."""
    made = []
    for number, text in enumerate(texts):
        user = make_user(session, name=f"Somebody {number}")
        cohort = session.get_one(Cohort, cohort_id)
        visitor = make_visitor(session, enrolment=make_enrolment(session, user=user, cohort=cohort, role=role))
        course = small_shelf().course("nl" if "het" in text else "en")
        step = course.step_by_key["01-map/your-walk"]
        submit_reflection(session, visitor, course, step, text=text, level=level, version=0, now=NOW)
        made.append(visitor)
    session.commit()
    return made


def shared(page: Page) -> list[str]:
    return sorted(page.texts_of("#shared .typed"))


def test_who_handed_in_theirs_reads_what_the_cohort_shares_and_their_own_among_it(
    learner: Visitor, submit: Submit, session: Session
) -> None:
    share(session, learner.cohort_id, FIVE[:4])
    page = submit(WALK, text=FIVE[4], level="cohort")
    assert shared(page) == sorted(FIVE)
    assert "From your cohort" in page.text_of("#shared h2")


def test_before_one_handed_in_theirs_nothing_of_it_is_there(
    learner: Visitor, visit: Visit, submit: Submit, session: Session
) -> None:
    share(session, learner.cohort_id, FIVE)
    assert not visit(WALK).has("#shared")
    assert shared(submit(WALK, text="Mine.")) == sorted(FIVE)
    submit(f"{WALK}/delete")
    assert not visit(WALK).has("#shared")


def test_below_five_the_page_is_the_same_however_many_there_are(
    learner: Visitor, submit: Submit, visit: Visit, session: Session
) -> None:
    submit(WALK, text="Mine.")
    pages = [visit(WALK).text_of("#shared")]
    for text in FIVE[:4]:
        share(session, learner.cohort_id, [text])
        pages.append(visit(WALK).text_of("#shared"))
    assert pages == [f"From your cohort {ALWAYS_SAID}"] * 5
    share(session, learner.cohort_id, FIVE[4:])
    assert shared(visit(WALK)) == sorted(FIVE)


def test_what_is_taken_back_is_gone_with_the_next_view(
    learner: Visitor, submit: Submit, visit: Visit, session: Session
) -> None:
    others = share(session, learner.cohort_id, FIVE)
    assert len(shared(submit(WALK, text="Mine.", level="cohort"))) == 6
    step = small_shelf().course().step_by_key["01-map/your-walk"]
    change_level(session, others[0], step, level="private", version=0, now=NOW)
    session.commit()
    assert shared(visit(WALK)) == sorted([*FIVE[1:], "Mine."])
    change_level(session, others[1], step, level="trainers", version=1, now=NOW)
    session.commit()
    assert ALWAYS_SAID in visit(WALK).text_of("#shared")


def test_nothing_of_a_text_tells_whose_it_is_or_when_it_came(
    learner: Visitor, submit: Submit, session: Session
) -> None:
    """Each stands in the same elements with the same attributes, but for its language."""
    share(session, learner.cohort_id, FIVE)
    page = submit(WALK, text="Mine.", level="cohort")
    items = page.find_all("#shared li")
    assert {shape(item) for item in items} == {
        (("li", (("class", "voice"),)), ("p", (("class", "typed"), ("dir", "auto"), ("lang", language))))
        for language in ("en", "nl")
    }
    assert "19 November" not in page.text_of("#shared")
    assert "Somebody" not in page.text
    assert page.response is not None
    assert "no-cache" in page.response.headers["Cache-Control"]  # so no view shows what was taken back since
    assert "ETag" not in page.response.headers


def shape(element: Element) -> tuple[object, ...]:
    return tuple((one.tag, tuple(sorted(one.attrs.items()))) for one in (element, *element.elements))


def test_a_text_says_in_which_language_it_stands(learner: Visitor, submit: Submit, session: Session) -> None:
    share(session, learner.cohort_id, FIVE)
    page = submit(WALK, text="Mine.")
    assert {one.text: one["lang"] for one in page.find_all("#shared .typed")}["Door het bos."] == "nl"
    assert {one["dir"] for one in page.find_all("#shared .typed")} == {"auto"}


def test_signs_in_a_shared_text_stay_signs(learner: Visitor, submit: Submit, session: Session) -> None:
    share(session, learner.cohort_id, [*FIVE[:4], "<script>alert(1)</script> & <b>bold</b>"])
    assert "<script>alert(1)</script> & <b>bold</b>" in shared(submit(WALK, text="Mine."))


def test_of_many_texts_others_can_be_shown(learner: Visitor, submit: Submit, reader: Browser, session: Session) -> None:
    share(session, learner.cohort_id, [f"Text {number}" for number in range(2 * SHOWN)])
    page = submit(WALK, text="Mine.")
    assert len(shared(page)) == SHOWN
    assert f"These are {SHOWN}, drawn by lot." in page.text_of("#shared")
    links = [page.find("#shared a")["href"]]
    assert links == [f"{WALK}?again=1#shared"]
    views = {tuple(shared(page))}
    for _view in range(6):
        page = reader.visit(links[-1])
        links.append(page.find("#shared a")["href"])
        views.add(tuple(shared(page)))
    assert len(views) > 1
    assert len(set(links)) == len(links)  # the same address again would not be asked for again
    assert "drawn by lot" in reader.visit(f"{WALK}?again=no").text_of("#shared")


def test_a_trainer_reads_it_after_handing_in_and_learns_that_theirs_stays_with_them(
    app: Flask, learner: Visitor, session: Session
) -> None:
    share(session, learner.cohort_id, FIVE)
    trainer = make_visitor(
        session, enrolment=make_enrolment(session, cohort=session.get_one(Cohort, learner.cohort_id), role="trainer")
    )
    session.commit()
    browser = Browser(app.test_client())
    browser.sign_in(trainer)
    page = browser.visit(WALK)
    assert not page.has("#shared")
    assert "Nobody: you are a trainer here" in page.texts_of("main form .pick__one")[2]
    assert shared(browser.submit(WALK, text="A trainer's.", level="cohort")) == sorted(FIVE)


@pytest.mark.parametrize("texts", [FIVE, [f"Text {number}" for number in range(60)]], ids=["5", "60"])
def test_what_a_cohort_shares_is_one_statement_of_the_page(
    learner: Visitor, app: Flask, submit: Submit, reader: Browser, session: Session, texts: Sequence[str]
) -> None:
    with counted(Session(engine_of(app))) as before:
        reader.visit(WALK)
    submit(WALK, text="Mine.")
    share(session, learner.cohort_id, texts)
    with counted(Session(engine_of(app))) as statements:
        assert shared(reader.visit(WALK))
    assert len(statements) == len(before) + 2  # and one for what trainers wrote about it
