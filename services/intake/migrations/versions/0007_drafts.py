"""Drafts, and how long an upload that no submission has claimed is kept."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json, Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of drafts. Uploads of before keep the day that they had; code that still runs fills in null."""
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, Json, nullable=False) for name in ("pages", "page_revisions", "others", "files")),
        sa.Column("saved_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("reference", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_expires_at", "drafts", ["expires_at"])
    op.add_column("attachments", sa.Column("kept_until", Utc()))
