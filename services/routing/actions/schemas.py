"""What the API answers to an action."""

from marshmallow import Schema, fields

from services.routing.actions.command import ActionResult
from services.routing.cases.api_fields import state_field
from services.routing.cases.state_machine import Action
from shared.web.etags import etag

ETAG = {"ETag": {"description": "The case's version, for If-Match.", "schema": {"type": "string"}}}


class ActionResultSchema(Schema):
    """Where the case stands after the action, and what may be done next."""

    case_id = fields.UUID(required=True)
    number = fields.Str(required=True)
    state = state_field()
    version = fields.Int(required=True, attribute="sequence", metadata={"description": "As in the ETag."})
    allowed = fields.List(fields.Enum(Action, by_value=True), required=True)


def created(result: ActionResult) -> tuple[ActionResult, dict[str, str]]:
    """The result with the case's version and address."""
    return result, {"ETag": etag(result.sequence), "Location": f"/routing/api/v1/cases/{result.case_id}"}
