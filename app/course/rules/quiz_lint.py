"""What makes a question give itself away, mislead or teach nothing: rules with facts in and verdicts out.

The facts are the questions of one quiz in one language. A rule looks at all that it is given; who
leaves a question out of them has silenced the rule for it. Where the rules come from: Haladyna,
Downing & Rodriguez 2002 (a revised taxonomy of guidelines for multiple-choice items).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from pydantic import BaseModel

from app.course.parts import Option, QuestionBase, Rich
from app.course.phrases import quoted
from app.course.questions.matching import Matching
from app.course.questions.short_text import folded
from app.course.questions.true_false import TrueFalse
from app.course.rules.lint_words import UNSPACED, Tongue, tongue_of

Questions = Sequence[QuestionBase]


@dataclass(frozen=True)
class Verdict:
    """What a rule has to say: of which questions, where in the first of them, and what it found and hoped for."""

    questions: tuple[str, ...]
    """Slugs of the questions that it is about. To silence it for one of them may be enough."""
    where: tuple[str, ...]
    """The way to a text of the question, by keys and slugs; nothing when it is about the quiz as a whole."""
    found: str
    hoped: str


@dataclass(frozen=True)
class Rule:
    """A rule of the lint."""

    name: str
    """What an author writes under `allow`."""
    look: Callable[[Questions], Iterator[Verdict]]
    in_each_language: bool = True
    """Whether it is about texts. A rule about structure says the same in each language."""


# ---- what stands in a question -----------------------------------------------------------------


@dataclass(frozen=True)
class Explanation:
    """A text that says why, where it stands, and the thing that it explains, if that is not the question itself."""

    where: tuple[str, ...]
    text: str
    item: BaseModel | None = None


def explanations_of(question: QuestionBase) -> Iterator[Explanation]:
    """Yield every text of a question that explains: each one with markup that is not called `text`."""
    for name in type(question).model_fields:
        value = getattr(question, name)
        if isinstance(value, Rich) and name != "text":
            yield Explanation((name,), plain(value))
        for item in value if isinstance(value, tuple) else ():
            if isinstance(item, BaseModel):
                yield from _explanations_in(item, name)


def _explanations_in(item: BaseModel, name: str) -> Iterator[Explanation]:
    for inner in type(item).model_fields:
        text = getattr(item, inner)
        if isinstance(text, Rich) and inner != "text":
            yield Explanation((name, getattr(item, "slug", ""), inner), plain(text), item)


def said_by(item: BaseModel, question: QuestionBase) -> str:
    """Return what an item says itself: with the thing it belongs to, or the statement that it judges."""
    own = getattr(item, "text", "")
    said = [plain(own) if isinstance(own, Rich) else "", *getattr(item, "forms", ())]
    if isinstance(question, Matching):
        said += [plain(target.text) for target in question.targets if target.slug == getattr(item, "target", "")]
    if isinstance(question, TrueFalse):
        said.append(plain(question.text))
    return " ".join(said)


def plain(text: Rich) -> str:
    """Return the words of a text without its markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", text.html)).strip()


def offered(question: QuestionBase) -> tuple[Option, ...]:
    """Return the options of a question that has one right among several, in the file's order; else nothing."""
    options = tuple(one for one in getattr(question, "options", ()) if isinstance(one, Option))
    return options if sum(one.correct for one in options) == 1 else ()


# ---- explanations ------------------------------------------------------------------------------

FEWEST_WORDS = 4
"""Words of the shortest sentence that explains anything."""
NEWS = 5
"""One word in so many, at least, must be new in an explanation."""
_ENDS = re.compile(r"[.!?…؟۔。！？।։።][\s\"'’”»)\]]*$")


def no_sentence(questions: Questions) -> Iterator[Verdict]:
    """Each explanation is a sentence at least: four words or more, and a sign at its end."""
    for question in questions:
        if question.language.partition("-")[0] in UNSPACED:
            continue
        for one in explanations_of(question):
            if one.text and (not _ENDS.search(one.text) or len(one.text.split()) < FEWEST_WORDS):
                hoped = f"a sentence: {FEWEST_WORDS} words or more, and a full stop"
                yield Verdict((question.slug,), one.where, f"{quoted(one.text)} as {one.where[-1]}", hoped)


