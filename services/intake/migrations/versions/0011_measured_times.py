"""How long the cases of each e-service take, as routing measures it."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "measured_times",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("measured", Json, nullable=False),
        sa.PrimaryKeyConstraint("municipality", "eservice", name="pk_measured_times"),
    )
