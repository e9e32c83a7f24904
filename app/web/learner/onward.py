"""Where one goes after a step, and what is said on the way: that a step, a module or the course is done."""

from flask_babel import gettext as _

from app.course.content import Course
from app.course.parts import StepBase
from app.course.rules.progress import Progress, next_step, progress
from app.records.accounts import Visitor
from app.web.pages import MY_COURSE, path_of, tell


def go_on_from(course: Course, visitor: Visitor, step: StepBase) -> str:
    """Say that a step is done, and return the address of the exact next one.

    `visitor` is as read before the deed. After the last step of all it is the address of My course.
    """
    after = progress_with(course, visitor, step)
    _tell(course, visitor, step, after)
    onward = next_step(after, step.key)
    return path_of(onward) if onward else MY_COURSE


def tell_done(course: Course, visitor: Visitor, step: StepBase) -> None:
    """Say on the next page that a step is done, or the module or the course that ended with it."""
    _tell(course, visitor, step, progress_with(course, visitor, step))


def _tell(course: Course, visitor: Visitor, step: StepBase, after: Progress) -> None:
    module = course.module_by_slug[step.module_slug]
    if not after.of(module).finished or progress(course, visitor.done_keys).of(module).finished:
        tell(_("‘%(title)s’ is done.", title=step.title))
    elif after.finished:
        tell(_("That was the last step: the whole course is done. You can read everything again when you want to."))
    else:
        tell(_("The module ‘%(title)s’ is finished.", title=module.title))


def progress_with(course: Course, visitor: Visitor, step: StepBase) -> Progress:
    """Return how far a visitor is once a step is done too."""
    return progress(course, visitor.done_keys | {step.key})
