"""Every fault that the check knows: made in a copy of the small course, and reported with its file, line and words."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from tests.course_folder import Folder

COURSE = "modules/course.yaml"
MODULE = "modules/01-map/module.yaml"
STEP = "modules/01-map/01-signs.en.md"
STEP_NL = "modules/01-map/01-signs.nl.md"
READ_ON = "modules/01-map/04-read-on.en.md"
QUIZ = "quizzes/map-signs.yaml"
QUIZ_NL = "quizzes/map-signs.nl.yaml"

Spoil = tuple[str, str, str]
"""A file, what stands there once, and what stands there instead."""


def test_the_small_course_has_no_faults(folder: Folder) -> None:
    assert folder.faults() == []


KEYS: list[tuple[Spoil, str]] = [
    (
        (STEP, "minutes: 5\n", "minutes: 5\nminuts: 6\n"),
        f"{STEP}:6: found the unknown key 'minuts', hoped for 'minutes'",
    ),
    (
        (QUIZ, "        explanation: There is one", "        explaination: x\n        explanation: There is one"),
        f"{QUIZ}:18: found the unknown key 'explaination', hoped for 'explanation'",
    ),
    ((STEP, "minutes: 5\n", ""), f"{STEP}:2: found no minutes, hoped for a line `minutes: ...`"),
    ((STEP, "kind: read\n", ""), f"{STEP}:2: found no kind of step, hoped for read, reflect, quiz or resources"),
    ((STEP, "kind: read", "kind: reed"), f"{STEP}:2: found the unknown kind of step 'reed', hoped for 'read'"),
    (
        (QUIZ, "kind: ordering", "kind: order"),
        f"{QUIZ}:68: found the unknown kind of question 'order', hoped for 'ordering'",
    ),
    ((STEP, "minutes: 5\n", "minutes: soon\n"), f"{STEP}:5: found 'soon' as minutes, hoped for a whole number"),
    ((STEP, "minutes: 5\n", "minutes: 500\n"), f"{STEP}:5: found '500' as minutes, hoped for 120 or less"),
    ((STEP, "minutes: 5\n", "minutes: [5]\n"), f"{STEP}:5: found a list as minutes, hoped for a whole number"),
    ((STEP, "title: Signs and lines", "title:"), f"{STEP}:3: found nothing as title, hoped for a text"),
    ((STEP, "title: Signs and lines", 'title: ""'), f"{STEP}:3: found an empty text as title, hoped for a text"),
    ((STEP, "title: Signs and lines", 'title: "  "'), f"{STEP}:3: found an empty title, hoped for a text"),
    ((STEP, "title: Signs and lines", "title: [a]"), f"{STEP}:3: found a list as title, hoped for a text"),
    (
        (STEP, "on: 2026-09-01", "on: 1 September"),
        f"{STEP}:8: found '1 September' as on, hoped for a day such as 2026-11-20",
    ),
    ((STEP, "    kind: typo", "    kind: typ"), f"{STEP}:9: found 'typ' as kind, hoped for 'typo' or 'substance'"),
    ((QUIZ, "pass_mark: 60", "pass_mark: 160"), f"{QUIZ}:2: found '160' as pass_mark, hoped for 100 or less"),
    (
        (QUIZ, "        text: 2 km\n        correct: true", "        text: 2 km\n        correct: perhaps"),
        f"{QUIZ}:11: found 'perhaps' as correct, hoped for true or false",
    ),
    (
        (QUIZ, "text: Where is the path steep?", "text: {a: b}"),
        f"{QUIZ}:21: found a list of keys as text, hoped for a text",
    ),
    (
        (QUIZ, "forms: [path, way]", "forms: path"),
        f"{QUIZ}:92: found 'path' as forms, hoped for a list (lines that begin with `- `)",
    ),
    ((QUIZ, "questions:\n", "questions:\n  - hello\n"), f"{QUIZ}:4: found 'hello', hoped for a question's keys"),
    (
        ("modules/02-walk/module.yaml", "order: fixed", "order: strict"),
        "modules/02-walk/module.yaml:7: found 'strict' as order, hoped for 'free' or 'fixed'",
    ),
    (
        (READ_ON, "https://example.org/map-room", "example.org"),
        f"{READ_ON}:9: found 'example.org' as url, hoped for a whole address, such as https://example.org/page",
    ),
    (
        (READ_ON, "https://example.org/map-room", "ftp://example.org/"),
        f"{READ_ON}:9: found 'ftp://example.org/' as url, hoped for an address that begins with https://",
    ),
    (
        (STEP, "minutes: 5", "minutes: 5\nformer: [a]"),
        f"{STEP}:6: found the key 'former', which the program writes itself, hoped for no such key",
    ),
    (
        (QUIZ, "        text: 2 km", "        former: [x]\n        text: 2 km"),
        f"{QUIZ}:10: found the key 'former', which the program writes itself, hoped for no such key",
    ),
    ((STEP, "minutes: 5", "minutes: 5\nslug: a"), f"{STEP}:6: found the unknown key 'slug', hoped for no such key"),
    (
        (STEP, "minutes: 5", "minutes: 5\nbody: a"),
        f"{STEP}:6: found the key 'body', hoped for the text below the second line `---`",
    ),
    (
        (STEP, "title: Signs and lines", "title: Signs and lines\ntitle: b"),
        f"{STEP}:4: found 'title' a second time, hoped for it once (line 3)",
    ),
    (
        (COURSE, "languages: [en, nl]", "languages: english"),
        f"{COURSE}:1: found 'english' as languages, hoped for a list (lines that begin with `- `)",
    ),
    (
        (COURSE, "languages: [en, nl]", "languages: [en, nl, en]"),
        f"{COURSE}:1: found the language en twice, hoped for it once",
    ),
    (
        (COURSE, "title: A walk", "titles: two\ntitle: A walk"),
        f"{COURSE}:2: found the unknown key 'titles', hoped for 'title'",
    ),
    (
        ("modules/glossary.yaml", "    term: scale\n", ""),
        "modules/glossary.yaml:2: found no term, hoped for a line `term: ...`",
    ),
]

CONTENT: list[tuple[Spoil, str]] = [
    (
        (QUIZ, "        explanation: There is one nought too many here.\n", ""),
        f"{QUIZ}:16: found no explanation, hoped for a line `explanation: ...`",
    ),
    (
        (QUIZ, "explanation: There is one nought too many here.", 'explanation: " "'),
        f"{QUIZ}:18: found an empty explanation, hoped for a text",
    ),
    (
        (QUIZ, "        text: 2 km\n        correct: true", "        text: 2 km"),
        f"{QUIZ}:4: found 0 right options, hoped for exactly one",
    ),
    (
        (QUIZ, "target: twelve", "target: twelf"),
        f"{QUIZ}:47: found flat belongs to twelf, which is no target, hoped for one of sixteen, twelve, twenty",
    ),
    (
        (MODULE, "minutes: 20", "minutes: 25"),
        f"{MODULE}:7: found 25 minutes, hoped for 20, the sum of its steps",
    ),
    (
        (STEP, "img/steps.svg", "img/stairs.svg"),
        f"{STEP}:21: found the picture 'img/stairs.svg', which is not there, hoped for a file img/name.svg "
        "(or png, jpg, webp) in the module's folder, its name in small letters",
    ),
    (
        (STEP, "![A path that crosses four contour lines, each one step higher]", "![]"),
        f"{STEP}:21: found the picture 'img/steps.svg' without alternative text, hoped for `![what it shows](...)`",
    ),
    (
        (STEP, "### How long", "#### How long"),
        f"{STEP}:23: found a heading of level 4 after level 2, hoped for level 3 at most",
    ),
    (
        (STEP, "## What the", "# What the"),
        f"{STEP}:14: found a heading of level 1 (#), hoped for level 2 (##): the title stands among the keys",
    ),
    (
        (STEP, "step:02-walk/before", "step:02-walk/befor"),
        f"{STEP}:42: found a link to the step '02-walk/befor', which is not there, hoped for '02-walk/before'",
    ),
    (
        (STEP, "https://example.org/maps", "../x.md"),
        f"{STEP}:43: found a link to '../x.md', "
        "hoped for https://..., step:module/step, step:step, term:word or #section",
    ),
    (
        (STEP, "https://example.org/maps", "#what-lines-say"),
        f"{STEP}:43: found a link to '#what-lines-say', which is no heading here, hoped for 'what-the-lines-say'",
    ),
    (
        (STEP, "term:contour", "term:contours"),
        f"{STEP}:16: found the term 'contours', which the glossary lacks, hoped for 'contour'",
    ),
    (
        (QUIZ, "term:contour", "term:contours"),
        f"{QUIZ}:25: found the term 'contours', which the glossary lacks, hoped for 'contour'",
    ),
    (
        (STEP, "[^1]: Two", "Two"),
        f"{STEP}:12: found [^1], a footnote without a text, hoped for a line `[^1]: ...` below",
    ),
    (
        (STEP, ".[^1]\n", ".\n"),
        f"{STEP}:45: found the footnote '1', to which nothing refers, hoped for [^1] in the text",
    ),
    (
        (STEP, "::: callout At home\nLay a thread along the path, then measure the thread.\n:::", "::: calout At home"),
        f"{STEP}:34: found '::: calout At home', hoped for `::: callout Title` or `::: fold Title`, and `:::` after it",
    ),
    (
        (STEP, "::: callout At home", "::: callout"),
        f"{STEP}:34: found a callout without a title, hoped for `::: callout Title`",
    ),
    (
        (STEP, "It is a slow walk with time to look around.\n:::", "It is a slow walk with time to look around."),
        f"{STEP}:38: found a fold without an end, hoped for a line `:::` after it",
    ),
    (
        (COURSE, "  It invents nothing", "  It [invents](step:signs) nothing"),
        f"{COURSE}:7: found a link to the step 'signs' from outside its module, hoped for step:module/step",
    ),
    (
        (READ_ON, "https://example.org/map-room", "https://example.com/walkers"),
        f"{READ_ON}:2: found https://example.com/walkers twice, hoped for each address once",
    ),
    (
        ("modules/01-map/02-your-walk.en.md", "prompt: Which walk", "prompt: |-\n  Which\n\n  Which walk"),
        "modules/01-map/02-your-walk.en.md:7: found several paragraphs, hoped for one paragraph",
    ),
]

TRANSLATIONS: list[tuple[Spoil, str]] = [
    (
        (STEP_NL, "title: Tekens", "minutes: 5\ntitle: Tekens"),
        f"{STEP_NL}:3: found the key 'minutes', which is structure, "
        "hoped for it in the source file only: a translation holds texts",
    ),
    (
        (STEP_NL, "title: Tekens", "kind: read\ntitle: Tekens"),
        f"{STEP_NL}:3: found the key 'kind', which is structure, "
        "hoped for it in the source file only: a translation holds texts",
    ),
    (
        (QUIZ_NL, "        text: 2 km", "        correct: true\n        text: 2 km"),
        f"{QUIZ_NL}:10: found the key 'correct', which is structure, "
        "hoped for it in the source file only: a translation holds texts",
    ),
    (
        (QUIZ_NL, "    text: Waar is het pad steil?\n", ""),
        f"{QUIZ_NL}:18: found no text, hoped for a translation of text ({QUIZ}:21)",
    ),
    (
        (
            QUIZ_NL,
            "      four:\n        text: 4 km\n        explanation: Dan zou één centimeter een kilometer zijn, "
            "zoals bij 1 op 100.000.\n",
            "",
        ),
        f"{QUIZ_NL}:8: found no translation of 'four', hoped for a key `four:` with its texts",
    ),
    (
        ("modules/02-walk/02-on-the-way.nl.md", "title: Onderweg", "title: Onderweg\nlead: Extra"),
        "modules/02-walk/02-on-the-way.nl.md:4: found lead, which the source does not have, hoped for no such key",
    ),
    (
        ("modules/01-map/module.nl.yaml", "  - Je ziet aan de lijnen waar het omhoog gaat.\n", ""),
        f"modules/01-map/module.nl.yaml:4: found 1 outcomes, hoped for 2, as in {MODULE}:3",
    ),
    (
        (STEP_NL, "  1:\n    what: Een komma kwam terug.", "  - what: Een komma kwam terug."),
        f"{STEP_NL}:6: found a list, hoped for keys by position (1, 2, ...)",
    ),
    (
        (QUIZ_NL, "forms: [pad, weg]", "forms: [pad, Isohypse]"),
        f"{QUIZ_NL}:75: found 'Isohypse' stands under contour and path, hoped for one of them",
    ),
    (
        (STEP_NL, "step:your-walk", "step:jouw-wandeling"),
        f"{STEP_NL}:40: found a link to the step 'jouw-wandeling', which is not there, "
        "hoped for a step of this module, or step:module/step",
    ),
]


@pytest.mark.parametrize(("spoil", "fault"), [*KEYS, *CONTENT, *TRANSLATIONS])
def test_a_fault_is_named_with_its_file_and_line(folder: Folder, spoil: Spoil, fault: str) -> None:
    folder.change(*spoil)
    assert folder.faults() == [fault]


OLDER: list[tuple[Spoil, str, str]] = [
    ((STEP, "leaves out almost", "leaves out nearly"), f"{STEP_NL}:2", "the step 01-map/signs"),
    ((QUIZ, "How long does each", "How long will each"), f"{QUIZ_NL}:44", "the question time"),
    (
        (QUIZ, "slug: distance\n    kind: single_choice", "slug: distance\n    kind: multiple_response"),
        f"{QUIZ_NL}:5",
        "the question distance",
    ),
    ((QUIZ, "title: Signs and lines", "title: Signs, lines"), f"{QUIZ_NL}:1", "the quiz map-signs"),
    (
        (MODULE, "audience: Anybody who walks", "audience: Walkers"),
        "modules/01-map/module.nl.yaml:1",
        "the module 01-map",
    ),
    ((COURSE, "title: A walk on the map", "title: A walk"), "modules/course.nl.yaml:1", "the course"),
    (("modules/glossary.yaml", "How many times", "How often"), "modules/glossary.nl.yaml:3", "the term scale"),
]


@pytest.mark.parametrize(("spoil", "place", "what"), OLDER)
def test_a_translation_that_is_older_than_its_source_names_both_revisions(
    folder: Folder, spoil: Spoil, place: str, what: str
) -> None:
    folder.change(*spoil)
    (fault,) = folder.faults()
    assert fault.startswith(f"{place}: found a translation of '")
    assert f"older than its source ({what}), hoped for `translates: " in fault
    assert fault.endswith(f"once it is brought up to date (what changed: git log -p -- {spoil[0]})")
    folder.bring_up_to_date()
    assert folder.faults() == []


def test_a_translation_that_names_no_revision_is_told_which(folder: Folder) -> None:
    lines = folder.read(STEP_NL).split("\n")
    revision = lines[1].removeprefix("translates: ").strip('"')
    folder.write(STEP_NL, "\n".join(["---", *lines[2:]]))
    assert folder.faults() == [
        f"{STEP_NL}:2: found no revision that this translates (the step 01-map/signs), "
        f"hoped for `translates: {revision}`"
    ]


def test_minutes_and_declared_changes_ask_nothing_of_a_translator(folder: Folder) -> None:
    folder.change(STEP, "minutes: 5", "minutes: 6")
    folder.change(MODULE, "minutes: 20", "minutes: 21")
    assert folder.faults() == []


FILES: list[tuple[Callable[[Folder], object], list[str]]] = [
    (lambda f: f.remove(STEP_NL), [f"{STEP}:1: found no translation in nl, hoped for a file 01-signs.nl.md beside it"]),
    (
        lambda f: f.remove("modules/01-map/module.nl.yaml"),
        [f"modules/01-map/module.nl.yaml:1: found no file, hoped for a translation of {MODULE}"],
    ),
    (lambda f: f.remove(QUIZ_NL), [f"{QUIZ_NL}:1: found no file, hoped for a translation of {QUIZ}"]),
    (
        lambda f: f.remove("modules/glossary.nl.yaml"),
        ["modules/glossary.nl.yaml:1: found no file, hoped for a translation of modules/glossary.yaml"],
    ),
    (lambda f: f.remove(COURSE), [f"{COURSE}:1: found no file, hoped for course.yaml"]),
    (lambda f: f.remove(MODULE), [f"{MODULE}:1: found no file, hoped for module.yaml"]),
    (
        lambda f: f.write("modules/01-map/01-signs.fr.md", "---\n---\n"),
        [f"modules/01-map/01-signs.fr.md:1: found a step in 'fr', hoped for en or nl, or the language in {COURSE}"],
    ),
    (
        lambda f: f.write("modules/01-map/9-more.en.md", "x"),
        ["modules/01-map/9-more.en.md:1: found a file that nothing reads, hoped for a name such as 03-slug.en.md"],
    ),
    (
        lambda f: f.write("modules/glosary.yaml", "a: b"),
        ["modules/glosary.yaml:1: found a file that nothing reads, hoped for 'modules/glossary.yaml'"],
    ),
    (
        lambda f: f.write("quizzes/turning.fr.yaml", "a: b"),
        [f"quizzes/turning.fr.yaml:1: found a translation into 'fr', hoped for nl, or the language in {COURSE}"],
    ),
    (
        lambda f: shutil.copytree(f.path / "modules/02-walk", f.path / "modules/03-more"),
        [
            "modules/03-more:1: found a module that the course does not list, "
            f"hoped for its name under `modules` in {COURSE}"
        ],
    ),
    (
        lambda f: f.change(COURSE, "  - 02-walk", "  - 02-walk\n  - 03-more"),
        [f"{COURSE}:11: found no folder modules/03-more, hoped for a folder of that name"],
    ),
    (
        lambda f: f.change(COURSE, "  - 02-walk", "  - 02-walk\n  - 01-map"),
        [f"{COURSE}:11: found the module '01-map' twice, hoped for it once"],
    ),
    (
        lambda f: f.copy("quizzes/turning", "quizzes/spare", ".yaml", ".nl.yaml"),
        ["quizzes/spare.yaml:1: found a quiz that no step uses, hoped for a step with `quiz: spare`"],
    ),
    (
        lambda f: f.change("modules/01-map/03-check.en.md", "quiz: map-signs", "quiz: map-sings"),
        [
            "modules/01-map/03-check.en.md:6: found the quiz 'map-sings', which is not there, hoped for 'map-signs'",
            f"{QUIZ}:1: found a quiz that no step uses, hoped for a step with `quiz: map-signs`",
        ],
    ),
    (
        lambda f: f.rename("modules/02-walk/02-on-the-way", "modules/02-walk/05-before", ".en.md", ".nl.md"),
        [
            "modules/02-walk/05-before.en.md:1: found the slug 'before' a second time, "
            "hoped for another one (first: modules/02-walk/01-before.en.md)",
            "modules/02-walk/module.yaml:6: found 18 minutes, hoped for 14, the sum of its steps",
        ],
    ),
    (
        lambda f: f.rename("modules/02-walk/02-on-the-way", "modules/02-walk/01-on-the-way", ".en.md", ".nl.md"),
        [
            "modules/02-walk/01-on-the-way.en.md:1: found the number 01 a second time, "
            "hoped for another one (first: modules/02-walk/01-before.en.md)"
        ],
    ),
]


@pytest.mark.parametrize(("spoil", "faults"), FILES)
def test_a_file_too_many_or_too_few_is_named(
    folder: Folder, spoil: Callable[[Folder], object], faults: list[str]
) -> None:
    spoil(folder)
    assert folder.faults() == faults


def test_a_slug_that_stands_twice_is_named_where_it_stands_again(folder: Folder) -> None:
    folder.change(QUIZ, "slug: four", "slug: two")
    folder.change(QUIZ, "slug: steep", "slug: distance")
    faults = [fault for fault in folder.faults() if fault.startswith(f"{QUIZ}:")]
    assert faults == [
        f"{QUIZ}:13: found the slug 'two' a second time, hoped for another one (line 9)",
        f"{QUIZ}:19: found the slug 'distance' a second time, hoped for another one (line 4)",
    ]


def test_a_quiz_and_a_glossary_translate_each_thing_by_its_slug(folder: Folder) -> None:
    folder.change(QUIZ_NL, "  word:", "  wort:")
    folder.change("modules/glossary.nl.yaml", "  contour:", "  contuor:")
    assert folder.faults() == [
        "modules/glossary.nl.yaml:1: found no translation of 'contour', hoped for a key `contour:`",
        "modules/glossary.nl.yaml:6: found 'contuor', which the source does not have, hoped for 'contour'",
        f"{QUIZ_NL}:3: found no translation of 'word', hoped for a key `word:`",
        f"{QUIZ_NL}:75: found 'wort', which the source does not have, hoped for 'word'",
    ]


def test_all_faults_are_reported_at_once(folder: Folder) -> None:
    folder.change(STEP, "minutes: 5\n", "minutes: soon\ncolour: red\n")
    folder.change(QUIZ, "kind: ordering", "kind: order")
    folder.change("modules/02-walk/module.yaml", "lead: Before", "leed: Before")
    folder.change("modules/glossary.nl.yaml", "    term: schaal\n", "")
    assert [fault.split(" found ")[0] for fault in folder.faults()] == [
        f"{STEP}:5:",
        f"{STEP}:6:",
        "modules/02-walk/module.yaml:1:",
        "modules/02-walk/module.yaml:2:",
        "modules/glossary.nl.yaml:2:",
        f"{QUIZ}:68:",
    ]
