"""Who of the staff did what, to whom, when: written by the verbs, in their transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.records.models import AuditEntry


def note(
    session: Session, *, by: int | None, deed: str, about: str, subject_id: int | None = None, now: datetime
) -> None:
    """Note a deed of staff.

    `by` is the id of who did it, None for the command line; `about` what it was done to, as `table:id`;
    `subject_id` the person whom it concerns, who may read the entry. Nobody's text goes in.
    """
    session.execute(insert(AuditEntry).values(at=now, actor_id=by, deed=deed, subject_id=subject_id, about=about))
