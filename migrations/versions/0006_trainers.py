"""trainers: after how many days a cohort's learners are silent, and flags that a trainer lets rest."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cohort") as cohort:
        cohort.add_column(sa.Column("silent_days", sa.Integer(), server_default=sa.text("14"), nullable=False))
        cohort.create_check_constraint(op.f("ck_cohort_silent_days"), "silent_days BETWEEN 3 AND 90")
    op.create_table(
        "flag_snooze",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("flag", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("flag IN ('stuck', 'due', 'silent', 'begun', 'absent')", name=op.f("ck_flag_snooze_flag")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_flag_snooze_user_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_flag_snooze_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "enrolment_id", "flag", name="pk_flag_snooze"),
    )
    op.create_index("ix_flag_snooze_enrolment_id", "flag_snooze", ["enrolment_id"])


def downgrade() -> None:
    op.drop_table("flag_snooze")
    with op.batch_alter_table("cohort") as cohort:
        cohort.drop_constraint(op.f("ck_cohort_silent_days"), type_="check")
        cohort.drop_column("silent_days")
