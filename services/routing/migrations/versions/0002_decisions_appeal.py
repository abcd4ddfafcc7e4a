"""Decisions keep the authority that the submitter was told to appeal to."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that may be empty: the code before it does not fill it."""
    op.add_column("decisions", sa.Column("appeal", Json))
