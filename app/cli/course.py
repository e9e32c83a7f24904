"""`flask course ...`: check the files, publish their slugs, show what is loaded, begin a module or a translation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from pydantic import BaseModel

from app.course.content import Course
from app.course.files.names import ORGANISATION_FILE
from app.course.files.published import BrokenPublished, publish
from app.course.files.rewriting import CannotRewrite
from app.course.files.shelf import Shelf
from app.course.files.skeleton import ModuleExists, NoSuchCourse, new_module
from app.course.files.translating import NoTranslation, SourceHasFaults, Untranslated, begin, finish
from app.course.parts import QuestionBase, Rich, StepBase
from app.web.extensions import house

course_commands = AppGroup("course", help="The course files.")

FLASK = ".venv/bin/flask --app run"
"""How an author types a command, in the folder of the project."""
SOURCE_FIRST = f"the source is to be mended first: {FLASK} course check"


def _whole_shelf() -> Shelf:
    """Return the shelf of a course without faults; else print every fault and end with status 1."""
    shelf = house().shelf
    if not shelf.faults:
        return shelf
    for fault in shelf.faults:
        click.echo(str(fault))
    raise click.ClickException(f"{_number_of(len(shelf.faults), 'fault')} to mend first: docs/content-format.md")


def _number_of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


@course_commands.command("check")
def check_course() -> None:
    """Report every fault in the course files at once, with file and line."""
    course = _whole_shelf().course()
    questions = sum(len(quiz.questions) for quiz in _quizzes(course).values())
    counts = (_number_of(len(course.modules), "module"), _number_of(len(course.steps), "step"))
    click.echo(
        f"No faults: {', '.join(counts)}, {_number_of(questions, 'question')}, in {', '.join(course.languages)}."
    )
    if course.open_blanks:
        count = _number_of(len(course.open_blanks), "blank")
        asked = "\n".join(f"  {blank.slug}: {blank.ask}" for blank in course.open_blanks)
        click.echo(f"\nNot yet ready for learners: {count} to fill in, under `value` in {ORGANISATION_FILE}:\n{asked}")


@course_commands.command("publish")
def publish_course() -> None:
    """Write down every slug and revision in modules/published.yaml: from then on they are permanent."""
    course = _whole_shelf().course()
    try:
        published = publish(house().settings.course, course)
    except BrokenPublished as error:
        raise click.ClickException(
            f"modules/published.yaml is no longer whole; take it back from git.\n{error}"
        ) from error
    for kind, keys in published.added.items():
        for key in keys:
            click.echo(f"new in {kind}: {key}")
    for key in published.revised:
        click.echo(f"new revision of step: {key}")
    click.echo(
        "modules/published.yaml is written. Keep it with the content." if published else "Nothing new to publish."
    )


@course_commands.command("show")
@click.option("--json", "as_json", is_flag=True, help="The whole loaded course, in every language.")
def show_course(as_json: bool) -> None:
    """Print the outline of the course."""
    shelf = _whole_shelf()
    if as_json:
        whole = {language: course_facts(shelf.course(language)) for language in shelf.languages}
        click.echo(json.dumps({"languages": whole}, ensure_ascii=False, indent=2))
        return
    course = shelf.course()
    click.echo(f"{course.title} ({', '.join(course.languages)})")
    for module in course.modules:
        click.echo(f"\n{module.slug}  {module.title}, {module.minutes} min")
        for step in module.steps:
            click.echo(f"  {step.slug:<32} {step.kind:<10} {step.minutes:>3} min  {step.title}")
            if step.care:
                way = step.care.around
                click.echo(f"    {f'or: {way.slug}':<41} {way.minutes:>3} min  {way.title}")
        click.echo(f"  outcomes: {', '.join(outcome.slug for outcome in module.outcomes)}")
    for line in _beside_the_modules(course):
        click.echo(line)


def _beside_the_modules(course: Course) -> Iterator[str]:
    """Yield a line about the pages, the support page and the blanks, as far as a course has them."""
    if course.pages:
        yield f"\npages: {', '.join(page.slug for page in course.pages)}"
    if course.support:
        contacts = sum(len(country.contacts) for country in course.support.countries)
        countries = ", ".join(country.slug for country in course.support.countries) or "none"
        yield f"support: {_number_of(contacts, 'contact')}; countries: {countries}"
    if course.blanks:
        yield f"blanks: {len(course.blanks)}, {len(course.open_blanks)} of them still to fill in"


@course_commands.command("new")
@click.argument("title")
def new(title: str) -> None:
    """Begin a module: its folder with one step in every language, and its line in course.yaml."""
    title = " ".join(title.split())
    if not title:
        raise click.ClickException(f'A module needs a title: {FLASK} course new "Housing and money"')
    try:
        files = new_module(house().settings.course, title)
    except (ModuleExists, NoSuchCourse) as error:
        raise click.ClickException(str(error)) from error
    for file in files:
        click.echo(file)
    click.echo(f"Write the texts, then: {FLASK} course check")


@course_commands.command("translate")
def translate() -> None:
    """Begin what is missing of the translations, with the words of the source."""
    try:
        files = begin(house().settings.course)
    except SourceHasFaults as error:
        raise click.ClickException(SOURCE_FIRST) from error
    except CannotRewrite as error:
        raise click.ClickException(f"{error}; {FLASK} course check tells more") from error
    for file in files:
        click.echo(file)
    click.echo(
        f"They hold the words of the source. Write the translation over these, then: {FLASK} course translated FILE ..."
        if files
        else "Nothing is missing."
    )


@course_commands.command("translated")
@click.argument("files", nargs=-1, required=True)
def translated(files: tuple[str, ...]) -> None:
    """Say that translations are up to date: they name the revisions that their sources have now."""
    folder = house().settings.course
    try:
        named = finish(folder, [_in_course(folder, file) for file in files])
    except SourceHasFaults as error:
        raise click.ClickException(SOURCE_FIRST) from error
    except NoTranslation as error:
        raise click.ClickException(f"{error} is not the translation of anything: nothing was written") from error
    except CannotRewrite as error:
        raise click.ClickException(f"{error}; {FLASK} course check tells more") from error
    except Untranslated as error:
        raise click.ClickException(
            f"these texts still are those of the source, so nothing was written:\n{error}\n"
            f"Where one is rightly the same, write the line `translates` by hand: {FLASK} course check tells it"
        ) from error
    for file in named:
        click.echo(f"up to date: {file}")
    if not named:
        click.echo("They were up to date.")


def _in_course(folder: Path, file: str) -> str:
    """Return the name of a file in the course's folder, for a path from here or from there."""
    here = Path(file).resolve()
    return here.relative_to(folder.resolve()).as_posix() if here.is_relative_to(folder.resolve()) else file


# ---- the course as plain facts ---------------------------------------------------------------


def course_facts(course: Course) -> dict[str, Any]:
    """Return a course in one language as JSON can hold it: texts as their authors wrote them."""
    facts: dict[str, Any] = _plain(course)
    facts["quizzes"] = {slug: _plain(quiz) for slug, quiz in _quizzes(course).items()}
    return facts


def _quizzes(course: Course) -> Mapping[str, Any]:
    return {quiz.slug: quiz for quiz in course.quizzes.values()}


def _plain(value: Any) -> Any:
    if isinstance(value, Rich):
        return value.source
    if isinstance(value, BaseModel):
        return _noun(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | None) else str(value)


def _noun(noun: BaseModel) -> dict[str, Any]:
    facts = {name: _plain(getattr(noun, name)) for name in type(noun).model_fields}
    if isinstance(noun, StepBase):
        facts = {"kind": noun.kind, "key": noun.key, **facts}
        if "quiz" in facts:
            facts["quiz"] = facts["quiz"]["slug"]  # it stands whole under `quizzes`
    if isinstance(noun, QuestionBase):
        facts = {"kind": noun.kind, **facts, "max_points": noun.max_points, "answer": list(noun.best())}
    return facts
