"""What cases may be found by, with its trigrams indexed. Cases that are there already: `arende search rebuild`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from shared.settings import BadSetting

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, and the index that each database has for parts of words."""
    op.create_table(
        "search_documents",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("place", sa.Text()),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("whole", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_documents"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_search_documents_case_id_cases"),
        sa.UniqueConstraint("case_id", name="uq_search_documents_case_id"),
    )
    op.create_index("ix_cases_by_board", "cases", ["municipality", "board", "protected"])
    if op.get_bind().dialect.name == "sqlite":
        _index_on_sqlite()
    else:
        _index_on_postgresql()


def _index_on_postgresql() -> None:
    try:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as error:
        raise BadSetting(
            "routing's database lacks the extension pg_trgm, and its user may not create it: as the database's owner "
            f"or a superuser run CREATE EXTENSION pg_trgm in it ({str(error.orig).splitlines()[0]})"
        ) from error
    trigrams = f'"{_schema_of_extension()}".gin_trgm_ops'
    for column in ("head", "whole"):
        op.execute(f"CREATE INDEX search_index_{column} ON search_documents USING gin ({column} {trigrams})")


def _schema_of_extension() -> str:
    """Where the extension's names are: an administrator may have put it where they are not looked for."""
    found = op.get_bind().execute(
        sa.text("SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_trgm'")
    )
    return str(found.scalar_one()).strip('"')


def _index_on_sqlite() -> None:
    """FTS5 over the table's own text; triggers keep it so (https://sqlite.org/fts5.html, 4.4.3)."""
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5(head, whole, content='search_documents', content_rowid='id', "
        "tokenize='trigram case_sensitive 1')"
    )
    added = "INSERT INTO search_index (rowid, head, whole) VALUES (NEW.id, NEW.head, NEW.whole);"
    removed = (
        "INSERT INTO search_index (search_index, rowid, head, whole) VALUES ('delete', OLD.id, OLD.head, OLD.whole);"
    )
    for change, statements in (("INSERT", added), ("DELETE", removed), ("UPDATE", removed + added)):
        name = f"index_search_after_{change.lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {change} ON search_documents BEGIN {statements} END")
