"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the same wish sent twice is one wish."""

import hashlib
import re
from typing import Any

import orjson
from flask import Request

from shared.web.problems import Problem

_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")


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


def fingerprint(body: Any) -> str:
    """SHA-256 (hex) of bytes or of what JSON can say; the order of an object's members makes no difference."""
    told = body if isinstance(body, bytes) else orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()
