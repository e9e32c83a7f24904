"""The page of places to read on."""

from flask_babel import lazy_gettext as _l

from app.course.steps.resources import ResourcesStep
from app.web.learner.steps.said import SaidPage


class ResourcesPage(SaidPage[ResourcesStep]):
    """A list of addresses, each with its organisation, and the button that says it was looked through."""

    template = "learner/steps/resources.html"
    name = _l("Resources")
    icon = "resources"
    paper = "learner/steps/_paper_resources.html"
