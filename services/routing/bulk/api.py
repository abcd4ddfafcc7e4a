"""Many cases at once at the API: what would happen, and ordering it."""

from collections.abc import Sequence
from typing import Any

from flask import g, request
from marshmallow import ValidationError

from services.routing.bulk import job_state, order
from services.routing.bulk.offer import IN_BULK, bulk_choices, offered, seen
from services.routing.bulk.preview import ForeseenFailure, preview
from services.routing.bulk.request import read
from services.routing.bulk.schemas import (
    BulkJobSchema,
    BulkPreviewSchema,
    BulkRequestSchema,
    failure_fields,
)
from services.routing.bulk.selections import Chooser, ChosenCase
from services.routing.context import RoutingContext
from services.routing.organisation.officers import Officer
from services.routing.queues.schemas import filters_of
from shared.swedish.time import local_date
from shared.web import idempotency
from shared.web.json_api import Blueprint, may_answer

_OF_REQUEST = (400, 401, 403, 404, 413, 415, 422, 503)


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/bulk-previews`, and ordering at `/bulk-jobs`."""

    @routes.post("/bulk-previews")
    @routes.arguments(BulkRequestSchema)
    @routes.response(200, BulkPreviewSchema)
    @may_answer(routes, *_OF_REQUEST)
    def preview_bulk_job(body: dict[str, Any]) -> dict[str, Any]:
        """Show what an action would do with many cases. Nothing is changed, and nothing is kept."""
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        cases = _chosen(context, officer, body["selection"])
        data = _data(context, body)
        definition, chosen = IN_BULK[body["action"]], seen(officer, cases, sessions=context.sessions)
        found = preview(chosen, definition, data, organisation, context.clock(), sessions=context.sessions)
        possible = offered(chosen, bulk_choices(chosen, organisation, **context.store_and_time()))
        return {
            "cases": len(cases),
            "possible": len(found.possible),
            "offered": [each.action for each in possible],
            "notified": definition.in_bulk.notified if definition.in_bulk else None,
            "recipients": found.recipients,
            "assignee": found.assignee,
            "failures": [_foreseen(each) for each in found.failures],
        }

    @routes.post("/bulk-jobs")
    @routes.arguments(BulkRequestSchema)
    @routes.response(201, BulkJobSchema, headers={"Location": {"schema": {"type": "string"}}})
    @may_answer(routes, *_OF_REQUEST, 409)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def order_bulk_job(body: dict[str, Any]) -> Any:
        """Order an action for many cases. Each is performed by itself; those with which it fails are named with why."""
        officer = context.officer(g.identity)
        placed = order.Order(officer, body["action"], body["data"], idempotency.key(request), body["selection"])
        job = order.ordered_before(placed, sessions=context.sessions)
        if job is None:
            _data(context, body)
            job = order.place(placed, _chosen(context, officer, body["selection"]), **context.store_and_time())
        state = job_state.job_state(officer, job.id, sessions=context.sessions)
        return state, {"Location": f"/routing/api/v1/bulk-jobs/{job.id}"}


def _chosen(context: RoutingContext, officer: Officer, selection: dict[str, Any]) -> Sequence[ChosenCase]:
    chooser = Chooser(officer, context.bulk_most_cases, context.sessions)
    if "queue" in selection:
        queue = selection["queue"]
        filters = filters_of(queue, local_date(context.clock()))
        return chooser.all_of_queue(queue["code"], filters, context.organisation_of(officer), queue["sort"])
    if "q" in selection:
        return chooser.all_found(selection["q"])
    cases = selection["cases"]
    versions = {each["id"]: each["version"] for each in cases if each["version"] is not None}
    return chooser.some([each["id"] for each in cases], versions)


def _data(context: RoutingContext, body: dict[str, Any]) -> dict[str, Any]:
    """What the action is requested with. ValidationError under `data`."""
    try:
        return read(IN_BULK[body["action"]], body["data"], context.clock)
    except ValidationError as error:
        raise ValidationError({"data": error.messages}) from error


def _foreseen(each: ForeseenFailure) -> dict[str, Any]:
    return failure_fields(each.case_id, each.listed, each.failure.reason, each.failure.detail)
