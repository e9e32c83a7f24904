"""Templates compiled for a language give what they would give as they stand."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale, lazy_gettext
from jinja2 import DictLoader, Undefined
from markupsafe import Markup, escape

from app.course.files.shelf import Shelf
from app.records.accounts import Visitor
from app.web.compiling import PageEnvironment, PageFlask
from tests.course_folder import Folder
from tests.web.conftest import Browser

NAME = '<&"x">'


def given(templates: PageEnvironment, source: str) -> str:
    return templates.from_string(source).render(name=NAME)


@pytest.mark.parametrize(
    "source",
    [
        "{{ _('Go on') }}",
        "<b title=\"{{ _('Hello %(name)s,', name=name) }}\"></b>",
        "{{ _('Hello %(name)s,', name=name|safe) }}",
        "{{ _('Hello %(name)s,', name=_('Go on')) }}",
        "{% macro bold(words) %}<b>{{ words }}</b>{% endmacro %}{{ bold(_('Hello %(name)s,', name=name)) }}",
        "{% set words = _('Go on') %}{{ words }}{{ words|length }}{{ words ~ name }}",
        "{{ _('40 %% of %(name)s', name=name) }}{{ _('A & B') }}",
        "{{ icon('done', 'icon--s') }}{{ asset('css/base.css') }}",
        "{{ url_for('learner.search') }}{{ url_for('info.page', slug='a&b c') }}",
        "{{ url_for('learner.glossary', _anchor='term-map') }}",
        "{{ url_for('learner.search', _external=true) }}",
    ],
)
@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_compiled_template_gives_what_it_gives_as_it_stands(app: Flask, language: str, source: str) -> None:
    plain = app.jinja_env
    assert isinstance(plain, PageEnvironment)
    with app.test_request_context("/support", headers={"Cookie": f"language={language}"}):
        compiled = app.jinja_env
        assert isinstance(compiled, PageEnvironment)
        assert compiled.language == language
        assert given(compiled, source) == given(plain, source)


class Shouted(str):
    """A text of a kind of its own."""

    __slots__ = ()


@pytest.mark.parametrize(
    "found",
    [
        "plain",
        NAME,
        Markup("<b>bold</b>"),
        Shouted(NAME),
        Undefined(),
        None,
        7,
        1.5,
        True,
        ["<"],
        lazy_gettext("Go on"),
    ],
    ids=repr,
)
def test_a_value_is_put_out_as_jinja_would(app: Flask, found: object) -> None:
    with app.test_request_context("/support"):
        assert PageEnvironment.put_out(found) == escape(found)


def test_a_part_that_is_put_in_its_place_knows_what_it_would_know(app: Flask) -> None:
    parts = DictLoader({"part.html": "{% set word = name ~ '!' %}[{{ word }}{{ _('Go on') }}{{ loop.index }}]"})
    source = "{% for name in names %}{% include 'part.html' %}{% endfor %}{% include wanted %}{{ word }}"
    source += "{% include 'part.html' %}{{ word }}"
    plain = app.jinja_env
    assert isinstance(plain, PageEnvironment)
    plain.loader = parts
    with app.test_request_context("/support", headers={"Cookie": "language=nl"}):
        compiled = app.jinja_env
        compiled.loader = parts
        facts = {"names": ["<a>", "b"], "wanted": "part.html", "name": "c", "loop": {"index": 9}}
        found = compiled.from_string(source).render(**facts)
    assert found == "[&lt;a&gt;!Ga verder1][b!Ga verder2][c!Ga verder9][c!Ga verder9]"


PAGES = (
    "/",
    "/sign-in",
    "/join",
    "/account",
    "/support",
    "/nowhere",
    "/my-course",
    "/bookmarks",
    "/glossary",
    "/search?q=map",
    "/modules/01-map/signs",
    "/modules/01-map/your-walk",
    "/modules/01-map/check",
    "/modules/01-map/read-on",
    "/modules/02-walk/look-back",
)


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_page_reads_as_it_would_with_each_word_looked_up(
    app_with: Callable[..., Flask], noor: Visitor, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    compiled, plain = app_with(), app_with()
    found = pages_of(compiled, noor, language)
    monkeypatch.setattr(PageFlask, "jinja_env", property(lambda app: app.extensions["pages"]))
    assert pages_of(plain, noor, language) == found


def pages_of(app: Flask, learner: Visitor, language: str) -> dict[str, str]:
    """Return the pages that a learner opens, by address; what is another each second or each time is left out."""
    reader = Browser(app.test_client())
    reader.sign_in(learner)
    reader.visit(f"/my-course?language={language}")
    found = {path: reader.client.get(path).text for path in PAGES}
    return {
        path: " ".join(re.sub(r'(name="csrf_token" value=)"[^"]+"', "", page).split()) for path, page in found.items()
    }


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_readers_of_two_languages_at_once_each_read_their_own(app: Flask) -> None:
    def first_words(language: str) -> str:
        return app.test_client().get("/sign-in", headers={"Accept-Language": language}).text

    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(first_words, ["en", "nl"] * 8))
    assert all("Sign in" in page and "Inloggen" not in page for page in pages[::2])
    assert all("Inloggen" in page and "Sign in" not in page for page in pages[1::2])


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_letter_in_another_language_than_the_page_has_its_own_words(app: Flask) -> None:
    with app.test_request_context("/support", headers={"Cookie": "language=en"}):
        assert given(app.jinja_env, "{{ _('Go on') }}") == "Go on"  # type: ignore[arg-type]  # Flask's own type
        with force_locale("nl"):
            assert given(app.jinja_env, "{{ _('Go on') }}") == "Ga verder"  # type: ignore[arg-type]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_outline_follows_the_files_while_a_course_is_being_written(
    app_with: Callable[..., Flask], noor: Visitor, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "course")
    reader = Browser(app_with(shelf=Shelf(folder.path, watch=True), develop=True).test_client())
    reader.sign_in(noor)
    assert reader.visit("/modules/01-map/signs").texts_of(".outline a")[1].startswith("Your own walk")
    folder.change("modules/01-map/02-your-walk.en.md", "title: Your own walk", "title: Draw your walk")
    folder.bring_up_to_date()
    assert reader.visit("/modules/01-map/signs").texts_of(".outline a")[1].startswith("Draw your walk")
