"""The migrations make the very tables that the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.routing.models import Base


def test_the_migrated_store_is_as_the_models_define(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Base.metadata) == []


def test_every_row_carries_its_municipality(store):
    of_the_bus = {"outbox", "inbox", "failed_events", "reconciliation"}

    assert all("municipality" in table.c for name, table in Base.metadata.tables.items() if name not in of_the_bus)
