"""Events that the broker did not confirm wait in the outbox, longer each time."""

from alembic import op

from shared.bus.migrations import add_publish_after_4

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the index by which the relay finds what is due."""
    add_publish_after_4(op)
