"""The directory of officers, their absences and hand-overs, conflicts of interest, and the index of hand-out."""

from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from shared.database import Json, Utc
from shared.swedish.sorting import sort_key
from shared.swedish.time import local_date

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

HAND_OUT_DAY = {
    "postgresql": (
        "(CASE WHEN due_by = DATE '9999-12-31' "
        "THEN (received_at AT TIME ZONE 'UTC')::date + 90 ELSE due_by END - 90 * priority)"
    ),
    "sqlite": (
        "(julianday(CASE WHEN due_by = '9999-12-31' "
        "THEN date(received_at, '+90 days') ELSE due_by END) - 90 * priority)"
    ),
}


def upgrade() -> None:
    """Create the tables and the index; that of colleagues who have cases is no longer used."""
    _create_officers()
    _enter_who_has_worked()
    _create_absences()
    _create_hand_overs()
    op.create_table(
        "conflicts_of_interest",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("declared_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "subject", name="pk_conflicts_of_interest"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_conflicts_of_interest_case_id_cases"),
    )
    op.drop_index("ix_cases_open_of_colleagues", "cases")
    day = HAND_OUT_DAY[op.get_bind().dialect.name]
    op.execute(
        "CREATE INDEX ix_cases_by_hand_out_day ON cases (municipality, queue, "
        f"{day}, received_at, id) WHERE state = 'queued'"
    )


def _create_officers() -> None:
    by_bytes: Any = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "officers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", by_bytes, nullable=False),
        sa.Column("every_board", sa.Boolean(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("last_seen_on", sa.Date()),
        sa.Column("queues", Json),
        sa.Column("eservices", Json),
        sa.PrimaryKeyConstraint("id", name="pk_officers"),
        sa.UniqueConstraint("municipality", "subject", name="uq_officers_municipality_subject"),
    )
    op.create_index("ix_officers_by_name", "officers", ["municipality", "sort_key", "id"])
    op.create_table(
        "officer_boards",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("officer_id", "board", name="pk_officer_boards"),
        _of_officer("officer_boards", "officer_id", "CASCADE"),
    )


def _enter_who_has_worked() -> None:
    """Who has acted in a case is known, of the boards of these cases, until their next token has more."""
    officers: dict[tuple[str, str], dict[str, Any]] = {}
    boards: list[dict[str, Any]] = []
    for municipality, subject, board, name, last_at in op.get_bind().execute(_who_has_worked()):
        new = {
            "id": uuid4(),
            "municipality": municipality,
            "subject": subject,
            "name": name,
            "sort_key": sort_key(name),
            "every_board": False,
            "leads": False,
            "last_seen_on": local_date(last_at),
        }
        known = officers.setdefault((municipality, subject), new)
        known["last_seen_on"] = max(known["last_seen_on"], new["last_seen_on"])
        boards.append({"officer_id": known["id"], "board": board, "municipality": municipality})
    of_officers = [*_columns("id", kind=sa.Uuid()), *_columns("municipality", "subject", "name", "sort_key")]
    of_officers += [*_columns("every_board", "leads", kind=sa.Boolean()), *_columns("last_seen_on", kind=sa.Date())]
    op.bulk_insert(sa.table("officers", *of_officers), list(officers.values()))
    of_boards = [*_columns("officer_id", kind=sa.Uuid()), *_columns("board", "municipality")]
    op.bulk_insert(sa.table("officer_boards", *of_boards), boards)


def _who_has_worked() -> sa.Select[*tuple[Any, ...]]:
    ids = _columns("case_id", kind=sa.Uuid())
    texts = _columns("municipality", "actor_subject", "actor_name")
    journal = sa.table("journal", *ids, *texts, *_columns("at", kind=Utc()))
    cases = sa.table("cases", *_columns("id", kind=sa.Uuid()), *_columns("board"))
    group = (journal.c.municipality, journal.c.actor_subject, cases.c.board)
    query = sa.select(*group, sa.func.max(journal.c.actor_name), sa.func.max(journal.c.at))
    query = query.join_from(journal, cases, cases.c.id == journal.c.case_id)
    named = sa.and_(journal.c.actor_subject.is_not(None), journal.c.actor_name.is_not(None))
    return query.where(named).group_by(*group)


def _columns(*names: str, kind: Any = None) -> list[Any]:
    return [sa.column(name, kind or sa.Text()) for name in names]


def _create_absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date()),
        sa.Column("deputy_id", sa.Uuid()),
        sa.Column("entered_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
        _of_officer("absences", "officer_id", "CASCADE"),
        _of_officer("absences", "deputy_id", "SET NULL"),
    )
    op.create_index("ix_absences_of_officer", "absences", ["officer_id", "first_day"])
    op.create_index("ix_absences_entered_at", "absences", ["entered_at"])


def _create_hand_overs() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("by", Json, nullable=False),
        sa.Column("by_subject", sa.Text(), nullable=False),
        sa.Column("from_subject", sa.Text(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("to_subject", sa.Text()),
        sa.Column("to_name", sa.Text()),
        sa.Column("queues", Json),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("handed", sa.Integer(), nullable=False),
        sa.Column("requested_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc()),
        sa.PrimaryKeyConstraint("id", name="pk_hand_overs"),
    )
    op.create_index("ix_hand_overs_ended_at", "hand_overs", ["ended_at"])
    op.create_table(
        "hand_over_failures",
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hand_over_id", "case_id", name="pk_hand_over_failures"),
        sa.ForeignKeyConstraint(
            ["hand_over_id"],
            ["hand_overs.id"],
            name="fk_hand_over_failures_hand_over_id_hand_overs",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_hand_over_failures_case_id_cases"),
    )


def _of_officer(table: str, column: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_officers"
    return sa.ForeignKeyConstraint([column], ["officers.id"], name=name, ondelete=ondelete)
