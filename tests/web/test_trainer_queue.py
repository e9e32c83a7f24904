"""What waits for a trainer: read, replied to, and gone at once when it is shared no more; the learner reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.course.parts import StepBase
from app.records import cohorts, people
from app.records.accounts import Visitor
from app.records.models import AuditEntry, Cohort, Draft, Enrolment, Reflection, Reply, User
from app.records.reflecting import change_level, delete_reflection, reflection_of, submit_reflection
from app.web.extensions import engine_of
from tests.makers import NOW, make_cohort, make_enrolment, make_user, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, Page, looked_at, small_shelf
from tests.web.html import fields_of, filled

QUEUE = "/trainer/queue"
WALK_KEY, BACK_KEY = "01-map/your-walk", "02-walk/look-back"
WALK = f"/modules/{WALK_KEY}"
THREAD = f"{WALK}/thread"
COURSE = small_shelf().course()


def step_of(key: str) -> StepBase:
    return COURSE.step_by_key[key]


@dataclass
class School:
    """A cohort with a trainer, who is signed in on `trainer`, and learners who share texts."""

    app: Flask
    session: Session
    cohort_id: int
    petra: Visitor
    trainer: Browser
    learners: dict[str, Visitor] = field(default_factory=dict)

    def learner(self, name: str) -> Visitor:
        """Enrol somebody, unless they are there."""
        if name not in self.learners:
            user = make_user(self.session, name=name, email=f"{name.lower()}@example.org")
            cohort = self.session.get_one(Cohort, self.cohort_id)
            enrolment = make_enrolment(self.session, user=user, cohort=cohort)
            self.learners[name] = make_visitor(self.session, enrolment=enrolment)
            self.session.commit()
        return self.learners[name]

    def write(self, name: str, text: str, *, level: str = "trainers", key: str = WALK_KEY, minutes: int = 0) -> int:
        """Let a learner hand in a text; return the number of its reflection."""
        visitor, now = self.learner(name), NOW + timedelta(minutes=minutes)
        standing = reflection_of(self.session, visitor, step_of(key))
        submit_reflection(
            self.session, visitor, COURSE, step_of(key), text=text, level=level,
            version=standing.version if standing else 0, now=now,
        )  # fmt: skip
        found = self.session.scalars(
            select(Reflection.id).where(Reflection.enrolment_id == visitor.enrolment_id, Reflection.step_key == key)
        ).one()
        self.session.commit()
        return found

    def withdraw(self, name: str, level: str = "private") -> None:
        standing = reflection_of(self.session, self.learner(name), step_of(WALK_KEY))
        assert standing is not None
        change_level(
            self.session, self.learner(name), step_of(WALK_KEY), level=level, version=standing.version, now=NOW
        )
        self.session.commit()

    def path(self, reflection_id: int) -> str:
        return f"/trainer/cohorts/{self.cohort_id}/reflections/{reflection_id}"

    def browser_of(self, visitor: Visitor) -> Browser:
        browser = Browser(self.app.test_client())
        browser.let_in(visitor)
        return browser

    def colleague(self, name: str = "Karim Klim") -> Visitor:
        """Enrol another trainer, as if they had been there from the start."""
        cohort = self.session.get_one(Cohort, self.cohort_id)
        user = make_user(self.session, name=name)
        made = make_visitor(
            self.session, enrolment=make_enrolment(self.session, user=user, cohort=cohort, role="trainer")
        )
        self.session.commit()
        return made


@pytest.fixture
def school(app: Flask, session: Session) -> School:
    """Make a cohort with a trainer who is signed in."""
    cohort = make_cohort(session, name="Autumn")
    user = make_user(session, name="Petra Perron", email="petra@example.org")
    petra = make_visitor(session, enrolment=make_enrolment(session, user=user, cohort=cohort, role="trainer"))
    cohort_id = cohort.id
    session.commit()
    trainer = Browser(app.test_client())
    trainer.let_in(petra)
    return School(app, session, cohort_id, petra, trainer)


def send(browser: Browser, page: Page, *, to: str = "", status: int = 200, **fields: str) -> Page:
    """Send the form of a page that was opened before."""
    form = page.form(having=["text"])
    response = browser.client.post(to or form.get("action"), data=filled(form, fields), follow_redirects=True)
    assert response.status_code == status, response.status
    return looked_at(response)


def names_in(page: Page) -> list[str]:
    return page.texts_of("main .marks h2")


# ---- the queue -------------------------------------------------------------------------------


def test_the_queue_shows_who_waits_the_longest_first_and_nothing_that_is_not_shared(school: School) -> None:
    school.write("Noor", "Later.", minutes=2)
    school.write("Cem", "First.", minutes=1)
    school.write("Wafa", "Only mine.", level="private")
    school.write("Yonas", "Without my name.", level="cohort")
    page = school.trainer.visit(QUEUE)
    assert names_in(page) == ["Cem", "Noor"]
    assert "2 reflections wait" in page.text_of("main .lead")
    assert "Later." not in page.text


def test_an_empty_queue_says_what_will_come(school: School) -> None:
    page = school.trainer.visit(QUEUE)
    assert page.text_of(".empty h2") == "Nobody waits for your reply"


def test_a_long_queue_is_paged_and_its_end_leads_back_to_the_beginning(school: School) -> None:
    for number in range(27):
        school.write(f"L{number:02}", "Text.", minutes=number)
    page = school.trainer.visit(QUEUE)
    assert names_in(page) == [f"L{number:02}" for number in range(25)]
    [more] = [link for link in page.find_all("main a") if link.text == "Show more"]
    page = school.trainer.visit(more["href"])
    assert names_in(page) == ["L25", "L26"]
    [back] = [link for link in page.find_all("main a") if link.text == "From the beginning"]
    assert names_in(school.trainer.visit(back["href"]))[0] == "L00"


def test_the_queue_is_that_of_all_my_cohorts_or_of_one(school: School, session: Session) -> None:
    other = make_cohort(session, name="Spring")
    make_enrolment(session, user=session.get_one(User, school.petra.user_id), cohort=other, role="trainer")
    learner = make_visitor(
        session, enrolment=make_enrolment(session, user=make_user(session, name="Far"), cohort=other)
    )
    other_id = other.id
    submit_reflection(session, learner, COURSE, step_of(WALK_KEY), text="Far.", level="trainers", version=0, now=NOW)
    session.commit()
    near = school.write("Near", "Near.", minutes=1)
    assert names_in(school.trainer.visit(QUEUE)) == ["Far", "Near"]
    page = school.trainer.visit(f"{QUEUE}?cohort={school.cohort_id}")
    assert names_in(page) == ["Near"]
    assert page.text_of("h1") == "Queue of Autumn"
    [first] = [link for link in page.find_all("main a") if link.text.startswith("Read the first")]
    sent = send(school.trainer, school.trainer.visit(first["href"]), text="Seen.", next="1")
    assert sent.path == QUEUE
    assert "Nobody waits for you now." in sent.text_of(".flashes")
    assert school.trainer.visit(f"{QUEUE}?cohort={other_id}").text_of("h1") == "Queue of Spring"
    assert near


# ---- a reply ---------------------------------------------------------------------------------


def test_a_trainer_reads_replies_and_goes_on_until_nobody_waits(school: School, rows: Session) -> None:
    numbers = [school.write(name, f"Text of {name}.", minutes=n) for n, name in enumerate(("Noor", "Cem", "Wafa"))]
    page = school.trainer.visit(school.path(numbers[0]))
    assert page.text_of("h1") == "Reflection of Noor"
    assert "Text of Noor." in page.text_of(".voice--me")
    for number, left in zip(numbers[1:], ("2 still wait.", "1 still waits."), strict=True):
        page = send(school.trainer, page, text="Thank you.\n\nHow did it go on?", next="1")
        assert page.path == school.path(number)
        assert left in page.text_of(".flashes")
        assert page.has("h1[autofocus]")
    page = send(school.trainer, page, text="Thank you.", next="1")
    assert page.path == QUEUE
    assert "Nobody waits for you now." in page.text_of(".flashes")
    replies = rows.scalars(select(Reply).order_by(Reply.id)).all()
    assert [one.reflection_id for one in replies] == numbers
    assert {one.author_id for one in replies} == {school.petra.user_id}
    assert rows.scalars(select(Draft.body).where(Draft.body != "{}")).all() == []


def test_a_reply_without_going_on_stands_in_the_thread(school: School) -> None:
    number = school.write("Noor", "Text.")
    page = send(school.trainer, school.trainer.visit(school.path(number)), text="Well seen.")
    assert page.path == school.path(number)
    assert page.texts_of("main .thread .typed") == ["Well seen."]
    assert fields_of(page.form(having=["text"]))["text"] == [""]


def test_a_text_that_is_skipped_waits_on_and_the_end_leads_to_the_queue(school: School) -> None:
    first, second = school.write("Noor", "One."), school.write("Cem", "Two.", minutes=1)
    page = school.trainer.visit(school.path(first))
    [skip] = [link for link in page.find_all("main a") if link.text == "Skip this one"]
    page = school.trainer.visit(skip["href"])
    assert page.path == school.path(second)
    [skip] = [link for link in page.find_all("main a") if link.text == "Skip this one"]
    assert names_in(school.trainer.visit(skip["href"])) == ["Noor", "Cem"]


def test_a_double_click_is_one_reply(school: School, rows: Session) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    for _click in range(2):
        send(school.trainer, page, text="Thank you.")
    assert rows.scalars(select(Reply.text)).all() == ["Thank you."]


def test_other_words_from_the_page_before_are_another_reply_that_is_asked_about(school: School, rows: Session) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    send(school.trainer, page, text="Thank you.")
    again = send(school.trainer, page, text="And one thing more.", status=422)
    assert fields_of(again.form(having=["text"]))["text"] == ["And one thing more."]
    assert again.texts_of("main .thread .typed") == ["Thank you."]
    send(school.trainer, again)
    assert rows.scalars(select(Reply.text).order_by(Reply.id)).all() == ["Thank you.", "And one thing more."]


def test_an_empty_reply_is_not_sent_and_one_too_long_is_kept(school: School, rows: Session) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    assert "There is no reply yet." in send(school.trainer, page, text="  ", status=422).text_of(".error-summary")
    long = "x" * 20_001
    assert "It is kept as a draft." in send(school.trainer, page, text=long, status=422).text_of(".error-summary")
    assert rows.scalars(select(Reply.id)).all() == []
    assert fields_of(school.trainer.visit(page.path).form(having=["text"]))["text"] == [long]


def test_what_a_colleague_wrote_meanwhile_is_shown_before_mine_goes(school: School, rows: Session) -> None:
    number = school.write("Noor", "Text.")
    page = school.trainer.visit(school.path(number))
    karim = school.browser_of(school.colleague())
    send(karim, karim.visit(school.path(number)), text="From Karim.")
    again = send(school.trainer, page, text="From Petra.", status=422)
    assert "Something was written here" in again.text_of(".error-summary")
    assert again.texts_of("main .thread .typed") == ["From Karim."]
    assert fields_of(again.form(having=["text"]))["text"] == ["From Petra."]
    send(school.trainer, again)
    assert rows.scalars(select(Reply.text).order_by(Reply.id)).all() == ["From Karim.", "From Petra."]


def test_a_text_that_was_rewritten_meanwhile_is_shown_before_the_reply_goes(school: School) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "First.")))
    school.write("Noor", "Second.")
    again = send(school.trainer, page, text="About the first.", status=422)
    assert again.find_all(".voice--me .typed")[0].text == "Second."
    assert again.text_of("#earlier .typed") == "First."
    page = send(school.trainer, again)
    assert "About the first." in page.texts_of("main .thread .typed")


def test_only_what_is_shared_is_shown_of_the_versions(school: School) -> None:
    school.write("Noor", "For me alone.", level="private")
    number = school.write("Noor", "For you too.")
    school.write("Noor", "Later, for you too.")
    page = school.trainer.visit(school.path(number))
    assert "For me alone." not in page.text
    assert page.text_of("#earlier .typed") == "For you too."


def test_a_reply_is_in_the_log_of_the_learner_without_its_words(school: School, rows: Session) -> None:
    number = school.write("Noor", "Text.")
    send(school.trainer, school.trainer.visit(school.path(number)), text="Thank you.")
    entry = rows.scalars(select(AuditEntry).where(AuditEntry.deed == "reply")).one()
    noor = school.learner("Noor")
    assert (entry.actor_id, entry.subject_id) == (school.petra.user_id, noor.user_id)
    page = school.browser_of(noor).visit("/account/log")
    assert "Petra Perron" in page.text_of("main")
    assert "Thank you." not in page.text


# ---- drafts of replies -----------------------------------------------------------------------


def test_a_reply_is_saved_while_it_is_typed_and_there_on_coming_back(school: School) -> None:
    number = school.write("Noor", "Text.")
    page = school.trainer.visit(school.path(number))
    sent = filled(page.form(having=["text"]), {"text": "Half a"})
    answer = school.trainer.client.post(f"{page.path}/draft", data=sent)
    assert (answer.status_code, answer.headers["Draft-Version"]) == (204, "1")
    assert fields_of(school.trainer.visit(page.path).form(having=["text"]))["text"] == ["Half a"]
    assert "your draft" in school.trainer.visit(QUEUE).text_of("main .marks")


def test_a_reply_can_be_kept_as_a_draft_without_a_script(school: School, rows: Session) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    page = send(school.trainer, page, text="Half a", later="1")
    assert fields_of(page.form(having=["text"]))["text"] == ["Half a"]
    assert rows.scalars(select(Reply.id)).all() == []


def test_two_tabs_keep_two_replies_until_one_is_chosen(school: School, rows: Session) -> None:
    number = school.write("Noor", "Text.")
    one, other = school.trainer.visit(school.path(number)), school.trainer.visit(school.path(number))
    send(school.trainer, one, text="From one tab.", later="1")
    page = send(school.trainer, other, text="From the other.", status=422)
    assert page.texts_of("[aria-labelledby=other-texts] .typed") == ["From one tab."]
    form = page.form(having=["text"])
    button = next(one for one in page.find_all("button[name=drop]"))
    answer = school.trainer.client.post(button["formaction"], data=filled(form, {}) | {"drop": "1"})
    assert answer.status_code == 303
    send(school.trainer, school.trainer.visit(page.path))
    assert rows.scalars(select(Reply.text)).all() == ["From the other."]


def test_a_reply_sent_after_the_session_ended_is_a_draft_after_signing_in(school: School, rows: Session) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    school.trainer.client.delete_cookie("session")
    late = send(school.trainer, page, text="Typed for an hour.", next="1")
    assert late.path == "/sign-in"
    assert "is kept for 24 hours" in late.text_of("main")
    back = school.trainer.sign_in(school.petra)
    assert "your reply" in back.text_of(".flashes")
    assert page.path in [link["href"] for link in back.find_all("a")]
    assert fields_of(school.trainer.visit(page.path).form(having=["text"]))["text"] == ["Typed for an hour."]
    assert rows.scalars(select(Reply.id)).all() == []


def test_what_a_trainer_began_is_no_text_of_their_own_at_the_course(school: School) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    send(school.trainer, page, text="Half a", later="1")
    assert "Half a" not in school.trainer.visit("/reflections").text


# ---- shared no more --------------------------------------------------------------------------

Deed = Callable[[School, Session], object]

WITHDRAWN: dict[str, Deed] = {
    "taken back": lambda school, session: school.withdraw("Noor"),
    "for the cohort instead": lambda school, session: school.withdraw("Noor", "cohort"),
    "deleted": lambda school, session: delete_reflection(session, school.learner("Noor"), step_of(WALK_KEY), now=NOW),
    "another trainer came": lambda school, session: cohorts.make_trainer(
        session, user_id=make_user(session).id, cohort_id=school.cohort_id, by=None, now=NOW
    ),
    "enrolment ended": lambda school, session: cohorts.end_enrolment(
        session, school.learner("Noor").user_id, school.cohort_id, by=None, now=NOW
    ),
    "account closed": lambda school, session: people.close_account(
        session, school.learner("Noor").user_id, by=None, now=NOW
    ),
}


@pytest.mark.parametrize("deed", WITHDRAWN)
def test_what_is_shared_no_more_is_gone_with_the_next_action_and_what_was_typed_is_there_to_copy(
    school: School, session: Session, rows: Session, deed: str
) -> None:
    number = school.write("Noor", "A secret walk.")
    page = school.trainer.visit(school.path(number))
    WITHDRAWN[deed](school, session)
    session.commit()
    assert names_in(school.trainer.visit(QUEUE)) == []
    gone = send(school.trainer, page, text="What I typed.", next="1", status=410)
    assert gone.texts_of("main .typed") == ["What I typed."]
    assert "Noor" not in gone.text_of("main")
    assert "A secret walk." not in gone.text
    assert rows.scalars(select(Reply.id)).all() == []
    again = school.trainer.visit(page.path, status=410)
    assert again.texts_of("main .typed") == ["What I typed."]
    queue = school.trainer.visit(QUEUE)
    assert "A reply that can be sent no more" in queue.text_of("main")
    assert "Noor" not in queue.text_of("main")
    assert school.trainer.send(again, action=page.path, drop="1").path == QUEUE
    school.trainer.visit(page.path, status=404)


def test_a_script_that_saves_hears_that_it_is_gone_and_nothing_typed_is_lost(school: School) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    sent = filled(page.form(having=["text"]), {"text": "Still typing"})
    school.withdraw("Noor")
    answer = school.trainer.client.post(f"{page.path}/draft", data=sent)
    assert (answer.status_code, answer.headers["Draft-Version"]) == (410, "1")
    assert school.trainer.visit(page.path, status=410).texts_of("main .typed") == ["Still typing"]


def test_what_was_said_before_a_sharing_was_taken_back_is_not_shown_when_it_is_shared_again(
    school: School, session: Session
) -> None:
    number = school.write("Noor", "Text.")
    send(school.trainer, school.trainer.visit(school.path(number)), text="To be forgotten by others.")
    school.withdraw("Noor")
    school.session.execute(update(Reply).values(written_at=NOW - timedelta(hours=1)))
    school.session.commit()
    school.withdraw("Noor", "trainers")
    page = school.trainer.visit(school.path(number))
    assert "To be forgotten" not in page.text
    assert names_in(school.trainer.visit(QUEUE)) == ["Noor"]
    assert "To be forgotten by others." in school.browser_of(school.learner("Noor")).visit(WALK).text_of("#thread")


# ---- who must not see it ---------------------------------------------------------------------


def addresses(school: School, number: int) -> list[str]:
    return [school.path(number), f"{school.path(number)}/draft", f"{school.path(number)}/choose"]


@pytest.mark.parametrize("level", ["private", "cohort"])
def test_what_is_not_shared_with_trainers_is_404_by_address_and_by_form(school: School, level: str) -> None:
    shared, hidden = school.write("Noor", "Shared."), school.write("Cem", "Hidden.", level=level)
    form = filled(school.trainer.visit(school.path(shared)).form(having=["text"]), {"text": "Words"})
    school.trainer.visit(school.path(hidden), status=404)
    for address in addresses(school, hidden) + addresses(school, 999_999):
        assert school.trainer.client.post(address, data=form).status_code == 404, address
    assert school.session.scalars(select(Draft.about)).all() == []


def test_a_trainer_of_another_cohort_a_learner_an_admin_and_a_former_trainer_find_nothing(
    school: School, session: Session
) -> None:
    number = school.write("Noor", "Text.")
    page = school.trainer.visit(school.path(number))
    form = filled(page.form(having=["text"]), {"text": "Words"})
    other = make_visitor(session, enrolment=make_enrolment(session, role="trainer"))
    admin = make_visitor(session, enrolment=make_enrolment(session, user=make_user(session, is_admin=True)))
    other_cohort = other.cohort_id
    session.commit()
    for visitor in (other, admin, school.learner("Noor"), school.learner("Cem")):
        browser = school.browser_of(visitor)
        browser.visit(school.path(number), status=404)
        token = fields_of(browser.visit(WALK).form(having=["enrolment"]))
        mine = form | {name: token[name] for name in ("csrf_token", "enrolment")}
        for address in addresses(school, number):
            assert browser.client.post(address, data=mine).status_code == 404, address
        if visitor is not other:
            browser.visit(QUEUE, status=404)
    # under the address of the cohort that is theirs, it is not there either
    school.browser_of(other).visit(f"/trainer/cohorts/{other_cohort}/reflections/{number}", status=404)
    school.browser_of(other).visit(f"{QUEUE}?cohort={school.cohort_id}", status=404)
    session.execute(update(Enrolment).where(Enrolment.id == school.petra.enrolment_id).values(standing="ended"))
    session.commit()
    school.trainer.visit(school.path(number), status=404)
    school.trainer.visit(QUEUE, status=404)


def test_a_form_of_another_cohort_of_mine_is_404(school: School, session: Session) -> None:
    number = school.write("Noor", "Text.")
    spring = make_cohort(session, name="Spring")
    make_enrolment(session, user=session.get_one(User, school.petra.user_id), cohort=spring, role="trainer")
    spring_id = spring.id
    session.commit()
    form = filled(school.trainer.visit(school.path(number)).form(having=["text"]), {"text": "Words"})
    for end in ("", "/draft", "/choose"):
        address = f"/trainer/cohorts/{spring_id}/reflections/{number}{end}"
        assert school.trainer.client.post(address, data=form).status_code == 404


def test_a_form_without_an_enrolment_is_refused(school: School) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    form = filled(page.form(having=["text"]), {"text": "Words"})
    del form["enrolment"]
    assert school.trainer.client.post(page.path, data=form).status_code == 400


@pytest.mark.parametrize("seen", ["", "1-0", "1-0-", "1-0-0123456789abcdef", "é-0-é", "1-0-é"])
def test_a_forged_account_of_what_was_seen_is_refused(school: School, seen: str) -> None:
    page = school.trainer.visit(school.path(school.write("Noor", "Text.")))
    form = filled(page.form(having=["text"]), {"text": "Words", "seen": seen})
    assert school.trainer.client.post(page.path, data=form).status_code == 400


# ---- the learner -----------------------------------------------------------------------------


def replied(school: School, text: str = "How did it go on?") -> Browser:
    """Have a reply to Noor's text; return the browser of Noor."""
    number = school.write("Noor", "Along the canal.")
    send(school.trainer, school.trainer.visit(school.path(number)), text=text)
    return school.browser_of(school.learner("Noor"))


