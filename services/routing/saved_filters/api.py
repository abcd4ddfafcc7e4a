"""Saved filters of a queue, at the API."""

from typing import Any
from uuid import UUID

from flask import g, request

from services.routing.context import RoutingContext
from services.routing.saved_filters.filters import QueueFilters
from services.routing.saved_filters.models import SavedFilter
from services.routing.saved_filters.schemas import (
    FilterSchema,
    NameSchema,
    SavedFilterSchema,
    SavedFiltersSchema,
    query_of,
)
from shared.web.etags import etag, expected_version
from shared.web.json_api import Blueprint, may_answer

_ETAG = {"ETag": {"description": "The filter's version, for If-Match.", "schema": {"type": "string"}}}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    "description": "The ETag of the filter as you last read it: `version` in quotes.",
}
_PATH = "/queues/<code>/filters"


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`/queues/<code>/filters` and each of them."""

    def filters(code: str) -> QueueFilters:
        officer = context.officer(g.identity)
        return QueueFilters(officer, code, context.organisation_of(officer), context.sessions)

    @routes.get(_PATH)
    @routes.response(200, SavedFiltersSchema)
    @may_answer(routes, 401, 403, 404)
    def list_filters(code: str) -> dict[str, Any]:
        """List the saved filters of a queue: those that all who work it share, and your own."""
        return {"items": filters(code).all()}

    @routes.post(_PATH)
    @routes.arguments(FilterSchema)
    @routes.response(201, SavedFilterSchema, headers=_ETAG)
    @may_answer(routes, 401, 403, 404, 422)
    def save_filter(data: dict[str, Any], code: str) -> Any:
        """Save a filter, for all who work the queue or for you alone. The same name and filter sent twice are one."""
        return _shown(
            filters(code).save(data["name"].strip(), query_of(data["filter"]), context.clock(), private=data["private"])
        )

    @routes.put(f"{_PATH}/<uuid:filter_id>")
    @routes.arguments(NameSchema)
    @routes.response(200, SavedFilterSchema, headers=_ETAG)
    @may_answer(routes, 401, 403, 404, 412, 422, 428)
    @routes.doc(parameters=[_IF_MATCH])
    def rename_filter(data: dict[str, Any], code: str, filter_id: UUID) -> Any:
        """Give a filter another name."""
        return _shown(filters(code).rename(filter_id, data["name"].strip(), _version()))

    @routes.delete(f"{_PATH}/<uuid:filter_id>")
    @routes.response(204)
    @may_answer(routes, 401, 403, 404, 412, 428)
    @routes.doc(parameters=[_IF_MATCH])
    def remove_filter(code: str, filter_id: UUID) -> None:
        """Remove a filter: one that is shared, for everybody."""
        filters(code).remove(filter_id, _version())


def _version() -> int:
    version = expected_version(request, required=True)
    assert version is not None
    return version


def _shown(saved: SavedFilter) -> Any:
    return saved, {"ETag": etag(saved.version)}
