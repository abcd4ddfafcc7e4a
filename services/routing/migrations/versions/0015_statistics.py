"""How cases ended, the figures of a leader's page, and expected times; how the cases of the last year ended."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0015"
down_revision = "0011"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# A case that ended more than once counts by its first end: which came before a reopening is not looked for. Swedish
# days on PostgreSQL, those of UTC on SQLite, which knows no zones.
_DAYS = {
    "postgresql": (
        "(({later} AT TIME ZONE 'Europe/Stockholm')::date - ({earlier} AT TIME ZONE 'Europe/Stockholm')::date)"
    ),
    "sqlite": "CAST(julianday(date({later})) - julianday(date({earlier})) AS INTEGER)",
}
_DAY = {"postgresql": "({moment} AT TIME ZONE 'Europe/Stockholm')::date", "sqlite": "date({moment})"}
_YEAR_AGO = {"postgresql": "now() - interval '1 year'", "sqlite": "datetime('now', '-1 year')"}
_ENDS = """
INSERT INTO case_ends
    (case_id, municipality, board, protected, queue, eservice, ended_on, days, days_in_queue, in_time)
SELECT id, municipality, board, protected, queue, eservice, {ended_on}, {days}, {days_in_queue},
    CASE WHEN due_by = '9999-12-31' THEN NULL ELSE {ended_on} <= due_by END
FROM (
    SELECT cases.*,
        (SELECT min(at) FROM journal WHERE case_id = cases.id AND state IN ('decided', 'closed')) AS ended_at,
        (SELECT min(at) FROM journal WHERE case_id = cases.id AND action IN ('claim', 'assign')) AS taken_at
    FROM cases WHERE state IN ('decided', 'closed')
) AS ended WHERE ended_at > {year_ago}
"""


def upgrade() -> None:
    """Create the tables, fill in how cases ended, and index what is counted by week."""
    _create_case_ends()
    _create_case_figures()
    op.create_table(
        "expected_times",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("cases", "median_days", "ninetieth_days")),
        sa.Column("median_days_in_queue", sa.Integer(), nullable=False),
        sa.Column("ninetieth_days_in_queue", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "eservice", name="pk_expected_times"),
    )
    op.create_index("ix_cases_received_at", "cases", ["received_at"])
    dialect = op.get_bind().dialect.name
    op.execute(
        _ENDS.format(
            ended_on=_DAY[dialect].format(moment="ended_at"),
            days=_DAYS[dialect].format(later="ended_at", earlier="received_at"),
            days_in_queue=_DAYS[dialect].format(later="taken_at", earlier="received_at"),
            year_ago=_YEAR_AGO[dialect],
        )
    )


def _create_case_ends() -> None:
    op.create_table(
        "case_ends",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("days_in_queue", sa.Integer()),
        sa.Column("in_time", sa.Boolean()),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_ends"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_ends_case_id_cases"),
    )
    op.create_index("ix_case_ends_ended_on", "case_ends", ["ended_on"])


def _create_case_figures() -> None:
    op.create_table(
        "case_figures",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("eservice", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("taken_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_figures"),
    )
    op.create_index("ix_case_figures_municipality", "case_figures", ["municipality"])
