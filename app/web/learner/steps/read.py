"""The page of a text to read."""

from flask_babel import lazy_gettext as _l

from app.course.steps.read import ReadStep
from app.web.learner.steps.said import SaidPage


class ReadPage(SaidPage[ReadStep]):
    """A text, and the button that says it was read."""

    template = "learner/steps/read.html"
    name = _l("Reading")
    icon = "read"
