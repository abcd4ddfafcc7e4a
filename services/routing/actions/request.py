"""What is requested with an action, read by the action's own schema."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from services.routing.actions.definition import ActionDefinition
from shared.clock import Clock


def read(definition: ActionDefinition, request: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    """The data of the request. ValidationError by field, with the form's own messages for what is missing."""
    schema, messages = definition.schema(clock), definition.missing_messages()
    try:
        data: dict[str, Any] = schema.load(request)
    except ValidationError as error:
        missing = [name for name, each in schema.fields.items() if each.required and name not in request]
        of_form = {name: [messages[name]] for name in missing if messages.get(name)}
        raise ValidationError(error.messages_dict | of_form) from error
    return data
