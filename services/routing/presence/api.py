"""Who has a case open, at the API."""

from typing import Any
from uuid import UUID

from flask import g

from services.routing.context import RoutingContext
from services.routing.presence.present import stay
from services.routing.presence.schemas import CaseNowSchema, OpenCaseSchema
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/cases/<id>/presence`."""

    @routes.put("/cases/<uuid:case_id>/presence")
    @routes.arguments(OpenCaseSchema)
    @routes.response(200, CaseNowSchema)
    @may_answer(routes, 401, 403, 404, 422)
    def stay_at_case(data: dict[str, Any], case_id: UUID) -> Any:
        """Have the case open, for 20 seconds from now; who else has, and what came since your version."""
        return stay(context.officer(g.identity), case_id, data["version"], **context.store_and_time())
