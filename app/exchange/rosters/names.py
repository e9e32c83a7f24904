"""A name as its owner writes it, from how lists write it: Yara van der Trede, from "Trede, Y. van der" and its like."""

from __future__ import annotations

import re

_PARTICLES = (
    "a aan al ben bij bin d d' da das de degli del della den der des di dos du el in 't 's het l' la las le les lo op "
    "onder over s' t te ten ter tot uit uijt v v. v.d. v/d vd van vander vande vom von voor zu zum zur"
)
PARTICLES = frozenset(_PARTICLES.split())
"""Words before a last name, which lists put behind it or behind the first name."""
_TITLE = re.compile(r"[BM]Sc|[BM]A|LL[BM]|[BM]Ed|[BM]N|MBA|MPH|PhD|MD|RN|RA|RC|Jr|Sr|ing|ir|drs|dr|mr|prof|III?|IV")
"""What may follow a comma without being a first name, spelt so: Ma and Ing are names."""
_NO_NAME = re.compile(r"[\W_]*|n\.?v\.?t\.?|n/a", re.IGNORECASE)


def turned(name: str) -> str:
    """Turn "Trede, Yara van der" around. A name without a comma, or with a title behind it, stays as it is."""
    name = name.strip(" ,") or name
    last, *others = (part.strip() for part in name.split(","))
    while others and (not others[-1] or all(_TITLE.fullmatch(word.strip(".")) for word in others[-1].split())):
        others.pop()
    if not others:
        return name
    titles = name.split(",")[1 + len(others) :]
    middle = others.pop(0) if len(others) > 1 and _is_particle(others[0]) else ""
    first, behind_first = _without_particle(" ".join(others))
    last, behind_last = _without_particle(last)
    whole = " ".join(part for part in (first, behind_first, middle, behind_last, last) if part)
    return ",".join([whole, *titles])


def joined(first: str, particle: str, last: str) -> str:
    """Put the parts of a name together; the particle once, also where the last name has it before or behind it."""
    first, particle, last = (part if is_a_name(part) else "" for part in (first, particle, last))
    last, comma, behind = last.partition(",")
    if comma and _is_particle(behind.strip()):
        particle = particle or behind.strip()
    else:
        last = last + comma + behind
    if particle and last.casefold().startswith(f"{particle.casefold()} "):
        particle = ""
    return " ".join(part for part in (first, particle, last.strip()) if part)


def is_a_name(text: str) -> bool:
    """Whether this is more than a dash or "n.v.t."."""
    return not _NO_NAME.fullmatch(text)


def _is_particle(text: str) -> bool:
    return bool(text) and all(word in PARTICLES for word in text.casefold().replace("’", "'").split())


def _without_particle(text: str) -> tuple[str, str]:
    """Split "Y. van der" into "Y." and "van der"; a text of particles alone stays whole."""
    words = text.split()
    kept = len(words)
    while kept > 1 and _is_particle(words[kept - 1]):
        kept -= 1
    return " ".join(words[:kept]), " ".join(words[kept:])
