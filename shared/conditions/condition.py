"""Conditions as they are written: a fact compared with a value, nested with `all`, `any` and `none`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from shared.conditions.operators import OPERATORS
from shared.validation import Path, unknown

Facts = Mapping[str, Any]

MOST_CONDITIONS = 100
DEEPEST = 6


class Grouping(StrEnum):
    """How many of a group's members must hold."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True)
class OtherFact:
    """The value of another fact, written `{fact: <name>}` where a value stands."""

    name: str


@dataclass(frozen=True)
class Condition:
    """`operator`, one of OPERATORS, compares the fact with `value`, or with what an OtherFact is."""

    fact: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Group:
    """Conditions that hold together when all, any or none of them hold."""

    grouping: Grouping
    members: tuple["Node", ...]


Node = Condition | Group


@dataclass(frozen=True)
class ConditionError:
    """What is wrong with what is written at `path` (`(0, "any", 1, "operator")`)."""

    path: Path
    message: str


class InvalidCondition(Exception):
    """What is written is no condition; `errors` is all that is wrong with it."""

    def __init__(self, errors: list[ConditionError]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, each.path))}: {each.message}" for each in errors))
        self.errors = errors


def parse(written: Any) -> Node:
    """The condition, or group of them, that YAML or JSON gives; days that YAML has read become ISO text again.

    Raises InvalidCondition with everything that is wrong, each with its path in what is written.
    """
    errors: list[ConditionError] = []
    return _checked(_node(written, (), errors, depth=0), errors)


def parse_list(written: Any) -> Group:
    """The same of a list of conditions or groups, all of which must hold."""
    errors: list[ConditionError] = []
    return _checked(_group(Grouping.ALL, written, (), errors, depth=0), errors)


def leaves(node: Node) -> list[Condition]:
    """Every single condition of it, in order."""
    return [condition for condition, _ in leaves_with_paths(node)]


def facts_named(node: Node) -> set[str]:
    """The name of every fact that it sees."""
    found = leaves(node)
    return {each.fact for each in found} | {each.value.name for each in found if isinstance(each.value, OtherFact)}


def as_written(node: Node) -> dict[str, Any]:
    """As JSON has it; `parse` gives the same node again."""
    if isinstance(node, Group):
        return {node.grouping.value: [as_written(member) for member in node.members]}
    value = {"fact": node.value.name} if isinstance(node.value, OtherFact) else node.value
    return {"fact": node.fact, "operator": node.operator, "value": list(value) if isinstance(value, tuple) else value}


def leaves_with_paths(node: Node, path: Path = ()) -> Iterator[tuple[Condition, Path]]:
    """Every single condition, in order, with its path; `path` is the group's own list of members."""
    if isinstance(node, Condition):
        yield node, path
        return
    for number, member in enumerate(node.members):
        inside = (number,) if isinstance(member, Condition) else (number, member.grouping.value)
        yield from leaves_with_paths(member, (*path, *inside))


_NOTHING = Group(Grouping.ALL, ())

Parsed = TypeVar("Parsed", Condition, Group, Node)


def _checked(node: Parsed, errors: list[ConditionError]) -> Parsed:
    if not errors and len(leaves(node)) > MOST_CONDITIONS:
        errors.append(ConditionError((), f"holds more than {MOST_CONDITIONS} conditions"))
    if errors:
        raise InvalidCondition(errors)
    return node


def _node(written: Any, path: Path, errors: list[ConditionError], depth: int) -> Node:
    """What is written, as far as it can be understood; what cannot is an error and stands as a group of nothing."""
    if depth > DEEPEST:
        errors.append(ConditionError(path, f"is nested more than {DEEPEST} deep"))
        return _NOTHING
    if not isinstance(written, Mapping):
        errors.append(ConditionError(path, "must be {fact, operator, value}, or one of all, any, none with a list"))
        return _NOTHING
    grouping = next((each for each in Grouping if each.value in written), None)
    if grouping is None:
        return _condition(written, path, errors)
    for other in sorted(map(str, written.keys() - {grouping.value})):
        errors.append(ConditionError((*path, other), f"cannot stand beside {grouping.value}"))
    return _group(grouping, written[grouping.value], (*path, grouping.value), errors, depth)


def _group(grouping: Grouping, written: Any, path: Path, errors: list[ConditionError], depth: int) -> Group:
    if not isinstance(written, list) or not written:
        errors.append(ConditionError(path, "must be a list with at least one condition"))
        return _NOTHING
    members = (_node(each, (*path, number), errors, depth + 1) for number, each in enumerate(written))
    return Group(grouping, tuple(members))


def _condition(written: Mapping[str, Any], path: Path, errors: list[ConditionError]) -> Node:
    before = len(errors)
    for name in sorted(_MEMBERS - written.keys()):
        errors.append(ConditionError(path, f"{name} is missing"))
    for name in sorted(map(str, written.keys() - _MEMBERS)):
        errors.append(ConditionError((*path, name), unknown("part of a condition", name, _MEMBERS | set(Grouping))))
    fact, operator, value = (written.get(each) for each in ("fact", "operator", "value"))
    if "fact" in written and not isinstance(fact, str):
        errors.append(ConditionError((*path, "fact"), "must be text"))
    if "operator" in written and not (isinstance(operator, str) and operator in OPERATORS):
        errors.append(ConditionError((*path, "operator"), unknown("operator", operator, OPERATORS)))
    if len(errors) > before:
        return _NOTHING
    if isinstance(value, Mapping):
        return _compared_with_fact(str(fact), str(operator), value, path, errors)
    value, takes = _as_json(value), OPERATORS[str(operator)].takes
    if not takes.fits(value):
        errors.append(ConditionError((*path, "value"), f"{operator} needs {takes.called}"))
    return Condition(str(fact), str(operator), tuple(value) if isinstance(value, list) else value)


def _compared_with_fact(
    fact: str, operator: str, value: Mapping[str, Any], path: Path, errors: list[ConditionError]
) -> Node:
    if operator not in COMPARE_FACTS:
        usable = ", ".join(COMPARE_FACTS)
        errors.append(ConditionError((*path, "operator"), f"cannot compare two facts: use {usable}"))
    elif value.keys() != {"fact"} or not isinstance(value["fact"], str):
        errors.append(ConditionError((*path, "value"), "must be {fact: <name>} to compare two facts"))
    return Condition(fact, operator, OtherFact(str(value.get("fact"))))


_MEMBERS = frozenset({"fact", "operator", "value"})
COMPARE_FACTS = ("is", "is_not", "less", "at_most", "more", "at_least", "before", "after")


def _as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
