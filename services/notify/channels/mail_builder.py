"""Builds the e-mail (RFC 5322) of a notification, the same at every attempt to send it."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from functools import cache

from email_validator import EmailNotValidError, validate_email

from services.notify.contacts.models import Contact
from services.notify.delivery.models import Notification
from services.notify.messages.render import render
from shared.municipalities import Municipality


class BadAddress(Exception):
    """What the submitter gave is not an address that mail can be sent to."""


@dataclass(frozen=True)
class MailBuilder:
    """Builds mail; what all mail of the installation has in common is here: from whom, public URL, municipalities."""

    from_address: str
    public_url: str
    municipalities: dict[str, Municipality]

    def build(self, notification: Notification, contact: Contact, at: datetime) -> EmailMessage:
        """The mail of a notification to a contact with an address; its Message-ID is the notification's own.

        Raises BadAddress. KeyError when the municipality is not one of the installation's.
        """
        municipality = self.municipalities[notification.municipality]
        rendered = render(notification, contact, municipality, self.public_url)
        sender = Address(municipality.called(rendered.language), addr_spec=self.from_address)
        message = EmailMessage(policy=_POLICY)
        message["From"] = sender
        message["Reply-To"] = municipality.contact.email
        message["To"] = recipient(contact.email or "")
        message["Subject"] = rendered.subject
        message["Date"] = at
        message["Message-ID"] = f"<{notification.id}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(rendered.text, cte="quoted-printable")
        message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
        message["Content-Language"] = rendered.language
        return message


class _Headers(HeaderRegistry):
    @cache  # noqa: B019 - there is one registry, and few header names
    def __getitem__(self, name: str) -> type[BaseHeader]:
        """The class of a header; the standard library would make a new one for every header of every mail."""
        return super().__getitem__(name)


_POLICY = policy.SMTP.clone(header_factory=_Headers())


def recipient(email: str) -> Address:
    """The e-mail address as one recipient. Raises BadAddress."""
    try:
        checked = validate_email(email, check_deliverability=False)
        return Address(username=checked.local_part, domain=checked.ascii_domain)
    except (EmailNotValidError, ValueError) as error:
        raise BadAddress("not an e-mail address") from error
