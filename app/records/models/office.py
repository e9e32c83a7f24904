"""What the house itself does: letters that are to leave, who did what to whom, files with people that come in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.records.base import Base, partial_index


class Outbox(Base):
    """A letter that is to leave, as ids: it is made when it is sent, at least once."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries_count"),
        CheckConstraint("sent_at IS NULL OR dropped_at IS NULL", name="one_end"),
        partial_index("ix_outbox_ready_at", "ready_at", where="sent_at IS NULL AND dropped_at IS NULL"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    once_key: Mapped[str] = mapped_column(unique=True)
    """The deed that causes it, so that the same letter is put in once."""
    letter: Mapped[str]
    """Which letter; app/web/letters.py has them all."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("one_time_link.id", ondelete="CASCADE"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    """Who of the staff caused it, where the letter names them."""
    address: Mapped[str | None]
    """Where it goes when not to the user's address of now: the one that they had before."""
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
    once_key: Mapped[str | None] = mapped_column(unique=True)
    """Of a deed that is noted once however often it is done: what makes it the same one. Empty for all others."""


class Import(Base):
    """A file with people for a cohort, from its reading by way of its plan to its receipt.

    Its rows are staged first, batch by batch; what they do to others is one transaction (docs/adr/0029).
    """

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint("stage IN ('reading', 'refused', 'planned', 'applied', 'undone')", name="stage"),
        CheckConstraint("(stage IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name="applied"),
        CheckConstraint("(stage = 'undone') = (undone_at IS NOT NULL)", name="undone"),
        CheckConstraint("(stage = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        CheckConstraint("rows_read >= 0 AND (rows_total IS NULL OR rows_read <= rows_total)", name="rows_read"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    """Who brought the file; empty for the command line."""
    file_name: Mapped[str]
    sheet: Mapped[str] = mapped_column(default="", server_default="")
    stage: Mapped[str]
    plan_number: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Counts the plans that were made of the file: what a page shows, is applied, or nothing."""
    columns: Mapped[str] = mapped_column(default="[]", server_default="[]")
    """How each column was understood, as JSON: index, heading, meaning and an example."""
    refusal: Mapped[str | None]
    """Why the file cannot be read, as JSON: why, row and limit."""
    rows_read: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_total: Mapped[int | None]
    busy_until: Mapped[datetime | None]
    """Until when somebody works at it; who is killed leaves it behind, and another goes on."""
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportFile(Base):
    """The file of an import, for 24 hours: to read it anew when its columns were understood wrongly."""

    __tablename__ = "import_file"
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    kept_until: Mapped[datetime] = mapped_column(index=True)


class ImportRow(Base):
    """A row of the file: whom it is about, what the plan says of it, and what became of them."""

    __tablename__ = "import_row"
    __table_args__ = (
        CheckConstraint("role IN ('learner', 'trainer')", name="role"),
        CheckConstraint("verdict IN ('new', 'enrol', 'there', 'rejected')", name="verdict"),
        CheckConstraint("(verdict = 'rejected') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("letter IN ('invitation', 'enrolled')", name="letter"),
        CheckConstraint("(verdict IN ('new', 'enrol')) = (letter IS NOT NULL)", name="letter_to_who_comes"),
    )
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """As the spreadsheet shows it."""
    email: Mapped[str]
    """Folded; of a rejected row what its cell holds."""
    name: Mapped[str]
    sort_name: Mapped[str]
    role: Mapped[str]
    verdict: Mapped[str]
    """new: no account yet; enrol: an account, now in this cohort too; there: in it already."""
    reason: Mapped[str | None]
    first_row: Mapped[int | None]
    """Where the same address stood before."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    name_before: Mapped[str | None]
    """The name that the plan changes."""
    sort_name_before: Mapped[str | None]
    came_back: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the enrolment had been ended, and goes on."""
    letter: Mapped[str | None]
    """invitation: with a link by which they choose a password; enrolled: to who has one."""
    seed: Mapped[str | None]
    token_hash: Mapped[str | None]
    """With `seed`, the link of the invitation, where there is one."""
    stayed: Mapped[str | None]
    """Why the undo left this row as it is."""
