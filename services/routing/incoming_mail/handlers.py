"""The event of mail that came in, and the use case that it calls."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.routing.incoming_mail.receive import receive_mails
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.clock import Clock
from shared.events.notify import NotificationReplyReceived


def handlers(clock: Clock) -> Handlers:
    """The one handler."""

    def received(session: Session, opened: Sequence[OpenedEvent[NotificationReplyReceived]]) -> None:
        receive_mails(opened, session=session, now=clock())

    return (EventHandler((NotificationReplyReceived,), received),)
