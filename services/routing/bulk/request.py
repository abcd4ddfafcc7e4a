"""What is requested of many cases at once, read from a form or from the API by the action's own schema."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from services.routing.actions.definition import ActionDefinition
from services.routing.actions.form_choices import Choices
from services.routing.actions.request import read as read_request
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import later
from services.routing.documents.enclose import FIELD
from shared.clock import Clock


def read(definition: ActionDefinition, request: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    """The data of the request, without files. ValidationError by field."""
    data = read_request(definition, request, clock)
    if data.get(FIELD):
        raise ValidationError({FIELD: [later("No files go with an action on many cases at once.")]})
    return data


def from_form(definition: ActionDefinition, typed: Mapping[str, str], choices: Mapping[str, Choices]) -> dict[str, str]:
    """The request that a form makes: without what was left empty. ValidationError for an officer who is no choice."""
    request = {name: text for name, text in typed.items() if text}
    if definition.action is Action.ASSIGN and request.get("officer_subject", "") not in dict(choices["officers"]):
        raise ValidationError({"officer_subject": [definition.missing_messages()["officer_subject"]]})
    return request
