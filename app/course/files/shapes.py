"""The HTML of figures, quotations, tables, callouts, folds and footnotes, as the design draws them.

None of it holds a word of its own: a course may be in a language that the program does not speak.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

ARROW = '<svg class="icon icon--s" aria-hidden="true" viewBox="0 0 24 24"><path d="m4 8 8 8 8-8"></path></svg>'
ARROW_SLOT = '<span class="fold__arrow"></span>'
"""Stands where the arrow goes until the HTML is cleaned, so that no cleaning has to know SVG."""


def words_of(token: Token) -> str:
    """Return the words of an inline token, without its markup."""
    parts = (" " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ())
    return "".join(parts).strip()


def make_figures(tokens: list[Token]) -> None:
    """A paragraph that holds a picture alone becomes a figure."""
    for opening, content, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type != "paragraph_open" or content.type != "inline" or len(content.children or ()) != 1:
            continue
        image = (content.children or [])[0]
        if image.type == "image":
            opening.type, closing.type = "figure_open", "figure_close"
            opening.tag = closing.tag = "figure"
            opening.hidden = closing.hidden = False
            closing.meta["caption"] = str(image.attrs.pop("title", ""))


def make_quotations(tokens: list[Token]) -> None:
    """The last paragraph of a quotation names its source when it begins with a dash."""
    for token in tokens:
        if token.type == "blockquote_open":
            token.attrSet("class", "quote")
    for opening, content, closing, after in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        children = content.children or []
        if after.type != "blockquote_close" or opening.type != "paragraph_open" or not children:
            continue
        if children[0].type == "text" and children[0].content.startswith(("— ", "– ")):
            children[0].content = children[0].content[2:]
            opening.tag = closing.tag = "footer"


def make_tables(tokens: list[Token]) -> None:
    """A table scrolls in a box that the keyboard reaches and that its head names; alignment becomes a class."""
    table: Token | None = None
    heads: list[str] = []
    for token, after in zip_longest(tokens, tokens[1:]):
        if token.type == "table_open":
            table, heads = token, []
        elif token.type == "thead_close" and table:
            table.meta["name"] = ", ".join(filter(None, heads))
        elif token.type in ("th_open", "td_open"):
            align = str(token.attrs.pop("style", "")).removeprefix("text-align:")
            if align in ("right", "center"):
                token.attrSet("class", "is-end" if align == "right" else "is-center")
            if token.type == "th_open" and after:
                token.attrSet("scope", "col")
                heads.append(words_of(after))


_Rule = Callable[[RendererHTML, Sequence[Token], int, Any, Mapping[str, Any]], str]


def _image(_: RendererHTML, tokens: Sequence[Token], at: int, _o: Any, _e: Mapping[str, Any]) -> str:
    image = tokens[at]
    if "src" not in image.attrs:
        return html.escape(words_of(image))
    attrs = {"alt": words_of(image), **{k: v for k, v in image.attrs.items() if k in ("src", "width", "height")}}
    return "<img" + "".join(f' {k}="{html.escape(str(v))}"' for k, v in attrs.items()) + ">"


def _figure_close(_: RendererHTML, tokens: Sequence[Token], at: int, _o: Any, _e: Mapping[str, Any]) -> str:
    caption = tokens[at].meta["caption"]
    return f"<figcaption>{html.escape(caption)}</figcaption></figure>\n" if caption else "</figure>\n"


def _table_open(_: RendererHTML, tokens: Sequence[Token], at: int, _o: Any, _e: Mapping[str, Any]) -> str:
    name = html.escape(tokens[at].meta.get("name", ""))
    return f'<div class="scroll" role="group" tabindex="0" aria-label="{name}"><table>\n'


def _callout_open(_: RendererHTML, tokens: Sequence[Token], at: int, _o: Any, _e: Mapping[str, Any]) -> str:
    meta = tokens[at].meta
    name = html.escape(meta["id"])
    title = f'<p class="callout__title" id="{name}">{html.escape(meta["title"])}</p>'
    return f'<aside class="callout" role="note" aria-labelledby="{name}">{title}\n'


def _fold_open(_: RendererHTML, tokens: Sequence[Token], at: int, _o: Any, _e: Mapping[str, Any]) -> str:
    meta = tokens[at].meta
    title = html.escape(meta["title"])
    return f'<details class="fold" id="{html.escape(meta["id"])}"><summary>{title}{ARROW_SLOT}</summary><div>\n'


def _footnote_ref(_: RendererHTML, tokens: Sequence[Token], at: int, _o: Any, _e: Mapping[str, Any]) -> str:
    number, again = tokens[at].meta["id"] + 1, tokens[at].meta["subId"]
    name = f"fnref-{number}" + (f"-{again + 1}" if again else "")
    return f'<sup class="fn"><a id="{name}" href="#fn-{number}" role="doc-noteref">{number}</a></sup>'


def _footnote_open(_: RendererHTML, tokens: Sequence[Token], at: int, _o: Any, _e: Mapping[str, Any]) -> str:
    number = tokens[at].meta["id"] + 1
    back = f'<a class="fn__back" href="#fnref-{number}" role="doc-backlink">{number}</a>'
    return f'<li id="fn-{number}">{back}<div>'


def _constant(text: str) -> _Rule:
    return lambda _r, _t, _a, _o, _e: text


RULES: Mapping[str, _Rule] = {
    "image": _image,
    "figure_open": _constant('<figure class="figure">'),
    "figure_close": _figure_close,
    "table_open": _table_open,
    "table_close": _constant("</table></div>\n"),
    "container_callout_open": _callout_open,
    "container_callout_close": _constant("</aside>\n"),
    "container_fold_open": _fold_open,
    "container_fold_close": _constant("</div></details>\n"),
    "footnote_ref": _footnote_ref,
    "footnote_block_open": _constant('<div class="footnotes" role="doc-endnotes"><ol class="plain">\n'),
    "footnote_block_close": _constant("</ol></div>\n"),
    "footnote_open": _footnote_open,
    "footnote_close": _constant("</div></li>\n"),
    "footnote_anchor": _constant(""),
}
