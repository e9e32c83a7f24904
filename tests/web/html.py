"""Pages as a program sees them: a tree of elements, found by short CSS selectors, and forms that can be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
BLOCKS = frozenset(
    {"p", "div", "li", "h1", "h2", "h3", "h4", "dt", "dd", "tr", "section", "label", "legend", "button", "option"}
)

SIMPLE = re.compile(
    r"(?P<tag>[a-z][a-z0-9]*)|#(?P<id>[\w-]+)|\.(?P<cls>[\w-]+)|\[(?P<name>[\w-]+)(?:=\"?(?P<value>[^\]\"]*)\"?)?\]"
)


@dataclass(eq=False)
class Element:
    """An element of a page, with what stands in it."""

    tag: str
    attrs: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attrs[name]

    def get(self, name: str, otherwise: str = "") -> str:
        """Return an attribute's value."""
        return self.attrs.get(name, otherwise)

    @property
    def classes(self) -> frozenset[str]:
        """Its classes."""
        return frozenset(self.get("class").split())

    @property
    def elements(self) -> Iterator[Element]:
        """Every element inside, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements

    @property
    def text(self) -> str:
        """What can be read inside, with single spaces; a script and a style say nothing."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        if self.tag in ("script", "style"):
            return
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                space = " " if child.tag in BLOCKS or child.tag == "br" else ""
                yield space
                yield from child._pieces()
                yield space

    def find_all(self, css: str) -> list[Element]:
        """Return the elements inside that a selector names: `tag`, `#id`, `.class`, `[name=value]`, and `a b`."""
        return [element for element in self.elements if element.matches(css, within=self)]

    def find(self, css: str) -> Element:
        """Return the one element that a selector names; fails when there are none or several."""
        found = self.find_all(css)
        assert len(found) == 1, f"{len(found)} elements match {css!r} in {self.text[:400]!r}"
        return found[0]

    def has(self, css: str) -> bool:
        """Whether a selector names any element inside."""
        return bool(self.find_all(css))

    def text_of(self, css: str) -> str:
        """Return the text of the one element that a selector names."""
        return self.find(css).text

    def texts_of(self, css: str) -> list[str]:
        """Return the texts of all elements that a selector names."""
        return [element.text for element in self.find_all(css)]

    def matches(self, css: str, *, within: Element | None = None) -> bool:
        """Whether a selector names this element."""
        *outer, last = css.split()
        if not self._is(last):
            return False
        above = self.parent
        for part in reversed(outer):
            while above is not None and above is not within and not above._is(part):
                above = above.parent
            if above is None or above is within:
                return False
            above = above.parent
        return True

    def _is(self, compound: str) -> bool:
        parts = list(SIMPLE.finditer(compound))
        assert parts, f"{compound!r} is no selector"
        assert "".join(part[0] for part in parts) == compound, f"{compound!r} is no selector"
        return all(self._has_part(part) for part in parts)

    def _has_part(self, part: re.Match[str]) -> bool:
        if part["tag"]:
            return self.tag == part["tag"]
        if part["id"]:
            return self.get("id") == part["id"]
        if part["cls"]:
            return part["cls"] in self.classes
        return part["name"] in self.attrs and part["value"] in (None, self.attrs[part["name"]])


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self._open.children.append(Element(tag, {name: value or "" for name, value in attrs}, self._open))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open.tag == tag, f"</{tag}> closes <{self._open.tag}>"
        assert self._open.parent is not None
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)


def parse(markup: str) -> Element:
    """Read a page. Fails for an element that is not closed, or closed in the wrong place."""
    builder = _Builder()
    builder.feed(markup)
    builder.close()
    assert builder._open is builder.root, f"<{builder._open.tag}> is not closed"
    return builder.root


# ---- forms -----------------------------------------------------------------------------------


