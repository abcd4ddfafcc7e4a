"""Standard texts at the API: all of them, for those who may change them; and those that fit a case."""

from typing import Any
from uuid import UUID

from flask import g, request

from services.routing.actions.schemas import ETAG
from services.routing.cases.case_file import open_case
from services.routing.context import RoutingContext
from services.routing.standard_texts import edit
from services.routing.standard_texts.choose import texts_for
from services.routing.standard_texts.schemas import (
    FilledTextsSchema,
    StandardTextInSchema,
    StandardTextSchema,
    StandardTextsSchema,
    StandardTextWithVersionsSchema,
)
from shared.swedish.time import local_date
from shared.web import idempotency
from shared.web.etags import etag, expected_version
from shared.web.identity import authenticated
from shared.web.json_api import Blueprint, may_answer
from shared.web.tokens import Role

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    "description": "The ETag of the standard text as you last read it.",
}


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/standard-texts`, `/standard-texts/<id>`, `/cases/<id>/standard-texts`."""
    _add_texts(routes, context)
    _add_changes(routes, context)

    @routes.get("/cases/<uuid:case_id>/standard-texts")
    @routes.response(200, FilledTextsSchema)
    @may_answer(routes, 401, 403, 404)
    def list_standard_texts_of_case(case_id: UUID) -> dict[str, Any]:
        """List the standard texts that fit a case, with its values in them. The access log notes that you read it."""
        officer = context.officer(g.identity)
        file = open_case(officer, case_id, **context.store_and_time())
        today = local_date(context.clock())
        return {"items": texts_for(officer, file, context.organisation_of(officer), today, sessions=context.sessions)}


def _add_texts(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/standard-texts")
    @routes.response(200, StandardTextsSchema)
    @may_answer(routes, 401, 403)
    def list_standard_texts() -> dict[str, Any]:
        """List the municipality's standard texts."""
        officer = context.officer(g.identity)
        return {"items": edit.texts_of(officer, context.organisation_of(officer), sessions=context.sessions)}

    @routes.post("/standard-texts")
    @authenticated(Role.EDITOR)
    @routes.arguments(StandardTextInSchema)
    @routes.response(201, StandardTextSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 422)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def create_standard_text(content: edit.TextContent) -> Any:
        """Add a standard text. Needs the role editor."""
        officer = context.officer(g.identity)
        organisation, key = context.organisation_of(officer), idempotency.key(request)
        made = edit.create(officer, content, organisation, key=key, **context.store_and_time())
        return made, {"ETag": etag(made.version), "Location": f"/routing/api/v1/standard-texts/{made.id}"}


def _add_changes(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/standard-texts/<uuid:text_id>")
    @routes.response(200, StandardTextWithVersionsSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 404)
    def show_standard_text(text_id: UUID) -> Any:
        """Show a standard text with its versions."""
        officer = context.officer(g.identity)
        found, versions = edit.text_with_versions(
            officer, text_id, context.organisation_of(officer), sessions=context.sessions
        )
        shown = {name: getattr(found, name) for name in StandardTextSchema().fields}
        return shown | {"versions": versions}, {"ETag": etag(found.version)}

    @routes.put("/standard-texts/<uuid:text_id>")
    @authenticated(Role.EDITOR)
    @routes.arguments(StandardTextInSchema)
    @routes.response(200, StandardTextSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 404, 412, 422, 428)
    @routes.doc(parameters=[_IF_MATCH])
    def change_standard_text(content: edit.TextContent, text_id: UUID) -> Any:
        """Change a standard text. Needs the role editor."""
        officer = context.officer(g.identity)
        organisation, version = context.organisation_of(officer), expected_version(request, required=True)
        changed = edit.change(officer, text_id, content, organisation, version=version, **context.store_and_time())
        return changed, {"ETag": etag(changed.version)}

    @routes.delete("/standard-texts/<uuid:text_id>")
    @authenticated(Role.EDITOR)
    @routes.response(204)
    @may_answer(routes, 401, 403, 404, 412, 428)
    @routes.doc(parameters=[_IF_MATCH])
    def remove_standard_text(text_id: UUID) -> None:
        """Offer a standard text no longer. Needs the role editor."""
        officer = context.officer(g.identity)
        organisation, version = context.organisation_of(officer), expected_version(request, required=True)
        edit.remove(officer, text_id, organisation, version=version, **context.store_and_time())
