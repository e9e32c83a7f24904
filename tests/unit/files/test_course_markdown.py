"""Markdown becomes the HTML of the design, and nothing in it ever runs."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.content import terms_in
from app.course.files import markdown
from app.course.files.blanks import Blanks
from app.course.files.faults import Faults
from app.course.files.markdown import ATTRIBUTES, SCHEMES, TAGS, Links, Renderer
from app.course.files.pictures import Picture, Pictures, size_of
from tests.course_folder import SMALL

LINKS = Links({"01-map/signs": "/modules/01-map/signs"}, frozenset({"scale"}))


def renderer() -> Renderer:
    """Return a renderer of a module with one picture."""
    return Renderer(LINKS, "01-map", {"img/a.svg": Picture("/modules/01-map/img/a.svg?v=1", 640, 200)}.get)


def blocks(source: str) -> str:
    """Render a text that has nothing to mend."""
    made = renderer()
    found = made.blocks(source)
    assert made.findings("blocks", source) == ()
    return found


def test_a_quotation_names_its_source_below_it() -> None:
    found = blocks("> A map is a promise.\n>\n> — An invented walker, *Maps*")
    assert found == (
        '<blockquote class="quote">\n<p>A map is a promise.</p>\n'
        "<footer>An invented walker, <em>Maps</em></footer>\n</blockquote>"
    )


def test_a_picture_alone_in_a_paragraph_is_a_figure_with_its_size() -> None:
    found = blocks('![A "flat" path](img/a.svg "Below & above")')
    assert found == (
        '<figure class="figure"><img alt="A &quot;flat&quot; path" src="/modules/01-map/img/a.svg?v=1" width="640" '
        'height="200"><figcaption>Below &amp; above</figcaption></figure>'
    )


def test_a_table_scrolls_in_a_box_that_the_keyboard_reaches_and_its_head_names() -> None:
    found = blocks("| Path | *Minutes* |\n|---|--:|\n| flat | 12 |")
    assert found.startswith('<div class="scroll" role="group" tabindex="0" aria-label="Path, Minutes"><table>')
    assert '<th class="is-end" scope="col"><em>Minutes</em></th>' in found
    assert '<td class="is-end">12</td>' in found
    assert "style" not in found


def test_a_callout_and_a_fold_hold_blocks_under_their_titles() -> None:
    found = blocks("::: callout At <home>\n- one\n:::\n\n::: fold Why?\n**Because.**\n:::")
    assert '<aside class="callout" role="note" aria-labelledby="callout-at-home">' in found
    assert '<p class="callout__title" id="callout-at-home">At &lt;home&gt;</p>' in found
    assert '<details class="fold" id="fold-why"><summary>Why?<svg class="icon icon--s" aria-hidden="true"' in found
    assert "<div>\n<p><strong>Because.</strong></p>\n</div></details>" in found


def test_footnotes_lead_there_and_back_without_a_word_of_any_language() -> None:
    found = blocks("One.[^a] Two.[^b]\n\n[^a]: First.\n[^b]: Second.")
    assert '<sup class="fn"><a id="fnref-2" href="#fn-2" role="doc-noteref">2</a></sup>' in found
    assert '<div class="footnotes" role="doc-endnotes"><ol class="plain">' in found
    assert '<li id="fn-2"><a class="fn__back" href="#fnref-2" role="doc-backlink">2</a><div><p>Second.</p>' in found


def test_headings_have_an_id_of_their_own_that_a_link_on_the_page_reaches() -> None:
    found = blocks("## Één maat\n\n## Één maat\n\n### كلمة\n\nBack to [the first](#één-maat) or [the word](#كلمة).")
    assert 'id="section-één-maat"' in found
    assert 'id="section-één-maat-2"' in found
    assert 'id="section-كلمة"' in found
    hrefs = [value for name, value in attributes(found) if name == "href"]
    assert hrefs == ["#section-één-maat", "#section-كلمة"]


def test_links_lead_to_steps_terms_and_other_sites() -> None:
    found = renderer().inline(
        "[s](step:signs) [t](term:scale) [w](https://example.org/?a=1&b=2) [m](mailto:a@example.org)"
    )
    assert '<a href="/modules/01-map/signs">s</a>' in found
    assert '<a class="term" href="#term-scale">t</a>' in found
    assert 'rel="noreferrer"' in found.split("example.org/?a=1&amp;b=2")[0].rsplit("<a", 1)[1]
    assert list(terms_in(found)) == ["scale"]


def test_a_text_without_markup_is_rendered_as_quickly_as_it_is_safe() -> None:
    assert renderer().inline("  It's 12:30 (about), isn't it?\n") == "It's 12:30 (about), isn't it?"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "https:",
        "file:///x",
    ],
)
def test_an_address_that_is_no_address_becomes_no_link_and_is_reported(address: str) -> None:
    made = renderer()
    found = made.inline(f"[x](<{address}>)")
    assert "href" not in found
    assert [one.found for one in made.findings("inline", f"[x](<{address}>)")] == [f"a link to '{address}'"]


# ---- whatever the input ----------------------------------------------------------------------


class Attributes(HTMLParser):
    """Collects every tag and attribute of a page as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found.extend((name, value or "") for name, value in attrs)


