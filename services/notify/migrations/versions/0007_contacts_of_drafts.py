"""Contacts of drafts, which end when the draft's e-service closes."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ENDS = sa.text("expires_at IS NOT NULL")


def upgrade() -> None:
    """Add the column, null for the contacts of submissions, and the index of those that end."""
    op.add_column("contacts", sa.Column("expires_at", Utc()))
    op.create_index("ix_contacts_expires_at", "contacts", ["expires_at"], postgresql_where=_ENDS, sqlite_where=_ENDS)
