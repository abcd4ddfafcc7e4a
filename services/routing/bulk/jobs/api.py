"""How an officer's bulk jobs go, at the API."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import g

from services.routing.bulk import change_job, job_state
from services.routing.bulk.job_state import FailedCase, JobState
from services.routing.bulk.schemas import (
    BulkJobSchema,
    BulkJobsSchema,
    FailedCasesSchema,
    failure_fields,
    job_position_of,
    position_of,
)
from services.routing.context import RoutingContext
from shared.web import paging
from shared.web.json_api import Blueprint, may_answer

_CHANGES = {
    "retries": "Try what failed or was stopped once more, on the cases as they are now.",
    "stops": "Stop what remains of a bulk job.",
}


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/bulk-jobs`, `/bulk-jobs/<id>` and what belongs to it."""

    @routes.get("/bulk-jobs")
    @routes.arguments(paging.PageQuery, location="query")
    @routes.response(200, BulkJobsSchema)
    @may_answer(routes, 400, 401, 403, 422)
    def list_bulk_jobs(query: dict[str, Any]) -> dict[str, Any]:
        """List the bulk jobs that you have ordered, the latest first."""
        page = job_state.job_page(
            context.officer(g.identity),
            after=job_position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        return {"items": page.jobs, "next": paging.encode(page.next) if page.next else None}

    @routes.get("/bulk-jobs/<uuid:job_id>")
    @routes.response(200, BulkJobSchema)
    @may_answer(routes, 401, 403, 404)
    def show_bulk_job(job_id: UUID) -> JobState:
        """Show how one of your bulk jobs goes."""
        return job_state.job_state(context.officer(g.identity), job_id, sessions=context.sessions)

    @routes.get("/bulk-jobs/<uuid:job_id>/failures")
    @routes.arguments(paging.PageQuery, location="query")
    @routes.response(200, FailedCasesSchema)
    @may_answer(routes, 400, 401, 403, 404, 422)
    def list_failures(query: dict[str, Any], job_id: UUID) -> dict[str, Any]:
        """List the cases with which the job failed or was stopped, and why."""
        page = job_state.failed_page(
            context.officer(g.identity),
            job_id,
            after=position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        return {"items": map(_failed, page.cases), "next": paging.encode([page.next]) if page.next else None}

    for path, change in (("retries", change_job.retry), ("stops", change_job.stop)):
        _add_change(routes, context, path, change)


def _add_change(routes: Blueprint, context: RoutingContext, path: str, change: Callable[..., Any]) -> None:
    @routes.post(f"/bulk-jobs/<uuid:job_id>/{path}", endpoint=f"bulk-job-{path}")
    @routes.response(200, BulkJobSchema)
    @may_answer(routes, 401, 403, 404)
    @routes.doc(summary=_CHANGES[path])
    def change_one(job_id: UUID) -> JobState:
        officer = context.officer(g.identity)
        change(officer, job_id, **context.store_and_time())
        return job_state.job_state(officer, job_id, sessions=context.sessions)


def _failed(each: FailedCase) -> dict[str, Any]:
    return failure_fields(each.record.case_id, each.listed, each.record.reason, each.record.detail)
