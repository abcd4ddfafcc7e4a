"""Permits to enter what came by letter, telephone, e-mail or at the counter, at the API."""

from datetime import timedelta
from typing import Any

from flask import g

from services.routing.arrivals.permits import permit
from services.routing.arrivals.schemas import PermitRequestSchema, PermitSchema
from services.routing.context import RoutingContext
from shared.arrival_permit import LASTS
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/arrival-permits`."""

    @routes.post("/arrival-permits")
    @routes.arguments(PermitRequestSchema)
    @routes.response(200, PermitSchema)
    @may_answer(routes, 400, 401, 403, 422)
    def permit_arrival(data: dict[str, str]) -> dict[str, Any]:
        """Get a permit to enter what came for an e-service of your boards. Nothing is stored of it."""
        officer = context.officer(g.identity)
        signed = permit(officer, context.organisation_of(officer), data["eservice"], key=context.link_key)
        municipality = context.casework.current.municipality(officer.municipality)
        assert municipality
        return {
            "permit": signed,
            "expires_at": context.clock() + timedelta(seconds=LASTS),
            "submissions": f"{context.public_url}/intake/api/v1/municipalities/{municipality.slug}/submissions",
        }
