"""cohorts: modules, due dates, archive."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort_module",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module_slug", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_after_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("due_after_days BETWEEN 1 AND 3650", name=op.f("ck_cohort_module_due_after_days")),
        sa.CheckConstraint(
            "due_on IS NULL OR due_after_days IS NULL", name=op.f("ck_cohort_module_one_kind_of_due_date")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name="fk_cohort_module_cohort_id_cohort", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", "module_slug", name="pk_cohort_module"),
    )
    with op.batch_alter_table("cohort") as cohort:
        cohort.add_column(sa.Column("whole_course", sa.Boolean(), server_default=sa.text("true"), nullable=False))
        cohort.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("join_code") as join_code:
        join_code.add_column(sa.Column("mail_domains", sa.String(), server_default="", nullable=False))
        join_code.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("join_code") as join_code:
        join_code.drop_column("closed_at")
        join_code.drop_column("mail_domains")
    with op.batch_alter_table("cohort") as cohort:
        cohort.drop_column("archived_at")
        cohort.drop_column("whole_course")
    op.drop_table("cohort_module")
