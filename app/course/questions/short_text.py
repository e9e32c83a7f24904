"""A word or two, typed."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar

from app.course.parts import Forms, Given, Inline, Offer, Part, QuestionBase, Slugged

LONGEST = 500
"""Characters kept of a typed answer: an index row of PostgreSQL holds no more than 2,700 bytes."""


_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
"""Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs and the stretch of Arabic: a reader does without.
Marks of other scripts are letters to their readers and stay."""


def folded(words: str) -> str:
    """Return words without case, accents, punctuation and double spaces, as they are compared."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", words))
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", bare.casefold()))
    kept = (sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in bare)
    return " ".join("".join(kept).split())


class Foreseen(Slugged):
    """An answer that the author foresaw, right or wrong, in all forms that count as the same."""

    forms: Forms
    explanation: Inline
    correct: bool = False


class ShortText(QuestionBase):
    """A question that is answered in one's own words, compared after folding."""

    kind: ClassVar[str] = "short_text"
    options: tuple[Foreseen, ...]
    otherwise: Inline
    """What is said to an answer that nobody foresaw."""

    @property
    def max_points(self) -> int:
        """One point."""
        return 1

    def foreseen(self, given: Given) -> Foreseen | None:
        """Return what the author foresaw of this answer, or None."""
        return self._by_form.get(folded(given[0])) if given else None

    @cached_property
    def _by_form(self) -> dict[str, Foreseen]:
        """What was foreseen by each of its forms as they are compared; a form without a letter or digit is none."""
        forms = {folded(form): option for option in reversed(self.options) for form in option.forms}
        return {form: option for form, option in forms.items() if form}

    def points_for(self, given: Given) -> int:
        """Grade typed words: 1 when they equal a right form but for case, accents and punctuation, else 0."""
        option = self.foreseen(given)
        return int(option is not None and option.correct)

    def best(self) -> Given:
        """Return the first right form."""
        return next(((option.forms[0],) for option in self.options if option.correct), ())

    def parts(self) -> tuple[Part, ...]:
        """Return what the author foresaw, each by its first form; other words speak for themselves."""
        return (Part(tuple(Offer(folded(o.forms[0]), o.forms[0], o.correct) for o in self.options)),)

    def values(self, given: Given) -> tuple[tuple[str, ...], ...]:
        """Return the words as they are compared, or those of the first form of what was foreseen."""
        option = self.foreseen(given)
        words = folded(option.forms[0] if option else "".join(given[:1]))
        return ((words,) if words else (),)

    def faults(self) -> Iterator[str]:
        """One right answer at least, and no form under two answers."""
        if not any(option.correct for option in self.options):
            yield "no right answer; at least one hoped for"
        seen: dict[str, str] = {}
        for option in self.options:
            for form in option.forms:
                if not folded(form):
                    yield f"{option.slug} has a form without a letter or digit; words hoped for"
                elif seen.setdefault(folded(form), option.slug) != option.slug:
                    yield f"'{form}' stands under {seen[folded(form)]} and {option.slug}; one of them hoped for"