def repeats_option(questions: Questions) -> Iterator[Verdict]:
    """An explanation says more than what it explains.

    Words are compared without case, accents and signs. Those that only say right, wrong or not count
    as known, and one in five at least must be new: so a repeat with a word exchanged is still found,
    and an explanation that takes up its option to go on from it is not.
    """
    for question in questions:
        tongue = tongue_of(question.language)
        for one in explanations_of(question):
            if one.item is not None and not _news_in(one.text, said_by(one.item, question), tongue):
                hoped = "why it is right, or why not"
                yield Verdict((question.slug,), one.where, "an explanation that only repeats its option", hoped)


def _news_in(text: str, known: str, tongue: Tongue | None) -> bool:
    words, old = folded(text).split(), set(folded(known).split())
    if tongue:
        old |= tongue.verdicts
    new = [word for word in words if word not in old and not (tongue and tongue.negative.fullmatch(word))]
    return not words or not old or len(new) * NEWS > len(words)


# ---- what a question and its options say ---------------------------------------------------------


def points_at_others(questions: Questions) -> Iterator[Verdict]:
    """No option says `all of the above`: options are shuffled, and knowing two of them answers it."""
    for question in questions:
        tongue = tongue_of(question.language)
        for option in getattr(question, "options", ()) if tongue else ():
            text = plain(option.text) if isinstance(getattr(option, "text", None), Rich) else ""
            if tongue and tongue.others.search(folded(text)):
                hoped = "an option that says itself what it means"
                yield Verdict((question.slug,), ("options", option.slug, "text"), quoted(text), hoped)


def negative_stem(questions: Questions) -> Iterator[Verdict]:
    """A question that asks for what is not so says its `not` with emphasis."""
    for question in questions:
        tongue = tongue_of(question.language)
        word = turned_around(question.text, tongue) if tongue else None
        if word:
            hoped = f"it with emphasis (**{word}**), or a question without it"
            yield Verdict((question.slug,), ("text",), f"'{word}' in what is asked, without emphasis", hoped)


_STRESSED = re.compile(r"<(strong|em)>.*?</\1>", re.DOTALL)
_QUOTED = re.compile(r"‘.*?’(?!\w)|“.*?”|„.*?[”“]|«.*?»|\"[^\"]*\"|(?<!\w)'.*?'(?!\w)", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?…؟])\s+")
_CLAUSE = re.compile(r"[,،;؛:()–—]")


def turned_around(text: Rich, tongue: Tongue) -> str | None:
    """Return the word that turns a question around without emphasis; None where there is none.

    Only the main clause of the sentence that asks counts: the one with a question mark, else the
    last. What is told before it, what somebody is quoted to say and what stands in a clause such as
    `if somebody does not call` is the situation, not the question.
    """
    if not tongue.negative.search(folded(plain(text))):
        return None
    bare = html.unescape(re.sub(r"<[^>]+>", "", _STRESSED.sub(" ", text.html)))
    sentences = _SENTENCE.split(_QUOTED.sub(" ", bare).strip())
    asking = [one for one in sentences if one.rstrip().endswith(("?", "؟"))] or sentences[-1:]
    for sentence in asking:
        for clause in _main_clauses(sentence, tongue):
            found = tongue.negative.search(clause)
            if found and not tongue.why.search(clause):
                return found[0].replace("n t", "n’t")
    return None


def _main_clauses(sentence: str, tongue: Tongue) -> Iterator[str]:
    """Yield the clauses of a sentence, folded, without those beside the one that asks."""
    asked = False
    for clause in filter(None, map(folded, _CLAUSE.split(_without_contrast(sentence, tongue)))):
        # Behind what asks, `who does not come` is beside it; behind `if somebody calls`, `who does not come` asks.
        before = "asked " if asked else ""
        found = (tongue.aside.search(before + clause), tongue.relative.search(before + clause))
        main = (before + clause)[: min((one.start() for one in found if one), default=None)]
        asked = asked or bool(main)
        yield main.removeprefix(before)


