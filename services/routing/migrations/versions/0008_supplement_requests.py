"""Supplement requests as records of their own; what is to happen with a case whose deadline has passed."""

import json
from datetime import UTC, date
from typing import Any
from uuid import uuid5

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TO_BE_DECIDED = "state IN ('queued', 'assigned', 'awaiting_supplement') AND on_expiry = 'decide'"


def upgrade() -> None:
    """Create the table, with a record of each request that is open by what the cases and their journals have."""
    requests = op.create_table(
        "supplement_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("requested_at", Utc(), nullable=False),
        sa.Column("requested_by_subject", sa.Text()),
        sa.Column("requested_by", sa.Text()),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("ended_at", Utc()),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_supplement_requests"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_supplement_requests_case_id_cases"),
    )
    op.create_index("ix_supplement_requests_case_id", "supplement_requests", ["case_id", "requested_at"])
    op.add_column("cases", sa.Column("on_expiry", sa.Text(), server_default="alert", nullable=False))
    op.create_index(
        "ix_cases_to_be_decided",
        "cases",
        ["municipality", "queue", "due_by", "received_at", "id"],
        postgresql_where=sa.text(TO_BE_DECIDED),
        sqlite_where=sa.text(TO_BE_DECIDED),
    )
    op.bulk_insert(requests, _open_requests())


def _open_requests() -> list[dict[str, Any]]:
    """The last request of each case that awaits a supplement: an earlier one was no longer kept track of."""
    cases = sa.table("cases", sa.column("id", sa.Uuid()), sa.column("state"), sa.column("answer_by"))
    of_entry = ("municipality", "action", "sequence", "actor_subject", "actor_name", "data")
    journal = sa.table(
        "journal", sa.column("case_id", sa.Uuid()), sa.column("at", Utc()), *(sa.column(name) for name in of_entry)
    )
    waiting = sa.select(cases.c.id).where(cases.c.state == "awaiting_supplement", cases.c.answer_by.is_not(None))
    asked = sa.select(journal).where(journal.c.action == "request_supplement", journal.c.case_id.in_(waiting))
    last = {row.case_id: row for row in op.get_bind().execute(asked.order_by(journal.c.case_id, journal.c.sequence))}
    return [_request(row) for row in last.values()]


def _request(row: Any) -> dict[str, Any]:
    data = json.loads(row.data)
    return {
        "id": uuid5(row.case_id, row.at.astimezone(UTC).isoformat()),
        "case_id": row.case_id,
        "municipality": row.municipality,
        "text": data["text"],
        "requested_at": row.at,
        "requested_by_subject": row.actor_subject,
        "requested_by": row.actor_name,
        "answer_by": date.fromisoformat(data["answer_by"]),
        "ended_at": None,
        "outcome": None,
    }
