"""What is new for officers and how they learn of it, who has a case open, and saved filters."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json, Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNSEEN = sa.text("seen_at IS NULL")
OF_LAST_DAY = sa.text("due_on IS NOT NULL")
OPEN_WITH_OFFICER = sa.text("state IN ('queued', 'assigned', 'awaiting_supplement') AND officer_subject IS NOT NULL")
ENDED = sa.text("state IN ('decided', 'closed')")


def upgrade() -> None:
    """Create the tables, and the indexes of what the lists now count."""
    _create_updates()
    op.create_table(
        "update_preferences",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("boards", Json),
        sa.Column("chosen_at", Utc(), nullable=False),
        sa.Column("signed_in_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "subject", name="pk_update_preferences"),
    )
    op.create_table(
        "case_presences",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_presences"),
        sa.UniqueConstraint("case_id", "subject", name="uq_case_presences_case_id_subject"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_presences_case_id_cases"),
    )
    op.create_index("ix_case_presences_at", "case_presences", ["at"])
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_by_subject", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", Utc(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filters"),
        sa.UniqueConstraint("municipality", "queue", "name", name="uq_saved_filters_municipality_queue_name"),
    )
    _index_cases()


def _create_updates() -> None:
    op.create_table(
        "case_updates",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer()),
        sa.Column("due_on", sa.Date()),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("seen_at", Utc()),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_updates"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_updates_case_id_cases"),
    )
    op.create_index(
        "ix_case_updates_unseen",
        "case_updates",
        ["municipality", "subject", "case_id"],
        postgresql_where=UNSEEN,
        sqlite_where=UNSEEN,
    )
    op.create_index(
        "uq_case_updates_due_on",
        "case_updates",
        ["case_id", "subject", "due_on"],
        unique=True,
        postgresql_where=OF_LAST_DAY,
        sqlite_where=OF_LAST_DAY,
    )
    op.create_index("ix_case_updates_at", "case_updates", ["at"])


def _index_cases() -> None:
    op.create_index(
        "ix_cases_with_officer_by_deadline",
        "cases",
        ["municipality", "due_by"],
        postgresql_where=OPEN_WITH_OFFICER,
        sqlite_where=OPEN_WITH_OFFICER,
    )
    op.create_index(
        "ix_cases_ended_by_eservice",
        "cases",
        ["municipality", "queue", "eservice", "state", "due_by", "received_at", "id"],
        postgresql_where=ENDED,
        sqlite_where=ENDED,
    )
    op.create_index(
        "ix_cases_ended_by_officer",
        "cases",
        ["municipality", "queue", "officer_subject", "state", "due_by", "received_at", "id"],
        postgresql_where=ENDED,
        sqlite_where=ENDED,
    )
