"""Indexes for what ends after its retention, and how far subscribers are known to have what was published."""

import sqlalchemy as sa
from alembic import op

from shared.bus.migrations import change_bus_tables_2

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index what ends by the time from which it is kept."""
    change_bus_tables_2(op)
    keyed = sa.text("idempotency_key IS NOT NULL")
    for table in ("submissions", "supplements"):
        op.create_index(f"ix_{table}_keyed", table, ["received_at"], postgresql_where=keyed, sqlite_where=keyed)
