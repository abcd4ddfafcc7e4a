"""Indexes for what ends after its retention, what was found of attachments, and what subscribers are known to have."""

import sqlalchemy as sa
from alembic import op

from shared.bus.migrations import change_bus_tables_2
from shared.database import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index what ends by the time from which it is kept, and note when an attachment was checked."""
    change_bus_tables_2(op)
    for table in ("submissions", "supplements"):
        _create_partial_index(f"ix_{table}_keyed", table, "received_at", "idempotency_key IS NOT NULL")
    op.add_column("attachments", sa.Column("checked_at", Utc()))
    op.add_column("attachments", sa.Column("damage", sa.Text()))
    _create_partial_index("ix_attachments_checked_at", "attachments", "checked_at", "submission_id IS NOT NULL")
    _create_partial_index("ix_attachments_damaged", "attachments", "checked_at", "damage IS NOT NULL")


def _create_partial_index(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], postgresql_where=condition, sqlite_where=condition)
