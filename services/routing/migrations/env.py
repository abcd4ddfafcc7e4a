"""Alembic's entry to routing's history."""

from services.routing.models import Base
from shared.database import run_migrations

run_migrations(Base.metadata)
