"""The bus tables as the services' migrations create them, a function for each version of them.

A version that is released never changes: what a migration creates must not change with the code.
"""

from typing import Any

import sqlalchemy as sa

from shared.bus.notifier import create_notify_trigger
from shared.database import Utc

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create_bus_tables_1(operations: Any) -> None:
    """Create outbox, inbox and failed events, and let a commit to the outbox wake the relay. Takes Alembic's `op`."""
    _create_outbox(operations)
    _create_inbox(operations)
    _create_failed_events(operations)
    create_notify_trigger(operations, "outbox")


def add_crashes_3(operations: Any) -> None:
    """Let failed events show which worker has begun an attempt, and how many processes ended in one."""
    operations.add_column("failed_events", sa.Column("begun_by", sa.Uuid()))
    operations.add_column("failed_events", sa.Column("crashes", sa.Integer(), nullable=False, server_default="0"))


def add_publish_after_4(operations: Any) -> None:
    """Let events that the broker did not confirm wait in the outbox, longer each time."""
    operations.add_column("outbox", sa.Column("publish_after", Utc()))
    operations.add_column("outbox", sa.Column("postponements", sa.Integer(), nullable=False, server_default="0"))
    unpublished = sa.text("published_at IS NULL")
    operations.drop_index("ix_outbox_unpublished", "outbox")
    operations.create_index(
        "ix_outbox_unpublished",
        "outbox",
        ["publish_after", "id"],
        postgresql_where=unpublished,
        sqlite_where=unpublished,
    )


def change_bus_tables_2(operations: Any) -> None:
    """Index what retention and reconciliation look for, in place of what nothing looks for, and note how far they are.

    No index more is written for an event than before.
    """
    published = sa.text("published_at IS NOT NULL")
    operations.drop_index("ix_outbox_recorded_at", "outbox")
    operations.create_index(
        "ix_outbox_published_at", "outbox", ["published_at"], postgresql_where=published, sqlite_where=published
    )
    operations.drop_index("ix_inbox_subject", "inbox")
    operations.create_index("ix_inbox_handled_at", "inbox", ["handled_at"])
    operations.create_table(
        "reconciliation",
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("known_until", Utc(), nullable=False),
        sa.Column("lacked_at", Utc()),
        sa.Column("oldest_unhandled", Utc()),
        sa.PrimaryKeyConstraint("subscriber", name="pk_reconciliation"),
    )


def _create_outbox(operations: Any) -> None:
    operations.create_table(
        "outbox",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("routing_key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("published_at", Utc()),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
    )
    operations.create_index("ix_outbox_subject", "outbox", ["subject"])
    operations.create_index("ix_outbox_recorded_at", "outbox", ["recorded_at"])
    unpublished = sa.text("published_at IS NULL")
    operations.create_index(
        "ix_outbox_unpublished", "outbox", ["id"], postgresql_where=unpublished, sqlite_where=unpublished
    )


def _create_inbox(operations: Any) -> None:
    operations.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("handled_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_inbox"),
    )
    operations.create_index("ix_inbox_subject", "inbox", ["subject"])


def _create_failed_events(operations: Any) -> None:
    operations.create_table(
        "failed_events",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_failed_at", Utc(), nullable=False),
        sa.Column("next_attempt_at", Utc()),
        sa.PrimaryKeyConstraint("id", name="pk_failed_events"),
        sa.UniqueConstraint("event_id", name="uq_failed_events_event_id"),
    )
    operations.create_index("ix_failed_events_next_attempt_at", "failed_events", ["next_attempt_at"])
