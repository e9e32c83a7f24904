"""How a question does its work: what many gave for it the first time, and what is odd about that.

People are shown here without their names, so small_groups.py says what is withheld. What is said in words follows from
what is shown, so that it gives nothing away either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from app.course.parts import Given, Offer, Part, QuestionBase, Rich
from app.course.rules.small_groups import ENOUGH, is_small, is_withheld_of, withheld

ENOUGH_ATTEMPTS = 20
"""First attempts at a wording from which on it is told how they went."""
NEARLY_ALL = 95
"""Percent of right answers from which on nearly everybody has a question right."""
MOST_WORDS = 10
"""Answers in free words that are shown at most, those that most people gave."""
DISTINGUISHES, DISTINGUISHES_WELL = 0.2, 0.3
"""Discrimination from which on a question tells who did the rest well from who did not, and does so well.

The customary marks, after R. L. Ebel and D. A. Frisbie, Essentials of Educational Measurement (5th ed., 1991); they
wrote them for another index, the difference between the best and the worst, so they are marks and no verdict.
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of how many first attempts a question was given this, and earned these points and the others these together."""

    given: Given
    points: int
    rest_points: int
    count: int


class What(StrEnum):
    """What a count is of, where it is of no offer."""

    OTHERWISE = "otherwise"
    """Other answers, each given by few."""
    NOTHING = "nothing"
    """No answer."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many gave something; `number` is None where it is withheld. Of nothing it is open whether it `fits`."""

    of: Rich | str | What
    fits: bool | None
    number: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What was given for a part of a question; `label` is empty where the part is the whole of it."""

    label: Rich | str
    counts: tuple[Count, ...]


class Odd(StrEnum):
    """What may be odd about a question."""

    REVERSED = "reversed"
    """Who does the rest well gets it wrong more often."""
    EASY = "easy"
    """Nearly everybody has it right."""
    NEVER_CHOSEN = "never_chosen"
    """Nobody chose an option."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd; `option` is what it says, where it is about one."""

    kind: Odd
    option: Rich | str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """How the first attempts at one wording went. `right`: how many earned all its points; None where withheld."""

    attempts: int
    right: int | None
    discrimination: float | None
    parts: tuple[Counts, ...]
    oddities: tuple[Oddity, ...]

    @property
    def percent(self) -> int | None:
        """The share that had it right: whole, rounded, and 0 or 100 only where it was nobody or everybody."""
        return None if self.right is None else share_of(self.right, self.attempts)


