"""Which language a page speaks: the course's, and that of the program's own words.

The course brings its languages; the program brings words in those for which it has a catalogue,
and English for all others. So a course in a language that nobody translated the program into
still runs: its text as its author wrote it, the buttons around it in English.

Catalogues are read from their .po files when the app is made (some 50 ms): there is no compiled
file that could be missing, or older than what the translators wrote.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, wraps
from io import BytesIO
from pathlib import Path
from typing import TypeVarTuple
from urllib.parse import quote, urlencode

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from app.records.accounts import Visitor
from app.web.cookies import cookie_here, keep_cookie
from app.web.extensions import house
from app.web.headers import A_YEAR

TRANSLATIONS = Path(__file__).parent / "translations"
OWN = "en"
"""The language of the words in code and templates."""
ASKED = "language"
"""The name in an address, as in `?language=en`, and of the cookie that keeps the choice."""


# ---- which one -------------------------------------------------------------------------------


def language_here() -> str:
    """Return the language of the course for this request, chosen once.

    The cookie of this browser decides, else what the person chose for their account, else what
    the browser asks for, else the course's first language.
    """
    found: str | None = g.get("language")
    if found is None:
        found = g.language = _choose(languages_offered())
    return found


def languages_offered() -> tuple[str, ...]:
    """Return the languages that a page can be read in, the source first.

    While there never was a good course, those of the program's own words.
    """
    return house().shelf.languages or tuple(catalogues())


def interface_language(code: str) -> str:
    """Return the language in which the program speaks beside a course in `code`."""
    known = catalogues()
    return next((wish for wish in (code, code.partition("-")[0]) if wish in known), OWN)


def remember_language(response: Response, code: str) -> None:
    """Let this browser read in a language from now on, for a year."""
    keep_cookie(response, ASKED, code, seconds=A_YEAR)


def _choose(offered: tuple[str, ...]) -> str:
    for wish in (cookie_here(ASKED), _language_of_visitor()):
        if wish in offered:
            return str(wish)
    return request.accept_languages.best_match(offered) or offered[0]


def _language_of_visitor() -> str | None:
    """Return what the person chose for their account; nothing while the database cannot say."""
    if g.get("without_database", False):
        return None
    try:
        visitor = current_user._get_current_object()
    except SQLAlchemyError:
        return None
    return visitor.language if isinstance(visitor, Visitor) else None


# ---- names and addresses ---------------------------------------------------------------------


@cache
def name_of(code: str) -> str:
    """Return a language's own name for itself, as in a menu; its code when nobody knows it."""
    try:
        name = Locale.parse(code, sep="-").get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code
    return name[0].upper() + name[1:]


def own_address(path: str, **changes: str) -> str:
    """Return the address of a page here: `path`, and the query of this request with `changes`.

    A wish for a language is left out. The leading slashes become one, for `//elsewhere.example`
    would lead to another host.
    """
    told = request.args.items(multi=True) if request.args else ()
    query = [(key, value) for key, value in told if key != ASKED and key not in changes]
    address = request.script_root + "/" + quote(path.lstrip("/\\"), safe="/:@!$&'()*+,;=~")
    return address + ("?" + urlencode(query + list(changes.items())) if query or changes else "")


def _take_the_wish() -> ResponseReturnValue | None:
    """Keep a language that the address asks for, and go to the same address without it."""
    if request.method != "GET" or ASKED not in request.args:
        return None
    response = Response(status=303, headers={"Location": own_address(request.path)})
    if (wish := request.args[ASKED]) in languages_offered():
        remember_language(response, wish)
    return response


# ---- the program's own words -----------------------------------------------------------------


@cache
def catalogues() -> Mapping[str, Translations]:
    """Return the program's own words by language, English first: that one needs none."""
    found = {path.parts[-3]: _read(path) for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))}
    return {OWN: Translations()} | found


@cache
def locale_of(code: str) -> Locale:
    """Return what Babel knows of the language in which the program speaks beside a course in `code`."""
    return Locale.parse(interface_language(code), sep="-")


def words_of(code: str) -> Translations:
    """Return the program's own words beside a course in `code`."""
    return catalogues()[interface_language(code)]


@cache
def own_words(code: str) -> Markup:
    """Return the attributes of the program's own words in a page of a course in `code`: none when both are one."""
    interface = interface_language(code)
    return Markup("") if interface == code else Markup(' lang="{}" dir="auto"').format(interface)


Facts = TypeVarTuple("Facts")


def once_a_language(say: Callable[[*Facts], str]) -> Callable[[*Facts], str]:
    """Keep what a function says of a few numbers or words, in each language: pages say `10 minutes` over and over."""

    @lru_cache(maxsize=4096)
    def kept(_locale: Locale | None, *facts: *Facts) -> str:
        return say(*facts)

    @wraps(say)
    def said(*facts: *Facts) -> str:
        return kept(get_locale(), *facts)

    return said


class _Words(Domain):  # type: ignore[misc]  # the library has no types
    """The program's own words, found by the locale itself: to spell it out for each takes longer than to find it."""

    def __init__(self) -> None:
        super().__init__()
        self._by_locale = {locale_of(code): words for code, words in catalogues().items()}

    def get_translations(self) -> Translations:
        """Return the words of this request, or of the letter that is being made."""
        return self._by_locale.get(get_locale()) or catalogues()[OWN]


def _read(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return Translations(compiled)


def init_app(app: Flask) -> None:
    """Let every page of an app speak the language that its reader chose."""
    babel = Babel()
    babel.init_app(app, default_locale=OWN, locale_selector=lambda: locale_of(language_here()))
    babel.domain_instance = _Words()
    app.before_request(_take_the_wish)
