"""Who read a mail that waits for a registrar."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "unplaced_mail_reads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unplaced_mail_reads"),
    )
    op.create_index("ix_unplaced_mail_reads_mail_id", "unplaced_mail_reads", ["mail_id"])
    op.create_index("ix_unplaced_mail_reads_at", "unplaced_mail_reads", ["at"])
