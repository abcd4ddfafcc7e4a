"""Which message an event gives, by event and e-service: data, in messages.yaml, checked at start."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields

from shared.settings import BadSetting

FILE = Path(__file__).with_name("messages.yaml")


@dataclass(frozen=True)
class Messages:
    """The choice of message for every event, and what some e-services do otherwise."""

    events: Mapping[str, str]
    eservices: Mapping[str, Mapping[str, str | None]]

    def chosen(self, event: str, eservice: str) -> str | None:
        """The message to send, or None where the submitter is not told."""
        own = self.eservices.get(eservice, {})
        return own[event] if event in own else self.events[event]


def load(path: Path, *, events: Collection[str], templates: Collection[str]) -> Messages:
    """Read the choice of messages. `events` must all be chosen for, `templates` are the messages there are.

    Raises BadSetting with one line that names the file and the fault.
    """
    try:
        choice: dict[str, Any] = _Choice().load(yaml.safe_load(path.read_bytes()))
    except yaml.YAMLError as fault:
        raise BadSetting(f"{path}: {' '.join(str(fault).split())}") from fault
    except ValidationError as fault:
        raise BadSetting(f"{path}: {fault.messages}") from fault
    messages = Messages(**choice)
    if faults := _faults(messages, set(events), set(templates)):
        raise BadSetting(f"{path}: {'; '.join(faults)}")
    return messages


def _faults(messages: Messages, events: set[str], templates: set[str]) -> list[str]:
    overrides = messages.eservices.values()
    named = set(messages.events) | {event for own in overrides for event in own}
    chosen = set(messages.events.values()) | {message for own in overrides for message in own.values() if message}
    return [
        *(f"there is no event {name} to tell of" for name in sorted(named - events)),
        *(f"no message is chosen for {name}" for name in sorted(events - set(messages.events))),
        *(f"there is no template for the message {name}" for name in sorted(chosen - templates)),
    ]


class _Choice(Schema):
    events = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)
    eservices = fields.Dict(
        keys=fields.Str(),
        values=fields.Dict(keys=fields.Str(), values=fields.Str(allow_none=True)),
        load_default=dict,
    )
