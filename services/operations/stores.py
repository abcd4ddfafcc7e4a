"""The three stores side by side, for the tools that compare them. No service may do this."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import services.intake.models as intake
import services.notify.models as notify
import services.routing.models as routing
from services.operations.registry import SERVICES
from shared import database, migrations, settings
from shared.bus.event_processor import Tables
from shared.bus.topology import INTAKE, NOTIFY, ROUTING, Subscription
from shared.database import Database
from shared.settings import BadSetting

TABLES = {
    "intake": Tables(intake.Outbox, intake.Inbox, intake.FailedEvent),
    "routing": Tables(routing.Outbox, routing.Inbox, routing.FailedEvent),
    "notify": Tables(notify.Outbox, notify.Inbox, notify.FailedEvent),
}
SUBSCRIPTIONS = {each.service: each for each in (INTAKE, ROUTING, NOTIFY)}
_SERVICES_FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True)
class Store:
    """One service's store, its bus tables, and what it subscribes to."""

    service: str
    database: Database
    tables: Tables
    subscription: Subscription


Stores = Mapping[str, Store]


def store(service: str, environ: Mapping[str, str]) -> Store:
    """Open the service's store; BadSetting when the environment names none, or a wrong one."""
    opened = database.connect(_database_url(service, environ), database.OPERATORS_LIMITS)
    return Store(service, opened, TABLES[service], SUBSCRIPTIONS[service])


def stores(environ: Mapping[str, str]) -> Stores:
    """All three by the service's name; BadSetting as above."""
    return {service: store(service, environ) for service in SERVICES}


def migrate(service: str, environ: Mapping[str, str]) -> None:
    """Bring the service's store to its newest revision; BadSetting as above."""
    opened = database.connect(_database_url(service, environ), database.OPERATORS_LIMITS)
    migrations.migrate(opened.engine, _SERVICES_FOLDER / service / "migrations")
    opened.engine.dispose()


def _database_url(service: str, environ: Mapping[str, str]) -> str:
    variable = f"{service.upper()}_DATABASE_URL"
    try:
        return settings.database_url(environ.get(variable, ""))
    except ValueError as error:
        raise BadSetting(f"{variable} is wrong ({error}): set it to {service}'s own database") from error
