"""What the page of a quiz's questions says: each wording by itself, in words, numbers and bars.

Texts stand there without markup: a link to a term would lead to nothing, as terms are explained beside the steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.course.parts import QuestionBase, Rich
from app.course.quiz import Quiz
from app.course.rules.items import (
    DISTINGUISHES,
    DISTINGUISHES_WELL,
    ENOUGH_ATTEMPTS,
    Count,
    Item,
    Odd,
    Oddity,
    What,
    attempts_in,
    item_of,
    share_of,
)
from app.course.rules.small_groups import ENOUGH
from app.records.item_tallies import WordingRead
from app.web.attempt_view import direction_of
from app.web.charts import bar
from app.web.languages import name_of
from app.web.pages import day


@dataclass(frozen=True, slots=True)
class CountShown:
    """A count as a row: what was given, whether that fits, how many gave it, and the length of its bar.

    `number` and `percent` are None where they are withheld; `is_program` tells words of the program from the author's.
    """

    words: str
    is_program: bool
    fits: bool | None
    number: int | None
    percent: int | None
    bar: str


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part of a question: `label` is empty where it is the whole."""

    label: str
    counts: tuple[CountShown, ...]


@dataclass(frozen=True, slots=True)
class WordingShown:
    """A wording and how it did. Without an `item` the `remark` says why; `is_now`: the course reads so today.

    `own_text`: whether its text is another than the one at the head of the question.
    """

    wording: WordingRead
    language: str
    direction: str
    is_now: bool
    own_text: bool
    item: Item | None
    remark: str
    parts: tuple[PartShown, ...]
    oddities: tuple[Markup, ...]

    @property
    def text(self) -> str:
        """What is asked."""
        return plain(self.wording.text)

    @property
    def days(self) -> str:
        """From when until when it was answered, in words."""
        first, last = day(self.wording.first_at), day(self.wording.last_at)
        return first if first == last else str(_("%(first)s to %(last)s", first=first, last=last))

    @property
    def state(self) -> str:
        """Whether learners still meet it, in words."""
        return str(_("as it reads now") if self.is_now else _("an earlier wording"))

    @property
    def share(self) -> str:
        """The share that had it right, in words."""
        return withheld_or(None if self.item is None else self.item.percent, "%")

    @property
    def bar(self) -> str:
        """How long the bar of that share is."""
        return bar(self.item.right or 0, self.item.attempts) if self.item else ""

    @property
    def discrimination(self) -> str:
        """How well it tells who knows more, as a number with two digits."""
        if self.item is None or self.item.right is None:
            return withheld_or(None)
        r = self.item.discrimination
        return str(_("none")) if r is None else str(format_decimal(r, format="0.00"))

    @property
    def verdict(self) -> str:
        """What that number means."""
        r = self.item.discrimination if self.item else None
        if r is None:
            is_told = self.item is not None and self.item.right is not None
            return str(_("all did alike, so there is nothing to compare")) if is_told else ""
        if r < 0:
            return str(_("the wrong way round"))
        if r < DISTINGUISHES:
            return str(_("tells little apart"))
        return str(_("tells well apart") if r >= DISTINGUISHES_WELL else _("tells apart"))


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question of a quiz as the course has it today, and all wordings in which it was answered."""

    number: int
    question: QuestionBase
    wordings: tuple[WordingShown, ...]

    @property
    def text(self) -> str:
        """What is asked, in the language of the page."""
        return plain(self.question.text)

    @property
    def now(self) -> WordingShown | None:
        """The wording of today in the language of the page, once it was answered."""
        return next((one for one in self.wordings if one.wording.revision == self.question.revision), None)


def plain(text: Rich | str) -> str:
    """Return a text without its markup."""
    return str(escape(text).striptags())


def withheld_or(number: int | None, unit: str = "") -> str:
    """Return a number in words; where there is none, that it is withheld."""
    if number is None:
        return str(_("withheld"))
    return f"{format_decimal(number)} {unit}".strip()


def shown(quiz: Quiz, elsewhere: Iterable[Quiz], wordings: Sequence[WordingRead]) -> tuple[QuestionShown, ...]:
    """Put wordings beneath their questions. `elsewhere`: the quiz in all languages of the course."""
    today = {question.revision for one in (quiz, *elsewhere) for question in one.questions}
    return tuple(
        QuestionShown(number, question, tuple(_wordings(question, today, wordings)))
        for number, question in enumerate(quiz.questions, 1)
    )


def _wordings(question: QuestionBase, today: set[str], wordings: Iterable[WordingRead]) -> Iterator[WordingShown]:
    """Yield the wordings of a question: today's in the language of the page, other languages', earlier ones."""
    own = [one for one in wordings if one.slug in question.keys]
    # Sorted by what is False first; those that are alike stay as they come, the one answered last first.
    for one in sorted(own, key=lambda one: (one.revision != question.revision, one.revision not in today)):
        item = item_of(one.question, one.tallies) if one.question else None
        attributes = Markup(' lang="{}" dir="{}"').format(one.language, direction_of(one.language))
        yield WordingShown(
            wording=one,
            language=name_of(one.language),
            direction=direction_of(one.language),
            is_now=one.revision in today,
            own_text=one.revision != question.revision,
            item=item,
            remark="" if item else _remark(one),
            parts=tuple(_parts(item)) if item else (),
            oddities=tuple(_odd(oddity, attributes) for oddity in item.oddities) if item else (),
        )


def _remark(wording: WordingRead) -> str:
    """Say why there are no figures, without a figure that is too small itself."""
    attempts = attempts_in(wording.tallies)
    if wording.question is None:
        return str(_("This kind of question is no longer in use, so its answers are not counted."))
    if attempts < ENOUGH:
        so_far = _("Too few: fewer than %(count)s first attempts so far.", count=ENOUGH)
    else:
        so_far = ngettext("Too few: %(num)d first attempt so far.", "Too few: %(num)d first attempts so far.", attempts)
    from_when = _("From %(count)s on you see here how they went.", count=ENOUGH_ATTEMPTS)
    return f"{so_far} {from_when}"


def _parts(item: Item) -> Iterator[PartShown]:
    for part in item.parts:
        yield PartShown(plain(part.label), tuple(_count(count, item.attempts) for count in part.counts))


def _count(count: Count, attempts: int) -> CountShown:
    words = {What.OTHERWISE: _("other answers"), What.NOTHING: _("no answer")}
    is_program = isinstance(count.of, What)
    return CountShown(
        words=str(words[count.of]) if isinstance(count.of, What) else plain(count.of),
        is_program=is_program,
        fits=count.fits,
        number=count.number,
        percent=None if count.number is None else share_of(count.number, attempts),
        bar=bar(count.number or 0, attempts),
    )


def _odd(oddity: Oddity, attributes: Markup) -> Markup:
    """Say what is odd. The option stands in its own language within."""
    words = {
        Odd.REVERSED: _(
            "Who does the rest of the quiz well gets this one wrong more often. Look whether the right answer is right,"
            " and whether the question can be read in two ways."
        ),
        Odd.EASY: _("Nearly everybody has this right. To warm up that is fine; it hardly tells who knows more."),
        Odd.NEVER_CHOSEN: _(
            "Nobody chose ‘%(option)s’. A wrong answer that nobody takes for right can go, or be made better."
        ),
    }
    option = Markup("<bdi{}>{}</bdi>").format(attributes, plain(oddity.option))
    return escape(words[oddity.kind]) % {"option": option}
