"""Broken copies of the course in three languages: one for each fault that the check knows.

Each says how a whole copy is broken, and every fault that the check then names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from app.course.files.faults import Fault
from app.course.parts import Given, QuestionBase, Words
from app.course.quiz import QUESTION_KINDS
from tests.course_folder import Folder

Break = Callable[[Folder], object]


class Broken:
    """A name, how a copy is broken, and what the check names, sorted by file and line.

    Left out is what follows: keys that were published and are gone with what held them, and translations that lag.
    """

    def __init__(self, name: str, spoil: Break, *faults: Fault) -> None:
        self.name, self.spoil, self.faults = name, spoil, list(faults)

    def among(self, found: Iterable[Fault]) -> list[Fault]:
        """Return what was found, without what follows."""
        return [fault for fault in found if bare(fault) in self.faults or not (fault.revision or GONE in fault.found)]


GONE = "which was published and is gone"


def bare(fault: Fault) -> Fault:
    """Return a fault without the revision that it would have a translation name."""
    return replace(fault, revision="")


COURSE = "modules/course.yaml"
GLOSSARY, GLOSSARY_NL, GLOSSARY_AR = (f"modules/glossary{end}.yaml" for end in ("", ".nl", ".ar"))
LIGHT, LIGHT_NL, LIGHT_AR = (f"modules/01-light/module{end}.yaml" for end in ("", ".nl", ".ar"))
SUN, SUN_NL, SUN_AR = (f"modules/01-light/01-where-the-sun-is.{end}.md" for end in ("en", "nl", "ar"))
BALCONY_NL = "modules/01-light/02-your-balcony.nl.md"
RAILING = "modules/01-light/03-at-the-railing.en.md"
FLOOR = "modules/01-light/around/pots-on-the-floor.en.md"
SOWING_MODULE = "modules/02-sowing/module.yaml"
SEED = "modules/02-sowing/01-from-seed-to-pot.en.md"
WATERING = "modules/02-sowing/02-watering.en.md"
HARVEST, HARVEST_NL = "modules/03-harvest/module.yaml", "modules/03-harvest/module.nl.yaml"
CHECK_RIPE = "modules/03-harvest/03-check-ripe.en.md"
READ_ON = "modules/03-harvest/04-read-on.en.md"
WHO = "modules/pages/10-who-we-are.en.md"
PRIVACY, PRIVACY_NL = "modules/pages/20-privacy.en.md", "modules/pages/20-privacy.nl.md"
ORGANISATION = "modules/organisation.yaml"
SUPPORT = "modules/support.yaml"
SOWING, SOWING_NL, SOWING_AR = (f"quizzes/sowing{end}.yaml" for end in ("", ".nl", ".ar"))
RIPE, RIPE_NL, RIPE_AR = (f"quizzes/ripe{end}.yaml" for end in ("", ".nl", ".ar"))
TEXTS, KEYS = (".en.md", ".nl.md", ".ar.md"), (".yaml", ".nl.yaml", ".ar.yaml")
"""How the names of a text's files end, one a language, and those of files of keys."""


# ---- ways to break a copy ------------------------------------------------------------------------


def change(file: str, old: str, new: str) -> Break:
    """Replace a text that stands once in a file."""
    return lambda folder: folder.change(file, old, new)


def both(*breaks: Break) -> Break:
    """Break a copy in several ways."""
    return lambda folder: [spoil(folder) for spoil in breaks]


def between(file: str, start: str, end: str, new: str = "") -> Break:
    """Replace what stands from one text, once in a file, up to the next place of another one."""

    def spoil(folder: Folder) -> None:
        before, found, after = folder.read(file).partition(start)
        assert found, f"{start!r} does not stand in {file}"
        folder.write(file, before + new + after[after.index(end) :])

    return spoil


def cut(file: str, start: str) -> Break:
    """Cut a file off where a text begins."""
    return lambda folder: folder.write(file, folder.read(file).partition(start)[0])


def written(file: str, text: str) -> Break:
    """Write a file."""
    return lambda folder: folder.write(file, text)


def removed(file: str) -> Break:
    """Remove a file."""
    return lambda folder: folder.remove(file)


def copied(old: str, new: str, *ends: str) -> Break:
    """Write a file again under another name; with `ends`, every file whose name goes on so."""
    return lambda folder: folder.copy(old, new, *ends)


def renamed(old: str, new: str, *ends: str) -> Break:
    """Give a file another name; with `ends`, every file whose name goes on so."""
    return lambda folder: folder.rename(old, new, *ends)


def linked(file: str, target: str) -> Break:
    """Put a link in the place of a file."""

    def spoil(folder: Folder) -> None:
        folder.remove(file)
        (folder.path / file).symlink_to(target)

    return spoil


def folder_at(file: str) -> Break:
    """Put a folder in the place of a file."""

    def spoil(folder: Folder) -> None:
        folder.remove(file)
        (folder.path / file).mkdir()

    return spoil


def bytes_at(file: str, raw: bytes) -> Break:
    """Write a file that is no text."""
    return lambda folder: (folder.path / file).write_bytes(raw)


def without_line(file: str, start: str) -> Break:
    """Leave out the first line of a file that begins with a text."""

    def spoil(folder: Folder) -> None:
        lines = folder.read(file).split("\n")
        lines.remove(next(line for line in lines if line.startswith(start)))
        folder.write(file, "\n".join(lines))

    return spoil


# ---- a kind to come --------------------------------------------------------------------------------


class Recipe(QuestionBase):
    """A kind of question with fields such as no kind has today, and a kind to come may have."""

    kind: ClassVar[str] = "recipe"
    water: Annotated[float, Field(gt=0, lt=1)]
    bags: Annotated[list[str], Field(max_length=2)]
    steps: tuple[Words, ...]

    @property
    def max_points(self) -> int:
        """One point."""
        return 1

    def points_for(self, given: Given) -> int:
        """One point for anything."""
        return len(given[:1])

    def best(self) -> Given:
        """Anything."""
        return ("anything",)

    def faults(self) -> Iterator[str]:
        """Nothing beyond its fields."""
        return iter(())


KINDS: tuple[type[QuestionBase], ...] = (*QUESTION_KINDS, Recipe)


def recipe(*, water: str = "0.5", bags: str = "[soil, sand]", steps: str = "[gieten, roeren]") -> Break:
    """Add a question of the kind to come; `steps` are those of its Dutch translation."""
    source = f"""\
  - slug: mix
    kind: recipe
    outcome: ripe
    text: What goes into the pot?
    source: "Chapter 4"
    water: {water}
    bags: {bags}
    steps: [pour, stir]
"""
    texts = '  mix:\n    translates: "0"\n    text: {}\n    source: "{}"\n    steps: {}\n'.format

    def spoil(folder: Folder) -> None:
        added = (
            (RIPE, source),
            (RIPE_NL, texts("Wat gaat er in de pot?", "Hoofdstuk 4", steps)),
            (RIPE_AR, texts("ما الذي يوضع في الأصيص؟", "الفصل 4", "[صب, تحريك]")),
        )
        for file, text in added:
            folder.write(file, folder.read(file) + text)

    return spoil


# ---- the table -------------------------------------------------------------------------------------

