"""The first files of a new module: one step to read, in every language, that passes the check."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from app.course.files.faults import Faults
from app.course.files.loader import load
from app.course.files.published import write_whole
from app.course.files.tree import COURSE_FILE, look_through

LONGEST_SLUG = 50
"""Characters of a slug that is made from a title; a slug may have 60, its number included."""
STEP = "01-start"
MINUTES = 5


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
    languages = [language.code for language in tree.languages]
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "course"
        for name in ("modules", "quizzes"):
            if (folder / name).is_dir():
                shutil.copytree(folder / name, copy / name)
        _write_source(copy, slug, title, languages[0])
        revisions = load(copy).revisions
        for language in languages[1:]:
            _write_translation(copy, slug, title, language, revisions)
        shutil.copytree(copy / "modules" / slug, folder / "modules" / slug)
        write_whole(folder / COURSE_FILE, (copy / COURSE_FILE).read_text("utf-8"))
    files = sorted((folder / "modules" / slug).iterdir())
    return (*(path.relative_to(folder).as_posix() for path in files), COURSE_FILE)


def _slug(title: str, taken: Any) -> str:
    numbers = [int(head) for head in (slug.partition("-")[0] for slug in taken) if head.isdigit()]
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "module"
    return f"{max(numbers, default=-1) + 1:02d}-{words}"


def _write_source(folder: Path, slug: str, title: str, language: str) -> None:
    module = folder / "modules" / slug
    module.mkdir()
    about = {"title": title, "lead": title, "outcomes": [title], "audience": title, "minutes": MINUTES}
    (module / "module.yaml").write_text(_yaml(about), "utf-8")
    front = {"kind": "read", "title": title, "minutes": MINUTES, "source": title}
    (module / f"{STEP}.{language}.md").write_text(_step(front, title), "utf-8")
    course = YAML()
    course.preserve_quotes = True
    course.width = 4096
    course.indent(mapping=2, sequence=4, offset=2)
    data = course.load((folder / COURSE_FILE).read_text("utf-8"))
    data["modules"].append(slug)
    out = StringIO()
    course.dump(data, out)
    (folder / COURSE_FILE).write_text(out.getvalue(), "utf-8")


def _write_translation(folder: Path, slug: str, title: str, language: str, revisions: Any) -> None:
    module = folder / "modules" / slug
    source_step = next(name for name in revisions if name.startswith(f"modules/{slug}/{STEP}."))
    about = {
        "translates": revisions[f"modules/{slug}/module.yaml"],
        "title": title,
        "lead": title,
        "outcomes": [title],
        "audience": title,
    }
    (module / f"module.{language}.yaml").write_text(_yaml(about), "utf-8")
    front = {"translates": revisions[source_step], "title": title, "source": title}
    (module / f"{STEP}.{language}.md").write_text(_step(front, title), "utf-8")


def _step(front: dict[str, Any], text: str) -> str:
    return f"---\n{_yaml(front)}---\n\n{text}\n"


def _yaml(data: dict[str, Any]) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()
