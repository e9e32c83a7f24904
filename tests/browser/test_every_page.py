"""Every page in every state, in both themes: axe finds nothing, nothing is too wide, nothing comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from app.course.files.published import publish
from app.course.parts import Given
from app.course.steps.quiz_step import QuizStep
from app.records import attempts, drafts, learning, links, reflecting, sharing, throttle
from app.records.accounts import Visitor
from app.records.models import Cohort, Enrolment, OneTimeLink, StepCompletion, Throttle, User
from app.web.extensions import house_of
from tests.browser.looking import Looker, theme_context
from tests.browser.site import Site, sign_in, sign_in_here, site_on
from tests.careful_course import write_careful
from tests.course_folder import Folder
from tests.makers import PASSWORD, app_code, make_cohort, make_enrolment, make_join_code, make_user, make_visitor

pytestmark = pytest.mark.browser

SIGNS, WALK, QUIZ, READ_ON = (f"01-map/{slug}" for slug in ("signs", "your-walk", "check", "read-on"))
BEFORE, ON_THE_WAY, TURN_AROUND, LOOK_BACK = (
    f"02-walk/{slug}" for slug in ("before", "on-the-way", "turn-around", "look-back")
)
LONG = "Onderwijsvoorbereidingsbijeenkomstverslag " * 3 + "\n\nhttps://example.org/" + "a" * 80
"""What people type too: long words, and addresses without a space."""
ROOT = Path(__file__).parents[2]
ABOUT_HER = "Her number is 06 12345678."
CHANGE = "  - {on: 2026-11-01, kind: substance, what: Not every map has a scale.}\n"


@dataclass
class Walk:
    """A looker on a site, with what it takes to bring pages into their states."""

    looker: Looker
    site: Site
    now: datetime
    language: str = "en"
    """In which the deeds are done."""

    @property
    def page(self) -> Page:
        return self.looker.page

    def see(self, state: str, path: str | None = None) -> None:
        """Look at the page at a path, or at the one that is open."""
        if path is not None:
            self.page.goto(self.site.address + path)
        self.looker.look(state)

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button or link of the page's own part; wait for the page that comes."""
        main = self.page.locator("main")
        with self.page.expect_navigation():
            main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()

    def become(self, name: str) -> None:
        """Be somebody else on this browser."""
        self.page.context.clear_cookies()
        sign_in(self.page, self.site, name)

    def visitor(self, session: Session, name: str) -> Visitor:
        user = session.scalars(select(User).where(User.email == f"{name}@example.org")).one()
        return make_visitor(session, enrolment=session.scalars(select(Enrolment).filter_by(user_id=user.id)).first())

    def app_code(self, name: str) -> str:
        """Look at somebody's authenticator app."""
        user = self.site.rows.scalars(select(User).where(User.email == f"{name}@example.org")).one()
        return app_code(self.site.rows, user.id, key=house_of(self.site.app).key, now=datetime.now(UTC))

    # ---- deeds, by their verbs

    def complete(self, name: str, *keys: str) -> None:
        with self.site.writing() as session:
            course = self.site.course(self.language)
            for key in keys:
                visitor = self.visitor(session, name)
                learning.complete_step(session, visitor, course, course.step_by_key[key], now=self.now)
            session.commit()

    def answer(self, name: str, key: str, given: Mapping[str, Given], deed_key: str) -> int:
        step = self.site.course(self.language).step_by_key[key]
        assert isinstance(step, QuizStep)
        with self.site.writing() as session:
            made = attempts.submit_quiz(
                session,
                self.visitor(session, name),
                self.site.course(self.language),
                step,
                given,
                deed_key=deed_key,
                shuffle_seed=1,
                now=self.now,
            )
            session.commit()
        return made

    def answer_best(self, name: str, key: str) -> int:
        step = self.site.course(self.language).step_by_key[key]
        assert isinstance(step, QuizStep)
        return self.answer(
            name, key, {question.slug: question.best() for question in step.quiz.questions}, f"best {key}"
        )

    def reflect(self, name: str, key: str, words: str, level: str = "private", version: int = 0) -> None:
        course = self.site.course(self.language)
        with self.site.writing() as session:
            visitor = self.visitor(session, name)
            step = course.step_by_key[key]
            reflecting.submit_reflection(
                session, visitor, course, step, text=words, level=level, version=version, now=self.now
            )
            session.commit()

    def draft(self, name: str, key: str, body: dict[str, list[str]]) -> None:
        with self.site.writing() as session:
            step = self.site.course(self.language).step_by_key[key]
            drafts.save_draft(session, self.visitor(session, name), step, body, version=0, now=self.now)
            session.commit()

    def forget(self, name: str, key: str) -> None:
        """Make it as if a step had come to the course after somebody did all the others."""
        with self.site.writing() as session:
            enrolment_id = self.visitor(session, name).enrolment_id
            assert enrolment_id
            session.execute(delete(StepCompletion).filter_by(enrolment_id=enrolment_id, step_key=key))
            done = " ".join(sorted(learning.keys_done(session, enrolment_id)))
            session.execute(update(Enrolment).filter_by(id=enrolment_id).values(done=done))
            session.commit()


