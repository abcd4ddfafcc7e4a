"""The API of municipalities and their e-services."""

from typing import Any

import orjson
from flask import Response

from services.intake.context import IntakeContext
from services.intake.eservices.schemas import EServiceSchema, EServicesSchema, MunicipalitiesSchema
from services.intake.forms.json_schema import json_schema
from shared.web.json_api import Blueprint, may_answer


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of municipalities and their e-services."""

    @routes.get("/municipalities")
    @routes.response(200, MunicipalitiesSchema)
    def list_municipalities() -> dict[str, Any]:
        """List the municipalities that take submissions here."""
        return {"items": list(context.municipalities.values())}

    @routes.get("/municipalities/<slug>/e-services")
    @routes.response(200, EServicesSchema)
    @may_answer(routes, 404)
    def list_eservices(slug: str) -> dict[str, Any]:
        """List what a municipality offers."""
        forms = context.forms[context.municipality(slug).slug]
        return {"items": [form.eservice for form in forms.values()]}

    @routes.get("/municipalities/<slug>/e-services/<code>")
    @routes.response(200, EServiceSchema)
    @may_answer(routes, 404)
    def show_eservice(slug: str, code: str) -> Any:
        """Show an e-service: its questions, texts and possible outcomes."""
        return context.form(slug, code).eservice

    @routes.get("/municipalities/<slug>/e-services/<code>/json-schema")
    @routes.response(200, content_type="application/schema+json", description="JSON Schema, draft 2020-12.")
    @may_answer(routes, 404)
    def show_json_schema(slug: str, code: str) -> Response:
        """Show what a submission to the e-service may hold, as JSON Schema."""
        form = context.form(slug, code)
        address = f"{context.public_url}/intake/api/v1/municipalities/{slug}/e-services/{code}/json-schema"
        return Response(orjson.dumps(json_schema(form.eservice, address)), content_type="application/schema+json")
