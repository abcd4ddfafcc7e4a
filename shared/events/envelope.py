"""The CloudEvents 1.0 envelope that every event travels in (JSON format, structured mode)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import orjson

from shared.events.conversion import convert
from shared.events.encryption import Keyring

CONTENT_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "se.arende."
PLAIN_DATA = "application/json"
ENCRYPTED_DATA = "application/vnd.arende.encrypted"

# A point in time with its offset from UTC: one without is refused.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class UnreadableEvent(Exception):
    """The bytes are not an event, or its data does not fit the schema of its version: no version can read it."""


class NewerEvent(Exception):
    """The event, its version or a value in it is of a later version of Ärende than this one."""


@dataclass(frozen=True)
class Event:
    """One event that a service publishes.

    `subject` is the submission's or case's id, `sequence` its place among the events of that subject,
    `municipality` SCB's four digits, `traceparent` the W3C trace it belongs to.
    """

    id: UUID
    source: str
    type: Annotated[str, msgspec.Meta(pattern=r"^se\.arende\.[a-z0-9_-]+\.[a-z0-9_-]+\.v[0-9]+\Z")]
    subject: str
    time: Moment
    municipality: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}\Z")]
    sequence: int
    traceparent: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Family and name, without prefix and version: `submission.received`."""
        return self.type.removeprefix(TYPE_PREFIX).rpartition(".v")[0]

    @property
    def version(self) -> int:
        """The version of the data's schema."""
        return int(self.type.rpartition(".v")[2])

    @property
    def routing_key(self) -> str:
        """`<family>.<name>.<municipality>`, what queues are bound by."""
        return f"{self.name}.{self.municipality}"

    def encode(self, keyring: Keyring | None = None) -> bytes:
        """The event as CloudEvents JSON; with a keyring, its data is encrypted (the envelope stays readable)."""
        attributes = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time,
            "municipality": self.municipality,
            "sequence": self.sequence,
            "traceparent": self.traceparent,
        }
        if keyring is None:
            return orjson.dumps({**attributes, "datacontenttype": PLAIN_DATA, "data": self.data})
        encrypted = keyring.encrypt(orjson.dumps(self.data))
        return orjson.dumps({**attributes, "datacontenttype": ENCRYPTED_DATA, "data": encrypted})

    @classmethod
    def decode(cls, body: bytes | str, keyring: Keyring | None = None) -> "Event":
        """Read an event from the bus; without a keyring, encrypted data is not opened and given as empty.

        Raises UnreadableEvent when it is no event, NewerEvent for an envelope of a later version, DecryptionFailed when
        no key fits.
        """
        try:
            received = orjson.loads(body)
            _expect_known(received)
            received.setdefault("traceparent", "")
            if received.get("datacontenttype") == ENCRYPTED_DATA:
                received["data"] = orjson.loads(keyring.decrypt(received["data"])) if keyring else {}
            event: Event = convert(received, cls)
        except (KeyError, TypeError, ValueError, AttributeError, msgspec.ValidationError) as error:
            raise UnreadableEvent(f"not a CloudEvents envelope ({type(error).__name__})") from error
        return event


def encrypted(body: bytes, keyring: Keyring) -> bytes:
    """An encoded event with its data encrypted, if it is not so already; the envelope stays readable.

    Raises ValueError for what is no encoded event.
    """
    event = orjson.loads(body)
    if not isinstance(event, dict) or not {"datacontenttype", "data"} <= event.keys():
        raise ValueError("it is no encoded event")
    if event["datacontenttype"] == ENCRYPTED_DATA:
        return body
    data = keyring.encrypt(orjson.dumps(event["data"]))
    return orjson.dumps({**event, "datacontenttype": ENCRYPTED_DATA, "data": data})


def _expect_known(received: Mapping[str, Any]) -> None:
    """NewerEvent for an envelope, or a way to write its data, that only a later version knows."""
    if received["specversion"] != "1.0":
        raise NewerEvent(f"specversion {received['specversion'][:20]}")
    if received.get("datacontenttype", PLAIN_DATA) not in (PLAIN_DATA, ENCRYPTED_DATA):
        raise NewerEvent("its data is written in another way")
