"""The definitions that drafts were begun with."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of e-services' versions. Code that still runs knows nothing of it."""
    op.create_table(
        "eservice_versions",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("remembered_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "content_hash", name="pk_eservice_versions"),
    )
