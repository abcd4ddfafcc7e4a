"""Whether a submitter has the rights of a party."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; all who are known so far are taken for parties, as they have been."""
    op.add_column("contacts", sa.Column("submitter_is_party", sa.Boolean(), nullable=False, server_default=sa.true()))