def attributes(found: str) -> list[tuple[str, str]]:
    """Return every attribute of HTML, after holding its tags against what may be there."""
    reader = Attributes()
    reader.feed(found)
    reader.close()
    assert reader.tags <= TAGS | {"svg", "path"}
    return reader.found


NASTY_LINES = """\
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg onload=alert(1)>
<span class="fold__arrow"></span>
javascript:alert(1)
&#106;avascript:
[x](javascript:alert(1))
![x](javascript:alert(1))
[x](https://a.b "\\" onclick=alert(1))
[x](data:text/html,<script>)
[s](step:signs" onclick=x)
[s](step:signs)
[t](term:scale)
[x](#a)
[a]: javascript:x
<https://example.org>
<javascript:alert(1)>
![<b>](img/a.svg)
`<b>`
|<script>|b|
|--|--|
::: callout <script>
::: fold " onclick=x
:::
[^1]
[^1]: <script>
> — <b>x</b>
# a
#### b
\\
***
&lt;
"""
NASTY = st.sampled_from(NASTY_LINES.splitlines())
TEXTS = st.lists(
    NASTY
    | st.sampled_from(["\n", "\n\n", "\n    ", "\x00", "\u202e"])
    | st.text(max_size=20)
    | st.text(alphabet="[](){}<>!#*_`|:^\\\n \"'=-&;a1", max_size=20),
    max_size=8,
)


@given(TEXTS)
def test_no_text_ever_brings_a_script_a_handler_or_a_strange_address(parts: list[str]) -> None:
    source = "".join(parts)
    made = renderer()
    allowed = {name for names in ATTRIBUTES.values() for name in names} | {"aria-hidden", "viewbox", "d"}
    for found in (made.inline(source), made.blocks(source)):
        for name, value in attributes(found):
            assert name in allowed
            if name in ("href", "src"):
                assert urlsplit(value).scheme in {"", *SCHEMES}
                assert not value.startswith("//")


@given(TEXTS)
def test_the_ids_of_a_text_are_unique(parts: list[str]) -> None:
    ids = [value for name, value in attributes(renderer().blocks("".join(parts))) if name == "id"]
    assert len(ids) == len(set(ids))


@given(st.text(alphabet="ab1 .,:;?'\"()%/+=-…–’é", max_size=40))
def test_the_quick_way_for_plain_texts_says_what_the_long_way_says(source: str) -> None:
    quick = renderer().inline(source)
    page = markdown._Page(LINKS, None, lambda _: None, Blanks())
    assert quick == markdown._inline_slowly(source.strip(), page)
    assert page.findings == []


# ---- pictures --------------------------------------------------------------------------------


def test_the_size_of_a_picture_is_read_from_its_first_bytes() -> None:
    assert size_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x80\0\0\1\x2c") == (640, 300)
    assert size_of(b"\xff\xd8\xff\xe0\0\4xx\xff\xc0\0\x11\x08\1\x2c\2\x80\3") == (640, 300)
    assert size_of(b'<svg viewBox="0 0 64.4 30" class="a">') == (64, 30)
    assert size_of(b'<?xml version="1.0"?><svg\n width="640px" height="300" viewBox="0 0 1 1">') == (640, 300)
    assert size_of(b'<svg width="100%" height="10em">') == (None, None)


@given(st.binary(max_size=60), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xc0", b"<svg viewBox='"]))
def test_a_broken_picture_has_no_size_and_does_no_harm(raw: bytes, start: bytes) -> None:
    width, height = size_of(start + raw)
    assert (width is None) == (height is None)


def test_the_small_courses_picture_is_found_by_its_name_only() -> None:
    faults = Faults()
    pictures = Pictures(SMALL, "01-map", faults)
    assert pictures.find("img/steps.svg") is not None
    for name in ("steps.svg", "img/../module.yaml", "/etc/passwd", "img/STEPS.svg", "img/none.svg", "img/", ""):
        assert pictures.find(name) is None
    assert len(faults) == 0
