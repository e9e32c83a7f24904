"""Care, ways around, pages, support and blanks: what is loaded of them, and every fault that the check knows."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.content import Blank
from app.course.files.blanks import Blanks
from app.course.files.loader import load
from app.course.files.markdown import Links, Renderer
from app.course.files.published import publish
from tests.course_folder import Folder

STEP, STEP_NL = (f"modules/02-walk/01-before.{language}.md" for language in ("en", "nl"))
WAY, WAY_NL = (f"modules/02-walk/around/in-short.{language}.md" for language in ("en", "nl"))
PAGE, PAGE_NL = (f"modules/pages/10-contact.{language}.md" for language in ("en", "nl"))
SUPPORT, SUPPORT_NL = "modules/support.yaml", "modules/support.nl.yaml"
BLANKS, BLANKS_NL = "modules/organisation.yaml", "modules/organisation.nl.yaml"

TEXTS = {
    WAY: "---\ntitle: In short\nminutes: 1\nsource: Handbook\n---\nGo on [scale](term:scale).\n",
    WAY_NL: "---\ntranslates: x\ntitle: In het kort\nsource: Handboek\n---\nGa op [schaal](term:scale).\n",
    PAGE: "---\ntitle: Contact\n---\nWrite to {{mail}}, or read [about support](page:support).\n",
    PAGE_NL: "---\ntranslates: x\ntitle: Contact\n---\nSchrijf naar {{ mail }}, of lees [over steun](page:support).\n",
    SUPPORT: """\
title: Help
lead: Not alone.
body: Ask {{adviser}}.
countries:
  - slug: here
    name: Here
    contacts:
      - slug: line
        name: The Line
        phone: 0800 (123) 45
        about: Day and night.
        source: https://example.org/line
        checked: 2026-11-01
  - slug: there
    name: There
""",
    SUPPORT_NL: """\
translates: x
title: Hulp
lead: Niet alleen.
body: Vraag {{adviser}}.
countries:
  here:
    name: Hier
    contacts:
      line:
        name: De Lijn
        about: Dag en nacht.
  there:
    name: Daar
