"""No text that somebody typed gets lost, whichever tab saved it when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.records.accounts import Visitor
from app.records.drafts import (
    LARGEST,
    MOST_OTHERS,
    DraftTooLarge,
    SavedDraft,
    TooManyTexts,
    draft_of,
    drop_draft,
    drop_other,
    save_draft,
    text_of,
    with_text,
)
from app.records.learning import NoEnrolment
from app.records.models import Draft
from tests.makers import NOW, make_visitor
from tests.nouns import make_reflect
from tests.racing import at_once, counted

STEP = make_reflect("one/reflect")
LATER = NOW + timedelta(minutes=5)


def body(text: str, level: str = "private") -> dict[str, list[str]]:
    """Fill in the form of a reflection."""
    return {"text": [text], "level": [level]}


# ---- saving ----------------------------------------------------------------------------------


def test_a_draft_is_there_when_its_learner_comes_back(session: Session) -> None:
    visitor = make_visitor(session)
    assert draft_of(session, visitor, STEP) is None
    assert save_draft(session, visitor, STEP, body("I think"), version=0, now=NOW) == SavedDraft(1, conflict=False)
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert (found.body, found.others, found.version, found.saved_at) == (body("I think"), (), 1, NOW)


def test_nobody_else_finds_it(session: Session) -> None:
    mine, other = make_visitor(session), make_visitor(session)
    save_draft(session, mine, STEP, body("I think"), version=0, now=NOW)
    assert draft_of(session, other, STEP) is None
    assert draft_of(session, replace(mine, enrolment_id=None), STEP) is None
    with pytest.raises(NoEnrolment):
        save_draft(session, replace(mine, enrolment_id=None), STEP, body("x"), version=0, now=NOW)


def test_a_tab_that_goes_on_typing_replaces_its_own_text(session: Session) -> None:
    visitor = make_visitor(session)
    version = 0
    for text in ("I", "I think", "I thought", ""):
        saved = save_draft(session, visitor, STEP, body(text), version=version, now=NOW)
        assert not saved.conflict
        version = saved.version
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert (found.body, found.others, found.version) == (body(""), (), 4)


def test_the_same_text_saved_again_makes_no_new_version(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("one\r\ntwo"), version=0, now=NOW)
    for version in (0, 1, 7):
        saved = save_draft(session, visitor, STEP, body("one\ntwo"), version=version, now=LATER)
        assert saved == SavedDraft(1, conflict=False)
    assert session.scalars(select(Draft.saved_at)).all() == [NOW]


def test_a_tab_that_saves_over_a_version_it_has_not_seen_keeps_both_texts(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("Here"), version=0, now=NOW)
    assert save_draft(session, visitor, STEP, body("There"), version=0, now=LATER) == SavedDraft(2, conflict=True)
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert (found.body, found.others) == (body("There"), (body("Here"),))


def test_a_third_and_a_fourth_tab_lose_no_text_either(session: Session) -> None:
    visitor = make_visitor(session)
    for text in ("One", "Two", "Three", "Four", "Two"):
        save_draft(session, visitor, STEP, body(text), version=0, now=NOW)
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert [b["text"][0] for b in (found.body, *found.others)] == ["Two", "Four", "Three", "One"]


def test_a_tab_whose_answers_were_lost_and_that_types_on_meets_no_conflict(session: Session) -> None:
    visitor = make_visitor(session)
    typed = ("Today I", "Today I saw", "Today I saw that")
    saved = [save_draft(session, visitor, STEP, body(text), version=0, now=NOW) for text in typed]
    assert saved[-1] == SavedDraft(3, conflict=False)


def test_two_tabs_that_both_type_on_leave_two_texts_and_no_more(session: Session) -> None:
    visitor = make_visitor(session)
    for length in range(3, 12):
        save_draft(session, visitor, STEP, body("a a a a a a a a"[:length]), version=0, now=NOW)
        save_draft(session, visitor, STEP, body("b b b b b b b b"[:length]), version=0, now=NOW)
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert [b["text"][0] for b in (found.body, *found.others)] == ["b b b b b b"[:11], "a a a a a a"[:11]]


def test_another_choice_is_another_text_even_when_its_slug_begins_alike(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, {"colour": ["red"]}, version=0, now=NOW)
    assert save_draft(session, visitor, STEP, {"colour": ["red-brown"]}, version=0, now=NOW).conflict
    assert save_draft(session, visitor, STEP, {"colour": ["red-brown", "red"]}, version=0, now=NOW).conflict


def test_a_text_that_is_too_large_is_refused_by_name_and_what_stood_there_stands(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("Short"), version=0, now=NOW)
    with pytest.raises(DraftTooLarge):
        save_draft(session, visitor, STEP, body("é" * (LARGEST // 2)), version=1, now=NOW)
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert found.body == body("Short")


def test_one_text_more_than_may_wait_is_refused_by_name_and_none_is_lost(session: Session) -> None:
    visitor = make_visitor(session)
    for number in range(MOST_OTHERS + 1):
        save_draft(session, visitor, STEP, body(f"{number}. text"), version=0, now=NOW)
    with pytest.raises(TooManyTexts):
        save_draft(session, visitor, STEP, body("Last"), version=0, now=NOW)
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert len(found.others) == MOST_OTHERS
    assert not save_draft(session, visitor, STEP, body("Mine"), version=found.version, now=NOW).conflict
    save_draft(session, visitor, STEP, found.others[3], version=0, now=NOW)


def test_any_signs_can_be_typed(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("\0 'quoted' \\ عربي 𐍈 \u2028"), version=0, now=NOW)
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert found.body == body("\0 'quoted' \\ عربي 𐍈 \u2028")


# ---- dropping --------------------------------------------------------------------------------


def test_a_dropped_draft_is_gone_and_its_text_with_it(session: Session) -> None:
    visitor = make_visitor(session)
    for text in ("Here", "There"):
        save_draft(session, visitor, STEP, body(text), version=0, now=NOW)
    assert drop_draft(session, visitor, STEP)
    assert drop_draft(session, visitor, STEP)
    assert draft_of(session, visitor, STEP) is None
    assert session.execute(select(Draft.body, Draft.other_body)).all() == [("{}", None)]


def test_a_tab_from_before_the_submission_cannot_replace_a_draft_begun_after_it(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("Earlier"), version=0, now=NOW)
    save_draft(session, visitor, STEP, body("Just before"), version=1, now=NOW)
    old = save_draft(session, visitor, STEP, body("Before"), version=2, now=NOW)
    drop_draft(session, visitor, STEP)
    new = save_draft(session, visitor, STEP, body("After"), version=0, now=NOW)
    assert (new.version > old.version, new.conflict) == (True, False)
    assert save_draft(session, visitor, STEP, body("Old tab"), version=old.version, now=LATER).conflict
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert (found.body, found.others) == (body("Old tab"), (body("After"),))


def test_a_draft_that_got_another_text_since_the_page_was_built_is_not_dropped(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("Here"), version=0, now=NOW)
    save_draft(session, visitor, STEP, body("There"), version=0, now=NOW)
    assert not drop_draft(session, visitor, STEP, version=1)
    assert draft_of(session, visitor, STEP) is not None
    assert drop_draft(session, visitor, STEP, version=2)


def test_the_others_go_when_their_learner_has_chosen_but_not_one_that_came_in_since(session: Session) -> None:
    visitor = make_visitor(session)
    assert drop_other(session, visitor, STEP, version=0, now=NOW)
    for text in ("Here", "There", "Elsewhere"):
        save_draft(session, visitor, STEP, body(text), version=0, now=NOW)
    assert not drop_other(session, visitor, STEP, version=2, now=NOW)
    assert drop_other(session, visitor, STEP, version=3, now=NOW)
    found = draft_of(session, visitor, STEP)
    assert found is not None
    assert (found.body, found.others) == (body("Elsewhere"), ())


# ---- renames ---------------------------------------------------------------------------------

RENAMED = make_reflect("uno/new", former=["one/reflect"])


def test_a_draft_is_found_and_goes_on_after_its_step_got_another_name(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("Before"), version=0, now=NOW)
    found = draft_of(session, visitor, RENAMED)
    assert found is not None
    assert found.body == body("Before")
    assert not save_draft(session, visitor, RENAMED, body("After"), version=found.version, now=NOW).conflict
    assert len(session.scalars(select(Draft)).all()) == 1
    drop_draft(session, visitor, RENAMED)
    assert draft_of(session, visitor, STEP) is None


def test_drafts_under_both_names_are_shown_together_and_become_one(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("Before"), version=0, now=NOW)
    save_draft(session, visitor, make_reflect("uno/new"), body("After"), version=0, now=NOW)
    found = draft_of(session, visitor, RENAMED)
    assert found is not None
    assert (found.body, found.others) == (body("After"), (body("Before"),))
    save_draft(session, visitor, RENAMED, body("Then"), version=found.version, now=NOW)
    assert session.scalars(select(Draft.about)).all() == ["uno/new"]
    again = draft_of(session, visitor, RENAMED)
    assert again is not None
    assert (again.body, again.others) == (body("Then"), (body("Before"),))


# ---- whatever tabs do ------------------------------------------------------------------------

words = st.text(alphabet="ab \n", max_size=4)
bodies = st.dictionaries(st.sampled_from(["text", "level", "q1"]), st.lists(words, max_size=2), max_size=3)


@given(st.lists(bodies, max_size=6), bodies)
def test_a_text_is_dropped_only_for_one_that_holds_every_word_of_it(
    texts: list[dict[str, list[str]]], newest: dict[str, list[str]]
) -> None:
    kept = with_text(texts, newest)
    assert kept[0] == newest
    for text in texts:
        if text not in kept[1:]:
            for name, values in text.items():
                typed = [value for value in values if value]
                assert all(any(new.startswith(value) for new in newest.get(name, [])) for value in typed)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saves=st.lists(st.tuples(st.integers(0, 2), st.text(alphabet="xyz", min_size=1, max_size=3)), max_size=12))
def test_what_a_tab_saved_last_is_always_there(session: Session, saves: list[tuple[int, str]]) -> None:
    """Three tabs type; each knows only its own versions. What each typed last must stand there."""
    visitor = make_visitor(session)
    known, last = [0, 0, 0], ["", "", ""]
    for tab, text in saves:
        saved = save_draft(session, visitor, STEP, body(f"{tab}{text}"), version=known[tab], now=NOW)
        last[tab] = f"{tab}{text}"
        if not saved.conflict:
            known[tab] = saved.version
        found = draft_of(session, visitor, STEP)
        assert found is not None
        there = [b["text"][0] for b in (found.body, *found.others)]
        assert {text for text in last if text} <= set(there)
        assert len(there) == len(set(there))
        assert found.body["text"] == [last[tab]]


def test_fields_are_kept_with_one_kind_of_line_end() -> None:
    assert text_of({"text": ["a\r\nb\rc\n"]}) == {"text": ["a\nb\nc\n"]}


# ---- at once ---------------------------------------------------------------------------------


def _save(visitor: Visitor, text: str, version: int, session: Session) -> None:
    save_draft(session, visitor, STEP, body(text), version=version, now=NOW)


def test_tabs_that_save_at_once_lose_no_text(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    for first in (0, 1):
        if first:
            save_draft(session, visitor, STEP, body("Seen by all"), version=0, now=NOW)
        session.commit()
        texts = [f"Tab {n} of {first}" for n in range(6)]
        at_once(engine, *(partial(_save, visitor, text, first) for text in texts))
        found = draft_of(session, visitor, STEP)
        assert found is not None
        assert set(texts) <= {b["text"][0] for b in (found.body, *found.others)}
        drop_draft(session, visitor, STEP)
        session.commit()


def test_a_double_click_saves_once(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    session.commit()
    saved = at_once(engine, *[lambda s: save_draft(s, visitor, STEP, body("Same"), version=0, now=NOW)] * 5)
    assert saved == [SavedDraft(1, conflict=False)] * 5


# ---- the cost --------------------------------------------------------------------------------


def test_a_draft_costs_three_statements_to_save_and_one_to_read(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, body("Here"), version=0, now=NOW)
    with counted(session) as saving:
        save_draft(session, visitor, STEP, body("There"), version=1, now=NOW)
    with counted(session) as reading:
        draft_of(session, visitor, STEP)
    assert (len(saving), len(reading)) == (3, 1)
