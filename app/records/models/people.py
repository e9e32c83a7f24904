"""People, the cohorts that they learn in, and the links and limits of coming in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.records.base import Base


class User(Base):
    """An account. `password_hash` is empty until its first link was used."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email_folded"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_name: Mapped[str] = mapped_column(index=True)
    """The name folded for sorting, the same on both databases."""
    language: Mapped[str]
    password_hash: Mapped[str | None]
    session_stamp: Mapped[str]
    """Random; a new one signs out everywhere."""
    is_admin: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    deactivated_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]
    """By password or by a link; a session that goes on is no sign-in."""
    created_at: Mapped[datetime]


class Cohort(Base):
    """People who learn together."""

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("last_day IS NULL OR first_day IS NULL OR first_day <= last_day", name="days_in_order"),
        CheckConstraint("silent_days BETWEEN 3 AND 90", name="silent_days"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    whole_course: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """Whether every module belongs to it, those that come later too; else those that it has rows of."""
    silent_days: Mapped[int] = mapped_column(default=14, server_default=text("14"))
    """Days without a step after which its trainers see that somebody is silent."""
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class CohortModule(Base):
    """A module in a cohort: that it belongs to it, where not all do, and when it is due."""

    __tablename__ = "cohort_module"
    __table_args__ = (
        CheckConstraint("due_on IS NULL OR due_after_days IS NULL", name="one_kind_of_due_date"),
        CheckConstraint("due_after_days BETWEEN 1 AND 3650", name="due_after_days"),
    )
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    module_slug: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[date | None]
    due_after_days: Mapped[int | None]
    """Days after the cohort's first day or, where it has none, after somebody came into it."""


class JoinCode(Base):
    """A code that opens a cohort to who holds it, while seats and days last."""

    __tablename__ = "join_code"
    __table_args__ = (CheckConstraint("taken >= 0 AND (seats IS NULL OR taken <= seats)", name="seats"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    """Three groups of four, without signs that are easily mixed up, such as `TREE-7K4P-BRDX`."""
    seats: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    last_day: Mapped[date | None]
    mail_domains: Mapped[str] = mapped_column(default="", server_default="")
    """Where an address must be, folded, joined by a space; empty for anywhere."""
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Enrolment(Base):
    """A user's place and role in a cohort; all that somebody does hangs on it.

    `done` is a copy of the completions (docs/adr/0005): keys of completed steps,
    slugs of finished modules, and keys of steps taken back after `~`, joined by a space; the
    verb that writes a row reads it anew.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("user_id", "cohort_id"),
        CheckConstraint("role IN ('learner', 'trainer')", name="role"),
        CheckConstraint("standing IN ('active', 'ended')", name="standing"),
        Index("ix_enrolment_cohort_id_role_standing", "cohort_id", "role", "standing"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(default="learner")
    standing: Mapped[str] = mapped_column(default="active", server_default="active")
    done: Mapped[str] = mapped_column(default="", server_default="")
    last_step_key: Mapped[str | None]
    last_deed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class OneTimeLink(Base):
    """A link in a mail that works once. Of its token only the hash is kept.

    It is for a user, or for a newcomer: somebody who gave a name and an address at a join code
    and has no account until the button on the link's page is pressed.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (
        CheckConstraint("purpose IN ('join', 'invitation', 'reset')", name="purpose"),
        CheckConstraint(
            "(user_id IS NOT NULL AND newcomer_name IS NULL AND newcomer_email IS NULL)"
            " OR (user_id IS NULL AND newcomer_name IS NOT NULL AND newcomer_email IS NOT NULL"
            " AND join_code_id IS NOT NULL)",
            name="user_or_newcomer",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    seed: Mapped[str]
    """Random. With the secret of the installation it makes the token anew, so a letter sent again
    carries the same link, and a copy of the database opens no door."""
    purpose: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    newcomer_name: Mapped[str | None]
    newcomer_email: Mapped[str | None] = mapped_column(index=True)
    newcomer_language: Mapped[str | None]
    join_code_id: Mapped[int | None] = mapped_column(ForeignKey("join_code.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondStep(Base):
    """The authenticator app of an account. With the installation's secret the seed makes the app's secret."""

    __tablename__ = "second_step"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When its first code was given; before that nothing is asked at sign-in."""
    last_counter: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The newest half minute of which a code was taken: none is taken twice."""


class RecoveryCode(Base):
    """A code that works once in place of the authenticator app. Only its keyed hash is kept."""

    __tablename__ = "recovery_code"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class Throttle(Base):
    """A failed attempt to come in, counted for an account with an address, and for an address."""

    __tablename__ = "throttle"
    __table_args__ = (Index("ix_throttle_bucket_at", "bucket", "at"), Index("ix_throttle_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[str]
    """A keyed hash of what is counted, never the address itself."""
    at: Mapped[datetime]


class EndedVisit(Base):
    """A visit that was signed out of, until its session would have ended by itself.

    The session is a cookie: without this row a copy of it would open the door again.
    """

    __tablename__ = "ended_visit"
    visit: Mapped[str] = mapped_column(primary_key=True)
    """The random name of the visit, which its session holds."""
    until: Mapped[datetime] = mapped_column(index=True)


class KeptForm(Base):
    """What was sent after the session had ended, for 24 hours, for one person on one browser."""

    __tablename__ = "kept_form"
    browser_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    about: Mapped[str]
    body: Mapped[str]
    """All that was sent from there, the newest first, as JSON: enrolment, about, fields, and at what moment."""
    kept_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_kept_form_user_id", "user_id"),)
