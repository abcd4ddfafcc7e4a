"""The generated references: the states of a case, and the events as AsyncAPI 3.0.0.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Any

import marshmallow.fields as kinds
from marshmallow import Schema

from services.routing.cases import state_machine
from shared.bus.topology import EVENTS_EXCHANGE, SUBSCRIPTIONS
from shared.events import intake, notify, routing
from shared.events.envelope import CONTENT_TYPE, ENCRYPTED_DATA
from shared.events.payloads import EventPayload, schema_of

FACTS: tuple[type[EventPayload], ...] = (*intake.EVENTS, *routing.EVENTS, *notify.EVENTS)

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
            "version": "1.0.0",
            "description": (
                "What the services of Ärende tell each other: CloudEvents 1.0 in JSON on one topic exchange. "
                "Delivery is at least once and in any order: keep the ids you have acted on, and apply the "
                "highest `sequence` of a subject. Ignore fields that you do not know."
            ),
            "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {fact.NAME: _channel(fact) for fact in FACTS},
        "operations": {name: body for fact in FACTS for name, body in _operations(fact)},
        "components": {"messages": {fact.NAME: _message(fact) for fact in FACTS}},
    }


def case_states() -> str:
    """A page with the states of a case, drawn from the table that the code goes by."""
    return (
        "# The states of a case\n\n"
        "Written by `arende docs states` from `services/routing/cases/state_machine.py`. What is not an arrow here is refused "
        "with 409.\n\n"
        f"```mermaid\n{state_machine.mermaid()}```\n"
    )


def data_schemas() -> dict[str, JsonSchema]:
    """The JSON Schema of what each event says, by event type."""
    return {fact.event_type(): _data(fact) for fact in FACTS}


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
    return {**found, "type": [found["type"], "null"]}


def _of_kind(field: kinds.Field[Any]) -> JsonSchema:
    if isinstance(field, kinds.Nested):
        return json_schema(field.schema)
    if isinstance(field, kinds.List):
        return {"type": "array", "items": _property(field.inner)}
    if isinstance(field, kinds.Dict):
        return {"type": "object", "additionalProperties": _property(field.value_field or kinds.Raw())}
    for kind, schema in _TYPES:
        if isinstance(field, kind):
            return schema
    raise TypeError(f"no JSON Schema is known for {type(field).__name__}")


def _channel(fact: type[EventPayload]) -> dict[str, Any]:
    return {
        "address": f"{fact.NAME}.{{municipality}}",
        "messages": {fact.NAME: {"$ref": f"#/components/messages/{fact.NAME}"}},
        "parameters": {"municipality": {"description": "SCB's four digits of the municipality, as `2039`."}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EVENTS_EXCHANGE, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operations(fact: type[EventPayload]) -> list[tuple[str, dict[str, Any]]]:
    publisher, family = fact.SOURCE.rpartition("/")[2], fact.NAME.partition(".")[0]
    subscribers = [each.service for each in SUBSCRIPTIONS if f"{family}.#" in each.topics]
    return [
        (f"{publisher}.sends.{fact.NAME}", _operation(fact, "send")),
        *((f"{service}.receives.{fact.NAME}", _operation(fact, "receive")) for service in subscribers),
    ]


def _operation(fact: type[EventPayload], action: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{fact.NAME}"},
        "messages": [{"$ref": f"#/channels/{fact.NAME}/messages/{fact.NAME}"}],
    }


def _message(fact: type[EventPayload]) -> dict[str, Any]:
    said = " ".join((fact.__doc__ or "").split())
    return {
        "name": fact.event_type(),
        "title": fact.NAME,
        "summary": said,
        "contentType": CONTENT_TYPE,
        "payload": _envelope(fact),
    }


def _envelope(fact: type[EventPayload]) -> JsonSchema:
    """CloudEvents' attributes around the data; sealed data is a text that only a holder of the keys opens."""
    attributes: dict[str, JsonSchema] = {
        "specversion": {"type": "string", "const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string", "const": fact.SOURCE},
        "type": {"type": "string", "const": fact.event_type()},
        "subject": {"type": "string", "description": "The id of the submission or case that it is about."},
        "time": {"type": "string", "format": "date-time"},
        "municipality": {"type": "string", "pattern": "^[0-9]{4}$"},
        "sequence": {"type": "integer", "description": "Its place among the events of the subject."},
        "traceparent": {"type": "string", "description": "W3C Trace Context."},
        "datacontenttype": {"type": "string", "enum": ["application/json", ENCRYPTED_DATA]},
        "data": {"anyOf": [_data(fact), {"type": "string", "description": "Sealed (Fernet)."}]},
    }
    return {"type": "object", "properties": attributes, "required": sorted(attributes)}
