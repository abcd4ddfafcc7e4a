"""What a condition's operators mean, and which values each of them takes."""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.conditions.areas import Area, Position
from shared.conditions.days import InvalidDay, iso_day, resolved_day
from shared.conditions.kinds import Kind, is_number, is_time_of_day, kind_of
from shared.conditions.value_shapes import AREA, DAY, PLAIN, PLAIN_LIST, SIZE, TRUTH, ValueShape


class NotComparable(Exception):
    """The operator cannot compare these values."""


@dataclass(frozen=True)
class Surroundings:
    """What conditions are evaluated in: `today`, that dates are relative to, and the municipality's areas by code."""

    today: date
    areas: Mapping[str, Area] = field(default_factory=dict)


@dataclass(frozen=True)
class Operator:
    """`holds` compares a fact with a value of the shape `takes`, or raises NotComparable.

    A fact that is missing never reaches `holds`: then only `empty` may hold.
    """

    holds: Callable[[Any, Any, Surroundings], bool]
    takes: ValueShape


def same(seen: Any, value: Any) -> bool:
    """Whether two values of one kind are equal; NotComparable when they are of different kinds."""
    kind = kind_of(seen)
    if kind is not kind_of(value) or kind is Kind.OTHER or kind is Kind.PLACE:
        raise NotComparable(f"{kind} cannot be compared with {kind_of(value)}")
    return bool(seen == value)


def _one_of(seen: Any, values: Collection[Any], _: Surroundings) -> bool:
    return any(same(seen, value) for value in values)


def _contains(seen: Any, value: Any) -> bool:
    if kind_of(seen) is not Kind.LIST:
        raise NotComparable(f"{kind_of(seen)} has no members")
    return any(same(member, value) for member in seen)


def is_empty(seen: Any) -> bool:
    """Whether it is missing, a text of nothing but blanks, or a list of nothing."""
    return seen is None or (isinstance(seen, str) and not seen.strip()) or (isinstance(seen, list | tuple) and not seen)


_NEEDED = {is_time_of_day: "a time of day", is_number: Kind.NUMBER.value}


def _sized(compare: Callable[[Any, Any], bool]) -> Operator:
    """Of two numbers, or of two times of day."""

    def holds(seen: Any, value: Any, _: Surroundings) -> bool:
        needed = is_time_of_day if is_time_of_day(value) else is_number
        for each in (seen, value):
            if not needed(each):
                raise NotComparable(f"{kind_of(each)} is not {_NEEDED[needed]}")
        return compare(seen, value)

    return Operator(holds, SIZE)


def _dated(compare: Callable[[Any, Any], bool]) -> Operator:
    def holds(seen: Any, value: Any, surroundings: Surroundings) -> bool:
        try:
            return compare(iso_day(seen), resolved_day(value, surroundings.today))
        except InvalidDay as error:
            raise NotComparable(f"{kind_of(error.written)} is not a date") from error

    return Operator(holds, DAY)


def _within(seen: Any, value: str, surroundings: Surroundings) -> bool:
    """A place without a position lies in no area."""
    if kind_of(seen) is not Kind.PLACE:
        raise NotComparable(f"{kind_of(seen)} is not {Kind.PLACE}")
    if value not in surroundings.areas:
        raise NotComparable(f"there is no area {value}")
    position = Position.of(seen)
    return position is not None and surroundings.areas[value].holds(position)


OPERATORS: Mapping[str, Operator] = {
    "is": Operator(lambda seen, value, _: same(seen, value), PLAIN),
    "is_not": Operator(lambda seen, value, _: not same(seen, value), PLAIN),
    "one_of": Operator(_one_of, PLAIN_LIST),
    "none_of": Operator(lambda *compared: not _one_of(*compared), PLAIN_LIST),
    "contains": Operator(lambda seen, value, _: _contains(seen, value), PLAIN),
    "contains_any": Operator(lambda seen, values, _: any(_contains(seen, each) for each in values), PLAIN_LIST),
    "empty": Operator(lambda seen, value, _: is_empty(seen) is value, TRUTH),
    "less": _sized(operator.lt),
    "at_most": _sized(operator.le),
    "more": _sized(operator.gt),
    "at_least": _sized(operator.ge),
    "before": _dated(operator.lt),
    "after": _dated(operator.gt),
    "within": Operator(_within, AREA),
}
