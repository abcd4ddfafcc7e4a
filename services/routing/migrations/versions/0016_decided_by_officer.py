"""Indexes of the decided cases that an officer has, for reminders of them, and of what officers chose, which ends."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

DECIDED_WITH_OFFICER = sa.text("state = 'decided' AND officer_subject IS NOT NULL")


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_update_preferences_signed_in_at", "update_preferences", ["signed_in_at"])
    op.create_index(
        "ix_cases_decided_by_officer",
        "cases",
        ["municipality", "officer_subject"],
        postgresql_where=DECIDED_WITH_OFFICER,
        sqlite_where=DECIDED_WITH_OFFICER,
    )
