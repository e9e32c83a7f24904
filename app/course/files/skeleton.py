"""The first files of a new module: a step to read and a quiz, in every language, that pass the check."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from io import StringIO
from itertools import chain, count
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from app.course.files.faults import Faults
from app.course.files.loader import load
from app.course.files.names import COURSE_FILE, module_file, quiz_file, translated
from app.course.files.published import write_whole
from app.course.files.rewriting import parsed, written
from app.course.files.tree import Tree, look_through

LONGEST_SLUG = 50
"""Characters of a slug that is made from a title; a slug may have 60, its number included."""
READ, CHECK = "01-start", "02-check"
"""The two steps."""
MINUTES = 5
"""Of each step."""
OUTCOME, QUESTION = "first-outcome", "first-question"
"""Slugs, to be replaced with the texts."""
TEXT = "Replace this question."
OPTIONS = {
    "right": ("Replace this option.", "Say here why it is right."),
    "other": ("Replace this option, and add others.", "Say here why it is wrong."),
}
"""Text and explanation by slug, the right one first. In English: whoever replaces them reads this page too."""


class NoSuchCourse(Exception):
    """The folder holds no course.yaml that can be read, so a module has nowhere to go."""


class ModuleExists(Exception):
    """A module with this slug is there already."""


def new_module(folder: Path, title: str) -> tuple[str, ...]:
    """Add a module to a course: its files, and its line in course.yaml. Return the files, course.yaml last.

    The number of the module is the first one that is free. All is made and loaded in a copy first,
    so the course is never left half changed. Raises ModuleExists and NoSuchCourse.
    """
    faults = Faults()
    tree = look_through(folder, faults)
    if tree is None:
        raise NoSuchCourse("\n".join(str(fault) for fault in faults.sorted()))
    slug = _slug(title, tree.modules)
    if (folder / "modules" / slug).exists():
        raise ModuleExists(f"modules/{slug} is there already")
    quiz = _free_quiz(folder, tree, slug)
    languages = [language.code for language in tree.languages]
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "course"
        for name in ("modules", "quizzes"):
            if (folder / name).is_dir():
                shutil.copytree(folder / name, copy / name)
        new = _source(slug, title, quiz, languages[0])
        _write(copy, new)
        _add_to_course(copy, slug)
        revisions = load(copy).revisions
        for language in languages[1:]:
            new |= _translation(slug, title, quiz, languages[0], language, revisions)
        _write(folder, new)
        write_whole(folder / COURSE_FILE, (copy / COURSE_FILE).read_text("utf-8"))
    return (*sorted(new), COURSE_FILE)


def _slug(title: str, taken: Any) -> str:
    numbers = [int(head) for head in (slug.partition("-")[0] for slug in taken) if head.isdigit()]
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "module"
    return f"{max(numbers, default=-1) + 1:02d}-{words}"


def _free_quiz(folder: Path, tree: Tree, module: str) -> str:
    """Return a slug that no quiz has or had: the words of the module's, else all of it, else with a number."""
    renames = tree.renames
    had = {*tree.quizzes, *renames.renamed.quizzes, *renames.retired.quizzes}
    words = module.partition("-")[2]
    for slug in chain([words, module], (f"{module}-{number}" for number in count(2))):
        if slug not in had and not (folder / quiz_file(slug)).exists():
            return slug
    raise AssertionError("numbers do not end")


def _source(slug: str, title: str, quiz: str, language: str) -> dict[str, str]:
    """Return the files of the module in the source language: name and text."""
    outcomes = [{"slug": OUTCOME, "text": title}]
    module = {"title": title, "lead": title, "outcomes": outcomes, "audience": title, "minutes": 2 * MINUTES}
    step = {"title": title, "minutes": MINUTES, "source": title}
    options = [
        {"slug": name, "text": text, "explanation": why, **({"correct": True} if name == "right" else {})}
        for name, (text, why) in OPTIONS.items()
    ]
    question = {"slug": QUESTION, "kind": "single_choice", "text": TEXT, "source": title, "outcome": OUTCOME}
    return {
        module_file(slug): _yaml(module),
        f"modules/{slug}/{READ}.{language}.md": _step({"kind": "read", **step}, title),
        f"modules/{slug}/{CHECK}.{language}.md": _step({"kind": "quiz", **step, "quiz": quiz}, ""),
        quiz_file(quiz): _yaml({"title": title, "pass_mark": 70, "questions": [{**question, "options": options}]}),
    }


def _translation(
    slug: str, title: str, quiz: str, source: str, language: str, revisions: Mapping[str, str]
) -> dict[str, str]:
    """Return the files of the module in another language, which name the revisions of those in the source language."""
    read, check = f"modules/{slug}/{READ}", f"modules/{slug}/{CHECK}"
    module = {"title": title, "lead": title, "outcomes": {OUTCOME: {"text": title}}, "audience": title}
    step = {"title": title, "source": title}
    options = {name: {"text": text, "explanation": why} for name, (text, why) in OPTIONS.items()}
    question = {"text": TEXT, "source": title, "options": options}

    def of(name: str, texts: dict[str, Any]) -> dict[str, Any]:
        return {"translates": revisions[name], **texts}

    questions = {QUESTION: of(f"{quiz_file(quiz)}#{QUESTION}", question)}
    return {
        translated(module_file(slug), language): _yaml(of(module_file(slug), module)),
        f"{read}.{language}.md": _step(of(f"{read}.{source}.md", step), title),
        f"{check}.{language}.md": _step(of(f"{check}.{source}.md", step), ""),
        translated(quiz_file(quiz), language): _yaml(of(quiz_file(quiz), {"title": title, "questions": questions})),
    }


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def _add_to_course(folder: Path, slug: str) -> None:
    """Add the module's line to course.yaml, and leave the rest of it as its author wrote it."""
    data = parsed((folder / COURSE_FILE).read_text("utf-8"))
    data["modules"].append(slug)
    (folder / COURSE_FILE).write_text(written(data), "utf-8")


def _step(front: dict[str, Any], text: str) -> str:
    return f"---\n{_yaml(front)}---\n\n{text}\n" if text else f"---\n{_yaml(front)}---\n"


def _yaml(data: dict[str, Any]) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()
