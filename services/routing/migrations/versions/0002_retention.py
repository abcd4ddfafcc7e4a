"""Indexes for what ends after its retention, and how far subscribers are known to have what was published."""

from alembic import op

from shared.bus.migrations import change_bus_tables_2

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index what ends by the time from which it is kept."""
    change_bus_tables_2(op)
    op.create_index("ix_case_reads_at", "case_reads", ["at"])
