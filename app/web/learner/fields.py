"""How each kind of question is put to a learner, and how what they gave is shown again.

All inputs of a question bear one name, so what is sent for it is a list of strings, and so is what
a draft keeps. A kind of question has one class here, named in QUESTION_FIELDS, and the macro that
the class names in macros/questions.html.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from app.course.parts import Given, Inline, Option, QuestionBase, Rich, UnknownOption, shuffled
from app.course.questions.matching import Matching, Pair, Target
from app.course.questions.multiple_response import MultipleResponse
from app.course.questions.ordering import Ordering, Place
from app.course.questions.short_text import LONGEST, ShortText
from app.course.questions.single_choice import SingleChoice
from app.course.questions.true_false import TrueFalse
from app.web.attempt_view import Verdict

Q = TypeVar("Q", bound=QuestionBase)
C = TypeVar("C", bound=SingleChoice | MultipleResponse)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: what is sent for it, what is read, and whether it is chosen now."""

    value: str
    text: Inline
    chosen: bool

    @property
    def plain(self) -> str:
        """The text without markup, for an `option` element."""
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its choices: a thing on the left, or a place in an order."""

    label: Inline | str
    choices: tuple[Choice, ...]


def plain(text: Rich | str) -> str:
    """Return a text without its markup."""
    return str(escape(text).striptags())


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: `An, Bram and Cem`."""
    if len(words) < 2:
        return "".join(words)
    return str(_("%(some)s and %(last)s", some=", ".join(words[:-1]), last=words[-1]))


def field_name(slug: str) -> str:
    """Return the name of a question's inputs, which no other field of the form can bear."""
    return f"q-{slug}"


class QuestionField(ABC, Generic[Q]):
    """One question as one learner sees it: what it offers, what they gave, what is wrong with that."""

    macro: ClassVar[str]
    """The macro in macros/questions.html that draws its inputs."""
    is_group: ClassVar[bool] = True
    """Whether it has several inputs, so that the question is the legend of a group and not a label."""

    def __init__(self, question: Q, *, seed: int, shuffle: bool = True) -> None:
        self.question = question
        self.seed = seed
        self.shuffle = shuffle
        self.values: list[str] = []
        self.errors: list[str] = []

    @property
    def name(self) -> str:
        """The name of its inputs; the first one's id is `name-1`, and so on."""
        return field_name(self.question.slug)

    @property
    def given(self) -> Given:
        """What stands in the inputs, as the question grades it."""
        return tuple(value for value in self.values if value)

    @property
    @abstractmethod
    def how(self) -> str:
        """One sentence on how to answer."""

    @abstractmethod
    def offers(self, value: str) -> bool:
        """Whether an input of this question can hold the value."""

    @abstractmethod
    def missing(self) -> Iterator[str]:
        """Say what still has to be given, or given otherwise; nothing when the answer is whole."""

    @abstractmethod
    def verdicts(self, given: Given) -> Iterator[Verdict]:
        """Show all that the question offered again, beside what was given."""

    def counted(self, given: Given) -> str:
        """Say in words how the points came about, where the verdicts alone do not."""
        return ""

    def said(self, values: Sequence[str]) -> Iterator[str]:
        """Say in words what some values hold, to show an answer that is not in the inputs."""
        yield from (value for value in values if value)

    def fill(self, values: Sequence[str]) -> None:
        """Put values into the inputs as they were sent; what is not offered becomes an error."""
        self.values = [value if not value or self.offers(value) else "" for value in values]
        if any(value and not self.offers(value) for value in values):
            self.errors.append(_("What was sent for this question is not one of its options. Choose again."))

    def fill_from_draft(self, values: Sequence[str]) -> None:
        """Put values of a draft into the inputs, by the slugs of today; what is gone is left out."""
        self.values = ["".join(self.question.current((value,))[:1]) if value else "" for value in values]

    def check(self) -> bool:
        """Say whether the answer can be graded; if not, `errors` tells why."""
        if not self.errors:
            self.errors.extend(self.missing())
        if not self.errors:
            try:
                self.question.points_for(self.given)
            except UnknownOption:
                self.errors.append(_("What was sent for this question is not one of its options. Choose again."))
        return not self.errors

    def _in_order(self, things: Sequence[Any], salt: str = "") -> tuple[Any, ...]:
        return shuffled(things, self.seed, self.question.slug + salt) if self.shuffle else tuple(things)


