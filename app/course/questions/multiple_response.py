"""Several options may be right."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.parts import Given, Offer, Option, Part, QuestionBase, UnknownOption, by_former_slug


class MultipleResponse(QuestionBase):
    """A question in which several options may be right."""

    kind: ClassVar[str] = "multiple_response"
    options: tuple[Option, ...]

    @property
    def max_points(self) -> int:
        """One point for each right option."""
        return sum(option.correct for option in self.options)

    def points_for(self, given: Given) -> int:
        """Grade a question in which several options may be right.

        A right option chosen earns one point, a wrong one takes one away, and the sum
        never falls below zero: the map_response rule of QTI with lower bound 0.
        `given` holds option slugs, in no order, and may be empty.
        Returns whole points, from 0 to `max_points`.
        Raises UnknownOption for a slug that the question does not offer.
        """
        correct = {option.slug: option.correct for option in self.options}
        if unknown := set(given) - correct.keys():
            raise UnknownOption(f"{self.slug} offers no {', '.join(sorted(unknown))}")
        return max(0, sum(1 if correct[slug] else -1 for slug in set(given)))

    def best(self) -> Given:
        """Return all right options."""
        return tuple(option.slug for option in self.options if option.correct)

    def current(self, given: Given) -> Given:
        """Return the options by their slugs of today, each once, in the order of the question."""
        now = by_former_slug(self.options)
        chosen = {now[slug] for slug in given if slug in now}
        return tuple(option.slug for option in self.options if option.slug in chosen)

    def parts(self) -> tuple[Part, ...]:
        """Return the options, of which everybody may choose several."""
        return (Part(tuple(Offer(o.slug, o.text, o.correct) for o in self.options), one_each=False, tempts=True),)

    def values(self, given: Given) -> tuple[tuple[str, ...], ...]:
        """Return the options chosen."""
        return (given,)

    def faults(self) -> Iterator[str]:
        """Three options at least, one right and one wrong."""
        if len(self.options) < 3:
            yield f"{len(self.options)} option(s); at least three hoped for"
        if not any(option.correct for option in self.options):
            yield "no right option; at least one hoped for"
        if all(option.correct for option in self.options):
            yield "no wrong option; at least one hoped for"
