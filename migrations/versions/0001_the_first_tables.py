"""the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR first_day IS NULL OR first_day <= last_day", name=op.f("ck_cohort_days_in_order")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_cohort_name_length")),
        sa.PrimaryKeyConstraint("id", name="pk_cohort"),
        sa.UniqueConstraint("name", name="uq_cohort_name"),
    )
    op.create_table(
        "ended_visit",
        sa.Column("visit", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("visit", name="pk_ended_visit"),
    )
    op.create_index("ix_ended_visit_until", "ended_visit", ["until"])
    op.create_table(
        "throttle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_throttle"),
    )
    op.create_index("ix_throttle_at", "throttle", ["at"])
    op.create_index("ix_throttle_bucket_at", "throttle", ["bucket", "at"])

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("session_stamp", sa.String(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name=op.f("ck_user_email_folded")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_user_name_length")),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("email", name="uq_user_email"),
    )
    op.create_index("ix_user_sort_name", "user", ["sort_name"])

    op.create_table(
        "wording",
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.CheckConstraint("about IN ('quiz', 'question')", name=op.f("ck_wording_about")),
        sa.PrimaryKeyConstraint("revision", name="pk_wording"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_audit_entry_actor_id_user", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["user.id"], name="fk_audit_entry_subject_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_actor_id_at", "audit_entry", ["actor_id", "at"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_subject_id_at", "audit_entry", ["subject_id", "at"])

    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), server_default="active", nullable=False),
        sa.Column("done", sa.String(), server_default="", nullable=False),
        sa.Column("last_step_key", sa.String(), nullable=True),
        sa.Column("last_deed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('learner', 'trainer')", name=op.f("ck_enrolment_role")),
        sa.CheckConstraint("standing IN ('active', 'ended')", name=op.f("ck_enrolment_standing")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_enrolment_cohort_id_cohort", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_enrolment_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment"),
        sa.UniqueConstraint("user_id", "cohort_id", name="uq_enrolment_user_id_cohort_id"),
    )
    op.create_index("ix_enrolment_cohort_id_role_standing", "enrolment", ["cohort_id", "role", "standing"])

    op.create_table(
        "join_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("taken >= 0 AND (seats IS NULL OR taken <= seats)", name=op.f("ck_join_code_seats")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_join_code_cohort_id_cohort", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_join_code"),
        sa.UniqueConstraint("key", name="uq_join_code_key"),
    )
    op.create_index("ix_join_code_cohort_id", "join_code", ["cohort_id"])

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("quiz_slug", sa.String(), nullable=False),
        sa.Column("quiz_revision", sa.String(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deed_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("shuffle_seed", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("max_points", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_attempt_number_counts")),
        sa.CheckConstraint("points BETWEEN 0 AND max_points", name=op.f("ck_attempt_points_in_range")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_attempt_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sa.UniqueConstraint("enrolment_id", "deed_key", name="uq_attempt_enrolment_id_deed_key"),
        sa.UniqueConstraint("enrolment_id", "quiz_slug", "number", name="uq_attempt_enrolment_id_quiz_slug_number"),
    )
    op.create_table(
        "draft",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("other_body", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_draft_version_counts")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_draft_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "about", name="pk_draft"),
    )
    op.create_table(
        "kept_form",
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_kept_form_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_kept_form_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("browser_hash", "user_id", "path", name="pk_kept_form"),
    )
    op.create_index("ix_kept_form_enrolment_id", "kept_form", ["enrolment_id"])
    op.create_index("ix_kept_form_kept_at", "kept_form", ["kept_at"])
    op.create_index("ix_kept_form_user_id", "kept_form", ["user_id"])

    op.create_table(
        "module_completion",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("module_slug", sa.String(), nullable=False),
        sa.Column("module_revision", sa.String(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_module_completion_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "module_slug", name="pk_module_completion"),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("newcomer_name", sa.String(), nullable=True),
        sa.Column("newcomer_email", sa.String(), nullable=True),
        sa.Column("newcomer_language", sa.String(), nullable=True),
        sa.Column("join_code_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('join', 'invitation', 'reset')", name=op.f("ck_one_time_link_purpose")),
        sa.CheckConstraint(
            "(user_id IS NOT NULL AND newcomer_name IS NULL AND newcomer_email IS NULL) OR (user_id IS NULL AND newcomer_name IS NOT NULL AND newcomer_email IS NOT NULL AND join_code_id IS NOT NULL)",
            name=op.f("ck_one_time_link_user_or_newcomer"),
        ),
        sa.ForeignKeyConstraint(
            ["join_code_id"], ["join_code.id"], name="fk_one_time_link_join_code_id_join_code", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_one_time_link_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_link"),
        sa.UniqueConstraint("token_hash", name="uq_one_time_link_token_hash"),
    )
    op.create_index("ix_one_time_link_join_code_id", "one_time_link", ["join_code_id"])
    op.create_index("ix_one_time_link_newcomer_email", "one_time_link", ["newcomer_email"])
    op.create_index("ix_one_time_link_user_id", "one_time_link", ["user_id"])

    op.create_table(
        "reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("shared_from", sa.Integer(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(level = 'private') = (shared_from IS NULL)", name=op.f("ck_reflection_shared_from_when_shared")
        ),
        sa.CheckConstraint("deleted_at IS NULL OR level = 'private'", name=op.f("ck_reflection_deleted_is_private")),
        sa.CheckConstraint("level IN ('private', 'trainers', 'cohort')", name=op.f("ck_reflection_level")),
        sa.CheckConstraint(
            "waiting_since IS NULL OR level = 'trainers'", name=op.f("ck_reflection_only_what_trainers_read_waits")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_reflection_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reflection"),
        sa.UniqueConstraint("enrolment_id", "step_key", name="uq_reflection_enrolment_id_step_key"),
    )
    op.create_index(
        "ix_reflection_waiting_since",
        "reflection",
        ["waiting_since"],
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
        sqlite_where=sa.text("waiting_since IS NOT NULL"),
    )

    op.create_table(
        "step_completion",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("step_revision", sa.String(), nullable=False),
        sa.Column("seen_revision", sa.String(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_step_completion_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "step_key", name="pk_step_completion"),
    )
    op.create_table(
        "answer",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("question_slug", sa.String(), nullable=False),
        sa.Column("question_revision", sa.String(), nullable=False),
        sa.Column("given", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("rest_points", sa.Integer(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(given) <= 2000", name=op.f("ck_answer_given_length")),
        sa.CheckConstraint("points >= 0 AND rest_points >= 0", name=op.f("ck_answer_points_count")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name="fk_answer_attempt_id_attempt", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_revision"], ["wording.revision"], name="fk_answer_question_revision_wording"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "question_slug", name="pk_answer"),
    )
    op.create_index("ix_answer_analysis", "answer", ["question_revision", "is_first", "given", "points", "rest_points"])

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("once_key", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sent_at IS NULL OR dropped_at IS NULL", name=op.f("ck_outbox_one_end")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_outbox_tries_count")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_outbox_cohort_id_cohort", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["link_id"], ["one_time_link.id"], name="fk_outbox_link_id_one_time_link", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_outbox_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("once_key", name="uq_outbox_once_key"),
    )
    op.create_index("ix_outbox_cohort_id", "outbox", ["cohort_id"])
    op.create_index("ix_outbox_link_id", "outbox", ["link_id"])
    op.create_index(
        "ix_outbox_ready_at",
        "outbox",
        ["ready_at"],
        postgresql_where=sa.text("sent_at IS NULL AND dropped_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL AND dropped_at IS NULL"),
    )
    op.create_index("ix_outbox_user_id", "outbox", ["user_id"])

    op.create_table(
        "reflection_revision",
        sa.Column("reflection_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_reflection_revision_number_counts")),
        sa.ForeignKeyConstraint(
            ["reflection_id"],
            ["reflection.id"],
            name="fk_reflection_revision_reflection_id_reflection",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reflection_id", "number", name="pk_reflection_revision"),
    )


def downgrade() -> None:
    op.drop_table("reflection_revision")
    op.drop_table("outbox")
    op.drop_table("answer")
    op.drop_table("step_completion")
    op.drop_table("reflection")
    op.drop_table("one_time_link")
    op.drop_table("module_completion")
    op.drop_table("kept_form")
    op.drop_table("draft")
    op.drop_table("attempt")
    op.drop_table("join_code")
    op.drop_table("enrolment")
    op.drop_table("audit_entry")
    op.drop_table("wording")
    op.drop_table("user")
    op.drop_table("throttle")
    op.drop_table("ended_visit")
    op.drop_table("cohort")
