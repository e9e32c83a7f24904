"""one learner: later due days, steps done elsewhere, and entries of the log that are written once.

Downgrading forgets all three: which due days were extended, and why a step counts as done elsewhere.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extension",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("module_slug", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_extension_by_id_user", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_extension_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "module_slug", name="pk_extension"),
    )
    op.create_index("ix_extension_by_id", "extension", ["by_id"])
    with op.batch_alter_table("step_completion") as completion:
        completion.add_column(sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True))
        completion.add_column(sa.Column("granted_by_id", sa.Integer(), nullable=True))
        completion.add_column(sa.Column("reason", sa.String(), nullable=True))
        completion.create_check_constraint(
            op.f("ck_step_completion_granted_with_reason"), "(granted_at IS NULL) = (reason IS NULL)"
        )
        completion.create_check_constraint(op.f("ck_step_completion_reason_length"), "length(reason) BETWEEN 1 AND 500")
        completion.create_foreign_key(
            "fk_step_completion_granted_by_id_user", "user", ["granted_by_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_step_completion_granted_by_id", "step_completion", ["granted_by_id"])
    is_granted = sa.text("granted_at IS NOT NULL")
    op.create_index(
        "ix_step_completion_granted_at",
        "step_completion",
        ["enrolment_id"],
        sqlite_where=is_granted,
        postgresql_where=is_granted,
    )
    with op.batch_alter_table("audit_entry") as entry:
        entry.add_column(sa.Column("once_key", sa.String(), nullable=True))
        entry.create_unique_constraint("uq_audit_entry_once_key", ["once_key"])


def downgrade() -> None:
    with op.batch_alter_table("audit_entry") as entry:
        entry.drop_constraint("uq_audit_entry_once_key", type_="unique")
        entry.drop_column("once_key")
    op.drop_index("ix_step_completion_granted_at", "step_completion")
    op.drop_index("ix_step_completion_granted_by_id", "step_completion")
    with op.batch_alter_table("step_completion") as completion:
        completion.drop_constraint("fk_step_completion_granted_by_id_user", type_="foreignkey")
        completion.drop_constraint(op.f("ck_step_completion_reason_length"), type_="check")
        completion.drop_constraint(op.f("ck_step_completion_granted_with_reason"), type_="check")
        completion.drop_column("reason")
        completion.drop_column("granted_by_id")
        completion.drop_column("granted_at")
    op.drop_table("extension")