def make_people(site: Site) -> None:
    """Make a cohort with learners and a trainer, somebody in no cohort, somebody in two, and an admin."""
    with site.writing() as session:
        cohort = make_cohort(session, name="Najaar in de Onderwijsvoorbereidingsgroep")
        make_join_code(session, cohort=cohort, key="OPEN-2222-2222")
        make_join_code(session, cohort=cohort, key="FULL-2222-2222", seats=1, taken=1)
        make_join_code(session, cohort=cohort, key="OVER-2222-2222", last_day=datetime(2020, 1, 1, tzinfo=UTC).date())
        people = {name: make_user(session, name=name.title(), email=f"{name}@example.org") for name in PEOPLE}
        for name in ("fresh", "middle", "done", "several", "fifth"):
            make_enrolment(session, user=people[name], cohort=cohort)
        make_enrolment(session, user=people["several"], cohort=make_cohort(session, name="Spring"))
        make_enrolment(session, user=people["trainer"], cohort=cohort, role="trainer")
        people["admin"].is_admin = True
        session.commit()


PEOPLE = ("fresh", "middle", "done", "several", "fifth", "nowhere", "trainer", "admin")


# ---- the states --------------------------------------------------------------------------------


def see_the_doors(walk: Walk) -> None:
    """Coming in: nobody is signed in yet."""
    walk.see("start", "/")
    walk.see("sign in", "/sign-in")
    walk.press("Sign in")
    walk.see("sign in, nothing filled in")
    walk.page.locator("#email").fill("fresh@example.org")
    walk.page.locator("#password").fill("not the password")
    walk.press("Sign in")
    walk.see("sign in, refused")
    with walk.site.writing() as session:
        key = house_of(walk.site.app).key
        for _failure in range(throttle.PER_ACCOUNT):
            throttle.note_failure(session, throttle.sign_in_buckets(key, "fresh@example.org", "127.0.0.1"), walk.now)
        session.commit()
    walk.page.locator("#password").fill(PASSWORD)
    walk.press("Sign in")
    walk.see("sign in, too many attempts")
    with walk.site.writing() as session:
        session.execute(delete(Throttle))
        session.commit()
    walk.see("forgotten password", "/forgotten")
    walk.press("Send me a link")
    walk.see("forgotten password, nothing filled in")
    walk.page.locator("#email").fill("fresh@example.org")
    walk.press("Send me a link")
    walk.see("mail for a new password")
    walk.see("link for a new password", newest_link(walk))
    walk.see("link that nobody gave", "/link/nobody-gave-this")


def see_joining(walk: Walk) -> None:
    """Joining by a code, as somebody without an account."""
    walk.see("code", "/join")
    walk.press("Go to my cohort")
    walk.see("code, nothing filled in")
    walk.see("code that nobody knows", "/join/NONE-2222-2222")
    walk.see("cohort that is full", "/join/FULL-2222-2222")
    walk.see("cohort whose code is over", "/join/OVER-2222-2222")
    walk.see("join", "/join/OPEN-2222-2222")
    walk.press("Send me the mail")
    walk.see("join, nothing filled in")
    walk.page.locator("#name").fill("Wafa Trede")
    walk.page.locator("#email").fill("wafa@example.org")
    walk.press("Send me the mail")
    walk.see("mail to join")
    link = newest_link(walk)
    walk.see("link to join", link)
    walk.page.locator("#password").fill("short")
    walk.press("Begin")
    walk.see("link to join, weak password")
    with walk.site.writing() as session:
        session.execute(update(OneTimeLink).values(expires_at=walk.now - timedelta(days=1)))
        session.commit()
    walk.see("link that is too old", link)
    with walk.site.writing() as session:
        session.execute(update(OneTimeLink).values(expires_at=walk.now + timedelta(days=1)))
        session.commit()
    walk.page.goto(walk.site.address + link)
    walk.page.locator("#password").fill(PASSWORD)
    walk.press("Begin")
    walk.see("my course, just joined")
    walk.see("link that was used", link)


def newest_link(walk: Walk) -> str:
    """Return the address in the newest letter."""
    found = walk.site.rows.scalars(select(OneTimeLink).order_by(OneTimeLink.id.desc()).limit(1)).one()
    return f"/link/{links.token_of(found, house_of(walk.site.app).key)}"


