"""Templates, compiled once for each language of the course: what is always the same is written into them.

In templates the program's own words stand as `_('Go on')`, a symbol as `icon('done')`, a static file as
`asset('css/base.css')`. In one language each of these gives the same on every page, and there are a hundred of them
on a page: to look them up was half of its time. So Jinja compiles a template once for each language, and such a
call becomes the text that it would give. What depends on the person, the step or the request stays as it is.

Outside a request, and for a letter in another language than the page's, templates are compiled as they stand.
"""

import re
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast

from flask import Flask, has_request_context
from flask.templating import Environment
from flask_babel import get_locale
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from app.web.languages import language_here, locale_of, own_words, words_of

_INDENTED = re.compile(r"\s*\n\s*")
_TO_ESCAPE = re.compile(r"""[&<>"']""")
_PLACE = re.compile(r"%\((\w+)\)[sd]")
"""Where a value stands in a text of the program, as in `%(count)s steps`."""


class _Calls(Context):
    """What a template knows while it is rendered; calls macros and functions at once."""

    def call(self, found: Any, *args: Any, _loop_vars: Any = None, _block_vars: Any = None, **kwargs: Any) -> Any:
        """Call what a template calls. Jinja looks four times what it is and what it wants to know first."""
        if type(found) is Macro:
            return found(self.eval_ctx, *args, **kwargs)
        if type(found) is FunctionType and not hasattr(found, "jinja_pass_arg"):
            return found(*args, **kwargs)
        return super().call(found, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **kwargs)


class _Python(CodeGenerator):
    """Makes Python of a template; what is HTML already is put out as it is."""

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.put_out(")
        else:
            super()._output_child_pre(node, frame, finalize)


class PageEnvironment(Environment):
    """Jinja for an app; `for_language` gives the one whose templates speak a language of the course."""

    code_generator_class = _Python
    context_class = _Calls

    language: str | None = None
    """The language that is written into the templates; None for none."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self._by_language: dict[str, PageEnvironment] = {}

    def for_language(self, code: str) -> "PageEnvironment":
        """Return the environment of a language, with all that this one knows."""
        found = self._by_language.get(code)
        if found is None:
            found = self.overlay()
            found.language = code
            self._by_language[code] = found
        return found

    @staticmethod
    def put_out(found: Any) -> str:
        """Return a value as HTML. Most hold no sign that could be taken for it, and escape() makes each anew."""
        kind = type(found)
        return found if kind is Markup or (kind is str and not _TO_ESCAPE.search(found)) else escape(found)

    def make_globals(self, d: Any) -> Any:
        """Return what all templates know: one dictionary.

        Jinja would lay an empty one over it for each template, and search both for every name.
        """
        return super().make_globals(d) if d else self.globals

    def _generate(self, source: nodes.Template, *about: Any, **options: Any) -> str:
        """Make Python of a template; the hook that Jinja has for that."""
        if self.language is not None:
            source = _Writer(self, self.language).visit(source)
        return super()._generate(source, *about, **options)


class PageFlask(Flask):
    """Flask whose templates are compiled for the language of the request."""

    jinja_environment = PageEnvironment  # type: ignore[assignment]  # Flask's own types name its own class

    @property
    def jinja_env(self) -> PageEnvironment:
        """The templates in the language of this request."""
        if "pages" not in self.extensions:
            self.extensions["pages"] = self.create_jinja_environment()
        pages = cast(PageEnvironment, self.extensions["pages"])
        if not has_request_context():
            return pages
        code = language_here()
        return pages.for_language(code) if get_locale() is locale_of(code) else pages

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is. None here is asynchronous; Flask would look at each of them at each request."""
        return func


class _Writer(NodeTransformer):
    """Replaces calls in a template by what they give in one language."""

    def __init__(self, environment: PageEnvironment, language: str) -> None:
        self._environment = environment
        self._language = language
        self._words = words_of(language)

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - Jinja's name
        """Put the pieces of a text beside what stands around it, so that they become one."""
        children = [self.visit(child) for child in node.nodes]
        pieces = [child.nodes if isinstance(child, nodes.Concat) else [child] for child in children]
        node.nodes = [piece for some in pieces for piece in some]
        return node

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:  # noqa: N802
        """Leave away the indentation of a template: it is a tenth of a page, to write and to compress."""
        node.data = _INDENTED.sub("\n", node.data)
        return node

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802
        """Put a part where it is included, so that no page has to find it, and what it may know, anew."""
        if not isinstance(node.template, nodes.Const) or self._environment.loader is None:
            return node
        name = node.template.value
        source, _file, _is_fresh = self._environment.loader.get_source(self._environment, name)
        body = [self.visit(one) for one in self._environment.parse(source, name).body]
        return nodes.Scope(body, lineno=node.lineno, environment=self._environment)  # what it sets is its own

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        """Write out a call of constants."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return node
        name = node.node.name
        try:
            written = self._written(name, node)
        except nodes.Impossible:
            return node
        return written or node

    def _written(self, name: str, node: nodes.Call) -> nodes.Node | None:
        """Return what a call gives; None for one that is none of ours. Raises Impossible where it is no constant."""
        if name == "_":
            return self._text(node)
        if name == "own":
            return self._data(node, own_words(self._language))
        if name in ("asset", "icon"):
            give = cast(Callable[..., str], self._environment.globals[name])
            return self._data(node, give(*(arg.as_const() for arg in node.args)))
        if name == "url_for" and not any(pair.key.startswith("_") for pair in node.kwargs):  # `_anchor` is no value
            return self._data(node, escape(self._path(node)))
        return None

    def _text(self, node: nodes.Call) -> nodes.Node:
        """Return a text of the program, with its values where they belong."""
        words = self._words.gettext(node.args[0].as_const())
        values = {pair.key: pair.value for pair in node.kwargs}
        pieces: list[nodes.Expr] = []
        at = 0
        for place in _PLACE.finditer(words):
            pieces += [self._data(node, words[at : place.start()].replace("%%", "%")), values[place[1]]]
            at = place.end()
        pieces.append(self._data(node, words[at:].replace("%%", "%")))
        if len(pieces) == 1:
            return pieces[0]
        return nodes.Concat(pieces, lineno=node.lineno, environment=self._environment)

    def _path(self, node: nodes.Call) -> str:
        endpoint, values = node.args[0].as_const(), {pair.key: pair.value.as_const() for pair in node.kwargs}
        return self._environment.app.url_map.bind("").build(endpoint, values)

    def _data(self, node: nodes.Node, text: str) -> nodes.TemplateData:
        return nodes.TemplateData(str(text), lineno=node.lineno, environment=self._environment)
