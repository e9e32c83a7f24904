"""Each thing on the left belongs to one on the right."""

from collections.abc import Iterator
from typing import ClassVar

from app.course.parts import Given, Inline, Offer, Part, QuestionBase, Slug, Slugged, UnknownOption, by_former_slug


class Target(Slugged):
    """A thing on the right, offered for every pair."""

    text: Inline


class Pair(Slugged):
    """A thing on the left, the target that it belongs to, and why."""

    text: Inline
    target: Slug
    explanation: Inline


class Matching(QuestionBase):
    """A question that joins each left thing to one target; a target may serve several."""

    kind: ClassVar[str] = "matching"
    targets: tuple[Target, ...]
    pairs: tuple[Pair, ...]

    @property
    def max_points(self) -> int:
        """One point for each pair."""
        return len(self.pairs)

    def chosen(self, given: Given) -> dict[str, str]:
        """Return target slugs by the slug on the left. Raises UnknownOption for what is not offered."""
        lefts = {pair.slug for pair in self.pairs}
        targets = {target.slug for target in self.targets}
        chosen: dict[str, str] = {}
        for one in given:
            left, _, right = one.partition(">")
            if left not in lefts or right not in targets or left in chosen:
                raise UnknownOption(f"{self.slug} offers no {one}, or offers it once")
            chosen[left] = right
        return chosen

    def points_for(self, given: Given) -> int:
        """Grade pairs `left>right`, in any order: one point for each that fits; a wrong one costs nothing.

        QTI's map_response over directed pairs. Raises UnknownOption for a pair that is not offered.
        """
        chosen = self.chosen(given)
        return sum(chosen.get(pair.slug) == pair.target for pair in self.pairs)

    def best(self) -> Given:
        """Return every pair that fits."""
        return tuple(f"{pair.slug}>{pair.target}" for pair in self.pairs)

    def current(self, given: Given) -> Given:
        """Return the pairs by their slugs of today, in the order of the question."""
        lefts, rights = by_former_slug(self.pairs), by_former_slug(self.targets)
        found: dict[str, str] = {}
        for one in given:
            left, _, right = one.partition(">")
            if left in lefts and right in rights:
                found[lefts[left]] = rights[right]
        return tuple(f"{pair.slug}>{found[pair.slug]}" for pair in self.pairs if pair.slug in found)

    def parts(self) -> tuple[Part, ...]:
        """Return the targets for each thing on the left."""
        return tuple(
            Part(tuple(Offer(t.slug, t.text, t.slug == pair.target) for t in self.targets), pair.text)
            for pair in self.pairs
        )

    def values(self, given: Given) -> tuple[tuple[str, ...], ...]:
        """Return the target chosen for each thing on the left."""
        chosen = self.chosen(given)
        return tuple((chosen[pair.slug],) if pair.slug in chosen else () for pair in self.pairs)

    def faults(self) -> Iterator[str]:
        """Two pairs and two targets at least, and each pair's target is offered."""
        if len(self.pairs) < 2:
            yield f"{len(self.pairs)} pair(s); at least two hoped for"
        if len(self.targets) < 2:
            yield f"{len(self.targets)} target(s); at least two hoped for"
        offered = {target.slug for target in self.targets}
        for pair in self.pairs:
            if pair.target not in offered:
                hoped = ", ".join(sorted(offered))
                yield f"{pair.slug} belongs to {pair.target}, which is no target; one of {hoped} hoped for"