def see_the_beginning(walk: Walk) -> None:
    """The pages of somebody who did nothing yet."""
    walk.become("fresh")
    walk.see("my course, nothing done", "/my-course")
    walk.see("start, signed in", "/")
    walk.see("account", "/account")
    walk.page.locator("#name").fill("")
    walk.press("Save name and language")
    walk.see("account, no name")
    walk.press("Change the password")
    walk.see("account, no password")
    walk.see("join again", "/join/OPEN-2222-2222")
    walk.see("read", path(SIGNS))
    walk.page.locator("main details").first.evaluate("one => one.open = true")
    walk.page.locator(".outline-fold").evaluate("one => one.open = true")
    walk.see("read, notes unfolded")
    walk.see("resources", path(READ_ON))
    walk.see("locked", path(LOOK_BACK))
    walk.see("reflect", path(WALK))
    walk.press("Hand in")
    walk.see("reflect, nothing written")
    walk.page.locator("#text").fill(f"{ABOUT_HER}\n\n{LONG}\n\n{ABOUT_HER}")
    walk.press("Hand in")
    walk.see("reflect, asked about somebody's number")
    expect(walk.page.locator(".asked mark")).to_have_count(2)
    walk.see("quiz", path(QUIZ))
    walk.press("Check my answers")
    walk.see("quiz, nothing answered")
    expect(walk.page.locator(".error-summary")).to_be_focused()
    for line in (1, 2, 3):
        walk.page.locator(f"#q-plan-{line}").select_option("choose")
    walk.press("Check my answers")
    walk.see("quiz, the same thing in every place")
    walk.see("bookmarks, none", "/bookmarks")
    walk.see("own texts, none", "/reflections")
    walk.see("glossary", "/glossary")
    walk.see("module on paper", "/modules/01-map/print")
    walk.see("search", "/search")
    walk.see("search, found", "/search?q=contour")
    walk.see("search, not all words together", "/search?q=contour+resources")
    walk.see("search, words of another language", "/search?q=hoogtelijn")
    expect(walk.page.locator(".results__elsewhere a")).to_have_count(1)
    walk.see("search, nothing found", f"/search?q={'o' * 90}")


def see_the_middle(walk: Walk) -> None:
    """The pages of somebody who is under way."""
    walk.complete("middle", SIGNS, BEFORE)
    walk.draft("middle", WALK, {"text": [LONG], "level": ["trainers"]})
    failed = walk.answer("middle", QUIZ, {"distance": ("four",), "word": ("path",)}, "first")
    walk.draft("middle", QUIZ, {"q-distance": ["two"], "q-word": ["contour"]})
    walk.become("middle")
    walk.see("my course, under way")
    walk.see("reflect, a draft", path(WALK))
    walk.draft("middle", WALK, {"text": ["Another text.\n\nOf another tab."], "level": ["private"]})
    walk.see("reflect, two texts", path(WALK))
    walk.see("quiz, a draft and an attempt", path(QUIZ))
    walk.draft("middle", QUIZ, {"q-distance": ["four"], "q-steep": ["close", "along"]})
    walk.see("quiz, answers of two tabs", path(QUIZ))
    walk.see("attempt, failed", f"/attempts/{failed}")
    walk.page.goto(walk.site.address + path(SIGNS))
    walk.press("Not done after all")
    walk.see("read, taken back")
    walk.complete("middle", SIGNS)
    before, _declared = walk.site.course().step_by_key[SIGNS].published[0]
    with walk.site.writing() as session:
        session.execute(update(StepCompletion).values(seen_revision=before).filter_by(step_key=SIGNS))
        session.commit()
    walk.see("my course, a text changed", "/my-course")
    walk.page.goto(walk.site.address + path(QUIZ))
    walk.page.locator(".outline-fold").evaluate("one => one.open = true")
    walk.see("quiz, another text changed")
    walk.see("read, changed since", path(SIGNS))
    expect(walk.page.locator("#changed")).to_be_visible()
    walk.press("Set a bookmark")
    walk.see("read, marked")
    walk.see("bookmarks", "/bookmarks")
    walk.see("own texts, a draft", "/reflections")
    walk.see("module on paper, partly open", "/modules/02-walk/print")
    walk.see("read, done", path(SIGNS))
    walk.complete("middle", ON_THE_WAY)
    wrong = {"half": ("on",), "told": ("false",)}
    for deed in ("one", "two"):
        walk.answer("middle", TURN_AROUND, wrong, deed)
    walk.see("quiz, attempts used up", path(TURN_AROUND))


