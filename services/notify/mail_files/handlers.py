"""The event of a mail that belongs in no case: its files go when it goes."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.notify.mail_files.take import destroy_later
from shared.bus.event_processor import EventHandler, Handlers, OpenedEvent
from shared.events.routing import MailDismissed


def handlers() -> Handlers:
    """The one handler."""

    def dismissed(session: Session, opened: Sequence[OpenedEvent[MailDismissed]]) -> None:
        for each in opened:
            destroy_later(session, each.event.municipality, each.payload.mail_id, each.payload.kept_until)

    return (EventHandler((MailDismissed,), dismissed),)
