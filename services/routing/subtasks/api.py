"""Sub-tasks at the API."""

from typing import Any
from uuid import UUID

from flask import g, request

from services.routing.context import RoutingContext
from services.routing.subtasks import subtasks
from services.routing.subtasks.schemas import (
    AssigneeSchema,
    NewSubtaskSchema,
    SubtaskPageSchema,
    SubtaskSchema,
    SubtasksSchema,
    position_of,
)
from shared.web import idempotency, paging
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/cases/<id>/subtasks`, `/subtasks`, `/subtasks/<id>/assignment`, `/subtasks/<id>/completion`."""

    @routes.post("/cases/<uuid:case_id>/subtasks")
    @routes.arguments(NewSubtaskSchema(context.clock))
    @routes.response(201, SubtaskSchema)
    @may_answer(routes, 401, 403, 404, 422)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def add_subtask(data: dict[str, Any], case_id: UUID) -> Any:
        """Give an officer a part of the work with a case."""
        officer = context.officer(g.identity)
        return subtasks.add(
            officer,
            case_id,
            **data,
            organisation=context.organisation_of(officer),
            key=idempotency.key(request),
            **context.store_and_time(),
        )

    @routes.get("/cases/<uuid:case_id>/subtasks")
    @routes.response(200, SubtasksSchema)
    @may_answer(routes, 401, 403, 404)
    def list_subtasks(case_id: UUID) -> dict[str, Any]:
        """List the sub-tasks of a case."""
        return {"items": subtasks.subtasks_of(context.officer(g.identity), case_id, sessions=context.sessions)}

    @routes.get("/subtasks")
    @routes.arguments(paging.PageQuery, location="query")
    @routes.response(200, SubtaskPageSchema)
    @may_answer(routes, 400, 401, 403, 422)
    def list_own_subtasks(query: dict[str, Any]) -> dict[str, Any]:
        """List the sub-tasks that you have to finish."""
        page = subtasks.own_subtasks(
            context.officer(g.identity),
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        items = [each.subtask for each in page.subtasks]
        return {"items": items, "next": paging.encode(page.next) if page.next else None}

    @routes.post("/subtasks/<uuid:subtask_id>/assignment")
    @routes.arguments(AssigneeSchema)
    @routes.response(200, SubtaskSchema)
    @may_answer(routes, 401, 403, 404, 422)
    def reassign_subtask(data: dict[str, Any], subtask_id: UUID) -> Any:
        """Give an open sub-task to another officer."""
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        return subtasks.reassign(officer, subtask_id, **data, organisation=organisation, sessions=context.sessions)

    @routes.post("/subtasks/<uuid:subtask_id>/completion")
    @routes.response(204)
    @may_answer(routes, 401, 403, 404)
    def finish_subtask(subtask_id: UUID) -> None:
        """Mark a sub-task as finished."""
        subtasks.finish(context.officer(g.identity), subtask_id, **context.store_and_time())
