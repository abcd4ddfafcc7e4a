"""Indexes of queues by case number and by officer; filters that an officer saves for themself."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STILL_OPEN = "state IN ('queued', 'assigned', 'awaiting_supplement')"
WITH_OFFICER = f"{STILL_OPEN} AND officer_subject IS NOT NULL"


def upgrade() -> None:
    """Create the indexes; what is saved already is for everybody who sees the queue."""
    by_number = ["municipality", "queue", "register_board", "register_year", "register_number"]
    by_officer = ["municipality", "queue", "officer_subject", "due_by", "received_at", "id"]
    _create_partial("ix_cases_open_by_number", "cases", by_number, STILL_OPEN)
    _create_partial("ix_cases_open_by_queue_and_officer", "cases", by_officer, WITH_OFFICER)
    with op.batch_alter_table("saved_filters") as table:
        table.add_column(sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.drop_constraint("uq_saved_filters_municipality_queue_name", type_="unique")
    with op.batch_alter_table("saved_filters") as table:
        table.alter_column("private", server_default=None)
    of_queue = ["municipality", "queue", "name"]
    _create_partial("uq_saved_filters_shared", "saved_filters", of_queue, "NOT private", unique=True)
    of_officer = ["municipality", "queue", "saved_by_subject", "name"]
    _create_partial("uq_saved_filters_private", "saved_filters", of_officer, "private", unique=True)


def _create_partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, postgresql_where=where, sqlite_where=where)
