"""Brings a service's store to its newest revision: apart from the store, for only few processes need Alembic."""

from pathlib import Path

import alembic.command
import alembic.config
import alembic.context
from sqlalchemy import Engine, MetaData, text


def migrate(engine: Engine, migrations: Path) -> None:
    """Bring the store to the newest revision of the Alembic history in the folder."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["engine"] = engine
    alembic.command.upgrade(config, "head")


def run_migrations(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` does: run within one transaction on the engine that `migrate` gave."""
    engine: Engine = alembic.context.config.attributes["engine"]
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('arende migrate'))"))
        alembic.context.configure(
            connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=False
        )
        alembic.context.run_migrations()