def test_my_course_says_that_there_is_a_reply_until_it_was_opened(school: School) -> None:
    noor = replied(school)
    page = noor.visit("/my-course")
    assert page.text_of("[aria-labelledby=replies] a") == "Petra Perron wrote to you: Your own walk"
    assert "How did it go on?" not in page.text
    thread = noor.visit(page.find("[aria-labelledby=replies] a")["href"])
    assert thread.texts_of("main .thread .typed") == ["How did it go on?"]
    assert not noor.visit("/my-course").has("[aria-labelledby=replies]")


def test_a_page_that_is_only_fetched_ahead_leaves_a_reply_unread(school: School) -> None:
    noor = replied(school)
    noor.client.get(WALK, headers={"Sec-Purpose": "prefetch"})
    noor.client.head(THREAD)
    assert noor.visit("/my-course").has("[aria-labelledby=replies]")
    noor.visit(WALK)
    assert not noor.visit("/my-course").has("[aria-labelledby=replies]")


def test_the_thread_goes_on_and_waits_for_the_trainers_again(school: School) -> None:
    noor = replied(school)
    assert names_in(school.trainer.visit(QUEUE)) == []
    page = noor.submit(THREAD, text="It went well.")
    assert page.texts_of("main .thread .typed") == ["How did it go on?", "It went well."]
    queue = school.trainer.visit(QUEUE)
    assert names_in(queue) == ["Noor"]
    assert "replied to once" in queue.text_of("main .marks")
    first = school.trainer.visit(queue.find("main .marks h2 a")["href"])
    assert first.texts_of("main .thread .typed") == ["How did it go on?", "It went well."]
    send(school.trainer, first, text="Good.")
    assert noor.visit(WALK).texts_of("#thread .typed") == ["How did it go on?", "It went well.", "Good."]


