"""Builds the e-mail of a notification, the same at every attempt to send it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from services.notify.channels.mail import Mail, checked_address, header_text, with_name, written
from services.notify.delivery.queue import LeasedNotification
from services.notify.inbound.reply_addresses import ReplyAddresses
from services.notify.messages.render import render
from shared.municipalities import Municipality


@dataclass(frozen=True)
class MailBuilder:
    """Builds mail; what all mail of the installation has in common is here: from whom, public URL, municipalities.

    `municipalities` gives those that there are now, by code. `reply_addresses` None: nobody takes what is answered.
    """

    from_address: str
    public_url: str
    municipalities: Callable[[], Mapping[str, Municipality]]
    reply_addresses: ReplyAddresses | None = None

    def build(self, notification: LeasedNotification, email: str, at: datetime) -> Mail:
        """The mail of a notification to an address; its Message-ID is the notification's own.

        Raises BadAddress. KeyError when the municipality is not one of the installation's.
        """
        recipient = checked_address(email)
        municipality = self.municipalities()[notification.municipality]
        rendered = render(notification, municipality, self.public_url)
        headers = {
            "From": with_name(municipality.called(rendered.language), self.from_address),
            "Reply-To": self._reply_address(notification, municipality),
            "To": recipient,
            "Subject": header_text(rendered.subject),
            "Date": format_datetime(at),
            "Message-ID": f"<{notification.id}@{self.from_address.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": rendered.language,
        }
        boundary = f"=_{notification.id.hex}"
        return Mail(
            notification.id, recipient, written(headers, text=rendered.text, html=rendered.html, boundary=boundary)
        )

    def _reply_address(self, notification: LeasedNotification, municipality: Municipality) -> str:
        """The case's own, where the municipality has such; of what is confidential nobody is invited to write mail."""
        if self.reply_addresses and notification.has_case and not notification.confidential:
            own = self.reply_addresses.of(municipality, notification.submission_id)
        else:
            own = None
        return own or _address(municipality.contact.email)


_address = lru_cache(maxsize=1000)(checked_address)
