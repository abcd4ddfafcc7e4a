"""Alembic's entry to notify's history."""

from services.notify.models import Base
from shared.database import run_migrations

run_migrations(Base.metadata)
