"""The CloudEvents 1.0 envelope that every event travels in (JSON format, structured mode)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shared.events.encryption import Keyring

CONTENT_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "se.arende."
ENCRYPTED_DATA = "application/vnd.arende.encrypted"


class UnreadableEvent(Exception):
    """The bytes are not an event that this version of Ärende can read."""


@dataclass(frozen=True)
class Event:
    """One fact that a service tells the others.

    `subject` is the submission's or case's id, `sequence` its place among the events of that subject,
    `municipality` SCB's four digits, `traceparent` the W3C trace it belongs to.
    """

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    municipality: str
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
        """The event as CloudEvents JSON; with a keyring, its data is sealed (the envelope stays readable)."""
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
            return orjson.dumps({**attributes, "datacontenttype": "application/json", "data": self.data})
        sealed = keyring.encrypt(orjson.dumps(self.data))
        return orjson.dumps({**attributes, "datacontenttype": ENCRYPTED_DATA, "data": sealed})

    @classmethod
    def decode(cls, body: bytes | str, keyring: Keyring | None = None) -> "Event":
        """Read an event from the bus; without a keyring, sealed data stays shut and is given as empty.

        Raises UnreadableEvent when it is no event, DecryptionFailed when no key fits.
        """
        try:
            told = orjson.loads(body)
            _expect(told["specversion"] == "1.0")
            return cls(
                id=UUID(told["id"]),
                source=_text(told["source"]),
                type=_text(told["type"], _TYPE),
                subject=_text(told["subject"]),
                time=_moment(told["time"]),
                municipality=_text(told["municipality"], _MUNICIPALITY),
                sequence=_whole(told["sequence"]),
                traceparent=_text(told.get("traceparent", "")),
                data=_data(told, keyring),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise UnreadableEvent(f"not a CloudEvents envelope ({type(fault).__name__})") from fault


# The envelope is read by hand: every event passes here, and a marshmallow schema takes six times as long.

_TYPE = re.compile(r"se\.arende\.[a-z_]+\.[a-z_]+\.v[0-9]+")
_MUNICIPALITY = re.compile(r"[0-9]{4}")
_ANYTHING = re.compile(r".*", re.DOTALL)


def _expect(holds: bool) -> None:
    if not holds:
        raise ValueError


def _text(value: Any, pattern: re.Pattern[str] = _ANYTHING) -> str:
    _expect(pattern.fullmatch(value) is not None)
    return str(value)


def _whole(value: Any) -> int:
    _expect(type(value) is int)
    return int(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    _expect(moment.tzinfo is not None)
    return moment


def _data(told: Mapping[str, Any], keyring: Keyring | None) -> dict[str, Any]:
    data = told["data"]
    if told.get("datacontenttype") == ENCRYPTED_DATA:
        data = orjson.loads(keyring.decrypt(_text(data))) if keyring else {}
    _expect(isinstance(data, dict))
    return dict(data)
