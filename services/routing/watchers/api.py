"""Following cases, at the API."""

from typing import Any
from uuid import UUID

from flask import g

from services.routing.context import RoutingContext
from services.routing.queues import list_cases as lists
from services.routing.queues.schemas import SomeCasesSchema, position_of
from services.routing.watchers.schemas import WatchersSchema
from services.routing.watchers.watchers import unwatch, watch, watchers_of
from shared.web import paging
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/cases/<id>/watch`, `/cases/<id>/watchers`, `/watched-cases`."""

    @routes.put("/cases/<uuid:case_id>/watch")
    @routes.response(204)
    @may_answer(routes, 401, 403, 404)
    def watch_case(case_id: UUID) -> None:
        """Follow a case that you may see."""
        watch(context.officer(g.identity), case_id, **context.store_and_time())

    @routes.delete("/cases/<uuid:case_id>/watch")
    @routes.response(204)
    @may_answer(routes, 401, 403)
    def unwatch_case(case_id: UUID) -> None:
        """Follow a case no longer."""
        unwatch(context.officer(g.identity), case_id, sessions=context.sessions)

    @routes.get("/cases/<uuid:case_id>/watchers")
    @routes.response(200, WatchersSchema)
    @may_answer(routes, 401, 403, 404)
    def list_watchers(case_id: UUID) -> dict[str, Any]:
        """List who follows a case."""
        return {"items": watchers_of(context.officer(g.identity), case_id, sessions=context.sessions)}

    @routes.get("/watched-cases")
    @routes.arguments(paging.PageQuery, location="query")
    @routes.response(200, SomeCasesSchema)
    @may_answer(routes, 400, 401, 403, 422)
    def list_watched_cases(query: dict[str, Any]) -> dict[str, Any]:
        """List the cases that you follow until they are closed, the nearest deadline first."""
        page = lists.watched_cases(
            context.officer(g.identity),
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        return {"items": page.cases, "next": paging.encode(page.next) if page.next else None}
