"""The colours keep what design promises: every pair of ink and ground can be read, in both themes.

Ratios are computed as WCAG 2.2 defines them, from tokens.css itself; axe sees neither the borders of
controls nor a pair that happens not to stand on the page that it looks at.
"""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "app" / "web" / "static" / "css"

COLOUR = re.compile(r"--(?P<name>[a-z0-9-]+):\s*(?:light-dark\((?P<light>#\w+),\s*(?P<dark>#\w+)\)|(?P<both>#\w{6}))")

TEXT = 4.5
"""WCAG 2.2, 1.4.3: the least for words."""
SHAPE = 3.0
"""WCAG 2.2, 1.4.11: the least for borders of controls, and for shapes that carry meaning."""

PAIRS = [
    ("ink", "paper", 7), ("ink", "panel", 7), ("ink", "tint", 7), ("ink", "tint-strong", 7),
    ("ink-soft", "paper", TEXT), ("ink-soft", "panel", TEXT), ("ink-soft", "tint", TEXT),
    ("brand-ink", "paper", TEXT), ("brand-ink", "panel", TEXT), ("brand-ink", "tint", TEXT),
    ("on-brand", "brand", TEXT), ("on-brand", "brand-deep", TEXT),
    ("on-done", "done", TEXT), ("done", "paper", SHAPE), ("done", "tint", SHAPE), ("done", "tint-strong", SHAPE),
    ("edge", "paper", SHAPE), ("edge", "panel", SHAPE), ("edge", "tint", SHAPE),
    ("on-here", "here", TEXT), ("on-here", "here-bright", TEXT), ("here", "band", SHAPE),
    ("here-ink", "here-soft", TEXT), ("ink", "here-soft", 7),
    ("good", "good-soft", TEXT), ("good", "paper", TEXT), ("panel", "good", TEXT), ("ink", "good-soft", 7),
    ("wrong", "wrong-soft", TEXT), ("wrong", "paper", TEXT), ("wrong", "panel", TEXT), ("panel", "wrong", TEXT),
    ("ink", "wrong-soft", 7), ("ink-soft", "good-soft", TEXT), ("ink-soft", "wrong-soft", TEXT),
    ("on-band", "band", 7), ("on-band-soft", "band", TEXT), ("band-edge", "band", SHAPE), ("on-band", "band-2", TEXT),
    ("print", "sheet", 7),
]  # fmt: skip


def colours() -> dict[str, tuple[str, str]]:
    """Return the colours of tokens.css by name, each for the light and for the dark theme."""
    text = (CSS / "tokens.css").read_text()
    return {m["name"]: (m["light"] or m["both"], m["dark"] or m["both"]) for m in COLOUR.finditer(text)}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS, ids=lambda value: str(value))
def test_what_is_said_in_colour_can_be_read(ink: str, ground: str, least: float, theme: int) -> None:
    found = colours()
    assert contrast(found[ink][theme], found[ground][theme]) >= least


def test_the_measure_is_the_known_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ["base.css", "components.css"])
def test_colours_are_named_in_the_tokens_alone(name: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab|lch)a?\(", text) == []


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"(--[a-z0-9-]+)\s*:", "".join(path.read_text() for path in CSS.glob("*.css"))))
    used = {found for path in CSS.glob("*.css") for found in re.findall(r"var\((--[a-z0-9-]+)", path.read_text())}
    assert used <= known


def test_sides_are_logical_so_that_pages_read_from_right_to_left_too() -> None:
    side = "(?:left|right)"
    physical = re.compile(rf"[\s;{{](?:(?:margin|padding|border)-{side}|{side})\s*:|(?:float|text-align):\s*{side}")
    for path in CSS.glob("*.css"):
        # A rule for pages from right to left alone may name the side that it is about.
        text = re.sub(r'^ *\[dir="rtl"\].*$', "", path.read_text(), flags=re.MULTILINE)
        assert physical.findall(text) == [], path.name
