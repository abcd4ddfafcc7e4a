"""What the API answers to an action."""

from marshmallow import Schema, fields

from services.routing.cases.api_fields import state_field
from services.routing.cases.state_machine import Action


class ActionResultSchema(Schema):
    """Where the case stands after the action, and what may be done next."""

    case_id = fields.UUID(required=True)
    number = fields.Str(required=True)
    state = state_field()
    version = fields.Int(required=True, attribute="sequence", metadata={"description": "As in the ETag."})
    allowed = fields.List(fields.Enum(Action, by_value=True), required=True)
