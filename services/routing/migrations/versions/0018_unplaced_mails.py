"""Mails that found no case, and wait for a registrar."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json, Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_WAITING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "unplaced_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("submission_id", sa.Uuid()),
        sa.Column("content", Json, nullable=False),
        sa.Column("ended_at", Utc()),
        sa.Column("ended_by_subject", sa.Text()),
        sa.Column("ended_by", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("case_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_unplaced_mails"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_unplaced_mails_case_id_cases"),
    )
    op.create_index("ix_unplaced_mails_ended_at", "unplaced_mails", ["ended_at"])
    op.create_index(
        "ix_unplaced_mails_waiting",
        "unplaced_mails",
        ["municipality", "received_at", "id"],
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    )
