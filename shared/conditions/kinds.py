"""The kinds of value that facts and conditions have."""

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """A kind of value, as it is called in messages."""

    TEXT = "a text"
    NUMBER = "a number"
    TRUTH = "a truth value"
    LIST = "a list"
    PLACE = "a place"
    OTHER = "something else"


def kind_of(value: Any) -> Kind:
    """The kind of a value. Not-a-number and the infinities, which JSON lacks, are no numbers."""
    found = _KINDS.get(type(value))
    if found:
        return found
    if isinstance(value, float):
        return Kind.NUMBER if math.isfinite(value) else Kind.OTHER
    return Kind.PLACE if isinstance(value, Mapping) and not _PLACE.isdisjoint(value) else Kind.OTHER


_KINDS: Mapping[type, Kind] = {
    bool: Kind.TRUTH,
    int: Kind.NUMBER,
    str: Kind.TEXT,
    list: Kind.LIST,
    tuple: Kind.LIST,
}


def is_number(value: Any) -> bool:
    """Whether it is a number."""
    return kind_of(value) is Kind.NUMBER


_PLACE = frozenset({"text", "latitude", "longitude"})

_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
TIME_OF_DAY_PATTERN = f"^{_TIME_OF_DAY.pattern}$"


def is_time_of_day(value: Any) -> bool:
    """Whether it is `HH:MM`: such texts are in the order of the clock."""
    return isinstance(value, str) and _TIME_OF_DAY.fullmatch(value) is not None
