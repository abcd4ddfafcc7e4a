"""The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header): the same request sent twice counts once."""

import re

from flask import Request

from shared.idempotency import KeyReused
from shared.web.problems import Problem

_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")

PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]([ -~]{0,198}[!-~])?$"},
    "description": "The same key and request sent twice counts once, and gets the same answer.",
}


def key(request: Request) -> str | None:
    """The caller's key, with or without the quotes of a structured field; None when there is none.

    Raises Problem 400 when it is empty, longer than 200 characters, or not printable ASCII.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    bare = header.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    if not _PRINTABLE.fullmatch(bare):
        raise Problem(400, "bad-idempotency-key", detail="Idempotency-Key must be 1 to 200 printable ASCII characters.")
    return bare


def reused(_: KeyReused) -> Problem:
    """The problem that a key used before for another request gives."""
    return Problem(422, "idempotency-key-used", detail="The Idempotency-Key was used before, for another request.")
