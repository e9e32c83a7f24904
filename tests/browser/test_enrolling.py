"""An admin fills a cohort from the spreadsheet that they have, and mends what went wrong, on a desk and on a phone."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from app.exchange.mail import Server, SmtpPost
from app.exchange.tables import workbook_of
from app.records.models import Enrolment, User
from app.worker import deliver_next
from tests.browser.looking import Onlooker
from tests.browser.site import Site, sign_in
from tests.makers import PASSWORD, make_user
from tests.smtp import MailServer, mail_server

pytestmark = pytest.mark.browser

PEOPLE = 300
WRONG = 3
"""Of them, rows that cannot be."""
FIRST = ("Aïcha", "Bilal", "Chidi", "Dilnaz", "Elif", "Farid", "Goran", "Hana", "Jamal", "Kofi")
LAST = ("Trapleuning", "van der Trede", "Overloop", "Stootbord", "Bordes", "de Leuning")


@dataclass(frozen=True)
class Way:
    """How an admin works: on how wide a screen, in which theme and language, and whether scripts run."""

    width: int
    theme: str
    language: str
    scripts: bool

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}-{'with' if self.scripts else 'without'}-scripts"


DESK = Way(1440, "light", "en", scripts=True)
PHONE = Way(360, "dark", "nl", scripts=False)
WORDS = {
    "en": {
        "enrolled": "297 people enrolled",
        "joined": "Last sign-in",
        "stays": "Has signed in since",
    },
    "nl": {
        "enrolled": "297 mensen ingeschreven",
        "joined": "Laatst ingelogd",
        "stays": "Heeft sindsdien ingelogd",
    },
}


def awkward_list(folder: Path) -> Path:
    """Write a list as Dutch Excel does, with a title above it, spaces, a display name, blank rows and three faults."""
    rows: list[list[str]] = [["Deelnemers voorjaar"], [], ["E-mail adres ", "ACHTERNAAM", "voornaam", "Afdeling"]]
    for number in range(PEOPLE):
        first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
        rows.append([f" Learner.{number}@example.org ", last, f"{first} ", "Studentzaken"])
    rows[4][0] = "Bilal van der Trede <LEARNER.1@Example.org>"
    rows[10][0] = "learner.7@example"
    rows[11][0] = ""
    rows[12][0] = rows[13][0]
    rows.insert(30, [])
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    file = folder / "deelnemers voorjaar.csv"
    file.write_bytes(text.getvalue().encode("cp1252"))
    return file


def wrong_list(folder: Path) -> Path:
    """Write a workbook of another year, which somebody chooses by mistake."""
    people = [[f"Other Person {number}", f"other.{number}@example.org"] for number in range(5)]
    file = folder / "last year.xlsx"
    with workbook_of([["Naam voluit", "E-mail"], *people], sheet="People") as book:
        file.write_bytes(book.read())
    return file


class Admin:
    """Somebody who works with the site, and looks at each page on the way."""

    def __init__(self, page: Page, site: Site, way: Way) -> None:
        self.page, self.site, self.way = page, site, way
        self.looker = Onlooker(page, site.address)

    def see(self, state: str) -> None:
        """Look at the page that is open."""
        self.looker.glance(state)
        if self.way.scripts:
            self.looker.examine()

    def press(self, selector: str) -> None:
        """Press a button, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.page.locator(selector).click()

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.site.address + path if path.startswith("/") else path)

    def make_cohort(self, name: str) -> str:
        """Make a cohort; return its address."""
        self.go("/admin/cohorts/new")
        self.page.locator("#name").fill(name)
        self.page.locator("#language").select_option("en")
        self.press("main form[enctype] button, main form .btn-row button.btn")
        return self.page.url.partition("#")[0]

    def read(self, cohort: str, file: Path) -> None:
        """Choose a file for a cohort, and wait until its plan stands there."""
        self.go(f"{cohort}/import")
        self.page.locator("input[type=file]").set_input_files(file)
        self.press("form[enctype] button.btn")
        expect(self.page.locator(".tally")).to_be_visible(timeout=20_000)

    def apply(self) -> str:
        """Apply the plan that is open; return the address of its receipt."""
        self.press(".sticky-act form[action$='/apply'] button")
        return self.page.url


@pytest.mark.parametrize("way", [DESK, PHONE], ids=str)
def test_a_cohort_of_300_is_enrolled_invited_joined_and_corrected_and_a_wrong_file_undone(
    browser: Browser, site: Site, tmp_path: Path, way: Way
) -> None:
    with site.writing() as session:
        make_user(session, name="Ada", email="ada@example.org", language=way.language, is_admin=True)
        session.commit()
    context = browser.new_context(
        viewport={"width": way.width, "height": 800},
        color_scheme=way.theme,  # type: ignore[arg-type]  # a plain string where a literal is asked
        locale=way.language,
        reduced_motion="reduce",
        java_script_enabled=way.scripts,
    )
    with context, mail_server() as post:
        admin = Admin(context.new_page(), site, way)
        sign_in(admin.page, site, "ada")
        cohort = admin.make_cohort("Spring 2027")
        enrol_all(admin, cohort, tmp_path)
        deliver_all(site, post)
        invite_is_taken(browser, site, post)
        see_who_came(admin, cohort, post)
        correct_a_name(admin)
        undo_the_wrong_file(admin, browser, cohort, tmp_path, post)
        assert admin.looker.faults == []


