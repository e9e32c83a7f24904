"""The lint of the quizzes: its rules are in rules/quiz_lint.py; here are the files, the lines and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.course.content import Module
from app.course.files.building import Built
from app.course.files.documents import Document, Loc
from app.course.files.faults import Faults
from app.course.files.sources import Sources
from app.course.parts import QuestionBase
from app.course.phrases import nearest, one_of, quoted
from app.course.quiz import Quiz
from app.course.rules.quiz_lint import RULES, Rule, Verdict, idle, verdicts_on
from app.course.steps.quiz_step import QuizStep


def lint(sources: Sources, built: Sequence[Built], faults: Faults) -> None:
    """Look at every quiz that is whole in its source, in each language in which it is whole too."""
    outcomes = _outcomes_by_quiz(built[0].modules)
    for slug in sources.tree.quizzes:
        texts = [_Text(quiz, document) for quiz, document in _in_each_language(slug, sources, built)]
        if texts and texts[0].quiz.language == built[0].language:
            _lint_quiz(texts, len(texts) == len(built), faults)
            _check_outcomes(texts[0], outcomes.get(slug, ()), faults)


@dataclass(frozen=True)
class _Text:
    """A quiz in one language, and the document that it was read from."""

    quiz: Quiz
    document: Document

    def line(self, question: str, *where: str) -> int:
        """Return the line of a thing that lies in a question, found by keys and slugs."""
        return self.document.line("questions", *_found(self.document.data.get("questions"), (question, *where)))


def _found(data: object, way: Sequence[str]) -> Loc:
    """Turn slugs into positions where the file has a list; a way that ends early leads to the last thing on it."""
    loc: list[str | int] = []
    for part in way:
        key: str | int = part
        if isinstance(data, list):
            key = next((at for at, one in enumerate(data) if isinstance(one, dict) and one.get("slug") == part), -1)
            data = data[key] if key != -1 else None
        else:
            data = data.get(part) if isinstance(data, dict) else None
        loc.append(key)
    return tuple(loc)


def _in_each_language(slug: str, sources: Sources, built: Sequence[Built]) -> Iterator[tuple[Quiz, Document]]:
    """Yield a quiz in the languages in which nothing of it is missing."""
    listed = len(list(sources.questions(slug)))
    for one in built:
        quiz, document = one.quizzes.get(slug), sources.quiz(slug, one.language)
        if quiz and document and len(quiz.questions) == listed:
            yield quiz, document


def _lint_quiz(texts: Sequence[_Text], are_all: bool, faults: Faults) -> None:
    """Lint a quiz, the source first. What is allowed for nothing is known only when all languages are there."""
    _check_allowed(texts[0], faults)
    for rule in RULES:
        for text in texts if rule.in_each_language else texts[:1]:
            for verdict in verdicts_on(text.quiz.questions, rule):
                _report(verdict, rule, text, faults)
        for slug in idle([text.quiz.questions for text in texts], rule) if are_all else ():
            line = texts[0].line(slug, "allow", rule.name)
            faults.add(texts[0].document.file, line, f"{rule.name} allowed where nothing asks for it", "no such key")


def _report(verdict: Verdict, rule: Rule, text: _Text, faults: Faults) -> None:
    of_one = len(verdict.questions) == 1
    line = text.line(verdict.questions[0], *verdict.where) if of_one else text.document.line("questions")
    faults.add(text.document.file, line, verdict.found, f"{verdict.hoped} (rule {rule.name})")


def _check_allowed(text: _Text, faults: Faults) -> None:
    """What is allowed is a rule of the lint, and has a reason."""
    names = [rule.name for rule in RULES]
    for question in text.quiz.questions:
        for name, reason in question.allow.items():
            line = text.line(question.slug, "allow", name)
            if name not in names:
                faults.add(
                    text.document.file, line, f"the unknown rule {quoted(name)}", nearest(name, names, one_of(names))
                )
            elif not reason.strip():
                faults.add(text.document.file, line, f"{name} allowed without a reason", "the reason, in words")


# ---- outcomes ----------------------------------------------------------------------------------


def _outcomes_by_quiz(modules: Mapping[str, Module]) -> dict[str, tuple[str, ...]]:
    """Return the slugs of the outcomes that the questions of a quiz may name: those of the modules that use it."""
    found: dict[str, tuple[str, ...]] = {}
    for module in modules.values():
        for step in module.steps:
            if isinstance(step, QuizStep):
                own = tuple(outcome.slug for outcome in module.outcomes)
                found[step.quiz.slug] = found.get(step.quiz.slug, ()) + own
    return found


def _check_outcomes(text: _Text, known: Sequence[str], faults: Faults) -> None:
    for question in _with_outcome(text.quiz, known):
        hoped = nearest(str(question.outcome), known, one_of(known))
        found = f"{quoted(question.outcome)}, which is no outcome of the module"
        faults.add(text.document.file, text.line(question.slug, "outcome"), found, hoped)


def _with_outcome(quiz: Quiz, known: Sequence[str]) -> Iterator[QuestionBase]:
    """Yield the questions that name another outcome than those that are known; none when none is known."""
    yield from (one for one in quiz.questions if known and one.outcome is not None and one.outcome not in known)
