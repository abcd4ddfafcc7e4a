"""Which officer fills in a draft for somebody; how a submission came that an officer has entered, and on which day."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Null is what submitters fill in and send themselves."""
    op.add_column("drafts", sa.Column("officer_subject", sa.Text()))
    op.add_column("drafts", sa.Column("officer_name", sa.Text()))
    op.add_column("submissions", sa.Column("channel", sa.Text()))
    op.add_column("submissions", sa.Column("arrived_on", sa.Date()))
