"""Holds, reminders, sub-tasks and watchers of cases; the tags that boards use; lists by priority and by tag."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STILL_OPEN = "state IN ('queued', 'assigned', 'awaiting_supplement')"


def upgrade() -> None:
    """Create what is new: nothing of it is there yet."""
    op.add_column("cases", sa.Column("on_hold_until", Utc()))
    _create_partial(
        "ix_cases_open_by_priority",
        "cases",
        ["municipality", "queue", "priority", "due_by", "received_at", "id"],
        STILL_OPEN,
    )
    on_hold = f"{STILL_OPEN} AND on_hold_until IS NOT NULL"
    _create_partial("ix_cases_on_hold", "cases", ["municipality", "queue", "board", "protected", "state"], on_hold)
    op.create_index(
        "ix_cases_by_tag", "cases", ["tags"], postgresql_using="gin", postgresql_ops={"tags": "jsonb_path_ops"}
    )
    _create_holds()
    _create_reminders()
    _create_subtasks()
    _create_watchers()
    _create_board_tags()


def _create_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("begun_at", Utc(), nullable=False),
        sa.Column("begun_by_subject", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("ended_at", Utc()),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_holds_case_id_cases"),
    )
    op.create_index("ix_holds_case_id", "holds", ["case_id", "begun_at"])
    _create_partial("uq_holds_open", "holds", ["case_id"], "ended_at IS NULL", unique=True)
    _create_partial("ix_holds_by_time", "holds", ["until"], "ended_at IS NULL")


def _create_reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by_subject", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("finished_at", Utc()),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_reminders_case_id_cases"),
    )
    op.create_index("ix_reminders_case_id", "reminders", ["case_id", "due_on"])
    by_author = ["municipality", "created_by_subject", "due_on"]
    _create_partial("ix_reminders_by_author", "reminders", by_author, "finished_at IS NULL")


def _create_subtasks() -> None:
    op.create_table(
        "subtasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("assignee_subject", sa.Text(), nullable=False),
        sa.Column("assignee_name", sa.Text(), nullable=False),
        sa.Column("due_by", sa.Date(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by_subject", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("finished_at", Utc()),
        sa.Column("finished_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_subtasks"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_subtasks_case_id_cases"),
    )
    op.create_index("ix_subtasks_case_id", "subtasks", ["case_id", "created_at"])
    by_assignee = ["municipality", "assignee_subject", "due_by", "id"]
    _create_partial("ix_subtasks_by_assignee", "subtasks", by_assignee, "finished_at IS NULL")


def _create_watchers() -> None:
    op.create_table(
        "watchers",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "subject", name="pk_watchers"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_watchers_case_id_cases"),
    )
    op.create_index("ix_watchers_by_subject", "watchers", ["municipality", "subject", "since"])


def _create_board_tags() -> None:
    op.create_table(
        "board_tags",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("used_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "board", "protected", "tag", name="pk_board_tags"),
    )
    op.create_index("ix_board_tags_by_use", "board_tags", ["municipality", "board", "protected", "used_at"])


def _create_partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where: Any = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, postgresql_where=where, sqlite_where=where)
