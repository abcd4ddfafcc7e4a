"""From which attachments it was removed where they were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, with a default for code that still runs and knows nothing of it."""
    op.add_column("attachments", sa.Column("position_removed", sa.Boolean(), nullable=False, server_default=sa.false()))
