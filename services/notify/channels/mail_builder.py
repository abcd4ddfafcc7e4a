"""A letter as an e-mail message (RFC 5322), the same at every attempt to send it."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from functools import cache

from email_validator import EmailNotValidError, validate_email

from services.notify.messages import render
from services.notify.models import Contact, Notification
from shared.municipalities import Municipality


class BadAddress(Exception):
    """Mail cannot be addressed to what the submitter gave."""


@dataclass(frozen=True)
class MailBuilder:
    """What all mail of the installation has in common: who sends it, the links in it, the municipalities."""

    sender: str
    public_url: str
    municipalities: dict[str, Municipality]

    def mail(self, notification: Notification, contact: Contact, at: datetime) -> EmailMessage:
        """The mail of a notification to a contact with an address; its Message-ID is the notification's own.

        Raises BadAddress. KeyError when the municipality is not one of the installation's.
        """
        municipality = self.municipalities[notification.municipality]
        letter = render.write(notification, contact, municipality, self.public_url)
        sender = Address(municipality.called(letter.language), addr_spec=self.sender)
        message = EmailMessage(policy=_POLICY)
        message["From"] = sender
        message["Reply-To"] = municipality.contact.email
        message["To"] = recipient(contact.email or "")
        message["Subject"] = letter.subject
        message["Date"] = at
        message["Message-ID"] = f"<{notification.id}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        message["Content-Language"] = letter.language
        return message


class _Headers(HeaderRegistry):
    @cache  # noqa: B019 - there is one registry, and few kinds of header
    def __getitem__(self, name: str) -> type[BaseHeader]:
        """The class of a kind of header; the standard library makes it anew for every header of every mail."""
        return super().__getitem__(name)


_POLICY = policy.SMTP.clone(header_factory=_Headers())


def recipient(email: str) -> Address:
    """The one address that an e-mail address names. Raises BadAddress."""
    try:
        checked = validate_email(email, check_deliverability=False)
        return Address(username=checked.local_part, domain=checked.ascii_domain)
    except (EmailNotValidError, ValueError) as fault:
        raise BadAddress("not an e-mail address") from fault
