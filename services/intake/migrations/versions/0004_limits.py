"""How much of the limits is used. On PostgreSQL in no write-ahead log, so that counting costs no wait for the disk."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of allowances. Code that still runs knows nothing of it."""
    op.create_table(
        "allowances",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("used_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_allowances"),
        prefixes=["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else [],
    )
