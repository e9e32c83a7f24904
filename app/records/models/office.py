"""What the house itself does: letters that are to leave, and who did what to whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.records.base import Base


class Outbox(Base):
    """A letter that is to leave, as ids: it is made when it is sent, at least once."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries_count"),
        CheckConstraint("sent_at IS NULL OR dropped_at IS NULL", name="one_end"),
        Index("ix_outbox_ready_at", "ready_at", postgresql_where=text("sent_at IS NULL AND dropped_at IS NULL"),
              sqlite_where=text("sent_at IS NULL AND dropped_at IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    once_key: Mapped[str] = mapped_column(unique=True)
    """The deed that causes it, so that the same letter is put in once."""
    letter: Mapped[str]
    """Which letter: `join`, `sign_in_instead`, `reset`, `password_changed`, `second_step_on`, `second_step_off`."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("one_time_link.id", ondelete="CASCADE"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]


class AuditEntry(Base):
    """A deed of staff: who, what, to whom, when. Ids only, and nobody's text."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject_id_at", "subject_id", "at"),
        Index("ix_audit_entry_actor_id_at", "actor_id", "at"),
        Index("ix_audit_entry_at", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    """Empty for the command line."""
    deed: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    about: Mapped[str]
    """What it was done to, as `table:id`."""