def see_the_end(walk: Walk) -> None:
    """The pages of somebody who did everything."""
    walk.complete("done", SIGNS, READ_ON, BEFORE, ON_THE_WAY)
    passed = walk.answer_best("done", QUIZ)
    walk.answer_best("done", TURN_AROUND)
    walk.reflect("done", LOOK_BACK, "Next time I start earlier.")
    walk.reflect("done", WALK, LONG)
    walk.reflect("done", WALK, "A second text.", level="trainers", version=1)
    walk.become("done")
    walk.see("my course, finished")
    walk.see("reflect, handed in", path(LOOK_BACK))
    walk.page.goto(walk.site.address + path(WALK))
    walk.page.locator("#earlier summary").click()
    walk.see("reflect, shared, with earlier texts")
    walk.see("module on paper, with own texts", "/modules/01-map/print?mine=1")
    walk.reflect("done", WALK, ABOUT_HER, level="cohort", version=2)
    for name in ("fresh", "middle", "several", "fifth"):
        walk.reflect(name, WALK, LONG, level="cohort")
    walk.see("reflect, with texts of the cohort", path(WALK))
    expect(walk.page.locator("#shared .voice")).to_have_count(5)
    walk.press("Stop sharing: only me")
    walk.page.locator("[name=level][value=trainers]").check()
    walk.press("Only change who may read it")
    walk.see("reflect, asked before it is shared")
    expect(walk.page.locator(".asked mark")).to_have_count(1)
    walk.page.goto(walk.site.address + "/reflections")
    walk.page.locator("main summary").first.click()
    walk.see("own texts")
    walk.page.goto(walk.site.address + path(LOOK_BACK))
    walk.reflect("done", LOOK_BACK, "From another tab.", version=1)
    walk.page.locator("#text").fill("From this tab.")
    walk.press("Hand in the new version")
    walk.see("reflect, handed in meanwhile")
    walk.see("delete?", path(WALK) + "/delete")
    walk.press("Delete it")
    walk.see("reflect, deleted")
    walk.see("attempt, passed", f"/attempts/{passed}")
    walk.see("quiz, done", path(QUIZ))
    walk.forget("done", READ_ON)
    walk.see("my course, a step is new", "/my-course")
    expect(walk.page.locator(".module .missing a")).to_have_attribute("href", path(READ_ON))
    walk.see("resources, new", path(READ_ON))
    expect(walk.page.locator(".step-head .tag--wait")).to_be_visible()


def see_sharing(walk: Walk) -> None:
    """A reflection that is asked about before it goes out, and what the cohort shares below it."""
    people = [f"sharing{number}" for number in range(sharing.SHOWN + 1)]
    with walk.site.writing() as session:
        cohort = session.scalars(select(Cohort).limit(1)).one()
        for name in people:
            make_enrolment(session, user=make_user(session, email=f"{name}@example.org"), cohort=cohort)
        session.commit()
    walk.become("fresh")
    walk.page.goto(walk.site.address + path(WALK))
    walk.page.locator("#text").fill(f"Yonas Trede, 3-4-2001, 06-01234567. {LONG}")
    walk.page.locator("[name=level][value=trainers]").check()
    walk.press("Hand in")
    expect(walk.page.locator(".asked")).to_be_focused()
    walk.see("reflect, asked about others")
    walk.press("Hand in all the same")
    walk.see("reflect, too few texts to show")
    walk.page.locator("[name=level][value=cohort]").check()
    walk.press("Only change who may read it")
    walk.see("reflect, asked before it is shared")
    walk.press("Share all the same")
    for name in people[:4]:
        walk.reflect(name, WALK, LONG, level="cohort")
    walk.see("reflect, texts of the cohort", path(WALK))
    assert walk.page.locator("#shared li").count() == 5
    for name in people[4:]:
        walk.reflect(name, WALK, "عبر الحديقة.", level="cohort")
    walk.page.goto(walk.site.address + path(WALK))
    for again in (1, 2):
        walk.page.get_by_role("link", name="Show others").click()
        expect(walk.page).to_have_url(f"{walk.site.address}{path(WALK)}?again={again}#shared")
    walk.see("reflect, other texts of the cohort")


def see_the_others(walk: Walk) -> None:
    """People in no cohort, in several, and those who work here."""
    walk.become("nowhere")
    walk.see("my course, in no cohort")
    walk.see("account, in no cohort", "/account")
    walk.see("join with an account", "/join/OPEN-2222-2222")
    walk.become("several")
    walk.see("my course, one of several cohorts")
    walk.see("cohorts", "/my-course/cohorts")
    walk.become("trainer")
    walk.see("my course, as a trainer")
    walk.become("admin")
    walk.see("my course, as an admin")


def see_the_office(walk: Walk) -> None:
    """An admin makes a cohort, settles what it works through, and makes a join code."""
    walk.become("admin")
    walk.see("all cohorts", "/admin/cohorts")
    walk.see("no cohort put away", "/admin/cohorts?archived=1")
    walk.see("a new cohort", "/admin/cohorts/new")
    walk.press("Make the cohort")
    walk.see("a new cohort, nothing filled in")
    walk.page.locator("#name").fill("Voorjaar met een heel lange naam, van januari tot en met de zomervakantie")
    walk.page.get_by_label("Only these modules").check()
    walk.page.locator("#in-01-map").check()
    walk.page.locator("#after-01-map").fill("14")
    walk.press("Make the cohort")
    walk.see("a cohort without a code")
    address = urlsplit(walk.page.url).path
    walk.page.locator("#seats").fill("30")
    walk.page.locator("#domains").fill("students.university-of-applied-sciences.example.org")
    walk.press("Make a join code")
    walk.see("a cohort with a code")
    walk.see("a cohort, to change", f"{address}/change")
    walk.see("a cohort, to copy", f"{address}/copy")
    see_a_file(walk, address)
    see_people(walk, address)
    walk.page.goto(walk.site.address + address)
    walk.press("Put away")
    walk.see("a cohort that was put away")
    walk.see("what staff did, for oneself", "/account/log")


