"""Alembic's entry to intake's history."""

from services.intake.models import Base
from shared.database import run_migrations

run_migrations(Base.metadata)
