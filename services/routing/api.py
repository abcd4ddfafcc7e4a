"""Routing's JSON API: queues, cases, and what officers do with them. Each act is a resource that is created."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import g, request

from services.routing import queues, reading, schemas
from services.routing.act_routes import ACTS, ActRoute
from services.routing.acts import Done, Wish
from services.routing.cursors import place_of
from services.routing.office import Office
from services.routing.officers import Officer
from services.routing.rules import why
from shared.municipalities import LANGUAGES
from shared.web import idempotency, paging
from shared.web.etags import etag, expected_version
from shared.web.identity import authenticated
from shared.web.parsing import Blueprint
from shared.web.problems import MEDIA_TYPE, ProblemSchema

ETAG = {"ETag": {"description": "The case's version, for If-Match.", "schema": {"type": "string"}}}


def blueprint(office: Office) -> Blueprint:
    """The routes under `/routing/api/v1`, for officers, each seeing the cases of their municipality's boards."""
    routes = Blueprint("routing", __name__, url_prefix="/routing/api/v1")
    routes.before_request(authenticated("officer"))
    _add_queues(routes, office)
    _add_cases(routes, office)
    for act in ACTS:
        _add_act(routes, office, act)
    return routes


def _add_queues(routes: Blueprint, office: Office) -> None:
    @routes.get("/queues")
    @routes.response(200, schemas.QueuesSchema)
    def list_queues() -> dict[str, Any]:
        """List the queues with what waits in them."""
        officer = _officer(office)
        found = queues.overview(officer, office.organisation_of(officer), sessions=office.sessions, now=office.clock())
        return {"items": found}

    @routes.get("/queues/<code>/cases")
    @routes.arguments(schemas.CasesQuery, location="query")
    @routes.response(200, schemas.CasePageSchema)
    @_refuses(routes, 404)
    def list_cases(query: dict[str, Any], code: str) -> dict[str, Any]:
        """List a queue's cases, the open ones unless a state is asked for."""
        officer = _officer(office)
        page = queues.cases(
            officer,
            code,
            queues.Filter(query["state"], query["officer"], query["eservice"], query["number"]),
            office.organisation_of(officer),
            sort=query["sort"],
            after=place_of(query["cursor"]),
            limit=query["limit"],
            sessions=office.sessions,
        )
        return {"items": page.cases, "next": paging.encode(page.next) if page.next else None}

    @routes.post("/queues/<code>/claims")
    @routes.response(201, schemas.DoneSchema, headers=ETAG)
    @routes.alt_response(204, description="Nothing waits in the queue.")
    @_refuses(routes, 404, 422)
    @routes.doc(parameters=[_IDEMPOTENCY_KEY])
    def claim_next(code: str) -> Any:
        """Claim the queue's next case: the nearest deadline, the oldest first. No two officers get the same."""
        officer = _officer(office)
        key = idempotency.key(request)
        done = queues.claim_next(officer, code, office.organisation_of(officer), key=key, **office.how())
        return _created(done) if done else ("", 204)


def _add_cases(routes: Blueprint, office: Office) -> None:
    @routes.get("/cases/<uuid:case_id>")
    @routes.response(200, schemas.CaseSchema, headers=ETAG)
    @_refuses(routes, 404)
    def show_case(case_id: UUID) -> Any:
        """Show a case. That you read it is kept."""
        file = reading.open_case(_officer(office), case_id, **office.how())
        shown = {
            "case": file.case,
            "title": file.content.title,
            "content": file.content,
            "attachments": [{**each, "url": office.attachment_url(each)} for each in file.attachments],
            "why": {language: why(file.content.explanation, language) for language in LANGUAGES},
            "decisions": file.decisions,
            "allowed": file.allowed,
            "journal_broken_at": file.broken_at,
        }
        return shown, {"ETag": etag(file.case.sequence)}

    @routes.get("/cases/<uuid:case_id>/journal")
    @routes.response(200, schemas.JournalSchema)
    @_refuses(routes, 404)
    def show_journal(case_id: UUID) -> dict[str, Any]:
        """Show all that has happened in a case. That you read it is kept."""
        file = reading.open_case(_officer(office), case_id, **office.how())
        return {"items": file.entries, "broken_at": file.broken_at}


def _add_act(routes: Blueprint, office: Office, act: ActRoute) -> None:
    @routes.post(f"/cases/<uuid:case_id>/{act.name}")
    @routes.arguments(act.schema(office.clock))
    @routes.response(201, schemas.DoneSchema, headers=ETAG)
    @_refuses(routes, 404, 409, 412, 422, *([428] if act.conditional else []))
    @routes.doc(parameters=[_IDEMPOTENCY_KEY, _IF_MATCH | {"required": act.conditional}])
    @wraps(act.perform)
    def create(said: dict[str, Any], case_id: UUID) -> Any:
        version = expected_version(request, required=act.conditional)
        wish = Wish(_officer(office), case_id, version, idempotency.key(request))
        return _created(act.perform(office, wish, said))


_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]([ -~]{0,198}[!-~])?$"},
    "description": "The same key twice is one act, answered alike.",
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    "description": "The ETag of the case as you last read it.",
}


def _refuses(routes: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """Document the problems that the view may answer with."""

    def document(view: Any) -> Any:
        for status in (401, 403, *statuses):
            schema = schemas.NotAllowedSchema if status == 409 else ProblemSchema
            view = routes.alt_response(status, schema=schema, content_type=MEDIA_TYPE)(view)
        return view

    return document


def _officer(office: Office) -> Officer:
    return office.officer(g.identity)


def _created(done: Done) -> tuple[Done, dict[str, str]]:
    return done, {"ETag": etag(done.sequence), "Location": f"/routing/api/v1/cases/{done.case_id}"}