class _ChoiceField(QuestionField[C]):
    """Options to press: radio buttons or boxes."""

    macro = "choices"
    input_type: ClassVar[str]
    chosen_right: ClassVar[LazyString]
    chosen_wrong: ClassVar[LazyString]

    @property
    def options(self) -> tuple[Option, ...]:
        """The options in the order of this attempt."""
        return self._in_order(self.question.options)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The options as they are put."""
        return tuple(Choice(o.slug, o.text, o.slug in self.values) for o in self.options)

    def offers(self, value: str) -> bool:
        """Whether it is an option's slug."""
        return any(option.slug == value for option in self.question.options)

    def said(self, values: Sequence[str]) -> Iterator[str]:
        """Name the options chosen."""
        yield from (plain(option.text) for option in self.options if option.slug in values)

    def verdicts(self, given: Given) -> Iterator[Verdict]:
        """Every option, right or wrong."""
        for option in self.options:
            chosen = option.slug in given
            if chosen:
                tag = str(self.chosen_right if option.correct else self.chosen_wrong)
            else:
                tag = _("Not chosen, but right") if option.correct else ""
            yield Verdict(option.text, option.explanation, option.correct, chosen, tag)


class SingleChoiceField(_ChoiceField[SingleChoice]):
    """Radio buttons."""

    input_type = "radio"
    chosen_right = _l("Your answer: right")
    chosen_wrong = _l("Your answer: does not fit")

    @property
    def how(self) -> str:
        """One answer."""
        return str(_("Choose one answer."))

    def missing(self) -> Iterator[str]:
        """Nothing chosen."""
        if not self.given:
            yield _("Choose an answer.")


class TrueFalseField(SingleChoiceField):
    """Two radio buttons, true before false at every attempt."""

    @property
    def options(self) -> tuple[Option, ...]:
        """True, then false."""
        return self.question.options


class MultipleResponseField(_ChoiceField[MultipleResponse]):
    """Boxes to tick."""

    input_type = "checkbox"
    chosen_right = _l("Chosen: right")
    chosen_wrong = _l("Chosen: does not fit")

    @property
    def how(self) -> str:
        """All that fit."""
        return str(_("Choose all that fit. A wrong choice costs a point, but you never go below zero."))

    def missing(self) -> Iterator[str]:
        """Nothing chosen."""
        if not self.given:
            yield _("Choose at least one answer.")

    def counted(self, given: Given) -> str:
        """How many right and wrong ones were chosen."""
        right = sum(option.correct for option in self.options if option.slug in given)
        wrong = len(set(given)) - right
        if not wrong:
            return ""
        return ", ".join((
            ngettext("%(num)d right one chosen", "%(num)d right ones chosen", right),
            ngettext("%(num)d wrong one", "%(num)d wrong ones", wrong),
        ))  # fmt: skip


class MatchingField(QuestionField[Matching]):
    """A list to choose from beside each thing on the left."""

    macro = "lines"
    is_order = False

    @property
    def how(self) -> str:
        """One for each."""
        return str(_("Choose for each line what belongs to it."))

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The things on the left in the order of this attempt."""
        return self._in_order(self.question.pairs)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The things on the left, each with all targets."""
        targets: tuple[Target, ...] = self._in_order(self.question.targets, ">")
        return tuple(Line(pair.text, tuple(self._choice(pair, target) for target in targets)) for pair in self.pairs)

    def _choice(self, pair: Pair, target: Target) -> Choice:
        value = f"{pair.slug}>{target.slug}"
        return Choice(value, target.text, value in self.values)

    def offers(self, value: str) -> bool:
        """Whether it is a pair of what stands left and right."""
        left, _sign, right = value.partition(">")
        return any(p.slug == left for p in self.question.pairs) and any(t.slug == right for t in self.question.targets)

    def missing(self) -> Iterator[str]:
        """Lines for which nothing is chosen."""
        chosen = {value.partition(">")[0] for value in self.given}
        open_lines = [number for number, pair in enumerate(self.pairs, 1) if pair.slug not in chosen]
        if open_lines:
            yield ngettext(
                "Choose something for line %(numbers)s too.",
                "Choose something for lines %(numbers)s too.",
                len(open_lines),
                numbers=listed([str(number) for number in open_lines]),
            )

    def said(self, values: Sequence[str]) -> Iterator[str]:
        """Name the pairs."""
        for line in self.lines:
            for choice in line.choices:
                if choice.value in values:
                    yield f"{plain(line.label)} – {choice.plain}"

    def verdicts(self, given: Given) -> Iterator[Verdict]:
        """Every thing on the left, with what was chosen and what belongs to it."""
        texts = {target.slug: target.text for target in self.question.targets}
        chosen = self.question.chosen(given)
        for pair in self.pairs:
            right = chosen.get(pair.slug) == pair.target
            said = Markup("{} – <b>{}</b>").format(pair.text, texts[pair.target])
            if right:
                tag = _("Chosen: right")
            elif pair.slug in chosen:
                tag = _("You chose: %(target)s", target=plain(texts[chosen[pair.slug]]))
            else:
                tag = _("Nothing chosen")
            yield Verdict(said, pair.explanation, right, True, tag)


