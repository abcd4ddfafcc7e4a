"""Cases with content, journal, decisions and reads; the registers' series and rule sets; the bus tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.bus.migrations import create_bus_tables_1
from shared.database import Json, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STILL_OPEN = "state IN ('queued', 'assigned', 'awaiting_supplement')"


def upgrade() -> None:
    """Create everything, guard the journal, and let commits wake the relay."""
    _create_cases()
    _create_contents()
    _create_journal()
    _create_decisions()
    _create_reads()
    _create_series_and_rule_sets()
    _guard_journal()
    create_bus_tables_1(op)


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("register_board", sa.Text(), nullable=False),
        sa.Column("register_year", sa.Integer(), nullable=False),
        sa.Column("register_number", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("eservice_title", Json, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("public_title", Json, nullable=False),
        sa.Column("public_submitter", sa.Text()),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("officer_subject", sa.Text()),
        sa.Column("officer_name", sa.Text()),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("registered_at", Utc(), nullable=False),
        sa.Column("due_by", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("undelivered", sa.Boolean(), nullable=False),
        sa.Column("notified_at", Utc()),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("submission_id", name="uq_cases_submission_id"),
        sa.UniqueConstraint("municipality", "number", name="uq_cases_municipality_number"),
        sa.UniqueConstraint(
            "municipality", "register_board", "register_year", "register_number", name="uq_cases_series"
        ),
    )
    in_queue = ["municipality", "queue"]
    op.create_index("ix_cases_by_deadline", "cases", [*in_queue, "state", "due_by", "received_at", "id"])
    op.create_index("ix_cases_by_age", "cases", [*in_queue, "state", "received_at", "id"])
    by_deadline, shown = [*in_queue, "due_by", "received_at", "id"], ["state", "board", "protected"]
    _create_partial_index("ix_cases_open_by_deadline", "cases", by_deadline, STILL_OPEN, postgresql_include=shown)
    _create_partial_index("ix_cases_open_by_age", "cases", [*in_queue, "received_at", "id"], STILL_OPEN)
    of_officer = ["municipality", "officer_subject", "due_by", "received_at", "id"]
    _create_partial_index("ix_cases_open_by_officer", "cases", of_officer, STILL_OPEN)


def _create_contents() -> None:
    op.create_table(
        "submission_copies",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("submitter", Json),
        sa.Column("eservice_version", sa.Integer(), nullable=False),
        sa.Column("handling", Json, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("attachments", Json, nullable=False),
        sa.Column("explanation", Json, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_submission_copies"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_submission_copies_case_id_cases"),
    )


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor_subject", sa.Text()),
        sa.Column("actor_name", sa.Text()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.PrimaryKeyConstraint("case_id", "sequence", name="pk_journal"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_journal_case_id_cases"),
    )
    _create_partial_index(
        "uq_journal_idempotency_key",
        "journal",
        ["municipality", "actor_subject", "idempotency_key"],
        "idempotency_key IS NOT NULL",
        unique=True,
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_label", Json, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=False),
        sa.Column("decided_by_subject", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("presenter", sa.Text()),
        sa.Column("appeal", Json),
        sa.PrimaryKeyConstraint("case_id", "version", name="pk_decisions"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_decisions_case_id_cases"),
    )


def _create_reads() -> None:
    op.create_table(
        "case_reads",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_reads"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_reads_case_id_cases"),
    )
    op.create_index("ix_case_reads_case_id_at", "case_reads", ["case_id", "at"])


def _create_series_and_rule_sets() -> None:
    op.create_table(
        "number_series",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "board", "year", name="pk_number_series"),
    )
    op.create_table(
        "rule_sets",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("adopted_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "version", name="pk_rule_sets"),
    )


def _create_partial_index(name: str, table: str, columns: list[str], where: str, **options: Any) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, postgresql_where=condition, sqlite_where=condition, **options)


def _guard_journal() -> None:
    """What is written in a journal is neither changed nor removed, by any connection."""
    if op.get_bind().dialect.name == "sqlite":
        for forbidden in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER journal_never_{forbidden.lower()} BEFORE {forbidden} ON journal "
                "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change()"
    )
