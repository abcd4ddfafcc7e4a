"""Who handed a sub-task on, from whom; and how many sub-tasks a hand-over gave, and how many stay."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of what was before, nothing is known."""
    for name in ("handed_on_by", "handed_on_from"):
        op.add_column("subtasks", sa.Column(name, sa.Text()))
    for name in ("subtasks", "subtasks_not_taken"):
        op.add_column("hand_overs", sa.Column(name, sa.Integer()))
    op.add_column("hand_overs", sa.Column("receiver_gone", sa.Boolean(), nullable=False, server_default=sa.false()))
