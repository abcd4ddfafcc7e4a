"""The handling queues at the API: how they stand, what is in them, and taking the next case."""

from typing import Any

from flask import g, request

from services.routing.actions.schemas import ETAG, ActionResultSchema, created
from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.queues import claim_next as claiming
from services.routing.queues import list_cases as lists
from services.routing.queues.overview import overview
from services.routing.queues.schemas import CasePageSchema, CasesQuery, QueuesSchema, filters_of, position_of
from services.routing.queues.total import total
from shared.swedish.time import local_date
from shared.web import idempotency, paging
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/queues`, `/queues/<code>/cases`, `/queues/<code>/claims`."""

    @routes.get("/queues")
    @routes.response(200, QueuesSchema)
    def list_queues() -> dict[str, Any]:
        """List the queues with what waits in them."""
        officer = context.officer(g.identity)
        return {"items": overview(officer, context.organisation_of(officer), **context.store_and_time())}

    @routes.get("/queues/<code>/cases")
    @routes.arguments(CasesQuery, location="query")
    @routes.response(200, CasePageSchema)
    @may_answer(routes, 401, 403, 404, 422)
    def list_cases(query: dict[str, Any], code: str) -> dict[str, Any]:
        """List a queue's cases, the open ones unless a state is given."""
        officer, filters = context.officer(g.identity), filters_of(query, local_date(context.clock()))
        if lists.sort_of(filters, query["sort"]) != query["sort"]:
            raise InvalidInput("sort", "Cases that are not open can be listed by deadline and by age alone.")
        page = lists.queue_cases(
            officer,
            code,
            filters,
            context.organisation_of(officer),
            sort=query["sort"],
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        counted = total(officer, code, filters, sessions=context.sessions)
        return {
            "items": page.cases,
            "next": paging.encode(page.next) if page.next else None,
            "total": counted.cases,
            "total_is_exact": counted.is_exact,
        }

    @routes.post("/queues/<code>/claims")
    @routes.response(201, ActionResultSchema, headers=ETAG)
    @routes.alt_response(204, description="Nothing waits in the queue that you take.")
    @may_answer(routes, 401, 403, 404, 409, 422)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def claim_next(code: str) -> Any:
        """Claim the queue's next case that you take: by priority, deadline and age. No two officers get the same."""
        officer = context.officer(g.identity)
        key = idempotency.key(request)
        result = claiming.claim_next(
            officer, code, context.organisation_of(officer), key=key, **context.store_and_time()
        )
        return created(result) if result else ("", 204)
