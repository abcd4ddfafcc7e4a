"""The generated references: the states of a case, and the events as AsyncAPI 3.0.0.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Any

import marshmallow.fields as kinds
from marshmallow import Schema

from services.routing.cases import state_machine
from shared.bus.topology import EVENTS_EXCHANGE, SUBSCRIPTIONS
from shared.events.catalogue import EVENTS
from shared.events.envelope import CONTENT_TYPE, ENCRYPTED_DATA
from shared.events.payloads import EventPayload, schema_of
from shared.release import API_VERSION

JsonSchema = dict[str, Any]

_TYPES: tuple[tuple[type[kinds.Field[Any]], JsonSchema], ...] = (
    (kinds.UUID, {"type": "string", "format": "uuid"}),
    (kinds.DateTime, {"type": "string", "format": "date-time"}),
    (kinds.Date, {"type": "string", "format": "date"}),
    (kinds.String, {"type": "string"}),
    (kinds.Boolean, {"type": "boolean"}),
    (kinds.Integer, {"type": "integer"}),
    (kinds.Float, {"type": "number"}),
    (kinds.Raw, {}),
)


def asyncapi() -> dict[str, Any]:
    """The whole document: a channel for each routing key, and what each service sends and receives there."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Ärende: the events",
            "version": API_VERSION,
            "description": (
                "The events that the services of Ärende publish: CloudEvents 1.0 in JSON on one topic exchange. "
                "Delivery is at least once and in any order: keep the ids you have handled, and apply the "
                "highest `sequence` of a subject. Ignore fields that you do not know. Let an event wait, "
                "and do not drop it, when you do not know its version or a value of an enumeration in it."
            ),
            "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {kind.NAME: _channel(kind) for kind in EVENTS},
        "operations": {name: body for kind in EVENTS for name, body in _operations(kind)},
        "components": {"messages": {kind.NAME: _message(kind) for kind in EVENTS}},
    }


def case_states() -> str:
    """A page with the states of a case, drawn from the table that the code uses."""
    return (
        "# The states of a case\n\n"
        "Written by `arende docs states` from `services/routing/cases/state_machine.py`. What is not an arrow here is "
        "refused with 409.\n\n"
        f"```mermaid\n{state_machine.mermaid()}```\n"
    )


def data_schemas() -> dict[str, JsonSchema]:
    """The JSON Schema of each event's data, by event type."""
    return {kind.event_type(): _data(kind) for kind in EVENTS}


def _data(kind: type) -> JsonSchema:
    return json_schema(schema_of(kind))


def json_schema(schema: Schema) -> JsonSchema:
    """JSON Schema of a marshmallow schema. TypeError for a kind of field that no event has had yet."""
    required = [name for name, field in schema.fields.items() if field.required]
    return {
        "type": "object",
        **({"description": " ".join(schema.__doc__.split())} if schema.__doc__ else {}),
        "properties": {name: _property(field) for name, field in schema.fields.items()},
        **({"required": required} if required else {}),
    }


def _property(field: kinds.Field[Any]) -> JsonSchema:
    found = _of_kind(field)
    if not field.allow_none or not found:
        return found
    nullable = {**found, "type": [found["type"], "null"]}
    return {**nullable, "enum": [*found["enum"], None]} if "enum" in found else nullable


def _of_kind(field: kinds.Field[Any]) -> JsonSchema:
    if isinstance(field, kinds.Nested):
        return json_schema(field.schema)
    if isinstance(field, kinds.List):
        return {"type": "array", "items": _property(field.inner)}
    if isinstance(field, kinds.Dict):
        return {"type": "object", "additionalProperties": _property(field.value_field or kinds.Raw())}
    if isinstance(field, kinds.Enum):
        return {"type": "string", "enum": [each.value for each in field.enum]}
    for kind, schema in _TYPES:
        if isinstance(field, kind):
            return schema
    raise TypeError(f"no JSON Schema is known for {type(field).__name__}")


def _channel(kind: type[EventPayload]) -> dict[str, Any]:
    return {
        "address": f"{kind.NAME}.{{municipality}}",
        "messages": {kind.NAME: {"$ref": f"#/components/messages/{kind.NAME}"}},
        "parameters": {"municipality": {"description": "SCB's four digits of the municipality, as `2039`."}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EVENTS_EXCHANGE, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operations(kind: type[EventPayload]) -> list[tuple[str, dict[str, Any]]]:
    publisher, family = kind.SOURCE.rpartition("/")[2], kind.NAME.partition(".")[0]
    subscribers = [each.service for each in SUBSCRIPTIONS if f"{family}.#" in each.topics]
    return [
        (f"{publisher}.sends.{kind.NAME}", _operation(kind, "send")),
        *((f"{service}.receives.{kind.NAME}", _operation(kind, "receive")) for service in subscribers),
    ]


def _operation(kind: type[EventPayload], action: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{kind.NAME}"},
        "messages": [{"$ref": f"#/channels/{kind.NAME}/messages/{kind.NAME}"}],
    }


def _message(kind: type[EventPayload]) -> dict[str, Any]:
    summary = " ".join((kind.__doc__ or "").split())
    return {
        "name": kind.event_type(),
        "title": kind.NAME,
        "summary": summary,
        "contentType": CONTENT_TYPE,
        "payload": _envelope(kind),
    }


def _envelope(kind: type[EventPayload]) -> JsonSchema:
    """CloudEvents' attributes around the data; encrypted data is a text that only a holder of the keys can read."""
    attributes: dict[str, JsonSchema] = {
        "specversion": {"type": "string", "const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string", "const": kind.SOURCE},
        "type": {"type": "string", "const": kind.event_type()},
        "subject": {"type": "string", "description": "The id of the submission or case that it is about."},
        "time": {"type": "string", "format": "date-time"},
        "municipality": {"type": "string", "pattern": "^[0-9]{4}$"},
        "sequence": {"type": "integer", "description": "Its place among the events of the subject."},
        "traceparent": {"type": "string", "description": "W3C Trace Context."},
        "datacontenttype": {"type": "string", "enum": ["application/json", ENCRYPTED_DATA]},
        "data": {"anyOf": [_data(kind), {"type": "string", "description": "Encrypted (Fernet)."}]},
    }
    return {"type": "object", "properties": attributes, "required": sorted(attributes)}
