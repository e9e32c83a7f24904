"""A course as large as one may become, written to a folder: made of the small course's texts and questions."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from app.course.files.documents import read_yaml
from app.course.files.faults import Faults
from tests.course_folder import SMALL, Folder

LANGUAGES = {"en": "", "nl": ".nl"}
"""The languages of the small course, each with what stands in the names of its YAML files."""
Data = dict[str, Any]


def write_large(path: Path, *, modules: int = 20, quizzes: int = 5, questions: int = 10) -> None:
    """Write a course without faults: in each module as many quizzes as texts, with so many questions each.

    So it has `modules * quizzes * 2` steps and `modules * quizzes * questions` questions: 200 and 1,000, if nothing
    else is asked for. Its first module is the same however many there are.
    """
    slugs = [f"{number:02d}-part" for number in range(modules)]
    course = (SMALL / "modules/course.yaml").read_text("utf-8")
    _write(path / "modules/course.yaml", course.partition("modules:")[0] + f"modules: [{', '.join(slugs)}]\n")
    for name in ("course.nl.yaml", "glossary.yaml", "glossary.nl.yaml"):
        _write(path / "modules" / name, (SMALL / "modules" / name).read_text("utf-8"))
    for slug in slugs:
        shutil.copytree(SMALL / "modules/01-map/img", path / "modules" / slug / "img")
        _write_module(path / "modules" / slug, quizzes)
        for number in range(quizzes):
            _write_quiz(path / "quizzes", f"{slug}-{number}", questions)
    Folder(path, source=None).bring_up_to_date()


def _write_module(folder: Path, quizzes: int) -> None:
    _write(folder / "module.yaml", _small("module.yaml").replace("minutes: 20", f"minutes: {quizzes * 11}"))
    _write(folder / "module.nl.yaml", _small("module.nl.yaml"))
    for number in range(quizzes):
        for language in LANGUAGES:
            _write(folder / f"{2 * number:02d}-text-{number}.{language}.md", _small(f"01-signs.{language}.md"))
            step = _small(f"03-check.{language}.md").replace("quiz: map-signs", f"quiz: {folder.name}-{number}")
            _write(folder / f"{2 * number + 1:02d}-quiz-{number}.{language}.md", step)


def _small(name: str) -> str:
    """Return a file of the small course's first module, its links leading to steps of the large one."""
    text = (SMALL / "modules/01-map" / name).read_text("utf-8")
    return text.replace("step:your-walk", "step:text-0").replace("step:02-walk/before", "step:00-part/text-0")


# ---- quizzes -----------------------------------------------------------------------------------


def _write_quiz(folder: Path, slug: str, questions: int) -> None:
    source, translation = (_read(f"quizzes/map-signs{end}.yaml") for end in LANGUAGES.values())
    made = list(_questions(source["questions"], questions))
    texts = {one["slug"]: translation["questions"][was] for was, one in made}
    _write(folder / f"{slug}.yaml", _block({**source, "questions": [one for _was, one in made]}).lstrip())
    _write(folder / f"{slug}.nl.yaml", _block({**translation, "questions": texts}).lstrip())


def _questions(own: list[Data], count: int) -> Iterator[tuple[str, Data]]:
    """Yield the small course's questions over and over, each with the slug that it had.

    From round to round the right option moves on by a place, as the lint asks for.
    """
    for number in range(count):
        turn, at = divmod(number, len(own))
        question = deepcopy(own[at])
        question["slug"] = f"{question['slug']}-{number}"
        if question["kind"] == "true_false" and turn % 2:
            for option in question["options"]:
                option["correct"] = "false" if option.get("correct") else "true"
        elif question["kind"] == "single_choice":
            turn %= len(question["options"])
            question["options"] = question["options"][turn:] + question["options"][:turn]
        yield own[at]["slug"], question


def _read(name: str) -> Data:
    faults = Faults()
    document = read_yaml(SMALL, name, faults)
    assert document, faults.sorted()
    return document.data


def _block(value: Any, indent: str = "") -> str:
    """Return data as authors write it: a line a key, and quotation marks where they are needed."""
    if isinstance(value, dict):
        return "\n" + "".join(f"{indent}{key}:{_block(item, indent + '  ')}" for key, item in value.items())
    if isinstance(value, list):
        items = (_block(item, indent + "  ").lstrip() for item in value)
        return "\n" + "".join(f"{indent}- {item}" for item in items)
    plain = re.fullmatch(r"\w[^:#\n]*", value)
    return f" {value if plain else json.dumps(value, ensure_ascii=False)}\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
