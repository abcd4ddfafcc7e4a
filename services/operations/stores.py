"""The three stores side by side, for the tools that compare them. No service may do this."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.operations.registry import SERVICES, part
from shared import database, settings
from shared.bus.event_processor import Tables
from shared.bus.topology import EVENTS_EXCHANGE, SUBSCRIPTIONS, Subscription
from shared.database import Database
from shared.settings import BadSetting


@dataclass(frozen=True)
class Store:
    """One service's store, its bus tables, and what it listens to."""

    service: str
    database: Database
    tables: Tables
    subscription: Subscription

    def subscribes_to(self, exchange: str, routing_key: str) -> bool:
        """Whether the service listens to what is published so."""
        families = tuple(topic.removesuffix("#") for topic in self.subscription.topics)
        return exchange == EVENTS_EXCHANGE and routing_key.startswith(families)


Stores = Mapping[str, Store]


def store(service: str, environ: Mapping[str, str]) -> Store:
    """Open the service's store; BadSetting when the environment does not say rightly where it is."""
    models = part(service, "models")
    tables = Tables(outbox=models.Outbox, inbox=models.Inbox, failed_events=models.FailedEvent)
    [subscription] = [each for each in SUBSCRIPTIONS if each.service == service]
    return Store(service, database.connect(_database_url(service, environ)), tables, subscription)


def stores(environ: Mapping[str, str]) -> Stores:
    """All three by the service's name; BadSetting as above."""
    return {service: store(service, environ) for service in SERVICES}


def migrate(service: str, environ: Mapping[str, str]) -> None:
    """Bring the service's store to its newest revision; BadSetting as above."""
    history = Path(part(service, "models").__file__).parent / "migrations"
    opened = database.connect(_database_url(service, environ))
    database.migrate(opened.engine, history)
    opened.engine.dispose()


def _database_url(service: str, environ: Mapping[str, str]) -> str:
    variable = f"{service.upper()}_DATABASE_URL"
    try:
        return settings.database_url(environ.get(variable, ""))
    except ValueError as fault:
        raise BadSetting(f"{variable} is wrong ({fault}): set it to {service}'s own database") from fault
