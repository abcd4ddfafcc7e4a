"""Bulk jobs: one action on many chosen cases, and how it goes with each of them."""

import sqlalchemy as sa
from alembic import op

from shared.bus.notifier import create_notify_trigger
from shared.database import Json, Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("finished_at IS NULL")
WITH_KEY = sa.text("idempotency_key IS NOT NULL")


def upgrade() -> None:
    """Create the tables."""
    _create_selections()
    _create_jobs()
    _create_cases()
    create_notify_trigger(op, "bulk_jobs")


def _create_selections() -> None:
    op.create_table(
        "bulk_selections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("officer_subject", sa.Text(), nullable=False),
        sa.Column("cases", Json, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("chosen_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_selections"),
    )
    op.create_index("ix_bulk_selections_chosen_at", "bulk_selections", ["chosen_at"])


def _create_jobs() -> None:
    op.create_table(
        "bulk_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("officer_subject", sa.Text(), nullable=False),
        sa.Column("officer_name", sa.Text(), nullable=False),
        sa.Column("boards", Json),
        sa.Column("rights_until", Utc(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("request", Json, nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("ordered_at", Utc(), nullable=False),
        sa.Column("finished_at", Utc()),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_jobs"),
    )
    op.create_index("ix_bulk_jobs_ordered_at", "bulk_jobs", ["ordered_at"])
    by_officer = ["municipality", "officer_subject", "ordered_at", "id"]
    op.create_index("ix_bulk_jobs_by_officer", "bulk_jobs", by_officer)
    op.create_index(
        "ix_bulk_jobs_unfinished",
        "bulk_jobs",
        ["ordered_at", "id"],
        postgresql_where=UNFINISHED,
        sqlite_where=UNFINISHED,
    )
    op.create_index(
        "uq_bulk_jobs_idempotency_key",
        "bulk_jobs",
        ["municipality", "officer_subject", "idempotency_key"],
        unique=True,
        postgresql_where=WITH_KEY,
        sqlite_where=WITH_KEY,
    )


def _create_cases() -> None:
    op.create_table(
        "bulk_cases",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("detail", Json, nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "position", name="pk_bulk_cases"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["bulk_jobs.id"], name="fk_bulk_cases_job_id_bulk_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_bulk_cases_case_id_cases"),
    )
    op.create_index("ix_bulk_cases_by_progress", "bulk_cases", ["job_id", "progress", "position"])
    op.create_index("ix_bulk_cases_case_id", "bulk_cases", ["case_id"])
