"""Problems (RFC 9457): every error of every service is answered here, in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
import structlog
from flask import Flask, Response, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from shared import validation
from shared.database import is_outage
from shared.web import request_log
from shared.web.languages import gettext, library_message

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:arende:problem:"
LISTED_AT_MOST = 100
RETRY_AFTER_SECONDS = 10

Answer = Callable[["Problem"], Response]
View = TypeVar("View", bound=Callable[..., Any])

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ErrorDetail:
    """What is wrong with one value: where it is (JSON Pointer, RFC 6901) and a sentence for a person."""

    pointer: str
    message: str


class Problem(Exception):
    """An error that the caller gets as the answer: status, a short code of ours, a title and a detail for a person.

    `errors` are about single values, `headers` go on the response, `extensions` become members of the body.
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
        """The members that RFC 9457 defines and our own; at most 100 errors, and how many more there are."""
        body: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": gettext(self.title or _phrase(self.status)),
            "status": self.status,
        }
        if detail := self.detail or _DETAILS.get(self.status):
            body["detail"] = gettext(detail)
        if request_id := request_log.request_id():
            body["request_id"] = request_id
        if self.errors:
            body["errors"] = [vars(each) for each in self.errors[:LISTED_AT_MOST]]
        if len(self.errors) > LISTED_AT_MOST:
            body["errors_omitted"] = len(self.errors) - LISTED_AT_MOST
        return body | self.extensions


def opened_by_people(view: View) -> View:
    """Let a view of the API answer a browser's errors with a page: people open links to it."""
    view.is_opened_by_people = True  # type: ignore[attr-defined]
    return view


def install(app: Flask, service: str) -> None:
    """Answer every error of the app with a problem: a page for a person, JSON for a program."""

    def answer(problem: Problem) -> Response:
        response = None if _wants_json(service) else _page(problem)
        response = response or Response(
            orjson.dumps(problem.body(), default=str), problem.status, content_type=MEDIA_TYPE
        )
        response.headers.extend(problem.headers)
        return response

    app.register_error_handler(Problem, answer)
    app.register_error_handler(ValidationError, lambda error: answer(of_validation(error)))
    app.register_error_handler(HTTPException, lambda error: _of_http(error, answer))
    app.register_error_handler(SQLAlchemyError, lambda error: answer(_of_store(error)))


def of_validation(error: ValidationError) -> Problem:
    """422 with everything that marshmallow found wrong."""
    return Problem(422, "invalid", errors=error_details(error.messages))


def error_details(messages: Any) -> list[ErrorDetail]:
    """marshmallow's nested messages, in the language of the current request, each with the pointer to its value."""
    return [
        ErrorDetail(_pointer(path), library_message(str(message))) for path, message in validation.flattened(messages)
    ]


def _pointer(path: validation.Path) -> str:
    """A JSON Pointer; a name is cut at 200 characters, for the caller may have sent any."""
    return "".join("/" + str(name)[:200].replace("~", "~0").replace("/", "~1") for name in path)


def _of_http(error: HTTPException, answer: Answer) -> Response | HTTPException:
    if isinstance(error, CSRFError):
        return answer(Problem(400, "csrf", detail="The form has been open too long. Load the page and try again."))
    if error.code is None or error.code < 400:
        return error
    kept = {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
    return answer(Problem(error.code, _phrase(error.code).lower().replace(" ", "-"), headers=kept))


def _of_store(error: SQLAlchemyError) -> Problem:
    """503 while the store is away, overloaded or locked; raises any other error of the store's."""
    if not is_outage(error):
        raise error
    log.warning("store_unavailable", route=request_log.route(request), exc_info=error)
    return Problem(503, "unavailable", headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _phrase(status: int) -> str:
    return HTTP_STATUS_CODES[status]


def _wants_json(service: str) -> bool:
    """Programs use the API, whatever they accept; a person may open a link to a view that is marked so."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "is_opened_by_people", False):
        return request.accept_mimetypes.best_match(("application/json", "text/html")) != "text/html"
    return request.path.startswith(f"/{service}/api/") or request.path in ("/healthz", "/readyz", "/metrics")


def _page(problem: Problem) -> Response | None:
    """The service's own `error.html`; None where it has none, or the template fails."""
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
    """What is wrong with one value."""

    pointer = fields.Str(metadata={"description": "Where the value is, as a JSON Pointer (RFC 6901)."})
    message = fields.Str(metadata={"description": "What is wrong, in the reader's language."})


class ProblemSchema(Schema):
    """A problem (RFC 9457), as OpenAPI describes it."""

    type = fields.Str(required=True, metadata={"description": "`urn:arende:problem:` and a code."})
    title = fields.Str(required=True)
    status = fields.Int(required=True)
    detail = fields.Str()
    request_id = fields.Str(metadata={"description": "Name it when you report the problem."})
    errors = fields.List(fields.Nested(ErrorSchema))
    errors_omitted = fields.Int(metadata={"description": "How many more errors there are than those listed."})
