"""Things to put in their order."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.parts import Given, Inline, Offer, Part, QuestionBase, Rich, Slugged, UnknownOption, by_former_slug


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

    def parts(self) -> tuple[Part, ...]:
        """Return the right order; other orders speak for themselves."""
        right = " ".join(self.best())
        return (Part((Offer(right, self.words_of(right), fits=True),)),)

    def values(self, given: Given) -> tuple[tuple[str, ...], ...]:
        """Return the order."""
        return ((" ".join(given),) if given else (),)

    def words_of(self, value: str) -> Rich | str:
        """Return an order as a line: each thing after the number of its place."""
        texts = {option.slug: option.text for option in self.options}
        placed = [(place, texts[slug]) for place, slug in enumerate(value.split(), 1) if slug in texts]
        return Rich(
            ", ".join(f"{place}. {text.source}" for place, text in placed),
            ", ".join(f"{place}. {text.html}" for place, text in placed),
        )

    def faults(self) -> Iterator[str]:
        """Three options at least."""
        if len(self.options) < 3:
            yield f"{len(self.options)} option(s); at least three hoped for"
