"""Places to read on."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, HttpUrl

from app.course.parts import Completes, Inline, Noun, Rich, Slug, StepBase, Words


class Resource(Noun):
    """An organisation or a site, with its whole address."""

    slug: Slug
    title: Words
    url: HttpUrl
    about: Inline


class ResourcesStep(StepBase):
    """A list of resources; complete when the learner says so."""

    kind: ClassVar[str] = "resources"
    completes: ClassVar[Completes] = Completes.SAID
    resources: tuple[Resource, ...] = Field(min_length=1)

    def faults(self) -> Iterator[str]:
        """No address twice."""
        seen: set[str] = set()
        for resource in self.resources:
            if str(resource.url) in seen:
                yield f"{resource.url} twice; each address once hoped for"
            seen.add(str(resource.url))

    def texts(self) -> Iterator[str | Rich]:
        """Add what each resource is called, and what it is about."""
        yield from super().texts()
        for resource in self.resources:
            yield resource.title
            yield resource.about
