"""How the API answers, refuses, and says so in its reference."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from flask import Response
from marshmallow import Schema

from services.intake.forms.faults import Refused
from services.intake.submissions import KeyUsed
from services.intake.supplements import Ended
from shared.web.parsing import Blueprint
from shared.web.problems import MEDIA_TYPE, FieldFault, Problem, ProblemSchema

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "The same key and body twice is one submission, with one receipt.",
}
LOCATION = {"Location": {"description": "Where it is seen how it goes.", "schema": {"type": "string"}}}


def body(schema: type[Schema]) -> dict[str, Any]:
    """Document a JSON body that a view reads by itself."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def refuses(routes: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """Document the problems that a view may answer with."""

    def document(view: Any) -> Any:
        for status in statuses:
            view = routes.alt_response(status, schema=ProblemSchema, content_type=MEDIA_TYPE)(view)
        return view

    return document


@contextmanager
def told_as_problems() -> Iterator[None]:
    """Within it, what the use cases refuse leaves as a problem."""
    try:
        yield
    except Refused as fault:
        raise invalid([FieldFault(each.pointer, each.fault.told()) for each in fault.faults]) from fault
    except KeyUsed as fault:
        raise Problem(
            422, "idempotency-key-used", detail="The Idempotency-Key was used before, for something else."
        ) from fault
    except Ended as fault:
        raise Problem(
            409, "case-ended", detail="The case is decided or closed, so nothing can be added to it.", state=fault.state
        ) from fault


def invalid(faults: Sequence[FieldFault]) -> Problem:
    """422 with faults at single values."""
    return Problem(422, "invalid", detail="Some values are not right.", errors=faults)


def json(
    told: Any, status: int, *, headers: Mapping[str, str] | None = None, content_type: str = "application/json"
) -> Response:
    """A response that says this."""
    return Response(orjson.dumps(told), status, headers, content_type=content_type)
