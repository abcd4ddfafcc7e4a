"""Which values the operators of conditions take: for the reader, for its messages, and as JSON Schema for editors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.conditions.days import DAY_PATTERN, InvalidDay, parse_day
from shared.conditions.kinds import TIME_OF_DAY_PATTERN, Kind, is_number, is_time_of_day, kind_of


@dataclass(frozen=True)
class ValueShape:
    """Values of one shape: whether a value `fits`, what such values are `called`, and their JSON Schema."""

    fits: Callable[[Any], bool]
    called: str
    json_schema: Mapping[str, Any]


def _is_plain(value: Any) -> bool:
    return kind_of(value) in (Kind.TEXT, Kind.NUMBER, Kind.TRUTH)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_plain, value))


def _is_size(value: Any) -> bool:
    return is_number(value) or is_time_of_day(value)


def _is_day(value: Any) -> bool:
    try:
        parse_day(value)
    except InvalidDay:
        return False
    return True


_PLAIN_TYPES = {"type": ["string", "number", "boolean"]}

PLAIN = ValueShape(_is_plain, "a text, a number or a truth value", _PLAIN_TYPES)
PLAIN_LIST = ValueShape(
    _is_list, "a list of texts, numbers or truth values", {"type": "array", "items": _PLAIN_TYPES, "minItems": 1}
)
TRUTH = ValueShape(lambda value: isinstance(value, bool), "true or false", {"type": "boolean"})
SIZE = ValueShape(
    _is_size,
    "a number, or a time of day as '08:30'",
    {"type": ["number", "string"], "pattern": TIME_OF_DAY_PATTERN},
)
DAY = ValueShape(
    _is_day,
    "a day as 2026-12-24, today, today+14d or today-6m (d, w, m, y)",
    {"type": "string", "pattern": DAY_PATTERN},
)
AREA = ValueShape(lambda value: isinstance(value, str), "the code of an area", {"type": "string"})