def share_of(some: int, whole: int) -> int:
    """Return a share in whole percent; what is neither nothing nor all is at least 1 and at most 99."""
    if some in (0, whole):
        return 100 * bool(some)
    return min(99, max(1, (200 * some + whole) // (2 * whole)))


def attempts_in(tallies: Iterable[Tally]) -> int:
    """Return how many first attempts were counted."""
    return sum(tally.count for tally in tallies)


def item_of(question: QuestionBase, tallies: Sequence[Tally]) -> Item | None:
    """Say how a wording of a question did; None below ENOUGH_ATTEMPTS. `question` is that wording."""
    attempts = attempts_in(tallies)
    if attempts < ENOUGH_ATTEMPTS:
        return None
    right = sum(tally.count for tally in tallies if tally.points == question.max_points)
    counted = [(part, _cells(part, values, attempts)) for part, values in _by_part(question, tallies)]
    parts = [(part, _shown(part, cells, attempts)) for part, cells in counted]
    is_told = not is_withheld_of(right, attempts) and all(_tells_no_more(part, shown) for part, shown in parts)
    r = discrimination(tallies, question.max_points) if is_told else None
    if is_told:
        is_easy = _is_nearly_all(right, attempts)
    else:
        is_easy = _is_surely_nearly_all(right, attempts) and all(_leaves_room(part, cells) for part, cells in counted)
    oddities = [
        *([Oddity(Odd.REVERSED)] if r is not None and r < 0 else []),
        *([Oddity(Odd.EASY)] if is_easy else []),
        *(() if right == attempts else _never_chosen(parts)),  # where all are right, that says it already
    ]
    shown_parts = tuple(shown for _part, shown in parts)
    return Item(attempts, right if is_told else None, r, shown_parts, tuple(oddities))


# ---- discrimination --------------------------------------------------------------------------


def discrimination(tallies: Iterable[Tally], max_points: int) -> float | None:
    """Return how well a question tells who did the rest of the quiz well: the corrected point-biserial, from -1 to 1.

    It is Pearson's correlation, over all n first attempts, between x, 1 where the question earned all its points and
    else 0, and y, the points of the attempt's other questions; corrected, because the question itself is left out of y
    and so is not correlated with itself. With M1 and M0 the mean of y of who had it right and of who had not, p the
    share right, and s the standard deviation of y over all (divided by n):

        r = (M1 - M0) / s * sqrt(p * (1 - p))
          = (n * Sxy - Sx * Sy) / sqrt((n * Sx - Sx * Sx) * (n * Syy - Sy * Sy))

    The second line is what is computed: its sums are whole numbers, so nothing is rounded before the root.
    None where everybody or nobody had it right, or all did the rest equally well: then there is no correlation.

    Sources: J. P. Guilford, The correlation of an item with a composite of the remaining items in a test, Educational
    and Psychological Measurement 13 (1953) 87-93; S. Henrysson, Correction of item-total correlations in item
    analysis, Psychometrika 28 (1963) 211-218. What remains of a short quiz tells less surely who is good at it than
    the whole would, so compare a question with others of its own quiz.
    """
    n = sx = sy = sxy = syy = 0
    for tally in tallies:
        is_right, rest = tally.points == max_points, tally.rest_points
        n += tally.count
        sy += tally.count * rest
        syy += tally.count * rest * rest
        if is_right:
            sx += tally.count
            sxy += tally.count * rest
    spread = (n * sx - sx * sx) * (n * syy - sy * sy)
    return max(-1.0, min(1.0, (n * sxy - sx * sy) / sqrt(spread))) if spread else None


# ---- what was given ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    of: Rich | str | What
    fits: bool | None
    count: int


def _by_part(question: QuestionBase, tallies: Sequence[Tally]) -> Iterator[tuple[Part, Counter[str]]]:
    """Yield each part of a question with how often each value was given for it."""
    parts = question.parts()
    counters: list[Counter[str]] = [Counter() for _part in parts]
    by_given: Counter[Given] = Counter()
    for tally in tallies:
        by_given[tally.given] += tally.count
    for given, count in by_given.items() if parts else ():
        for counter, values in zip(counters, question.values(given), strict=True):
            for value in values:
                counter[value] += count
    yield from ((_with_words(part, question, counter), counter) for part, counter in zip(parts, counters, strict=True))


def _with_words(part: Part, question: QuestionBase, counter: Counter[str]) -> Part:
    """Add to a part's offers what enough people gave in words of their own."""
    offered = {offer.value for offer in part.offers}
    own = [(value, count) for value, count in counter.items() if value not in offered and count >= ENOUGH]
    most = sorted(own, key=lambda one: (-one[1], one[0]))[:MOST_WORDS]
    words = (Offer(value, question.words_of(value), fits=False) for value, _count in most)
    return Part((*part.offers, *words), part.label, part.one_each, part.tempts)


def _cells(part: Part, values: Counter[str], attempts: int) -> list[_Cell]:
    """Return the counts of a part: its offers, and where everybody gave one at most, what is left to make all."""
    cells = [_Cell(offer.text, offer.fits, values[offer.value]) for offer in part.offers]
    if part.one_each:
        otherwise = values.total() - sum(cell.count for cell in cells)
        left_over = (_Cell(What.OTHERWISE, False, otherwise), _Cell(What.NOTHING, None, attempts - values.total()))
        cells += [cell for cell in left_over if cell.count]
    return cells


def _shown(part: Part, cells: Sequence[_Cell], attempts: int) -> Counts:
    """Withhold the counts of a part that are not to be told."""
    if part.one_each:
        hidden = withheld([cell.count for cell in cells])
    else:
        hidden = tuple(is_withheld_of(cell.count, attempts) for cell in cells)
    return Counts(
        part.label,
        tuple(
            Count(cell.of, cell.fits, None if is_hidden else cell.count)
            for cell, is_hidden in zip(cells, hidden, strict=True)
        ),
    )


def _tells_no_more(part: Part, shown: Counts) -> bool:
    """Whether how many had the whole question right tells nothing that this part withholds."""
    return all(count.number is not None for count in shown.counts if count.fits or not part.one_each)


def _is_nearly_all(right: int, attempts: int) -> bool:
    return 100 * right >= NEARLY_ALL * attempts


def _is_surely_nearly_all(right: int, attempts: int) -> bool:
    """Whether that follows from it alone that a small group had it wrong, however small, so that no more is told."""
    return is_small(attempts - right) and _is_nearly_all(attempts - ENOUGH + 1, attempts)


def _leaves_room(part: Part, cells: Sequence[_Cell]) -> bool:
    """Whether it may be said that a small group had it wrong: not where each of its answers could only be one's own."""
    return not part.one_each or sum(1 for cell in cells if cell.count and not cell.fits) < ENOUGH - 1


def _never_chosen(parts: Iterable[tuple[Part, Counts]]) -> Iterator[Oddity]:
    for part, shown in parts:
        for count in shown.counts if part.tempts else ():
            if count.number == 0 and not count.fits and not isinstance(count.of, What):
                yield Oddity(Odd.NEVER_CHOSEN, count.of)
