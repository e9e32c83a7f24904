"""imports: files with people, their rows; letters that name who sent them; the last sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), server_default="", nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("plan_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("columns", sa.String(), server_default="[]", nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("rows_read", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(stage IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name=op.f("ck_import_applied")
        ),
        sa.CheckConstraint("(stage = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_import_refusal")),
        sa.CheckConstraint("(stage = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_import_undone")),
        sa.CheckConstraint(
            "rows_read >= 0 AND (rows_total IS NULL OR rows_read <= rows_total)", name=op.f("ck_import_rows_read")
        ),
        sa.CheckConstraint(
            "stage IN ('reading', 'refused', 'planned', 'applied', 'undone')", name=op.f("ck_import_stage")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_import_by_id_user", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_import_cohort_id_cohort", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_import"),
    )
    op.create_index("ix_import_by_id", "import", ["by_id"])
    op.create_index("ix_import_cohort_id", "import", ["cohort_id"])
    op.create_table(
        "import_file",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name="fk_import_file_import_id_import", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", name="pk_import_file"),
    )
    op.create_index("ix_import_file_kept_until", "import_file", ["kept_until"])
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("first_row", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name_before", sa.String(), nullable=True),
        sa.Column("sort_name_before", sa.String(), nullable=True),
        sa.Column("came_back", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("letter", sa.String(), nullable=True),
        sa.Column("seed", sa.String(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("stayed", sa.String(), nullable=True),
        sa.CheckConstraint("(verdict = 'rejected') = (reason IS NOT NULL)", name=op.f("ck_import_row_reason")),
        sa.CheckConstraint("letter IN ('invitation', 'enrolled')", name=op.f("ck_import_row_letter")),
        sa.CheckConstraint(
            "(verdict IN ('new', 'enrol')) = (letter IS NOT NULL)", name=op.f("ck_import_row_letter_to_who_comes")
        ),
        sa.CheckConstraint("role IN ('learner', 'trainer')", name=op.f("ck_import_row_role")),
        sa.CheckConstraint("verdict IN ('new', 'enrol', 'there', 'rejected')", name=op.f("ck_import_row_verdict")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name="fk_import_row_import_id_import", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_import_row_user_id_user", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("import_id", "number", name="pk_import_row"),
    )
    op.create_index("ix_import_row_user_id", "import_row", ["user_id"])
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        outbox.add_column(sa.Column("address", sa.String(), nullable=True))
        outbox.create_foreign_key("fk_outbox_by_id_user", "user", ["by_id"], ["id"], ondelete="SET NULL")
        outbox.create_index("ix_outbox_by_id", ["by_id"])
    with op.batch_alter_table("user") as user:
        user.add_column(sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("reflection") as reflection:
        reflection.add_column(sa.Column("set_back_at", sa.DateTime(timezone=True), nullable=True))
        reflection.create_check_constraint(
            op.f("ck_reflection_set_back_is_private"), "set_back_at IS NULL OR level = 'private'"
        )


def downgrade() -> None:
    with op.batch_alter_table("reflection") as reflection:
        reflection.drop_constraint(op.f("ck_reflection_set_back_is_private"), type_="check")
        reflection.drop_column("set_back_at")
    with op.batch_alter_table("user") as user:
        user.drop_column("last_sign_in_at")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_index("ix_outbox_by_id")
        outbox.drop_constraint("fk_outbox_by_id_user", type_="foreignkey")
        outbox.drop_column("address")
        outbox.drop_column("by_id")
    op.drop_table("import_row")
    op.drop_table("import_file")
    op.drop_table("import")
