"""Files that come with mail."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WAITING, _TAKEN = sa.text("mail_id IS NULL"), sa.text("mail_id IS NOT NULL")
_DAMAGED, _DISMISSED = sa.text("damage IS NOT NULL"), sa.text("kept_until IS NOT NULL")


def upgrade() -> None:
    """Create the table, and the indexes of what came lately, is a mail's, waits, ends, is checked and is damaged."""
    op.create_table(
        "mail_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid()),
        sa.Column("mail_id", sa.Uuid()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "media_type")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("position_removed", sa.Boolean(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("kept_until", Utc()),
        sa.Column("checked_at", Utc()),
        sa.Column("damage", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_files")),
    )
    op.create_index("ix_mail_files_lately", "mail_files", ["municipality", "received_at"])
    for name, column, where in (
        ("ix_mail_files_of_mail", "mail_id", _TAKEN),
        ("ix_mail_files_waiting", "received_at", _WAITING),
        ("ix_mail_files_dismissed", "kept_until", _DISMISSED),
        ("ix_mail_files_checked_at", "checked_at", _TAKEN),
        ("ix_mail_files_damaged", "checked_at", _DAMAGED),
    ):
        op.create_index(name, "mail_files", [column], postgresql_where=where, sqlite_where=where)
