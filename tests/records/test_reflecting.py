"""A reflection belongs to its learner: no text is lost, none is read by whom it was not shared with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.course.parts import StepBase
from app.records.accounts import Visitor
from app.records.drafts import draft_of, save_draft
from app.records.kept_forms import hand_over, keep
from app.records.learning import NoEnrolment
from app.records.models import Enrolment, Reflection, ReflectionRevision, StepCompletion
from app.records.reflecting import (
    LONGEST,
    Level,
    NoReflection,
    NothingWritten,
    ReflectionRead,
    ReflectionTooLong,
    StaleReflection,
    change_level,
    delete_reflection,
    reflection_of,
    set_back,
    submit_reflection,
)
from tests.makers import NOW, make_cohort, make_enrolment, make_visitor
from tests.nouns import make_course, make_module, make_reflect
from tests.racing import at_once, counted

STEP = make_reflect("one/reflect")
LATER = NOW + timedelta(hours=1)


def write(
    session: Session,
    visitor: Visitor,
    text: str,
    *,
    level: str = "private",
    version: int | None = None,
    step: StepBase = STEP,
    now: datetime = NOW,
    draft_version: int | None = None,
) -> None:
    """Submit a reflection from a page that is up to date, or was built on `version`."""
    course = make_course(make_module(step.module_slug, step))
    if version is None:
        standing = reflection_of(session, visitor, step)
        version = standing.version if standing else 0
    submit_reflection(
        session, visitor, course, step, text=text, level=level, version=version, now=now, draft_version=draft_version
    )


def read(session: Session, visitor: Visitor, step: StepBase = STEP) -> ReflectionRead:
    """Read a reflection that is there."""
    found = reflection_of(session, visitor, step)
    assert found is not None
    return found


def shared(session: Session, visitor: Visitor) -> dict[str, bool]:
    """Say of each text whether others may read it."""
    return {revision.text: revision.shared for revision in read(session, visitor).revisions}


# ---- writing ---------------------------------------------------------------------------------


def test_a_submitted_reflection_is_kept_and_completes_its_step(session: Session) -> None:
    visitor = make_visitor(session)
    assert reflection_of(session, visitor, STEP) is None
    write(session, visitor, "My words\r\n", now=NOW)
    found = read(session, visitor)
    assert (found.text, found.level, found.version, found.deleted_at) == ("My words", Level.PRIVATE, 1, None)
    assert found.newest is not None
    assert (found.newest.number, found.newest.language, found.newest.submitted_at) == (1, "en", NOW)
    assert session.scalars(select(Enrolment.done)).all() == ["one one/reflect"]


def test_a_revised_text_stands_before_the_earlier_ones_which_stay(session: Session) -> None:
    visitor = make_visitor(session)
    for text in ("First", "Second", "Third"):
        write(session, visitor, text)
    assert [(r.number, r.text) for r in read(session, visitor).revisions] == [(3, "Third"), (2, "Second"), (1, "First")]
    assert len(session.scalars(select(StepCompletion)).all()) == 1


def test_the_same_text_and_level_again_make_nothing_new(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "My words", version=0)
    write(session, visitor, " My words ", version=0, now=LATER)  # a double click: from the same page
    write(session, visitor, "My words", now=LATER)
    assert read(session, visitor).version == 1
    assert session.scalars(select(ReflectionRevision.submitted_at)).all() == [NOW]


def test_a_page_built_on_an_older_text_cannot_replace_the_newer_one_and_gets_both(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First")
    write(session, visitor, "From one tab", version=1)
    with pytest.raises(StaleReflection) as refused:
        write(session, visitor, "From another tab", version=1)
    assert (refused.value.standing.text, refused.value.standing.version) == ("From one tab", 2)
    assert (refused.value.text, refused.value.level) == ("From another tab", Level.PRIVATE)
    assert read(session, visitor).text == "From one tab"
    write(session, visitor, "From another tab", version=refused.value.standing.version)
    assert read(session, visitor).text == "From another tab"


def test_a_page_from_before_the_first_text_cannot_replace_it(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "From one tab", version=0)
    with pytest.raises(StaleReflection):
        write(session, visitor, "From another tab", version=0)


@pytest.mark.parametrize("text", ["", "  \r\n ", "\0"])
def test_a_reflection_without_a_word_is_refused_by_name(session: Session, text: str) -> None:
    with pytest.raises(NothingWritten):
        write(session, make_visitor(session), text)


def test_a_text_that_is_too_long_is_refused_by_name_and_its_draft_stands(session: Session) -> None:
    visitor = make_visitor(session)
    save_draft(session, visitor, STEP, {"text": ["x" * (LONGEST + 1)]}, version=0, now=NOW)
    with pytest.raises(ReflectionTooLong) as refused:
        write(session, visitor, "x" * (LONGEST + 1))
    assert refused.value.length == LONGEST + 1
    assert draft_of(session, visitor, STEP) is not None
    write(session, visitor, "a\r\n" * (LONGEST // 2 - 1) + "é")


def test_any_signs_can_be_written(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "N\0UL 'quoted' عربي 𐍈 \u2028 end")
    assert read(session, visitor).text == "NUL 'quoted' عربي 𐍈 \u2028 end"


def test_a_submission_drops_its_draft_but_not_what_another_tab_saved_since(session: Session) -> None:
    visitor = make_visitor(session)
    saved = save_draft(session, visitor, STEP, {"text": ["Draft"]}, version=0, now=NOW)
    write(session, visitor, "From an older page", draft_version=saved.version - 1)
    assert draft_of(session, visitor, STEP) is not None
    write(session, visitor, "From this page", draft_version=saved.version)
    assert draft_of(session, visitor, STEP) is None
    save_draft(session, visitor, STEP, {"text": ["Draft"]}, version=0, now=NOW)
    write(session, visitor, "From this page")  # nothing new, and still a submission
    assert draft_of(session, visitor, STEP) is None


def test_nobody_else_reads_it(session: Session) -> None:
    mine, other = make_visitor(session), make_visitor(session)
    write(session, mine, "My words")
    assert reflection_of(session, other, STEP) is None
    assert reflection_of(session, replace(mine, enrolment_id=None), STEP) is None
    with pytest.raises(NoEnrolment):
        delete_reflection(session, replace(mine, enrolment_id=None), STEP, now=NOW)


# ---- who may read it -------------------------------------------------------------------------


def test_sharing_covers_the_text_as_shared_and_later_ones_and_never_earlier_ones(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First")
    write(session, visitor, "Second")
    write(session, visitor, "Third", level="trainers")
    write(session, visitor, "Fourth", level="trainers")
    assert shared(session, visitor) == {"First": False, "Second": False, "Third": True, "Fourth": True}


def test_the_text_as_it_stands_is_shared_when_only_the_level_changes(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First")
    write(session, visitor, "Second")
    write(session, visitor, "Second", level="cohort")
    assert shared(session, visitor) == {"First": False, "Second": True}
    assert len(read(session, visitor).revisions) == 2


def test_sharing_is_taken_back_at_once(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First", level="trainers")
    change_level(session, visitor, STEP, level="private", version=0, now=LATER)
    row = session.scalars(select(Reflection)).one()
    assert (row.level, row.shared_from, row.waiting_since) == ("private", None, None)
    assert shared(session, visitor) == {"First": False}


def test_sharing_again_does_not_cover_what_was_written_in_between(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First", level="trainers")
    write(session, visitor, "Second", level="private")
    write(session, visitor, "Third", level="private")
    change_level(session, visitor, STEP, level="trainers", version=read(session, visitor).version, now=LATER)
    assert shared(session, visitor) == {"First": False, "Second": False, "Third": True}


def test_other_readers_get_the_text_as_it_stands_and_not_what_was_shared_with_the_first(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "For my trainers", level="trainers")
    write(session, visitor, "For my cohort", level="cohort")
    assert shared(session, visitor) == {"For my trainers": False, "For my cohort": True}


def test_a_text_waits_for_the_trainers_from_its_first_unread_moment_on(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First", now=NOW)
    assert read(session, visitor).waiting_since is None
    write(session, visitor, "Second", level="trainers", now=LATER)
    write(session, visitor, "Third", level="trainers", now=LATER + timedelta(hours=1))
    assert read(session, visitor).waiting_since == LATER
    write(session, visitor, "Third", level="cohort", now=LATER)
    assert read(session, visitor).waiting_since is None


def test_a_text_that_was_answered_waits_again_only_when_a_new_one_arrives(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First", level="trainers", now=NOW)
    session.scalars(select(Reflection)).one().waiting_since = None  # as a trainer's reply does
    session.flush()
    write(session, visitor, "First", level="trainers", now=LATER)
    change_level(session, visitor, STEP, level="trainers", version=read(session, visitor).version, now=LATER)
    assert read(session, visitor).waiting_since is None
    write(session, visitor, "Second", level="trainers", now=LATER)
    assert read(session, visitor).waiting_since == LATER


def test_an_old_page_can_narrow_who_reads_but_never_widen_it(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First", level="trainers")
    change_level(session, visitor, STEP, level="private", version=1, now=NOW)
    with pytest.raises(StaleReflection):
        write(session, visitor, "First", level="trainers", version=1)
    with pytest.raises(StaleReflection):
        change_level(session, visitor, STEP, level="trainers", version=1, now=NOW)
    assert read(session, visitor).level is Level.PRIVATE
    change_level(session, visitor, STEP, level="trainers", version=2, now=NOW)
    write(session, visitor, "First", level="private", version=1)
    assert read(session, visitor).level is Level.PRIVATE


def test_where_no_text_is_nothing_can_be_shared(session: Session) -> None:
    visitor = make_visitor(session)
    change_level(session, visitor, STEP, level="private", version=0, now=NOW)
    with pytest.raises(NoReflection):
        change_level(session, visitor, STEP, level="trainers", version=0, now=NOW)
    write(session, visitor, "First")
    delete_reflection(session, visitor, STEP, now=NOW)
    with pytest.raises(NoReflection):
        change_level(session, visitor, STEP, level="trainers", version=2, now=NOW)


def test_a_level_that_does_not_exist_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="everybody"):
        write(session, make_visitor(session), "First", level="everybody")


# ---- deleting --------------------------------------------------------------------------------


def test_a_deleted_text_goes_with_its_earlier_ones_and_its_draft_and_the_step_stays_complete(session: Session) -> None:
    visitor = make_visitor(session)
    for text in ("First", "Second"):
        write(session, visitor, text, level="trainers")
    save_draft(session, visitor, STEP, {"text": ["Draft"]}, version=0, now=NOW)
    assert visitor.enrolment_id is not None
    keep(session, browser_hash="b", user_id=visitor.user_id, enrolment_id=visitor.enrolment_id, path="/p",
         about=STEP.key, body={"text": ["Kept"]}, now=NOW)  # fmt: skip
    delete_reflection(session, visitor, STEP, now=LATER)
    found = read(session, visitor)
    assert (found.level, found.text, found.revisions, found.deleted_at) == (Level.PRIVATE, "", (), LATER)
    assert session.scalars(select(ReflectionRevision)).all() == []
    assert draft_of(session, visitor, STEP) is None
    assert hand_over(session, browser_hash="b", user_id=visitor.user_id, now=LATER) == ()
    assert session.scalars(select(Enrolment.done)).all() == ["one one/reflect"]


def test_deleting_twice_changes_nothing(session: Session) -> None:
    visitor = make_visitor(session)
    delete_reflection(session, visitor, STEP, now=NOW)
    assert reflection_of(session, visitor, STEP) is None
    write(session, visitor, "First")
    delete_reflection(session, visitor, STEP, now=NOW)
    delete_reflection(session, visitor, STEP, now=LATER)
    assert (read(session, visitor).deleted_at, read(session, visitor).version) == (NOW, 2)


def test_after_a_deletion_one_can_write_again_and_numbers_go_on(session: Session) -> None:
    visitor = make_visitor(session)
    for text in ("First", "Second", "Third"):
        write(session, visitor, text)
    delete_reflection(session, visitor, STEP, now=NOW)
    write(session, visitor, "Fourth", level="trainers")
    found = read(session, visitor)
    assert [(r.number, r.text, r.shared) for r in found.revisions] == [(4, "Fourth", True)]
    assert found.deleted_at is None


def test_a_page_from_before_the_deletion_does_not_bring_the_text_back(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "First")
    delete_reflection(session, visitor, STEP, now=NOW)
    with pytest.raises(StaleReflection) as refused:
        write(session, visitor, "First", version=1)
    assert refused.value.standing.text == ""


# ---- renames ---------------------------------------------------------------------------------

RENAMED = make_reflect("uno/new", former=["one/reflect"])


def test_a_step_has_one_reflection_after_a_rename_too(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "Before", level="trainers")
    write(session, visitor, "After", level="trainers", step=RENAMED)
    assert [r.text for r in read(session, visitor, RENAMED).revisions] == ["After", "Before"]
    assert session.scalars(select(Reflection.step_key)).all() == ["one/reflect"]
    delete_reflection(session, visitor, RENAMED, now=NOW)
    assert session.scalars(select(ReflectionRevision)).all() == []


def test_two_steps_that_became_one_are_read_shared_and_deleted_as_one(session: Session) -> None:
    visitor = make_visitor(session)
    left, right = make_reflect("one/left"), make_reflect("one/right")
    write(session, visitor, "Left", level="trainers", step=left, now=NOW)
    write(session, visitor, "Right", step=right, now=LATER)
    both = make_reflect("one/both", former=["one/right", "one/left"])
    found = read(session, visitor, both)
    assert (found.level, [r.text for r in found.revisions]) == (Level.TRAINERS, ["Left", "Right"])
    write(session, visitor, "Both", level="trainers", step=both)
    write(session, visitor, "Both", level="private", step=both)
    assert not any(r.shared for r in read(session, visitor, both).revisions)
    assert set(session.scalars(select(Reflection.level))) == {"private"}
    delete_reflection(session, visitor, both, now=NOW)
    assert session.scalars(select(ReflectionRevision)).all() == []
    assert read(session, visitor, both).deleted_at == NOW


@pytest.mark.parametrize("deed", ["write", "write the same", "change the level"])
def test_of_two_steps_that_became_one_nothing_stays_shared_in_another_way(session: Session, deed: str) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "Left", level="trainers", step=make_reflect("one/left"))
    write(session, visitor, "Right", level="cohort", step=make_reflect("one/right"))
    both = make_reflect("one/both", former=["one/right", "one/left"])
    assert read(session, visitor, both).level is Level.COHORT
    if deed == "change the level":
        change_level(session, visitor, both, level="private", version=0, now=LATER)
        expected = {"Left": False, "Right": False}
    elif deed == "write the same":
        write(session, visitor, "Right", level="private", step=both)
        expected = {"Left": False, "Right": False}
    else:
        write(session, visitor, "Both", level="cohort", step=both)
        expected = {"Left": False, "Right": True, "Both": True}
    assert {r.text: r.shared for r in read(session, visitor, both).revisions} == expected
    assert session.scalars(select(Reflection.waiting_since)).all() == [None, None]


# ---- whatever is done ------------------------------------------------------------------------

DEEDS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(list(Level))),
    st.tuples(st.just("level"), st.sampled_from(list(Level))),
    st.tuples(st.just("delete"), st.none()),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, max_size=15))
def test_a_text_is_read_only_by_whom_it_was_for_while_it_stood_and_no_number_comes_twice(
    session: Session, deeds: list[tuple[str, Level | None]]
) -> None:
    visitor = make_visitor(session)
    seen: dict[int, str] = {}
    allowed: dict[str, set[Level]] = {}  # by text: levels that its learner had chosen while it was the newest one
    for number, (deed, level) in enumerate(deeds):
        standing = reflection_of(session, visitor, STEP)
        if deed == "write" and level is not None:
            write(session, visitor, f"Text {number}", level=level)
        elif deed == "level" and level is not None and standing is not None and standing.revisions:
            change_level(session, visitor, STEP, level=level, version=standing.version, now=LATER)
        elif deed == "delete":
            delete_reflection(session, visitor, STEP, now=LATER)
        found = reflection_of(session, visitor, STEP)
        if found is None:
            continue
        if found.newest is not None:
            allowed.setdefault(found.text, set()).add(found.level)
        for revision in found.revisions:
            assert seen.setdefault(revision.number, revision.text) == revision.text
            if revision.shared:
                assert found.level in allowed[revision.text]
        assert found.level is Level.PRIVATE or found.revisions[0].shared


# ---- other readers ---------------------------------------------------------------------------


def test_what_a_cohort_shared_is_read_by_its_learners_alone_once_other_people_would_read_it(session: Session) -> None:
    cohort = make_cohort(session)
    ours = [make_visitor(session, enrolment=make_enrolment(session, cohort=cohort)) for _level in Level]
    elsewhere = make_visitor(session)
    for visitor, level in zip([*ours, elsewhere], [*Level, Level.TRAINERS], strict=True):
        write(session, visitor, "My words", level=level)
    set_back(session, cohort_id=cohort.id, now=LATER)
    found = [read(session, visitor) for visitor in ours]
    assert [(one.level, one.set_back_at, one.version) for one in found] == [
        (Level.PRIVATE, None, 1), (Level.PRIVATE, LATER, 2), (Level.PRIVATE, LATER, 2),
    ]  # fmt: skip
    assert not any(one.waiting_since or one.revisions[0].shared for one in found)
    assert read(session, elsewhere).level is Level.TRAINERS


def test_what_some_enrolments_shared_is_set_back_and_nothing_of_others(session: Session) -> None:
    cohort = make_cohort(session)
    moved, stays = (make_visitor(session, enrolment=make_enrolment(session, cohort=cohort)) for _one in range(2))
    for visitor in (moved, stays):
        write(session, visitor, "My words", level="cohort")
    set_back(session, enrolment_ids=[moved.enrolment_id or 0], now=LATER)
    assert [read(session, one).set_back_at for one in (moved, stays)] == [LATER, None]
    set_back(session, enrolment_ids=[], now=LATER)
    assert read(session, stays).level is Level.COHORT


@pytest.mark.parametrize("chosen", ["private", "cohort"])
@pytest.mark.parametrize("deed", ["write", "again", "level"])
def test_a_learner_who_says_who_may_read_has_settled_it(session: Session, deed: str, chosen: str) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "My words", level="trainers")
    set_back(session, enrolment_ids=[visitor.enrolment_id or 0], now=LATER)
    if deed == "level":
        change_level(session, visitor, STEP, level=chosen, version=2, now=LATER)
    else:
        write(session, visitor, "My words" if deed == "again" else "Others", level=chosen)
    found = read(session, visitor)
    assert (found.level.value, found.set_back_at, found.revisions[0].shared) == (chosen, None, chosen == "cohort")


def test_a_text_that_was_set_back_and_deleted_is_told_of_no_more(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "My words", level="trainers")
    set_back(session, enrolment_ids=[visitor.enrolment_id or 0], now=LATER)
    delete_reflection(session, visitor, STEP, now=LATER)
    assert read(session, visitor).set_back_at is None


def test_a_page_that_names_the_readers_from_before_shares_with_nobody_new(session: Session) -> None:
    visitor = make_visitor(session)
    write(session, visitor, "My words", level="trainers")
    set_back(session, enrolment_ids=[visitor.enrolment_id or 0], now=LATER)
    with pytest.raises(StaleReflection):
        write(session, visitor, "My words", level="trainers", version=1)
    with pytest.raises(StaleReflection):
        change_level(session, visitor, STEP, level="cohort", version=1, now=LATER)
    assert read(session, visitor).level is Level.PRIVATE


def test_of_two_steps_that_became_one_both_are_set_back_and_settled(session: Session) -> None:
    visitor = make_visitor(session)
    for key in ("one/left", "one/right"):
        write(session, visitor, f"At {key}", level="trainers", step=make_reflect(key))
    both = make_reflect("one/both", former=["one/right", "one/left"])
    set_back(session, enrolment_ids=[visitor.enrolment_id or 0], now=LATER)
    assert read(session, visitor, both).set_back_at == LATER
    change_level(session, visitor, both, level="private", version=2, now=LATER)
    assert read(session, visitor, both).set_back_at is None


def test_whoever_shares_while_the_readers_change_shares_with_nobody_new(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    enrolment_id = visitor.enrolment_id or 0
    session.commit()
    write(session, visitor, "My words", level="trainers")  # and does not commit yet
    with ThreadPoolExecutor(1) as pool:
        change = pool.submit(at_once, engine, partial(set_back, enrolment_ids=[enrolment_id], now=LATER))
        with suppress(TimeoutError):  # it waits for who is writing; who did not wait would be ready by then
            change.result(timeout=0.3)
        session.commit()
        change.result()
    found = read(session, visitor)
    assert (found.level, found.set_back_at) == (Level.PRIVATE, LATER)


# ---- at once ---------------------------------------------------------------------------------


def _write(visitor: Visitor, text: str, session: Session) -> bool:
    try:
        write(session, visitor, text, version=0)
    except StaleReflection:
        return False
    return True


def test_a_double_click_is_one_text(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    session.commit()
    assert at_once(engine, *[partial(_write, visitor, "Same")] * 5) == [True] * 5
    assert session.scalars(select(ReflectionRevision.text)).all() == ["Same"]


def test_of_two_tabs_that_submit_at_once_one_is_told_that_the_other_was_first(engine: Engine, session: Session) -> None:
    visitor = make_visitor(session)
    session.commit()
    taken = at_once(engine, *(partial(_write, visitor, f"Tab {n}") for n in range(4)))
    assert sorted(taken) == [False, False, False, True]
    assert len(session.scalars(select(ReflectionRevision)).all()) == 1


# ---- the cost --------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [1, 50])
def test_reading_takes_one_statement_and_writing_seven_however_many_texts_there_are(
    session: Session, before: int
) -> None:
    visitor = make_visitor(session)
    for number in range(before):
        write(session, visitor, f"Text {number}")
    version = read(session, visitor).version
    with counted(session) as reading:
        read(session, visitor)
    with counted(session) as writing:
        write(session, visitor, "Last", version=version)
    assert (len(reading), len(writing)) == (1, 7)
