"""item analysis: trainers' own attempts do not count, and the days of a wording are found without reading its answers."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEX = "ix_answer_question_revision_attempt_id"


def upgrade() -> None:
    op.create_index(INDEX, "answer", ["question_revision", "attempt_id"])
    # On the way back it stays: who was a trainer counts in no figure.
    op.execute(
        "UPDATE answer SET is_first = false WHERE is_first AND attempt_id IN (SELECT attempt.id FROM attempt"
        " JOIN enrolment ON enrolment.id = attempt.enrolment_id WHERE enrolment.role = 'trainer')"
    )


def downgrade() -> None:
    op.drop_index(INDEX, "answer")