def see_a_file(walk: Walk, cohort: str) -> None:
    """A file that cannot be read, and one with a row that cannot be: its plan, its receipt and its undo."""
    walk.see("choose a file", f"{cohort}/import")
    walk.press("Read the file")
    walk.see("no file chosen")
    give_a_file(walk, "picture.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    walk.see("a file that cannot be read")
    walk.page.goto(f"{walk.site.address}{cohort}/import")
    give_a_file(walk, f"{'A very long name of a file ' * 6}.csv", ROSTER.encode())
    walk.see("plan")
    walk.press(re.compile("^Apply"))
    walk.see("receipt")
    walk.press("Undo this file")
    walk.see("undo")


ROSTER = "Name;E-mail\n" + f"{'Wolfeschlegelsteinhausenbergerdorff ' * 3};wolfe@example.org\nNobody;\n"


def give_a_file(walk: Walk, name: str, content: bytes) -> None:
    """Choose a file on the page that is open, and have it read."""
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    walk.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type] # a TypedDict of the same shape
    walk.press("Read the file")
    expect(walk.page.locator("progress")).to_have_count(0)


def see_people(walk: Walk, cohort: str) -> None:
    """The people of a cohort, a link by hand, one of them, and moving them; mail, and the log."""
    walk.see("people of a cohort", f"{cohort}/people")
    walk.press(re.compile("^Make a link"))
    walk.see("link by hand")
    walk.see("nobody of that name", f"{cohort}/people?q=nobody")
    walk.page.goto(f"{walk.site.address}{cohort}/people")
    walk.page.locator("tbody input[type=checkbox]").check()
    walk.press("Move to another cohort")
    walk.see("move")
    walk.page.locator("main form[method=get] select").select_option(index=1)
    walk.page.locator("main form[method=get] button").click()
    walk.see("move, what will happen")
    walk.see("people", "/admin/people")
    walk.see("people, nobody found", "/admin/people?q=nobody")
    walk.see("somebody new", "/admin/people/new")
    walk.page.goto(f"{walk.site.address}/admin/people?q=wolfe")
    walk.press(re.compile("^Wolfe"))
    walk.page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    walk.see("person")
    walk.see("mail", "/admin/mail")
    walk.see("log", "/admin/log")
    walk.see("log, days out of order", "/admin/log?since=2027-02-01&until=2027-01-01")
    walk.see("log, nothing found", "/admin/log?since=2027-02-01")


def see_the_cohort(walk: Walk) -> None:
    """The page of a cohort for its trainer: nobody in need, somebody of each sort, many."""
    walk.become("trainer")
    cohort = walk.site.rows.scalars(select(Enrolment.cohort_id).filter_by(role="trainer")).first()
    address = f"/trainer/cohorts/{cohort}"
    walk.see("cohorts of a trainer", "/trainer/cohorts")
    walk.see("cohort, nobody in need", address)
    walk.complete("middle", SIGNS, BEFORE)
    walk.reflect("middle", WALK, LONG, level="trainers")
    walk.answer("several", QUIZ, {}, "first")
    for deed in ("second", "third"):
        walk.answer("fifth", QUIZ, {}, deed)
    with walk.site.writing() as session:
        long_ago = walk.now - timedelta(days=40)
        session.execute(update(Enrolment).values(created_at=long_ago))
        names = ("fresh@example.org", "done@example.org")
        session.execute(update(User).where(User.email == names[0]).values(name=LONG[:110].replace("\n", " ")))
        session.execute(update(User).where(User.email == names[1]).values(password_hash=None))
        session.commit()
    walk.see("cohort, somebody in need of each sort", address)
    walk.page.locator("main details summary").click()
    walk.see("cohort, its numbers", address + "#look")
    walk.press("Let rest")
    walk.see("cohort, a signal that rests")
    walk.see("cohort, all folded up", f"{address}?open=")
    walk.see("signals of a cohort", f"{address}/settings")
    walk.page.locator("#days").fill("2")
    walk.press("Save")
    walk.see("signals of a cohort, too few days")
    walk.see("cohort, nobody found", f"{address}?q=nobody")
    with walk.site.writing() as session:
        home = session.get_one(Cohort, cohort)
        for number in range(101):
            make_enrolment(session, user=make_user(session, name=f"Yara Trede {number}"), cohort=home)
        home.archived_at = walk.now
        session.commit()
    walk.see("cohort of many, put away", f"{address}?page=2")