""",
    BLANKS: "blanks:\n  mail:\n    ask: address\n  adviser:\n    ask: name of the adviser\n    value: Ann\n",
    BLANKS_NL: "blanks:\n  mail:\n    translates: x\n    ask: adres\n"
    "  adviser:\n    translates: x\n    ask: naam van de vertrouwenspersoon\n",
}
CARE = "care:\n  touches: bad weather\n  note: Nobody *gets lost*.\n  around: in-short\n"
CARE_NL = "care:\n  touches: slecht weer\n  note: Niemand *verdwaalt*.\n"


@pytest.fixture
def careful(folder: Folder) -> Folder:
    """Give a copy of the small course with care on one step, a page, support and two blanks."""
    for file, text in TEXTS.items():
        folder.write(file, text)
    folder.change(STEP, "minutes: 4\n", f"minutes: 4\n{CARE}")
    folder.change(STEP_NL, "title: ", f"{CARE_NL}title: ")
    folder.bring_up_to_date()
    return folder


# ---- what is loaded --------------------------------------------------------------------------


def test_a_step_says_what_it_touches_and_knows_the_way_around_it(careful: Folder) -> None:
    for language, touches, note, title in (
        ("en", "bad weather", "Nobody <em>gets lost</em>.", "In short"),
        ("nl", "slecht weer", "Niemand <em>verdwaalt</em>.", "In het kort"),
    ):
        care = careful.course(language).step_by_key["02-walk/before"].care
        assert care is not None
        assert (care.touches, care.note.html) == (touches, note)
        assert (care.around.slug, care.around.title, care.around.minutes) == ("in-short", title, 1)
        assert care.around.language == language


def test_a_course_may_do_without_care_pages_support_and_blanks(folder: Folder) -> None:
    course = folder.course()
    assert all(step.care is None for step in course.steps)
    assert (course.pages, course.support, course.blanks, course.open_blanks) == ((), None, (), ())


def test_the_terms_of_a_way_around_are_its_own_and_not_those_of_the_step(careful: Folder) -> None:
    course = careful.course()
    step = course.step_by_key["02-walk/before"]
    assert step.care is not None
    assert [term.slug for term in course.terms_of(step.care.around)] == ["scale"]
    assert course.terms_of(step) == ()
    careful.change(PAGE, "Write to", "By [lines](term:contour), write to")
    careful.change(PAGE_NL, "Schrijf naar", "Op [lijnen](term:contour), schrijf naar")
    careful.bring_up_to_date()
    course = careful.course("nl")
    assert [term.slug for term in course.terms_of(course.page_by_slug["contact"])] == ["scale", "contour"]
    assert course.support is not None
    assert course.terms_of(course.support) == ()


def test_several_steps_may_name_the_same_way_around(careful: Folder) -> None:
    careful.change("modules/02-walk/04-look-back.en.md", "minutes: 5\n", f"minutes: 5\n{CARE}")
    careful.change("modules/02-walk/04-look-back.nl.md", "title: ", f"{CARE_NL}title: ")
    careful.bring_up_to_date()
    ways = [step.care.around for step in careful.course().steps if step.care]
    assert [way.slug for way in ways] == ["in-short", "in-short"]


def test_a_way_around_is_no_step_and_its_minutes_count_in_no_module(careful: Folder) -> None:
    careful.change(WAY, "minutes: 1", "minutes: 9")
    course = careful.course()
    assert len(course.steps) == 8
    assert course.modules[1].minutes == 18


def test_pages_come_in_the_order_of_their_numbers(careful: Folder) -> None:
    careful.write("modules/pages/05-first.en.md", "---\ntitle: First\nlead: A lead.\n---\nNo blank.\n")
    careful.write("modules/pages/05-first.nl.md", "---\ntranslates: x\ntitle: Eerst\nlead: Kop.\n---\nNiets.\n")
    careful.bring_up_to_date()
    assert [page.slug for page in careful.course().pages] == ["first", "contact"]
    first = careful.course("nl").page_by_slug["first"]
    assert (first.title, first.lead, first.blanks) == ("Eerst", "Kop.", ())
    assert 'href="/support"' in careful.course().page_by_slug["contact"].body.html


def test_a_contact_says_where_it_is_written_and_when_somebody_looked(careful: Folder) -> None:
    support = careful.course("nl").support
    assert support is not None
    assert [country.name for country in support.countries] == ["Hier", "Daar"]
    assert support.countries[1].contacts == ()
    (contact,) = support.countries[0].contacts
    assert (contact.name, contact.phone, contact.url) == ("De Lijn", "0800 (123) 45", None)
    assert (str(contact.source), str(contact.checked)) == ("https://example.org/line", "2026-11-01")


# ---- blanks ----------------------------------------------------------------------------------


def filled(value: str, source: str = "{{name}}", ask: str = "name") -> str:
    """The HTML of a text in which one blank was filled in."""
    blank = Blank(slug="name", ask=ask, value=value)
    return Renderer(Links(), blanks=Blanks({"name": blank}, may_stand=True)).blocks(source)


def test_a_blank_asks_until_it_is_filled_in(careful: Folder) -> None:
    course = careful.course()
    assert [blank.slug for blank in course.open_blanks] == ["mail"]
    assert course.pages[0].blanks == ("mail",)
    assert course.pages[0].body.html.startswith('<p>Write to <span class="blank">address</span>, or')
    assert careful.course("nl").pages[0].body.html.startswith('<p>Schrijf naar <span class="blank">adres</span>, of')
    assert course.support is not None
    assert course.support.body.html == "<p>Ask Ann.</p>"
    careful.change(BLANKS, "    ask: address\n", "    ask: address\n    value: ann@example.org\n")
    for language in ("en", "nl"):
        course = careful.course(language)
        assert '<a href="mailto:ann@example.org">ann@example.org</a>' in course.pages[0].body.html
        assert course.open_blanks == ()


def test_a_blank_may_be_filled_in_otherwise_in_another_language(careful: Folder) -> None:
    careful.change(BLANKS_NL, "    ask: naam van", "    value: Anna\n    ask: naam van")
    for language, name in (("en", "Ann"), ("nl", "Anna")):
        support = careful.course(language).support
        assert support is not None
        assert name in support.body.html.split(" ")[-1]


def test_a_value_of_nothing_or_of_spaces_is_an_open_blank(careful: Folder) -> None:
    for value in ("", " ", '"  "', "~"):
        before = careful.read(BLANKS)
        careful.change(BLANKS, "    value: Ann", f"    value: {value}")
        assert {blank.slug for blank in careful.course().open_blanks} == {"mail", "adviser"}
        careful.write(BLANKS, before)


def test_filling_in_a_blank_makes_no_translation_lag_and_no_revision_differ(careful: Folder) -> None:
    publish(careful.path, careful.course())
    before = load(careful.path).revisions
    careful.change(BLANKS, "    value: Ann", "    value: https://example.org/ann")
    careful.change(BLANKS, "    ask: address\n", "    ask: address\n    value: ann@example.org\n")
    after = load(careful.path)
    assert after.faults == ()
    assert after.revisions == before


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("ann@example.org", '<a href="mailto:ann@example.org">ann@example.org</a>'),
        ("https://example.org/a?b=1&c=2", "https://example.org/a?b=1&amp;c=2</a>"),
        ("http://example.org", "<p>http://example.org</p>"),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("Ann, ann@example.org", "<p>Ann, ann@example.org</p>"),
        (
            "*Ann* <b>& Bram</b> [x](https://example.org)",
            "<p>*Ann* &lt;b&gt;&amp; Bram&lt;/b&gt; [x](https://example.org)</p>",
        ),
        ("Street 1\n1000 Town", "<p>Street 1<br>1000 Town</p>"),
        ("{{name}}", "<p>{{name}}</p>"),
    ],
)
def test_what_is_filled_in_is_shown_as_it_stands_and_an_address_leads_there(value: str, shown: str) -> None:
    assert shown in filled(value)


def test_an_address_inside_a_link_makes_no_second_link() -> None:
    found = filled("ann@example.org", "[write to {{name}}](https://example.org/) or {{name}}")
    assert found.count("<a ") == 2
    assert ">write to ann@example.org</a>" in found


def test_a_blank_stands_in_lists_tables_quotations_and_notes() -> None:
    table, note = "| a |\n|---|\n| {{name}} |", "::: callout A\n**{{name}}**[^1]\n:::\n\n[^1]: {{name}}"
    source = f"- {{{{name}}}}\n\n{table}\n\n> {{{{ name }}}}\n\n{note}\n"
    assert filled("Ann", source).count("Ann") == 5


VALUES = st.text("ab@.:/&<>\"'{}[]()*_\\\n e", max_size=30) | st.from_regex(
    r"\A[a-z]+@[a-z]+\.org\Z|\Ahttps://[a-z/?&]+\Z"
)


@given(VALUES, st.text("ab<>&{}*", min_size=1, max_size=10))
def test_no_value_and_no_question_brings_markup_of_its_own(value: str, ask: str) -> None:
    blank = Blank(slug="name", ask=ask, value=value)
    found = filled(value, "Hello {{name}}.", ask)
    assert set(re.findall(r"<(\w+)", found)) <= {"p", "a", "br", "span"}
    assert all(address.startswith(("mailto:", "https://")) for address in re.findall(r'href="([^"]*)"', found))
    words = html.unescape(re.sub(r"<[^>]+>", "", found.replace("<br>", "\n")))
    assert " ".join(words.split()) == " ".join(f"Hello {blank.value or ask}.".split())


@given(
    st.lists(
        st.sampled_from(["{{", "}}", "{", "}", "name", "nome", " ", "\n", "*", "`", "[", "](", ")", "a"]), max_size=12
    )
)
def test_any_braces_are_a_blank_or_a_fault_or_text(parts: list[str]) -> None:
    source = "".join(parts)
    made = Renderer(Links(), blanks=Blanks({"name": Blank(slug="name", ask="your name")}, may_stand=True))
    found = made.blocks(source)
    assert found.count('<span class="blank">your name</span>') <= source.count("{{")
    for finding in made.findings("blocks", source):
        assert 0 <= finding.line <= source.count("\n")


# ---- revisions -------------------------------------------------------------------------------


OLDER = [
    ((STEP, "touches: bad weather", "touches: rain"), f"{STEP_NL}:2", "the step 02-walk/before"),
    ((STEP, "Nobody *gets lost*.", "Nobody is lost."), f"{STEP_NL}:2", "the step 02-walk/before"),
    ((WAY, "Go on", "Go by"), f"{WAY_NL}:2", "the way around in-short"),
    ((PAGE, "Write to", "Call"), f"{PAGE_NL}:2", "the page contact"),
    ((SUPPORT, "lead: Not alone.", "lead: Never alone."), f"{SUPPORT_NL}:1", "the support page"),
    ((SUPPORT, "about: Day and night.", "about: By day."), f"{SUPPORT_NL}:1", "the support page"),
    ((BLANKS, "ask: address", "ask: mail address"), f"{BLANKS_NL}:3", "the blank mail"),
    (
        ("modules/02-walk/module.yaml", "text: You know when", "text: You see when"),
        "modules/02-walk/module.nl.yaml:1",
        "the module 02-walk",
    ),
]


@pytest.mark.parametrize(("spoil", "place", "what"), OLDER)
def test_a_translation_that_lags_behind_is_named(
    careful: Folder, spoil: tuple[str, str, str], place: str, what: str
) -> None:
    careful.change(*spoil)
    (fault,) = careful.faults()
    assert fault.startswith(f"{place}: found a translation of '")
    assert f"older than its source ({what}), hoped for `translates: " in fault
    careful.bring_up_to_date()
    assert careful.faults() == []


def test_the_way_around_changes_without_a_word_about_the_step_but_care_does_not(careful: Folder) -> None:
    publish(careful.path, careful.course())
    careful.change(WAY, "Go on", "Go by")
    careful.copy("modules/02-walk/around/in-short", "modules/02-walk/around/shorter", ".en.md", ".nl.md")
    careful.change(STEP, "around: in-short", "around: shorter")
    for language in ("en", "nl"):
        careful.remove(f"modules/02-walk/around/in-short.{language}.md")
    careful.bring_up_to_date()
    assert careful.faults() == []
    careful.change(STEP, "touches: bad weather", "touches: rain")
    careful.bring_up_to_date()
    (fault,) = careful.faults()
    assert fault.startswith(f"{STEP}:2: found a text that changed since it was published")


def test_the_outcome_of_a_question_and_what_is_allowed_in_it_change_no_revision(folder: Folder) -> None:
    publish(folder.path, folder.course())
    before = folder.course().quizzes["map-signs"]
    folder.change(
        "quizzes/map-signs.yaml",
        "slug: distance\n    kind: single_choice\n    outcome: distance",
        "slug: distance\n    kind: single_choice\n    outcome: height",
    )
    after = folder.course().quizzes["map-signs"]
    assert after.questions[0].outcome == "height"
    assert after.revision == before.revision


# ---- faults ----------------------------------------------------------------------------------


FAULTS = [
    (
        (STEP, "around: in-short", "around: in-shrot"),
        [
            f"{STEP}:8: found the way around 'in-shrot', which is not there, hoped for 'in-short'",
            f"{WAY}:1: found a way around that no step names, hoped for `around: in-short` under the `care` of a step",
        ],
    ),
    (
        (STEP, "  around: in-short\n", ""),
        [
            f"{STEP}:5: found no around, hoped for a line `around: ...`",
            f"{WAY}:1: found a way around that no step names, hoped for `around: in-short` under the `care` of a step",
        ],
    ),
    (
        (STEP, "  note: Nobody", "  notes: Nobody"),
        [
            f"{STEP}:5: found no note, hoped for a line `note: ...`",
            f"{STEP}:7: found the unknown key 'notes', hoped for 'note'",
        ],
    ),
    ((STEP, "touches: bad weather", 'touches: "  "'), [f"{STEP}:6: found an empty touches, hoped for a text"]),
    (
        (STEP_NL, "  note: Niemand", "  around: in-short\n  note: Niemand"),
        [
            f"{STEP_NL}:5: found the key 'around', which is structure, "
            "hoped for it in the source file only: a translation holds texts",
        ],
    ),
    ((STEP_NL, CARE_NL, ""), [f"{STEP_NL}:2: found no care, hoped for a translation of care ({STEP}:5)"]),
    ((WAY, "minutes: 1\n", ""), [f"{WAY}:2: found no minutes, hoped for a line `minutes: ...`"]),
    ((WAY, "Go on [scale](term:scale).", ""), [f"{WAY}:2: found no text, hoped for something to read"]),
    (
        (WAY, "term:scale", "term:scales"),
        [f"{WAY}:6: found the term 'scales', which the glossary lacks, hoped for 'scale'"],
    ),
    ((WAY_NL, "Ga op [schaal](term:scale).", ""), [f"{WAY_NL}:2: found no text, hoped for a translation of the text"]),
    ((WAY, "minutes: 1\n", "minutes: 1\nslug: x\n"), [f"{WAY}:4: found the unknown key 'slug', hoped for no such key"]),
    (
        (PAGE, "{{mail}}", "{{mial}}"),
        [
            f"{BLANKS}:2: found a blank that no page shows, hoped for {{{{mail}}}} in the text of a page",
            f"{PAGE}:4: found the blank 'mial', which is not there, hoped for 'mail'",
            f"{PAGE_NL}:5: found {{{{mail}}}}, which the source does not have, hoped for no such blank",
        ],
    ),
    (
        (PAGE_NL, "{{ mail }}", "ons"),
        [f"{PAGE_NL}:5: found no {{{{mail}}}}, hoped for it in the translation of {PAGE}"],
    ),
    (
        (PAGE, "page:support", "page:contacts"),
        [f"{PAGE}:4: found a link to the page 'contacts', which is not there, hoped for 'contact'"],
    ),
    (
        (PAGE, "(page:support)", "(mailto:{{mail}})"),
        [
            f"{PAGE}:4: found a link to 'mailto:{{{{mail}}}}', "
            "hoped for the blank alone: what is an address becomes a link by itself",
        ],
    ),
    (
        (PAGE, "Write to", "## To {{mail}}\n\nWrite to"),
        [f"{PAGE}:4: found a blank in a heading, hoped for it in the text below: links lead to a heading's words"],
    ),
    (
        (PAGE, "title: Contact", "title: To {{mail}}"),
        [f"{PAGE}:2: found the blank {{{{mail}}}}, which nothing fills in here, hoped for it in the text of a page"],
    ),
    (
        (STEP, "Tell somebody", "Tell {{mail}} and somebody"),
        [f"{STEP}:11: found the blank {{{{mail}}}}, which nothing fills in here, hoped for it in the text of a page"],
    ),
    (
        (PAGE, "title: Contact\n", "title: Contact\nminutes: 5\n"),
        [f"{PAGE}:3: found the unknown key 'minutes', hoped for title or lead"],
    ),
    (
        (SUPPORT, "        phone: 0800 (123) 45\n", ""),
        [f"{SUPPORT}:8: found no phone and no url, hoped for one of them, or both"],
    ),
    (
        (SUPPORT, "phone: 0800 (123) 45", "phone: by night"),
        [
            f"{SUPPORT}:10: found 'by night' as phone, "
            "hoped for digits, with spaces, hyphens or brackets between them: '+31 20 123 45 67'",
        ],
    ),
    (
        (SUPPORT, "checked: 2026-11-01", "checked: last week"),
        [f"{SUPPORT}:13: found 'last week' as checked, hoped for a day such as 2026-11-20"],
    ),
    (
        (SUPPORT, "        source: https://example.org/line\n", ""),
        [f"{SUPPORT}:8: found no source, hoped for a line `source: ...`"],
    ),
    (
        (SUPPORT, "slug: there", "slug: here"),
        [
            f"{SUPPORT}:14: found the slug 'here' a second time, hoped for another one (line 5)",
            f"{SUPPORT_NL}:8: found contacts, which the source does not have, hoped for no such key",
            f"{SUPPORT_NL}:12: found 'there', which the source does not have, hoped for 'here'",
        ],
    ),
    (
        (SUPPORT_NL, "        about: Dag en nacht.\n", ""),
        [f"{SUPPORT_NL}:9: found no about, hoped for a translation of about ({SUPPORT}:11)"],
    ),
    (
        (BLANKS, "    ask: address\n", "    ask: address\n    default: x\n"),
        [f"{BLANKS}:4: found the unknown key 'default', hoped for ask or value"],
    ),
    ((BLANKS, "value: Ann", "value: [Ann]"), [f"{BLANKS}:6: found a list as value, hoped for a text"]),
    (
        (BLANKS, "  adviser:", "  spare: {ask: x}\n  adviser:"),
        [
            f"{BLANKS_NL}:1: found no translation of 'spare', hoped for a key `spare:`",
            f"{BLANKS}:4: found a blank that no page shows, hoped for {{{{spare}}}} in the text of a page",
        ],
    ),
    (
        ("modules/02-walk/module.yaml", "    text: You know when you have to turn around.\n", ""),
        [
            "modules/02-walk/module.yaml:4: found no text, hoped for a line `text: ...`",
        ],
    ),
]


@pytest.mark.parametrize(("spoil", "faults"), FAULTS)
def test_a_fault_is_named_with_its_file_and_line(
    careful: Folder, spoil: tuple[str, str, str], faults: list[str]
) -> None:
    careful.change(*spoil)
    found = [fault for fault in careful.faults() if "older than its source" not in fault]
    assert sorted(found) == sorted(faults)
