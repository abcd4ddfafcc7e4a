"""Submissions, supplements, attachments, what happened since, and the bus tables."""

import sqlalchemy as sa
from alembic import op

from shared.bus.migrations import create_bus_tables_1
from shared.database import Json, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything, and let commits wake the relay."""
    _create_submissions()
    _create_supplements()
    _create_attachments()
    _create_received_events()
    create_bus_tables_1(op)


def _create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("eservice_version", sa.Integer(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("eservice_title", Json, nullable=False),
        sa.Column("legal_regime", sa.Text(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("registered_at", Utc()),
        sa.Column("receipt_outcome", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("reference", name="uq_submissions_reference"),
        sa.UniqueConstraint("municipality", "idempotency_key", name="uq_submissions_municipality_idempotency_key"),
    )
    _create_partial_index("ix_submissions_without_case", "submissions", "received_at", "registered_at IS NULL")
    _create_partial_index("ix_submissions_without_receipt", "submissions", "received_at", "receipt_outcome IS NULL")


def _create_supplements() -> None:
    op.create_table(
        "supplements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_supplements"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_supplements_submission_id_submissions"),
        sa.UniqueConstraint("submission_id", "number", name="uq_supplements_submission_id_number"),
        sa.UniqueConstraint("submission_id", "idempotency_key", name="uq_supplements_submission_id_idempotency_key"),
    )


def _create_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("submission_id", sa.Uuid()),
        sa.Column("supplement_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_attachments_submission_id_submissions"),
        sa.ForeignKeyConstraint(["supplement_id"], ["supplements.id"], name="fk_attachments_supplement_id_supplements"),
    )
    op.create_index("ix_attachments_submission_id", "attachments", ["submission_id"])
    _create_partial_index("ix_attachments_unclaimed", "attachments", "received_at", "submission_id IS NULL")


def _create_received_events() -> None:
    op.create_table(
        "received_events",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_received_events"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name="fk_received_events_submission_id_submissions"
        ),
    )
    op.create_index("ix_received_events_submission_id", "received_events", ["submission_id"])


def _create_partial_index(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], postgresql_where=condition, sqlite_where=condition)
