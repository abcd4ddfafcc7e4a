"""Intake's worker: the composition root of what subscribes to events, purges uploads and measures what waits."""

from services.intake.attachments import upload
from services.intake.attachments.storage import Storage
from services.intake.limits import allowances
from services.intake.models import FailedEvent, Inbox, Outbox
from services.intake.settings import Settings
from services.intake.tracking.gauges import measure
from services.intake.tracking.handlers import handlers
from shared.bus.event_processor import Tables
from shared.bus.topology import INTAKE
from shared.bus.worker import Every, Loop, bus_loops, run_worker
from shared.clock import Clock, utc_now
from shared.database import Database, connect
from shared.events.encryption import Keyring

PURGE_SECONDS = 600.0
MEASURE_SECONDS = 10.0


def loops(settings: Settings, *, clock: Clock = utc_now) -> list[Loop]:
    """What the worker runs."""
    database = connect(settings.database_url)
    bus = bus_loops(
        database=database,
        broker_url=settings.broker_url,
        keyring=Keyring(settings.event_keys),
        subscription=INTAKE,
        tables=Tables(outbox=Outbox, inbox=Inbox, failed_events=FailedEvent),
        handlers=handlers(),
        clock=clock,
    )
    return [*bus, *_timers(database, Storage(settings.attachments), clock)]


def main(settings: Settings) -> None:
    """Run as a separate process until it is stopped."""
    run_worker("intake", settings, loops)


def _timers(database: Database, storage: Storage, clock: Clock) -> list[Loop]:
    def purge() -> None:
        upload.purge(storage=storage, sessions=database.sessions, now=clock())

    return [
        Every("intake-purge", PURGE_SECONDS, purge),
        Every("intake-limits", PURGE_SECONDS, lambda: allowances.purge(database.sessions, clock().timestamp())),
        Every("intake-gauges", MEASURE_SECONDS, lambda: measure(database.sessions, now=clock())),
    ]
