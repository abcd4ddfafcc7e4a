"""When notifications were delivered and when they failed is kept apart from the cases."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEEP_TIMES = """
    INSERT INTO delivery_status (municipality, submission_id, delivered_at, failed_at)
    SELECT municipality, submission_id,
           CASE WHEN NOT undelivered THEN notified_at END, CASE WHEN undelivered THEN notified_at END
    FROM cases WHERE notified_at IS NOT NULL
"""


def upgrade() -> None:
    """Create the table, with what the cases know."""
    op.create_table(
        "delivery_status",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("delivered_at", Utc()),
        sa.Column("failed_at", Utc()),
        sa.PrimaryKeyConstraint("municipality", "submission_id", name="pk_delivery_status"),
    )
    op.execute(KEEP_TIMES)
    op.drop_column("cases", "notified_at")
