"""Addresses that officers have corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, null for an address that is as the submitter gave it."""
    op.add_column("contacts", sa.Column("address_sequence", sa.Integer()))
