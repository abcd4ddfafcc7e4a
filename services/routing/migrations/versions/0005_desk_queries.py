"""Counts of the cases in each queue, kept by triggers; indexes for what the desk lists and looks up."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STILL_OPEN = "state IN ('queued', 'assigned', 'awaiting_supplement')"
GROUP = "municipality, queue, board, protected, state"
DUE_BY = f"CASE WHEN {STILL_OPEN} THEN due_by ELSE '9999-12-31' END"


def upgrade() -> None:
    """Count what is there, then what changes."""
    op.create_table(
        "case_counts",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_by", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_counts"),
    )
    of_group = ["municipality", "queue", "board", "protected", "state"]
    op.create_index("ix_case_counts_by_queue", "case_counts", [*of_group, "due_by"])
    if op.get_bind().dialect.name == "sqlite":
        _count_on_sqlite()
    else:
        _count_on_postgresql()
    op.execute(
        f"INSERT INTO case_counts ({GROUP}, due_by, cases) "
        f"SELECT {GROUP}, {DUE_BY}, count(*) FROM cases GROUP BY {GROUP}, {DUE_BY}"
    )
    _create_indexes()


def _count_on_postgresql() -> None:
    """One set of counts for each statement, however many cases it changes. Nobody changes a case until the commit."""
    op.execute("LOCK TABLE cases IN SHARE ROW EXCLUSIVE MODE")
    added, removed = "REFERENCING NEW TABLE AS added", "REFERENCING OLD TABLE AS removed"
    _count_after("INSERT", added, [("added", 1)])
    _count_after("DELETE", removed, [("removed", -1)])
    _count_after("UPDATE", f"{removed} NEW TABLE AS added", [("removed", -1), ("added", 1)])


def _count_after(change: str, referencing: str, tables: list[tuple[str, int]]) -> None:
    changed = " UNION ALL ".join(
        f"SELECT {GROUP}, {DUE_BY} AS due_by, {each} AS cases FROM {name}" for name, each in tables
    )
    name = f"count_cases_after_{change.lower()}"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO case_counts ({GROUP}, due_by, cases) "
        f"SELECT {GROUP}, due_by, sum(cases) FROM ({changed}) AS changed "
        f"GROUP BY {GROUP}, due_by HAVING sum(cases) <> 0; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} AFTER {change} ON cases {referencing} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def _count_on_sqlite() -> None:
    """A migration that makes the table of cases anew (Alembic's batch mode) has to make these anew too."""
    counted = f"UPDATE OF {GROUP}, due_by"
    for change, rows in (("INSERT", [("NEW", 1)]), ("DELETE", [("OLD", -1)]), (counted, [("OLD", -1), ("NEW", 1)])):
        inserts = " ".join(_insert_of_row(row, cases) for row, cases in rows)
        name = f"count_cases_after_{change.partition(' ')[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {change} ON cases BEGIN {inserts} END")


def _insert_of_row(row: str, cases: int) -> str:
    group = ", ".join(f"{row}.{column}" for column in GROUP.split(", "))
    due_by = DUE_BY.replace("state", f"{row}.state").replace("due_by", f"{row}.due_by")
    return f"INSERT INTO case_counts ({GROUP}, due_by, cases) VALUES ({group}, {due_by}, {cases});"


def _create_indexes() -> None:
    op.create_index("ix_cases_by_register_number", "cases", ["municipality", "register_number", "register_year"])
    by_deadline = ["due_by", "received_at", "id"]
    _create_open("ix_cases_open_by_eservice", ["municipality", "queue", "eservice", *by_deadline])
    of_colleagues = ["municipality", "board", "protected", "officer_subject"]
    _create_open("ix_cases_open_of_colleagues", of_colleagues, " AND officer_subject IS NOT NULL")
    op.drop_index("ix_cases_open_by_deadline", "cases")
    _create_open("ix_cases_open_by_deadline", ["municipality", "queue", *by_deadline])


def _create_open(name: str, columns: list[str], further: str = "") -> None:
    where: Any = sa.text(STILL_OPEN + further)
    op.create_index(name, "cases", columns, postgresql_where=where, sqlite_where=where)
