"""Problems (RFC 9457): every error of every service leaves by this one door, told in the reader's language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from shared.web import request_log
from shared.web.languages import gettext, library_message

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:arende:problem:"
LISTED_AT_MOST = 100

Tell = Callable[["Problem"], Response]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ErrorDetail:
    """What is wrong with one value: where it stands (JSON Pointer, RFC 6901) and a sentence for a person."""

    pointer: str
    message: str


class Problem(Exception):
    """Something that the caller must be told: status, a short code of ours, a title and a detail for a person.

    `errors` are faults at single values, `headers` go on the response, `extensions` become members of the body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        title: str | None = None,
        detail: str | None = None,
        errors: Sequence[ErrorDetail] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.extensions = extensions

    def body(self) -> dict[str, Any]:
        """The problem as RFC 9457 lays it out; at most 100 errors, and how many more there are."""
        told: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": gettext(self.title or _phrase(self.status)),
            "status": self.status,
        }
        if detail := self.detail or _DETAILS.get(self.status):
            told["detail"] = gettext(detail)
        if request_id := request_log.request_id():
            told["request_id"] = request_id
        if self.errors:
            told["errors"] = [vars(each) for each in self.errors[:LISTED_AT_MOST]]
        if len(self.errors) > LISTED_AT_MOST:
            told["errors_omitted"] = len(self.errors) - LISTED_AT_MOST
        return told | self.extensions


def install(app: Flask, service: str) -> None:
    """Let every error of the app leave as a problem: a page where a person looks at one, else JSON."""

    def tell(problem: Problem) -> Response:
        response = None if _for_a_program(service) else _page(problem)
        response = response or Response(
            orjson.dumps(problem.body(), default=str), problem.status, content_type=MEDIA_TYPE
        )
        response.headers.extend(problem.headers)
        return response

    app.register_error_handler(Problem, tell)
    app.register_error_handler(ValidationError, lambda fault: tell(of_validation(fault)))
    app.register_error_handler(HTTPException, lambda fault: _of_http(fault, tell))


def of_validation(fault: ValidationError) -> Problem:
    """422 with every fault that marshmallow found, each at its place."""
    return Problem(422, "invalid", errors=list(faults(fault.messages)))


def faults(messages: Any, pointer: str = "") -> Iterator[ErrorDetail]:
    """marshmallow's nested messages as faults; what concerns an object as a whole points at the object."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from faults(inner, pointer if name == "_schema" else f"{pointer}/{_escaped(name)}")
    elif isinstance(messages, list):
        for message in messages:
            yield from faults(message, pointer)
    else:
        yield ErrorDetail(pointer, library_message(str(messages)))


def _escaped(name: Any) -> str:
    return str(name)[:200].replace("~", "~0").replace("/", "~1")


def _of_http(fault: HTTPException, tell: Tell) -> Response | HTTPException:
    if isinstance(fault, CSRFError):
        return tell(Problem(400, "csrf", detail="The form has been open too long. Load the page and try again."))
    if fault.code is None or fault.code < 400:
        return fault
    kept = {name: value for name, value in fault.get_headers() if name not in ("Content-Type", "Content-Length")}
    return tell(Problem(fault.code, _phrase(fault.code).lower().replace(" ", "-"), headers=kept))


def _phrase(status: int) -> str:
    return HTTP_STATUS_CODES[status]


def _for_a_program(service: str) -> bool:
    return request.path.startswith(f"/{service}/api/") or request.path in ("/healthz", "/readyz", "/metrics")


def _page(problem: Problem) -> Response | None:
    """The service's own `error.html`; None where it has none, or cannot even draw that."""
    body = problem.body()
    try:
        html = render_template("error.html", title=body["title"], detail=body.get("detail"), problem=body)
    except TemplateNotFound:
        return None
    except Exception:
        log.error("error_page_failed", exc_info=True)
        return None
    return Response(html, problem.status, content_type="text/html; charset=utf-8")


_DETAILS = {
    400: "What was sent could not be understood.",
    404: "There is nothing at this address. Check that it is written right.",
    405: "This address cannot be used that way.",
    413: "What was sent is too large.",
    422: "Some values are not right.",
    429: "Too many requests. Wait a while and try again.",
    500: "Something went wrong at our end. Try again in a while.",
    503: "The service cannot answer right now. Try again in a while.",
}


class ErrorSchema(Schema):
    """One fault at one value."""

    pointer = fields.Str(metadata={"description": "Where the value stands, JSON Pointer (RFC 6901)."})
    message = fields.Str(metadata={"description": "What is wrong, in the reader's language."})


class ProblemSchema(Schema):
    """A problem (RFC 9457), as OpenAPI describes it."""

    type = fields.Str(required=True, metadata={"description": "`urn:arende:problem:` and a code."})
    title = fields.Str(required=True)
    status = fields.Int(required=True)
    detail = fields.Str()
    request_id = fields.Str(metadata={"description": "To ask the operator about."})
    errors = fields.List(fields.Nested(ErrorSchema))
    errors_omitted = fields.Int(metadata={"description": "How many more errors there are than those listed."})