def see_the_queue(walk: Walk) -> None:
    """What waits for a trainer, the reply to it, and what the learner reads; then it is shared no more."""
    page = walk.page
    walk.become("trainer")
    walk.see("queue, nobody waits", "/trainer/queue")
    for version, words in enumerate((LONG, f"Again. {LONG}")):
        walk.reflect("middle", WALK, words, level="trainers", version=version)
    walk.reflect("done", WALK, "عبر الحديقة.", level="trainers")
    walk.reflect("fifth", WALK, "Along the canal.", level="trainers")
    walk.see("queue", "/trainer/queue")
    walk.press("Read the first")
    page.locator("main details").evaluate("one => one.open = true")
    walk.see("a text that waits")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#text").fill("From another tab.")
    with other.expect_navigation():
        other.get_by_role("button", name="Keep as a draft").click()
    other.close()
    page.locator("#text").fill(LONG)
    walk.press("Send and go to the next")
    expect(page.locator("#other-texts")).to_be_visible()
    walk.see("a reply, two texts")
    walk.press("I do not need it any more")
    walk.press("Send and go to the next")
    expect(page.locator(".flashes")).to_contain_text("Your reply is sent.")
    walk.see("the next text, after a reply")
    walk.press("Send and go to the next")
    walk.see("a reply without words")
    page.locator("#text").fill("Half a")
    walk.press("Keep as a draft")
    walk.see("a reply, kept as a draft")
    walk.see("queue, with a draft", "/trainer/queue")
    see_the_thread(walk)
    walk.become("trainer")
    page.goto(f"{walk.site.address}/trainer/queue")
    walk.press("Done")
    address = page.url
    with walk.site.writing() as session:
        enrolment_id = walk.visitor(session, "done").enrolment_id
        reflecting.set_back(session, enrolment_ids=[enrolment_id or 0], now=walk.now)
        session.commit()
    walk.see("queue, with a reply that can be sent no more", "/trainer/queue")
    walk.see("a text that is shared no more", urlsplit(address).path)


def see_the_thread(walk: Walk) -> None:
    """What a learner reads of a reply, and what they write back."""
    page = walk.page
    walk.become("middle")
    walk.see("my course, a reply")
    walk.press(re.compile("^Trainer wrote to you"))
    page.locator("main details").evaluate("one => one.open = true")
    walk.see("thread")
    page.locator("#text").fill(f"{ABOUT_HER} {LONG}")
    walk.press("Send")
    walk.see("an answer that is asked about")
    walk.press("Send all the same")
    walk.see("thread, answered")
    walk.see("reflect, with a thread", path(WALK))
    walk.see("own texts, with a thread", "/reflections")
    walk.page.goto(walk.site.address + path(WALK))
    walk.press("Stop sharing: only me")
    walk.see("reflect, with a thread that is closed")
    walk.see("thread that is closed", f"{path(WALK)}/thread")


def see_the_questions(walk: Walk) -> None:
    """How questions do: before anybody answered, with too few attempts, and with enough in one of two languages."""
    walk.become("trainer")
    walk.see("quizzes", "/trainer/questions")
    walk.see("questions, nobody answered", "/trainer/questions/map-signs")
    try_the_quiz(walk, 21, {"distance": ("two",), "word": (LONG.split()[0],)})
    try_the_quiz(walk, 7, {"distance": ("four",), "steep": ("close", "crossing"), "word": ("contour",)})
    try_the_quiz(walk, 2, {"time": ("flat>twelve", "up>twenty")})
    walk.language = "nl"
    try_the_quiz(walk, 6, {"distance": ("twenty",)})
    walk.language = "en"
    walk.see("questions", "/trainer/questions/map-signs")
    expect(walk.page.locator(".item__odd").first).to_be_visible()
    expect(walk.page.get_by_text("withheld").first).to_be_visible()
    walk.page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    walk.see("questions, unfolded")


def try_the_quiz(walk: Walk, people: int, given: Mapping[str, Given]) -> None:
    """Let so many new learners answer the quiz about maps alike, once."""
    course = walk.site.course(walk.language)
    step = course.step_by_key[QUIZ]
    assert isinstance(step, QuizStep)
    with walk.site.writing() as session:
        cohort = session.scalars(select(Cohort).limit(1)).one()
        for _one in range(people):
            visitor = make_visitor(session, enrolment=make_enrolment(session, cohort=cohort))
            attempts.submit_quiz(session, visitor, course, step, given, deed_key="1", shuffle_seed=1, now=walk.now)
        session.commit()


def see_a_learner(walk: Walk) -> None:
    """One learner for their trainer, and the same for the learner."""
    rows = walk.site.rows
    failed = walk.answer("middle", QUIZ, {"distance": ("four",)}, "first")
    walk.complete("middle", SIGNS, BEFORE)
    walk.reflect("middle", WALK, LONG, level="trainers")
    middle = rows.scalars(select(Enrolment).join(User).where(User.email == "middle@example.org")).one()
    address = f"/trainer/cohorts/{middle.cohort_id}/learners/{middle.id}"
    walk.become("trainer")
    walk.see("a learner", address)
    walk.page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true })")
    walk.see("a learner, all unfolded")
    walk.press("Mark as done elsewhere")
    walk.see("a learner, a step without a reason")
    walk.page.locator("[name=step]").select_option(READ_ON)
    walk.page.locator("[name=reason]").fill(LONG[:400])
    walk.press("Mark as done elsewhere")
    walk.see("a learner, a step done elsewhere")
    walk.see("an attempt of a learner", f"{address}/attempts/{failed}")
    walk.become("middle")
    walk.see("my course, noted as done elsewhere")
    walk.see("a step done elsewhere", path(READ_ON))
    walk.see("what my trainer sees", "/my-course/what-my-trainer-sees")


