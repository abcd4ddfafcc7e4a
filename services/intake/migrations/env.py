"""Alembic's entry to intake's history."""

import services.intake.attachments.models
import services.intake.eservices.models
import services.intake.limits.models
import services.intake.submissions.models
import services.intake.supplements.models
import services.intake.tracking.models  # noqa: F401 - each import lays its tables in the metadata
from services.intake.models import Base
from shared.migrations import run_migrations

run_migrations(Base.metadata)
