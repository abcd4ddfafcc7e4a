"""What notify publishes: `notification.*`. The subject of each is the submission that it was about."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from shared.events.envelope import Moment
from shared.events.payloads import EventPayload


@dataclass(frozen=True)
class NotificationPayload(EventPayload):
    """What every event of a notification holds. `message` names the template, as `receipt` or `decided`."""

    SOURCE: ClassVar[str] = "/arende/notify"

    notification_id: UUID
    submission_id: UUID
    message: str
    at: Moment


@dataclass(frozen=True)
class NotificationDelivered(NotificationPayload):
    """The channel's server took it: `channel` is `smtp` or `mailbox`."""

    NAME: ClassVar[str] = "notification.delivered"

    channel: str


@dataclass(frozen=True)
class NotificationFailed(NotificationPayload):
    """It could not be delivered and no more attempts will be made; `cause` is a code without personal data."""

    NAME: ClassVar[str] = "notification.failed"

    channel: str
    cause: str


@dataclass(frozen=True)
class NotificationSkipped(NotificationPayload):
    """Nothing was sent, and that is right: `cause` is `no_address` when the submitter gave none."""

    NAME: ClassVar[str] = "notification.skipped"

    cause: str


@dataclass(frozen=True)
class FileNotTaken:
    """A file that a mail carried and that was not taken: its `size` is in bytes.

    `reason` is a code of `shared/files/not_taken.py`, or one that a later version knows; empty: files were not taken.
    """

    name: str
    media_type: str
    size: int
    reason: str = ""


@dataclass(frozen=True)
class MailAttachment:
    """A file that came with a mail; notify keeps it. `size` is in bytes, `sha256` in hex."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class NotificationReplyReceived(EventPayload):
    """A mail came in to a municipality's reply address.

    `submission_id` is that whose token stands in the address that it was sent to; None where there is no right one, and
    the event's subject is then the mail's. Who has the token was given it by us; that the mail comes from
    `from_address` is not proved. `is_cut`: its text was longer than `text`. `is_automatic`: a program sent it.
    """

    NAME: ClassVar[str] = "notification.reply_received"
    SOURCE: ClassVar[str] = "/arende/notify"
    WRITTEN: ClassVar[bool] = True

    mail_id: UUID
    submission_id: UUID | None
    from_address: str
    subject: str
    text: str
    is_cut: bool
    is_automatic: bool
    files_not_taken: list[FileNotTaken]
    received_at: Moment
    attachments: list[MailAttachment] = field(default_factory=list)


EVENTS: tuple[type[EventPayload], ...] = (
    NotificationDelivered,
    NotificationFailed,
    NotificationSkipped,
    NotificationReplyReceived,
)
