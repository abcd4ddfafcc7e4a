"""Standard texts with their versions; what cases have in common; links between cases."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json, Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITH_KEY = sa.text("idempotency_key IS NOT NULL")


def upgrade() -> None:
    """Create the tables. Cases that are there already have nothing in common until `arende search rebuild`."""
    _standard_texts()
    _related()


def _standard_texts() -> None:
    op.create_table(
        "standard_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text()),
        sa.Column("eservice", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("text", Json, nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standard_texts"),
    )
    op.create_index("ix_standard_texts_municipality", "standard_texts", ["municipality", "removed", "action"])
    op.create_table(
        "standard_text_versions",
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_subject", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.PrimaryKeyConstraint("text_id", "version", name="pk_standard_text_versions"),
        sa.ForeignKeyConstraint(
            ["text_id"], ["standard_texts.id"], name="fk_standard_text_versions_text_id_standard_texts"
        ),
    )
    op.create_index(
        "uq_standard_text_versions_idempotency_key",
        "standard_text_versions",
        ["municipality", "by_subject", "idempotency_key"],
        unique=True,
        postgresql_where=WITH_KEY,
        sqlite_where=WITH_KEY,
    )


def _related() -> None:
    op.create_table(
        "likenesses",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double()),
        sa.Column("longitude", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="pk_likenesses"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_likenesses_case_id_cases"),
    )
    op.create_index("ix_likenesses_value", "likenesses", ["municipality", "value", "id"])
    op.create_index("ix_likenesses_case_id", "likenesses", ["case_id"])
    op.create_table(
        "case_links",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_subject", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "other_id", name="pk_case_links"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_links_case_id_cases"),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name="fk_case_links_other_id_cases"),
    )
    op.create_index("ix_case_links_other_id", "case_links", ["other_id"])
