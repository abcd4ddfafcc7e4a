"""Failed events show which worker has begun an attempt, and how many processes ended in one."""

from alembic import op

from shared.bus.migrations import add_crashes_2

revision = "0002_bus_crashes"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    add_crashes_2(op)
