"""`/healthz`, `/readyz` and `/metrics`: for operators, never reachable through the proxy."""

from collections.abc import Mapping

import orjson
from flask import Blueprint, Response

from shared.observability import health, metrics
from shared.web.names import takes_any_query

NAME = "health"


def health_blueprint(checks: Mapping[str, health.Check]) -> Blueprint:
    """The three routes; `/readyz` runs these checks."""
    blueprint = Blueprint(NAME, __name__)

    @blueprint.get("/healthz")
    @takes_any_query
    def alive() -> Response:
        return _json(200, health.ALIVE)

    @blueprint.get("/readyz")
    @takes_any_query
    def ready() -> Response:
        failed = health.failed(checks)
        return _json(503 if failed else 200, health.readiness(failed))

    @blueprint.get("/metrics")
    @takes_any_query
    def metrics_text() -> Response:
        body, content_type = metrics.exposition()
        return Response(body, content_type=content_type)

    return blueprint


def _json(status: int, body: object) -> Response:
    return Response(orjson.dumps(body), status, content_type="application/json")
