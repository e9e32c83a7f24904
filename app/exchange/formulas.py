"""Text that a spreadsheet program would run, and the apostrophe that makes it text again.

A cell that begins with =, +, - or @ is a formula to Excel and LibreOffice when a CSV file is opened, and a tab or a
line break before it does not help (OWASP, "CSV injection"). In a file with semicolons, a program that expects commas
begins a cell after each comma: so the places after every usual separator, and after quotes, are guarded as well.
"""

from __future__ import annotations

import re

_BEGINS = r"(?:^|(?<=[,;|\t\r\n\"]))"
_WOULD_RUN = re.compile(_BEGINS + r"(?='*[=+\-@\t\r\n])")
_WAS_GUARDED = re.compile(_BEGINS + r"'(?='*[=+\-@\t\r\n])")
_LOOKS_GUARDED = re.compile(_BEGINS + r"(?='+[=+\-@\t\r\n])")

_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def guarded(text: str) -> str:
    """Make text safe for a cell of a CSV file."""
    return _WOULD_RUN.sub("'", text)


def guarded_again(text: str) -> str:
    """Keep what looks guarded as it is in a cell that is known to be text: `unguarded` gives it back unchanged."""
    return _LOOKS_GUARDED.sub("'", text) if "'" in text else text


def unguarded(text: str) -> str:
    """Take off what `guarded` or `guarded_again` put on, and what people type before +31 or = themselves."""
    return _WAS_GUARDED.sub("", text) if "'" in text else text


def value_of(formula: str) -> str:
    """Tell what a formula in a CSV file shows: the text of ="..." and of a link. Of others nobody kept the value."""
    if shown := _AS_TEXT.fullmatch(formula):
        return shown[1].replace('""', '"')
    quoted = _QUOTED.findall(formula) if formula[:11].upper() == "=HYPERLINK(" else []
    return quoted[-1].replace('""', '"') if quoted else ""