def test_a_learners_open_page_is_not_out_of_date_by_a_reply(school: School, rows: Session) -> None:
    number = school.write("Noor", "First.")
    noor = school.browser_of(school.learner("Noor"))
    page = noor.visit(WALK)
    send(school.trainer, school.trainer.visit(school.path(number)), text="Thank you.")
    noor.send(page, action=WALK, text="Second.", level="trainers")
    assert rows.scalars(select(Reflection.waiting_since)).one() is not None


def test_an_answer_is_kept_as_a_draft_and_a_double_click_is_one(school: School, rows: Session) -> None:
    noor = replied(school)
    page = noor.visit(THREAD)
    answer = noor.client.post(f"{THREAD}/draft", data=filled(page.form(having=["text"]), {"text": "It went"}))
    assert answer.status_code == 204
    page = noor.visit(THREAD)
    assert fields_of(page.form(having=["text"]))["text"] == ["It went"]
    assert fields_of(noor.visit(WALK).form(having=["text"]))["text"] == ["Along the canal."]
    for _click in range(2):
        send(noor, page, text="It went well.")
    assert rows.scalars(select(Reply.text).where(Reply.by_learner)).all() == ["It went well."]
    assert fields_of(noor.visit(THREAD).form(having=["text"]))["text"] == [""]


