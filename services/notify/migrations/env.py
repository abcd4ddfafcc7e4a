"""Alembic's entry to notify's history. The models are imported so that Base knows every table."""

import services.notify.contacts.models
import services.notify.delivery.models
import services.notify.inbound.models
import services.notify.mail_files.models  # noqa: F401
from services.notify.models import Base
from shared.migrations import run_migrations

run_migrations(Base.metadata)
