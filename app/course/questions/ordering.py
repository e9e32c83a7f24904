"""Things to put in their order."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.parts import Given, Inline, QuestionBase, Slugged, UnknownOption, by_former_slug


class Place(Slugged):
    """A thing to put in its place, and why it stands there."""

    text: Inline
    explanation: Inline


class Ordering(QuestionBase):
    """A question whose options stand in the file in the right order."""

    kind: ClassVar[str] = "ordering"
    options: tuple[Place, ...]

    @property
    def max_points(self) -> int:
        """One point, for the whole order."""
        return 1

    def points_for(self, given: Given) -> int:
        """Grade all option slugs in an order: 1 when every one stands in its place, else 0.

        QTI's match_correct over an ordered container. Nothing given is 0.
        Raises UnknownOption for a slug that is not offered, one that is missing or one named twice.
        """
        right = tuple(option.slug for option in self.options)
        if given and sorted(given) != sorted(right):
            raise UnknownOption(f"{self.slug} takes each of {', '.join(right)} once")
        return int(given == right)

    def best(self) -> Given:
        """Return the right order."""
        return tuple(option.slug for option in self.options)

    def current(self, given: Given) -> Given:
        """Return the order by the slugs of today."""
        now = by_former_slug(self.options)
        return tuple(dict.fromkeys(now[slug] for slug in given if slug in now))

    def faults(self) -> Iterator[str]:
        """Three options at least."""
        if len(self.options) < 3:
            yield f"{len(self.options)} option(s); at least three hoped for"
