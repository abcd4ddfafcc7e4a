"""Alembic's entry to routing's history. Each capability's tables are known once its models are imported."""

import services.routing.bulk.models
import services.routing.cases.models
import services.routing.decisions.models
import services.routing.desk.models
import services.routing.external.models
import services.routing.macros.models
import services.routing.queues.models
import services.routing.registration.models
import services.routing.related.models
import services.routing.rules.models
import services.routing.search.models
import services.routing.standard_texts.models
import services.routing.statistics.models
import services.routing.supplements.models  # noqa: F401
from services.routing.models import Base
from shared.migrations import run_migrations

run_migrations(Base.metadata)
