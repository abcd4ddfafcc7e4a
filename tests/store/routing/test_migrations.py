"""The migrations make the very tables that the models say, and keep what was in them."""

from uuid import uuid4

import alembic.command
import alembic.config
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from services.routing.cases.models import DeliveryStatus
from services.routing.models import Base
from shared.database import Database, connect
from tests.builders import NOON
from tests.store.routing.casework import MIGRATIONS, everything


def test_the_migrated_store_is_as_the_models_define(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Base.metadata) == []


def test_every_row_carries_its_municipality(store):
    of_the_bus = {"outbox", "inbox", "failed_events", "reconciliation"}

    assert all("municipality" in table.c for name, table in Base.metadata.tables.items() if name not in of_the_bus)


@pytest.mark.parametrize("undelivered", [True, False])
def test_when_a_submitter_was_last_notified_is_kept_apart_from_the_case(database_url, undelivered):
    database = connect(database_url)
    upgrade(database, "0003")
    values = A_CASE | {"id": uuid4().hex, "submission_id": uuid4().hex, "undelivered": undelivered}
    statement = f"INSERT INTO cases ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})"
    with database.engine.begin() as connection:
        connection.execute(text(statement), values)

    upgrade(database, "head")

    [kept] = everything(database, DeliveryStatus)
    assert (kept.failed_at, kept.delivered_at) == ((NOON, None) if undelivered else (None, NOON))
    assert kept.submission_id.hex == values["submission_id"]
    database.engine.dispose()


def upgrade(database: Database, revision: str) -> None:
    """Bring routing's store to a revision."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    alembic.command.upgrade(config, revision)


A_CASE = {
    **dict.fromkeys(("number", "register_board", "reference", "eservice", "language", "board", "queue"), "x"),
    **dict.fromkeys(("eservice_title", "public_title", "tags"), "{}"),
    **dict.fromkeys(("received_at", "registered_at", "notified_at"), "2026-11-23 11:00:00.000000"),
    **dict.fromkeys(("register_year", "register_number", "priority", "sequence"), 1),
    **dict.fromkeys(("secret", "protected"), False),
    "municipality": "2039",
    "state": "queued",
    "due_by": "9999-12-31",
}