def see_two_steps(walk: Walk) -> None:
    """Two-step sign-in: turned on, asked for, turned off, and needed of an admin."""
    page = walk.page
    walk.become("fresh")
    walk.see("two-step sign-in", "/account/second-step")
    walk.press("Next: set up the app")
    walk.see("two-step sign-in, nothing filled in")
    page.locator("#current").fill(PASSWORD)
    walk.press("Next: set up the app")
    walk.see("app")
    walk.press("Turn on two-step sign-in")
    walk.see("app, nothing filled in")
    page.locator("#code").fill(walk.app_code("fresh"))
    walk.press("Turn on two-step sign-in")
    walk.see("recovery codes")
    walk.press("I have kept them")
    walk.see("account with two-step sign-in")
    for state, address in {"off": "off", "new codes": "new-codes"}.items():
        walk.see(state, f"/account/second-step/{address}")
        page.locator("#current").fill("not the password")
        page.locator("main form button").click()
        walk.see(f"{state}, refused")
    page.context.clear_cookies()
    page.goto(f"{walk.site.address}/sign-in")
    sign_in_here(page, "fresh")
    walk.see("code")
    page.locator("#code").fill("000000")
    walk.press("Sign in")
    walk.see("code, refused")
    walk.press("No app at hand? Use a recovery code")
    walk.see("recovery code")
    walk.press("Sign in")
    walk.see("recovery code, nothing filled in")
    house = house_of(walk.site.app)
    walk.site.app.extensions["opstap"] = replace(house, settings=replace(house.settings, two_step_admins=True))
    page.context.clear_cookies()
    page.goto(f"{walk.site.address}/sign-in")
    sign_in_here(page, "admin")
    walk.see("two-step sign-in, needed of an admin")


def see_errors(walk: Walk) -> None:
    """What is said when something went wrong."""
    walk.become("fresh")
    walk.see("404", "/modules/01-map/nowhere")
    walk.see("405", path(SIGNS) + "/take-back")
    walk.page.goto(walk.site.address + path(SIGNS))
    walk.page.locator("main input[name=enrolment]").first.evaluate("one => one.value = 'forged'")
    walk.press("Done, go on")
    walk.see("400")
    walk.page.goto(walk.site.address + "/account")
    walk.page.locator("main input[name=csrf_token]").first.evaluate("one => one.value = 'forged'")
    walk.press("Save name and language")
    walk.see("400, made in another session")
    walk.page.goto(walk.site.address + path(SIGNS))
    other = walk.page.context.new_page()
    walk.page.context.clear_cookies()
    sign_in(other, walk.site, "middle")
    other.close()
    walk.press("Done, go on")
    walk.see("409")
    walk.page.context.clear_cookies(name="session")
    walk.page.goto(walk.site.address + path(WALK))
    walk.see("sign in, to go on")
    with walk.site.writing() as session:
        session.execute(text("ALTER TABLE draft RENAME TO gone"))
        session.commit()
    sign_in_here(walk.page, "fresh")
    expect(walk.page.locator("h1")).to_have_text("Something went wrong here")
    walk.see("500")


def path(key: str) -> str:
    return f"/modules/{key}"


# ---- looking at them all ------------------------------------------------------------------------


@contextmanager
def walk_on(browser: Browser, site: Site) -> Iterator[Walk]:
    context = theme_context(browser, "light")
    try:
        yield Walk(Looker(context.new_page(), site.address), site, datetime.now(UTC))
    finally:
        context.close()


@pytest.fixture
def changed_course(tmp_path: Path) -> Path:
    """A copy of the small course in which a step changed in its substance."""
    folder = Folder(tmp_path / "course")
    publish(folder.path, folder.course())
    first = "    what: A comma came back.\n"
    folder.change("modules/01-map/01-signs.en.md", "Every map has", "Nearly every map has")
    folder.change("modules/01-map/01-signs.en.md", first, first + CHANGE)
    nl = "    what: Een komma kwam terug.\n"
    folder.change("modules/01-map/01-signs.nl.md", nl, nl + "  2:\n    what: Niet elke kaart heeft een schaal.\n")
    folder.bring_up_to_date()
    assert not folder.faults(), folder.faults()
    return folder.path


