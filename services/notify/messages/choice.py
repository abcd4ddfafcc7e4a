"""The choice of message for each event and e-service: data in messages.yaml, checked at start."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from marshmallow import ValidationError, fields

from shared import yaml_files
from shared.file_schema import FileSchema
from shared.settings import BadSetting
from shared.validation import described
from shared.yaml_files import FileError, summary

FILE = Path(__file__).with_name("messages.yaml")


@dataclass(frozen=True)
class Messages:
    """The message of every event, and the exceptions of some e-services."""

    events: Mapping[str, str]
    eservices: Mapping[str, Mapping[str, str | None]]

    def chosen(self, event: str, eservice: str) -> str | None:
        """The message to send, or None where the submitter gets none."""
        own = self.eservices.get(eservice, {})
        return own[event] if event in own else self.events[event]


def load(path: Path, *, events: Collection[str], templates: Collection[str]) -> Messages:
    """Read the choice of messages. Each of `events` must have a message, and each message a template.

    Raises BadSetting with one line that names the file and what is wrong.
    """
    try:
        document = yaml_files.read(path)
    except FileError as error:
        raise BadSetting(str(error)) from error
    try:
        messages = Messages(**MessagesSchema().load(document.content))
    except ValidationError as error:
        raise BadSetting(summary(document.errors(error.messages))) from error
    if repeated := document.repeated_keys():
        raise BadSetting(summary(repeated))
    if wrong := _errors(messages, set(events), set(templates)):
        raise BadSetting(f"{path}: {'; '.join(wrong)}")
    return messages


def _errors(messages: Messages, events: set[str], templates: set[str]) -> list[str]:
    overrides = messages.eservices.values()
    named = set(messages.events) | {event for own in overrides for event in own}
    chosen = set(messages.events.values()) | {message for own in overrides for message in own.values() if message}
    return [
        *(f"there is no event {name} that gives a message" for name in sorted(named - events)),
        *(f"no message is chosen for {name}" for name in sorted(events - set(messages.events))),
        *(f"there is no template for the message {name}" for name in sorted(chosen - templates)),
    ]


class MessagesSchema(FileSchema):
    """Which message an event gives the submitter; each message has a template for each language."""

    events = fields.Dict(
        keys=fields.Str(), values=fields.Str(), required=True, metadata=described("The message of every event.")
    )
    eservices = fields.Dict(
        keys=fields.Str(),
        values=fields.Dict(keys=fields.Str(), values=fields.Str(allow_none=True)),
        load_default=dict,
        metadata=described("Exceptions of an e-service: another message, or null for none."),
    )
