"""Search documents are found by their age too: words are looked for among the latest without reading all others."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """On PostgreSQL alone, whose index knows where in the table such ids are: in SQLite the table is in their order.

    Of the sum, since those who search for it by the id itself get the primary key (services/routing/search/find.py).
    """
    if op.get_context().dialect.name == "postgresql":
        how = "USING brin ((id + 0)) WITH (pages_per_range = 32, autosummarize = on)"
        op.execute(f"CREATE INDEX search_index_age ON search_documents {how}")
