"""What drafts were prefilled with, and from where."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Null is nothing prefilled: drafts of before have it, and those of code that still runs."""
    op.add_column("drafts", sa.Column("prefilled", Json))
