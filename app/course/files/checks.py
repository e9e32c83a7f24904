"""What no file can get wrong alone: what nothing uses, minutes that do not add up, slugs that are gone."""

from __future__ import annotations

from itertools import pairwise

from app.course.files.blanks import BLANK
from app.course.files.building import Built
from app.course.files.documents import Document
from app.course.files.faults import Faults
from app.course.files.names import COURSE_FILE, ORGANISATION_FILE, SUPPORT_FILE, module_file, quiz_file
from app.course.files.renames import LEVELS
from app.course.files.sources import Sources
from app.course.parts import StepBase
from app.course.phrases import nearest, quoted


def check(sources: Sources, built: Built, faults: Faults) -> None:
    """Check the course as a whole, by what was built of its source language."""
    if sources.tree.modules:
        _check_all_is_used(sources, built, faults)
        _check_blanks_are_used(sources, faults)
    _check_minutes(sources, built, faults)
    _check_changes(sources, built, faults)
    _check_renames(sources, faults)
    _check_published(sources, faults)


def _check_all_is_used(sources: Sources, built: Built, faults: Faults) -> None:
    for slug in sources.tree.quizzes:
        if slug not in built.used.quizzes:
            faults.add(quiz_file(slug), 1, "a quiz that no step uses", f"a step with `quiz: {slug}`")
    for module, ways in sources.tree.ways.items():
        for way in ways:
            if f"{module}/{way.slug}" not in built.used.ways:
                hoped = f"`around: {way.slug}` under the `care` of a step"
                faults.add(way.files[sources.tree.source], 1, "a way around that no step names", hoped)


def _check_blanks_are_used(sources: Sources, faults: Faults) -> None:
    organisation = sources.optional(ORGANISATION_FILE, sources.tree.source)
    blanks = organisation.part("blanks") if organisation else None
    if blanks is None:
        return
    pages = [sources.markdown(page.files[sources.tree.source]) for page in sources.tree.pages]
    pages.append(sources.optional(SUPPORT_FILE, sources.tree.source))
    shown_in_pages = {match[1].strip() for page in pages if page for match in BLANK.finditer(str(page.data))}
    for slug in blanks.data:
        if slug not in shown_in_pages:
            hoped = f"{{{{{slug}}}}} in the text of a page"
            faults.add(blanks.file, blanks.line(slug), "a blank that no page shows", hoped)


def _check_minutes(sources: Sources, built: Built, faults: Faults) -> None:
    for slug, module in built.modules.items():
        total = sum(step.minutes for step in module.steps)
        document = sources.keyed(module_file(slug), built.language)
        if document and len(module.steps) == len(sources.tree.modules[slug]) and total != module.minutes:
            found = f"{module.minutes} minutes"
            faults.add(document.file, document.line("minutes"), found, f"{total}, the sum of its steps")


def _check_changes(sources: Sources, built: Built, faults: Faults) -> None:
    """A step that differs from what was published says so in a dated line below those that it had."""
    for step in built.steps.values():
        document = _document_of(sources, built, step)
        if document is None:
            continue
        line = document.line("changes")
        for at, (before, after) in enumerate(pairwise(step.changes), 1):
            if after.on < before.on:
                found = f"a change of {after.on} below one of {before.on}"
                faults.add(document.file, document.line("changes", at), found, "the newest one last")
        if not step.published or not step.source_revision:
            continue  # never published, or to be mended first
        revision, declared = step.published[-1]
        if len(step.changes) < declared:
            found = f"{len(step.changes)} changes where {declared} were published"
            faults.add(document.file, line, found, "the lines that are gone")
        elif step.source_revision != revision and len(step.changes) == declared:
            found = f"a text that changed since it was published ({revision} became {step.source_revision})"
            hoped = "a new line at the end of `changes`: {on: a day, kind: typo or substance, what: ...}"
            faults.add(document.file, line, found, hoped)


def _document_of(sources: Sources, built: Built, step: StepBase) -> Document | None:
    files = next(one for one in sources.tree.modules[step.module_slug] if one.slug == step.slug)
    return sources.markdown(files.files[built.language])


def _check_renames(sources: Sources, faults: Faults) -> None:
    """What is renamed is gone under its old name and there under its new one; what is retired is not there."""
    course, renames = sources.tree.course, sources.tree.renames
    for kind in LEVELS:
        keys = sources.keys[kind]
        circles = renames.circles(kind)
        for old, new in getattr(renames.renamed, kind).items():
            line = course.line("renamed", kind, old)
            if old in circles:
                faults.add(COURSE_FILE, line, f"{quoted(old)}, whose renames lead back to it", "one way")
            elif old in keys:
                faults.add(COURSE_FILE, line, f"{quoted(old)} renamed and still there", "one of its two names")
            elif (now := renames.today(kind, old)) not in keys and not renames.is_retired(kind, now):
                found = f"{quoted(old)} renamed to {quoted(new)}, which is not there"
                faults.add(COURSE_FILE, line, found, nearest(new, keys, "what it is called now"))
            elif kind in ("questions", "options") and not _stays(sources, kind, old, now):
                hoped = "its own quiz and question: answers stay where they were given"
                faults.add(COURSE_FILE, line, f"{quoted(old)} moved to {quoted(new)}", hoped)
        for index, key in enumerate(getattr(renames.retired, kind)):
            if key in keys:
                line = course.line("retired", kind, index)
                faults.add(COURSE_FILE, line, f"{quoted(key)} retired and still there", "another slug for what is new")


def _stays(sources: Sources, kind: str, old: str, now: str) -> bool:
    """Whether a rename leaves a thing in what holds it, however that is called today."""
    holder = {"questions": "quizzes", "options": "questions"}[kind]
    today = sources.tree.renames.today
    return today(holder, old.rpartition("/")[0]) == now.rpartition("/")[0]


def _check_published(sources: Sources, faults: Faults) -> None:
    """Every slug that was published is there, renamed or retired."""
    published, mark = sources.published.published, sources.published.mark
    renames = sources.tree.renames
    for kind in LEVELS:
        for index, key in enumerate(published.keys(kind)):
            now = renames.today(kind, key)
            if now in sources.keys[kind] or renames.is_retired(kind, now) or renames.is_retired(kind, key):
                continue
            here = mark.at((kind, index if kind == "options" else key))
            hoped = f"it under `renamed` or `retired`, `{kind}`, in {COURSE_FILE}"
            faults.add(here.file, here.line, f"{quoted(key)}, which was published and is gone", hoped)
