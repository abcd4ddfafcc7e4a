"""JSON that the whole system can store, sign and show (I-JSON, RFC 7493, with a few limits of our own).

UTF-8, no NaN or infinity, no lone surrogates, no NUL (PostgreSQL's text cannot hold it), no number larger than
a double keeps exactly, nothing nested deeper than 32, at most 2,000 names and values in all. Where an object repeats
a name the last one counts.
"""

from typing import Any

import orjson

MAX_DEPTH = 32
MAX_VALUES = 2_000  # names of members too
MAX_INTEGER = 2**53 - 1


class NotStrictJson(ValueError):
    """The JSON is refused; the message is one sentence for the caller and never quotes the JSON."""


def loads(body: bytes) -> Any:
    """Read JSON, or raise NotStrictJson."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotStrictJson(f"The body is not valid JSON (line {error.lineno}, column {error.colno}).") from error
    _check(value)
    return value


def _check(value: Any) -> None:
    level, values = [value], 0
    for _ in range(MAX_DEPTH + 1):
        values += sum(_size(each) for each in level)
        if values > MAX_VALUES:
            raise NotStrictJson(f"The body holds more than {MAX_VALUES} names and values.")
        level = [inner for each in level for inner in _members(each)]
        if not level:
            return
    raise NotStrictJson(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _size(value: Any) -> int:
    return 2 * len(value) if isinstance(value, dict) else len(value) if isinstance(value, list) else 0


def _members(value: Any) -> list[Any]:
    match value:
        case dict():
            return [*value.keys(), *value.values()]
        case list():
            return value
        case str():
            if "\0" in value:
                raise NotStrictJson("The body holds the character NUL, which nothing can store.")
        case bool():
            pass
        case int() | float():
            if abs(value) > MAX_INTEGER:
                raise NotStrictJson("The body holds a number larger than 9007199254740991.")
    return []
