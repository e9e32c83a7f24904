"""What trainers settle for themselves about those whom they train."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.records.base import Base


class FlagSnooze(Base):
    """A flag of a learner that a trainer lets rest: each that came true until a moment, and none that comes later."""

    __tablename__ = "flag_snooze"
    __table_args__ = (CheckConstraint("flag IN ('stuck', 'due', 'silent', 'begun', 'absent')", name="flag"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    flag: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
    """When the page was made on which the trainer saw the flag."""


class Extension(Base):
    """A later day than their cohort's by which a learner is hoped to be done with a module."""

    __tablename__ = "extension"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    module_slug: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime]
