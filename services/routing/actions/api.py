"""The actions on a case at the API: each is a resource that is created."""

from typing import Any
from uuid import UUID

from flask import g, request
from marshmallow import fields

from services.routing.actions.command import CaseCommand
from services.routing.actions.definition import ActionDefinition
from services.routing.actions.registry import DEFINITIONS
from services.routing.actions.schemas import ETAG, ActionResultSchema, created
from services.routing.cases.api_fields import state_field
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from shared.web import idempotency
from shared.web.etags import expected_version
from shared.web.json_api import Blueprint, may_answer
from shared.web.problems import ProblemSchema

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    "description": "The ETag of the case as you last read it.",
}
_PROBLEMS = (401, 403, 404, 409, 412, 422)


class NotAllowedSchema(ProblemSchema):
    """The case's state, and what it does allow."""

    state = state_field()
    allowed = fields.List(fields.Enum(Action, by_value=True), required=True)


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`POST /cases/<id>/<path of the action>`, for every action."""
    for definition in DEFINITIONS.values():
        _add_action(routes, context, definition)


def _add_action(routes: Blueprint, context: RoutingContext, definition: ActionDefinition) -> None:
    statuses = (*_PROBLEMS, 428) if definition.conditional else _PROBLEMS

    @routes.post(f"/cases/<uuid:case_id>/{definition.path}", endpoint=definition.action)
    @routes.arguments(definition.schema(context.clock))
    @routes.response(201, ActionResultSchema, headers=ETAG)
    @may_answer(routes, *statuses, schemas={409: NotAllowedSchema})
    @routes.doc(
        summary=definition.summary,
        parameters=[idempotency.PARAMETER, _IF_MATCH | {"required": definition.conditional}],
    )
    def create(data: dict[str, Any], case_id: UUID) -> Any:
        version = expected_version(request, required=definition.conditional)
        command = CaseCommand(context.officer(g.identity), case_id, version, idempotency.key(request))
        return created(definition.perform(context, command, data))
