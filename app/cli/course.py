"""`flask course ...`: check the files, publish their slugs, show what is loaded, begin a module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import AppGroup
from pydantic import BaseModel

from app.course.content import Course
from app.course.files.published import BrokenPublished, publish
from app.course.files.shelf import Shelf
from app.course.files.skeleton import ModuleExists, NoSuchCourse, new_module
from app.course.parts import QuestionBase, Rich, StepBase
from app.web.extensions import house

course_commands = AppGroup("course", help="The course files.")


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


@course_commands.command("new")
@click.argument("title")
def new(title: str) -> None:
    """Begin a module: its folder with one step in every language, and its line in course.yaml."""
    title = " ".join(title.split())
    if not title:
        raise click.ClickException('A module needs a title: flask course new "Housing and money"')
    try:
        files = new_module(house().settings.course, title)
    except (ModuleExists, NoSuchCourse) as error:
        raise click.ClickException(str(error)) from error
    for file in files:
        click.echo(file)
    click.echo("Write the texts, then: flask course check")


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
