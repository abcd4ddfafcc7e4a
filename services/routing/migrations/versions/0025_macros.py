"""Macros with their versions, and where they were carried out."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json, Utc

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WITH_KEY = sa.text("idempotency_key IS NOT NULL")


def upgrade() -> None:
    """Create the tables."""
    _macros()
    _runs()


def _macros() -> None:
    op.create_table(
        "macros",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text()),
        sa.Column("eservice", sa.Text()),
        sa.Column("steps", Json, nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_macros"),
    )
    op.create_index("ix_macros_municipality", "macros", ["municipality", "removed"])
    op.create_table(
        "macro_versions",
        sa.Column("macro_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_subject", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.PrimaryKeyConstraint("macro_id", "version", name="pk_macro_versions"),
        sa.ForeignKeyConstraint(["macro_id"], ["macros.id"], name="fk_macro_versions_macro_id_macros"),
    )
    _index_of_keys("macro_versions")


def _runs() -> None:
    op.create_table(
        "macro_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("macro_id", sa.Uuid(), nullable=False),
        sa.Column("macro_version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_subject", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_macro_runs"),
        sa.ForeignKeyConstraint(["macro_id"], ["macros.id"], name="fk_macro_runs_macro_id_macros"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_macro_runs_case_id_cases"),
    )
    op.create_index("ix_macro_runs_case_id", "macro_runs", ["case_id"])
    _index_of_keys("macro_runs")


def _index_of_keys(table: str) -> None:
    op.create_index(
        f"uq_{table}_idempotency_key",
        table,
        ["municipality", "by_subject", "idempotency_key"],
        unique=True,
        postgresql_where=WITH_KEY,
        sqlite_where=WITH_KEY,
    )