def enrol_all(admin: Admin, cohort: str, folder: Path) -> None:
    """Read the list, have a column understood otherwise and back, and apply the plan."""
    page, words = admin.page, WORDS[admin.way.language]
    admin.go(f"{cohort}/import")
    admin.see("choose a file")
    admin.read(cohort, awkward_list(folder))
    admin.see("plan")
    expect(page.locator(".tally .is-wrong dd")).to_have_text(str(WRONG))
    expect(page.locator("tr.is-wrong")).to_have_count(WRONG)
    page.locator("select[name^=column]").nth(1).select_option("nothing")
    admin.press("form:has(select[name^=column]) button")
    expect(page.locator("tbody th", has_text="van der Trede")).to_have_count(0)
    page.locator("select[name^=column]").nth(1).select_option("last_name")
    admin.press("form:has(select[name^=column]) button")
    expect(page.locator("tbody th", has_text="van der Trede").first).to_be_visible()
    admin.apply()
    admin.see("receipt")
    admin.go(cohort)
    admin.see("cohort with people")
    expect(page.locator("main")).to_contain_text(words["enrolled"])
    assert count_of(admin.site) == PEOPLE - WRONG
    admin.read(cohort, awkward_list(folder))
    expect(page.locator(".sticky-act form[action$='/apply']")).to_have_count(0)  # the same file twice changes nothing


def deliver_all(site: Site, server: MailServer) -> None:
    """Send what waits to a real mail server."""
    with SmtpPost(
        Server.from_url(f"smtp://127.0.0.1:{server.port}?starttls=no"), "Opstap <opstap@example.org>"
    ) as post:
        while deliver_next(site.app, post, clock=lambda: datetime.now(UTC)):
            pass


def invite_is_taken(browser: Browser, site: Site, server: MailServer) -> None:
    """One of the 297 opens the link in their mail, chooses a password, and is in the course."""
    assert len(server.mails) == PEOPLE - WRONG
    with browser.new_context(locale="en-GB") as learner:
        page = learner.new_page()
        page.goto(link_in(server.mails[0], site))
        page.locator("#password").fill(PASSWORD)
        page.locator("main form button.btn").click()
        expect(page).to_have_url(re.compile("/my-course$"))


def link_in(mail: EmailMessage, site: Site) -> str:
    """Find the link of an invitation; the address of the site is another one here than in its settings."""
    part = mail.get_body(("plain",))
    assert part is not None
    found = re.search(r"/link/[\w-]+", part.get_content())
    assert found
    return site.address + found[0]


def see_who_came(admin: Admin, cohort: str, server: MailServer) -> None:
    """Look who has come, and who has not."""
    admin.go(f"{cohort}/people")
    admin.see("people of the cohort")
    expect(admin.page.locator("tbody tr")).to_have_count(50)
    admin.go(f"{cohort}/people?q={server.recipients[0]}")
    expect(admin.page.locator("tbody")).to_contain_text(WORDS[admin.way.language]["joined"])


def correct_a_name(admin: Admin) -> None:
    """Mend how somebody is called."""
    page = admin.page
    admin.go("/admin/people?q=learner.42@example.org")
    admin.see("search")
    admin.press("tbody th a")
    admin.see("person")
    page.locator("#name").fill("Hanna Trapleuning")
    admin.press("form[action$='/correct'] button")
    expect(page.locator("h1")).to_have_text("Hanna Trapleuning")


def undo_the_wrong_file(admin: Admin, browser: Browser, cohort: str, folder: Path, server: MailServer) -> None:
    """Enrol the list of another year; one of them comes before it is undone, and stays."""
    page, words, site = admin.page, WORDS[admin.way.language], admin.site
    admin.read(cohort, wrong_list(folder))
    receipt = admin.apply()
    assert count_of(site) == PEOPLE - WRONG + 5
    server.mails.clear()
    deliver_all(site, server)
    other = server.mails[0]
    with browser.new_context(locale="en-GB") as somebody:
        tab = somebody.new_page()
        tab.goto(link_in(other, site))
        tab.locator("#password").fill(PASSWORD)
        tab.locator("main form button.btn").click()
        expect(tab).to_have_url(re.compile("/my-course$"))
        admin.go(f"{receipt}/undo")
        admin.see("undo")
        expect(page.locator("main")).to_contain_text(words["stays"])
        admin.press(".sticky-act form[action$='/undo'] button")
        admin.see("receipt of what was undone")
        assert count_of(site) == PEOPLE - WRONG + 1
        tab.goto(link_in(server.mails[1], site))
        expect(tab.locator("#password")).to_have_count(0)


def count_of(site: Site) -> int:
    """Count who is enrolled, but for those who were there before."""
    theirs = select(func.count()).select_from(Enrolment).join(User, User.id == Enrolment.user_id)
    site.rows.rollback()
    return int(site.rows.scalar(theirs.where(User.email.not_in(("noor@example.org", "cem@example.org")))) or 0)
