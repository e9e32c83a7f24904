"""What an import keeps of people, and how long: the file for a day, names of who is not here for a month.

A plan that waits keeps all of it, until it is applied or thrown away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app.records.models import Import, ImportFile, ImportRow

KEPT_FOR = timedelta(hours=24)
"""How long a file is kept: to read it anew when its columns were understood wrongly."""
NAMED_FOR = timedelta(days=30)
"""How long a receipt names whom it gave no account, or whose account is gone: to mend the file, and to look back."""

NO_COLUMNS = "[]"


def purge_files(session: Session, now: datetime) -> None:
    """Delete the files whose time is over. Plans and receipts stay."""
    session.execute(delete(ImportFile).where(ImportFile.kept_until <= now))


def forget_people(session: Session, now: datetime) -> None:
    """Empty what receipts hold of people who have no account, NAMED_FOR after their file was applied.

    Rejected rows, those whose account an undo took away or somebody erased, and the first values of columns. The rows
    stay, with their number and what became of them. Of all rows the way to a link goes: it is used by then, or over.
    Three statements, of which each finds by an index what it has to do.
    """
    old = Import.applied_at <= now - NAMED_FOR
    not_yet = select(Import.id).where(old, Import.columns != NO_COLUMNS)
    nobodys = and_(ImportRow.user_id.is_(None), or_(ImportRow.email != "", ImportRow.name != ""))
    for forgetting in (
        update(ImportRow).where(ImportRow.import_id.in_(not_yet)).values(seed=None, token_hash=None),
        update(ImportRow)
        .where(nobodys, ImportRow.import_id.in_(select(Import.id).where(old)))
        .values(email="", name="", sort_name="", name_before=None, sort_name_before=None),
        update(Import).where(old, Import.columns != NO_COLUMNS).values(columns=NO_COLUMNS),
    ):
        session.execute(forgetting.execution_options(synchronize_session=False))
