"""Markdown in, safe HTML out, and a note of everything in it that an author should mend.

Three walls stand between an author's text and a page: HTML in Markdown is shown as text, every
address is looked at before it becomes a link, and nh3 lets only the tags, attributes and schemes
below through.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from app.course.content import TERM_LINK
from app.course.files.blanks import BLANK, Blanks, blank_html, blank_rule
from app.course.files.pictures import Picture
from app.course.files.shapes import ARROW, ARROW_SLOT, RULES, make_figures, make_quotations, make_tables, words_of
from app.course.phrases import nearest, quoted

TAGS = frozenset(
    {"a", "aside", "blockquote", "br", "code", "details", "div", "em", "figcaption", "figure", "footer", "h2", "h3"}
    | {"h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "section", "span", "strong", "summary", "sup"}
    | {"table", "tbody", "td", "th", "thead", "tr", "ul"}
)
ATTRIBUTES = {
    "*": {"class", "id"},
    "a": {"href", "rel", "role"},
    "aside": {"role", "aria-labelledby"},
    "div": {"role", "aria-label", "tabindex"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "section": {"role"},
    "th": {"scope"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
LINKS = "https://..., step:module/step, step:step, term:word, page:slug or #section"
INERT = re.compile(r"(?:[^\W_]|[ .,;:?'\"()…–—‘’“”%/+=-])*")  # nothing here can be Markdown


@dataclass(frozen=True)
class Finding:
    """Something to mend in a text. `line` is the line of the text, counted from 0."""

    line: int
    found: str
    hoped: str


@dataclass(frozen=True)
class Links:
    """Where links of a course may lead."""

    steps: Mapping[str, str] = field(default_factory=dict)
    """The address of each step by its key, former keys too."""
    terms: frozenset[str] = frozenset()
    """Slugs of the glossary."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """The address of each page in the foot by its slug, and of the support page."""


@dataclass
class _Page:
    """What one text needs while it is rendered, and what was found in it."""

    links: Links
    module_slug: str | None
    picture: Callable[[str], Picture | None]
    blanks: Blanks
    findings: list[Finding] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    sections: dict[str, str] = field(default_factory=dict)
    """The id of each heading by its words as a slug."""

    def note(self, line: int, found: str, hoped: str) -> None:
        self.findings.append(Finding(line, found, hoped))

    def new_id(self, start: str) -> str:
        """Return an id that the text does not have yet."""
        found, number = start, 1
        while found in self.ids:
            number += 1
            found = f"{start}-{number}"
        self.ids.add(found)
        return found


class Renderer:
    """Renders the texts of one module, or those outside the modules, in one language; keeps what it found in each."""

    def __init__(
        self,
        links: Links,
        module_slug: str | None = None,
        picture: Callable[[str], Picture | None] = lambda _: None,
        blanks: Blanks = Blanks(),  # noqa: B008 - frozen
    ) -> None:
        self._links, self._module_slug, self._picture, self._blanks = links, module_slug, picture, blanks
        self._html: dict[tuple[str, str], str] = {}
        self._findings: dict[tuple[str, str], tuple[Finding, ...]] = {}

    def inline(self, source: str) -> str:
        """Return the HTML of a text of one paragraph, without a tag around it."""
        return self._kept("inline", source)

    def blocks(self, source: str) -> str:
        """Return the HTML of a text of many paragraphs."""
        return self._kept("blocks", source)

    def findings(self, markup: str, source: str) -> tuple[Finding, ...]:
        """Return what was found in a text: one that was rendered as `inline` or `blocks`, or one without markup."""
        return (*self._findings.get((markup, source), ()), *self._strays(markup, source))

    def _strays(self, markup: str, source: str) -> Iterator[Finding]:
        if markup == "none" or not self._blanks.may_stand:
            for line, found in self._blanks.strays_in(source):
                yield Finding(line, f"the blank {found}, which nothing fills in here", "it in the text of a page")

    def blanks_in(self, markup: str, source: str) -> Iterator[str]:
        """Yield the slugs of the blanks that a text shows."""
        return self._blanks.used_in(source) if markup != "none" else iter(())

    def _kept(self, markup: str, source: str) -> str:
        key = (markup, source)
        if key not in self._html:
            page = _Page(self._links, self._module_slug, self._picture, self._blanks)
            self._html[key] = _inline(source, page) if markup == "inline" else _blocks(source, page)
            if page.findings:
                self._findings[key] = tuple(page.findings)
        return self._html[key]


# ---- the two ways ----------------------------------------------------------------------------


def _inline(source: str, page: _Page) -> str:
    text = source.strip()
    if INERT.fullmatch(text):
        return html.escape(text, quote=False)
    return _inline_slowly(text, page)


def _inline_slowly(text: str, page: _Page) -> str:
    if re.search(r"\n[ \t]*\n", text):
        page.note(0, "several paragraphs", "one paragraph")
    parser = _parser()
    env: dict[str, Any] = {"blanks": page.blanks}
    tokens = parser.parseInline(text, env)
    _look_at(tokens, page)
    return _clean(parser.renderer.render(tokens, parser.options, env))


def _blocks(source: str, page: _Page) -> str:
    parser = _parser()
    env: dict[str, Any] = {"blanks": page.blanks}
    tokens = parser.parse(source, env)
    _name_headings(tokens, page)
    _name_containers(tokens, source, page)
    _look_for_loose_containers(tokens, page)
    _look_at(tokens, page)
    _look_at_footnotes(env, source, page)
    make_figures(tokens)
    make_quotations(tokens)
    make_tables(tokens)
    return _clean(parser.renderer.render(tokens, parser.options, env))


def _clean(found: str) -> str:
    cleaned = nh3.clean(
        found, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES), link_rel=None, strip_comments=True
    )
    return cleaned.replace(ARROW_SLOT, ARROW).strip()


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.use(footnote_plugin, inline=False)
    for name in ("callout", "fold"):
        parser.use(container_plugin, name=name, validate=_opens(name))
    # Every address comes through here, so that a bad one can be reported; _address keeps it off the page.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.inline.ruler.before("emphasis", "blank", blank_rule)
    for rule, render in {**RULES, "blank": blank_html}.items():
        parser.add_render_rule(rule, render)
    return parser


def _opens(name: str) -> Callable[[str, str], bool]:
    return lambda params, _markup: params.strip().split(" ", 1)[0] == name


# ---- what stands in a text -------------------------------------------------------------------


def _slug(words: str) -> str:
    folded = unicodedata.normalize("NFKC", words).casefold()
    return re.sub(r"[\W_]+", "-", folded).strip("-") or "section"


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _name_headings(tokens: Sequence[Token], page: _Page) -> None:
    """Give each heading its id, and report levels that are skipped. The step's title is level 1."""
    before = 1
    for opening, content in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        level, words = int(opening.tag[1:]), words_of(content)
        if level == 1:
            page.note(_line(opening), "a heading of level 1 (#)", "level 2 (##): the title stands among the keys")
        elif level > before + 1:
            page.note(_line(opening), f"a heading of level {level} after level {before}", f"level {before + 1} at most")
        if not words:
            page.note(_line(opening), "a heading without words", "words")
        if any(child.type == "blank" for child in content.children or ()):
            page.note(_line(opening), "a blank in a heading", "it in the text below: links lead to a heading's words")
        before = max(level, 2)
        slug = _slug(words)
        opening.attrSet("id", page.new_id(f"section-{slug}"))
        page.sections.setdefault(slug, str(opening.attrGet("id")))


