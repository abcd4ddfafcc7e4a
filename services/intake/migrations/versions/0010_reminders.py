"""Reminders that an e-service closes: where to, in which language, and which were given."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_IS_UNSENT = sa.text("reference IS NULL")


def upgrade() -> None:
    """Add the columns, which drafts of before and of code that still runs have as null, the index and the table."""
    op.add_column("drafts", sa.Column("language", sa.Text()))
    op.add_column("drafts", sa.Column("reminder_address", sa.Text()))
    op.create_index(
        "ix_drafts_unsent",
        "drafts",
        ["municipality", "eservice", "saved_at"],
        postgresql_where=_IS_UNSENT,
        sqlite_where=_IS_UNSENT,
    )
    op.create_table(
        "reminders",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("notified_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "days", name="pk_reminders"),
        sa.UniqueConstraint(
            "municipality",
            "eservice",
            "days",
            "recipient",
            name="uq_reminders_municipality_eservice_days_recipient",
        ),
    )
    op.create_index("ix_reminders_notified_at", "reminders", ["notified_at"])
