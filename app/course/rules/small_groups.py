"""Groups that are too small to be told where people are shown without their names (rule 9 of the product).

A count of fewer than ENOUGH people is withheld, and so is every count from which a withheld one could be computed.
Nobody at all is no group: 0 is told, unless everything is withheld. Here one page stands alone: who compares it with
the page of another day, or knows what some of the people did, sees more, and no rule of this kind prevents that.
"""

from __future__ import annotations

from collections.abc import Sequence

ENOUGH = 5
"""People from whom on a group is told."""


def is_small(count: int) -> bool:
    """Whether so many people are too few to be told, and not nobody."""
    return 0 < count < ENOUGH


def withheld(counts: Sequence[int]) -> tuple[bool, ...]:
    """Say which counts of groups are withheld, where everybody is in one group and the total is told.

    All counts up to a limit are withheld, and the limit rises from the small ones to the next larger until what is
    withheld leaves room: two groups at least, ENOUGH people in them, and neither all of one person nor all as large
    as the limit, for then their sum would tell each of them. Where nothing larger is left, all are withheld, zeros
    too. So each withheld count can have two values at least, also to who knows this rule, wherever there are more
    people than groups. Fewer than ENOUGH people are for the caller: then no total may be told either.
    """
    if not any(is_small(count) for count in counts):
        return (False,) * len(counts)
    for limit in (ENOUGH - 1, *sorted({count for count in counts if count >= ENOUGH})):
        some = [count for count in counts if 0 < count <= limit]
        if len(some) > 1 and sum(some) >= ENOUGH and len(some) < sum(some) < len(some) * limit:
            return tuple(0 < count <= limit for count in counts)
    return (True,) * len(counts)


def is_withheld_of(count: int, total: int) -> bool:
    """Whether a count is withheld where only it and the total are told: it, or the others, are a small group."""
    return is_small(count) or is_small(total - count)
