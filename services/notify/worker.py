"""Notify's worker: the composition root of what subscribes_to events, sends mail and measures what waits."""

from services.notify.channels.channel import Channel, Mailbox
from services.notify.channels.mail_builder import MailBuilder
from services.notify.channels.smtp import Smtp
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.gauges import measure
from services.notify.messages import choice, render
from services.notify.messages.handlers import HEARD, handlers
from services.notify.models import FailedEvent, Inbox, Outbox
from services.notify.settings import Settings
from shared import municipalities
from shared.bus.event_processor import Tables
from shared.bus.topology import NOTIFY
from shared.bus.worker import Every, Loop, bus_loops, serve
from shared.clock import Clock, utc_now
from shared.database import Database, connect
from shared.events.encryption import Keyring
from shared.observability import logs

DISPATCHERS = 2  # so that a slow mail server holds up one of them at most
MEASURE_SECONDS = 10.0


def loops(settings: Settings, *, clock: Clock = utc_now) -> list[Loop]:
    """What the worker runs. BadSetting when choice.yaml or a municipality's file is wrong."""
    database = connect(settings.database_url)
    chosen = choice.load(choice.FILE, events=HEARD, templates=render.available())
    bus = bus_loops(
        database=database,
        broker_url=settings.broker_url,
        keyring=Keyring(settings.event_keys),
        subscription=NOTIFY,
        tables=Tables(outbox=Outbox, inbox=Inbox, failed_events=FailedEvent),
        handlers=handlers(chosen),
        clock=clock,
    )
    gauges = Every("notify-gauges", MEASURE_SECONDS, lambda: measure(database.sessions, now=clock()))
    return [*bus, *_dispatchers(settings, database, clock), gauges]


def main(settings: Settings) -> None:
    """Run as a process of its own until told to stop."""
    logs.configure("notify-worker")
    serve(
        loops(settings),
        metrics_port=settings.metrics_port,
        database=connect(settings.database_url),
        broker_url=settings.broker_url,
    )


def channel(settings: Settings) -> Channel:
    """The way that mail leaves."""
    if settings.mailbox:
        return Mailbox(settings.mailbox)
    return Smtp(settings.smtp_url, settings.sender)


def _dispatchers(settings: Settings, database: Database, clock: Clock) -> list[Loop]:
    tenants = {each.code: each for each in municipalities.load(settings.municipalities).values()}
    post = MailBuilder(settings.sender, settings.public_url, tenants)
    return [
        Dispatcher(f"notify-dispatcher-{number}", database, channel(settings), post, clock)
        for number in range(1, DISPATCHERS + 1)
    ]
