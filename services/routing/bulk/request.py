"""What is requested of many cases at once, read from a form or from the API by the action's own schema."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from services.routing.actions.definition import ActionDefinition
from services.routing.actions.form_choices import Choices
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import later
from services.routing.documents.enclose import FIELD
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
    if data.get(FIELD):
        raise ValidationError({FIELD: [later("No files go with an action on many cases at once.")]})
    return data


def from_form(definition: ActionDefinition, typed: Mapping[str, str], choices: Mapping[str, Choices]) -> dict[str, str]:
    """The request that a form makes: without what was left empty. ValidationError for an officer who is no choice."""
    request = {name: text for name, text in typed.items() if text}
    if definition.action is Action.ASSIGN and request.get("officer_subject", "") not in dict(choices["officers"]):
        raise ValidationError({"officer_subject": [definition.missing_messages()["officer_subject"]]})
    return request
