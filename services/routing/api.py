"""Routing's JSON API: queues, cases, and what officers do with them. Each act is a resource that is created."""

from functools import wraps
from typing import Any
from uuid import UUID

from flask import g, request

from services.routing import schemas
from services.routing.actions.perform import ActionResult, CaseCommand
from services.routing.actions.routes import ACTS, ActRoute
from services.routing.cases import case_file
from services.routing.context import RoutingContext
from services.routing.organisation.officers import Officer
from services.routing.queues import queues
from services.routing.queues.cursors import place_of
from services.routing.rules.explanation import why
from shared.municipalities import LANGUAGES
from shared.web import idempotency, paging
from shared.web.etags import etag, expected_version
from shared.web.identity import authenticated
from shared.web.json_api import Blueprint, may_answer

ETAG = {"ETag": {"description": "The case's version, for If-Match.", "schema": {"type": "string"}}}


def blueprint(context: RoutingContext) -> Blueprint:
    """The routes under `/routing/api/v1`, for officers, each seeing the cases of their municipality's boards."""
    routes = Blueprint("routing", __name__, url_prefix="/routing/api/v1")
    routes.before_request(authenticated("officer"))
    _add_queues(routes, context)
    _add_cases(routes, context)
    for act in ACTS:
        _add_act(routes, context, act)
    return routes


def _add_queues(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/queues")
    @routes.response(200, schemas.QueuesSchema)
    def list_queues() -> dict[str, Any]:
        """List the queues with what waits in them."""
        officer = _officer(context)
        found = queues.overview(
            officer, context.organisation_of(officer), sessions=context.sessions, now=context.clock()
        )
        return {"items": found}

    @routes.get("/queues/<code>/cases")
    @routes.arguments(schemas.CasesQuery, location="query")
    @routes.response(200, schemas.CasePageSchema)
    @may_answer(routes, 401, 403, 404)
    def list_cases(query: dict[str, Any], code: str) -> dict[str, Any]:
        """List a queue's cases, the open ones unless a state is asked for."""
        officer = _officer(context)
        page = queues.cases(
            officer,
            code,
            queues.Filter(query["state"], query["officer"], query["eservice"], query["number"]),
            context.organisation_of(officer),
            sort=query["sort"],
            after=place_of(query["cursor"]),
            limit=query["limit"],
            sessions=context.sessions,
        )
        return {"items": page.cases, "next": paging.encode(page.next) if page.next else None}

    @routes.post("/queues/<code>/claims")
    @routes.response(201, schemas.DoneSchema, headers=ETAG)
    @routes.alt_response(204, description="Nothing waits in the queue.")
    @may_answer(routes, 401, 403, 404, 422)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def claim_next(code: str) -> Any:
        """Claim the queue's next case: the nearest deadline, the oldest first. No two officers get the same."""
        officer = _officer(context)
        key = idempotency.key(request)
        done = queues.claim_next(officer, code, context.organisation_of(officer), key=key, **context.how())
        return _created(done) if done else ("", 204)


def _add_cases(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/cases/<uuid:case_id>")
    @routes.response(200, schemas.CaseSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 404)
    def show_case(case_id: UUID) -> Any:
        """Show a case. That you read it is kept."""
        file = case_file.open_case(_officer(context), case_id, **context.how())
        shown = {
            "case": file.case,
            "title": file.content.title,
            "content": file.content,
            "attachments": [{**each, "url": context.attachment_url(each)} for each in file.attachments],
            "why": {language: why(file.content.explanation, language) for language in LANGUAGES},
            "decisions": file.decisions,
            "allowed": file.allowed,
            "journal_broken_at": file.broken_at,
        }
        return shown, {"ETag": etag(file.case.sequence)}

    @routes.get("/cases/<uuid:case_id>/journal")
    @routes.response(200, schemas.JournalSchema)
    @may_answer(routes, 401, 403, 404)
    def show_journal(case_id: UUID) -> dict[str, Any]:
        """Show all that has happened in a case. That you read it is kept."""
        file = case_file.open_case(_officer(context), case_id, **context.how())
        return {"items": file.entries, "broken_at": file.broken_at}


def _add_act(routes: Blueprint, context: RoutingContext, act: ActRoute) -> None:
    @routes.post(f"/cases/<uuid:case_id>/{act.name}")
    @routes.arguments(act.schema(context.clock))
    @routes.response(201, schemas.DoneSchema, headers=ETAG)
    @may_answer(
        routes,
        401,
        403,
        404,
        409,
        412,
        422,
        *([428] if act.conditional else []),
        schemas={409: schemas.NotAllowedSchema},
    )
    @routes.doc(parameters=[idempotency.PARAMETER, _IF_MATCH | {"required": act.conditional}])
    @wraps(act.perform)
    def create(said: dict[str, Any], case_id: UUID) -> Any:
        version = expected_version(request, required=act.conditional)
        command = CaseCommand(_officer(context), case_id, version, idempotency.key(request))
        return _created(act.perform(context, command, said))


_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    "description": "The ETag of the case as you last read it.",
}


def _officer(context: RoutingContext) -> Officer:
    return context.officer(g.identity)


def _created(done: ActionResult) -> tuple[ActionResult, dict[str, str]]:
    return done, {"ETag": etag(done.sequence), "Location": f"/routing/api/v1/cases/{done.case_id}"}
