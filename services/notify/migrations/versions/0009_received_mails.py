"""Mails that came in, by which those that come again are recognised."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "received_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid()),
        sa.Column("received_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mails")),
    )
    op.create_index("ix_received_mails_received_at", "received_mails", ["received_at"])
    op.create_index(
        "ix_received_mails_of_submission", "received_mails", ["municipality", "submission_id", "received_at"]
    )
