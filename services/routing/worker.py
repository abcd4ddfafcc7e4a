"""Routing's worker: the composition root of what handles events, registers cases and measures the queues."""

from collections.abc import Mapping
from datetime import timedelta

from services.routing.actions import handlers as actions
from services.routing.bulk import gauges as bulk_gauges
from services.routing.bulk.models import BulkJob, BulkSelection
from services.routing.bulk.perform_jobs import JobPerformer
from services.routing.bulk.selections import SELECTION_LASTS
from services.routing.cases import handlers as cases
from services.routing.cases.models import CaseRead
from services.routing.context import RoutingContext
from services.routing.models import FailedEvent, Inbox, Outbox, Reconciliation
from services.routing.organisation import loader
from services.routing.organisation.organisation import Organisation
from services.routing.queues.counts import CountKeeper
from services.routing.queues.gauges import measure
from services.routing.registration import handlers as registration
from services.routing.registration.handlers import Organisations
from services.routing.rules.versions import adopt
from services.routing.search.documents import use_key
from services.routing.settings import Settings
from shared.bus.event_processor import Handlers, Tables
from shared.bus.retention import Retained
from shared.bus.supervisor import Every, Loop
from shared.bus.topology import ROUTING
from shared.bus.worker import bus_loops, run_worker
from shared.clock import Clock, utc_now
from shared.database import Limits, connect
from shared.events.encryption import Keyring
from shared.live import LOOK_SECONDS

MEASURE_SECONDS = 10.0
COUNTS_LIMITS = Limits(statement=120, idle_in_transaction=120, answer=130)  # to compare them with every case


def loops(settings: Settings, *, clock: Clock = utc_now) -> list[Loop]:
    """What the worker runs, on the casework as it is adopted at the time. BadSetting when a casework file is wrong."""
    database = connect(settings.database_url)
    use_key(database.sessions, settings.link_key)

    def adopted(read: Organisation) -> Organisation:
        return adopt(read, sessions=database.sessions, now=clock())

    casework = loader.live(settings.municipalities, settings.eservices, adopted)

    def organisations() -> Mapping[str, Organisation]:
        return casework.latest.organisations

    bus = bus_loops(
        database=database,
        broker_url=settings.broker_url,
        keyring=Keyring(settings.event_keys),
        subscription=ROUTING,
        tables=Tables(outbox=Outbox, inbox=Inbox, failed_events=FailedEvent),
        progress=Reconciliation,
        handlers=handlers(organisations, clock),
        times=settings,
        clock=clock,
        handling_queues=lambda: [key for each in organisations().values() for key in each.published_keys()],
        retained=[
            Retained(CaseRead.at, timedelta(days=settings.access_log_days)),
            Retained(BulkSelection.chosen_at, SELECTION_LASTS),
            Retained(BulkJob.ordered_at, timedelta(days=settings.bulk_job_days), BulkJob.finished_at.is_not(None)),
        ],
    )

    def measured() -> None:
        measure(database.sessions, organisations().values(), now=clock())
        bulk_gauges.measure(database.sessions, organisations())

    gauges = Every("routing-gauges", MEASURE_SECONDS, measured)
    context = RoutingContext(
        database.sessions, casework, clock, settings.public_url, settings.link_key, settings.bulk_most_cases
    )
    bulk = JobPerformer("routing-bulk", database, context)
    patient = connect(settings.database_url, COUNTS_LIMITS)
    counts = Every("routing-counts", MEASURE_SECONDS, CountKeeper(patient.sessions, clock).run)
    return [*bus, bulk, gauges, counts, Every("routing-casework", LOOK_SECONDS, casework.look)]


def handlers(organisations: Organisations, clock: Clock) -> Handlers:
    """The events that each capability subscribes to and their handlers, with each municipality's casework."""
    return (
        *cases.handlers(clock),
        *actions.handlers(clock),
        *registration.handlers(organisations, clock),  # last: until the commit no other worker can number a case
    )


def main(settings: Settings) -> None:
    """Run as a separate process until a signal stops it."""
    run_worker("routing", settings, loops)
