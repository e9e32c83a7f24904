"""Looking for words in a course: its steps, the terms of its glossary, the pages in its foot.

Explanations and right answers of questions are left out: who looks for a word must not find an
answer before the question. The rule of ranking is BM25's (Robertson & Zaragoza 2009, "The
Probabilistic Relevance Framework"), with a word of a title counted as several of a text.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from app.course.content import ContentPage, Course, Support, Term
from app.course.parts import Rich, StepBase
from app.course.rules.word_forms import WORD, folded, is_form_of

Thing = StepBase | Term | ContentPage | Support
"""What can be found."""

MOST_WORDS = 10
"""How many words of a question count; more of them make it no clearer."""
OF_TITLE, OF_HEADING, OF_TEXT = 6.0, 3.0, 1.0
SATURATION, LENGTH = 1.2, 0.4
"""BM25's k1 and b: how soon one more of the same word adds little, and how much a long text has to have more."""
PART_OF_COMPOUND = 6
"""How many letters the first part of a compound has at least, as `studenten` in `studentenvereniging`."""
SNIPPET = 220
"""About how many signs of a passage are shown."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text under one heading; `anchor` is the heading's id on the page, empty for what stands before."""

    heading: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some signs of a snippet; `is_found` where they are what somebody looked for."""

    text: str
    is_found: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing in which the words were found, and the passage that says it best."""

    thing: Thing
    heading: str
    anchor: str
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the best first. `is_whole`: all words are in each hit; else in none, and these have the most."""

    hits: tuple[Hit, ...]
    count: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    thing: Thing
    passages: tuple[Passage, ...]
    weights: Mapping[str, float]
    """How much each folded word weighs in it."""
    length: float


class SearchIndex:
    """The words of one language of a course. It is made in a few milliseconds a module, and never changes."""

    def __init__(self, course: Course) -> None:
        """Read every text of the course."""
        self._language = course.language
        self._entries = [_entry(thing, tuple(_passages(thing))) for thing in _things(course)]
        self._places: dict[str, list[int]] = defaultdict(list)
        """By folded word, the numbers of the entries that have it."""
        for number, entry in enumerate(self._entries):
            for word in entry.weights:
                self._places[word].append(number)
        self._usual = sum(entry.length for entry in self._entries) / max(1, len(self._entries))

    def find(self, question: str, *, most: int = 20) -> Found:
        """Return at most so many hits for the words of a question; none for a question without a word."""
        wishes = words_of(question)
        forms = {wish: self._forms_of(wish) for wish in wishes}
        scores: dict[int, float] = defaultdict(float)
        words_met: dict[int, int] = defaultdict(int)
        for words in forms.values():
            for number, score in self._scores(words).items():
                scores[number] += score
                words_met[number] += 1
        most_met = max(words_met.values(), default=0)
        best = sorted((n for n in scores if words_met[n] == most_met), key=lambda n: (-scores[n], n))
        telling = self._telling(forms.values())
        hits = tuple(_hit(self._entries[number], telling) for number in best[:most])
        return Found(hits, len(best), most_met == len(wishes))

    def _forms_of(self, wish: str) -> frozenset[str]:
        """Return the words of the course that are a form of a word; else those that a compound begins with."""
        alike = [word for word in self._places if word[0] == wish[0]]
        forms = frozenset(word for word in alike if is_form_of(word, wish, self._language))
        return forms or frozenset(word for word in alike if len(word) >= PART_OF_COMPOUND and wish.startswith(word))

    def _telling(self, forms: Iterable[frozenset[str]]) -> frozenset[str]:
        """Return the words to show as found: not those that stand nearly everywhere, unless there are no others."""
        found = [words for words in forms if words]
        rare = [words for words in found if len(self._numbers(words)) * 2 <= len(self._entries)]
        return frozenset().union(*(rare or found))

    def _numbers(self, words: frozenset[str]) -> set[int]:
        return {number for word in words for number in self._places[word]}

    def _scores(self, words: frozenset[str]) -> dict[int, float]:
        """Return what each entry that has one of the words earns for it."""
        weights: dict[int, float] = defaultdict(float)
        for word in words:
            for number in self._places[word]:
                weights[number] += self._entries[number].weights[word]
        rarity = math.log(1 + (len(self._entries) - len(weights) + 0.5) / (len(weights) + 0.5))
        return {
            number: rarity * weight / (weight + SATURATION * (1 - LENGTH + LENGTH * self._length(number)))
            for number, weight in weights.items()
        }

    def _length(self, number: int) -> float:
        return self._entries[number].length / self._usual


def words_of(question: str) -> tuple[str, ...]:
    """Return the folded words of a question, each once, in their order, the first few of them."""
    return tuple(dict.fromkeys(folded(found[0]) for found in WORD.finditer(question)))[:MOST_WORDS]


# ---- what is read -----------------------------------------------------------------------------


def _things(course: Course) -> Iterator[Thing]:
    yield from course.steps
    yield from course.glossary
    yield from course.pages
    if course.support is not None:
        yield course.support


def _title(thing: Thing) -> str:
    return thing.term if isinstance(thing, Term) else thing.title


def _passages(thing: Thing) -> Iterator[Passage]:
    for text in _texts(thing):
        if isinstance(text, Rich):
            yield from passages_of(text.html)
        else:
            yield Passage("", "", text)


def _texts(thing: Thing) -> Iterator[str | Rich]:
    match thing:
        case StepBase():
            yield from thing.texts()
        case Term():
            yield thing.meaning
        case _:
            yield from (text for text in (thing.lead, thing.body) if text)


def passages_of(html: str) -> tuple[Passage, ...]:
    """Return the passages of safe HTML, one a heading and one for what stands before the first."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.passages()


