"""Contacts, the boards of their cases, notifications, deliveries, retries, and the bus tables."""

import sqlalchemy as sa
from alembic import op

from shared.bus.migrations import create_bus_tables_1
from shared.bus.notifier import create_notify_trigger
from shared.database import Json, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables, and the triggers that wake the relay and the dispatchers at a commit."""
    _create_contacts()
    _create_case_boards()
    _create_notifications()
    _create_deliveries()
    _create_retries()
    create_bus_tables_1(op)
    create_notify_trigger(op, "notifications")


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("eservice_title", Json, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("legal_regime", sa.Text(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name="pk_contacts"),
    )


def _create_case_boards() -> None:
    op.create_table(
        "case_boards",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name="pk_case_boards"),
    )


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Utc()),
        sa.Column("ended_at", Utc()),
        sa.Column("cause", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.UniqueConstraint("event_id", name="uq_notifications_event_id"),
    )
    _create_partial_index("ix_notifications_due", "notifications", "next_attempt_at", "next_attempt_at IS NOT NULL")
    _create_partial_index(
        "uq_notifications_receipt", "notifications", "submission_id", "message = 'receipt'", unique=True
    )
    op.create_index("ix_notifications_newest", "notifications", ["municipality", "occurred_at", "id"])
    op.create_index("ix_notifications_submission_id", "notifications", ["submission_id"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("attempted_at", Utc(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name="fk_deliveries_notification_id_notifications"
        ),
    )
    op.create_index("ix_deliveries_notification_id", "deliveries", ["notification_id"])


def _create_retries() -> None:
    op.create_table(
        "retries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", Utc(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_retries"),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name="fk_retries_notification_id_notifications"
        ),
        sa.UniqueConstraint(
            "municipality",
            "requested_by",
            "idempotency_key",
            name="uq_retries_municipality_requested_by_idempotency_key",
        ),
    )
    op.create_index("ix_retries_notification_id", "retries", ["notification_id"])


def _create_partial_index(name: str, table: str, column: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], unique=unique, postgresql_where=condition, sqlite_where=condition)
