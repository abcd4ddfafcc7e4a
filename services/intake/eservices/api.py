"""The API of municipalities and their e-services."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from services.intake.context import IntakeContext
from services.intake.eservices.catalogue import Wanted, catalogue
from services.intake.eservices.definition import EService
from services.intake.eservices.opening import opening
from services.intake.eservices.schemas import EServiceSchema, EServicesQuery, EServicesSchema, MunicipalitiesSchema
from services.intake.forms.fields.field import Text
from services.intake.forms.json_schema import json_schema
from shared.web.json_api import Blueprint, may_answer
from shared.web.languages import language


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of municipalities and their e-services."""

    @routes.get("/municipalities")
    @routes.response(200, MunicipalitiesSchema)
    def list_municipalities() -> dict[str, Any]:
        """List the municipalities that take submissions here."""
        return {"items": list(context.municipalities.values())}

    @routes.get("/municipalities/<slug>/e-services")
    @routes.arguments(EServicesQuery, location="query")
    @routes.response(200, EServicesSchema)
    @may_answer(routes, 404, 422)
    def list_eservices(query: dict[str, str], slug: str) -> dict[str, Any]:
        """List what a municipality offers, or what is found of it."""
        context.municipality(slug)
        wanted = Wanted(query["q"], query["topic"], query["life_situation"])
        found = catalogue(context.offer.current, slug, language(), wanted)
        return {
            "items": [_shown(each, context) for each in found.found],
            "topics": _terms(found.topics),
            "life_situations": _terms(found.life_situations),
        }

    @routes.get("/municipalities/<slug>/e-services/<code>")
    @routes.response(200, EServiceSchema)
    @may_answer(routes, 404)
    def show_eservice(slug: str, code: str) -> Any:
        """Show an e-service: its questions, texts and possible outcomes."""
        return _shown(context.form(slug, code).eservice, context)

    @routes.get("/municipalities/<slug>/e-services/<code>/json-schema")
    @routes.response(200, content_type="application/schema+json", description="JSON Schema, draft 2020-12.")
    @may_answer(routes, 404)
    def show_json_schema(slug: str, code: str) -> Response:
        """Show what a submission to the e-service may hold, as JSON Schema."""
        form = context.form(slug, code)
        address = f"{context.public_url}/intake/api/v1/municipalities/{slug}/e-services/{code}/json-schema"
        return Response(orjson.dumps(json_schema(form.eservice, address)), content_type="application/schema+json")


def _shown(eservice: EService, context: IntakeContext) -> dict[str, Any]:
    return {**vars(eservice), "opening": opening(eservice, context.clock())}


def _terms(labels: Mapping[str, Text]) -> list[dict[str, Any]]:
    return [{"code": code, "label": label} for code, label in labels.items()]
