"""A case at the API: all that is known of it, and its journal."""

from typing import Any
from uuid import UUID

from flask import g

from services.routing.actions.schemas import ETAG
from services.routing.cases.case_file import open_case
from services.routing.cases.schemas import CaseSchema, JournalSchema
from services.routing.cases.shown_case import shown_case
from services.routing.context import RoutingContext
from services.routing.related.find import Related, related_to
from services.routing.related.schemas import RelatedSchema
from shared.web.etags import etag
from shared.web.json_api import Blueprint, may_answer


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/cases/<id>`, `/cases/<id>/related`, `/cases/<id>/journal`."""

    @routes.get("/cases/<uuid:case_id>")
    @routes.response(200, CaseSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 404)
    def show_case(case_id: UUID) -> Any:
        """Show a case. That you read it goes into the access log."""
        file = open_case(context.officer(g.identity), case_id, **context.store_and_time())
        return shown_case(context, file), {"ETag": etag(file.case.sequence)}

    @routes.get("/cases/<uuid:case_id>/related")
    @routes.response(200, RelatedSchema)
    @may_answer(routes, 401, 403, 404)
    def show_related(case_id: UUID) -> Related:
        """Show the cases that have to do with one. That you read it goes into the access log."""
        officer = context.officer(g.identity)
        file = open_case(officer, case_id, **context.store_and_time())
        return related_to(officer, file.case, sessions=context.sessions)

    @routes.get("/cases/<uuid:case_id>/journal")
    @routes.response(200, JournalSchema)
    @may_answer(routes, 401, 403, 404)
    def show_journal(case_id: UUID) -> dict[str, Any]:
        """Show all that has happened in a case. That you read it goes into the access log."""
        file = open_case(context.officer(g.identity), case_id, **context.store_and_time())
        return {"items": file.entries, "broken_at": file.broken_at}
