"""Intake's worker: the composition root of what subscribes to events, purges, reminds, checks files and measures."""

from collections.abc import Iterator
from datetime import timedelta

from services.intake.attachments import upload
from services.intake.attachments.kept import kept_attachments
from services.intake.drafts import closing, draft, gauges
from services.intake.eservices import offer
from services.intake.limits import allowances
from services.intake.models import FailedEvent, Inbox, Outbox, Reconciliation
from services.intake.settings import Settings
from services.intake.submissions.models import Submission
from services.intake.supplements.models import Supplement
from services.intake.tracking.gauges import measure
from services.intake.tracking.handlers import handlers
from shared.bus.event_processor import Tables
from shared.bus.retention import Retained
from shared.bus.supervisor import Every, EveryInSteps, Loop
from shared.bus.topology import INTAKE
from shared.bus.worker import bus_loops, run_worker
from shared.clock import Clock, utc_now
from shared.database import Database, connect
from shared.events.encryption import Keyring
from shared.files.integrity import TURN_SECONDS
from shared.files.storage import MB, Storage
from shared.observability.metrics import MEASURE_SECONDS

PURGE_SECONDS = 600.0
REMIND_SECONDS = 600.0


def loops(settings: Settings, *, clock: Clock = utc_now) -> list[Loop]:
    """What the worker runs."""
    database = connect(settings.database_url)
    bus = bus_loops(
        database=database,
        broker_url=settings.broker_url,
        keyring=Keyring(settings.event_keys),
        subscription=INTAKE,
        tables=Tables(outbox=Outbox, inbox=Inbox, failed_events=FailedEvent),
        progress=Reconciliation,
        handlers=handlers(),
        times=settings,
        clock=clock,
        retained=_retained(settings),
    )
    return [*bus, *_timers(settings, database, clock)]


def main(settings: Settings) -> None:
    """Run as a separate process until it is stopped."""
    run_worker("intake", settings, loops)


def _retained(settings: Settings) -> list[Retained]:
    """By which key a request came is forgotten; what it brought stays."""
    keep, keyed = timedelta(days=settings.idempotency_days), ("idempotency_key", "fingerprint")
    return [
        Retained(table.received_at, keep, table.idempotency_key.is_not(None), emptied=keyed)
        for table in (Submission, Supplement)
    ]


def _timers(settings: Settings, database: Database, clock: Clock) -> list[Loop]:
    storage, most_bytes = Storage(settings.attachments), settings.file_check_mb * MB
    attachments = kept_attachments(storage, database.sessions)
    offered = offer.live(settings.eservices, settings.municipalities, clock)

    def check_files() -> None:
        attachments.check_some(most_bytes=most_bytes, now=clock())

    def purge() -> None:
        draft.purge(sessions=database.sessions, now=clock())
        upload.purge(storage=storage, sessions=database.sessions, now=clock())

    def remind() -> Iterator[int]:
        return closing.remind_all(database.sessions, offered.current, settings.secret_key, clock())

    def measure_all() -> None:
        measure(database.sessions, now=clock())
        gauges.measure(database.sessions, now=clock())
        attachments.measure()

    return [
        EveryInSteps("intake-closing", REMIND_SECONDS, remind),
        Every("intake-purge", PURGE_SECONDS, purge),
        Every("intake-limits", PURGE_SECONDS, lambda: allowances.purge(database.sessions, clock().timestamp())),
        Every("intake-file-check", TURN_SECONDS, check_files),
        Every("intake-gauges", MEASURE_SECONDS, measure_all),
    ]
