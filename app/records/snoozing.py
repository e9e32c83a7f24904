"""Flags that a trainer lets rest. It is their own view and nobody else's, like a bookmark."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.course.rules.flags import Kind
from app.records.base import insert_once
from app.records.models import FlagSnooze


def snooze(session: Session, user_id: int, enrolment_id: int, flag: Kind, *, seen_at: datetime) -> None:
    """Let a learner's flags of a kind rest that came true until a moment: that of the page on which they were seen."""
    wake(session, user_id, enrolment_id, flag)
    insert_once(session, FlagSnooze, user_id=user_id, enrolment_id=enrolment_id, flag=flag.value, seen_at=seen_at)


def wake(session: Session, user_id: int, enrolment_id: int, flag: Kind) -> None:
    """Show a learner's flags of a kind again."""
    session.execute(
        delete(FlagSnooze)
        .where(FlagSnooze.user_id == user_id, FlagSnooze.enrolment_id == enrolment_id, FlagSnooze.flag == flag.value)
        .execution_options(synchronize_session=False)
    )
