"""Failed events show which worker has begun an attempt, and how many processes ended in one."""

from alembic import op

from shared.bus.migrations import add_crashes_3

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    add_crashes_3(op)
