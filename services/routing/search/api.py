"""Searching cases at the API."""

from typing import Any

from flask import g

from services.routing.context import RoutingContext
from services.routing.search.find import search
from services.routing.search.schemas import FoundCasesSchema, SearchAddressQuery, SearchSchema, position_of
from shared.web import paging
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/cases?q=`, `/cases/searches`."""

    def found(query: dict[str, Any], *, in_address: bool) -> dict[str, Any]:
        page = search(
            context.officer(g.identity),
            query["q"],
            after=position_of(query["cursor"]),
            limit=query["limit"],
            in_address=in_address,
            sessions=context.sessions,
        )
        return {"items": page.cases, "next": paging.encode(page.next) if page.next else None}

    @routes.get("/cases")
    @routes.arguments(SearchAddressQuery, location="query")
    @routes.response(200, FoundCasesSchema)
    @may_answer(routes, 400, 401, 403, 422, 503)
    def find_cases(query: dict[str, Any]) -> dict[str, Any]:
        """Search all the cases that you may see, in every queue and state. Not for identity numbers."""
        return found(query, in_address=True)

    @routes.post("/cases/searches")
    @routes.arguments(SearchSchema)
    @routes.response(200, FoundCasesSchema)
    @may_answer(routes, 400, 401, 403, 413, 415, 422, 503)
    def search_cases(query: dict[str, Any]) -> dict[str, Any]:
        """Search as with `GET /cases?q=`, also for identity numbers: what is searched for stands in no address."""
        return found(query, in_address=False)
