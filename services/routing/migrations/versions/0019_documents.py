"""Files that officers send with an action."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_WAITING, _SENT = sa.text("sequence IS NULL"), sa.text("sequence IS NOT NULL")
_DAMAGED = sa.text("damage IS NOT NULL")


def upgrade() -> None:
    """Create the table, and the indexes of what waits, of what is checked and of what is damaged."""
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "media_type")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("position_removed", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("checked_at", Utc()),
        sa.Column("damage", sa.Text()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_documents_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index("ix_documents_case_id", "documents", ["case_id"])
    for name, column, where in (
        ("ix_documents_waiting", "received_at", _WAITING),
        ("ix_documents_checked_at", "checked_at", _SENT),
        ("ix_documents_damaged", "checked_at", _DAMAGED),
    ):
        op.create_index(name, "documents", [column], postgresql_where=where, sqlite_where=where)
