"""What learners did: completions, bookmarks, drafts, reflections, attempts. Content is named by slug or step key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.records.base import Base, partial_index


class StepCompletion(Base):
    """A step that was completed, in the revision that was on the page.

    A step that its learner takes back keeps its row, with the moment: in a finished module that
    tells it from a step that was added later. A trainer may note that it was done elsewhere; when they withdraw
    that, the row stays in the same way, and with the reason. What its learner says of it later is theirs alone again.
    """

    __tablename__ = "step_completion"
    __table_args__ = (
        CheckConstraint("(granted_at IS NULL) = (reason IS NULL)", name="granted_with_reason"),
        CheckConstraint("length(reason) BETWEEN 1 AND 500", name="reason_length"),
        partial_index("ix_step_completion_granted_at", "enrolment_id", where="granted_at IS NOT NULL"),
    )
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    step_revision: Mapped[str]
    """The revision of the source language, the same in every language."""
    seen_revision: Mapped[str]
    """The newest one whose changes of substance were shown since."""
    completed_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    granted_at: Mapped[datetime | None]
    """When a trainer noted that it was done elsewhere; empty for what its learner did here."""
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str | None]
    """Why the trainer noted it; its learner reads this."""


class ModuleCompletion(Base):
    """A module that was finished. It stays finished, whatever its steps become."""

    __tablename__ = "module_completion"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    module_slug: Mapped[str] = mapped_column(primary_key=True)
    module_revision: Mapped[str]
    completed_at: Mapped[datetime]


class Bookmark(Base):
    """A step that its learner wants to find again."""

    __tablename__ = "bookmark"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]


class Draft(Base):
    """What somebody typed and has not submitted yet, one a place.

    A tab that saves over a version that it had not seen puts what stood there in `other_body`,
    so both texts are there until the learner chose. A dropped draft leaves its row, with an empty
    body, so that its versions go on counting.
    """

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("version >= 1", name="version_counts"),)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    """A step key, or the key of another place: places.py."""
    body: Mapped[str]
    """The fields of the form as JSON: a list of strings by name."""
    other_body: Mapped[str | None]
    """The texts that no choice was made about yet, the newest first: a JSON list of such fields."""
    version: Mapped[int]
    saved_at: Mapped[datetime]


class Reflection(Base):
    """A learner's words at a step; the words themselves are in its revisions.

    After its text was deleted the row stays, with `deleted_at`, as the step stays complete.
    """

    __tablename__ = "reflection"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "step_key"),
        CheckConstraint("level IN ('private', 'trainers', 'cohort')", name="level"),
        CheckConstraint("(level = 'private') = (shared_from IS NULL)", name="shared_from_when_shared"),
        CheckConstraint("(level = 'private') = (shared_at IS NULL)", name="shared_at_when_shared"),
        CheckConstraint("waiting_since IS NULL OR level = 'trainers'", name="only_what_trainers_read_waits"),
        CheckConstraint("deleted_at IS NULL OR level = 'private'", name="deleted_is_private"),
        CheckConstraint("set_back_at IS NULL OR level = 'private'", name="set_back_is_private"),
        partial_index("ix_reflection_waiting_since", "waiting_since", where="waiting_since IS NOT NULL"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    step_key: Mapped[str]
    level: Mapped[str]
    """private: only me; trainers: me and my trainers; cohort: my cohort without my name."""
    shared_from: Mapped[int | None]
    """The number of the first revision that is shared; earlier ones never are."""
    shared_at: Mapped[datetime | None]
    """Since when those read it who may now; what was written to each other before is not for them."""
    waiting_since: Mapped[datetime | None]
    set_back_at: Mapped[datetime | None]
    """When it was set to only me because its readers changed, until its learner says who may read it."""
    deleted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class ReflectionRevision(Base):
    """A text as it was submitted. Earlier ones stay until the learner deletes them all."""

    __tablename__ = "reflection_revision"
    __table_args__ = (CheckConstraint("number >= 1", name="number_counts"),)
    reflection_id: Mapped[int] = mapped_column(ForeignKey("reflection.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    language: Mapped[str]
    submitted_at: Mapped[datetime]


class Reply(Base):
    """What a trainer wrote on a reflection, or its learner back. It is never changed, and goes with the reflection.

    Who reads along after a change of readers sees what was written since `reflection.shared_at`; its learner, all.
    """

    __tablename__ = "reply"
    __table_args__ = (
        CheckConstraint("length(text) BETWEEN 1 AND 20000", name="text_length"),
        CheckConstraint("revision_number >= 1", name="number_counts"),
        UniqueConstraint("reflection_id", "deed_key"),  # a double click is one reply
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reflection_id: Mapped[int] = mapped_column(ForeignKey("reflection.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    by_learner: Mapped[bool]
    """Whose words they are stays known when the account is gone, or has another role."""
    deed_key: Mapped[str]
    revision_number: Mapped[int]
    """The text that its writer had before them."""
    text: Mapped[str]
    language: Mapped[str]
    written_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """When the learner opened a trainer's; no trainer is told."""


class Wording(Base):
    """A quiz or a question as somebody read it: the one copy of content that the database keeps."""

    __tablename__ = "wording"
    __table_args__ = (CheckConstraint("about IN ('quiz', 'question')", name="about"),)
    revision: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str]
    slug: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    body: Mapped[str]
    """The noun as JSON."""


class Attempt(Base):
    """One submission of one quiz. It is written once and never changed."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("points BETWEEN 0 AND max_points", name="points_in_range"),
        CheckConstraint("number >= 1", name="number_counts"),
        UniqueConstraint("enrolment_id", "quiz_slug", "number"),  # the limit of attempts cannot be raced
        UniqueConstraint("enrolment_id", "deed_key"),  # a double click is one attempt
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    quiz_slug: Mapped[str]
    quiz_revision: Mapped[str]
    step_key: Mapped[str]
    number: Mapped[int]
    deed_key: Mapped[str]
    language: Mapped[str]
    shuffle_seed: Mapped[int]
    points: Mapped[int]
    max_points: Mapped[int]
    passed: Mapped[bool]
    submitted_at: Mapped[datetime]


class Answer(Base):
    """What was given for one question of an attempt, and what it earned."""

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint("points >= 0 AND rest_points >= 0", name="points_count"),
        CheckConstraint("length(given) <= 2000", name="given_length"),
        Index("ix_answer_analysis", "question_revision", "is_first", "given", "points", "rest_points"),
        Index(None, "question_revision", "attempt_id"),  # when a wording was answered first and last
    )
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True)
    question_slug: Mapped[str] = mapped_column(primary_key=True)
    question_revision: Mapped[str] = mapped_column(ForeignKey("wording.revision"))
    given: Mapped[str]
    """A JSON list of strings, whatever the kind."""
    points: Mapped[int]
    rest_points: Mapped[int]
    """The points of the attempt's other questions, so that item analysis reads one index."""
    is_first: Mapped[bool]
    """Whether it counts in item analysis: of the first attempt of a learner; a trainer's own never does."""
