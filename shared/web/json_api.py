"""JSON APIs: bodies are read strictly, and the API is documented as OpenAPI and api-info."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import flask
import flask_smorest
import orjson
from flask import Request
from marshmallow import Schema, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from shared import yaml_files
from shared.release import API_RELEASED, API_VERSION
from shared.web import strict_json
from shared.web.languages import library_message
from shared.web.names import takes
from shared.web.problems import MEDIA_TYPE, Problem, ProblemSchema

MAX_BYTES = 1_000_000

Decorator = Callable[[Any], Any]


def json_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body.

    Raises Problem 415 when the body is not declared as JSON, 413 when it is larger than MAX_BYTES, 400 when it
    is not JSON that we accept (`shared.web.strict_json`) or not an object.
    """
    read = json_value(request)
    if not isinstance(read, dict):
        raise Problem(400, "not-an-object", detail="The body must be a JSON object.")
    return read


def json_value(request: Request) -> Any:
    """The JSON value in the body, of any kind; errors as in `json_object`."""
    if not _is_declared_json(request):
        raise Problem(415, "not-json", detail="Send the body as application/json.")
    request.max_content_length = MAX_BYTES
    body = request.get_data(cache=False)
    if len(body) >= MAX_BYTES:  # werkzeug cuts a body of undeclared length off at the limit
        raise Problem(413, "request-entity-too-large")
    try:
        return strict_json.loads(body)
    except strict_json.NotStrictJson as error:
        raise Problem(400, "bad-json", detail=library_message(str(error))) from error


def _is_declared_json(request: Request) -> bool:
    return request.mimetype == "application/json" or (
        request.mimetype.startswith("application/") and request.mimetype.endswith("+json")
    )


class _StrictParser(FlaskParser):
    """webargs that reads JSON as strictly as `json_object`, and leaves errors to `shared.web.problems`."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        if not req.content_length and not req.mimetype:
            return missing
        return json_value(req)

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> Any:
        messages = error.messages
        if isinstance(messages, dict):
            error.messages = _without_location(messages)
        raise error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A flask-smorest blueprint whose `arguments` read JSON strictly."""

    ARGUMENTS_PARSER = _StrictParser()

    def arguments(self, schema: type[Schema] | Schema, *, location: str = "json", **named: Any) -> Decorator:
        """Read the body, or the query, by the schema; a query may then have the schema's names and no others.

        `EXAMPLE` of a body's schema is in the reference.
        """
        if location == "json" and (example := getattr(schema, "EXAMPLE", None)) is not None:
            named["example"] = example
        read: Decorator = super().arguments(schema, location=location, **named)
        if location != "query":
            return read
        names = (schema if isinstance(schema, Schema) else schema()).fields
        return lambda view: takes(*names)(read(view))

    @staticmethod
    def _make_doc_response_schema(schema: Any) -> Any:
        """The class alone where the instance is as any: what is documented is copied again and again."""
        return type(schema) if isinstance(schema, Schema) and not _is_modified(schema) else schema

    def register_views_in_doc(self, api: "_Api", *documented: Any, **named: Any) -> None:
        """Have the routes described when their description is first requested."""
        api.describe_later(partial(super().register_views_in_doc, api, *documented, **named))


def _is_modified(schema: Schema) -> bool:
    return any(getattr(schema, name) for name in ("many", "only", "exclude", "load_only", "dump_only", "partial"))


def may_answer(routes: Blueprint, *statuses: int, schemas: Mapping[int, type[Schema]] | None = None) -> Decorator:
    """Document the problems that a view may answer with; `schemas` for those that have more members.

    As `alt_response` of flask-smorest does, which wraps the view and copies all that is documented for each status.
    """
    problems = {status: (schemas or {}).get(status, ProblemSchema) for status in statuses}

    def document(view: Any) -> Any:
        documented = routes.doc()(view)  # its own copy
        responses = documented._apidoc.setdefault("response", {}).setdefault("responses", {})
        for status, schema in problems.items():
            responses.setdefault(status, []).append(_documented(status, schema))
        return documented

    return document


def _documented(status: int, schema: type[Schema]) -> dict[str, Any]:
    # By its name: each decorator above copies all that is documented.
    name = f"{schema.__module__}.{schema.__qualname__}"
    return {"schema": name, "description": HTTPStatus(status).phrase, "content_type": MEDIA_TYPE}


def smorest_api(app: flask.Flask, *, title: str, description: str = "") -> flask_smorest.Api:
    """flask-smorest for a service's JSON API under `/<service>/api/v1/`, strict, with problems for errors.

    Its blueprints are `shared.web.json_api.Blueprint`. The OpenAPI 3.1 document is at `openapi.json` there, the
    api-info of Sweden's REST API profile at `api-info`.
    """
    prefix = f"/{app.extensions['arende-service']}/api/v1"
    app.config.update(
        API_TITLE=title,
        API_VERSION=API_VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=prefix,
        API_SPEC_OPTIONS={"info": {"description": description}},
    )
    api = _Api(app)
    app.add_url_rule(f"{prefix}/api-info", "api_info", lambda: _api_info(title, prefix))
    return api


class _Api(flask_smorest.Api):  # type: ignore[misc]
    """Describes its routes when the OpenAPI document is first requested: at start that would take longest of all.

    Once written, the document stays as it is.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: flask.Flask) -> None:
        self._undescribed: list[Callable[[], None]] = []
        self._describing = threading.Lock()
        self._document: bytes | None = None
        super().__init__(app)

    def describe_later(self, describe: Callable[[], None]) -> None:
        """Call this before the document is first given."""
        self._undescribed.append(describe)

    def _openapi_json(self) -> Any:
        with self._describing:
            self._document = self._document or self._written()
        return flask.current_app.response_class(self._document, mimetype="application/json")

    def _written(self) -> bytes:
        while self._undescribed:
            self._undescribed.pop(0)()
        document = self.spec.to_dict()
        _add_response_examples(document["paths"], Path(flask.current_app.root_path) / "response_examples.yaml")
        return orjson.dumps(document)

    def _register_error_handlers(self) -> None:
        """None: `shared.web.problems` answers every error."""

    def _register_responses(self) -> None:
        self.describe_later(self._describe_errors)

    def _describe_errors(self) -> None:
        """Document errors with the media type that they have."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def register_blueprint(self, blp: flask_smorest.Blueprint, **options: Any) -> None:
        """Accept a blueprint only if it reads JSON strictly."""
        if not isinstance(blp, Blueprint):
            raise TypeError(f"{blp.name} must be a shared.web.json_api.Blueprint, which reads JSON strictly")
        super().register_blueprint(blp, **options)


def _add_response_examples(paths: dict[str, Any], file: Path) -> None:
    """Put in what the service answers with, as its file has it: `get /routing/api/v1/queues 200`."""
    for name, example in yaml_files.read(file).content.items() if file.exists() else ():
        method, path, status = name.split()
        paths[path][method]["responses"][status]["content"]["application/json"]["example"] = example


def _api_info(title: str, prefix: str) -> flask.Response:
    """https://www.dataportal.se/rest-api-profil, rule set DOK: how an API describes itself."""
    return flask.jsonify(
        {
            "api_name": title,
            "api_version": API_VERSION,
            "api_released": API_RELEASED,
            "api_documentation": f"{prefix}/openapi.json",
            "api_status": "beta",
        }
    )


def _without_location(messages: dict[Any, Any]) -> Any:
    """webargs nests marshmallow's messages under the part of the request (`json`, `query`)."""
    [inner] = messages.values()
    return inner
