"""What notify publishes: `notification.*`. The subject of each is the submission that it was about."""

from dataclasses import dataclass
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


EVENTS: tuple[type[EventPayload], ...] = (NotificationDelivered, NotificationFailed, NotificationSkipped)
