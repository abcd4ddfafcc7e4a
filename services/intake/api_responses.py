"""How the API answers, refuses, and says so in its reference."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from flask import Response
from marshmallow import Schema

from services.intake.forms.errors import SubmissionInvalid
from services.intake.supplements.supplement import Ended
from shared.idempotency import KeyReused
from shared.web import idempotency
from shared.web.problems import ErrorDetail, Problem

LOCATION = {"Location": {"description": "Where it is seen how it goes.", "schema": {"type": "string"}}}


def body(schema: type[Schema]) -> dict[str, Any]:
    """Document a JSON body that a view reads by itself."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


@contextmanager
def told_as_problems() -> Iterator[None]:
    """Within it, what the use cases refuse leaves as a problem."""
    try:
        yield
    except SubmissionInvalid as fault:
        raise invalid([ErrorDetail(each.pointer, each.fault.told()) for each in fault.faults]) from fault
    except KeyReused as error:
        raise idempotency.reused(error) from error
    except Ended as fault:
        raise Problem(
            409, "case-ended", detail="The case is decided or closed, so nothing can be added to it.", state=fault.state
        ) from fault


def invalid(faults: Sequence[ErrorDetail]) -> Problem:
    """422 with faults at single values."""
    return Problem(422, "invalid", detail="Some values are not right.", errors=faults)


def json(
    told: Any, status: int, *, headers: Mapping[str, str] | None = None, content_type: str = "application/json"
) -> Response:
    """A response that says this."""
    return Response(orjson.dumps(told), status, headers, content_type=content_type)