def fields_of(form: Element) -> dict[str, list[str]]:
    """Return what a browser would send of a form as it stands, without its buttons: a list of values by name."""
    sent: dict[str, list[str]] = {}
    for control in form.elements:
        if (name := control.get("name")) and "disabled" not in control.attrs:
            sent.setdefault(name, []).extend(_values_of(control))
    return sent


def _values_of(control: Element) -> list[str]:
    if control.tag == "textarea":
        return ["".join(child for child in control.children if isinstance(child, str)).removeprefix("\n")]
    if control.tag == "select":
        options = control.find_all("option")
        chosen = [option for option in options if "selected" in option.attrs] or options[:1]
        return [option.get("value", option.text) for option in chosen]
    if control.tag != "input" or control.get("type") in ("submit", "button", "image", "reset"):
        return []
    if control.get("type") in ("checkbox", "radio"):
        return [control.get("value", "on")] if "checked" in control.attrs else []
    return [control.get("value")]


def filled(form: Element, values: Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    """Return what a browser would send after somebody filled in some fields. Fails for a field that is not there."""
    offered = {control.get("name") for control in form.elements}
    assert values.keys() <= offered, f"the form has no {', '.join(sorted(values.keys() - offered))}"
    given = {name: [value] if isinstance(value, str) else list(value) for name, value in values.items()}
    return fields_of(form) | given


# ---- what every page must hold ---------------------------------------------------------------


def faults_of(page: Element) -> list[str]:
    """Say what a page lacks of what every page must hold."""
    return [*_frame_faults(page), *_heading_faults(page), *_form_faults(page), *_reference_faults(page)]


def _frame_faults(page: Element) -> Iterator[str]:
    if not page.find("html").get("lang"):
        yield "the page has no language"
    for element in page.elements:
        if "style" in element.attrs or element.tag == "style":
            yield f"<{element.tag}> has a style of its own"
        if element.tag == "script" and not element.get("src").startswith("/static/"):
            yield "a script stands in the page"
        if any(name.startswith("on") for name in element.attrs):
            yield f"<{element.tag}> has a script of its own"
        if element.tag == "img" and "alt" not in element.attrs:
            yield f"the image {element.get('src')} has no text"


def _heading_faults(page: Element) -> Iterator[str]:
    title = page.text_of("head title").removesuffix(" – Opstap")
    if page.texts_of("h1") != [title]:
        yield f"the page has the h1 {page.texts_of('h1')} and the title {title!r}"
    level = 1  # a summary of errors may stand above the h1
    for heading in page.elements:
        if re.fullmatch(r"h[1-6]", heading.tag):
            if int(heading.tag[1]) > level + 1:
                yield f"the heading {heading.text!r} skips a level"
            level = int(heading.tag[1])


def _form_faults(page: Element) -> Iterator[str]:
    labelled = {label["for"] for label in page.find_all("label[for]")}
    for form in page.find_all("form"):
        if form.get("method").lower() == "post" and not form.has("input[name=csrf_token]"):
            yield f"the form for {form.get('action', 'this page')} has no token"
    for control in page.elements:
        if control.tag in ("input", "select", "textarea") and control.get("type") not in ("hidden", "submit"):
            named = control.get("id") in labelled or control.get("aria-label") or control.get("aria-labelledby")
            if not named and not _is_inside(control, "label"):
                yield f"<{control.tag} name={control.get('name')}> has no label"


def _is_inside(element: Element, tag: str) -> bool:
    above = element.parent
    while above is not None and above.tag != tag:
        above = above.parent
    return above is not None


def _reference_faults(page: Element) -> Iterator[str]:
    ids = [element["id"] for element in page.elements if element.get("id")]
    for repeated in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"the id {repeated!r} stands there twice"
    for element in page.elements:
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for target in element.get(name).split():
                if target not in ids:
                    yield f"{name}={target!r} points nowhere"
        if element.tag == "a" and element.get("href").startswith("#") and element["href"][1:] not in ids:
            yield f"the link {element['href']!r} leads nowhere"
