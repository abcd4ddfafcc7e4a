"""Notify's worker: the composition root of what hears events, sends mail and measures what waits."""

from services.notify import letters, messages
from services.notify.channels import Channel, Mailbox
from services.notify.dispatching import Dispatcher
from services.notify.gauges import measure
from services.notify.handlers import HEARD, handlers
from services.notify.mail import Post
from services.notify.models import Held, Inbox, Outbox
from services.notify.settings import Settings
from services.notify.smtp import Smtp
from shared import municipalities
from shared.bus.handling import Tables
from shared.bus.topology import NOTIFY
from shared.bus.worker import Every, Loop, bus_loops, serve
from shared.clock import Clock, utc_now
from shared.database import Database, connect
from shared.events.sealing import Keyring
from shared.observability import logs

DISPATCHERS = 2  # so that a slow mail server holds up one of them at most
MEASURE_SECONDS = 10.0


def loops(settings: Settings, *, clock: Clock = utc_now) -> list[Loop]:
    """What the worker runs. BadSetting when messages.yaml or a municipality's file is wrong."""
    database = connect(settings.database_url)
    chosen = messages.load(messages.FILE, events=HEARD, templates=letters.available())
    bus = bus_loops(
        database=database,
        broker_url=settings.broker_url,
        keyring=Keyring(settings.event_keys),
        subscription=NOTIFY,
        tables=Tables(outbox=Outbox, inbox=Inbox, held=Held),
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
    post = Post(settings.sender, settings.public_url, tenants)
    return [
        Dispatcher(f"notify-dispatcher-{number}", database, channel(settings), post, clock)
        for number in range(1, DISPATCHERS + 1)
    ]
