"""Tables that somebody takes along: CSV that leaves while it is read, XLSX as a file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Response, send_file, stream_with_context

from app.exchange.tables import Cell, csv_of, workbook_of
from app.web.extensions import house
from app.web.headers import SECRET
from app.web.pages import local_day

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 80
"""Signs of a file's name before its day."""


def table_as(kind: str, rows: Iterable[Sequence[Cell]], *, title: str, of_what: str = "", now: datetime) -> Response:
    """Answer with a table as a file, by a `kind` of csv or xlsx. Its name tells title, of what, and the day of today.

    The title names the sheet too: at most 31 signs, none of them one of []:*?/\\. The first row holds the headings.
    Rows of CSV are read while they leave, when the request's sessions are closed already: ask for `db.reading` then,
    not before. Raises TooManyRows for XLSX.
    """
    words = "-".join(re.findall(r"[^\W_]+", f"{title} {of_what}"))[:LONGEST_NAME]
    file_name = f"{words}-{local_day(now).isoformat()}.{kind}"
    if kind == "xlsx":
        file = workbook_of(rows, sheet=title)
        answer = send_file(file, mimetype=XLSX, as_attachment=True, download_name=file_name, etag=False)
        answer.content_length = os.fstat(file.fileno()).st_size
    else:
        answer = Response(stream_with_context(csv_of(rows)), content_type=CSV)
        answer.headers.set("Content-Disposition", "attachment", filename=file_name)
    answer.headers["Cache-Control"] = SECRET
    return answer


def zone_here() -> ZoneInfo:
    """Return where the clock of this site hangs: made once for a table, not for each of its moments."""
    return ZoneInfo(house().settings.time_zone)


def day_in(zone: ZoneInfo, when: datetime | None) -> date | None:
    """Return the day of a moment there."""
    return when.astimezone(zone).date() if when else None