def _name_containers(tokens: Sequence[Token], source: str, page: _Page) -> None:
    lines = source.split("\n")
    for token in tokens:
        if token.type not in ("container_callout_open", "container_fold_open"):
            continue
        name = token.type.split("_")[1]
        title = token.info.strip().removeprefix(name).strip()
        if not title:
            page.note(_line(token), f"a {name} without a title", f"`::: {name} Title`")
        if page.blanks.may_stand and BLANK.search(title):
            page.note(_line(token), f"a blank in the title of a {name}", "it in the text below")
        end = token.map[1] if token.map else 0
        if end >= len(lines) or ":::" not in lines[end]:
            page.note(_line(token), f"a {name} without an end", "a line `:::` after it")
        token.meta["title"] = title
        token.meta["id"] = page.new_id(f"{name}-{_slug(title)}")


def _look_for_loose_containers(tokens: Sequence[Token], page: _Page) -> None:
    for token in tokens:
        if token.type == "inline" and token.content.startswith(":::"):
            hoped = "`::: callout Title` or `::: fold Title`, and `:::` after it"
            page.note(_line(token), quoted(token.content.split("\n")[0]), hoped)


def _look_at(tokens: Sequence[Token], page: _Page) -> None:
    """Turn the addresses of links and pictures into those of the page, and report what is wrong with them."""
    for token in tokens:
        if token.type == "inline":
            _look_inside(token, page)


