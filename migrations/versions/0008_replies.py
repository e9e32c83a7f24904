"""replies: what trainers and learners write to each other about a reflection, and since when each is shared.

Going back loses the replies.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reflection_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("by_learner", sa.Boolean(), nullable=False),
        sa.Column("deed_key", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 20000", name=op.f("ck_reply_text_length")),
        sa.CheckConstraint("revision_number >= 1", name=op.f("ck_reply_number_counts")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_reply_author_id_user", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["reflection_id"], ["reflection.id"], name="fk_reply_reflection_id_reflection", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reply"),
        sa.UniqueConstraint("reflection_id", "deed_key", name="uq_reply_reflection_id_deed_key"),
    )
    op.create_index("ix_reply_author_id", "reply", ["author_id"])
    op.add_column("reflection", sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True))
    # The moment of the first text that is shared is the nearest that is known.
    op.execute(
        "UPDATE reflection SET shared_at = coalesce("
        "(SELECT submitted_at FROM reflection_revision AS r"
        " WHERE r.reflection_id = reflection.id AND r.number = reflection.shared_from), waiting_since,"
        " (SELECT created_at FROM enrolment WHERE enrolment.id = reflection.enrolment_id))"
        " WHERE level <> 'private'"
    )
    with op.batch_alter_table("reflection") as reflection:
        reflection.create_check_constraint(
            op.f("ck_reflection_shared_at_when_shared"), "(level = 'private') = (shared_at IS NULL)"
        )


def downgrade() -> None:
    with op.batch_alter_table("reflection") as reflection:
        reflection.drop_constraint(op.f("ck_reflection_shared_at_when_shared"), type_="check")
        reflection.drop_column("shared_at")
    op.drop_table("reply")