BROKEN: tuple[Broken, ...] = (
    Broken(
        "a file outside the folder",
        linked(LIGHT_NL, "/etc/hostname"),
        Fault(LIGHT_NL, 1, "a link to a file outside the course's folder", "the file itself"),
    ),
    Broken(
        "a folder where a file should be",
        folder_at(GLOSSARY_AR),
        Fault(
            GLOSSARY_AR, 1, "a module that the course does not list", "its name under `modules` in modules/course.yaml"
        ),
        Fault(GLOSSARY_AR, 1, "something that is no file", "a file"),
    ),
    Broken(
        "a file that is too large",
        change(SUN, "## Count the hours", "## Count the hours\n" + "light " * 200_000),
        Fault(SUN, 1, "1,201,746 bytes", "at most 1,000,000"),
    ),
    Broken(
        "no course.yaml",
        removed(COURSE),
        Fault(COURSE, 1, "no file", "course.yaml"),
    ),
    Broken(
        "no module.yaml",
        removed(LIGHT),
        Fault(LIGHT, 1, "no file", "module.yaml"),
    ),
    Broken(
        "a link that leads to itself",
        linked(SUN_NL, SUN_NL.rpartition("/")[2]),
        Fault(SUN_NL, 1, "a file that cannot be read (OSError)", "a readable file"),
    ),
    Broken(
        "a byte that is no UTF-8",
        bytes_at(LIGHT_AR, b"title: caf\xe9\n"),
        Fault(LIGHT_AR, 1, "a byte that is no UTF-8 (0xe9)", "a text saved as UTF-8"),
    ),
    Broken(
        "a sign that no text holds",
        change(LIGHT, "Light and place", "Light \x07 place"),
        Fault(LIGHT, 1, "a character that no text holds (#x0007)", "plain text"),
    ),
    Broken(
        "a quotation mark that is never closed",
        change(LIGHT, "title: Light and place", 'title: "Light and place'),
        Fault(LIGHT, 1, "a quotation mark that stays alone", "another one where the text ends"),
    ),
    Broken(
        "a directive that YAML itself does not know",
        written(LIGHT_NL, "%YAML 9.9.9\n---\n"),
        Fault(LIGHT_NL, 1, "expected a digit or '.', but found '.', while scanning a directive", "YAML"),
    ),
    Broken(
        "an empty file",
        written(LIGHT_NL, ""),
        Fault(LIGHT_NL, 1, "nothing", "lines such as `title: ...`"),
    ),
    Broken(
        "a directive",
        change(LIGHT_NL, "translates", "%TAG ! tag:example.org,2026:\n---\ntranslates"),
        Fault(LIGHT_NL, 2, "a directive (%)", "keys and texts only"),
    ),
    Broken(
        "a second document",
        change(LIGHT_NL, "title: Licht", "---\ntitle: Licht"),
        Fault(LIGHT_NL, 2, "a second document", "one only: no line `---`"),
    ),
    Broken(
        "a list where keys should be",
        written(LIGHT_NL, "- title\n- lead\n"),
        Fault(LIGHT_NL, 1, "no keys", "lines such as `title: ...`"),
    ),
    Broken(
        "lists inside lists without end",
        change(LIGHT, "Light and place", "[" * 50 + "]" * 50),
        Fault(LIGHT, 1, "lists inside lists without end", "a few levels at most"),
    ),
    Broken(
        "a key that is a list",
        change(LIGHT, "title: Light and place", "[title]: Light and place"),
        Fault(LIGHT, 1, "a key that is no word", "a word and a colon"),
    ),
    Broken(
        "a key twice",
        change(LIGHT, "title: Light and place", "title: Light\ntitle: Place"),
        Fault(LIGHT, 2, "'title' a second time", "it once (line 1)"),
    ),
    Broken(
        "an anchor",
        change(LIGHT, "title: Light", "title: &here Light"),
        Fault(LIGHT, 1, "an anchor or alias (here)", "the text itself, written out"),
        Fault(LIGHT, 1, "nothing as title", "a text"),
    ),
    Broken(
        "a tag",
        change(LIGHT, "title: Light", "title: !!str Light"),
        Fault(LIGHT, 1, "a tag (tag:yaml.org,2002:str)", "the text itself, in quotation marks"),
        Fault(LIGHT, 1, "nothing as title", "a text"),
    ),
    Broken(
        "a step without keys",
        written(SUN_NL, "Een plant leeft van licht.\n"),
        Fault(SUN_NL, 1, "'Een plant leeft van licht.'", "`---` and keys such as `title: ...`"),
    ),
    Broken(
        "a step whose keys never end",
        change(SUN_NL, "\n---\nEen plant", "\nEen plant"),
        Fault(SUN_NL, 1, "keys without an end", "a second line `---` below them"),
    ),
    Broken(
        "a second file with a slip in its name",
        written("modules/02-sowing/9-more.en.md", "a"),
        Fault("modules/02-sowing/9-more.en.md", 1, "a file that nothing reads", "a name such as 03-slug.en.md"),
    ),
    Broken(
        "keys in a folder of pages",
        written("modules/pages/pages.yaml", "title: a"),
        Fault("modules/pages/pages.yaml", 1, "a file that nothing reads", "a name such as 03-slug.en.md"),
    ),
    Broken(
        "a translation of a page that is not there",
        copied("modules/pages/20-privacy.nl.md", "modules/pages/30-contact.nl.md"),
        Fault(
            "modules/pages/30-contact.nl.md",
            1,
            "a translation of a page that is not there",
            "30-contact.en.md beside it",
        ),
    ),
    Broken(
        "a translation of a way around that is not there",
        copied("modules/01-light/around/pots-on-the-floor.nl.md", "modules/01-light/around/the-floor.nl.md"),
        Fault(
            "modules/01-light/around/the-floor.nl.md",
            1,
            "a translation of a way around that is not there",
            "the-floor.en.md beside it",
        ),
    ),
    Broken(
        "a module whose name is no slug",
        change(COURSE, "  - 03-harvest", "  - 03 Harvest"),
        Fault(
            "modules/03-harvest",
            1,
            "a module that the course does not list",
            "its name under `modules` in modules/course.yaml",
        ),
        Fault(COURSE, 12, "the module '03 Harvest'", "small letters, digits and single hyphens, such as 'first-step'"),
        Fault(RIPE, 1, "a quiz that no step uses", "a step with `quiz: ripe`"),
    ),
    Broken(
        "a module twice",
        change(COURSE, "  - 03-harvest", "  - 03-harvest\n  - 01-light"),
        Fault(COURSE, 13, "the module '01-light' twice", "it once"),
    ),
    Broken(
        "a module called pages",
        change(COURSE, "  - 03-harvest", "  - 03-harvest\n  - pages"),
        Fault(COURSE, 13, "the module 'pages'", "another name: modules/pages holds pages"),
    ),
    Broken(
        "a module without a folder",
        change(COURSE, "  - 03-harvest", "  - 03-harvest\n  - 04-winter"),
        Fault(COURSE, 13, "no folder modules/04-winter", "a folder of that name"),
    ),
    Broken(
        "a folder that is no module",
        written("modules/04-winter/module.yaml", "title: Winter"),
        Fault(
            "modules/04-winter",
            1,
            "a module that the course does not list",
            "its name under `modules` in modules/course.yaml",
        ),
    ),
    Broken(
        "a translation into a language that the course does not have",
        written("quizzes/ripe.fr.yaml", "title: a"),
        Fault("quizzes/ripe.fr.yaml", 1, "a translation into 'fr'", "nl or ar, or the language in modules/course.yaml"),
    ),
    Broken(
        "a file that nothing reads",
        written("modules/glosary.yaml", "terms: {}"),
        Fault("modules/glosary.yaml", 1, "a file that nothing reads", "'modules/glossary.yaml'"),
    ),
    Broken(
        "a module without steps",
        both(
            change(COURSE, "  - 03-harvest", "  - 03-harvest\n  - 04-winter"),
            *(copied(f"modules/03-harvest/module{end}", f"modules/04-winter/module{end}") for end in KEYS),
        ),
        Fault("modules/04-winter", 1, "a module without steps", "a file such as 01-slug.en.md"),
    ),
    Broken(
        "a step without a number",
        renamed("modules/02-sowing/02-watering", "modules/02-sowing/watering", *TEXTS),
        Fault(SOWING_MODULE, 9, "19 minutes", "15, the sum of its steps"),
        Fault("modules/02-sowing/watering.ar.md", 1, "a file that nothing reads", "a name such as 03-slug.en.md"),
        Fault("modules/02-sowing/watering.en.md", 1, "a file that nothing reads", "a name such as 03-slug.en.md"),
        Fault("modules/02-sowing/watering.nl.md", 1, "a file that nothing reads", "a name such as 03-slug.en.md"),
    ),
    Broken(
        "a way around whose name is no slug",
        written("modules/01-light/around/On the floor.en.md", "a"),
        Fault(
            "modules/01-light/around/On the floor.en.md", 1, "a file that nothing reads", "a name such as slug.en.md"
        ),
    ),
    Broken(
        "a step in a language that the course does not have",
        copied("modules/02-sowing/02-watering.nl.md", "modules/02-sowing/02-watering.fr.md"),
        Fault(
            "modules/02-sowing/02-watering.fr.md",
            1,
            "a step in 'fr'",
            "en, nl or ar, or the language in modules/course.yaml",
        ),
    ),
    Broken(
        "a step called print",
        renamed("modules/03-harvest/02-what-to-share", "modules/03-harvest/02-print", *TEXTS),
        Fault(
            "modules/03-harvest/02-print.en.md",
            1,
            "the slug 'print'",
            "another one: it is the page on which a whole module is printed",
        ),
    ),
    Broken(
        "a page called support",
        renamed("modules/pages/20-privacy", "modules/pages/20-support", *TEXTS),
        Fault(
            "modules/pages/10-who-we-are.ar.md",
            7,
            "a link to the page 'privacy', which is not there",
            "a page of the foot, or page:support",
        ),
        Fault(WHO, 6, "a link to the page 'privacy', which is not there", "a page of the foot, or page:support"),
        Fault(
            "modules/pages/10-who-we-are.nl.md",
            7,
            "a link to the page 'privacy', which is not there",
            "a page of the foot, or page:support",
        ),
        Fault(
            "modules/pages/20-support.en.md",
            1,
            "the slug 'support'",
            "another one: it is the page of modules/support.yaml",
        ),
    ),
    Broken(
        "a translation of a step that is not there",
        copied("modules/02-sowing/02-watering.nl.md", "modules/02-sowing/04-wind.nl.md"),
        Fault(
            "modules/02-sowing/04-wind.nl.md", 1, "a translation of a step that is not there", "04-wind.en.md beside it"
        ),
    ),
    Broken(
        "two steps of one slug",
        copied("modules/02-sowing/02-watering", "modules/02-sowing/04-watering", *TEXTS),
        Fault(
            "modules/02-sowing/04-watering.en.md",
            1,
            "the slug 'watering' a second time",
            "another one (first: modules/02-sowing/02-watering.en.md)",
        ),
    ),
    Broken(
        "two steps of one number",
        renamed("modules/02-sowing/02-watering", "modules/02-sowing/01-watering", *TEXTS),
        Fault(
            "modules/02-sowing/01-watering.en.md",
            1,
            "the number 01 a second time",
            "another one (first: modules/02-sowing/01-from-seed-to-pot.en.md)",
        ),
    ),
    Broken(
        "a quiz whose name is no slug",
        copied("quizzes/ripe.yaml", "quizzes/Ripe or not.yaml"),
        Fault(
            "quizzes/Ripe or not.yaml",
            1,
            "the name 'Ripe or not'",
            "small letters, digits and single hyphens, such as 'first-step'",
        ),
    ),
    Broken(
        "a language twice",
        change(COURSE, "languages: [en, nl, ar]", "languages: [en, nl, ar, nl]"),
        Fault(COURSE, 2, "the language nl twice", "it once"),
    ),
    Broken(
        "no translation of a module",
        removed(LIGHT_NL),
        Fault(LIGHT_NL, 1, "no file", "a translation of modules/01-light/module.yaml"),
    ),
    Broken(
        "no translation of the glossary",
        removed(GLOSSARY_NL),
        Fault(GLOSSARY_NL, 1, "no file", "a translation of modules/glossary.yaml"),
    ),
    Broken(
        "no translation of the course",
        removed("modules/course.nl.yaml"),
        Fault("modules/course.nl.yaml", 1, "no file", "a translation of modules/course.yaml"),
    ),
    Broken(
        "no translation of a page",
        removed(PRIVACY_NL),
        Fault(PRIVACY, 1, "no translation in nl", "a file 20-privacy.nl.md beside it"),
    ),
    Broken(
        "no translation of a way around",
        removed("modules/01-light/around/pots-on-the-floor.nl.md"),
        Fault(FLOOR, 1, "no translation in nl", "a file pots-on-the-floor.nl.md beside it"),
    ),
    Broken(
        "no translation of a quiz",
        removed(SOWING_AR),
        Fault(SOWING_AR, 1, "no file", "a translation of quizzes/sowing.yaml"),
    ),
    Broken(
        "no translation of a step",
        removed(SUN_AR),
        Fault(SUN, 1, "no translation in ar", "a file 01-where-the-sun-is.ar.md beside it"),
    ),
    Broken(
        "a key called body",
        change(SUN, "minutes: 6", "minutes: 6\nbody: A plant lives on light."),
        Fault(SUN, 6, "the key 'body'", "the text below the second line `---`"),
    ),
    Broken(
        "a question that is no question",
        change(SOWING, "questions:\n", "questions:\n  - Why?\n"),
        Fault(SOWING, 4, "'Why?'", "a question's keys"),
    ),
    Broken(
        "an organisation without blanks",
        both(
            *(removed(f"modules/{page}{end}") for page in ("pages/10-who-we-are", "pages/20-privacy") for end in TEXTS),
            *(removed(f"modules/{file}{end}") for file in ("support", "organisation") for end in KEYS),
            *(written(f"modules/organisation{end}", "blanks: []") for end in KEYS),
        ),
        Fault(ORGANISATION, 1, "no blanks", "`blanks:` and a key for each"),
    ),
    Broken(
        "a term without keys",
        between(GLOSSARY, "  compost:", "  drainage:", "  compost: waste\n"),
        Fault(GLOSSARY, 5, "'waste'", "keys with their texts"),
    ),
    Broken(
        "a term that is not translated",
        change(GLOSSARY_NL, "  compost:", "  kompost:"),
        Fault(GLOSSARY_NL, 1, "no translation of 'compost'", "a key `compost:`"),
        Fault(GLOSSARY_NL, 6, "'kompost', which the source does not have", "'compost'"),
    ),
    Broken(
        "a missing explanation",
        change(SOWING, "        explanation: Birds find it there, and it dries out before it sprouts.\n", ""),
        Fault(SOWING, 10, "no explanation", "a line `explanation: ...`"),
    ),
    Broken(
        "a missing meaning",
        change(GLOSSARY, "    meaning: The way out for water, by a hole or a layer of pebbles.\n", ""),
        Fault(GLOSSARY, 8, "no meaning", "a line `meaning: ...`"),
    ),
    Broken(
        "a missing note",
        change(RAILING, "  note: Nobody", "  notes: Nobody"),
        Fault(RAILING, 6, "no note", "a line `note: ...`"),
        Fault(RAILING, 8, "the unknown key 'notes'", "'note'"),
    ),
    Broken(
        "a key of an option that nobody knows",
        change(SOWING, "explanation: Birds", "explaination: Birds\n        explanation: Birds"),
        Fault(SOWING, 12, "the unknown key 'explaination'", "'explanation'"),
    ),
    Broken(
        "a key of the course that nobody knows",
        change(COURSE, "title: A garden", "titles: two\ntitle: A garden"),
        Fault(COURSE, 3, "the unknown key 'titles'", "'title'"),
    ),
    Broken(
        "a key of an option that the program writes",
        change(SOWING, "explanation: Birds", "former: [a]\n        explanation: Birds"),
        Fault(SOWING, 12, "the key 'former', which the program writes itself", "no such key"),
    ),
    Broken(
        "a slug in the file of a step",
        change(SUN, "minutes: 6", "minutes: 6\nslug: sun"),
        Fault(SUN, 6, "the unknown key 'slug'", "no such key"),
    ),
    Broken(
        "languages that are no list",
        change(COURSE, "languages: [en, nl, ar]", "languages: english"),
        Fault(COURSE, 2, "'english' as languages", "a list (lines that begin with `- `)"),
    ),
    Broken(
        "a change of a kind that nobody knows",
        change(SUN, "kind: substance", "kind: big"),
        Fault(SUN, 12, "'big' as kind", "'typo' or 'substance'"),
    ),
    Broken(
        "a pass mark above all points",
        change(SOWING, "pass_mark: 60", "pass_mark: 160"),
        Fault(SOWING, 2, "'160' as pass_mark", "100 or less"),
    ),
    Broken(
        "a reason that is no text",
        change(
            RIPE,
            "negative-stem: The book asks it in these words, and the learner has just read them.",
            "negative-stem: [The book]",
        ),
        Fault(RIPE, 23, "a list as negative-stem", "a text"),
    ),
    Broken(
        "a missing key",
        change(SUN, "minutes: 6\n", ""),
        Fault(SUN, 2, "no minutes", "a line `minutes: ...`"),
    ),
    Broken(
        "a key that nobody knows",
        change(SUN, "minutes: 6", "minuts: 6\nminutes: 6"),
        Fault(SUN, 5, "the unknown key 'minuts'", "'minutes'"),
    ),
    Broken(
        "a key that the program writes",
        change(SUN, "minutes: 6", "minutes: 6\nrevision: a"),
        Fault(SUN, 6, "the key 'revision', which the program writes itself", "no such key"),
    ),
    Broken(
        "a list where a title should be",
        change(SUN, "title: Where the sun is", "title: [a]"),
        Fault(SUN, 3, "a list as title", "a text"),
    ),
    Broken(
        "nothing where a title should be",
        change(SUN, "title: Where the sun is", "title:"),
        Fault(SUN, 3, "nothing as title", "a text"),
    ),
    Broken(
        "a sign by a number that no sign has",
        change(LIGHT, "title: Light and place", r'title: "\UFFFFFFFF"'),
        Fault(LIGHT, 1, "no YAML (OverflowError)", "YAML"),
    ),
    Broken(
        "an empty title",
        change(SUN, "title: Where the sun is", 'title: ""'),
        Fault(SUN, 3, "an empty text as title", "a text"),
    ),
    Broken(
        "a title of spaces",
        change(SUN, "title: Where the sun is", 'title: "  "'),
        Fault(SUN, 3, "an empty title", "a text"),
    ),
    Broken(
        "a slug that is too long",
        change(SUPPORT, "slug: elsewhere", f"slug: {'elsewhere' * 8}"),
        Fault(
            "modules/support.ar.yaml",
            8,
            "no translation of 'elsewhereelsewhereelsewhereelsewhereelsewhereelsewhereelsew…'",
            ("a key `elsewhereelsewhereelsewhereelsewhereelsewhereelsewhereelsewhereelsewhere:` with its texts"),
        ),
        Fault("modules/support.ar.yaml", 14, "'elsewhere', which the source does not have", "'here'"),
        Fault(
            "modules/support.nl.yaml",
            8,
            "no translation of 'elsewhereelsewhereelsewhereelsewhereelsewhereelsewhereelsew…'",
            ("a key `elsewhereelsewhereelsewhereelsewhereelsewhereelsewhereelsewhereelsewhere:` with its texts"),
        ),
        Fault("modules/support.nl.yaml", 14, "'elsewhere', which the source does not have", "'here'"),
        Fault(
            SUPPORT,
            24,
            "'elsewhereelsewhereelsewhereelsewhereelsewhereelsewhereelsew…' as slug",
            "at most 60 characters",
        ),
    ),
    Broken(
        "a slug in capitals",
        change(LIGHT, "slug: weight", "slug: Weight"),
        Fault(LIGHT_AR, 4, "no translation of 'Weight'", "a key `Weight:` with its texts"),
        Fault(LIGHT_AR, 6, "'weight', which the source does not have", "'Weight'"),
        Fault(LIGHT_NL, 4, "no translation of 'Weight'", "a key `Weight:` with its texts"),
        Fault(LIGHT_NL, 6, "'weight', which the source does not have", "'Weight'"),
        Fault(LIGHT, 6, "'Weight' as slug", "small letters, digits and single hyphens, such as 'first-step'"),
    ),
    Broken(
        "a phone number in words",
        change(SUPPORT, "phone: 0800 012 34 56", "phone: call us"),
        Fault(
            SUPPORT,
            13,
            "'call us' as phone",
            "digits, with spaces, hyphens or brackets between them: '+31 20 123 45 67'",
        ),
    ),
    Broken(
        "minutes in words",
        change(SUN, "minutes: 6", "minutes: six"),
        Fault(SUN, 5, "'six' as minutes", "a whole number"),
    ),
    Broken(
        "a list of minutes",
        change(SUN, "minutes: 6", "minutes: [6]"),
        Fault(SUN, 5, "a list as minutes", "a whole number"),
    ),
    Broken(
        "minutes of five thousand digits",
        change(SUN, "minutes: 6", f"minutes: {'6' * 5000}"),
        Fault(SUN, 5, "'66666666666666666666666666666666666666666666666666666666666…' as minutes", "a whole number"),
    ),
    Broken(
        "no minutes at all",
        change(SUN, "minutes: 6", "minutes: 0"),
        Fault(SUN, 5, "'0' as minutes", "1 or more"),
    ),
    Broken(
        "too many minutes",
        change(SUN, "minutes: 6", "minutes: 600"),
        Fault(SUN, 5, "'600' as minutes", "120 or less"),
    ),
    Broken(
        "perhaps right",
        change(
            SOWING,
            "explanation: It stretches towards the little light that there is.\n        correct: true",
            "explanation: It stretches towards the little light that there is.\n        correct: perhaps",
        ),
        Fault(SOWING, 29, "'perhaps' as correct", "true or false"),
    ),
    Broken(
        "a list of rights",
        change(
            SOWING,
            "explanation: It stretches towards the little light that there is.\n        correct: true",
            "explanation: It stretches towards the little light that there is.\n        correct: [true]",
        ),
        Fault(SOWING, 29, "a list as correct", "true or false"),
    ),
    Broken(
        "an order that nobody knows",
        change(SOWING_MODULE, "order: fixed", "order: strict"),
        Fault(SOWING_MODULE, 10, "'strict' as order", "'free' or 'fixed'"),
    ),
    Broken(
        "forms that are no list",
        change(SOWING, "forms: [seed, a seed]", "forms: seed"),
        Fault(SOWING, 116, "'seed' as forms", "a list (lines that begin with `- `)"),
    ),
    Broken(
        "renames that are no keys",
        change(COURSE, "  modules: {02-seeds: 02-sowing}", "  modules: 02-sowing"),
        Fault(COURSE, 14, "'02-sowing' as modules", "keys with their values"),
    ),
    Broken(
        "retired things that are no keys",
        change(COURSE, "retired:\n  steps: [03-harvest/to-freeze]", "retired: 03-harvest/to-freeze"),
        Fault(COURSE, 19, "'03-harvest/to-freeze' as retired", "keys with their values"),
    ),
    Broken(
        "a care that is no keys",
        between(RAILING, "care:", "---", "care: pots-on-the-floor\n"),
        Fault(RAILING, 6, "'pots-on-the-floor' as care", "keys with their values"),
        Fault(FLOOR, 1, "a way around that no step names", "`around: pots-on-the-floor` under the `care` of a step"),
    ),
    Broken(
        "no outcomes",
        between(HARVEST, "outcomes:", "audience:", "outcomes: []\n"),
        Fault(HARVEST, 3, "0 as outcomes", "at least 1"),
    ),
    Broken(
        "a day in words",
        change(SUN, "on: 2026-09-14", "on: in September"),
        Fault(SUN, 8, "'in September' as on", "a day such as 2026-11-20"),
    ),
    Broken(
        "a moment where a day should be",
        change(SUN, "on: 2026-09-14", "on: 2026-09-14T12:00"),
        Fault(SUN, 8, "'2026-09-14T12:00' as on", "a day such as 2026-11-20"),
    ),
    Broken(
        "a number where a day should be",
        change(SUPPORT, "checked: 2026-11-01", "checked: 0"),
        Fault(SUPPORT, 17, "'0' as checked", "a day such as 2026-11-20"),
    ),
    Broken(
        "a contact that was looked up on a day to come",
        change(SUPPORT, "checked: 2026-11-01", "checked: 2996-11-01"),
        Fault(SUPPORT, 17, "'2996-11-01' as checked", "a day that has come"),
    ),
    Broken(
        "a list where a day should be",
        change(SUN, "on: 2026-09-14", "on: [2026]"),
        Fault(SUN, 8, "a list as on", "a day such as 2026-11-20"),
    ),
    Broken(
        "half an address",
        change(READ_ON, "https://example.org/seeds", "example.org/seeds"),
        Fault(READ_ON, 9, "'example.org/seeds' as url", "a whole address, such as https://example.org/page"),
    ),
    Broken(
        "an address of files",
        change(READ_ON, "https://example.org/seeds", "ftp://example.org/seeds"),
        Fault(READ_ON, 9, "'ftp://example.org/seeds' as url", "an address that begins with https://"),
    ),
    Broken(
        "an address without an end",
        change(READ_ON, "https://example.org/seeds", f"https://example.org/{'s' * 3000}"),
        Fault(READ_ON, 9, "'https://example.org/sssssssssssssssssssssssssssssssssssssss…' as url", "a shorter address"),
    ),
    Broken(
        "a list where an address should be",
        change(READ_ON, "https://example.org/seeds", "[seeds]"),
        Fault(READ_ON, 9, "a list as url", "a whole address, such as https://example.org/page"),
    ),
    Broken(
        "keys where a text should be",
        change(SOWING, "text: Put the work in order.", "text: {a: b}"),
        Fault(SOWING, 90, "a list of keys as text", "a text"),
    ),
    Broken(
        "a share of nothing",
        recipe(water="0"),
        Fault(RIPE, 68, "'0' as water", "more than 0.0"),
    ),
    Broken(
        "a share of more than all",
        recipe(water="2"),
        Fault(RIPE, 68, "'2' as water", "less than 1.0"),
    ),
    Broken(
        "a share in words",
        recipe(water="half"),
        Fault(RIPE, 68, "'half' as water", "a number"),
    ),
    Broken(
        "a list of shares",
        recipe(water="[0.5]"),
        Fault(RIPE, 68, "a list as water", "a number"),
    ),
    Broken(
        "bags that are no list",
        recipe(bags="soil"),
        Fault(RIPE, 69, "'soil' as bags", "a list (lines that begin with `- `)"),
    ),
    Broken(
        "too many bags",
        recipe(bags="[soil, sand, bark]"),
        Fault(RIPE, 69, "3 as bags", "at most 2"),
    ),
    Broken(
        "a list of texts that is too short in a translation",
        recipe(steps="[gieten]"),
        Fault(RIPE_NL, 55, "1 steps", "2, as in quizzes/ripe.yaml:70"),
    ),
    Broken(
        "no kind of step",
        change(SUN, "kind: read\n", ""),
        Fault(SUN, 2, "no kind of step", "read, reflect, quiz or resources"),
    ),
    Broken(
        "a kind of question that nobody knows",
        change(SOWING, "kind: ordering", "kind: order"),
        Fault(SOWING, 88, "the unknown kind of question 'order'", "'ordering'"),
    ),
    Broken(
        "a term that the source does not have",
        change(GLOSSARY_NL, "terms:\n", "terms:\n  mulch:\n    term: mulch\n"),
        Fault(GLOSSARY_NL, 2, "'mulch', which the source does not have", "seedling, compost or drainage"),
    ),
    Broken(
        "two options of one slug",
        change(SOWING, "slug: deep", "slug: twice"),
        Fault(SOWING_AR, 15, "'deep', which the source does not have", "surface, twice or twice"),
        Fault(SOWING_NL, 15, "'deep', which the source does not have", "surface, twice or twice"),
        Fault(SOWING, 17, "the slug 'twice' a second time", "another one (line 13)"),
    ),
    Broken(
        "two questions of one slug",
        change(RIPE, "slug: best", "slug: basil"),
        Fault(RIPE_AR, 40, "'best', which the source does not have", "basil, keep or tomato"),
        Fault(RIPE_NL, 40, "'best', which the source does not have", "basil, keep or tomato"),
        Fault(RIPE, 50, "the slug 'basil' a second time", "another one (line 37)"),
    ),
    Broken(
        "a page without a text",
        cut(PRIVACY, "## What is kept"),
        Fault(PRIVACY, 2, "no text", "something to read"),
    ),
    Broken(
        "a page whose translation has no text",
        cut(PRIVACY_NL, "## Wat er bewaard wordt"),
        Fault(PRIVACY_NL, 2, "no text", "a translation of the text"),
        Fault(PRIVACY_NL, 6, "no {{name}}", "it in the translation of modules/pages/20-privacy.en.md"),
    ),
    Broken(
        "a support page without a text",
        between(SUPPORT, "body: |", "countries:", 'body: ""\n'),
        Fault(SUPPORT, 1, "no text", "something to read"),
    ),
    Broken(
        "a way around without a text",
        cut(FLOOR, "You can do without"),
        Fault(FLOOR, 2, "no text", "something to read"),
    ),
    Broken(
        "a text to read without a text",
        cut(WATERING, "Put a finger"),
        Fault("modules/02-sowing/02-watering.ar.md", 6, "body, which the source does not have", "no such key"),
        Fault(
            WATERING,
            2,
            "a text that changed since it was published (142d6c1bce became 21909d1974)",
            "a new line at the end of `changes`: {on: a day, kind: typo or substance, what: ...}",
        ),
        Fault(WATERING, 2, "no text", "something to read"),
        Fault("modules/02-sowing/02-watering.nl.md", 6, "body, which the source does not have", "no such key"),
    ),
    Broken(
        "an address twice",
        change(READ_ON, "https://example.com/club", "https://example.org/seeds"),
        Fault(
            READ_ON,
            2,
            "a text that changed since it was published (c8cec2d2ea became bf6ed6988d)",
            "a new line at the end of `changes`: {on: a day, kind: typo or substance, what: ...}",
        ),
        Fault(READ_ON, 2, "https://example.org/seeds twice", "each address once"),
    ),
    Broken(
        "one pair",
        between(SOWING, "      - slug: mint", "  - slug: in-order"),
        Fault(SOWING_AR, 72, "'mint', which the source does not have", "tomato"),
        Fault(SOWING_NL, 72, "'mint', which the source does not have", "tomato"),
        Fault(SOWING, 66, "1 pair(s)", "at least two"),
    ),
    Broken(
        "one target",
        both(between(SOWING, "      - slug: east", "    pairs:"), change(SOWING, "target: north", "target: south")),
        Fault(SOWING_AR, 64, "'east', which the source does not have", "south"),
        Fault(SOWING_AR, 66, "'north', which the source does not have", "'south'"),
        Fault(SOWING_NL, 64, "'east', which the source does not have", "south"),
        Fault(SOWING_NL, 66, "'north', which the source does not have", "'south'"),
        Fault(SOWING, 66, "1 target(s)", "at least two"),
    ),
    Broken(
        "a pair with a target that is not there",
        change(SOWING, "target: south", "target: suoth"),
        Fault(SOWING, 66, "tomato belongs to suoth, which is no target", "one of east, north, south"),
    ),
    Broken(
        "two options of several",
        between(SOWING, "      - slug: saucer", "  - slug: calendar"),
        Fault(SOWING_AR, 43, "'saucer', which the source does not have", "hole or pebbles"),
        Fault(SOWING_NL, 43, "'saucer', which the source does not have", "hole or pebbles"),
        Fault(SOWING, 36, "2 option(s)", "at least three"),
        Fault(SOWING, 36, "no wrong option", "at least one"),
    ),
    Broken(
        "no right option of several",
        both(
            change(SOWING, "surest.\n        correct: true", "surest."),
            change(SOWING, "finds room.\n        correct: true", "finds room."),
        ),
        Fault(SOWING, 36, "no right option", "at least one"),
    ),
    Broken(
        "two things to put in order",
        between(SOWING, "      - slug: cover", "  - slug: young"),
        Fault(SOWING_AR, 86, "'cover', which the source does not have", "fill or sow"),
        Fault(SOWING_AR, 89, "'water', which the source does not have", "fill or sow"),
        Fault(SOWING_NL, 86, "'cover', which the source does not have", "fill or sow"),
        Fault(SOWING_NL, 89, "'water', which the source does not have", "fill or sow"),
        Fault(SOWING, 87, "2 option(s)", "at least three"),
    ),
    Broken(
        "no right word",
        change(SOWING, "two leaves.\n        correct: true", "two leaves."),
        Fault(SOWING, 105, "no right answer", "at least one"),
    ),
    Broken(
        "a word without letters",
        change(SOWING, "forms: [seed, a seed]", 'forms: [seed, "?"]'),
        Fault(SOWING, 105, "seed has a form without a letter or digit", "words"),
    ),
    Broken(
        "a word under two answers",
        change(SOWING, "forms: [seed, a seed]", "forms: [seed, a Seedling]"),
        Fault(SOWING, 105, "'a Seedling' stands under seedling and seed", "one of them"),
    ),
    Broken(
        "a word under two answers in a translation",
        change(SOWING_NL, "forms: [zaad, zaadje, een zaadje]", "forms: [zaad, Zaailing]"),
        Fault(SOWING_NL, 92, "'Zaailing' stands under seedling and seed", "one of them"),
    ),
    Broken(
        "one option",
        between(RIPE, "      - slug: size", "      - slug: stem"),
        Fault(RIPE_AR, 9, "'size', which the source does not have", "stem"),
        Fault(RIPE_NL, 9, "'size', which the source does not have", "stem"),
        Fault(RIPE, 6, "1 option(s)", "at least two"),
    ),
    Broken(
        "two right options",
        change(SOWING, "sprouts.\n", "sprouts.\n        correct: true\n"),
        Fault(SOWING, 4, "2 right options", "exactly one"),
    ),
    Broken(
        "a statement with other slugs",
        change(
            RIPE,
            '- slug: "true"\n        text: That is so\n        explanation: So it',
            "- slug: yes\n        text: That is so\n        explanation: So it",
        ),
        Fault(RIPE_AR, 33, "no translation of 'yes'", "a key `yes:` with its texts"),
        Fault(RIPE_AR, 34, "'true', which the source does not have", "yes or false"),
        Fault(RIPE_NL, 33, "no translation of 'yes'", "a key `yes:` with its texts"),
        Fault(RIPE_NL, 34, "'true', which the source does not have", "yes or false"),
        Fault(RIPE, 37, "the options yes, false", "true and false, in that order"),
    ),
    Broken(
        "a statement that is true and false",
        change(
            RIPE,
            "explanation: After its flowers the leaves turn bitter.",
            "explanation: After its flowers the leaves turn bitter.\n        correct: true",
        ),
        Fault(RIPE, 37, "2 right options", "exactly one"),
    ),
    Broken(
        "a question that is not translated",
        change(SOWING_NL, "  young:", "  jong:"),
        Fault(SOWING_NL, 3, "no translation of 'young'", "a key `young:`"),
        Fault(SOWING_NL, 92, "'jong', which the source does not have", "'young'"),
    ),
    Broken(
        "a translation of a question without keys",
        change(RIPE_NL, "  best:\n", "  best: De zaden van elke plant.\n  worst:\n"),
        Fault(RIPE_NL, 40, "'De zaden van elke plant.'", "keys with their texts"),
        Fault(RIPE_NL, 41, "'worst', which the source does not have", "basil, best, keep or tomato"),
    ),
    Broken(
        "a step with a quiz that is not there",
        change(CHECK_RIPE, "quiz: ripe", "quiz: riper"),
        Fault(CHECK_RIPE, 6, "the quiz 'riper', which is not there", "'ripe'"),
        Fault(RIPE, 1, "a quiz that no step uses", "a step with `quiz: ripe`"),
    ),
    Broken(
        "a translation that names no revision",
        without_line(LIGHT_NL, "translates"),
        Fault(LIGHT_NL, 1, "no revision that this translates (the module 01-light)", "`translates: cfc93c267c`"),
    ),
    Broken(
        "a translation that is older than its source",
        change(LIGHT, "Look before you buy anything.", "Look before you buy."),
        Fault(
            LIGHT_AR,
            1,
            "a translation of 'cfc93c267c', which is older than its source (the module 01-light)",
            (
                "`translates: 7e32c369c6` once it is brought up to date (what changed: git log -p -- "
                "modules/01-light/module.yaml)"
            ),
        ),
        Fault(
            LIGHT_NL,
            1,
            "a translation of 'cfc93c267c', which is older than its source (the module 01-light)",
            (
                "`translates: 7e32c369c6` once it is brought up to date (what changed: git log -p -- "
                "modules/01-light/module.yaml)"
            ),
        ),
    ),
    Broken(
        "an option translated by a text alone",
        between(RIPE_NL, "      size:", "      stem:", "      size: Kleine soorten blijven klein.\n"),
        Fault(RIPE_NL, 9, "'Kleine soorten blijven klein.'", "keys with their texts"),
    ),
    Broken(
        "a text that is not translated",
        change(SUN_NL, "lead: Voordat je een pot kiest, kies je er een plaats voor.\n", ""),
        Fault(SUN_NL, 2, "no lead", "a translation of lead (modules/01-light/01-where-the-sun-is.en.md:4)"),
    ),
    Broken(
        "a text that the source does not have",
        change(BALCONY_NL, "title: Je eigen balkon", "title: Je eigen balkon\nlead: Extra."),
        Fault(BALCONY_NL, 4, "lead, which the source does not have", "no such key"),
    ),
    Broken(
        "a list where a translation has keys by place",
        change(
            SUN_NL,
            "changes:\n  1:\n    what: Een komma kwam terug.\n  2:\n    what: Een balkon",
            "changes:\n  - what: Een komma kwam terug.\n  - what: Een balkon",
        ),
        Fault(SUN_NL, 6, "a list", "keys by position (1, 2, ...)"),
    ),
    Broken(
        "a list where a translation has keys by slug",
        between(HARVEST_NL, "outcomes:", "audience:", "outcomes:\n  - Je ziet wanneer iets rijp is.\n"),
        Fault(HARVEST_NL, 4, "a list", "keys by slug"),
    ),
    Broken(
        "an option that the source does not have",
        change(RIPE_NL, "      stem:", "      steel:"),
        Fault(RIPE_NL, 8, "no translation of 'stem'", "a key `stem:` with its texts"),
        Fault(RIPE_NL, 12, "'steel', which the source does not have", "'stem'"),
    ),
    Broken(
        "structure in a translation",
        change(SUN_NL, "title: Waar", "minutes: 6\ntitle: Waar"),
        Fault(
            SUN_NL, 3, "the key 'minutes', which is structure", "it in the source file only: a translation holds texts"
        ),
    ),
    Broken(
        "the kind of a step in its translation",
        change(SUN_NL, "title: Waar", "kind: read\ntitle: Waar"),
        Fault(SUN_NL, 3, "the key 'kind', which is structure", "it in the source file only: a translation holds texts"),
    ),
    Broken(
        "a right option in a translation",
        change(
            RIPE_NL,
            "        text: of hij vanzelf loslaat",
            "        correct: true\n        text: of hij vanzelf loslaat",
        ),
        Fault(
            RIPE_NL,
            13,
            "the key 'correct', which is structure",
            "it in the source file only: a translation holds texts",
        ),
    ),
    Broken(
        "an outcome in the translation of a question",
        change(RIPE_NL, "    text: Waar let je op", "    outcome: ripe\n    text: Waar let je op"),
        Fault(
            RIPE_NL, 6, "the key 'outcome', which is structure", "it in the source file only: a translation holds texts"
        ),
    ),
    Broken(
        "a way around in a translation",
        change("modules/01-light/03-at-the-railing.nl.md", "  note: Er", "  around: pots-on-the-floor\n  note: Er"),
        Fault(
            "modules/01-light/03-at-the-railing.nl.md",
            7,
            "the key 'around', which is structure",
            "it in the source file only: a translation holds texts",
        ),
    ),
    Broken(
        "a link in a translation to a step by a slug of its own",
        change(SUN_NL, "step:your-balcony", "step:je-balkon"),
        Fault(
            SUN_NL,
            44,
            "a link to the step 'je-balkon', which is not there",
            "a step of this module, or step:module/step",
        ),
    ),
    Broken(
        "a blank in a title",
        change(PRIVACY, "title: Privacy", "title: Privacy at {{name}}"),
        Fault(PRIVACY, 2, "the blank {{name}}, which nothing fills in here", "it in the text of a page"),
    ),
    Broken(
        "a contact that nobody can reach",
        change(SUPPORT, "        url: https://desk.example.org/\n", ""),
        Fault(SUPPORT, 18, "no phone and no url", "one of them, or both"),
    ),
    Broken(
        "two contacts of one slug",
        change(SUPPORT, "slug: desk", "slug: garden-line"),
        Fault("modules/support.ar.yaml", 13, "'desk', which the source does not have", "garden-line or garden-line"),
        Fault("modules/support.nl.yaml", 13, "'desk', which the source does not have", "garden-line or garden-line"),
        Fault(SUPPORT, 18, "the slug 'garden-line' a second time", "another one (line 11)"),
    ),
    Broken(
        "a blank that a translation leaves out",
        change(PRIVACY_NL, "gooit {{name}} het weg", "gaat het weg"),
        Fault(PRIVACY_NL, 5, "no {{name}}", "it in the translation of modules/pages/20-privacy.en.md"),
    ),
    Broken(
        "a blank that only a translation has",
        change(PRIVACY_NL, "Je naam, je mailadres", "Je naam, {{mail}}"),
        Fault(PRIVACY_NL, 5, "{{mail}}, which the source does not have", "no such blank"),
    ),
    Broken(
        "a blank that is not there",
        change(WHO, "{{mail}}", "{{male}}"),
        Fault(ORGANISATION, 3, "a blank that no page shows", "{{mail}} in the text of a page"),
        Fault("modules/pages/10-who-we-are.ar.md", 6, "{{mail}}, which the source does not have", "no such blank"),
        Fault(WHO, 5, "the blank 'male', which is not there", "'mail'"),
        Fault("modules/pages/10-who-we-are.nl.md", 6, "{{mail}}, which the source does not have", "no such blank"),
    ),
    Broken(
        "a blank that no page shows",
        change(ORGANISATION, "blanks:\n", "blanks:\n  colour: {ask: your colour}\n"),
        Fault("modules/organisation.ar.yaml", 1, "no translation of 'colour'", "a key `colour:`"),
        Fault("modules/organisation.nl.yaml", 1, "no translation of 'colour'", "a key `colour:`"),
        Fault(ORGANISATION, 2, "a blank that no page shows", "{{colour}} in the text of a page"),
    ),
    Broken(
        "a blank in a step",
        change(WATERING, "the first joint.", "the first joint, says {{name}}."),
        Fault(WATERING, 7, "the blank {{name}}, which nothing fills in here", "it in the text of a page"),
    ),
    Broken(
        "a blank in a heading",
        change(PRIVACY, "## For how long", "## For how long {{name}} keeps it"),
        Fault(PRIVACY, 8, "a blank in a heading", "it in the text below: links lead to a heading's words"),
    ),
    Broken(
        "a blank in the title of a note",
        change(PRIVACY, "## For how long", "::: fold {{name}}\nNothing.\n:::\n\n## For how long"),
        Fault(PRIVACY, 8, "a blank in the title of a fold", "it in the text below"),
    ),
    Broken(
        "a blank as an address",
        change(WHO, "look at {{site}}", "look at [our site]({{site}})"),
        Fault(WHO, 5, "a link to '{{site}}'", "the blank alone: what is an address becomes a link by itself"),
    ),
    Broken(
        "two paragraphs in a question",
        change(SOWING, "    text: Put the work in order.", "    text: |-\n      Put the work\n\n      in order."),
        Fault(SOWING, 91, "several paragraphs", "one paragraph"),
    ),
    Broken(
        "a heading of level 1",
        change(SUN, "## Count the hours", "# Count the hours"),
        Fault(SUN, 17, "a heading of level 1 (#)", "level 2 (##): the title stands among the keys"),
    ),
    Broken(
        "a heading that skips a level",
        change(SUN, "### What throws a shadow", "#### What throws a shadow"),
        Fault(SUN, 29, "a heading of level 4 after level 2", "level 3 at most"),
    ),
    Broken(
        "a heading without words",
        change(SEED, "## What comes up", "##"),
        Fault(SEED, 14, "a heading without words", "words"),
    ),
    Broken(
        "a callout without a title",
        change(SUN, "::: callout With a phone", "::: callout"),
        Fault(SUN, 39, "a callout without a title", "`::: callout Title`"),
    ),
    Broken(
        "a fold without an end",
        change(SUN, "still have time to sow.\n:::", "still have time to sow."),
        Fault(SUN, 43, "a fold without an end", "a line `:::` after it"),
    ),
    Broken(
        "a callout with a slip of the pen",
        change(SEED, "::: callout On", "::: calout On"),
        Fault(
            SEED, 18, "'::: calout On the window sill'", "`::: callout Title` or `::: fold Title`, and `:::` after it"
        ),
    ),
    Broken(
        "a footnote without a text",
        change(SUN, "[^1]: Six", "Six"),
        Fault(SUN, 15, "[^1], a footnote without a text", "a line `[^1]: ...` below"),
    ),
    Broken(
        "a footnote that nothing refers to",
        change(SUN, "come later.[^1]", "come later."),
        Fault(SUN, 51, "the footnote '1', to which nothing refers", "[^1] in the text"),
    ),
    Broken(
        "a link to a file",
        change(SUN, "https://example.org/light", "light.html"),
        Fault(
            SUN,
            49,
            "a link to 'light.html'",
            "https://..., step:module/step, step:step, term:word, page:slug or #section",
        ),
    ),
    Broken(
        "a link to a heading that is not there",
        change(SUN, "#count-the-hours", "#count-hours"),
        Fault(SUN, 47, "a link to '#count-hours', which is no heading here", "'count-the-hours'"),
    ),
    Broken(
        "a link to a term that is not there",
        change(WATERING, "term:drainage", "term:drain"),
        Fault(WATERING, 10, "the term 'drain', which the glossary lacks", "'drainage'"),
    ),
    Broken(
        "a link to a page that is not there",
        change(WATERING, "[drainage](term:drainage)", "[drainage](page:drainage)"),
        Fault(WATERING, 10, "a link to the page 'drainage', which is not there", "a page of the foot, or page:support"),
    ),
    Broken(
        "a link to a step that is not there",
        change(SUN, "step:your-balcony", "step:your-balkony"),
        Fault(SUN, 47, "a link to the step 'your-balkony', which is not there", "'your-balcony'"),
    ),
    Broken(
        "a link to a step of another module that is not there",
        change(SUN, "step:your-balcony", "step:02-sowing/sun"),
        Fault(SUN, 47, "a link to the step '02-sowing/sun', which is not there", "'02-sowing/watering'"),
    ),
    Broken(
        "a link from outside a module to a step by its slug alone",
        change(COURSE, "Its people are invented", "Its [people](step:watering) are invented"),
        Fault(COURSE, 6, "a link to the step 'watering' from outside its module", "step:module/step"),
    ),
    Broken(
        "a picture without words",
        between(SUN, "![A balcony", "](img", "!["),
        Fault(SUN, 27, "the picture 'img/sun.svg' without alternative text", "`![what it shows](...)`"),
    ),
    Broken(
        "a picture that is not there",
        change(SUN, "img/sun.svg", "img/moon.svg"),
        Fault(
            SUN,
            27,
            "the picture 'img/moon.svg', which is not there",
            "a file img/name.svg (or png, jpg, webp) in the module's folder, its name in small letters",
        ),
    ),
    Broken(
        "a quiz that no step uses",
        copied("quizzes/ripe", "quizzes/riper", *KEYS),
        Fault("quizzes/riper.yaml", 1, "a quiz that no step uses", "a step with `quiz: riper`"),
    ),
    Broken(
        "a way around that no step names",
        copied("modules/01-light/around/pots-on-the-floor", "modules/01-light/around/the-floor", *TEXTS),
        Fault(
            "modules/01-light/around/the-floor.en.md",
            1,
            "a way around that no step names",
            "`around: the-floor` under the `care` of a step",
        ),
    ),
    Broken(
        "a way around that is not there",
        change(RAILING, "around: pots-on-the-floor", "around: pots-on-floor"),
        Fault(RAILING, 9, "the way around 'pots-on-floor', which is not there", "'pots-on-the-floor'"),
        Fault(FLOOR, 1, "a way around that no step names", "`around: pots-on-the-floor` under the `care` of a step"),
    ),
    Broken(
        "minutes that do not add up",
        change(LIGHT, "minutes: 18", "minutes: 20"),
        Fault(LIGHT, 9, "20 minutes", "18, the sum of its steps"),
    ),
    Broken(
        "a change above an older one",
        change(SUN, "on: 2026-10-05", "on: 2026-09-05"),
        Fault(SUN, 11, "a change of 2026-09-05 below one of 2026-09-14", "the newest one last"),
    ),
    Broken(
        "a change that is gone",
        both(
            between(SUN, "  - on: 2026-10-05", "---"),
            between(SUN_NL, "  2:\n", "---"),
            between(SUN_AR, "  2:\n", "---"),
        ),
        Fault(SUN, 7, "1 changes where 2 were published", "the lines that are gone"),
    ),
    Broken(
        "a text that changed without saying so",
        change(WATERING, "as deep as the first joint", "as deep as the second joint"),
        Fault(
            WATERING,
            2,
            "a text that changed since it was published (142d6c1bce became c56ddcd390)",
            "a new line at the end of `changes`: {on: a day, kind: typo or substance, what: ...}",
        ),
    ),
    Broken(
        "a rename in a circle",
        change(
            COURSE,
            "{01-light/sun: 01-light/where-the-sun-is}",
            "{01-light/sun: 01-light/moon, 01-light/moon: 01-light/sun}",
        ),
        Fault(COURSE, 15, "'01-light/moon', whose renames lead back to it", "one way"),
        Fault(COURSE, 15, "'01-light/sun', whose renames lead back to it", "one way"),
    ),
    Broken(
        "a thing that is renamed and still there",
        change(
            COURSE,
            "{01-light/sun: 01-light/where-the-sun-is}",
            "{01-light/sun: 01-light/where-the-sun-is, 01-light/your-balcony: 01-light/at-the-railing}",
        ),
        Fault(COURSE, 15, "'01-light/your-balcony' renamed and still there", "one of its two names"),
    ),
    Broken(
        "a rename to what is not there",
        change(COURSE, "{seeds: sowing}", "{seeds: sewing}"),
        Fault(COURSE, 16, "'seeds' renamed to 'sewing', which is not there", "'sowing'"),
    ),
    Broken(
        "an option renamed to one of another question",
        change(COURSE, "{sowing/depth/two: sowing/depth/twice}", "{sowing/depth/two: sowing/pale/light}"),
        Fault(
            COURSE,
            18,
            "'sowing/depth/two' moved to 'sowing/pale/light'",
            "its own quiz and question: answers stay where they were given",
        ),
    ),
    Broken(
        "a step that is retired and still there",
        change(COURSE, "[03-harvest/to-freeze]", "[03-harvest/to-freeze, 03-harvest/read-on]"),
        Fault(COURSE, 20, "'03-harvest/read-on' retired and still there", "another slug for what is new"),
    ),
    Broken(
        "a step that was published and is gone",
        change(COURSE, "retired:\n  steps: [03-harvest/to-freeze]\n", ""),
        Fault(
            "modules/published.yaml",
            35,
            "'03-harvest/to-freeze', which was published and is gone",
            "it under `renamed` or `retired`, `steps`, in modules/course.yaml",
        ),
    ),
    Broken(
        "an explanation that is no sentence",
        change(SOWING, "It stretches towards the little light that there is.", "Too dark"),
        Fault(
            SOWING, 28, "'Too dark' as explanation", "a sentence: 4 words or more, and a full stop (rule no-sentence)"
        ),
    ),
    Broken(
        "an explanation that only repeats its option",
        change(
            SOWING_NL,
            "Hij heeft zijn voedsel op voordat hij bij het licht is.",
            "Dat is niet juist, want 10 cm of meer staat stevig.",
        ),
        Fault(
            SOWING_NL,
            17,
            "an explanation that only repeats its option",
            "why it is right, or why not (rule repeats-option)",
        ),
    ),
    Broken(
        "all of the above",
        change(SOWING_AR, "        text: حفنة من السماد العضوي", "        text: كل ما سبق"),
        Fault(SOWING_AR, 30, "'كل ما سبق'", "an option that says itself what it means (rule all-of-the-above)"),
    ),
    Broken(
        "a question turned around without emphasis",
        change(RIPE_NL, "text: Waar let je op om", "text: Waar let je niet op om"),
        Fault(
            RIPE_NL,
            6,
            "'niet' in what is asked, without emphasis",
            "it with emphasis (**niet**), or a question without it (rule negative-stem)",
        ),
    ),
    Broken(
        "right options that are the longest",
        both(
            change(SOWING, "text: about 2 cm deep", "text: about 2 cm deep, which is twice as deep as it is thick"),
            change(SOWING, "text: a lighter spot", "text: a spot with more light, closer to the window"),
        ),
        Fault(
            SOWING,
            3,
            "the right option as the longest in 2 of 2 questions (depth, pale)",
            "1 at most (rule right-is-longest)",
        ),
    ),
    Broken(
        "right options in one place",
        both(
            change(SOWING, "light that there is.\n        correct: true", "light that there is."),
            change(SOWING, "closer to the window.\n", "closer to the window.\n        correct: true\n"),
        ),
        Fault(
            SOWING,
            3,
            "the right option 0, 2 and 0 times in places 1 to 3",
            "0 to 1, 0 to 1 and 0 to 1 times (rule right-place)",
        ),
    ),
    Broken(
        "a question without an outcome",
        change(SOWING, "    outcome: sow\n    text: Put", "    text: Put"),
        Fault(SOWING, 87, "a question without an outcome", "`outcome:` and the slug of one (rule no-outcome)"),
    ),
    Broken(
        "an outcome that the module does not have",
        change(SOWING, "    outcome: sow\n    text: Put", "    outcome: sew\n    text: Put"),
        Fault(SOWING, 89, "'sew', which is no outcome of the module", "'sow'"),
    ),
    Broken(
        "a rule allowed that nobody knows",
        both(
            change(RIPE, "negative-stem: The", "negative-steam: The"),
            change(RIPE, "is not a good one", "is **not** a good one"),
        ),
        Fault(RIPE, 23, "the unknown rule 'negative-steam'", "'negative-stem'"),
    ),
    Broken(
        "a rule allowed without a reason",
        change(
            RIPE,
            "negative-stem: The book asks it in these words, and the learner has just read them.",
            'negative-stem: " "',
        ),
        Fault(RIPE, 23, "negative-stem allowed without a reason", "the reason, in words"),
    ),
    Broken(
        "a rule allowed with an empty reason",
        change(
            RIPE,
            "negative-stem: The book asks it in these words, and the learner has just read them.",
            'negative-stem: ""',
        ),
        Fault(RIPE, 23, "an empty text as negative-stem", "a text"),
    ),
    Broken(
        "a rule allowed where it says nothing",
        change(RIPE, "is not a good one", "is **not** a good one"),
        Fault(RIPE, 23, "negative-stem allowed where nothing asks for it", "no such key"),
    ),
)
