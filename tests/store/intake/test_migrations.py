"""The migrations lay the tables that the models describe, on both kinds of database."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.intake import models
from shared.database import connect
from shared.migrations import migrate

MIGRATIONS = Path(models.__file__).parent / "migrations"


def test_the_migrations_lay_the_tables_that_the_models_describe(database_url: str) -> None:
    database = connect(database_url)

    migrate(database.engine, MIGRATIONS)

    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), models.Base.metadata) == []
    database.engine.dispose()
