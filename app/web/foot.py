"""What stands at the foot of every page, and what an admin is told there is still to be filled in."""

from dataclasses import dataclass

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup

from app.course.content import Blank, Course
from app.records.accounts import Visitor
from app.web.extensions import house
from app.web.languages import interface_language, language_here
from app.web.pages import course_if_any

SUPPORT = "/support"
PAGES = "/pages/"
GLOSSARY = "/glossary"


@dataclass(frozen=True, slots=True)
class Foot:
    """The links of one language of the course, written out: for everybody, and for who learns here."""

    links: Markup
    learners_links: Markup


def foot_links(visitor: Visitor | None) -> Markup:
    """Return the links at the foot of this request's page, each in an `li`; made once for a course and a language."""
    course = course_if_any()
    foot = house().once(_foot, course) if course else _foot(None)
    return foot.learners_links if visitor is not None and visitor.enrolment_id is not None else foot.links


def open_blanks(visitor: Visitor | None) -> tuple[Blank, ...]:
    """Return what an admin is to be told: the blanks in the pages here that nobody filled in. Nobody else is told."""
    course = course_if_any() if visitor is not None and visitor.is_admin else None
    return course.open_blanks if course else ()


def _foot(course: Course | None) -> Foot:
    code = course.language if course else language_here()
    lang = Markup(' lang="{}"').format(code) if interface_language(code) != code else ""
    pages = [_link(PAGES + page.slug, page.title, lang) for page in course.pages] if course else []
    links = Markup("").join([_link(SUPPORT, _("Support for yourself")), *pages])
    with_glossary = links + _link(GLOSSARY, _("Glossary")) if course and course.glossary else links
    return Foot(links, with_glossary)


def _link(path: str, words: str, lang: str = "") -> Markup:
    return Markup('<li><a href="{}"{}>{}</a></li>').format(path, lang, words)


def init_app(app: Flask) -> None:
    """Let the frame of an app's pages write its foot, and tell an admin what is still blank."""
    app.jinja_env.globals.update(foot_links=foot_links, open_blanks=open_blanks)
