"""The pages beside the course: support, pages in the foot, and what an admin hears of their blanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.course.content import Course
from app.course.files.shelf import Shelf
from app.records import accounts
from app.records.accounts import Visitor
from app.web.extensions import engine_of
from app.web.foot import foot_links
from tests.careful_course import careful_shelf, write_careful
from tests.makers import PASSWORD, make_enrolment, make_user, make_visitor
from tests.racing import counted
from tests.web.conftest import Browser, Page, Visit, small_shelf
from tests.web.html import fields_of

ROOT = Path(__file__).parents[2]
AppWith = Callable[..., Flask]


@pytest.fixture
def app(app_with: AppWith) -> Flask:
    """Give the app with a course that has pages, support and blanks."""
    return app_with(shelf=careful_shelf())


def foot_of(page: Page) -> list[tuple[str, str]]:
    """Return the links at the foot of a page: words and address."""
    return [(link.text, link["href"]) for link in page.find_all(".site-foot li a")]


# ---- the foot --------------------------------------------------------------------------------


def test_the_foot_of_every_page_leads_to_support_first_then_to_the_pages_of_the_course(visit: Visit) -> None:
    links = [
        ("Support for yourself", "/support"),
        ("Who is behind this", "/pages/about-us"),
        ("About this course", "/"),
    ]
    for address in ("/sign-in", "/support", "/pages/about-us"):
        assert foot_of(visit(address)) == links
    assert foot_of(visit("/nothing", status=404)) == links
    assert foot_of(visit("/")) == links[:2]


def test_the_foot_leads_a_learner_to_the_glossary_too(learner: Visitor, visit: Visit) -> None:
    assert ("Glossary", "/glossary") in foot_of(visit("/modules/01-map/signs"))
    assert visit("/glossary").status == 200


def test_the_foot_speaks_the_language_of_the_page(visit: Visit) -> None:
    assert foot_of(visit("/?language=nl"))[:2] == [
        ("Steun voor jezelf", "/support"),
        ("Wie hierachter zit", "/pages/about-us"),
    ]
    assert foot_of(visit("/?language=en"))[0] == ("Support for yourself", "/support")


def test_a_course_without_pages_has_a_foot_that_leads_to_support_all_the_same(app_with: AppWith) -> None:
    reader = Browser(app_with(shelf=small_shelf()).test_client())
    assert foot_of(reader.visit("/sign-in")) == [("Support for yourself", "/support"), ("About this course", "/")]


def test_the_foot_follows_a_course_that_changes(app_with: AppWith, tmp_path: Path) -> None:
    folder = write_careful(tmp_path / "course")
    app = app_with(shelf=Shelf(folder.path, watch=True), develop=True)
    reader = Browser(app.test_client())
    assert foot_of(reader.visit("/"))[1][0] == "Who is behind this"
    folder.change("modules/pages/10-about-us.en.md", "Who is behind this", "Who we are")
    folder.bring_up_to_date()
    assert foot_of(reader.visit("/"))[1][0] == "Who we are"


def test_the_links_of_the_foot_are_made_once_for_a_course_and_a_language(app: Flask) -> None:
    with app.test_request_context("/"):
        assert foot_links(None) is foot_links(None)


def test_a_title_in_the_foot_says_its_language_where_the_program_speaks_another(
    app_with: AppWith, tmp_path: Path
) -> None:
    folder = write_careful(tmp_path / "course")
    for path in [*folder.path.rglob("*.nl.yaml"), *folder.path.rglob("*.nl.md")]:
        path.rename(path.with_name(path.name.replace(".nl.", ".ar.")))
    folder.change("modules/course.yaml", "languages: [en, nl]", "languages: [en, {code: ar, direction: rtl}]")
    reader = Browser(app_with(shelf=Shelf(folder.path)).test_client())
    page = reader.visit("/support?language=ar")
    support, about = page.find_all(".site-foot li a")[:2]
    assert page.find(".site-foot")["lang"] == "en"
    assert (support.get("lang"), about.get("lang")) == ("", "ar")
    assert page.find("main section[lang=en] h2").text == "Is somebody in danger now?"
    assert not page.find("h1").get("lang")


# ---- support ---------------------------------------------------------------------------------


def test_112_always_stands_with_what_it_is_for(visit: Visit) -> None:
    page = visit("/support")
    assert page.text_of("h1") == "Where to turn"
    emergency = page.find("[aria-labelledby=emergency]")
    assert emergency.find("a")["href"] == "tel:112"
    assert "police, fire brigade or an ambulance: when a life is in danger" in emergency.text
    assert "free, and works in every country of the European Union" in emergency.text
    emergency = visit("/support?language=nl").find("[aria-labelledby=emergency]")
    assert "Bel 112 voor politie, brandweer of een ambulance: als een leven gevaar loopt" in emergency.text


@pytest.mark.parametrize("language", ["en", "nl"])
def test_112_stands_also_where_a_course_has_no_support_page(app_with: AppWith, language: str) -> None:
    reader = Browser(app_with(shelf=small_shelf()).test_client())
    page = reader.visit(f"/support?language={language}")
    assert page.text_of("h1") == {"en": "Support for yourself", "nl": "Steun voor jezelf"}[language]
    assert page.find("main a")["href"] == "tel:112"


def test_112_stands_while_there_is_no_course_at_all(app_with: AppWith, tmp_path: Path) -> None:
    (tmp_path / "empty" / "modules").mkdir(parents=True)
    reader = Browser(app_with(shelf=Shelf(tmp_path / "empty")).test_client())
    page = reader.visit("/support")
    assert page.find("main a")["href"] == "tel:112"
    assert foot_of(page)[0] == ("Support for yourself", "/support")


def test_a_contact_stands_by_its_country_with_its_number_its_source_and_the_day_it_was_looked_up(visit: Visit) -> None:
    here = visit("/support").find("[aria-labelledby=country-here]")
    assert here.text_of("h2") == "Here"
    line, _desk = here.find_all("li")
    assert line.text_of("h3") == "The Listening Line"
    assert [link["href"] for link in line.find_all("a")] == [
        "tel:080012345",
        "https://line.example.org/",
        "https://line.example.org/about",
    ]
    assert line.text_of("small") == "Source: The Listening Line, looked up on 1 November 2026."


def test_a_check_of_long_ago_says_how_old_it_is(visit: Visit) -> None:
    line, desk = visit("/support").find_all("[aria-labelledby=country-here] li")
    assert "3 February 2020. That is more than a year ago: it may have changed since." in desk.text
    assert datetime.now(UTC).year > 2026 or "more than a year ago" not in line.text


def test_a_country_where_nobody_stands_says_that_the_organisation_fills_it_in(visit: Visit) -> None:
    there = visit("/support").find("[aria-labelledby=country-there]")
    assert there.text == "There Nobody is listed here yet. Your organisation fills this in."


def test_everybody_may_read_where_to_find_support(learner: Visitor, reader: Browser, app: Flask) -> None:
    assert reader.visit("/support").path == "/support"
    assert Browser(app.test_client()).visit("/support").path == "/support"
    assert reader.client.head("/support").status_code == 200


def test_a_page_beside_the_course_asks_who_is_here_and_nothing_else(
    learner: Visitor, reader: Browser, app: Flask
) -> None:
    for address in ("/support", "/pages/about-us"):
        for browser, most in ((reader, 1), (Browser(app.test_client()), 0)):
            with counted(Session(engine_of(app))) as statements:
                browser.visit(address)
            assert len(statements) == most, statements


# ---- pages -----------------------------------------------------------------------------------


def test_a_page_of_the_foot_shows_its_text_to_everybody(visit: Visit) -> None:
    page = visit("/pages/about-us")
    assert (page.text_of("h1"), page.text_of(".page-head .lead")) == ("Who is behind this", "In short.")
    assert page.find(".prose a")["href"] == "mailto:help@example.org"
    assert page.text_of(".prose .blank") == "name of the organisation"
    assert "between brackets" in page.text_of(".page-head")


def test_a_page_in_which_nothing_is_blank_says_nothing_of_brackets(app_with: AppWith, tmp_path: Path) -> None:
    folder = write_careful(tmp_path / "course")
    folder.change(
        "modules/organisation.yaml", "ask: name of the organisation", "ask: your name, value: The Hills & Sons"
    )
    folder.bring_up_to_date()
    page = Browser(app_with(shelf=Shelf(folder.path)).test_client()).visit("/pages/about-us")
    assert page.text_of(".prose").startswith("This is run by The Hills & Sons.")
    assert not page.has(".blank")
    assert "between brackets" not in page.text


@pytest.mark.parametrize("slug", ["nothing", "10-about-us", "ABOUT-US"])
def test_a_page_that_is_not_there_is_not_found(visit: Visit, slug: str) -> None:
    visit(f"/pages/{slug}", status=404)


# ---- what an admin hears ---------------------------------------------------------------------


@pytest.fixture
def admin(session: Session, reader: Browser) -> Visitor:
    """Sign an admin in who is in a cohort."""
    user = make_user(session, is_admin=True)
    visitor = make_visitor(session, enrolment=make_enrolment(session, user=user))
    session.commit()
    reader.sign_in(visitor)
    return visitor


SAID = ["/my-course", "/account", "/support", "/pages/about-us"]
NOTICE = "[aria-labelledby=blanks]"


@pytest.mark.parametrize("address", SAID)
def test_an_admin_hears_which_blanks_are_open_and_where_they_are_filled_in(
    admin: Visitor, visit: Visit, address: str
) -> None:
    notice = visit(address).find(NOTICE)
    assert notice.text_of("h2") == "2 texts are still blank"
    assert notice.texts_of("li") == ["name: name of the organisation", "adviser: name of the adviser"]
    assert "behind value: in the file modules/organisation.yaml of the course, and restart Opstap" in notice.text


def test_an_admin_in_no_cohort_hears_it_on_my_course_too(session: Session, reader: Browser) -> None:
    user = make_user(session, is_admin=True)
    lone = accounts.visitor_of(session, user.id, user.session_stamp, None)
    session.commit()
    assert lone is not None
    reader.sign_in(lone)
    page = reader.visit("/my-course")
    assert "You are not in a cohort yet" in page.text
    assert page.text_of(f"{NOTICE} h2") == "2 texts are still blank"


@pytest.mark.parametrize("address", SAID)
def test_a_learner_never_hears_it(learner: Visitor, visit: Visit, address: str) -> None:
    assert not visit(address).has(NOTICE)


@pytest.mark.parametrize("address", ["/support", "/pages/about-us"])
def test_a_stranger_never_hears_it(visit: Visit, address: str) -> None:
    assert not visit(address).has(NOTICE)


def test_an_admin_hears_nothing_where_all_is_filled_in(session: Session, app_with: AppWith) -> None:
    visitor = make_visitor(session, enrolment=make_enrolment(session, user=make_user(session, is_admin=True)))
    session.commit()
    reader = Browser(app_with(shelf=small_shelf()).test_client())
    reader.sign_in(visitor)
    assert not reader.visit("/my-course").has(NOTICE)


# ---- the pages of our own course -----------------------------------------------------------------


@pytest.fixture(scope="module")
def ours() -> Shelf:
    """Load the course that is shipped."""
    shelf = Shelf(ROOT)
    assert not shelf.faults, "\n".join(map(str, shelf.faults))
    return shelf


LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])


@LANGUAGES
def test_our_course_has_the_pages_that_the_law_asks_for_and_support(ours: Shelf, language: str) -> None:
    course = ours.course(language)
    assert list(course.page_by_slug) == ["privacy", "toegankelijkheid", "contact"]
    assert course.support is not None


@LANGUAGES
def test_our_course_lists_no_contact_that_nobody_could_look_up(ours: Shelf, language: str) -> None:
    support = ours.course(language).support
    assert support is not None
    assert [country.slug for country in support.countries] == ["nederland", "belgie"]
    for contact in (contact for country in support.countries for contact in country.contacts):
        assert contact.checked <= datetime.now(UTC).date()


def cookie_rows(course: Course) -> dict[str, str]:
    """Return how long each cookie stays, as the privacy notice says."""
    privacy = course.page_by_slug["privacy"].body.source
    found = re.findall(r"^- `(\w+)`, (.*?)\. ", privacy, re.MULTILINE)
    return dict(found)


def cookies_set_by(reader: Browser, noor: Visitor) -> Iterator[tuple[str, int | None]]:
    """Do all that sets a cookie; yield their names, and for how many seconds (None: until the browser is closed)."""
    client = reader.client
    page = reader.visit("/sign-in")
    answers = [
        client.get("/?language=nl"),
        client.post("/theme", data=fields_of(page.find(".theme")) | {"theme": "dark"}),
    ]
    signing_in = fields_of(page.form(having=["email"])) | {"email": noor.email, "password": PASSWORD}
    answers.append(client.post("/sign-in", data=signing_in))
    text = fields_of(reader.visit("/modules/01-map/your-walk").form(having=["text"])) | {"text": "Too late"}
    client.delete_cookie("session")
    answers.append(client.post("/modules/01-map/your-walk", data=text))
    page = reader.visit("/sign-in")
    signing_in = fields_of(page.form(having=["email"])) | {"email": noor.email, "password": PASSWORD, "stay": "y"}
    answers.append(client.post("/sign-in", data=signing_in))
    for answer in answers:
        for header in answer.headers.getlist("Set-Cookie"):
            name, kept = header.partition("=")[0], re.search(r"Max-Age=(\d+)", header)
            yield name, int(kept[1]) if kept else None
    stay = client.get_cookie("session")
    assert stay is not None
    assert stay.expires is not None
    yield "session", round((stay.expires - datetime.now(UTC)).total_seconds() / 3600) * 3600


def test_the_privacy_notice_lists_the_cookies_that_the_program_sets_and_how_long_they_stay(
    noor: Visitor, reader: Browser, ours: Shelf
) -> None:
    seconds: dict[str, set[int | None]] = {}
    for name, kept in cookies_set_by(reader, noor):
        seconds.setdefault(name, set()).add(kept)
    day = 24 * 60 * 60
    assert {name: kept - {None} for name, kept in seconds.items()} == {
        "session": {30 * day},
        "language": {365 * day},
        "theme": {365 * day},
        "browser": {400 * day},
    }
    assert cookie_rows(ours.course("en")) == {
        "session": "until you close the browser and at most 24 hours, or 30 days if you choose that when you sign in",
        "language": "1 year",
        "theme": "1 year",
        "browser": "400 days",
    }
    assert cookie_rows(ours.course("nl")).keys() == seconds.keys()


def test_no_other_line_of_the_program_sets_a_cookie() -> None:
    """Whoever adds a cookie adds it to the privacy notice, and here."""
    setting = re.compile(r"\b(keep_cookie|set_cookie)\((?!response: Response)")
    found = {
        path.relative_to(ROOT / "app").as_posix(): len(setting.findall(path.read_text("utf-8")))
        for path in (ROOT / "app").rglob("*.py")
    }
    assert {file: count for file, count in found.items() if count} == {
        "web/cookies.py": 1,
        "web/keeping.py": 1,
        "web/languages.py": 1,
        "web/look.py": 1,
    }


@LANGUAGES
@pytest.mark.parametrize("slug", ["privacy", "toegankelijkheid", "contact"])
def test_a_page_of_our_course_can_be_read_while_everything_in_it_is_blank(
    app_with: AppWith, ours: Shelf, language: str, slug: str
) -> None:
    reader = Browser(app_with(shelf=ours).test_client())
    page = reader.visit(f"/pages/{slug}?language={language}")
    assert page.find("html")["lang"] == language
    assert page.has(".blank")
