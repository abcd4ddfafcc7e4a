"""Paging by cursor: the cursor holds the sort values of the last row, so new rows never shift a page."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from marshmallow import Schema, fields, validate

from shared.web.problems import Problem

Converter = Callable[[Any], Any]


class PageQuery(Schema):
    """The query of a list: how many items, and after which."""

    limit = fields.Int(
        load_default=50,
        validate=validate.Range(min=1, max=200),
        metadata={"description": "How many at most."},
    )
    cursor = fields.Str(
        load_default=None,
        validate=validate.Length(max=1000),
        metadata={"description": "`next` of the page before; leave out for the first page."},
    )


class PageSchema(Schema):
    """One page of a list; a subclass adds its `items`."""

    next = fields.Str(
        required=True, allow_none=True, metadata={"description": "The next page's cursor; null on the last."}
    )


def encode(values: Sequence[Any]) -> str:
    """A cursor from the sort values of a page's last row (numbers, texts, times, UUIDs)."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).rstrip(b"=").decode()


def decode(cursor: str, *converters: Converter) -> list[Any]:
    """The values of a cursor, each through its converter (`moment`, `UUID`, `int` …) where there are any.

    Raises Problem 400 for a text that `encode` never made.
    """
    try:
        values = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        return _read(values, converters)
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise Problem(400, "bad-cursor", detail="The cursor is not one that this service gave.") from error


def moment(text: str) -> datetime:
    """The time in UTC. ValueError when it has no zone, OverflowError when its year in UTC is out of range."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError("a moment without a zone")
    return parsed.astimezone(UTC)


def _read(values: Any, converters: Sequence[Converter]) -> list[Any]:
    if not isinstance(values, list):
        raise TypeError("a cursor is a list")
    if not converters:
        return values
    return [converter(value) for converter, value in zip(converters, values, strict=True)]
