"""The store that the migrations make is the one that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

import services.notify.contacts.models
import services.notify.delivery.models
import services.notify.inbound.models
import services.notify.mail_files.models  # noqa: F401 - so that Base knows every table
from services.notify.models import Base
from shared.database import Database
from shared.migrations import migrate
from tests.notify import MIGRATIONS


def test_the_migrations_make_what_the_models_describe(store: Database) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        unversioned = [each for each in compare_metadata(context, Base.metadata) if "alembic_version" not in str(each)]

    assert unversioned == []


def test_migrating_again_changes_nothing(store: Database) -> None:
    before = versions(store)

    migrate(store.engine, MIGRATIONS)

    assert versions(store) == before != []


def versions(store: Database) -> list[str]:
    with store.engine.connect() as connection:
        return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
