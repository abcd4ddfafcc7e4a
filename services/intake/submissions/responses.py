"""The responses about submissions, and how the API's reference describes them."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, make_response
from marshmallow import Schema

LOCATION = {"Location": {"description": "Where its progress is shown.", "schema": {"type": "string"}}}


def body(schema: type[Schema]) -> dict[str, Any]:
    """Document a JSON body that a view reads by itself."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def json(content: Any, status: int, *, headers: Mapping[str, str] | None = None) -> Response:
    """A response with this as JSON."""
    return Response(orjson.dumps(content), status, headers, content_type="application/json")


def private(page: str, status: int = 200) -> Response:
    """A page whose address is a key: no search engine may keep it."""
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
