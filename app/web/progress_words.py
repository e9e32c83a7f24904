"""How far somebody is, in words: the same for the learner and for who trains them."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.course.content import Module
from app.course.rules.progress import ModuleProgress
from app.web.languages import once_a_language


def module_name(module: Module) -> str:
    """Return what a module is called in a sentence: `module 05`; by its title where it has no number."""
    return _numbered(module.number) if module.number else module.title


@once_a_language
def _numbered(number: str) -> str:
    return str(_("module %(number)s", number=number))


def done_words(found: ModuleProgress) -> str:
    """Say how many of a module's steps are done."""
    return _done(len(found.done)) if found.finished else _done_of(len(found.done), len(found.steps))


@once_a_language
def _done(count: int) -> str:
    return str(ngettext("%(num)s step done", "%(num)s steps done", count))


@once_a_language
def _done_of(done: int, count: int) -> str:
    return str(ngettext("%(done)s of %(num)s step done", "%(done)s of %(num)s steps done", count, done=done))
