"""The forms about imports: choosing a file, and saying what its columns hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import StopValidation

from app.exchange.rosters.columns import Meaning
from app.exchange.rosters.refusing import MAX_BYTES
from app.records.imports import ColumnFacts
from app.web.admin.import_words import MEANINGS
from app.web.forms import OpstapForm

FOLD_FROM = 10
"""Columns above which those that mean nothing are folded away."""


class RosterForm(OpstapForm):
    """A file with people. `body` and `file_name` hold it once the form is valid."""

    file = FileField(_l("File with people"))
    body = b""
    file_name = ""

    def validate_file(self, field: Field) -> None:
        """Ask for a file that holds something; 413 for one that is larger than a list of people can be."""
        sent = request.files.get(field.name)
        self.body = sent.read(MAX_BYTES + 1) if sent is not None else b""
        self.file_name = (sent.filename if sent is not None else "") or ""
        if len(self.body) > MAX_BYTES:
            abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not self.body:
            nothing, empty = _("Choose a file, saved as .xlsx or CSV"), _("This file is empty. Choose another one")
            raise StopValidation(empty if self.file_name else nothing)


@dataclass(frozen=True, slots=True)
class ColumnField:
    """A column of the file, with the field that says what it is taken for."""

    column: ColumnFacts
    field: Field


class ColumnsForm(OpstapForm):
    """What each column of a file is taken for."""

    columns: tuple[ColumnFacts, ...] = ()

    @property
    def column_fields(self) -> Iterator[ColumnField]:
        """The columns in the order of the file."""
        for column in self.columns:
            yield ColumnField(column, self[_name(column)])

    @property
    def known_fields(self) -> list[ColumnField]:
        """The columns that mean something; in a file of few columns, all of them."""
        is_short = len(self.columns) <= FOLD_FROM
        return [one for one in self.column_fields if is_short or one.column.meaning != Meaning.NOTHING]

    @property
    def other_fields(self) -> list[ColumnField]:
        """The other ones, which the page folds away."""
        known = self.known_fields
        return [one for one in self.column_fields if one not in known]

    @property
    def meanings(self) -> Mapping[int, Meaning]:
        """What was chosen, by the index of the column."""
        return {one.column.index: Meaning(one.field.data) for one in self.column_fields}

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a column with addresses: nobody can come in without."""
        is_fine = bool(super().validate(extra_validators))
        fields = [one.field for one in self.column_fields]
        if is_fine and fields and not any(field.data == Meaning.EMAIL for field in fields):
            fields[0].errors = [_("Say which column holds the e-mail addresses")]
            return False
        return is_fine


def columns_form(columns: tuple[ColumnFacts, ...]) -> ColumnsForm:
    """Make the form for the columns of a file, as they are understood now."""
    choices = [SelectChoice(meaning.value, str(words)) for meaning, words in MEANINGS.items()]
    fields: dict[str, object] = {"columns": columns}
    for column in columns:
        words = column.heading or _("Column %(letter)s", letter=column.letter)
        fields[_name(column)] = SelectField(_("%(column)s is taken for", column=words), choices=choices)
    standing = {_name(column): column.meaning for column in columns}
    form: ColumnsForm = type("ColumnsFormOfFile", (ColumnsForm,), fields)(data=standing)
    return form


def _name(column: ColumnFacts) -> str:
    return f"column-{column.index}"
