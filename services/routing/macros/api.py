"""Macros at the API: all of them, for those who may change them; and those that a case takes."""

from typing import Any
from uuid import UUID

from flask import g, request

from services.routing.actions.form_choices import form_choices
from services.routing.actions.schemas import ETAG, ActionResultSchema, created
from services.routing.cases.case_file import open_case
from services.routing.context import RoutingContext
from services.routing.macros import edit
from services.routing.macros.models import Macro
from services.routing.macros.offer import Situation, offered, the_macro
from services.routing.macros.order import MacroOrder
from services.routing.macros.preview import MacroPreview, notified, preview
from services.routing.macros.run import carry_out
from services.routing.macros.schemas import (
    MacroInSchema,
    MacroPreviewSchema,
    MacroRunSchema,
    MacroSchema,
    MacrosSchema,
    MacroWithVersionsSchema,
    OfferedMacrosSchema,
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
}
_OF_MACRO = _IF_MATCH | {"description": "The ETag of the macro as you last read it."}
_OF_CASE = _IF_MATCH | {
    "description": "The ETag of the case as you last read it. Another by now is refused where a step needs it."
}


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/macros`, `/macros/<id>`; `/cases/<id>/macros`, `/cases/<id>/macros/<id>`, `/cases/<id>/macro-runs`."""
    _add_macros(routes, context)
    _add_changes(routes, context)
    _add_of_case(routes, context)


def _add_macros(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/macros")
    @routes.response(200, MacrosSchema)
    @may_answer(routes, 401, 403)
    def list_macros() -> dict[str, Any]:
        """List the municipality's macros."""
        officer = context.officer(g.identity)
        return {"items": edit.macros_of(officer, context.organisation_of(officer), sessions=context.sessions)}

    @routes.post("/macros")
    @authenticated(Role.EDITOR)
    @routes.arguments(MacroInSchema)
    @routes.response(201, MacroSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 422)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def create_macro(content: edit.MacroContent) -> Any:
        """Add a macro. Needs the role editor."""
        officer = context.officer(g.identity)
        organisation, key = context.organisation_of(officer), idempotency.key(request)
        made = edit.create(officer, content, organisation, key=key, **context.store_and_time())
        return made, {"ETag": etag(made.version), "Location": f"/routing/api/v1/macros/{made.id}"}


def _add_changes(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/macros/<uuid:macro_id>")
    @routes.response(200, MacroWithVersionsSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 404)
    def show_macro(macro_id: UUID) -> Any:
        """Show a macro with its versions."""
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        found, versions = edit.macro_with_versions(officer, macro_id, organisation, sessions=context.sessions)
        shown = {name: getattr(found, name) for name in MacroSchema().fields}
        return shown | {"versions": versions}, {"ETag": etag(found.version)}

    @routes.put("/macros/<uuid:macro_id>")
    @authenticated(Role.EDITOR)
    @routes.arguments(MacroInSchema)
    @routes.response(200, MacroSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 404, 412, 422, 428)
    @routes.doc(parameters=[_OF_MACRO])
    def change_macro(content: edit.MacroContent, macro_id: UUID) -> Any:
        """Change a macro. Needs the role editor."""
        officer = context.officer(g.identity)
        organisation, version = context.organisation_of(officer), expected_version(request, required=True)
        changed = edit.change(officer, macro_id, content, organisation, version=version, **context.store_and_time())
        return changed, {"ETag": etag(changed.version)}

    @routes.delete("/macros/<uuid:macro_id>")
    @authenticated(Role.EDITOR)
    @routes.response(204)
    @may_answer(routes, 401, 403, 404, 412, 428)
    @routes.doc(parameters=[_OF_MACRO])
    def remove_macro(macro_id: UUID) -> None:
        """Offer a macro no longer. Needs the role editor."""
        officer = context.officer(g.identity)
        organisation, version = context.organisation_of(officer), expected_version(request, required=True)
        edit.remove(officer, macro_id, organisation, version=version, **context.store_and_time())


def _add_of_case(routes: Blueprint, context: RoutingContext) -> None:
    @routes.get("/cases/<uuid:case_id>/macros")
    @routes.response(200, OfferedMacrosSchema)
    @may_answer(routes, 401, 403, 404)
    def list_macros_of_case(case_id: UUID) -> dict[str, Any]:
        """List the macros that are possible with a case. The access log notes that you read it."""
        officer = context.officer(g.identity)
        file = open_case(officer, case_id, **context.store_and_time())
        organisation, today = context.organisation_of(officer), local_date(context.clock())
        choices = form_choices(officer, file, organisation, today, sessions=context.sessions)
        found = offered(Situation(officer, file, organisation, choices, today), sessions=context.sessions)
        return {"items": [_offered(each) for each in found]}

    @routes.get("/cases/<uuid:case_id>/macros/<uuid:macro_id>")
    @routes.response(200, MacroPreviewSchema)
    @may_answer(routes, 401, 403, 404, 409)
    def preview_macro(case_id: UUID, macro_id: UUID) -> dict[str, Any]:
        """Show what a macro would do with a case. Nothing is changed; the access log notes that you read the case."""
        officer = context.officer(g.identity)
        file = open_case(officer, case_id, **context.store_and_time())
        macro = the_macro(file, macro_id, sessions=context.sessions)
        order = MacroOrder(officer, case_id, macro_id, file.case.sequence)
        return _previewed(preview(context, order, file, macro))

    @routes.post("/cases/<uuid:case_id>/macro-runs")
    @routes.arguments(MacroRunSchema)
    @routes.response(201, ActionResultSchema, headers=ETAG)
    @may_answer(routes, 401, 403, 404, 409, 412, 422, 428)
    @routes.doc(parameters=[idempotency.PARAMETER, _OF_CASE])
    def run_macro(body: dict[str, Any], case_id: UUID) -> Any:
        """Carry out a macro with a case: all of its steps, or none. A step that cannot be done is named with why."""
        version = expected_version(request, required=True) or 0
        officer, key = context.officer(g.identity), idempotency.key(request)
        return created(carry_out(context, MacroOrder(officer, case_id, version=version, key=key, **body)))


def _offered(macro: Macro) -> dict[str, Any]:
    actions = [each["action"] for each in macro.steps]
    return {"id": macro.id, "version": macro.version, "name": macro.name, "actions": actions}


def _previewed(found: MacroPreview) -> dict[str, Any]:
    rejected = found.rejected and {
        "step": found.rejected.number + 1,
        "action": found.rejected.action,
        "reason": found.rejected.failure.reason,
        "state": found.rejected.failure.detail.get("state"),
        "errors": found.rejected.errors,
    }
    steps = [
        {"definition": each.definition, "request": each.request, "notified": notified(each.definition)}
        for each in found.steps
    ]
    return {"macro": found.macro, "steps": steps, "rejected": rejected}
