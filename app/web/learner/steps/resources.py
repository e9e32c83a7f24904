"""The page of places to read on."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.course.parts import Rich
from app.course.steps.resources import Resource, ResourcesStep
from app.records.accounts import Visitor
from app.web.learner.steps.said import SaidPage


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A place to read on: its whole address as a link, and as a person reads it."""

    title: str
    url: str
    shown: str
    about: Rich


class ResourcesPage(SaidPage[ResourcesStep]):
    """A list of addresses, each with its organisation, and the button that says it was looked through."""

    template = "learner/steps/resources.html"
    name = _l("Resources")
    icon = "resources"

    def facts(self, visitor: Visitor) -> dict[str, Any]:
        """Return the rows of the list."""
        return {"resources": tuple(_row(resource) for resource in self.step.resources)}


def _row(resource: Resource) -> ResourceRow:
    url = str(resource.url)
    shown = url.partition("://")[2].removeprefix("www.").rstrip("/")
    return ResourceRow(title=resource.title, url=url, shown=shown, about=resource.about)
