"""How an officer's bulk jobs go, at the desk: what failed is tried again there, and the rest stopped."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.routing.bulk import change_job, job_state
from services.routing.bulk.schemas import job_position_of, position_of
from services.routing.context import RoutingContext
from services.routing.desk.labels import bulk_label
from services.routing.desk.queries import query_of
from shared.web import paging
from shared.web.languages import library_message
from shared.web.names import takes


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/bulk-jobs`, `/desk/bulk-jobs/<id>`."""

    @desk.get("/bulk-jobs")
    @takes(*paging.PageQuery().fields)
    def bulk_jobs() -> str:
        query = query_of(paging.PageQuery())
        page = job_state.job_page(
            context.officer(g.identity),
            after=job_position_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        here = {"limit": query["limit"]}
        return render_template(
            "bulk/jobs.html",
            section="bulk",
            states=page.jobs,
            bulk_label=bulk_label,
            first_page=url_for("desk.bulk_jobs", **here) if query["cursor"] else None,
            next_page=url_for("desk.bulk_jobs", **here, cursor=paging.encode(page.next)) if page.next else None,
        )

    @desk.get("/bulk-jobs/<uuid:job_id>")
    @takes(*paging.PageQuery().fields)
    def bulk_job(job_id: UUID) -> str:
        query = query_of(paging.PageQuery())
        officer = context.officer(g.identity)
        state = job_state.job_state(officer, job_id, sessions=context.sessions)
        page = job_state.failed_page(
            officer, job_id, after=position_of(query["cursor"]), limit=query["limit"], sessions=context.sessions
        )
        here: dict[str, Any] = {"job_id": job_id, "limit": query["limit"]}
        return render_template(
            "bulk/job.html",
            section="bulk",
            state=state,
            label=bulk_label(state.job.action, state.regime),
            failed=page.cases,
            library_message=library_message,
            first_page=url_for("desk.bulk_job", **here) if query["cursor"] else None,
            next_page=url_for("desk.bulk_job", **here, cursor=paging.encode([page.next])) if page.next else None,
        )

    @desk.post("/bulk-jobs/<uuid:job_id>/stops")
    def stop_bulk_job(job_id: UUID) -> Response:
        change_job.stop(context.officer(g.identity), job_id, **context.store_and_time())
        return redirect(url_for("desk.bulk_job", job_id=job_id), 303)

    @desk.post("/bulk-jobs/<uuid:job_id>/retries")
    def retry_bulk_job(job_id: UUID) -> Response:
        change_job.retry(context.officer(g.identity), job_id, **context.store_and_time())
        return redirect(url_for("desk.bulk_job", job_id=job_id), 303)