def test_an_answer_that_looks_like_somebody_elses_data_is_asked_about_first(school: School, rows: Session) -> None:
    noor = replied(school)
    page = send(noor, noor.visit(THREAD), text="Call her: 06 12345678.", status=422)
    assert page.text_of(".asked mark") == "06 12345678"
    assert rows.scalars(select(Reply.id).where(Reply.by_learner)).all() == []
    send(noor, page, anyway="trainers")
    assert rows.scalars(select(Reply.text).where(Reply.by_learner)).all() == ["Call her: 06 12345678."]


def test_who_shares_no_more_keeps_the_thread_and_answers_no_more(school: School, rows: Session) -> None:
    noor = replied(school)
    page = noor.visit(THREAD)
    school.withdraw("Noor")
    refused = send(noor, page, text="Too late.", status=422)
    assert "do not share this text" in refused.text_of(".error-summary")
    assert "Too late." in refused.texts_of("main .typed")
    assert "How did it go on?" in refused.texts_of("main .typed")
    assert not noor.visit(THREAD).has("textarea")
    assert rows.scalars(select(Reply.id).where(Reply.by_learner)).all() == []


def test_an_answer_sent_after_the_session_ended_is_a_draft_after_signing_in(school: School) -> None:
    noor = replied(school)
    page = noor.visit(THREAD)
    noor.client.delete_cookie("session")
    assert send(noor, page, text="Typed in a train.").path == "/sign-in"
    back = noor.sign_in(school.learner("Noor"))
    assert "your answer at ‘Your own walk’" in back.text_of(".flashes")
    assert fields_of(noor.visit(THREAD).form(having=["text"]))["text"] == ["Typed in a train."]


