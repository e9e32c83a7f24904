"""bookmarks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookmark",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_bookmark_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "step_key", name="pk_bookmark"),
    )


def downgrade() -> None:
    op.drop_table("bookmark")
