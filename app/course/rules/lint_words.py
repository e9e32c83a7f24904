"""The words that the lint looks for, a language at a time. They are compared folded: no case, accents or signs.

A language that is not here has no such rules: a word list that nobody who speaks it made would raise false alarms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Tongue:
    """What a language says no with, how it begins an aside, and how it points at the other options."""

    negative: Pattern
    """Words that turn a question around."""
    harmless: Pattern
    """Turns of phrase that hold such a word and turn nothing around: `not only`, `or not`, `not a ..., but a ...`."""
    why: Pattern
    """How a question begins that asks for the reason of what does not happen; it turns nothing around."""
    aside: Pattern
    """Words that begin a clause beside the one that asks: `if somebody does not call`."""
    relative: Pattern
    """Words that begin one too, unless they stand first in their sentence or behind a preposition."""
    others: Pattern
    """An option that points at the others: `all of the above`."""
    verdicts: frozenset[str]
    """Words that say that an option is right or wrong, and no more."""


def _words(*words: str) -> Pattern:
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


def _relative(words: str, prepositions: str) -> Pattern:
    behind = "".join(rf"(?<!\b{one} )" for one in prepositions.split())
    return re.compile(rf"(?<=\S ){behind}\b(?:{words})\b")


def _whole(*options: str) -> Pattern:
    return re.compile(rf"^(?:{'|'.join(options)})$")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DUTCH = Tongue(
    negative=_words(
        *("niet", "geen", "nooit", "niets", "niemand", "nergens", "noch", "evenmin", "behalve", "uitgezonderd")
    ),
    harmless=_words("(?:wel )?of niet", "niet (?:alleen|enkel|slechts)", r"(?:niet|geen)(?: \w+){1,8} maar(?! wel)"),
    why=re.compile(r"^(?:en )?(?:waarom|hoezo|hoe komt het)\b"),
    aside=_words(
        *("als", "indien", "omdat", "doordat", "zodat", "opdat", "terwijl", "hoewel", "nadat", "voordat", "tenzij")
    ),
    relative=_relative(
        "die|dat|wie|wat|waar|waarin|waarbij|waarop|waarvan|waarmee|wanneer|toen|nu|zodra|of|hoe",
        "aan bij door in met naar om op over tegen tot uit van voor",
    ),
    others=_whole(
        r"(?:al|alle|alles|beide|een|enkele|geen|niets)(?: \w+){0,3} (?:bovenstaande|bovengenoemde|hierboven)(?: \w+)*",
        r"(?:alle|beide)(?: \w+)? (?:antwoorden|opties|mogelijkheden)(?: (?:zijn \w+|kloppen))?",
        r"geen (?:van|enkele? van) (?:de |deze |die )?(?:\w+ )?(?:antwoorden|opties|mogelijkheden)(?: \w+)?",
        r"(?:geen|een) van (?:beide|beiden|deze|alle|allen)",
        r"(?:zowel )?(?:antwoord |optie )?[a-f] (?:en|als|of) (?:antwoord |optie )?[a-f](?: \w+){0,2}",
    ),
    verdicts=_set(
        "ja nee goed juist correct klopt fout onjuist verkeerd inderdaad dat dit is het de een antwoord want dus zo"
    ),
)

_ENGLISH = Tongue(
    negative=_words(
        *(
            "not",
            "no",
            "none",
            "never",
            "nobody",
            "nothing",
            "nowhere",
            "neither",
            "nor",
            "except",
            "cannot",
            "[a-z]+n t",
        )
    ),
    harmless=_words(
        *("(?:whether )?or not", "yes or no", "not (?:only|just|merely)"),
        *(r"not(?: \w+){1,8} but(?! do| does| is)", r"no(?: \w+){1,4} but(?! do| does| is)"),
    ),
    why=re.compile(r"^(?:and )?(?:why|how come|for what reason)\b"),
    aside=_words("if", "because", "although", "though", "while", "unless", "until", "whereas", "so that"),
    relative=_relative(
        "that|who|whom|whose|which|what|where|when|whether|how|as|since|after|before",
        "about at by for from in into of on to under with",
    ),
    others=_whole(
        r"(?:all|any|both|either|neither|none|some)(?: of)?(?: the)?(?: \w+){0,2} (?:above|foregoing)(?: \w+)*",
        r"(?:all|both|neither|none)(?: of)?(?: the| these)?(?: \w+)? (?:answers|options|choices)(?: are \w+| apply)?",
        r"(?:all|both|either|neither|none) of (?:the |these )?(?:these|those|others?|two|three|four)",
        r"(?:both |neither )?(?:answers? |options? )?[a-f] (?:and|or|nor) (?:answer |option )?[a-f](?: \w+){0,2}",
    ),
    verdicts=_set("yes no right wrong correct incorrect true false indeed that this it is the a an answer so because"),
)

_ARABIC = Tongue(
    negative=_words("[وف]?(?:لا|ليس|ليست|ليسوا|لم|لن|غير)", "باستثناء", "ما عدا", "سوى", "الا"),
    harmless=_words("ام لا", "او لا", "لا بد", "ليس فقط", r"(?:لا|ليس|ليست)(?: \w+){1,8} بل"),
    why=re.compile(r"^[وف]?لماذا\b"),
    aside=_words("اذا", "لو", "لان", "لانه", "لانها", "بينما", "كي", "لكي", "حين"),
    relative=_relative("الذي|التي|الذين|ان|انه|انها|ما|عندما|حيث|كيف|متى", "الى على عن في من"),
    others=_whole(
        r"(?:كل|جميع|لا شيء|ليس|اي|لا احد)(?: \w+){0,2} (?:سبق|ذكر|اعلاه|السابقة|المذكورة)(?: \w+)*",
        r"(?:كل|جميع|كلتا|كلا)(?: \w+)? ?(?:الاجابات|الخيارات|الاجابتين|الخيارين)(?: \w+)?",
    ),
    verdicts=_set("نعم صحيح صحيحة خطا خاطي خاطية هذا هذه هو هي ان الجواب الاجابة جواب اجابة لان"),
)

TONGUES: Mapping[str, Tongue] = {"nl": _DUTCH, "en": _ENGLISH, "ar": _ARABIC}
"""By the first part of a language's code."""

UNSPACED = frozenset(["zh", "ja", "th", "lo", "km", "my", "bo", "dz"])
"""Languages that write no space between words, some no sign behind a sentence: what is a sentence is not looked at."""


def tongue_of(language: str) -> Tongue | None:
    """Return the words of a language such as `nl` or `nl-BE`; None for one that the lint does not speak."""
    return TONGUES.get(language.partition("-")[0])