def test_nobody_else_finds_the_thread(school: School) -> None:
    noor = replied(school)
    form = filled(noor.visit(THREAD).form(having=["text"]), {"text": "Mine?"})
    cem = school.browser_of(school.learner("Cem"))
    cem.visit(THREAD, status=404)
    token = fields_of(cem.visit(WALK).form(having=["enrolment"]))
    mine = form | {name: token[name] for name in ("csrf_token", "enrolment")}
    for end in ("", "/draft", "/choose"):
        assert cem.client.post(THREAD + end, data=mine).status_code == 404


def test_all_that_one_wrote_holds_the_thread_and_deleting_the_text_deletes_it(school: School, rows: Session) -> None:
    noor = replied(school)
    noor.submit(THREAD, text="It went well.")
    assert {"How did it go on?", "It went well."} <= set(noor.visit("/reflections").texts_of("main .typed"))
    noor.submit(f"{WALK}/delete")
    assert rows.scalars(select(Reply.id)).all() == []
    noor.visit(THREAD, status=404)


def test_the_words_of_a_trainer_whose_account_is_gone_stay(school: School, session: Session) -> None:
    noor = replied(school)
    session.execute(update(Reply).values(author_id=None))
    session.commit()
    assert "A trainer" in noor.visit("/my-course").text_of("[aria-labelledby=replies]")
    assert noor.visit(WALK).text_of("#thread .voice").startswith("A trainer")


# ---- how much it costs -----------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 30])
def test_the_queue_and_a_text_cost_the_same_however_much_waits(school: School, many: int) -> None:
    first, *_others, last = [school.write(f"L{number:02}", "Text.", minutes=number) for number in range(many + 1)]
    for turn in range(many):
        page = school.trainer.visit(school.path(last))
        send(school.trainer, page, text=f"Reply {turn}.")
    for address, most in ((QUEUE, 4), (school.path(first), 6)):
        with counted(Session(engine_of(school.app))) as statements:
            school.trainer.visit(address)
        assert len(statements) <= most, statements
