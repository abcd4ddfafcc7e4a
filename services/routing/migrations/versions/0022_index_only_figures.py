"""The indexes of open cases have all that is counted of them, so that the figures of each minute read these alone."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

STILL_OPEN = "state IN ('queued', 'assigned', 'awaiting_supplement')"
WITH_OFFICER = f"{STILL_OPEN} AND officer_subject IS NOT NULL"


def upgrade() -> None:
    """On PostgreSQL alone: SQLite's indexes include no other columns."""
    if op.get_bind().dialect.name == "postgresql":
        _include("ix_cases_open_by_eservice", "eservice", STILL_OPEN, ["board", "protected"])
        besides = ["board", "protected", "eservice", "officer_name"]
        _include("ix_cases_open_by_queue_and_officer", "officer_subject", WITH_OFFICER, besides)


def _include(name: str, column: str, condition: str, besides: list[str]) -> None:
    columns = ["municipality", "queue", column, "due_by", "received_at", "id"]
    op.drop_index(name, "cases")
    op.create_index(name, "cases", columns, postgresql_where=sa.text(condition), postgresql_include=besides)
