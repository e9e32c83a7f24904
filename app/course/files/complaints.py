"""What pydantic says about a noun, as a fault that its author understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.course.content import PHONE
from app.course.files.documents import Loc, Mark
from app.course.files.faults import Faults
from app.course.files.fields import ADDED, keys_of, noun_at
from app.course.phrases import nearest, one_of, quoted

SLUG_WORDS = "small letters, digits and single hyphens, such as 'first-step'"
PHONE_WORDS = "digits, with spaces, hyphens or brackets between them: '+31 20 123 45 67'"

_Hoped = Callable[[dict[str, Any]], str]

_HOPED: Mapping[str, _Hoped] = {
    "string_type": lambda c: "a text",
    "string_too_short": lambda c: "a text",
    "string_too_long": lambda c: f"at most {c['max_length']} characters",
    "string_pattern_mismatch": lambda c: PHONE_WORDS if c["pattern"] == PHONE else SLUG_WORDS,
    "int_type": lambda c: "a whole number",
    "int_parsing": lambda c: "a whole number",
    "int_parsing_size": lambda c: "a whole number",
    "greater_than_equal": lambda c: f"{c['ge']} or more",
    "less_than_equal": lambda c: f"{c['le']} or less",
    "greater_than": lambda c: f"more than {c['gt']}",
    "less_than": lambda c: f"less than {c['lt']}",
    "float_type": lambda c: "a number",
    "float_parsing": lambda c: "a number",
    "bool_type": lambda c: "true or false",
    "bool_parsing": lambda c: "true or false",
    "literal_error": lambda c: str(c["expected"]),
    "enum": lambda c: str(c["expected"]),
    "tuple_type": lambda c: "a list (lines that begin with `- `)",
    "list_type": lambda c: "a list (lines that begin with `- `)",
    "dict_type": lambda c: "keys with their values",
    "model_type": lambda c: "keys with their values",
    "too_short": lambda c: f"at least {c['min_length']}",
    "too_long": lambda c: f"at most {c['max_length']}",
    "date_type": lambda c: "a day such as 2026-11-20",
    "date_from_datetime_parsing": lambda c: "a day such as 2026-11-20",
    "date_from_datetime_inexact": lambda c: "a day such as 2026-11-20",
    "day_to_come": lambda c: "a day that has come",
    "url_type": lambda c: "a whole address, such as https://example.org/page",
    "url_parsing": lambda c: "a whole address, such as https://example.org/page",
    "url_too_long": lambda c: "a shorter address",
    "url_scheme": lambda c: "an address that begins with https://",
}


def complain(
    error: ValidationError, model: type[BaseModel], mark: Mark, faults: Faults, apart: Sequence[Loc] = ()
) -> None:
    """Add a fault for each error of a noun whose file and lines `mark` knows.

    `apart` holds places of what is built from other files, and complained about there.
    """
    for detail in error.errors(include_url=False):
        loc = detail["loc"]
        if not any(loc[: len(place)] == place for place in apart) and not _is_long_enough(detail):
            _complain_of(detail, loc, model, mark, faults)


def _is_long_enough(detail: ErrorDetails) -> bool:
    """Whether a list is called too short only because things in it have faults of their own."""
    return detail["type"] == "too_short" and len(detail["input"]) >= (detail.get("ctx") or {})["min_length"]


def _complain_of(detail: ErrorDetails, loc: Loc, model: type[BaseModel], mark: Mark, faults: Faults) -> None:
    name = str(loc[-1]) if loc else ""
    here = mark.at(loc)
    if detail["type"] == "missing":
        faults.add(here.file, here.line, f"no {name}", f"a line `{name}: ...`")
    elif detail["type"] == "extra_forbidden":
        faults.add(here.file, here.line, *unknown_key(name, noun_at(model, loc[:-1])))
    elif detail["type"] == "value_error" and detail["msg"].endswith("a text hoped for"):
        faults.add(here.file, here.line, f"{quoted(detail['input'])}{_as(loc)}", "a text")
    else:
        found = "an empty text" if detail["input"] == "" else _found(detail)
        faults.add(here.file, here.line, f"{found}{_as(loc)}", _hoped(detail))


def _hoped(detail: ErrorDetails) -> str:
    hoped = _HOPED.get(detail["type"])
    return hoped(detail.get("ctx") or {}) if hoped else detail["msg"].lower()


def _found(detail: ErrorDetails) -> str:
    if detail["type"] in ("too_short", "too_long"):
        return f"{len(detail['input'])}"
    return quoted(detail["input"])


def _as(loc: Loc) -> str:
    """Name the field, as in `'soon' as minutes`."""
    names = [part for part in loc if isinstance(part, str)]
    return f" as {names[-1]}" if names else ""


def unknown_key(name: str, noun: type[BaseModel] | None, known: Sequence[str] = ()) -> tuple[str, str]:
    """Return what is said of a key that its place does not know: what was found, what was hoped for."""
    keys = [*known, *(keys_of(noun) if noun else ())]
    if name in ADDED and name not in known:
        return f"the key {quoted(name)}, which the program writes itself", "no such key"
    return f"the unknown key {quoted(name)}", nearest(name, keys, one_of(keys) if keys else "no such key")
