"""Routing's worker: the composition root of what handles events, registers cases and measures the queues."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions import handlers as actions
from services.routing.actions.end_hold import end_due_holds
from services.routing.bulk import gauges as bulk_gauges
from services.routing.bulk.models import BulkJob, BulkSelection
from services.routing.bulk.perform_jobs import JobPerformer
from services.routing.bulk.selections import SELECTION_LASTS
from services.routing.cases import handlers as cases
from services.routing.cases.models import CaseRead
from services.routing.context import RoutingContext
from services.routing.directory import gauges as hand_over_gauges
from services.routing.directory.hand_over import carry_on_all
from services.routing.directory.models import Absence, HandOver
from services.routing.directory.record import enlist
from services.routing.documents.upload import kept_documents, purge
from services.routing.external.commands import CommandHandler
from services.routing.external.models import CommandRecord
from services.routing.external.records import CommandRecords
from services.routing.holds import gauges as hold_gauges
from services.routing.incoming_mail import gauges as mail_gauges
from services.routing.incoming_mail import handlers as incoming_mail
from services.routing.incoming_mail.models import UnplacedMail, UnplacedMailRead
from services.routing.incoming_mail.unplaced import MailPlacer
from services.routing.models import FailedEvent, Inbox, Outbox, Reconciliation
from services.routing.organisation import loader
from services.routing.organisation.loader import Casework
from services.routing.organisation.organisation import Organisation
from services.routing.presence.models import CasePresence
from services.routing.queues.counts import CountKeeper
from services.routing.queues.gauges import measure
from services.routing.registration import handlers as registration
from services.routing.registration.handlers import Organisations
from services.routing.rules.versions import adopt
from services.routing.search.documents import use_key
from services.routing.settings import Settings
from services.routing.statistics.figures import FigureTaker
from services.routing.updates.mail import mail_updates
from services.routing.updates.models import CaseUpdate, UpdatePreference
from services.routing.updates.record import record_last_days
from shared.bus.commands import CommandConsumer
from shared.bus.event_processor import Handlers, Tables
from shared.bus.retention import Retained
from shared.bus.supervisor import Every, EveryInSteps, Loop
from shared.bus.topology import ROUTING
from shared.bus.worker import bus_loops, run_worker
from shared.clock import Clock, utc_now
from shared.database import Database, Limits, connect
from shared.events.encryption import Keyring
from shared.files.integrity import TURN_SECONDS
from shared.files.storage import MB, Storage
from shared.live import LOOK_SECONDS, Live
from shared.observability.metrics import MEASURE_SECONDS

PURGE_SECONDS = 600.0
FIGURES_SECONDS = 60.0
HAND_OVER_SECONDS = 5.0
ABSENCES_KEPT = timedelta(days=3 * 365)  # from when they were entered; the longest leave there is
HAND_OVERS_KEPT = timedelta(days=90)
MAIL_SECONDS = 30.0
LAST_DAYS_SECONDS = 600.0
UPDATES_LAST = timedelta(days=90)
PRESENCES_LAST = timedelta(hours=1)
PREFERENCES_LAST = timedelta(days=365)  # from when the officer last signed in
BULK_JOBS_AT_ONCE = 20  # with each go the records of its cases, thousands at most
HOLD_SECONDS = 10.0
PLACE_SECONDS = 30.0
MAILS_KEPT = timedelta(days=90)  # from when they were dismissed, or their content went into a case
COUNTS_LIMITS = Limits(statement=120, idle_in_transaction=120, answer=130)  # to compare them with every case


def loops(settings: Settings, *, clock: Clock = utc_now) -> list[Loop]:
    """What the worker runs, on the casework as it is adopted at the time. BadSetting when a casework file is wrong."""
    database = connect(settings.database_url)
    use_key(database.sessions, settings.link_key)

    def adopted(read: Organisation) -> Organisation:
        enlist(read, sessions=database.sessions)
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
            Retained(UnplacedMailRead.at, timedelta(days=settings.access_log_days)),
            Retained(Absence.entered_at, ABSENCES_KEPT, Absence.last_day.is_not(None)),
            Retained(HandOver.ended_at, HAND_OVERS_KEPT),
            Retained(CaseUpdate.at, UPDATES_LAST),
            Retained(CasePresence.at, PRESENCES_LAST),
            Retained(UnplacedMail.ended_at, MAILS_KEPT),
            Retained(CommandRecord.at, settings.keep_handled),
            Retained(UpdatePreference.signed_in_at, PREFERENCES_LAST),
            Retained(BulkSelection.chosen_at, SELECTION_LASTS),
            Retained(
                BulkJob.ordered_at,
                timedelta(days=settings.bulk_job_days),
                BulkJob.finished_at.is_not(None),
                batch=BULK_JOBS_AT_ONCE,
            ),
        ],
    )
    return [*bus, *_timers(settings, database, casework, clock)]


def _timers(settings: Settings, database: Database, casework: Live[Casework], clock: Clock) -> list[Loop]:
    """What is done from time to time, and on the word of officers and other systems."""
    sessions, patient = database.sessions, connect(settings.database_url, COUNTS_LIMITS).sessions
    storage = Storage(settings.documents)

    def organisations() -> Mapping[str, Organisation]:
        return casework.latest.organisations

    def measure_all() -> None:
        measure(sessions, organisations().values(), now=clock())
        hold_gauges.measure(sessions, organisations(), now=clock())
        mail_gauges.measure(sessions, organisations(), now=clock())
        hand_over_gauges.measure(sessions, organisations(), now=clock())
        bulk_gauges.measure(sessions, organisations(), now=clock())
        kept_documents(storage, sessions).measure()

    def end_holds() -> Iterator[None]:
        return end_due_holds(sessions=sessions, now=clock())

    def carry_on() -> Iterator[None]:
        return carry_on_all(organisations(), sessions=sessions, clock=clock)

    def note_last_days() -> None:
        record_last_days(organisations(), sessions=sessions, now=clock())

    def mail() -> Iterator[None]:
        return mail_updates(organisations().values(), sessions=sessions, now=clock())

    context = RoutingContext(
        sessions, casework, clock, settings.public_url, settings.link_key, settings.bulk_most_cases, storage
    )
    return [
        CommandConsumer("routing", settings.broker_url, CommandHandler(context, CommandRecords(sessions, clock))),
        JobPerformer("routing-bulk", database, context),
        Every("routing-casework", LOOK_SECONDS, casework.look),
        Every("routing-gauges", MEASURE_SECONDS, measure_all),
        EveryInSteps("routing-holds", HOLD_SECONDS, end_holds),
        EveryInSteps("routing-mails", PLACE_SECONDS, MailPlacer(sessions, clock).place),
        Every("routing-counts", MEASURE_SECONDS, CountKeeper(patient, clock).run),
        Every("routing-figures", FIGURES_SECONDS, FigureTaker(patient, clock).run),
        EveryInSteps("routing-hand-overs", HAND_OVER_SECONDS, carry_on),
        *_file_timers(settings, storage, sessions, clock),
        Every("routing-last-days", LAST_DAYS_SECONDS, note_last_days),
        EveryInSteps("routing-update-mail", MAIL_SECONDS, mail),
    ]


def _file_timers(settings: Settings, storage: Storage, sessions: sessionmaker[Session], clock: Clock) -> list[Loop]:
    """What is done with officers' documents from time to time."""
    documents, most_bytes = kept_documents(storage, sessions), settings.file_check_mb * MB

    def check_files() -> None:
        documents.check_some(most_bytes=most_bytes, now=clock())

    def purge_documents() -> None:
        purge(storage=storage, sessions=sessions, now=clock())

    return [
        Every("routing-file-check", TURN_SECONDS, check_files),
        Every("routing-documents", PURGE_SECONDS, purge_documents),
    ]


def handlers(organisations: Organisations, clock: Clock) -> Handlers:
    """The events that each capability subscribes to and their handlers, with each municipality's casework."""
    return (
        *cases.handlers(clock),
        *actions.handlers(clock),
        *incoming_mail.handlers(clock),
        *registration.handlers(organisations, clock),  # last: until the commit no other worker can number a case
    )


def main(settings: Settings) -> None:
    """Run as a separate process until a signal stops it."""
    run_worker("routing", settings, loops)
