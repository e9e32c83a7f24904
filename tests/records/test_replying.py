"""A trainer reads and answers what is shared with them, as long as it is; the learner reads all of it, always."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.course.parts import StepBase
from app.records import moving
from app.records.accounts import Visitor
from app.records.answering import answer, mark_read, thread_of, threads_of, unread_of
from app.records.drafts import draft_of, drafts_of, save_draft
from app.records.guides import Trained, trained
from app.records.models import Cohort, Draft, Enrolment, Reflection, Reply, User
from app.records.places import AnswerPlace, ReplyPlace
from app.records.reflecting import (
    NothingWritten,
    ReflectionTooLong,
    change_level,
    delete_reflection,
    reflection_of,
    set_back,
    submit_reflection,
)
from app.records.replying import (
    MOST_COUNTED,
    Seen,
    drafts_of_replies,
    lock_thread,
    queue,
    reply,
    shared_text,
    waiting_count,
)
from app.records.threads import NotShared, ThreadWentOn
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor
from tests.nouns import make_course, make_module, make_reflect
from tests.racing import at_once, counted

STEP = make_reflect("one/reflect")
COURSE = make_course(make_module("one", STEP))
LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)


def enrol(session: Session, cohort_id: int, role: str = "learner", name: str = "Noor") -> Visitor:
    cohort = session.get_one(Cohort, cohort_id)
    return make_visitor(
        session, enrolment=make_enrolment(session, cohort=cohort, role=role, user=make_user(session, name=name))
    )


@pytest.fixture
def cohort_id(session: Session) -> int:
    return make_cohort(session).id


@pytest.fixture
def petra(session: Session, cohort_id: int) -> Visitor:
    return enrol(session, cohort_id, "trainer", "Petra")


@pytest.fixture
def noor(session: Session, cohort_id: int) -> Visitor:
    return enrol(session, cohort_id)


@pytest.fixture
def cohort(session: Session, petra: Visitor) -> Trained:
    return cohort_of(session, petra)


def cohort_of(session: Session, trainer: Visitor) -> Trained:
    assert trainer.cohort_id is not None
    found = trained(session, trainer.user_id, trainer.cohort_id)
    assert found is not None
    return found


def write(
    session: Session, visitor: Visitor, text: str = "Mine.", *, level: str = "trainers", step: StepBase = STEP,
    now: datetime = NOW,
) -> int:  # fmt: skip
    """Hand in a text from a page that is up to date; return its reflection."""
    standing = reflection_of(session, visitor, step)
    course = make_course(make_module(step.module_slug, step))
    version = standing.version if standing else 0
    submit_reflection(session, visitor, course, step, text=text, level=level, version=version, now=now)
    return session.scalars(select(Reflection.id).filter_by(enrolment_id=visitor.enrolment_id)).one()


def share(session: Session, visitor: Visitor, level: str, *, now: datetime = NOW) -> None:
    standing = reflection_of(session, visitor, STEP)
    assert standing is not None
    change_level(session, visitor, STEP, level=level, version=standing.version, now=now)


def send(
    session: Session, cohort: Trained, reflection_id: int, text: str = "Thank you.", *, by: int, key: str = "",
    seen: Seen | None = None, now: datetime = LATER,
) -> None:  # fmt: skip
    """Reply from a page that is up to date, or showed what was `seen`."""
    if seen is None:
        shared = shared_text(session, cohort, reflection_id)
        seen = shared.seen if shared else Seen(1, 0)
    reply(session, cohort, reflection_id, text=text, seen=seen, deed_key=key or text, language="en", by=by, now=now)


def texts(session: Session) -> list[str]:
    return list(session.scalars(select(Reply.text).order_by(Reply.id)))


# ---- what a trainer may read -----------------------------------------------------------------


def test_a_trainer_reads_what_is_shared_from_the_revision_on_that_is(
    session: Session, cohort: Trained, noor: Visitor
) -> None:
    number = write(session, noor, "Alone.", level="private")
    assert shared_text(session, cohort, number) is None
    write(session, noor, "With you.")
    write(session, noor, "With you, again.")
    found = shared_text(session, cohort, number)
    assert found is not None
    assert [(one.number, one.text) for one in found.revisions] == [(3, "With you, again."), (2, "With you.")]
    assert found.learner == "Noor"


HIDES: dict[str, Callable[[Session, Visitor], object]] = {
    "only me": lambda session, noor: share(session, noor, "private"),
    "my cohort": lambda session, noor: share(session, noor, "cohort"),
    "deleted": lambda session, noor: delete_reflection(session, noor, STEP, now=NOW),
    "set back": lambda session, noor: set_back(session, cohort_id=noor.cohort_id, now=NOW),
    "ended": lambda session, noor: session.execute(
        update(Enrolment).filter_by(id=noor.enrolment_id).values(standing="ended")
    ),
    "became a trainer": lambda session, noor: session.execute(
        update(Enrolment).filter_by(id=noor.enrolment_id).values(role="trainer")
    ),
    "account closed": lambda session, noor: session.execute(
        update(User).filter_by(id=noor.user_id).values(deactivated_at=NOW)
    ),
    "moved": lambda session, noor: moving.move(
        session, [noor.enrolment_id or 0], cohort_id=noor.cohort_id or 0, to_cohort_id=make_cohort(session).id,
        by=None, now=NOW,
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", HIDES)
def test_what_is_shared_no_more_is_neither_read_nor_listed_nor_replied_to(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor, way: str
) -> None:
    number = write(session, noor)
    save_draft(session, petra, ReplyPlace(number), {"text": ["Half"]}, version=0, now=NOW)
    HIDES[way](session, noor)
    assert shared_text(session, cohort, number) is None
    assert queue(session, petra.user_id) == ()
    assert waiting_count(session, petra.user_id) == 0
    with pytest.raises(NotShared):
        send(session, cohort, number, by=petra.user_id)
    assert texts(session) == []
    assert draft_of(session, petra, ReplyPlace(number)) is not None
    [begun] = drafts_of_replies(session, petra.user_id)
    assert (begun.reflection_id, begun.learner, begun.step_key) == (number, "", "")


def test_a_trainer_of_another_cohort_reads_nothing_of_it(session: Session, noor: Visitor) -> None:
    other = enrol(session, make_cohort(session).id, "trainer")
    number = write(session, noor)
    assert shared_text(session, cohort_of(session, other), number) is None
    assert queue(session, other.user_id) == ()
    with pytest.raises(NotShared):
        send(session, cohort_of(session, other), number, by=other.user_id)


def test_who_reads_anew_sees_nothing_of_what_was_said_to_those_before(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    send(session, cohort, number, "Before.", by=petra.user_id)
    answer(session, noor, STEP, text="Between us.", deed_key="a", language="en", now=LATER)
    set_back(session, cohort_id=noor.cohort_id, now=LATER)
    share(session, noor, "trainers", now=LATEST)
    found = shared_text(session, cohort, number)
    assert found is not None
    assert found.replies == ()
    assert queue(session, petra.user_id)[0].replies == 0
    send(session, cohort, number, "Since.", by=petra.user_id, now=LATEST + timedelta(minutes=1))
    assert [one.text for one in thread_of(session, noor, STEP).replies] == ["Before.", "Between us.", "Since."]
    again = shared_text(session, cohort, number)
    assert again is not None
    assert [one.text for one in again.replies] == ["Since."]


@pytest.mark.parametrize("deed", ["a new version", "the same level again"])
def test_the_thread_stays_open_while_the_readers_stay_the_same(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor, deed: str
) -> None:
    number = write(session, noor)
    send(session, cohort, number, by=petra.user_id)
    if deed == "a new version":
        write(session, noor, "Mine, again.", now=LATEST)
    else:
        share(session, noor, "trainers", now=LATEST)
    found = shared_text(session, cohort, number)
    assert found is not None
    assert [one.text for one in found.replies] == ["Thank you."]


# ---- the queue -------------------------------------------------------------------------------


def test_the_queue_is_in_the_order_in_which_texts_began_to_wait_and_goes_on_after_a_place(
    session: Session, petra: Visitor, cohort_id: int
) -> None:
    numbers = [
        write(session, enrol(session, cohort_id, name=name), now=NOW + timedelta(minutes=minute))
        for name, minute in (("C", 2), ("A", 0), ("B", 1), ("D", 2))
    ]
    order = [numbers[place] for place in (1, 2, 0, 3)]
    assert [one.reflection_id for one in queue(session, petra.user_id)] == order
    for place, one in enumerate(queue(session, petra.user_id)):
        after = queue(session, petra.user_id, after=one.place, size=2)
        assert [other.reflection_id for other in after] == order[place + 1 : place + 3]


def test_the_queue_costs_one_statement_and_one_text_two_however_long_they_are(
    session: Session, cohort: Trained, petra: Visitor, cohort_id: int
) -> None:
    numbers = [write(session, enrol(session, cohort_id)) for _learner in range(12)]
    for turn in range(6):
        send(session, cohort, numbers[0], f"Reply {turn}.", by=petra.user_id)
    with counted(session) as statements:
        assert len(queue(session, petra.user_id)) == 11
        assert waiting_count(session, petra.user_id) == 11
        shared_text(session, cohort, numbers[0])
    assert len(statements) == 4, statements


def test_more_than_anybody_answers_today_is_not_counted_to_the_end(
    session: Session, petra: Visitor, noor: Visitor
) -> None:
    steps = [make_reflect(f"one/s{number}") for number in range(MOST_COUNTED + 5)]
    course = make_course(make_module("one", *steps))
    for step in steps:
        submit_reflection(session, noor, course, step, text="T", level="trainers", version=0, now=NOW)
    assert waiting_count(session, petra.user_id) == MOST_COUNTED


# ---- replying --------------------------------------------------------------------------------


def test_a_reply_ends_the_waiting_drops_its_draft_and_leaves_the_learners_page_in_date(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    standing = reflection_of(session, noor, STEP)
    assert standing is not None
    save_draft(session, petra, ReplyPlace(number), {"text": ["Thank"]}, version=0, now=NOW)
    send(session, cohort, number, "  Thank you.\r\n", by=petra.user_id)
    after = reflection_of(session, noor, STEP)
    assert after is not None
    assert (after.waiting_since, after.version) == (None, standing.version)
    assert queue(session, petra.user_id) == ()
    assert draft_of(session, petra, ReplyPlace(number)) is None
    [one] = thread_of(session, noor, STEP).replies
    assert (one.text, one.author, one.by_learner, one.revision_number) == ("Thank you.", "Petra", False, 1)


def test_a_reply_is_no_deed_of_the_learner(session: Session, cohort: Trained, petra: Visitor, noor: Visitor) -> None:
    number = write(session, noor)
    send(session, cohort, number, by=petra.user_id, now=LATEST)
    answer(session, noor, STEP, text="So.", deed_key="a", language="en", now=LATEST)
    assert session.scalars(select(Enrolment.last_deed_at).filter_by(id=noor.enrolment_id)).one() == NOW


def test_the_same_deed_twice_is_one_reply_and_other_words_under_its_name_are_refused(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    for _click in range(2):
        send(session, cohort, number, by=petra.user_id, key="deed", seen=Seen(1, 0))
    assert texts(session) == ["Thank you."]
    with pytest.raises(ThreadWentOn):
        send(session, cohort, number, "Other words.", by=petra.user_id, key="deed")
    assert texts(session) == ["Thank you."]


@pytest.mark.parametrize(("text", "error"), [(" \n ", NothingWritten), ("x" * 20_001, ReflectionTooLong)])
def test_a_reply_without_words_or_with_too_many_is_refused(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor, text: str, error: type[Exception]
) -> None:
    number = write(session, noor)
    with pytest.raises(error):
        send(session, cohort, number, text, by=petra.user_id, key="k")
    with pytest.raises(error):
        answer(session, noor, STEP, text=text, deed_key="k", language="en", now=NOW)


def test_a_reply_to_a_thread_that_went_on_is_refused_and_its_draft_stands(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    save_draft(session, petra, ReplyPlace(number), {"text": ["Mine"]}, version=0, now=NOW)
    write(session, noor, "Another.", now=LATER)
    with pytest.raises(ThreadWentOn):
        send(session, cohort, number, by=petra.user_id, seen=Seen(1, 0))
    found = shared_text(session, cohort, number)
    assert found is not None
    assert found.seen == Seen(2, 0)
    assert draft_of(session, petra, ReplyPlace(number)) is not None


def test_a_cleared_draft_is_none(session: Session, petra: Visitor, noor: Visitor) -> None:
    number = write(session, noor)
    saved = save_draft(session, petra, ReplyPlace(number), {"text": ["Mine"]}, version=0, now=NOW)
    assert [one.is_waiting for one in drafts_of_replies(session, petra.user_id)] == [True]
    save_draft(session, petra, ReplyPlace(number), {"text": [" "]}, version=saved.version, now=NOW)
    assert drafts_of_replies(session, petra.user_id) == ()
    assert drafts_of(session, petra, COURSE) == {}


# ---- the learner's side ----------------------------------------------------------------------


def test_an_answer_waits_for_the_trainers_again(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    send(session, cohort, number, by=petra.user_id)
    save_draft(session, noor, AnswerPlace(STEP), {"text": ["It"]}, version=0, now=NOW)
    for _click in range(2):
        answer(session, noor, STEP, text="It went well.", deed_key="a", language="en", now=LATEST)
    assert texts(session) == ["Thank you.", "It went well."]
    [waiting] = queue(session, petra.user_id)
    assert (waiting.reflection_id, waiting.waiting_since, waiting.replies) == (number, LATEST, 1)
    assert draft_of(session, noor, AnswerPlace(STEP)) is None


def test_nothing_is_answered_that_no_trainer_wrote_about_or_reads(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    with pytest.raises(NotShared):
        answer(session, noor, STEP, text="Hello?", deed_key="a", language="en", now=NOW)
    number = write(session, noor)
    with pytest.raises(NotShared):
        answer(session, noor, STEP, text="Hello?", deed_key="a", language="en", now=NOW)
    send(session, cohort, number, by=petra.user_id)
    share(session, noor, "private")
    assert not thread_of(session, noor, STEP).is_open
    with pytest.raises(NotShared):
        answer(session, noor, STEP, text="Hello?", deed_key="a", language="en", now=NOW)
    share(session, noor, "trainers", now=LATEST)
    assert not thread_of(session, noor, STEP).is_open  # what was said before is not for those who read it now
    assert texts(session) == ["Thank you."]


def test_what_was_said_is_found_under_every_name_of_its_step(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    send(session, cohort, number, by=petra.user_id)
    save_draft(session, noor, AnswerPlace(STEP), {"text": ["Half"]}, version=0, now=NOW)
    renamed = make_reflect("one/think", former=["one/reflect"])
    assert thread_of(session, noor, renamed).has_news
    assert draft_of(session, noor, AnswerPlace(renamed)) is not None
    assert list(threads_of(session, noor, COURSE)) == ["one/reflect"]


def test_a_reply_is_news_until_its_learner_opened_it_and_nobody_elses(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor, cohort_id: int
) -> None:
    cem = enrol(session, cohort_id, name="Cem")
    number = write(session, noor)
    for words in ("One.", "Two."):
        send(session, cohort, number, words, by=petra.user_id)
    [news] = unread_of(session, noor)
    assert (news.step_key, news.count, news.author) == ("one/reflect", 2, "Petra")
    assert unread_of(session, cem) == ()
    mark_read(session, cem, STEP.keys, now=LATER)
    assert thread_of(session, noor, STEP).has_news
    mark_read(session, noor, STEP.keys, now=LATER)
    assert not thread_of(session, noor, STEP).has_news
    assert unread_of(session, noor) == ()
    assert thread_of(session, cem, STEP).replies == ()


def test_a_text_that_is_deleted_takes_its_thread_and_the_learners_draft_with_it(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    send(session, cohort, number, by=petra.user_id)
    save_draft(session, noor, AnswerPlace(STEP), {"text": ["Half"]}, version=0, now=NOW)
    delete_reflection(session, noor, STEP, now=LATER)
    assert texts(session) == []
    assert draft_of(session, noor, AnswerPlace(STEP)) is None


def test_a_trainers_account_that_goes_leaves_the_words(
    session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    send(session, cohort, number, by=petra.user_id)
    session.delete(session.get_one(User, petra.user_id))
    session.flush()
    [one] = thread_of(session, noor, STEP).replies
    assert (one.text, one.author_id, one.author) == ("Thank you.", None, "")


# ---- at once ---------------------------------------------------------------------------------


def outcome(deed: Callable[[Session], object], session: Session) -> str:
    """Do a deed; say which refusal came, or that it was done."""
    try:
        deed(session)
    except (NotShared, ThreadWentOn) as refused:
        return type(refused).__name__
    return "done"


@pytest.mark.parametrize("turn", range(3))
def test_of_two_trainers_who_reply_at_once_one_is_told_of_the_other(
    engine: Engine, session: Session, cohort: Trained, petra: Visitor, noor: Visitor, turn: int
) -> None:
    karim = enrol(session, cohort.cohort_id, "trainer", "Karim")
    other, number = cohort_of(session, karim), write(session, noor)
    session.commit()
    deeds = [
        partial(outcome, partial(_send, cohort, number, petra.user_id, "Petra's")),
        partial(outcome, partial(_send, other, number, karim.user_id, "Karim's")),
    ]
    assert sorted(at_once(engine, *deeds)) == ["ThreadWentOn", "done"]
    assert len(texts(session)) == 1


def _send(cohort: Trained, number: int, by: int, text: str, session: Session) -> None:
    send(session, cohort, number, text, by=by, seen=Seen(1, 0))


def test_a_double_click_at_once_is_one_reply(
    engine: Engine, session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    session.commit()
    click = partial(outcome, partial(_send, cohort, number, petra.user_id, "Once."))
    assert at_once(engine, click, click, click) == ["done"] * 3
    assert texts(session) == ["Once."]


TAKES_AWAY: dict[str, Callable[[Visitor, Session], object]] = {
    "taken back": lambda noor, session: share(session, noor, "private", now=LATER),
    "deleted": lambda noor, session: delete_reflection(session, noor, STEP, now=LATER),
    "set back": lambda noor, session: set_back(session, cohort_id=noor.cohort_id, now=LATER),
}


@pytest.mark.parametrize("way", TAKES_AWAY)
@pytest.mark.parametrize("trainer_first", [True, False])
def test_a_sharing_that_is_taken_back_at_once_with_a_reply_is_gone_before_or_after_it(
    engine: Engine, session: Session, cohort_id: int, way: str, trainer_first: bool
) -> None:
    """The enrolments are locked in both orders of their numbers."""
    if trainer_first:
        petra, noor = enrol(session, cohort_id, "trainer", "Petra"), enrol(session, cohort_id)
    else:
        noor, petra = enrol(session, cohort_id), enrol(session, cohort_id, "trainer", "Petra")
    cohort, number = cohort_of(session, petra), write(session, noor)
    session.commit()

    def both(session: Session) -> str:
        """Save the draft and send it, as the page does."""
        save_draft(session, petra, ReplyPlace(number), {"text": ["Words."]}, version=0, now=NOW)
        return outcome(partial(_send, cohort, number, petra.user_id, "Words."), session)

    def locked(session: Session) -> str:
        lock_thread(session, cohort, number)
        return both(session)

    said, _done = at_once(engine, locked, partial(outcome, partial(TAKES_AWAY[way], noor)))
    assert shared_text(session, cohort, number) is None
    kept = [] if way == "deleted" else ["Words."]
    assert texts(session) == (kept if said == "done" else [])
    is_kept = bool(
        session.scalars(select(Draft.body).filter_by(about=ReplyPlace(number).key, body='{"text": ["Words."]}')).all()
    )
    assert is_kept == (said != "done")


def test_an_answer_and_a_withdrawal_at_once_leave_nothing_waiting(
    engine: Engine, session: Session, cohort: Trained, petra: Visitor, noor: Visitor
) -> None:
    number = write(session, noor)
    send(session, cohort, number, by=petra.user_id)
    session.commit()

    def answers(session: Session) -> None:
        answer(session, noor, STEP, text="Well.", deed_key="a", language="en", now=LATEST)

    at_once(engine, partial(outcome, answers), partial(outcome, partial(TAKES_AWAY["taken back"], noor)))
    assert session.scalars(select(Reflection.waiting_since)).one() is None
    assert queue(session, petra.user_id) == ()


# ---- whatever happens ------------------------------------------------------------------------

DEEDS = st.lists(
    st.sampled_from(["write", "private", "trainers", "cohort", "set back", "delete", "reply", "answer"]), max_size=14
)


@given(deeds=DEEDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_history_a_trainer_reads_what_is_theirs_and_nothing_else(engine: Engine, deeds: list[str]) -> None:
    with Session(engine, expire_on_commit=False) as session:
        cohort_id = make_cohort(session).id
        petra, noor = enrol(session, cohort_id, "trainer"), enrol(session, cohort_id)
        cohort = cohort_of(session, petra)
        level, open_since, said = "none", 0, list[tuple[int, str]]()
        for turn, deed in enumerate(deeds, 1):
            before, level = level, _do(session, deed, turn, cohort, petra, noor, level)
            if level != before:
                open_since = turn
            known = {text for _turn, text in said}
            said += [(turn, text) for text in texts(session) if text not in known]
            if level == "none":
                said = []
            number = session.scalars(select(Reflection.id).filter_by(enrolment_id=noor.enrolment_id)).one_or_none()
            found = shared_text(session, cohort, number) if number else None
            assert (found is not None) == (level == "trainers")
            if found is not None:
                assert [one.text for one in found.replies] == [text for at, text in said if at >= open_since]
            assert [one.text for one in thread_of(session, noor, STEP).replies] == [text for _turn, text in said]
        session.rollback()


def _do(session: Session, deed: str, turn: int, cohort: Trained, petra: Visitor, noor: Visitor, level: str) -> str:
    """Do a deed at its turn; return who may read the text then, `none` where there is none."""
    now = NOW + timedelta(minutes=turn)
    if deed == "write":
        kept = level if level in ("trainers", "cohort") else "private"
        write(session, noor, f"Text {turn}.", level=kept, now=now)
        return kept
    if level == "none":
        return level
    if deed in ("private", "trainers", "cohort"):
        share(session, noor, deed, now=now)
        return deed
    if deed == "set back":
        set_back(session, enrolment_ids=[noor.enrolment_id or 0], now=now)
        return "private"
    if deed == "delete":
        delete_reflection(session, noor, STEP, now=now)
        return "none"
    number = session.scalars(select(Reflection.id).filter_by(enrolment_id=noor.enrolment_id)).one()
    words = f"Said {turn}."
    if deed == "reply":
        outcome(lambda session: send(session, cohort, number, words, by=petra.user_id, now=now), session)
    else:
        outcome(
            lambda session: answer(session, noor, STEP, text=words, deed_key=words, language="en", now=now), session
        )
    return level