def _look_inside(token: Token, page: _Page) -> None:
    line = _line(token)
    in_link = False
    for child in token.children or ():
        in_link = child.type == "link_open" or (in_link and child.type != "link_close")
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "link_open":
            _set_address(child, line, page)
        elif child.type == "image":
            _set_picture(child, line, page)
        elif child.type == "blank":
            child.meta["in_link"] = in_link
            if fault := page.blanks.fault_of(child.info):
                page.note(line, *fault)
        elif child.type == "text" and (loose := re.search(r"\[\^[^\]\s]+\]", child.content)):
            page.note(line, f"{loose[0]}, a footnote without a text", f"a line `{loose[0]}: ...` below")


def _set_address(link: Token, line: int, page: _Page) -> None:
    address = str(link.attrs.pop("href", ""))
    found = unquote(address)  # the parser writes é as %C3%A9
    kind, _, rest = found.partition(":")
    link.attrs.pop("title", None)
    if found.startswith("#"):
        address = _section(found, line, page)
    elif kind == "term":
        address = _term(rest, line, page)
        link.attrSet("class", "term")
    elif kind == "step":
        address = _step(rest, line, page)
    elif kind == "page":
        address = _page(rest, line, page)
    elif page.blanks.may_stand and BLANK.search(found):
        page.note(line, f"a link to {quoted(found)}", "the blank alone: what is an address becomes a link by itself")
        address = ""
    elif kind.lower() in SCHEMES and rest.strip("/"):
        link.attrSet("rel", "noreferrer")
    else:
        page.note(line, f"a link to {quoted(found)}", LINKS)
        address = ""
    if address:
        link.attrSet("href", address)


def _section(found: str, line: int, page: _Page) -> str:
    slug = found.removeprefix("#")
    if slug in page.sections:
        return f"#{page.sections[slug]}"
    hoped = nearest(slug, page.sections, "a heading of this text, such as #" + next(iter(page.sections), "its-words"))
    page.note(line, f"a link to {quoted(found)}, which is no heading here", hoped)
    return ""


def _term(slug: str, line: int, page: _Page) -> str:
    if slug in page.links.terms:
        return TERM_LINK + slug
    hoped = nearest(slug, page.links.terms, "a term of modules/glossary.yaml")
    page.note(line, f"the term {quoted(slug)}, which the glossary lacks", hoped)
    return ""


def _page(slug: str, line: int, page: _Page) -> str:
    if slug in page.links.pages:
        return page.links.pages[slug]
    hoped = nearest(slug, page.links.pages, "a page of the foot, or page:support")
    page.note(line, f"a link to the page {quoted(slug)}, which is not there", hoped)
    return ""


def _step(rest: str, line: int, page: _Page) -> str:
    key = rest if "/" in rest else f"{page.module_slug}/{rest}"
    if key in page.links.steps:
        return page.links.steps[key]
    if "/" in rest:
        hoped = nearest(rest, page.links.steps, "a step of the course, as step:module/step")
    elif page.module_slug:
        here = [one.rpartition("/")[2] for one in page.links.steps if one.startswith(f"{page.module_slug}/")]
        hoped = nearest(rest, here, "a step of this module, or step:module/step")
    else:
        page.note(line, f"a link to the step {quoted(rest)} from outside its module", "step:module/step")
        return ""
    page.note(line, f"a link to the step {quoted(rest)}, which is not there", hoped)
    return ""


def _set_picture(image: Token, line: int, page: _Page) -> None:
    found = unquote(str(image.attrs.pop("src", "")))
    if not words_of(image):
        page.note(line, f"the picture {quoted(found)} without alternative text", "`![what it shows](...)`")
    picture = page.picture(found)
    if picture is None:
        hoped = "a file img/name.svg (or png, jpg, webp) in the module's folder, its name in small letters"
        page.note(line, f"the picture {quoted(found)}, which is not there", hoped)
        return
    image.attrs["src"] = picture.address
    if picture.width and picture.height:
        image.attrs["width"], image.attrs["height"] = picture.width, picture.height


def _look_at_footnotes(env: Mapping[str, Any], source: str, page: _Page) -> None:
    for label, number in env.get("footnotes", {}).get("refs", {}).items():
        if number < 0:
            lines = source.split("\n")
            line = next((n for n, words in enumerate(lines) if words.startswith(f"[^{label[1:]}]:")), 0)
            page.note(line, f"the footnote {quoted(label[1:])}, to which nothing refers", f"[^{label[1:]}] in the text")
