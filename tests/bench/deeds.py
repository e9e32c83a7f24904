"""What learners do, as requests that their browsers would send: signed in by the page for that, with the fields that
each one's own page holds."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.course.parts import StepBase
from app.course.steps.quiz_step import QuizStep
from tests.bench.load import Answer, Ask, WrongAnswer, send
from tests.bench.people import email_of
from tests.makers import PASSWORD

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A learner whose browser holds this cookie. `number` counts from 0."""

    number: int
    cookie: str


def path_of(step: StepBase) -> str:
    """Return the address of a step."""
    return f"/modules/{step.key}"


# ---- coming in -------------------------------------------------------------------------------


def sign_in_asks(port: int, numbers: Sequence[int]) -> list[Ask]:
    """Open the page to sign in for each learner; return the forms, filled in and not sent."""
    pages = send(port, [Ask("GET", "/sign-in") for _number in numbers]).answers
    return [
        Ask("POST", "/sign-in", cookie=_session_of(page), form=_filled(page, number), status=303)
        for number, page in zip(numbers, pages, strict=True)
    ]


def _filled(page: Answer, number: int) -> Fields:
    return (*_hidden_fields(page, 'name="email"'), ("email", email_of(number)), ("password", PASSWORD))


def sign_in(port: int, numbers: Sequence[int]) -> list[SignedIn]:
    """Sign learners in, and go where that leads: the first page puts the secret of all forms into their session."""
    answers = send(port, sign_in_asks(port, numbers)).answers
    onward = [Ask("GET", answer.header("Location"), _session_of(answer)) for answer in answers]
    pages = send(port, onward).answers
    return [SignedIn(number, _session_of(page)) for number, page in zip(numbers, pages, strict=True)]


def _session_of(answer: Answer) -> str:
    return answer.header("Set-Cookie").partition(";")[0]


# ---- reading ---------------------------------------------------------------------------------


def visits(learners: Sequence[SignedIn], path: str) -> list[Ask]:
    """Open a page, each learner once."""
    return [Ask("GET", path, cookie=learner.cookie) for learner in learners]


# ---- writing ---------------------------------------------------------------------------------


def completions(port: int, learners: Sequence[SignedIn], step: StepBase) -> list[Ask]:
    """Press the button of a step that none of the learners has done."""
    path = path_of(step)
    fields = _fields_of_pages(port, learners, path, f'action="{path}"')
    return [Ask("POST", path, learner.cookie, form, status=303) for learner, form in zip(learners, fields, strict=True)]


def drafts(port: int, learners: Sequence[SignedIn], step: StepBase, *, typed: str, version: int) -> list[Ask]:
    """Save what was typed at a step, on a page that has seen so many versions."""
    path = path_of(step)
    fields = _fields_of_pages(port, learners, path, f'action="{path}"')
    return [
        Ask(
            "POST",
            f"{path}/draft",
            learner.cookie,
            (*_with_version(form, version), ("text", typed), ("level", "private")),
            status=204,
            is_script=True,
        )
        for learner, form in zip(learners, fields, strict=True)
    ]


def _with_version(form: Fields, version: int) -> Fields:
    """Return the fields of the page. Raises WrongAnswer when it has seen another version."""
    if dict(form)["draft_version"] != str(version):
        raise WrongAnswer(f"a page has seen version {dict(form)['draft_version']} of a draft; {version} hoped for")
    return form


def attempts(port: int, learners: Sequence[SignedIn], step: QuizStep) -> list[Ask]:
    """Hand in a quiz with every answer right, as one more attempt."""
    given = tuple((f"q-{question.slug}", value) for question in step.quiz.questions for value in question.best())
    path = path_of(step)
    fields = _fields_of_pages(port, learners, path, f'action="{path}"')
    return [
        Ask("POST", path, learner.cookie, form + given, status=303)
        for learner, form in zip(learners, fields, strict=True)
    ]


def _fields_of_pages(port: int, learners: Sequence[SignedIn], path: str, mark: str) -> list[Fields]:
    """Open a page for each learner; return the hidden fields of the form that bears a mark."""
    return [_hidden_fields(page, mark) for page in send(port, visits(learners, path)).answers]


def _hidden_fields(page: Answer, mark: str) -> Fields:
    for form in _FORM.findall(page.text):
        if mark in form:
            return tuple((name, html.unescape(value)) for name, value in _HIDDEN.findall(form))
    raise WrongAnswer(f"a page has no form with {mark}")