class _Reader(HTMLParser):
    """Reads HTML as words under headings."""

    APART = frozenset(
        (
            "p",
            "li",
            "dt",
            "dd",
            "td",
            "th",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "figcaption",
            "summary",
            "div",
            "aside",
            "details",
            "br",
            "tr",
        )
    )
    HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))

    def __init__(self) -> None:
        super().__init__()
        self._found: list[tuple[list[str], str, list[str]]] = [([], "", [])]
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.HEADINGS:
            self._found.append(([], dict(attrs).get("id") or "", []))
            self._in_heading = True
        elif tag in self.APART:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.HEADINGS:
            self._in_heading = False
        elif tag in self.APART:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        heading, _anchor, text = self._found[-1]
        (heading if self._in_heading else text).append(data)

    def passages(self) -> tuple[Passage, ...]:
        found = [Passage(_plain(heading), anchor, _plain(text)) for heading, anchor, text in self._found]
        return tuple(passage for passage in found if passage.heading or passage.text)


def _plain(parts: Sequence[str]) -> str:
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _entry(thing: Thing, passages: tuple[Passage, ...]) -> _Entry:
    weights: dict[str, float] = defaultdict(float)
    for text, weight in _weighed(thing, passages):
        for found in WORD.finditer(text):
            weights[folded(found[0])] += weight
    return _Entry(thing, passages, weights, sum(weights.values()))


def _weighed(thing: Thing, passages: Sequence[Passage]) -> Iterator[tuple[str, float]]:
    yield _title(thing), OF_TITLE
    for passage in passages:
        yield passage.heading, OF_HEADING
        yield passage.text, OF_TEXT


# ---- what is shown ----------------------------------------------------------------------------


def _hit(entry: _Entry, words: frozenset[str]) -> Hit:
    """Show the passage that has the most different words of those looked for; the first of several."""

    def different(passage: Passage) -> int:
        return len(words & {folded(found[0]) for found in WORD.finditer(f"{passage.heading} {passage.text}")})

    best = max(entry.passages, key=different, default=Passage("", "", ""))
    if not different(best):
        best = next((passage for passage in entry.passages if passage.text), best)
    return Hit(entry.thing, best.heading, best.anchor, tuple(_snippet(best.text, words)))


def _snippet(text: str, words: frozenset[str]) -> Iterator[Piece]:
    """Cut a text around the first word looked for, at whole words, and mark each of them."""
    first = next((found.start() for found in WORD.finditer(text) if folded(found[0]) in words), 0)
    start = _word_start(text, max(0, first - SNIPPET // 3))
    end = _word_start(text, start + SNIPPET) if start + SNIPPET < len(text) else len(text)
    if start:
        yield Piece("… ", is_found=False)
    at = start
    for found in WORD.finditer(text, start, end):
        if folded(found[0]) in words:
            yield Piece(text[at : found.start()], is_found=False)
            yield Piece(found[0], is_found=True)
            at = found.end()
    yield Piece(text[at:end].rstrip() + (" …" if end < len(text) else ""), is_found=False)


def _word_start(text: str, at: int) -> int:
    """Return where the word begins that stands at a place, or the next one."""
    space = text.rfind(" ", 0, at)
    return space + 1 if space >= 0 and at > 0 else 0