TOURS: Mapping[str, Callable[[Walk], None]] = {
    "doors": see_the_doors,
    "office": see_the_office,
    "joining": see_joining,
    "beginning": see_the_beginning,
    "middle": see_the_middle,
    "end": see_the_end,
    "sharing": see_sharing,
    "others": see_the_others,
    "cohort": see_the_cohort,
    "learner": see_a_learner,
    "queue": see_the_queue,
    "questions": see_the_questions,
    "two steps": see_two_steps,
    "errors": see_errors,
}


def test_a_look_finds_what_is_wrong(browser: Browser, site: Site) -> None:
    with walk_on(browser, site) as walk:
        walk.page.goto(site.address + "/sign-in")
        walk.page.locator("label[for=email]").evaluate("one => one.remove()")
        walk.page.locator("h1").evaluate(
            "one => { one.textContent = 'x'.repeat(90); Object.assign(one.style, {color: '#ccc', textWrap: 'nowrap'}) }"
        )
        walk.page.evaluate("fetch('http://127.0.0.2:9/').catch(() => 0)")
        walk.see("spoiled")
        found = " ".join(walk.looker.faults)
        for fault in (
            "label: #email",
            "color-contrast: h1",
            "the title is 'Sign in",
            "wide at 320",
            "Content Security Policy",
        ):
            assert fault in found, found


@pytest.mark.parametrize("tour", TOURS)
def test_every_page_can_be_used_by_everybody_in_every_state(
    browser: Browser, tmp_path: Path, changed_course: Path, tour: str
) -> None:
    with site_on(tmp_path, course=changed_course) as site, walk_on(browser, site) as walk:
        make_people(site)
        TOURS[tour](walk)
        assert walk.looker.faults == []


def test_what_belongs_to_care_can_be_used_by_everybody(browser: Browser, tmp_path: Path) -> None:
    course = write_careful(tmp_path / "careful").path
    with site_on(tmp_path, course=course) as site, walk_on(browser, site) as walk:
        make_people(site)
        walk.see("support, for a stranger", "/support")
        walk.see("a page of the foot, for a stranger", "/pages/about-us")
        walk.become("fresh")
        for state, key in {"read": SIGNS, "reflect": WALK, "quiz": QUIZ}.items():
            walk.see(f"{state}, its note folded", path(key))
            walk.page.locator(".care summary").click()
            walk.see(f"{state}, its note unfolded")
        walk.see("way around", path(SIGNS) + "/around")
        walk.see("way around, not open yet", path(ON_THE_WAY) + "/around")
        walk.press("Go to step 1")
        walk.complete("fresh", SIGNS, QUIZ)
        walk.see("way around, done", path(SIGNS) + "/around")
        walk.see("way around a quiz, done", path(QUIZ) + "/around")
        walk.see("pause", f"/pause?back={path(SIGNS)}")
        walk.become("admin")
        walk.see("my course, blanks")
        for state, address in {"account": "/account", "support": "/support", "page": "/pages/about-us"}.items():
            walk.page.goto(site.address + address)
            walk.page.locator("[aria-labelledby=blanks] summary").click()
            walk.see(f"{state}, blanks")
        assert walk.looker.faults == []


def test_the_pages_of_the_foot_of_our_course_can_be_used_by_everybody(browser: Browser, tmp_path: Path) -> None:
    with site_on(tmp_path, course=ROOT) as site, walk_on(browser, site) as walk:
        for language in ("nl", "en"):
            for address in ("/support", *(f"/pages/{page.slug}" for page in site.course(language).pages)):
                walk.see(f"{address} {language}", f"{address}?language={language}")
        assert walk.looker.faults == []


def test_a_course_with_faults_shows_them_on_a_page_that_everybody_can_use(
    browser: Browser, tmp_path: Path, changed_course: Path
) -> None:
    with site_on(tmp_path, course=changed_course, develop=True) as site, walk_on(browser, site) as walk:
        quiz = changed_course / "quizzes" / "map-signs.yaml"
        quiz.write_text(
            quiz.read_text("utf-8").replace("pass_mark", "pas_mark").replace("kind: ordering", "kind: order")
        )
        walk.see("a course with faults", "/")
        expect(walk.page.locator("h1")).to_have_text("The course has faults")
        expect(walk.page.locator(".faults li").first).to_contain_text("quizzes/map-signs.yaml:")
        assert walk.looker.faults == []


def test_the_faults_above_a_page_that_is_shown_all_the_same_can_be_read_by_everybody(
    browser: Browser, tmp_path: Path, changed_course: Path
) -> None:
    with site_on(tmp_path, course=changed_course, develop=True) as site, walk_on(browser, site) as walk:
        module = changed_course / "modules" / "01-map" / "module.yaml"
        module.write_text(module.read_text("utf-8").replace("minutes: ", "minutes: 1"))
        walk.see("faults above a page", "/")
        walk.page.locator(".course-faults summary").click()
        expect(walk.page.locator(".course-faults li").first).to_contain_text("the sum of its steps")
        walk.see("faults above a page, opened")
        assert walk.looker.faults == []