def _without_contrast(sentence: str, tongue: Tongue) -> str:
    """Return a sentence without turns such as `not a ..., but a ...`, which a comma may divide."""
    joined = folded(sentence)
    return tongue.harmless.sub(" ", joined) if tongue.harmless.search(joined) else sentence


# ---- the quiz as a whole -------------------------------------------------------------------------


def right_is_longest(questions: Questions) -> Iterator[Verdict]:
    """The right option is longer than all others in at most 40 % of the questions, and in one always.

    Questions with one right option among several count, but for true and false.
    """
    counted = [one for one in questions if offered(one) and not isinstance(one, TrueFalse)]
    longest = [one.slug for one in counted if _is_longest(offered(one))]
    most = max(1, len(counted) * 2 // 5)
    if len(longest) > most:
        found = f"the right option as the longest in {len(longest)} of {len(counted)} questions ({', '.join(longest)})"
        yield Verdict(tuple(longest), (), found, f"{most} at most")


def _is_longest(options: Sequence[Option]) -> bool:
    right = max(len(plain(one.text)) for one in options if one.correct)
    return all(len(plain(one.text)) < right for one in options if not one.correct)


def right_place(questions: Questions) -> Iterator[Verdict]:
    """The right option stands as often in one place of the file as in another, give or take one.

    The even share of a place is the sum, over the questions that have it, of one divided by their
    number of options; what stands there may be one more or one less than that. This can always be
    reached. Statements are counted apart: as many true as false, give or take two.
    """
    counted = [one for one in questions if offered(one)]
    yield from _uneven([one for one in counted if not isinstance(one, TrueFalse)])
    yield from _uneven([one for one in counted if isinstance(one, TrueFalse)])


def _uneven(questions: Questions) -> Iterator[Verdict]:
    places = [next(at for at, one in enumerate(offered(q)) if one.correct) for q in questions]
    shares = _even_shares([len(offered(q)) for q in questions])
    if any(abs(places.count(place) - share) > 1 for place, share in enumerate(shares)):
        found = f"the right option {_joined(places.count(place) for place in range(len(shares)))} times"
        hoped = _joined(f"{max(0, ceil(share - 1))} to {floor(share + 1)}" for share in shares)
        slugs = tuple(question.slug for question in questions)
        yield Verdict(slugs, (), f"{found} in places 1 to {len(shares)}", f"{hoped} times")


def _joined(things: Iterable[object]) -> str:
    *first, last = map(str, things)
    return f"{', '.join(first)} and {last}"


def _even_shares(sizes: Sequence[int]) -> list[Fraction]:
    """Return how often each place would hold the right option, were it as likely in each."""
    return [
        sum((Fraction(1, size) for size in sizes if size > place), Fraction()) for place in range(max(sizes, default=0))
    ]


def no_outcome(questions: Questions) -> Iterator[Verdict]:
    """Each question names the outcome of its module that it asks about."""
    for question in questions:
        if question.outcome is None:
            yield Verdict((question.slug,), (), "a question without an outcome", "`outcome:` and the slug of one")


# ---- all of them ---------------------------------------------------------------------------------

RULES: tuple[Rule, ...] = (
    Rule("repeats-option", repeats_option),
    Rule("right-is-longest", right_is_longest),
    Rule("right-place", right_place, in_each_language=False),
    Rule("all-of-the-above", points_at_others),
    Rule("negative-stem", negative_stem),
    Rule("no-outcome", no_outcome, in_each_language=False),
    Rule("no-sentence", no_sentence),
)


def verdicts_on(questions: Questions, rule: Rule) -> Iterator[Verdict]:
    """Yield what a rule says of the questions that do not silence it."""
    yield from rule.look([question for question in questions if rule.name not in question.allow])


def idle(languages: Sequence[Questions], rule: Rule) -> Iterator[str]:
    """Yield the slugs of questions that silence a rule which would say nothing of them in any language."""
    silenced = [question.slug for question in languages[0] if rule.name in question.allow] if languages else []
    if silenced:
        named = {slug for questions in languages for verdict in rule.look(questions) for slug in verdict.questions}
        yield from (slug for slug in silenced if slug not in named)
