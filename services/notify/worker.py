"""Notify's worker: the composition root of the loops that handle events, send mail and set the gauges."""

from collections.abc import Mapping
from datetime import timedelta

from services.notify.channels.channel import Channel
from services.notify.channels.mail_builder import MailBuilder
from services.notify.channels.mailbox import Mailbox
from services.notify.channels.smtp import Smtp
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.forget_drafts import forget_drafts
from services.notify.delivery.gauges import measure
from services.notify.delivery.models import Delivery, Retry
from services.notify.delivery.recipient_limit import RecipientLimit, purge
from services.notify.inbound.lmtp import LmtpServer
from services.notify.inbound.models import ReceivedMail
from services.notify.inbound.receive import Receiver
from services.notify.inbound.reply_addresses import ReplyAddresses
from services.notify.messages import choice
from services.notify.messages.handlers import EVENTS_WITH_MESSAGE, handlers
from services.notify.messages.render import available_messages
from services.notify.models import FailedEvent, Inbox, Outbox, Reconciliation
from services.notify.settings import Settings
from shared import municipalities
from shared.bus.event_processor import Tables
from shared.bus.retention import Retained
from shared.bus.supervisor import Every, Loop
from shared.bus.topology import NOTIFY
from shared.bus.worker import bus_loops, run_worker
from shared.clock import Clock, utc_now
from shared.database import Database, connect
from shared.events.encryption import Keyring
from shared.live import LOOK_SECONDS, Live
from shared.municipalities import Municipality
from shared.observability.metrics import MEASURE_SECONDS

PURGE_SECONDS = 600.0


def loops(settings: Settings, *, clock: Clock = utc_now) -> list[Loop]:
    """The loops that the worker runs. Raises BadSetting when messages.yaml or a municipality's file is wrong."""
    database = connect(settings.database_url)
    messages = choice.load(choice.FILE, events=EVENTS_WITH_MESSAGE, templates=available_messages())
    bus = bus_loops(
        database=database,
        broker_url=settings.broker_url,
        keyring=Keyring(settings.event_keys),
        subscription=NOTIFY,
        tables=Tables(outbox=Outbox, inbox=Inbox, failed_events=FailedEvent),
        progress=Reconciliation,
        handlers=handlers(messages),
        times=settings,
        clock=clock,
        retained=_retained(settings),
    )
    tenants = municipalities.live("notify", settings.municipalities)
    return [
        *bus,
        _dispatcher(settings, tenants, database, clock),
        *_lmtp(settings, tenants, database, clock),
        Every("notify-gauges", MEASURE_SECONDS, lambda: measure(database.sessions, now=clock())),
        Every("notify-limits", PURGE_SECONDS, lambda: purge(database.sessions, clock())),
        Every("notify-drafts", PURGE_SECONDS, lambda: forget_drafts(database.sessions, clock())),
        Every("notify-municipalities", LOOK_SECONDS, tenants.look),
    ]


def main(settings: Settings) -> None:
    """Run as a separate process until it gets a signal to stop."""
    run_worker("notify", settings, loops)


def channel(settings: Settings) -> Channel:
    """The channel that mail is sent over."""
    if settings.mailbox:
        return Mailbox(settings.mailbox)
    return Smtp(settings.smtp_url, settings.from_address)


def _retained(settings: Settings) -> list[Retained]:
    keep = timedelta(days=settings.delivery_days)
    return [
        Retained(Delivery.attempted_at, keep),
        Retained(Retry.requested_at, keep),
        Retained(ReceivedMail.received_at, timedelta(days=settings.received_mail_days)),
    ]


def _lmtp(
    settings: Settings, tenants: Live[Mapping[str, Municipality]], database: Database, clock: Clock
) -> list[Loop]:
    if settings.lmtp is None:
        return []
    addresses = ReplyAddresses(settings.secret_key)
    receiver = Receiver(
        database.sessions, lambda: list(tenants.latest.values()), addresses, settings.from_address, clock
    )
    return [LmtpServer("notify-lmtp", settings.lmtp, receiver)]


def _dispatcher(
    settings: Settings, tenants: Live[Mapping[str, Municipality]], database: Database, clock: Clock
) -> Loop:
    def by_code() -> Mapping[str, Municipality]:
        return {each.code: each for each in tenants.latest.values()}

    reply_addresses = ReplyAddresses(settings.secret_key) if settings.takes_replies else None
    mail_builder = MailBuilder(settings.from_address, settings.public_url, by_code, reply_addresses)
    limit = RecipientLimit(settings.mails_an_hour, frozenset(settings.unlimited_domains))
    return Dispatcher("notify-dispatcher", database, channel(settings), mail_builder, clock, limit)
