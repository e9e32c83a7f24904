"""Makers of nouns for tests that need no course files. Each test names only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from app.course.content import Course, Module, Outcome
from app.course.parts import Change, Option, QuestionBase, StepBase, revision_of
from app.course.questions.matching import Matching, Pair, Target
from app.course.questions.multiple_response import MultipleResponse
from app.course.questions.ordering import Ordering, Place
from app.course.questions.short_text import Foreseen, ShortText
from app.course.questions.single_choice import SingleChoice
from app.course.questions.true_false import TrueFalse
from app.course.quiz import Quiz
from app.course.steps.quiz_step import QuizStep
from app.course.steps.read import ReadStep
from app.course.steps.reflect import ReflectStep
from app.course.steps.resources import Resource, ResourcesStep


def _rich(text: str) -> Any:
    """Give a text as the loader does; pydantic makes it Rich."""
    return text


def make_course(*modules: Module, language: str = "en") -> Course:
    """Make a course of these modules."""
    return Course(
        title="Small",
        lead="A small course.",
        about=_rich("About"),
        modules=modules or (make_module("one"),),
        language=language,
        languages=("en", "nl"),
    )


def make_module(
    slug: str,
    *steps: StepBase,
    order: Literal["free", "fixed"] = "free",
    former: Sequence[str] = (),
    revision: str = "module-1",
) -> Module:
    """Make a module; without steps it gets two to read, `first` and `second`."""
    steps = steps or (make_read(f"{slug}/first"), make_read(f"{slug}/second"))
    return Module(
        title=slug.capitalize(),
        lead="A module.",
        outcomes=(Outcome(slug="more", text="You know more."),),
        audience="Everybody",
        minutes=sum(step.minutes for step in steps),
        order=order,
        steps=steps,
        slug=slug,
        former=tuple(former),
        revision=revision,
    )


def _step(key: str, former: Sequence[str], revision: str) -> dict[str, Any]:
    module_slug, _, slug = key.partition("/")
    return {
        "title": slug.capitalize(),
        "minutes": 5,
        "source": "Introduction",
        "body": _rich("Some words."),
        "slug": slug,
        "module_slug": module_slug,
        "former": tuple(former),
        "language": "en",
        "revision": revision,
        "source_revision": revision,
    }


def make_read(
    key: str,
    *,
    former: Sequence[str] = (),
    revision: str = "r1",
    changes: Sequence[Change] = (),
    published: Sequence[tuple[str, int]] = (),
) -> ReadStep:
    """Make a step to read, at `module-slug/step-slug`."""
    return ReadStep(**_step(key, former, revision), changes=tuple(changes), published=tuple(published))


def make_resources(key: str, *, former: Sequence[str] = ()) -> ResourcesStep:
    """Make a step with one place to read on."""
    place = Resource(slug="place", title="A place", url="https://example.org/", about=_rich("About it"))
    return ResourcesStep(**_step(key, former, "r1"), resources=(place,))


def make_reflect(key: str, *, former: Sequence[str] = ()) -> ReflectStep:
    """Make a step to reflect at."""
    return ReflectStep(**_step(key, former, "r1"), prompt=_rich("What do you think?"))


def make_quiz_step(key: str, *, quiz: Quiz | None = None, former: Sequence[str] = ()) -> QuizStep:
    """Make a step with a quiz."""
    return QuizStep(**_step(key, former, "r1"), quiz=quiz or make_quiz())


def make_quiz(
    slug: str = "check",
    *questions: QuestionBase,
    former: Sequence[str] = (),
    attempts: int | None = None,
    pass_mark: int = 50,
    title: str = "A check",
    language: str = "en",
) -> Quiz:
    """Make a quiz; without questions it gets one single choice, `colour`, with the options `red` and `blue`."""
    questions = questions or (single_choice(),)
    facts = [slug, title, language, pass_mark, attempts, [question.revision for question in questions]]
    return Quiz(
        title=title,
        pass_mark=pass_mark,
        attempts=attempts,
        questions=questions,
        slug=slug,
        former=tuple(former),
        language=language,
        revision=revision_of(facts),
        source_revision=revision_of(facts),
    )


def option(slug: str, *, correct: bool = False, former: Sequence[str] = ()) -> Option:
    """Make an option."""
    return Option(
        slug=slug, text=_rich(slug.capitalize()), explanation=_rich("Because."), correct=correct, former=tuple(former)
    )


def _question(slug: str, text: str, former: Sequence[str], structure: object) -> dict[str, Any]:
    return {
        "slug": slug,
        "text": _rich(text),
        "source": "Introduction",
        "former": tuple(former),
        "language": "en",
        "revision": revision_of([slug, text, structure]),
        "source_revision": revision_of([slug, text, structure]),
    }


def single_choice(
    slug: str = "colour",
    *,
    text: str = "Which colour is a fire engine?",
    right: str = "red",
    wrong: Sequence[str] = ("blue",),
    former: Sequence[str] = (),
    options: Sequence[Option] = (),
) -> SingleChoice:
    """Make a question with one right option."""
    options = tuple(options) or (option(right, correct=True), *(option(other) for other in wrong))
    return SingleChoice(**_question(slug, text, former, [o.slug for o in options]), options=options)


def multiple_response(
    slug: str = "primes", *, right: Sequence[str] = ("two", "three"), wrong: Sequence[str] = ("four",)
) -> MultipleResponse:
    """Make a question in which several options are right."""
    options = (*(option(s, correct=True) for s in right), *(option(s) for s in wrong))
    return MultipleResponse(**_question(slug, "Which are primes?", (), [o.slug for o in options]), options=options)


def true_false(slug: str = "round", *, right: bool = True) -> TrueFalse:
    """Make a statement."""
    options = (option("true", correct=right), option("false", correct=not right))
    return TrueFalse(**_question(slug, "The earth is round.", (), right), options=options)


def matching(slug: str = "homes", *, pairs: Sequence[tuple[str, str]] = (("bear", "den"), ("bee", "hive"))) -> Matching:
    """Make a question of pairs; its targets are theirs and `nest`."""
    targets = dict.fromkeys([*(right for _, right in pairs), "nest"])
    return Matching(
        **_question(slug, "Who lives where?", (), pairs),
        targets=tuple(Target(slug=s, text=_rich(s)) for s in targets),
        pairs=tuple(Pair(slug=le, text=_rich(le), target=ri, explanation=_rich("So.")) for le, ri in pairs),
    )


def ordering(slug: str = "sizes", *, places: Sequence[str] = ("mouse", "dog", "whale")) -> Ordering:
    """Make a question of things in their order."""
    options = tuple(Place(slug=s, text=_rich(s), explanation=_rich("So.")) for s in places)
    return Ordering(**_question(slug, "From small to large?", (), places), options=options)


def short_text(
    slug: str = "capital", *, right: Sequence[str] = ("The Hague",), wrong: Sequence[str] = ("Rotterdam",)
) -> ShortText:
    """Make a question with typed words."""
    foreseen = [Foreseen(slug="right", forms=tuple(right), explanation=_rich("Yes."), correct=True)]
    if wrong:
        foreseen.append(Foreseen(slug="wrong", forms=tuple(wrong), explanation=_rich("No.")))
    return ShortText(
        **_question(slug, "Where is it?", (), [list(right), list(wrong)]),
        options=tuple(foreseen),
        otherwise=_rich("That is not it."),
    )


def substance(day: int, what: str = "New facts.") -> Change:
    """Declare a change of substance on a day of January 2026."""
    return Change(on=date(2026, 1, day), kind="substance", what=what)


def typo(day: int) -> Change:
    """Declare a mended slip on a day of January 2026."""
    return Change(on=date(2026, 1, day), kind="typo", what="A slip mended.")
