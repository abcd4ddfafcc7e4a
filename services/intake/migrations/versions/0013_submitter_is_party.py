"""Whether the submitter has the rights of a party: all had, before e-services could say otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "submissions", sa.Column("submitter_is_party", sa.Boolean(), nullable=False, server_default=sa.true())
    )
