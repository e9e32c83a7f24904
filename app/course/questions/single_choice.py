"""One right option among several."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.parts import Given, Offer, Option, Part, QuestionBase, UnknownOption, by_former_slug


class SingleChoice(QuestionBase):
    """A question with exactly one right option."""

    kind: ClassVar[str] = "single_choice"
    options: tuple[Option, ...]

    @property
    def max_points(self) -> int:
        """One point."""
        return 1

    def points_for(self, given: Given) -> int:
        """Grade one option slug: 1 when it is the right one, else 0; nothing given is 0.

        QTI's match_correct. Raises UnknownOption for a slug that is not offered, or for two at once.
        """
        if not given:
            return 0
        correct = {option.slug: option.correct for option in self.options}
        if len(given) > 1 or given[0] not in correct:
            raise UnknownOption(f"{self.slug} takes one of {', '.join(correct)}")
        return int(correct[given[0]])

    def best(self) -> Given:
        """Return the right option."""
        return tuple(option.slug for option in self.options if option.correct)[:1]

    def current(self, given: Given) -> Given:
        """Return the option by its slug of today."""
        now = by_former_slug(self.options)
        return tuple(now[slug] for slug in given if slug in now)

    def parts(self) -> tuple[Part, ...]:
        """Return the options."""
        return (Part(tuple(Offer(o.slug, o.text, o.correct) for o in self.options), tempts=True),)

    def values(self, given: Given) -> tuple[tuple[str, ...], ...]:
        """Return the option."""
        return (given,)

    def faults(self) -> Iterator[str]:
        """Two options at least, one of them right."""
        if len(self.options) < 2:
            yield f"{len(self.options)} option(s); at least two hoped for"
        if (right := sum(option.correct for option in self.options)) != 1:
            yield f"{right} right options; exactly one hoped for"