class OrderingField(QuestionField[Ordering]):
    """A list to choose from at each place."""

    macro = "lines"
    is_order = True

    @property
    def how(self) -> str:
        """One for each place."""
        return str(_("Choose for each place what belongs there."))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The places in order, each with all options."""
        # Always shuffled: in the file they stand in the right order.
        options: tuple[Place, ...] = shuffled(self.question.options, self.seed, self.question.slug)
        at = dict(enumerate(self.values))
        return tuple(
            Line(
                _("Place %(number)s", number=i + 1), tuple(Choice(o.slug, o.text, at.get(i) == o.slug) for o in options)
            )
            for i in range(len(options))
        )

    def offers(self, value: str) -> bool:
        """Whether it is an option's slug."""
        return any(option.slug == value for option in self.question.options)

    def missing(self) -> Iterator[str]:
        """Places that are empty, and two that hold the same."""
        places = [*self.values, *[""] * len(self.question.options)][: len(self.question.options)]
        texts = {option.slug: plain(option.text) for option in self.question.options}
        for slug, text in texts.items():
            same = [str(number) for number, value in enumerate(places, 1) if value == slug]
            if len(same) > 1:
                yield _("Places %(numbers)s hold the same: %(what)s. Choose something else for one of them.",
                        numbers=listed(same), what=text)  # fmt: skip
        empty = [str(number) for number, value in enumerate(places, 1) if not value]
        if empty:
            yield ngettext(
                "Choose something for place %(numbers)s too.",
                "Choose something for places %(numbers)s too.",
                len(empty),
                numbers=listed(empty),
            )

    def said(self, values: Sequence[str]) -> Iterator[str]:
        """Name the options, each after its place."""
        texts = {option.slug: plain(option.text) for option in self.question.options}
        yield from (f"{number}. {texts[value]}" for number, value in enumerate(values, 1) if value in texts)

    def verdicts(self, given: Given) -> Iterator[Verdict]:
        """Every option in its right place, with the place that it was given."""
        for number, option in enumerate(self.question.options, 1):
            put = given.index(option.slug) + 1 if option.slug in given else 0
            if put == number:
                tag = _("Right place")
            else:
                tag = _("You put this in place %(number)s", number=put) if put else _("Nothing chosen")
            said = Markup("{}. {}").format(number, option.text)
            yield Verdict(said, option.explanation, put == number, True, tag)


class ShortTextField(QuestionField[ShortText]):
    """One line to type in."""

    macro = "words"
    is_group = False
    longest = LONGEST

    @property
    def how(self) -> str:
        """A few words."""
        return str(_("One word or a few. Capitals, accents and punctuation do not matter."))

    @property
    def value(self) -> str:
        """What stands in the line."""
        return next(iter(self.values), "")

    def offers(self, value: str) -> bool:
        """Whatever somebody types."""
        return True

    def fill(self, values: Sequence[str]) -> None:
        """Put what was typed into the line, without signs that no keyboard types."""
        super().fill([value.replace("\x00", "").strip() for value in values[:1]])

    def missing(self) -> Iterator[str]:
        """Nothing typed, or too much."""
        if not self.given:
            yield _("Type an answer.")
        elif len(self.value) > LONGEST:
            yield _("Use at most %(most)s characters; these are %(found)s.", most=LONGEST, found=len(self.value))

    def verdicts(self, given: Given) -> Iterator[Verdict]:
        """What was typed, then the right answers that it was not."""
        found = self.question.foreseen(given)
        right = found is not None and found.correct
        if given:
            tag = _("Your answer: right") if right else _("Your answer: does not fit")
            yield Verdict(given[0], found.explanation if found else self.question.otherwise, right, True, tag)
        for option in self.question.options:
            if option.correct and option is not found:
                tag = _("Right as well") if right else _("This would be right")
                yield Verdict(option.forms[0], option.explanation, True, False, tag)


QUESTION_FIELDS: Mapping[type[QuestionBase], type[QuestionField[Any]]] = {
    SingleChoice: SingleChoiceField,
    TrueFalse: TrueFalseField,
    MultipleResponse: MultipleResponseField,
    Matching: MatchingField,
    Ordering: OrderingField,
    ShortText: ShortTextField,
}
