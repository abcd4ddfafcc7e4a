"""The types of facts, so that a condition that could never hold is found when the rules are loaded."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.conditions.condition import Condition, ConditionError, Node, OtherFact, leaves_with_paths
from shared.conditions.days import InvalidDay, iso_day
from shared.conditions.kinds import Kind, is_number, is_time_of_day, kind_of
from shared.validation import Path, unknown


class FactKind(StrEnum):
    """What a fact holds, as it is called in messages."""

    TEXT = "text"
    CHOICE = "a choice among options"
    CHOICES = "a list of options"
    NUMBER = "a number"
    TRUTH = "true or false"
    DATE = "a date"
    TIME_OF_DAY = "a time of day"
    PLACE = "a place"
    NUMBERS = "the numbers of several entries"
    ENTRIES = "a list of entries"


@dataclass(frozen=True)
class FactType:
    """A fact that there is: what it holds, the options of a choice, the bounds of a number (either may lack).

    `option_name` is what an option is called in messages.
    """

    kind: FactKind
    options: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    option_name: str = "option"


Known = Mapping[str, Sequence[FactType]]


def errors_of(node: Node, known: Known, areas: Collection[str] | None, path: Path = ()) -> Iterator[ConditionError]:
    """An error for each condition that names no known fact or area, or that no value of its fact could fulfil.

    `areas` None: they are not known here, so any may be.

    A fact may be of several types, as one name may be a field of several e-services: one that fits is enough.
    """
    for condition, inside in leaves_with_paths(node):
        at = (*path, *inside)
        if condition.fact not in known:
            yield ConditionError((*at, "fact"), unknown("fact", condition.fact, known))
            continue
        if isinstance(condition.value, OtherFact):
            yield from _other_fact_errors(condition, condition.value.name, known, at)
            continue
        errors = [_error(condition, each, areas) for each in known[condition.fact]]
        if all(errors):
            part, message = errors[0] or ("", "")
            yield ConditionError((*at, part), message)


def _other_fact_errors(condition: Condition, other: str, known: Known, at: Path) -> Iterator[ConditionError]:
    """Two facts are compared when they are of one kind, and the operator compares values of that kind."""
    if other not in known:
        yield ConditionError((*at, "value"), unknown("fact", other, known))
        return
    pairs = [(one.kind, two.kind) for one in known[condition.fact] for two in known[other]]
    if not any(one is two and condition.operator in _OPERATORS[one] for one, two in pairs):
        one, two = pairs[0]
        message = f"{condition.fact} is {one} and {other} is {two}: {condition.operator} cannot compare them"
        yield ConditionError((*at, "operator"), message)


_SIZES = ("less", "at_most", "more", "at_least")
_EQUAL = ("is", "is_not", "one_of", "none_of")

_OPERATORS: Mapping[FactKind, tuple[str, ...]] = {
    FactKind.TEXT: _EQUAL,
    FactKind.CHOICE: _EQUAL,
    FactKind.CHOICES: ("contains", "contains_any"),
    FactKind.NUMBER: (*_EQUAL, *_SIZES),
    FactKind.TRUTH: ("is", "is_not"),
    FactKind.DATE: (*_EQUAL, "before", "after"),
    FactKind.TIME_OF_DAY: (*_EQUAL, *_SIZES),
    FactKind.PLACE: ("within",),
    FactKind.NUMBERS: (),
    FactKind.ENTRIES: (),
}


def _error(condition: Condition, of: FactType, areas: Collection[str] | None) -> tuple[str, str] | None:
    """The part of the condition that does not fit the fact's type, and why; None when all of it does."""
    if condition.operator == "empty":
        return None
    if condition.operator not in _OPERATORS[of.kind]:
        usable = ", ".join((*_OPERATORS[of.kind], "empty"))
        return "operator", f"{condition.fact} is {of.kind}, which {condition.operator} cannot compare: use {usable}"
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if condition.operator == "within":
        messages = [unknown("area", each, areas) for each in values if areas is not None and each not in areas]
    elif condition.operator in ("before", "after"):
        return None
    else:
        messages = [message for each in values if (message := _value_error(condition, each, of))]
    return ("value", messages[0]) if messages else None


def _value_error(condition: Condition, value: Any, of: FactType) -> str | None:
    match of.kind:
        case FactKind.CHOICE | FactKind.CHOICES:
            quoted = ": YAML reads yes, no, on and off as true or false, so write the code in quotes"
            hint = quoted if isinstance(value, bool) else ""
            return None if value in of.options else unknown(of.option_name, value, of.options) + hint
        case FactKind.NUMBER:
            return _number_error(condition, value, of)
        case FactKind.TRUTH:
            good = isinstance(value, bool)
        case FactKind.DATE:
            good = _is_date(value)
        case FactKind.TIME_OF_DAY:
            good = is_time_of_day(value)
        case FactKind.TEXT:
            good = kind_of(value) is Kind.TEXT
        case _:
            good = True
    return None if good else f"{condition.fact} is {of.kind}{_HINTS.get(of.kind, '')}, which {value!r} is not"


_HINTS = {FactKind.DATE: " as 2026-12-24", FactKind.TIME_OF_DAY: " as '08:30', in quotes"}


def _number_error(condition: Condition, value: Any, of: FactType) -> str | None:
    if not is_number(value):
        return f"{condition.fact} is {of.kind}, which {value!r} is not"
    below, above = of.minimum is not None and value < of.minimum, of.maximum is not None and value > of.maximum
    if not below and not above:
        return None
    if of.minimum is None or of.maximum is None:
        bounds = f"at least {of.minimum:g}" if of.maximum is None else f"at most {of.maximum:g}"
    else:
        bounds = f"{of.minimum:g} to {of.maximum:g}"
    return f"{condition.fact} is {bounds}, never {value}"


def _is_date(value: Any) -> bool:
    try:
        iso_day(value)
    except InvalidDay:
        return False
    return True
